"""The lake made anew from landing is the lake that was there, or it is said why it is not."""

from __future__ import annotations

import hashlib
import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from sqlalchemy import select, update

from csp.contracts import ContractRegistry
from csp.contracts.samples import sample_file
from csp.ingest import ingest_files
from csp.ledger.tables import ContractVersion, Delivery, DeliveryPeriod
from csp.project import CONTRACTS
from csp.pseudonyms.keys import create_key_file
from csp.warehouse.lake_files import held_back_file
from csp.warehouse.lake_rebuild import Rebuilt, rebuild_lake
from csp.warehouse.lake_verify import verify_lake
from csp.warehouse.verify import verify

from .conftest import NOT_KEPT, SEALED, STREET, Kept, RunCsp, flip

LANDING_NONE = {NOT_KEPT, "cohesion_prevent_referral"}


def files_of(root: Path, *folders: str) -> dict[str, str]:
    """Place → SHA-256 of each file in folders of a data root."""
    return {
        str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
        for folder in folders
        for path in (root / folder).rglob("*")
        if path.is_file() and not path.name.startswith(".")
    }


def written(path: Path) -> tuple[int, int]:
    """What tells one writing of a file from another of the same bytes."""
    return path.stat().st_ino, path.stat().st_mtime_ns


def rows_of_ledger(kept: Kept) -> list[dict[str, object]]:
    """Every delivery as the ledger has it."""
    with kept.desk.ledger.session() as session:
        deliveries = session.scalars(select(Delivery).order_by(Delivery.arrival))
        return [
            {c.name: getattr(d, c.name) for c in Delivery.__table__.columns} for d in deliveries
        ]


def rebuild(kept: Kept, feed: str | None = None) -> list[Rebuilt]:
    return rebuild_lake(kept.desk.home, kept.desk.ledger, feed)


def of_one(kept: Kept, feed: str) -> Rebuilt:
    """What becomes of a feed's only delivery, whose rows are gone."""
    shutil.rmtree(kept.rows(feed).parent, ignore_errors=True)
    (result,) = rebuild(kept, feed)
    return result


def test_a_lake_that_is_lost_is_made_anew_to_the_same_checksums(kept: Kept) -> None:
    before, ledger = files_of(kept.root, "lake", "quarantine"), rows_of_ledger(kept)
    shutil.rmtree(kept.root / "lake")
    shutil.rmtree(kept.root / "quarantine")
    results = rebuild(kept)
    assert {r.feed for r in results if r.result == "not made"} == LANDING_NONE
    assert {r.result for r in results if r.feed not in LANDING_NONE} == {"made anew"}
    assert all("landing keeps no file" in r.what for r in results if r.feed in LANDING_NONE)
    lost = {place for place in before if place.split("/")[1] in LANDING_NONE}
    after = files_of(kept.root, "lake", "quarantine")
    assert after == {place: sha for place, sha in before.items() if place not in lost}
    assert rows_of_ledger(kept) == ledger
    assert {found.feed for found in verify(kept.platform).damage} == LANDING_NONE
    assert not list((kept.root / "scratch").iterdir())


def test_what_is_whole_is_left_as_it_is(kept: Kept) -> None:
    whole = written(kept.rows(SEALED))
    damaged = kept.rows(STREET)
    flip(damaged, 4000)
    results = rebuild(kept)
    assert [(r.feed, r.result) for r in results if r.result != "whole"] == [(STREET, "made anew")]
    assert written(kept.rows(SEALED)) == whole
    assert verify_lake(kept.desk.home, kept.desk.ledger) == []
    damaged.with_name("contract.json").unlink()
    held = held_back_file(kept.desk.home, kept.delivery(STREET))
    held.unlink()
    rows = written(damaged)
    rebuild(kept, STREET)
    assert verify_lake(kept.desk.home, kept.desk.ledger) == []
    assert written(damaged) == rows


