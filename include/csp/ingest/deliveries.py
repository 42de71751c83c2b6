"""Ingesting deliveries: land, recognise, evaluate, write, record; one outcome each."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

from csp.contracts import Contract, ContractRegistry
from csp.errors import CspError
from csp.ingest.arrival import ArchiveError, Arrival, arrivals
from csp.ingest.deduplicate import seen_before, told_apart
from csp.ingest.engine import IngestEngine
from csp.ingest.findings import Finding, RejectedError, reject
from csp.ingest.header import map_header, read_header
from csp.ingest.landing import ready_to_keep, receive
from csp.ingest.placing import put_into_landing, put_into_place
from csp.ingest.received import IngestOutcome, JudgedFiles, ReceivedFile, day_in_london
from csp.ingest.recognise import facts_of_name, recognise, said_feed
from csp.ingest.recording import record
from csp.ingest.rows import RowIngest
from csp.ledger.sessions import Ledger
from csp.pseudonyms.keys import KeyMissingError, KeyRefusedError, KeyRing
from csp.storage.home import Home
from csp.storage.scratch import own_scratch, sweep_scratch

REFUSED = "refused"
#: The word by which the ledger has known the step from its first version on.
LEDGER_STEP = "intake"


class Ingest:
    """Ingests files into one data root.

    Args:
        home: The data root.
        ledger: Its ledger.
        contracts: The feeds known.
        engine: DuckDB, shared by all files.
        folder: Scratch of this run.
    """

    def __init__(
        self,
        home: Home,
        ledger: Ledger,
        contracts: Iterable[Contract],
        engine: IngestEngine,
        folder: Path,
    ) -> None:
        self.home, self.ledger, self.engine, self.folder = home, ledger, engine, folder
        self.feeds = {contract.id: contract for contract in contracts}

    def take(self, arrival: Arrival, feed: str | None = None) -> IngestOutcome:
        """Ingest one file.

        Args:
            arrival: The file or archive member.
            feed: Its feed, when the place it arrived in says so.
        """
        files = JudgedFiles(self.folder / "file")
        files.folder.mkdir()
        try:
            return self._take(arrival, feed, files)
        finally:
            shutil.rmtree(files.folder)

    def _take(self, arrival: Arrival, feed: str | None, files: JudgedFiles) -> IngestOutcome:
        try:
            with arrival.open() as stream:
                file = ReceivedFile(arrival.name, receive(stream, files.folder), files)
        except ArchiveError as error:
            return self._broken_archive(arrival, feed, files, str(error))
        try:
            with self.ledger.step(LEDGER_STEP, file.delivery_id) as detail:
                outcome = self._ingest(file, feed)
                detail.append(outcome.verdict)
        except KeyMissingError as error:
            return IngestOutcome(file.name, file.delivery_id, feed, REFUSED, str(error))
        return outcome

    def _broken_archive(
        self, arrival: Arrival, feed: str | None, files: JudgedFiles, why: str
    ) -> IngestOutcome:
        with arrival.path.open("rb") as stream:
            file = ReceivedFile(arrival.name, receive(stream, files.folder), files)
        try:
            if known := self._known(file):
                return known
            file.facts = said_feed(file.name, feed, self.feeds)
            return self._rejected(file, reject("D10", f"{why}; ask the partner to send it again"))
        except KeyMissingError as missing:
            return IngestOutcome(file.name, file.delivery_id, feed, REFUSED, str(missing))

    def _ingest(self, file: ReceivedFile, feed: str | None) -> IngestOutcome:
        if known := self._known(file):
            return known
        file.facts = said_feed(file.name, feed, self.feeds)
        try:
            if file.name.lower().endswith(".zip"):
                raise reject("D10", "the archive cannot be unpacked; ask for it again")
            read_by = partial(read_header, file.landed.path)
            file.facts = file.facts or recognise(file.name, read_by, self.feeds.values())
            if file.facts is None:
                return self._unrecognised(file)
            contract = file.facts.contract
            headers = read_by(contract.platform.format)
            file.ring = self._ring(contract)
            file.header = header = map_header(contract, headers)
            file.rows = rows = RowIngest(
                file,
                header,
                contract,
                self.engine,
                file.files,
                received_on=day_in_london(file.received_at),
                ring=file.ring,
            ).take()
        except RejectedError as error:
            return self._rejected(file, error)
        return self._recorded(file, "accepted", findings=[*header.findings, *rows.findings])

    def _known(self, file: ReceivedFile) -> IngestOutcome | None:
        """What the delivery was the first time, when it need not be judged again."""
        file.landed = told_apart(file.landed, file.name, self.ledger, self.feeds)
        return seen_before(file, self.ledger, self.feeds)

    def _ring(self, contract: Contract | None) -> KeyRing | None:
        """The keys that a feed needs; a file of no known feed is sealed when there are any.

        Raises:
            KeyMissingError: The feed needs a key and there is none, or one that may not be used.
        """
        if contract:
            return KeyRing.from_environment(contract.id) if contract.needs_key else None
        try:
            return KeyRing.from_environment()
        except KeyRefusedError:
            raise
        except KeyMissingError:
            return None

    def _keep(self, file: ReceivedFile) -> None:
        file.ring = file.ring or self._ring(file.contract)
        unknown = "sealed" if file.ring else "plain"
        how = file.contract.platform.kept_in_landing if file.contract else unknown
        kept = ready_to_keep(file.landed, how, file.ring, file.files.sealed)
        if kept:
            put_into_landing(kept, self.home, file.landed.sha256, is_sealed=how == "sealed")

    def _unrecognised(self, file: ReceivedFile, finding: Finding | None = None) -> IngestOutcome:
        detail = "neither its name nor its header is that of a known feed; it is kept in landing"
        finding = finding or reject("D04", detail).finding
        return self._recorded(file, "unrecognised", finding.detail, findings=[finding])

    def _rejected(self, file: ReceivedFile, error: RejectedError) -> IngestOutcome:
        finding = error.finding
        if file.facts is None:
            return self._unrecognised(file, finding)
        return self._recorded(
            file,
            "rejected",
            f"{finding.code} {finding.name}: {finding.detail}",
            findings=[finding],
            is_kept=not error.must_not_be_kept,
        )

    def _recorded(
        self,
        file: ReceivedFile,
        verdict: str,
        reason: str | None = None,
        *,
        findings: list[Finding],
        is_kept: bool = True,
    ) -> IngestOutcome:
        """The outcome, once the file is kept and the ledger and the partner have been told."""
        if is_kept:
            self._keep(file)
        if file.feed:
            put_into_place(
                file.files,
                self.home,
                file.feed,
                file.delivery_id,
                is_accepted=verdict == "accepted",
            )
        return record(file, verdict, reason, findings, ledger=self.ledger, home=self.home)


def _of_feed(found: list[Arrival], contract: Contract) -> list[Arrival]:
    """The files of an archive that are the feed's by their names; all of them when none is."""
    own = [a for a in found if a.member is None or facts_of_name(a.name, contract)]
    return own or found


