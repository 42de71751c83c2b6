"""Labelled bad inputs of the police feeds beside street crime.

Codes are those of docs/specification/bad-inputs.md. Each is delivered on its own: most
stand for the same force and month.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from csp_simulator.bad_inputs import BadFile
from csp_simulator.bad_rows import replaced
from csp_simulator.borough_2021.mps_counts import WARD_FILE
from csp_simulator.borough_2021.police_words import (
    DASHBOARD_COLUMNS,
    OUTCOME_COLUMNS,
    RETURN_COLUMNS,
    SEARCH_COLUMNS,
)
from csp_simulator.borough_2021.section17a import draw_return
from csp_simulator.borough_2021.stop_search import draw_searches
from csp_simulator.draws import joined, stream
from csp_simulator.partner_files import csv_bytes
from csp_simulator.places import Borough
from csp_simulator.street_crime import draw_month
from csp_simulator.street_words import FORCES
from csp_simulator.truth import Fault

MONTH = date(2021, 6, 1)
OUTCOMES = "2021-06-metropolitan-outcomes.csv"
SEARCHES = "2021-10-metropolitan-stop-and-search.csv"
DASHBOARD = "M1045_MonthlyCrimeDashboard_TNOCrimeData.csv"
RETURN = "section17a_return_2021Q2.csv"
#: On 31 October 2021 the clock showed this hour twice.
TWICE_SHOWN = "2021-10-31T01:30:00"


def faults(folder: Path, borough: Borough, *, seed: int) -> list[Fault]:
    """Writes one file for each kind of fault below `folder`, and lists them."""
    files = [
        *_outcomes(borough, seed),
        *_searches(borough, seed),
        *_ward_counts(borough),
        *_dashboard(),
        *_return(borough, seed),
    ]
    return [_save(folder, file) for file in files]


def _save(folder: Path, file: BadFile) -> Fault:
    where = f"{file.code}-{file.what}/{file.name}"
    path = folder / where
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(file.content)
    return Fault(file.code, where, file.expectation, file.rows, file.what.replace("-", " "))


def _first(rows: pa.Table, n: int) -> np.ndarray:
    chosen = np.zeros(len(rows), dtype=bool)
    chosen[:n] = True
    return chosen


def _outcomes(borough: Borough, seed: int) -> Iterator[BadFile]:
    """Gives outcome files; the outcome stands in the last column of the street file."""
    rng = stream(seed, "faults", "outcomes")
    drawn = draw_month(rng, FORCES[0], f"{MONTH:%Y-%m}", 0.3, borough)
    drawn = drawn.filter(pc.and_(pc.is_valid(drawn["Crime ID"]), pc.is_valid(drawn["Longitude"])))
    rows = drawn.rename_columns(
        ["Outcome type" if n == "Last outcome category" else n for n in drawn.column_names]
    )
    n, one = len(rows), _first(rows, 1)

    def file(code: str, what: str, rows: pa.Table, expectation: str, count: int) -> BadFile:
        return BadFile(code, what, OUTCOMES, csv_bytes(rows, OUTCOME_COLUMNS), expectation, count)

    def changed(column: str, chosen: np.ndarray, value: pa.ChunkedArray | str | None) -> pa.Table:
        return replaced(rows, column, chosen, value)

    some = _first(rows, 5)
    upper = pc.utf8_upper(rows["Crime ID"])
    yield file("B10", "outcome-id-in-capitals", changed("Crime ID", some, upper), "fixed", 5)
    short = pc.utf8_slice_codeunits(rows["Crime ID"], 0, 63)
    yield file("B10", "outcome-id-of-63", changed("Crime ID", one, short), "quarantined", 1)
    half = changed("Longitude", one, None)
    yield file("B13", "outcome-longitude-blank", half, "quarantined", 1)
    worded = changed("Outcome type", some, "Offender given a penalty notice")
    yield file("B18", "outcome-in-other-wording", worded, "fixed", 5)
    unknown = changed("Outcome type", one, "Lost")
    yield file("B18", "outcome-unknown", unknown, "quarantined", 1)
    early = changed("Month", one, "2021-05")
    yield file("B23", "outcome-of-another-month", early, "quarantined", 1)
    # No street file holds these crimes: every row is an orphan, kept.
    yield file("B23", "outcome-of-unknown-crime", rows, "accepted", n)
    cautions = replaced(
        rows.slice(0, 5), "Outcome type", _first(rows, 5)[:5], "Offender given a caution"
    )
    charges = replaced(cautions, "Outcome type", _first(rows, 5)[:5], "Suspect charged")
    both = pa.concat_tables([rows, charges, cautions])
    yield file("B24", "caution-and-charge-in-one-month", both, "accepted", n + 10)


def _searches(borough: Borough, seed: int) -> Iterator[BadFile]:
    rng = stream(seed, "faults", "searches")
    rows = draw_searches(rng, FORCES[0], date(2021, 10, 1), 0.3, borough)
    n, one, some = len(rows), _first(rows, 1), _first(rows, 5)

    def file(code: str, what: str, rows: pa.Table, expectation: str, count: int) -> BadFile:
        return BadFile(code, what, SEARCHES, csv_bytes(rows, SEARCH_COLUMNS), expectation, count)

    # Without an offset a time is London's; the first day of October is still summer.
    local = replaced(rows, "Date", some, pc.utf8_slice_codeunits(rows["Date"], 0, 19))
    yield file("B25", "no-offset", local, "accepted", n)
    yield file(
        "B25", "hour-shown-twice", replaced(rows, "Date", one, TWICE_SHOWN), "quarantined", 1
    )
    sure = replaced(rows, "Date", one, f"{TWICE_SHOWN}+00:00")
    yield file("B25", "hour-shown-twice-with-offset", sure, "accepted", n)
    yield file("B25", "month-only", replaced(rows, "Date", one, "2021-10"), "quarantined", 1)
    removal = "Removal of more than just outer clothing"
    yield file("B26", "removal-blank", replaced(rows, removal, some, None), "accepted", n)


def _wide(
    borough: Borough, months: list[str], headers: tuple[str, ...], minor: str, cells: list[str]
) -> str:
    """A ward file of one category; `cells` are the fields of the first ward, the others have 7."""
    lines = [",".join((*headers, *months))]
    for number, (code, name) in enumerate(sorted(borough.ward_names.items())):
        counts = cells if number == 0 else ["7"] * len(months)
        quoted = [f'"{field}"' if "," in field else field for field in (minor, *counts)]
        lines.append(",".join(("Theft", quoted[0], name, code, "Tower Hamlets", *quoted[1:])))
    return "\n".join(lines) + "\n"


def _ward_counts(borough: Borough) -> Iterator[BadFile]:
    cris = ("MajorText", "MinorText", "WardName", "WardCode", "LookUp_BoroughName")
    connect = ("Group", "SubGroup", *cris[2:])
    months, wards = ["202104", "202105", "202106"], len(borough.ward_names)

    def file(
        code: str, what: str, text: str | bytes, expectation: str, count: int | None
    ) -> BadFile:
        content = text if isinstance(text, bytes) else text.encode()
        return BadFile(code, what, WARD_FILE, content, expectation, count)

    sevens = ["7", "7", "7"]
    later = _wide(
        borough, ["202404", "202405", "202406"], connect, "RES BURGLARY OF A HOME", sevens
    )
    yield file("B27", "headers-of-the-new-system", later, "accepted", 3 * wards)
    doubled = _wide(borough, [*months, "202106"], cris, "Shoplifting", [*sevens, "7"])
    yield file("B27", "month-column-twice", doubled, "accepted", 3 * wards)
    none = _wide(borough, [], cris, "Shoplifting", [])
    yield file("B27", "no-month-column", none, "rejected", None)
    plain = _wide(borough, months, cris, "Shoplifting", sevens)
    yield file("B28", "utf-16", plain.encode("utf-16"), "accepted", 3 * wards)
    odd = _wide(borough, months, cris, "Shoplifting", ["1,234", "£12", "12.0"])
    yield file("B28", "thousands-and-currency", odd, "fixed", 2)
    hidden = _wide(borough, months, cris, "Shoplifting", [".", "", "7"])
    yield file("B28", "suppressed-and-blank", hidden, "fixed", 2)
    strange = (
        plain + "Theft,Shoplifting,Heathrow Villages,E05013570,Aviation Security (SO18),1,2,3\n"
    )
    yield file("B29", "aviation-security", strange, "warned", 3)
    renumbered = plain.replace("E05009317", "E05019317")
    yield file("B29", "new-ward-code", renumbered, "warned", 3)
    cut = "Racially or Religiously Aggravated Public Fear, Al"
    yield file(
        "B30", "category-cut-off", _wide(borough, months, cris, cut, sevens), "accepted", 3 * wards
    )


def _dashboard() -> Iterator[BadFile]:
    header = ",".join(DASHBOARD_COLUMNS)
    usual = (
        "{},Borough,Tower Hamlets,Tower Hamlets,E09000030,{},{},Offences,fy21-22,21-22_01,{},"
        "06/08/2021"
    )
    rows = [usual.format("01/06/2021", "THEFT", f"THEFT {n}", n + 1) for n in range(20)]

    def file(
        what: str, listed: list[str], expectation: str, count: int | None, code: str = "B31"
    ) -> BadFile:
        content = "\n".join(listed) + "\n"
        return BadFile(code, what, DASHBOARD, content.encode(), expectation, count)

    serial = usual.format("44348", "THEFT", "SHOPLIFTING", 5)
    yield file("serial-number-of-a-spreadsheet", [header, *rows, serial], "fixed", 1)
    american = usual.format("06/02/2021", "THEFT", "SHOPLIFTING", 5)
    yield file("american-order", [header, *rows, american], "quarantined", 1)
    yield file("preamble", ["MPS dashboard", "", header, *rows], "rejected", None)
    accepted = usual.format("01/06/2021", "OTHER ACCEPTED CRIME", "OTHER ACCEPTED CRIME", 40)
    yield file("other-accepted-crime", [header, *rows, accepted], "warned", 1, "B32")


def _return(borough: Borough, seed: int) -> Iterator[BadFile]:
    rng = stream(seed, "faults", "return")
    rows = draw_return(rng, date(2021, 4, 1), "2021Q2", 0.05, borough)
    whole = joined(pc.fill_null(rows["outward_code"], "E1"), pa.scalar(" 6AN"))
    full = replaced(rows, "outward_code", _first(rows, 1), whole)
    content = csv_bytes(full, RETURN_COLUMNS)
    yield BadFile("GV1", "full-postcode", RETURN, content, "rejected")
    content = csv_bytes(
        replaced(rows, "occurred_on", _first(rows, 1), "2021-07-01"), RETURN_COLUMNS
    )
    yield BadFile("GV1", "day-of-another-quarter", RETURN, content, "quarantined", 1)
