"""Errors a person can act on; the command line prints them without a traceback."""

from __future__ import annotations

import signal


class CspError(Exception):
    """Something a person has to put right: what was wrong, where, and what to do next."""


class OutsideFaultError(CspError):
    """Something outside our data went wrong, a disk or a database: it may be tried again."""


class GateHeldError(CspError):
    """A critical check failed, so the publication was held.

    Attributes:
        reasons: One sentence per failed check or open delivery.
    """

    def __init__(self, reasons: list[str]) -> None:
        self.reasons = reasons
        super().__init__("; ".join(reasons))


class EndedBySignalError(KeyboardInterrupt):
    """A signal asks the command to end.

    It is what Python makes of Ctrl-C, so that whoever cleans up after that cleans up after it.

    Attributes:
        signal: Which one.
    """

    def __init__(self, number: int) -> None:
        self.signal = signal.Signals(number)
        super().__init__(f"ended by {self.signal.name}")
