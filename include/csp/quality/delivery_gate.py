"""The gate after ingest: what was just written to a feed's lake, judged period by period.

A period is one period of one series in one delivery. Measures of the rows are taken once, from the
lake and not from what ingest said of itself; measures against other periods (volume, revision) are
taken anew for every delivery each time, so that the result does not hang on the order in which
the periods arrived.
"""

from __future__ import annotations

import time
import uuid
from collections import defaultdict

import duckdb
from sqlalchemy import select

from csp.contracts import Contract
from csp.contracts.checks import GateCheck
from csp.ledger.gate_results import deliveries_of, ungated_deliveries
from csp.ledger.sessions import Ledger
from csp.ledger.tables import Delivery, GateResult
from csp.quality.duckdb_dialect import duckdb_url
from csp.quality.judge import (
    CRITICAL,
    CheckResult,
    GateOutcome,
    Judgement,
    TableCheck,
    judge,
    record,
)
from csp.quality.period_measures import PeriodMeasures, measure_name
from csp.storage.home import Home

RECONCILE = "LAKE-RECONCILE"
MOST_PERIODS_NAMED = 5


class DeliveryGate:
    """Judges what a feed has ingested.

    Args:
        contract: The feed's contract.
        home: The data root.
        ledger: Its ledger.
        checks: What is judged; all checks of the contract when not given.
    """

    def __init__(
        self,
        contract: Contract,
        home: Home,
        ledger: Ledger,
        checks: list[GateCheck] | None = None,
    ) -> None:
        self.contract, self.home, self.ledger = contract, home, ledger
        self.gate_checks = contract.gate_checks if checks is None else checks
        # A feed's own DAG and a refresh may judge at the same time, each in a file of its own.
        self.path = home.scratch / f"gate-{contract.id}-{uuid.uuid4().hex}.duckdb"

    def run(self) -> GateOutcome:
        """Judge every delivery whose result is new or has changed, and record it.

        Returns:
            The results recorded; empty when nothing is new.
        """
        clock = time.perf_counter()
        gate = f"delivery:{self.contract.id}"
        fresh = ungated_deliveries(self.ledger, self.contract.id)
        if not fresh:
            return GateOutcome(gate, [])
        self.path.unlink(missing_ok=True)
        try:
            with duckdb.connect(str(self.path)) as connection:
                PeriodMeasures(self.contract, self.home, self.ledger, self.gate_checks).take(
                    connection, fresh
                )
            judgements = judge(duckdb_url(str(self.path)), self._checks())
            with duckdb.connect(str(self.path), read_only=True) as connection:
                results = self._results(connection, judgements, fresh)
        finally:
            self.path.unlink(missing_ok=True)
        outcome = GateOutcome(gate, results)
        record(self.ledger, outcome, clock=clock)
        return outcome

    def _checks(self) -> list[TableCheck]:
        owner = self.contract.team.name
        checks = []
        for position, check in enumerate(self.gate_checks):
            bounds = check.implementation
            column = measure_name(check, position)
            checks.append(
                TableCheck(
                    check.id,
                    check.description,
                    check.severity,
                    owner,
                    "gate.period_measure",
                    "ExpectColumnValuesToBeBetween",
                    {"column": column, "min_value": bounds.min, "max_value": bounds.max},
                    ["delivery_id", "series", "period_start"],
                )
            )
        return checks

    def _results(
        self,
        connection: duckdb.DuckDBPyConnection,
        judgements: list[Judgement],
        fresh: list[str],
    ) -> list[CheckResult]:
        """One result per delivery and check, for fresh deliveries and for changed results."""
        with self.ledger.session() as session:
            names = dict(
                session.execute(
                    select(Delivery.delivery_id, Delivery.file_name).where(
                        Delivery.feed == self.contract.id, Delivery.verdict == "accepted"
                    )
                ).all()
            )
        before = self._standing_results()
        results = self._reconcile(connection, fresh, names)
        for gate_check, judgement in zip(self.gate_checks, judgements, strict=True):
            check = judgement.check
            by_profile = gate_check.implementation.profile is not None
            offenders = self._offenders(connection, judgement)
            unjudged = not judgement.passed and not judgement.offenders_query
            for delivery_id in names if by_profile else fresh:
                periods = offenders.get(delivery_id, [])
                passed = not periods and not unjudged
                is_news = before.get((delivery_id, check.id)) != passed
                if delivery_id not in fresh and not is_news:
                    continue
                observed = "; ".join(periods[:MOST_PERIODS_NAMED]) or (
                    judgement.observed if unjudged else "within bounds"
                )
                results.append(
                    CheckResult(
                        check.id,
                        check.sentence,
                        check.severity,
                        check.owner,
                        names.get(delivery_id, delivery_id),
                        passed,
                        observed,
                        delivery_id,
                    )
                )
        return results

    def _standing_results(self) -> dict[tuple[str, str], bool]:
        with self.ledger.session() as session:
            rows = session.execute(
                select(GateResult.delivery_id, GateResult.check_id, GateResult.passed)
                .where(GateResult.delivery_id.in_(deliveries_of(self.contract.id)))
                .order_by(GateResult.gate_result_id)
            )
            return {(row.delivery_id, row.check_id): row.passed for row in rows}

    def _offenders(
        self, connection: duckdb.DuckDBPyConnection, judgement: Judgement
    ) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        if judgement.passed or not judgement.offenders_query:
            return found
        months = self.contract.platform.grain.periodKind in ("month", "quarter", "year")
        shown = "%Y-%m" if months else "%Y-%m-%d"
        for delivery_id, series, period, measure in connection.execute(
            judgement.offenders_query
        ).fetchall():
            found[delivery_id].append(f"{series} {period:{shown}}: {float(measure):.4g}")
        return found

    def _reconcile(
        self, connection: duckdb.DuckDBPyConnection, fresh: list[str], names: dict[str, str]
    ) -> list[CheckResult]:
        """The lake holds exactly the rows that the ledger says were accepted."""
        counted = dict(
            connection.execute(
                "select delivery_id, sum(lake_rows)::bigint from gate.row_measure group by 1"
            ).fetchall()
        )
        with self.ledger.session() as session:
            expected = dict(
                session.execute(
                    select(Delivery.delivery_id, Delivery.accepted_rows).where(
                        Delivery.delivery_id.in_(fresh)
                    )
                ).all()
            )
        return [
            CheckResult(
                RECONCILE,
                "The lake holds as many rows as ingest accepted",
                CRITICAL,
                self.contract.team.name,
                names.get(delivery_id, delivery_id),
                counted.get(delivery_id, 0) == expected[delivery_id],
                f"{counted.get(delivery_id, 0)} in the lake, {expected[delivery_id]} accepted",
                delivery_id,
            )
            for delivery_id in fresh
        ]
