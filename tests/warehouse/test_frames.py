"""`csp.read` gives a published table as a typed frame that says what it means."""

from __future__ import annotations

import doctest
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest

import csp
from csp.errors import CspError
from csp.project import PROJECT_ROOT
from csp.storage.home import Home
from csp.warehouse.platform import Platform
from csp.warehouse.postgres_engine import PostgresWarehouse
from tests.scorecard.published import publish

TYPES = {
    "kpi_id": "category",
    "breakdown": "category",
    "period_kind": "category",
    "period_start": "datetime64[us]",
    "period_end": "datetime64[us]",
    "area_code": "category",
    "area_kind": "category",
    "numerator": "float64",
    "denominator": "float64",
    "value": "float64",
    "lower": "float64",
    "upper": "float64",
    "unit": "category",
    "maturity": "category",
    "status": "category",
    "is_suppressed": "boolean",
    "as_of": "datetime64[us]",
    "definition_version": "category",
    "publication_id": "Int64",
}


@pytest.fixture(scope="module", params=["duckdb", "postgresql"])
def published(
    request: pytest.FixtureRequest,
    published_year: Callable[[str, Path], Platform],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Platform]:
    """The synthetic year, published on each engine, and found by the environment."""
    platform = published_year(request.param, tmp_path_factory.mktemp("frames"))
    meant = "duckdb"
    if isinstance(platform.warehouse, PostgresWarehouse):
        meant = platform.warehouse.address.render_as_string(hide_password=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CSP_HOME", str(platform.home.root))
        patch.setenv("CSP_WAREHOUSE", meant)
        yield platform


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """An empty data root of the embedded engine, found by the environment."""
    monkeypatch.setenv("CSP_HOME", str(tmp_path))
    monkeypatch.setenv("CSP_WAREHOUSE", "duckdb")
    return Home(tmp_path)


def test_columns_have_the_types_that_they_mean(published: Platform) -> None:
    frame = csp.read("kpi_observation")
    assert {name: str(kind) for name, kind in frame.dtypes.items()} == TYPES
    types = csp.read("fct_recorded_crime").dtypes
    assert types["crime_type"] == "category", "the dbt project tests it against dim_crime_type"
    assert types["last_outcome"] == "str"
    assert types["source_line"] == "Int64"


def test_sums_are_those_of_a_query(published: Platform) -> None:
    frame = csp.read("kpi_observation")
    found = published.warehouse.query("""
        select kpi_id, count(*) as cells, count(value) as known, sum(numerator) as events,
            max(period_end) as newest
        from kpi_observation group by kpi_id""").as_records()
    assert len(found) > 5
    by_kpi = frame.groupby("kpi_id").agg(
        cells=("status", "size"),
        known=("value", "count"),
        events=("numerator", lambda counts: counts.sum(min_count=1)),
        newest=("period_end", "max"),
    )
    assert len(by_kpi) == len(found)
    for row in found:
        ours = by_kpi.loc[row["kpi_id"]]
        assert (ours.cells, ours.known, ours.newest.date()) == (
            row["cells"],
            row["known"],
            row["newest"],
        )
        assert ours.events == pytest.approx(row["events"]) or row["events"] is None


def test_a_frame_says_what_it_is(published: Platform) -> None:
    said = csp.read("kpi_observation", where={"kpi_id": ["S01", "S03"]}).attrs
    assert said["table"] == "kpi_observation"
    assert "one KPI breakdown in one period and one area" in said["description"]
    assert said["columns"].keys() == TYPES.keys()
    assert all(said["columns"].values())
    assert (said["publication_id"], said["is_stale"], said["stale_reasons"]) == (1, False, [])
    defined = published.warehouse.query(
        "select kpi_id, breakdown, definition, unit from dim_kpi where kpi_id in ('S01', 'S03')"
    ).rows
    assert [
        (kpi_id, breakdown, one["definition"], one["unit"])
        for kpi_id, breakdowns in said["kpis"].items()
        for breakdown, one in breakdowns.items()
    ] == sorted(defined)


def test_a_frame_written_as_parquet_still_says_what_it_is(
    published: Platform, tmp_path: Path
) -> None:
    frame = csp.read("kpi_control_chart", where={"kpi_id": "S01"})
    frame.to_parquet(tmp_path / "chart.parquet")
    assert pd.read_parquet(tmp_path / "chart.parquet").attrs == json.loads(json.dumps(frame.attrs))


def test_only_the_rows_and_columns_asked_for_are_read(published: Platform) -> None:
    months = csp.read("kpi_observation", where={"period_kind": "month", "kpi_id": "S01"})
    newest = months["period_end"].max()
    columns = ["value", "period_end", "kpi_id"]
    wanted = {"period_end": newest, "period_kind": ["month", "quarter"], "kpi_id": "S01"}
    frame = csp.read("kpi_observation", columns, wanted)
    assert list(frame.columns) == columns
    assert set(frame["period_end"]) == {newest}
    assert len(frame) >= (months["period_end"] == newest).sum() > 0
    same_day = csp.read("kpi_observation", columns, wanted | {"period_end": newest.date()})
    pd.testing.assert_frame_equal(frame, same_day)


def test_a_missing_value_can_be_asked_for(published: Platform) -> None:
    whole = csp.read("kpi_observation", ["kpi_id", "value"])
    without = csp.read("kpi_observation", ["kpi_id"], {"value": None})
    assert len(without) == whole["value"].isna().sum() > 0
    either = csp.read("kpi_observation", ["kpi_id"], {"value": [0, None]})
    assert len(either) == len(without) + (whole["value"] == 0).sum()
    assert csp.read("kpi_observation", where={"value": []}).empty


def test_a_frame_says_that_its_publication_is_stale(published: Platform) -> None:
    reasons = ["a delivery is open", "a check failed"]
    published.warehouse.mark_stale(reasons)
    try:
        said = csp.read("dim_area").attrs
    finally:
        published.warehouse.mark_stale([])
    assert (said["is_stale"], said["stale_reasons"]) == (True, reasons)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"table": "kpi_observatoin"}, "no published table is called 'kpi_observatoin'; near it: "
            "kpi_observation"),
        ({"table": "kpi_cell"}, "no published table is called 'kpi_cell'"),
        ({"table": "restricted.kpi_cell"}, "no published table is called"),
        ({"table": "dim_area", "columns": ["area_nam"]}, "no column 'area_nam'; near it"),
        ({"table": "dim_area", "where": {"code": "x"}}, "dim_area has no column 'code'"),
        ({"table": "kpi_observation", "where": {"period_end": "June"}}, "invalid"),
        ({"table": "dim_area", "publication": 99}, "publication 99 is n"),
    ],
    ids=["near", "restricted", "named with its schema", "column", "where", "value", "publication"],
)  # fmt: skip
def test_an_error_says_what_is_wrong(
    published: Platform, arguments: dict[str, object], said: str
) -> None:
    with pytest.raises(CspError, match="(?i)" + said):
        csp.read(**arguments)


