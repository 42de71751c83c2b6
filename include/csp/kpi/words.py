"""How figures, periods and statuses are said to people: on the scorecard and in a terminal."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

SUPPRESSED_SIGN = "*"
NO_FIGURE = "–"

#: Zero and the four ways of having no figure are five different words everywhere.
STATUS_WORDS = {
    "reported": "Reported",
    "partial": "Partial",
    "missing": "Missing",
    "not_reported": "Not reported",
    "not_mature": "Not mature",
    "suppressed": "Suppressed",
}
ZERO = "Zero"
NOTHING = "Nothing to measure"
STATUS_MEANINGS = {
    ZERO: "The partner reported, and there were none.",
    "Missing": "A delivery was due and none covers the period.",
    "Not reported": "The partner sends nothing for this, or a person ruled the delivery out.",
    "Not mature": "It is too early: the figure is final only some time after the period.",
    "Suppressed": f"Hidden ({SUPPRESSED_SIGN}) so that no person can be made out; the sign is the "
    "same whether a figure is small itself or would give a small one away.",
}
OTHER_MEANINGS = {
    NOTHING: "The partner reported, and there was no case to take a share, ratio or median of.",
    "Partial": "A part of the period is covered; the figure counts that part only.",
    "Provisional": "Later deliveries may still change the figure.",
}

_MILLION, _EXACT = 1_000_000, 10


def status_word(status: str, value: float | None) -> str:
    """A cell's status as a word; a reported zero has its own, and so has a report without cases."""
    if status == "reported" and not value:
        return NOTHING if value is None else ZERO
    return STATUS_WORDS.get(status, status.replace("_", " ").capitalize())


def number(value: float, unit: str = "", *, signed: bool = False) -> str:
    """A number as it is printed, without its unit, but with a pound sign."""
    sign = "+" if signed and value > 0 else ""
    if unit == "£":
        return f"{'−' if value < 0 else sign}£{_pounds(abs(value))}"
    if unit in ("%", "pp"):
        text = f"{value:,.1f}"
    elif float(value).is_integer() and not unit.startswith("per "):
        text = f"{value:,.0f}"
    else:
        text = f"{value:,.1f}" if abs(value) >= _EXACT else f"{value:,.2f}"
    return sign + text.replace("-", "−")


def _pounds(value: float) -> str:
    if value >= _MILLION:
        return f"{value / _MILLION:.3f}".rstrip("0").rstrip(".") + "m"
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}"


def unit_after(unit: str) -> str:
    """What follows the number: a space and the unit, `%` at once, nothing for pounds."""
    if unit == "£" or not unit:
        return ""
    return unit if unit == "%" else f" {unit}"


def figure(value: float | None, unit: str, status: str, *, signed: bool = False) -> str:
    """A cell's figure with its unit, or the word for why there is none."""
    if value is not None:
        return number(value, unit, signed=signed) + unit_after(unit)
    return SUPPRESSED_SIGN if status == "suppressed" else status_word(status, None)


def sign_of_none(status: str) -> str:
    """What stands where a figure would, beside a column that says the status."""
    return SUPPRESSED_SIGN if status == "suppressed" else NO_FIGURE


def interval(
    lower: float | None, upper: float | None, unit: str, *, signed: bool = False
) -> str | None:
    """The two ends of the 95% interval, or None when the figure has none."""
    if lower is None or upper is None:
        return None
    ends = (number(end, unit, signed=signed) for end in (lower, upper))
    return " to ".join(ends) + ("%" if unit == "%" else "")


def month(day: date) -> str:
    """`Oct 2021`."""
    return f"{day:%b %Y}"


def day(when: date) -> str:
    """`31 October 2021`."""
    return f"{when.day} {when:%B %Y}"


def period(kind: str, start: date, end: date) -> str:
    """A period as people say it."""
    first = f"{start:%b}" if start.year == end.year else month(start)
    span = f"{start:%B %Y}" if month(start) == month(end) else f"{first} to {month(end)}"
    return {
        "month": f"{start:%B %Y}",
        "rolling_12_months": f"12 months to {month(end)}",
        "financial_year": f"Financial year {start.year}/{end:%y}",
        "financial_year_to_date": f"{span}, the financial year so far",
        "since_start": f"{span}, since the start",
    }.get(kind, span)


BLOCKS = "▁▂▃▄▅▆▇█"
GAP = "·"


def sparkline(values: Iterable[float | None], statuses: Iterable[str]) -> str:
    """The shape of a series in one line: `·` where there is no figure, `*` where it is hidden."""
    pairs = list(zip(values, statuses, strict=True))
    known = [value for value, _ in pairs if value is not None]
    low, high = (min(known), max(known)) if known else (0.0, 0.0)
    text = ""
    for value, status in pairs:
        if value is None:
            text += SUPPRESSED_SIGN if status == "suppressed" else GAP
        elif high == low:
            text += BLOCKS[len(BLOCKS) // 2]
        else:
            text += BLOCKS[round((value - low) / (high - low) * (len(BLOCKS) - 1))]
    return text
