"""The budgets, measured as ratios of one run: `make bench`.

Every figure is a whole process with its start, so that nothing is left out; each pair is run in
turn, several times, and the ratio is of the medians.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from csp.ledger.sessions import Ledger
from csp.ledger.tables import GateRun
from csp.storage.home import Home
from csp_simulator import simulate

BIN = Path(sys.executable).parent
COPY = """
import duckdb, sys
duckdb.sql(f"copy (from read_csv('{sys.argv[1]}')) to '{sys.argv[2]}' (format parquet)")
"""
SHOWN = """
() => new Promise(done => new PerformanceObserver(
    list => done(list.getEntries().at(-1).startTime)
).observe({type: 'largest-contentful-paint', buffered: true}))
"""
PARSE = """
import json
from airflow.dag_processing.dagbag import DagBag
stats = DagBag().dagbag_stats
print("FOUND" + json.dumps({stat.file: stat.duration.total_seconds() for stat in stats}))
"""


@dataclass(frozen=True)
class Ratio:
    """One budget and what was measured."""

    what: str
    measured: float
    budget: float
    at_most: bool
    detail: str

    @property
    def holds(self) -> bool:
        """Whether the budget is kept."""
        return self.measured <= self.budget if self.at_most else self.measured >= self.budget


@dataclass(frozen=True)
class Process:
    """One finished process: seconds and peak memory in MB."""

    seconds: float
    peak_mb: float


def run(arguments: list[str], home: Path, **more: str) -> Process:
    """Run a process to its end on a data root."""
    environment = os.environ | {"CSP_HOME": str(home), "CSP_WAREHOUSE": "duckdb"} | more
    clock = time.perf_counter()
    process = subprocess.Popen(
        arguments, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    error = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - clock
    if status:
        raise SystemExit(f"bench: {' '.join(arguments)} failed: {error.decode()[-500:]}")
    return Process(seconds, usage.ru_maxrss / 1024)


def street_rows(folder: Path, millions: int) -> Path:
    """A street file of so many million simulated rows."""
    simulate("street-rows", folder, scale=millions)
    return next((folder / "deliveries" / "police").iterdir())


def ingest_file(csv: Path, folder: Path) -> Process:
    """Ingest a file into an empty data root."""
    home = folder / "home"
    shutil.rmtree(home, ignore_errors=True)
    return run([str(BIN / "csp"), "ingest", str(csv)], home)


def ingest(folder: Path) -> list[Ratio]:
    """Ingest against DuckDB copying the same CSV, and its memory at five times the rows."""
    small = street_rows(folder / "one", 1)
    pairs = []
    for _ in range(3):
        copied = run([sys.executable, "-c", COPY, str(small), str(folder / "copy.parquet")], folder)
        pairs.append((copied, ingest_file(small, folder)))
    copy_seconds = statistics.median(copied.seconds for copied, _ in pairs)
    seconds = statistics.median(taken.seconds for _, taken in pairs)
    peak = statistics.median(taken.peak_mb for _, taken in pairs)
    large = ingest_file(street_rows(folder / "five", 5), folder)
    return [
        Ratio(
            "ingest of 1 M street rows, as a share of the rate of a mere copy to Parquet",
            copy_seconds / seconds,
            0.5,
            False,
            f"copy {copy_seconds:.2f} s, ingest {seconds:.2f} s",
        ),
        Ratio(
            "peak memory of ingest, 5 M rows against 1 M",
            large.peak_mb / peak,
            1.3,
            True,
            f"{large.peak_mb:.0f} MB against {peak:.0f} MB",
        ),
    ]


def refresh(folder: Path) -> list[Ratio]:
    """The refresh DAG against `csp refresh`, and the gates' share of a refresh."""
    year = folder / "year"
    simulate("borough-year", year)
    home = folder / "refreshed"
    run([str(BIN / "csp"), "ingest", str(year / "deliveries")], home)
    first = run([str(BIN / "csp"), "refresh"], home)
    gates_first = gate_seconds(home)
    alone, under_airflow = [], airflow_refreshes(home, 3)
    alone = [run([str(BIN / "csp"), "refresh"], home).seconds for _ in range(3)]
    dag, command = statistics.median(under_airflow), statistics.median(alone)
    return [
        Ratio(
            "the refresh DAG under Airflow against csp refresh",
            dag / command,
            2.0,
            True,
            f"DAG {dag:.1f} s, csp refresh {command:.1f} s",
        ),
        Ratio(
            "all gates as a share of the whole refresh, the year's delivery gates too",
            gates_first / first.seconds,
            0.25,
            True,
            f"gates {gates_first:.1f} s of {first.seconds:.1f} s",
        ),
    ]


