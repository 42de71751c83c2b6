"""The data root and what lies where below it."""

from __future__ import annotations

import os
import shutil
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from filelock import FileLock, Timeout

from csp.errors import CspError
from csp.files import write_whole

PUBLICATIONS_KEPT = 5
LONGEST_WAIT_SECONDS = 60
LONDON = ZoneInfo("Europe/London")
TODAY = "today"


@dataclass(frozen=True)
class Home:
    """The data root (`CSP_HOME`, default `./data`) as folders with names.

    Attributes:
        root: Absolute path of the data root.
    """

    root: Path

    @classmethod
    def from_environment(cls) -> Home:
        """The data root that `CSP_HOME` names."""
        return cls(Path(os.environ.get("CSP_HOME", "data")).resolve())

    @property
    def today(self) -> date:
        """The day on which feeds are judged late.

        Today, unless the data root says that it is a rehearsal with data of another time: a file
        `today` that holds a date, as the demo writes it for its simulated partners.

        Raises:
            CspError: The file holds no date.
        """
        try:
            said = (self.root / TODAY).read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return datetime.now(LONDON).date()
        try:
            return date.fromisoformat(said)
        except ValueError:
            raise CspError(
                f"{self.root / TODAY}: holds no date such as 2022-01-01; put one there, or "
                "remove the file to go by the calendar"
            ) from None

    def rehearse(self, day: date) -> None:
        """Judge feeds late as on a day, from now on."""
        write_whole(self.root / TODAY, f"{day}\n")

    def inbox(self, feed: str) -> Path:
        """Where a partner's files for one feed arrive."""
        return self._made("inbox", feed)

    @property
    def landing(self) -> Path:
        """Every file as received, named by its sha256, kept for ever."""
        return self._made("landing")

    def landed(self, sha256: str, *, sealed: bool = False) -> Path:
        """The place of one received file; a sealed one says so in its name."""
        return self.landing / sha256[:2] / (f"{sha256}.sealed" if sealed else sha256)

    def lake(self, feed: str) -> Path:
        """Folder of a feed's accepted deliveries."""
        return self._made("lake", feed)

    def lake_delivery(self, feed: str, delivery_id: str) -> Path:
        """Folder of one accepted delivery; there only when it is complete."""
        return self.lake(feed) / delivery_id

    def quarantine_file(self, feed: str, delivery_id: str) -> Path:
        """Rows held back from one delivery."""
        return self._made("quarantine", feed) / f"{delivery_id}.parquet"

    def feedback(self, feed: str) -> Path:
        """Folder of the reports that go back to a partner."""
        return self._made("feedback", feed)

    @property
    def scratch(self) -> Path:
        """Unfinished work; may be emptied whenever nothing runs."""
        return self._made("scratch")

    @property
    def candidate_file(self) -> Path:
        """The DuckDB file that a refresh builds, private to it."""
        return self._made("warehouse") / "candidate.duckdb"

    @property
    def dbt_models(self) -> Path:
        """The list of dbt models that the refresh DAG is drawn from."""
        return self.root / "dbt" / "models.json"

    @property
    def published(self) -> Path:
        """What each publication wrote; `current` points at the newest."""
        return self._made("published")

    def publication(self, number: int) -> Path:
        """Folder of one publication's files."""
        return self.published / f"publication-{number:04d}"

    def absolute(self, location: str) -> str:
        """Where something lies that the ledger names relative to the data root, if it does."""
        return str(self.root / location) if (self.root / location).exists() else location

    def publication_numbers(self) -> list[int]:
        """The publications that have a folder, oldest first."""
        folders = self.published.glob("publication-*")
        return sorted(int(folder.name.rsplit("-", 1)[1]) for folder in folders)

    def current_publication(self) -> int:
        """The number of the publication that `current` points at; 0 for none."""
        link = self.published / "current"
        return int(link.readlink().name.rsplit("-", 1)[1]) if link.is_symlink() else 0

    @contextmanager
    def publishing(self) -> Iterator[None]:
        """Be the only process that changes what is published below this data root.

        The lock is the operating system's and ends with the process that holds it.

        Raises:
            CspError: Another process has held it for longer than a minute.
        """
        path = self.published / ".publishing.lock"
        try:
            with FileLock(path, timeout=LONGEST_WAIT_SECONDS):
                yield
        except Timeout:
            raise CspError(
                f"another process has been publishing for longer than {LONGEST_WAIT_SECONDS} s "
                f"(it holds {path}); look for it, and try again when it has ended"
            ) from None

    def make_current(self, number: int) -> None:
        """Let `current` point at a publication's folder, in one step."""
        link = self.published / ".current.unfinished"
        link.unlink(missing_ok=True)
        link.symlink_to(self.publication(number).name)
        link.replace(self.published / "current")

    def forget_old_publications(self) -> None:
        """Remove the folders of all but the newest publications."""
        # A reader that has an old file open keeps reading it; its name is all that goes.
        for number in self.publication_numbers()[:-PUBLICATIONS_KEPT]:
            shutil.rmtree(self.publication(number))

    @property
    def ledger_url(self) -> str:
        """Where the ledger is: `CSP_LEDGER`, or SQLite below the data root."""
        return os.environ.get("CSP_LEDGER") or f"sqlite:///{self._made() / 'ledger.db'}"

    def note_error(self, error: BaseException) -> Path | None:
        """Write down where an unforeseen error happened; its message may hold a value, so not that.

        Returns:
            The log that it was added to; None when it cannot be written, as what is wrong may be
            the disk itself.
        """
        frames = "".join(traceback.format_tb(error.__traceback__))
        try:
            log = self._made("logs") / "faults.log"
            with log.open("a", encoding="utf-8") as stream:
                stream.write(
                    f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} {type(error).__name__}\n{frames}\n"
                )
        except OSError:
            return None
        return log

    def _made(self, *parts: str) -> Path:
        folder = self.root.joinpath(*parts)
        folder.mkdir(parents=True, exist_ok=True)
        return folder
