"""The ledger's tables: every delivery, verdict, gate result, refresh and publication.

What is added later must be nullable or have a default of the server: `csp.ledger.upgrade` adds the
columns to a ledger that was made before.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, Integer, Text, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Serial = BigInteger().with_variant(Integer, "sqlite")


class LedgerTable(DeclarativeBase):
    """Base of all ledger tables; times are UTC without an offset."""

    type_annotation_map = {  # noqa: RUF012
        str: Text,
        dict[str, str]: JSON,
        list[str]: JSON,
        list[int]: JSON,
    }


class Delivery(LedgerTable):
    """Each row is one received file or archive member of one feed, named by feed and content."""

    __tablename__ = "delivery"
    __table_args__ = (Index("delivery_identity", "feed", "sha256", "sent_as", unique=True),)

    delivery_id: Mapped[str] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(index=True)
    sent_as: Mapped[str] = mapped_column(default="", server_default="")
    feed: Mapped[str | None] = mapped_column(index=True)
    file_name: Mapped[str]
    first_received_at: Mapped[datetime]
    verdict: Mapped[str]
    reason: Mapped[str | None]
    layout: Mapped[str | None]
    period_start: Mapped[date | None]
    release_on: Mapped[date | None]
    contract_hash: Mapped[str | None]
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    physical_lines: Mapped[int] = mapped_column(BigInteger)
    header_lines: Mapped[int] = mapped_column(default=0)
    blank_lines: Mapped[int] = mapped_column(BigInteger, default=0)
    continuation_lines: Mapped[int] = mapped_column(BigInteger, default=0)
    accepted_rows: Mapped[int] = mapped_column(BigInteger, default=0)
    quarantined_rows: Mapped[int] = mapped_column(BigInteger, default=0)
    rejected_lines: Mapped[int] = mapped_column(BigInteger, default=0)
    rows_per_line: Mapped[int] = mapped_column(default=1)
    # Its place among all deliveries as they came. The order of deliveries rests on this and never
    # on the clock, which may be put back.
    arrival: Mapped[int | None] = mapped_column(BigInteger, index=True)
    # Gate results up to this one are of an earlier ingest of the same bytes, and do not count.
    results_after: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    lake_sha256: Mapped[str | None]
    quarantine_sha256: Mapped[str | None]
    key_epoch: Mapped[str | None]
    key_fingerprint: Mapped[str | None]


class ContractVersion(LedgerTable):
    """Each row is one meaning that a feed's contract has had when a delivery was judged by it."""

    __tablename__ = "contract_version"

    contract_hash: Mapped[str] = mapped_column(primary_key=True)
    feed: Mapped[str] = mapped_column(index=True)
    resolved: Mapped[str]
    first_used_at: Mapped[datetime]


class KeyEpoch(LedgerTable):
    """Each row is the one key that an epoch has, told by its fingerprint; never any part of it."""

    __tablename__ = "key_epoch"

    epoch: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[str]
    first_used_at: Mapped[datetime]


class Receipt(LedgerTable):
    """Each row is one arrival of a delivery, the first and every repeat."""

    __tablename__ = "receipt"

    receipt_id: Mapped[int] = mapped_column(Serial, primary_key=True)
    delivery_id: Mapped[str] = mapped_column(ForeignKey("delivery.delivery_id"), index=True)
    file_name: Mapped[str]
    received_at: Mapped[datetime]


