"""Names that DAGs and their readers share."""

from __future__ import annotations

from airflow.sdk import Asset

from csp.project import CONTRACTS
from csp.warehouse.dbt_models import DbtModel

#: Something was accepted while a refresh ran, and no feed's DAG has asked for another one.
MORE_HAS_COME = Asset("csp_more_has_come", uri="csp://ledger/more_has_come")
PUBLISHED = Asset("csp_published", uri="csp://published/marts")
REFRESH_DAG = "refresh_warehouse"


def lake_asset(feed: str) -> Asset:
    """The asset that a feed's DAG emits when something new was ingested."""
    return Asset(f"csp_lake_{feed}", uri=f"csp://lake/{feed}")


CORE_GROUP = "core"


def model_task_id(group_id: str, model: DbtModel) -> str:
    """The task that shows a model."""
    return f"{group_id}.{model.room}.{model.name}"


def feed_ids() -> list[str]:
    """Every feed, from the contracts' file names alone: a broken contract breaks no other DAG."""
    return sorted(f"{path.parent.name}_{path.stem}" for path in CONTRACTS.glob("*/*.yml"))
