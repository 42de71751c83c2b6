"""Intake: a delivery becomes lake rows, quarantine and feedback."""

from csp.intake.take_in import IntakeOutcome, take_in, take_in_each

__all__ = ["IntakeOutcome", "take_in", "take_in_each"]
