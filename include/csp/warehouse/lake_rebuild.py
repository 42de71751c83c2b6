"""The lake made anew from landing: each delivery by the contract that admitted it, as on its day.

What is whole is left as it is, so that a rebuild that was cut off goes on where it was.
"""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from filelock import FileLock, Timeout
from sqlalchemy import update

from csp.contracts import Contract
from csp.errors import CspError
from csp.ingest.engine import IngestEngine
from csp.ingest.findings import RejectedError
from csp.ingest.header import map_header, read_header
from csp.ingest.received import IngestedRows, JudgedFiles, ReceivedFile, day_in_london
from csp.ingest.recognise import said_feed
from csp.ingest.rows import RowIngest
from csp.ledger.sessions import Ledger
from csp.ledger.tables import ContractVersion, Delivery
from csp.pseudonyms.keys import KeyRing
from csp.storage.home import Home
from csp.storage.scratch import own_scratch, sweep_scratch
from csp.warehouse.damage import Damage, Watch, unwatched
from csp.warehouse.lake_compare import (
    NotMadeError,
    content_of,
    other_checksums,
    what_is_other,
)
from csp.warehouse.lake_files import (
    CONTRACT,
    accepted_deliveries,
    damaged_rows,
    held_back_file,
    rows_file,
)
from csp.warehouse.lake_verify import LAKE, damaged_contracts, damaged_quarantine
from csp.warehouse.landed_files import received_again

Result = Literal["whole", "made anew", "other bytes", "not made"]


@dataclass(frozen=True)
class Rebuilt:
    """What became of one delivery in a rebuild.

    Attributes:
        result: `whole`: it was, and nothing was done; `made anew`, to the same checksum;
            `other bytes`: made anew with the same rows as far as the ledger can tell, in a file of
            another checksum, which the ledger has now; `not made`.
        what: In a sentence, unless it was whole or is the same again.
    """

    feed: str
    delivery_id: str
    file_name: str
    result: Result
    what: str = ""


@contextmanager
def _alone(home: Home) -> Iterator[None]:
    """Hold that no other rebuild works on the same lake."""
    folder = home.root / LAKE
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(folder / ".rebuild.lock", timeout=0):
            yield
    except Timeout:
        raise CspError("another csp lake rebuild is running; wait until it has ended") from None


def rebuild_lake(
    home: Home, ledger: Ledger, feed: str | None = None, watch: Watch = unwatched
) -> list[Rebuilt]:
    """Make anew what of the lake, and of the rows held back, is missing or not as it was written.

    Args:
        home: The data root.
        ledger: Its ledger; changed only where a file has got another checksum.
        feed: Only deliveries of this feed.
        watch: Called before files are looked at, and before deliveries are made anew.

    Returns:
        What became of each accepted delivery.

    Raises:
        CspError: Another rebuild is running.
    """
    with _alone(home), ledger.step("rebuild lake", feed or "all feeds") as detail:
        deliveries = accepted_deliveries(ledger, feed)
        damage: dict[str, list[Damage]] = defaultdict(list)
        for found in (
            *damaged_rows(home, ledger, deliveries, watch),
            *damaged_contracts(home, ledger, deliveries),
            *damaged_quarantine(home, ledger, deliveries),
        ):
            damage[found.delivery_id or ""].append(found)
        sweep_scratch(home)
        results = []
        with own_scratch(home) as folder, IngestEngine(folder) as engine:
            rebuild = LakeRebuild(home, ledger, engine, folder)
            told = watch("made anew", len(deliveries))
            for delivery in deliveries:
                results.append(rebuild.take(delivery, damage[delivery.delivery_id]))
                told()
        detail += [f"{r.delivery_id} {r.result}" for r in results if r.result != "whole"]
    return results


