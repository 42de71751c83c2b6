"""Landing keeps each content once, and looks at it rightly wherever its chunks end."""

from __future__ import annotations

import hashlib
import io
import os
import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from csp.ingest.landing import ready_to_keep, receive
from csp.ingest.placing import put_into_landing
from csp.pseudonyms.keys import KeyRing
from csp.pseudonyms.sealed import open_sealed
from csp.storage.home import Home
from csp.storage.scratch import own_scratch, sweep_scratch

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


def kept(content: bytes, home: Home, how: str, ring: KeyRing | None = None) -> Path | None:
    """Where content is kept that was received."""
    received = receive(io.BytesIO(content), home.scratch)
    file = ready_to_keep(received, how, ring, home.scratch / "sealed")
    if file:
        put_into_landing(file, home, received.sha256, is_sealed=how == "sealed")
    received.path.unlink(missing_ok=True)
    return home.landed(received.sha256, sealed=how == "sealed") if file else None


def test_the_same_bytes_are_kept_once(home: Home) -> None:
    content = b"a,b\n1,2\n"
    first, second = (kept(content, home, "plain") for _ in range(2))
    assert first == second
    assert [path for path in home.landing.rglob("*") if path.is_file()] == [first]
    assert first.read_bytes() == content
    assert first.name == hashlib.sha256(content).hexdigest()
    assert not list(home.scratch.iterdir())


def test_a_sealed_file_is_read_again_only_with_the_key(home: Home) -> None:
    content = b"name,day\nplanted canary,1980-01-31\n"
    ring = KeyRing.from_environment()
    place = kept(content, home, "sealed", ring)
    assert b"canary" not in place.read_bytes()
    with open_sealed(place, ring) as stream:
        assert stream.read() == content
    assert not list(home.scratch.iterdir())


def test_a_file_that_must_not_be_kept_is_nowhere_afterwards(home: Home) -> None:
    assert kept(b"a,b\n1,2\n", home, "none") is None
    assert not [path for path in home.root.rglob("*") if path.is_file()]


def dead_process() -> str:
    """A process that has ended, as scratch names it."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        started = psutil.Process(child.pid).create_time()
        child.communicate(b"\n")
    return f"{socket.gethostname()}_{child.pid}_{started:.2f}"


def test_what_a_dead_run_has_left_in_scratch_is_swept(home: Home) -> None:
    left = home.scratch / f"{dead_process()}_1"
    (left / "file").mkdir(parents=True)
    (left / "file" / "received-1").write_bytes(b"a,b\n")
    with own_scratch(home) as own:
        sweep_scratch(home)
        assert list(home.scratch.iterdir()) == [own]
    assert not list(home.scratch.iterdir())


def test_what_another_host_has_left_in_scratch_is_swept_once_it_is_old(home: Home) -> None:
    old, fresh, unnamed = (
        home.scratch / name for name in ("elsewhere_1_2.00_1", "elsewhere_1_2.00_2", "received-x")
    )
    for folder in (old, fresh):
        folder.mkdir()
    unnamed.touch()
    for path in (old, unnamed):
        os.utime(path, (0, 0))
    sweep_scratch(home)
    assert list(home.scratch.iterdir()) == [fresh]


def test_a_stream_that_breaks_off_leaves_nothing(home: Home) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell():
                raise OSError("gone")
            return super().read(4)

    with pytest.raises(OSError, match="gone"):
        receive(Broken(b"a,b\n1,2\n"), home.scratch)
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
        patch.setattr("csp.ingest.landing.CHUNK_BYTES", chunk)
        landed = receive(io.BytesIO(content), home.scratch)
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
        patch.setattr("csp.ingest.landing.CHUNK_BYTES", chunk)
        landed = receive(io.BytesIO(content), home.scratch)
    assert blank in landed.blanks or blank not in content.decode(encoding)


def test_only_blanks_that_the_file_holds_are_looked_for_around_values(home: Home) -> None:
    assert receive(io.BytesIO(b'a,b\r\n1,"2;\n3"\r\n'), home.scratch).blanks == ""
    assert receive(io.BytesIO(b"a,b\n1,2\t\n"), home.scratch).blanks == "\t"
    assert receive(io.BytesIO("a,b\n1,caf\u00e9 \n".encode()), home.scratch).blanks == " "
    assert receive(io.BytesIO("a,b\n1,\u00a02\n".encode()), home.scratch).blanks == "\u00a0"
