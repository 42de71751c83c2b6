"""Same seed, same bytes: every scenario is what it was when `digests.yml` was written.

When a scenario is changed on purpose, what the failing test shows as found goes into the file.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
import yaml

from csp_simulator import simulate

RECORDED = yaml.safe_load(Path(__file__).with_name("digests.yml").read_text(encoding="utf-8"))


def contents(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Name and content of every file and archive member, in order.

    Archives are opened, as their bytes depend on the library that packs them; of one that cannot be
    opened, as is meant of some bad inputs, only the name counts.
    """
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        name = path.relative_to(folder).as_posix()
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                yield from ((f"{name}/{each}", archive.read(each)) for each in archive.namelist())
        else:
            yield name, b"" if path.suffix == ".zip" else path.read_bytes()


def digests(out: Path) -> dict[str, str]:
    """One sha256 for each part of a scenario, for its labelled bad inputs and for its truth."""
    parts = {path.name: path for path in (out / "deliveries").iterdir() if path.is_dir()}
    if (out / "faults").is_dir():
        parts["faults"] = out / "faults"
    found = {"truth": sha256((out / "truth.json").read_bytes()).hexdigest()}
    for part, folder in parts.items():
        total = sha256()
        for name, content in contents(folder):
            total.update(f"{name} {sha256(content).hexdigest()}\n".encode())
        found[part] = total.hexdigest()
    return found


def test_borough_2021_is_as_recorded(whole: Path) -> None:
    assert digests(whole) == RECORDED["borough-2021"]


def test_borough_half_year_is_as_recorded(half: Path) -> None:
    assert digests(half) == RECORDED["borough-half-year"]


def test_borough_year_is_as_recorded(year: Path) -> None:
    assert digests(year) == RECORDED["borough-year"]


@pytest.mark.parametrize("seed", [2021, 7])
def test_street_rows_are_as_recorded(seed: int, seeds: Path, tmp_path: Path) -> None:
    simulate("street-rows", tmp_path, seed=seed, scale=0.002, seeds=seeds)
    assert digests(tmp_path) == RECORDED[f"street-rows, seed {seed}"]
