"""One received file on its way through ingest, and what is known of it so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from csp.contracts import Contract
from csp.ingest.findings import Finding
from csp.ingest.header import HeaderMap
from csp.ingest.landing import LandedFile
from csp.ingest.reading import LineAccount
from csp.ingest.recognise import NameFacts


@dataclass(frozen=True)
class IngestedRows:
    """What became of a delivery's rows.

    Attributes:
        account: Where every physical line went.
        accepted: Rows in the lake.
        quarantined: Rows held back.
        period_start: A day of the delivery's period, or None when nothing says it has just one.
        periods: (series, first day of period, rows) of the accepted rows.
        findings: What the rules found.
        finding_lines: `code:column`, or the code alone for lines that cannot be split → the first
            line numbers it was found on; of findings that hold rows back.
        rows_per_line: Rows that each line of a wide file stands for.
    """

    account: LineAccount
    accepted: int
    quarantined: int
    period_start: date | None
    periods: list[tuple[str, date, int]]
    findings: list[Finding]
    finding_lines: dict[str, list[int]]
    rows_per_line: int = 1


@dataclass
class ReceivedFile:
    """One file from its arrival to the ledger; each step adds what it has found.

    Attributes:
        name: As it arrived: a file's name, or `archive.zip/member`.
        landed: Its bytes, and what one pass over them told.
        facts: Its feed and what its name says, once that is recognised.
        header: Where each column stands, once the header is read.
        rows: What became of its rows, once they are written.
    """

    name: str
    landed: LandedFile
    facts: NameFacts | None = None
    header: HeaderMap | None = None
    rows: IngestedRows | None = None

    @property
    def contract(self) -> Contract | None:
        """The contract of its feed, once that is recognised."""
        return self.facts.contract if self.facts else None

    @property
    def feed(self) -> str | None:
        """Its feed, once that is recognised."""
        return self.contract.id if self.contract else None

    @property
    def delivery_id(self) -> str:
        """The name of the delivery everywhere."""
        return self.landed.delivery_id


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
