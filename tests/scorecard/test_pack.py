"""The board pack: a tagged PDF of a few pages with the page's numbers and charts."""

from __future__ import annotations

import pypdfium2

from csp.kpi.scorecard import Scorecard
from csp.kpi.scorecard.reading import read_board
from csp.warehouse.platform import Platform
from tests.scorecard.test_stale import pdf_text

FEW = 8


def test_the_pack_has_the_figures_of_the_page(written: Scorecard, platform: Platform) -> None:
    text = " ".join(pdf_text(written.pdf).split())
    board = read_board(platform)
    assert f"Publication {board.publication_id}" in text
    assert "31 October 2021" in text
    for theme in board.themes:
        assert theme.title in text
        for one in theme.computed:
            cell = one.main.main
            assert one.kpi_id in text
            assert (cell.number if cell else "approved in November 2020") in text, one.kpi_id
    for ward in board.maps[0].wards:
        assert f"{ward.ward_name} {ward.figure.number}" in text


def test_it_is_short_and_tagged_with_its_fonts_inside(written: Scorecard) -> None:
    document = pypdfium2.PdfDocument(written.pdf)
    assert len(document) <= FEW
    assert document.is_tagged()
    content = written.pdf.read_bytes()
    assert b"/FontFile" in content or b"FontFile" in content
    assert document.get_metadata_dict()["Title"].startswith("Community safety scorecard")
