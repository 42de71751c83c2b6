"""The DAG of one feed: sweep the inbox, ingest, gate, announce."""

from __future__ import annotations

from typing import Any

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG, CronTriggerTimetable, TriggerRule, task
from airflow.sdk.exceptions import AirflowSkipException

from csp.contracts import Contract, load_contract
from csp.project import CONTRACTS
from csp_airflow.face import DEFAULTS, data_errors_fail_at_once
from csp_airflow.names import lake_asset

DOCUMENTATION = """
### {name}

**Owner:** {owner}. **Class:** {access}. **Promise:** {promise}.

Ingests what the partner left in the inbox of `{feed}`, judges it, and tells the warehouse.

**When red**

- `delivery_gate`: a delivery was rejected or failed a critical check. The log names the delivery,
  the code and what to do; `csp quarantine show DELIVERY` gives the partner's feedback report. Ask
  for a corrected file, or `csp quarantine discard DELIVERY --reason …`. Retrying changes nothing.
  A stray, a file of another feed, belongs into that feed's inbox: put it there, and discard it here
  (or let the contract say `strayFiles: move`).
- any other task: infrastructure (disk, database). It was retried already; put the cause right.

**Rerun:** a "now" DAG. Trigger it anew; do not clear old runs. Files that were ingested have left
the inbox, and the same bytes are never ingested twice.
"""


@task
@data_errors_fail_at_once
def sweep_inbox(feed: str) -> list[str]:
    """List the files in the feed's inbox; skip the run when there are none."""
    from csp.ingest.inbox import finished_files  # noqa: PLC0415
    from csp.storage.home import Home  # noqa: PLC0415

    inbox = Home.from_environment().inbox(feed)
    found = finished_files(inbox)
    if not found:
        raise AirflowSkipException(f"nothing in {inbox}")
    return [str(path) for path in found]


@task
@data_errors_fail_at_once
def ingest_files(feed: str, files: list[str]) -> dict[str, int]:
    """Ingest the files and clear them from the inbox; a data error is recorded, not raised.

    A file that must wait (for a key, a disk that answers, or the end of a refresh that reads what
    it would replace) stays in the inbox; the others are ingested, and then the task fails.
    """
    from collections import Counter  # noqa: PLC0415
    from pathlib import Path  # noqa: PLC0415

    from csp.errors import CspError  # noqa: PLC0415
    from csp.ingest import ingest_each  # noqa: PLC0415
    from csp.warehouse.platform import Platform  # noqa: PLC0415
    from csp_airflow.face import use_airflow_key  # noqa: PLC0415

    use_airflow_key()
    platform = Platform.from_environment()
    counts: Counter[str] = Counter()
    waiting: list[str] = []
    registry = platform.registry_of(feed)
    paths = map(Path, files)
    for path, outcomes in ingest_each(paths, platform.home, platform.ledger, registry, feed=feed):
        for outcome in outcomes:
            counts[outcome.verdict] += 1
            counts["rows"] += outcome.accepted_rows
            if outcome.reason:
                print(f"{outcome.verdict}: {outcome.file_name}: {outcome.reason}")  # noqa: T201
        refused = [outcome.reason for outcome in outcomes if outcome.verdict == "refused"]
        if refused:
            waiting += refused
        else:
            # Another process may have cleared it already, as an earlier try of this task may.
            path.unlink(missing_ok=True)
    if waiting:
        raise CspError("\n".join(dict.fromkeys(waiting)))
    return dict(counts)


@task
@data_errors_fail_at_once
def delivery_gate(feed: str) -> str:
    """Judge what is new; fail while a delivery of the feed is rejected or held."""
    from csp.errors import GateHeldError  # noqa: PLC0415
    from csp.ledger.open_deliveries import open_deliveries  # noqa: PLC0415
    from csp.quality.delivery_gate import DeliveryGate  # noqa: PLC0415
    from csp.warehouse.platform import Platform  # noqa: PLC0415

    platform = Platform.from_environment()
    contract = platform.registry_of(feed).get(feed)
    outcome = DeliveryGate(contract, platform.home, platform.ledger).run()
    for warning in outcome.warnings:
        print(f"warning: {warning}")  # noqa: T201
    waiting = [d for d in open_deliveries(platform.ledger) if d.feed == feed]
    if waiting:
        raise GateHeldError(
            [f"delivery {d.delivery_id} ({d.file_name}): {d.reason}" for d in waiting]
        )
    return f"{len(outcome.results)} checks judged, {len(outcome.warnings)} warnings"


def announce(feed: str) -> Any:  # noqa: ANN401 - Airflow's own type
    """The task that tells the warehouse, also when the gate failed, so that it can say why."""

    @task(
        task_id="announce",
        outlets=[lake_asset(feed)],
        trigger_rule=TriggerRule.ALL_DONE_MIN_ONE_SUCCESS,
    )
    def tell() -> None:
        """Emit the feed's asset."""

    return tell()


def documentation(contract: Contract) -> str:
    """The DAG's page in Airflow: owner, what to do when red, and how to rerun."""
    promise = "; ".join(level.description for level in contract.slaProperties)
    return DOCUMENTATION.format(
        name=contract.name,
        owner=contract.team.name,
        access=contract.platform.accessClass,
        promise=promise.rstrip("."),
        feed=contract.id,
    )


def feed_dag(partner: str, entity: str) -> DAG:
    """The DAG of one feed, from its contract.

    Args:
        partner: Folder of the contract.
        entity: Its file name without `.yml`.

    Raises:
        ContractError: The contract is wrong; only this DAG breaks.
    """
    contract = load_contract(CONTRACTS / partner / f"{entity}.yml")
    with DAG(
        dag_id=contract.id,
        description=contract.name,
        schedule=CronTriggerTimetable(contract.platform.sweep, timezone="Europe/London"),
        catchup=False,
        max_active_runs=1,
        default_args=DEFAULTS | {"owner": contract.team.name},
        tags=["feed", contract.domain, contract.platform.accessClass, "rerun: trigger anew"],
        doc_md=documentation(contract),
    ) as dag:
        files = sweep_inbox(contract.id)
        # What a task gives stands for its value, which the type of a task cannot say.
        taken = ingest_files(contract.id, files)  # type: ignore[arg-type]
        gate = delivery_gate(contract.id)
        taken >> gate >> EmptyOperator(task_id="all_deliveries_good")
        [taken, gate] >> announce(contract.id)
    return dag
