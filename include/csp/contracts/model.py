"""A feed contract in the shape of the Open Data Contract Standard v3, read strictly.

The standard leaves much open (`customProperties`, `implementation`); here every key that the
platform reads is typed and every other key is an error, so that a slip of the pen is found by
`csp feeds check` and not by a partner's file.
"""

from __future__ import annotations

import json
from functools import cached_property
from typing import Literal

from pydantic import Field, model_validator

from csp.contracts.checks import Check, GateCheck, GateMetric, RowCheck
from csp.contracts.columns import Column
from csp.contracts.meaning import hash_of_meaning
from csp.contracts.platform import FILE_PERIOD, PlatformProperties
from csp.contracts.strict import CustomProperty, PlacedError, Strict, as_mapping

#: Days of the delivery that a rule may name beside columns.
OF_THE_DELIVERY = {"delivery_period", "received_on"}


class Description(Strict):
    """What the feed is for, how to read it, and what it cannot say.

    Attributes:
        purpose: What the partnership needs it for.
        usage: Which table to read, and how.
        limitations: What it cannot say.
    """

    purpose: str
    usage: str
    limitations: str


class Dataset(Strict):
    """The rows of the feed: columns, and the checks on them.

    Attributes:
        name: The feed's name within its partner.
        physicalName: Its name in the lake, `<domain>_<name>`.
        logicalType: Always `object`.
        description: What each file holds.
        dataGranularityDescription: What each row is, in a sentence.
        properties: Its columns.
        quality: The checks on its rows and deliveries.
    """

    name: str
    physicalName: str  # noqa: N815 - keys of the standard are camel case
    logicalType: Literal["object"]  # noqa: N815
    description: str
    dataGranularityDescription: str  # noqa: N815
    properties: list[Column]
    quality: list[Check]


class ServiceLevel(Strict):
    """One promise of the partner: frequency, latency or retention.

    Attributes:
        property: Which promise.
        value: How many units, or what in words.
        unit: The unit of the value.
        description: The promise as a sentence.
    """

    property: Literal["frequency", "latency", "retention"]
    value: int | str
    unit: Literal["day", "week", "month", "quarter", "year"] | None = None
    description: str


class Team(Strict):
    """Who owns the feed in the partnership.

    Attributes:
        name: The team.
        description: What it does about the feed.
    """

    name: str
    description: str


class Role(Strict):
    """Who may read what comes of the feed.

    Attributes:
        role: The role; `analyst_csp` with `read` puts the core table into the publication.
        access: Rows, totals only, or nothing.
    """

    role: str
    access: Literal["read", "aggregate", "none"]


class Support(Strict):
    """Where errors are reported.

    Attributes:
        channel: Whom to tell.
        description: What about.
    """

    channel: str
    description: str


