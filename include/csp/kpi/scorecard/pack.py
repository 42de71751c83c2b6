"""The board pack: the scorecard as a tagged PDF of a few pages, typeset without a browser."""

from __future__ import annotations

import json
from datetime import UTC
from importlib.resources import files
from pathlib import Path
from typing import Any

import typst

from csp.kpi import words
from csp.kpi.scorecard.board import Board
from csp.kpi.scorecard.charts import PACK, control_chart, description
from csp.kpi.scorecard.facts import DISCLOSURE
from csp.kpi.scorecard.reading import MAPPED
from csp.kpi.scorecard.themes import Indicator, Theme
from csp.kpi.scorecard.ward_map import attribution, draw

TEMPLATE = Path(__file__).parent / "pack.typ"
CARDS = 6
SIGNS = {"steady": "●", "better": "◆", "worse": "▲", "changed": "■", "unjudged": "○"}


def render(board: Board) -> bytes:
    """The scorecard as PDF/UA-1, with its fonts inside."""
    pictures: dict[str, bytes] = {}
    facts = _facts(board, pictures)
    # Its types do not tell that it takes several files by name.
    pdf: bytes = typst.compile(  # type: ignore[call-overload]
        {"main": TEMPLATE.read_bytes(), **pictures},
        format="pdf",
        font_paths=[str(files("font_source_sans_pro") / "files")],
        ignore_system_fonts=True,
        sys_inputs={"facts": json.dumps(facts, ensure_ascii=False, default=str)},
        pdf_standards=["ua-1"],
        timestamp=int(board.published_at.replace(tzinfo=UTC).timestamp()),
    )
    return pdf


def _facts(board: Board, pictures: dict[str, bytes]) -> dict[str, Any]:
    quality = board.quality
    return {
        "title": board.title,
        "borough": board.borough,
        "as_of": words.day(board.as_of) if board.as_of else "nothing reported yet",
        "publication": board.publication_id,
        "published": f"{words.day(board.published_at.date())}, {board.published_at:%H:%M} UTC",
        "stale": board.is_stale,
        "reasons": board.reasons,
        "quality": [
            ["Stale" if board.is_stale else "Current", "publication"],
            [f"{quality.on_time} of {quality.feeds}", "feeds on time"],
            [str(len(quality.late)), "late"],
            [str(len(quality.silent)), "have sent nothing"],
            [str(len(quality.warnings)), "warnings"],
        ],
        "themes": [_theme(theme, pictures) for theme in board.themes],
        "maps": [_map(board, place, pictures) for place in range(len(board.maps))],
        "attribution": attribution(),
        "not_computable": [
            [s.kpi_id, s.name, s.status_reason or "No reason is given."]
            for theme in board.themes
            for s in theme.not_computable
        ],
        "reading": [*words.STATUS_MEANINGS.items(), *words.OTHER_MEANINGS.items()],
        "person": DISCLOSURE["person"],
    }


def _theme(theme: Theme, pictures: dict[str, bytes]) -> dict[str, Any]:
    charted = [one for one in theme.computed if one.main.has_chart]
    signals = [series.kpi_id for series in theme.signals]
    # The rates that have a map, then what stands out, then the order of the catalogue.
    first = [*MAPPED, *signals]
    charted.sort(key=lambda one: first.index(one.kpi_id) if one.kpi_id in first else len(first))
    cards = charted[:CARDS]
    return {
        "title": theme.title,
        "silent": theme.is_silent,
        "counts": ", ".join(f"{n} {word.lower()}" for word, n in theme.counts.items()),
        "signals": [
            [s.name, f"{SIGNS[s.judgement.kind]} {s.judgement.words}", s.judgement.kind]
            for s in theme.signals
        ],
        "cards": [_indicator(one, pictures) for one in cards],
        "rows": [_indicator(one, None) for one in theme.computed if one not in cards],
        "notes": [[one.kpi_id, one.main.note] for one in theme.computed if one.main.note],
    }


def _indicator(one: Indicator, pictures: dict[str, bytes] | None) -> dict[str, Any]:
    series, cell = one.main, one.main.main
    said = {
        "id": one.kpi_id,
        "name": series.name,
        "number": cell.number if cell else one.status_word,
        "unit": cell.unit_text if cell else "",
        "is_figure": cell is not None,
        "period": cell.period if cell else "",
        "interval": (cell.interval if cell else None) or "",
        "remark": (cell.remark if cell else None) or "",
        "state": cell.state if cell else one.status_word,
        "last": "",
        "badge": "",
        "kind": series.judgement.kind,
        "detail": "",
        "breaks": "; ".join(f"{k} {words.month(m)}: {why}" for k, m, why in series.breaks),
    }
    if series.last_known:
        said["last"] = f"Last figure {series.last_known.text}, {series.last_known.period}"
    if not cell and one.milestones:
        said["number"] = "; ".join(
            f"{step.item}: {step.stated_text or step.status}" for step in one.milestones
        )
    if series.points:
        judgement = series.judgement
        said["badge"] = f"{SIGNS[judgement.kind]} {judgement.words}"
        month = f"{words.month(judgement.month)}: " if judgement.month else ""
        said["detail"] = month + judgement.detail
    if pictures is not None:
        chart = f"charts/{series.kpi_id}.svg"
        pictures[chart] = control_chart(series, PACK).encode()
        said |= {"chart": chart, "alt": description(series)}
    return said


def _map(board: Board, place: int, pictures: dict[str, bytes]) -> dict[str, Any]:
    drawn = draw(board.maps[place])
    series, name = drawn.facts.series, f"charts/map-{place}.svg"
    pictures[name] = drawn.svg("Source Sans Pro").encode()
    rows = [
        [w.ward_name, w.figure.number, w.figure.interval or words.NO_FIGURE]
        for w in drawn.facts.wards
    ]
    if borough := drawn.facts.borough:
        rows.append([board.borough, borough.number, borough.interval or words.NO_FIGURE])
    return {
        "title": f"{series.name}, {drawn.facts.period}",
        "unit": series.unit,
        "picture": name,
        "alt": f"Map of {series.name} by ward; the table beside it has the same figures.",
        "legend": drawn.legend,
        "rows": rows,
    }
