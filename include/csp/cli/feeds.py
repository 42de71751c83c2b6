"""`csp feeds`: contracts and KPIs, and all that is made from them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from csp.cli import tables
from csp.cli.tables import AsJson
from csp.errors import CspError
from csp.project import FEED_DAGS

feeds = typer.Typer(no_args_is_help=True, help="Contracts: list, check, show, add, write.")
console = tables.wide_console()


@feeds.command("list")
def feeds_list(as_json: AsJson = False) -> None:
    """List the feeds with partner, class, cadence, owner and last delivery."""
    from csp.warehouse.platform import Platform  # noqa: PLC0415
    from csp.warehouse.status import feed_status  # noqa: PLC0415

    platform = Platform.from_environment()
    ledger, today = platform.ledger, platform.home.today
    rows = [tables.feed_row(c, feed_status(ledger, c, today)) for c in platform.registry]
    if as_json:
        tables.print_json(rows)
    else:
        console.print(tables.feeds_table(rows))


@feeds.command("check")
def feeds_check() -> None:
    """Fail on a contract or KPI that is wrong, and on a made file that is stale or left over."""
    from csp.catalogue import KpiCatalogue  # noqa: PLC0415
    from csp.contracts import ContractRegistry, load_contract  # noqa: PLC0415
    from csp.contracts.derived import check_derived  # noqa: PLC0415

    registry = ContractRegistry()
    errors = []
    for path in registry.paths:
        try:
            load_contract(path)
        except CspError as error:
            errors += str(error).splitlines()
    catalogue = KpiCatalogue()
    if not errors:
        errors = check_derived(registry) + catalogue.errors({feed.id for feed in registry})
    if errors:
        raise CspError("\n".join(errors))
    console.print(
        f"{len(registry.paths)} contracts, {len(list(catalogue))} KPIs; "
        "everything made from them is up to date"
    )


@feeds.command("write")
def feeds_write() -> None:
    """Write DAG files, dbt models and seeds and docs pages anew from contracts and catalogue."""
    from csp.catalogue import KpiCatalogue  # noqa: PLC0415
    from csp.catalogue.made import write_catalogue  # noqa: PLC0415
    from csp.contracts import ContractRegistry  # noqa: PLC0415
    from csp.contracts.derived import write_derived  # noqa: PLC0415

    registry = ContractRegistry()
    written = write_derived(registry) + write_catalogue(KpiCatalogue(), registry)
    dags = [path for path in written if path.is_relative_to(FEED_DAGS)]
    for path in dags:
        console.print(f"wrote {path}", soft_wrap=True)
    if made := len(written) - len(dags):
        console.print(f"wrote {made} files that are made from them and not kept in the repository")


@feeds.command("show")
def feeds_show(feed: str, as_json: AsJson = False) -> None:
    """Show one feed's contract as its docs page, or resolved as JSON."""
    from csp.contracts import ContractRegistry  # noqa: PLC0415
    from csp.contracts.derived import docs_page  # noqa: PLC0415

    contract = ContractRegistry().get(feed)
    if as_json:
        tables.print_json(contract.model_dump(by_alias=True))
    else:
        sys.stdout.write(docs_page(contract))


@feeds.command("add")
def feeds_add(
    partner: Annotated[str, typer.Argument(help="Partner, as in include/contracts/<partner>/.")],
    entity: Annotated[str, typer.Argument(help="What each row is, as in stg_partner__entity.")],
    sample: Annotated[Path, typer.Option(help="A CSV of the partner; no value of it is kept.")],
) -> None:
    """Scaffold a new feed from a sample file: its contract and its DAG."""
    from csp.contracts.scaffold import scaffold  # noqa: PLC0415

    for path in scaffold(partner, entity, sample):
        console.print(f"wrote {path}", soft_wrap=True)
    console.print("fill in what only a person knows, then run: csp feeds check")