def test_the_contract_that_admitted_a_delivery_makes_it_anew(kept: Kept, tmp_path: Path) -> None:
    """A rule has become stricter since: by today's contract the row would be held back."""
    shutil.copytree(CONTRACTS / "police", tmp_path / "contracts" / "police")
    path = tmp_path / "contracts" / "police" / "street_crime.yml"
    text = path.read_text(encoding="utf-8")
    at = text.index("- id: P1-B13-BOX")
    rule = text[at:].replace("severity: quarantine", "severity: warn", 1)
    assert rule != text[at:]
    path.write_text(text[:at] + rule, encoding="utf-8")
    earlier = ContractRegistry(tmp_path / "contracts")
    bad = [{}] * 9 + [{"Longitude": "0", "Latitude": "0"}] + [{}] * 8
    file = tmp_path / "2021-06-metropolitan-street.csv"
    file.write_text(sample_file(earlier.get(STREET), bad), encoding="utf-8")
    (outcome,) = ingest_files([file], kept.desk.home, kept.desk.ledger, earlier)
    assert (outcome.accepted_rows, outcome.quarantined_rows) == (18, 0)
    before = files_of(kept.root, "lake")
    shutil.rmtree(kept.root / "lake" / STREET)
    assert [(r.result, r.what) for r in rebuild(kept, STREET)] == [("made anew", "")] * 3
    assert files_of(kept.root, "lake") == before


def test_a_delivery_is_judged_as_on_the_day_on_which_it_came(kept: Kept) -> None:
    """Its file is of June 2021; on a day before, that month had not ended."""
    with kept.desk.ledger.writing() as session:
        session.execute(
            update(Delivery)
            .where(Delivery.feed == "police_outcome")
            .values(first_received_at=kept.delivery(STREET).first_received_at.replace(year=2020))
        )
    result = of_one(kept, "police_outcome")
    assert result.result == "not made"
    assert "D11" in result.what


