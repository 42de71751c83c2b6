"""The report that goes back to the partner: codes, sentences and line numbers, never a value.

It is made from the ledger alone, so that it can be made again whenever it is asked for.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, TypedDict

from sqlalchemy import select
from sqlalchemy.orm import Session

from csp.files import write_whole
from csp.ledger.tables import ContractVersion, Delivery, VerdictCount
from csp.storage.home import Home

WHAT_IT_MEANS = {
    "reject": "the delivery was not ingested",
    "quarantine": "the row was held back",
    "warn": "the row or file was ingested, and this was noted",
    "fix": "this was put right in the same way for every row",
}
#: What of a delivery the partner reads.
TOLD = (
    "delivery_id",
    "sha256",
    "feed",
    "file_name",
    "first_received_at",
    "verdict",
    "reason",
    "layout",
    "period_start",
    "release_on",
    "contract_hash",
    "size_bytes",
    "physical_lines",
    "header_lines",
    "blank_lines",
    "continuation_lines",
    "accepted_rows",
    "quarantined_rows",
    "rejected_lines",
    "rows_per_line",
)


class Item(TypedDict):
    """One finding as the partner reads it."""

    code: str
    verdict: str
    column: str
    rows: int
    what: str
    detail: str
    lines: list[int]


@dataclass(frozen=True)
class Feedback:
    """The report on one delivery.

    Attributes:
        delivery: What was received and what became of it, as the partner reads it.
        feed_name: The feed's name in its contract.
        items: What the rules found.
    """

    delivery: dict[str, Any]
    feed_name: str
    items: list[Item]

    @property
    def as_json(self) -> str:
        """The report for a program."""
        report = {"feed": self.delivery["feed"], **self.delivery, "findings": self.items}
        return json.dumps(report, indent=2, ensure_ascii=False, default=str)

    @property
    def as_markdown(self) -> str:
        """The report for a person."""
        said = self.delivery
        lines = [
            f"# {said['file_name']}",
            "",
            f"Feed: {self.feed_name}. Verdict: **{said['verdict']}**. "
            f"{said['accepted_rows']} rows ingested, {said['quarantined_rows']} held back, "
            f"{said['rejected_lines']} lines unreadable.",
            "",
        ]
        if self.items:
            lines += ["| code | column | rows | what | first lines |", "|---|---|---|---|---|"]
        for item in self.items:
            where = ", ".join(map(str, item["lines"]))
            meaning = WHAT_IT_MEANS[item["verdict"]]
            detail = item["detail"] or item["what"]
            lines.append(
                f"| {item['code']} | {item['column']} | {item['rows']} | {detail} ({meaning}) "
                f"| {where} |"
            )
        return "\n".join(lines) + "\n"


def feedback_on(session: Session, delivery_id: str) -> Feedback:
    """The report on a delivery, made from what the ledger holds of it.

    Args:
        session: A session on the ledger.
        delivery_id: A delivery that is in it.

    Raises:
        NoResultFound: There is no such delivery.
    """
    delivery = session.get_one(Delivery, delivery_id)
    counts = session.scalars(
        select(VerdictCount)
        .where(VerdictCount.delivery_id == delivery_id)
        .order_by(VerdictCount.code, VerdictCount.column_name)
    )
    items: list[Item] = [
        {
            "code": count.code,
            "verdict": count.verdict,
            "column": count.column_name,
            "rows": count.row_count,
            "what": count.name,
            "detail": count.detail,
            "lines": list(count.lines),
        }
        for count in counts
    ]
    told = {name: getattr(delivery, name) for name in TOLD}
    return Feedback(told, _feed_name(session, delivery), items)


def _feed_name(session: Session, delivery: Delivery) -> str:
    """The name that the feed's contract gave it; its id for a delivery of an older ledger."""
    version = session.get(ContractVersion, delivery.contract_hash or "")
    return str(json.loads(version.resolved)["name"]) if version else delivery.feed or ""


def write_feedback(home: Home, session: Session, delivery_id: str) -> None:
    """Write the report on a delivery of a feed as JSON and as Markdown."""
    report = feedback_on(session, delivery_id)
    folder = home.feedback(report.delivery["feed"])
    write_whole(folder / f"{delivery_id}.json", report.as_json)
    write_whole(folder / f"{delivery_id}.md", report.as_markdown)
