"""The fire brigade's real mobilisations and animal rescues, beside an independent reading."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest

if TYPE_CHECKING:
    from tests.conftest import Desk

pytestmark = pytest.mark.real_data
RESCUES, IN_BOROUGH, WITHOUT_NUMBER, WITHOUT_COST = 7_544, 272, 3_478, 51


def lake(desk: Desk, feed: str, delivery: str, query: str) -> list[tuple]:
    """Asks the delivery's lake rows."""
    path = desk.home.lake_delivery(feed, delivery) / "rows.parquet"
    with duckdb.connect() as connection:
        return connection.execute(query, [str(path)]).fetchall()


def independent(path: Path, query: str) -> list[tuple]:
    """Asks the file itself, every field as text."""
    with duckdb.connect() as connection:
        source = f"read_csv('{path}', all_varchar = true, header = true, delim = ',', quote = '\"')"
        return connection.execute(query.format(source=source)).fetchall()


def test_every_animal_rescue_is_accounted_for(real_data: Path, desk: Desk) -> None:
    path = real_data / "fire" / "lfb_animal_rescues_2009_2021.csv"
    outcome = desk.take(path)
    assert (outcome.feed, outcome.verdict) == ("fire_lfb_animal_rescue", "accepted")
    assert (outcome.quarantined_rows, outcome.rejected_lines) == (0, 0)
    known = desk.delivery(outcome)
    assert known.physical_lines == len(path.read_bytes().splitlines()) == 1 + RESCUES
    assert outcome.accepted_rows == RESCUES
    # 17 rescues of a "cat" are of a "Cat"; nothing else was changed or found.
    assert {(f.code, f.rows) for f in outcome.findings} == {("V6A-CASE", 17)}
    figures = (
        "count(*), count(*) filter ({borough} = 'E09000030'), "
        "count(*) filter ({number}), count(*) filter ({cost}), count(distinct lower({animal}))"
    )
    raw = figures.format(
        borough='"borough code"',
        number="INCIDENT_NUMBER = 'NA'",
        cost="\"incident-notional-cost\" = 'NULL'",
        animal='"animal group parent"',
    )
    kept = figures.format(
        borough="reported_borough_code",
        number="incident_number is null",
        cost="notional_cost_gbp is null",
        animal="animal",
    )
    (found,) = lake(desk, outcome.feed, outcome.delivery_id, f"select {kept} from read_parquet(?)")
    assert [found] == independent(path, f"select {raw} from {{source}}")
    assert found[:4] == (RESCUES, IN_BOROUGH, WITHOUT_NUMBER, WITHOUT_COST)


def test_rescues_lie_in_their_local_months(real_data: Path, desk: Desk) -> None:
    path = real_data / "fire" / "lfb_animal_rescues_2009_2021.csv"
    outcome = desk.take(path)
    by_month = "select strftime(period_start, '%Y-%m'), count(*) from read_parquet(?) group by all"
    written = (
        'select substr("date_time of call", 7, 4) || \'-\' || substr("date_time of call", 4, 2), '
        "count(*) from {source} group by all"
    )
    months = lake(desk, outcome.feed or "", outcome.delivery_id, by_month)
    assert dict(months) == dict(independent(path, written))
    (cost,) = lake(
        desk,
        outcome.feed or "",
        outcome.delivery_id,
        "select sum(notional_cost_gbp) from read_parquet(?)",
    )
    total = 'select sum(try_cast("incident-notional-cost" as double)) from {source}'
    assert [cost] == independent(path, total)


def test_words_and_streets_of_rescues_are_not_stored(real_data: Path, desk: Desk) -> None:
    outcome = desk.take(real_data / "fire" / "lfb_animal_rescues_2009_2021.csv")
    columns = {
        name
        for (name, *_) in lake(
            desk, outcome.feed or "", outcome.delivery_id, "describe from read_parquet(?)"
        )
    }
    assert not columns & {"final_description", "street", "usrn", "uprn"}


def test_every_mobilisation_of_the_sample_reads_as_it_stands(real_data: Path, desk: Desk) -> None:
    path = real_data / "fire" / "LFB_Mobilisation_data_sample20.csv"
    outcome = desk.take(path)
    assert (outcome.feed, outcome.verdict) == ("fire_lfb_mobilisation", "accepted")
    assert (outcome.accepted_rows, outcome.quarantined_rows, outcome.findings) == (20, 0, [])
    # All of the sample is of a winter night, when London time is UTC.
    kept = lake(
        desk,
        outcome.feed,
        outcome.delivery_id,
        "select incident_number, mobilisation_id, strftime(mobilised_at, '%d/%m/%Y %H:%M:%S'), "
        "strftime(arrived_at, '%d/%m/%Y %H:%M:%S'), turnout_seconds, attendance_seconds, "
        "delay_code from read_parquet(?, file_row_number = true) order by file_row_number",
    )
    raw = independent(
        path,
        "select IncidentNumber, ResourceMobilisationId, DateAndTimeMobilised, DateAndTimeArrived, "
        "try_cast(try_cast(TurnoutTimeSeconds as double) as integer), "
        "try_cast(AttendanceTimeSeconds as integer), "
        "try_cast(try_cast(DelayCodeId as double) as integer) from {source}",
    )
    assert kept == raw
