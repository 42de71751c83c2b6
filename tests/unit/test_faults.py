"""A fault outside our data is known by the real error, and said without what the error holds."""

from __future__ import annotations

import errno
import os
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path

import duckdb
import psycopg2
import psycopg2.errors
import pytest

from csp.errors import CspError, EndedBySignalError
from csp.faults import fault_in_text, fault_of, in_words
from csp.ledger.sessions import Ledger

CLOSED_PORT = "postgresql://clerk:hush-hush@127.0.0.1:1/ledger"


def full_disk(_folder: Path) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as stream:
        stream.write("a value of a row")


def full_disk_by_duckdb(_folder: Path) -> None:
    duckdb.sql("copy (select 'a value of a row') to '/dev/full' (format csv)")


def file_in_the_way(folder: Path) -> None:
    (folder / "file").touch()
    (folder / "file" / "below").mkdir(parents=True)


def gone(folder: Path) -> None:
    (folder / "gone").read_bytes()


def ledger_of_rubbish(folder: Path) -> None:
    (folder / "ledger.db").write_bytes(b"rubbish " * 4096)
    Ledger(f"sqlite:///{folder / 'ledger.db'}")


def ledger_torn(folder: Path) -> None:
    path = folder / "ledger.db"
    Ledger(f"sqlite:///{path}").engine.dispose()
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xa5" * (len(content) - 4096)
    path.write_bytes(content)
    Ledger(f"sqlite:///{path}")


def ledger_nowhere(_folder: Path) -> None:
    Ledger("sqlite:////nowhere/at/all/ledger.db")


def ledger_for_reading_only(folder: Path) -> None:
    path = folder / "ledger.db"
    Ledger(f"sqlite:///{path}").engine.dispose()
    with Ledger(f"sqlite:///file:{path}?mode=ro&uri=true").step("a", "b"):
        pass


def ledger_locked(folder: Path) -> None:
    holder = sqlite3.connect(folder / "locked.db", isolation_level=None)
    holder.execute("begin exclusive")
    sqlite3.connect(folder / "locked.db", timeout=0).execute("create table t (a)")


def ledger_full(folder: Path) -> None:
    connection = sqlite3.connect(folder / "full.db")
    connection.execute("pragma max_page_count = 2")
    connection.execute("create table t (a)")
    connection.execute("insert into t values (zeroblob(100000))")


def ledger_silent(_folder: Path) -> None:
    Ledger(CLOSED_PORT)


def warehouse_silent(_folder: Path) -> None:
    psycopg2.connect(CLOSED_PORT)


def warehouse_silent_to_duckdb(_folder: Path) -> None:
    import duckdb_extensions  # noqa: PLC0415 - only this case needs it

    with duckdb.connect() as engine:
        duckdb_extensions.import_extension("postgres_scanner", con=engine)
        engine.execute("load postgres_scanner")
        engine.execute("attach 'host=127.0.0.1 port=1 password=hush-hush' as s (type postgres)")


def candidate_of_rubbish(folder: Path) -> None:
    (folder / "candidate.duckdb").write_bytes(b"rubbish " * 4096)
    duckdb.connect(str(folder / "candidate.duckdb"))


def candidate_cut_short(folder: Path) -> None:
    path = folder / "candidate.duckdb"
    with duckdb.connect(str(path)) as made:
        made.execute("create table t as select range as a from range(100000)")
    path.write_bytes(path.read_bytes()[:9000])
    duckdb.connect(str(path))


def lake_file_of_rubbish(folder: Path) -> None:
    (folder / "rows.parquet").write_bytes(b"rubbish " * 16)
    duckdb.sql(f"from '{folder / 'rows.parquet'}'")


def too_little_memory(_folder: Path) -> None:
    with duckdb.connect(config={"memory_limit": "1MB"}) as engine:
        engine.execute("set temp_directory = ''")
        engine.execute("create table t as select md5(range::text) as a from range(1000000)")


def program_that_fails(_folder: Path) -> None:
    subprocess.run(["false", "--password=hush-hush"], check=True)


def no_address(_folder: Path) -> None:
    Ledger("hush-hush")


#: What is done → how the sentence begins, and what it says to do.
REAL: dict[Callable[[Path], None], tuple[str, str]] = {
    full_disk: ("the disk is full", "free some space"),
    full_disk_by_duckdb: ("the disk is full", "free some space"),
    file_in_the_way: ("a file stands where a folder has to be", "move it away"),
    gone: ("a file or folder is not there", "backup"),
    ledger_of_rubbish: ("the ledger {folder}/ledger.db is damaged", "backup"),
    ledger_torn: ("the ledger {folder}/ledger.db is damaged", "backup"),
    ledger_nowhere: ("the ledger /nowhere/at/all/ledger.db cannot be opened", "chown, chmod"),
    ledger_for_reading_only: ("the ledger file:{folder}/ledger.db cannot be opened", "chown"),
    ledger_locked: ("a database has been locked by another process", "csp status"),
    ledger_full: ("the disk is full", "free some space"),
    ledger_silent: ("the ledger's database (CSP_LEDGER) does not answer", "start it"),
    warehouse_silent: ("the warehouse's database (CSP_WAREHOUSE) does not answer", "start it"),
    warehouse_silent_to_duckdb: ("the warehouse's database (CSP_WAREHOUSE) does not", "start"),
    candidate_of_rubbish: ("the candidate warehouse is damaged ({folder}/cand", "remove it"),
    candidate_cut_short: ("the candidate warehouse is damaged ({folder}/cand", "remove it"),
    lake_file_of_rubbish: ("a Parquet file is damaged ({folder}/rows.parquet)", "backup"),
    too_little_memory: ("DuckDB needs more memory", "CSP_INTAKE_MEMORY"),
    program_that_fails: ("another program could not be started, or failed (false)", "log"),
    no_address: ("CSP_LEDGER or CSP_WAREHOUSE holds no address", "README.md"),
}


