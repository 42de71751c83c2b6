"""The gate that nothing which was accepted is left out of a publication."""

from __future__ import annotations

from csp.ledger.cuts import TakenCut, left_out
from csp.ledger.sessions import Ledger
from csp.quality.judge import CRITICAL, CheckResult
from csp.warehouse.engine import Warehouse

NOTHING_LEFT_OUT = "CUT-COMPLETE"
MOST_NAMED = 5


def nothing_left_out(ledger: Ledger, cut: TakenCut, warehouse: Warehouse) -> CheckResult:
    """Judge whether the candidate holds what had been accepted when the refresh began.

    Asked of the ledger's deliveries themselves, and not of the rules by which the cut was taken.

    Args:
        ledger: The ledger.
        cut: What the refresh reads.
        warehouse: Its candidate is judged.
    """
    rows = warehouse.candidate_query("select distinct delivery_id from lake.delivery_period").rows
    loaded = {delivery_id for (delivery_id,) in rows}
    in_cut = {period.delivery_id for period in cut.periods}
    amiss = [*left_out(ledger, cut, loaded), *sorted(loaded ^ in_cut)]
    named = ", ".join(amiss[:MOST_NAMED])
    return CheckResult(
        NOTHING_LEFT_OUT,
        "The candidate holds each delivery that was accepted when the refresh began, and no other",
        CRITICAL,
        "Data platform",
        "lake.delivery_period",
        not amiss,
        f"{len(amiss)} deliveries amiss: {named}" if amiss else "none amiss",
    )
