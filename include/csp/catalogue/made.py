"""What is made from the catalogue: models and seeds for dbt, and its page in the documentation.

None of it is kept in the repository; `csp feeds write` and every dbt run write it anew.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

from csp.catalogue.measure_models import measure_model_files
from csp.catalogue.model import ALL, Kpi, Measure
from csp.catalogue.registry import KpiCatalogue
from csp.contracts import ContractRegistry
from csp.contracts.borough import borough
from csp.files import write_if_changed
from csp.project import PROJECT_ROOT

KPI_COLUMNS = [
    "kpi_id",
    "breakdown",
    "theme",
    "name",
    "definition",
    "numerator",
    "denominator",
    "unit",
    "method",
    "aggregation",
    "main_period",
    "periods",
    "since",
    "change_of",
    "change_of_breakdown",
    "denominator_kind",
    "per",
    "areas",
    "direction",
    "priority",
    "owner",
    "feeds",
    "fact_table",
    "disclosure_class",
    "matures_after_months",
    "maturity_rule",
    "comparability_breaks",
    "adds_up",
    "definition_version",
    "status",
    "status_reason",
    "note",
]
FEED_COLUMNS = ["kpi_id", "breakdown", "feed"]
BREAK_COLUMNS = ["kpi_id", "breakdown", "month", "reason"]
FIGURE_COLUMNS = [
    "kpi_id",
    "figure_no",
    "breakdown",
    "item",
    "measure",
    "stated_value",
    "stated_text",
    "qualifier",
    "tolerance",
    "period_kind",
    "period_start",
    "period_end",
    "period_text",
    "period_inferred",
    "definition_status",
    "quote",
    "is_reconciled",
    "why_not",
]
CALENDAR_COLUMNS = [
    "feed",
    "period_kind",
    "gap_is_missing",
    "holds_until_next",
    "is_settling",
    "holds_periods_whole",
]


def kpi_rows(kpi: Kpi) -> list[dict[str, Any]]:
    """The rows of `kpi_catalogue` that one KPI has: one for each breakdown."""
    if not kpi.breakdowns:
        return [
            _row(kpi, ALL)
            | {
                "definition_version": "1.0",
                "status": "not_computable",
                "status_reason": kpi.not_computable,
                "note": kpi.note,
            }
        ]
    return [
        _row(kpi, breakdown) | _computed(measure) for breakdown, measure in kpi.breakdowns.items()
    ]


def _row(kpi: Kpi, breakdown: str) -> dict[str, Any]:
    return {
        "kpi_id": kpi.id,
        "breakdown": breakdown,
        "theme": kpi.theme,
        "name": kpi.name,
        "definition": kpi.definition,
        "unit": kpi.unit,
        "direction": kpi.direction,
        "priority": borough().settings.themes[kpi.theme].title,
        "owner": kpi.owner,
        "feeds": ", ".join(kpi.feeds),
        "adds_up": kpi.adds_up,
    }


def _computed(measure: Measure) -> dict[str, Any]:
    breaks = "; ".join(f"{b.month:%Y-%m} {b.reason}" for b in measure.breaks)
    return {
        **measure.model_dump(
            include={
                "name",
                "definition",
                "numerator",
                "denominator",
                "unit",
                "method",
                "aggregation",
                "since",
                "denominator_kind",
                "per",
                "direction",
                "owner",
                "fact_table",
                "matures_after_months",
                "note",
            }
        ),
        "main_period": measure.periods[0],
        "periods": ",".join(measure.periods),
        "change_of": measure.of,
        "change_of_breakdown": measure.of_breakdown if measure.of else None,
        "areas": ",".join(measure.areas),
        "feeds": ", ".join(measure.feeds),
        "disclosure_class": measure.disclosure,
        "maturity_rule": measure.maturity,
        "comparability_breaks": breaks,
        "definition_version": measure.version,
        "status": "computed",
    }


def figure_rows(kpi: Kpi) -> list[dict[str, Any]]:
    """The rows of `kpi_statement` that one KPI has."""
    return [
        {
            **figure.model_dump(exclude={"value", "text", "status", "reconciled"}),
            "kpi_id": kpi.id,
            "figure_no": number,
            "stated_value": figure.value,
            "stated_text": figure.text,
            "definition_status": figure.status,
            "is_reconciled": figure.reconciled,
        }
        for number, figure in enumerate(kpi.figures, 1)
    ]


def calendar_rows(registry: ContractRegistry) -> list[dict[str, Any]]:
    """How each feed's deliveries cover its months (seed `feed_calendar`).

    A month without a delivery is missing where each period has a file of its own or files come at
    least fortnightly; a rarer register that has a later file had nothing to say of the month. A
    yearly estimate holds until the next one. Monthly open data are published again and again, and
    settle.
    """
    rows = []
    for contract in registry:
        grain = contract.platform.grain
        often = any(
            s.property == "frequency" and s.unit in ("day", "week") for s in contract.slaProperties
        )
        rows.append(
            {
                "feed": contract.id,
                "period_kind": grain.periodKind,
                "gap_is_missing": grain.current != "record" or often,
                "holds_until_next": grain.periodKind == "year",
                "is_settling": contract.platform.accessClass == "open"
                and grain.current == "release"
                and grain.periodKind == "month",
                "holds_periods_whole": grain.holds_periods_whole,
            }
        )
    return rows


def _csv(columns: list[str], rows: list[dict[str, Any]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    for row in rows:
        writer.writerow(
            {
                key: str(value).lower() if isinstance(value, bool) else value
                for key, value in row.items()
                if value is not None
            }
        )
    return out.getvalue()


def catalogue_page(catalogue: KpiCatalogue) -> str:
    """The catalogue's page in the documentation."""
    lines = ["# KPI catalogue", "", "Made from `dbt_project/catalogue`; edit that instead.", ""]
    for theme, titles in borough().settings.themes.items():
        lines += [f"## {titles.title}", ""]
        for kpi in catalogue:
            if kpi.theme == theme:
                lines += _page_part(kpi)
    return "\n".join(lines)


