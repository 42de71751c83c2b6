"""Writes the register of protection orders (A3), whole on the first of a month and at a change."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pyarrow as pa

from csp_simulator.borough_2021.asb_words import ORDER_COLUMNS, ORDERS
from csp_simulator.borough_2021.periods import DAILY_FILES_FROM, DECK, LAST_12_MONTHS, months
from csp_simulator.borough_2021.truth import FeedTruth
from csp_simulator.partner_files import csv_bytes, write_archive

#: Days of a register between the firsts of months.
AT_CHANGES = (date(2021, 4, 30), date(2021, 7, 2))


def register_rows(orders: Iterable[tuple[object, ...]]) -> pa.Table:
    """Writes orders as rows of the register."""
    texts = [[None if v is None else str(v) for v in order] for order in orders]
    columns = zip(*texts, strict=True)
    return pa.table(
        {
            name: pa.array(column, pa.string())
            for name, column in zip(ORDER_COLUMNS, columns, strict=True)
        }
    )


def write_register(folder: Path) -> tuple[FeedTruth, dict[str, object]]:
    """Writes a snapshot of the orders made so far for each of the register's days."""
    folder.mkdir(parents=True, exist_ok=True)
    days = sorted({*months(), *AT_CHANGES})
    archives: dict[int, dict[str, bytes]] = {}
    rows = 0
    for day in days:
        made = [order for order in ORDERS if order[4] <= day]
        rows += len(made)
        name, content = (
            f"pspo_register_{day:%Y%m%d}.csv",
            csv_bytes(register_rows(made), ORDER_COLUMNS),
        )
        if day >= DAILY_FILES_FROM:
            (folder / name).write_bytes(content)
        else:
            archives.setdefault(day.year, {})[name] = content
    for year, members in archives.items():
        write_archive(members, folder / f"pspo_register_{year}.zip", published=(year + 1, 1))
    due = [order for order in ORDERS if LAST_12_MONTHS.first.replace(month=10) <= order[6] <= DECK]
    renewed = [
        order for order in due for later in ORDERS if later[7] == order[0] and later[4] <= order[6]
    ]
    return FeedTruth(files=len(days), rows=rows, current=len(ORDERS)), {
        "K011": sum(order[5] <= DECK <= order[6] for order in ORDERS),
        "K012": {"due": len(due), "renewed_before_expiry": len(renewed)},
    }
