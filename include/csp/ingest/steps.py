"""The steps of a contract's row rules as SQL: what an error is, and what a fix makes of it.

A rule says in one way what an error is (`checks.WAYS`); each way has its predicate here.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from csp.contracts import Contract
from csp.contracts.borough import borough
from csp.contracts.checks import RowCheck, RowRule
from csp.contracts.steps import Bounds, Rewrite
from csp.sql import quoted, quoted_list


@cache
def _seed_rows(path: Path) -> tuple[tuple[str, ...], ...]:
    with path.open(encoding="utf-8", newline="") as stream:
        return tuple(tuple(row) for row in csv.reader(stream))[1:]


def vocabulary(name: str) -> list[str]:
    """The values of a vocabulary: the first column of its seed, sorted."""
    return sorted({row[0] for row in _seed_rows(borough().seed(name))})


def variants(name: str) -> dict[str, str]:
    """Lower-case wording → value, of a vocabulary and its seed of variants."""
    known = {value.lower(): value for value in vocabulary(name)}
    return known | {row[0].lower(): row[1] for row in _seed_rows(borough().seed(f"{name}_variant"))}


def literals(values: Iterable[str]) -> str:
    """A list of values in brackets, for `in`."""
    return f"({quoted_list(values)})"


def listed(name: str) -> str:
    """The values of a vocabulary in brackets, for `in`."""
    return literals(vocabulary(name))


def outside(column: str, bounds: Bounds) -> str:
    """Predicate: the value is below the lowest or above the highest allowed."""
    low, high = bounds
    found = [f"{column} < {low}"] if low is not None else []
    found += [f"{column} > {high}"] if high is not None else []
    return " or ".join(found) or "false"


@dataclass(frozen=True)
class Rewritten:
    """A way of writing that is put right; `{x}` stands for the column.

    Attributes:
        found: Predicate: the value is written in the other way.
        becomes: Expression: the value put right.
    """

    found: str
    becomes: str


MONTHS = "(JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)"
SHOWN_TWICE = (
    "(regexp_full_match({x}, '(2[5-9]|3[01])/10/[0-9]{4} 01:.*') "
    "and dayofweek(try_strptime(left({x}, 10), '%d/%m/%Y')) = 0)"
)
REWRITINGS: dict[str, Rewritten] = {
    "approximateNumber": Rewritten(
        "regexp_full_match(lower({x}), '(approx[.]?|approximately|about|around|circa|c[.]?|~)? *"
        "[0-9]+ *((-|–|to) *[0-9]+|[+])?|n/?k|not known|unknown|tbc') "
        "and not regexp_full_match({x}, '[0-9]+')",
        "case when regexp_matches({x}, '[0-9]') then '~' || cast(round(list_avg(list_transform("
        "regexp_extract_all({x}, '[0-9]+'), digits -> cast(digits as bigint)))) as bigint) end",
    ),
    "autumnHourAsWinterTime": Rewritten(
        SHOWN_TWICE,
        "strftime(try_strptime({x}, ['%d/%m/%Y %H:%M:%S', '%d/%m/%Y %H:%M']), "
        "'%Y-%m-%d %H:%M:%S+00:00')",
    ),
    "cadReference": Rewritten(
        "regexp_full_match({x}, '(?i)(CAD)?[ :#]*0*[1-9][0-9]{0,4} ?[/ -] ?[0-9]{1,2}[ /-]?"
        + MONTHS
        + "[ /-]?(20)?[0-9]{2}') "
        "and not regexp_full_match({x}, 'CAD [1-9][0-9]{0,4}/[0-9]{2}[A-Z]{3}[0-9]{2}')",
        "'CAD ' || regexp_extract({x}, '0*([0-9]+)', 1) || '/' || lpad(regexp_extract({x}, "
        "'([0-9]{1,2})[ /-]?[A-Za-z]{3}[ /-]?[0-9]', 1), 2, '0') || upper(regexp_extract({x}, "
        "'[0-9][ /-]?([A-Za-z]{3})[ /-]?[0-9]', 1)) || right({x}, 2)",
    ),
    "fourDigitYear": Rewritten(
        "regexp_full_match({x}, '[0-9]{1,2}/[0-9]{1,2}/[0-9]{2}')",
        "regexp_replace({x}, '^([0-9]{1,2}/[0-9]{1,2}/)([0-9]{2})$', '\\120\\2')",
    ),
    "lowerCaseHash": Rewritten(
        "case when {x} <> lower({x}) then regexp_full_match({x}, '[0-9A-Fa-f]{64}') end",
        "lower({x})",
    ),
    "plainNumber": Rewritten(
        "regexp_full_match({x}, '£? ?[0-9]{1,3}(,[0-9]{3})+([.]0+)?|£ ?[0-9]+([.]0+)?')",
        "regexp_replace({x}, '[£, ]', '', 'g')",
    ),
    "wholeNumber": Rewritten("regexp_full_match({x}, '[0-9]+[.]0+')", "split_part({x}, '.', 1)"),
}


def _columns(rule: RowRule, named: Sequence[str]) -> Sequence[str]:
    """The columns that a step names, or else the rule's own."""
    return named or [rule.column]


