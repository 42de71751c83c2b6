"""Forms of what must not be stored: found where they are, and read alike by Python and DuckDB."""

from __future__ import annotations

import re

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from csp.pseudonyms.patterns import PATTERNS, register_patterns

# Plain references, times and places of the feeds, in which nothing is to be found.
HARMLESS = [
    "",
    "E1",
    "E1 6",
    "EC2A 4",
    "E14",
    "CAD 5417/12JUN21",
    "CAD 417/01JAN21",
    "TH-CC-20210612-0417",
    "4212345/21",
    "01YE/1234/21",
    "E01004309",
    "E05009317",
    "000006001234",
    "10008231234",
    "2021-06-12T21:05:00+01:00",
    "0830-0930 12/06/2021",
    "0830 0930 1030",
    "01-02-2021 10:30",
    "51.0712345678,-0.0712345678",
    "Whitechapel Road / A11, near A13 and the A102(M)",
    "GROUP ON A13 AND E14 THE AND SE15 FOR",
    "PC 123 asked for camera 27",
    "the 25b bus",
    "2dc4a1bb615a8119efdaff9524d1eb2d4c0ce285aaee48c2bd8a5baea5676530",
    "£100 @ 12.30",
    "@tower",
]
FOUND = {
    "has_full_postcode": [
        "E1 6AN",
        "e1 6an",
        "E16AN",
        "E14 9GE",
        "E149GE",
        "EC2A 4NE",
        "W1A 1AA",
        "M1 1AE",
        "CR2 6XH",
        "DN55 1PT",
        "GIR 0AA",
        "E1  6AN",
        "E1\u00a06AN",
        "flat 2, Somewhere House,E1 6AN.",
        "line\nE1 6AN\n",
    ],
    "has_number_plate": [
        "AB12 CDE",
        "AB12CDE",
        "ab12cde",
        "ab12 cde",
        "AB12\u00a0CDE",
        "A123 BCD",
        "a123 bcd",
        "A1 BCD",
        "A123BCD",
        "ABC 123D",
        "ABC1D",
        "abc123d",
        "left in (AB12 CDE), north",
    ],
    "has_phone_number": [
        "020 7946 0000",
        "(020) 7946 0000",
        "02079460000",
        "020-7946-0000",
        "07700 900123",
        "07700900123",
        "07700 900 123",
        "0770 090 0123",
        "07700 90 01 23",
        "01632 960001",
        "01632 96001",
        "0808 157 0000",
        "0800 111 111",
        "+44 7700 900123",
        "+447700900123",
        "+44 (0)20 7946 0000",
        "+44 20 7946 0000",
        "0044 20 7946 0000",
        "447700900123",
        "ring 07700 900123.",
        "tel:07700900123",
        ".07700900123",
    ],
    "has_email": [
        "someone@example.org",
        "some.one+more@mail.example.co.uk",
        "o'one@example.org",
        "josé@example.org",
        "<someone@example.org>",
        "write to SOMEONE@EXAMPLE.ORG, please",
    ],
}
# Looks like one, but only nearly.
NEARLY = {
    "has_full_postcode": [
        "E1 6A",
        "E1 6ACN",
        "E1 6CA",
        "E1 66AN",
        "QE1 6AN",
        "E1, 6AN",
        "EEE1 6AN",
    ],
    "has_number_plate": ["AB12 CD", "AB1 CDE", "AB12 CDEF", "A1234 BCD", "ABC 1234", "Ab12 Cde"],
    "has_phone_number": ["020 7946 000", "07700 9001234", "00 7700 900123", "04700 900123"],
    "has_email": ["someone@example", "someone @example.org", "@example.org"],
}
GOOD = [(name, text) for name, texts in FOUND.items() for text in texts]
BAD = [(name, text) for name, texts in NEARLY.items() for text in texts]
BAD += [(name, text) for name in PATTERNS for text in HARMLESS]


@pytest.fixture(scope="module")
def connection() -> duckdb.DuckDBPyConnection:
    """A connection that has the macros."""
    made = duckdb.connect()
    register_patterns(made)
    return made


def asked_of_duckdb(connection: duckdb.DuckDBPyConnection, name: str, text: str | None) -> bool:
    return connection.execute(f"select {name}(?)", [text]).fetchone()[0]


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [(*case, True) for case in GOOD] + [(*case, False) for case in BAD],
)
def test_python_and_duckdb_find_what_is_there(
    connection: duckdb.DuckDBPyConnection, name: str, text: str, expected: bool
) -> None:
    assert bool(re.search(PATTERNS[name], text)) is expected
    assert asked_of_duckdb(connection, name, text) is expected


PIECES = "AaBbEeKkTtZz019 47+.@-()/\n\t\u00a0é\u017f\u212aÅ\u0661x"


@given(st.text(PIECES, max_size=24) | st.text(st.characters(exclude_categories=["Cs"])))
def test_both_engines_read_the_forms_alike(text: str) -> None:
    with duckdb.connect() as connection:
        register_patterns(connection)
        for name, pattern in PATTERNS.items():
            found = bool(re.search(pattern, text))
            assert asked_of_duckdb(connection, name, text) is found


@given(
    st.from_regex(r"[A-PR-UWYZ][A-HK-Y]?[0-9]{1,2} ?[0-9][ABD-HJLNP-UW-Z]{2}", fullmatch=True),
    st.booleans(),
)
def test_no_postcode_in_a_sentence_is_missed(postcode: str, lower: bool) -> None:
    said = postcode.lower() if lower else postcode
    assert re.search(PATTERNS["has_full_postcode"], f"seen at {said}, later gone")


def test_null_holds_nothing_and_numbers_are_read_as_text(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    for name in PATTERNS:
        assert asked_of_duckdb(connection, name, None) is False
    assert connection.sql("select has_phone_number(447700900123)").fetchone() == (True,)


def test_registering_twice_writes_nothing_into_the_database() -> None:
    with duckdb.connect() as connection:
        register_patterns(connection)
        register_patterns(connection)
        stored = connection.sql(
            "select database_name from duckdb_functions() where function_name = 'has_email'"
        ).fetchall()
    assert stored == [("temp",)]
