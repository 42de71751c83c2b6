"""`csp kpis`: the KPI catalogue."""

from __future__ import annotations

import typer

from csp.cli import tables
from csp.errors import CspError

kpis = typer.Typer(no_args_is_help=True, help="The KPI catalogue: check.")
console = tables.wide_console()


@kpis.callback()
def _group() -> None:
    """A group of commands even while it has one."""


@kpis.command("check")
def kpis_check() -> None:
    """Fail on a KPI that is wrong, that nothing measures, or whose fact or columns are unknown."""
    from csp.catalogue import KpiCatalogue  # noqa: PLC0415
    from csp.catalogue.checks import check_catalogue  # noqa: PLC0415
    from csp.contracts import ContractRegistry  # noqa: PLC0415

    catalogue = KpiCatalogue()
    if errors := check_catalogue(catalogue, ContractRegistry()):
        raise CspError("\n".join(errors))
    entries = list(catalogue)
    measures = [measure for kpi in entries for measure in kpi.breakdowns.values()]
    counted = sum(measure.is_counted for measure in measures)
    console.print(
        f"{len(entries)} KPIs with {len(measures)} breakdowns, {counted} counted by their entries"
    )
