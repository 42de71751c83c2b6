"""The benchmark file has exactly the rows asked for, all of them valid."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from csp.errors import CspError
from csp_simulator import simulate

FILE = Path("deliveries/police/2021-06-metropolitan-street.csv")


@pytest.mark.parametrize(("scale", "rows"), [(0.000001, 1), (0.0123456, 12_346)])
def test_the_file_has_exactly_the_rows_asked_for(
    seeds: Path, tmp_path: Path, scale: float, rows: int
) -> None:
    truth = simulate("street-rows", tmp_path, scale=scale, seeds=seeds)
    content = (tmp_path / FILE).read_bytes()
    assert content.count(b"\n") == rows + 1
    assert truth.police[0].rows == rows


def test_chunks_continue_one_another_and_every_crime_id_is_new(
    seeds: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("csp_simulator.street_rows.ROWS_PER_CHUNK", 1000)
    truth = simulate("street-rows", tmp_path, scale=0.0055, seeds=seeds)
    rows = duckdb.read_csv(str(tmp_path / FILE), header=True, all_varchar=True)
    found = rows.aggregate('count(*), count("Crime ID"), count(distinct "Crime ID")').fetchone()
    (month,) = truth.police
    assert found == (5500, month.crimes, month.crimes)


@pytest.mark.parametrize(
    ("scenario", "options"),
    [
        ("borough-decade", {}),
        ("street-rows", {"scale": 0}),
        ("street-rows", {"faults": True}),
    ],
)
def test_what_cannot_be_simulated_is_refused_in_words(
    seeds: Path, tmp_path: Path, scenario: str, options: dict[str, float]
) -> None:
    with pytest.raises(CspError):
        simulate(scenario, tmp_path, seeds=seeds, **options)


def test_missing_seeds_are_named(tmp_path: Path) -> None:
    with pytest.raises(CspError, match=r"ward\.csv"):
        simulate("street-rows", tmp_path, seeds=tmp_path)
