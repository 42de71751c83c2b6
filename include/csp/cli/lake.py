"""`csp lake` and `csp verify`: whether what is kept is as it was kept, and the lake made anew."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from csp.cli import tables
from csp.cli.opening import open_platform
from csp.cli.tables import AsJson
from csp.cli.watching import watched

if TYPE_CHECKING:
    from csp.warehouse.damage import Damage
    from csp.warehouse.lake_rebuild import Rebuilt, Result

NOT_WELL = 1
RESULTS: tuple[Result, ...] = ("whole", "made anew", "other bytes", "not made")

lake = typer.Typer(no_args_is_help=True, help="Accepted rows: verify, make anew.")
console = tables.wide_console()

OneFeed = Annotated[str | None, typer.Argument(help="A feed; all of them without it.")]


@lake.command("verify")
def lake_verify(feed: OneFeed = None, as_json: AsJson = False) -> None:
    """Hold every file of lake and quarantine against the ledger. Exit 1 when one is damaged."""
    from csp.warehouse.lake_files import accepted_deliveries  # noqa: PLC0415
    from csp.warehouse.lake_verify import verify_lake  # noqa: PLC0415

    platform = open_platform()
    if feed:
        platform.registry.get(feed)
    with watched() as watch:
        damage = verify_lake(platform.home, platform.ledger, feed, watch)
    looked_at = {"deliveries in the lake": len(accepted_deliveries(platform.ledger, feed))}
    _tell(looked_at, damage, as_json=as_json)


@lake.command("rebuild")
def lake_rebuild(feed: OneFeed = None, as_json: AsJson = False) -> None:
    """Make what is missing or damaged anew from landing. Exit 1 when something cannot be made."""
    from csp.warehouse.lake_rebuild import rebuild_lake  # noqa: PLC0415
    from csp.warehouse.reports import write_missing_reports  # noqa: PLC0415

    platform = open_platform()
    if feed:
        platform.registry.get(feed)
    with watched() as watch:
        results = rebuild_lake(platform.home, platform.ledger, feed, watch)
    reports = write_missing_reports(platform.home, platform.ledger, feed)
    if as_json:
        deliveries = [asdict(result) for result in results]
        tables.print_json({"deliveries": deliveries, "reports_written": reports})
    else:
        _print_rebuilt(console, results)
        if reports:
            _print(console, f"{reports:,} reports to partners written again from the ledger")
    if any(result.result == "not made" for result in results):
        raise typer.Exit(NOT_WELL)


def verify(as_json: AsJson = False) -> None:
    """Hold landing, lake, ledger and publications against each other. Exit 1 on any damage."""
    from csp.warehouse.verify import verify as verify_all  # noqa: PLC0415

    platform = open_platform()
    with watched() as watch:
        found = verify_all(platform, watch)
    _tell(found.looked_at, found.damage, as_json=as_json)


def _tell(looked_at: dict[str, int], damage: list[Damage], *, as_json: bool) -> None:
    if as_json:
        facts = {"looked_at": looked_at, "damage": [asdict(found) for found in damage]}
        tables.print_json(facts)
    else:
        for found in damage:
            _print(console, f"{found.kind}: {found.place}", style="bold red")
            _print(console, found.what, indent=2)
            _print(console, found.to_do, indent=2)
        for what, count in looked_at.items():
            _print(console, f"{count:,} {what}")
        _print(console, f"{len(damage):,} damaged" if damage else "all is as it was kept")
    if damage:
        raise typer.Exit(NOT_WELL)


def _print_rebuilt(console: Console, results: list[Rebuilt]) -> None:
    """How many deliveries of each feed are whole or made anew, and why others are not."""
    table = Table("feed", *RESULTS, box=None, pad_edge=False, header_style="bold")
    counts = Counter((result.feed, result.result) for result in results)
    for feed in sorted({result.feed for result in results}):
        table.add_row(feed, *(f"{counts[feed, result]:,}" for result in RESULTS))
    console.print(table)
    for result in results:
        if result.what:
            about = f"{result.feed}, delivery {result.delivery_id} ({result.file_name})"
            _print(console, f"{result.result}: {about}", style="bold")
            _print(console, result.what, indent=2)


def _print(console: Console, text: str, style: str = "", indent: int = 0) -> None:
    """A line, broken between words where a person reads it and nowhere else."""
    if console.is_terminal:
        console.print(Padding(Text(text, style), (0, 0, 0, indent)))
    else:
        console.print(Text(" " * indent + text), soft_wrap=True)
