"""One epoch has one key: another one is refused before anything is ingested with it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from csp.ingest.epoch_keys import EpochKeys
from csp.ledger.sessions import Ledger
from csp.ledger.tables import Delivery, KeyEpoch
from csp.pseudonyms.keys import KeyRefusedError, KeyRing, use_key

if TYPE_CHECKING:
    from tests.conftest import Desk

MakeFile = Callable[..., str]
PEOPLE, OPEN = "treatment_ndtms_episode", "police_street_crime"
ANOTHER = KeyRing(bytes(32), "2021Q2")


@pytest.fixture
def another_key() -> Iterator[None]:
    use_key(ANOTHER)
    yield
    use_key(None)


def test_the_first_use_of_a_key_is_written_down(desk: Desk, make_file: MakeFile) -> None:
    desk.take_text("2021-06-metropolitan-street.csv", make_file(OPEN, [{}]))
    with desk.ledger.session() as session:
        assert session.scalars(select(KeyEpoch)).all() == [], "no key was needed"
    desk.take_text("x.csv", make_file(PEOPLE, [{}]), PEOPLE)
    ring = KeyRing.from_environment()
    with desk.ledger.session() as session:
        (known,) = session.scalars(select(KeyEpoch))
    assert (known.epoch, known.fingerprint) == (ring.epoch, ring.fingerprint())


def test_another_key_of_the_same_epoch_is_refused_and_nothing_is_ingested(
    desk: Desk, make_file: MakeFile, request: pytest.FixtureRequest
) -> None:
    first = KeyRing.from_environment()
    desk.take_text("x.csv", make_file(PEOPLE, [{}]), PEOPLE)
    request.getfixturevalue("another_key")
    refused = desk.take_text("y.csv", make_file(PEOPLE, [{}] * 2), PEOPLE)
    assert refused.verdict == "refused"
    for said in (first.fingerprint(), ANOTHER.fingerprint(), "pseudonymisation-key.md"):
        assert said in refused.reason
    with desk.ledger.session() as session:
        assert session.scalar(select(func.count()).select_from(Delivery)) == 1
    assert not desk.home.lake_delivery(PEOPLE, refused.delivery_id).exists()
    assert desk.take_text("2021-06-metropolitan-street.csv", make_file(OPEN, [{}])).verdict == (
        "accepted"
    ), "what needs no key goes on"


def test_the_same_key_under_another_epoch_is_a_new_one(desk: Desk) -> None:
    keys = EpochKeys(desk.ledger)
    for epoch in ("2021Q2", "2021Q3"):
        keys.hold(KeyRing(bytes(32), epoch))
    with desk.ledger.session() as session:
        assert len(session.scalars(select(KeyEpoch)).all()) == 2


def test_of_two_keys_that_come_at_once_one_is_the_epochs(tmp_path: Path) -> None:
    ledger = Ledger(f"sqlite:///{tmp_path / 'ledger.db'}")
    ready = threading.Barrier(8)
    refused: list[int] = []

    def come(number: int) -> None:
        ready.wait()
        try:
            EpochKeys(ledger).hold(KeyRing(bytes([number % 2]) * 32, "2021Q2"))
        except KeyRefusedError:
            refused.append(number % 2)

    threads = [threading.Thread(target=come, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with ledger.session() as session:
        (known,) = session.scalars(select(KeyEpoch))
    prints = [KeyRing(bytes([n]) * 32, "2021Q2").fingerprint() for n in range(2)]
    assert refused == [1 - prints.index(known.fingerprint)] * 4
