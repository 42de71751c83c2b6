"""Commands that do what the DAGs do: ingest, refresh, status, simulate, manifest."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from csp.cli import tables
from csp.cli.opening import open_platform
from csp.cli.tables import AsJson
from csp.errors import CspError

SOME_REJECTED = 3

console = tables.wide_console()


def ingest(
    paths: Annotated[list[Path], typer.Argument(help="Files, zip archives or folders.")],
    feed: Annotated[
        str | None, typer.Option(help="Their feed, when name and header leave it open.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Ingest deliveries. Exit 0 when all were accepted, 3 when some were rejected."""
    from csp.ingest import ingest_files  # noqa: PLC0415

    platform = open_platform()
    if feed:
        platform.registry.get(feed)
    outcomes = ingest_files(paths, platform.home, platform.ledger, platform.registry, feed=feed)
    if as_json:
        tables.print_json([tables.outcome_record(outcome) for outcome in outcomes])
    else:
        tables.print_outcomes(console, outcomes)
    if any(o.verdict in ("rejected", "unrecognised", "refused") for o in outcomes):
        raise typer.Exit(SOME_REJECTED)


def refresh(
    give_up: Annotated[
        bool, typer.Option("--give-up", help="Only close a refresh that a crash left running.")
    ] = False,
    full: Annotated[
        bool, typer.Option("--full", help="Build every model, whatever has changed.")
    ] = False,
) -> None:
    """Build, gate, publish and write the scorecard. Exit 4 when a gate held the publication."""
    from csp.kpi.scorecard import rewrite_scorecard, write_scorecard  # noqa: PLC0415
    from csp.warehouse.refresh import RefreshRun  # noqa: PLC0415
    from csp.warehouse.refresh import refresh as run_refresh  # noqa: PLC0415

    platform = open_platform()
    if give_up:
        console.print(f"closed {RefreshRun.give_up_running(platform)} running refresh(es)")
        return
    try:
        number = run_refresh(platform, full=full)
    except BaseException:
        rewrite_scorecard(platform)
        raise
    where = platform.warehouse.query("select * from publication").as_records()[0]
    console.print(f"publication {number} is out ({where['published_at']:%Y-%m-%d %H:%M} UTC)")
    console.print(f"scorecard: {write_scorecard(platform).html}", soft_wrap=True)
    tables.print_warnings(console, platform)


def status(as_json: AsJson = False) -> None:
    """Feeds, open deliveries, warnings, and the current publication, stale or not."""
    from csp.warehouse.status import platform_status  # noqa: PLC0415

    facts = platform_status(open_platform())
    if as_json:
        tables.print_json(facts)
    else:
        tables.print_status(console, facts)


def simulate(
    out: Annotated[Path, typer.Option(help="Folder for deliveries and truth.")],
    scenario: Annotated[str, typer.Option(help="Which partners and months.")] = "borough-year",
    scale: Annotated[float, typer.Option(help="Multiplies the volume.")] = 1.0,
    seed: Annotated[int, typer.Option(help="Another seed, other records.")] = 2021,
    faults: Annotated[bool, typer.Option("--faults", help="Add labelled bad inputs.")] = False,
) -> None:
    """Write synthetic partner deliveries with a known truth."""
    # The product needs no simulator, so a server is installed without it.
    try:
        simulator = import_module("csp_simulator")
    except ModuleNotFoundError as missing:
        if missing.name != "csp_simulator":
            raise
        raise CspError(
            "the simulator is not installed here; it stands in simulator/ of the project and "
            "comes with: make install"
        ) from missing

    if scenario not in simulator.SCENARIOS:
        known = ", ".join(simulator.SCENARIOS)
        raise CspError(f"no scenario is called '{scenario}'; known are: {known}")
    simulator.simulate(scenario, out, seed=seed, scale=scale, faults=faults)
    console.print(f"synthetic deliveries of '{scenario}' are in {out}", soft_wrap=True)
    if day := simulator.DAY_AFTER.get(scenario):
        console.print(f"to judge feeds as on {day}, write that date into CSP_HOME/today")


def manifest() -> None:
    """Write the list of dbt models that the refresh DAG is drawn from."""
    from csp.warehouse.dbt_runner import DbtRunner  # noqa: PLC0415

    platform = open_platform()
    DbtRunner(platform.warehouse, platform.home).write_models()
