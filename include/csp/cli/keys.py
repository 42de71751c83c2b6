"""`csp keys`: make and look at the pseudonymisation key."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from csp.cli.tables import AsJson, print_json

keys = typer.Typer(no_args_is_help=True, help="The key that identifiers are turned to tokens with.")


@keys.command("create")
def keys_create(
    file: Annotated[
        Path | None,
        typer.Option(help="Where; CSP_KEY_FILE, or .keys in the project, without it."),
    ] = None,
    epoch: Annotated[
        str | None, typer.Option(help="Quarter from which it is used, as in 2021Q2; this one.")
    ] = None,
    if_missing: Annotated[
        bool, typer.Option("--if-missing", help="Leave a key that is there as it is.")
    ] = False,
) -> None:
    """Write a new random key that only its owner can read; never over another one."""
    from csp.pseudonyms.keys import create_key_file, key_file  # noqa: PLC0415

    path = file or key_file()
    if if_missing and path.exists():
        return
    ring = create_key_file(path, epoch)
    typer.echo(
        f"made the pseudonymisation key {ring.fingerprint()} of epoch {ring.epoch} in {path}; "
        "keep a copy apart from the data (docs/runbooks/pseudonymisation-key.md)"
    )


@keys.command("check")
def keys_check(
    as_json: AsJson = False,
) -> None:
    """Say where the key comes from, its epoch and its fingerprint; never the key."""
    from csp.pseudonyms.keys import KeyRing  # noqa: PLC0415

    ring = KeyRing.from_environment()
    facts = {"source": ring.source, "epoch": ring.epoch, "fingerprint": ring.fingerprint()}
    if as_json:
        print_json(facts)
    else:
        typer.echo(f"key {facts['fingerprint']} of epoch {facts['epoch']}, from {facts['source']}")
