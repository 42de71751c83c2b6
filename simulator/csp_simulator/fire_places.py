"""Draws where London Fire Brigade's incidents happened, as columns of the published file."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from csp_simulator.draws import blanked, choose, joined, text, words
from csp_simulator.fire_words import (
    IN_BOROUGH,
    NOT_GEOCODED,
    OTHER_BOROUGHS,
    OTHER_WARDS,
    UNKNOWN_GROUND,
    WARD_GROUND,
)
from csp_simulator.places import Borough

BOROUGH = ("E09000030", "Tower Hamlets")
#: Spread in degrees of incidents about the middle of another borough.
BOROUGH_SPREAD = 0.018
#: Somewhere over London's border, longitude and latitude.
OVER_THE_BORDER = (0.29, 51.62)

# British National Grid in metres from longitude and latitude, as a second-degree polynomial in
# (longitude + 0.1, latitude - 51.5): 1, x, y, xx, xy, yy. Fitted over London, within 1.1 m.
EASTING = (531977.406, 69405.431, -2886.701, -3.533, -1519.506, -21.214)
NORTHING = (179606.646, 1801.595, 111201.397, 474.096, -11.982, 9.37)


def draw_where(rng: np.random.Generator, dwelling: np.ndarray, borough: Borough) -> pa.Table:
    """Draws borough, ward, station ground and position of every incident.

    Precise position and full postcode are withheld for dwellings, as the brigade does.
    """
    n = len(dwelling)
    kind = choose(rng, (IN_BOROUGH, 1 - IN_BOROUGH - NOT_GEOCODED, NOT_GEOCODED), n)
    areas = _areas(borough)
    inside = borough.points["2011"]
    point = inside.draw(rng, n)
    ward_row = {code: row for row, code in enumerate(areas["IncGeo_WardCode"].to_pylist())}
    ward_of_point = np.array([ward_row[code] for code in inside.table["ward_code"].to_pylist()])
    other = choose(rng, [row[2] for row in OTHER_BOROUGHS], n)
    other_ward = rng.integers(len(OTHER_WARDS), size=n)
    elsewhere = len(borough.ward_names) + other * len(OTHER_WARDS) + other_ward
    row = np.choose(kind, [ward_of_point[point], elsewhere, areas.num_rows - 1])
    centre = np.array([place[3:5] for place in OTHER_BOROUGHS])[other]
    scatter = rng.normal(0, BOROUGH_SPREAD, (n, 2)) * (1, 0.6)
    longitude = np.choose(kind, [inside.longitude[point], centre[:, 0], OVER_THE_BORDER[0]])
    latitude = np.choose(kind, [inside.latitude[point], centre[:, 1], OVER_THE_BORDER[1]])
    scatter[kind == 0] *= 0.02
    table = areas.take(pa.array(row))
    columns = {name: table[name].combine_chunks() for name in table.column_names}
    columns |= _position(longitude + scatter[:, 0], latitude + scatter[:, 1], dwelling)
    columns["Postcode_full"] = _postcode(rng, columns["Postcode_district"], dwelling)
    columns["in_borough"] = pa.array(kind == 0)
    return pa.table(columns)


def _areas(borough: Borough) -> pa.Table:
    """Lists all wards: the borough's, invented ones elsewhere, and the one of no place."""
    rows = []
    for ward, name in borough.ward_names.items():
        ground, district = WARD_GROUND.get(ward, UNKNOWN_GROUND)
        rows.append((*BOROUGH, ward, name, "London", ground, district))
    for number, (code, name, _, _, _, district, ground) in enumerate(OTHER_BOROUGHS):
        for k, ward in enumerate(OTHER_WARDS):
            made_up = f"E0501{4000 + number * len(OTHER_WARDS) + k}"
            rows.append((code, name, made_up, ward, "London", ground, district))
    border, nowhere = "OverTheBorder", "E00000000"
    rows.append((nowhere, "Not geo-coded", nowhere, "Not geo-coded", border, border, "RM15"))
    columns = [pa.array(values, pa.string()) for values in zip(*rows, strict=True)]
    code, proper, ward, ward_name, frs, ground, district = columns
    return pa.table(
        {
            "Postcode_district": district,
            "IncGeo_BoroughCode": code,
            "IncGeo_BoroughName": pc.utf8_upper(proper),
            "ProperCase": proper,
            "IncGeo_WardCode": ward,
            "IncGeo_WardName": ward_name,
            "IncGeo_WardNameNew": ward_name,
            "FRS": frs,
            "IncidentStationGround": ground,
        }
    )


def _position(
    longitude: np.ndarray, latitude: np.ndarray, dwelling: np.ndarray
) -> dict[str, pa.Array]:
    """Gives position in metres and degrees, and the metres rounded to 50."""
    x, y = longitude + 0.1, latitude - 51.5
    terms = np.stack([np.ones_like(x), x, y, x * x, x * y, y * y])
    east = np.rint(np.array(EASTING) @ terms).astype(np.int64)
    north = np.rint(np.array(NORTHING) @ terms).astype(np.int64)

    def degrees(values: np.ndarray) -> pa.Array:
        return pc.cast(pa.array(np.round(values, 10)), pa.string())

    return {
        "Easting_m": blanked(joined(text(east), ".0"), dwelling),
        "Northing_m": blanked(joined(text(north), ".0"), dwelling),
        "Easting_rounded": text(east // 50 * 50),
        "Northing_rounded": text(north // 50 * 50),
        "Latitude": blanked(degrees(latitude), dwelling),
        "Longitude": blanked(degrees(longitude), dwelling),
    }


def _postcode(rng: np.random.Generator, district: pa.Array, dwelling: np.ndarray) -> pa.Array:
    """Invents full postcodes; withheld for dwellings, where the file says NULL."""
    letters = list("ABDEFGHJLNPQRSTUWXYZ")
    n = len(dwelling)
    first, second = (words(letters, rng.integers(len(letters), size=n)) for _ in range(2))
    inward = joined(text(rng.integers(10, size=n)), first, second)
    return blanked(joined(district, inward, by=" "), dwelling, by="NULL")
