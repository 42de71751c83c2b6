"""Tokens: what is stored in place of an identifier, keyed and good for one purpose only."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING

import duckdb
from duckdb.func import FunctionNullHandling, PythonUDFType

from csp.pseudonyms.keys import KeyRing

if TYPE_CHECKING:
    import pyarrow as pa


def token(ring: KeyRing, purpose: str, value: str) -> str:
    """The token of one value: HMAC-SHA-256 over its UTF-8 bytes as given, in 64 hex digits."""
    return hmac.digest(ring.sub_key(purpose), value.encode(), "sha256").hex()


def tokens(ring: KeyRing, purpose: str, values: pa.Array | pa.ChunkedArray) -> pa.Array:
    """The tokens of a column of text, each distinct value worked out once.

    Args:
        ring: The key.
        purpose: What the tokens may be used for.
        values: Text; null stays null.

    Returns:
        Text of the same length.
    """
    return _tokens_with(ring.sub_key(purpose), values)


def _tokens_with(key: bytes, values: pa.Array | pa.ChunkedArray) -> pa.Array:
    import pyarrow as pa  # noqa: PLC0415 - most feeds have no identifier

    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
    encoded = values.cast(pa.string()).dictionary_encode()
    made = [
        hmac.digest(key, value.encode(), "sha256").hex() for value in encoded.dictionary.to_pylist()
    ]
    return pa.array(made, pa.string()).take(encoded.indices)


def register(connection: duckdb.DuckDBPyConnection, ring: KeyRing, purposes: Iterable[str]) -> None:
    """Give a DuckDB connection one function `token_<purpose>(text)` for each purpose.

    The key lives in the function alone: no SQL text, setting or catalogue holds it.

    Args:
        connection: Keeps the functions until it is closed.
        ring: The key.
        purposes: The purposes that are needed, and no others.
    """
    for purpose in purposes:
        name = f"token_{purpose}"
        with suppress(duckdb.InvalidInputException):  # none of that name yet
            connection.remove_function(name)
        connection.create_function(
            name,
            _column_function(ring.sub_key(purpose)),
            ["VARCHAR"],
            "VARCHAR",
            type=PythonUDFType.ARROW,
            null_handling=FunctionNullHandling.DEFAULT,
            side_effects=False,
        )


def _column_function(key: bytes) -> Callable[[pa.Array], pa.Array]:
    return lambda values: _tokens_with(key, values)
