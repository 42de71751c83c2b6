"""Random draws that depend on the seed and on what is drawn, never on the order of drawing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from zlib import crc32

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

Day = date | np.datetime64


def stream(seed: int, *of: str) -> np.random.Generator:
    """Gives the random stream of one thing, for example ("street", "btp", "2021-06")."""
    return np.random.default_rng([seed, *(crc32(part.encode()) for part in of)])


def choose(rng: np.random.Generator, weights: Sequence[float] | np.ndarray, n: int) -> np.ndarray:
    """Draws `n` indices with chances in proportion to `weights`."""
    edges = np.cumsum(np.asarray(weights, dtype=float))
    drawn = np.searchsorted(edges, rng.random(n) * edges[-1], side="right")
    return np.minimum(drawn, len(edges) - 1)


def words(values: Sequence[str | None] | pa.Array, picked: np.ndarray) -> pa.Array:
    """Turns indices into the strings they stand for."""
    return pc.take(pa.array(values, pa.string()), pa.array(picked))


def blanked(values: pa.Array, blank: np.ndarray, *, by: str | None = None) -> pa.Array:
    """Replaces the values where `blank` is true by nothing, or by the literal `by`."""
    return pc.if_else(pa.array(blank), pa.scalar(by, pa.string()), values)


def joined(*parts: pa.Array | str, by: str = "") -> pa.Array:
    """Joins strings element by element."""
    return pc.binary_join_element_wise(*parts, by)


def text(numbers: np.ndarray, *, width: int = 0) -> pa.Array:
    """Writes whole numbers, left-padded with zeros to `width`."""
    written = pc.cast(pa.array(numbers), pa.string())
    return pc.utf8_lpad(written, width=width, padding="0") if width else written


def poisson_clipped(rng: np.random.Generator, mean: float) -> int:
    """Draws a count within three standard deviations of its mean."""
    spread = 3 * mean**0.5
    return int(np.clip(rng.poisson(mean), np.ceil(max(mean - spread, 0)), mean + spread))


def seasonal_days(
    rng: np.random.Generator, first: Day, last: Day, season: tuple[float, ...], n: int
) -> np.ndarray:
    """Draws `n` days from first to last, both included, by the weight of their month; in order."""
    days = np.arange(np.datetime64(first), np.datetime64(last) + 1)
    month = days.astype("datetime64[M]").astype(int) % 12
    edges = np.cumsum(np.asarray(season)[month])
    return days[np.searchsorted(edges, np.sort(rng.random(n)) * edges[-1], side="right")]
