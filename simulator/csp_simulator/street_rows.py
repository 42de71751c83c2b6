"""Scenario street-rows: one large valid police file, written in chunks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from csp_simulator.draws import stream
from csp_simulator.partner_files import write_csv
from csp_simulator.places import Borough
from csp_simulator.street_crime import Volume, draw_records
from csp_simulator.street_words import FORCES, NO_LOCATION, STREET_COLUMNS
from csp_simulator.truth import SimulationTruth, count_street, street_month

ROWS_AT_SCALE_1 = 1_000_000
ROWS_PER_CHUNK = 100_000
MONTH = "2021-06"
FORCE = FORCES[0]


def write(out: Path, borough: Borough, *, seed: int, scale: float) -> SimulationTruth:
    """Writes exactly round(1,000,000 * scale) rows of the Metropolitan Police's June 2021."""
    total = round(ROWS_AT_SCALE_1 * scale)
    counts: Counter[tuple[str, str, str, bool]] = Counter()

    def chunks() -> Iterator[pa.Table]:
        for start in range(0, total, ROWS_PER_CHUNK):
            n = min(ROWS_PER_CHUNK, total - start)
            rng = stream(seed, "street-rows", str(start))
            rows = draw_records(rng, FORCE, MONTH, _volume(n), borough)
            counts.update(count_street(rows))
            yield rows

    path = out / "deliveries" / "police" / f"{MONTH}-{FORCE.slug}-street.csv"
    write_csv(chunks(), STREET_COLUMNS, path)
    month = street_month(counts, release=MONTH, force=FORCE.slug, month=MONTH)
    return SimulationTruth("street-rows", seed, scale, "synthetic", police=(month,))


def _volume(n: int) -> Volume:
    """Parts `n` rows by the force's usual shares."""
    asb = round(n * FORCE.asb)

    def placed(records: int) -> tuple[int, int, int]:
        unplaced = int(records * NO_LOCATION)
        inside = round((records - unplaced) * FORCE.borough)
        return inside, records - unplaced - inside, unplaced

    return Volume(placed(n - asb), placed(asb))
