"""The report that goes back to the partner: codes, sentences and line numbers, never a value."""

from __future__ import annotations

import json
from typing import TypedDict

from csp.contracts import Contract
from csp.files import write_whole
from csp.ingest.findings import Finding
from csp.storage.home import Home

WHAT_IT_MEANS = {
    "reject": "the delivery was not ingested",
    "quarantine": "the row was held back",
    "warn": "the row or file was ingested, and this was noted",
    "fix": "this was put right in the same way for every row",
}


class Item(TypedDict):
    """One finding as the partner reads it."""

    code: str
    verdict: str
    column: str
    rows: int
    what: str
    detail: str
    lines: list[int]


def write_feedback(
    home: Home,
    contract: Contract,
    delivery: dict[str, object],
    findings: list[Finding],
    finding_lines: dict[str, list[int]],
) -> None:
    """Write the feedback on one delivery as JSON and as Markdown.

    Args:
        home: The data root.
        contract: The feed's contract.
        delivery: Name, verdict and line counts of the delivery.
        findings: What the rules found.
        finding_lines: `code:column`, or the code alone → first line numbers.
    """
    sentences = {check.id: check.description for check in contract.row_checks}
    items: list[Item] = [
        {
            "code": finding.code,
            "verdict": finding.verdict,
            "column": finding.column,
            "rows": finding.rows,
            "what": finding.name,
            "detail": finding.detail or sentences.get(finding.code, ""),
            "lines": finding_lines.get(f"{finding.code}:{finding.column}")
            or finding_lines.get(finding.code, []),
        }
        for finding in findings
    ]
    folder = home.feedback(contract.id)
    stem = str(delivery["delivery_id"])
    report = {"feed": contract.id, **delivery, "findings": items}
    as_json = json.dumps(report, indent=2, ensure_ascii=False, default=str)
    write_whole(folder / f"{stem}.json", as_json)
    lines = [
        f"# {delivery['file_name']}",
        "",
        f"Feed: {contract.name}. Verdict: **{delivery['verdict']}**. "
        f"{delivery['accepted_rows']} rows ingested, {delivery['quarantined_rows']} held back, "
        f"{delivery['rejected_lines']} lines unreadable.",
        "",
    ]
    if items:
        lines += ["| code | column | rows | what | first lines |", "|---|---|---|---|---|"]
    for item in items:
        where = ", ".join(map(str, item["lines"]))
        meaning = WHAT_IT_MEANS[item["verdict"]]
        detail = item["detail"] or item["what"]
        lines.append(
            f"| {item['code']} | {item['column']} | {item['rows']} | {detail} ({meaning}) "
            f"| {where} |"
        )
    write_whole(folder / f"{stem}.md", "\n".join(lines) + "\n")
