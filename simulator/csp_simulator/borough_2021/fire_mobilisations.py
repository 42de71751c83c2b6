"""Draws mobilisations of fire engines from stations in and near the borough."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from csp_simulator.borough_2021.civil_words import (
    HOURS_OF_DAY,
    INCIDENTS_A_DAY,
    MOBILISATION_COLUMNS,
    STATIONS,
)
from csp_simulator.borough_2021.periods import WHOLE
from csp_simulator.draws import blanked, choose, joined, seasonal_days, stream, text, words


def draw_mobilisations(*, seed: int, scale: float) -> tuple[pa.Table, np.ndarray, np.ndarray]:
    """Draws mobilisations from stations near the borough: rows, month of each, and its release.

    A row of release 1 is in its month's first release; the others come with the next one.
    """
    rng = stream(seed, "civil", "mobilisation")
    incidents = seasonal_days(
        rng, WHOLE.first, WHOLE.last, (1.0,) * 12, round(INCIDENTS_A_DAY * len(WHOLE.days) * scale)
    )
    n = len(incidents)
    hour = choose(rng, HOURS_OF_DAY, n)
    # The clocks change on two Sunday nights a year; nobody calls in those hours here.
    weekday = (incidents.astype(int) + 3) % 7
    hour = np.where((weekday == 6) & (hour < 3), hour + 9, hour)  # noqa: PLR2004
    hour = np.where((weekday == 5) & (hour > 20), hour - 9, hour)  # noqa: PLR2004
    called = incidents.astype("datetime64[s]") + hour * np.timedelta64(3600, "s")
    called = np.sort(called + rng.integers(3300, size=n))
    pumps = 1 + rng.binomial(3, 0.15, n)
    of = np.repeat(np.arange(n), pumps)
    order = np.arange(len(of)) - np.repeat(np.cumsum(pumps) - pumps, pumps) + 1
    month = called[of].astype("datetime64[M]")
    release = 1 + (rng.random(len(of)) < 0.01)  # noqa: PLR2004
    return _mobilisation_rows(rng, called, of, order), month, release


def _mobilisation_rows(
    rng: np.random.Generator, called: np.ndarray, of: np.ndarray, order: np.ndarray
) -> pa.Table:
    """Columns of the published file for engine `order` of incident `of`."""
    n, second = len(of), np.timedelta64(1, "s")
    told = called[of] + rng.integers(60, 160, n) * second
    turnout = rng.integers(25, 120, n)
    travel = rng.integers(90, 420, n) + 60 * order
    left = told + (turnout + travel + rng.integers(300, 5400, n)) * second
    station = choose(rng, [share for _, _, share in STATIONS], n)
    delayed = rng.random(n) < 0.12  # noqa: PLR2004

    def clock(times: np.ndarray) -> pa.Array:
        return pc.strftime(pa.array(times.astype("datetime64[s]")), format="%d/%m/%Y %H:%M:%S")

    serial = joined(text(900_000 + of % 100_000), "-")
    number = joined(serial, pc.strftime(pa.array(called[of]), format="%d%m%Y"))
    code = words([code for code, _, _ in STATIONS], station)
    return pa.table(
        {
            "IncidentNumber": number,
            "CalYear": text(called[of].astype("datetime64[Y]").astype(int) + 1970),
            "HourOfCall": text(called[of].astype("datetime64[h]").astype(int) % 24),
            "ResourceMobilisationId": text(5_000_000 + np.arange(n)),
            "Resource_Code": joined(code, text(1 + order % 2)),
            "PerformanceReporting": text(order),
            "DateAndTimeMobilised": clock(told),
            "DateAndTimeMobile": clock(told + turnout * second),
            "DateAndTimeArrived": clock(told + (turnout + travel) * second),
            "TurnoutTimeSeconds": joined(text(turnout), ".0"),
            "TravelTimeSeconds": joined(text(travel), ".0"),
            "AttendanceTimeSeconds": text(turnout + travel),
            "DateAndTimeLeft": clock(left),
            "DateAndTimeReturned": clock(left + rng.integers(240, 1200, n) * second),
            "DeployedFromStation_Code": code,
            "DeployedFromStation_Name": words([name for _, name, _ in STATIONS], station),
            "DeployedFromLocation": pa.repeat("Home Station", n),
            "PumpOrder": text(order),
            "PlusCode_Code": pa.repeat("Initial", n),
            "PlusCode_Description": pa.repeat("Initial Mobilisation", n),
            "DelayCodeId": blanked(pa.repeat("12.0", n), ~delayed),
            "DelayCode_Description": blanked(pa.repeat("Not held up", n), ~delayed),
        }
    ).select(MOBILISATION_COLUMNS)
