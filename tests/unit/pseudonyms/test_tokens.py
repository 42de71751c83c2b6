"""Tokens: the published vectors, null, and that purposes never meet."""

from __future__ import annotations

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from csp.errors import CspError
from csp.pseudonyms.keys import PURPOSES, KeyRing
from csp.pseudonyms.tokens import register, token, tokens

RING = KeyRing(bytes(range(32)), "2021Q2")
VECTORS = [
    (
        "iom_treatment",
        "c07962889705d67470f7dc83439aee23530131fa2fe161eade915205d01b5a0a",
        "2dc4a1bb615a8119efdaff9524d1eb2d4c0ce285aaee48c2bd8a5baea5676530",
    ),
    (
        "asb_victim_panel",
        "9c664b576a0a7ff88df9aca16bc3f08c263c14f2a8a9056db42e964748846ceb",
        "21b092c2e64f7198ff6c6dda6b22fa15475a604fb52cc3afc2a9fc0d222143ab",
    ),
]
TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@pytest.mark.parametrize(("purpose", "sub_key", "expected"), VECTORS)
def test_published_vectors(purpose: str, sub_key: str, expected: str) -> None:
    value = "AB|19800131|1"
    assert RING.sub_key(purpose).hex() == sub_key
    assert token(RING, purpose, value) == expected
    assert tokens(RING, purpose, pa.array([value])).to_pylist() == [expected]
    with duckdb.connect() as connection:
        register(connection, RING, [purpose])
        said = connection.execute(f"select token_{purpose}(?)", [value]).fetchone()
    assert said == (expected,)


@given(TEXT, st.permutations(PURPOSES))
def test_tokens_of_two_purposes_are_never_equal(value: str, purposes: list[str]) -> None:
    first, second, *_ = purposes
    assert token(RING, first, value) != token(RING, second, value)


@given(TEXT, TEXT)
def test_tokens_are_equal_when_the_values_are(one: str, other: str) -> None:
    assert (token(RING, "vehicle", one) == token(RING, "vehicle", other)) == (one == other)


@given(TEXT)
def test_another_epoch_gives_another_token(value: str) -> None:
    later = KeyRing(bytes(range(32)), "2021Q3")
    assert token(RING, "vehicle", value) != token(later, "vehicle", value)


@given(st.lists(st.none() | TEXT))
def test_a_column_is_its_values_and_null_stays_null(values: list[str | None]) -> None:
    expected = [None if value is None else token(RING, "staff", value) for value in values]
    assert tokens(RING, "staff", pa.array(values, pa.string())).to_pylist() == expected
    halves = pa.chunked_array([values[:2], values[2:]], pa.string())
    assert tokens(RING, "staff", halves).to_pylist() == expected


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.string_view()])
def test_every_kind_of_arrow_text_is_taken(kind: pa.DataType) -> None:
    made = tokens(RING, "staff", pa.array(["a", None, "a"], kind))
    assert made.type == pa.string()
    assert made.to_pylist() == [token(RING, "staff", "a"), None, token(RING, "staff", "a")]


def test_the_function_in_duckdb_keeps_null_and_order_over_many_rows() -> None:
    with duckdb.connect() as connection:
        register(connection, RING, ["vehicle", "staff"])
        rows = connection.sql(
            "select x, token_vehicle(x), token_staff(x) from ("
            "select case when i % 3 > 0 then 'v' || i % 100 end as x from range(10000) r(i))"
        ).fetchall()
        empty = connection.sql("select token_vehicle(x) from (select '' as x) where x > ''")
        assert empty.fetchall() == []
        nulls = connection.sql("select token_vehicle(null) from range(5000)").fetchall()
    assert set(nulls) == {(None,)}
    assert sum(x is None for x, *_ in rows) == 3334
    for x, vehicle, staff in rows:
        assert vehicle == (None if x is None else token(RING, "vehicle", x))
        assert (vehicle is None) == (staff is None)


def test_registering_anew_takes_the_new_key() -> None:
    later = KeyRing(bytes(range(32)), "2021Q3")
    with duckdb.connect() as connection:
        register(connection, RING, ["vehicle"])
        register(connection, later, ["vehicle"])
        assert connection.sql("select token_vehicle('a')").fetchone() == (
            token(later, "vehicle", "a"),
        )


def test_an_unapproved_purpose_gets_no_function() -> None:
    with duckdb.connect() as connection, pytest.raises(CspError, match="no approved purpose"):
        register(connection, RING, ["marketing"])


def test_neither_catalogue_nor_plan_holds_a_key() -> None:
    with duckdb.connect() as connection:
        register(connection, RING, ["vehicle"])
        shown = str(connection.sql("select * from duckdb_functions()").fetchall())
        shown += str(connection.sql("explain select token_vehicle('a')").fetchall())
        shown += str(connection.sql("select * from duckdb_settings()").fetchall())
    assert "token_vehicle" in shown
    assert bytes(range(32)).hex() not in shown
    assert RING.sub_key("vehicle").hex() not in shown
