"""DuckDB as ingest uses it: in memory, bounded, spilling into its scratch."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType

import duckdb

from csp.ingest.values import register_local_time
from csp.pseudonyms.keys import KeyRing
from csp.pseudonyms.patterns import register_patterns
from csp.pseudonyms.tokens import register
from csp.sql import quoted

MEMORY_LIMIT = os.environ.get("CSP_INTAKE_MEMORY", "1GB")
SETTINGS = (
    f"set memory_limit = {quoted(MEMORY_LIMIT)}",
    "set preserve_insertion_order = true",
    # It makes a join of a long list of values, and no join keeps the order of rows, by which each
    # is known to stand on its line.
    "set disabled_optimizers = 'in_clause'",
    "set enable_progress_bar = false",
    "set TimeZone = 'UTC'",
    # It takes a file for the one of the same path before it when size and time of change are the
    # same, as small files that follow each other often are.
    "set enable_external_file_cache = false",
)
WORTH_PLANNING_BYTES = 16 << 20
#: DuckDB keeps what its CSV reader could not split in these, of every file it has read.
REJECTS = ("reject_errors", "reject_scans")


class IngestEngine:
    """One connection for all deliveries of a run; opening one takes longer than a small file.

    Args:
        folder: Where it may spill.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._connection: duckdb.DuckDBPyConnection | None = None
        self._registered: set[str] = set()

    def connection(
        self, ring: KeyRing | None, purposes: Iterable[str], size_bytes: int
    ) -> duckdb.DuckDBPyConnection:
        """The connection, ready for one file.

        Args:
            ring: The keys, when the file needs them.
            purposes: Purposes whose tokens it needs; each has a function `token_<purpose>`.
            size_bytes: Size of the file; what a plan saves on a small one is less than it costs.
        """
        if self._connection is None:
            self._connection = duckdb.connect()
            for setting in SETTINGS:
                self._connection.execute(setting)
            self._connection.execute(f"set temp_directory = {quoted(self.folder)}")
            register_patterns(self._connection)
            register_local_time(self._connection)
        planned = "enable" if size_bytes > WORTH_PLANNING_BYTES else "disable"
        self._connection.execute(f"pragma {planned}_optimizer")
        missing = sorted(set(purposes) - self._registered)
        if ring and missing:
            register(self._connection, ring, missing)
            self._registered |= set(missing)
        return self._connection

    def forget_delivery(self) -> None:
        """Drop what was kept of the last file."""
        if self._connection is None:
            return
        for name in REJECTS:
            self._connection.execute(f"drop table if exists {name}")

    def __enter__(self) -> IngestEngine:
        """The engine itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
            self._registered = set()
