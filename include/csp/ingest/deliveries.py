"""Ingesting deliveries: receive, recognise, judge, put into place, record; one outcome each."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from sqlalchemy.orm import Session

from csp.contracts import Contract, ContractRegistry
from csp.errors import CspError
from csp.ingest.arrival import (
    ArchiveError,
    Arrival,
    FileGoneError,
    FileUnreadableError,
    arrivals_or_itself,
)
from csp.ingest.deduplicate import AGAIN, NEW, REFUSED, REPEAT, Before, look
from csp.ingest.engine import IngestEngine
from csp.ingest.epoch_keys import EpochKeys
from csp.ingest.judging import ACCEPTED, REJECTED, Judgement, judged, recognised
from csp.ingest.landing import receive
from csp.ingest.placing import put_into_landing, put_into_place
from csp.ingest.received import IngestOutcome, JudgedFiles, ReceivedFile
from csp.ingest.recognise import facts_of_name
from csp.ingest.recording import Try, note_repeat, record
from csp.ingest.strays import is_to_be_moved, move
from csp.ledger.sessions import Ledger
from csp.pseudonyms.keys import KeyMissingError, KeyRefusedError, KeyRing
from csp.storage.home import Home
from csp.storage.scratch import own_scratch, sweep_scratch

GONE, MOVED = "gone", "moved"


class Ingest:
    """Ingests files into one data root, beside other processes that do.

    Each file is judged in scratch of the run's own. Then, in one transaction in which nobody else
    writes, it is looked whether another process has recorded the delivery meanwhile, its files are
    moved to where they stay, and the ledger is told. What a process that was killed before the
    transaction's end has moved is replaced when the file is ingested again, as it still lies where
    it came from.

    Args:
        home: The data root.
        ledger: Its ledger.
        registry: The feeds known.
        engine: DuckDB, shared by all files.
        folder: Scratch of this run.
    """

    def __init__(
        self,
        home: Home,
        ledger: Ledger,
        registry: ContractRegistry,
        engine: IngestEngine,
        folder: Path,
    ) -> None:
        self.home, self.ledger, self.engine, self.folder = home, ledger, engine, folder
        self.registry = registry
        self.feeds = {contract.id: contract for contract in registry}
        self.epoch_keys = EpochKeys(ledger)

    def take(self, arrival: Arrival, feed: str | None = None) -> IngestOutcome:
        """Ingest one file.

        Args:
            arrival: The file or archive member.
            feed: Its feed, when the place it arrived in says so.
        """
        files = JudgedFiles(self.folder / "file")
        files.folder.mkdir()
        try:
            file = _received(arrival, files)
            return self._tried(file, arrival, feed)
        except FileGoneError as error:
            return IngestOutcome(arrival.name, "", feed, GONE, str(error))
        except FileUnreadableError as error:
            return IngestOutcome(arrival.name, "", feed, REFUSED, str(error))
        finally:
            shutil.rmtree(files.folder)

    def _tried(self, file: ReceivedFile, arrival: Arrival, feed: str | None) -> IngestOutcome:
        """What became of a file; the try is a step of the ledger whatever becomes of it."""
        this_try = Try()
        try:
            return self._ingest(file, arrival, feed, this_try)
        except Exception as error:
            with self.ledger.writing() as session:
                this_try.ended(session, file.delivery_id, "failed", type(error).__name__)
            if isinstance(error, KeyMissingError):
                return _outcome(file, REFUSED, str(error))
            raise

    def _ingest(
        self, file: ReceivedFile, arrival: Arrival, feed: str | None, this_try: Try
    ) -> IngestOutcome:
        unknown = recognised(file, feed, self.feeds, self.registry.readable)
        with self.ledger.session() as session:
            before = look(session, file)
        is_not_here = before.delivery is None or before.delivery.verdict == REJECTED
        if is_not_here and is_to_be_moved(file, arrival, self.home):
            return self._moved(file, arrival, this_try)
        judgement = None
        if before.delivery is not None:
            file.delivery_id = before.delivery.delivery_id
        if before.means in (NEW, AGAIN):
            judgement = judged(file, unknown, self.engine, self._ring)
        with self.ledger.writing() as session:
            before = look(session, file)
            outcome = self._settled(session, file, judgement, before)
            this_try.ended(session, file.delivery_id, "done", outcome.verdict)
        return outcome

    def _moved(self, file: ReceivedFile, arrival: Arrival, this_try: Try) -> IngestOutcome:
        """Bring a file to the inbox that it belongs into; here nothing is recorded but the try."""
        place = move(file, self.home)
        where = place.relative_to(self.home.root)
        with self.ledger.writing() as session:
            this_try.ended(session, file.delivery_id, "done", f"{MOVED} to {where}")
        arrival.path.unlink(missing_ok=True)
        return _outcome(file, MOVED, f"it belongs there and lies in {where} now")

    def _settled(
        self, session: Session, file: ReceivedFile, judgement: Judgement | None, before: Before
    ) -> IngestOutcome:
        """Put into place and record what became of a file, as the ledger stands now."""
        if before.means == REPEAT and before.delivery is not None:
            note_repeat(session, file, before.delivery)
        if before.means in (REPEAT, REFUSED):
            return _outcome(file, before.means, before.why)
        if judgement is None:
            return _outcome(file, REFUSED, "the ledger has changed meanwhile; ingest it again")
        if file.feed:
            put_into_place(
                file.files,
                self.home,
                file.feed,
                file.delivery_id,
                is_accepted=judgement.verdict == ACCEPTED,
            )
        if judgement.kept:
            sha256 = file.landed.sha256
            put_into_landing(judgement.kept, self.home, sha256, is_sealed=judgement.is_sealed)
        record(session, file, judgement, before, self.home)
        return _outcome(file, judgement.verdict, judgement.reason or "", judgement)

    def _ring(self, contract: Contract | None) -> KeyRing | None:
        """The keys that a feed needs; a file of no known feed is sealed when there are any.

        Raises:
            KeyMissingError: The feed needs a key and there is none, or one that may not be used.
        """
        if contract and not contract.needs_key:
            return None
        try:
            return self.epoch_keys.hold(KeyRing.from_environment(contract.id if contract else None))
        except KeyRefusedError:
            raise
        except KeyMissingError:
            if contract:
                raise
            return None


def _received(arrival: Arrival, files: JudgedFiles) -> ReceivedFile:
    """The file in scratch; the archive's own bytes when it cannot be unpacked."""
    broken = "the archive cannot be unpacked; ask for it again"
    try:
        with arrival.open() as stream:
            landed = receive(stream, files.folder)
    except ArchiveError as error:
        broken = f"{error}; ask the partner to send it again"
        with Arrival(arrival.path).open() as stream:
            landed = receive(stream, files.folder)
        return ReceivedFile(arrival.name, landed, files, broken)
    is_archive = arrival.name.lower().endswith(".zip")
    return ReceivedFile(arrival.name, landed, files, broken if is_archive else "")


