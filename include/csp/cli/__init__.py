"""The command line: everything the DAGs do, without Airflow."""

from __future__ import annotations

import gc
import sys
from importlib import import_module, metadata
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from csp.cli import tables
from csp.cli.feeds import feeds
from csp.cli.keys import keys
from csp.cli.kpis import kpis
from csp.cli.tables import AsJson
from csp.errors import CspError, GateHeldError

SOME_REJECTED, HELD, SOME_DIFFER = 3, 4, 5

app = typer.Typer(
    no_args_is_help=True,
    help="Partner feeds of a Community Safety Partnership, from the inbox to published KPI marts.",
    pretty_exceptions_enable=False,
)
quarantine = typer.Typer(no_args_is_help=True, help="Deliveries and rows held back.")
app.add_typer(feeds, name="feeds")
app.add_typer(quarantine, name="quarantine")
app.add_typer(keys, name="keys")
app.add_typer(kpis, name="kpis")
console = tables.wide_console()

if TYPE_CHECKING:
    from csp.warehouse.platform import Platform


def _print_version(is_asked: bool) -> None:
    if is_asked:
        typer.echo(f"csp {metadata.version('community-safety-platform')}")
        raise typer.Exit


@app.callback()
def csp(
    version: Annotated[
        bool,
        typer.Option("--version", help="Say which version this is.", callback=_print_version),
    ] = False,
) -> None:
    """Hold the options of `csp` itself."""


Reason = Annotated[str, typer.Option(help="Why; the ledger keeps it.")]


def _platform() -> Platform:
    """The platform; what it needs is imported only now, for `--help` needs none of it."""
    from csp.warehouse.platform import Platform  # noqa: PLC0415

    return Platform.from_environment()


