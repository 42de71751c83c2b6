"""The depersonalised quarterly return of the responsible authorities, one file a quarter."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa

from csp_simulator.borough_2021.periods import months
from csp_simulator.borough_2021.police_words import (
    OUTWARD,
    RETURN_COLUMNS,
    RETURN_ROWS,
    TIME_BANDS,
)
from csp_simulator.borough_2021.truth import FeedTruth
from csp_simulator.draws import blanked, choose, stream, words
from csp_simulator.partner_files import write_csv
from csp_simulator.places import WARD_FACTOR, Borough

FEED = "police_section17a_return"
NO_WARD, NO_OUTWARD = 0.04, 0.02


def write(folder: Path, borough: Borough, *, seed: int, scale: float) -> dict[str, FeedTruth]:
    """Writes a file a quarter; no quarter is sent twice."""
    firsts = [first for first in months() if first.month % 3 == 1]
    total = 0
    for first in firsts:
        name = f"{first.year}Q{first.month // 3 + 1}"
        rows = draw_return(stream(seed, "section17a", name), first, name, scale, borough)
        write_csv([rows], RETURN_COLUMNS, folder / f"section17a_return_{name}.csv")
        total += len(rows)
    return {FEED: FeedTruth(len(firsts), total, total)}


def draw_return(
    rng: np.random.Generator, first: date, name: str, scale: float, borough: Borough
) -> pa.Table:
    """Draws the incidents of one quarter in order of day."""
    sizes = [int(rng.poisson(usual * scale)) for _, _, _, usual in RETURN_ROWS]
    kind = np.repeat(np.arange(len(RETURN_ROWS)), sizes)
    n = len(kind)
    year, month = (first.year, first.month + 3) if first.month < 10 else (first.year + 1, 1)  # noqa: PLR2004
    days = (date(year, month, 1) - first).days
    day = rng.integers(days, size=n)
    order = np.argsort(day, kind="stable")
    kind, day = kind[order], day[order]
    wards = sorted(borough.ward_names)
    ward = choose(rng, [WARD_FACTOR.get(code, 1.0) for code in wards], n)
    occurred = np.datetime64(first, "D") + day.astype("timedelta64[D]")
    return pa.table(
        {
            "quarter": pa.repeat(name, n),
            "source_authority": words([row[0] for row in RETURN_ROWS], kind),
            "category": words([row[1] for row in RETURN_ROWS], kind),
            "subcategory": words([row[2] for row in RETURN_ROWS], kind),
            "occurred_on": pa.array(np.datetime_as_string(occurred, "D")),
            "time_band": words(list(TIME_BANDS), choose(rng, list(TIME_BANDS.values()), n)),
            "outward_code": blanked(
                words([OUTWARD.get(code, "E1") for code in wards], ward),
                rng.random(n) < NO_OUTWARD,
            ),
            "ward_code": blanked(words(wards, ward), rng.random(n) < NO_WARD),
        }
    )
