"""Sealed files: what goes in comes out, and whatever was done to one is noticed."""

from __future__ import annotations

import io
import random
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csp.pseudonyms import sealed
from csp.pseudonyms.keys import KeyRing
from csp.pseudonyms.sealed import HEADER_BYTES, SealBrokenError, open_sealed, seal, unseal

RING = KeyRing(bytes(range(32)), "2021Q2")
CHUNK = 16
STEP = CHUNK + sealed.TAG_BYTES
CONTENT = st.binary(max_size=5 * CHUNK) | st.integers(0, 4).map(lambda n: bytes(n * CHUNK))


@pytest.fixture(autouse=True, scope="module")
def small_chunks() -> Iterator[None]:
    """Chunks of a few bytes, so that small contents have many."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sealed, "CHUNK_BYTES", CHUNK)
        yield


def sealed_form(content: bytes, ring: KeyRing = RING) -> bytes:
    target = io.BytesIO()
    seal(io.BytesIO(content), target, ring)
    return target.getvalue()


def content_of(form: bytes, ring: KeyRing = RING) -> bytes:
    target = io.BytesIO()
    unseal(io.BytesIO(form), target, ring)
    return target.getvalue()


def read_through(form: bytes, ring: KeyRing = RING) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sealed"
        path.write_bytes(form)
        with open_sealed(path, ring) as stream:
            return stream.read()


def assert_refused(form: bytes, ring: KeyRing = RING) -> None:
    for opened in (content_of, read_through):
        with pytest.raises(SealBrokenError):
            opened(form, ring)


@given(CONTENT)
def test_what_was_sealed_comes_out_again(content: bytes) -> None:
    form = sealed_form(content)
    assert content_of(form) == content
    assert read_through(form) == content


@given(CONTENT, st.data())
def test_any_flipped_bit_is_noticed(content: bytes, data: st.DataObject) -> None:
    form = bytearray(sealed_form(content))
    place = data.draw(st.integers(0, len(form) - 1))
    form[place] ^= 1 << data.draw(st.integers(0, 7))
    assert_refused(bytes(form))


@given(CONTENT, st.data())
def test_any_cut_is_noticed(content: bytes, data: st.DataObject) -> None:
    form = sealed_form(content)
    assert_refused(form[: data.draw(st.integers(0, len(form) - 1))])


@given(CONTENT, st.binary(min_size=1, max_size=2 * STEP))
def test_anything_put_behind_the_end_is_noticed(content: bytes, more: bytes) -> None:
    assert_refused(sealed_form(content) + more)


def test_a_cut_between_two_chunks_is_told_before_anything_is_read(tmp_path: Path) -> None:
    path = tmp_path / "sealed"
    path.write_bytes(sealed_form(bytes(4 * CHUNK))[: HEADER_BYTES + 2 * STEP])
    with pytest.raises(SealBrokenError, match="was cut"), open_sealed(path, RING):
        pytest.fail("it was opened")


def test_chunks_in_another_order_are_noticed() -> None:
    form = sealed_form(bytes(4 * CHUNK))
    head, parts = form[:HEADER_BYTES], form[HEADER_BYTES:]
    chunks = [parts[start : start + STEP] for start in range(0, len(parts), STEP)]
    assert_refused(head + b"".join([chunks[1], chunks[0], *chunks[2:]]))
    assert_refused(head + b"".join([*chunks[:1], *chunks[2:]]))


def test_chunks_of_another_file_are_noticed() -> None:
    one, other = sealed_form(bytes(2 * CHUNK)), sealed_form(bytes(2 * CHUNK))
    assert_refused(one[: HEADER_BYTES + STEP] + other[HEADER_BYTES + STEP :])


def test_the_same_content_is_never_sealed_the_same_way() -> None:
    assert sealed_form(b"again") != sealed_form(b"again")


def test_content_and_key_do_not_show() -> None:
    form = sealed_form(b"Content that is plain to see")
    assert b"plain" not in form
    assert bytes(range(32))[:8] not in form
    assert RING.sealing_key()[:8] not in form


def test_another_key_is_said() -> None:
    assert_refused(sealed_form(b"content"), KeyRing(bytes(32), "2021Q2"))
    with pytest.raises(SealBrokenError, match=r"epoch '2021Q2'.*2021Q3"):
        content_of(sealed_form(b"content"), KeyRing(bytes(range(32)), "2021Q3"))


@pytest.mark.parametrize("form", [b"", b"ref,when\n1,2021-06-01\n", b"CSPSEAL1\n"])
def test_a_file_that_is_not_sealed_is_said(form: bytes) -> None:
    with pytest.raises(SealBrokenError, match="no sealed file"):
        content_of(form)


class Dripping(io.RawIOBase):
    """Gives a few bytes at a time, as a network does."""

    def __init__(self, content: bytes) -> None:
        self._rest = io.BytesIO(content)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:
        found = self._rest.read(min(len(buffer), 3))
        buffer[: len(found)] = found
        return len(found)


def test_a_source_that_gives_few_bytes_at_a_time_will_do() -> None:
    content = bytes(range(100))
    form, target = io.BytesIO(), io.BytesIO()
    seal(Dripping(content), form, RING)
    unseal(Dripping(form.getvalue()), target, RING)
    assert target.getvalue() == content


def test_any_place_can_be_read(tmp_path: Path) -> None:
    content = bytes(range(100))
    path = tmp_path / "sealed"
    path.write_bytes(sealed_form(content))
    draw = random.Random(1)  # noqa: S311
    with open_sealed(path, RING) as stream:
        for _ in range(200):
            start, length = draw.randrange(120), draw.randrange(60)
            stream.seek(start)
            assert stream.read(length) == content[start : start + length]
        stream.seek(-10, io.SEEK_END)
        assert stream.read() == content[-10:]
        with pytest.raises((ValueError, OSError)):
            stream.seek(-1)


def test_an_archive_is_read_from_its_sealed_form(tmp_path: Path) -> None:
    plain = io.BytesIO()
    with zipfile.ZipFile(plain, "w") as archive:
        archive.writestr("a.csv", "ref\n1\n")
    path = tmp_path / "sealed"
    path.write_bytes(sealed_form(plain.getvalue()))
    with open_sealed(path, RING) as stream, zipfile.ZipFile(stream) as archive:
        assert archive.read("a.csv") == b"ref\n1\n"
    assert stream.closed