@app.command()
def ingest(
    paths: Annotated[list[Path], typer.Argument(help="Files, zip archives or folders.")],
    feed: Annotated[
        str | None, typer.Option(help="Their feed, when name and header leave it open.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Ingest deliveries. Exit 0 when all were accepted, 3 when some were rejected."""
    from csp.ingest import ingest_files  # noqa: PLC0415

    platform = _platform()
    if feed:
        platform.registry.get(feed)
    outcomes = ingest_files(paths, platform.home, platform.ledger, platform.registry, feed=feed)
    if as_json:
        tables.print_json([tables.outcome_record(outcome) for outcome in outcomes])
    else:
        tables.print_outcomes(console, outcomes)
    if any(o.verdict in ("rejected", "unrecognised", "refused") for o in outcomes):
        raise typer.Exit(SOME_REJECTED)


@app.command()
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

    platform = _platform()
    if give_up:
        console.print(f"closed {RefreshRun.give_up_running(platform)} running refresh(es)")
        return
    if full:
        platform.warehouse.note_built({})
    try:
        number = run_refresh(platform)
    except BaseException:
        rewrite_scorecard(platform)
        raise
    where = platform.warehouse.query("select * from publication").as_records()[0]
    console.print(f"publication {number} is out ({where['published_at']:%Y-%m-%d %H:%M} UTC)")
    console.print(f"scorecard: {write_scorecard(platform).html}", soft_wrap=True)
    tables.print_warnings(console, platform)


@app.command()
def status(as_json: AsJson = False) -> None:
    """Feeds, open deliveries, warnings, and the current publication, stale or not."""
    from csp.warehouse.status import platform_status  # noqa: PLC0415

    facts = platform_status(_platform())
    if as_json:
        tables.print_json(facts)
    else:
        tables.print_status(console, facts)


@app.command()
def kpi(
    kpi_id: Annotated[str | None, typer.Argument(help="A KPI, for example S01.")] = None,
    period: Annotated[str | None, typer.Option(help="2019-06, or 2019 for the year.")] = None,
    area: Annotated[str | None, typer.Option(help="Code or name; the borough without it.")] = None,
    as_json: AsJson = False,
) -> None:
    """KPI values with interval, status, process control, trend and as-of."""
    from csp.kpi.reading import kpi_rows  # noqa: PLC0415
    from csp.kpi.trend import add_trends  # noqa: PLC0415

    warehouse = _platform().warehouse
    rows = kpi_rows(warehouse, kpi_id, period=period, area=area)
    add_trends(warehouse, rows)
    if as_json:
        tables.print_json(rows)
    else:
        console.print(tables.kpi_table(rows))


@app.command()
def reconcile(as_json: AsJson = False) -> None:
    """Set the presentation's figures beside the marts'. Exit 5 when the marts do not give one."""
    from csp.kpi.reconcile import differing, reconciliation  # noqa: PLC0415

    rows = reconciliation(_platform().warehouse)
    if as_json:
        tables.print_json(rows)
    else:
        console.print(tables.reconciliation_table(rows))
    if differing(rows):
        raise typer.Exit(SOME_DIFFER)


@app.command()
def scorecard(as_json: AsJson = False) -> None:
    """Write the scorecard of the current publication anew, and say where it is."""
    from csp.kpi.scorecard import write_scorecard  # noqa: PLC0415

    files = write_scorecard(_platform())
    if as_json:
        tables.print_json(vars(files))
        return
    if files.is_stale:
        console.print(f"publication {files.publication_id} is STALE", style="bold red")
    for path in (files.html, files.pdf, files.csv):
        console.print(str(path), soft_wrap=True)


@app.command()
def explain(
    kpi_id: str,
    period: Annotated[str, typer.Option(help="2019-06, or 2019 for the year.")],
    area: Annotated[str, typer.Option(help="Code or name of the area.")],
    as_json: AsJson = False,
) -> None:
    """Lead from a KPI cell to its deliveries, contract hashes and gate results."""
    from csp.kpi.lineage import explain as lineage_of  # noqa: PLC0415

    platform = _platform()
    found = lineage_of(platform.warehouse, platform.ledger, kpi_id, period=period, area=area)
    if as_json:
        tables.print_json([vars(lineage) for lineage in found])
    else:
        tables.print_lineage(console, found)


@app.command()
def query(sql: str, as_json: AsJson = False) -> None:
    """Run read-only SQL on the published marts; --json prints an array of objects."""
    result = _platform().warehouse.query(sql)
    if as_json:
        tables.print_json(result.as_records())
    else:
        console.print(tables.result_table(result))


@app.command()
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


@app.command()
def manifest() -> None:
    """Write the list of dbt models that the refresh DAG is drawn from."""
    from csp.warehouse.dbt_runner import DbtRunner  # noqa: PLC0415

    platform = _platform()
    DbtRunner(platform.warehouse, platform.home).write_models()


@quarantine.command("list")
def quarantine_list(as_json: AsJson = False) -> None:
    """Deliveries that are rejected or held, and deliveries with rows held back."""
    from csp.ledger.quarantine import held_back  # noqa: PLC0415

    rows = held_back(_platform().ledger)
    if as_json:
        tables.print_json(rows)
    else:
        console.print(tables.quarantine_table(rows))


@quarantine.command("show")
def quarantine_show(delivery: str) -> None:
    """The feedback on one delivery: codes, sentences and line numbers."""
    from csp.ledger.decisions import find_delivery  # noqa: PLC0415

    platform = _platform()
    found = find_delivery(platform.ledger, delivery)
    if not found.feed:
        raise CspError(f"{found.file_name} belongs to no feed; it lies in landing")
    report = platform.home.feedback(found.feed) / f"{found.delivery_id}.md"
    sys.stdout.write(report.read_text(encoding="utf-8"))


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

    found = decide(_platform().ledger, delivery, decision, reason)
    console.print(f"{found.file_name}: {decision}ed; run: csp refresh", soft_wrap=True)


def main() -> None:
    """Run the command line; an error a person can act on is printed, never a traceback."""
    # What was imported stays to the end, and a command ends before its garbage matters: to look
    # for it as often as a server does, and once more at the end, is a tenth of many a command.
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)
    errors = Console(stderr=True, soft_wrap=True, highlight=False)
    try:
        app()
    except GateHeldError as held:
        errors.print(
            "the publication was held; the last one stays as it is. Why:", style="bold red"
        )
        for reason in held.reasons:
            errors.print(f"  - {reason}", markup=False)
        errors.print("what to do: docs/runbooks/publication-held.md")
        raise SystemExit(HELD) from None
    except CspError as error:
        errors.print(f"csp: {error}", markup=False)
        raise SystemExit(1) from None
    except Exception as error:  # the last line of defence against a traceback
        log = _platform().home.note_error(error)
        errors.print(
            f"csp: an unforeseen error ({type(error).__name__}); where it happened is in {log}; "
            "please report it",
            markup=False,
        )
        raise SystemExit(1) from None
    finally:
        gc.freeze()