def _in_vocabulary(rule: RowRule, _: Contract) -> str:
    return f"{rule.column} not in {listed(rule.vocabulary or '')}"


def _agrees(rule: RowRule, _: Contract) -> str:
    agrees = rule.vocabularyAgrees
    return f"({rule.column} in {listed(agrees.vocabulary)}) <> ({agrees.says})" if agrees else ""


def _is_variant(rule: RowRule, _: Contract) -> str:
    name = rule.vocabularyVariants or ""
    return (
        f"case when {rule.column} in {listed(name)} then false "
        f"else lower({rule.column}) in {literals(variants(name))} end"
    )


def _out_of_order(rule: RowRule, contract: Contract) -> str:
    types = {column.name: column.type for column in contract.columns}
    found = []
    for chain in rule.inOrder or []:
        kinds = {types.get(name, "date") for name in chain}

        def compared(name: str, is_mixed: bool = len(kinds) > 1) -> str:
            is_time = types.get(name) == "timestamp"
            return f"london_day({name})" if is_mixed and is_time else name

        values = [compared(name) for name in chain]
        for place in range(1, len(values)):
            nearest = values[place - 1 :: -1] if place > 1 else values[:1]
            before = f"coalesce({', '.join(nearest)})" if place > 1 else nearest[0]
            found.append(f"{values[place]} < {before}")
    return " or ".join(found)


def _together(rule: RowRule, _: Contract) -> str:
    first, *others = rule.together or []
    return " or ".join(f"({first} is null) <> ({other} is null)" for other in others)


def _missing(rule: RowRule, _: Contract) -> str:
    needed = rule.requiredWhen
    if needed is None:
        return ""
    missing = " or ".join(f"{name} is null" for name in _columns(rule, needed.columns))
    return f"({needed.says}) and ({missing})"


def _held(rule: RowRule, _: Contract) -> str:
    if rule.holds is None:
        return ""
    first, *others = rule.holds.columns
    between = " " if rule.holds.spread else " | "
    words = f"concat_ws({quoted(between)}, {', '.join(rule.holds.columns)})" if others else first
    return " or ".join(f"has_{form}({words})" for form in rule.holds.forms)


def _to_recode(rule: RowRule, _: Contract) -> str:
    texts = [text for text in rule.recode or {} if text]
    found = [f"{rule.column} in {literals(texts)}"] if texts else []
    found += [f"{rule.column} is null"] if "" in (rule.recode or {}) else []
    return " or ".join(found)


def _recoded(rule: RowRule, _: Contract) -> dict[str, str]:
    cases = " ".join(
        f"when {f'{rule.column} = {quoted(text)}' if text else f'{rule.column} is null'} "
        f"then {'null' if to is None else quoted(to)}"
        for text, to in (rule.recode or {}).items()
    )
    return {rule.column: f"case {cases} end"}


def _swapped(rule: RowRule, _: Contract) -> str:
    (first, first_bounds), (second, second_bounds) = (rule.swapped or {}).items()
    swapped = ((second, first_bounds), (first, second_bounds))
    return " and ".join(
        f"try_cast({name} as double) between {low} and {high}" for name, (low, high) in swapped
    )


