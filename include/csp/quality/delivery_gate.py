"""The gate after ingest: what was just written to a feed's lake, judged cell by cell.

A cell is one period of one series in one delivery. Measures of the rows are taken once, from the
lake and not from what ingest said of itself; measures against other periods (volume, revision) are
taken anew for every delivery each time, so that the verdict does not hang on the order in which
the periods arrived.
"""

from __future__ import annotations

import time
import uuid
from collections import defaultdict
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path

import duckdb
from sqlalchemy import select

from csp.contracts import Contract
from csp.contracts.checks import GateCheck
from csp.ledger.releases import release_cells, ungated_deliveries
from csp.ledger.sessions import Ledger
from csp.ledger.tables import Delivery, GateResult
from csp.quality.duckdb_dialect import duckdb_url
from csp.quality.judge import CRITICAL, GateOutcome, Judgement, TableCheck, Verdict, judge, record
from csp.storage.home import Home

RECONCILE = "LAKE-RECONCILE"
MOST_CELLS_NAMED = 5
CELL_COLUMNS = {
    "delivery_id": "text",
    "series": "text",
    "period_start": "date",
    "row_count": "bigint",
    "previous_row_count": "bigint",
    "release_rank": "integer",
}


@dataclass(frozen=True)
class Like:
    """Which earlier periods a period is held against: like with like.

    Attributes:
        back: How far back they may lie, as a DuckDB interval.
        weekday: Only those of the same weekday.
        fewest: With fewer of them nothing is judged.
    """

    back: str
    fewest: int
    weekday: bool = False


LIKE = {
    "day": Like("84 day", 6, weekday=True),
    "week": Like("84 day", 6),
    "month": Like("12 month", 6),
    "quarter": Like("24 month", 3),
    "year": Like("60 month", 3),
}

PROFILE_QUERY = """
    create or replace table gate.cell_measure as
    with
    -- A file of records also brings late versions of earlier periods; only its own period has a
    -- volume to speak of.
    volume as (
        select cell.* from gate.cell as cell
        join gate.delivery as delivery using (delivery_id)
        where {is_own_period}
    ),
    newest as (
        select * from volume
        qualify row_number() over (partition by series, period_start order by release_rank) = 1
    ),
    usual as (
        select
            this.delivery_id, this.series, this.period_start,
            median(other.row_count) as median_rows, count(*) as periods
        from volume as this
        join newest as other
            on other.series = this.series
            and other.period_start >= this.period_start - interval {back}
            and other.period_start < this.period_start
            and {is_like}
        group by all
    )
    select
        delivery_id, series, period_start, cell.row_count,
        greatest(delivery.held_rows - 1, 0) * 1.0 / greatest(delivery.all_rows, 1)
            as quarantined_share_after_first,
        case when usual.periods >= {fewest} then cell.row_count / usual.median_rows end
            as volume_ratio,
        abs(cell.row_count - cell.previous_row_count) * 1.0
            / nullif(cell.previous_row_count, 0) as revision_ratio,
        row_measure.* exclude (delivery_id, series, period_start)
    -- What the lake holds and the ledger does not know is judged too.
    from (
        select delivery_id, series, period_start from gate.cell
        union select delivery_id, series, period_start from gate.row_measure
    ) as place
    left join gate.cell as cell using (delivery_id, series, period_start)
    join gate.delivery as delivery using (delivery_id)
    left join usual using (delivery_id, series, period_start)
    left join gate.row_measure as row_measure using (delivery_id, series, period_start)
"""


def _measure_name(check: GateCheck, position: int) -> str:
    return check.implementation.profile or f"measure_{position}"


