"""What the ledger keeps of a delivery, so that its lake rows and its report can be made again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import TYPE_CHECKING

from sqlalchemy import select, update

from csp.contracts.registry import contract_hash, resolved
from csp.ingest.feedback import feedback_on
from csp.ingest.received import day_in_london
from csp.ledger.tables import ContractVersion, Delivery
from csp.pseudonyms.keys import KeyRing

if TYPE_CHECKING:
    from tests.conftest import Desk

MakeFile = Callable[..., str]
FEED, NAME = "police_street_crime", "2021-06-metropolitan-street.csv"
TOKENS = "treatment_ndtms_episode"


def test_the_report_made_from_the_ledger_is_the_one_that_was_written(
    desk: Desk, make_file: MakeFile
) -> None:
    text = make_file(FEED, [{}] * 8 + [{"Crime type": "Cyber crime"}, {"Context": " x "}]) + "a,b\n"
    outcome = desk.take_text(NAME, text)
    with desk.ledger.session() as session:
        report = feedback_on(session, outcome.delivery_id)
    path = desk.home.feedback(FEED) / f"{outcome.delivery_id}.md"
    assert path.read_text(encoding="utf-8") == report.as_markdown
    assert desk.feedback(outcome) == json.loads(report.as_json)
    lines = {item["code"]: item["lines"] for item in report.items}
    assert lines["P1-B17-TYPE"] == [10]
    assert lines["R01"] == [12]
    assert all(item["detail"] for item in report.items if item["code"] == "P1-B17-TYPE")
    assert desk.registry.get(FEED).name in report.as_markdown


def test_the_report_on_a_rejected_file_is_made_from_the_ledger(
    desk: Desk, make_file: MakeFile
) -> None:
    outcome = desk.take_text(NAME, make_file(FEED, [{}]).replace("Longitude,", "", 1))
    with desk.ledger.session() as session:
        report = feedback_on(session, outcome.delivery_id)
    assert report.items[0]["detail"] == outcome.findings[0].detail
    assert report.delivery["reason"] == outcome.reason


def test_a_delivery_of_an_older_ledger_has_a_report_that_names_the_feed_by_its_id(
    desk: Desk, make_file: MakeFile
) -> None:
    outcome = desk.take_text(NAME, make_file(FEED, [{}]))
    with desk.ledger.writing() as session:
        session.execute(update(Delivery).values(contract_hash="0" * 64))
        report = feedback_on(session, outcome.delivery_id)
    assert f"Feed: {FEED}." in report.as_markdown


def test_the_ledger_keeps_the_checksum_of_the_lake_file(desk: Desk, make_file: MakeFile) -> None:
    outcome = desk.take_text(NAME, make_file(FEED, [{}] * 3))
    rows = desk.home.lake_delivery(FEED, outcome.delivery_id) / "rows.parquet"
    assert desk.delivery(outcome).lake_sha256 == hashlib.sha256(rows.read_bytes()).hexdigest()
    rejected = desk.take_text("2021-07-metropolitan-street.csv", "a,b\n1,2\n")
    assert desk.delivery(rejected).lake_sha256 is None


def test_the_ledger_keeps_each_contract_once(desk: Desk, make_file: MakeFile) -> None:
    for rows in (1, 2):
        desk.take_text(NAME, make_file(FEED, [{}] * rows))
    contract = desk.registry.get(FEED)
    with desk.ledger.session() as session:
        (kept,) = session.scalars(select(ContractVersion))
    assert (kept.contract_hash, kept.feed) == (contract_hash(contract), FEED)
    assert kept.resolved == resolved(contract)


def test_the_ledger_keeps_which_key_tokens_were_made_with(desk: Desk, make_file: MakeFile) -> None:
    ring = KeyRing.from_environment()
    with_tokens = desk.delivery(desk.take_text("x.csv", make_file(TOKENS, [{}]), TOKENS))
    without = desk.delivery(desk.take_text(NAME, make_file(FEED, [{}])))
    assert (with_tokens.key_epoch, with_tokens.key_fingerprint) == (ring.epoch, ring.fingerprint())
    assert (without.key_epoch, without.key_fingerprint) == (None, None)


def test_the_day_of_a_moment_is_the_day_in_london(desk: Desk, make_file: MakeFile) -> None:
    delivery = desk.delivery(desk.take_text(NAME, make_file(FEED, [{}])))
    late = delivery.first_received_at.replace(year=2021, month=6, day=30, hour=23, minute=30)
    assert day_in_london(late).isoformat() == "2021-07-01"
