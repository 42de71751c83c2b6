"""Labelled bad inputs of the offender-management feeds; each follows the scenario's own files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from csp_simulator.borough_2021.iom_words import EVENT_COLUMNS
from csp_simulator.truth import Fault


def write_faults(folder: Path, register: str) -> list[Fault]:
    """Writes one file for each case below `<folder>/<code>-<what>/`.

    Args:
        folder: Where the cases go.
        register: The scenario's last register, as text.
    """
    found = []
    for code, what, name, lines, expectation in _cases(register):
        where = f"{code}-{what}"
        (folder / where).mkdir(parents=True, exist_ok=True)
        (folder / where / name).write_text("\n".join([*lines, ""]), "utf-8")
        rows = len(lines) - 1
        found.append(Fault(code, f"{where}/{name}", expectation, rows, what.replace("-", " ")))
    return found


def _cases(register: str) -> Iterator[tuple[str, str, str, list[str], str]]:
    """Code, what, name of the file, its lines, expectation."""
    header, *people = register.splitlines()
    left_on = header.split(",").index("deselected_on")
    managed = [line for line in people if not line.split(",")[left_on]]
    missing = "those-who-left-are-missing"
    yield "B72", missing, "iom_nominal_202201.csv", [header, *managed], "warned"
    person, events, name = (
        managed[0].split(",")[0],
        ",".join(EVENT_COLUMNS),
        "iom_reoffence_202201.csv",
    )
    early = f"{'e' * 32},{person},2001-02-03,,CHARGED,8N,0"
    yield "B73", "offence-before-adoption", name, [events, early], "accepted"
    nothing = f"{'f' * 32},{person},2021-12-24,,NFA,8N,0"
    yield "B73", "arrest-without-action", name, [events, nothing], "warned"
