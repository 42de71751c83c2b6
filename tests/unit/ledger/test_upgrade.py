"""A ledger of an older version is brought up to date, and nothing in it is lost."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import inspect, select, update

from csp.errors import CspError
from csp.ledger.sessions import Ledger
from csp.ledger.tables import (
    Decision,
    Delivery,
    LedgerTable,
    LedgerVersion,
    Publication,
    Receipt,
    Refresh,
    VerdictCount,
)

VERSION_1 = Path(__file__).with_name("version_1.sql").read_text(encoding="utf-8")
FEED, A, B, C, D = "police_street_crime", "a" * 64, "b" * 64, "c" * 64, "d" * 64
OTHER = "0123456789abcdef"
REJECTED, HEADER = "2021-06-btp-street.csv", "2021-07-btp-street.csv"
#: (delivery, sha256, feed, name, minute received, verdict, period, lines, rows), in order of name.
DELIVERIES = [
    (A[:16], A, FEED, "2021-08.zip/x/2021-06-btp-street.csv", 5, "accepted", "2021-06-01", 3, 2),
    (B[:16], B, FEED, f"z.zip/{HEADER}", 1, "accepted", "2021-07-01", 1, 0),
    (f"{OTHER[:15]}1", B, FEED, "2021-08-btp-street.csv", 2, "accepted", "2021-08-01", 1, 0),
    (C[:16], C, "iom_nominal", "nominal_20210601.csv", 3, "accepted", "2021-06-01", 9, 8),
    (f"{OTHER[:15]}2", C, "iom_nominal", "nominal_20210701.csv", 4, "accepted", "2021-07-01", 9, 8),
    (D[:16], D, FEED, REJECTED, 6, "rejected", None, 9, 0),
    (f"{OTHER[:15]}3", D, FEED, "another name.csv", 7, "rejected", None, 9, 0),
]


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A ledger as version 1 left it, with a refresh that was running."""
    path = tmp_path / "ledger.db"
    with sqlite3.connect(path) as connection:
        connection.executescript(VERSION_1)
        receipts = [(A[:16], "rejected at first.csv", 0)]
        for key, sha256, feed, name, minute, verdict, period, lines, rows in DELIVERIES:
            connection.execute(
                "insert into delivery values (?,?,?,?,?,?,null,null,?,null,null,1,?,1,0,0,?,0,0,1)",
                (key, sha256, feed, name, at(minute), verdict, period, lines, rows),
            )
            receipts.append((key, name, minute))
        for key, name, minute in sorted(receipts, key=lambda row: row[2]):
            connection.execute(
                "insert into receipt (delivery_id, file_name, received_at) values (?,?,?)",
                (key, name, at(minute)),
            )
        connection.executescript(f"""
            insert into verdict_count values ('{A[:16]}', 'D09', '', 'fix', 'A header', 1);
            insert into decision values (1, '{D[:16]}', 'discard', 'why', 'me', '{at(8)}');
            insert into refresh values
                (1, '{at(9)}', '{at(9)}', 'published', '[]', 1), (2, '{at(10)}', null, 'running',
                '[]', null);
            insert into publication values (1, 1, '{at(9)}', 'duckdb',
                '/old/root/published/publication-0001/warehouse.duckdb', 'code', '{{}}', 'digest');
            """)
    connection.close()
    return path


def at(minute: int) -> str:
    return f"2021-08-01 09:{minute:02}:00.000000"


def test_tables_columns_and_indexes_of_a_new_ledger_are_there(old: Path, tmp_path: Path) -> None:
    upgraded, new = Ledger(f"sqlite:///{old}"), Ledger(f"sqlite:///{tmp_path / 'new.db'}")
    seen, expected = inspect(upgraded.engine), inspect(new.engine)
    assert set(seen.get_table_names()) == set(LedgerTable.metadata.tables)
    for table in LedgerTable.metadata.tables:
        columns = [
            {c["name"]: str(c["type"]) for c in each.get_columns(table)}
            for each in (seen, expected)
        ]
        indexes = [{i["name"] for i in each.get_indexes(table)} for each in (seen, expected)]
        assert columns[0] == columns[1]
        assert indexes[0] >= indexes[1]


def test_every_row_is_kept_and_what_is_new_has_its_value(old: Path) -> None:
    with Ledger(f"sqlite:///{old}").session() as session:
        assert len(session.scalars(select(Delivery)).all()) == len(DELIVERIES)
        assert len(session.scalars(select(Receipt)).all()) == len(DELIVERIES) + 1
        (count,) = session.scalars(select(VerdictCount))
        (decision,) = session.scalars(select(Decision))
        (publication,) = session.scalars(select(Publication))
        outcomes = session.scalars(select(Refresh.outcome).order_by(Refresh.refresh_id)).all()
    assert (count.detail, count.lines) == ("", [])
    assert (decision.rests_on, decision.ended_at) == ({}, None)
    assert publication.location == "published/publication-0001/warehouse.duckdb"
    assert outcomes == ["published", "failed"]


def test_deliveries_stand_in_the_order_in_which_they_became_what_they_are(old: Path) -> None:
    with Ledger(f"sqlite:///{old}").session() as session:
        in_order = session.scalars(select(Delivery).order_by(Delivery.arrival)).all()
    received = [delivery.first_received_at for delivery in in_order]
    assert received == sorted(received)
    assert received[0] == datetime(2021, 8, 1, 9, 1)


def test_deliveries_are_told_apart_by_what_tells_them_apart_today(old: Path) -> None:
    with Ledger(f"sqlite:///{old}").session() as session:
        marks = dict(session.execute(select(Delivery.delivery_id, Delivery.sent_as)).all())
    assert marks == {
        A[:16]: "",
        B[:16]: HEADER,
        f"{OTHER[:15]}1": "2021-08-btp-street.csv",
        C[:16]: "2021-06-01",
        f"{OTHER[:15]}2": "2021-07-01",
        D[:16]: "",
        f"{OTHER[:15]}3": f"{OTHER[:15]}3",
    }


def test_a_ledger_is_brought_up_to_date_once(old: Path) -> None:
    with Ledger(f"sqlite:///{old}").writing() as session:
        session.execute(update(Delivery).values(sent_as=Delivery.delivery_id))
    with Ledger(f"sqlite:///{old}").session() as session:
        assert session.scalars(select(Delivery.sent_as).limit(1)).one()


def test_a_ledger_of_a_newer_version_is_refused_with_what_to_do(old: Path) -> None:
    with Ledger(f"sqlite:///{old}").writing() as session:
        session.execute(update(LedgerVersion).values(version=99))
    with pytest.raises(CspError, match="newer version of the platform"):
        Ledger(f"sqlite:///{old}")
