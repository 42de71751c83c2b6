"""Which feed a file belongs to: its name decides, else its header, else it belongs to none."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from csp.contracts import Contract, ContractRegistry
from csp.contracts.platform import FileFormat
from csp.ingest.recognise import feeds_of, header_share, recognise

STREET = [
    *("Crime ID", "Month", "Reported by", "Falls within", "Longitude", "Latitude", "Location"),
    *("LSOA code", "LSOA name", "Crime type", "Last outcome category", "Context"),
]
OUTCOMES = [*STREET[:9], "Outcome type"]
STOPS = [
    *("Type", "Date", "Part of a policing operation", "Policing operation", "Latitude"),
    *("Longitude", "Gender", "Age range", "Self-defined ethnicity", "Officer-defined ethnicity"),
    *("Legislation", "Object of search", "Outcome", "Outcome linked to object of search"),
]


def always(headers: list[str]) -> Callable[[FileFormat], list[str]]:
    """The header of a file that every format splits alike."""
    return lambda _: headers


@pytest.mark.parametrize(
    ("name", "feed", "period", "release"),
    [
        ("2021-06-metropolitan-street.csv", "police_street_crime", date(2021, 6, 1), None),
        ("2021-06-btp-street.csv", "police_street_crime", date(2021, 6, 1), None),
        (
            "2021-08.zip/2021-06/2021-06-city-of-london-street.csv",
            "police_street_crime",
            date(2021, 6, 1),
            date(2021, 8, 1),
        ),
        ("LFB Incident data 2021-07.csv", "fire_lfb_incident", None, date(2021, 7, 1)),
        ("lfb_incidents_extract.csv", "fire_lfb_incident", None, None),
        ("2021-13-metropolitan-street.csv", "police_street_crime", None, None),
        ("0000-01-metropolitan-street.csv", "police_street_crime", None, None),
    ],
)
def test_the_name_tells_the_feed_the_month_and_the_release(
    name: str, feed: str, period: date | None, release: date | None, registry: ContractRegistry
) -> None:
    facts = recognise(name, always([]), registry)
    assert facts
    assert (facts.contract.id, facts.period_start, facts.release_on) == (feed, period, release)


def test_the_header_tells_the_feed_when_the_name_does_not(registry: ContractRegistry) -> None:
    for contract in registry:
        for layout in contract.platform.layouts:
            headers = [h for c in contract.columns for h in c.headers(layout.name)[:1]]
            written = [f" {header.upper()}" for header in headers]
            facts = recognise("export.csv", always(written), registry)
            assert facts
            assert (facts.contract.id, facts.period_start) == (contract.id, None)


@pytest.mark.parametrize("headers", [["a", "b"], OUTCOMES[:4], STOPS[:4], []])
def test_a_file_of_another_kind_belongs_to_no_feed(
    headers: list[str], registry: ContractRegistry
) -> None:
    assert recognise("export.csv", always(headers), registry) is None
    assert recognise("2021-06-metropolitan-arrests.csv", always(headers), registry) is None


@pytest.mark.parametrize(
    ("headers", "feed"), [(OUTCOMES, "police_outcome"), (STOPS, "police_stop_search")]
)
def test_feeds_with_much_the_same_header_are_told_apart(
    headers: list[str], feed: str, registry: ContractRegistry
) -> None:
    assert recognise("export.csv", always(headers), registry).contract.id == feed


def test_nine_columns_in_ten_are_enough(registry: ContractRegistry, street: Contract) -> None:
    assert header_share(street, STREET, "published") == 1
    assert header_share(street, OUTCOMES, "published") == 0.75
    assert recognise("export.csv", always(STREET[1:]), registry)
    assert recognise("export.csv", always(STREET[2:]), registry) is None


def test_an_archive_belongs_to_every_feed_that_has_a_member_in_it(
    registry: ContractRegistry, tmp_path: Path
) -> None:
    archive, broken = tmp_path / "2021-06.zip", tmp_path / "2021-07.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for kind in ("street", "outcomes"):
            packed.writestr(f"2021-06/2021-06-metropolitan-{kind}.csv", "a,b\n")
    broken.write_bytes(b"no archive")
    assert feeds_of(archive, registry) == ["police_outcome", "police_street_crime"]
    assert feeds_of(broken, registry) == []
