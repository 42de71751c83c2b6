"""Every row rule of every contract finds its known-bad rows and leaves its known-good ones."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from csp.contracts import Contract, ContractRegistry
from csp.contracts.checks import RowCheck
from csp.contracts.samples import column_cases

if TYPE_CHECKING:
    from tests.conftest import Desk

MakeFile = Callable[..., str]
#: (code, column, verdict) → rows.
Findings = dict[tuple[str, str, str], int]
TypedFields = dict[str, dict[str, list[str]]]

CONTRACTS = list(ContractRegistry())
OWN_RULES = [(c.id, check.id) for c in CONTRACTS for check in c.row_checks]
COLUMN_RULES = [
    (contract.id, column.name, code, header, fields)
    for contract in CONTRACTS
    for column in contract.columns
    for code, header, fields in column_cases(contract, column)
]
FEEDS = [c.id for c in CONTRACTS]
PLENTY = 50


def findings_of(
    desk: Desk, make_file: MakeFile, feed: str, changes: list[dict[str, str]], held: int
) -> Findings:
    """What ingest finds in a file of good rows and these, so many of which are held back."""
    name = desk.registry.get(feed).platform.fileNameExample
    good = max(PLENTY, 5 * len(changes))  # so many that the file is not mostly faulty
    outcome = desk.take_text(name, make_file(feed, [{}] * good + changes))
    assert outcome.verdict == "accepted", outcome.reason
    assert outcome.accepted_rows + outcome.quarantined_rows == good + len(changes)
    assert outcome.quarantined_rows == held
    return {(f.code, f.column, f.verdict): f.rows for f in outcome.findings if f.code != "D13"}


def is_alone(check: RowCheck) -> bool:
    """Whether a rule's bad rows need a file of their own: others find them too, or it goes back."""
    return check.severity == "reject" or bool(check.implementation.also)


def bad_rows(checks: list[RowCheck]) -> list[dict[str, str]]:
    """The bad rows of rules."""
    return [row for check in checks for row in check.implementation.bad]


