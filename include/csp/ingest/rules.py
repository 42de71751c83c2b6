"""Row rules as set-based SQL: every rule on every row, in one pass of DuckDB.

A row's findings are bits of a few integers (`rule_mask_0`, …), 60 rules each: cheap to compute,
cheap to store, and counted by grouping. The compiled list says which bit is which rule.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from csp.contracts import Contract
from csp.contracts.columns import Column
from csp.contracts.platform import FILE_PERIOD
from csp.ingest.findings import (
    FIX,
    MISSING_VALUE,
    PADDED_VALUE,
    PERSONAL_WORDS,
    QUARANTINE,
    ROW_CODES,
    UNCLEAR_TIME,
    UNREADABLE_VALUE,
    VALUE_FORM,
    VALUE_LIST,
    VALUE_RANGE,
)
from csp.ingest.header import HeaderMap
from csp.ingest.steps import changes, error_in, listed, literals, outside
from csp.ingest.values import is_unclear_time, typed
from csp.sql import quoted

BITS_PER_MASK = 60
PERSONAL_FORMS = ("full_postcode", "number_plate", "phone_number", "email")


@dataclass(frozen=True)
class CompiledRule:
    """One rule, ready to run.

    Attributes:
        code: The rule's code.
        verdict: What a finding of it does: reject, quarantine, warn or fix.
        name: The rule in a few words.
        column: The column it is about.
        predicate: DuckDB expression, true where the row is faulty; null is no, as false is.
    """

    code: str
    verdict: str
    name: str
    column: str
    predicate: str


def _flag(predicate: str) -> str:
    """The predicate as a column, never null; a `case`, unlike `and`, stops at the first no."""
    return f"case when {predicate} then true else false end"


def _has_blank_edge(value: str, blanks: str) -> str:
    """Predicate, far cheaper than trimming: the value begins or ends with one of the blanks."""
    edges = (f"prefix({value}, {quoted(b)}) or suffix({value}, {quoted(b)})" for b in blanks)
    return "(" + " or ".join(edges) + ")"


def _text_of(column: Column, header: HeaderMap, contract: Contract, blanks: str) -> str:
    if column.name not in header.fields:
        return f"null::varchar as {column.name}"
    value = header.fields[column.name]
    if blanks:
        trimmed = f"trim({value}, {quoted(blanks)})"
        nothing = literals(contract.platform.format.says_nothing)
        # Not nullif: DuckDB writes it out with its value twice, so a chain of n is 2^n long.
        trimmed = f"case when {trimmed} in {nothing} then null else {trimmed} end"
        edge = _has_blank_edge(value, blanks)
        value = f"case when is_padded and {edge} then {trimmed} else {value} end"
    return f"{value} as {column.name}"


def _said_of_values(column: Column) -> list[tuple[str, str]]:
    """Code and predicate of what a column says of its own values."""
    said, options, name = column.platform, column.logicalTypeOptions, column.name
    rules = []

    def of_each(error: str) -> str:
        if not said.separator:
            return error.replace("{}", name)
        parts = f"string_split({name}, {quoted(said.separator)})"
        return f"len(list_filter({parts}, lambda part: {error.replace('{}', 'part')})) > 0"

    allowed = listed(said.vocabulary) if said.vocabulary else literals(said.values or [])
    if said.vocabulary or said.values is not None:
        rules.append((VALUE_LIST, of_each(f"{{}} not in {allowed}")))
    if options.pattern is not None:
        form = f"not regexp_full_match({{}}, {quoted(options.pattern)})"
        rules.append((VALUE_FORM, of_each(form)))
    if said.freeText:
        found = " or ".join(f"has_{what}({name})" for what in PERSONAL_FORMS)
        rules.append((PERSONAL_WORDS, found))
    if options.is_bounded:
        bounds = (options.minimum, options.maximum)
        rules.append((VALUE_RANGE, outside(name, bounds)))
    return rules


def _rules_of_column(column: Column) -> list[CompiledRule]:
    """What holds of a column in every feed: its type, its presence, its list, form and bounds."""
    name = column.name
    as_text = name if column.type == "text" else f"{name}__text"
    found = []
    if column.type != "text":
        unread = f"{as_text} is not null and {name} is null"
        if column.type == "timestamp":
            unclear = is_unclear_time(column)
            found.append((UNCLEAR_TIME, unclear))
            unread = f"{unread} and not coalesce({unclear}, false)"
        found.append((UNREADABLE_VALUE, unread))
    if column.required:
        found.append((MISSING_VALUE, f"{as_text} is null"))
    found += _said_of_values(column)
    return [
        CompiledRule(code, QUARANTINE, ROW_CODES[code], name, predicate)
        for code, predicate in found
    ]


def compiled_rules(contract: Contract) -> list[CompiledRule]:
    """Every row rule of a contract in the order of its bits: its columns', then its own."""
    rules = [rule for column in contract.columns for rule in _rules_of_column(column)]
    rules.append(CompiledRule(PADDED_VALUE, FIX, ROW_CODES[PADDED_VALUE], "", "is_padded"))
    for position, check in enumerate(contract.row_checks):
        predicate = f"fixed_{position}" if check.severity == FIX else error_in(check, contract)
        rules.append(
            CompiledRule(
                check.id, check.severity, check.name, check.implementation.column, predicate
            )
        )
    return rules