def _insert(connection: duckdb.DuckDBPyConnection, table: str, rows: list[tuple]) -> None:
    """Insert all rows by one statement; a statement for each takes fifty times as long."""
    if rows:
        columns = [list(column) for column in zip(*rows, strict=True)]
        values = ", ".join("unnest(?)" for _ in columns)
        connection.execute(f"insert into {table} select {values}", columns)


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
        """Judge every delivery whose verdict is new or has changed, and record it.

        Returns:
            The verdicts recorded; empty when nothing is new.
        """
        clock = time.perf_counter()
        gate = f"delivery:{self.contract.id}"
        fresh = ungated_deliveries(self.ledger, self.contract.id)
        if not fresh:
            return GateOutcome(gate, [])
        self.path.unlink(missing_ok=True)
        try:
            with duckdb.connect(str(self.path)) as connection:
                self._measure(connection, fresh)
            judgements = judge(duckdb_url(str(self.path)), self._checks())
            with duckdb.connect(str(self.path), read_only=True) as connection:
                verdicts = self._verdicts(connection, judgements, fresh)
        finally:
            self.path.unlink(missing_ok=True)
        outcome = GateOutcome(gate, verdicts)
        record(self.ledger, outcome, clock=clock)
        return outcome

    def _measure(self, connection: duckdb.DuckDBPyConnection, fresh: list[str]) -> None:
        connection.execute("create schema gate")
        self._load_cells(connection)
        self._measure_rows(connection, fresh)
        grain = self.contract.platform.grain
        like = LIKE[grain.periodKind]
        own = f"cell.period_start = date_trunc('{grain.periodKind}', delivery.delivery_period)"
        weekday = "dayofweek(other.period_start) = dayofweek(this.period_start)"
        connection.execute(
            PROFILE_QUERY.format(
                is_own_period="true" if grain.current == "release" else own,
                is_like=weekday if like.weekday else "true",
                back=like.back,
                fewest=like.fewest,
            )
        )

    def _load_cells(self, connection: duckdb.DuckDBPyConnection) -> None:
        columns = ", ".join(f"{name} {kind}" for name, kind in CELL_COLUMNS.items())
        connection.execute(f"create table gate.cell ({columns})")
        cells = release_cells(self.ledger, feed=self.contract.id, only_ready=False)
        _insert(connection, "gate.cell", list(map(attrgetter(*CELL_COLUMNS), cells)))
        with self.ledger.session() as session:
            deliveries = session.scalars(
                select(Delivery).where(
                    Delivery.feed == self.contract.id, Delivery.verdict == "accepted"
                )
            ).all()
        connection.execute(
            "create table gate.delivery (delivery_id text, delivery_period date, "
            "held_rows bigint, all_rows bigint)"
        )
        _insert(
            connection,
            "gate.delivery",
            [
                (
                    d.delivery_id,
                    d.period_start,
                    d.quarantined_rows + d.rejected_lines,
                    d.accepted_rows + d.quarantined_rows + d.rejected_lines,
                )
                for d in deliveries
            ],
        )

    def _measure_rows(self, connection: duckdb.DuckDBPyConnection, fresh: list[str]) -> None:
        """Take the contract's own measures from the lake rows of the fresh deliveries."""
        columns = ["count(*) as lake_rows"]
        for position, check in enumerate(self.gate_checks):
            metric, least = check.implementation.metric, check.implementation.leastRows
            if metric:
                name = _measure_name(check, position)
                columns.append(f"case when count(*) >= {least} then {metric} end as {name}")
        files = [
            str(path) for delivery_id in fresh if (path := self._rows_of(delivery_id)).exists()
        ]
        if not files:
            connection.execute(
                "create table gate.row_measure (delivery_id text, series text, "
                "period_start date, lake_rows bigint"
                + "".join(f", {c.rsplit(' as ', 1)[1]} double" for c in columns[1:])
                + ")"
            )
            return
        connection.execute(
            f"""create table gate.row_measure as
            select delivery_id, series, period_start, {", ".join(columns)}
            from read_parquet(?, union_by_name = true)
            join gate.delivery using (delivery_id) group by all""",
            [files],
        )

    def _rows_of(self, delivery_id: str) -> Path:
        return self.home.lake_delivery(self.contract.id, delivery_id) / "rows.parquet"

    def _checks(self) -> list[TableCheck]:
        owner = self.contract.team.name
        checks = []
        for position, check in enumerate(self.gate_checks):
            bounds = check.implementation
            column = _measure_name(check, position)
            checks.append(
                TableCheck(
                    check.id,
                    check.description,
                    check.severity,
                    owner,
                    "gate.cell_measure",
                    "ExpectColumnValuesToBeBetween",
                    {"column": column, "min_value": bounds.min, "max_value": bounds.max},
                    ["delivery_id", "series", "period_start"],
                )
            )
        return checks

    def _verdicts(
        self,
        connection: duckdb.DuckDBPyConnection,
        judgements: list[Judgement],
        fresh: list[str],
    ) -> list[Verdict]:
        """One verdict per delivery and check, for fresh deliveries and for changed verdicts."""
        with self.ledger.session() as session:
            names = dict(
                session.execute(
                    select(Delivery.delivery_id, Delivery.file_name).where(
                        Delivery.feed == self.contract.id, Delivery.verdict == "accepted"
                    )
                ).all()
            )
        before = self._standing_verdicts()
        verdicts = self._reconcile(connection, fresh, names)
        for gate_check, judgement in zip(self.gate_checks, judgements, strict=True):
            check = judgement.check
            by_profile = gate_check.implementation.profile is not None
            offenders = self._offenders(connection, judgement)
            unjudged = not judgement.passed and not judgement.offenders_query
            for delivery_id in names if by_profile else fresh:
                cells = offenders.get(delivery_id, [])
                passed = not cells and not unjudged
                is_news = before.get((delivery_id, check.id)) != passed
                if delivery_id not in fresh and not is_news:
                    continue
                observed = "; ".join(cells[:MOST_CELLS_NAMED]) or (
                    judgement.observed if unjudged else "within bounds"
                )
                verdicts.append(
                    Verdict(
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
        return verdicts

    def _standing_verdicts(self) -> dict[tuple[str, str], bool]:
        with self.ledger.session() as session:
            rows = session.execute(
                select(GateResult.delivery_id, GateResult.check_id, GateResult.passed)
                .where(GateResult.delivery_id.is_not(None))
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
    ) -> list[Verdict]:
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
            Verdict(
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