@pytest.fixture(scope="module")
def in_one_file(
    registry: ContractRegistry,
    make_file: MakeFile,
    desk_at: Callable[[Path, ContractRegistry], Desk],
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[[str], Findings]:
    """Gives what is found in one file of the bad rows of all rules of a feed that fit into one."""

    @cache
    def take(feed: str) -> Findings:
        checks = [check for check in registry.get(feed).row_checks if not is_alone(check)]
        held = bad_rows([check for check in checks if check.severity == "quarantine"])
        desk = desk_at(tmp_path_factory.mktemp("rules"), registry)
        return findings_of(desk, make_file, feed, bad_rows(checks), len(held))

    return take


@pytest.fixture(scope="module")
def in_columns(
    registry: ContractRegistry,
    make_file: MakeFile,
    desk_at: Callable[[Path, ContractRegistry], Desk],
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[[str], Findings]:
    """Gives what is found in one file of what no column of a feed may hold, each in its row."""

    @cache
    def take(feed: str) -> Findings:
        rows = [
            {header: field}
            for of_feed, _, _, header, fields in COLUMN_RULES
            for field in fields
            if of_feed == feed
        ]
        desk = desk_at(tmp_path_factory.mktemp("columns"), registry)
        return findings_of(desk, make_file, feed, rows, len(rows))

    return take


def typed_rows(contract: Contract, fields: TypedFields, which: str) -> dict[str, list[Any]]:
    """Column → rows, one with each good or bad value of the column's type."""
    layout = contract.platform.layouts[0]
    made = {layout.unpivot.name, layout.unpivot.value} if layout.unpivot else set()
    return {
        column.name: [{headers[0]: value} for value in fields[column.type][which]]
        for column in contract.columns
        if column.type in fields
        and (headers := column.headers(layout.name))
        and not made & set(headers)
    }


@pytest.mark.parametrize(("feed", "rule"), OWN_RULES)
def test_a_rule_finds_its_bad_rows_with_its_code_column_and_verdict(
    feed: str,
    rule: str,
    desk: Desk,
    make_file: MakeFile,
    registry: ContractRegistry,
    in_one_file: Callable[[str], Findings],
) -> None:
    contract = registry.get(feed)
    check = next(check for check in contract.row_checks if check.id == rule)
    bad = check.implementation.bad
    if check.severity == "reject":
        for row in bad:
            text = make_file(feed, [{}] * PLENTY + [row])
            outcome = desk.take_text(contract.platform.fileNameExample, text)
            (finding,) = outcome.findings
            assert (outcome.verdict, finding.code) == ("rejected", rule)
            assert not [p for p in desk.home.landing.rglob("*") if p.is_file()]
            assert str(PLENTY + 2) in finding.detail
        return
    mine = (rule, check.implementation.column, check.severity)
    if not is_alone(check):
        assert in_one_file(feed).get(mine) == len(bad)
        return
    findings = findings_of(desk, make_file, feed, bad, len(bad))
    assert findings.pop(mine) == len(bad)
    assert {code for code, _, _ in findings} == set(check.implementation.also)


@pytest.mark.parametrize("feed", FEEDS)
def test_no_rule_finds_the_bad_rows_of_another(
    feed: str, registry: ContractRegistry, in_one_file: Callable[[str], Findings]
) -> None:
    meant = {
        (check.id, check.implementation.column, check.severity)
        for check in registry.get(feed).row_checks
        if not is_alone(check)
    }
    assert set(in_one_file(feed)) == meant


@pytest.mark.parametrize(("feed", "column", "code", "header", "fields"), COLUMN_RULES)
def test_what_a_column_says_of_its_values_is_held_against_every_row(
    feed: str,
    column: str,
    code: str,
    header: str,
    fields: list[str],
    in_columns: Callable[[str], Findings],
) -> None:
    same = [rule[4] for rule in COLUMN_RULES if rule[:3] == (feed, column, code)]
    assert fields in same
    assert in_columns(feed)[code, column, "quarantine"] == sum(map(len, same))


@pytest.mark.parametrize("feed", FEEDS)
def test_no_rule_finds_anything_in_the_good_rows_of_any_rule(
    feed: str, desk: Desk, make_file: MakeFile, registry: ContractRegistry
) -> None:
    good = [row for check in registry.get(feed).row_checks for row in check.implementation.good]
    assert findings_of(desk, make_file, feed, good, 0) == {}


@pytest.mark.parametrize("feed", FEEDS)
def test_a_value_that_is_not_of_its_type_is_found_in_every_typed_column(
    feed: str,
    desk: Desk,
    make_file: MakeFile,
    typed_fields: TypedFields,
    registry: ContractRegistry,
) -> None:
    contract = registry.get(feed)
    bad = typed_rows(contract, typed_fields, "bad")
    rows = [row for of_column in bad.values() for row in of_column]
    name = contract.platform.fileNameExample
    outcome = desk.take_text(name, make_file(feed, rows + [{}] * 5 * len(rows)))
    found = {f.column: (f.verdict, f.rows) for f in outcome.findings if f.code == "R02"}
    assert found == {column: ("quarantine", len(of)) for column, of in bad.items()}
    assert outcome.quarantined_rows == len(rows)


@pytest.mark.parametrize("feed", FEEDS)
def test_a_value_of_its_type_is_never_unreadable(
    feed: str,
    desk: Desk,
    make_file: MakeFile,
    typed_fields: TypedFields,
    registry: ContractRegistry,
) -> None:
    contract = registry.get(feed)
    good = typed_rows(contract, typed_fields, "good")
    rows = [row for of_column in good.values() for row in of_column]
    name = contract.platform.fileNameExample
    outcome = desk.take_text(name, make_file(feed, rows + [{}] * 9 * len(rows)))
    assert outcome.verdict == "accepted", outcome.reason
    assert "R02" not in {finding.code for finding in outcome.findings}


@pytest.mark.parametrize("feed", FEEDS)
def test_a_missing_value_is_found_in_every_required_column(
    feed: str, desk: Desk, make_file: MakeFile, registry: ContractRegistry
) -> None:
    contract = registry.get(feed)
    layout = contract.platform.layouts[0]
    made = {layout.unpivot.name, layout.unpivot.value} if layout.unpivot else set()
    required = [
        (column.name, headers[0])
        for column in contract.columns
        if column.required and (headers := column.headers(layout.name)) and not made & set(headers)
    ]
    missing = [{header: value} for _, header in required for value in ("", "  ")]
    findings = findings_of(desk, make_file, feed, missing, len(missing))
    for column, _ in required:
        assert findings["R03", column, "quarantine"] >= 2
    if required:
        assert findings["R04", "", "fix"] == len(required)


@pytest.mark.parametrize("feed", FEEDS)
def test_a_line_with_too_few_or_too_many_fields_is_unreadable(
    feed: str, desk: Desk, make_file: MakeFile, registry: ContractRegistry
) -> None:
    name = registry.get(feed).platform.fileNameExample
    text = make_file(feed, [{}] * 20)
    long_line = text.splitlines()[1] + ",one,more"
    outcome = desk.take_text(name, f"{text}too,few\n{long_line}\n")
    (finding,) = (f for f in outcome.findings if f.code != "D13")
    assert (finding.code, finding.column, finding.verdict) == ("R01", "", "quarantine")
    assert finding.rows == outcome.rejected_lines == 2
    assert outcome.accepted_rows == 20
    (item,) = (item for item in desk.feedback(outcome)["findings"] if item["code"] == "R01")
    assert item["lines"] == [22, 23]


@pytest.mark.parametrize("blank", [" ", "\t", "\u00a0", "\ufeff"])
@pytest.mark.parametrize(("position", "end"), [(0, "\n"), (11, ""), (11, "\r\n")])
def test_blanks_around_a_value_are_cut_off_wherever_the_value_stands(
    position: int, end: str, blank: str, desk: Desk, make_file: MakeFile
) -> None:
    feed, name = "police_street_crime", "2021-06-metropolitan-street.csv"
    text = make_file(feed, [{"Context": "A note"}])
    header, row = text.splitlines()
    fields = row.split(",")
    (plain,) = desk.lake_rows(desk.take_text(name, text))
    padded = fields[position] + blank if position else blank + fields[position]
    line = ",".join([*fields[:position], padded, *fields[position + 1 :]])
    outcome = desk.take_text(name, f"{header}{end or chr(10)}{line}{end}")
    found = {(f.code, f.verdict, f.rows) for f in outcome.findings}
    assert found == {("R04", "fix", 1), ("P1-CONTEXT", "warn", 1)}
    (cut,) = desk.lake_rows(outcome)
    assert cut | {"delivery_id": ""} == plain | {"delivery_id": ""}
