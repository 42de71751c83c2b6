"""A refresh: admit deliveries, build, gate, build, audit, publish; or hold, with the reason.

Each step is a method of its own, so that the command line runs them in a row and Airflow shows
them one by one.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from csp.contracts import Contract
from csp.errors import CspError, GateHeldError
from csp.faults import in_words
from csp.ledger.open_deliveries import open_deliveries
from csp.ledger.releases import ready_deliveries, release_periods
from csp.ledger.sessions import utc_now
from csp.ledger.tables import Publication, Refresh
from csp.quality.delivery_gate import DeliveryGate
from csp.quality.judge import CheckResult, GateOutcome, TableCheck, judge, record
from csp.quality.publication_suite import audit_suite
from csp.quality.warehouse_suite import warehouse_suite
from csp.warehouse.changes import changed_feeds, feed_digests, inputs_digest, untouched_models
from csp.warehouse.code_version import code_version
from csp.warehouse.dbt_models import (
    CORE_STAGE,
    KPI_STAGE,
    MART_STAGE,
    DbtModel,
    ModelCallback,
)
from csp.warehouse.dbt_runner import DbtRunner
from csp.warehouse.disclosure import attack_publication, control_disclosure
from csp.warehouse.engine import LakeInput, PublicationNote
from csp.warehouse.platform import Platform
from csp.warehouse.publication import record_publication

RUNNING, PUBLISHED, HELD, FAILED = "running", "published", "held", "failed"
UNNEEDED = "unneeded"
GIVEN_UP_AFTER = timedelta(hours=3)


@dataclass(frozen=True)
class RefreshTicket:
    """Names one refresh from its first step to its last."""

    refresh_id: int
    publication_id: int


class RefreshRun:
    """The steps of one refresh.

    Args:
        platform: Home, ledger, contracts and warehouse.
        ticket: The refresh, as `begin` gave it.
    """

    def __init__(self, platform: Platform, ticket: RefreshTicket) -> None:
        self.platform, self.ticket = platform, ticket
        self.ledger, self.home = platform.ledger, platform.home

    @cached_property
    def _dbt(self) -> DbtRunner:
        """One for all stages, so that the parsed project is read once."""
        return DbtRunner(self.platform.warehouse, self.home)

    @classmethod
    def begin(cls, platform: Platform) -> RefreshRun:
        """Open a refresh in the ledger.

        Raises:
            CspError: Another refresh is running.
        """
        with platform.ledger.session() as session:
            running = session.scalars(
                select(Refresh).where(
                    Refresh.outcome == RUNNING, Refresh.started_at > utc_now() - GIVEN_UP_AFTER
                )
            ).first()
            if running:
                raise CspError(
                    f"refresh {running.refresh_id} is running since {running.started_at:%H:%M} UTC;"
                    " wait for it, or end it with: csp refresh --give-up"
                )
            published = session.scalar(select(func.max(Publication.publication_id))) or 0
            refresh = Refresh(started_at=utc_now(), outcome=RUNNING, reasons=[])
            session.add(refresh)
            session.flush()
            number = max(published, platform.warehouse.newest_publication_id()) + 1
            refresh.publication_id = number
            return cls(platform, RefreshTicket(refresh.refresh_id, number))

    @classmethod
    def give_up_running(cls, platform: Platform) -> int:
        """Close refreshes that were left running by a crash; returns how many."""
        with platform.ledger.session() as session:
            closed = session.scalars(
                update(Refresh)
                .where(Refresh.outcome == RUNNING)
                .values(outcome=FAILED, finished_at=utc_now(), reasons=["given up by hand"])
                .returning(Refresh.refresh_id)
            )
            return len(closed.all())

    @classmethod
    def hold_what_is_left(cls, platform: Platform) -> list[str]:
        """Hold a refresh that broke off outside a gate; returns why the last one was held."""
        with platform.ledger.session() as session:
            last = session.scalars(select(Refresh).order_by(Refresh.refresh_id.desc())).first()
        if last is None:
            return []
        if last.outcome == RUNNING:
            ticket = RefreshTicket(last.refresh_id, last.publication_id or 0)
            reasons = ["a step of the refresh failed; its log in Airflow says why"]
            cls(platform, ticket).hold(reasons, FAILED)
            return reasons
        return list(last.reasons)

    def admit_deliveries(self) -> list[CheckResult]:
        """Judge what no gate has seen yet; hold when a bad delivery is open.

        Returns:
            Warnings of the delivery gates.

        Raises:
            GateHeldError: A delivery is rejected or held, and nothing has put it right.
        """
        warnings: list[CheckResult] = []
        with self.ledger.step("admit deliveries", f"refresh {self.ticket.refresh_id}"):
            for contract in self.platform.registry:
                warnings += DeliveryGate(contract, self.home, self.ledger).run().warnings
            if waiting := open_deliveries(self.ledger):
                raise GateHeldError(
                    [
                        f"{d.feed}, delivery {d.delivery_id} ({d.file_name}): {d.reason}"
                        for d in waiting
                    ]
                )
        return warnings

    def is_needed(self) -> bool:
        """Whether anything has changed since the last refresh that was published.

        The same deliveries, decisions, contracts and code give the same marts, so a second event
        for what is published already needs no second refresh.
        """
        with self.ledger.session() as session:
            previous = session.scalars(
                select(Refresh)
                .where(Refresh.refresh_id < self.ticket.refresh_id, Refresh.outcome != UNNEEDED)
                .order_by(Refresh.refresh_id.desc())
            ).first()
            if previous is None or previous.outcome != PUBLISHED:
                return True
            publication = session.get(Publication, previous.publication_id)
            return publication is None or publication.inputs_digest != self._inputs_digest()

    @cached_property
    def _code(self) -> str:
        return code_version(self.platform.registry)

    def _inputs_digest(self) -> str:
        return inputs_digest(release_periods(self.ledger), self._code)

    def _feed_digests(self) -> dict[str, str]:
        return feed_digests(release_periods(self.ledger), self._code)

    def close_unneeded(self) -> None:
        """Close the refresh without building anything; the publication stays current."""
        with self.ledger.session() as session:
            self._close(session, UNNEEDED, [])

    def load_lake(self) -> None:
        """Show the warehouse exactly the deliveries that may be read."""
        with self.ledger.step("load lake", f"refresh {self.ticket.refresh_id}"):
            ready = ready_deliveries(self.ledger)
            if not ready:
                raise CspError("no delivery is ready to be read; take some in first: csp ingest")
            inputs = [
                LakeInput(
                    contract,
                    {
                        delivery_id: self.home.lake_delivery(contract.id, delivery_id)
                        / "rows.parquet"
                        for delivery_id in ready.get(contract.id, [])
                    },
                )
                for contract in self.platform.registry
            ]
            self.platform.warehouse.load(inputs, release_periods(self.ledger))

    def build_core(self, callback: ModelCallback | None = None) -> None:
        """Seeds, staging and core models: those that rest on a feed whose deliveries changed.

        All of them when it is not known what the candidate was built from, or the code is another.
        """
        warehouse, now = self.platform.warehouse, self._feed_digests()
        changed = self._changed(now)
        # A build that breaks off leaves the candidate half old, half new.
        warehouse.note_built({})
        self._build(CORE_STAGE, changed, callback)
        warehouse.note_built(now)

    def untouched(self, models: list[DbtModel]) -> list[DbtModel]:
        """The core models that `build_core` will leave as they are."""
        return untouched_models(models, self._changed(self._feed_digests()))

    def _changed(self, now: dict[str, str]) -> list[Contract] | None:
        return changed_feeds(self.platform.warehouse.built(), now, self.platform.registry)

    def build_kpi(self, callback: ModelCallback | None = None) -> None:
        """Exact KPI cells, which nobody reads."""
        self._build(KPI_STAGE, callback=callback)

    def control_disclosure(self) -> None:
        """Decide what of the cells about people may be shown."""
        with self.ledger.step("control disclosure", f"refresh {self.ticket.refresh_id}"):
            control_disclosure(self.platform.warehouse, self.ticket.publication_id)

    def build_marts(self, callback: ModelCallback | None = None) -> None:
        """The marts that people read."""
        self._build(MART_STAGE, callback=callback)

    def _build(
        self,
        stage: str,
        changed: list[Contract] | None = None,
        callback: ModelCallback | None = None,
    ) -> None:
        with self.ledger.step(f"dbt {stage}", f"refresh {self.ticket.refresh_id}"):
            self._dbt.build(stage, self.ticket.publication_id, changed, callback)

    def gate_core(self) -> GateOutcome:
        """Judge the core models before the KPI marts are built.

        Raises:
            GateHeldError: A critical check failed.
        """
        return self._gate("warehouse", warehouse_suite(list(self.platform.registry)))

    def audit_publication(self) -> GateOutcome:
        """Attack what is hidden, and judge the KPI marts, before anybody may read them.

        Raises:
            GateHeldError: A critical check failed.
        """
        with self.ledger.step("attack publication", f"refresh {self.ticket.refresh_id}"):
            attack_publication(self.platform.warehouse, self.ticket.publication_id)
        return self._gate("publication", audit_suite(self.ticket.publication_id))

    def _gate(self, gate: str, checks: list[TableCheck]) -> GateOutcome:
        clock = time.perf_counter()
        judgements = judge(self.platform.warehouse.judge_url(), checks)
        outcome = GateOutcome(gate, [CheckResult.of(judgement) for judgement in judgements])
        record(self.ledger, outcome, clock=clock, refresh_id=self.ticket.refresh_id)
        if not outcome.passed:
            raise GateHeldError([str(verdict) for verdict in outcome.blocking])
        return outcome

    def publish(self) -> int:
        """Turn the candidate into the publication and record what it was made of.

        Returns:
            The publication's number.
        """
        number = self.ticket.publication_id
        note = PublicationNote(number, utc_now(), self._code)
        warehouse = self.platform.warehouse
        inputs = warehouse.candidate_query(
            "select distinct feed, delivery_id from lake.delivery_period"
        ).rows
        with self.ledger.step("publish", f"publication {number}"):
            location, checksums = warehouse.publish(note)
            with self.ledger.session() as session:
                record_publication(
                    session,
                    note,
                    refresh_id=self.ticket.refresh_id,
                    engine=warehouse.name,
                    location=location,
                    checksums=checksums,
                    inputs_digest=self._inputs_digest(),
                    inputs=inputs,
                )
                self._close(session, PUBLISHED, [])
        return number

    def hold(self, reasons: list[str], outcome: str = HELD) -> None:
        """Leave the last publication as it is, marked stale with the reasons."""
        try:
            self.platform.warehouse.mark_stale(reasons)
        finally:  # a warehouse that has gone is no reason to keep the ledger in the dark
            with self.ledger.session() as session:
                self._close(session, outcome, reasons)

    def _close(self, session: Session, outcome: str, reasons: list[str]) -> None:
        session.execute(
            update(Refresh)
            .where(Refresh.refresh_id == self.ticket.refresh_id)
            .values(outcome=outcome, finished_at=utc_now(), reasons=reasons)
        )


def refresh(platform: Platform) -> int:
    """Run all steps in a row.

    Returns:
        The new publication's number.

    Raises:
        GateHeldError: A gate held the publication; the last one stays, marked stale.
        CspError: A step failed; likewise.
    """
    run = RefreshRun.begin(platform)
    try:
        run.admit_deliveries()
        run.load_lake()
        run.build_core()
        run.gate_core()
        run.build_kpi()
        run.control_disclosure()
        run.build_marts()
        run.audit_publication()
        return run.publish()
    except GateHeldError as held:
        run.hold(held.reasons)
        raise
    except BaseException as error:
        run.hold([f"the refresh failed: {in_words(error)}"], FAILED)
        raise
