"""The same bytes twice are one delivery; a rejected one waits for another contract or name."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from csp.contracts import ContractRegistry
from csp.ledger.tables import Delivery, DeliveryPeriod, Receipt, Step, VerdictCount
from csp.project import CONTRACTS

if TYPE_CHECKING:
    from tests.conftest import Desk

MakeFile = Callable[..., str]
FEED, NAME = "police_street_crime", "2021-06-metropolitan-street.csv"


def counts(desk: Desk) -> dict[str, int]:
    with desk.ledger.session() as session:
        return {
            table.__tablename__: session.scalar(select(func.count()).select_from(table)) or 0
            for table in (Delivery, Receipt, DeliveryPeriod, VerdictCount)
        }


def test_the_same_file_twice_is_one_delivery_with_two_receipts(
    desk: Desk, make_file: MakeFile
) -> None:
    text = make_file(FEED, [{}, {"Context": "note"}])
    first = desk.take_text(NAME, text)
    before = counts(desk)
    again = desk.take_text(NAME, text)
    assert (first.verdict, again.verdict) == ("accepted", "repeat")
    assert again.delivery_id == first.delivery_id
    assert NAME in again.reason
    assert counts(desk) == before | {"receipt": 2}
    assert desk.ledger.receipts(first.delivery_id) == 2


def test_the_same_rows_under_a_new_name_are_a_repeat(desk: Desk, make_file: MakeFile) -> None:
    first = desk.take_text(NAME, make_file(FEED, [{}]))
    again = desk.take_text("copy of it.csv", make_file(FEED, [{}]))
    assert (again.verdict, again.feed, again.delivery_id) == ("repeat", FEED, first.delivery_id)
    assert desk.delivery(first).file_name == NAME


@pytest.mark.parametrize("order", [("2021-08", "2021-09"), ("2021-09", "2021-08")])
def test_bytes_that_a_newer_release_repeats_are_of_the_newest_release(
    order: tuple[str, str], desk: Desk, make_file: MakeFile
) -> None:
    for release in order:
        with zipfile.ZipFile(desk.folder / f"{release}.zip", "w") as archive:
            archive.writestr(f"2021-06/{NAME}", make_file(FEED, [{}]))
    first, again = (desk.take(desk.folder / f"{release}.zip") for release in order)
    assert (first.verdict, again.verdict) == ("accepted", "repeat")
    assert desk.delivery(first).release_on == date(2021, 9, 1)


def test_two_files_that_differ_in_one_byte_are_two_deliveries(
    desk: Desk, make_file: MakeFile
) -> None:
    first = desk.take_text(NAME, make_file(FEED, [{}]))
    other = desk.take_text(NAME, make_file(FEED, [{}]) + "\n")
    assert (other.verdict, counts(desk)["delivery"]) == ("accepted", 2)
    assert first.delivery_id != other.delivery_id


def test_two_header_only_files_are_two_deliveries(desk: Desk, make_file: MakeFile) -> None:
    text = make_file(FEED, [])
    first = desk.take_text(NAME, text)
    other = desk.take_text(NAME.replace("06", "07"), text)
    again = desk.take_text(NAME, text)
    assert [o.verdict for o in (first, other, again)] == ["accepted", "accepted", "repeat"]
    assert first.delivery_id != other.delivery_id


def test_a_misnamed_file_can_be_sent_again_under_its_right_name(
    desk: Desk, make_file: MakeFile
) -> None:
    text = make_file(FEED, [{}] * 5)
    wrong = desk.take_text(NAME.replace("06", "05"), text)
    right = desk.take_text(NAME, text)
    assert (wrong.verdict, right.verdict) == ("rejected", "accepted")
    assert len(desk.lake_rows(right)) == 5


def test_a_rejected_file_is_tried_again_only_when_its_contract_changed(
    desk: Desk, make_file: MakeFile, desk_at: Callable[..., Desk]
) -> None:
    text = make_file(FEED, [{}] * 3 + [{"Crime type": "Cyber crime"}])
    first = desk.take_text(NAME, text)
    again = desk.take_text(NAME, text)
    assert (first.verdict, again.verdict) == ("rejected", "repeat")
    assert "rejected before" in again.reason
    folder = desk.folder / "contracts"
    shutil.copytree(CONTRACTS, folder)
    path = folder / "police" / "street_crime.yml"
    kinder = path.read_text(encoding="utf-8").replace(
        "QuarantinedShare: 0.2", "QuarantinedShare: 0.5"
    )
    path.write_text(kinder, encoding="utf-8")
    later = desk_at(desk.folder, ContractRegistry(folder))
    taken = later.take_text(NAME, text)
    assert (taken.verdict, taken.accepted_rows, taken.quarantined_rows) == ("accepted", 3, 1)
    assert counts(later)["delivery"] == 1
    assert later.ledger.receipts(first.delivery_id) == 3
    assert [item["code"] for item in later.feedback(taken)["findings"]] == ["P1-B17-TYPE"]
    assert later.take_text(NAME, text).verdict == "repeat"


def test_an_unrecognised_file_is_looked_at_again_each_time(desk: Desk, make_file: MakeFile) -> None:
    text = make_file(FEED, [{}]).replace("Crime ID,Month", "A,B")
    assert desk.take_text("x.csv", text).verdict == "unrecognised"
    claimed = desk.take_text("x.csv", text, feed=FEED)
    assert (claimed.verdict, claimed.findings[0].code) == ("rejected", "D03")
    again = desk.take_text("x.csv", text)
    assert again.verdict == "unrecognised"
    assert (counts(desk)["delivery"], desk.ledger.receipts(again.delivery_id)) == (2, 2)


def test_a_file_that_was_of_no_feed_says_which_delivery_it_has_become(
    desk: Desk, make_file: MakeFile
) -> None:
    text = make_file(FEED, [{}]).replace("Crime ID,Month,Reported by", "A,Month,B")
    unknown = desk.take_text("x.csv", text)
    known = desk.take_text(NAME, text)
    assert (unknown.verdict, known.feed) == ("unrecognised", FEED)
    assert known.delivery_id in (desk.delivery(unknown).reason or "")


def test_every_try_is_a_step_of_the_ledger(desk: Desk, make_file: MakeFile) -> None:
    for _ in range(2):
        desk.take_text(NAME, make_file(FEED, [{}]))
    with desk.ledger.session() as session:
        steps = session.execute(select(Step.step, Step.outcome, Step.detail)).all()
    assert [tuple(step) for step in steps] == [
        ("intake", "done", "accepted"),
        ("intake", "done", "repeat"),
    ]


def test_cells_count_the_accepted_rows_of_each_month_and_series(
    desk: Desk, make_file: MakeFile
) -> None:
    days = ["01 Jun 2021", "30 Jun 2021", "01 Jul 2021"]
    rows = [{"DateOfCall": day} for day in days] + [{}] * 5 + [{"TimeOfCall": "noon"}]
    desk.take_text("LFB Incident data 2021-08.csv", make_file("fire_lfb_incident", rows))
    with desk.ledger.session() as session:
        cells = session.scalars(select(DeliveryPeriod).order_by(DeliveryPeriod.period_start)).all()
    found = [(cell.series, cell.period_start.isoformat(), cell.row_count) for cell in cells]
    assert found == [
        ("London Fire Brigade", "2021-06-01", 7),
        ("London Fire Brigade", "2021-07-01", 1),
    ]
