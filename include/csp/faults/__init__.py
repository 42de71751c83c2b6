"""What goes wrong outside our data, in a sentence: a disk, a right, a limit, a database.

A sentence holds paths and names of settings, and never the text of an error: that may hold a value
of a row, a password or a whole address. docs/runbooks/faults.md says of each what to do.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from csp.errors import CspError, EndedBySignalError
from csp.faults.recognised import (
    DUCKDB_BEGINS,
    NO_PARQUET,
    NO_ROOM,
    OF_DUCKDB,
    OF_POSTGRESQL,
    OF_SQLITE,
    OF_SQLSTATE,
    OF_SYSTEM,
    PATH,
    POSTGRESQL_BEGINS,
)
from csp.faults.sentences import (
    CANDIDATE,
    DAMAGED_CANDIDATE,
    DAMAGED_LAKE,
    DAMAGED_PUBLICATION,
    DAMAGED_WAREHOUSE,
    MEMORY,
    NO_ANSWER,
    NO_PROGRAM,
    UNKNOWN_ADDRESS,
    WAREHOUSE,
    Fault,
)

_PLACE = "csp: "


def fault_of(error: BaseException | None) -> Fault | None:
    """What went wrong outside our data, when an error, or one that it rests on, says so.

    Args:
        error: Anything that was raised.

    Returns:
        The fault; None for an error in our data, in what a person asked for, or in the software.
    """
    links = list(_chain(error))
    place = next(filter(None, map(_place, links)), "")
    for link in links:
        for recognise in (_of_sqlite, _of_psycopg, _of_duckdb, _of_settings, _of_system):
            if found := recognise(link):
                return found.at(place or found.where)
    return None


def fault_in_text(text: str) -> Fault | None:
    """The same of what dbt or Great Expectations says of an error: words are all that is left."""
    if found := _in_duckdb_text(text):
        return found
    is_postgresqls = any(begins in text for begins in POSTGRESQL_BEGINS)
    return _in_postgresql_text(text) if is_postgresqls else None


def in_words(error: BaseException) -> str:
    """An error as a reason that a person may read: never with a value of a row."""
    if ended := ended_by_signal(error):
        return str(ended)
    if isinstance(error, CspError):
        return str(error)
    return str(fault_of(error) or type(error).__name__)


def ended_by_signal(error: BaseException | None) -> EndedBySignalError | None:
    """The signal that an error rests on: DuckDB makes an error of its own of it."""
    return next((link for link in _chain(error) if isinstance(link, EndedBySignalError)), None)


def say_place(error: BaseException, where: str) -> None:
    """Note on an error of a database which one it is, for the sentence that is made of it."""
    error.add_note(_PLACE + where)


def _place(error: BaseException) -> str:
    notes = getattr(error, "__notes__", [])
    return next((n.removeprefix(_PLACE) for n in notes if n.startswith(_PLACE)), "")


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error and those that it rests on, the last one raised first."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        is_hidden = error.__suppress_context__ or isinstance(error, CspError)
        error = error.__cause__ or (None if is_hidden else error.__context__)


def _of_system(error: BaseException) -> Fault | None:
    is_without_room = isinstance(error, ImportError) and any(
        words in str(error).lower() for words in NO_ROOM
    )
    if isinstance(error, MemoryError) or is_without_room:
        return MEMORY
    if isinstance(error, OSError) and error.errno in OF_SYSTEM:
        path = error.filename if isinstance(error.filename, str) else ""
        return OF_SYSTEM[error.errno].at(path)
    program = getattr(error, "cmd", None) if _is_of(error, "subprocess") else None
    if program:
        first = program if isinstance(program, str) else program[0]
        return NO_PROGRAM.at(PurePath(str(first)).name)
    return None


def _of_sqlite(error: BaseException) -> Fault | None:
    name = str(getattr(error, "sqlite_errorname", ""))
    return next((fault for begins, fault in OF_SQLITE.items() if name.startswith(begins)), None)


def _of_psycopg(error: BaseException) -> Fault | None:
    if not _is_of(error, "psycopg2"):
        return None
    code = str(getattr(error, "pgcode", None) or "")
    for length in range(len(code), 1, -1):
        if code[:length] in OF_SQLSTATE:
            return OF_SQLSTATE[code[:length]].at(WAREHOUSE)
    if code:
        return None
    if found := _in_postgresql_text(str(error)):
        return found
    return NO_ANSWER.at(WAREHOUSE) if type(error).__name__ == "OperationalError" else None


def _of_duckdb(error: BaseException) -> Fault | None:
    is_duckdbs = _is_of(error, "duckdb") or _is_of(error, "_duckdb")
    return _in_duckdb_text(str(error)) if is_duckdbs else None


def _of_settings(error: BaseException) -> Fault | None:
    if not _is_of(error, "sqlalchemy"):
        return None
    name = type(error).__name__
    is_no_address = name == "ArgumentError" and "Could not parse SQLAlchemy URL" in str(error)
    return UNKNOWN_ADDRESS if is_no_address or name == "NoSuchModuleError" else None


def _is_of(error: BaseException, package: str) -> bool:
    return any(kind.__module__.split(".")[0] == package for kind in type(error).__mro__)


def _in_duckdb_text(text: str) -> Fault | None:
    begins = DUCKDB_BEGINS.search(text)
    said = text[begins.start() :] if begins else text
    path = PATH.search(said)
    where = path.group(1) if path else ""
    if begins is None:
        return DAMAGED_LAKE.at(where) if NO_PARQUET in text else None
    found = _by_words(said, OF_DUCKDB)
    if found is None:
        return _in_postgresql_text(said)
    if found is DAMAGED_WAREHOUSE and where:
        is_candidate = PurePath(where).name == CANDIDATE
        found = DAMAGED_CANDIDATE if is_candidate else DAMAGED_PUBLICATION
    return found.at(where)


def _in_postgresql_text(text: str) -> Fault | None:
    found = _by_words(text, OF_POSTGRESQL)
    return found.at(WAREHOUSE) if found else None


def _by_words(text: str, known: tuple[tuple[str, Fault], ...]) -> Fault | None:
    lowered = text.lower()
    return next((fault for words, fault in known if words in lowered), None)