class VerdictCount(LedgerTable):
    """Each row is one rule's findings in one delivery."""

    __tablename__ = "verdict_count"

    delivery_id: Mapped[str] = mapped_column(ForeignKey("delivery.delivery_id"), primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    column_name: Mapped[str] = mapped_column(primary_key=True)
    verdict: Mapped[str]
    name: Mapped[str]
    row_count: Mapped[int] = mapped_column(BigInteger)
    detail: Mapped[str] = mapped_column(default="", server_default="")
    lines: Mapped[list[int]] = mapped_column(default=list, server_default="[]")


class DeliveryPeriod(LedgerTable):
    """Each row is one period (day, week, month, …) of one series in one accepted delivery."""

    __tablename__ = "delivery_cell"

    delivery_id: Mapped[str] = mapped_column(ForeignKey("delivery.delivery_id"), primary_key=True)
    series: Mapped[str] = mapped_column(primary_key=True)
    period_start: Mapped[date] = mapped_column(primary_key=True)
    feed: Mapped[str] = mapped_column(index=True)
    row_count: Mapped[int] = mapped_column(BigInteger)


class Decision(LedgerTable):
    """Each row is what a person decided about a rejected or held delivery."""

    __tablename__ = "decision"

    decision_id: Mapped[int] = mapped_column(Serial, primary_key=True)
    delivery_id: Mapped[str] = mapped_column(ForeignKey("delivery.delivery_id"), index=True)
    decision: Mapped[str]
    reason: Mapped[str]
    decided_by: Mapped[str]
    decided_at: Mapped[datetime]
    rests_on: Mapped[dict[str, str]] = mapped_column(default=dict, server_default="{}")
    ended_at: Mapped[datetime | None]
    ended_because: Mapped[str | None]


class GateRun(LedgerTable):
    """Each row is one run of one gate."""

    __tablename__ = "gate_run"

    gate_run_id: Mapped[int] = mapped_column(Serial, primary_key=True)
    gate: Mapped[str] = mapped_column(index=True)
    refresh_id: Mapped[int | None] = mapped_column(index=True)
    started_at: Mapped[datetime]
    seconds: Mapped[float]
    passed: Mapped[bool]


class GateResult(LedgerTable):
    """Each row is one check's verdict on one subject in one gate run; counts, never values."""

    __tablename__ = "gate_result"
    __table_args__ = (Index("gate_result_newest", "delivery_id", "check_id", "gate_result_id"),)

    gate_result_id: Mapped[int] = mapped_column(Serial, primary_key=True)
    gate_run_id: Mapped[int] = mapped_column(ForeignKey("gate_run.gate_run_id"), index=True)
    check_id: Mapped[str]
    sentence: Mapped[str]
    severity: Mapped[str]
    owner: Mapped[str]
    subject: Mapped[str]
    delivery_id: Mapped[str | None]
    passed: Mapped[bool]
    observed: Mapped[str]


class Refresh(LedgerTable):
    """Each row is one attempt to build and publish the marts; no two run at the same time."""

    __tablename__ = "refresh"
    __table_args__ = (
        Index(
            "one_running_refresh",
            "outcome",
            unique=True,
            sqlite_where=text("outcome = 'running'"),
            postgresql_where=text("outcome = 'running'"),
        ),
    )

    refresh_id: Mapped[int] = mapped_column(Serial, primary_key=True)
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    outcome: Mapped[str]
    reasons: Mapped[list[str]] = mapped_column(default=list)
    publication_id: Mapped[int | None]
    # Who works at it: a command's process, or the run of a DAG whose tasks follow one another.
    owner: Mapped[str] = mapped_column(default="", server_default="")
    # The process that is at a step of it now, as `host:pid:start`; empty between two steps.
    holder: Mapped[str] = mapped_column(default="", server_default="")
    step: Mapped[str] = mapped_column(default="", server_default="")
    lease_until: Mapped[datetime | None]


class Cut(LedgerTable):
    """Each row is what one refresh reads, written down in the transaction in which it begins."""

    __tablename__ = "cut"

    refresh_id: Mapped[int] = mapped_column(ForeignKey("refresh.refresh_id"), primary_key=True)
    taken_at: Mapped[datetime]
    newest_arrival: Mapped[int] = mapped_column(BigInteger)
    newest_decision_id: Mapped[int] = mapped_column(BigInteger)
    code_version: Mapped[str]
    inputs_digest: Mapped[str]
    contract_hashes: Mapped[dict[str, str]]
    key_fingerprints: Mapped[dict[str, str]]
    # What was open then: feed, delivery, file and reason, a sentence each.
    open_reasons: Mapped[list[str]]
    # Accepted then, but no gate had judged them yet: they are the next refresh's.
    not_judged: Mapped[list[str]]


class CutDelivery(LedgerTable):
    """Each row is one delivery of a cut, and where it stood among those of its feed."""

    __tablename__ = "cut_delivery"

    refresh_id: Mapped[int] = mapped_column(ForeignKey("cut.refresh_id"), primary_key=True)
    delivery_id: Mapped[str] = mapped_column(ForeignKey("delivery.delivery_id"), primary_key=True)
    feed: Mapped[str]
    contract_hash: Mapped[str]
    delivery_order: Mapped[int]
    delivered_on: Mapped[date]
    release_on: Mapped[date | None]
    is_reported: Mapped[bool]


class Publication(LedgerTable):
    """Each row is one numbered set of published marts."""

    __tablename__ = "publication"

    publication_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    refresh_id: Mapped[int] = mapped_column(ForeignKey("refresh.refresh_id"))
    published_at: Mapped[datetime]
    engine: Mapped[str]
    # Relative to the data root where it lies below it, so that a copied root reads its own files.
    location: Mapped[str]
    code_version: Mapped[str]
    table_checksums: Mapped[dict[str, str]]
    inputs_digest: Mapped[str]


class PublicationInput(LedgerTable):
    """Each row is one delivery that a publication was built from."""

    __tablename__ = "publication_input"

    publication_id: Mapped[int] = mapped_column(
        ForeignKey("publication.publication_id"), primary_key=True
    )
    delivery_id: Mapped[str] = mapped_column(ForeignKey("delivery.delivery_id"), primary_key=True)
    feed: Mapped[str]
    contract_hash: Mapped[str]


class Step(LedgerTable):
    """Each row is one step tried, whether it worked or not."""

    __tablename__ = "step"

    step_id: Mapped[int] = mapped_column(Serial, primary_key=True)
    step: Mapped[str]
    subject: Mapped[str]
    started_at: Mapped[datetime]
    seconds: Mapped[float]
    outcome: Mapped[str]
    detail: Mapped[str]


class LedgerVersion(LedgerTable):
    """The one row says in which form the tables are."""

    __tablename__ = "ledger_version"

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
