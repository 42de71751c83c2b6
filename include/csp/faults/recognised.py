"""By what each fault is known: numbers of the system, names of SQLite, codes and words."""

from __future__ import annotations

import errno
import re

from csp.faults.sentences import (
    CANCELLED,
    DAMAGED,
    DAMAGED_WAREHOUSE,
    DISK_FAILS,
    DISK_FULL,
    FILE_LIMIT,
    IN_USE,
    LOCKED,
    MEMORY,
    MEMORY_OF_DUCKDB,
    MET_ANOTHER,
    NO_ANSWER,
    NO_FOLDER,
    NO_RIGHT,
    NOT_ALLOWED,
    NOT_THERE,
    OPEN_FILES,
    READ_ONLY,
    REFUSED,
    SERVER_FULL,
    SERVER_READS_ONLY,
    SERVER_SHORT,
    SHUT_FILE,
)

OF_SYSTEM = {
    errno.ENOSPC: DISK_FULL,
    errno.EDQUOT: DISK_FULL,
    errno.EFBIG: FILE_LIMIT,
    errno.EIO: DISK_FAILS,
    errno.EACCES: NOT_ALLOWED,
    errno.EPERM: NOT_ALLOWED,
    errno.EROFS: READ_ONLY,
    errno.ENOTDIR: NO_FOLDER,
    errno.EEXIST: NO_FOLDER,
    errno.ENOENT: NOT_THERE,
    errno.ESTALE: NOT_THERE,
    errno.EMFILE: OPEN_FILES,
    errno.ENFILE: OPEN_FILES,
    errno.ENOMEM: MEMORY,
}

#: The first of SQLite's names of errors that an error's own begins with.
OF_SQLITE = {
    "SQLITE_FULL": DISK_FULL,
    "SQLITE_READONLY": SHUT_FILE,
    "SQLITE_CANTOPEN": SHUT_FILE,
    "SQLITE_PERM": SHUT_FILE,
    "SQLITE_AUTH": SHUT_FILE,
    "SQLITE_BUSY": LOCKED,
    "SQLITE_LOCKED": LOCKED,
    "SQLITE_IOERR": DISK_FAILS,
    "SQLITE_CORRUPT": DAMAGED,
    "SQLITE_NOTADB": DAMAGED,
    "SQLITE_NOMEM": MEMORY,
}

#: The longest beginning of a SQLSTATE counts (PostgreSQL, appendix A).
OF_SQLSTATE = {
    "08": NO_ANSWER,
    "57P": NO_ANSWER,
    "57014": CANCELLED,
    "28": REFUSED,
    "3D": REFUSED,
    "42501": NO_RIGHT,
    "25006": SERVER_READS_ONLY,
    "40": MET_ANOTHER,
    "55P03": LOCKED,
    "53": SERVER_SHORT,
    "53100": SERVER_FULL,
    "58": DISK_FAILS,
    "XX001": DAMAGED,
    "XX002": DAMAGED,
}

#: What PostgreSQL's client says when there is no SQLSTATE; the first that is found counts.
OF_POSTGRESQL = (
    ("could not extend file", SERVER_FULL),
    ("could not write to file", SERVER_FULL),
    ("authentication failed", REFUSED),
    ("no password supplied", REFUSED),
    ("no pg_hba.conf entry", REFUSED),
    ('" does not exist', REFUSED),
    ("is not permitted to log in", REFUSED),
    ("too many clients", SERVER_SHORT),
    ("remaining connection slots", SERVER_SHORT),
    ("connection to server", NO_ANSWER),
    ("could not connect", NO_ANSWER),
    ("could not translate host name", NO_ANSWER),
    ("closed the connection unexpectedly", NO_ANSWER),
    ("connection has been closed", NO_ANSWER),
    ("connection already closed", NO_ANSWER),
    ("cursor already closed", NO_ANSWER),
    ("terminating connection", NO_ANSWER),
    ("the database system is", NO_ANSWER),
    ("server process", NO_ANSWER),
    ("could not receive data", NO_ANSWER),
    ("could not send data", NO_ANSWER),
    ("no connection to the server", NO_ANSWER),
    ("lost synchronization", NO_ANSWER),
    ("no message from the libpq", NO_ANSWER),
    ("unable to connect to postgres", NO_ANSWER),
)

#: What DuckDB says after `DUCKDB_BEGINS`; the first that is found counts.
OF_DUCKDB = (
    ("no space left on device", DISK_FULL),
    ("disk quota exceeded", DISK_FULL),
    ("max_temp_directory_size", DISK_FULL),
    ("file too large", FILE_LIMIT),
    ("permission denied", NOT_ALLOWED),
    ("operation not permitted", NOT_ALLOWED),
    ("read-only file system", READ_ONLY),
    ("too many open files", OPEN_FILES),
    ("not a directory", NO_FOLDER),
    ("input/output error", DISK_FAILS),
    ("cannot allocate memory", MEMORY),
    ("out of memory error", MEMORY_OF_DUCKDB),
    ("could not set lock", IN_USE),
    ("conflicting lock", IN_USE),
    ("no such file or directory", NOT_THERE),
    ("no files found that match", NOT_THERE),
    ("not a valid duckdb database file", DAMAGED_WAREHOUSE),
    ("corrupt", DAMAGED_WAREHOUSE),
    ("could not read enough bytes", DAMAGED_WAREHOUSE),
    ("checksum", DAMAGED_WAREHOUSE),
    ("failed to deserialize", DAMAGED_WAREHOUSE),
    ("database has been invalidated", DAMAGED_WAREHOUSE),
)
#: Its errors that are of no value in a row.
DUCKDB_BEGINS = re.compile(
    r"\b(IO|Out of Memory|FATAL|INTERNAL|Serialization|TransactionContext) Error: "
)
#: What the loader says of a library that there is no memory for.
NO_ROOM = ("failed to map segment", "cannot allocate memory")
#: What dbt and SQLAlchemy put before the words of PostgreSQL, and of no other database.
POSTGRESQL_BEGINS = ("Database Error", "(psycopg2.")
NO_PARQUET = "Invalid Input Error: No magic bytes found"
PATH = re.compile(r"""(?:file|pattern) ["'](/[^"'\n]+)["']""")
