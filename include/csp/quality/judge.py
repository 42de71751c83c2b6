"""Great Expectations as the judge: checks in, results out, and no value of a row in between."""

from __future__ import annotations

import logging
import os
import time
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert

from csp.errors import OutsideFaultError
from csp.faults import fault_in_text
from csp.ledger.decisions import settle_decisions
from csp.ledger.sessions import Ledger, utc_now
from csp.ledger.tables import GateResult, GateRun
from csp.quality.deferred import deferred

if TYPE_CHECKING:
    from types import ModuleType

    from great_expectations.core import ExpectationValidationResult
    from great_expectations.datasource.fluent.interfaces import Batch

CRITICAL, WARNING = "critical", "warning"
UNJUDGED = "could not be judged"


@dataclass(frozen=True)
class TableCheck:
    """One expectation on one table.

    Attributes:
        id: Its code.
        sentence: What holds when it passes, in plain English.
        severity: critical blocks, warning is shown.
        owner: Who acts when it fails.
        table: `schema.table` in the engine that is judged.
        expectation: Class name in `great_expectations.expectations`.
        arguments: Its arguments.
        keys: Columns that name an offending row (keys only, never values of persons).
    """

    id: str
    sentence: str
    severity: str
    owner: str
    table: str
    expectation: str
    arguments: dict[str, Any]
    keys: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Judgement:
    """What the judge said of one check.

    Attributes:
        observed: Counts, or the number observed.
        offenders_query: SQL that gives keys and measure of the offending rows, or None.
    """

    check: TableCheck
    passed: bool
    observed: str
    offenders_query: str | None = None


@dataclass(frozen=True)
class CheckResult:
    """One check's result on one subject, as the ledger keeps it."""

    check_id: str
    sentence: str
    severity: str
    owner: str
    subject: str
    passed: bool
    observed: str
    delivery_id: str | None = None

    @classmethod
    def of(cls, judgement: Judgement) -> CheckResult:
        """The result on a whole table."""
        check = judgement.check
        return cls(
            check.id,
            check.sentence,
            check.severity,
            check.owner,
            check.table,
            judgement.passed,
            judgement.observed,
        )

    @property
    def blocks(self) -> bool:
        """Whether nothing may go past this result."""
        return self.severity == CRITICAL and not self.passed

    def __str__(self) -> str:
        return f"{self.check_id} {self.sentence} — {self.subject}: {self.observed}"


@dataclass(frozen=True)
class GateOutcome:
    """The results of one run of one gate."""

    gate: str
    results: list[CheckResult]

    @property
    def passed(self) -> bool:
        """Whether no critical check failed."""
        return not self.blocking

    @property
    def blocking(self) -> list[CheckResult]:
        """Critical checks that failed."""
        return [result for result in self.results if result.blocks]

    @property
    def warnings(self) -> list[CheckResult]:
        """Warnings that failed; shown, and recorded."""
        return [v for v in self.results if v.severity == WARNING and not v.passed]


def _observed(result: dict[str, Any]) -> str:
    if "unexpected_count" in result:
        return f"{result['unexpected_count']} of {result.get('element_count', 0)} rows"
    return f"observed {result.get('observed_value')}"


