"""Which test files share a process, in which order they begin, and how long each group took."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadFileScheduling

#: Groups of files by the end of their path. Files of one group share what takes long to make and so
#: run in one process. The longest group comes first, so that no processor waits for it at the end.
#: Any other file is a group of its own, and comes after these.
GROUPS: dict[str, tuple[str, ...]] = {
    "scenario": (
        "borough/test_borough_2021.py",
        "borough/test_kpis.py",
        "borough/test_scenario_faults.py",
        "servers/test_scenario_*.py",
    ),
    "airflow": ("end_to_end/*.py",),
    "year": (
        "warehouse/test_dbt_tests.py",
        "warehouse/test_publication_held.py",
        "warehouse/test_order_and_repeats.py",
        "warehouse/test_readers.py",
        "warehouse/test_every_warehouse_check_can_fail.py",
        "warehouse/test_only_what_changed.py",
        "warehouse/test_frames.py",
    ),
    "chaos": ("chaos/*.py",),
    "disturbed year": (
        "warehouse/test_the_cut.py",
        "warehouse/test_damaged_publication.py",
        "warehouse/test_refresh_that_meets_a_fault.py",
        "warehouse/test_admitted_deliveries.py",
    ),
    "faults": ("cli/test_faults.py", "cli/test_signals.py", "ingest/test_at_once.py"),
    "half-year": ("borough/test_half_year.py",),
    "simulator": ("simulator/tests/*.py",),
    "real files": ("warehouse/test_parity.py", "warehouse/test_real_figures.py"),
    "gates": ("quality/test_*_delivery_check_can_fail.py", "quality/test_gate_*.py"),
    "code": ("warehouse/test_code_that_figures_depend_on.py",),
    "new feed or KPI": ("new_feed/*.py",),
    "row rules": ("ingest/test_every_rule.py",),
    "canaries": ("privacy/*.py",),
    "damage": ("verify/*.py",),
    "small borough": ("small_borough/*.py",),
    "DAG files": ("dags/*.py",),
    "linkage": ("linkage/*.py",),
    "command line": ("cli/*.py",),
    "server shape": ("compose/*.py",),
    "dbt": ("dbt/*.py",),
    "scorecard": ("scorecard/*.py",),
}
#: Groups that take long and whose questions `make test` asks in a shorter way.
FOR_SERVERS = ("scenario", "chaos", "disturbed year", "faults")
PHASES = ("setup", "call", "teardown")


def group_of(path: Path) -> str:
    """Name of the group that a test file belongs to."""
    named = (name for name, ends in GROUPS.items() if any(path.match(end) for end in ends))
    return next(named, path.name)


def is_for_servers(item: pytest.Item) -> bool:
    """Whether a test belongs to `make test-servers`.

    These are the tests that need a browser or the whole scenario, those that kill, race and
    spoil whole processes again and again, and what `make test` shows on
    DuckDB once more on PostgreSQL. That the engines agree is in `make test` all the same, by the
    half-year of every feed and by the real files.
    """
    if "servers" in item.path.parts or group_of(item.path) in FOR_SERVERS:
        return True
    if group_of(item.path) in ("half-year", "real files"):
        return False
    case = getattr(item, "callspec", None)
    on_postgresql = case is not None and "postgresql" in case.params.values()
    return on_postgresql or "server" in getattr(item, "fixturenames", ())


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what `make test-servers` runs, and begin with the groups that take longest."""
    for item in items:
        if is_for_servers(item):
            item.add_marker("servers")
    order = {name: place for place, name in enumerate(GROUPS)}
    items.sort(key=lambda item: order.get(group_of(item.path), len(order)))


class OneProcessPerGroup(LoadFileScheduling):
    """Files of one group run in one process; any other file by itself."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(Path(nodeid.partition("::")[0]))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> OneProcessPerGroup:  # noqa: ANN401
    """Deal groups out to processes, not files."""
    return OneProcessPerGroup(config, log)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print how long each group took; files outside any group are added up by their folder."""
    seconds: defaultdict[str, float] = defaultdict(float)
    tests: defaultdict[str, set[str]] = defaultdict(set)
    for reports in terminalreporter.stats.values():
        for report in reports:
            if getattr(report, "when", None) not in PHASES:
                continue
            path = Path(report.nodeid.partition("::")[0])
            name = group_of(path)
            group = name if name in GROUPS else str(path.parent)
            seconds[group] += report.duration
            tests[group].add(report.nodeid)
    if len(seconds) < 2:
        return
    terminalreporter.section("seconds of each group")
    for group in sorted(seconds, key=seconds.__getitem__, reverse=True):
        terminalreporter.write_line(
            f"{seconds[group]:8.1f} s {len(tests[group]):6,} tests  {group}"
        )
    total = sum(seconds.values())
    terminalreporter.write_line(f"{total:8.1f} s in all, on every process together")
