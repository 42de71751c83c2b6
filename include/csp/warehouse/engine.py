"""What every warehouse engine can do, and what passes between it and a refresh."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from csp.contracts import Contract
from csp.ledger.releases import ReleasePeriod

if TYPE_CHECKING:
    import pandas as pd

CANDIDATE_SCHEMAS = ("core", "kpi")
PUBLISHED_SCHEMA = "published"
UNCOUNTED_COLUMN = "publication_id"
BUILT_TABLE = "create table if not exists lake.built (feed text, digest text)"


@dataclass(frozen=True)
class LakeInput:
    """One feed's part of a load: its contract and the files of its deliveries.

    Attributes:
        files: Delivery → its Parquet file, of the deliveries that may be read.
        checksums: Delivery → sha256 of that file, as the ledger has it; an engine that copies rows
            knows by it a delivery that was judged anew.
    """

    contract: Contract
    files: dict[str, Path]
    checksums: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class PublicationNote:
    """What a publication says of itself inside the warehouse.

    It is written with the publication in one step, and is the one place that says which one is
    current. The ledger is told afterwards, by a later command when this one was killed between.

    Attributes:
        refresh_id: The refresh that made it; 0 when an older version of the platform did.
        inputs_digest: Digest of all that it was made of.
        checksums: Table → rows and checksum.
        location: Where it lies; below the data root relative to it.
        reasons: Why it is stale; empty when it is not.
    """

    publication_id: int
    published_at: datetime
    code_version: str
    refresh_id: int = 0
    inputs_digest: str = ""
    checksums: Mapping[str, str] = field(default_factory=dict)
    location: str = ""
    reasons: list[str] = field(default_factory=list)

    @property
    def is_stale(self) -> bool:
        """Whether a refresh after it was held or failed."""
        return bool(self.reasons)


@dataclass(frozen=True)
class QueryResult:
    """Rows of a query with their column names."""

    columns: list[str]
    rows: list[tuple[Any, ...]]

    def as_records(self) -> list[dict[str, Any]]:
        """The rows as one mapping each."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]

    def as_frame(self) -> pd.DataFrame:
        """The rows as a frame of the engine's own values, where a missing one is None."""
        import pandas as pd  # noqa: PLC0415 - few of those who query need it

        return pd.DataFrame(self.rows, columns=self.columns, dtype=object)


class Warehouse(Protocol):
    """A warehouse engine: it loads the lake, lets dbt and the gates in, and publishes."""

    name: str

    def load(self, inputs: Sequence[LakeInput], periods: Sequence[ReleasePeriod]) -> None:
        """Make schema `lake` show exactly these deliveries and periods."""

    def dbt_environment(self) -> dict[str, str]:
        """Environment variables from which the dbt profile finds this engine."""

    def judge_url(self) -> str:
        """SQLAlchemy address at which Great Expectations finds the candidate."""

    def built(self) -> dict[str, str]:
        """What the core models of the candidate were last built from: feed → digest of its periods.

        Empty when that is not known, as while they are being built.
        """

    def note_built(self, digests: dict[str, str]) -> None:
        """Note what they were built from."""

    def candidate_query(self, sql: str) -> QueryResult:
        """Read from the candidate area."""

    def write_table(
        self, table: str, columns: dict[str, str], rows: Sequence[Sequence[Any]]
    ) -> None:
        """Make a table of the candidate area hold exactly these rows.

        Args:
            table: Schema and name.
            columns: Name → type.
            rows: Values in the order of the columns.
        """

    def publishing(self) -> AbstractContextManager[None]:
        """The lock of whoever changes what is published, or says who may; it ends with its holder.

        Raises:
            CspError: Another process has held it for longer than a minute.
        """

    def publish(self, note: PublicationNote) -> PublicationNote:
        """Turn the candidate into the publication in one atomic step, within `publishing`.

        Returns:
            The note with location, and a checksum per table that leaves `publication_id` out.
        """

    def clear_unpublished(self, recorded: Collection[int]) -> None:
        """Remove what a process that was killed in `publish` has left, within `publishing`.

        Args:
            recorded: Publications that the ledger knows; they stay, whatever is current.
        """

    def mark_stale(self, reasons: list[str]) -> None:
        """Say on the current publication that it is stale, and why, within `publishing`."""

    def current(self) -> PublicationNote | None:
        """What the publication that people read says of itself; None when nothing is published."""

    def query(self, sql: str, publication_id: int | None = None) -> QueryResult:
        """Read-only SQL on the published marts."""


def current_number(warehouse: Warehouse) -> int:
    """The number of the publication that people read; 0 when nothing is published."""
    note = warehouse.current()
    return note.publication_id if note else 0
