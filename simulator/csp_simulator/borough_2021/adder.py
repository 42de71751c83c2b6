"""The quarterly return of Project ADDER: two areas, twelve metrics, earlier months restated."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa

from csp_simulator.borough_2021 import treatment_words as say
from csp_simulator.borough_2021.truth import FeedTruth
from csp_simulator.draws import stream, text, words
from csp_simulator.partner_files import write_csv

QUARTERS = ("2020Q4", "2021Q1", "2021Q2", "2021Q3", "2021Q4")
#: Quarter whose return was sent a second time, restated, without saying what is provisional.
SENT_TWICE = "2021Q3"
RESTATED = 0.35
Q1_MONTHS = ("2021-04", "2021-05", "2021-06")


def write_returns(place: Path, *, seed: int, scale: float) -> tuple[FeedTruth, dict[str, object]]:
    """Writes a return for each quarter and says what the newest versions are."""
    rng = stream(seed, "adder")
    areas, metrics = len(say.RETURN_AREAS), len(say.METRICS)
    values = np.zeros((len(QUARTERS) * 3, areas, metrics))
    version = np.zeros(values.shape, dtype=int)
    mean = np.array([[part * m for _, m, _ in say.METRICS] for _, part in say.RETURN_AREAS])
    place.mkdir(parents=True, exist_ok=True)
    files = rows = 0
    for number, quarter in enumerate(QUARTERS):
        for suffix in ("", "_v2") if quarter == SENT_TWICE else ("",):
            own = slice(number * 3, number * 3 + 3)
            sent = np.zeros(values.shape, dtype=bool)
            if suffix:
                sent[own] = True
                _restate(rng, values, sent)
            else:
                values[own] = rng.poisson(mean * scale, (3, areas, metrics))
                sent[own] = True
                before = slice(max(number * 3 - 3, 0), number * 3)
                restated = np.zeros(values.shape, dtype=bool)
                restated[before] = rng.random(restated[before].shape) < RESTATED
                _restate(rng, values, restated)
                sent |= restated
            version[sent] += 1
            table = _table(values, version, sent, quarter, said=not suffix, late=bool(suffix))
            write_csv([table], say.RETURN_COLUMNS, place / f"adder_return_{quarter}{suffix}.csv")
            files, rows = files + 1, rows + len(table)
    return FeedTruth(files, rows, values.size), _figures(values)


def _restate(rng: np.random.Generator, values: np.ndarray, which: np.ndarray) -> None:
    values[which] = np.floor(values[which] * rng.uniform(1.0, 1.12, int(which.sum())))


def _month(number: int) -> str:
    return str(np.datetime64("2020-10") + number)


def _table(
    values: np.ndarray,
    version: np.ndarray,
    sent: np.ndarray,
    quarter: str,
    *,
    said: bool,
    late: bool,
) -> pa.Table:
    month, area, metric = np.nonzero(sent)
    n = len(month)
    ends = np.datetime64(f"{quarter[:4]}-{3 * int(quarter[-1]):02d}") + 1
    on = ends.astype("datetime64[D]") + (75 if late else 19)
    is_newest = month >= QUARTERS.index(quarter) * 3
    flags = words(("0", "1"), is_newest.astype(int)) if said else pa.nulls(n, pa.string())
    return pa.table(
        {
            "area_code": words([code for code, _ in say.RETURN_AREAS], area),
            "month": words([_month(i) for i in range(len(values))], month),
            "metric_code": words([code for code, _, _ in say.METRICS], metric),
            "value": text(values[sent].astype(int)),
            "source_system": words([source for _, _, source in say.METRICS], metric),
            "provisional_flag": flags,
            "return_version": text(version[sent]),
            "submitted_at": pa.array([f"{on}T10:00:00Z"] * n, pa.string()),
        }
    )


def _figures(values: np.ndarray) -> dict[str, object]:
    """Sums of the first quarter of 2021/22 in the borough, as last restated."""
    own = [i for i in range(len(values)) if _month(i) in Q1_MONTHS]
    sums = values[own, 0].sum(axis=0)
    return {
        f"adder.{code}": int(total) for (code, _, _), total in zip(say.METRICS, sums, strict=True)
    }
