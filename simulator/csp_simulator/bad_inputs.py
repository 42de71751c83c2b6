"""Labelled bad files: what partners really send, each with what should happen to it.

Codes are those of docs/specification/bad-inputs.md. All are of October 2021, the month after
the scenario's last, unless the fault itself is the month. Each is meant to be delivered on its own:
most stand for the same force and month.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from csp_simulator.bad_rows import damaged_incidents, damaged_street
from csp_simulator.draws import stream
from csp_simulator.fire_incidents import draw_incidents
from csp_simulator.fire_words import FIRE_COLUMNS
from csp_simulator.partner_files import csv_bytes, write_archive
from csp_simulator.places import Borough
from csp_simulator.street_crime import draw_month
from csp_simulator.street_words import COMMA_LOCATION, FORCES, STREET_COLUMNS
from csp_simulator.truth import Fault

MONTH = "2021-10"
STREET_NAME = f"{MONTH}-metropolitan-street.csv"
FIRE_NAME = f"LFB Incident data {MONTH}.csv"
COPIED = "LFB Incident data 2021-09"
NEARLY_EMPTY = 0.1

ERROR_PAGE = b"""<!DOCTYPE html>
<html lang="en"><head><title>503 Service Unavailable</title></head>
<body><h1>Service Unavailable</h1><p>The server is temporarily unable to answer.</p></body></html>
"""


class BadFile(NamedTuple):
    """A bad file before it is written: see `Fault` for its parts."""

    code: str
    what: str
    name: str
    content: bytes
    expectation: str
    rows: int | None = None


def write_faults(out: Path, borough: Borough, *, seed: int, scale: float) -> tuple[Fault, ...]:
    """Writes all bad inputs under `<out>/faults` and lists them."""
    metropolitan, btp, city = FORCES

    def force_month(number: int, of: float = 1.0) -> pa.Table:
        force = FORCES[number]
        return draw_month(
            stream(seed, "street", force.slug, MONTH), force, MONTH, scale * of, borough
        )

    street = force_month(FORCES.index(metropolitan))
    nearly_empty = force_month(FORCES.index(city), NEARLY_EMPTY)
    incidents = draw_incidents(stream(seed, "fire", MONTH), MONTH, scale, borough)
    copied = (out / "deliveries" / "fire" / f"{COPIED}.csv").read_bytes()
    header_only = csv_bytes(force_month(FORCES.index(btp)).slice(0, 0), STREET_COLUMNS)
    whole = [
        BadFile("B74", "same-file-new-name", f"{COPIED} copy.csv", copied, "duplicate"),
        BadFile("B05", "header-only", f"{MONTH}-btp-street.csv", header_only, "warned", 0),
        BadFile(
            "B06",
            "nearly-empty-month",
            f"{MONTH}-city-of-london-street.csv",
            csv_bytes(nearly_empty, STREET_COLUMNS),
            "held",
            len(nearly_empty),
        ),
        *_unreadable(street),
        *_other_shapes(street),
        *_fire_shapes(incidents),
    ]
    faults = [_save(out, file, f"faults/{file.code}-{file.what}") for file in whole]
    for name, columns, cases in (
        (STREET_NAME, STREET_COLUMNS, damaged_street(stream(seed, "damage"), street)),
        (FIRE_NAME, FIRE_COLUMNS, damaged_incidents(stream(seed, "damage-fire"), incidents)),
    ):
        for code, what, rows, expectation, n in cases:
            file = BadFile(code, what, name, csv_bytes(rows, columns), expectation, n)
            faults.append(_save(out, file, f"faults/rows/{code}-{what}"))
    return tuple(faults)


def _save(out: Path, file: BadFile, folder: str) -> Fault:
    """Writes one bad file and labels it."""
    path = out / folder / file.name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(file.content)
    where = f"{folder}/{file.name}"
    return Fault(file.code, where, file.expectation, file.rows, file.what.replace("-", " "))


def _unreadable(street: pa.Table) -> Iterator[BadFile]:
    """Gives files that nothing can be read from, or must not be."""
    content = csv_bytes(street, STREET_COLUMNS)
    yield BadFile("B04", "html-error-page", STREET_NAME, ERROR_PAGE, "rejected")
    yield BadFile("B04", "zero-bytes", STREET_NAME, b"", "rejected")
    archive = _archive({f"{MONTH}/{STREET_NAME}": content})
    cut = archive[: len(archive) * 6 // 10]
    yield BadFile("B04", "truncated-archive", f"{MONTH}.zip", cut, "rejected")
    missing = [name for name in STREET_COLUMNS if name != "LSOA code"]
    lacking = csv_bytes(street, missing)
    yield BadFile("B03", "lsoa-code-column-missing", STREET_NAME, lacking, "rejected")
    # No other quote may close the open one, so the name that needs quotes loses its comma.
    plain = content.replace(f'"{COMMA_LOCATION}"'.encode(), COMMA_LOCATION.split(",")[0].encode())
    head, first, rest = plain.split(b"\n", 2)
    opened = first.replace(b"On or near", b'"On or near', 1).replace(b"No Loc", b'"No Loc', 1)
    torn = b"\n".join([head, opened, rest])
    yield BadFile("B47", "unterminated-quote", STREET_NAME, torn, "rejected")
    later = content.replace(MONTH.encode(), b"2051-01")
    yield BadFile(
        "B75", "month-in-the-future", "2051-01-metropolitan-street.csv", later, "rejected"
    )
    climbing = _archive({f"../../{MONTH}/{STREET_NAME}": content})
    yield BadFile("B77", "path-traversal", f"{MONTH}.zip", climbing, "rejected")


def _other_shapes(street: pa.Table) -> Iterator[BadFile]:
    """Gives street files whose shape differs but from which nothing need be lost."""
    n = len(street)
    content = csv_bytes(street, STREET_COLUMNS)
    marked = b"\xef\xbb\xbf" + content.replace(b"\n", b"\r\n")
    yield BadFile("B01", "byte-order-mark-and-crlf", STREET_NAME, marked, "accepted", n)
    turned = csv_bytes(street, STREET_COLUMNS[::-1])
    yield BadFile("B02", "column-order-changed", STREET_NAME, turned, "accepted", n)
    more = street.append_column("Harm score", pa.repeat("1", n))
    wider = csv_bytes(more, [*STREET_COLUMNS, "Harm score"])
    yield BadFile("B78", "new-column", STREET_NAME, wider, "warned", n)


def _fire_shapes(incidents: pa.Table) -> Iterator[BadFile]:
    """Gives fire files with the headers of other years and readers."""
    n = len(incidents)
    content = csv_bytes(incidents, FIRE_COLUMNS)
    mojibake = content.replace("(£)".encode(), "(Â£)".encode(), 1)
    yield BadFile("B63", "pound-sign-misread", FIRE_NAME, mojibake, "accepted", n)
    minutes = pc.cast(pc.cast(incidents["PumpMinutesRounded"], pa.float64()), pa.int64())
    hours = pc.cast(pc.divide(pc.add(minutes, 59), 60), pa.string())
    position = FIRE_COLUMNS.index("PumpMinutesRounded")
    names = [*FIRE_COLUMNS[:position], "PumpHoursRoundUp", *FIRE_COLUMNS[position + 1 :]]
    older = csv_bytes(incidents.append_column("PumpHoursRoundUp", hours), names)
    yield BadFile("B64", "pump-hours-column", FIRE_NAME, older, "accepted", n)


def _archive(members: dict[str, bytes]) -> bytes:
    """Gives a zip as bytes."""
    content = BytesIO()
    write_archive(members, content, published=(2021, 12))
    return content.getvalue()
