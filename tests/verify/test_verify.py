"""Damage of each kind in landing, ledger and reports is found and named; all well is said so."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from csp.pseudonyms.keys import create_key_file
from csp.warehouse.verify import verify

from .conftest import NOT_KEPT, SEALED, STREET, Kept, RunCsp, flip

Damaged = Callable[[], set[tuple[str, str]]]


def in_ledger(kept: Kept, *statements: str) -> None:
    """Change the ledger by hand."""
    kept.desk.ledger.engine.dispose()
    with sqlite3.connect(kept.desk.folder / "ledger.db") as connection:
        for statement in statements:
            connection.execute(statement)


def place(kept: Kept, path: Path) -> str:
    """A path as it is named."""
    return str(path.relative_to(kept.root))


def test_all_is_well_and_said_to_have_been_looked_at(kept: Kept) -> None:
    found = verify(kept.platform)
    assert found.damage == []
    assert found.looked_at == {
        "deliveries in the ledger": 52,
        "files in landing": 50,
        "deliveries in the lake": 50,
        "files in quarantine": 1,
        "publications kept": 0,
    }


@pytest.mark.parametrize("feed", [STREET, SEALED])
def test_one_bit_of_a_landed_file_is_found(feed: str, kept: Kept, damaged: Damaged) -> None:
    path = kept.landed(feed)
    bits = path.stat().st_size * 8
    for bit in (3, 9 * 8, 12 * 8, 20 * 8, 50 * 8, bits // 2, bits - 1):
        flip(path, bit)
        assert damaged() == {("changed", place(kept, path))}, bit
        flip(path, bit)
    path.write_bytes(path.read_bytes()[:-7])
    assert damaged() == {("changed", place(kept, path))}


def test_landed_files_that_are_gone_exchanged_or_unknown_are_found(
    kept: Kept, damaged: Damaged
) -> None:
    one, other = kept.landed(SEALED), kept.landed("cctv_incident")
    contents = one.read_bytes(), other.read_bytes()
    one.write_bytes(contents[1])
    other.write_bytes(contents[0])
    assert damaged() == {("changed", place(kept, one)), ("changed", place(kept, other))}
    other.write_bytes(contents[1])
    one.unlink()
    stray = kept.root / "landing" / "00" / ("0" * 64)
    stray.parent.mkdir(exist_ok=True)
    stray.write_bytes(b"x")
    assert damaged() == {("missing", place(kept, one)), ("changed", place(kept, stray))}
    assert not list((kept.root / "landing").glob(f"*/{kept.delivery(NOT_KEPT).sha256}*"))


def test_sealed_files_are_not_called_good_without_their_key(
    kept: Kept, damaged: Damaged, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CSP_KEY_FILE", str(kept.desk.folder / "no.key"))
    (found,) = verify(kept.platform).damage
    assert (found.kind, found.place) == ("not read", "landing")
    assert "is not there" in found.what
    other = kept.desk.folder / "other.key"
    create_key_file(other, "2021Q2")
    monkeypatch.setenv("CSP_KEY_FILE", str(other))
    assert damaged() == {("not read", "landing")}


@pytest.mark.parametrize(
    "statement",
    [
        "update delivery set accepted_rows = accepted_rows + 1 where delivery_id = '{id}'",
        "update delivery set physical_lines = physical_lines - 1 where delivery_id = '{id}'",
        "update delivery_cell set row_count = row_count + 1 where delivery_id = '{id}'",
        "delete from delivery_cell where delivery_id = '{id}'",
        "delete from receipt where delivery_id = '{id}'",
        "delete from contract_version where feed = '" + STREET + "'",
    ],
)
def test_an_edited_ledger_is_found(statement: str, kept: Kept, damaged: Damaged) -> None:
    delivery = kept.delivery(STREET).delivery_id
    in_ledger(kept, statement.format(id=delivery))
    assert ("contradicts", f"ledger, delivery {delivery}") in damaged()


def test_rows_of_the_ledger_that_lead_nowhere_are_found(kept: Kept, damaged: Damaged) -> None:
    delivery = kept.delivery(STREET).delivery_id
    in_ledger(kept, f"delete from delivery where delivery_id = '{delivery}'")
    assert {
        ("contradicts", "ledger, receipt"),
        ("contradicts", "ledger, delivery_cell"),
    } <= damaged()


def test_a_broken_ledger_is_said_to_be_broken(kept: Kept, damaged: Damaged) -> None:
    kept.desk.ledger.engine.dispose()
    path = kept.desk.folder / "ledger.db"
    content = bytearray(path.read_bytes())
    content[len(content) // 3 : 2 * len(content) // 3] = bytes(len(content) // 3)
    path.write_bytes(content)
    assert {found for found in damaged() if found[1] == "ledger"} == {("unreadable", "ledger")}


def test_a_report_that_is_gone_is_found(kept: Kept, damaged: Damaged) -> None:
    folder = kept.desk.home.feedback(STREET)
    path = folder / f"{kept.delivery(STREET).delivery_id}.json"
    path.unlink()
    assert damaged() == {("missing", place(kept, path))}


def test_the_command_says_each_in_a_sentence_and_exits_with_1(kept: Kept, run_csp: RunCsp) -> None:
    assert run_csp("verify")[0] == 0
    path = kept.rows(STREET)
    flip(path, 999)
    code, said, errors = run_csp("verify")
    assert (code, errors) == (1, "")
    assert f"changed: {place(kept, path)}" in said
    assert f"csp lake rebuild {STREET}" in said
    code, said, _ = run_csp("verify", "--json")
    (found,) = json.loads(said)["damage"]
    assert (code, found["kind"], found["feed"]) == (1, "changed", STREET)
    assert os.sep in found["place"]
