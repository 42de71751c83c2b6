"""Intake: one delivery becomes lake rows, quarantine and feedback."""

from csp.intake.take_in import IntakeOutcome, take_in

__all__ = ["IntakeOutcome", "take_in"]
