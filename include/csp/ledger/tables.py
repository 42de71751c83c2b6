"""The ledger's tables: every delivery, verdict, gate result, refresh and publication."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, BigInteger, ForeignKey, Integer, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Serial = BigInteger().with_variant(Integer, "sqlite")


class LedgerTable(DeclarativeBase):
    """Base of all ledger tables; times are UTC without an offset."""

    type_annotation_map = {str: Text, dict[str, str]: JSON, list[str]: JSON}  # noqa: RUF012


class Delivery(LedgerTable):
    """Each row is one received file or archive member, named by its content."""

    __tablename__ = "delivery"

    delivery_id: Mapped[str] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(index=True)
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

    gate_result_id: Mapped[int] = mapped_column(Serial, primary_key=True)
    gate_run_id: Mapped[int] = mapped_column(ForeignKey("gate_run.gate_run_id"), index=True)
    check_id: Mapped[str]
    sentence: Mapped[str]
    severity: Mapped[str]
    owner: Mapped[str]
    subject: Mapped[str]
    delivery_id: Mapped[str | None] = mapped_column(index=True)
    passed: Mapped[bool]
    observed: Mapped[str]


class Refresh(LedgerTable):
    """Each row is one attempt to build and publish the marts."""

    __tablename__ = "refresh"

    refresh_id: Mapped[int] = mapped_column(Serial, primary_key=True)
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    outcome: Mapped[str]
    reasons: Mapped[list[str]] = mapped_column(default=list)
    publication_id: Mapped[int | None]


class Publication(LedgerTable):
    """Each row is one numbered set of published marts."""

    __tablename__ = "publication"

    publication_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    refresh_id: Mapped[int] = mapped_column(ForeignKey("refresh.refresh_id"))
    published_at: Mapped[datetime]
    engine: Mapped[str]
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
