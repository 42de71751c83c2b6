"""A command that meets a fault outside our data says so, and does its work when the fault is gone.

What stands for what: a limit on the size of a file (RLIMIT_FSIZE) for a quota or a full disk, where
it gives EFBIG or SQLite's I/O error in place of ENOSPC; `/dev/full` for ENOSPC itself; a data root
in `/sys`, where not even root may make a folder, for one that may not be written; a ledger opened
with `mode=ro` for a file that is only to be read; a port at which nobody listens for a database
that is gone.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import func, select

from csp.ledger.sessions import Ledger
from csp.ledger.tables import LedgerTable
from csp_simulator import simulate

CSP = Path(sys.executable).parent / "csp"
SMALL_BYTES = 20 << 10
DAMAGE_AT = 4096


@dataclass(frozen=True)
class Fault:
    """A fault to come.

    Attributes:
        begins: How the sentence on it begins.
        settings: Environment of the command; `{home}` stands for the data root.
        before: Brings it about in the data root.
        in_child: Brings it about in the command's own process.
        harms: Commands that need what is at fault.
    """

    begins: str
    settings: dict[str, str] = field(default_factory=dict)
    before: Callable[[Path], None] = lambda home: None
    in_child: Callable[[], None] | None = None
    harms: tuple[str, ...] = ("ingest", "status", "quarantine list")


def limit_files() -> None:
    """No file of this process may become larger."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (SMALL_BYTES, SMALL_BYTES))