class Contract(Strict):
    """What one partner promises to send: the only hand-written file of a feed.

    Attributes:
        apiVersion: Version of the standard.
        kind: Always `DataContract`.
        id: The feed, `<domain>_<name of the schema>`.
        name: Its name as people say it.
        version: Version of the contract; a new one when what it asks for changes.
        status: `draft` until everything that only a person knows is filled in.
        domain: The partner: folder of the contract, dbt source.
        dataProduct: What it is a part of.
        description: What it is for.
        schema: Its one table.
        slaProperties: What the partner promises.
        team: Its owner.
        roles: Who may read what comes of it.
        support: Where errors are reported.
        customProperties: What the platform needs of it beyond the standard.
    """

    apiVersion: Literal["v3.1.0"]  # noqa: N815
    kind: Literal["DataContract"]
    id: str
    name: str
    version: str
    status: Literal["active", "draft"]
    domain: str
    dataProduct: str  # noqa: N815
    description: Description
    schema_: list[Dataset] = Field(alias="schema", min_length=1, max_length=1)
    slaProperties: list[ServiceLevel]  # noqa: N815
    team: Team
    roles: list[Role]
    support: list[Support]
    customProperties: list[CustomProperty]  # noqa: N815

    @model_validator(mode="after")
    def whole(self) -> Contract:
        """Hold what only the whole contract shows: names that refer to each other exist."""
        _ = self.platform
        if self.id != self.dataset.physicalName or self.id != f"{self.domain}_{self.entity}":
            raise ValueError("id and physicalName must be <domain>_<schema name>")
        self._platform_names_columns()
        self._columns_name_layouts()
        self._words_are_meant()
        self._checks_name_columns()
        return self

    def _platform_names_columns(self) -> None:
        kept = {column.name for column in self.kept_columns}
        types = {column.name: column.type for column in self.columns}
        grain, core = self.platform.grain, self.platform.coreTable
        if grain.period != FILE_PERIOD and types.get(grain.period) not in ("date", "timestamp"):
            what = f"grain.period '{grain.period}' is no column of a date or timestamp"
            raise PlacedError(("grain", "period"), what)
        if stray := set(self.platform.mayBeAbsent) - set(types):
            raise PlacedError(("mayBeAbsent",), f"unknown column {sorted(stray)}")
        if stray := {*grain.key, *([grain.version] if grain.version else [])} - kept:
            raise PlacedError(("grain",), f"key or version: no kept column {sorted(stray)}")
        named = (core.date, core.ward, core.lsoa) if core else ()
        if stray := {name for name in named if name is not None} - kept:
            raise PlacedError(("coreTable",), f"no kept column {sorted(stray)}")

    def _words_are_meant(self) -> None:
        """Hold that no field of a feed with personal data can hold just anything."""
        if self.platform.accessClass in ("open", "internal"):
            return
        refused = {c.implementation.column for c in self.row_checks if c.severity == "reject"}
        for position, column in enumerate(self.columns):
            if column.kept and not column.is_closed and column.name not in refused:
                place = ("schema", 0, "properties", position, "customProperties")
                what = f"column '{column.name}': say values, vocabulary, pattern, token or freeText"
                raise PlacedError(place, what)

    def _columns_name_layouts(self) -> None:
        layouts = {layout.name for layout in self.platform.layouts}
        for position, column in enumerate(self.columns):
            if stray := set(column.platform.sourceHeaders or {}) - layouts:
                place = ("schema", 0, "properties", position, "sourceHeaders")
                raise PlacedError(place, f"column '{column.name}': unknown layout {sorted(stray)}")

    def _checks_name_columns(self) -> None:
        columns = {column.name for column in self.columns} | OF_THE_DELIVERY
        seen: set[str] = set()
        for position, check in enumerate(self.dataset.quality):
            place = ("schema", 0, "quality", position)
            if check.id in seen:
                raise PlacedError((*place, "id"), f"rule id said twice: '{check.id}'")
            seen.add(check.id)
            for key, named in self._named_by(check):
                if stray := set(named) - columns:
                    what = f"rule '{check.id}' names unknown column {sorted(stray)}"
                    raise PlacedError((*place, "implementation", key), what)

    def _named_by(self, check: Check) -> list[tuple[str, list[str]]]:
        """Key and columns, for each key of a check that names columns."""
        if isinstance(check, RowCheck):
            return check.implementation.names()
        rule = check.implementation
        repeated = [rule.repeatedShare] if rule.repeatedShare else []
        blank = rule.blankExcept.columns if rule.blankExcept else []
        return [("repeatedShare", repeated), ("blankExcept", blank)]

    @cached_property
    def platform(self) -> PlatformProperties:
        """The platform's own properties, typed."""
        names = PlatformProperties.model_fields
        return PlatformProperties.model_validate(as_mapping(self.customProperties, *names))

    @cached_property
    def canonical(self) -> str:
        """The whole contract as canonical JSON; worked out once, as every delivery keeps it."""
        return json.dumps(self.model_dump(by_alias=True), sort_keys=True, ensure_ascii=False)

    @cached_property
    def meaning_hash(self) -> str:
        """SHA-256 of what the contract means, without its samples."""
        return hash_of_meaning(self)

    @property
    def dataset(self) -> Dataset:
        """The one table of the feed."""
        return self.schema_[0]

    @property
    def entity(self) -> str:
        """The feed's name within its partner, as in `stg_<partner>__<entity>`."""
        return self.dataset.name

    @property
    def columns(self) -> list[Column]:
        """The columns in the order of the contract, stored or not."""
        return self.dataset.properties

    @property
    def kept_columns(self) -> list[Column]:
        """The columns that are stored."""
        return [column for column in self.columns if column.kept]

    @property
    def needs_key(self) -> bool:
        """Whether the feed cannot be ingested without the pseudonymisation key."""
        return self.platform.kept_in_landing == "sealed" or any(
            column.platform.token for column in self.columns
        )

    @property
    def row_checks(self) -> list[RowCheck]:
        """Checks of every row, in order; fixes are applied in this order."""
        return [check for check in self.dataset.quality if isinstance(check, RowCheck)]

    @property
    def gate_checks(self) -> list[GateCheck]:
        """Checks of each cell of a delivery, in order; a key is judged without being asked."""
        own = [check for check in self.dataset.quality if isinstance(check, GateCheck)]
        return own + ([self._key_check] if self.platform.grain.key else [])

    @property
    def _key_check(self) -> GateCheck:
        grain = self.platform.grain
        names = [*grain.key, *([grain.version] if grain.version else [])]
        said = " and ".join(names)
        return GateCheck(
            id=f"{self.platform.specCode}-G-KEY",
            name="No record is sent twice",
            description=f"No two rows of the delivery share {said}.",
            dimension="uniqueness",
            engine="great-expectations",
            severity="critical",
            implementation=GateMetric.model_construct(
                metric=f"count(*) - count(distinct row({', '.join(names)}))", max=0
            ),
        )

    def sla(self, name: str) -> ServiceLevel | None:
        """One promise of the partner by name, or None."""
        return next((level for level in self.slaProperties if level.property == name), None)
