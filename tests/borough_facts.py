"""What is true of the project's own borough alone: words that may stand in its folder only."""

from __future__ import annotations

import csv
import re

from csp.contracts.borough import BoroughSettings
from csp.contracts.reading import load_strict
from csp.project import BOROUGH, BOROUGH_SEEDS

#: Ward names that are also plain words or names of much else.
NOT_TELLING = {"Weavers", "St Peter's"}


def _column(seed: str, column: str) -> set[str]:
    with (BOROUGH_SEEDS / f"{seed}.csv").open(encoding="utf-8", newline="") as stream:
        return {row[column] for row in csv.DictReader(stream)}


def facts_of_the_projects_borough() -> re.Pattern[str]:
    """Fits its name, its codes, its number of wards, and names and codes of its areas."""
    said = load_strict(BOROUGH / "borough.yml", BoroughSettings)
    names = {
        said.name,
        said.council,
        said.integrated_care_system,
        said.enforcement_officers,
        *(_column("ward", "ward_name") | _column("ward", "ward_name_2019")) - NOT_TELLING,
    }
    codes = {
        said.code,
        said.treatment_partnership,
        said.enforcement_code,
        said.housing_code,
        *_column("ward", "ward_code"),
        *_column("lsoa", "lsoa_code"),
    }
    anywhere = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
    whole = "|".join(map(re.escape, sorted(codes)))
    return re.compile(
        rf"(?i:{anywhere})|\b(?:{whole})\b|\b{said.reference_prefix}-[A-Z]"
        rf"|(?i:\b(?:{said.wards}|twenty) wards)"
    )
