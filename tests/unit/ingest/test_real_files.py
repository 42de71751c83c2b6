"""The partners' real files, taken in whole and compared with an independent reading of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest
from sqlalchemy import func, select

from csp.contracts import ContractRegistry
from csp.ledger.tables import DeliveryPeriod

if TYPE_CHECKING:
    from tests.conftest import Desk

pytestmark = pytest.mark.real_data
STREET_ROWS, STREET_FILES, FIRE_ROWS = 33_810, 47, 15_558


@pytest.fixture(scope="module")
def real_desk(
    tmp_path_factory: pytest.TempPathFactory,
    registry: ContractRegistry,
    desk_at: Callable[[Path, ContractRegistry], Desk],
) -> Desk:
    return desk_at(tmp_path_factory.mktemp("real"), registry)


def independent(connection: duckdb.DuckDBPyConnection, path: Path, columns: str) -> list[tuple]:
    """One file read apart from the others, as they differ in line ends."""
    return connection.execute(
        f"select {columns} from read_csv(?, header = true, all_varchar = true, delim = ',', "
        "quote = '\"', escape = '\"', nullstr = '') ",
        [str(path)],
    ).fetchall()


def test_every_row_of_the_city_police_files_is_accepted_and_reads_as_it_stands(
    real_data: Path, real_desk: Desk
) -> None:
    paths = sorted((real_data / "police" / "city-of-london").glob("*-street.csv"))
    outcomes = real_desk.take_all(*paths)
    assert len(outcomes) == STREET_FILES
    assert {outcome.verdict for outcome in outcomes} == {"accepted"}
    assert sum(outcome.accepted_rows for outcome in outcomes) == STREET_ROWS
    with duckdb.connect() as connection:
        for path, outcome in zip(paths, outcomes, strict=True):
            known = real_desk.delivery(outcome)
            assert known.physical_lines == len(path.read_bytes().splitlines())
            assert known.physical_lines == known.header_lines + known.accepted_rows
            assert str(known.period_start)[:7] == path.name[:7]
            columns = '"Crime ID", Month, Longitude, "LSOA code", "Crime type", Location'
            raw = independent(connection, path, columns)
            folder = real_desk.home.lake_delivery("police_street_crime", outcome.delivery_id)
            lake = connection.execute(
                "select crime_id, strftime(crime_month, '%Y-%m'), longitude, lsoa_code, "
                "crime_type, location, crime_month = period_start "
                "from read_parquet(?, file_row_number = true) order by file_row_number",
                [str(folder / "rows.parquet")],
            ).fetchall()
            assert all(row[-1] for row in lake)
            raw = [
                (*r[:2], None if r[2] is None else float(r[2]), *r[3:5], (r[5] or "").strip())
                for r in raw
            ]
            assert [row[:-1] for row in lake] == raw


def test_every_row_of_the_fire_extract_is_accepted_and_reads_as_it_stands(
    real_data: Path, real_desk: Desk
) -> None:
    path = real_data / "fire" / "lfb_incidents_2017-01_2017-02_extract.csv"
    outcome = real_desk.take(path)
    assert (outcome.verdict, outcome.accepted_rows) == ("accepted", FIRE_ROWS)
    assert (outcome.quarantined_rows, outcome.rejected_lines) == (0, 0)
    known = real_desk.delivery(outcome)
    assert known.physical_lines == 1 + FIRE_ROWS
    assert known.layout == "extract"
    with duckdb.connect() as connection:
        columns = "incident_number, date_of_call, incident_group, borough_code"
        raw = independent(connection, path, columns)
        folder = real_desk.home.lake_delivery("fire_lfb_incident", outcome.delivery_id)
        lake = connection.execute(
            "select incident_number, call_date::varchar, incident_group, borough_code "
            "from read_parquet(?, file_row_number = true) order by file_row_number",
            [str(folder / "rows.parquet")],
        ).fetchall()
    assert lake == raw
    with real_desk.ledger.session() as session:
        query = select(func.sum(DeliveryPeriod.row_count)).where(
            DeliveryPeriod.delivery_id == outcome.delivery_id
        )
        assert session.scalar(query) == FIRE_ROWS


def test_files_of_other_kinds_belong_to_no_feed(real_data: Path, real_desk: Desk) -> None:
    paths = [
        real_data / "calendar" / "bank-holidays.json",
        real_data / "ndtms" / "ndtms_dataset_K_field_order.txt",
    ]
    outcomes = real_desk.take_all(*paths)
    assert [outcome.verdict for outcome in outcomes] == ["unrecognised"] * 2
