"""A task that shows one dbt model: it waits in the triggerer, and no process is started for it.

A refresh has some 150 models. As tasks that run, each would cost a second of a processor to watch
what the one dbt process of its stage does. So the scheduler hands them to the triggerer, where all
of a stage share one look per second at what the dbt task has told so far.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn

from airflow.sdk import BaseOperator
from airflow.triggers.base import (
    BaseTrigger,
    StartTriggerArgs,
    TaskFailedEvent,
    TaskSkippedEvent,
    TaskSuccessEvent,
    TriggerEvent,
)

if TYPE_CHECKING:
    from csp.warehouse.dbt_models import ModelOutcome

LOOK_SECONDS = 1.0
TOLD = "models"
ENDED_STATES = {"success", "failed", "skipped", "upstream_failed", "removed"}


@dataclass
class Progress:
    """What a dbt task tells of its models, as an XCom that grows while dbt runs.

    Attributes:
        ti: The dbt task's own task instance.
        models: Model → state and message.
    """

    ti: Any
    models: dict[str, list[str]] = field(default_factory=dict)
    _told_at: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, outcome: ModelOutcome) -> None:
        """Note how a model ended; comes from any of dbt's threads."""
        with self._lock:
            words = f"{outcome.state} in {outcome.seconds:.2f} s {outcome.message}".rstrip()
            print(f"{outcome.name}: {words}")  # noqa: T201 - Airflow's task log
            self.models[outcome.name] = [outcome.state, outcome.message]
            if time.monotonic() - self._told_at > LOOK_SECONDS:
                self._tell()

    def end(self) -> None:
        """Tell what is not told yet; dbt will say no more."""
        with self._lock:
            self._tell()

    def _tell(self) -> None:
        self.ti.xcom_push(key=TOLD, value=self.models)
        self._told_at = time.monotonic()


@dataclass(frozen=True)
class Look:
    """What the triggerer has seen of a stage: models told of, and whether dbt has ended."""

    models: dict[str, list[str]]
    ended: bool


async def look(dag_id: str, run_id: str, dbt_task: str) -> Look:
    """Ask Airflow how far a dbt task has come.

    The state is asked for first: what was told before the end is then seen for certain.
    """
    from airflow.sdk.execution_time.task_runner import RuntimeTaskInstance  # noqa: PLC0415
    from airflow.sdk.execution_time.xcom import XCom  # noqa: PLC0415

    states = await asyncio.to_thread(
        RuntimeTaskInstance.get_task_states, dag_id, task_ids=[dbt_task], run_ids=[run_id]
    )
    told = await asyncio.to_thread(
        XCom.get_one, key=TOLD, dag_id=dag_id, task_id=dbt_task, run_id=run_id
    )
    return Look(told or {}, states.get(run_id, {}).get(dbt_task) in ENDED_STATES)


_looks: dict[tuple[str, str, str], tuple[float, asyncio.Task[Look]]] = {}


async def shared_look(dag_id: str, run_id: str, dbt_task: str) -> Look:
    """A look that is at most a second old; all models of a stage share it."""
    stage, now = (dag_id, run_id, dbt_task), time.monotonic()
    if stage not in _looks or now - _looks[stage][0] >= LOOK_SECONDS:
        for old in [key for key, (then, _) in _looks.items() if now - then > 60 * LOOK_SECONDS]:
            del _looks[old]
        _looks[stage] = (now, asyncio.ensure_future(look(*stage)))
    return await asyncio.shield(_looks[stage][1])


class ModelTrigger(BaseTrigger):
    """Ends a model's task as dbt ended the model.

    Args:
        model: Name of the model.
        dbt_task: Id of the task that runs dbt.
    """

    def __init__(self, model: str, dbt_task: str) -> None:
        super().__init__()
        self.model, self.dbt_task = model, dbt_task

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """How Airflow makes it anew."""
        return (TRIGGER, {"model": self.model, "dbt_task": self.dbt_task})

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Look until the model has ended, or dbt without it."""
        if (ti := self.task_instance) is None:
            raise RuntimeError("Airflow's triggerer did not say for which task this waits")
        while True:
            seen = await shared_look(ti.dag_id, ti.run_id, self.dbt_task)
            if self.model in seen.models or seen.ended:
                yield self._event(seen)
                return
            await asyncio.sleep(LOOK_SECONDS)

    def _event(self, seen: Look) -> TriggerEvent:
        state, message = seen.models.get(self.model, ["", ""])
        if state == "built":
            self.log.info("%s is built", self.model)
            return TaskSuccessEvent()
        if state == "failed":
            self.log.error("dbt: %s", message)
            return TaskFailedEvent()
        if state == "skipped" or any(ended == "failed" for ended, _ in seen.models.values()):
            self.log.warning("not built: the stage broke off; see the red tasks beside this one")
        else:
            self.log.info("not built: no feed that it rests on has changed")
        return TaskSkippedEvent()


TRIGGER = f"{ModelTrigger.__module__}.{ModelTrigger.__qualname__}"


class ModelTask(BaseOperator):
    """Shows one dbt model.

    Args:
        model: Name of the model.
        dbt_task: Id of the task that runs dbt.
    """

    start_from_trigger = True
    ui_color = "#e8f0f7"

    def __init__(self, *, model: str, dbt_task: str, **more: Any) -> None:  # noqa: ANN401
        super().__init__(**more)
        self.model, self.dbt_task = model, dbt_task
        self.start_trigger_args = StartTriggerArgs(
            trigger_cls=TRIGGER,
            trigger_kwargs={"model": model, "dbt_task": dbt_task},
            next_method="execute",
        )

    def execute(self, context: Any) -> NoReturn:  # noqa: ANN401 - Airflow's context
        """Wait in the triggerer; only reached where tasks are not started from there."""
        self.defer(trigger=ModelTrigger(self.model, self.dbt_task), method_name="execute")