def _outcome(
    file: ReceivedFile, verdict: str, reason: str, judgement: Judgement | None = None
) -> IngestOutcome:
    rows = file.rows if judgement else None
    if judgement is None:
        return IngestOutcome(file.name, file.delivery_id, file.feed, verdict, reason)
    return IngestOutcome(
        file.name,
        file.delivery_id,
        file.feed,
        verdict,
        reason,
        rows.accepted if rows else 0,
        rows.quarantined if rows else 0,
        rows.account.rejected if rows else file.landed.physical_lines,
        judgement.findings,
    )


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

    Several processes may do so at once, with the same files or others.

    Args:
        paths: Files, archives or folders.
        home: The data root.
        ledger: Its ledger.
        registry: The feeds known.
        feed: Their feed, when the place they arrived in says so.

    Yields:
        The path, and one outcome per file or archive member. A data error is an outcome, never
        an exception, and so is a file that cannot be read or that another process has taken.
    """
    sweep_scratch(home)
    with own_scratch(home) as folder, IngestEngine(folder) as engine:
        ingest = Ingest(home, ledger, registry, engine, folder)
        for path in paths:
            found = arrivals_or_itself(path)
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
    """As `ingest_each`, with all outcomes at the end.

    Raises:
        CspError: A path does not exist; nothing is ingested then.
    """
    paths = list(paths)
    for path in paths:
        if not path.exists():
            raise CspError(f"{path}: no such file or folder")
    taken = ingest_each(paths, home, ledger, registry, feed=feed)
    return [outcome for _, outcomes in taken for outcome in outcomes]
