"""What a simulation wrote, counted from the draw itself and not from the files."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import Field, asdict, dataclass
from pathlib import Path
from typing import Any, ClassVar, Protocol

import pyarrow as pa

ASB = "Anti-social behaviour"
FIRST_PUMP_TARGET_SECONDS = 360

README = """\
SYNTHETIC DATA. Nothing in this folder happened.

These files look like files of the partners of a Community Safety Partnership. They were drawn at
random by the simulator (csp_simulator); no record, reference, token or postcode stands for a real
event, person or address. Never mix them with real data, and never publish figures
made from them as facts about a place.

deliveries/   files as the partners would send them
truth.json    what was drawn: what a warehouse must find after taking the deliveries in
faults/       (only when asked for) labelled bad inputs, each listed in truth.json with what
              should happen to it; they are not part of the counts in truth.json

Made with scenario {scenario}, seed {seed}, scale {scale}.
Names and codes of areas: Office for National Statistics, Open Government Licence v3.0.
"""


@dataclass(frozen=True)
class StreetMonth:
    """One force's month in its newest release; counts of rows or of crimes.

    `rows` and `no_location` count rows of the file, exact repeats included. All other counts are
    of distinct crimes (a repeat of Crime ID, LSOA and crime type counts once) and of ASB rows.
    `in_borough_by_type` includes anti-social behaviour under its published name.
    """

    release: str
    force: str
    month: str
    rows: int
    crimes: int
    asb: int
    no_location: int
    in_borough_crimes: int
    in_borough_asb: int
    in_borough_by_type: dict[str, int]
    in_borough_by_ward: dict[str, dict[str, int]]


@dataclass(frozen=True)
class FireMonth:
    """One month of London Fire Brigade incidents in its newest release; counts of incidents.

    `first_pump_within_360` and `first_pump_with_time` are of incidents in the borough: those
    whose first pump arrived within 360 seconds, and those that have a first-pump time at all.
    """

    release: str
    month: str
    incidents: int
    in_borough: int
    in_borough_by_group: dict[str, int]
    first_pump_within_360: int
    first_pump_with_time: int


@dataclass(frozen=True)
class Fault:
    """One labelled bad input and what should come of it.

    `expectation` is one of: rejected (the file), quarantined or fixed (`rows` of its rows),
    accepted (nothing lost; `rows` rows come in), warned (accepted with a warning), held (by the
    gate before the warehouse), duplicate (already received). `code` is the B-number of
    docs/specification/bad-inputs.md.
    """

    code: str
    file: str
    expectation: str
    rows: int | None
    what: str


@dataclass(frozen=True)
class SimulationTruth:
    """Everything a reader of the deliveries should find; saved as truth.json."""

    scenario: str
    seed: int
    scale: float
    label: str
    police: tuple[StreetMonth, ...]
    fire: tuple[FireMonth, ...] = ()
    faults: tuple[Fault, ...] = ()

    def save(self, out: Path) -> None:
        """Writes truth.json and README.txt into `out`, beside the deliveries."""
        save_truth(self, out)


class Truth(Protocol):
    """What any scenario says of what it wrote."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    @property
    def scenario(self) -> str:
        """Its name."""

    @property
    def seed(self) -> int:
        """What it was drawn with."""

    @property
    def scale(self) -> float:
        """The factor on its volumes."""


def save_truth(truth: Truth, out: Path) -> None:
    """Writes truth.json and README.txt into `out`, beside the deliveries."""
    content = asdict(truth)
    text = json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False, default=str)
    (out / "truth.json").write_bytes((text + "\n").encode())
    readme = README.format(scenario=truth.scenario, seed=truth.seed, scale=truth.scale)
    (out / "README.txt").write_bytes(readme.encode())


def count_street(drawn: pa.Table) -> Counter[tuple[str, str, str, bool]]:
    """Counts drawn street rows by (place, crime type, ward code, is a repeat)."""
    keys = ["place", "Crime type", "ward_code", "is_repeat"]
    groups = drawn.group_by(keys).aggregate([([], "count_all")])
    columns = [groups[name].to_pylist() for name in [*keys, "count_all"]]
    return Counter({(p, t, w, r): n for p, t, w, r, n in zip(*columns, strict=True)})


def street_month(
    counts: Counter[tuple[str, str, str, bool]], *, release: str, force: str, month: str
) -> StreetMonth:
    """Sums the counts of one force's month."""
    crimes, asb, types, wards = 0, 0, Counter[str](), dict[str, dict[str, int]]()
    for (place, crime_type, ward, is_repeat), n in sorted(counts.items()):
        if is_repeat:
            continue
        kind = "asb" if crime_type == ASB else "crimes"
        crimes, asb = crimes + n * (kind == "crimes"), asb + n * (kind == "asb")
        if place == "borough":
            types[crime_type] += n
            wards.setdefault(ward, {"asb": 0, "crimes": 0})[kind] += n
    return StreetMonth(
        release=release,
        force=force,
        month=month,
        rows=sum(counts.values()),
        crimes=crimes,
        asb=asb,
        no_location=sum(n for key, n in counts.items() if key[0] == "none"),
        in_borough_crimes=sum(types.values()) - types[ASB],
        in_borough_asb=types[ASB],
        in_borough_by_type=dict(+types),
        in_borough_by_ward=wards,
    )


def fire_month(drawn: pa.Table, *, release: str, month: str) -> FireMonth:
    """Counts one month of drawn incidents."""
    borough = drawn.filter(drawn["in_borough"])
    groups = Counter(borough["IncidentGroup"].to_pylist())
    seconds = borough["first_pump_seconds"].drop_null().to_numpy()
    return FireMonth(
        release=release,
        month=month,
        incidents=drawn.num_rows,
        in_borough=borough.num_rows,
        in_borough_by_group=dict(groups),
        first_pump_within_360=int((seconds <= FIRST_PUMP_TARGET_SECONDS).sum()),
        first_pump_with_time=len(seconds),
    )
