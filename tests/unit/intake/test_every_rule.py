"""Every row rule of every contract finds its known-bad rows and leaves its known-good ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from csp.contracts import Contract, ContractRegistry

if TYPE_CHECKING:
    from tests.conftest import Desk

ENOUGH_GOOD_ROWS: list[dict[str, str]] = [{}] * 20
CONTRACTS = list(ContractRegistry())
OWN_RULES = [(c.id, check.id) for c in CONTRACTS for check in c.row_checks]
TYPED = [(c.id, col.name) for c in CONTRACTS for col in c.columns if col.physicalType != "text"]
REQUIRED = [(c.id, col.name) for c in CONTRACTS for col in c.columns if col.required]
FEEDS = [c.id for c in CONTRACTS]


@pytest.fixture
def found(
    desk: Desk, make_file: Callable[..., str], names: dict[str, str]
) -> Callable[..., dict[tuple[str, str, str], int]]:
    """Gives what intake finds in a file of good rows and these: (code, column, verdict) → rows."""

    def take(feed: str, changes: list[dict[str, str]]) -> dict[tuple[str, str, str], int]:
        outcome = desk.take_text(names[feed], make_file(feed, [*ENOUGH_GOOD_ROWS, *changes]))
        assert outcome.verdict == "accepted", outcome.reason
        assert outcome.accepted_rows + outcome.quarantined_rows == 20 + len(changes)
        held = {f.code for f in outcome.findings if f.verdict == "quarantine"}
        assert outcome.quarantined_rows == (len(changes) if held else 0)
        return {(f.code, f.column, f.verdict): f.rows for f in outcome.findings}

    return take


def header_of(contract: Contract, column: str) -> str:
    return next(c for c in contract.columns if c.name == column).headers("published")[0]


@pytest.mark.parametrize("feed", FEEDS)
def test_samples_name_every_rule_and_no_other(feed: str, samples: dict[str, Any]) -> None:
    rules = {rule for of, rule in OWN_RULES if of == feed}
    assert set(samples[feed]["rules"]) == rules
    assert all(sample["good"] and sample["bad"] for sample in samples[feed]["rules"].values())


@pytest.mark.parametrize(("feed", "rule"), OWN_RULES)
def test_a_rule_finds_its_bad_rows_with_its_code_column_and_verdict(
    feed: str,
    rule: str,
    found: Callable[..., dict[tuple[str, str, str], int]],
    samples: dict[str, Any],
    contracts: dict[str, Contract],
) -> None:
    sample = samples[feed]["rules"][rule]
    check = next(check for check in contracts[feed].row_checks if check.id == rule)
    findings = found(feed, sample["bad"])
    own = (rule, check.implementation.column, check.severity)
    assert findings.pop(own, 0) == len(sample["bad"])
    assert {code for code, _, _ in findings} == set(sample.get("also", []))


@pytest.mark.parametrize(("feed", "rule"), OWN_RULES)
def test_a_rule_leaves_its_good_rows(
    feed: str,
    rule: str,
    found: Callable[..., dict[tuple[str, str, str], int]],
    samples: dict[str, Any],
) -> None:
    assert found(feed, samples[feed]["rules"][rule]["good"]) == {}


@pytest.mark.parametrize(("feed", "column"), TYPED)
def test_a_value_that_is_not_of_its_type_is_found_in_every_typed_column(
    feed: str,
    column: str,
    found: Callable[..., dict[tuple[str, str, str], int]],
    samples: dict[str, Any],
    contracts: dict[str, Contract],
) -> None:
    contract = contracts[feed]
    kind = next(c.physicalType for c in contract.columns if c.name == column)
    bad = [{header_of(contract, column): value} for value in samples["types"][kind]["bad"]]
    findings = found(feed, bad)
    assert findings.pop(("R02", column, "quarantine"), 0) == len(bad)
    assert {code for code, _, _ in findings} == set(
        samples[feed]["also_unreadable"].get(column, [])
    )


@pytest.mark.parametrize(("feed", "column"), TYPED)
def test_a_value_of_its_type_is_never_unreadable(
    feed: str,
    column: str,
    found: Callable[..., dict[tuple[str, str, str], int]],
    samples: dict[str, Any],
    contracts: dict[str, Contract],
) -> None:
    contract = contracts[feed]
    kind = next(c.physicalType for c in contract.columns if c.name == column)
    header = header_of(contract, column)
    good = samples["types"][kind]["good"] or [samples[feed]["valid"][header]]
    outcome = {code for code, _, _ in found_codes(found, feed, [{header: v} for v in good])}
    assert "R02" not in outcome


def found_codes(
    found: Callable[..., dict[tuple[str, str, str], int]], feed: str, rows: list[dict[str, str]]
) -> set[tuple[str, str, str]]:
    """Finds in single rows, as one good value may break a rule that another keeps."""
    return set().union(*(found(feed, [row] * 1) for row in rows))


@pytest.mark.parametrize(("feed", "column"), REQUIRED)
def test_a_missing_value_is_found_in_every_required_column(
    feed: str,
    column: str,
    found: Callable[..., dict[tuple[str, str, str], int]],
    contracts: dict[str, Contract],
) -> None:
    header = header_of(contracts[feed], column)
    assert found(feed, [{header: ""}, {header: "  "}]) == {
        ("R03", column, "quarantine"): 2,
        ("R04", "", "fix"): 1,
    }


@pytest.mark.parametrize("feed", FEEDS)
def test_a_line_with_too_few_or_too_many_fields_is_unreadable(
    feed: str, desk: Desk, make_file: Callable[..., str], names: dict[str, str]
) -> None:
    text = make_file(feed, ENOUGH_GOOD_ROWS)
    long_line = text.splitlines()[1] + ",one,more"
    outcome = desk.take_text(names[feed], f"{text}too,few\n{long_line}\n")
    (finding,) = outcome.findings
    assert (finding.code, finding.column, finding.verdict) == ("R01", "", "quarantine")
    assert finding.rows == outcome.rejected_lines == 2
    assert outcome.accepted_rows == 20
    (item,) = desk.feedback(outcome)["findings"]
    assert item["lines"] == [22, 23]


@pytest.mark.parametrize("feed", FEEDS)
@pytest.mark.parametrize("blank", [" ", "\t", "\u00a0", "\ufeff"])
def test_blanks_around_a_value_are_cut_off_wherever_the_value_stands(
    feed: str, blank: str, desk: Desk, make_file: Callable[..., str], names: dict[str, str]
) -> None:
    text = make_file(feed, [{}])
    header, row = text.splitlines()
    fields = row.split(",")
    plain = desk.lake_rows(desk.take_text(names[feed], text))
    for position in (0, len(fields) // 2, len(fields) - 1):
        for padded in (blank + fields[position], fields[position] + blank):
            line = ",".join([*fields[:position], padded, *fields[position + 1 :]])
            for end in ("", "\n", "\r\n"):
                outcome = desk.take_text(names[feed], f"{header}{end or chr(10)}{line}{end}")
                fixed = [(f.code, f.verdict, f.rows) for f in outcome.findings]
                assert fixed == [("R04", "fix", 1)]
                (found,) = desk.lake_rows(outcome)
                assert found | {"delivery_id": ""} == plain[0] | {"delivery_id": ""}
