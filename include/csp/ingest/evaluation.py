"""A delivery's rows after every rule has looked at them, and how they are written down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb

from csp.ingest.findings import QUARANTINE
from csp.ingest.reading import LineAccount
from csp.ingest.rules import BITS_PER_MASK, CompiledRule, faulty, mask_columns
from csp.sql import quoted

#: Nobody looks a single value up in the lake, and a filter for that costs a tenth of writing.
AS_PARQUET = "format parquet, write_bloom_filter false"
MOST_LINES_NAMED = 20


def row_groups(
    connection: duckdb.DuckDBPyConnection, evaluated: Path, rules: list[CompiledRule]
) -> list[tuple[Any, ...]]:
    """Series, first day of period, masks and number of rows, of each combination of them."""
    masks = ", ".join(mask_columns(rules))
    return connection.execute(
        f"select series, period_start, {masks}, count(*) from read_parquet({quoted(evaluated)}) "
        "group by all"
    ).fetchall()


@dataclass(frozen=True)
class Evaluation:
    """Typed rows with the bits of their findings, and the line on which each stands.

    Attributes:
        connection: DuckDB, which has evaluated them.
        rules: The rules, in the order of their bits.
        source: Relation over the file's raw fields.
        evaluated: Parquet file of the typed rows.
        account: Where every physical line went.
        rows_per_line: Rows that each line of a wide file stands for.
    """

    connection: duckdb.DuckDBPyConnection
    rules: list[CompiledRule]
    source: str
    evaluated: Path
    account: LineAccount
    rows_per_line: int

    @property
    def held_back(self) -> str:
        """Predicate over the masks: some rule holds the row back."""
        return faulty(self.rules, lambda rule: rule.verdict == QUARANTINE)

    @property
    def _relation(self) -> str:
        return f"read_parquet({quoted(self.evaluated)}, file_row_number = true)"

    def _row_number(self, alias: str) -> str:
        """Expression: number of the source's row, from 1, that an evaluated row came from."""
        if self.rows_per_line == 1:
            return f"{alias}.file_row_number + 1"
        return f"{alias}.file_row_number // {self.rows_per_line} + 1"

    @cached_property
    def _source_line(self) -> str:
        """A table, made when it is first asked for: row number → physical line, each from 1."""
        import numpy as np  # noqa: PLC0415 - most deliveries hold nothing back and need neither
        import pyarrow as pa  # noqa: PLC0415

        numbers = np.arange(1, self.account.rows + 1)
        row_lines = self.account.row_lines
        lines = numbers + 1 if row_lines is None else np.asarray(row_lines)
        numbered = pa.table({"row_number": numbers, "source_line": lines})
        self.connection.register("numbered", numbered)
        self.connection.execute("create or replace temp table source_line as from numbered")
        self.connection.unregister("numbered")
        return "source_line"

    def first_lines(self, is_meant: Callable[[CompiledRule], bool]) -> list[int]:
        """The first lines on which some meant rule found something."""
        found = self.connection.execute(f"""
            select line.source_line from {self._relation} as row
            join {self._source_line} as line on line.row_number = {self._row_number("row")}
            where {faulty(self.rules, is_meant)} order by all limit {MOST_LINES_NAMED}""")
        return [line for (line,) in found.fetchall()]

    def write_accepted(self, path: Path, held: int) -> None:
        """Write the rows that no rule holds back.

        A file without a gap in its lines carries no line numbers: its rows stand in file order.

        Args:
            path: The Parquet file to write.
            held: How many rows are held back.
        """
        if self.account.row_lines is None and not held and self.rows_per_line == 1:
            self.evaluated.rename(path)
            return
        self.connection.execute(f"""
            copy (select line.source_line, row.* exclude (file_row_number)
                from {self._relation} as row
                join {self._source_line} as line on line.row_number = {self._row_number("row")}
                where not {self.held_back} order by row.file_row_number
            ) to {quoted(path)} ({AS_PARQUET})""")

    def write_quarantine(self, path: Path, headers: list[str]) -> dict[str, list[int]]:
        """Write the rows held back, as they were sent, each with its line and all its codes.

        Args:
            path: The Parquet file to write.
            headers: Of the raw fields that are written too; none where they hold personal data,
                which stays in the sealed file, to which the line leads.

        Returns:
            `code:column` → the first lines it was found on.
        """
        names = mask_columns(self.rules)
        codes = ", ".join(
            f"case when (({names[i // BITS_PER_MASK]} >> {i % BITS_PER_MASK}) & 1) = 1 "
            f"then {quoted(f'{rule.code}:{rule.column}')} end"
            for i, rule in enumerate(self.rules)
        )
        raw = "".join(
            f', raw.c{i} as "{header.replace(chr(34), "")}__{i + 1}"'
            for i, header in enumerate(headers)
        )
        self.connection.execute(f"""
            create or replace temp table held as
            select {self._row_number("evaluated")} as row_number,
                list_filter([{codes}], lambda code: code is not null) as codes
            from {self._relation} as evaluated where {self.held_back}""")
        self.connection.execute(f"""
            copy (
                select source_line.source_line, held.codes{raw}
                from held join {self._source_line} as source_line using (row_number)
                join (
                    select row_number() over () as row_number, *
                    from {self.source}
                ) as raw using (row_number)
                order by source_line.source_line
            ) to {quoted(path)} (format parquet)""")
        found = self.connection.execute(f"""
            select code, list(source_line order by source_line)[1:{MOST_LINES_NAMED}] from (
                select unnest(codes) as code, source_line
                from held join source_line using (row_number)
            ) group by code""").fetchall()
        return dict(found)
