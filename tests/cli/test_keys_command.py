"""`csp keys`: what it writes, what it says, and that it never says the key."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

CSP = Path(sys.executable).parent / "csp"


@pytest.fixture
def key_path(tmp_path: Path) -> Path:
    """Where the key file is to be."""
    return tmp_path / "keys" / "pseudonym.key"


def csp(key_path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command with that key file and a data root beside it."""
    home = str(key_path.parents[1] / "data")
    environment = os.environ | {"CSP_HOME": home, "CSP_KEY_FILE": str(key_path)}
    return subprocess.run(
        [CSP, *arguments], env=environment, capture_output=True, text=True, check=False
    )


def test_a_key_is_made_once_and_never_shown(key_path: Path) -> None:
    made = csp(key_path, "keys", "create", "--epoch", "2021Q2")
    assert made.returncode == 0, made.stderr
    key = json.loads(key_path.read_text(encoding="utf-8"))["key"]
    checked = csp(key_path, "keys", "check", "--json")
    facts = json.loads(checked.stdout)
    assert (facts["source"], facts["epoch"]) == (str(key_path), "2021Q2")
    assert facts["fingerprint"] in made.stdout
    again = csp(key_path, "keys", "create")
    assert again.returncode == 1
    assert again.stderr.startswith("csp: ") and "there already" in again.stderr
    kept = csp(key_path, "keys", "create", "--if-missing")
    assert (kept.returncode, kept.stdout) == (0, "")
    assert json.loads(key_path.read_text(encoding="utf-8"))["key"] == key
    for done in (made, checked, again, kept):
        assert key[:8] not in done.stdout + done.stderr
        assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("check",), "is not there"),
        (("create", "--epoch", "2021"), "a quarter"),
        (("create", "--file", "data/pseudonym.key"), "data root"),
        (("create", "--file", "/proc/pseudonym.key"), "cannot be written"),
        (("create", "--file", "/dev/null/pseudonym.key"), "/dev/null is there already"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    key_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    given = [word.replace("data/", f"{key_path.parents[1]}/data/") for word in arguments]
    done = csp(key_path, "keys", *given)
    assert done.returncode == 1
    assert done.stderr.startswith("csp: ") and said in done.stderr
    assert "Traceback" not in done.stderr
