"""PostgreSQL copies a delivery's rows once, and anew when the delivery was judged anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from csp.contracts.samples import sample_file
from csp.warehouse.engine import LakeInput
from csp.warehouse.lake_files import ROWS, lake_checksums

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Desk
    from tests.postgresql import Server

FEED = "police_street_crime"


def test_rows_of_a_delivery_that_was_judged_anew_take_the_place_of_the_old(
    desk: Desk, server: Server
) -> None:
    warehouse = server.fresh_database(name="judged_anew")
    contract = desk.registry.get(FEED)
    name = contract.platform.fileNameExample
    one, two = (desk.take_text(name, sample_file(contract, [{}] * rows)) for rows in (1, 3))
    first = desk.home.lake_delivery(FEED, one.delivery_id) / ROWS
    other = desk.home.lake_delivery(FEED, two.delivery_id) / ROWS
    checksums = lake_checksums(desk.ledger)

    def loaded(file: Path, sha256: str) -> int:
        warehouse.load(
            [LakeInput(contract, {one.delivery_id: file}, {one.delivery_id: sha256})], []
        )
        return int(warehouse.candidate_query(f"select count(*) from lake.{FEED}").rows[0][0])

    assert loaded(first, checksums[one.delivery_id]) == 1
    # The same checksum: what is loaded is not looked at again.
    assert loaded(other, checksums[one.delivery_id]) == 1
    assert loaded(other, checksums[two.delivery_id]) == 3
    warehouse.load([LakeInput(contract, {})], [])
    assert warehouse.candidate_query(f"select count(*) from lake.{FEED}").rows == [(0,)]
    assert warehouse.candidate_query("select count(*) from lake.loaded").rows == [(0,)]
