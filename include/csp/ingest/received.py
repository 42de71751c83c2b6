"""One received file on its way through ingest, and what is known of it so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from csp.contracts import Contract
from csp.ingest.findings import Finding
from csp.ingest.header import HeaderMap
from csp.ingest.identity import delivery_id_of, sent_as
from csp.ingest.landing import LandedFile
from csp.ingest.reading import LineAccount
from csp.ingest.recognise import NameFacts
from csp.ledger.sessions import utc_now
from csp.pseudonyms.keys import KeyRing
from csp.storage.home import LONDON


def day_in_london(at: datetime) -> date:
    """The day in London at a moment of the ledger, which is in UTC.

    Of `delivery.first_received_at` it is the day by which the delivery's rows were judged.
    """
    return at.replace(tzinfo=UTC).astimezone(LONDON).date()


@dataclass(frozen=True)
class JudgedFiles:
    """What one judged delivery leaves, in a folder of its own until it is moved into place.

    Attributes:
        folder: The folder; it is there already, and empty.
    """

    folder: Path

    @property
    def lake(self) -> Path:
        """What becomes the delivery's folder in the lake."""
        return self.folder / "lake"

    @property
    def rows(self) -> Path:
        """The accepted rows."""
        return self.lake / "rows.parquet"

    @property
    def quarantine(self) -> Path:
        """The rows held back; there only when there are any."""
        return self.folder / "quarantine.parquet"

    @property
    def sealed(self) -> Path:
        """The received file, when it is kept sealed."""
        return self.folder / "sealed"


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
        lake_sha256: SHA-256 of the Parquet file of the accepted rows.
        quarantine_sha256: Likewise of the rows held back, when there are any.
        rows_per_line: Rows that each line of a wide file stands for.
    """

    account: LineAccount
    accepted: int
    quarantined: int
    period_start: date | None
    periods: list[tuple[str, date, int]]
    findings: list[Finding]
    finding_lines: dict[str, list[int]]
    lake_sha256: str
    quarantine_sha256: str | None
    rows_per_line: int = 1


@dataclass
class ReceivedFile:
    """One file from its arrival to the ledger; each step adds what it has found.

    Attributes:
        name: As it arrived: a file's name, or `archive.zip/member`.
        landed: Its bytes, and what one pass over them told.
        files: Where what it leaves is written while it is judged.
        broken: Why its archive cannot be unpacked, when these are the archive's bytes; else empty.
        sent_as: What of its name makes it another delivery (`csp.ingest.identity`).
        delivery_id: The name of the delivery everywhere, once its feed is recognised.
        received_at: When, as the ledger keeps it.
        ring: The keys that its tokens are made with, or that it is sealed with.
        facts: Its feed and what its name says, once that is recognised.
        stray_of: The feed that it truly is of, when it was left in another one's inbox.
        header: Where each column stands, once the header is read.
        rows: What became of its rows, once they are written.
    """

    name: str
    landed: LandedFile
    files: JudgedFiles
    broken: str = ""
    received_at: datetime = field(default_factory=utc_now)
    sent_as: str = ""
    delivery_id: str = ""
    ring: KeyRing | None = None
    facts: NameFacts | None = None
    stray_of: Contract | None = None
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

    def identify(self) -> None:
        """Name the delivery, by what is known of its feed now."""
        self.sent_as = sent_as(self.name, self.facts, has_rows=self.landed.has_rows)
        self.delivery_id = delivery_id_of(self.feed, self.landed.sha256, self.sent_as)


@dataclass(frozen=True)
class IngestOutcome:
    """What became of one file.

    Attributes:
        verdict: accepted, rejected, unrecognised, repeat (seen before, nothing done), moved (into
            the inbox of the feed that it is of), gone (another process has taken the file), or
            refused (a key is missing, the file cannot be read, or a refresh is reading what it
            would replace; nothing is recorded, and the file waits where it lies).
        delivery_id: Empty when no delivery was made of it.
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