@pytest.mark.parametrize("what", REAL, ids=lambda what: what.__name__)
def test_a_real_fault_is_said_with_its_cause_and_what_to_do(
    what: Callable[[Path], None], tmp_path: Path
) -> None:
    with pytest.raises(Exception) as raised:
        what(tmp_path)
    begins, advice = REAL[what]
    said = str(fault_of(raised.value))
    assert said.startswith(begins.format(folder=tmp_path))
    assert advice in said
    assert "a value of a row" not in said
    assert "hush-hush" not in said


@pytest.mark.parametrize(
    ("number", "begins"),
    [
        (errno.EDQUOT, "the disk is full, or the space allowed to this user is used up"),
        (errno.EFBIG, "a file has become larger than this process may write"),
        (errno.EACCES, "the user who runs csp has no right"),
        (errno.EROFS, "the disk is mounted for reading only"),
        (errno.EMFILE, "too many files are open"),
        (errno.EIO, "the disk did not do what was asked of it"),
        (errno.ENOMEM, "there is not enough memory"),
    ],
)
def test_what_the_system_says_by_a_number_is_said_in_words(number: int, begins: str) -> None:
    said = str(fault_of(OSError(number, os.strerror(number), "/data/rows.parquet")))
    assert said.startswith(begins)


@pytest.mark.parametrize(
    ("state", "begins"),
    [
        ("53100", "the disk of the database server is full"),
        ("53300", "the warehouse's database (CSP_WAREHOUSE) has no memory, locks or connections"),
        ("57P01", "the warehouse's database (CSP_WAREHOUSE) does not answer"),
        ("28P01", "the warehouse's database (CSP_WAREHOUSE) refuses the user"),
        ("42501", "the warehouse's database (CSP_WAREHOUSE) does not let this user"),
        ("25006", "the warehouse's database (CSP_WAREHOUSE) takes no changes now"),
        ("55P03", "the warehouse's database (CSP_WAREHOUSE) has been locked"),
        ("40P01", "the warehouse's database (CSP_WAREHOUSE) was changed by another process"),
    ],
)
def test_what_postgresql_says_by_a_code_is_said_in_words(state: str, begins: str) -> None:
    class Raised(psycopg2.errors.lookup(state)):  # type: ignore[misc]
        """As the driver raises it; only the driver can fill in the code itself."""

        pgcode = state

    assert str(fault_of(Raised("DETAIL: a value of a row"))).startswith(begins)


@pytest.mark.parametrize(
    "text",
    [
        "Runtime Error in model m (models/m.sql)\n  Conversion Error: Could not convert string "
        "'No space left on device' to INT64",
        "Runtime Error in model m (models/m.sql)\n  Catalog Error: Table with name x is absent",
        "Database Error in model m (models/m.sql)\n  invalid input syntax for type integer",
    ],
)
def test_an_error_of_data_or_model_is_no_fault(text: str) -> None:
    assert fault_in_text(text) is None


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        (
            "Runtime Error in model m (models/m.sql)\n  IO Error: Could not write file "
            '"/data/warehouse/candidate.duckdb": No space left on device',
            "the disk is full, or the space allowed to this user is used up (/data/warehouse/",
        ),
        (
            "Runtime Error in model m (models/m.sql)\n  TransactionContext Error: Failed to "
            'commit: Could not write file "/data/warehouse/candidate.duckdb.wal": File too large',
            "a file has become larger than this process may write (/data/warehouse/candidate",
        ),
        (
            "Database Error in model m (models/m.sql)\n  server closed the connection unexpectedly",
            "the warehouse's database (CSP_WAREHOUSE) does not answer",
        ),
        (
            'Database Error in model m (models/m.sql)\n  could not extend file "base/1/2": No '
            "space left on device",
            "the disk of the database server is full",
        ),
    ],
)
def test_what_dbt_says_of_a_fault_is_known_by_its_words(text: str, begins: str) -> None:
    assert str(fault_in_text(text)).startswith(begins)


def test_errors_of_software_and_of_people_are_no_faults() -> None:
    for error in (ValueError("x"), CspError("x"), KeyError("x"), sqlite3.IntegrityError("x")):
        assert fault_of(error) is None


def test_a_reason_names_signal_fault_or_kind_and_never_a_value() -> None:
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/data/scratch/x")
    assert in_words(EndedBySignalError(15)) == "ended by SIGTERM"
    assert in_words(full).startswith("the disk is full")
    assert in_words(CspError("do this")) == "do this"
    assert in_words(ValueError("a value of a row")) == "ValueError"
    interrupted = RuntimeError("Query interrupted")
    interrupted.__cause__ = EndedBySignalError(2)
    assert in_words(interrupted) == "ended by SIGINT"
