"""One pass over a delivery's rows: evaluate, count, and write what may be written."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from csp.contracts import Contract
from csp.contracts.periods import first_of_period
from csp.contracts.platform import FILE_PERIOD
from csp.contracts.registry import resolved
from csp.files import sha256_of
from csp.ingest.engine import IngestEngine
from csp.ingest.evaluation import AS_PARQUET, MOST_LINES_NAMED, Evaluation, row_groups
from csp.ingest.findings import (
    QUARANTINE,
    REJECT,
    ROW_CODES,
    UNREADABLE_LINE,
    WARN,
    Finding,
    RejectedError,
    delivery_finding,
    reject,
)
from csp.ingest.header import HeaderMap
from csp.ingest.reading import ReadableText, account_for_lines, csv_source, readable_text
from csp.ingest.received import IngestedRows, JudgedFiles, ReceivedFile
from csp.ingest.rules import BITS_PER_MASK, CompiledRule, compiled_rules, evaluation_query
from csp.pseudonyms.keys import KeyRing
from csp.sql import quoted


def _date_literal(day: date | None) -> str:
    return f"date '{day.isoformat()}'" if day else "null::date"


def _count_findings(groups: list[tuple[Any, ...]], rules: list[CompiledRule]) -> list[Finding]:
    counts: Counter[int] = Counter()
    for _, _, *bits, rows in groups:
        for number, mask in enumerate(bits):
            for bit in range(BITS_PER_MASK):
                if mask >> bit & 1:
                    counts[number * BITS_PER_MASK + bit] += rows
    return [
        Finding(rule.code, rule.verdict, rule.name, counts[i], rule.column)
        for i, rule in enumerate(rules)
        if counts[i]
    ]


def _accepted_periods(
    groups: list[tuple[Any, ...]], rules: list[CompiledRule]
) -> Counter[tuple[str, date]]:
    """(series, first day of period) → rows that no rule holds back."""
    held = [
        sum(
            1 << bit
            for bit, rule in enumerate(rules[first : first + BITS_PER_MASK])
            if rule.verdict == QUARANTINE
        )
        for first in range(0, len(rules), BITS_PER_MASK)
    ]
    accepted: Counter[tuple[str, date]] = Counter()
    for series, first, *masks, count in groups:
        if not any(mask & bits for mask, bits in zip(masks, held, strict=True)):
            accepted[series, first] += count
    return accepted


def has_not_ended(named: date | None, contract: Contract, today: date) -> bool:
    """Whether the period that a file's name says has not even begun on a day."""
    kind = contract.platform.grain.periodKind
    return named is not None and first_of_period(named, kind) > first_of_period(today, kind)


