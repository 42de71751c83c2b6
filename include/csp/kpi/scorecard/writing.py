"""Write the scorecard beside the publication it shows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from csp.files import write_whole
from csp.kpi.scorecard import pack, page, table
from csp.kpi.scorecard.reading import read_board
from csp.warehouse.duckdb_engine import DuckDBWarehouse
from csp.warehouse.engine import current_number
from csp.warehouse.platform import Platform


@dataclass(frozen=True)
class Scorecard:
    """Where the scorecard of a publication lies."""

    publication_id: int
    is_stale: bool
    html: Path
    pdf: Path
    csv: Path


def write_scorecard(platform: Platform) -> Scorecard:
    """Write page, pack and table of the current publication, each whole or not at all.

    Marts are written once; these three say besides how the publication stands now, and are
    written anew when that changes.

    Raises:
        CspError: Nothing is published.
    """
    board, home = read_board(platform), platform.home
    folder = home.publication(board.publication_id)
    folder.mkdir(parents=True, exist_ok=True)
    files = Scorecard(
        publication_id=board.publication_id,
        is_stale=board.is_stale,
        html=folder / "scorecard.html",
        pdf=folder / "scorecard.pdf",
        csv=folder / "scorecard.csv",
    )
    write_whole(files.html, page.render(board).encode())
    write_whole(files.csv, table.render(board).encode("utf-8-sig"))
    write_whole(files.pdf, pack.render(board))
    if platform.warehouse.name != DuckDBWarehouse.name:
        # There the folder holds these pages alone, and follows what the server says is current.
        with platform.warehouse.publishing():
            if board.publication_id == current_number(platform.warehouse):
                home.make_current(board.publication_id)
                home.forget_old_publications()
    return files


def rewrite_scorecard(platform: Platform) -> Scorecard | None:
    """Let the scorecard say that its publication has become stale, where one stands.

    Why the publication was held matters more than its page, so an error here is noted in the log
    of errors and not raised.
    """
    if platform.warehouse.current() is None:
        return None
    try:
        return write_scorecard(platform)
    except Exception as error:  # the reason of the hold must reach its reader
        platform.home.note_error(error)
        return None
