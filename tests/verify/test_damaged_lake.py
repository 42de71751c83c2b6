"""A file of the lake that is another than ingest wrote is found before it is read."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest
from sqlalchemy import update

from csp.errors import GateHeldError
from csp.ledger.tables import Delivery
from csp.warehouse.lake_files import accepted_deliveries, check_lake, held_back_file, rows_file
from csp.warehouse.lake_verify import verify_lake

from .conftest import SEALED, STREET, Kept, flip, told


def of_all(kept: Kept) -> dict[str, list[str]]:
    """Every delivery of the lake, as a refresh asks about them."""
    asked: dict[str, list[str]] = {}
    for delivery in accepted_deliveries(kept.desk.ledger):
        asked.setdefault(delivery.feed or "", []).append(delivery.delivery_id)
    return asked


def check(kept: Kept) -> list[str]:
    """What a refresh is told before it reads."""
    try:
        check_lake(kept.desk.home, kept.desk.ledger, of_all(kept))
    except GateHeldError as held:
        return held.reasons
    return []


def test_a_lake_as_it_was_written_is_read(kept: Kept) -> None:
    assert check(kept) == []
    assert verify_lake(kept.desk.home, kept.desk.ledger) == []


def test_one_bit_at_any_place_of_a_file_is_found_and_named(kept: Kept) -> None:
    assert check(kept) == []
    drawn = random.Random(1)  # noqa: S311 - which places are tried
    for feed in (STREET, SEALED, "mps_ward_crime"):
        path, delivery = kept.rows(feed), kept.delivery(feed)
        bits = path.stat().st_size * 8
        for bit in [0, bits - 1, *(drawn.randrange(bits) for _ in range(18))]:
            flip(path, bit)
            (reason,) = check(kept)
            assert feed in reason
            assert delivery.delivery_id in reason
            assert delivery.file_name in reason
            assert f"csp lake rebuild {feed}" in reason
            flip(path, bit)
    assert check(kept) == []


def test_a_file_that_is_cut_gone_or_of_another_delivery_is_found(kept: Kept) -> None:
    assert check(kept) == []
    first, second = accepted_deliveries(kept.desk.ledger, STREET)
    one, other = (rows_file(kept.desk.home, delivery) for delivery in (first, second))
    content = one.read_bytes()
    one.write_bytes(content[:-100])
    assert len(check(kept)) == 1
    one.unlink()
    (reason,) = check(kept)
    assert "is not there" in reason
    one.write_bytes(other.read_bytes())
    other.write_bytes(content)
    assert [first.delivery_id in reason for reason in check(kept)] == [True, False]


def test_only_the_deliveries_asked_about_are_looked_at(kept: Kept) -> None:
    kept.rows(STREET).unlink()
    home, ledger = kept.desk.home, kept.desk.ledger
    check_lake(home, ledger, {SEALED: [kept.delivery(SEALED).delivery_id]})
    with pytest.raises(GateHeldError):
        check_lake(home, ledger, {STREET: [kept.delivery(STREET).delivery_id]})


def forget_checksums(kept: Kept) -> None:
    """Make the ledger one that has never heard of checksums."""
    with kept.desk.ledger.writing() as session:
        session.execute(update(Delivery).values(lake_sha256=None, quarantine_sha256=None))


def test_a_delivery_of_an_older_ledger_gets_its_checksum_at_its_first_check(kept: Kept) -> None:
    forget_checksums(kept)
    assert check(kept) == []
    assert all(d.lake_sha256 for d in accepted_deliveries(kept.desk.ledger))
    flip(kept.rows(STREET), 800)
    assert len(check(kept)) == 1
    home, ledger = kept.desk.home, kept.desk.ledger
    assert len(verify_lake(home, ledger)) == 1
    flip(held_back_file(home, kept.delivery(STREET)), 800)
    assert len(verify_lake(home, ledger)) == 2


def test_a_damaged_file_gets_no_checksum_at_its_first_check(kept: Kept, tmp_path: Path) -> None:
    forget_checksums(kept)
    kept.rows(STREET).write_bytes(kept.rows(SEALED).read_bytes()[:-1])
    shutil.copy(kept.rows("mps_ward_crime"), kept.rows(SEALED))
    assert len(check(kept)) == 2
    assert not kept.delivery(STREET).lake_sha256
    assert len(check(kept)) == 2


def test_damage_beside_the_rows_is_found(kept: Kept) -> None:
    home, ledger = kept.desk.home, kept.desk.ledger
    assert verify_lake(home, ledger) == []
    held = held_back_file(home, kept.delivery(STREET))
    content = held.read_bytes()
    place = str(held.relative_to(home.root))
    for bit in range(0, len(content) * 8, len(content) // 2):
        flip(held, bit)
        assert told(verify_lake(home, ledger)) == {("changed", place)}
        held.write_bytes(content)
    held.unlink()
    assert told(verify_lake(home, ledger)) == {("missing", place)}
    held.write_bytes(content)
    contract = kept.rows(SEALED).with_name("contract.json")
    place = str(contract.relative_to(home.root))
    text = contract.read_text(encoding="utf-8")
    contract.write_text(text.replace("vawg", "vavg"), encoding="utf-8")
    assert told(verify_lake(home, ledger)) == {("changed", place)}
    contract.unlink()
    assert told(verify_lake(home, ledger)) == {("missing", place)}
    assert verify_lake(home, ledger, STREET) == []


def test_what_belongs_to_no_delivery_is_named(kept: Kept) -> None:
    home, ledger = kept.desk.home, kept.desk.ledger
    folder = kept.rows(STREET).parent
    strays = [
        home.root / "lake" / "no_feed" / "0123456789abcdef",
        home.root / "lake" / STREET / "0123456789abcdef",
    ]
    for stray in strays:
        shutil.copytree(folder, stray)
    (folder / "rows.parquet.bak").write_bytes(b"x")
    (home.root / "quarantine" / SEALED).mkdir(parents=True, exist_ok=True)
    (home.root / "quarantine" / SEALED / "0123456789abcdef.parquet").write_bytes(b"x")
    assert told(verify_lake(home, ledger)) == {
        ("surplus", "lake/no_feed/0123456789abcdef"),
        ("surplus", f"lake/{STREET}/0123456789abcdef"),
        ("surplus", str((folder / "rows.parquet.bak").relative_to(home.root))),
        ("surplus", f"quarantine/{SEALED}/0123456789abcdef.parquet"),
    }
