"""The main job, end to end: partner files to published KPI marts through a real Airflow."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import time
from pathlib import Path
from typing import Any

import httpx

from csp.cli import tables
from csp.contracts.borough import borough
from csp.errors import CspError
from csp.ingest.recognise import feeds_of
from csp.kpi.reading import kpi_rows
from csp.kpi.reconcile import reconciliation
from csp.ledger.releases import ready_deliveries
from csp.project import PROJECT_ROOT
from csp.quality.publication_suite import RECONCILE, reconciles
from csp.warehouse.platform import Platform
from csp.warehouse.status import platform_status, published_deliveries
from csp_airflow.local.rest import FINISHED, AirflowRest
from csp_airflow.local.server import LocalAirflow
from csp_airflow.names import REFRESH_DAG, feed_ids

MARKER = ".demo"
TAKE_IN = "ingest_files"
SPECIMENS = ("sample", "metropolitan-burglary-only")
SHOWN = {"S01", "S02", "K021", "K046", "K049", "K077", "K090", "K105"}

console = tables.wide_console()


def _prepare_home(platform: Platform, kind: str) -> None:
    """Start from an empty data root; never empty one that a demo did not make."""
    root = platform.home.root
    if root.exists() and any(root.iterdir()):
        if not (root / MARKER).exists():
            raise CspError(
                f"{root} holds data that no demo made; say another place: CSP_HOME=… make demo"
            )
        shutil.rmtree(root)
    root.mkdir(parents=True, exist_ok=True)
    (root / MARKER).write_text(f"{kind}\n", encoding="utf-8")


def _deliver(platform: Platform, folder: Path) -> None:
    """Put each file into the inbox of its feed, as the partner would over SFTP."""
    specimens, of_no_feed = 0, []
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        feeds = feeds_of(path, platform.registry)
        place = str(path.relative_to(folder))
        if feeds and not any(word in place for word in SPECIMENS):
            for feed in feeds:
                shutil.copyfile(path, platform.home.inbox(feed) / path.name)
        elif feeds:
            specimens += 1
        else:
            of_no_feed.append(path.name)
    counts = {feed: len(list(platform.home.inbox(feed).iterdir())) for feed in feed_ids()}
    console.print(
        f"  {sum(counts.values()):,} files for {sum(count > 0 for count in counts.values())} of "
        f"{len(counts)} feeds"
    )
    if specimens:
        console.print(f"  left out: {specimens} specimens and extracts that are no whole month")
    if of_no_feed:
        console.print(f"  left out: what is no partner's file: {', '.join(of_no_feed)}")


def _run_dags(rest: AirflowRest, platform: Platform) -> dict[str, Any]:
    """Run the feeds that have files, then the warehouse once, and show each task as it ends.

    The warehouse could follow each feed; here it waits for all, so that one refresh takes them in.
    """
    feeds = [feed for feed in feed_ids() if any(platform.home.inbox(feed).iterdir())]
    rest.await_dags([*feed_ids(), REFRESH_DAG])
    for feed in feeds:
        rest.trigger(feed)
    rest.unpause_feeds()
    taken_in: set[str] = set()
    ended: set[str] = set()
    while not ended.issuperset(feeds):
        _show_taken_in(rest, taken_in)
        _show_ended(rest, ended)
        time.sleep(1)
    rest.unpause(REFRESH_DAG)
    rest.trigger(REFRESH_DAG)
    shown: set[tuple[str, str, str]] = set()
    while True:
        runs = rest.runs(REFRESH_DAG)
        for run in runs:
            _show_tasks(rest, REFRESH_DAG, run["dag_run_id"], shown)
        is_quiet = all(run["state"] in FINISHED for run in runs)
        if is_quiet and _nothing_is_left(platform, runs[-1]):
            return runs[-1]
        time.sleep(1)


def _show_taken_in(rest: AirflowRest, shown: set[str]) -> None:
    """One line for each feed whose files have been ingested since."""
    for task in rest.ended_tasks(TAKE_IN):
        feed = task["dag_id"]
        if task["state"] == "success" and feed not in shown:
            shown.add(feed)
            counts = rest.xcom(feed, task["dag_run_id"], TAKE_IN, "return_value")
            said = f"{counts.get('accepted', 0)} files, {counts.get('rows', 0):,} rows"
            console.print(f"  {time.strftime('%H:%M:%S')} {feed}: {said}")


def _show_ended(rest: AirflowRest, ended: set[str]) -> None:
    """Note each feed whose run has ended since, with a line for one that ended red.

    A feed's first run takes in all that lies there. Its timetable may give it one more, which finds
    nothing and is not waited for.
    """
    for run in rest.runs("~"):
        feed = run["dag_id"]
        if run["state"] not in FINISHED or feed in ended:
            continue
        ended.add(feed)
        if run["state"] == "failed":
            states = rest.task_states(feed, run["dag_run_id"])
            red = [task for task, state in states.items() if state in ("failed", "upstream_failed")]
            console.print(f"  {time.strftime('%H:%M:%S')} {feed}: red at {', '.join(red)}")


def _nothing_is_left(platform: Platform, last_refresh: dict[str, Any]) -> bool:
    """Whether all that is ready is published, or the last refresh was held."""
    if last_refresh["state"] == "failed":
        return True
    ready = {d for ids in ready_deliveries(platform.ledger).values() for d in ids}
    return ready <= published_deliveries(platform)


def _show_tasks(
    rest: AirflowRest, dag_id: str, run_id: str, seen: set[tuple[str, str, str]]
) -> None:
    for task_id, state in rest.task_states(dag_id, run_id).items():
        key = (dag_id + run_id, task_id, str(state))
        if state in ("success", "failed", "upstream_failed") and key not in seen:
            seen.add(key)
            console.print(f"  {time.strftime('%H:%M:%S')} {dag_id}: {task_id} {state}")


def _show_result(platform: Platform) -> None:
    facts = platform_status(platform)
    console.print()
    tables.print_status(console, facts)
    rows = [
        row
        for row in kpi_rows(platform.warehouse)
        if row["kpi_id"] in SHOWN
        and row["breakdown"] == "all"
        and row["period_kind"] == "rolling_12_months"
    ]
    console.print()
    console.print(tables.kpi_table(rows))
    lines = sum(feed["physical_lines"] for feed in facts["feeds"])
    accepted = sum(feed["accepted_rows"] for feed in facts["feeds"])
    deliveries = sum(sum(feed["deliveries"].values()) for feed in facts["feeds"])
    console.print(f"\nledger: {deliveries} deliveries, {lines:,} lines, {accepted:,} rows ingested")
    console.print(f"published: {facts['publication']['location']}")
    number = facts["publication"]["publication_id"]
    page = platform.home.publication(number) / "scorecard.html"
    console.print(f"scorecard: {page}", soft_wrap=True)
    if reconciles():
        rows = reconciliation(platform.warehouse)
        held = sum(row["verdict"] == "holds" for row in rows)
        console.print(f"the presentation: {held} of {len(rows)} figures hold; see csp reconcile")
    root = platform.home.root
    default = (PROJECT_ROOT / "data").resolve()
    prefix = "" if root == default else f"CSP_HOME={root} "
    console.print("look further:")
    for command in (
        "csp kpi S03",
        f"csp explain S01 --area {borough().settings.code} --period "
        + f"{rows[0]['period_end']:%Y-%m}"
        if rows
        else "csp status",
        "csp query 'select * from kpi_observation limit 5' --json",
    ):
        console.print(f"  {prefix}.venv/bin/{command}")
    console.print("  make up     leaves Airflow running and prints its address")


def run_demo(data: Path | None) -> int:
    """Run the demo.

    Args:
        data: Folder of real partner files; None simulates borough-2021, labelled synthetic.

    Returns:
        Exit code: 0 when a publication came out.
    """
    clock = time.monotonic()
    platform = Platform.from_environment()
    _prepare_home(platform, "real" if data else "synthetic")
    airflow = LocalAirflow(platform.home)
    try:
        if data is None:
            from csp_simulator import DAY_AFTER, simulate  # noqa: PLC0415

            data = platform.home.root / "simulated"
            console.print("simulating every partner's deliveries, 2019-04 to 2021-12 (synthetic)")
            simulate("borough-2021", data)
            data = data / "deliveries"
            platform.home.rehearse(DAY_AFTER["borough-2021"])
            # The scenario is of the presentation's time and partners: its figures must come out.
            os.environ[RECONCILE] = "presentation"
        console.print(f"delivering {data}")
        _deliver(platform, data)
        console.print("starting Airflow (scheduler, dag-processor, triggerer, api-server)")
        airflow.start()
        console.print(f"Airflow is at {airflow.address}; running the DAGs")
        last = _run_dags(AirflowRest(airflow), platform)
    finally:
        airflow.stop()
    console.print(f"Airflow stopped; {time.monotonic() - clock:.0f} s in all")
    _show_result(platform)
    return 0 if last["state"] == "success" else 1


def main() -> None:
    """Command line of `make demo`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="folder of real partner files")
    data = parser.parse_args().data
    try:
        if data is not None and not data.is_dir():
            raise CspError(f"{data}: no such folder")
        raise SystemExit(run_demo(data))
    except httpx.HTTPError as error:
        print(f"csp: Airflow does not answer ({type(error).__name__})", file=sys.stderr)  # noqa: T201
        raise SystemExit(1) from None
    except CspError as error:
        print(f"csp: {error}", file=sys.stderr)  # noqa: T201
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
