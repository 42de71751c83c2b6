"""How the command line shows facts to a person."""

from __future__ import annotations

import json
import sys
from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from csp.kpi import words
from csp.kpi.words import NO_FIGURE

if TYPE_CHECKING:
    from csp.contracts import Contract
    from csp.ingest import IngestOutcome
    from csp.kpi.lineage import Lineage
    from csp.warehouse.engine import QueryResult
    from csp.warehouse.platform import Platform

MOST_ROWS = 500

AsJson = Annotated[bool, typer.Option("--json", help="Print facts as JSON.")]


def wide_console() -> Console:
    """A console as wide as the terminal, and wide enough for every table when piped."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=180)


def print_json(facts: Any) -> None:  # noqa: ANN401
    """Facts for a program; what JSON has no word for is written as text."""
    sys.stdout.write(json.dumps(facts, indent=2, ensure_ascii=False, default=str) + "\n")


def _table(*columns: str, title: str | None = None) -> Table:
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _number(value: float | None) -> str:
    return NO_FIGURE if value is None else words.number(value)


def feed_row(contract: Contract, status: dict[str, Any]) -> dict[str, Any]:
    """One line of `csp feeds list`."""
    frequency = contract.sla("frequency")
    return {
        "feed": contract.id,
        "partner": contract.domain,
        "class": contract.platform.accessClass,
        "cadence": f"every {frequency.value} {frequency.unit}" if frequency else "",
        "owner": contract.team.name,
        "last_delivery": status["last_delivery_at"],
    }


def feeds_table(rows: list[dict[str, Any]]) -> Table:
    """The feeds."""
    table = _table("feed", "partner", "class", "cadence", "owner", "last delivery")
    for row in rows:
        last = row["last_delivery"]
        table.add_row(
            row["feed"],
            row["partner"],
            row["class"],
            row["cadence"],
            row["owner"],
            f"{last:%Y-%m-%d %H:%M}" if last else "–",
        )
    return table


def outcome_record(outcome: IngestOutcome) -> dict[str, Any]:
    """One delivery's outcome as plain data."""
    return asdict(outcome)


def print_outcomes(console: Console, outcomes: list[IngestOutcome]) -> None:
    """What became of each file: totals, findings by code, and every rejection with its reason."""
    for (feed, verdict), files in sorted(
        Counter((o.feed or "no feed", o.verdict) for o in outcomes).items()
    ):
        chosen = [o for o in outcomes if (o.feed or "no feed", o.verdict) == (feed, verdict)]
        rows = sum(o.accepted_rows for o in chosen)
        held = sum(o.quarantined_rows + o.rejected_lines for o in chosen if verdict == "accepted")
        console.print(
            f"{feed}: {files} {verdict}, {rows:,} rows ingested, {held:,} held back",
            highlight=False,
        )
    findings: Counter[tuple[str, ...]] = Counter()
    for outcome in outcomes:
        if outcome.verdict == "accepted":
            for f in outcome.findings:
                findings[(outcome.feed or "", f.code, f.verdict, f.column, f.name)] += f.rows
    if findings:
        table = _table("feed", "code", "verdict", "column", "what", "rows")
        for key, rows in sorted(findings.items()):
            table.add_row(*key, f"{rows:,}")
        console.print(table)
    for outcome in outcomes:
        if outcome.verdict in ("rejected", "unrecognised", "refused"):
            console.print(
                f"{outcome.verdict}: {outcome.file_name} (delivery {outcome.delivery_id}): "
                f"{outcome.reason}",
                soft_wrap=True,
                highlight=False,
                markup=False,
            )


def print_warnings(console: Console, platform: Platform) -> None:
    """Warnings of the gates, if there are any."""
    from csp.warehouse.status import standing_warnings  # noqa: PLC0415

    for warning in standing_warnings(platform.ledger):
        console.print(f"warning: {warning}", soft_wrap=True, highlight=False, markup=False)


def print_status(console: Console, facts: dict[str, Any]) -> None:
    """How things stand."""
    publication = facts["publication"]
    if publication["publication_id"] is None:
        console.print("nothing is published yet")
    else:
        state = "STALE" if publication["is_stale"] else "current"
        console.print(
            f"publication {publication['publication_id']} of "
            f"{publication['published_at']:%Y-%m-%d %H:%M} UTC on {publication['engine']}: {state}",
            style="bold red" if publication["is_stale"] else "bold",
            highlight=False,
        )
        console.print(f"  {publication['location']}", soft_wrap=True, highlight=False)
    for reason in publication["reasons"]:
        console.print(f"  held: {reason}", soft_wrap=True, highlight=False, markup=False)
    console.print(f"feeds as on {facts['judged_on']:%Y-%m-%d}:", highlight=False)
    table = _table(
        "feed",
        "newest month",
        "freshness",
        "deliveries",
        "lines",
        "rows in",
        "held back",
        "warned",
        "fixed",
        "last gate",
    )
    for feed in facts["feeds"]:
        month = feed["newest_month"]
        table.add_row(
            feed["feed"],
            f"{month:%Y-%m}" if month else "–",
            feed["freshness"],
            ", ".join(f"{count} {verdict}" for verdict, count in feed["deliveries"].items()) or "–",
            f"{feed['physical_lines']:,}",
            f"{feed['accepted_rows']:,}",
            f"{feed['quarantined_rows']:,}",
            f"{feed['findings'].get('warn', 0):,}",
            f"{feed['findings'].get('fix', 0):,}",
            feed["last_gate"] or "–",
        )
    console.print(table)
    for delivery in facts["open_deliveries"]:
        console.print(
            f"open: {delivery['feed']}, delivery {delivery['delivery_id']} "
            f"({delivery['file_name']}): {delivery['reason']}",
            soft_wrap=True,
            highlight=False,
            markup=False,
        )
    _print_unpublished(console, facts["unpublished"])
    for warning in facts["warnings"]:
        console.print(f"warning: {warning}", soft_wrap=True, highlight=False, markup=False)


