"""Errors a person can act on; the command line prints them without a traceback."""


class CspError(Exception):
    """Something a person has to put right: what was wrong, where, and what to do next."""


class GateHeldError(CspError):
    """A critical check failed, so the publication was held.

    Attributes:
        reasons: One sentence per failed check or open delivery.
    """

    def __init__(self, reasons: list[str]) -> None:
        self.reasons = reasons
        super().__init__("; ".join(reasons))
