"""Commands that read what is published: kpi, reconcile, scorecard, explain, query."""

from __future__ import annotations

from typing import Annotated

import typer

from csp.cli import tables
from csp.cli.opening import open_platform
from csp.cli.tables import AsJson

SOME_DIFFER = 5

console = tables.wide_console()


def kpi(
    kpi_id: Annotated[str | None, typer.Argument(help="A KPI, for example S01.")] = None,
    period: Annotated[str | None, typer.Option(help="2019-06, or 2019 for the year.")] = None,
    area: Annotated[str | None, typer.Option(help="Code or name; the borough without it.")] = None,
    as_json: AsJson = False,
) -> None:
    """KPI values with interval, status, process control, trend and as-of."""
    from csp.kpi.reading import kpi_rows  # noqa: PLC0415
    from csp.kpi.trend import add_trends  # noqa: PLC0415

    warehouse = open_platform().warehouse
    rows = kpi_rows(warehouse, kpi_id, period=period, area=area)
    add_trends(warehouse, rows)
    if as_json:
        tables.print_json(rows)
    else:
        console.print(tables.kpi_table(rows))


def reconcile(as_json: AsJson = False) -> None:
    """Set the presentation's figures beside the marts'. Exit 5 when the marts do not give one."""
    from csp.kpi.reconcile import differing, reconciliation  # noqa: PLC0415

    rows = reconciliation(open_platform().warehouse)
    if as_json:
        tables.print_json(rows)
    else:
        console.print(tables.reconciliation_table(rows))
    if differing(rows):
        raise typer.Exit(SOME_DIFFER)


def scorecard(as_json: AsJson = False) -> None:
    """Write the scorecard of the current publication anew, and say where it is."""
    from csp.kpi.scorecard import write_scorecard  # noqa: PLC0415

    files = write_scorecard(open_platform())
    if as_json:
        tables.print_json(vars(files))
        return
    if files.is_stale:
        console.print(f"publication {files.publication_id} is STALE", style="bold red")
    for path in (files.html, files.pdf, files.csv):
        console.print(str(path), soft_wrap=True)


def explain(
    kpi_id: str,
    period: Annotated[str, typer.Option(help="2019-06, or 2019 for the year.")],
    area: Annotated[str, typer.Option(help="Code or name of the area.")],
    as_json: AsJson = False,
) -> None:
    """Lead from a KPI cell to its deliveries, contract hashes and gate results."""
    from csp.kpi.lineage import explain as lineage_of  # noqa: PLC0415

    platform = open_platform()
    found = lineage_of(platform, kpi_id, period=period, area=area)
    if as_json:
        tables.print_json([vars(lineage) for lineage in found])
    else:
        tables.print_lineage(console, found)


def query(sql: str, as_json: AsJson = False) -> None:
    """Run read-only SQL on the published marts; --json prints an array of objects."""
    result = open_platform().warehouse.query(sql)
    if as_json:
        tables.print_json(result.as_records())
    else:
        console.print(tables.result_table(result))
