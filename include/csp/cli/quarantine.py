"""`csp quarantine`: deliveries and rows held back, and what a person decides about them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from csp.cli import tables
from csp.cli.opening import open_platform
from csp.cli.tables import AsJson
from csp.errors import CspError

if TYPE_CHECKING:
    from rich.console import Group

quarantine = typer.Typer(no_args_is_help=True, help="Deliveries and rows held back.")
console = tables.wide_console()

Reason = Annotated[str, typer.Option(help="Why; the ledger keeps it.")]
#: Decision → what has been done to a delivery by it.
DONE = {
    "discard": "discarded",
    "admit": "admitted",
    "release": "released",
    "reopen": "reopened",
}


@quarantine.command("list")
def quarantine_list(as_json: AsJson = False) -> None:
    """What is open, what was decided and whether it still stands, and where rows are held back."""
    from csp.ledger.quarantine import held_back  # noqa: PLC0415

    rows = held_back(open_platform().ledger)
    if as_json:
        tables.print_json(rows)
    elif rows:
        console.print(blocks(rows))
    else:
        console.print("nothing is held back, and nothing was decided")


@quarantine.command("show")
def quarantine_show(delivery: str) -> None:
    """The feedback on one delivery: codes, sentences and line numbers."""
    from csp.ingest.feedback import feedback_on  # noqa: PLC0415
    from csp.ledger.decisions import find_delivery  # noqa: PLC0415

    platform = open_platform()
    found = find_delivery(platform.ledger, delivery)
    if not found.feed:
        raise CspError(f"{found.file_name} belongs to no feed; it lies in landing")
    with platform.ledger.session() as session:
        report = feedback_on(session, found.delivery_id)
    sys.stdout.write(report.as_markdown)


@quarantine.command("discard")
def quarantine_discard(delivery: str, reason: Reason) -> None:
    """Leave a delivery out, rejected, held or good; its file stays in landing."""
    _decide(delivery, "discard", reason)


@quarantine.command("admit")
def quarantine_admit(delivery: str, reason: Reason) -> None:
    """Load a held delivery, but count its months as not reported, until a better one comes."""
    _decide(delivery, "admit", reason)


@quarantine.command("release")
def quarantine_release(delivery: str, reason: Reason) -> None:
    """Load a held delivery as any other: it is right, and the gate was wrong this time."""
    _decide(delivery, "release", reason)


@quarantine.command("reopen")
def quarantine_reopen(delivery: str, reason: Reason) -> None:
    """Let no decision on a delivery stand any more: the gate's word counts again."""
    _decide(delivery, "reopen", reason)


def _decide(delivery: str, decision: str, reason: str) -> None:
    from csp.ledger.decisions import decide  # noqa: PLC0415

    found = decide(open_platform().ledger, delivery, decision, reason)
    console.print(
        f"{found.file_name}: {DONE[decision]}; run: csp refresh", soft_wrap=True, markup=False
    )


def blocks(rows: list[dict[str, Any]]) -> Group:
    """What is held back, a block of lines for each delivery; they fold at any width."""
    from rich.console import Group  # noqa: PLC0415
    from rich.padding import Padding  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    lines: list[Padding] = []

    def add(text: str, indent: int, style: str = "") -> None:
        lines.append(Padding(Text(text, style, overflow="fold"), (0, 0, 0, indent), expand=False))

    for row in rows:
        add(f"{row['delivery_id']}  {row['feed'] or 'no feed'}  {state_of(row)}", 0, "bold")
        held = [
            f"{row[column]:,} {what} held back"
            for column, what in (("quarantined_rows", "rows"), ("rejected_lines", "lines"))
            if row[column]
        ]
        add(", ".join([row["file_name"], *held]), 2)
        if row["why"]:
            add(row["why"], 2)
        if row["put_right"]:
            add(f"put right: {row['put_right']}", 2)
        for made in row["decisions"]:
            when = f"{made['decided_at']:%Y-%m-%d %H:%M} UTC"
            add(f"{DONE[made['decision']]} {when} by {made['decided_by']}: {made['reason']}", 2)
            if made["stands"]:
                add("still stands", 4)
            elif made["ended_because"]:
                ended = f" {made['ended_at']:%Y-%m-%d %H:%M} UTC" if made["ended_at"] else ""
                add(f"ended{ended}: {made['ended_because']}", 4)
    return Group(*lines)


def state_of(row: dict[str, Any]) -> str:
    """How a delivery stands, in a word or two."""
    decided = [DONE[made["decision"]] for made in row["decisions"] if made["stands"]]
    if row["is_open"]:
        return "open: " + ("held" if row["verdict"] == "accepted" else row["verdict"])
    if decided:
        return decided[0]
    return "put right" if row["put_right"] else row["verdict"]
