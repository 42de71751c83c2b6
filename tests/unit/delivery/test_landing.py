"""Landing keeps each content once, and looks at it rightly wherever its chunks end."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from csp.delivery.landing import land
from csp.lake import Home

PIECES = st.sampled_from(
    ["a", ",", " ", "\t", '"', '""', "\n", "\r\n", "\r", "word", "\u00e9", "\u00a0", "a b", " ,"]
)
BLANKS = " \t\u00a0\ufeff"
quick = settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def test_the_same_bytes_are_kept_once(home: Home) -> None:
    first, second = (land(io.BytesIO(b"a,b\n1,2\n"), home) for _ in range(2))
    assert first == second
    assert [path for path in home.landing.rglob("*") if path.is_file()] == [first.path]
    assert first.path.read_bytes() == b"a,b\n1,2\n"
    assert first.path.name == hashlib.sha256(b"a,b\n1,2\n").hexdigest()
    assert first.delivery_id == first.sha256[:16]


def test_a_stream_that_breaks_off_leaves_nothing(home: Home) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell():
                raise OSError("gone")
            return super().read(4)

    with pytest.raises(OSError, match="gone"):
        land(Broken(b"a,b\n1,2\n"), home)
    assert not list(home.scratch.iterdir())
    assert not list(home.landing.rglob("*"))


@quick
@given(
    text=st.lists(PIECES, max_size=30).map("".join), chunk=st.sampled_from([1, 2, 3, 7, 1 << 20])
)
def test_lines_and_bytes_are_counted_across_the_edges_of_chunks(
    text: str, chunk: int, home: Home
) -> None:
    content = text.encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("csp.delivery.landing.CHUNK_BYTES", chunk)
        landed = land(io.BytesIO(content), home)
    assert landed.sha256 == hashlib.sha256(content).hexdigest()
    assert landed.path.read_bytes() == content
    assert landed.size_bytes == len(content)
    assert landed.physical_lines == len(io.BytesIO(content).readlines())
    assert landed.line_feeds == content.count(b"\n")
    assert landed.carriage_returns == content.count(b"\r\n")
    assert landed.is_ascii == content.isascii()
    mixed = content.count(b"\r\n") not in (0, content.count(b"\n"))
    assert landed.has_mixed_line_ends == mixed


fields = st.lists(st.sampled_from(["a", "b c", "", "1"]), min_size=1, max_size=4)


@quick
@given(
    rows=st.lists(fields, min_size=1, max_size=4),
    at=st.tuples(st.integers(0, 3), st.integers(0, 3)),
    blank=st.sampled_from(BLANKS),
    before=st.booleans(),
    is_quoted=st.booleans(),
    end=st.sampled_from(["\n", "\r\n"]),
    is_ended=st.booleans(),
    encoding=st.sampled_from(["utf-8", "cp1252", "utf-16"]),
    chunk=st.sampled_from([1, 2, 3, 5, 1 << 20]),
)
def test_a_padded_value_is_never_overlooked(
    rows: list[list[str]],
    at: tuple[int, int],
    blank: str,
    before: bool,
    is_quoted: bool,
    end: str,
    is_ended: bool,
    encoding: str,
    chunk: int,
    home: Home,
) -> None:
    rows = [list(row) for row in rows]
    row = rows[at[0] % len(rows)]
    place = at[1] % len(row)
    padded = blank + row[place] if before else row[place] + blank
    row[place] = f'"{padded}"' if is_quoted else padded
    text = "h\n" + end.join(",".join(row) for row in rows) + (end if is_ended else "")
    content = text.encode(encoding, errors="ignore")  # Windows-1252 has no U+FEFF
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("csp.delivery.landing.CHUNK_BYTES", chunk)
        landed = land(io.BytesIO(content), home)
    assert blank in landed.blanks or blank not in content.decode(encoding)


def test_only_blanks_that_the_file_holds_are_looked_for_around_values(home: Home) -> None:
    assert land(io.BytesIO(b'a,b\r\n1,"2;\n3"\r\n'), home).blanks == ""
    assert land(io.BytesIO(b"a,b\n1,2\t\n"), home).blanks == "\t"
    assert land(io.BytesIO("a,b\n1,caf\u00e9 \n".encode()), home).blanks == " "
    assert land(io.BytesIO("a,b\n1,\u00a02\n".encode()), home).blanks == "\u00a0"
