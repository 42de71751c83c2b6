"""What the platform needs of a feed beyond the standard: files, layouts, grain, core table."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from csp.contracts.periods import PeriodKind
from csp.contracts.strict import OF_THE_INBOX, SAMPLE, AccessClass, Pattern, Strict
from csp.sql import quoted

CORE_NAME = re.compile(r"(fct|dim)_[a-z][a-z0-9_]*")
FILE_PERIOD = "file"


class Unpivot(Strict):
    """Columns of a wide file that are rows in truth.

    Attributes:
        headers: Regular expression that the headers of those columns fit.
        name: Header under which a column of the contract finds the header itself.
        value: Header under which a column of the contract finds the field.
    """

    headers: Pattern
    name: str
    value: str


class Layout(Strict):
    """A form in which the partner sends the feed.

    Attributes:
        name: Its name, by which columns say their headers.
        description: When or by whom it is sent.
        ignoredHeaders: Headers that are left out without a warning.
        unpivot: Columns of a wide file that are rows in truth.
    """

    name: str
    description: str
    ignoredHeaders: list[str] = []  # noqa: N815
    unpivot: Unpivot | None = None


class FileFormat(Strict):
    """How a file of the feed is read, its header and its rows.

    Attributes:
        delimiter: What stands between two fields.
        quote: What stands around a field that holds a delimiter or a line end.
        encodings: Tried in turn; the first in which the whole file can be read. A file that begins
            with a byte-order mark of UTF-16 is read as that, whatever is said here.
        nullTokens: Fields that say nothing, besides the empty one.
    """

    delimiter: Literal[",", ";", "|", "\t", "^", "~"] = ","
    quote: Literal['"', "'", "`"] = '"'
    encodings: tuple[Literal["utf-8", "cp1252"], ...] = Field(("utf-8", "cp1252"), min_length=1)
    nullTokens: tuple[str, ...] = ()  # noqa: N815

    @property
    def says_nothing(self) -> list[str]:
        """Fields that are read as no value."""
        return list(dict.fromkeys(["", *self.nullTokens]))


class Grain(Strict):
    """How rows fall into cells, each one period of one series, and which rows are current.

    Attributes:
        periodKind: Length of a cell.
        period: The date or timestamp column whose period the row belongs to, or `file` for the
            date that the file's name gives.
        periodIsFilePeriod: Whether a file is of one period only.
        seriesName: Name of the series, where the feed is one.
        series: Or DuckDB expression naming it, over lake columns and `delivery_series`, which is
            what a group `series` of the file-name pattern caught.
        rejectAboveQuarantinedShare: Above this share the delivery itself is rejected.
        current: release: the newest release of a period replaces it whole. record: the newest
            version of each key counts, whichever file brought it. snapshot: each file is the
            whole register on its date, and the newest counts.
        key: Columns that name a record; unique within a delivery together with the version.
        version: Column by which the newest version of a record is known.
    """

    periodKind: PeriodKind = "month"  # noqa: N815
    period: str
    periodIsFilePeriod: bool = False  # noqa: N815
    seriesName: str | None = None  # noqa: N815
    series: str | None = None
    rejectAboveQuarantinedShare: float = 0.2  # noqa: N815
    current: Literal["release", "record", "snapshot"] = "release"
    key: list[str] = []
    version: str | None = None

    @model_validator(mode="after")
    def records_have_keys(self) -> Grain:
        """Hold that a record can be known again."""
        if self.current == "record" and not self.key:
            raise ValueError("say key: which columns name a record")
        if self.version and not self.key:
            raise ValueError("a version without a key is of nothing")
        return self

    @model_validator(mode="after")
    def one_series(self) -> Grain:
        """Hold that the series is said in one way."""
        if (self.series is None) == (self.seriesName is None):
            raise ValueError("say either seriesName or series")
        return self

    @property
    def holds_periods_whole(self) -> bool:
        """Whether a delivery that holds a period holds all of it, so that a later one replaces it.

        A file of records also brings late versions of records of earlier periods.
        """
        return self.current != "record" or self.period == FILE_PERIOD

    @property
    def series_expression(self) -> str:
        """DuckDB expression naming the series of a row."""
        return self.series or quoted(self.seriesName or "")


class CoreTable(Strict):
    """The core table made from the contract alone; feeds that need modelling have none.

    Attributes:
        name: Its name, `fct_…` or `dim_…`.
        date: Column whose local day becomes `event_date`.
        ward: Column that gives the ward, as reported.
        lsoa: Column that gives the LSOA, of either vintage; it decides the ward when known.
        finest: The finest area that may be shown; the finer columns are left out.
        history: Keep every version, with `valid_from`, `valid_to` and `is_current`.
    """

    name: str
    date: str | None = None
    ward: str | None = None
    lsoa: str | None = None
    finest: Literal["lsoa", "ward", "borough"] = "lsoa"
    history: bool = False

    @field_validator("name")
    @classmethod
    def well_named(cls, name: str) -> str:
        """Hold that the name says what kind of table it is."""
        if not CORE_NAME.fullmatch(name):
            raise ValueError("a core table is called fct_… or dim_…")
        return name


class PlatformProperties(Strict):
    """What the platform needs beyond the standard, read from `customProperties`.

    Attributes:
        accessClass: Who may read rows of the feed, and how its files are kept.
        legalGateway: Law or agreement under which it is shared.
        specCode: Its code in the specification, with which the codes of its checks begin.
        fileNames: Regular expressions, one of which is found in a file's name; the groups `period`,
            `release` and `series` say what the file is of.
        layouts: Forms in which the partner sends the feed.
        mayBeAbsent: Columns that need not stand in a file; older files do not have them.
        format: How a file is split and decoded.
        grain: How rows fall into cells, and which rows are current.
        sweep: When its inbox is looked through though nothing was signalled, as cron says it.
        coreTable: The table that analysts read, for a feed that needs no modelling.
        landing: How the received file is kept: plain, sealed (encrypted), or none. Open and
            internal feeds are kept plain and the others sealed when it is not given.
        fileNameExample: A name that the first pattern fits, for the contract's samples.
        unknownColumns: What a column that the contract does not know does to the delivery: it is
            left out with a warning (D08), or the whole delivery is refused and never stored (D16),
            where such a column may hold what must not be in our hands.
        strayFiles: What is done with another feed's file in the inbox: it is rejected (D17), or
            moved into the inbox of that feed.
    """

    accessClass: AccessClass  # noqa: N815
    legalGateway: str  # noqa: N815
    specCode: str  # noqa: N815
    fileNames: list[Pattern] = Field(min_length=1)  # noqa: N815
    fileNameExample: Annotated[str, SAMPLE]  # noqa: N815
    layouts: list[Layout] = [
        Layout(name="published", description="The header named in the contract.")
    ]
    mayBeAbsent: list[str] = []  # noqa: N815 - columns that older files do not have
    unknownColumns: Literal["warn", "reject"] = "warn"  # noqa: N815
    strayFiles: Annotated[Literal["reject", "move"], OF_THE_INBOX] = "reject"  # noqa: N815
    format: FileFormat = FileFormat()
    grain: Grain
    sweep: str
    landing: Literal["plain", "sealed", "none"] | None = None
    coreTable: CoreTable | None = None  # noqa: N815

    @model_validator(mode="after")
    def example_fits(self) -> PlatformProperties:
        """Hold that the example is a name of the feed."""
        if not any(re.search(pattern, self.fileNameExample) for pattern in self.fileNames):
            raise ValueError("fileNameExample fits none of the fileNames")
        return self

    @property
    def kept_in_landing(self) -> Literal["plain", "sealed", "none"]:
        """How the received file is kept."""
        if self.landing is not None:
            return self.landing
        return "plain" if self.accessClass in ("open", "internal") else "sealed"