def _exchanged(rule: RowRule, _: Contract) -> dict[str, str]:
    first, second = rule.swapped or {}
    return {first: second, second: first}


def _rewriting(rule: RowRule) -> tuple[Rewritten, Sequence[str]]:
    rewrite = rule.rewrite or Rewrite(to="wholeNumber")
    return REWRITINGS[rewrite.to], _columns(rule, rewrite.columns)


def _to_rewrite(rule: RowRule, _: Contract) -> str:
    rewritten, names = _rewriting(rule)
    return " or ".join(f"coalesce({rewritten.found.replace('{x}', name)}, false)" for name in names)


def _put_right(rule: RowRule, _: Contract) -> dict[str, str]:
    rewritten, names = _rewriting(rule)
    found, becomes = rewritten.found, rewritten.becomes
    whole = becomes if len(names) == 1 else f"case when {found} then {becomes} else {{x}} end"
    return {name: whole.replace("{x}", name) for name in names}


def _followed(rule: RowRule) -> str:
    names = rule.notBefore.columns if rule.notBefore else []
    return f"coalesce({', '.join(names)})" if len(names) > 1 else names[0]


def _little_before(rule: RowRule, _: Contract) -> str:
    seconds = rule.notBefore.seconds if rule.notBefore else 0
    return (
        f"try_cast({_followed(rule)} as timestamptz) - try_cast({rule.column} as timestamptz) "
        f"between interval 1 second and interval {seconds} second"
    )


def _worded(rule: RowRule, _: Contract) -> dict[str, str]:
    wordings = variants(rule.vocabularyVariants or "")
    cases = " ".join(f"when {quoted(word)} then {quoted(to)}" for word, to in wordings.items())
    return {rule.column: f"case lower({rule.column}) {cases} end"}


PREDICATES: dict[str, Callable[[RowRule, Contract], str]] = {
    "when": lambda rule, _: rule.when or "false",
    "values": lambda rule, _: f"{rule.column} not in {literals(rule.values or [])}",
    "vocabulary": _in_vocabulary,
    "vocabularyAgrees": _agrees,
    "pattern": lambda rule, _: (
        f"not regexp_full_match({rule.column}, {quoted(rule.pattern or '')})"
    ),
    "within": lambda rule, _: " or ".join(outside(*item) for item in (rule.within or {}).items()),
    "inOrder": _out_of_order,
    "agree": lambda rule, _: " <> ".join(f"({statement})" for statement in rule.agree or ()),
    "together": _together,
    "requiredWhen": _missing,
    "holds": _held,
    "vocabularyVariants": _is_variant,
    "recode": _to_recode,
    "swapped": _swapped,
    "rewrite": _to_rewrite,
    "notBefore": _little_before,
}
CHANGED_BY: dict[str, Callable[[RowRule, Contract], dict[str, str]]] = {
    "vocabularyVariants": _worded,
    "recode": _recoded,
    "swapped": _exchanged,
    "rewrite": _put_right,
    "notBefore": lambda rule, _: {rule.column: _followed(rule)},
    "set": lambda rule, _: rule.set or {},
    "keepOnly": lambda rule, contract: dict.fromkeys(_blanked(rule, contract), "null"),
}


def _blanked(rule: RowRule, contract: Contract) -> list[str]:
    """Columns of the file that a fix leaves empty because it does not name them."""
    kept = rule.keepOnly
    names = [column.name for column in contract.columns if not column.is_computed]
    return [] if kept is None else [name for name in names if name not in kept]


def error_in(check: RowCheck, contract: Contract) -> str:
    """Predicate of a row rule: true, or null for no, where the row is faulty."""
    rule = check.implementation
    predicate = PREDICATES[rule.way](rule, contract)
    if blanked := _blanked(rule, contract):
        return f"({predicate}) and coalesce({', '.join(blanked)}) is not null"
    return predicate


def changes(check: RowCheck, contract: Contract) -> dict[str, str]:
    """Column → expression over text columns, of what a fix makes of a faulty row."""
    (key,) = check.implementation.changes_by
    return CHANGED_BY[key](check.implementation, contract)
