"""A refresh: take a cut, build, gate, build, audit, publish; or hold, with the reason.

Each step is a method of its own, so that the command line runs them in a row and Airflow shows
them one by one. How a refresh begins and ends is in `csp.warehouse.lifecycle`.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property

from csp.contracts import Contract
from csp.errors import CspError, GateHeldError
from csp.faults import in_words
from csp.ledger.cuts import TakenCut, has_come_later, read_cut
from csp.ledger.leases import at_step, why_ended
from csp.ledger.releases import deliveries_in
from csp.ledger.sessions import utc_now
from csp.ledger.tables import Refresh
from csp.quality.judge import CheckResult, GateOutcome, TableCheck, judge, record
from csp.quality.publication_suite import audit_suite
from csp.quality.warehouse_suite import warehouse_suite
from csp.warehouse import lifecycle
from csp.warehouse.changes import changed_feeds, feed_digests, untouched_models
from csp.warehouse.code_version import code_version
from csp.warehouse.cut_gate import nothing_left_out
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
from csp.warehouse.lake_files import ROWS, check_lake, lake_checksums
from csp.warehouse.lifecycle import FAILED, HELD, UNNEEDED, RefreshTicket, close
from csp.warehouse.platform import Platform
from csp.warehouse.publication import record_publication

#: Refreshes in a row that `csp refresh` runs while files keep coming.
MOST_IN_A_ROW = 5


class RefreshRun:
    """The steps of one refresh.

    Args:
        platform: Home, ledger, contracts and warehouse.
        ticket: The refresh, as `begin` gave it.
    """

    def __init__(self, platform: Platform, ticket: RefreshTicket) -> None:
        self.platform, self.ticket = platform, ticket
        self.ledger, self.home = platform.ledger, platform.home
        self.warnings: list[CheckResult] = []

    @cached_property
    def _dbt(self) -> DbtRunner:
        """One for all stages, so that the parsed project is read once."""
        return DbtRunner(self.platform.warehouse, self.home)

    @classmethod
    def begin(cls, platform: Platform, owner: str = "", wait_seconds: float = 0) -> RefreshRun:
        """Judge what no gate has seen yet, open a refresh in the ledger and take its cut.

        Args:
            platform: Home, ledger, contracts and warehouse.
            owner: As for `csp.warehouse.lifecycle.begin`.
            wait_seconds: Likewise.

        Raises:
            RefreshRunningError: Another refresh is running.
        """
        warnings = lifecycle.judge_deliveries(platform)
        run = cls(platform, lifecycle.begin(platform, owner, wait_seconds))
        run.warnings = warnings
        return run

    @classmethod
    def give_up_running(cls, platform: Platform) -> int:
        """Close a refresh that is running, also one that a crash left so; returns how many."""
        return lifecycle.give_up_running(platform)

    @cached_property
    def cut(self) -> TakenCut:
        """What this refresh reads.

        Raises:
            TicketEndedError: A later refresh has begun.
        """
        try:
            return read_cut(self.ledger, self.ticket.refresh_id)
        except LookupError:
            lifecycle.refuse_ended(self.ledger, self.ticket.refresh_id)
            raise

    @contextmanager
    def at(self, step: str) -> Iterator[None]:
        """Be at a step: refused when the refresh has ended, and noted whatever becomes of it."""
        with (
            at_step(self.ledger, self.ticket.refresh_id, step),
            self.ledger.step(step, f"refresh {self.ticket.refresh_id}"),
        ):
            yield

    def admit_deliveries(self) -> list[CheckResult]:
        """Hold when a bad delivery was open as the cut was taken.

        Returns:
            Warnings of the delivery gates.

        Raises:
            GateHeldError: A delivery is rejected or held, and nothing has put it right.
        """
        with self.at("admit deliveries"):
            if self.cut.open_reasons:
                raise GateHeldError(self.cut.open_reasons)
        return self.warnings

    def is_needed(self) -> bool:
        """Whether anything has changed since the last refresh that was published."""
        return lifecycle.is_needed(self.ledger, self.cut)

    def _feed_digests(self) -> dict[str, str]:
        return feed_digests(self.cut.periods, self.cut.code_version)

    def close_unneeded(self) -> None:
        """Close the refresh without building anything; the publication stays current."""
        with self.ledger.writing() as session:
            close(session, self.ticket.refresh_id, UNNEEDED, [])

    def load_lake(self, *, full: bool = False) -> None:
        """Show the warehouse exactly the deliveries of the cut.

        Args:
            full: Let every model be built, whatever has changed.

        Raises:
            CspError: There are none, or the code is another than when the cut was taken.
            GateHeldError: A file of the lake that will be read is not as ingest wrote it.
        """
        with self.at("load lake"):
            self._refuse_other_code()
            ready = deliveries_in(self.cut.periods)
            if not ready:
                raise CspError("no delivery is ready to be read; take some in first: csp ingest")
            # All of them: a model of KPIs may read a feed from which no core model is built anew.
            check_lake(self.home, self.ledger, ready)
            checksums = lake_checksums(self.ledger)
            inputs = [
                LakeInput(
                    contract,
                    {d: self.home.lake_delivery(contract.id, d) / ROWS for d in ids},
                    {d: checksums[d] for d in ids},
                )
                for contract in self.platform.registry
                for ids in [ready.get(contract.id, [])]
            ]
            if full:
                self.platform.warehouse.note_built({})
            self.platform.warehouse.load(inputs, self.cut.periods)

    def _refuse_other_code(self) -> None:
        """Hold that one version of contracts, models and package makes the whole of a refresh."""
        if (now := code_version(self.platform.registry)) != self.cut.code_version:
            raise CspError(
                f"refresh {self.ticket.refresh_id} began with code {self.cut.code_version}, and "
                f"this is {now}: it was changed meanwhile; begin a new refresh"
            )

    def build_core(self, callback: ModelCallback | None = None) -> None:
        """Seeds, staging and core models: those that rest on a feed whose deliveries changed.

        All of them when it is not known what the candidate was built from, or the code is another.
        """
        warehouse, now = self.platform.warehouse, self._feed_digests()
        with self.at(f"dbt {CORE_STAGE}"):
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
        with self.at(f"dbt {KPI_STAGE}"):
            self._build(KPI_STAGE, callback=callback)

    def control_disclosure(self) -> None:
        """Decide what of the cells about people may be shown."""
        with self.at("control disclosure"):
            control_disclosure(self.platform.warehouse, self.ticket.publication_id)

    def build_marts(self, callback: ModelCallback | None = None) -> None:
        """The marts that people read."""
        with self.at(f"dbt {MART_STAGE}"):
            self._build(MART_STAGE, callback=callback)

    def _build(
        self,
        stage: str,
        changed: list[Contract] | None = None,
        callback: ModelCallback | None = None,
    ) -> None:
        self._refuse_other_code()
        self._dbt.build(stage, self.ticket.publication_id, changed, callback)

    def gate_core(self) -> GateOutcome:
        """Judge the core models before the KPI marts are built.

        Raises:
            GateHeldError: A critical check failed.
        """
        with self.at("warehouse gate"):
            return self._gate("warehouse", warehouse_suite(list(self.platform.registry)))

    def audit_publication(self) -> GateOutcome:
        """Attack what is hidden, and judge the KPI marts, before anybody may read them.

        Raises:
            GateHeldError: A critical check failed.
        """
        with self.at("attack publication"):
            attack_publication(self.platform.warehouse, self.ticket.publication_id)
        with self.at("publication audit"):
            complete = nothing_left_out(self.ledger, self.cut, self.platform.warehouse)
            return self._gate("publication", audit_suite(self.ticket.publication_id), complete)

    def _gate(self, gate: str, checks: list[TableCheck], *more: CheckResult) -> GateOutcome:
        clock = time.perf_counter()
        judgements = judge(self.platform.warehouse.judge_url(), checks)
        results = [*more, *(CheckResult.of(judgement) for judgement in judgements)]
        outcome = GateOutcome(gate, results)
        record(self.ledger, outcome, clock=clock, refresh_id=self.ticket.refresh_id)
        if not outcome.passed:
            raise GateHeldError([str(verdict) for verdict in outcome.blocking])
        return outcome

    def publish(self) -> int:
        """Turn the candidate into the publication and record what it was made of.

        Returns:
            The publication's number.

        Raises:
            TicketEndedError: The refresh has been ended meanwhile.
        """
        warehouse, number = self.platform.warehouse, self.ticket.publication_id
        note = PublicationNote(
            number,
            utc_now(),
            self.cut.code_version,
            refresh_id=self.ticket.refresh_id,
            inputs_digest=self.cut.inputs_digest,
        )
        with self.at("publish"), warehouse.publishing():
            self._refuse_other_code()
            lifecycle.refuse_ended(self.ledger, self.ticket.refresh_id)
            note = warehouse.publish(note)
            with self.ledger.writing() as session:
                record_publication(session, note, warehouse.name)
        return number

    def more_has_come(self) -> bool:
        """Whether something may be read by now that this refresh did not read."""
        return has_come_later(self.ledger, self.cut)

    def reasons(self) -> list[str]:
        """Why the refresh was held or failed, as the ledger has it, or that it has just ended."""
        with self.ledger.session() as session:
            refresh = session.get_one(Refresh, self.ticket.refresh_id)
        return list(refresh.reasons) or [why_ended(refresh.refresh_id, refresh)]

    def hold(self, reasons: list[str], outcome: str = HELD) -> None:
        """Leave the last publication as it is, marked stale with the reasons.

        Nothing is done for a refresh that has ended already: what is published by now is not its.
        """
        try:
            with self.platform.warehouse.publishing(), self.ledger.writing() as session:
                if close(session, self.ticket.refresh_id, outcome, reasons):
                    self.platform.warehouse.mark_stale(reasons)
        except Exception:
            # A warehouse that has gone is no reason to keep the ledger, and status, in the dark.
            with self.ledger.writing() as session:
                close(session, self.ticket.refresh_id, outcome, reasons)


def refresh(platform: Platform, *, full: bool = False) -> int:
    """Run all steps in a row, and once more for what has come meanwhile.

    Args:
        platform: Home, ledger, contracts and warehouse.
        full: Build every model, whatever has changed.

    Returns:
        The new publication's number.

    Raises:
        GateHeldError: A gate held the publication; the last one stays, marked stale.
        CspError: A step failed; likewise.
    """
    for _ in range(MOST_IN_A_ROW):
        run = RefreshRun.begin(platform)
        number = _run_all(run, full=full)
        if not run.more_has_come():
            break
        full = False
    return number


def _run_all(run: RefreshRun, *, full: bool) -> int:
    try:
        with at_step(run.ledger, run.ticket.refresh_id, "begin"):
            run.admit_deliveries()
            run.load_lake(full=full)
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
