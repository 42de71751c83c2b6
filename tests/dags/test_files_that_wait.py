"""The task that ingests: what must wait stays in the inbox, and the others are taken."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from sqlalchemy import select

from csp.contracts import ContractRegistry
from csp.contracts.samples import sample_file
from csp.ledger.sessions import Ledger
from csp.ledger.tables import Delivery
from csp.storage.home import Home

FEED = "police_street_crime"
TASK = """
import json, sys
from airflow.sdk.exceptions import AirflowFailException
from csp_airflow.feed_dag import ingest_files
feed, *files = sys.argv[1:]
try:
    print("SAID" + json.dumps(ingest_files.function(feed, files)))
except AirflowFailException as error:
    print("SAID" + json.dumps(str(error)))
"""


def test_files_that_cannot_be_read_or_are_gone_hold_no_other(
    tmp_path: Path, registry: ContractRegistry
) -> None:
    home = Home(tmp_path / "data")
    inbox = home.inbox(FEED)
    content = sample_file(registry.get(FEED), [{}])
    good, gone, unreadable, last = (
        inbox / f"2021-0{month}-btp-street.csv" for month in (3, 4, 5, 6)
    )
    good.write_text(content.replace("2021-06", "2021-03"), encoding="utf-8")
    last.write_text(content, encoding="utf-8")
    # The system answers a read of its first bytes with an error, as a disk that fails does.
    unreadable.symlink_to("/proc/self/mem")
    done = subprocess.run(
        [sys.executable, "-c", TASK, FEED, *map(str, (good, gone, unreadable, last))],
        env=os.environ
        | {"AIRFLOW_HOME": str(tmp_path / "airflow"), "CSP_HOME": str(home.root)}
        | {"AIRFLOW__CORE__LOAD_EXAMPLES": "False"},
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    said = [line for line in done.stdout.splitlines() if line.startswith("SAID")]
    assert said, done.stderr
    message = json.loads(said[0].removeprefix("SAID"))
    assert f"{unreadable} cannot be read" in message
    assert [path for path in inbox.iterdir() if path.suffix == ".csv"] == [unreadable]
    with Ledger(home.ledger_url).session() as session:
        taken = session.scalars(select(Delivery.file_name).order_by(Delivery.arrival)).all()
    assert taken == [good.name, last.name]
