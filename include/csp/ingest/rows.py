"""One pass over a delivery's rows: evaluate, split, write the lake and the quarantine."""

from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from csp.contracts import Contract
from csp.contracts.periods import first_of_period
from csp.contracts.platform import FILE_PERIOD
from csp.contracts.registry import resolved
from csp.ingest.engine import IngestEngine
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
from csp.ingest.landing import LandedFile
from csp.ingest.reading import (
    LineAccount,
    ReadableText,
    account_for_lines,
    csv_source,
    readable_text,
)
from csp.ingest.rules import (
    BITS_PER_MASK,
    CompiledRule,
    compiled_rules,
    evaluation_query,
    faulty,
    mask_columns,
)
from csp.pseudonyms.keys import KeyRing
from csp.sql import quoted
from csp.storage.home import Home

#: Nobody looks a single value up in the lake, and a filter for that costs a tenth of writing.
AS_PARQUET = "format parquet, write_bloom_filter false"


@dataclass(frozen=True)
class TakenRows:
    """What became of a delivery's rows.

    Attributes:
        account: Where every physical line went.
        accepted: Rows in the lake.
        quarantined: Rows held back.
        period_start: The month of the delivery, or None when a file holds many.
        cells: (series, first day of month, rows) of the accepted rows.
        findings: What the rules found.
        finding_lines: Code → the first line numbers it was found on, of errors that hold back.
    """

    account: LineAccount
    accepted: int
    quarantined: int
    period_start: date | None
    cells: list[tuple[str, date, int]]
    findings: list[Finding]
    finding_lines: dict[str, list[int]]
    rows_per_line: int = 1


def _date_literal(day: date | None) -> str:
    return f"date '{day.isoformat()}'" if day else "null::date"


def _count_findings(masks: list[tuple[int, ...]], rules: list[CompiledRule]) -> list[Finding]:
    counts: Counter[int] = Counter()
    for *bits, rows in masks:
        for number, mask in enumerate(bits):
            for bit in range(BITS_PER_MASK):
                if mask >> bit & 1:
                    counts[number * BITS_PER_MASK + bit] += rows
    return [
        Finding(rule.code, rule.verdict, rule.name, counts[i], rule.column)
        for i, rule in enumerate(rules)
        if counts[i]
    ]


