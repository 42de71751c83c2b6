"""The sentences about what goes wrong outside our data: true cause first, then what to do next."""

from __future__ import annotations

from dataclasses import dataclass

AGAIN = "then run the same command again"
WAREHOUSE = "the warehouse's database (CSP_WAREHOUSE)"
CANDIDATE = "candidate.duckdb"


@dataclass(frozen=True)
class Fault:
    """Something outside our data that went wrong.

    Attributes:
        cause: What is wrong; `{where}` stands for the place, `{at}` for the place in brackets.
        advice: What to do next.
        where: A path, or the name of a database; may be empty.
    """

    cause: str
    advice: str
    where: str = ""

    def __str__(self) -> str:
        at = f" ({self.where})" if self.where else ""
        cause = self.cause.format(where=self.where or "a database", at=at)
        return f"{cause}; {self.advice}"

    def at(self, where: str) -> Fault:
        """The same, at a place."""
        return Fault(self.cause, self.advice, where)


DISK_FULL = Fault(
    "the disk is full, or the space allowed to this user is used up{at}",
    f"free some space, {AGAIN}",
)
FILE_LIMIT = Fault(
    "a file has become larger than this process may write{at}",
    f"raise the limit (ulimit -f), {AGAIN}",
)
DISK_FAILS = Fault(
    "the disk did not do what was asked of it: it is full, limited (ulimit -f) or failing{at}",
    f"free some space, raise the limit, or look for the disk in the system's log, {AGAIN}",
)
NOT_ALLOWED = Fault(
    "the user who runs csp has no right to read or write there{at}",
    f"give that right (chown, chmod) or have the setting name another place, {AGAIN}",
)
READ_ONLY = Fault(
    "the disk is mounted for reading only{at}",
    "mount it for writing; when it has become so by itself the disk is failing, and the system's "
    "log says why",
)
NO_FOLDER = Fault(
    "a file stands where a folder has to be{at}",
    f"move it away or have the setting name another place, {AGAIN}",
)
NOT_THERE = Fault(
    "a file or folder is not there, or not any more{at}",
    "nobody but csp may move or remove what lies below the data root; put it back from the backup, "
    f"{AGAIN}",
)
OPEN_FILES = Fault(
    "too many files are open at once",
    f"raise the limit (ulimit -n) or end other programs, {AGAIN}",
)
MEMORY = Fault(
    "there is not enough memory",
    f"end other programs or give the machine more, {AGAIN}",
)
MEMORY_OF_DUCKDB = Fault(
    "DuckDB needs more memory than it may take",
    f"raise CSP_INTAKE_MEMORY for ingest, give the machine more for a refresh, {AGAIN}",
)
NO_PROGRAM = Fault(
    "another program could not be started, or failed{at}",
    "when it is PostgreSQL's, its log is in the folder postgresql of the data root",
)

NO_ANSWER = Fault(
    "{where} does not answer, or has broken off the connection",
    f"start it, see that its address in the setting is right, {AGAIN}",
)
REFUSED = Fault(
    "{where} refuses the user, the password or the database that the setting names",
    f"put the setting right, or the account on the server, {AGAIN}",
)
NO_RIGHT = Fault(
    "{where} does not let this user do what has to be done",
    f"have its owner grant the right, or name another user in the setting, {AGAIN}",
)
LOCKED = Fault(
    "{where} has been locked by another process for longer than a minute",
    f"csp status says whether a refresh is running; wait until that process has ended, {AGAIN}",
)
MET_ANOTHER = Fault(
    "{where} was changed by another process at the same moment", "run the same command again"
)
CANCELLED = Fault(
    "{where} was told to cancel what this command had asked of it",
    f"ask whoever runs the server who did so, or raise its statement_timeout, {AGAIN}",
)
SERVER_FULL = Fault(
    "the disk of the database server is full: {where}", f"free some space there, {AGAIN}"
)
SERVER_SHORT = Fault(
    "{where} has no memory, locks or connections to spare",
    f"end other programs that use it, {AGAIN}",
)
SERVER_READS_ONLY = Fault(
    "{where} takes no changes now: it is set to reading only, or a standby",
    f"name the server that takes changes in the setting, {AGAIN}",
)
UNKNOWN_ADDRESS = Fault(
    "CSP_LEDGER or CSP_WAREHOUSE holds no address of a database that csp can use",
    "the table of settings in README.md says what they may be",
)
SHUT_FILE = Fault(
    "{where} cannot be opened or written: its file or folder is not there, is not "
    "this user's, or too many files are open",
    f"give the user who runs csp the right to both (chown, chmod), {AGAIN}",
)

DAMAGED = Fault(
    "{where} is damaged, or is no database at all",
    f"keep the file as it is for whoever looks into it, put back the newest backup, {AGAIN}",
)
DAMAGED_CANDIDATE = Fault(
    "the candidate warehouse is damaged{at}",
    f"remove it with its .wal: csp refresh makes it anew; {AGAIN}",
)
DAMAGED_PUBLICATION = Fault(
    "the file of a publication is damaged{at}", "csp refresh --full publishes a new one"
)
DAMAGED_WAREHOUSE = Fault(
    "a DuckDB file of the warehouse is damaged",
    f"remove warehouse/{CANDIDATE} below the data root, which csp refresh makes anew; a damaged "
    "publication is replaced by csp refresh --full",
)
DAMAGED_LAKE = Fault("a Parquet file is damaged{at}", f"put it back from the backup, {AGAIN}")
IN_USE = Fault(
    "the candidate warehouse is in use by another process{at}",
    f"wait until that refresh has ended, or close the DuckDB shell that has it open, {AGAIN}",
)
