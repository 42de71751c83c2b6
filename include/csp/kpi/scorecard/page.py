"""The page: one HTML file that holds everything it shows, and runs and loads nothing."""

from __future__ import annotations

import calendar
import re
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from csp.kpi import words
from csp.kpi.scorecard import facts
from csp.kpi.scorecard.board import Board
from csp.kpi.scorecard.charts import PAGE, control_chart, description
from csp.kpi.scorecard.ward_map import attribution, draw, hatching

HERE = Path(__file__).parent
SIGNS = {"steady": "●", "better": "◆", "worse": "▲", "changed": "■", "unjudged": "○"}


def render(board: Board) -> str:
    """The scorecard as HTML."""
    environment = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["day"] = words.day
    environment.filters["month"] = words.month
    environment.filters["chart"] = lambda series: Markup(_chart(series))  # noqa: S704 - drawn here
    html = environment.get_template(
        "page.html.j2"
    ).render(
        board=board,
        maps=[draw(one) for one in board.maps],
        attribution=attribution(),
        hatching=Markup(hatching()),  # noqa: S704 - drawn here
        style=Markup(_lean_style((HERE / "page.css").read_text(encoding="utf-8"))),  # noqa: S704
        words=words,
        signs=SIGNS,
        disclosure=facts.DISCLOSURE,
        plain=_plain,
        month_names=calendar.month_abbr[1:],
    )
    return re.sub(r"\n\s*(?=\n)|(?<=\n)[ \t]+", "", html)


def _plain(value: Any) -> str:  # noqa: ANN401 - whatever a cell holds
    """A value as a data attribute holds it: exact, empty when there is none."""
    if value is None:
        return ""
    return repr(value) if isinstance(value, float) else str(value)


def _chart(series: facts.Series) -> str:
    """The chart as an image with a title and a description for those who do not see it."""
    svg = control_chart(series, PAGE)
    key = re.sub(r"[^A-Za-z0-9-]", "-", series.key)
    named = (
        f'<svg role="img" aria-labelledby="t-{key} d-{key}" '
        f"{svg.removeprefix('<svg ').split('>', 1)[0]}>"
        f'<title id="t-{key}">{Markup.escape(series.name)}, month by month</title>'
        f'<desc id="d-{key}">{Markup.escape(description(series))}</desc>'
    )
    return named + svg.split(">", 1)[1]


def _lean_style(style: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"/\*.*?\*/", "", style, flags=re.S)).strip()
