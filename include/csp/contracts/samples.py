"""A contract's own samples as files: its valid row, and rows that differ from it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping

from csp.contracts.columns import Column
from csp.contracts.model import Contract

NUMBER = re.compile(r"\{n(:[^}]*)?\}")
#: A value that no list holds and no form fits.
STRANGE = "§"
#: Words that hold what must not be stored; each is invented.
PERSONAL = ["seen at ZE9 9ZZ", "car AB12 CDE", "ring 020 7946 0000", "to some.body@example.org"]
Row = Mapping[str, str]


def valid_row(contract: Contract) -> dict[str, str]:
    """Header of the first layout → field of the valid row; `{n}` still stands for the number."""
    layout = contract.platform.layouts[0]
    row = {
        headers[0]: column.example
        for column in contract.columns
        if (headers := column.headers(layout.name))
    }
    if layout.unpivot:
        name, value = row.pop(layout.unpivot.name, ""), row.pop(layout.unpivot.value, "")
        row[name] = value
    return row


def sample_file(contract: Contract, changes: Iterable[Row], header: list[str] | None = None) -> str:
    """A file of the feed: one row for each set of changes to the valid row.

    Args:
        contract: The feed's contract.
        changes: Header → field, for each row; an unknown header adds a column.
        header: In another order, or without some columns; the valid row's when not given.
    """
    valid, rows = valid_row(contract), list(changes)
    more = [name for row in rows for name in row if name not in valid]
    text = io.StringIO()
    names = header or [*valid, *dict.fromkeys(more)]
    said = contract.platform.format
    writer = csv.DictWriter(
        text, names, lineterminator="\n", delimiter=said.delimiter, quotechar=said.quote
    )
    writer.writeheader()
    for number, change in enumerate(rows, 1):
        row = {**dict.fromkeys(more, ""), **valid, **change}
        writer.writerow({name: numbered(row[name], number) for name in names})
    return text.getvalue()


def numbered(field: str, number: int) -> str:
    """A field of the valid row, for the row of that number."""
    return NUMBER.sub(lambda found: format(number, (found[1] or ":d")[1:]), field)


def column_cases(contract: Contract, column: Column) -> list[tuple[str, str, list[str]]]:
    """What breaks the rules that a column says of itself: code, header, bad fields."""
    said, options = column.platform, column.logicalTypeOptions
    headers = column.headers(contract.platform.layouts[0].name)
    if not headers:
        return []
    cases = []
    if said.values is not None or said.vocabulary is not None:
        cases.append(("R05", headers[0], [STRANGE]))
    if options.pattern is not None:
        cases.append(("R06", headers[0], [STRANGE]))
    fixed = {c.implementation.column for c in contract.row_checks if c.severity == "fix"}
    if said.freeText and column.name not in fixed:
        cases.append(("R09", headers[0], PERSONAL))
    low, high = options.minimum, options.maximum
    if options.is_bounded:
        outside = [str(int(low) - 1)] if low is not None else []
        outside += [str(int(high) + 1)] if high is not None else []
        cases.append(("R07", headers[0], outside))
    return cases
