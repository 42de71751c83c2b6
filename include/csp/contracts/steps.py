"""Named steps of a contract's checks: what recurs in feeds has a name, what occurs once is SQL.

Each says what it means; how it is run stands in `csp.ingest.steps` and `csp.contracts.measures`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from csp.contracts.strict import Strict

#: Lowest and highest value, null for no bound.
Bounds = tuple[float | None, float | None]
#: Columns whose values never fall from one to the next.
Chain = Annotated[list[str], Field(min_length=2)]
PersonalForm = Literal["full_postcode", "number_plate", "phone_number", "email"]
#: A way of writing that is put right, always in the same way.
Rewriting = Literal[
    "approximateNumber",
    "autumnHourAsWinterTime",
    "cadReference",
    "fourDigitYear",
    "lowerCaseHash",
    "plainNumber",
    "wholeNumber",
]


class VocabularyAgrees(Strict):
    """The column is in the vocabulary exactly when a statement holds.

    Attributes:
        vocabulary: Seed whose first column lists the values.
        says: DuckDB predicate over typed columns.
    """

    vocabulary: str
    says: str


class RequiredWhen(Strict):
    """Columns must be given in the rows of which a statement holds.

    Attributes:
        says: DuckDB predicate over typed columns.
        columns: The columns; the rule's own column when left out.
    """

    says: str
    columns: list[str] = []


class Holds(Strict):
    """Words that have the form of something that must not be there.

    Attributes:
        forms: What is looked for.
        columns: Where.
        spread: Whether what only two columns side by side make counts too, as a postcode of which
            one column holds the beginning and the next the end.
    """

    forms: list[PersonalForm] = Field(min_length=1)
    columns: list[str] = Field(min_length=1)
    spread: bool = False


class Rewrite(Strict):
    """A way of writing that is put right.

    Attributes:
        to: What it is put into. approximateNumber: a number said about or as a span becomes `~`
            and the number, one not known becomes blank. autumnHourAsWinterTime: the hour that the
            clock shows twice in October is read as the second. cadReference: a police CAD number
            becomes `CAD 123/04JUN21`. fourDigitYear: 21 becomes 2021 at the end of a date.
            lowerCaseHash: 64 hexadecimal characters become lower case. plainNumber: pound sign and
            commas go. wholeNumber: 12.0 becomes 12.
        columns: The columns; the rule's own column when left out.
    """

    to: Rewriting
    columns: list[str] = []


class NotBefore(Strict):
    """Clocks differ: a time that is a little too early is set to the one that it follows.

    Attributes:
        columns: What the rule's column follows; the first that is given counts.
        seconds: By how much it may be too early; more is left as it is.
    """

    columns: list[str] = Field(min_length=1)
    seconds: int = Field(gt=0)


class BlankExcept(Strict):
    """Rows of which a statement holds, and which say more than they may.

    Attributes:
        says: DuckDB predicate over lake columns.
        columns: The stored columns that may be given; any other may not.
    """

    says: str
    columns: list[str] = Field(min_length=1)