def mask_columns(rules: list[CompiledRule]) -> list[str]:
    """Names of the integer columns that hold the rules' bits."""
    return [f"rule_mask_{i}" for i in range((len(rules) - 1) // BITS_PER_MASK + 1)]


def _masks(rules: list[CompiledRule]) -> list[str]:
    masks = []
    for number, name in enumerate(mask_columns(rules)):
        part = rules[number * BITS_PER_MASK : (number + 1) * BITS_PER_MASK]
        bits = " + ".join(
            f"case when {rule.predicate} then {1 << bit} else 0 end"
            for bit, rule in enumerate(part)
        )
        masks.append(f"cast({bits} as bigint) as {name}")
    return masks


def faulty(rules: list[CompiledRule], is_meant: Callable[[CompiledRule], bool]) -> str:
    """Predicate over the mask columns: some meant rule found an error in the row."""
    tests = []
    for number, name in enumerate(mask_columns(rules)):
        part = rules[number * BITS_PER_MASK : (number + 1) * BITS_PER_MASK]
        meant = sum(1 << bit for bit, rule in enumerate(part) if is_meant(rule))
        if meant:
            tests.append(f"({name} & {meant}) <> 0")
    return "(" + (" or ".join(tests) or "false") + ")"


def _as_stored(column: Column) -> str:
    """The column as the lake has it: a keyed token in place of an identifier."""
    if column.platform.token:
        return f"token_{column.platform.token}({column.name}) as {column.name}"
    return column.name


def period_start(contract: Contract) -> str:
    """Expression: first day of the period that a row belongs to, by the local day."""
    grain = contract.platform.grain
    if grain.period == FILE_PERIOD:
        day = "delivery_period"
    elif next(c for c in contract.columns if c.name == grain.period).type == "timestamp":
        day = f"london_time({grain.period})"
    else:
        day = grain.period
    return f"date_trunc('{grain.periodKind}', {day})::date"


def _with_fixes(stage: str, contract: Contract) -> tuple[str, list[str]]:
    """The stage with every fix made, one after the other, and the flags that say which were."""
    flags = []
    for position, check in enumerate(contract.row_checks):
        if check.severity != FIX:
            continue
        flag = f"fixed_{position}"
        fault = _flag(error_in(check, contract))
        stage = f"select *, {fault} as {flag} from ({stage})"
        changed = ", ".join(
            f"case when {flag} then {to} else {name} end as {name}"
            for name, to in changes(check, contract).items()
        )
        stage = f"select * replace ({changed}) from ({stage})"
        flags.append(flag)
    return stage, flags


def evaluation_query(
    contract: Contract,
    header: HeaderMap,
    source: str,
    *,
    rules: list[CompiledRule],
    delivery_id: str,
    delivery_period: str,
    received_on: str,
    blanks: str,
    delivery_series: str = "null::varchar",
) -> str:
    """The query that turns raw fields into typed rows with their findings.

    Args:
        contract: The feed's contract.
        header: Where each column stands.
        source: A relation with columns c0, c1, … of text.
        rules: The contract's, compiled.
        delivery_id: Written on every row.
        delivery_period: Date literal, or `null::date`.
        delivery_series: Text literal, or `null::varchar`.
        received_on: Date literal.
        blanks: The blanks to be trimmed from around values; none when the file holds none.

    Returns:
        SQL giving delivery_id, series, period_start, every column of the contract typed, the masks.
    """
    grain = contract.platform.grain
    sent = [column for column in contract.columns if not column.is_computed]
    texts = ", ".join(_text_of(column, header, contract, blanks) for column in sent)
    edges = [_has_blank_edge(field, blanks) for field in header.fields.values()] if blanks else []
    padded = _flag(" or ".join(edges)) if edges else "false"
    # Few rows are padded, so one look at the whole row spares the others a look at each value.
    stage = f"select {texts}, is_padded from (select *, {padded} as is_padded from {source})"
    stage, fixed = _with_fixes(stage, contract)
    computed = "".join(
        f", {column.platform.computed} as {column.name}"
        for column in contract.columns
        if column.is_computed
    )
    stage = f"select *{computed} from ({stage})"
    types = ", ".join(
        c.name if c.type == "text" else f"{typed(c)} as {c.name}, {c.name} as {c.name}__text"
        for c in contract.columns
    )
    flags = "".join(f", {name}" for name in fixed)
    names = ", ".join(_as_stored(column) for column in contract.kept_columns)
    return f"""
        select {quoted(delivery_id)} as delivery_id,
            {grain.series_expression} as series,
            {period_start(contract)} as period_start,
            {names}, {", ".join(_masks(rules))}
        from (
            select {types}, is_padded{flags},
                {delivery_period} as delivery_period, {delivery_series} as delivery_series,
                {received_on} as received_on
            from ({stage})
        )
    """
