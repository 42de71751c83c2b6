"""The key: where it is looked for, what is refused, and that it shows nowhere."""

from __future__ import annotations

import copy
import json
import pickle
import re
import traceback
from pathlib import Path

import pytest

from csp.errors import CspError
from csp.pseudonyms import keys
from csp.pseudonyms.keys import (
    KeyMissingError,
    KeyRefusedError,
    KeyRing,
    create_key_file,
    key_of_text,
    read_key_file,
    use_key,
)

SECRET = "ab" * 32


def written(path: Path, content: str, mode: int = 0o600) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    path.chmod(mode)
    return path


def test_a_new_key_file_is_its_owners_alone_and_is_found(key_path: Path) -> None:
    made = create_key_file(key_path, "2021Q2")
    assert key_path.stat().st_mode & 0o777 == 0o600
    assert key_path.parent.stat().st_mode & 0o777 == 0o700
    found = KeyRing.from_environment()
    assert (found.epoch, found.source) == ("2021Q2", str(key_path))
    assert found.sub_key("vehicle") == made.sub_key("vehicle")
    assert re.fullmatch(r"\d{4}Q[1-4]", keys.this_quarter())


def test_two_new_keys_differ(tmp_path: Path, key_path: Path) -> None:
    first, second = create_key_file(key_path), create_key_file(tmp_path / "other.key")
    assert first.fingerprint() != second.fingerprint()


def test_a_key_file_is_never_overwritten(key_path: Path) -> None:
    create_key_file(key_path)
    before = key_path.read_bytes()
    with pytest.raises(CspError, match="there already"):
        create_key_file(key_path)
    assert key_path.read_bytes() == before


def test_what_a_face_hands_in_comes_first(key_path: Path, ring: KeyRing) -> None:
    create_key_file(key_path)
    use_key(ring)
    assert KeyRing.from_environment() is ring
    use_key(None)
    assert KeyRing.from_environment().source == str(key_path)


def test_no_key_is_said_with_the_feed_and_what_to_do(key_path: Path) -> None:
    with pytest.raises(KeyMissingError) as fault:
        KeyRing.from_environment("cctv_incident")
    said = str(fault.value)
    assert "data of cctv_incident cannot be ingested" in said
    assert all(
        word in said for word in ("csp keys create", "CSP_KEY_FILE", keys.AIRFLOW_CONNECTION)
    )
    assert not isinstance(fault.value, KeyRefusedError)


GOOD = json.dumps({"key": SECRET, "epoch": "2021Q2"})


@pytest.mark.parametrize(
    ("content", "mode", "said"),
    [
        (GOOD, 0o640, "chmod 600"),
        (GOOD, 0o604, "chmod 600"),
        (GOOD, 0o610, "chmod 600"),
        (SECRET, 0o600, "is not JSON"),
        (f'"{SECRET}"', 0o600, "is not JSON"),
        (json.dumps({"key": SECRET}), 0o600, "is not JSON"),
        (json.dumps([SECRET, "2021Q2"]), 0o600, "is not JSON"),
        (json.dumps({"key": SECRET[:-2], "epoch": "2021Q2"}), 0o600, "not 64 hex"),
        (json.dumps({"key": SECRET + "ab", "epoch": "2021Q2"}), 0o600, "not 64 hex"),
        (json.dumps({"key": "x" + SECRET[1:], "epoch": "2021Q2"}), 0o600, "not 64 hex"),
        (json.dumps({"key": SECRET, "epoch": "2021"}), 0o600, "a quarter"),
        (json.dumps({"key": SECRET, "epoch": "2021Q2|purpose=staff"}), 0o600, "a quarter"),
    ],
)
def test_a_key_file_that_is_not_right_is_refused(
    key_path: Path, content: str, mode: int, said: str
) -> None:
    written(key_path, content, mode)
    with pytest.raises(KeyRefusedError, match=said) as fault:
        KeyRing.from_environment("cctv_incident")
    assert "cctv_incident" in str(fault.value)
    assert SECRET[:8] not in "".join(traceback.format_exception(fault.value))


def test_a_folder_in_place_of_the_file_is_said(key_path: Path) -> None:
    key_path.mkdir(parents=True)
    with pytest.raises(KeyRefusedError, match="cannot be read"):
        KeyRing.from_environment()


@pytest.mark.parametrize("place", ["pseudonym.key", "deep/er/pseudonym.key"])
def test_a_key_does_not_lie_with_the_data(tmp_path: Path, key_path: Path, place: str) -> None:
    inside = tmp_path / "data" / place
    with pytest.raises(KeyRefusedError, match="data root"):
        create_key_file(inside)
    written(inside, GOOD)
    with pytest.raises(KeyRefusedError, match="data root"):
        read_key_file(inside)
    key_path.parent.mkdir(parents=True)
    key_path.symlink_to(inside)
    with pytest.raises(KeyRefusedError, match="data root"):
        KeyRing.from_environment()


def test_a_link_to_nowhere_is_not_followed_when_a_key_is_made(key_path: Path) -> None:
    key_path.parent.mkdir(parents=True)
    key_path.symlink_to(key_path.parent / "elsewhere")
    with pytest.raises(CspError, match="there already"):
        create_key_file(key_path)


def test_without_a_setting_the_key_lies_in_the_project(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CSP_KEY_FILE", raising=False)
    assert keys.key_file() == keys.DEFAULT_KEY_FILE
    assert ".keys/" in (keys.PROJECT_ROOT / ".gitignore").read_text(encoding="utf-8").split()


def test_a_key_shows_in_no_text_and_leaves_no_process() -> None:
    ring = key_of_text(SECRET, "2021Q2", source="a test")
    shown = f"{ring} {ring!r} {[ring]}"
    assert SECRET[:4] not in shown
    assert repr(bytes.fromhex(SECRET))[2:10] not in shown
    assert not hasattr(ring, "__dict__")
    for carry in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="stays in its process"):
            carry(ring)


def test_only_approved_purposes_have_a_key(ring: KeyRing) -> None:
    with pytest.raises(CspError, match="no approved purpose"):
        ring.sub_key("marketing")
    with pytest.raises(CspError, match="no approved purpose"):
        ring.sub_key("staff|epoch=2020Q1")


def test_every_sub_key_differs(ring: KeyRing) -> None:
    later = KeyRing(bytes(range(32)), "2021Q3")
    made = [r.sub_key(p) for r in (ring, later) for p in keys.PURPOSES]
    made += [ring.sealing_key(), later.sealing_key()]
    made_hex = {key.hex() for key in made}
    assert len(made_hex) == len(made)
    assert not any(key.startswith(ring.fingerprint()) for key in made_hex)


@pytest.mark.parametrize("length", [0, 16, 31, 33])
def test_a_key_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(KeyRefusedError, match="32 bytes"):
        KeyRing(bytes(length), "2021Q2")
