"""The command line: everything the DAGs do, without Airflow."""

from __future__ import annotations

import gc
from importlib import metadata
from typing import Annotated

import typer
from rich.console import Console

from csp.cli import figures, running
from csp.cli.borough import borough
from csp.cli.feeds import feeds
from csp.cli.keys import keys
from csp.cli.kpis import kpis
from csp.cli.lake import lake, verify
from csp.cli.opening import open_platform
from csp.cli.quarantine import quarantine
from csp.errors import CspError, GateHeldError

HELD = 4
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
        log = open_platform().home.note_error(error)
        errors.print(
            f"csp: an unforeseen error ({type(error).__name__}); where it happened is in {log}; "
            "please report it",
            markup=False,
        )
        raise SystemExit(1) from None
    finally:
        gc.freeze()
