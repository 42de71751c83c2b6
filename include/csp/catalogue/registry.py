"""The whole catalogue, read once."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

from csp.catalogue.model import CatalogueFile, Kpi
from csp.contracts.borough import SETTINGS, Borough, borough
from csp.contracts.reading import load_strict, place_of
from csp.project import KPI_CATALOGUE


def _of_borough(kpi: Kpi, here: Borough) -> Kpi:
    """The KPI with the borough's own note, and without figures that its partnership never gave."""
    changes: dict[str, Any] = {} if here.settings.presentation else {"figures": []}
    if note := here.settings.notes.get(kpi.id):
        measures = {
            breakdown: measure.model_copy(update={"note": note})
            if measure.note == kpi.note
            else measure
            for breakdown, measure in kpi.breakdowns.items()
        }
        changes |= {"note": note, "breakdowns": measures}
    return kpi.model_copy(update=changes)


class KpiCatalogue:
    """All KPIs below one folder.

    Args:
        folder: Holds the catalogue's YAML files.

    Raises:
        ContractError: On reading: a file is wrong; the message names file, line and key.
    """

    def __init__(self, folder: Path = KPI_CATALOGUE) -> None:
        self.folder = folder

    @property
    def paths(self) -> list[Path]:
        """Every file, sorted."""
        return sorted(self.folder.glob("*.yml"))

    @cached_property
    def _placed(self) -> list[tuple[Path, int, Kpi]]:
        here = borough()
        read = [
            (path, number, _of_borough(kpi, here))
            for path in self.paths
            for number, kpi in enumerate(load_strict(path, CatalogueFile, here.words).kpis)
        ]
        return sorted(read, key=lambda placed: placed[2].id)

    def __iter__(self) -> Iterator[Kpi]:
        return (kpi for _, _, kpi in self._placed)

    def place(self, kpi_id: str, breakdown: str, *keys: str) -> str:
        """Where a key of a breakdown stands, as `file:line`; what it inherits stands at its KPI."""
        path, number = next((p, n) for p, n, kpi in self._placed if kpi.id == kpi_id)
        return place_of(path, ("kpis", number, "breakdowns", breakdown, *keys))

    def errors(self, feeds: set[str]) -> list[str]:
        """What only the catalogue as a whole shows: ids said twice, feeds and KPIs not known.

        Args:
            feeds: Ids of all contracts.

        Returns:
            One sentence each, beginning with file and line.
        """
        found: list[str] = []
        seen: dict[str, str] = {}
        known = {(kpi.id, breakdown) for kpi in self for breakdown in kpi.breakdowns}
        for path, number, kpi in self._placed:
            if kpi.id in seen:
                where = place_of(path, ("kpis", number, "id"))
                found.append(f"{where}: {kpi.id}: also stands in {seen[kpi.id]}")
            seen[kpi.id] = path.name
            for breakdown, measure in kpi.breakdowns.items():
                what = f"{kpi.id}, breakdown {breakdown}"
                found += [
                    f"{self.place(kpi.id, breakdown, 'feeds')}: {what}: feeds: "
                    f"no feed is called '{feed}'"
                    for feed in measure.feeds
                    if feed not in feeds
                ]
                if measure.of and (measure.of, measure.of_breakdown) not in known:
                    found.append(
                        f"{self.place(kpi.id, breakdown, 'of')}: {what}: of: a change of "
                        f"'{measure.of}' ({measure.of_breakdown}), which is not computed"
                    )
        ids = {kpi.id for kpi in self}
        found += [
            f"{borough().folder / SETTINGS}: notes: no KPI is called '{kpi_id}'"
            for kpi_id in borough().settings.notes
            if kpi_id not in ids and self.folder == KPI_CATALOGUE
        ]
        return found
