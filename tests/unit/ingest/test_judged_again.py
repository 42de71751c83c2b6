"""When a delivery that has come before is judged again, and what then becomes of what it was."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from csp.contracts import ContractRegistry
from csp.contracts.registry import contract_hash
from csp.ingest import IngestOutcome
from csp.ledger.cuts import take_cut
from csp.ledger.decisions import decide, standing_decisions
from csp.ledger.gate_results import ungated_deliveries
from csp.ledger.open_deliveries import open_deliveries
from csp.ledger.releases import release_periods
from csp.ledger.sessions import utc_now
from csp.ledger.tables import Decision, GateResult, Refresh

if TYPE_CHECKING:
    from tests.unit.ingest.conftest import Clock

    from tests.conftest import Desk

MakeFile = Callable[..., str]
Change = Callable[[str, str, str, str], ContractRegistry]
DeskAt = Callable[[Path, ContractRegistry], "Desk"]
FEED, NAME = "police_street_crime", "2021-06-metropolitan-street.csv"
#: One row in four is held back, which is more than the contract lets pass.
FAULTY = [{}] * 3 + [{"Crime type": "Cyber crime"}]


@pytest.fixture
def kinder(desk: Desk, changed_contract: Change, desk_at: DeskAt) -> Desk:
    """The same desk under a contract that lets half of the rows be faulty."""
    changed = changed_contract(
        "police", "street_crime", "QuarantinedShare: 0.2", "QuarantinedShare: 0.5"
    )
    return desk_at(desk.folder, changed)


def judge(desk: Desk, outcome: IngestOutcome, *, passed: bool) -> None:
    """Let a gate say what it says of a delivery."""
    with desk.ledger.writing() as session:
        session.add(
            GateResult(
                gate_run_id=1,
                check_id="G-ONE",
                sentence="All is well",
                severity="critical",
                owner="somebody",
                subject=outcome.delivery_id,
                delivery_id=outcome.delivery_id,
                passed=passed,
                observed="0.5",
            )
        )


def begin_refresh(desk: Desk) -> int:
    """Let a refresh run that has taken its cut."""
    with desk.ledger.writing() as session:
        refresh = Refresh(started_at=utc_now(), outcome="running", reasons=[])
        session.add(refresh)
        session.flush()
        hashes = {feed.id: contract_hash(feed) for feed in desk.registry}
        take_cut(session, refresh.refresh_id, "code", hashes)
        return refresh.refresh_id


def newest(desk: Desk) -> str:
    """The delivery whose rows count for the one month there is."""
    periods = release_periods(desk.ledger, only_ready=False)
    return next(p.delivery_id for p in periods if p.release_rank == 1)


def test_a_rejected_file_arrives_when_it_is_good(
    desk: Desk, kinder: Desk, make_file: MakeFile
) -> None:
    rejected = desk.take_text(NAME, make_file(FEED, FAULTY))
    other = desk.take_text(NAME, make_file(FEED, [{}]))
    assert (rejected.verdict, newest(desk)) == ("rejected", other.delivery_id)
    good = kinder.take_text(NAME, make_file(FEED, FAULTY))
    assert (good.verdict, good.delivery_id) == ("accepted", rejected.delivery_id)
    assert newest(desk) == good.delivery_id
    assert desk.ledger.receipts(good.delivery_id) == 2


def test_a_file_that_is_rejected_again_keeps_its_place(
    desk: Desk, make_file: MakeFile, changed_contract: Change, desk_at: DeskAt
) -> None:
    rejected = desk.take_text(NAME, make_file(FEED, FAULTY))
    corrected = desk.take_text(NAME, make_file(FEED, [{}]))
    judge(desk, corrected, passed=True)
    stricter = changed_contract(
        "police", "street_crime", "QuarantinedShare: 0.2", "QuarantinedShare: 0.1"
    )
    again = desk_at(desk.folder, stricter).take_text(NAME, make_file(FEED, FAULTY))
    assert (again.verdict, again.delivery_id) == ("rejected", rejected.delivery_id)
    assert open_deliveries(desk.ledger) == [], "the corrected file has put it right already"


def test_a_held_delivery_is_judged_again_under_another_contract(
    desk: Desk, kinder: Desk, make_file: MakeFile
) -> None:
    text = make_file(FEED, [{}] * 9 + [{"Crime type": "Cyber crime"}])
    held = desk.take_text(NAME, text)
    judge(desk, held, passed=False)
    assert desk.take_text(NAME, text).verdict == "repeat", "under the same contract it stays so"
    again = kinder.take_text(NAME, text)
    assert (again.verdict, again.delivery_id) == ("accepted", held.delivery_id)
    assert ungated_deliveries(desk.ledger) == [held.delivery_id], "old results do not count"
    assert desk.delivery(again).contract_hash == contract_hash(kinder.registry.get(FEED))
    kept = desk.home.lake_delivery(FEED, held.delivery_id) / "contract.json"
    assert '"rejectAboveQuarantinedShare": 0.5' in kept.read_text(encoding="utf-8")


def test_a_good_delivery_is_never_judged_again(
    desk: Desk, kinder: Desk, make_file: MakeFile
) -> None:
    first = desk.take_text(NAME, make_file(FEED, [{}]))
    judge(desk, first, passed=True)
    assert kinder.take_text(NAME, make_file(FEED, [{}])).verdict == "repeat"
    assert desk.delivery(first).contract_hash == contract_hash(desk.registry.get(FEED))


@pytest.mark.parametrize("decision", ["admit", "release"])
def test_what_a_person_has_let_in_is_not_judged_again(
    decision: str, desk: Desk, kinder: Desk, make_file: MakeFile
) -> None:
    held = desk.take_text(NAME, make_file(FEED, [{}]))
    judge(desk, held, passed=False)
    decide(desk.ledger, held.delivery_id, decision, "a person knows better")
    assert kinder.take_text(NAME, make_file(FEED, [{}])).verdict == "repeat"
    decide(desk.ledger, held.delivery_id, "reopen", "the contract is another now")
    assert kinder.take_text(NAME, make_file(FEED, [{}])).verdict == "accepted"


def test_a_repeat_of_a_discarded_delivery_says_who_and_why_and_how_to_end_it(
    desk: Desk, make_file: MakeFile
) -> None:
    first = desk.take_text(NAME, make_file(FEED, [{}]))
    decide(desk.ledger, first.delivery_id, "discard", "a trial of the partner")
    again = desk.take_text(NAME, make_file(FEED, [{}]))
    with desk.ledger.session() as session:
        (decision,) = session.scalars(select(Decision))
    assert again.verdict == "repeat"
    assert f"{decision.decided_by} discarded it: a trial of the partner" in again.reason
    assert f"csp quarantine reopen {first.delivery_id}" in again.reason


def test_a_discard_ends_when_the_file_is_judged_under_another_contract(
    desk: Desk, kinder: Desk, make_file: MakeFile
) -> None:
    rejected = desk.take_text(NAME, make_file(FEED, FAULTY))
    decide(desk.ledger, rejected.delivery_id, "discard", "too many faults")
    assert "discarded it" in desk.take_text(NAME, make_file(FEED, FAULTY)).reason
    assert kinder.take_text(NAME, make_file(FEED, FAULTY)).verdict == "accepted"
    with desk.ledger.session() as session:
        assert standing_decisions(session) == {}
        (decision,) = session.scalars(select(Decision))
    assert decision.ended_because == "judged anew under another contract"


def test_what_a_running_refresh_reads_is_not_replaced(
    desk: Desk, kinder: Desk, make_file: MakeFile
) -> None:
    text = make_file(FEED, [{}])
    first = desk.take_text(NAME, text)
    judge(desk, first, passed=True)
    refresh_id = begin_refresh(desk)
    decide(desk.ledger, first.delivery_id, "discard", "a person knows better")
    waits = kinder.take_text(NAME, text)
    assert (waits.verdict, desk.delivery(first).contract_hash) == (
        "refused",
        contract_hash(desk.registry.get(FEED)),
    )
    assert f"refresh {refresh_id}" in waits.reason
    with desk.ledger.writing() as session:
        session.get_one(Refresh, refresh_id).outcome = "published"
    assert kinder.take_text(NAME, text).verdict == "accepted"


def test_a_delivery_that_is_rejected_now_leaves_nothing_in_the_lake(
    desk: Desk, make_file: MakeFile, changed_contract: Change, desk_at: DeskAt
) -> None:
    text = make_file(FEED, [{}] * 9 + [{"Crime type": "Cyber crime"}])
    held = desk.take_text(NAME, text)
    judge(desk, held, passed=False)
    stricter = changed_contract(
        "police", "street_crime", "QuarantinedShare: 0.2", "QuarantinedShare: 0.05"
    )
    again = desk_at(desk.folder, stricter).take_text(NAME, text)
    assert (again.verdict, desk.delivery(again).lake_sha256) == ("rejected", None)
    assert not desk.home.lake_delivery(FEED, held.delivery_id).exists()
    assert not desk.home.quarantine_file(FEED, held.delivery_id).exists()
    assert release_periods(desk.ledger, only_ready=False) == []


def test_a_corrected_file_replaces_its_predecessor_when_the_clock_was_put_back(
    desk: Desk, make_file: MakeFile, clock: Clock
) -> None:
    desk.take_text(NAME, make_file(FEED, [{}]))
    clock.put(days=-1)
    corrected = desk.take_text(NAME, make_file(FEED, [{}] * 2))
    assert newest(desk) == corrected.delivery_id
    first, second = (p.delivered_on for p in release_periods(desk.ledger, only_ready=False))
    assert first <= second
