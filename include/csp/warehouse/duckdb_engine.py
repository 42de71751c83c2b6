"""The embedded engine: a private candidate file, and publications as files of their own."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pyarrow

from csp.errors import CspError, OutsideFaultError
from csp.faults import fault_of
from csp.files import UNFINISHED
from csp.ledger.releases import ReleasePeriod
from csp.quality.duckdb_dialect import duckdb_url
from csp.sql import quoted
from csp.storage.home import Home
from csp.warehouse import publication_files
from csp.warehouse.engine import (
    BUILT_TABLE,
    CANDIDATE_SCHEMAS,
    PUBLISHED_SCHEMA,
    LakeInput,
    PublicationNote,
    QueryResult,
)
from csp.warehouse.lake_relation import (
    DELIVERY_PERIOD_COLUMNS,
    column_definitions,
    lake_columns,
    lake_select,
    template_table,
)
from csp.warehouse.table_checksum import table_checksum

FILE_NAME = "warehouse.duckdb"


class DuckDBWarehouse:
    """The warehouse in files below the data root.

    Args:
        home: The data root.
    """

    name = "duckdb"

    def __init__(self, home: Home) -> None:
        self.home = home

    @contextmanager
    def _candidate(self, *, read_only: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
        try:
            connection = duckdb.connect(str(self.home.candidate_file), read_only=read_only)
        except duckdb.IOException as error:
            if fault := fault_of(error):
                raise OutsideFaultError(str(fault)) from error
            raise CspError(
                "the candidate warehouse is in use by another refresh; wait until it has ended"
            ) from error
        try:
            connection.execute("set enable_progress_bar = false")
            yield connection
        finally:
            connection.close()

    def load(self, inputs: Sequence[LakeInput], periods: Sequence[ReleasePeriod]) -> None:
        """Views over the Parquet files of the ready deliveries; no row is copied."""
        with self._candidate() as connection:
            connection.execute("create schema if not exists lake")
            connection.execute("create schema if not exists lake_template")
            for lake in inputs:
                columns = column_definitions(lake_columns(lake.contract))
                connection.execute(
                    f"create or replace table {template_table(lake.contract)} ({columns})"
                )
                connection.execute(
                    f"create or replace view lake.{lake.contract.id} as {lake_select(lake)}"
                )
            definitions = column_definitions(DELIVERY_PERIOD_COLUMNS)
            connection.execute(f"create or replace table lake.delivery_period ({definitions})")
            if periods:  # one statement: one for each row takes fifty times as long
                values = ", ".join("unnest(?)" for _ in DELIVERY_PERIOD_COLUMNS)
                connection.execute(
                    f"insert into lake.delivery_period select {values}",
                    [
                        [getattr(period, name) for period in periods]
                        for name in DELIVERY_PERIOD_COLUMNS
                    ],
                )

    def dbt_environment(self) -> dict[str, str]:
        """Target and file of the dbt profile."""
        return {
            "CSP_DBT_TARGET": "duckdb",
            "CSP_DBT_DUCKDB_PATH": str(self.home.candidate_file),
        }

    def judge_url(self) -> str:
        """The candidate file, opened for reading."""
        return duckdb_url(str(self.home.candidate_file))

    def built(self) -> dict[str, str]:
        """What the core models of the candidate were last built from."""
        if not self.home.candidate_file.exists():
            return {}
        with self._candidate() as connection:
            connection.execute(BUILT_TABLE)
            return dict(connection.execute("select feed, digest from lake.built").fetchall())

    def note_built(self, digests: dict[str, str]) -> None:
        """Note what they were built from."""
        with self._candidate() as connection:
            connection.execute("create schema if not exists lake")
            connection.execute(BUILT_TABLE)
            connection.execute("delete from lake.built")
            for feed, digest in digests.items():
                connection.execute("insert into lake.built values (?, ?)", [feed, digest])

    def candidate_query(self, sql: str) -> QueryResult:
        """Read from the candidate file."""
        with self._candidate(read_only=True) as connection:
            return _fetched(connection, sql)

    def write_table(
        self, table: str, columns: dict[str, str], rows: Sequence[Sequence[Any]]
    ) -> None:
        """Replace a table of the candidate file; rows go in as one Arrow table."""
        by_column = list(zip(*rows, strict=True)) if rows else [()] * len(columns)
        frame = pyarrow.table(dict(zip(columns, map(list, by_column), strict=True)))
        with self._candidate() as connection:
            connection.execute(f"create schema if not exists {table.split('.', maxsplit=1)[0]}")
            connection.execute(f"create or replace table {table} ({column_definitions(columns)})")
            connection.register("written", frame)
            connection.execute(f"insert into {table} select * from written")

    @contextmanager
    def publishing(self) -> Iterator[None]:
        """A lock on a file beside the publications."""
        with self.home.publishing():
            yield

    def publish(self, note: PublicationNote) -> PublicationNote:
        """Write file and Parquet aside, rename the folder into place, repoint `current`."""
        folder = self.home.publication(note.publication_id)
        aside = self.home.published / f".{folder.name}{UNFINISHED}"
        shutil.rmtree(aside, ignore_errors=True)
        (aside / "parquet").mkdir(parents=True)
        with duckdb.connect(str(aside / FILE_NAME)) as connection:
            checksums = self._copy_marts(connection, aside / "parquet")
            connection.execute(
                f"create table {PUBLISHED_SCHEMA}.publication as select ?::integer as "
                "publication_id, ?::timestamp as published_at, ?::text as code_version",
                [note.publication_id, note.published_at, note.code_version],
            )
            connection.execute(
                f"create view publication as select * from {PUBLISHED_SCHEMA}.publication"
            )
        location = str((folder / FILE_NAME).relative_to(self.home.root))
        note = replace(note, checksums=checksums, location=location)
        publication_files.write_note(aside, note)
        shutil.rmtree(folder, ignore_errors=True)
        aside.rename(folder)
        self.home.make_current(note.publication_id)
        publication_files.write_state(self.home, note)
        self.home.forget_old_publications()
        return note

    def clear_unpublished(self, recorded: Collection[int]) -> None:
        """Remove folders that were never current; a lost link makes none of them that.

        Where neither link nor ledger knows of any, as in a root that was copied without links and
        given another ledger, nobody can say what was current: they are set aside, not removed.
        """
        current = self.home.current_publication()
        is_nothing_known = not current and not recorded
        for aside in self.home.published.glob(f".publication-*{UNFINISHED}"):
            shutil.rmtree(aside)
        for number in self.home.publication_numbers():
            folder = self.home.publication(number)
            if is_nothing_known:
                folder.rename(folder.with_name(f".{folder.name}.{time.time_ns()}.unclaimed"))
            elif number > current and number not in recorded:
                shutil.rmtree(folder)

    def _copy_marts(self, connection: duckdb.DuckDBPyConnection, parquet: Path) -> dict[str, str]:
        candidate = quoted(self.home.candidate_file)
        connection.execute(f"attach {candidate} as candidate (read_only)")
        connection.execute(f"create schema {PUBLISHED_SCHEMA}")
        tables = connection.execute(
            "select table_schema, table_name from information_schema.tables "
            "where table_catalog = 'candidate' and list_contains(?, table_schema) "
            "and table_type = 'BASE TABLE' order by table_name",
            [list(CANDIDATE_SCHEMAS)],
        ).fetchall()
        checksums = {}
        for schema, table in tables:
            connection.execute(
                f"create table {PUBLISHED_SCHEMA}.{table} as from candidate.{schema}.{table}"
            )
            connection.execute(f"create view {table} as from {PUBLISHED_SCHEMA}.{table}")
            target = quoted(parquet / f"{table}.parquet")
            connection.execute(f"copy {PUBLISHED_SCHEMA}.{table} to {target} (format parquet)")
            checksums[table] = table_checksum(connection, f"{PUBLISHED_SCHEMA}.{table}")
        connection.execute("detach candidate")
        return checksums

    def mark_stale(self, reasons: list[str]) -> None:
        """Write the reasons beside the publication; the publication itself is not touched."""
        if (note := self.current()) is not None:
            publication_files.write_state(self.home, replace(note, reasons=reasons))

    def current(self) -> PublicationNote | None:
        """What lies in the folder that `current` points at, and the state beside it."""
        number = self.home.current_publication()
        if not (self.home.publication(number) / FILE_NAME).exists():
            return None
        return publication_files.read_note(self.home, number) or self._old_note(number)

    def _old_note(self, number: int) -> PublicationNote:
        """The note of a publication from before there were notes."""
        said = self.query("select published_at, code_version from publication", number).rows[0]
        location = str((self.home.publication(number) / FILE_NAME).relative_to(self.home.root))
        return PublicationNote(
            publication_id=number,
            published_at=said[0],
            code_version=said[1],
            location=location,
            reasons=publication_files.read_state(self.home, number),
        )

    def query(self, sql: str, publication_id: int | None = None) -> QueryResult:
        """Read from the current publication's file, or an older one's that is still kept."""
        folder = (
            self.home.published / "current"
            if publication_id is None
            else self.home.publication(publication_id)
        )
        path = Path(os.path.realpath(folder)) / FILE_NAME
        if not path.exists():
            if publication_id is not None:
                raise CspError(f"publication {publication_id} is not kept here")
            raise CspError("nothing is published yet; run: csp refresh")
        with duckdb.connect(str(path), read_only=True) as connection:
            connection.execute("set enable_external_access = false")
            try:
                return _fetched(connection, sql)
            except duckdb.Error as error:
                raise CspError(str(error).splitlines()[0]) from error


def _fetched(connection: duckdb.DuckDBPyConnection, sql: str) -> QueryResult:
    cursor = connection.execute(sql)
    columns = [column[0] for column in cursor.description or []]
    return QueryResult(columns, cursor.fetchall())
