"""Layouts, encodings and fixes: whatever the shape, the lake rows are the same and right."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from csp.contracts import ContractRegistry
from csp.contracts.samples import valid_row

if TYPE_CHECKING:
    from tests.conftest import Desk

MakeFile = Callable[..., str]
STREET_FEED, STREET_NAME = "police_street_crime", "2021-06-metropolitan-street.csv"
FIRE_FEED, FIRE_NAME = "fire_lfb_incident", "LFB Incident data 2021-07.csv"
COST = "Notional Cost (£)"


def without_delivery(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{k: v for k, v in row.items() if k != "delivery_id"} for row in rows]


def rewritten(text: str, **style: Any) -> str:  # noqa: ANN401 - passed on to csv
    target = io.StringIO()
    rows = csv.reader(io.StringIO(text, newline=""))
    csv.writer(target, **{"lineterminator": "\n"} | style).writerows(rows)
    return target.getvalue()


def turned(text: str) -> str:
    lines = [list(reversed(row)) for row in csv.reader(io.StringIO(text))]
    target = io.StringIO()
    csv.writer(target, lineterminator="\n").writerows(lines)
    return target.getvalue()


def capitals(text: str) -> str:
    header, rest = text.split("\n", 1)
    return f"{header.upper()}\n{rest}"


SHAPES: dict[str, Callable[[str], bytes]] = {
    "column order changed": lambda text: turned(text).encode(),
    "headers in capitals": lambda text: capitals(text).encode(),
    "byte-order mark": lambda text: text.encode("utf-8-sig"),
    "everything quoted": lambda text: rewritten(text, quoting=csv.QUOTE_ALL).encode(),
    "mark and quotes": lambda t: rewritten(t, quoting=csv.QUOTE_ALL).encode("utf-8-sig"),
    "CRLF": lambda text: text.replace("\n", "\r\n").encode(),
    "mixed line ends": lambda text: text.replace("\n", "\r\n", 2).encode(),
    "no last line end": lambda text: text.removesuffix("\n").encode(),
    "blank lines at the end": lambda text: (text + "\n\n").encode(),
    "UTF-16": lambda text: text.encode("utf-16"),
    "UTF-16 with CRLF": lambda text: text.replace("\n", "\r\n").encode("utf-16"),
    "UTF-16, high byte first": lambda text: b"\xfe\xff" + text.encode("utf-16-be"),
    "UTF-16, no last line end": lambda text: text.removesuffix("\n").encode("utf-16"),
    "cp1252": lambda text: text.encode("cp1252"),
    "a column more": lambda t: "\n".join(f"{line},x" for line in t.splitlines()).encode(),
}


@pytest.fixture(scope="module")
def plain(
    tmp_path_factory: pytest.TempPathFactory,
    registry: ContractRegistry,
    desk_at: Callable[[Path, ContractRegistry], Desk],
    make_file: MakeFile,
) -> dict[str, dict[str, Any]]:
    """Feed → the lake row of its valid row."""
    desk = desk_at(tmp_path_factory.mktemp("plain"), registry)
    return {
        feed: desk.lake_rows(desk.take_text(name, make_file(feed, [{}])))[0]
        for feed, name in ((STREET_FEED, STREET_NAME), (FIRE_FEED, FIRE_NAME))
    }


FIRE_SHAPES = ["column order changed", "everything quoted", "UTF-16", "cp1252"]


@pytest.mark.parametrize(
    ("feed", "name", "shape"),
    [(STREET_FEED, STREET_NAME, shape) for shape in SHAPES]
    + [(FIRE_FEED, FIRE_NAME, shape) for shape in FIRE_SHAPES],
)
def test_the_shape_of_a_file_changes_no_row(
    feed: str, name: str, shape: str, desk: Desk, make_file: MakeFile
) -> None:
    place = {STREET_FEED: "Location", FIRE_FEED: "PropertyType"}[feed]
    text = make_file(feed, [{place: 'Near "Café", E1'}, {}, {}])
    plain = desk.take_text(name, text)
    shaped = desk.take_text(name, SHAPES[shape](text))
    assert (plain.verdict, shaped.verdict) == ("accepted", "accepted"), shaped.reason
    rows = without_delivery(desk.lake_rows(plain))
    assert [row["source_line"] for row in rows] == [2, 3, 4]
    assert without_delivery(desk.lake_rows(shaped)) == rows
    known = desk.delivery(shaped)
    assert known.physical_lines == 4 + known.blank_lines


@pytest.mark.parametrize(
    ("header", "encoding"),
    [
        (COST, "utf-8"),
        (COST, "cp1252"),
        (COST, "utf-16"),
        ("Notional Cost (Â£)", "utf-8"),
        ("Notional Cost (\ufffd)", "utf-8"),
    ],
)
def test_the_pound_sign_in_a_header_is_read_however_it_was_spoilt(
    header: str, encoding: str, desk: Desk, make_file: MakeFile
) -> None:
    text = make_file(FIRE_FEED, [{}]).replace(COST, header)
    (row,) = desk.lake_rows(desk.take_text(FIRE_NAME, text.encode(encoding)))
    assert row["notional_cost_gbp"] == 352.0


def test_both_layouts_of_the_fire_feed_give_the_same_incident(
    desk: Desk, registry: ContractRegistry, make_file: MakeFile
) -> None:
    valid = valid_row(registry.get(FIRE_FEED)) | {"Easting_m": "535000", "DateOfCall": "2021-06-01"}
    columns = [c for c in registry.get(FIRE_FEED).columns if c.headers("extract")]
    values = {c.headers("extract")[0]: valid[c.headers("published")[0]] for c in columns}
    values |= {"timestamp_of_call": "2021-06-01 12:05:09"}
    extract = desk.take_text(
        "lfb_incidents.csv", f"{','.join(values)}\n{','.join(values.values())}"
    )
    published = desk.take_text(FIRE_NAME, make_file(FIRE_FEED, [valid]))
    assert [desk.delivery(o).layout for o in (extract, published)] == ["extract", "published"]
    assert extract.findings == published.findings == []
    (one,), (other,) = desk.lake_rows(extract), desk.lake_rows(published)
    names = [column.name for column in columns]
    assert [one[name] for name in names] == [other[name] for name in names]
    assert one["uprn"] is None
    assert other["uprn"] == "6000000001"


@pytest.mark.parametrize("absent", ["PumpHoursRoundUp", "PumpMinutesRounded"])
def test_a_column_that_older_or_newer_files_lack_is_null(
    absent: str, desk: Desk, make_file: MakeFile, registry: ContractRegistry
) -> None:
    header = [name for name in valid_row(registry.get(FIRE_FEED)) if name != absent]
    text = make_file(FIRE_FEED, [{}], header)
    outcome = desk.take_text(FIRE_NAME, text)
    assert outcome.findings == []
    (row,) = desk.lake_rows(outcome)
    assert (row["pump_hours"], row["pump_minutes"]) in ((1, None), (None, 60))


@pytest.mark.parametrize("day", ["01 Jun 2021", "2021-06-01", "01-Jun-21", "01/06/2021"])
def test_every_way_of_writing_the_day_is_read(day: str, desk: Desk, make_file: MakeFile) -> None:
    (row,) = desk.lake_rows(desk.take_text(FIRE_NAME, make_file(FIRE_FEED, [{"DateOfCall": day}])))
    assert (row["call_date"], row["period_start"]) == (date(2021, 6, 1), date(2021, 6, 1))


@pytest.mark.parametrize(
    ("feed", "name", "sent", "kept"),
    [
        (STREET_FEED, STREET_NAME, {"Crime ID": "AB" * 32}, {"crime_id": "ab" * 32}),
        (
            STREET_FEED,
            STREET_NAME,
            {"Longitude": "51.5", "Latitude": "-0.03"},
            {"longitude": -0.03, "latitude": 51.5},
        ),
        (
            STREET_FEED,
            STREET_NAME,
            {"Crime type": "Violent crime"},
            {"crime_type": "Violence and sexual offences"},
        ),
        (STREET_FEED, STREET_NAME, {"Crime type": "Burglary\u00a0 "}, {"crime_type": "Burglary"}),
        (
            STREET_FEED,
            STREET_NAME,
            {"Crime type": " violent crime"},
            {"crime_type": "Violence and sexual offences"},
        ),
        (
            STREET_FEED,
            STREET_NAME,
            {"Last outcome category": "Offender given a penalty notice"},
            {"last_outcome": "Offender given penalty notice"},
        ),
        (FIRE_FEED, FIRE_NAME, {"UPRN": "0.0"}, {"uprn": None}),
        (FIRE_FEED, FIRE_NAME, {"UPRN": "6.00022E+11"}, {"uprn": None}),
        (FIRE_FEED, FIRE_NAME, {"IncidentNumber": "1234.0"}, {"incident_number": "1234"}),
        (FIRE_FEED, FIRE_NAME, {"FRS": "NULL"}, {"fire_service": None}),
        (FIRE_FEED, FIRE_NAME, {"FRS": " NULL "}, {"fire_service": None}),
        (FIRE_FEED, FIRE_NAME, {"FRS": "  "}, {"fire_service": None}),
        (FIRE_FEED, FIRE_NAME, {"NumCalls": "12.0"}, {"calls_received": 12}),
        (
            FIRE_FEED,
            FIRE_NAME,
            {"PropertyCategory": "Dwelling"},
            dict.fromkeys(["easting", "northing", "latitude", "longitude", "postcode_full"])
            | {"property_category": "Dwelling", "easting_rounded": 535050},
        ),
    ],
)
def test_a_fix_does_what_it_says_and_nothing_else(
    feed: str,
    name: str,
    sent: dict[str, str],
    kept: dict[str, object],
    plain: dict[str, dict[str, Any]],
    desk: Desk,
    make_file: MakeFile,
) -> None:
    outcome = desk.take_text(name, make_file(feed, [sent]))
    assert {finding.verdict for finding in outcome.findings} <= {"fix"}
    (row,) = desk.lake_rows(outcome)
    assert row | {"delivery_id": ""} == plain[feed] | kept | {"delivery_id": ""}


@pytest.mark.real_data
def test_the_published_sample_of_the_fire_feed_is_taken_in(desk: Desk, real_data: Path) -> None:
    path = real_data / "fire" / "LFB_Incident_data_sample20.csv"
    outcome = desk.take(path, feed=FIRE_FEED)
    assert (outcome.verdict, outcome.accepted_rows, outcome.quarantined_rows) == ("accepted", 20, 0)
    assert desk.delivery(outcome).layout == "published"
    with path.open(encoding="utf-8", newline="") as stream:
        sent = list(csv.DictReader(stream))
    for raw, row in zip(sent, desk.lake_rows(outcome), strict=True):
        assert row["incident_number"] == raw["IncidentNumber"]
        assert row["call_date"].strftime("%d %b %Y") == raw["DateOfCall"]
        assert row["property_type"] == raw["PropertyType"].strip()
        cost = raw[COST]
        assert row["notional_cost_gbp"] == (float(cost) if cost else None)
