"""The steps of a refresh as Airflow runs them; each is one call into the package."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from airflow.sdk.exceptions import AirflowSkipException, DownstreamTasksSkipped

from csp_airflow.face import data_errors_fail_at_once
from csp_airflow.model_task import Progress
from csp_airflow.names import CORE_GROUP, model_task_id

if TYPE_CHECKING:
    from csp.quality.judge import CheckResult
    from csp.warehouse.dbt_models import ModelCallback
    from csp.warehouse.refresh import RefreshRun

Outcome = TypeVar("Outcome")
Ticket = dict[str, int]
#: Key under which the run's ticket is told, also when a gate holds the first step.
TICKET = "ticket"
#: Parameter of the refresh DAG: build every model, whatever has changed.
FULL = "full"
#: By this name the ledger knows the refreshes of the DAG, whichever process is at a step of one.
OWNER = "airflow"
#: For a `csp refresh` beside the DAG to end; a dead process is known as such in less.
LONGEST_WAIT_SECONDS = 600.0


def _run(ticket: Ticket) -> RefreshRun:
    from csp.warehouse.lifecycle import RefreshTicket  # noqa: PLC0415
    from csp.warehouse.platform import Platform  # noqa: PLC0415
    from csp.warehouse.refresh import RefreshRun  # noqa: PLC0415

    return RefreshRun(Platform.from_environment(), RefreshTicket(**ticket))


def _or_hold(run: RefreshRun, step: Callable[[], Outcome]) -> Outcome:
    """Run a step; when a gate holds it, mark the publication stale with the reason first."""
    from csp.errors import GateHeldError  # noqa: PLC0415

    try:
        return step()
    except GateHeldError as held:
        run.hold(held.reasons)
        raise


def _shown(warnings: list[CheckResult]) -> None:
    for warning in warnings:
        print(f"warning: {warning}")  # noqa: T201 - Airflow's task log


@data_errors_fail_at_once
def admit_deliveries(**context: Any) -> Ticket | None:  # noqa: ANN401 - Airflow's context
    """Open the refresh; judge what no gate has seen; hold when a bad delivery is open.

    Returns:
        The refresh; None, which skips the rest, when an event asks for what is published already.
    """
    from csp.warehouse.platform import Platform  # noqa: PLC0415
    from csp.warehouse.refresh import RefreshRun  # noqa: PLC0415

    platform = Platform.from_environment()
    # Runs of this DAG follow one another, so one that it left open belongs to a run that died.
    run = RefreshRun.begin(platform, OWNER, wait_seconds=LONGEST_WAIT_SECONDS)
    # Told before the first gate may hold it, so that the run can close what it has begun.
    context["ti"].xcom_push(key=TICKET, value=vars(run.ticket))
    _shown(_or_hold(run, run.admit_deliveries))
    if context["dag_run"].run_type == "asset_triggered" and not run.is_needed():
        run.close_unneeded()
        print("nothing has changed since the last publication")  # noqa: T201
        return None
    return vars(run.ticket)


@data_errors_fail_at_once
def load_lake(ticket: Ticket, **context: Any) -> None:  # noqa: ANN401 - Airflow's context
    """Show the warehouse exactly the deliveries that may be read.

    Raises:
        DownstreamTasksSkipped: Some core models will not be built, as nothing that they rest on has
            changed; this shows them as skipped, and costs nothing for each.
    """
    from csp.warehouse.dbt_models import read_models  # noqa: PLC0415

    run = _run(ticket)
    run.load_lake(full=bool(context["params"].get(FULL)))
    if untouched := run.untouched(read_models(run.home.dbt_models)):
        print(f"{len(untouched)} core models rest on nothing that has changed")  # noqa: T201
        raise DownstreamTasksSkipped(tasks=[model_task_id(CORE_GROUP, m) for m in untouched])


def _told(step: Callable[[ModelCallback], None], context: dict[str, Any]) -> None:
    """Run a dbt step; the tasks of its models are told how each ended."""
    progress = Progress(context["ti"])
    try:
        step(progress)
    finally:
        progress.end()


@data_errors_fail_at_once
def build_core(ticket: Ticket, **context: Any) -> None:  # noqa: ANN401 - Airflow's context
    """Build seeds, staging and core models: those that rest on a feed that has changed."""
    _told(_run(ticket).build_core, context)


@data_errors_fail_at_once
def build_kpi(ticket: Ticket, **context: Any) -> None:  # noqa: ANN401 - Airflow's context
    """Build the exact KPI cells."""
    _told(_run(ticket).build_kpi, context)


@data_errors_fail_at_once
def build_marts(ticket: Ticket, **context: Any) -> None:  # noqa: ANN401 - Airflow's context
    """Build the marts that people read."""
    _told(_run(ticket).build_marts, context)


@data_errors_fail_at_once
def warehouse_gate(ticket: Ticket) -> str:
    """Judge the core models before the KPI marts are built."""
    run = _run(ticket)
    outcome = _or_hold(run, run.gate_core)
    _shown(outcome.warnings)
    return f"{len(outcome.results)} checks, {len(outcome.warnings)} warnings"


@data_errors_fail_at_once
def control_disclosure(ticket: Ticket) -> None:
    """Decide what of the KPI cells about people may be shown."""
    _run(ticket).control_disclosure()


@data_errors_fail_at_once
def publication_audit(ticket: Ticket) -> str:
    """Judge the KPI marts before anybody may read them."""
    run = _run(ticket)
    outcome = _or_hold(run, run.audit_publication)
    _shown(outcome.warnings)
    return f"{len(outcome.results)} checks, {len(outcome.warnings)} warnings"


@data_errors_fail_at_once
def publish(ticket: Ticket) -> int:
    """Turn the candidate into the publication in one step."""
    return _run(ticket).publish()


@data_errors_fail_at_once
def scorecard() -> str:
    """Write page, board pack and table of the publication beside it."""
    from csp.kpi.scorecard import write_scorecard  # noqa: PLC0415
    from csp.warehouse.platform import Platform  # noqa: PLC0415

    return str(write_scorecard(Platform.from_environment()).html)


@data_errors_fail_at_once
def more_has_come(ticket: Ticket) -> None:
    """Ask for another refresh when something was accepted that this one did not read.

    A feed's own DAG asks for one by itself; this is for files that were ingested in another way.

    Raises:
        AirflowSkipException: Nothing has.
    """
    from csp.ledger.leases import TicketEndedError  # noqa: PLC0415

    try:
        is_more = _run(ticket).more_has_come()
    except TicketEndedError:
        is_more = False  # a later refresh has begun, and reads it
    if not is_more:
        raise AirflowSkipException("nothing was accepted that is not published")


@data_errors_fail_at_once
def hold_publication(**context: Any) -> None:  # noqa: ANN401 - Airflow's context
    """Close the run's refresh if nothing has; let the scorecard say so; end red with the reasons.

    A refresh that has ended already stays as it ended: clearing this task changes nothing.

    Raises:
        GateHeldError: Always; the reasons also stand in XCom under `reasons`.
    """
    from csp.errors import GateHeldError  # noqa: PLC0415
    from csp.kpi.scorecard import rewrite_scorecard  # noqa: PLC0415
    from csp.warehouse.lifecycle import FAILED  # noqa: PLC0415

    ti = context["ti"]
    reasons = ["no refresh was begun; the log of admit_deliveries in Airflow says why"]
    if ticket := ti.xcom_pull(task_ids=admit_deliveries.__name__, key=TICKET):
        run = _run(ticket)
        run.hold(["a step of the refresh failed; its log in Airflow says why"], FAILED)
        reasons = run.reasons()
        rewrite_scorecard(run.platform)
    ti.xcom_push(key="reasons", value=reasons)
    raise GateHeldError(reasons)