class LakeRebuild:
    """Makes deliveries anew, one after another.

    Args:
        home: The data root.
        ledger: Its ledger.
        engine: DuckDB, shared by all of them.
        folder: Scratch of this run.
    """

    def __init__(self, home: Home, ledger: Ledger, engine: IngestEngine, folder: Path) -> None:
        self.home, self.ledger, self.engine, self.folder = home, ledger, engine, folder
        self._contracts: dict[str, Contract] = {}

    def take(self, delivery: Delivery, damage: list[Damage]) -> Rebuilt:
        """Make a delivery's damaged files anew.

        Args:
            delivery: An accepted delivery.
            damage: What of its files is not as it was written.
        """
        result: Result = "whole"
        what = ""
        if damage:
            files = JudgedFiles(self.folder / "file")
            files.folder.mkdir()
            try:
                what = self._make(delivery, files, {self.home.root / d.place for d in damage})
                result = "other bytes" if what else "made anew"
            except NotMadeError as error:
                result, what = "not made", str(error)
            finally:
                shutil.rmtree(files.folder)
        return Rebuilt(delivery.feed or "", delivery.delivery_id, delivery.file_name, result, what)

    def _make(self, delivery: Delivery, files: JudgedFiles, damaged: set[Path]) -> str:
        """Make the files of a delivery and put them in the place of damaged ones.

        Returns:
            What is to be said of a file that has got another checksum; empty when none has.
        """
        rows = self._judge(delivery, files)
        places = {
            rows_file(self.home, delivery): "lake_sha256",
            held_back_file(self.home, delivery): "quarantine_sha256",
        }
        others = other_checksums(self.ledger, delivery, rows)
        others = {c: others[c] for place, c in places.items() if place in damaged and c in others}
        what = ""
        if others:
            before, after = content_of(rows_file(self.home, delivery)), content_of(files.rows)
            what = what_is_other(delivery, others, rows.accepted, is_same=before == after)
        self._place(delivery, files, damaged)
        if others:
            self._record(delivery, others)
        return what

    def _judge(self, delivery: Delivery, files: JudgedFiles) -> IngestedRows:
        """Take the file as landing has it through all that ingest did with it."""
        contract = self._contract(delivery)
        if contract.platform.kept_in_landing == "none":
            raise NotMadeError(
                "landing keeps no file of this feed, as its contract says; put the file back from "
                "a copy of the data root, or ask the partner for it again"
            )
        ring = self._ring(delivery, contract)
        try:
            landed = received_again(self.home, delivery, ring, files.folder)
            name, feed = delivery.file_name, contract.id
            file = ReceivedFile(name, landed, files, ring=ring)
            file.delivery_id = delivery.delivery_id
            file.facts = said_feed(name, feed, {feed: contract})
            header = map_header(contract, read_header(landed.path, contract.platform.format))
            return RowIngest(
                file,
                header,
                contract,
                self.engine,
                files,
                received_on=day_in_london(delivery.first_received_at),
                ring=ring,
            ).take()
        except CspError as error:
            raise NotMadeError(str(error)) from error
        except RejectedError as error:
            raise NotMadeError(
                "the file of landing is rejected when it is judged again as on its day: "
                f"{error.finding.code} {error.finding.detail}; make it anew with the version of "
                "the platform that accepted it"
            ) from error

    def _contract(self, delivery: Delivery) -> Contract:
        """The contract that admitted a delivery."""
        meant = delivery.contract_hash or ""
        if meant not in self._contracts:
            with self.ledger.session() as session:
                version = session.get(ContractVersion, meant)
            beside = rows_file(self.home, delivery).with_name(CONTRACT)
            try:
                # An older ledger has not kept it, but it may lie beside the rows still.
                text = version.resolved if version else beside.read_text(encoding="utf-8")
                self._contracts[meant] = Contract.model_validate_json(text)
            except (OSError, ValueError):
                raise NotMadeError(
                    f"the contract that admitted it ({meant[:12]}) is not kept, or this version "
                    "of the platform cannot read it; make it anew with the version that did"
                ) from None
        return self._contracts[meant]

    def _ring(self, delivery: Delivery, contract: Contract) -> KeyRing | None:
        """The key that the delivery was ingested with, when it needs one."""
        if not contract.needs_key:
            return None
        try:
            ring = KeyRing.from_environment(contract.id)
        except CspError as error:
            raise NotMadeError(str(error)) from error
        if delivery.key_fingerprint not in (None, ring.fingerprint()):
            raise NotMadeError(
                f"it was ingested with the key {delivery.key_fingerprint} of epoch "
                f"{delivery.key_epoch}, and the key at hand is {ring.fingerprint()} of "
                f"{ring.epoch}, whose tokens are others; fetch that key from the custodian "
                "(docs/runbooks/pseudonymisation-key.md)"
            )
        return ring

    def _place(self, delivery: Delivery, files: JudgedFiles, damaged: set[Path]) -> None:
        """Put what was made in the place of what is damaged, each file in one step."""
        rows, held = rows_file(self.home, delivery), held_back_file(self.home, delivery)
        made = {
            rows: files.rows,
            rows.with_name(CONTRACT): files.lake / CONTRACT,
            held: files.quarantine,
        }
        if rows.parent.exists() and not rows.parent.is_dir():
            rows.parent.unlink()
        if not rows.parent.exists():
            files.lake.rename(rows.parent)
        for place in damaged:
            if made[place].exists():
                made[place].replace(place)

    def _record(self, delivery: Delivery, checksums: Mapping[str, str]) -> None:
        with self.ledger.writing() as session:
            session.execute(
                update(Delivery)
                .where(Delivery.delivery_id == delivery.delivery_id)
                .values(**checksums)
            )
