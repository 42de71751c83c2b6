"""A ledger filled by hand: deliveries, their months and what a gate said of them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from csp.ledger.sessions import Ledger
from csp.ledger.tables import Delivery, DeliveryPeriod, GateResult

FEED = "police_street_crime"
FIRST = datetime(2021, 8, 1, 9, 0)


@dataclass
class Book:
    """Writes deliveries into a ledger, each received a day after the one before."""

    ledger: Ledger
    received: int = 0

    def deliver(
        self,
        name: str,
        *,
        rows: int = 10,
        release: date | None = None,
        verdict: str = "accepted",
        gate: bool | None = True,
        feed: str | None = FEED,
        at: datetime | None = None,
        series: str = "City of London Police",
        months: tuple[date, ...] = (date(2021, 6, 1),),
    ) -> str:
        """Record a delivery and, when accepted, its months; gate None: no gate has looked."""
        self.received += 1
        sha256 = hashlib.sha256(f"{name} {self.received}".encode()).hexdigest()
        delivery_id = sha256[:16]
        with self.ledger.writing() as session:
            session.add(
                Delivery(
                    delivery_id=delivery_id,
                    sha256=sha256,
                    feed=feed,
                    file_name=name,
                    first_received_at=at or FIRST + timedelta(days=self.received),
                    verdict=verdict,
                    reason="D06 too many" if verdict == "rejected" else None,
                    release_on=release,
                    size_bytes=1,
                    physical_lines=rows + 1,
                    arrival=self.received,
                )
            )
            session.flush()
            for month in months if verdict == "accepted" else ():
                session.add(
                    DeliveryPeriod(
                        delivery_id=delivery_id,
                        series=series,
                        period_start=month,
                        feed=feed,
                        row_count=rows,
                    )
                )
        if verdict == "accepted" and gate is not None:
            self.judge(delivery_id, "G-ONE", passed=gate)
        return delivery_id

    def judge(
        self, delivery_id: str, check: str, *, passed: bool, severity: str = "critical"
    ) -> None:
        """Record one gate's result on a delivery."""
        with self.ledger.writing() as session:
            session.add(
                GateResult(
                    gate_run_id=1,
                    check_id=check,
                    sentence="All is well",
                    severity=severity,
                    owner="somebody",
                    subject=delivery_id,
                    delivery_id=delivery_id,
                    passed=passed,
                    observed="0.5",
                )
            )


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return Book(Ledger(f"sqlite:///{tmp_path / 'ledger.db'}"))


@pytest.fixture(scope="session")
def new_book() -> type[Book]:
    """Makes a book on a ledger."""
    return Book