def test_a_quotation_mark_is_a_value_and_nothing_else(published: Platform) -> None:
    assert csp.read("dim_area", where={"area_name": "' or true --"}).empty


def test_nothing_published_says_what_to_do(home: Home) -> None:
    with pytest.raises(CspError, match="nothing is published yet; run: csp refresh"):
        csp.read("kpi_observation")


def test_an_older_publication_that_is_kept_can_be_read(home: Home) -> None:
    publish(home, number=1)
    platform = publish(home, number=2)
    platform.warehouse.mark_stale(["a check failed"])
    older, newest = csp.read("kpi_observation", publication=1), csp.read("kpi_observation")
    assert set(older["publication_id"]) == {older.attrs["publication_id"]} == {1}
    assert set(newest["publication_id"]) == {2}
    assert newest.attrs["is_stale"]
    assert not older.attrs["is_stale"], "that the newest is stale says nothing of an older one"


def test_the_documented_example_runs(published: Platform) -> None:
    page = PROJECT_ROOT / "docs" / "reading-with-pandas.md"
    done = doctest.testfile(str(page), module_relative=False, encoding="utf-8")
    assert done.attempted > 5
    assert done.failed == 0


def test_the_package_alone_brings_no_pandas() -> None:
    look = "import csp, sys; sys.exit('pandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", look], check=False).returncode == 0
