"""Labelled bad rows: a good month in which a few rows carry one fault of a known kind.

Of rows that must be quarantined there is at most one in a thousand, which a delivery gate
bears; of rows that can be fixed there are more.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from csp_simulator.draws import joined

#: Code, what, rows of the file, expectation, number of rows with the fault.
Case = tuple[str, str, pa.Table, str, int]

NO_BREAK_SPACE = "\u00a0"


def damaged_street(rng: np.random.Generator, rows: pa.Table) -> Iterator[Case]:
    """Gives a street month once for every kind of bad row."""
    valid = {name: pc.is_valid(rows[name]).to_numpy() for name in ("Crime ID", "Longitude")}
    twice = rows["Crime ID"].filter(rows["is_repeat"]).combine_chunks()
    single = ~pc.is_in(rows["Crime ID"], value_set=twice).to_numpy()
    crimes = valid["Crime ID"] & single
    located = crimes & valid["Longitude"]
    few, some = max(1, len(rows) // 1000), max(2, len(rows) // 200)

    def case(
        code: str, what: str, of: np.ndarray, n: int, **new: pa.Array | pa.ChunkedArray | str | None
    ) -> Case:
        eligible = np.flatnonzero(of)
        chosen = np.zeros(len(rows), dtype=bool)
        chosen[rng.choice(eligible, min(n, len(eligible)), replace=False)] = True
        damaged = rows
        for name, values in new.items():
            damaged = replaced(damaged, name.replace("_", " "), chosen, values)
        expectation = "quarantined" if n == few else "fixed"
        return code, what, damaged, expectation, int(chosen.sum())

    ids, kinds = rows["Crime ID"], rows["Crime type"]
    longitude, latitude = rows["Longitude"], rows["Latitude"]
    violence = crimes & pc.equal(kinds, "Violence and sexual offences").to_numpy()
    in_borough = located & pc.equal(rows["place"], "borough").to_numpy()
    swapped = {"Longitude": latitude, "Latitude": longitude}
    spaced = joined(kinds, f"{NO_BREAK_SPACE} ")
    yield case("B08", "wrong-month", crimes, few, Month="2021-08")
    yield case("B10", "crime-id-in-capitals", crimes, some, Crime_ID=pc.utf8_upper(ids))
    yield case("B10", "crime-id-of-63", crimes, few, Crime_ID=pc.utf8_slice_codeunits(ids, 0, 63))
    yield case("B13", "position-swapped", located, some, **swapped)
    yield case("B13", "position-zero", located, few, Longitude="0", Latitude="0")
    yield case("B13", "longitude-blank", located, few, Longitude=None)
    yield case("B15", "lsoa-code-malformed", in_borough, few, LSOA_code="E0100419")
    yield case("B15", "lsoa-name-disagrees", in_borough, few, LSOA_name="Hackney 021B")
    yield case("B17", "crime-type-with-spaces", crimes, some, Crime_type=spaced)
    yield case("B17", "crime-type-legacy", violence, some, Crime_type="Violent crime")
    yield case("B17", "crime-type-unknown", crimes, few, Crime_type="Cyber crime")


def damaged_incidents(rng: np.random.Generator, rows: pa.Table) -> Iterator[Case]:
    """Gives a month of incidents once for every kind of bad row that can be fixed.

    Dwellings have UPRN 0.0 in every file of the brigade, so the UPRN case counts them too.
    """
    n = max(2, len(rows) // 200)
    zero = pc.fill_null(pc.equal(rows["UPRN"], "0.0"), False).to_numpy()
    given = np.flatnonzero(pc.is_valid(rows["UPRN"]).to_numpy() & ~zero)
    chosen = np.zeros(len(rows), dtype=bool)
    chosen[rng.choice(given, min(n, len(given)), replace=False)] = True
    spoilt = replaced(rows, "UPRN", chosen, "1.00022E+11")
    yield "B63", "uprn-zero-or-scientific", spoilt, "fixed", int((chosen | zero).sum())

    dwelling = np.flatnonzero(pc.equal(rows["PropertyCategory"], "Dwelling").to_numpy())
    shown = np.zeros(len(rows), dtype=bool)
    shown[rng.choice(dwelling, min(n, len(dwelling)), replace=False)] = True
    precise = rows
    for given_as, rounded in (("Easting_m", "Easting_rounded"), ("Northing_m", "Northing_rounded")):
        precise = replaced(precise, given_as, shown, joined(rows[rounded], ".0"))
    yield "B65", "dwelling-with-position", precise, "fixed", int(shown.sum())


def replaced(
    rows: pa.Table,
    column: str,
    chosen: np.ndarray,
    values: pa.Array | pa.ChunkedArray | str | None,
) -> pa.Table:
    """Replaces one column's values in the chosen rows."""
    new = (
        values if isinstance(values, pa.Array | pa.ChunkedArray) else pa.scalar(values, pa.string())
    )
    mixed = pc.if_else(pa.array(chosen), new, rows[column])
    return rows.set_column(rows.schema.get_field_index(column), column, mixed)
