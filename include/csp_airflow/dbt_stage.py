"""One dbt stage as a task group: one task that runs dbt, and one that shows each model."""

from __future__ import annotations

from collections.abc import Callable, Generator
from itertools import groupby
from typing import Any

from airflow.sdk import BaseOperator, TaskGroup, task

from csp.storage.home import Home
from csp.warehouse.dbt_models import DbtModel, read_models
from csp_airflow.model_task import ModelTask


class DbtStage(TaskGroup):
    """The tasks of a stage. What follows it waits for dbt alone: the other tasks only show."""

    def get_leaves(self) -> Generator[BaseOperator, None, None]:
        """The task that runs dbt: no other one lies in the group itself."""
        for child in self.children.values():
            if isinstance(child, BaseOperator):
                yield child


def dbt_stage(group_id: str, stage: str, run: Callable[..., None], *arguments: object) -> DbtStage:
    """A stage of the refresh.

    Args:
        group_id: Name of the group.
        stage: dbt selection of its models, as `csp refresh` uses it.
        run: Task that runs dbt.
        arguments: What it is called with.
    """
    models = [m for m in read_models(Home.from_environment().dbt_models) if m.stage == stage]
    # A second try would find the tasks of the models at their end already.
    once: dict[str, Any] = {"retries": 0}
    group = DbtStage(group_id)
    with group:
        task(task_id="dbt", **once)(run)(*arguments)
        for room, lying in groupby(sorted(models, key=_room), key=_room):
            with TaskGroup(room):
                for model in lying:
                    ModelTask(
                        task_id=model.name,
                        model=model.name,
                        dbt_task=group.child_id("dbt"),
                        doc_md=f"{model.description}\n\nReads: {', '.join(model.reads)}",
                        **once,
                    )
    return group


def _room(model: DbtModel) -> str:
    return model.room