def scorecard(folder: Path) -> list[Ratio]:
    """The scorecard of the refresh before: seconds until Chromium shows it, and its size."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415

    path = shutil.which("chromium")
    if path is None:
        raise SystemExit("bench: no Chromium is installed; .ci/browser installs it")
    page = folder / "refreshed" / "published" / "current" / "scorecard.html"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        seconds = []
        for _ in range(5):
            tab = browser.new_page()
            tab.goto(page.as_uri())
            seconds.append(tab.evaluate(SHOWN) / 1000)
            tab.close()
        browser.close()
    size = page.stat().st_size / 1e6
    return [
        Ratio(
            "seconds until the scorecard is readable in headless Chromium",
            statistics.median(seconds),
            1.0,
            True,
            ", ".join(f"{one:.2f}" for one in seconds),
        ),
        Ratio("size of the scorecard page in MB", size, 1.5, True, page.name),
    ]


def gate_seconds(home: Path) -> float:
    """Seconds of all gate runs that the ledger has."""
    os.environ["CSP_HOME"] = str(home)
    with Ledger(Home.from_environment().ledger_url).session() as session:
        return sum(run.seconds for run in session.query(GateRun))


def airflow_refreshes(home: Path, times: int) -> list[float]:
    """Seconds from start to end of refresh DAG runs in a warm Airflow, by its own record."""
    from datetime import datetime  # noqa: PLC0415

    from csp_airflow.local.rest import AirflowRest  # noqa: PLC0415
    from csp_airflow.local.server import LocalAirflow  # noqa: PLC0415
    from csp_airflow.names import REFRESH_DAG  # noqa: PLC0415

    os.environ["CSP_HOME"] = str(home)
    airflow = LocalAirflow(Home.from_environment())
    airflow.start()
    try:
        rest = AirflowRest(airflow)
        rest.await_dags([REFRESH_DAG])
        rest.unpause(REFRESH_DAG)
        seconds = []
        for _ in range(times + 1):
            run_id = rest.trigger(REFRESH_DAG)
            if rest.await_run(REFRESH_DAG, run_id) != "success":
                raise SystemExit("bench: the refresh DAG failed")
            found = rest.get(f"dags/{REFRESH_DAG}/dagRuns/{run_id}")
            start, end = (datetime.fromisoformat(found[n]) for n in ("start_date", "end_date"))
            seconds.append((end - start).total_seconds())
        return seconds[1:]  # the first run parses the dbt project and fills the caches
    finally:
        airflow.stop()


def dag_parsing(folder: Path) -> list[Ratio]:
    """The slowest DAG file, by Airflow's own report."""
    home = folder / "parsed"
    environment = os.environ | {
        "CSP_HOME": str(home),
        "AIRFLOW_HOME": str(home / "airflow"),
        "AIRFLOW__CORE__DAGS_FOLDER": str(Path("dags").resolve()),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(Path("plugins").resolve()),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    }
    subprocess.run([BIN / "csp", "manifest"], env=environment, check=True)
    report = subprocess.run(
        [sys.executable, "-c", PARSE], env=environment, capture_output=True, text=True, check=True
    ).stdout
    files = json.loads(report[report.rindex("FOUND") + len("FOUND") :])
    name, taken = max(files.items(), key=lambda item: item[1])
    return [Ratio("seconds to parse the slowest DAG file", taken, 0.5, True, name)]


def main() -> None:
    """Measure everything, print the table, and fail when a budget is not kept."""
    found: list[Ratio] = []
    measures: list[Callable[[Path], list[Ratio]]] = [dag_parsing, ingest, refresh, scorecard]
    print("| what | measured | budget | kept | detail |\n|---|---|---|---|---|", flush=True)
    with tempfile.TemporaryDirectory(dir=os.environ.get("CSP_BENCH_DIR")) as name:
        for measure in measures:
            for ratio in measure(Path(name)):
                found.append(ratio)
                sign = "≤" if ratio.at_most else "≥"
                print(
                    f"| {ratio.what} | {ratio.measured:.2f} | {sign} {ratio.budget:g} "
                    f"| {'yes' if ratio.holds else 'NO'} | {ratio.detail} |",
                    flush=True,
                )
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"\nlargest process: {peak:.0f} MB; {os.cpu_count()} cores")
    if not all(ratio.holds for ratio in found):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
