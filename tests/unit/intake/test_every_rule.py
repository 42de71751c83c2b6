"""Every row rule of every contract finds its known-bad rows and leaves its known-good ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from csp.contracts import Contract, ContractRegistry

if TYPE_CHECKING:
    from tests.conftest import Desk

FILE_NAMES = {
    "police_street_crime": "2021-06-metropolitan-street.csv",
    "fire_lfb_incident": "LFB Incident data 2021-07.csv",
}
MakeFile = Callable[..., str]
Found = Callable[..., dict[tuple[str, str, str], int]]

CONTRACTS = list(ContractRegistry())
OWN_RULES = [(c.id, check.id) for c in CONTRACTS for check in c.row_checks]
FEEDS = [c.id for c in CONTRACTS]


@pytest.fixture
def found(desk: Desk, make_file: MakeFile) -> Found:
    """Gives what intake finds in a file of good rows and these: (code, column, verdict) → rows."""

    def take(feed: str, changes: list[dict[str, str]]) -> dict[tuple[str, str, str], int]:
        outcome = desk.take_text(FILE_NAMES[feed], make_file(feed, [{}] * 50 + changes))
        assert outcome.verdict == "accepted", outcome.reason
        assert outcome.accepted_rows + outcome.quarantined_rows == 50 + len(changes)
        held = {f.code for f in outcome.findings if f.verdict == "quarantine"}
        assert outcome.quarantined_rows == (len(changes) if held else 0)
        return {(f.code, f.column, f.verdict): f.rows for f in outcome.findings}

    return take


def typed_rows(contract: Contract, kinds: dict[str, Any], which: str) -> dict[str, list[Any]]:
    """Column → rows, one with each good or bad value of the column's type."""
    return {
        column.name: [{column.headers("published")[0]: value} for value in kinds[kind][which]]
        for column in contract.columns
        if (kind := column.physicalType) in kinds
    }


@pytest.mark.parametrize("feed", FEEDS)
def test_samples_name_every_rule_and_no_other(feed: str, samples: dict[str, Any]) -> None:
    rules = {rule for of, rule in OWN_RULES if of == feed}
    assert set(samples[feed]["rules"]) == rules
    assert all(sample["good"] and sample["bad"] for sample in samples[feed]["rules"].values())


@pytest.mark.parametrize(("feed", "rule"), OWN_RULES)
def test_a_rule_finds_its_bad_rows_with_its_code_column_and_verdict(
    feed: str,
    rule: str,
    found: Found,
    samples: dict[str, Any],
    registry: ContractRegistry,
) -> None:
    sample = samples[feed]["rules"][rule]
    check = next(check for check in registry.get(feed).row_checks if check.id == rule)
    findings = found(feed, sample["bad"])
    own = (rule, check.implementation.column, check.severity)
    assert findings.pop(own, 0) == len(sample["bad"])
    assert {code for code, _, _ in findings} == set(sample.get("also", []))


@pytest.mark.parametrize("feed", FEEDS)
def test_no_rule_finds_anything_in_the_good_rows_of_any_rule(
    feed: str, found: Found, samples: dict[str, Any]
) -> None:
    rules = samples[feed]["rules"].values()
    assert found(feed, [row for sample in rules for row in sample["good"]]) == {}


@pytest.mark.parametrize("feed", FEEDS)
def test_a_value_that_is_not_of_its_type_is_found_in_every_typed_column(
    feed: str, desk: Desk, make_file: MakeFile, samples: dict[str, Any], registry: ContractRegistry
) -> None:
    bad = typed_rows(registry.get(feed), samples["types"], "bad")
    rows = [row for of_column in bad.values() for row in of_column]
    outcome = desk.take_text(FILE_NAMES[feed], make_file(feed, rows + [{}] * 5 * len(rows)))
    found = {f.column: (f.verdict, f.rows) for f in outcome.findings if f.code == "R02"}
    assert found == {column: ("quarantine", len(of)) for column, of in bad.items()}
    assert outcome.quarantined_rows == len(rows)


@pytest.mark.parametrize("feed", FEEDS)
def test_a_value_of_its_type_is_never_unreadable(
    feed: str, desk: Desk, make_file: MakeFile, samples: dict[str, Any], registry: ContractRegistry
) -> None:
    good = typed_rows(registry.get(feed), samples["types"], "good")
    rows = [row for of_column in good.values() for row in of_column]
    outcome = desk.take_text(FILE_NAMES[feed], make_file(feed, rows + [{}] * 5 * len(rows)))
    assert outcome.verdict == "accepted"
    assert "R02" not in {finding.code for finding in outcome.findings}


@pytest.mark.parametrize("feed", FEEDS)
def test_a_missing_value_is_found_in_every_required_column(
    feed: str, found: Found, registry: ContractRegistry
) -> None:
    required = [column for column in registry.get(feed).columns if column.required]
    rows = [{c.headers("published")[0]: value} for c in required for value in ("", "  ")]
    expected = {("R03", column.name, "quarantine"): 2 for column in required}
    assert found(feed, rows) == expected | {("R04", "", "fix"): len(required)}


@pytest.mark.parametrize("feed", FEEDS)
def test_a_line_with_too_few_or_too_many_fields_is_unreadable(
    feed: str, desk: Desk, make_file: MakeFile
) -> None:
    text = make_file(feed, [{}] * 20)
    long_line = text.splitlines()[1] + ",one,more"
    outcome = desk.take_text(FILE_NAMES[feed], f"{text}too,few\n{long_line}\n")
    (finding,) = outcome.findings
    assert (finding.code, finding.column, finding.verdict) == ("R01", "", "quarantine")
    assert finding.rows == outcome.rejected_lines == 2
    assert outcome.accepted_rows == 20
    (item,) = desk.feedback(outcome)["findings"]
    assert item["lines"] == [22, 23]


@pytest.mark.parametrize("blank", [" ", "\t", "\u00a0", "\ufeff"])
@pytest.mark.parametrize(("position", "end"), [(0, "\n"), (11, ""), (11, "\r\n")])
def test_blanks_around_a_value_are_cut_off_wherever_the_value_stands(
    position: int, end: str, blank: str, desk: Desk, make_file: MakeFile
) -> None:
    feed = "police_street_crime"
    text = make_file(feed, [{"Context": "A note"}])
    header, row = text.splitlines()
    fields = row.split(",")
    (plain,) = desk.lake_rows(desk.take_text(FILE_NAMES[feed], text))
    padded = fields[position] + blank if position else blank + fields[position]
    line = ",".join([*fields[:position], padded, *fields[position + 1 :]])
    outcome = desk.take_text(FILE_NAMES[feed], f"{header}{end or chr(10)}{line}{end}")
    found = {(f.code, f.verdict, f.rows) for f in outcome.findings}
    assert found == {("R04", "fix", 1), ("P1-CONTEXT", "warn", 1)}
    (cut,) = desk.lake_rows(outcome)
    assert cut | {"delivery_id": ""} == plain | {"delivery_id": ""}
