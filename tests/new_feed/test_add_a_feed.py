"""A feed of a new partner: two files in the repository, and a published table at the end."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.project_copy import ProjectCopy

SAMPLE = """\
Permit No,Issued on,Ward,Chairs,Is heated
TP-0001,2021-06-02,E05009336,8,true
TP-0002,2021-06-05,E05009333,12,false
TP-0003,2021-06-05,E05009399,4,true
"""
NAME = "table_permits_202106.csv"


@pytest.fixture
def copy(tmp_path: Path) -> ProjectCopy:
    """A copy of the project as it stands here, with everything committed."""
    return ProjectCopy.below(tmp_path)


def test_a_new_feed_touches_two_files_and_ends_in_a_published_table(
    copy: ProjectCopy, tmp_path: Path
) -> None:
    csp = copy.csp
    sample = tmp_path / NAME
    sample.write_text(SAMPLE)
    csp("feeds", "add", "licensing", "table_permit", "--sample", str(sample))
    contract = copy.root / "include" / "contracts" / "licensing" / "table_permit.yml"
    text = contract.read_text()
    assert "TP-0001" not in text
    active = text.replace("status: draft", "status: active")
    contract.write_text(active)
    assert "say 'to be filled in'" in csp("feeds", "check", code=1)
    contract.write_text(
        active.replace("to be filled in", "as agreed").replace(
            "date: issued_on", "date: issued_on\n    ward: ward"
        )
    )
    csp("feeds", "check")
    csp("ingest", str(sample))
    csp("refresh")
    rows = json.loads(
        csp(
            "query",
            "select permit_no, event_date, ward_code, borough_code, chairs, is_heated "
            "from fct_licensing_table_permit order by permit_no",
            "--json",
        )
    )
    assert [list(row.values()) for row in rows] == [
        ["TP-0001", "2021-06-02", "E05009336", "E09000030", 8, True],
        ["TP-0002", "2021-06-05", "E05009333", "E09000030", 12, False],
        ["TP-0003", "2021-06-05", "outside", "outside", 4, True],
    ]
    assert copy.touched() == [
        "?? dags/partner_feeds/licensing_table_permit.py",
        "?? include/contracts/licensing/table_permit.yml",
    ]
