"""Publishing on PostgreSQL: the rows of every published table exchanged in one transaction."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

from psycopg2.extensions import cursor as Cursor  # noqa: N812 - a class by its name

from csp.warehouse.engine import (
    CANDIDATE_SCHEMAS,
    PUBLISHED_SCHEMA,
    UNCOUNTED_COLUMN,
    PublicationNote,
)

OWN_TABLES = ("publication", "publication_state")


def exchange(cursor: Cursor, note: PublicationNote) -> PublicationNote:
    """Put the candidate's rows in the place of the published ones.

    Args:
        cursor: Of the transaction in which all of it happens.
        note: What the publication says of itself.

    Returns:
        The note, with a checksum per published table that leaves `publication_id` out.
    """
    checksums = {}
    cursor.execute(f"create schema if not exists {PUBLISHED_SCHEMA}")
    for schema, table in _candidate_tables(cursor):
        _exchange_table(cursor, schema, table)
        checksums[table] = _checksum(cursor, table)
    _drop_retired(cursor, set(checksums))
    note = replace(note, checksums=checksums)
    _write_note(cursor, note)
    return note


def _write_note(cursor: Cursor, note: PublicationNote) -> None:
    cursor.execute(f"""
        create table if not exists {PUBLISHED_SCHEMA}.publication (
            publication_id integer not null, published_at timestamp not null,
            code_version text not null)""")
    cursor.execute(f"delete from {PUBLISHED_SCHEMA}.publication")
    cursor.execute(
        f"insert into {PUBLISHED_SCHEMA}.publication values (%s, %s, %s)",
        [note.publication_id, note.published_at, note.code_version],
    )
    cursor.execute(f"""
        create table if not exists {PUBLISHED_SCHEMA}.publication_state (
            is_stale boolean not null, reasons text not null)""")
    for column in ("refresh_id bigint", "inputs_digest text", "checksums text"):
        cursor.execute(
            f"alter table {PUBLISHED_SCHEMA}.publication_state add column if not exists {column}"
        )
    cursor.execute(f"delete from {PUBLISHED_SCHEMA}.publication_state")
    cursor.execute(
        f"insert into {PUBLISHED_SCHEMA}.publication_state "
        "(is_stale, reasons, refresh_id, inputs_digest, checksums) values (false, '', %s, %s, %s)",
        [note.refresh_id, note.inputs_digest, json.dumps(dict(note.checksums))],
    )


def read_note(cursor: Cursor, location: str) -> PublicationNote | None:
    """What the publication that people read says of itself; None when nothing is published."""
    cursor.execute("select to_regclass(%s)", [f"{PUBLISHED_SCHEMA}.publication_state"])
    ((is_there,),) = cursor.fetchall()
    if not is_there:
        return None
    # A publication of an older version has no columns that say by which refresh it was made.
    cursor.execute(
        "select p.publication_id, p.published_at, p.code_version, to_jsonb(s) "
        f"from {PUBLISHED_SCHEMA}.publication as p cross join {PUBLISHED_SCHEMA}.publication_state "
        "as s"
    )
    found = cursor.fetchall()
    if not found:
        return None
    number, published_at, code_version, state = found[0]
    return PublicationNote(
        publication_id=number,
        published_at=published_at,
        code_version=code_version,
        refresh_id=state.get("refresh_id") or 0,
        inputs_digest=state.get("inputs_digest") or "",
        checksums=json.loads(state.get("checksums") or "{}"),
        location=location,
        reasons=state["reasons"].splitlines() if state["is_stale"] else [],
    )


def _candidate_tables(cursor: Cursor) -> list[tuple[str, str]]:
    cursor.execute(
        "select table_schema, table_name from information_schema.tables "
        "where table_schema = any(%s) and table_type = 'BASE TABLE' order by table_name",
        [list(CANDIDATE_SCHEMAS)],
    )
    return [(schema, table) for schema, table in cursor.fetchall()]


def _columns(cursor: Cursor, schema: str, table: str) -> list[tuple[str, str]]:
    cursor.execute(
        "select column_name, data_type from information_schema.columns "
        "where table_schema = %s and table_name = %s order by ordinal_position",
        [schema, table],
    )
    return [(name, kind) for name, kind in cursor.fetchall()]


def _exchange_table(cursor: Cursor, schema: str, table: str) -> None:
    columns = _columns(cursor, schema, table)
    place = f"{PUBLISHED_SCHEMA}.{table}"
    if columns != _columns(cursor, PUBLISHED_SCHEMA, table):
        # Only when a mart's shape changes, which is a release of code and not a refresh.
        cursor.execute(f"drop table if exists {place} cascade")
        cursor.execute(f"create table {place} (like {schema}.{table} including comments)")
    names = ", ".join(name for name, _ in columns)
    cursor.execute(f"delete from {place}")
    cursor.execute(f"insert into {place} ({names}) select {names} from {schema}.{table}")


def _checksum(cursor: Cursor, table: str) -> str:
    names = [
        name for name, _ in _columns(cursor, PUBLISHED_SCHEMA, table) if name != UNCOUNTED_COLUMN
    ]
    cursor.execute(checksum_query(table, names))
    ((checksum,),) = cursor.fetchall()
    return str(checksum)


def checksum_query(table: str, names: Sequence[str]) -> str:
    """Query for rows and checksum of a published table, as a publication keeps them of each.

    Args:
        table: The table.
        names: Its columns without `publication_id`, in their order.
    """
    return (
        "select count(*) || ':' || coalesce(sum(('x' || substr(md5(row::text), 1, 15))::bit(60)"
        f"::bigint::numeric), 0) from (select {', '.join(names)} from {PUBLISHED_SCHEMA}.{table}) "
        "as row"
    )


def _drop_retired(cursor: Cursor, kept: set[str]) -> None:
    cursor.execute(
        "select table_name from information_schema.tables where table_schema = %s",
        [PUBLISHED_SCHEMA],
    )
    for (table,) in cursor.fetchall():
        if table not in kept and table not in OWN_TABLES:
            cursor.execute(f"drop table {PUBLISHED_SCHEMA}.{table} cascade")
