"""The KPI catalogue says everything of a KPI, or says where it does not."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from csp.catalogue import KpiCatalogue
from csp.catalogue.made import catalogue_files
from csp.contracts import ContractError, ContractRegistry

ENTRY = """\
kpis:
  - id: K021
    theme: neighbourhood
    name: Criminal incidents on camera
    definition: Criminal incidents that the control room saw.
    numerator: Criminal incidents
    unit: incidents
    method: count
    periods: [month, quarter]
    direction: context
    owner: Control room
    feeds: [cctv_incident]
    disclosure: operational
    maturity: At once.
"""
FIGURE = """\
    figures:
      - {measure: numerator, value: 254, period_kind: quarter, period_start: 2021-04-01,
         period_end: 2021-06-30, period_text: April to June, period_inferred: false,
         quote: 254 criminal incidents}
"""


def catalogue_of(folder: Path, text: str) -> KpiCatalogue:
    (folder / "theme.yml").write_text(text, encoding="utf-8")
    return KpiCatalogue(folder)


def rows_of(folder: Path, text: str, name: str) -> list[dict[str, str]]:
    files = catalogue_files(catalogue_of(folder, text), ContractRegistry(), folder)
    content = next(text for path, text in files.items() if path.name == f"{name}.csv")
    return list(csv.DictReader(content.splitlines()))


def test_a_kpi_without_breakdowns_has_one_row(tmp_path: Path) -> None:
    (row,) = rows_of(tmp_path, ENTRY, "kpi_catalogue")
    assert (row["kpi_id"], row["breakdown"], row["status"]) == ("K021", "all", "computed")
    assert (row["main_period"], row["periods"]) == ("month", "month,quarter")
    assert row["priority"] == "Neighbourhood crime and ASB"


def test_a_breakdown_says_what_differs_and_keeps_the_rest(tmp_path: Path) -> None:
    text = (
        ENTRY + "    breakdowns: [{id: all}, {id: night, name: At night, areas: [borough, ward]}]\n"
    )
    whole, night = rows_of(tmp_path, text, "kpi_catalogue")
    assert (whole["name"], night["name"]) == ("Criminal incidents on camera", "At night")
    assert (whole["areas"], night["areas"]) == ("borough", "borough,ward")
    assert whole["unit"] == night["unit"] == "incidents"
    feeds = rows_of(tmp_path, text, "kpi_feed")
    assert [(row["breakdown"], row["feed"]) for row in feeds] == [
        ("all", "cctv_incident"),
        ("night", "cctv_incident"),
    ]


def test_what_cannot_be_computed_is_listed_with_the_reason(tmp_path: Path) -> None:
    text = """\
kpis:
  - id: K101
    theme: civil_protection
    name: Debrief actions closed on time
    definition: Share of debrief actions closed by their due day.
    unit: "%"
    owner: Civil Protection Unit
    not_computable: No feed carries due days.
"""
    (row,) = rows_of(tmp_path, text, "kpi_catalogue")
    assert (row["status"], row["status_reason"]) == ("not_computable", "No feed carries due days.")
    assert rows_of(tmp_path, text, "kpi_feed") == []


def test_a_figure_keeps_its_words_and_its_period(tmp_path: Path) -> None:
    (row,) = rows_of(tmp_path, ENTRY + FIGURE, "kpi_statement")
    assert (row["stated_value"], row["qualifier"], row["is_reconciled"]) == ("254.0", "=", "true")
    assert (row["period_start"], row["period_end"]) == ("2021-04-01", "2021-06-30")


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        (ENTRY.replace("unit: incidents", "unti: incidents"), "theme.yml:2"),
        (ENTRY.replace("method: count", "method: guess"), "method"),
        (ENTRY.replace("method: count", "method: share"), "say denominator"),
        (ENTRY.replace("[month, quarter]", "[month, since_start]"), "say since"),
        (ENTRY.replace("method: count", "method: change\n    denominator: x"), "say of"),
        (ENTRY.replace("id: K021", "id: KPI21"), "an id is K or S"),
        (ENTRY + "    breakdowns: [{id: all}, {id: all}]\n", "said twice"),
        (ENTRY + FIGURE.replace("measure: numerator", "breakdown: day"), "no breakdown 'day'"),
        (ENTRY + FIGURE.replace("value: 254, ", ""), "say value"),
        (ENTRY + FIGURE.replace("period_kind: quarter, ", ""), "say period_kind"),
    ],
)
def test_a_wrong_entry_is_refused_with_its_place(tmp_path: Path, wrong: str, where: str) -> None:
    with pytest.raises(ContractError) as refused:
        list(catalogue_of(tmp_path, wrong))
    assert "theme.yml" in str(refused.value)
    assert where in str(refused.value)


def test_ids_said_twice_and_unknown_feeds_are_found(tmp_path: Path) -> None:
    (tmp_path / "other.yml").write_text(ENTRY, encoding="utf-8")
    faults = catalogue_of(tmp_path, ENTRY.replace("cctv_incident", "cctv_indicent")).errors(
        {"cctv_incident"}
    )
    assert any("also stands in other.yml" in fault for fault in faults)
    assert any("no feed is called 'cctv_indicent'" in fault for fault in faults)


def test_the_projects_own_catalogue_is_whole() -> None:
    catalogue = KpiCatalogue()
    assert catalogue.errors({feed.id for feed in ContractRegistry()}) == []
    ids = {kpi.id for kpi in catalogue}
    expected = {f"K{n:03d}" for n in range(1, 113)} | {f"S{n:02d}" for n in range(1, 35)}
    assert ids == expected