def judge(url: str, checks: Sequence[TableCheck]) -> list[Judgement]:
    """Run the checks where their tables are; only counts and keys come back.

    A check that cannot be run has failed: a gate never passes what it could not see.

    Args:
        url: SQLAlchemy address of the engine that holds the tables.
        checks: The checks.

    Raises:
        OutsideFaultError: The database or the disk gave way.
    """
    if not checks:
        return []
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    # Importing Great Expectations takes seconds, so only a gate that runs pays for it.
    logging.getLogger("great_expectations").setLevel(logging.ERROR)
    with deferred("altair", "scipy.stats"):
        import great_expectations as gx  # noqa: PLC0415
        from great_expectations import expectations as gxe  # noqa: PLC0415
        from great_expectations.data_context.types.base import ProgressBarsConfig  # noqa: PLC0415
        from great_expectations.datasource.fluent.interfaces import (  # noqa: PLC0415
            GxDatasourceWarning,
        )

    from csp.quality import duckdb_dialect  # noqa: PLC0415

    duckdb_dialect.register()
    for chatty in ("great_expectations", "great_expectations.data_context.types.base"):
        logging.getLogger(chatty).setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", category=GxDatasourceWarning)
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    source = context.data_sources.add_sql("warehouse", connection_string=url)
    judged: dict[str, Judgement] = {}
    try:
        for table in dict.fromkeys(check.table for check in checks):
            schema, name = table.split(".")
            asset = source.add_table_asset(table, table_name=name, schema_name=schema)
            batch = asset.add_batch_definition_whole_table("whole").get_batch()
            of_table = [check for check in checks if check.table == table]
            for keys in dict.fromkeys(tuple(check.keys) for check in of_table):
                alike = [check for check in of_table if tuple(check.keys) == keys]
                judged |= _judge_together(batch, gxe, alike)
    finally:
        # DuckDB keeps a file for as long as any connection to it lives.
        for engine in (source.get_execution_engine().engine, source.get_engine()):
            engine.dispose()
    return [judged[check.id] for check in checks]


def _judge_together(
    batch: Batch, expectations: ModuleType, checks: list[TableCheck]
) -> dict[str, Judgement]:
    """Judge checks of one table that name its rows by the same keys; what they measure is shared.

    A check that cannot be run takes those with it that are measured by the same query, so each of
    them is then judged by itself.
    """
    # Only what is imported late knows the class.
    from great_expectations import ExpectationSuite  # noqa: PLC0415

    made = [
        getattr(expectations, check.expectation)(**check.arguments, meta={"check": check.id})
        for check in checks
    ]
    found = batch.validate(
        ExpectationSuite(name="checks", expectations=made),
        result_format={
            "result_format": "BASIC",
            "partial_unexpected_count": 0,
            "unexpected_index_column_names": checks[0].keys,
            "return_unexpected_index_query": bool(checks[0].keys),
        },
    )
    results = {
        result.expectation_config.meta["check"]: result
        for result in found.results
        if result.expectation_config is not None
    }
    judged = {check.id: _judgement(check, results[check.id]) for check in checks}
    unjudged = [check for check in checks if judged[check.id].observed.startswith(UNJUDGED)]
    if len(checks) > 1:
        for check in unjudged:
            judged |= _judge_together(batch, expectations, [check])
    return judged


def _judgement(check: TableCheck, result: ExpectationValidationResult) -> Judgement:
    information = result.exception_info or {}
    if information.get("raised_exception", "exception_message" not in information and information):
        # A database that has gone says nothing of the rows, so nothing was judged.
        if fault := fault_in_text(str(information)):
            raise OutsideFaultError(str(fault))
        return Judgement(check, False, f"{UNJUDGED}: the check itself failed")
    details = result.result or {}
    if not details:
        return Judgement(check, False, f"{UNJUDGED}: no result")
    query = details.get("unexpected_index_query")
    return Judgement(check, bool(result.success), _observed(details), query)


def record(
    ledger: Ledger, outcome: GateOutcome, *, clock: float, refresh_id: int | None = None
) -> None:
    """Keep a gate's results in the ledger.

    Args:
        ledger: The ledger.
        outcome: The gate's outcome.
        clock: `time.perf_counter()` when the gate began.
        refresh_id: The refresh it belongs to, if any.
    """
    seconds = time.perf_counter() - clock
    with ledger.writing() as session:
        run = GateRun(
            gate=outcome.gate,
            refresh_id=refresh_id,
            started_at=utc_now(),
            seconds=round(seconds, 3),
            passed=outcome.passed,
        )
        session.add(run)
        session.flush()
        if outcome.results:
            session.execute(
                insert(GateResult),
                [
                    {
                        "gate_run_id": run.gate_run_id,
                        "check_id": v.check_id,
                        "sentence": v.sentence,
                        "severity": v.severity,
                        "owner": v.owner,
                        "subject": v.subject,
                        "delivery_id": v.delivery_id,
                        "passed": v.passed,
                        "observed": v.observed,
                    }
                    for v in outcome.results
                ],
            )
        if any(v.delivery_id for v in outcome.results):
            settle_decisions(session)