class RowIngest:
    """Ingests the rows of one delivery; use once.

    Args:
        file: The file, its feed recognised and its header read.
        header: Where each column stands.
        contract: The feed's contract.
        engine: DuckDB, shared by the deliveries of one run.
        files: Where rows are written; nothing of them is in the lake before somebody moves them.
        received_on: The day in London on which the delivery came, or is judged again.
        ring: The keys, when the contract has tokens.
    """

    def __init__(
        self,
        file: ReceivedFile,
        header: HeaderMap,
        contract: Contract,
        engine: IngestEngine,
        files: JudgedFiles,
        *,
        received_on: date,
        ring: KeyRing | None = None,
    ) -> None:
        self.file, self.header, self.contract = file, header, contract
        self.engine, self.files, self.ring = engine, files, ring
        self.received_on = received_on
        self.rules = compiled_rules(contract)

    def take(self) -> IngestedRows:
        """Evaluate every row and write what may be written.

        Raises:
            RejectedError: The lines do not add up, or too many rows are faulty.
        """
        aside = Path(tempfile.mkdtemp(prefix="evaluated-", dir=self.files.folder))
        purposes = {c.platform.token for c in self.contract.columns if c.platform.token}
        landed = self.file.landed
        try:
            text = readable_text(landed, self.contract.platform.format, aside)
            connection = self.engine.connection(self.ring, purposes, landed.size_bytes)
            return self._take(connection, text, aside / "evaluated.parquet")
        finally:
            self.engine.forget_delivery()
            shutil.rmtree(aside, ignore_errors=True)

    def _take(
        self, connection: duckdb.DuckDBPyConnection, text: ReadableText, evaluated: Path
    ) -> IngestedRows:
        source = csv_source(text.path, len(self.header.headers), self.contract.platform.format)
        try:
            period, period_findings = self._period(connection, source)
            query = self._evaluate(source, period)
            connection.execute(f"copy ({query}) to {quoted(evaluated)} ({AS_PARQUET})")
        except duckdb.InvalidInputException as error:
            raise reject(
                "D05", "the lines cannot be split; quotation marks or line ends"
            ) from error
        groups = row_groups(connection, evaluated, self.rules)
        rows, per_line = sum(group[-1] for group in groups), self.header.rows_per_line
        account = account_for_lines(
            connection,
            text,
            self.contract.platform.format,
            len(self.header.headers),
            rows // per_line,
        )
        evaluation = Evaluation(connection, self.rules, source, evaluated, account, per_line)
        findings = _count_findings(groups, self.rules)
        accepted = _accepted_periods(groups, self.rules)
        held = rows - sum(accepted.values())
        self._refuse_what_must_not_come(evaluation, findings)
        self._refuse_when_mostly_faulty(evaluation, rows, held, findings)
        lines = self._write(evaluation, held)
        if account.rejected:
            name = ROW_CODES[UNREADABLE_LINE]
            findings.append(Finding(UNREADABLE_LINE, QUARANTINE, name, account.rejected))
            lines[UNREADABLE_LINE] = account.rejected_at[:MOST_LINES_NAMED]
        of_file = list(text.findings)
        if not account.rows:
            of_file.append(delivery_finding("D07", WARN, "no row below the header"))
        return IngestedRows(
            account,
            rows - held,
            held,
            period,
            [(series, first, count) for (series, first), count in sorted(accepted.items())],
            [*of_file, *period_findings, *findings],
            lines,
            sha256_of(self.files.rows),
            sha256_of(self.files.quarantine) if held else None,
            per_line,
        )

    def _evaluate(self, source: str, period: date | None) -> str:
        """The query over the source, with a row for each column of a wide file that is one."""
        if self.header.spread:
            parts = ", ".join(
                f"{{'spread_name': {quoted(name)}, 'spread_value': c{at}}}"
                for at, name in self.header.spread
            )
            source = f"(select *, unnest([{parts}], recursive := true) from {source})"
        series = self.file.facts.series if self.file.facts else None
        return evaluation_query(
            self.contract,
            self.header,
            source,
            rules=self.rules,
            delivery_id=self.file.delivery_id,
            delivery_period=_date_literal(period),
            delivery_series="null::varchar" if series is None else quoted(series),
            received_on=_date_literal(self.received_on),
            blanks=self.file.landed.blanks,
        )

    def _period(
        self, connection: duckdb.DuckDBPyConnection, source: str
    ) -> tuple[date | None, list[Finding]]:
        """A day of the period that the file is of, and what there is to say about it.

        The name says it, or else most rows do; None when it does not and a file may hold several.
        """
        grain = self.contract.platform.grain
        named = self.file.facts.period_start if self.file.facts else None
        if named and has_not_ended(named, self.contract, self.received_on):
            said = f"{named:%Y-%m-%d}" if grain.periodKind == "day" else f"{named:%Y-%m}"
            raise reject("D11", f"the name says {said}, which has not ended")
        if grain.period == FILE_PERIOD and not named:
            raise reject("D14", "name the file after the day it speaks of")
        if named:
            return named, []
        if not grain.periodIsFilePeriod:
            return None, []
        query = self._evaluate(source, None)
        row = connection.execute(f"select mode(period_start) from ({query})").fetchone()
        finding = delivery_finding("D13", WARN, "the file's name gives no month")
        return (row[0] if row else None), [finding]

    def _refuse_what_must_not_come(self, evaluation: Evaluation, findings: list[Finding]) -> None:
        forbidden = next((finding for finding in findings if finding.verdict == REJECT), None)
        if forbidden is None:
            return
        at = evaluation.first_lines(lambda rule: rule.code == forbidden.code)
        lines = ", ".join(map(str, at))
        raise RejectedError(
            replace(forbidden, detail=f"on line {lines}; the file is not kept, send it without"),
            must_not_be_kept=True,
        )

    def _refuse_when_mostly_faulty(
        self, evaluation: Evaluation, rows: int, held: int, findings: list[Finding]
    ) -> None:
        unreadable = evaluation.account.rejected * evaluation.rows_per_line
        lost, lines = held + unreadable, rows + unreadable
        most = self.contract.platform.grain.rejectAboveQuarantinedShare
        if lines and lost / lines > most:
            codes = sorted({f"{f.code} {f.column}" for f in findings if f.verdict == QUARANTINE})
            raise reject(
                "D06",
                f"{lost} of {lines} rows are faulty, more than {most:.0%}: " + "; ".join(codes),
                lost,
            )

    def _write(self, evaluation: Evaluation, held: int) -> dict[str, list[int]]:
        """Write the rows for lake and quarantine; gives where the latter's findings are."""
        self.files.lake.mkdir()
        evaluation.write_accepted(self.files.rows, held)
        (self.files.lake / "contract.json").write_text(resolved(self.contract), encoding="utf-8")
        if not held:
            return {}
        is_open = self.contract.platform.kept_in_landing == "plain"
        headers = self.header.headers if is_open else []
        return evaluation.write_quarantine(self.files.quarantine, headers)
