"""What a person admits is published as not reported, and hides no figure of a good delivery."""

from __future__ import annotations

import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from csp.errors import GateHeldError
from csp.ledger.decisions import ADMIT, DISCARD, decide
from csp.ledger.releases import release_periods
from csp.warehouse.platform import Platform
from csp.warehouse.refresh import refresh

from .conftest import Year, take

MET, BTP = b"Metropolitan Police Service", b"British Transport Police"
MONTH = (
    "select status, numerator, as_of from kpi_observation where kpi_id = 'S01' and "
    "area_kind = 'borough' and period_kind = 'month' and period_start = date '2021-09-01'"
)


def members(archive: Path, *forces: str) -> dict[str, bytes]:
    """The street files of the last month of an archive, by their names in it."""
    with zipfile.ZipFile(archive) as opened:
        return {
            name: opened.read(name)
            for name in opened.namelist()
            if any(name.endswith(f"2021-09-{force}-street.csv") for force in forces)
        }


def extract(year: Year, path: Path) -> Path:
    """A file of a force that holds burglaries of another one, and a few rows of its own.

    Its gate holds it: 200 rows and more are of one type of crime.
    """
    files = members(year.police[-1], "metropolitan", "btp")
    (met,) = (lines for name, lines in files.items() if "metropolitan" in name)
    (btp,) = (lines for name, lines in files.items() if "btp" in name)
    header, *rows = met.splitlines(keepends=True)
    burglaries = []
    for number, row in enumerate(rows * 2):
        crime_id, rest = row.split(b",", 1)
        fields = rest.split(b",")
        if len(fields) == 11 and crime_id:
            fields[8] = b"Burglary"
            burglaries.append(b",".join([f"{number:064x}".encode(), *fields]))
    path.write_bytes(header + b"".join(burglaries[:250] + btp.splitlines(keepends=True)[1:6]))
    return path


def published(platform: Platform) -> Counter[tuple[object, ...]]:
    """Every published figure, whichever publication it is of."""
    found = platform.warehouse.query("select * from kpi_observation").as_records()
    return Counter(
        tuple(value for column, value in row.items() if column != "publication_id") for row in found
    )


@pytest.mark.parametrize("engine", ["duckdb", "postgresql"])
def test_admitted_alone_a_month_is_not_reported_and_beside_a_good_file_it_changes_nothing(
    engine: str, year: Year, empty_platform: Callable[[str], Platform], tmp_path: Path
) -> None:
    platform = empty_platform(engine)
    (held,) = take(platform, extract(year, tmp_path / "2021-09-btp-street.csv"))
    with pytest.raises(GateHeldError, match="P1-G-TYPES"):
        refresh(platform)
    decide(platform.ledger, held.delivery_id, ADMIT, "the force confirms an extract")
    refresh(platform)
    ((status, numerator, as_of),) = platform.warehouse.query(MONTH).rows
    assert (status, numerator, f"{as_of:%Y-%m-%d}") == ("not_reported", None, "2021-09-30")
    valued = "select count(*) from kpi_observation where value is not null"
    assert platform.warehouse.query(valued).rows == [(0,)]

    # The archive's release is years older than the day on which the extract came.
    archive = tmp_path / "2021-09.zip"
    with zipfile.ZipFile(archive, "w") as made:
        for name, content in members(year.police[-1], "metropolitan", "city-of-london").items():
            made.writestr(name, content)
    take(platform, archive)
    refresh(platform)
    assert held.delivery_id in {p.delivery_id for p in release_periods(platform.ledger)}
    ((status, numerator, _),) = platform.warehouse.query(MONTH).rows
    assert status == "partial"
    beside = published(platform)
    decide(platform.ledger, held.delivery_id, DISCARD, "to see what it has changed")
    refresh(platform)
    assert platform.warehouse.query(MONTH).rows[0][1] == numerator
    assert numerator > 100
    assert published(platform) == beside
