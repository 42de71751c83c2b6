"""Publications held against the checksums that the ledger has of their tables."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import duckdb
from sqlalchemy import select

from csp.errors import CspError
from csp.ledger.sessions import Ledger
from csp.ledger.tables import Publication
from csp.sql import named, quoted
from csp.storage.home import Home
from csp.warehouse.damage import Damage, Kind, Watch, unwatched
from csp.warehouse.duckdb_engine import FILE_NAME, DuckDBWarehouse
from csp.warehouse.engine import PUBLISHED_SCHEMA, UNCOUNTED_COLUMN, Warehouse
from csp.warehouse.publication_files import NOTE, STATE, read_state
from csp.warehouse.table_checksum import table_checksum

OWN_TABLE = "publication"
#: What a publication says of itself → where the ledger has it.
SAID = {
    "publication_id": "publication_id",
    "inputs_digest": "inputs_digest",
    "checksums": "table_checksums",
}
PUBLISH_ANEW = "publish anew: csp refresh --full"
#: What PostgreSQL says beside the marts of its publication.
ON_SERVER = (OWN_TABLE, "publication_state")


def verify_publications(
    home: Home, ledger: Ledger, warehouse: Warehouse, watch: Watch = unwatched
) -> list[Damage]:
    """Published tables, files of them and `current`, where they are not what was published.

    Args:
        home: The data root.
        ledger: Its ledger.
        warehouse: The engine that publishes now.
        watch: Called before publications are looked at.
    """
    with ledger.session() as session:
        publications = session.scalars(
            select(Publication).order_by(Publication.publication_id)
        ).all()
    found = [*_kept_in_files(home, publications, watch)]
    if warehouse.name != DuckDBWarehouse.name:
        found += _on_server(warehouse, [p for p in publications if p.engine == warehouse.name])
    return found


def _kept_in_files(
    home: Home, publications: Sequence[Publication], watch: Watch
) -> Iterator[Damage]:
    """What is wrong with the publications of the embedded engine."""
    in_files = {p.publication_id: p for p in publications if p.engine == DuckDBWarehouse.name}
    of_server = {p.publication_id for p in publications} - set(in_files)
    numbers = home.publication_numbers()
    told = watch("publications", len(numbers))
    for number in numbers:
        folder = home.publication(number)
        if number in in_files:
            damage = list(_damaged_files(home, folder, in_files[number]))
            # It may have been forgotten meanwhile, as one that is no longer among the newest.
            yield from damage if folder.exists() else ()
        elif number not in of_server:
            yield _damage(
                home,
                folder,
                "surplus",
                "the ledger knows no such publication",
                "a refresh that was killed has left it, or it is of another data root; remove it",
            )
        told()
    oldest = min(numbers, default=0)
    newest = max(in_files, default=0)
    for number in sorted(set(in_files) - set(numbers)):
        if number > oldest or number == newest:
            folder = home.publication(number)
            yield _damage(home, folder, "missing", "the publication is not there", PUBLISH_ANEW)
    known = max((p.publication_id for p in publications), default=0)
    yield from _current(home, known)
    try:
        read_state(home, known)
    except (OSError, ValueError, TypeError, LookupError, AttributeError):
        path = home.published / STATE
        what = "it cannot be read, and it says whether the publication is stale"
        yield _damage(home, path, "unreadable", what, f"remove it, and {PUBLISH_ANEW}")


def _current(home: Home, newest: int) -> Iterator[Damage]:
    """What is wrong with the link to the newest publication.

    Args:
        home: The data root.
        newest: The newest publication that the ledger knows; 0 for none.
    """
    link = home.published / "current"
    there = link.readlink().name if link.is_symlink() else None
    meant = home.publication(newest).name
    if there == meant or not (newest and home.publication(newest).is_dir()):
        return
    to_do = f"before the next refresh: ln -sfn {meant} {link}"
    if there is None:
        said = "it is no link to a publication" if link.exists() else "it is not there"
        yield _damage(home, link, "missing", f"{said}, so that nothing is published", to_do)
    else:
        said = f"it points at {there}, and the newest publication is {meant}"
        yield _damage(home, link, "contradicts", said, to_do)


def _damaged_files(home: Home, folder: Path, publication: Publication) -> Iterator[Damage]:
    """Tables of one publication, in its database and its Parquet files."""
    path = folder / FILE_NAME
    if not path.is_file():
        yield _damage(home, path, "missing", "the file is not there", PUBLISH_ANEW)
        return
    try:
        with duckdb.connect(str(path), read_only=True) as connection:
            columns = _columns(connection)
            yield from _of_database(home, path, connection, columns, publication)
            for table, types in columns.items():
                if table in publication.table_checksums:
                    copy = folder / "parquet" / f"{table}.parquet"
                    meant = publication.table_checksums[table]
                    yield from _of_copy(home, copy, connection, types, meant)
            yield from _strays(home, folder, publication)
        yield from _note(home, folder, publication)
    except duckdb.Error as error:
        said = f"the database cannot be read ({type(error).__name__})"
        yield _damage(home, path, "unreadable", said, PUBLISH_ANEW)


def _columns(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, str]]:
    """Table → its columns and their types, of the published tables."""
    found: dict[str, dict[str, str]] = {}
    rows = connection.execute(
        "select table_name, column_name, data_type from duckdb_columns() "
        f"where schema_name = '{PUBLISHED_SCHEMA}' order by table_name, column_index"
    ).fetchall()
    for table, column, kind in rows:
        found.setdefault(table, {})[column] = kind
    return found


def _of_database(
    home: Home,
    path: Path,
    connection: duckdb.DuckDBPyConnection,
    columns: Mapping[str, Mapping[str, str]],
    publication: Publication,
) -> Iterator[Damage]:
    checksums = publication.table_checksums
    for table in sorted(set(checksums) - set(columns)):
        yield _damage(home, path, "missing", f"table {table} is not in it", PUBLISH_ANEW)
    for table in sorted(set(columns) - set(checksums) - {OWN_TABLE}):
        said = f"table {table} is in it, and was not published"
        yield _damage(home, path, "surplus", said, PUBLISH_ANEW)
    for table in sorted(set(columns) & set(checksums)):
        try:
            made = table_checksum(connection, f"{PUBLISHED_SCHEMA}.{named(table)}")
        except duckdb.Error as error:
            said = f"table {table} cannot be read ({type(error).__name__})"
            yield _damage(home, path, "unreadable", said, PUBLISH_ANEW)
            continue
        if made != checksums[table]:
            said = f"table {table} does not hold the rows that were published"
            yield _damage(home, path, "changed", said, PUBLISH_ANEW)
    said_numbers = connection.execute(
        f"select publication_id from {PUBLISHED_SCHEMA}.{OWN_TABLE}"
    ).fetchall()
    if said_numbers != [(publication.publication_id,)]:
        said = "it says that it is another publication"
        yield _damage(home, path, "changed", said, PUBLISH_ANEW)


def _of_copy(
    home: Home,
    path: Path,
    connection: duckdb.DuckDBPyConnection,
    types: Mapping[str, str],
    meant: str,
) -> Iterator[Damage]:
    """What is wrong with the Parquet file of a published table."""
    if not path.is_file():
        yield _damage(home, path, "missing", "the file is not there", PUBLISH_ANEW)
        return
    names = ", ".join(f"{named(name)}::{kind} as {named(name)}" for name, kind in types.items())
    try:
        made = table_checksum(
            connection, f"(select {names} from read_parquet({quoted(path)})) as copied"
        )
    except duckdb.Error as error:
        said = f"the file cannot be read ({type(error).__name__})"
        yield _damage(home, path, "unreadable", said, PUBLISH_ANEW)
        return
    if made != meant:
        said = "the file does not hold the rows that were published"
        yield _damage(home, path, "changed", said, PUBLISH_ANEW)


def _note(home: Home, folder: Path, publication: Publication) -> Iterator[Damage]:
    """What is wrong with what a publication says of itself; an older one says nothing."""
    path = folder / NOTE
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        is_same = all(said[name] == getattr(publication, kept) for name, kept in SAID.items())
    except FileNotFoundError:
        return
    except (OSError, ValueError, TypeError, LookupError):
        yield _damage(home, path, "unreadable", "it is not what was written", PUBLISH_ANEW)
        return
    if not is_same:
        what = "it says something else than the ledger"
        yield _damage(home, path, "contradicts", what, PUBLISH_ANEW)


def _strays(home: Home, folder: Path, publication: Publication) -> Iterator[Damage]:
    """Parquet files of no published table."""
    for path in sorted((folder / "parquet").glob("*")):
        if path.suffix != ".parquet" or path.stem not in publication.table_checksums:
            said = "no table of this name was published"
            yield _damage(home, path, "surplus", said, "look who put it there, and remove it")


def _on_server(warehouse: Warehouse, publications: Sequence[Publication]) -> Iterator[Damage]:
    """What is wrong with the one publication that PostgreSQL keeps."""
    if not publications:
        return
    newest = publications[-1]
    place = f"schema {PUBLISHED_SCHEMA}"
    try:
        names: dict[str, list[str]] = {}
        for table, column in warehouse.query(
            "select table_name, column_name from information_schema.columns "
            f"where table_schema = '{PUBLISHED_SCHEMA}' order by table_name, ordinal_position"
        ).rows:
            names.setdefault(table, []).append(column)
        made = _checksums_on_server(warehouse, names)
    except CspError as error:
        yield Damage("unreadable", place, str(error), PUBLISH_ANEW)
        return
    if (number := made.pop(OWN_TABLE, "")) != str(newest.publication_id):
        said = f"it says that it is publication {number or '–'}, and the newest is "
        yield Damage("contradicts", place, f"{said}{newest.publication_id}", PUBLISH_ANEW)
        return
    for table in sorted({*made, *newest.table_checksums}):
        kind: Kind = "changed"
        if table not in made:
            kind, said = "missing", "the table is not there"
        elif table not in newest.table_checksums:
            kind, said = "surplus", "the table was not published"
        elif made[table] != newest.table_checksums[table]:
            said = "it does not hold the rows that were published"
        else:
            continue
        yield Damage(kind, f"{place}, table {table}", said, PUBLISH_ANEW)


def _checksums_on_server(warehouse: Warehouse, names: Mapping[str, list[str]]) -> dict[str, str]:
    """Table → checksum, and the publication's number, as one statement sees them."""
    from csp.warehouse.postgres_exchange import checksum_query  # noqa: PLC0415 - its driver

    parts = [f"select '{OWN_TABLE}', max(publication_id)::text from {OWN_TABLE}"]
    for table, columns in names.items():
        if table not in ON_SERVER:
            counted = [name for name in columns if name != UNCOUNTED_COLUMN]
            parts.append(f"select {quoted(table)}, ({checksum_query(table, counted)})")
    return dict(warehouse.query(" union all ".join(parts)).rows)


def _damage(home: Home, path: Path, kind: Kind, what: str, to_do: str) -> Damage:
    return Damage(kind, str(path.relative_to(home.root)), what, to_do)
