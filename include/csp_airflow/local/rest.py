"""Airflow's REST interface, as far as demo and tests need it."""

from __future__ import annotations

import time
from typing import Any

import httpx

from csp.errors import CspError
from csp_airflow.local.server import USER, LocalAirflow

FINISHED = ("success", "failed")


def _checked(answer: httpx.Response) -> httpx.Response:
    """The answer, unless Airflow refused or failed.

    Raises:
        CspError: It did; the message says at what, and where its log lies.
    """
    if answer.is_error:
        raise CspError(
            f"Airflow answered {answer.status_code} at {answer.request.method} "
            f"{answer.request.url.path}; see api-server.log in the data root's folder airflow"
        )
    return answer


class AirflowRest:
    """A signed-in client.

    Args:
        airflow: The running Airflow.
    """

    def __init__(self, airflow: LocalAirflow) -> None:
        self.client = httpx.Client(base_url=airflow.address, timeout=60)
        answer = self.client.post(
            "/auth/token", json={"username": USER, "password": airflow.password}
        )
        _checked(answer)
        self.client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    def get(self, path: str, **query: Any) -> dict[str, Any]:  # noqa: ANN401
        """One GET below /api/v2."""
        answer: dict[str, Any] = _checked(self.client.get(f"/api/v2/{path}", params=query)).json()
        return answer

    def _all(self, path: str, items: str, **query: Any) -> list[dict[str, Any]]:  # noqa: ANN401
        """A whole list, oldest first, of which Airflow gives a hundred at a time."""
        found: list[dict[str, Any]] = []
        total = 1
        while len(found) < total:
            page = self.get(path, limit=100, offset=len(found), order_by="id", **query)
            total = page["total_entries"]
            if not page[items]:
                break
            found += page[items]
        return found

    def import_errors(self) -> list[dict[str, Any]]:
        """DAG files that could not be read."""
        errors: list[dict[str, Any]] = self.get("importErrors")["import_errors"]
        return errors

    def await_dags(self, dag_ids: list[str], seconds: float = 120) -> None:
        """Wait until the DAGs are known.

        Raises:
            CspError: They did not appear, with the import errors there are.
        """
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            known = {dag["dag_id"] for dag in self.get("dags", limit=200)["dags"]}
            if known.issuperset(dag_ids):
                return
            time.sleep(0.5)
        errors = "; ".join(error["filename"] for error in self.import_errors())
        raise CspError(f"DAGs {sorted(set(dag_ids) - known)} did not appear; broken: {errors}")

    def unpause(self, dag_id: str) -> None:
        """Let a DAG run."""
        _checked(self.client.patch(f"/api/v2/dags/{dag_id}", json={"is_paused": False}))

    def unpause_feeds(self) -> None:
        """Let every feed's DAG run, in one request.

        One after the other, each would wait for the tasks of those before it to leave the
        metadata alone, which on SQLite can take longer than a request may.
        """
        query: dict[str, str | int] = {"dag_id_pattern": "~", "tags": "feed", "limit": 100}
        _checked(self.client.patch("/api/v2/dags", params=query, json={"is_paused": False}))

    def trigger(self, dag_id: str) -> str:
        """Trigger a run anew; returns its id."""
        answer = self.client.post(f"/api/v2/dags/{dag_id}/dagRuns", json={"logical_date": None})
        return str(_checked(answer).json()["dag_run_id"])

    def clear(self, dag_id: str, run_id: str, task_id: str) -> None:
        """Let a task of a run that has ended be run again, with all that come after it."""
        body = {
            "dry_run": False,
            "dag_run_id": run_id,
            "task_ids": [task_id],
            "include_downstream": True,
            "only_failed": False,
            "reset_dag_runs": True,
        }
        _checked(self.client.post(f"/api/v2/dags/{dag_id}/clearTaskInstances", json=body))

    def runs(self, dag_id: str) -> list[dict[str, Any]]:
        """Runs of a DAG, or of all when it is `~`, oldest first."""
        return self._all(f"dags/{dag_id}/dagRuns", "dag_runs")

    def ended_tasks(self, task_id: str) -> list[dict[str, Any]]:
        """Tasks of a name, of all DAGs, that succeeded or failed for good; oldest first."""
        path = "dags/~/dagRuns/~/taskInstances"
        return self._all(path, "task_instances", task_id=task_id, state=FINISHED)

    def run_state(self, dag_id: str, run_id: str) -> str:
        """State of one run."""
        return str(self.get(f"dags/{dag_id}/dagRuns/{run_id}")["state"])

    def task_states(self, dag_id: str, run_id: str) -> dict[str, str | None]:
        """State of every task of a run."""
        tasks = self._all(f"dags/{dag_id}/dagRuns/{run_id}/taskInstances", "task_instances")
        return {task["task_id"]: task["state"] for task in tasks}

    def task_log(self, dag_id: str, run_id: str, task_id: str, attempt: int = 1) -> str:
        """Log of one try of a task, the first when not said otherwise."""
        task = f"dags/{dag_id}/dagRuns/{run_id}/taskInstances/{task_id}"
        return str(self.get(f"{task}/logs/{attempt}"))

    def xcom(self, dag_id: str, run_id: str, task_id: str, key: str) -> Any:  # noqa: ANN401
        """What a task left for others under a key."""
        path = f"dags/{dag_id}/dagRuns/{run_id}/taskInstances/{task_id}/xcomEntries/{key}"
        return self.get(path, deserialize=True)["value"]

    def await_run(self, dag_id: str, run_id: str, seconds: float = 600) -> str:
        """Wait until a run has ended; returns its state.

        Raises:
            CspError: It did not end in time.
        """
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            state = self.run_state(dag_id, run_id)
            if state in FINISHED:
                return state
            time.sleep(0.5)
        raise CspError(f"run {run_id} of {dag_id} has not ended within {seconds:.0f} s")

    def await_runs(self, dag_id: str, count: int, seconds: float = 120) -> list[str]:
        """Wait until a DAG has had so many runs, ended or not; returns their ids.

        Raises:
            CspError: There were fewer in that time.
        """
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if len(runs := self.runs(dag_id)) >= count:
                return [str(run["dag_run_id"]) for run in runs]
            time.sleep(0.5)
        raise CspError(f"{dag_id} had fewer than {count} runs within {seconds:.0f} s")

    def await_quiet(self, dag_id: str, at_least: int, seconds: float = 600) -> dict[str, Any]:
        """Wait until a DAG has had so many runs and none is under way; returns the last.

        Raises:
            CspError: It did not come to rest in time.
        """
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            runs = self.runs(dag_id)
            if len(runs) >= at_least and all(run["state"] in FINISHED for run in runs):
                return runs[-1]
            time.sleep(0.5)
        raise CspError(f"{dag_id} has not come to rest within {seconds:.0f} s")
