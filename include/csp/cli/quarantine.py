"""`csp quarantine`: deliveries and rows held back, and what a person decides about them."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from csp.cli import tables
from csp.cli.opening import open_platform
from csp.cli.tables import AsJson
from csp.errors import CspError

quarantine = typer.Typer(no_args_is_help=True, help="Deliveries and rows held back.")
console = tables.wide_console()

Reason = Annotated[str, typer.Option(help="Why; the ledger keeps it.")]


@quarantine.command("list")
def quarantine_list(as_json: AsJson = False) -> None:
    """Deliveries that are rejected or held, and deliveries with rows held back."""
    from csp.ledger.quarantine import held_back  # noqa: PLC0415

    rows = held_back(open_platform().ledger)
    if as_json:
        tables.print_json(rows)
    else:
        console.print(tables.quarantine_table(rows))


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
    """Leave a rejected or held delivery out for good; its file stays in landing."""
    _decide(delivery, "discard", reason)


@quarantine.command("admit")
def quarantine_admit(delivery: str, reason: Reason) -> None:
    """Load a held delivery, but count its months as not reported."""
    _decide(delivery, "admit", reason)


def _decide(delivery: str, decision: str, reason: str) -> None:
    from csp.ledger.decisions import decide  # noqa: PLC0415

    found = decide(open_platform().ledger, delivery, decision, reason)
    console.print(f"{found.file_name}: {decision}ed; run: csp refresh", soft_wrap=True)
