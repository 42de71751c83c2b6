"""The borough that an installation is for: its settings, its seeds, and what it calls things.

Everything that is true of one borough alone stands in one folder: `borough.yml`, the seeds below
`seeds/`, and the outlines of the wards for the map. The folder is `borough/` of the project, or the
one that `CSP_BOROUGH` names. docs/another-borough.md says how to make one.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated, Literal, get_args

import yaml
from pydantic import Field, field_validator

from csp.contracts.reading import SAFE_LOADER, ContractError, load_strict
from csp.contracts.strict import Strict
from csp.errors import CspError
from csp.project import BOROUGH, BOROUGH_SEED_COLUMNS, PROJECT_ROOT, REFERENCE_SEEDS
from csp.sql import quoted_list

VARIABLE = "CSP_BOROUGH"
SETTINGS, OUTLINES, SEEDS = "borough.yml", "ward_outlines.json", "seeds"

Theme = Literal[
    "neighbourhood", "cohesion", "drivers", "violence", "civil_protection", "public_realm"
]
THEMES: tuple[Theme, ...] = get_args(Theme)

#: A text that can stand inside quotation marks of SQL and of YAML.
PlainText = Annotated[str, Field(pattern=r"""^[^'"{}\\]+$""")]
Capitals = Annotated[str, Field(pattern="^[A-Z]{1,8}$")]


class ThemeTitle(Strict):
    """What the partnership calls a theme: in full, and in a menu."""

    title: str
    short_title: str


class BoroughSettings(Strict):
    """The settings file of a borough.

    Attributes:
        code: Code of the borough in national statistics.
        name: Its name, as open data write it.
        council: Full name of its council.
        wards: How many wards it has; held against the seed `ward`.
        integrated_care_system: The health body that answers for it.
        treatment_partnership: Its code as a partnership of drug and alcohol treatment.
        reference_prefix: With what its control room's references begin.
        enforcement_officers: What its uniformed enforcement officers are called.
        enforcement_code: Their code in partners' files.
        housing_code: Code of its housing company in partners' files.
        presentation: Whether the figures in the KPI catalogue are this partnership's own claims;
            without, none is read, published or reconciled.
        themes: Theme → its titles, in the order in which the board reads them.
        notes: KPI → a note that is true of this borough alone, in place of the catalogue's.
    """

    code: str = Field(pattern="^E09[0-9]{6}$")
    name: PlainText
    council: PlainText
    wards: int = Field(ge=1)
    integrated_care_system: PlainText
    treatment_partnership: PlainText
    reference_prefix: Capitals
    enforcement_officers: PlainText
    enforcement_code: Capitals
    housing_code: Capitals
    presentation: bool
    themes: dict[Theme, ThemeTitle]
    notes: dict[str, str] = {}

    @field_validator("themes")
    @classmethod
    def all_themes(cls, themes: dict[Theme, ThemeTitle]) -> dict[Theme, ThemeTitle]:
        """Hold that every theme has its titles."""
        if missing := [theme for theme in THEMES if theme not in themes]:
            raise ValueError(f"say the titles of {', '.join(missing)} too")
        return themes


@dataclass(frozen=True)
class Borough:
    """A borough's folder, read.

    Attributes:
        folder: Absolute path of the folder.
        settings: What its settings file says.
    """

    folder: Path
    settings: BoroughSettings

    @property
    def is_projects_own(self) -> bool:
        """Whether it is the borough that the project holds."""
        return self.folder == BOROUGH

    @property
    def outlines(self) -> Path:
        """GeoJSON with a feature for each ward, for the map."""
        return self.folder / OUTLINES

    def seed(self, name: str) -> Path:
        """The file of a seed: the borough's own, or the project's reference seed."""
        own = self.folder / SEEDS / f"{name}.csv"
        return own if own.exists() else REFERENCE_SEEDS / f"{name}.csv"

    @property
    def seeds(self) -> list[Path]:
        """Every seed of the borough, sorted."""
        return sorted((self.folder / SEEDS).glob("*.csv"))

    @property
    def dbt_variables(self) -> dict[str, str]:
        """The variables that dbt needs besides those of its project."""
        return {
            "borough_code": self.settings.code,
            "borough_name": self.settings.name,
            "treatment_dat_code": self.settings.treatment_partnership,
        }

    @cached_property
    def words(self) -> dict[str, str]:
        """What `{borough.<word>}` stands for in contracts and catalogue.

        Every setting that is a text or a number, and from the seeds `ward_codes` (a list in SQL)
        and `force_slugs` (alternatives in a regular expression).
        """
        said = self.settings.model_dump(exclude={"presentation", "themes", "notes"})
        return {name: str(value) for name, value in said.items()} | {
            "ward_codes": quoted_list(self._column("ward", "ward_code")),
            "force_slugs": "|".join(self._column("police_force", "force_slug")),
        }

    def _column(self, seed: str, column: str) -> list[str]:
        with self.seed(seed).open(encoding="utf-8", newline="") as stream:
            return [row[column] for row in csv.DictReader(stream)]

    def errors(self) -> list[str]:
        """What is missing from the folder or contradicts it; one sentence each, with its place."""
        found = list(self._errors_of_seeds())
        if found:
            return found
        wards = len(self._column("ward", "ward_code"))
        if wards != self.settings.wards:
            found.append(
                f"{self.folder / SETTINGS}: wards: says {self.settings.wards}, "
                f"and {SEEDS}/ward.csv has {wards}"
            )
        if not self.outlines.exists():
            found.append(f"{self.outlines}: missing; the ward map is drawn from it")
        return found

    def _errors_of_seeds(self) -> Iterator[str]:
        described = BOROUGH_SEED_COLUMNS.read_text(encoding="utf-8")
        content = yaml.load(described, Loader=SAFE_LOADER)  # noqa: S506 - the C twin of SafeLoader
        for seed in content["seeds"]:
            path = self.folder / SEEDS / f"{seed['name']}.csv"
            if not path.exists():
                yield f"{path}: missing; {BOROUGH_SEED_COLUMNS.relative_to(PROJECT_ROOT)} says what"
                continue
            with path.open(encoding="utf-8", newline="") as stream:
                header = next(csv.reader(stream), [])
            expected = [column["name"] for column in seed["columns"]]
            if header != expected:
                yield f"{path}:1: the columns must be {','.join(expected)}"


@cache
def _read(folder: Path) -> Borough:
    path = folder / SETTINGS
    if not path.is_file():
        raise CspError(
            f"{folder} holds no {SETTINGS}; docs/another-borough.md says what belongs there. "
            f"{VARIABLE} names the folder when it is not the project's own"
        )
    found = Borough(folder, load_strict(path, BoroughSettings))
    if errors := found.errors():
        raise ContractError("\n".join(errors))
    return found


def borough() -> Borough:
    """The borough that this process works for.

    Raises:
        CspError: `CSP_BOROUGH` names no folder of a borough.
        ContractError: Its settings or seeds are wrong; the message names file, line and key.
    """
    return _read(Path(os.environ.get(VARIABLE) or BOROUGH).resolve())