def ingest_each(
    paths: Iterable[Path],
    home: Home,
    ledger: Ledger,
    registry: ContractRegistry,
    *,
    feed: str | None = None,
) -> Iterator[tuple[Path, list[IngestOutcome]]]:
    """Ingest every file below the paths, in sorted order, and tell of each path as it is done.

    Args:
        paths: Files, archives or folders.
        home: The data root.
        ledger: Its ledger.
        registry: The feeds known.
        feed: Their feed, when the place they arrived in says so.

    Yields:
        The path, and one outcome per file or archive member. A data error is an outcome, never
        an exception.

    Raises:
        CspError: A path does not exist.
    """
    sweep_scratch(home)
    with own_scratch(home) as folder, IngestEngine(folder) as engine:
        ingest = Ingest(home, ledger, registry, engine, folder)
        for path in paths:
            if not path.exists():
                raise CspError(f"{path}: no such file or folder")
            try:
                found = arrivals(path)
            except ArchiveError:
                found = [Arrival(path)]
            if feed:
                found = _of_feed(found, registry.get(feed))
            yield path, [ingest.take(arrival, feed) for arrival in found]


def ingest_files(
    paths: Iterable[Path],
    home: Home,
    ledger: Ledger,
    registry: ContractRegistry,
    *,
    feed: str | None = None,
) -> list[IngestOutcome]:
    """As `ingest_each`, with all outcomes at the end."""
    taken = ingest_each(paths, home, ledger, registry, feed=feed)
    return [outcome for _, outcomes in taken for outcome in outcomes]
