"""The ward map: outlines as SVG shapes in five classes, each with its figure on it and in words."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from csp.contracts.borough import borough
from csp.kpi import words
from csp.kpi.scorecard.board import WardMap, WardValue

WIDTH, MARGIN = 460.0, 6.0
#: Light to dark in steps of lightness, so that the order holds in black and white too.
SHADES = ("#eaf1f6", "#bcd5e5", "#84b1cf", "#3f7faa", "#164b73")
DARK_FROM = 3
NO_VALUE_SHADE = "url(#no-figure)"
HATCH = (
    '<pattern id="no-figure" width="5" height="5" patternUnits="userSpaceOnUse" '
    'patternTransform="rotate(45)"><path d="M0,0h5v5h-5Z" fill="#fff"/>'
    '<path d="M0,0v5" stroke="#9aa7b2" stroke-width="1.5"/></pattern>'
)
GRID, FLAT = 14, 1.6

Ring = list[list[float]]


@dataclass(frozen=True)
class WardShape:
    """One ward as it is drawn.

    Attributes:
        path: The `d` of an SVG path.
        x, y: Where its figure stands.
        shade: Fill.
        is_dark: Whether light text is needed on it.
        label: Its figure without the unit, or the sign or word for why there is none.
        said: Name and figure with unit, in words.
    """

    ward: WardValue
    path: str
    x: float
    y: float
    shade: str
    is_dark: bool
    label: str
    said: str


@dataclass(frozen=True)
class DrawnMap:
    """A ward map ready for a template.

    Attributes:
        legend: Shade and the range of figures it stands for, lightest first.
    """

    facts: WardMap
    shapes: list[WardShape]
    legend: list[tuple[str, str]]
    width: float
    height: float

    def svg(self, font: str) -> str:
        """The map as a picture of its own, for the pack; the page has it with links inside."""
        parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width:g} {self.height:g}"'
            f' width="{self.width:g}" height="{self.height:g}"><defs>{HATCH}</defs>'
        ]
        for shape in self.shapes:
            parts.append(
                f'<path d="{shape.path}" fill="{shape.shade}" stroke="#33424e" stroke-width="1"/>'
            )
        for shape in self.shapes:
            ink = "#ffffff" if shape.is_dark else "#14202b"
            parts.append(
                f'<text x="{shape.x:.1f}" y="{shape.y + 4:.1f}" text-anchor="middle" '
                f'font-family="{font}" font-size="12" fill="{ink}">{shape.label}</text>'
            )
        return "".join([*parts, "</svg>"])


def hatching() -> str:
    """The pattern of a ward without a figure, once for a page."""
    return f'<svg width="0" height="0" aria-hidden="true" class="unseen"><defs>{HATCH}</defs></svg>'


def attribution() -> str:
    """Whose outlines they are, as their licence asks to be said."""
    return str(_outlines().get("attribution", ""))


def _outlines() -> dict[str, Any]:
    outlines: dict[str, Any] = json.loads(borough().outlines.read_text(encoding="utf-8"))
    return outlines


def draw(facts: WardMap) -> DrawnMap:
    """Draw a ward map; a ward without an outline is in the table alone."""
    features = _outlines()["features"]
    rings = {f["properties"]["ward_code"]: _rings(f["geometry"]) for f in features}
    points = [point for parts in rings.values() for ring in parts for point in ring]
    west, east = min(p[0] for p in points), max(p[0] for p in points)
    south, north = min(p[1] for p in points), max(p[1] for p in points)
    # At this latitude a degree of longitude is so much shorter than one of latitude.
    shrink = math.cos(math.radians((south + north) / 2))
    scale = (WIDTH - 2 * MARGIN) / ((east - west) * shrink)
    height = (north - south) * scale + 2 * MARGIN

    def place(point: list[float]) -> tuple[float, float]:
        return (
            MARGIN + (point[0] - west) * shrink * scale,
            MARGIN + (north - point[1]) * scale,
        )

    ends = _class_ends([w.figure.value for w in facts.wards if w.figure.value is not None])
    shapes = []
    for ward in facts.wards:
        if ward.ward_code in rings:
            drawn = [[place(point) for point in ring] for ring in rings[ward.ward_code]]
            shapes.append(_shape(ward, drawn, ends))
    return DrawnMap(facts, shapes, _legend(ends, facts), WIDTH, round(height, 1))


def _rings(geometry: dict[str, Any]) -> list[Ring]:
    polygons = geometry["coordinates"]
    if geometry["type"] == "Polygon":
        polygons = [polygons]
    return [ring for polygon in polygons for ring in polygon]


def _shape(ward: WardValue, rings: list[list[tuple[float, float]]], ends: list[float]) -> WardShape:
    path = "".join("M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in ring[:-1]) + "Z" for ring in rings)
    x, y = _middle(max(rings, key=_area))
    value = ward.figure.value
    place = None if value is None else _class_of(value, ends)
    return WardShape(
        ward=ward,
        path=path,
        x=x,
        y=y,
        shade=NO_VALUE_SHADE if place is None else SHADES[place],
        is_dark=place is not None and place >= DARK_FROM,
        label=words.sign_of_none(ward.figure.status) if value is None else ward.figure.number,
        said=f"{ward.ward_name}: {ward.figure.text}",
    )


def _area(ring: list[tuple[float, float]]) -> float:
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring))) / 2


def _middle(ring: list[tuple[float, float]]) -> tuple[float, float]:
    """The place inside the shape that is farthest from its border, of a grid over it."""
    west, east = min(x for x, _ in ring), max(x for x, _ in ring)
    north, south = min(y for _, y in ring), max(y for _, y in ring)
    steps = [step / GRID for step in range(1, GRID)]
    places = [(west + (east - west) * i, north + (south - north) * j) for i in steps for j in steps]
    return max((p for p in places if _is_inside(p, ring)), key=lambda p: _distance(p, ring))


def _is_inside(place: tuple[float, float], ring: list[tuple[float, float]]) -> bool:
    x, y = place
    crossings = sum(
        x < a[0] + (y - a[1]) * (b[0] - a[0]) / (b[1] - a[1])
        for a, b in pairwise(ring)
        if (a[1] > y) != (b[1] > y)
    )
    return crossings % 2 == 1


def _distance(place: tuple[float, float], ring: list[tuple[float, float]]) -> float:
    """To the nearest side; height counts more, because a figure is wider than high."""
    x, y = place
    found = []
    for a, b in pairwise(ring):
        dx, dy = b[0] - a[0], b[1] - a[1]
        length = dx * dx + dy * dy
        share = ((x - a[0]) * dx + (y - a[1]) * dy) / length if length else 0.0
        along = max(0.0, min(1.0, share))
        found.append(math.hypot(a[0] + along * dx - x, (a[1] + along * dy - y) * FLAT))
    return min(found)


def _class_ends(values: list[float]) -> list[float]:
    """The highest figure of each class; classes hold equally many wards."""
    ordered = sorted(values)
    if not ordered:
        return []
    count = len(ordered)
    return [ordered[math.ceil(count * k / len(SHADES)) - 1] for k in range(1, len(SHADES) + 1)]


def _class_of(value: float, ends: list[float]) -> int:
    return next(place for place, end in enumerate(ends) if value <= end)


def _legend(ends: list[float], facts: WardMap) -> list[tuple[str, str]]:
    values = sorted(w.figure.value for w in facts.wards if w.figure.value is not None)
    found = []
    for place, shade in enumerate(SHADES if ends else ()):
        inside = [v for v in values if _class_of(v, ends) == place]
        if inside:
            low, high = (words.number(v, facts.series.unit or "") for v in (inside[0], inside[-1]))
            found.append((shade, low if low == high else f"{low} to {high}"))
    return found