def test_another_key_is_refused(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    other = kept.desk.folder / "other.key"
    ring = create_key_file(other, "2021Q2")
    had = kept.delivery(SEALED).key_fingerprint
    monkeypatch.setenv("CSP_KEY_FILE", str(other))
    result = of_one(kept, SEALED)
    assert result.result == "not made"
    assert f"the key {had} of epoch 2021Q2" in result.what
    assert ring.fingerprint() in result.what
    assert not kept.rows(SEALED).exists()
    monkeypatch.setenv("CSP_KEY_FILE", str(other.with_name("none.key")))
    assert "pseudonymisation key" in of_one(kept, SEALED).what


def test_a_damaged_file_of_landing_is_named(kept: Kept) -> None:
    path = kept.landed(SEALED)
    place = str(path.relative_to(kept.root))
    flip(path, -80)
    assert place in of_one(kept, SEALED).what
    path.unlink()
    assert "is not there" in of_one(kept, SEALED).what
    plain = kept.landed("police_outcome")
    plain.write_bytes(plain.read_bytes() + b"x\n")
    assert "does not hold the bytes" in of_one(kept, "police_outcome").what


def test_another_checksum_is_said_and_recorded_once_the_rows_agree(kept: Kept) -> None:
    """As when another version of DuckDB writes the same rows in other bytes."""
    path, right = kept.rows(SEALED), kept.delivery(SEALED).lake_sha256
    with duckdb.connect() as connection:
        connection.execute(f"create table rows as from read_parquet('{path}')")
        connection.execute(f"copy rows to '{path}' (format parquet, compression zstd)")
    other = hashlib.sha256(path.read_bytes()).hexdigest()
    with kept.desk.ledger.writing() as session:
        session.execute(update(Delivery).where(Delivery.feed == SEALED).values(lake_sha256=other))
    (left,) = rebuild(kept, SEALED)
    assert (left.result, kept.delivery(SEALED).lake_sha256) == ("whole", other)
    path.write_bytes(path.read_bytes() + b"x")
    path.unlink()
    (result,) = rebuild(kept, SEALED)
    assert result.result == "other bytes"
    assert other[:12] in result.what
    assert kept.delivery(SEALED).lake_sha256 == right
    assert verify_lake(kept.desk.home, kept.desk.ledger) == []


def test_other_rows_than_were_accepted_are_not_written(kept: Kept) -> None:
    with kept.desk.ledger.writing() as session:
        session.execute(update(Delivery).where(Delivery.feed == SEALED).values(lake_sha256="0"))
        session.execute(
            update(DeliveryPeriod).where(DeliveryPeriod.feed == SEALED).values(row_count=5)
        )
    result = of_one(kept, SEALED)
    assert result.result == "not made"
    assert "6 rows made, 5 accepted" in result.what
    assert not kept.rows(SEALED).exists()


def test_a_delivery_of_an_older_ledger_can_be_made_anew_after_its_first_check(kept: Kept) -> None:
    before = files_of(kept.root, "lake")
    with kept.desk.ledger.writing() as session:
        session.execute(
            update(Delivery).values(
                lake_sha256=None,
                quarantine_sha256=None,
                key_epoch=None,
                key_fingerprint=None,
                contract_hash=Delivery.feed,
            )
        )
        session.query(ContractVersion).delete()
    assert verify_lake(kept.desk.home, kept.desk.ledger) == []
    shutil.rmtree(kept.root / "lake" / SEALED)
    assert [r.result for r in rebuild(kept, SEALED)] == ["made anew"]
    assert files_of(kept.root, "lake") == before


KILLED = """
import os, sys
from csp.warehouse import lake_rebuild
from csp.warehouse.platform import Platform
place, left = lake_rebuild.LakeRebuild._place, int(sys.argv[1])
def placed(self, delivery, files, damage):
    global left
    left -= 1
    if left == 0 and sys.argv[2] == "before":
        os.kill(os.getpid(), 9)
    place(self, delivery, files, damage)
    if left == 0:
        os.kill(os.getpid(), 9)
lake_rebuild.LakeRebuild._place = placed
platform = Platform.from_environment()
lake_rebuild.rebuild_lake(platform.home, platform.ledger)
"""


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_rebuild_that_is_killed_can_be_run_again(
    when: str, kept: Kept, environment: dict[str, str]
) -> None:
    before = files_of(kept.root, "lake")
    shutil.rmtree(kept.root / "lake" / STREET)
    shutil.rmtree(kept.root / "lake" / SEALED)
    done = subprocess.run(
        [sys.executable, "-c", KILLED, "2", when], env=environment, capture_output=True, check=False
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert verify_lake(kept.desk.home, kept.desk.ledger) != []
    made = sum(r.result == "made anew" for r in rebuild(kept))
    assert made == (2 if when == "before" else 1)
    assert files_of(kept.root, "lake") == before
    assert not list((kept.root / "scratch").iterdir())


def test_the_command_makes_anew_and_says_what_it_could_not(kept: Kept, run_csp: RunCsp) -> None:
    shutil.rmtree(kept.root / "lake" / STREET)
    shutil.rmtree(kept.root / "feedback" / STREET)
    code, said, errors = run_csp("lake", "rebuild", STREET)
    assert (code, errors) == (0, "")
    assert "3 reports to partners written again" in said
    shutil.rmtree(kept.root / "lake" / NOT_KEPT)
    code, said, _ = run_csp("lake", "rebuild", "--json")
    (result,) = [r for r in json.loads(said)["deliveries"] if r["result"] == "not made"]
    assert (code, result["feed"]) == (1, NOT_KEPT)
    code, said, _ = run_csp("lake", "verify")
    assert code == 1
    assert f"missing: lake/{NOT_KEPT}/" in said
    assert run_csp("lake", "verify", STREET)[0] == 0
    code, _, errors = run_csp("lake", "rebuild", "no_such_feed")
    assert code == 1
    assert errors.startswith("csp: no feed is called")
