"""The figures of the programme office are true of its files, counted apart from the draw."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from csp.project import BOROUGH_SEEDS
from csp_simulator.borough_2021 import programme
from csp_simulator.borough_2021.truth import DomainTruth
from csp_simulator.places import Borough, load_borough


@pytest.fixture(scope="module")
def borough() -> Borough:
    return load_borough(BOROUGH_SEEDS)


@pytest.fixture(scope="module")
def written(borough: Borough, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, DomainTruth]:
    folder = tmp_path_factory.mktemp("programme")
    return folder, programme.write(folder, borough, seed=3, scale=1)


def ask(folder: Path, pattern: str, key: str | None, query: str) -> list[tuple]:
    """Rows of a query on `lines`: the newest version of each record by the deck's day."""
    rows = f"read_csv('{folder}/{pattern}', all_varchar = true)"
    newest = f"select * from {rows}"
    if key:
        newest += (
            f" where recorded_on <= '2021-10-31' qualify row_number() over "
            f"(partition by {key} order by record_version::int desc) = 1"
        )
    with duckdb.connect() as connection:
        return connection.execute(f"with lines as ({newest}) {query}").fetchall()


def funding(folder: Path, where: str, what: str) -> list[tuple]:
    query = f"select {what} from lines where {where}"
    return ask(folder, "programme/funding_line_*.csv", "line_id", query)


def test_money_of_the_presentation(written: tuple[Path, DomainTruth]) -> None:
    folder, truth = written
    said = truth.figures
    pounds = "sum(amount_gbp::bigint)"
    for kpi, where, amount in (
        ("K027.budget", "programme = 'CCTV_UPGRADE' and kind = 'budget'", 3_000_000),
        ("K048", "programme = 'TREATMENT' and kind = 'budget'", 8_000_000),
        ("K051", "programme = 'ADDER' and recipient = 'CE_BCU'", 1_000_000),
        ("K075", "programme = 'MY_ENDS' and kind = 'award'", 750_000),
    ):
        assert funding(folder, where, pounds) == [(amount,)]
        assert said[kpi] == amount
    adder = funding(
        folder,
        "programme = 'ADDER' and recipient = 'COUNCIL' order by line_id",
        "amount_qualifier, amount_gbp::int, amount_basis, term_months::int, source_quote_ref",
    )
    assert [list(line[:4]) for line in adder] == said["K050"]
    assert [line[:4] for line in adder] == [
        ("=", 1_000_000, "per_annum", 24),
        ("~", 1_000_000, "total", 12),
    ]
    assert len({line[4] for line in adder}) == 2


def test_projects_sites_and_wards(written: tuple[Path, DomainTruth]) -> None:
    folder, truth = written
    assert funding(folder, "programme = 'PREVENT' and kind = 'project'", "count(*)") == [(9,)]
    sites = funding(
        folder,
        "programme = 'PROTECTIVE_SECURITY' and kind = 'project'",
        "count(*), min(amount_gbp::int) > 0",
    )
    assert sites == [(2, True)]
    (live,) = funding(folder, "kind = 'wards_live'", "len(string_split(wards_covered, '|'))")
    assert live == (20,)
    assert (truth.figures["K036"], truth.figures["K042"], truth.figures["K001"]) == (9, 2, 100)


def test_milestones_have_the_days_of_the_presentation(written: tuple[Path, DomainTruth]) -> None:
    folder, truth = written
    found = dict(
        ask(
            folder,
            "programme/strategy_milestone_*.csv",
            "milestone_id",
            "select source_quote_ref || kind, done_on from lines where done_on is not null "
            "and source_quote_ref is not null",
        )
    )
    assert found["DECK-2021-S04-PSPOIN_FORCE"] == "2021-04-30"
    assert found["DECK-2021-S11-VVEAPPROVED"].startswith("2020-11")
    assert found["DECK-2021-S11-VVELAUNCHED"].startswith("2021-05")
    assert found["DECK-2021-S11-SOLACECONTRACTED"].startswith("2021-01")
    assert found["DECK-2021-S06-WEEKEVENT"] == "2021-10-09"
    assert found["DECK-2021-S08-SOCPUBLISHED"] == truth.figures["K067"]
    (actions,) = ask(
        folder,
        "programme/strategy_milestone_*.csv",
        "milestone_id",
        "select 100.0 * count(*) filter (status = 'DONE') / count(*) from lines "
        "where programme = 'VV_ACTION_PLAN' and kind = 'ACTION' and due_on <= '2021-10-31'",
    )
    assert float(actions[0]) == pytest.approx(truth.figures["K069"])


def test_feedback_is_themes_only(written: tuple[Path, DomainTruth]) -> None:
    folder, truth = written
    found = ask(
        folder,
        "programme/service_feedback_*.csv",
        None,
        "select count(*), count(distinct service), sum(linked_arrests::int), "
        "count(*) filter (sentiment = 'POSITIVE') from lines "
        "where received_on between '2020-11-01' and '2021-10-31'",
    )
    assert found == [(5, 5, 2, 5)]
    assert (truth.figures["K111"], truth.figures["K112"]) == (5, 1)
    header = next((folder / "programme").glob("service_feedback_*")).read_text().splitlines()[0]
    assert "text" not in header


def test_population_is_the_sum_of_the_wards(written: tuple[Path, DomainTruth]) -> None:
    folder, truth = written
    query = "select area_kind, sum(population::int), count(*) from lines group by 1"
    found = {
        kind: (people, areas)
        for kind, people, areas in ask(
            folder, "reference/population_estimates_2020.csv", None, query
        )
    }
    assert found["borough"] == (truth.figures["R1.population_2020"], 1)
    assert found["ward"] == (truth.figures["R1.population_2020"], 20)
    assert found["lsoa"][1] == 144


def test_every_row_is_counted(written: tuple[Path, DomainTruth]) -> None:
    folder, truth = written
    for feed, pattern in (
        ("programme_funding_line", "programme/funding_line_*.csv"),
        ("programme_milestone", "programme/strategy_milestone_*.csv"),
        ("programme_feedback", "programme/service_feedback_*.csv"),
        ("reference_population", "reference/population_estimates_*.csv"),
        ("reference_indicator", "reference/published_indicators_*.csv"),
    ):
        ((rows,),) = ask(folder, pattern, None, "select count(*) from lines")
        assert rows == truth.feeds[feed].rows, feed
        assert len(list(folder.glob(pattern))) == truth.feeds[feed].files


def test_the_same_seed_gives_the_same_files_and_feedback_grows(
    borough: Borough, tmp_path: Path
) -> None:
    truths = [
        programme.write(tmp_path / name, borough, seed=5, scale=scale)
        for name, scale in (("a", 1), ("b", 1), ("c", 3))
    ]
    a, b = (
        {path.name: path.read_bytes() for path in (tmp_path / name).rglob("*.csv")}
        for name in ("a", "b")
    )
    assert a == b
    assert truths[0] == truths[1]
    assert truths[2].figures["K111"] == 15
