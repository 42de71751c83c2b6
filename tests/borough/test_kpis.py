"""The KPI marts of the scenario: the catalogue both ways, and the presentation reproduced."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from csp.catalogue import KpiCatalogue
from csp.cli import app
from csp.errors import GateHeldError
from csp.kpi.reconcile import differing, reconciliation
from csp.ledger.decisions import DISCARD, decide
from csp.quality.publication_suite import RECONCILE
from csp.storage.home import Home
from csp.warehouse.duckdb_engine import DuckDBWarehouse
from csp.warehouse.platform import Platform
from csp.warehouse.refresh import refresh
from tests.warehouse.conftest import platform_at

from .published import Published

#: What the presentation says in figures, as KPI, measure and figure.
SAID = {
    ("K007", 15),
    ("K009", 55),
    ("K013", 46),
    ("K014", 100),
    ("K014", 1000),
    ("K017", 2),
    ("K021", 254),
    ("K022", 43),
    ("K024", 42),
    ("K025", 12),
    ("K027", 3_000_000),
    ("K032", 20),
    ("K034", 1742),
    ("K035", 614),
    ("K036", 9),
    ("K040", 53),
    ("K042", 2),
    ("K048", 8_000_000),
    ("K050", 1_000_000),
    ("K051", 1_000_000),
    ("K061", 14),
    ("K063", 70),
    ("K064", 71),
    ("K075", 750_000),
    ("K077", 82),
    ("K079", 24),
    ("K080", 350),
    ("K081", 150),
    ("K083", 2),
    ("K084", 2),
    ("K084", 230),
    ("K085", 2),
    ("K090", 30),
    ("K095", 39),
    ("K096", 503),
    ("K097", 7),
    ("K098", 60),
    ("K099", 102),
    ("K103", 120),
    ("K104", 100),
    ("K105", 4000),
    ("K106", 27),
}


def test_every_figure_of_the_presentation_holds(borough: Published) -> None:
    rows = reconciliation(borough.platform.warehouse)
    assert [(r["kpi_id"], r["figure_no"], r["verdict"]) for r in differing(rows)] == []
    held = {(r["kpi_id"], r["stated_value"]) for r in rows if r["verdict"] == "holds"}
    assert held >= SAID
    left_out = [row for row in rows if row["verdict"] == "left_out"]
    assert len(left_out) <= 3
    assert all(row["why_not"] for row in left_out)


def test_reconcile_prints_each_figure_beside_the_marts(
    borough: Published, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CSP_HOME", str(borough.platform.home.root))
    printed = CliRunner().invoke(app, ["reconcile"])
    assert printed.exit_code == 0
    assert "254 criminal incidents" in " ".join(printed.output.split())


def test_the_catalogue_and_the_mart_name_the_same_kpis(borough: Published) -> None:
    kpis = list(KpiCatalogue())
    computed, milestones = set(), set()
    for kpi in kpis:
        for breakdown, measure in kpi.breakdowns.items():
            if measure.method == "milestone":
                milestones.add(kpi.id)
            else:
                computed.add((kpi.id, breakdown))
    ask = borough.platform.warehouse.query
    shown = ask("select distinct kpi_id, breakdown from kpi_observation").rows
    assert set(shown) == computed
    told = {row[0] for row in ask("select distinct kpi_id from kpi_milestone").rows}
    assert milestones <= told
    listed = ask("select kpi_id, status_reason from dim_kpi where status = 'not_computable'").rows
    assert {row[0] for row in listed} == {kpi.id for kpi in kpis if not kpi.breakdowns}
    assert all(reason for _, reason in listed)


def test_every_computed_kpi_shows_a_figure_or_says_why_not(borough: Published) -> None:
    silent = borough.platform.warehouse.query(
        "select kpi_id, breakdown from kpi_observation group by kpi_id, breakdown "
        "having count(numerator) = 0 "
        "and max(case when status in ('suppressed', 'not_mature') then 1 else 0 end) = 0"
    ).rows
    assert silent == []


@pytest.fixture(scope="module")
def without_one_delivery(
    borough: Published, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Platform, list[str], int]:
    """The same lake without one delivery of camera incidents: reasons of the hold, and the loss."""
    borough.platform.ledger.engine.dispose()
    home = tmp_path_factory.mktemp("without_one")
    left = shutil.ignore_patterns("landing", "scratch", "dbt", "published")
    shutil.copytree(borough.platform.home.root, home, dirs_exist_ok=True, ignore=left)
    platform = platform_at(Path(home), DuckDBWarehouse(Home(home)))
    quarter = "is_criminal and event_date between date '2021-04-01' and date '2021-06-30'"
    delivery = borough.ask(
        f"select delivery_id from core.fct_cctv_incident where {quarter} and incident_ref in ("
        "select incident_ref from staging.stg_cctv__incident group by incident_ref "
        "having count(*) = 1) group by delivery_id order by count(*) desc, delivery_id limit 1"
    )
    lost = borough.ask(
        f"select count(*) from core.fct_cctv_incident where {quarter} "
        f"and delivery_id = '{delivery}' and incident_ref in (select incident_ref from "
        "staging.stg_cctv__incident group by incident_ref having count(*) = 1)"
    )
    decide(platform.ledger, delivery, DISCARD, "left out, to see what rests on it")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(RECONCILE, "presentation")
        with pytest.raises(GateHeldError) as held:
            refresh(platform)
    return platform, held.value.reasons, lost


def test_a_delivery_left_out_is_missed_by_its_figure_and_holds_the_publication(
    without_one_delivery: tuple[Platform, list[str], int],
) -> None:
    platform, reasons, lost = without_one_delivery
    assert any("PUB-FIGURES" in reason for reason in reasons)
    rows = {(r["kpi_id"], r["figure_no"]): r for r in reconciliation(platform.warehouse)}
    missed = {kpi for (kpi, _), row in rows.items() if row["verdict"] == "differs"}
    assert "K021" in missed
    found = next(r for (kpi, _), r in rows.items() if kpi == "K021" and r["stated_value"] == 254)
    assert lost > 0
    assert found["given_value"] <= 254 - lost


def test_reconcile_fails_when_a_figure_differs(
    without_one_delivery: tuple[Platform, list[str], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CSP_HOME", str(without_one_delivery[0].home.root))
    printed = CliRunner().invoke(app, ["reconcile"])
    assert printed.exit_code == 5
    assert "DIFFERS" in printed.output
