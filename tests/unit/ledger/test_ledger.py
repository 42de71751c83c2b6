"""The ledger records every step, and the data root names every place."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import SQLAlchemyError

from csp.errors import CspError
from csp.ledger.sessions import Ledger, utc_now
from csp.ledger.tables import Step
from csp.storage.home import Home


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(f"sqlite:///{tmp_path / 'ledger.db'}")


def test_a_step_that_fails_is_recorded_without_its_message(ledger: Ledger) -> None:
    with pytest.raises(ValueError, match="a value"), ledger.step("intake", "x") as detail:
        detail.append("begun")
        raise ValueError("a value of a row")
    with ledger.session() as session:
        (step,) = session.scalars(select(Step)).all()
    assert (step.outcome, step.detail) == ("failed", "begun; ValueError")


def test_a_session_that_fails_leaves_nothing(ledger: Ledger) -> None:
    step = {"step": "a", "subject": "b", "seconds": 0.0, "outcome": "done", "detail": ""}
    with pytest.raises(RuntimeError), ledger.session() as session:
        session.add(Step(**step, started_at=utc_now()))
        session.flush()
        raise RuntimeError
    with ledger.session() as session:
        assert session.scalars(select(Step)).all() == []


def test_opening_a_ledger_again_keeps_what_is_in_it(ledger: Ledger, tmp_path: Path) -> None:
    with ledger.step("intake", "x"):
        pass
    with Ledger(f"sqlite:///{tmp_path / 'ledger.db'}").session() as session:
        assert len(session.scalars(select(Step)).all()) == 1


def test_the_data_root_comes_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CSP_HOME", str(tmp_path / "root"))
    monkeypatch.delenv("CSP_LEDGER", raising=False)
    home = Home.from_environment()
    assert home.root == tmp_path / "root"
    assert home.ledger_url == f"sqlite:///{tmp_path / 'root' / 'ledger.db'}"
    monkeypatch.setenv("CSP_LEDGER", "sqlite://")
    assert home.ledger_url == "sqlite://"


def test_a_fault_is_written_down_by_place_and_kind_and_never_by_message(tmp_path: Path) -> None:
    try:
        raise ValueError("a value of a row")
    except ValueError as fault:
        log = Home(tmp_path).note_error(fault)
    text = log.read_text(encoding="utf-8")
    assert "ValueError" in text
    assert "test_ledger.py" in text
    assert "Error: a value of a row" not in text


def test_a_fault_that_cannot_be_written_down_makes_no_second_one(tmp_path: Path) -> None:
    (tmp_path / "logs").touch()
    assert Home(tmp_path).note_error(ValueError("x")) is None
    (tmp_path / "logs").unlink()
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "faults.log").symlink_to("/dev/full")
    assert Home(tmp_path).note_error(ValueError("x")) is None


def test_a_ledger_in_another_database_is_refused_with_those_that_can_hold_it() -> None:
    with pytest.raises(CspError, match="CSP_LEDGER is 'mysql'; it must be one of: sqlite, postg"):
        Ledger("mysql://clerk:hush-hush@localhost/ledger")


def test_what_a_statement_carries_is_in_no_message(ledger: Ledger) -> None:
    step = {"step": "a", "subject": "a value", "started_at": utc_now(), "outcome": "done"}
    with pytest.raises(SQLAlchemyError) as raised, ledger.session() as session:
        session.execute(insert(Step).values(**step, seconds=None, detail=None))
    assert "a value" not in str(raised.value)


def test_a_rehearsal_judges_lateness_on_a_day_of_its_own(tmp_path: Path) -> None:
    home = Home(tmp_path)
    assert abs((home.today - utc_now().date()).days) <= 1
    home.rehearse(date(2022, 1, 1))
    assert home.today == date(2022, 1, 1)


def test_a_day_that_is_none_is_refused_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "today").write_text("next Monday", encoding="utf-8")
    with pytest.raises(CspError, match=r"today: holds no date.*remove the file"):
        _ = Home(tmp_path).today
