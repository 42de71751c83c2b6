"""From one KPI cell to the deliveries, contracts and gate results it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from csp.errors import CspError
from csp.kpi.reading import kpi_rows
from csp.ledger.tables import (
    Delivery,
    GateResult,
    GateRun,
    Publication,
    PublicationInput,
    VerdictCount,
)
from csp.warehouse.platform import Platform


@dataclass(frozen=True)
class Lineage:
    """What one KPI cell rests on.

    Attributes:
        cell: The KPI value.
        publication: Number, time, code version and location of the publication.
        deliveries: Each delivery read for it, with the rows it holds of the cell's period, its
            contract hash, line account, row verdicts and delivery-gate results.
        gates: The warehouse gate and publication audit of the refresh that published it.
    """

    cell: dict[str, Any]
    publication: dict[str, Any]
    deliveries: list[dict[str, Any]]
    gates: list[dict[str, Any]]


def explain(platform: Platform, kpi_id: str, *, period: str, area: str) -> list[Lineage]:
    """Lead from KPI cells to what they rest on.

    Args:
        platform: Home, ledger and warehouse.
        kpi_id: The KPI.
        period: `2019-06` or `2019`.
        area: Code or name of the area.

    Returns:
        One lineage per cell that fits (a KPI may have breakdowns and kinds of period).

    Raises:
        CspError: No such cell.
    """
    cells = kpi_rows(platform.warehouse, kpi_id, period=period, area=area)
    return [_lineage(platform, cell) for cell in cells]


def _lineage(platform: Platform, cell: dict[str, Any]) -> Lineage:
    used = platform.warehouse.query(f"""
        select r.delivery_id, r.feed, r.series, r.period_start, r.row_count, r.is_reported
        from fct_release as r
        join dim_kpi as k
            on k.kpi_id = '{cell["kpi_id"]}' and k.breakdown = '{cell["breakdown"]}'
            and position(', ' || r.feed || ',' in ', ' || k.feeds || ',') > 0
        where r.is_current and {_window(cell)}
        order by r.period_start, r.series""").as_records()
    number = cell["publication_id"]
    with platform.ledger.session() as session:
        publication = session.get(Publication, number)
        if publication is None:
            raise CspError(
                f"the ledger knows no publication {number}; it is not the ledger of this "
                "warehouse (see CSP_HOME and CSP_LEDGER), or was not told of it yet, as the "
                "refresh was killed: csp refresh tells it"
            )
        hashes = dict(
            session.execute(
                select(PublicationInput.delivery_id, PublicationInput.contract_hash).where(
                    PublicationInput.publication_id == number
                )
            ).all()
        )
        deliveries = [_delivery(session, row, hashes.get(row["delivery_id"])) for row in used]
        gates = _gates(session, publication.refresh_id)
        return Lineage(
            cell,
            {
                "publication_id": number,
                "published_at": publication.published_at,
                "code_version": publication.code_version,
                "location": platform.home.absolute(publication.location),
            },
            deliveries,
            gates,
        )


def _window(cell: dict[str, Any]) -> str:
    start = f"date '{cell['period_start']}'"
    if cell["method"] == "change":
        # A change compares the window with the twelve months before it.
        start += " - interval '12' month"
    return f"r.period_start >= {start} and r.period_start <= date '{cell['period_end']}'"


def _delivery(session: Any, used: dict[str, Any], hashed: str | None) -> dict[str, Any]:  # noqa: ANN401
    delivery = session.get(Delivery, used["delivery_id"])
    verdicts = session.scalars(
        select(VerdictCount).where(VerdictCount.delivery_id == delivery.delivery_id)
    )
    results = session.scalars(
        select(GateResult)
        .where(GateResult.delivery_id == delivery.delivery_id)
        .order_by(GateResult.gate_result_id)
    )
    newest = {result.check_id: result for result in results}
    return {
        **used,
        "file_name": delivery.file_name,
        "sha256": delivery.sha256,
        "first_received_at": delivery.first_received_at,
        "contract_hash": hashed,
        "accepted_rows": delivery.accepted_rows,
        "quarantined_rows": delivery.quarantined_rows,
        "rejected_lines": delivery.rejected_lines,
        "row_verdicts": [
            {"code": v.code, "column": v.column_name, "verdict": v.verdict, "rows": v.row_count}
            for v in verdicts
        ],
        "gate_results": [
            {
                "check": r.check_id,
                "severity": r.severity,
                "passed": r.passed,
                "observed": r.observed,
            }
            for r in newest.values()
        ],
    }


def _gates(session: Any, refresh_id: int) -> list[dict[str, Any]]:  # noqa: ANN401
    runs = session.scalars(
        select(GateRun).where(GateRun.refresh_id == refresh_id).order_by(GateRun.gate_run_id)
    ).all()
    found = []
    for run in runs:
        results = session.scalars(
            select(GateResult).where(GateResult.gate_run_id == run.gate_run_id)
        )
        found += [
            {
                "gate": run.gate,
                "check": r.check_id,
                "sentence": r.sentence,
                "severity": r.severity,
                "passed": r.passed,
                "observed": r.observed,
            }
            for r in results
        ]
    return found
