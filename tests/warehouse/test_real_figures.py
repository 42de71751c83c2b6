"""The published figures of the real files, each beside a count made straight from those files."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from csp.kpi.lineage import explain
from csp.kpi.reading import kpi_rows
from csp.project import PROJECT_ROOT
from csp.warehouse.platform import Platform

pytestmark = pytest.mark.real_data
BOROUGH = "E09000030"
LSOAS = PROJECT_ROOT.parent / "shared" / "reference"


@pytest.fixture(scope="module")
def raw(real_street: list[Path], real_fire: Path) -> duckdb.DuckDBPyConnection:
    """The raw files as tables, read without any code of the project."""
    connection = duckdb.connect()
    # One by one: some end their lines with CRLF, and one reader for all would shift them.
    street = " union all ".join(
        f"select * from read_csv('{path}', all_varchar = true, header = true)"
        for path in real_street
    )
    connection.execute(f"create table street as {street}")
    connection.execute(
        f"create table fire as from read_csv('{real_fire}', all_varchar = true, header = true)"
    )
    connection.execute(
        f"create table here as select lsoa11_code as code "
        f"from '{LSOAS}/tower_hamlets_lsoa2011.csv' "
        f"union select lsoa21_code from '{LSOAS}/tower_hamlets_lsoa2021.csv'"
    )
    return connection


def count(connection: duckdb.DuckDBPyConnection, sql: str) -> tuple[int, ...]:
    """One row of counts."""
    return connection.execute(sql).fetchone()


def test_the_street_files_hold_what_is_known_of_them(raw: duckdb.DuckDBPyConnection) -> None:
    found = count(
        raw,
        """select count(*), count(*) filter ("Crime type" = 'Anti-social behaviour'),
        count(*) filter ("Crime ID" is null), count(*) filter (Longitude is null) from street""",
    )
    assert found == (33_810, 3_839, 3_839, 2_645)


@pytest.mark.parametrize("engine", ["duckdb", "postgresql"])
class TestPublishedFigures:
    """On each engine."""

    def test_every_street_row_is_a_crime_or_asb(
        self, engine: str, real_platforms: dict[str, Platform], raw: duckdb.DuckDBPyConnection
    ) -> None:
        warehouse = real_platforms[engine].warehouse
        crimes = warehouse.query(
            "select sum(source_row_count), "
            "sum(case when crime_id is null then source_row_count else 0 end), "
            "sum(case when longitude is null then source_row_count else 0 end) "
            "from fct_recorded_crime"
        ).rows[0]
        asb = warehouse.query(
            "select count(*), sum(case when longitude is null then 1 else 0 end) "
            "from fct_asb_incident"
        ).rows[0]
        assert (crimes[0] + asb[0], asb[0]) == (33_810, 3_839)
        assert crimes[1] + asb[0] == 3_839
        assert crimes[2] + asb[1] == 2_645

    def test_rows_in_the_borough_are_those_of_its_lsoas(
        self, engine: str, real_platforms: dict[str, Platform], raw: duckdb.DuckDBPyConnection
    ) -> None:
        expected = count(
            raw,
            """select count(*), count(*) filter ("Crime type" = 'Anti-social behaviour')
            from street where "LSOA code" in (select code from here)""",
        )
        warehouse = real_platforms[engine].warehouse
        crimes = warehouse.query(
            "select coalesce(sum(source_row_count), 0) from fct_recorded_crime "
            f"where borough_code = '{BOROUGH}'"
        ).rows[0][0]
        asb = warehouse.query(
            f"select count(*) from fct_asb_incident where borough_code = '{BOROUGH}'"
        ).rows[0][0]
        assert expected == (784, 69)
        assert (crimes + asb, asb) == expected

    def test_crimes_of_calendar_2019_as_recorded_by_the_city_force(
        self, engine: str, real_platforms: dict[str, Platform], raw: duckdb.DuckDBPyConnection
    ) -> None:
        expected = count(
            raw,
            """select count(distinct ("Crime ID", "LSOA code", "Crime type")) from street
            where "LSOA code" in (select code from here) and Month like '2019-%'
            and "Crime type" <> 'Anti-social behaviour'""",
        )
        (row,) = kpi_rows(real_platforms[engine].warehouse, "S01", period="2019")
        assert expected == (221,)
        assert row["numerator"] == 221
        assert row["status"] == "partial"

    def test_june_2019(
        self, engine: str, real_platforms: dict[str, Platform], raw: duckdb.DuckDBPyConnection
    ) -> None:
        expected = count(
            raw,
            """select count(distinct "Crime ID"),
            count(*) filter ("Crime type" = 'Anti-social behaviour') from street
            where "LSOA code" in (select code from here) and Month = '2019-06'""",
        )
        found = [
            row["numerator"]
            for kpi in ("S01", "S02")
            for row in kpi_rows(real_platforms[engine].warehouse, kpi, period="2019-06")
            if row["period_kind"] == "month"
        ]
        assert expected == (30, 2)
        assert found == [30, 2]

    def test_fire_incidents_by_group(
        self, engine: str, real_platforms: dict[str, Platform], raw: duckdb.DuckDBPyConnection
    ) -> None:
        expected = count(
            raw,
            f"""select count(*), count(*) filter (borough_code = '{BOROUGH}'),
            count(*) filter (borough_code = '{BOROUGH}' and incident_group = 'Fire'),
            count(*) filter (borough_code = '{BOROUGH}' and incident_group = 'False Alarm')
            from fire""",
        )
        found = real_platforms[engine].warehouse.query(
            f"""select count(*), sum(case when borough_code = '{BOROUGH}' then 1 else 0 end),
            sum(case when borough_code = '{BOROUGH}' and incident_group = 'Fire'
                then 1 else 0 end),
            sum(case when borough_code = '{BOROUGH}' and incident_group = 'False Alarm'
                then 1 else 0 end)
            from fct_fire_incident"""
        )
        assert expected == (15_558, 679, 117, 310)
        assert found.rows[0] == expected

    def test_explain_leads_from_a_cell_to_deliveries_contracts_and_gates(
        self, engine: str, real_platforms: dict[str, Platform], raw: duckdb.DuckDBPyConnection
    ) -> None:
        platform = real_platforms[engine]
        (lineage,) = explain(platform, "S01", period="2019", area="Tower Hamlets")
        assert [d["file_name"] for d in lineage.deliveries] == [
            f"2019-{month:02d}-city-of-london-street.csv" for month in range(1, 13)
        ]
        rows = count(raw, "select count(*) from street where Month like '2019-%'")
        assert sum(d["row_count"] for d in lineage.deliveries) == rows[0]
        contract = platform.registry.get("police_street_crime")
        from csp.contracts.registry import contract_hash  # noqa: PLC0415

        assert {d["contract_hash"] for d in lineage.deliveries} == {contract_hash(contract)}
        checks = {check.id for check in contract.gate_checks}
        for delivery in lineage.deliveries:
            assert checks <= {result["check"] for result in delivery["gate_results"]}
        assert {gate["gate"] for gate in lineage.gates} == {"warehouse", "publication"}
