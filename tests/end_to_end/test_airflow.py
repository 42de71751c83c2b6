"""The main job through a real Airflow: from the inbox to published marts, and held when bad."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from tests.privacy.scan import places_of

from csp.contracts import ContractRegistry
from csp.contracts.samples import sample_file
from csp.storage.home import Home
from csp_airflow.local.rest import AirflowRest
from csp_airflow.local.server import LocalAirflow
from csp_airflow.names import REFRESH_DAG, feed_ids
from csp_simulator import SimulationTruth, simulate

pytestmark = pytest.mark.airflow
#: A process that begins a refresh and stays at its first step.
WORK_UNTIL_KILLED = """
import sys, time
from csp.ledger.leases import at_step
from csp.warehouse import lifecycle
from csp.warehouse.platform import Platform
platform = Platform.from_environment()
ticket = lifecycle.begin(platform)
with at_step(platform.ledger, ticket.refresh_id, "load lake"):
    print(ticket.refresh_id, flush=True)
    time.sleep(600)
"""
STREET, FIRE, CCTV = "police_street_crime", "fire_lfb_incident", "cctv_incident"


@dataclass
class Running:
    """A running Airflow with the synthetic year beside it."""

    airflow: LocalAirflow
    rest: AirflowRest
    folder: Path
    truth: SimulationTruth

    def csp(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """The command line on the same data root."""
        return subprocess.run(
            [Path(sys.executable).parent / "csp", *arguments],
            env=os.environ,
            capture_output=True,
            text=True,
            check=False,
        )

    def deliver(self, feed: str, *paths: Path) -> None:
        """Leave files in the feed's inbox."""
        for path in paths:
            shutil.copyfile(path, self.airflow.home.inbox(feed) / path.name)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Airflow's own four processes, on loopback and free ports, stopped at the end."""
    folder = tmp_path_factory.mktemp("simulated")
    truth = simulate("borough-year", folder, scale=0.1, faults=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CSP_HOME", str(tmp_path_factory.mktemp("airflow_home")))
        patch.setenv("CSP_WAREHOUSE", "duckdb")
        patch.setenv("CSP_INBOX_QUIET_SECONDS", "0")
        airflow = LocalAirflow(Home.from_environment())
        airflow.start()
        try:
            rest = AirflowRest(airflow)
            rest.await_dags([REFRESH_DAG, *feed_ids()])
            rest.unpause_feeds()
            rest.unpause(REFRESH_DAG)
            yield Running(airflow, rest, folder, truth)
        finally:
            airflow.stop()


@pytest.fixture(scope="module")
def first(running: Running) -> dict[str, str]:
    """A year of police archives delivered, and its refresh come to rest.

    Another process is at a refresh as it begins: it is waited for while it lives, and killed then.
    """
    running.deliver(STREET, *sorted((running.folder / "deliveries" / "police").iterdir()))
    with subprocess.Popen(
        [sys.executable, "-c", WORK_UNTIL_KILLED],
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline().strip() == "1"
        run = running.rest.trigger(STREET)
        assert running.rest.await_run(STREET, run) == "success"
        (refresh,) = running.rest.await_runs(REFRESH_DAG, 1)
        waiting = json.loads(running.csp("status", "--json").stdout)["publication"]["last_refresh"]
        other.kill()
    last = running.rest.await_quiet(REFRESH_DAG, at_least=1)
    return {"run": refresh, "state": last["state"], "other": waiting}


def published_crimes(running: Running) -> list[dict[str, float]]:
    """Crimes in the borough by month, from the published marts."""
    answer = running.csp(
        "query",
        "--json",
        "select period_start, numerator, publication_id from kpi_observation where "
        "kpi_id = 'S01' and area_kind = 'borough' and period_kind = 'month' order by 1",
    )
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout)


def test_nobody_reads_airflow_without_signing_in(running: Running) -> None:
    answer = httpx.get(f"{running.airflow.address}/api/v2/dags")
    assert answer.status_code == httpx.codes.UNAUTHORIZED


def test_deliveries_in_the_inbox_become_published_marts(
    running: Running, first: dict[str, str]
) -> None:
    assert first["state"] == "success"
    found = {row["period_start"][:7]: row["numerator"] for row in published_crimes(running)}
    expected: dict[str, float] = {}
    for month in running.truth.police:
        expected[month.month] = expected.get(month.month, 0) + month.in_borough_crimes
    assert found == expected
    assert list(running.airflow.home.inbox(STREET).iterdir()) == []


def test_every_model_and_gate_is_seen_to_succeed(running: Running, first: dict[str, str]) -> None:
    states = running.rest.task_states(REFRESH_DAG, first["run"])
    assert states.pop("hold_publication") == "skipped"
    assert states.pop("more_has_come") == "skipped"
    assert len(states) > 140
    assert set(states.values()) == {"success"}


def test_a_refresh_beside_the_dag_is_waited_for_and_a_dead_one_is_not(
    running: Running, first: dict[str, str]
) -> None:
    assert (first["other"], first["state"]) == ("running", "success")
    answer = running.csp("status", "--json")
    publication = json.loads(answer.stdout)["publication"]
    assert (publication["publication_id"], publication["is_stale"]) == (1, False)


def test_clearing_a_step_of_a_refresh_that_has_ended_changes_nothing(
    running: Running, first: dict[str, str]
) -> None:
    before = published_crimes(running)
    running.rest.clear(REFRESH_DAG, first["run"], "publish")
    assert running.rest.await_run(REFRESH_DAG, first["run"]) == "failed"
    assert running.rest.task_states(REFRESH_DAG, first["run"])["publish"] == "failed"
    said = running.rest.task_log(REFRESH_DAG, first["run"], "publish", attempt=2)
    assert "has ended" in said
    assert "no step of it can be run again" in said
    assert published_crimes(running) == before
    assert not json.loads(running.csp("status", "--json").stdout)["publication"]["is_stale"]


def test_an_empty_inbox_is_skipped_and_refreshes_nothing(
    running: Running, first: dict[str, str]
) -> None:
    before = len(running.rest.runs(REFRESH_DAG))
    run = running.rest.trigger(FIRE)
    running.rest.await_run(FIRE, run)
    states = running.rest.task_states(FIRE, run)
    assert set(states.values()) == {"skipped"}
    assert len(running.rest.runs(REFRESH_DAG)) == before


def test_a_bad_delivery_holds_the_publication_and_says_why_in_airflow_and_in_csp_status(
    running: Running, first: dict[str, str]
) -> None:
    before = published_crimes(running)
    fault = next(fault for fault in running.truth.faults if fault.code == "B03")
    running.deliver(STREET, running.folder / fault.file)
    refreshes = len(running.rest.runs(REFRESH_DAG))
    run = running.rest.trigger(STREET)
    assert running.rest.await_run(STREET, run) == "failed"
    assert running.rest.task_states(STREET, run)["delivery_gate"] == "failed"
    assert "D03" in running.rest.task_log(STREET, run, "delivery_gate")
    last = running.rest.await_quiet(REFRESH_DAG, at_least=refreshes + 1)
    assert last["state"] == "failed"
    reasons = str(running.rest.xcom(REFRESH_DAG, last["dag_run_id"], "hold_publication", "reasons"))
    assert "D03 A required column is missing" in reasons
    assert Path(fault.file).name in reasons
    assert published_crimes(running) == before
    status = json.loads(running.csp("status", "--json").stdout)
    assert status["publication"]["is_stale"]
    assert any("D03" in reason for reason in status["publication"]["reasons"])
    (waiting,) = status["open_deliveries"]
    assert waiting["file_name"] == Path(fault.file).name


def test_planted_persons_stand_in_no_log_xcom_or_file_of_airflow(running: Running) -> None:
    contract = ContractRegistry().get(CCTV)
    planted = ("Zzcanary", "ZE9 9ZZ", "ZZ57 ZZZ")
    words = f"{planted[0]} of {planted[1]} drove {planted[2]}"
    rows = [{"narrative_redacted": words}, {"operator_id": planted[0]}, {"camera_id": planted[0]}]
    name = contract.platform.fileNameExample
    (running.folder / name).write_text(sample_file(contract, [{}] * 40 + rows), encoding="utf-8")
    running.deliver(CCTV, running.folder / name)
    run = running.rest.trigger(CCTV)
    running.rest.await_run(CCTV, run)
    taken = running.rest.xcom(CCTV, run, "ingest_files", "return_value")
    assert taken["accepted"] == 1
    assert places_of(planted, running.airflow.home.root) == []
