"""What is wrong with an entry is told with file, line and key, before anything is built."""

from __future__ import annotations

from pathlib import Path

import pytest

from csp.catalogue import KpiCatalogue
from csp.catalogue.checks import check_catalogue
from csp.contracts import ContractRegistry

ENTRY = """\
kpis:
  - id: K003
    theme: neighbourhood
    name: Warnings
    definition: Warnings that officers gave.
    numerator: Warnings
    unit: warnings
    method: count
    periods: [month]
    direction: context
    owner: Enforcement team
    feeds: [asb_enforcement_action]
    fact: fct_enforcement_action
    filter: action_type = 'ASB_WARNING'
    count: rows
    disclosure: operational
    maturity: At once.
"""
SHARE = """\
    method: share
    denominator: Engagements
    out_of: {fact: fct_patrol, sum: engagements}
"""
GROUP = """\
    breakdowns:
      - {id: all}
      - each: lower(action_type)
        breakdowns:
          - {id: asb_warning}
          - {id: referral_tx}
"""


def errors_of(folder: Path, text: str) -> list[str]:
    (folder / "theme.yml").write_text(text, encoding="utf-8")
    return check_catalogue(KpiCatalogue(folder), ContractRegistry())


def test_the_projects_own_catalogue_has_no_errors() -> None:
    assert check_catalogue(KpiCatalogue(), ContractRegistry()) == []


@pytest.mark.parametrize(
    "right", [ENTRY, ENTRY.replace("    method: count\n", SHARE), ENTRY + GROUP]
)
def test_an_entry_that_says_all_has_no_errors(tmp_path: Path, right: str) -> None:
    assert errors_of(tmp_path, right) == []


@pytest.mark.parametrize(
    ("said", "instead", "line", "why"),
    [
        ("fct_enforcement_action\n", "fct_enforcement_acton\n", 13, "fct_enforcement_action meant"),
        ("action_type =", "acton_type =", 14, "filter: Binder Error"),
        ("= 'ASB_WARNING'", "= 'ASB_WARNING", 14, "filter: Parser Error"),
        ("action_type = 'ASB_WARNING'", "action_type", 14, "must give true or false"),
        ("= 'ASB_WARNING'", "= '{{ var(\"moon\") }}'", 14, "'moon' is not known"),
        ("count: rows", "sum: action_type", 15, "sum: must give a number"),
        ("count: rows", "count: rows\n    day: action_type", 16, "day: "),
        ("count: rows", "count: rows\n    join: {dim_moon: x}", 16, "no dbt model is called"),
        ("count: rows", "count: rows\n    join: {dim_regulation: moon}", 16, "join: Binder Error"),
        ("[asb_enforcement_action]", "[asb_action]", 12, "no feed is called 'asb_action'"),
        ("    method: count\n", SHARE.replace("sum: eng", "sum: emg"), 10, "out_of.sum: Binder"),
        ("    method: count\n", SHARE.replace("fct_patrol", "fct_patrols"), 10, "out_of.fact: no"),
    ],
)
def test_what_the_dbt_project_does_not_have_is_told_with_its_place(
    tmp_path: Path, said: str, instead: str, line: int, why: str
) -> None:
    assert said in ENTRY
    (error,) = errors_of(tmp_path, ENTRY.replace(said, instead))
    assert f"theme.yml:{line}: K003, breakdown all: " in error
    assert why in error


@pytest.mark.parametrize(
    ("said", "instead", "why"),
    [
        ("count: rows", "count: rows\n    sum: seizure_qty", "say one of count, sum, distinct"),
        ("    fact: fct_enforcement_action\n", "", "say fact"),
        ("count: rows", "distinct: action_ref", "aggregation: distinct and distinct go together"),
        ("count: rows", "observe: seizure_qty", "observe and a count do not go together"),
        ("count: rows", "count: rows\n    out_of: rows", "leave out_of out"),
        ("method: count", "method: share\n    denominator: x", "say out_of"),
        ("method: count", SHARE.strip().replace("fact: fct_patrol", "day: x"), "say fact too"),
        ("count: rows", "count: rows\n    fliter: x", "fliter: unknown key"),
    ],
)
def test_keys_that_do_not_go_together_are_refused(
    tmp_path: Path, said: str, instead: str, why: str
) -> None:
    assert said in ENTRY
    errors = errors_of(tmp_path, ENTRY.replace(said, instead))
    assert any(why in error for error in errors), errors


def test_a_member_of_a_group_does_not_count_in_its_own_way(tmp_path: Path) -> None:
    (error,) = errors_of(tmp_path, ENTRY + GROUP.replace("{id: referral_tx}", "{id: x, count: y}"))
    assert "theme.yml:23" in error
    assert "say count for the whole group" in error


def test_a_kpi_that_nothing_measures_is_told(tmp_path: Path) -> None:
    text = ENTRY.replace("K003", "K999")
    for line in ("fact: fct_enforcement_action", "filter: action_type = 'ASB_WARNING'"):
        text = text.replace(f"    {line}\n", "")
    (error,) = errors_of(tmp_path, text.replace("    count: rows\n", ""))
    assert "theme.yml:2: K999, breakdown all: nothing measures it" in error