def limit_open_files() -> None:
    """Hardly a file more than those that are open anyway."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (9, 9))


def tear(home: Path) -> None:
    """Overwrite all of the ledger but its first page."""
    path = home / "ledger.db"
    content = path.read_bytes()
    path.write_bytes(content[:DAMAGE_AT] + b"\xa5" * (len(content) - DAMAGE_AT))


def replace_by_rubbish(home: Path) -> None:
    """Something else lies where the ledger should."""
    (home / "ledger.db").write_bytes(b"rubbish " * 4096)


def block_landing(home: Path) -> None:
    """A file lies where the folder should."""
    (home / "landing").touch()


FAULTS = {
    "limited files": Fault(
        "csp: the disk did not do what was asked of it: it is full, limited", in_child=limit_files
    ),
    "root not to be written": Fault(
        "csp: the user who runs csp has no right|csp: the disk is mounted for reading only",
        {"CSP_HOME": "/sys/csp"},
    ),
    "ledger only to be read": Fault(
        "csp: the ledger file:{home}/ledger.db cannot be opened or written",
        {"CSP_LEDGER": "sqlite:///file:{home}/ledger.db?mode=ro&uri=true"},
        harms=("ingest",),
    ),
    "ledger of rubbish": Fault(
        "csp: the ledger {home}/ledger.db is damaged", before=replace_by_rubbish
    ),
    "ledger torn": Fault("csp: the ledger {home}/ledger.db is damaged", before=tear),
    "ledger gone": Fault(
        "csp: the ledger's database (CSP_LEDGER) does not answer",
        {"CSP_LEDGER": "postgresql://clerk:hush-hush@127.0.0.1:1/ledger"},
    ),
    "file in the way": Fault(
        "csp: a file stands where a folder has to be ({home}/landing)",
        before=block_landing,
        harms=("ingest",),
    ),
    "too little memory": Fault(
        "csp: DuckDB needs more memory", {"CSP_INTAKE_MEMORY": "1MB"}, harms=("ingest",)
    ),
    "too many files": Fault(
        "csp: too many files are open", in_child=limit_open_files, harms=("ingest",)
    ),
}


@dataclass
class Place:
    """A data root with a ledger, and an archive to ingest."""

    folder: Path
    archive: Path

    @property
    def home(self) -> Path:
        """The data root."""
        return self.folder / "home"

    def run(self, command: str, fault: Fault | None = None) -> subprocess.CompletedProcess[str]:
        """Run a command, under a fault when there is one."""
        settings = {"CSP_HOME": str(self.home), "CSP_WAREHOUSE": "duckdb"}
        for name, value in (fault.settings if fault else {}).items():
            settings[name] = value.format(home=self.home)
        return subprocess.run(
            [CSP, *command.split(), *([str(self.archive)] if command == "ingest" else [])],
            env=os.environ | settings,
            capture_output=True,
            text=True,
            check=False,
            preexec_fn=fault.in_child if fault else None,
        )

    def counts(self) -> dict[str, int]:
        """Rows of each table of the ledger but of the steps, of which a fault adds one."""
        ledger = Ledger(f"sqlite:///{self.home / 'ledger.db'}")
        with ledger.session() as session:
            tables = [t for t in LedgerTable.metadata.sorted_tables if t.name != "step"]
            found = {
                table.name: session.scalar(select(func.count()).select_from(table)) or 0
                for table in tables
            }
        ledger.engine.dispose()
        return found


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One month of the police, three files in an archive."""
    folder = tmp_path_factory.mktemp("deliveries")
    simulate("borough-year", folder, scale=0.05)
    return sorted((folder / "deliveries" / "police").iterdir())[0]


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data root with an empty ledger."""
    home = tmp_path_factory.mktemp("empty")
    Ledger(f"sqlite:///{home / 'ledger.db'}").engine.dispose()
    return home


@pytest.fixture
def place(tmp_path: Path, empty: Path, archive: Path) -> Place:
    shutil.copytree(empty, tmp_path / "home")
    return Place(tmp_path, archive)


@pytest.fixture(scope="module")
def undisturbed(
    tmp_path_factory: pytest.TempPathFactory, empty: Path, archive: Path
) -> dict[str, int]:
    """What the ledger holds when nothing has gone wrong."""
    place = Place(tmp_path_factory.mktemp("undisturbed"), archive)
    shutil.copytree(empty, place.home)
    assert place.run("ingest").returncode == 0
    return place.counts()


def is_told(done: subprocess.CompletedProcess[str], begins: str) -> bool:
    """Whether a command ended with one sentence that begins so, and with nothing else."""
    (line,) = done.stderr.splitlines()
    assert "Traceback" not in done.stderr + done.stdout
    assert "unforeseen" not in done.stderr
    assert "hush-hush" not in done.stderr
    return any(line.startswith(one) for one in begins.split("|"))


@pytest.mark.parametrize(
    ("name", "command"), [(name, command) for name in FAULTS for command in FAULTS[name].harms]
)
def test_a_fault_is_said_in_a_sentence_and_leaves_nothing_behind(
    name: str, command: str, place: Place, undisturbed: dict[str, int], empty: Path
) -> None:
    fault = FAULTS[name]
    fault.before(place.home)
    done = place.run(command, fault)
    assert done.returncode == 1
    assert is_told(done, fault.begins.format(home=place.home))
    if command == "ingest":
        if fault.before in (tear, replace_by_rubbish):
            shutil.copy(empty / "ledger.db", place.home)
        elif fault.before is block_landing:
            (place.home / "landing").unlink()
        again = place.run(command)
        assert again.returncode == 0, again.stderr
        assert place.counts() == undisturbed


def test_an_output_that_cannot_be_written_is_said(place: Place) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = subprocess.run(
            [CSP, "status"],
            env=os.environ | {"CSP_HOME": str(place.home)},
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr.startswith("csp: the disk is full")
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


def test_an_output_that_nobody_reads_any_more_ends_it_quietly(place: Place) -> None:
    for arguments in (["status"], ["status", "--json"], ["feeds", "list"], ["--help"]):
        reading, writing = os.pipe()
        os.close(reading)
        done = subprocess.run(
            [CSP, *arguments],
            env=os.environ | {"CSP_HOME": str(place.home)},
            stdout=writing,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        os.close(writing)
        assert (done.returncode, done.stderr) == (141, ""), arguments
