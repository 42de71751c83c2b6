"""A sealed file of any size is written and read in the memory of a few chunks."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

from csp.pseudonyms.keys import KeyRing
from csp.pseudonyms.sealed import CHUNK_BYTES, open_sealed, seal, unseal

CHUNKS = 32


def test_memory_does_not_grow_with_the_file(tmp_path: Path, ring: KeyRing) -> None:
    plain, form, again = (tmp_path / name for name in ("plain", "sealed", "again"))
    with plain.open("wb") as stream:
        for number in range(CHUNKS):
            stream.write(bytes([number]) * CHUNK_BYTES)
        stream.write(b"the end")
    tracemalloc.start()
    try:
        with plain.open("rb") as source, form.open("wb") as target:
            seal(source, target, ring)
        with form.open("rb") as source, again.open("wb") as target:
            unseal(source, target, ring)
        with open_sealed(form, ring) as content:
            count = sum(len(part) for part in iter(lambda: content.read(1000), b""))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 8 * CHUNK_BYTES
    assert count == plain.stat().st_size
    assert again.read_bytes() == plain.read_bytes()
    assert form.stat().st_size > plain.stat().st_size
