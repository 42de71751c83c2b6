"""What rules find: four kinds of finding, and the codes that are the same for every feed.

The kind is called `severity` in a contract, and `verdict` in the ledger, in feedback and here. It
is not the verdict on the delivery as a whole (accepted, rejected, …), to which it may lead.
"""

from __future__ import annotations

from dataclasses import dataclass

REJECT, QUARANTINE, WARN, FIX = "reject", "quarantine", "warn", "fix"

DELIVERY_CODES = {
    "D01": "The file is empty",
    "D02": "The file is no CSV",
    "D03": "A required column is missing",
    "D04": "The file belongs to no feed",
    "D05": "The lines do not add up",
    "D06": "Too many rows are faulty",
    "D07": "The file has a header and no rows",
    "D08": "The file has a column the contract does not know",
    "D09": "A header was written differently",
    "D10": "The archive cannot be unpacked",
    "D11": "The file is of a month that has not ended",
    "D12": "The text was decoded or its line ends were made alike",
    "D13": "The month was read from the rows, as the name does not say it",
    "D14": "The file's name does not say its date",
    "D16": "The file has a column that must not be sent",
    "D17": "The file is of another feed",
}
UNREADABLE_LINE, UNREADABLE_VALUE, MISSING_VALUE, PADDED_VALUE = "R01", "R02", "R03", "R04"
VALUE_LIST, VALUE_FORM, VALUE_RANGE, UNCLEAR_TIME = "R05", "R06", "R07", "R08"
PERSONAL_WORDS = "R09"
ROW_CODES = {
    UNREADABLE_LINE: "The line cannot be split into columns",
    UNREADABLE_VALUE: "The value cannot be read as its type",
    MISSING_VALUE: "A required value is missing",
    PADDED_VALUE: "Blanks around a value were cut off",
    VALUE_LIST: "The value is none of those allowed",
    VALUE_FORM: "The value has not the form it must have",
    VALUE_RANGE: "The value is below or above its bounds",
    PERSONAL_WORDS: "The words hold a postcode, number plate, phone number or e-mail address",
    UNCLEAR_TIME: "The local time has no offset and the clock shows it twice or never",
}


@dataclass(frozen=True)
class Finding:
    """What one rule found in one delivery; a count, never a value.

    Attributes:
        code: The rule's code.
        verdict: Its kind: reject (the delivery), quarantine (the row), warn or fix.
        name: The rule in a few words.
        rows: Rows (or lines, or columns) it was found on.
        column: The column it is about; empty when it is about the whole.
        detail: What and where, without any value of a row.
    """

    code: str
    verdict: str
    name: str
    rows: int = 1
    column: str = ""
    detail: str = ""


def delivery_finding(code: str, verdict: str, detail: str, rows: int = 1) -> Finding:
    """A finding about the delivery as a whole."""
    return Finding(code, verdict, DELIVERY_CODES[code], rows, "", detail)


class RejectedError(Exception):
    """The delivery is rejected; the finding says why.

    Attributes:
        finding: Why.
        must_not_be_kept: Whether the file holds what must not be stored in any form.
    """

    def __init__(self, finding: Finding, *, must_not_be_kept: bool = False) -> None:
        self.finding, self.must_not_be_kept = finding, must_not_be_kept
        super().__init__(finding.detail)


def reject(code: str, detail: str, rows: int = 1) -> RejectedError:
    """A rejection, to be raised."""
    return RejectedError(delivery_finding(code, REJECT, detail, rows))
