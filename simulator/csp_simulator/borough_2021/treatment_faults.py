"""Labelled bad inputs of the treatment feeds, one file for each case.

All are the last month of one provider, delivered on its own, with one fault of a known kind in a
few rows or in its shape. Of rows that are held back there are as few as the gate bears.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from csp_simulator.bad_rows import replaced
from csp_simulator.borough_2021 import treatment_words as say
from csp_simulator.borough_2021.treatment_episodes import draw_clients, draw_episodes
from csp_simulator.borough_2021.treatment_files import describe, month_rows
from csp_simulator.draws import stream
from csp_simulator.partner_files import csv_bytes
from csp_simulator.places import Borough
from csp_simulator.truth import Fault

NAME = "L0904-20211201-20211231-TREAT-IN-P.csv"
RETURN_NAME = "adder_return_2021Q3_v3.csv"
FEW, SOME = 3, 20
#: Code, what, name of the file, content, expectation, rows it is about.
Case = tuple[str, str, str, bytes, str, int | None]
#: Column → the same value for all chosen rows, or values for all rows.
Changes = Mapping[str, pa.Array | pa.ChunkedArray | str | None]


def faults(folder: Path, borough: Borough, *, seed: int) -> list[Fault]:
    """Writes one file for each case below `<folder>/<code>-<what>/`."""
    del borough  # no place below the borough is in these feeds
    clients = draw_clients(seed, 1.0)
    episodes = draw_episodes(seed, clients)
    paper = describe(seed, clients, episodes)
    month = month_rows(seed, clients, episodes, paper, np.datetime64("2021-12-01"))
    rows = month.filter(pc.equal(month["AGNCY"], "L0904")).combine_chunks()
    damage = Damage(rows, stream(seed, "treatment", "damage"))
    cases = [*_rows(damage), *_consent(damage), *_shapes(rows), _return()]
    return [_save(folder, case) for case in cases]


def _save(folder: Path, case: Case) -> Fault:
    code, what, name, content, expectation, rows = case
    where = f"{code}-{what}"
    (folder / where).mkdir(parents=True, exist_ok=True)
    (folder / where / name).write_bytes(content)
    return Fault(code, f"{where}/{name}", expectation, rows, what.replace("-", " "))


class Damage:
    """A good month in which some rows are spoilt.

    Args:
        rows: The month.
        rng: Draws the rows.
    """

    def __init__(self, rows: pa.Table, rng: np.random.Generator) -> None:
        self.rows, self.rng = rows, rng
        agreed = pc.equal(rows["CONSENT"], "Y").to_numpy()
        self.agreed = agreed
        self.open = agreed & pc.is_null(rows["DISD"]).to_numpy()
        self.closed = agreed & pc.is_valid(rows["DISD"]).to_numpy()
        self.profile = agreed & pc.is_valid(rows["TOPDATE"]).to_numpy()
        self.plain = agreed & pc.is_null(rows["TOPDATE"]).to_numpy()

    def case(self, label: tuple[str, str, str], of: np.ndarray, n: int, changes: Changes) -> Case:
        """Spoils `n` of the rows that may be; the label is code, what and expectation."""
        code, what, expectation = label
        chosen = np.zeros(len(self.rows), dtype=bool)
        among = np.flatnonzero(of)
        chosen[self.rng.choice(among, min(n, len(among)), replace=False)] = True
        spoilt = self.rows
        for column, values in changes.items():
            spoilt = replaced(spoilt, column, chosen, values)
        whole = expectation in ("accepted", "warned")
        rows = len(self.rows) if whole else int(chosen.sum())
        return code, what, NAME, csv_bytes(spoilt, say.NDTMS_COLUMNS), expectation, rows


def _rows(damage: Damage) -> Iterator[Case]:
    """Gives months with faults in single rows."""
    rows, agreed, plain = damage.rows, damage.agreed, damage.plain
    iso = pc.binary_join_element_wise(
        *(pc.utf8_slice_codeunits(rows["TRIAGED"], a, b) for a, b in ((6, 10), (3, 5), (0, 2))), "-"
    )
    short = pc.binary_join_element_wise(
        *(pc.utf8_slice_codeunits(rows["TRIAGED"], a, b) for a, b in ((0, 6), (8, 10))), ""
    )
    nulls = {"ACCMNEED": "NA", "DRUG3": "9999", "HLCASSDT": "00/00/0000"}
    reason = {"DISRSN": "80"}
    for code, what, expectation, of, n, changes in (
        ("B34", "words-for-nothing", "accepted", agreed, SOME, nulls),
        ("B35", "dates-of-two-forms", "accepted", agreed, SOME, {"TRIAGED": iso}),
        ("B35", "year-of-two-digits", "fixed", agreed, SOME, {"TRIAGED": short}),
        ("B36", "born-before-1903", "quarantined", agreed, FEW, {"DOB": "31/12/1902"}),
        ("B36", "born-after-referral", "quarantined", agreed, FEW, {"DOB": "05/05/2051"}),
        ("B36", "born-on-referral", "quarantined", agreed, FEW, {"DOB": rows["REFLD"]}),
        ("B36", "child", "quarantined", agreed, FEW, {"DOB": "02/05/2012"}),
        ("B37", "triage-before-referral", "quarantined", agreed, FEW, {"TRIAGED": "01/01/2010"}),
        ("B37", "discharge-first", "quarantined", damage.closed, FEW, {"DISD": "01/01/2010"}),
        ("B38", "reason-without-date", "quarantined", damage.open, FEW, reason),
        ("B38", "date-without-reason", "fixed", damage.closed, FEW, {"DISRSN": None}),
        ("B39", "letter-in-a-code", "fixed", plain, SOME, {"MODAL": "0l"}),
        ("B39", "older-reason", "fixed", damage.closed, FEW, {"DISRSN": "91"}),
        ("B40", "full-postcode", "rejected", agreed, 1, {"PC": "E1 6ZZ"}),
        ("B44", "triage-changed", "accepted", damage.open, SOME, {"TRIAGED": "30/12/2021"}),
        ("B46", "29-days-of-28", "quarantined", damage.profile, FEW, {"OPIUSE": "29"}),
        ("B46", "profile-without-date", "quarantined", damage.profile, FEW, {"TOPDATE": None}),
        ("B50", "sex-missing", "warned", agreed, SOME, {"SEX": None}),
        ("B50", "nation-of-two-letters", "fixed", agreed, SOME, {"NATION": "BD"}),
    ):
        yield damage.case((code, what, expectation), of, n, changes)


def _consent(damage: Damage) -> Iterator[Case]:
    """Gives months in which consent, or who somebody is, is not as it seems."""
    rows = damage.rows
    unwilling = ("B41", "no-consent-but-data", "fixed")
    yield damage.case(unwilling, damage.plain, FEW, {"CONSENT": "N"})
    client = rows["CLIENTID"][int(np.flatnonzero(damage.plain)[0])].as_py()
    mine = pc.equal(rows["CLIENTID"], client)
    kept = ("AGNCY", "CLIENTID")
    withdrawn = {
        name: pc.if_else(mine, pa.scalar("N" if name == "CONSENT" else None, pa.string()), values)
        for name, values in zip(rows.column_names, rows.columns, strict=True)
        if name not in kept
    }
    for name, values in withdrawn.items():
        rows = rows.set_column(rows.schema.get_field_index(name), name, values)
    yield "B42", "consent-withdrawn", NAME, _bytes(rows), "accepted", len(rows)
    again = ("B43", "client-id-used-again", "warned")
    yield damage.case(again, damage.plain, FEW, {"CLIENTID": client})


def _bytes(rows: pa.Table) -> bytes:
    return csv_bytes(rows, say.NDTMS_COLUMNS)


def _shapes(rows: pa.Table) -> Iterator[Case]:
    """Gives months whose file, and not a row of it, is unusual."""
    n, content = len(rows), _bytes(rows)
    # Less than was sent: the same bytes under another name would be one delivery.
    for fewer, letter, what in ((1, "Z", "letter-unknown"), (2, "K", "letter-of-another-set")):
        part = _bytes(rows.slice(0, n - fewer))
        yield "B33", what, NAME.replace("-P.", f"-{letter}."), part, "accepted", n - fewer
    more = rows.append_column("RELIGION", pa.repeat("Z", n))
    wider = csv_bytes(more, [*say.NDTMS_COLUMNS, "RELIGION"])
    yield "B33", "column-unknown", NAME, wider, "warned", n
    few = ("AGNCY", "CLIENTID", "CONSENT", "DOB", "SEX")
    yield "B33", "few-columns", NAME, csv_bytes(rows, few), "rejected", None
    again = NAME.replace(".csv", "_resubmitted.csv")
    yield "B45", "month-again", again, _bytes(rows.slice(0, n - 5)), "accepted", n - 5
    twice = pa.concat_tables([rows, rows.filter(pc.is_valid(rows["TOPID"])).slice(0, 2)])
    yield "B46", "profile-twice", NAME, _bytes(twice), "held", len(twice)
    head, first, rest = content.split(b"\n", 2)
    torn = b"\n".join([head, first.replace(b",", b',"', 1), rest])
    yield "B47", "unterminated-quote", NAME, torn, "rejected", None
    tabbed = content.replace(b"PWORK,EDUCAT", b"PWORK\tEDUCAT", 1)
    yield "B48", "tab-in-the-header", NAME, tabbed, "accepted", n
    yield "B49", "half-the-month", NAME, _bytes(rows.slice(0, n // 2)), "held", n // 2
    wave = pc.if_else(pc.equal(rows["CONSENT"], "Y"), "31/12/2021", pa.scalar(None, pa.string()))
    closed = rows.set_column(rows.schema.get_field_index("DISD"), "DISD", wave)
    reason = pc.if_else(pc.equal(rows["CONSENT"], "Y"), "85", pa.scalar(None, pa.string()))
    closed = closed.set_column(rows.schema.get_field_index("DISRSN"), "DISRSN", reason)
    yield "B49", "bulk-closing", NAME, _bytes(closed), "warned", n


def _return() -> Case:
    """Gives a restated quarter that does not say what is provisional."""
    lines = [
        f"{say.AUTHORITY},2021-07,{code},{int(mean)},{source},,4,2021-12-20T10:00:00Z"
        for code, mean, source in say.METRICS
    ]
    text = "\n".join([",".join(say.RETURN_COLUMNS), *lines, ""])
    return "B82", "restated-quarter", RETURN_NAME, text.encode(), "warned", len(lines)