def _page_part(kpi: Kpi) -> list[str]:
    lines = [f"### {kpi.id} {kpi.name}", "", kpi.definition, ""]
    if kpi.not_computable:
        lines += [f"**Not computable:** {kpi.not_computable}", ""]
    for breakdown, measure in kpi.breakdowns.items():
        counted = f"{measure.numerator}" + (
            f" of: {measure.denominator}" if measure.denominator else ""
        )
        lines.append(
            f"- `{breakdown}` {measure.name} ({measure.method}, {measure.unit}; "
            f"{', '.join(measure.periods)}; {', '.join(measure.areas)}; {measure.disclosure}): "
            f"{counted}. From {', '.join(measure.feeds)}. {measure.maturity}"
        )
    if kpi.breakdowns:
        lines.append("")
    if kpi.note:
        lines += [f"Note: {kpi.note}", ""]
    for figure in kpi.figures:
        said = figure.text if figure.value is None else f"{figure.value:,g}"
        inferred = ", period inferred" if figure.period_inferred else ""
        lines.append(
            f"- Presentation: {figure.qualifier} {said}, {figure.period_text}{inferred} "
            f"({figure.status}): “{figure.quote}”"
        )
    if kpi.figures:
        lines.append("")
    return lines


def catalogue_files(
    catalogue: KpiCatalogue, registry: ContractRegistry, root: Path = PROJECT_ROOT
) -> dict[Path, str]:
    """Every file made from the catalogue, with its content."""
    kpis = list(catalogue)
    project = root / "dbt_project"
    seeds = project / "seeds" / "from_catalogue"
    measures = [(kpi, b, m) for kpi in kpis for b, m in kpi.breakdowns.items()]
    classes = {contract.id: contract.platform.accessClass for contract in registry}
    return measure_model_files(kpis, classes, project) | {
        seeds / "kpi_catalogue.csv": _csv(KPI_COLUMNS, [r for k in kpis for r in kpi_rows(k)]),
        seeds / "kpi_statement.csv": _csv(
            FIGURE_COLUMNS, [r for k in kpis for r in figure_rows(k)]
        ),
        seeds / "kpi_feed.csv": _csv(
            FEED_COLUMNS,
            [
                {"kpi_id": kpi.id, "breakdown": breakdown, "feed": feed}
                for kpi, breakdown, measure in measures
                for feed in measure.feeds
            ],
        ),
        seeds / "kpi_break.csv": _csv(
            BREAK_COLUMNS,
            [
                {"kpi_id": kpi.id, "breakdown": breakdown, "month": b.month, "reason": b.reason}
                for kpi, breakdown, measure in measures
                for b in measure.breaks
            ],
        ),
        seeds / "feed_calendar.csv": _csv(CALENDAR_COLUMNS, calendar_rows(registry)),
        root / "docs" / "kpi-catalogue.md": catalogue_page(catalogue),
    }


def write_catalogue(
    catalogue: KpiCatalogue, registry: ContractRegistry, root: Path = PROJECT_ROOT
) -> list[Path]:
    """Write what is made from the catalogue, and remove what no longer is.

    Returns:
        The files that changed.
    """
    files = catalogue_files(catalogue, registry, root)
    for kind in ("seeds", "models"):
        for path in (root / "dbt_project" / kind / "from_catalogue").rglob("*.*"):
            if path not in files:
                path.unlink()
    return write_if_changed(files)
