"""Process-control charts as static SVG: no script, nothing loaded, small enough for a page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import altair as alt
import vl_convert

from csp.kpi import words
from csp.kpi.scorecard.facts import Point, Series

INK, MUTED, LINE, SIGNAL = "#1d2b36", "#4d5b67", "#1f5f8b", "#a33b00"
BAND, AXIS, GRID = "#e6edf3", "#9aa7b2", "#e3e8ec"
LARGE = 10_000
VEGA_LITE = "6.1"


@dataclass(frozen=True)
class ChartStyle:
    """Size and type of a chart; a page and a printed pack differ.

    Attributes:
        is_inline: Drawn into a page, whose style gives the type.
    """

    width: int
    height: int
    font: str
    font_size: int = 11
    is_inline: bool = True


PAGE = ChartStyle(312, 92, "system-ui, sans-serif")
PACK = ChartStyle(236, 78, "Source Sans Pro", 10, is_inline=False)


def control_chart(series: Series, style: ChartStyle) -> str:
    """The months of a series with centre, limits, breaks and signals, as SVG.

    The months that signal are larger and of another shape, so that no colour is needed to see
    them; a month without a figure is a gap.
    """
    months = series.months
    rows = {
        "limits": _limits(months),
        "breaks": [{"m": start.isoformat(), "t": key} for key, start, _ in series.breaks],
        "months": (values := _values(months)),
        "alone": [row for row in values if row["k"] == "alone"],
        "signals": [row for row in values if row["k"] == "signal"],
    }
    spec = _compiled(style, _ticks([point.period_start for point in months]), _form(months))
    data = [
        {**one, "values": rows[one["name"]]} if one["name"] in rows else one for one in spec["data"]
    ]
    return _lean(vl_convert.vega_to_svg({**spec, "data": data}), is_inline=style.is_inline)


def description(series: Series) -> str:
    """What the chart shows, in words, for those who do not see it."""
    months = series.months
    known = [point for point in months if point.value is not None]
    first, last = known[0], known[-1]
    values = [point.value for point in known if point.value is not None]

    def said(value: float | None) -> str:
        return "–" if value is None else words.number(value, series.unit or "")

    text = (
        f"Monthly, in {series.unit or 'numbers'}: {len(known)} months with a figure from "
        f"{words.month(first.period_start)} to {words.month(last.period_start)}, between "
        f"{said(min(values))} and {said(max(values))}; the newest is {said(last.value)}."
    )
    if last.centre is not None and last.lower_limit is not None:
        text += (
            f" Centre {said(last.centre)}, limits {said(last.lower_limit)} and "
            f"{said(last.upper_limit)}."
        )
    if gaps := len(months) - len(known):
        text += f" {gaps} {'month has' if gaps == 1 else 'months have'} no figure."
    for letter, start, reason in series.breaks:
        text += f" Break {letter} in {words.month(start)}: {reason}."
    return text


def _values(months: list[Point]) -> list[dict[str, Any]]:
    """One row per month; a point is drawn for a signal, for the newest, and for a lone month."""
    known = [place for place, point in enumerate(months) if point.value is not None]
    rows = []
    for place, point in enumerate(months):
        kind = "in line"
        if point.value is not None:
            if point.is_signal:
                kind = "signal"
            elif place == known[-1] or not {place - 1, place + 1} & set(known):
                kind = "alone"
        rows.append({"m": point.period_start.isoformat(), "v": point.value, "k": kind})
    return rows


def _limits(months: list[Point]) -> list[dict[str, Any]]:
    """One row per stretch of months under the same limits."""
    rows: list[dict[str, Any]] = []
    for point in months:
        if point.lower_limit is None or point.upper_limit is None:
            continue
        same = {
            "s": str(point.segment_start),
            "c": point.centre,
            "l": point.lower_limit,
            "u": point.upper_limit,
        }
        month = point.period_start.isoformat()
        if rows and same.items() <= rows[-1].items():
            rows[-1]["e"] = month
        else:
            rows.append({**same, "m": month, "e": month})
    return rows


@lru_cache
def _compiled(style: ChartStyle, ticks: tuple[date, ...], form: str) -> dict[str, Any]:
    """The chart without its data, as Vega: what takes longest is done once for many charts."""
    month = alt.X(
        "m:T",
        axis=alt.Axis(
            title=None,
            format="%b %y",
            values=[alt.DateTime(year=m.year, month=m.month, date=1, utc=True) for m in ticks],
            grid=False,
            labelFlush=True,
        ),
        scale=alt.Scale(type="utc"),
    )
    axis = alt.Axis(title=None, tickCount=3, domain=False, ticks=False, format=form)

    def y(name: str) -> alt.Y:
        return alt.Y(f"{name}:Q", scale=alt.Scale(zero=False, nice=True), axis=axis)

    def of(name: str) -> alt.Chart:
        return alt.Chart(alt.NamedData(name))

    layers = [
        of("limits").mark_rect(color=BAND).encode(x=month, x2="e:T", y=y("l"), y2="u:Q"),
        *(
            of("limits")
            .mark_rule(color=MUTED, strokeWidth=width, strokeDash=dash)
            .encode(x=month, x2="e:T", y=y(name))
            for name, width, dash in (("l", 0.8, [2, 2]), ("u", 0.8, [2, 2]), ("c", 1, [6, 3]))
        ),
        of("breaks").mark_rule(color=INK, strokeWidth=1, strokeDash=[1, 2]).encode(x=month),
        of("breaks")
        .mark_text(align="left", baseline="top", dx=3, dy=-2, fontWeight="bold", color=INK)
        .encode(x=month, y=alt.value(0), text="t:N"),
        of("months")
        .mark_line(color=LINE, strokeWidth=1.6, strokeJoin="round")
        .encode(x=month, y=y("v")),
        of("alone")
        .mark_point(filled=True, opacity=1, size=18, color=LINE, shape="circle")
        .encode(x=month, y=y("v")),
        of("signals")
        .mark_point(filled=True, opacity=1, size=70, color=SIGNAL, shape="diamond")
        .encode(x=month, y=y("v")),
    ]
    spec = alt.layer(*layers).to_dict(validate=False) | _config(style)
    return vl_convert.vegalite_to_vega(spec, VEGA_LITE)


def _config(style: ChartStyle) -> dict[str, Any]:
    return {
        "width": style.width,
        "height": style.height,
        "autosize": {"type": "fit", "contains": "padding"},
        "padding": {"left": 2, "right": 6, "top": 4, "bottom": 2},
        "background": None,
        "config": {
            "aria": False,
            "font": style.font,
            "axis": {
                "labelColor": MUTED,
                "labelFontSize": style.font_size,
                "labelPadding": 4,
                "domainColor": AXIS,
                "tickColor": AXIS,
                "gridColor": GRID,
            },
            "text": {"fontSize": style.font_size},
            "view": {"stroke": None},
        },
    }


def _form(months: list[Point]) -> str:
    large = any(point.value is not None and abs(point.value) >= LARGE for point in months)
    return "~s" if large else ",~f"


def _ticks(months: list[date]) -> tuple[date, ...]:
    """The newest month and some before it at the same distance."""
    step = max(1, (len(months) - 1) // 3)
    return tuple(months[::-1][::step][::-1])


TAG = re.compile(r"<[^>]*>")
NUMBER = re.compile(r"-?\d+\.\d{2,}")
UNSEEN = re.compile(
    r' (?:aria-[a-z]+|role|class|pointer-events|display)="[^"]*"| opacity="1"| stroke-opacity="0"'
)
EMPTY = re.compile(
    r'<path d=""[^>]*/>'
    r'|<path d="M0(?:\.5)?,0(?:\.5)?h[\d.]+v[\d.]+h-?[\d.]+Z"/>'
    r"|<g(?: [^>]*)?></g>"
)
NEEDLESS = re.compile(r"<g>((?:<(?:path|line|text|rect)\b[^>]*(?:/>|>[^<]*</text>))+)</g>")


def _rounded(number: re.Match[str]) -> str:
    return f"{float(number[0]):.1f}".removesuffix(".0")


def _lean(svg: str, *, is_inline: bool) -> str:
    """The SVG without what nobody sees: empty groups, roles, digits behind the point."""
    svg = TAG.sub(lambda tag: NUMBER.sub(_rounded, tag[0]), svg)
    svg = UNSEEN.sub("", svg)
    before = ""
    while before != svg:
        before = svg
        svg = NEEDLESS.sub(r"\1", EMPTY.sub("", svg))
    if is_inline:
        svg = re.sub(r' (?:font-family|xmlns(?::xlink)?|version)="[^"]*"', "", svg)
    return svg
