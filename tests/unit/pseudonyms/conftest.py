"""A key that everyone knows, and a place for key files outside the data root."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from csp.pseudonyms.keys import KeyRing, use_key


@pytest.fixture(scope="session")
def ring() -> KeyRing:
    """The key of the published test vectors."""
    return KeyRing(bytes(range(32)), "2021Q2")


@pytest.fixture
def key_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where the environment says that the key file is; nothing is there yet."""
    monkeypatch.setenv("CSP_HOME", str(tmp_path / "data"))
    path = tmp_path / "keys" / "pseudonym.key"
    monkeypatch.setenv("CSP_KEY_FILE", str(path))
    yield path
    use_key(None)
