"""Ingesting deliveries: land, recognise, evaluate, write, record; one outcome each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path

from csp.contracts import Contract, ContractRegistry
from csp.contracts.platform import FILE_PERIOD
from csp.contracts.registry import contract_hash
from csp.errors import CspError
from csp.ingest.arrival import ArchiveError, Arrival, arrivals
from csp.ingest.engine import IngestEngine
from csp.ingest.feedback import write_feedback
from csp.ingest.findings import Finding, RejectedError, reject
from csp.ingest.header import HeaderMap, map_header, read_header
from csp.ingest.landing import LandedFile, keep, receive, sweep_received
from csp.ingest.recognise import NameFacts, facts_of_name, recognise
from csp.ingest.recording import store
from csp.ingest.rows import RowIngest, TakenRows
from csp.ledger.releases import logical_name
from csp.ledger.sessions import Ledger, utc_now
from csp.ledger.tables import Delivery, Receipt
from csp.pseudonyms.keys import KeyMissingError, KeyRefusedError, KeyRing
from csp.storage.home import LONDON, Home

TOO_EARLY, REFUSED = "D11", "refused"
#: The word by which the ledger has known the step from its first version on.
LEDGER_STEP = "intake"


@dataclass(frozen=True)
class IngestOutcome:
    """What became of one file.

    Attributes:
        verdict: accepted, rejected, unrecognised, repeat (seen before, nothing done), or refused
            (a key is missing; nothing is recorded, and the file waits where it lies).
        reason: Why it was rejected or what a repeat was the first time; else empty.
    """

    file_name: str
    delivery_id: str
    feed: str | None
    verdict: str
    reason: str = ""
    accepted_rows: int = 0
    quarantined_rows: int = 0
    rejected_lines: int = 0
    findings: list[Finding] = field(default_factory=list)


class Ingest:
    """Ingests files into one data root.

    Args:
        home: The data root.
        ledger: Its ledger.
        contracts: The feeds known.
        engine: DuckDB, shared by all files.
    """

    def __init__(
        self, home: Home, ledger: Ledger, contracts: Iterable[Contract], engine: IngestEngine
    ) -> None:
        self.home, self.ledger, self.contracts = home, ledger, list(contracts)
        self.engine = engine

    def take(self, arrival: Arrival, feed: str | None = None) -> IngestOutcome:
        """Ingest one file.

        Args:
            arrival: The file or archive member.
            feed: Its feed, when the place it arrived in says so.
        """
        try:
            with arrival.open() as stream:
                landed = receive(stream, self.home)
        except ArchiveError as error:
            return self._broken_archive(arrival, feed, str(error))
        try:
            with self.ledger.step(LEDGER_STEP, landed.delivery_id) as detail:
                outcome = self._take_landed(arrival.name, landed, feed)
                detail.append(outcome.verdict)
        except KeyMissingError as error:
            return IngestOutcome(arrival.name, landed.delivery_id, feed, REFUSED, str(error))
        finally:
            landed.path.unlink(missing_ok=True)
        return outcome

    def _broken_archive(self, arrival: Arrival, feed: str | None, why: str) -> IngestOutcome:
        with arrival.path.open("rb") as stream:
            landed = receive(stream, self.home)
        try:
            landed = self._told_apart(landed, arrival.name)
            if known := self._known(landed, arrival.name):
                return known
            facts = self._facts(arrival.name, feed)
            error = reject("D10", f"{why}; ask the partner to send it again")
            return self._record_rejected(arrival.name, landed, facts, error)
        except KeyMissingError as missing:
            return IngestOutcome(arrival.name, landed.delivery_id, feed, REFUSED, str(missing))
        finally:
            landed.path.unlink(missing_ok=True)

    def _take_landed(self, name: str, landed: LandedFile, feed: str | None) -> IngestOutcome:
        landed = self._told_apart(landed, name)
        if known := self._known(landed, name):
            return known
        facts = self._facts(name, feed)
        try:
            if name.lower().endswith(".zip"):
                raise reject("D10", "the archive cannot be unpacked; ask for it again")
            read_by = partial(read_header, landed.path)
            facts = facts or recognise(name, read_by, self.contracts)
            if facts is None:
                return self._record_unrecognised(name, landed)
            headers = read_by(facts.contract.platform.format)
            return self._take_rows(name, landed, facts, headers)
        except RejectedError as error:
            return self._record_rejected(name, landed, facts, error)

    def _facts(self, name: str, feed: str | None) -> NameFacts | None:
        """What the inbox and the file's name say of its feed."""
        if feed:
            contract = next((c for c in self.contracts if c.id == feed), None)
            if contract is None:
                raise CspError(f"no feed is called '{feed}'")
            return facts_of_name(name, contract) or NameFacts(contract)
        found = (facts_of_name(name, contract) for contract in self.contracts)
        return next((facts for facts in found if facts), None)

    def _take_rows(
        self, name: str, landed: LandedFile, facts: NameFacts, headers: list[str]
    ) -> IngestOutcome:
        contract = facts.contract
        ring = self._ring(contract)
        header = map_header(contract, headers)
        received_on = datetime.now(LONDON).date()
        rows = RowIngest(
            contract,
            header,
            landed,
            home=self.home,
            named_period=facts.period_start,
            named_series=facts.series,
            received_on=received_on,
            engine=self.engine,
            ring=ring,
        ).take()
        return self._record_accepted(name, landed, facts, header, rows)

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

    def _keep(self, landed: LandedFile, contract: Contract | None) -> None:
        ring = self._ring(contract)
        unknown = "sealed" if ring else "plain"
        keep(landed, self.home, contract.platform.kept_in_landing if contract else unknown, ring)

    def _told_apart(self, landed: LandedFile, name: str) -> LandedFile:
        """The same bytes are another delivery when only their name says what they speak of.

        That is so of files without rows, and of a register that has not changed since its last
        date.
        """
        with self.ledger.session() as session:
            first = session.get(Delivery, landed.delivery_id)
        if first is None:
            return landed
        called = logical_name(name)
        if first.verdict == "accepted" and first.accepted_rows:
            contract = next((c for c in self.contracts if c.id == first.feed), None)
            if contract is None or contract.platform.grain.period != FILE_PERIOD:
                return landed
            facts = facts_of_name(name, contract)
            same = facts is None or facts.period_start == first.period_start
        else:
            same = logical_name(first.file_name) == called
        return landed if same else replace(landed, sent_as=called)

    def _known(self, landed: LandedFile, name: str) -> IngestOutcome | None:
        """The first outcome of these bytes, unless the contract has changed since a rejection."""
        with self.ledger.session() as session:
            first = session.get(Delivery, landed.delivery_id)
            if first is None:
                return None
            session.add(
                Receipt(delivery_id=landed.delivery_id, file_name=name, received_at=utc_now())
            )
            facts = self._facts(name, first.feed)
            if facts and facts.release_on:
                # The newest release that still holds these bytes dates them, whatever the order.
                first.release_on = max(first.release_on or facts.release_on, facts.release_on)
            if first.verdict == "rejected" and (first.reason or "").startswith(TOO_EARLY):
                return None  # its month may have ended since
            if first.verdict != "accepted":
                contract = next((c for c in self.contracts if c.id == first.feed), None)
                if contract is None or contract_hash(contract) != first.contract_hash:
                    return None
        reason = f"{first.verdict} before as {first.file_name}"
        if first.reason:
            reason += f": {first.reason}"
        return IngestOutcome(name, landed.delivery_id, first.feed, "repeat", reason)

    def _record_unrecognised(
        self, name: str, landed: LandedFile, finding: Finding | None = None
    ) -> IngestOutcome:
        detail = "neither its name nor its header is that of a known feed; it is kept in landing"
        finding = finding or reject("D04", detail).finding
        return self._record(
            name, landed, None, "unrecognised", reason=finding.detail, findings=[finding]
        )

    def _record_rejected(
        self, name: str, landed: LandedFile, facts: NameFacts | None, error: RejectedError
    ) -> IngestOutcome:
        finding = error.finding
        if facts is None:
            return self._record_unrecognised(name, landed, finding)
        reason = f"{finding.code} {finding.name}: {finding.detail}"
        return self._record(
            name,
            landed,
            facts,
            "rejected",
            reason=reason,
            findings=[finding],
            is_kept=not error.must_not_be_kept,
        )

    def _record_accepted(
        self,
        name: str,
        landed: LandedFile,
        facts: NameFacts,
        header: HeaderMap,
        rows: TakenRows,
    ) -> IngestOutcome:
        return self._record(
            name,
            landed,
            facts,
            "accepted",
            layout=header.layout,
            rows=rows,
            findings=[*header.findings, *rows.findings],
        )

    def _record(
        self,
        name: str,
        landed: LandedFile,
        facts: NameFacts | None,
        verdict: str,
        *,
        findings: list[Finding],
        reason: str | None = None,
        layout: str | None = None,
        rows: TakenRows | None = None,
        is_kept: bool = True,
    ) -> IngestOutcome:
        """Write the outcome into the ledger in one transaction, and the partner's feedback."""
        contract = facts.contract if facts else None
        if is_kept:
            self._keep(landed, contract)
        account = rows.account if rows else None
        accepted, quarantined = (rows.accepted, rows.quarantined) if rows else (0, 0)
        rejected = account.rejected if account else landed.physical_lines
        delivery: dict[str, object] = {
            "delivery_id": landed.delivery_id,
            "sha256": landed.sha256,
            "feed": contract.id if contract else None,
            "file_name": name,
            "first_received_at": utc_now(),
            "verdict": verdict,
            "reason": reason,
            "layout": layout,
            "period_start": rows.period_start if rows else (facts.period_start if facts else None),
            "release_on": facts.release_on if facts else None,
            "contract_hash": contract_hash(contract) if contract else None,
            "size_bytes": landed.size_bytes,
            "physical_lines": account.physical if account else landed.physical_lines,
            "header_lines": account.header if account else 0,
            "blank_lines": account.blank if account else 0,
            "continuation_lines": account.continuation if account else 0,
            "accepted_rows": accepted,
            "quarantined_rows": quarantined,
            "rejected_lines": rejected,
            "rows_per_line": rows.rows_per_line if rows else 1,
        }
        store(self.ledger, delivery, rows, findings)
        if contract:
            write_feedback(
                self.home, contract, delivery, findings, rows.finding_lines if rows else {}
            )
        return IngestOutcome(
            name,
            landed.delivery_id,
            contract.id if contract else None,
            verdict,
            reason or "",
            accepted,
            quarantined,
            rejected,
            findings,
        )


def _of_feed(found: list[Arrival], contract: Contract) -> list[Arrival]:
    """An archive may hold files of several feeds, each for its own inbox; these are the feed's."""
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
    sweep_received(home)
    with IngestEngine(home) as engine:
        ingest = Ingest(home, ledger, registry, engine)
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
