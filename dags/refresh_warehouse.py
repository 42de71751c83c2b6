"""Build, gate and publish the warehouse whenever a feed has ingested something."""

from airflow.sdk import DAG, AssetAny, Param, TriggerRule, task

from csp.warehouse.dbt_models import CORE_STAGE, KPI_STAGE, MART_STAGE
from csp_airflow import refresh_tasks
from csp_airflow.dbt_stage import dbt_stage
from csp_airflow.face import DEFAULTS
from csp_airflow.names import (
    CORE_GROUP,
    MORE_HAS_COME,
    PUBLISHED,
    REFRESH_DAG,
    feed_ids,
    lake_asset,
)

DOCUMENTATION = """
### Refresh of the warehouse

**Owner:** Data platform.

Runs whenever any feed has ingested something, one run at a time, and takes everything that is
ready by the ledger. Core models are built and judged; KPI cells are counted exactly, disclosure
control decides what of them may be shown, the marts are built and judged, and only then published
in one step. Readers see the last publication until then. The scorecard of a publication is written
beside it, and again when a refresh is held, so that it says that it is stale. What was accepted
while a refresh ran is of the next one; `more_has_come` asks for it.

**When red**

- `admit_deliveries`: a delivery is rejected or held; the log says which, why and what to do.
- `warehouse_gate`, `publication_audit`: a critical check failed; the log names it. The last
  publication stays readable and is marked stale with the reason (`csp status`).
- `scorecard`: the publication is out, its page is not; when the fault is mended: `csp scorecard`.
- a model: its own log has dbt's message; fix the model.
- `hold_publication` ends red with the reasons; they also stand in its XCom.
  Runbook: docs/runbooks/publication-held.md.

**Rerun:** a "now" DAG. When the cause is put right, trigger it anew. Clearing a part of an old run
changes nothing: its refresh has ended, and each step of it says so.
"""

with DAG(
    dag_id=REFRESH_DAG,
    description="Build, gate and publish the marts",
    schedule=AssetAny(*(lake_asset(feed) for feed in feed_ids()), MORE_HAS_COME),
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULTS | {"owner": "Data platform"},
    params={
        refresh_tasks.FULL: Param(
            False, type="boolean", description="Build every model, whatever has changed."
        )
    },
    tags=["warehouse", "rerun: trigger anew"],
    doc_md=DOCUMENTATION,
) as dag:
    ticket = task.short_circuit(refresh_tasks.admit_deliveries)()
    lake = task(refresh_tasks.load_lake)(ticket)
    core = dbt_stage(CORE_GROUP, CORE_STAGE, refresh_tasks.build_core, ticket)
    warehouse_gate = task(refresh_tasks.warehouse_gate)(ticket)
    cells = dbt_stage("kpi", KPI_STAGE, refresh_tasks.build_kpi, ticket)
    control = task(refresh_tasks.control_disclosure)(ticket)
    marts = dbt_stage("marts", MART_STAGE, refresh_tasks.build_marts, ticket)
    audit = task(refresh_tasks.publication_audit)(ticket)
    published = task(outlets=[PUBLISHED])(refresh_tasks.publish)(ticket)
    scorecard = task(refresh_tasks.scorecard)()
    more = task(outlets=[MORE_HAS_COME])(refresh_tasks.more_has_come)(ticket)
    held = task(trigger_rule=TriggerRule.ONE_FAILED)(refresh_tasks.hold_publication)()

    lake >> core >> warehouse_gate >> cells >> control >> marts >> audit >> published
    published >> [scorecard, more]
    [ticket, lake, core, warehouse_gate, cells, control, marts, audit, published] >> held
