"""The command line: everything the DAGs do, without Airflow."""

from __future__ import annotations

import gc
from importlib import metadata
from typing import Annotated

import typer

from csp.cli import ending, figures, running
from csp.cli.borough import borough
from csp.cli.feeds import feeds
from csp.cli.keys import keys
from csp.cli.kpis import kpis
from csp.cli.lake import lake, verify
from csp.cli.quarantine import quarantine

#: Commands without a group, in the order in which `csp --help` lists them.
COMMANDS = (
    running.ingest,
    running.refresh,
    running.status,
    verify,
    figures.kpi,
    figures.reconcile,
    figures.scorecard,
    figures.explain,
    figures.query,
    running.simulate,
    running.manifest,
    borough,
)

app = typer.Typer(
    no_args_is_help=True,
    help="Partner feeds of a Community Safety Partnership, from the inbox to published KPI marts.",
    pretty_exceptions_enable=False,
)
for command in COMMANDS:
    app.command()(command)
app.add_typer(feeds, name="feeds")
app.add_typer(quarantine, name="quarantine")
app.add_typer(lake, name="lake")
app.add_typer(keys, name="keys")
app.add_typer(kpis, name="kpis")


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


def main() -> None:
    """Run the command line; what goes wrong is said in a sentence, never by a traceback."""
    # What was imported stays to the end, and a command ends before its garbage matters: to look
    # for it as often as a server does, and once more at the end, is a tenth of many a command.
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)
    code = ending.run(app)
    gc.freeze()
    raise SystemExit(code)
