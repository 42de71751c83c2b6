"""The CSV of what the scorecard shows: one row per figure, in the words of the page."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from csp.kpi import words
from csp.kpi.scorecard.board import Board
from csp.kpi.scorecard.facts import Figure, Series

COLUMNS = (
    "theme", "kpi_id", "breakdown", "name", "area_code", "area_name", "period_kind",
    "period_start", "period_end", "numerator", "denominator", "value", "lower", "upper", "unit",
    "shown", "status", "maturity", "is_main_figure", "newest_month_is", "spc_status", "as_of",
    "publication_id", "publication_state", "note",
)  # fmt: skip


def render(board: Board) -> str:
    """The scorecard as CSV."""
    frame = pd.DataFrame(_rows(board), columns=COLUMNS, dtype=object)
    return frame.to_csv(index=False, lineterminator="\r\n")


def _rows(board: Board) -> Iterator[list[object]]:
    state = "stale" if board.is_stale else "current"
    for series in board.all_series():
        if not series.is_computed:
            yield [
                *_said(series), "", board.borough, *[""] * 10, "Not computable", *[""] * 5,
                board.publication_id, state, series.status_reason,
            ]  # fmt: skip
        for cell in series.newest:
            yield [
                *_said(series), "", board.borough, *_cell(cell), cell is series.main,
                *_judged(series), cell.as_of, board.publication_id, state, series.note,
            ]  # fmt: skip
    for one in board.maps:
        for ward in one.wards:
            yield [
                *_said(one.series), ward.ward_code, ward.ward_name, *_cell(ward.figure), False,
                "", "", ward.figure.as_of, board.publication_id, state, one.series.note,
            ]  # fmt: skip


def _said(series: Series) -> list[object]:
    return [series.theme, series.kpi_id, series.breakdown, series.name]


def _cell(cell: Figure) -> list[object]:
    return [
        cell.period_kind, cell.period_start, cell.period_end, cell.numerator, cell.denominator,
        cell.value, cell.lower, cell.upper, cell.unit, cell.text,
        words.status_word(cell.status, cell.value), cell.maturity,
    ]  # fmt: skip


def _judged(series: Series) -> list[object]:
    judgement = series.judgement
    return [judgement.words, judgement.detail] if series.points else ["", ""]
