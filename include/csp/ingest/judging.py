"""Judging one received file: its header, its rows, and how it is kept; nothing is recorded yet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from csp.contracts import Contract
from csp.ingest.engine import IngestEngine
from csp.ingest.findings import Finding, RejectedError, reject
from csp.ingest.header import map_header, read_header
from csp.ingest.landing import ready_to_keep
from csp.ingest.received import ReceivedFile, day_in_london
from csp.ingest.recognise import recognise, said_feed, stray_of
from csp.ingest.rows import RowIngest
from csp.ingest.strays import of_another_feed
from csp.pseudonyms.keys import KeyRing

ACCEPTED, REJECTED, UNRECOGNISED = "accepted", "rejected", "unrecognised"
#: How a received file may be kept, what is stricter later.
STRICTER = ("plain", "sealed", "none")
#: Gives the keys that a feed needs, or those at hand for a file of no feed.
RingOf = Callable[[Contract | None], KeyRing | None]


@dataclass(frozen=True)
class Judgement:
    """What becomes of a file, before anything of it is where it stays.

    Attributes:
        verdict: accepted, rejected or unrecognised.
        reason: Why it was not accepted.
        findings: What the rules found.
        kept: The file as it is to be kept, in scratch; None when it is not kept.
        is_sealed: Whether it is kept sealed.
    """

    verdict: str
    reason: str | None
    findings: list[Finding]
    kept: Path | None = None
    is_sealed: bool = False


def recognised(
    file: ReceivedFile,
    feed: str | None,
    feeds: Mapping[str, Contract],
    others: Callable[[], Iterable[Contract]],
) -> Finding | None:
    """Find out of which feed a file is, and name the delivery.

    Args:
        file: The file; its `facts` are set when it is of a feed.
        feed: Its feed, when the place it arrived in says so.
        feeds: The feeds known, by name.
        others: Gives all contracts that can be read; asked when the place may be wrong.

    Returns:
        What is to be said of a file of no feed; None when it is of one.
    """
    finding = None
    file.facts = said_feed(file.name, feed, feeds)
    if file.contract is None:
        finding = _of_no_feed(file, feeds)
    elif feed and not file.broken:
        # A file without a header that can be read is judged as what its place says.
        with suppress(RejectedError):
            read_by = partial(read_header, file.landed.path)
            file.stray_of = stray_of(file.name, file.contract, read_by, others)
    file.identify()
    return finding


def _of_no_feed(file: ReceivedFile, feeds: Mapping[str, Contract]) -> Finding | None:
    if file.broken:
        return reject("D10", file.broken).finding
    try:
        file.facts = recognise(file.name, partial(read_header, file.landed.path), feeds.values())
    except RejectedError as error:
        return error.finding
    if file.facts is not None:
        return None
    detail = "neither its name nor its header is that of a known feed; it is kept in landing"
    return reject("D04", detail).finding


def judged(
    file: ReceivedFile, unknown: Finding | None, engine: IngestEngine, ring_of: RingOf
) -> Judgement:
    """Judge a file, and write what it leaves into its scratch.

    Args:
        file: The file, recognised.
        unknown: What is to be said of it when it is of no feed.
        engine: DuckDB, shared by the files of one run.
        ring_of: Where the keys come from.

    Raises:
        KeyMissingError: The feed needs a key and there is none, or one that may not be used.
    """
    if file.contract is None:
        finding = unknown or reject("D04", "it is of no known feed").finding
        return _kept(file, Judgement(UNRECOGNISED, finding.detail, [finding]), ring_of)
    try:
        findings = _rows(file, file.contract, engine, ring_of)
    except RejectedError as error:
        found = error.finding
        reason = f"{found.code} {found.name}: {found.detail}"
        file.header = file.rows = None  # what a rejected file's rows looked like does not count
        verdict = Judgement(REJECTED, reason, [found])
        return verdict if error.must_not_be_kept else _kept(file, verdict, ring_of)
    return _kept(file, Judgement(ACCEPTED, None, findings), ring_of)


def _rows(
    file: ReceivedFile, contract: Contract, engine: IngestEngine, ring_of: RingOf
) -> list[Finding]:
    if file.broken:
        raise reject("D10", file.broken)
    if file.stray_of:
        raise of_another_feed(file.stray_of)
    headers = read_header(file.landed.path, contract.platform.format)
    file.ring = ring_of(contract)
    file.header = map_header(contract, headers)
    day = day_in_london(file.received_at)
    rows = RowIngest(
        file, file.header, contract, engine, file.files, received_on=day, ring=file.ring
    )
    file.rows = rows.take()
    return [*file.header.findings, *file.rows.findings]


def _kept(file: ReceivedFile, judgement: Judgement, ring_of: RingOf) -> Judgement:
    """The judgement with the file made ready to be kept, as the contract says.

    Of a file in another feed's inbox it is the stricter contract that says it.
    """
    concerned = [contract for contract in (file.contract, file.stray_of) if contract]
    for contract in (file.contract, *concerned):
        file.ring = file.ring or ring_of(contract)
    unknown = "sealed" if file.ring else "plain"
    said = (contract.platform.kept_in_landing for contract in concerned)
    how = max(said, key=STRICTER.index, default=unknown)
    kept = ready_to_keep(file.landed, how, file.ring, file.files.sealed)
    return Judgement(
        judgement.verdict, judgement.reason, judgement.findings, kept, is_sealed=how == "sealed"
    )