def _print_unpublished(console: Console, unpublished: dict[str, list[str]]) -> None:
    """What was accepted and is in no publication yet."""
    if waiting := unpublished["waiting"]:
        console.print(f"not published yet: {len(waiting)} deliveries; csp refresh reads them")
    for delivery in unpublished["left_out"]:
        console.print(
            f"ALARM: accepted, and left out of the publication: {delivery}; run: csp refresh",
            style="bold red",
            soft_wrap=True,
            highlight=False,
            markup=False,
        )


def kpi_table(rows: list[dict[str, Any]]) -> Table:
    """KPI values; with their trends, where these were read.

    What all rows have in common, area and as-of, is said once above them.
    """
    has_trends = any("trend" in row for row in rows)
    areas, days = {row["area_name"] for row in rows}, {f"{row['as_of']}" for row in rows}
    shared = [*areas] if len(areas) == 1 else []
    shared += [f"data up to {day}" for day in days] if len(days) == 1 else []
    titles = ["KPI", "what", "period", "count", "of", "value", "95 % interval", "status"]
    titles += ["process control", "months"] if has_trends else []
    titles += ["area"] if len(areas) > 1 else []
    titles += ["as of"] if len(days) > 1 else []
    table = _table(*titles, title=", ".join(shared) or None)
    for row in rows:
        unit = row["unit"]
        cells = [
            row["kpi_id"] + ("" if row["breakdown"] == "all" else f" {row['breakdown']}"),
            row["name"],
            words.period(row["period_kind"], row["period_start"], row["period_end"]),
            _number(row["numerator"]),
            _number(row["denominator"]),
            words.sign_of_none(row["status"])
            if row["value"] is None
            else words.figure(row["value"], unit, row["status"]),
            words.interval(row["lower"], row["upper"], unit) or NO_FIGURE,
            words.status_word(row["status"], row["value"]).lower(),
        ]
        if has_trends:
            cells += [row["spc_status"] or NO_FIGURE, row["trend"] or NO_FIGURE]
        cells += [row["area_name"]] if len(areas) > 1 else []
        cells += [f"{row['as_of']}"] if len(days) > 1 else []
        table.add_row(*cells)
    for column in table.columns:
        column.no_wrap = column.header == "months"
    return table


VERDICTS = {
    "holds": "holds",
    "differs": "DIFFERS",
    "not_given": "NOT GIVEN",
    "left_out": "left out",
}


def reconciliation_table(rows: list[dict[str, Any]]) -> Table:
    """The presentation's figures, what the marts give, and whether they agree."""
    table = _table(
        "KPI", "said", "the marts give", "as published", "period", "verdict", "quotation"
    )
    for row in rows:
        said = row["stated_text"]
        if said is None:
            qualifier = "" if row["qualifier"] == "=" else f"{row['qualifier']} "
            said = f"{qualifier}{_number(row['stated_value'])}"
        given = row["given_text"] or _number(row["given_value"])
        shown = _number(row["shown_value"])
        if row["shown_status"] == "suppressed":
            shown = "suppressed"
        inferred = " (inferred)" if row["period_inferred"] else ""
        parts = [row["breakdown"] if row["breakdown"] != "all" else "", row["item"] or ""]
        table.add_row(
            " ".join([row["kpi_id"], *filter(None, parts)]),
            said,
            given,
            shown,
            row["period_text"] + inferred,
            VERDICTS[row["verdict"]],
            row["why_not"] or row["quote"],
        )
    held = sum(row["verdict"] == "holds" for row in rows)
    table.caption = f"{held} of {len(rows)} figures hold"
    return table


def print_lineage(console: Console, found: list[Lineage]) -> None:
    """From KPI cells to what they rest on."""
    for lineage in found:
        console.print(kpi_table([lineage.cell]))
        publication = lineage.publication
        console.print(
            f"publication {publication['publication_id']}, code {publication['code_version']}, "
            f"{publication['location']}",
            soft_wrap=True,
            highlight=False,
        )
        table = _table(
            "month", "series", "delivery", "file", "rows", "held back", "contract", "gate"
        )
        for delivery in lineage.deliveries:
            failed = [r["check"] for r in delivery["gate_results"] if not r["passed"]]
            table.add_row(
                f"{delivery['period_start']:%Y-%m}",
                delivery["series"],
                delivery["delivery_id"],
                delivery["file_name"],
                f"{delivery['row_count']:,}",
                f"{delivery['quarantined_rows']:,}",
                (delivery["contract_hash"] or "")[:12],
                f"{len(delivery['gate_results']) - len(failed)} passed"
                + (f"; not so: {', '.join(failed)}" if failed else ""),
            )
        console.print(table)
        passed = Counter(g["gate"] for g in lineage.gates if g["passed"])
        for gate, count in passed.items():
            console.print(f"{gate} gate: {count} checks passed", highlight=False)
        for gate in lineage.gates:
            if not gate["passed"]:
                console.print(
                    f"{gate['gate']} gate, {gate['severity']}: {gate['check']} not so: "
                    f"{gate['sentence']} ({gate['observed']})",
                    soft_wrap=True,
                    highlight=False,
                    markup=False,
                )


def result_table(result: QueryResult) -> Table:
    """A query's rows, the first 500 of them."""
    table = _table(*result.columns)
    for row in result.rows[:MOST_ROWS]:
        table.add_row(*("" if value is None else str(value) for value in row))
    if len(result.rows) > MOST_ROWS:
        table.caption = f"{MOST_ROWS} of {len(result.rows)} rows; --json prints all"
    return table
