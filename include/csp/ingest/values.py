"""How the text of a field becomes a value of its column's type, as DuckDB expressions.

Each gives null for what cannot be read; the rule R02 finds those.
"""

from __future__ import annotations

import duckdb

from csp.contracts.columns import Column
from csp.sql import quoted_list

ZONE = "Europe/London"
HAS_OFFSET = "([zZ]|[+-][0-9]{2}(:?[0-9]{2})?)$"
TRUE_WORDS = "('true', 't', 'yes', 'y', '1')"
FALSE_WORDS = "('false', 'f', 'no', 'n', '0')"


def register_local_time(connection: duckdb.DuckDBPyConnection) -> None:
    """Give a connection `london_time(utc)` and `london_day(utc)`, which contracts' rules may use.

    Args:
        connection: Keeps the macros until it is closed; nothing is written into its database.
    """
    for name, local in (("time", _to_local("utc")), ("day", f"{_to_local('utc')}::date")):
        connection.execute(f"create or replace temp macro london_{name}(utc) as {local}")


def typed(column: Column) -> str:
    """The value of a column, from the text column of the same name."""
    name = column.name
    match column.type:
        case "integer" | "bigint":
            # Spreadsheets write whole numbers as 12.0; anything else with a fraction is an error.
            return (
                f"case when regexp_full_match({name}, '-?[0-9]+([.]0+)?') "
                f"then try_cast(split_part({name}, '.', 1) as {column.type}) end"
            )
        case "double precision":
            number = f"try_cast({name} as double)"
            return f"case when isfinite({number}) then {number} end"
        case "date":
            return f"try_strptime({name}, [{_formats(column)}])::date"
        case "timestamp":
            return _timestamp(column)
        case "boolean":
            return (
                f"case when lower({name}) in {TRUE_WORDS} then true "
                f"when lower({name}) in {FALSE_WORDS} then false end"
            )
        case _:
            return name


def _formats(column: Column) -> str:
    return quoted_list(column.read_formats)


def _local(column: Column, text: str) -> str:
    """The wall-clock time of a text without an offset."""
    if column.platform.readFormats:
        return (
            f"coalesce(try_strptime({text}, [{_formats(column)}]), try_cast({text} as timestamp))"
        )
    return f"try_cast({text} as timestamp)"


def _to_utc(local: str) -> str:
    return f"(({local} at time zone '{ZONE}') at time zone 'UTC')"


def _to_local(utc: str) -> str:
    return f"(({utc} at time zone 'UTC') at time zone '{ZONE}')"


def _timestamp(column: Column) -> str:
    """UTC; a text with an offset says it, one without is London time unless that is unclear."""
    text, local = column.name, _local(column, column.name)
    return (
        f"case when regexp_matches({text}, '{HAS_OFFSET}') "
        f"and regexp_matches({text}, '[0-9]:[0-9]') "
        f"then try_cast({text} as timestamptz) at time zone 'UTC' "
        f"when not {_unclear(local)} then {_to_utc(local)} end"
    )


def _unclear(local: str) -> str:
    """The clock shows the time twice (autumn) or never (spring)."""
    utc = _to_utc(local)
    twice = " or ".join(
        f"{_to_local(f'({utc} {sign} interval 1 hour)')} = {local}" for sign in ("+", "-")
    )
    return f"({_to_local(utc)} <> {local} or {twice})"


def is_unclear_time(column: Column) -> str:
    """Predicate over `<column>__text`: a London time without offset that is none or two."""
    text = f"{column.name}__text"
    return (
        f"(not regexp_matches({text}, '{HAS_OFFSET}') "
        f"and coalesce({_unclear(_local(column, text))}, false))"
    )
