"""The whole catalogue, read once."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from csp.catalogue.model import CatalogueFile, Kpi
from csp.contracts.reading import load_strict
from csp.project import KPI_CATALOGUE


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
    def _placed(self) -> list[tuple[Path, Kpi]]:
        read = [(path, kpi) for path in self.paths for kpi in load_strict(path, CatalogueFile).kpis]
        return sorted(read, key=lambda placed: placed[1].id)

    def __iter__(self) -> Iterator[Kpi]:
        return (kpi for _, kpi in self._placed)

    def errors(self, feeds: set[str]) -> list[str]:
        """What only the catalogue as a whole shows: ids said twice, feeds and KPIs not known.

        Args:
            feeds: Ids of all contracts.

        Returns:
            One sentence each, beginning with the file.
        """
        found, seen = [], {}
        for path, kpi in self._placed:
            where = f"dbt_project/catalogue/{path.name}: {kpi.id}"
            if kpi.id in seen:
                found.append(f"{where}: also stands in {seen[kpi.id]}")
            seen[kpi.id] = path.name
            for breakdown, measure in kpi.breakdowns.items():
                found += [
                    f"{where}, breakdown {breakdown}: no feed is called '{feed}'"
                    for feed in measure.feeds
                    if feed not in feeds
                ]
        known = {(kpi.id, breakdown) for _, kpi in self._placed for breakdown in kpi.breakdowns}
        found += [
            f"dbt_project/catalogue/{path.name}: {kpi.id}, breakdown {breakdown}: "
            f"a change of '{measure.of}' ({measure.of_breakdown}), which is not computed"
            for path, kpi in self._placed
            for breakdown, measure in kpi.breakdowns.items()
            if measure.of and (measure.of, measure.of_breakdown) not in known
        ]
        return found
