"""What the delivery gate measures: each period's rows, and each period against those before it."""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from typing import Any

import duckdb
from sqlalchemy import select

from csp.contracts import Contract
from csp.contracts.checks import GateCheck
from csp.contracts.measures import measured
from csp.ledger.releases import release_periods
from csp.ledger.sessions import Ledger
from csp.ledger.tables import Delivery
from csp.storage.home import Home

PERIOD_COLUMNS = {
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
    create or replace table gate.period_measure as
    with
    -- A file of records also brings late versions of earlier periods; only its own period has a
    -- volume to speak of.
    volume as (
        select period.* from gate.period as period
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
        delivery_id, series, period_start, period.row_count,
        greatest(delivery.held_rows - 1, 0) * 1.0 / greatest(delivery.all_rows, 1)
            as quarantined_share_after_first,
        case when usual.periods >= {fewest} then period.row_count / usual.median_rows end
            as volume_ratio,
        abs(period.row_count - period.previous_row_count) * 1.0
            / nullif(period.previous_row_count, 0) as revision_ratio,
        row_measure.* exclude (delivery_id, series, period_start)
    -- What the lake holds and the ledger does not know is judged too.
    from (
        select delivery_id, series, period_start from gate.period
        union select delivery_id, series, period_start from gate.row_measure
    ) as place
    left join gate.period as period using (delivery_id, series, period_start)
    join gate.delivery as delivery using (delivery_id)
    left join usual using (delivery_id, series, period_start)
    left join gate.row_measure as row_measure using (delivery_id, series, period_start)
"""


def measure_name(check: GateCheck, position: int) -> str:
    """The column that a check's measure stands in."""
    return check.implementation.profile or f"measure_{position}"


def _insert(connection: duckdb.DuckDBPyConnection, table: str, rows: list[tuple[Any, ...]]) -> None:
    """Insert all rows by one statement; a statement for each takes fifty times as long."""
    if rows:
        columns = [list(column) for column in zip(*rows, strict=True)]
        values = ", ".join("unnest(?)" for _ in columns)
        connection.execute(f"insert into {table} select {values}", columns)


class PeriodMeasures:
    """Takes the measures of a feed's periods.

    Args:
        contract: The feed's contract.
        home: The data root.
        ledger: Its ledger.
        checks: The checks whose measures are taken.
    """

    def __init__(
        self, contract: Contract, home: Home, ledger: Ledger, checks: list[GateCheck]
    ) -> None:
        self.contract, self.home, self.ledger, self.checks = contract, home, ledger, checks

    def take(self, connection: duckdb.DuckDBPyConnection, fresh: list[str]) -> None:
        """Fill table `gate.period_measure`, a row for each period, and what it is made from.

        Args:
            connection: An empty DuckDB file.
            fresh: Deliveries whose rows are measured; the others are only held against.
        """
        connection.execute("create schema gate")
        self._load_periods(connection)
        self._measure_rows(connection, fresh)
        grain = self.contract.platform.grain
        like = LIKE[grain.periodKind]
        own = f"period.period_start = date_trunc('{grain.periodKind}', delivery.delivery_period)"
        weekday = "dayofweek(other.period_start) = dayofweek(this.period_start)"
        connection.execute(
            PROFILE_QUERY.format(
                is_own_period="true" if grain.current == "release" else own,
                is_like=weekday if like.weekday else "true",
                back=like.back,
                fewest=like.fewest,
            )
        )

    def _load_periods(self, connection: duckdb.DuckDBPyConnection) -> None:
        columns = ", ".join(f"{name} {kind}" for name, kind in PERIOD_COLUMNS.items())
        connection.execute(f"create table gate.period ({columns})")
        periods = release_periods(self.ledger, feed=self.contract.id, only_ready=False)
        _insert(connection, "gate.period", list(map(attrgetter(*PERIOD_COLUMNS), periods)))
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
        for position, check in enumerate(self.checks):
            metric, least = measured(self.contract, check), check.implementation.leastRows
            if metric:
                name = measure_name(check, position)
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
