"""The command that says which borough this installation is for."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer

from csp.cli import tables
from csp.cli.tables import AsJson

AsVariables = Annotated[
    bool, typer.Option("--vars", help="Print what dbt takes after its own --vars.")
]


def borough(as_json: AsJson = False, as_variables: AsVariables = False) -> None:
    """Which borough this installation is for, and where its settings and seeds lie."""
    from csp.contracts.borough import borough as settled  # noqa: PLC0415

    here = settled()
    if as_variables:
        sys.stdout.write(json.dumps(here.dbt_variables) + "\n")
    elif as_json:
        tables.print_json({"folder": str(here.folder), **here.settings.model_dump()})
    else:
        said = here.settings
        tables.wide_console().print(
            f"{said.name} ({said.code}), {said.wards} wards\nsettings and seeds: {here.folder}",
            soft_wrap=True,
        )
