"""Tokens, fields that are never stored, local times, and wide files, on two invented feeds."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy.exc import NoResultFound

from csp.contracts import ContractRegistry
from csp.contracts.samples import sample_file
from csp.pseudonyms.keys import KeyRing

if TYPE_CHECKING:
    from tests.conftest import Desk

FOLDER = Path(__file__).with_name("contracts")
BERTH, TIDE = "berth_20210612.csv", "tides_20210701.csv"
CANARY = "Planted"
# Vector C1: the token of AB|19800131|1 for purpose iom_treatment.
VECTOR = "2dc4a1bb615a8119efdaff9524d1eb2d4c0ce285aaee48c2bd8a5baea5676530"


@pytest.fixture
def harbour(tmp_path: Path, desk_at: Callable[[Path, ContractRegistry], Desk]) -> Desk:
    """A desk that knows the two invented feeds only."""
    return desk_at(tmp_path, ContractRegistry(FOLDER))


def berths(desk: Desk, *changes: dict[str, str]) -> str:
    return sample_file(desk.registry.get("harbour_berth"), changes)


def written_bytes(desk: Desk) -> bytes:
    return b"".join(p.read_bytes() for p in desk.folder.rglob("*") if p.is_file())


def test_an_identifier_lives_on_only_as_the_keyed_token_of_its_purpose(harbour: Desk) -> None:
    (row,) = harbour.lake_rows(harbour.take_text(BERTH, berths(harbour, {})))
    assert row["skipper_token"] == VECTOR
    assert len(row["owner_ref"]) == 64
    assert {"initials", "birth_day"} & set(row) == set()
    assert row["berthed_at"] == datetime(2021, 6, 12, 9)
    assert (row["is_paid"], row["period_start"]) == (True, date(2021, 6, 12))


@pytest.mark.parametrize(
    ("change", "code", "column"),
    [
        ({"kind": "§"}, "R05", "kind"),
        ({"flags": "A|D"}, "R05", "flags"),
        ({"berth_ref": "7"}, "R06", "berth_ref"),
        ({"record_version": "0"}, "R07", "record_version"),
        ({"berthed_at": "2021-10-31 01:30:00"}, "R08", "berthed_at"),
        ({"berthed_at": "2021-03-28 01:30:00"}, "R08", "berthed_at"),
        ({"berthed_at": "2021-06-31T10:00:00Z"}, "R02", "berthed_at"),
    ],
)
def test_what_a_column_says_of_itself_holds_the_row_back(
    change: dict[str, str], code: str, column: str, harbour: Desk
) -> None:
    outcome = harbour.take_text(BERTH, berths(harbour, *[{}] * 9, change))
    (finding,) = outcome.findings
    assert (finding.code, finding.column, finding.verdict) == (code, column, "quarantine")
    (held,) = harbour.quarantine_rows(outcome)
    assert held == {"source_line": 11, "codes": [f"{code}:{column}"]}


@pytest.mark.parametrize(
    ("written", "utc"),
    [
        ("2021-10-31T01:30:00+01:00", datetime(2021, 10, 31, 0, 30)),
        ("2021-10-31T01:30:00Z", datetime(2021, 10, 31, 1, 30)),
        ("2021-06-12 10:00:00", datetime(2021, 6, 12, 9)),
        ("2021-01-12 10:00:00", datetime(2021, 1, 12, 10)),
    ],
)
def test_a_time_is_kept_in_utc_however_it_is_written(
    written: str, utc: datetime, harbour: Desk
) -> None:
    outcome = harbour.take_text(BERTH, berths(harbour, {"berthed_at": written}))
    assert harbour.lake_rows(outcome)[0]["berthed_at"] == utc


def test_a_period_is_the_local_day_of_the_time(harbour: Desk) -> None:
    outcome = harbour.take_text(BERTH, berths(harbour, {"berthed_at": "2021-06-12T23:30:00Z"}))
    assert harbour.lake_rows(outcome)[0]["period_start"] == date(2021, 6, 13)


def test_a_restricted_file_is_kept_sealed_and_its_fields_nowhere_else(harbour: Desk) -> None:
    changes = [{"initials": CANARY}, {"kind": CANARY}, {"flags": f"{CANARY}|A"}]
    content = berths(harbour, *[{}] * 20, *changes) + f"{CANARY},short\n"
    source = harbour.folder / BERTH
    source.write_text(content)
    outcome = harbour.take(source)
    source.unlink()
    assert (outcome.accepted_rows, outcome.quarantined_rows, outcome.rejected_lines) == (21, 2, 1)
    (kept,) = (p for p in harbour.home.landing.rglob("*") if p.is_file())
    assert kept.name == f"{hashlib.sha256(content.encode()).hexdigest()}.sealed"
    assert CANARY.encode() not in written_bytes(harbour)


def test_a_forbidden_row_refuses_the_whole_file_and_leaves_nothing_of_it(harbour: Desk) -> None:
    source = harbour.folder / BERTH
    source.write_text(berths(harbour, {}, {"owner_ref": f"{CANARY} Canary"}))
    outcome = harbour.take(source)
    source.unlink()
    (finding,) = outcome.findings
    assert (outcome.verdict, finding.code, finding.rows) == ("rejected", "HB-NOTE", 1)
    assert "line 3" in outcome.reason
    assert not [p for p in harbour.home.landing.rglob("*") if p.is_file()]
    assert CANARY.encode() not in written_bytes(harbour)


def test_without_a_key_a_restricted_feed_is_refused_and_others_go_on(
    harbour: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CSP_KEY_FILE", str(tmp_path / "absent.key"))
    (harbour.folder / BERTH).write_text(berths(harbour, {}))
    (harbour.folder / TIDE).write_text("gauge,202105\nG1,60\n")
    first, second = harbour.take_all(harbour.folder / BERTH, harbour.folder / TIDE)
    assert (first.verdict, second.verdict) == ("refused", "accepted")
    assert "harbour_berth" in first.reason
    assert not list(harbour.home.lake("harbour_berth").iterdir())
    with pytest.raises(NoResultFound):
        harbour.delivery(first)
    monkeypatch.undo()
    assert KeyRing.from_environment()
    assert harbour.take(harbour.folder / BERTH).verdict == "accepted"


def test_each_column_of_a_wide_file_that_is_a_row_becomes_one(harbour: Desk) -> None:
    text = "gauge,202105,202106,note,202107\nG1,60,58,x,\nG2,62,64,y,61\n"
    outcome = harbour.take_text(TIDE, text)
    rows = [
        (r["source_line"], r["gauge"], r["tide_month"], r["tides"])
        for r in harbour.lake_rows(outcome)
    ]
    assert sorted(rows, key=str) == sorted(
        [
            (2, "G1", date(2021, 5, 1), 60),
            (2, "G1", date(2021, 6, 1), 58),
            (2, "G1", date(2021, 7, 1), None),
            (3, "G2", date(2021, 5, 1), 62),
            (3, "G2", date(2021, 7, 1), 61),
        ],
        key=str,
    )
    delivery = harbour.delivery(outcome)
    assert (delivery.physical_lines, delivery.rows_per_line) == (3, 3)
    assert (delivery.accepted_rows, delivery.quarantined_rows) == (5, 1)
    held = harbour.quarantine_rows(outcome)
    assert [(row["source_line"], row["codes"]) for row in held] == [(3, ["HT-MANY:tides"])]
    assert {(f.code, f.rows) for f in outcome.findings} == {("D08", 1), ("HT-MANY", 1)}


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("tides.csv", "gauge,202105\nG1,60\n", "D14"),
        ("tides_20990101.csv", "gauge,202105\nG1,60\n", "D11"),
        (TIDE, "gauge,note\nG1,60\n", "D03"),
    ],
)
def test_a_register_must_say_its_day_and_a_wide_file_its_columns(
    name: str, text: str, code: str, harbour: Desk
) -> None:
    outcome = harbour.take_text(name, text)
    assert (outcome.verdict, outcome.findings[0].code) == ("rejected", code)


def test_an_unchanged_register_of_another_day_is_another_delivery(harbour: Desk) -> None:
    text = "gauge,202105\nG1,60\n"
    first = harbour.take_text(TIDE, text)
    again = harbour.take_text("copy of tides_20210701.csv", text)
    later = harbour.take_text("tides_20210801.csv", text)
    later_again = harbour.take_text("tides_20210801.csv", text)
    assert [o.verdict for o in (first, again, later, later_again)] == [
        "accepted",
        "repeat",
        "accepted",
        "repeat",
    ]
    assert len({first.delivery_id, later.delivery_id}) == 2