class RowIngest:
    """Ingests the rows of one delivery; use once.

    Args:
        contract: The feed's contract.
        header: Where each column stands.
        landed: The landed file.
        home: The data root.
        named_period: The month that the file's name gives, or None.
        named_series: The series that the file's name gives, or None.
        received_on: Local day of receipt.
        engine: DuckDB, shared by the deliveries of one run.
        ring: The keys, when the contract has tokens.
    """

    def __init__(
        self,
        contract: Contract,
        header: HeaderMap,
        landed: LandedFile,
        *,
        home: Home,
        named_period: date | None,
        named_series: str | None = None,
        received_on: date,
        engine: IngestEngine,
        ring: KeyRing | None = None,
    ) -> None:
        self.engine, self.ring = engine, ring
        self.contract, self.header, self.landed, self.home = contract, header, landed, home
        self.named_period, self.received_on = named_period, received_on
        self.named_series = named_series
        self.rules = compiled_rules(contract)
        self.held_back = faulty(self.rules, lambda rule: rule.verdict == QUARANTINE)
        self.aside = home.scratch / f"{landed.delivery_id}.ingest"

    def take(self) -> TakenRows:
        """Evaluate every row and write what may be written.

        Raises:
            RejectedError: The lines do not add up, or too many rows are faulty; nothing is left
                in the lake then.
        """
        shutil.rmtree(self.aside, ignore_errors=True)
        self.aside.mkdir(parents=True)
        purposes = {c.platform.token for c in self.contract.columns if c.platform.token}
        try:
            text = readable_text(self.landed, self.contract.platform.format, self.aside)
            size = self.landed.size_bytes
            return self._take(self.engine.connection(self.ring, purposes, size), text)
        finally:
            self.engine.forget_delivery()
            shutil.rmtree(self.aside, ignore_errors=True)

    def _source(self, path: Path) -> str:
        return csv_source(path, len(self.header.headers), self.contract.platform.format)

    def _rows_source(self, path: Path) -> str:
        """The source with a row for each column of a wide file that is one in truth."""
        if not self.header.spread:
            return self._source(path)
        parts = ", ".join(
            f"{{'spread_name': {quoted(name)}, 'spread_value': c{at}}}"
            for at, name in self.header.spread
        )
        return f"(select *, unnest([{parts}], recursive := true) from {self._source(path)})"

    def _take(self, connection: duckdb.DuckDBPyConnection, text: ReadableText) -> TakenRows:
        path, findings = text.path, text.findings
        evaluated = self.aside / "evaluated.parquet"
        try:
            period, period_findings = self._period(connection, path)
            query = self._evaluate(self._rows_source(path), period)
            connection.execute(f"copy ({query}) to {quoted(str(evaluated))} ({AS_PARQUET})")
        except duckdb.InvalidInputException as error:
            raise reject(
                "D05", "the lines cannot be split; quotation marks or line ends"
            ) from error
        relation = f"read_parquet({quoted(str(evaluated))}, file_row_number = true)"
        mask_list = ", ".join(mask_columns(self.rules))
        groups = connection.execute(
            f"select series, period_start, {mask_list}, count(*) from {relation} group by all"
        ).fetchall()
        rows = sum(group[-1] for group in groups)
        account = account_for_lines(
            connection,
            text,
            self.contract.platform.format,
            len(self.header.headers),
            rows // self.header.rows_per_line,
        )
        row_findings = _count_findings([group[2:] for group in groups], self.rules)
        cells = self._accepted_cells(groups)
        held = rows - sum(cells.values())
        self._refuse_what_must_not_come(connection, relation, account, row_findings)
        self._refuse_when_mostly_faulty(rows, account, held, row_findings)
        finding_lines = self._write(connection, path, relation, account, held)
        if account.rejected:
            name = ROW_CODES[UNREADABLE_LINE]
            row_findings.append(Finding(UNREADABLE_LINE, QUARANTINE, name, account.rejected))
            finding_lines[UNREADABLE_LINE] = account.rejected_at[:20]
        if not account.rows:
            findings = [*findings, delivery_finding("D07", WARN, "no row below the header")]
        return TakenRows(
            account,
            rows - held,
            held,
            period,
            [(series, first, count) for (series, first), count in sorted(cells.items())],
            [*findings, *period_findings, *row_findings],
            finding_lines,
            self.header.rows_per_line,
        )

    def _accepted_cells(self, groups: list[tuple[Any, ...]]) -> Counter[tuple[str, date]]:
        """(series, first day of period) → rows that no rule holds back."""
        held = [
            sum(
                1 << bit
                for bit, rule in enumerate(self.rules[first : first + BITS_PER_MASK])
                if rule.verdict == QUARANTINE
            )
            for first in range(0, len(self.rules), BITS_PER_MASK)
        ]
        cells: Counter[tuple[str, date]] = Counter()
        for series, first, *masks, count in groups:
            if not any(mask & bits for mask, bits in zip(masks, held, strict=True)):
                cells[series, first] += count
        return cells

    def _evaluate(self, source: str, period: date | None, carried: str = "") -> str:
        return evaluation_query(
            self.contract,
            self.header,
            source,
            delivery_id=self.landed.delivery_id,
            delivery_period=_date_literal(period),
            delivery_series="null::varchar"
            if self.named_series is None
            else quoted(self.named_series),
            received_on=_date_literal(self.received_on),
            blanks=self.landed.blanks,
            carried=carried,
        )

    def _period(
        self, connection: duckdb.DuckDBPyConnection, path: Path
    ) -> tuple[date | None, list[Finding]]:
        """The month all rows must be of; read from the rows when the name does not say it."""
        grain, named = self.contract.platform.grain, self.named_period
        if named and first_of_period(named, grain.periodKind) > first_of_period(
            self.received_on, grain.periodKind
        ):
            said = f"{named:%Y-%m-%d}" if grain.periodKind == "day" else f"{named:%Y-%m}"
            raise reject("D11", f"the name says {said}, which has not ended")
        if grain.period == FILE_PERIOD and not named:
            raise reject("D14", "name the file after the day it speaks of")
        if named:
            return named, []
        if not grain.periodIsFilePeriod:
            return None, []
        query = self._evaluate(self._rows_source(path), None)
        modes = connection.execute(f"select mode(period_start) from ({query})").fetchall()
        finding = delivery_finding("D13", WARN, "the file's name gives no month")
        return modes[0][0], [finding]

    def _refuse_what_must_not_come(
        self,
        connection: duckdb.DuckDBPyConnection,
        relation: str,
        account: LineAccount,
        findings: list[Finding],
    ) -> None:
        forbidden = next((finding for finding in findings if finding.verdict == REJECT), None)
        if forbidden is None:
            return
        self._number_lines(connection, account)
        meant = faulty(self.rules, lambda rule: rule.code == forbidden.code)
        at = connection.execute(f"""
            select line.source_line from {relation} as row
            join source_line as line on line.row_number = {self._row_number("row")}
            where {meant} order by all limit 20""").fetchall()
        lines = ", ".join(str(line) for (line,) in at)
        raise RejectedError(
            replace(forbidden, detail=f"on line {lines}; the file is not kept, send it without"),
            must_not_be_kept=True,
        )

    def _refuse_when_mostly_faulty(
        self, rows: int, account: LineAccount, held: int, findings: list[Finding]
    ) -> None:
        lost = held + account.rejected * self.header.rows_per_line
        lines = rows + account.rejected * self.header.rows_per_line
        most = self.contract.platform.grain.rejectAboveQuarantinedShare
        if lines and lost / lines > most:
            codes = sorted({f"{f.code} {f.column}" for f in findings if f.verdict == QUARANTINE})
            raise reject(
                "D06",
                f"{lost} of {lines} rows are faulty, more than {most:.0%}: " + "; ".join(codes),
                lost,
            )

    def _row_number(self, relation: str) -> str:
        """Expression: number of the source's row, from 1, that an evaluated row came from."""
        if not self.header.spread:
            return f"{relation}.file_row_number + 1"
        return f"{relation}.file_row_number // {self.header.rows_per_line} + 1"

    def _write(
        self,
        connection: duckdb.DuckDBPyConnection,
        path: Path,
        relation: str,
        account: LineAccount,
        held: int,
    ) -> dict[str, list[int]]:
        """Write lake and quarantine; the lake's folder appears whole or not at all."""
        complete = self.aside / "complete"
        complete.mkdir()
        rows = complete / "rows.parquet"
        finding_lines: dict[str, list[int]] = {}
        if account.row_lines is None and not held and not self.header.spread:
            (self.aside / "evaluated.parquet").rename(rows)
        else:
            self._number_lines(connection, account)
            connection.execute(f"""
                copy (select line.source_line, row.* exclude (file_row_number)
                    from {relation} as row
                    join source_line as line on line.row_number = {self._row_number("row")}
                    where not {self.held_back} order by row.file_row_number
                ) to {quoted(str(rows))} ({AS_PARQUET})""")
        if held:
            finding_lines = self._write_quarantine(connection, path, relation)
        (complete / "contract.json").write_text(resolved(self.contract), encoding="utf-8")
        place = self.home.lake_delivery(self.contract.id, self.landed.delivery_id)
        if place.exists():
            shutil.rmtree(place)
        complete.rename(place)
        return finding_lines

    def _number_lines(self, connection: duckdb.DuckDBPyConnection, account: LineAccount) -> None:
        """Table source_line: row number → physical line, each from 1."""
        import numpy as np  # noqa: PLC0415 - most deliveries hold nothing back and need neither
        import pyarrow as pa  # noqa: PLC0415

        numbers = np.arange(1, account.rows + 1)
        lines = numbers + 1 if account.row_lines is None else np.asarray(account.row_lines)
        connection.register("numbered", pa.table({"row_number": numbers, "source_line": lines}))
        connection.execute("create or replace temp table source_line as from numbered")
        connection.unregister("numbered")

    def _write_quarantine(
        self, connection: duckdb.DuckDBPyConnection, path: Path, relation: str
    ) -> dict[str, list[int]]:
        """Rows held back, as they were sent, each with its line and all its codes."""
        names = mask_columns(self.rules)
        codes = ", ".join(
            f"case when (({names[i // BITS_PER_MASK]} >> {i % BITS_PER_MASK}) & 1) = 1 "
            f"then {quoted(f'{rule.code}:{rule.column}')} end"
            for i, rule in enumerate(self.rules)
        )
        is_open = self.contract.platform.kept_in_landing == "plain"
        # Raw fields of a feed with personal data stay in the sealed file; its lines lead there.
        raw = "".join(
            f', raw.c{i} as "{header.replace(chr(34), "")}__{i + 1}"'
            for i, header in enumerate(self.header.headers if is_open else [])
        )
        place = self.home.quarantine_file(self.contract.id, self.landed.delivery_id)
        connection.execute(f"""
            create or replace temp table held as
            select {self._row_number("evaluated")} as row_number,
                list_filter([{codes}], lambda code: code is not null) as codes
            from {relation} as evaluated where {self.held_back}""")
        connection.execute(f"""
            copy (
                select source_line.source_line, held.codes{raw}
                from held join source_line using (row_number)
                join (
                    select row_number() over () as row_number, *
                    from {self._source(path)}
                ) as raw using (row_number)
                order by source_line.source_line
            ) to {quoted(str(place))} (format parquet)""")
        found = connection.execute("""
            select code, list(source_line order by source_line)[1:20] from (
                select unnest(codes) as code, source_line
                from held join source_line using (row_number)
            ) group by code""").fetchall()
        return dict(found)
