"""What a gate check measures, as a DuckDB aggregate over the lake rows of one cell."""

from __future__ import annotations

from csp.contracts.checks import GateCheck
from csp.contracts.model import Contract


def measured(contract: Contract, check: GateCheck) -> str | None:
    """The aggregate, or None when the platform takes the measure itself (a profile)."""
    rule = check.implementation
    if rule.share is not None:
        of = f" filter ({rule.of})" if rule.of else ""
        return f"avg(case when {rule.share} then 1.0 else 0.0 end){of}"
    if rule.repeatedShare is not None:
        name = rule.repeatedShare
        return f"1 - count(distinct {name}) * 1.0 / nullif(count({name}), 0)"
    if rule.blankExcept is not None:
        others = [c.name for c in contract.kept_columns if c.name not in rule.blankExcept.columns]
        filled = ", ".join(f"cast({name} as varchar)" for name in others)
        return (
            f"sum(case when {rule.blankExcept.says} and coalesce({filled}) is not null "
            "then 1 else 0 end)"
        )
    return rule.metric
