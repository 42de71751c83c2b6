"""The truth of treatment and of the offender cohort is that of the files, counted another way."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from csp.project import BOROUGH_SEEDS
from csp_simulator.borough_2021 import iom, treatment
from csp_simulator.borough_2021.truth import DomainTruth
from csp_simulator.places import load_borough

BOROUGH = load_borough(BOROUGH_SEEDS)
WINDOW = "between date '2020-11-01' and date '2021-10-31'"
EPISODES = """
create table submitted as
select *, regexp_extract(filename, 'L09\\d\\d-(\\d{6})', 1) as month,
    row_number() over (partition by AGNCY, CLIENTID, EPISODID order by filename desc) as newest
from read_csv('{folder}/treatment/L09*.csv', all_varchar = true, filename = true)
where not (filename like '%L0903-20200601%' and filename not like '%resubmitted%')
    and not (filename like '%L0901-20210201%' and filename not like '%resubmitted%');
create table refused as
select AGNCY, CLIENTID, max(month) as refused_in from submitted where CONSENT = 'N' group by all;
create table episode as
select AGNCY, CLIENTID, EPISODID,
    FINITIAL || SINITIAL || DOB || replace(replace(SEX, 'M', '1'), 'F', '2') as who,
    strptime(any_value(TRIAGED), '%d/%m/%Y')::date as triaged,
    strptime(any_value(DISD), '%d/%m/%Y')::date as discharged,
    any_value(DISRSN) as reason, any_value(RFLS) as source, any_value(NALOXISS) as naloxone,
    [any_value(DRUG1), any_value(DRUG2), any_value(DRUG3)] as drugs,
    min_by({'started': strptime(MODST, '%d/%m/%Y')::date,
            'referred': strptime(REFMODDT, '%d/%m/%Y')::date},
        strptime(MODST, '%d/%m/%Y')) filter (MODAL in ('94', '95')) as first_intervention
from (
    select submitted.*, max(month) over (partition by AGNCY, CLIENTID, EPISODID) as last_month
    from submitted left join refused using (AGNCY, CLIENTID)
    where CONSENT = 'Y' and (refused_in is null or month > refused_in) and DAT = 'L09B'
)
where month = last_month
group by all having bool_or(MODAL in ('94', '95'));
"""
JOURNEYS = """
create table journey as
select who, number, min(triaged) as began,
    case when count(*) = count(discharged) then max(discharged) end as ended,
    list_contains(flatten(list(drugs)), '1011') or list_contains(flatten(list(drugs)), '1105')
        or list_contains(flatten(list(drugs)), '1000') as opiate,
    list_contains(flatten(list(drugs)), '7000') as alcohol,
    min(first_intervention) as first_intervention,
    list({'day': discharged, 'reason': reason}) as ends
from (
    select *, sum(starts) over (partition by who order by triaged, AGNCY, EPISODID) as number
    from (
        select *, case when triaged - max(coalesce(discharged, date '2999-01-01')) over (
            partition by who order by triaged, AGNCY, EPISODID
            rows between unbounded preceding and 1 preceding
        ) < 21 then 0 else 1 end as starts
        from episode
    )
)
group by who, number;
alter table journey add column completed boolean;
update journey set completed = ended is not null and len(list_filter(ends,
    lambda e: e.day = ended and e.reason not in ('80', '81', '82'))) = 0;
"""


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, DomainTruth, DomainTruth]:
    """Everything at the usual scale."""
    folder = tmp_path_factory.mktemp("treatment")
    parts = [m.write(folder, BOROUGH, seed=2021, scale=1.0) for m in (treatment, iom)]
    return folder, *parts


@pytest.fixture(scope="module")
def counted(
    written: tuple[Path, DomainTruth, DomainTruth],
) -> Iterator[duckdb.DuckDBPyConnection]:
    """The files in a database, episodes and journeys formed in SQL."""
    with duckdb.connect() as connection:
        connection.execute(EPISODES.replace("{folder}", str(written[0])))
        connection.execute(JOURNEYS)
        yield connection


def one(connection: duckdb.DuckDBPyConnection, sql: str) -> object:
    """The only value of a query."""
    return connection.sql(sql).fetchone()[0]


def test_figures_of_treatment_are_those_of_the_files(
    counted: duckdb.DuckDBPyConnection, written: tuple[Path, DomainTruth, DomainTruth]
) -> None:
    figures = written[1].figures
    present = (
        "began <= date '2021-10-31' and coalesce(ended, date '2999-01-01') >= date '2020-11-01'"
    )
    assert (
        one(counted, f"select count(distinct who) from journey where {present}") == figures["K049"]
    )
    opiate = one(counted, f"select count(distinct who) from journey where {present} and opiate")
    assert opiate == figures["K049.by_client_group"]["opiate"]
    alone = f"select count(distinct who) from journey where {present} and alcohol and not opiate"
    mixed = figures["K049.by_client_group"]
    assert one(counted, alone) <= mixed["alcohol only"] + mixed["non-opiate and alcohol"]
    assert (
        one(counted, f"select count(*) from journey where began {WINDOW}")
        == (figures["S26.new_journeys"])
    )
    waits = f"""select
        count(*) filter (first_intervention.started - first_intervention.referred <= 21),
        count(first_intervention.started) from journey where began {WINDOW}"""
    share = figures["S26.waiting_within_3_weeks"]
    assert counted.sql(waits).fetchone() == (share["numerator"], share["denominator"])
    effective = f"""select count(*) filter (kept >= 84 or completed), count(*) from (
        select *, coalesce(ended, date '2021-12-31') - began as kept
        from journey where began {WINDOW}
    ) where kept >= 84 or ended is not null"""
    share = figures["S26.effective_treatment"]
    assert counted.sql(effective).fetchone() == (share["numerator"], share["denominator"])
    done = figures["S26.successful_completion"]["all"]
    ended = f"select count(distinct who) from journey where completed and ended {WINDOW}"
    assert one(counted, ended) == done["numerator"]
    returned = """select count(*) filter (following < ended + interval 6 month), count(*) from (
        select *, lead(began) over (partition by who order by began) as following from journey
    ) where completed and ended between date '2020-05-01' and date '2021-04-30'"""
    share = figures["S26.representation"]
    assert counted.sql(returned).fetchone() == (share["numerator"], share["denominator"])


def test_the_caseload_is_as_calibrated(
    counted: duckdb.DuckDBPyConnection, written: tuple[Path, DomainTruth, DomainTruth]
) -> None:
    figures = written[1].figures
    assert 2000 <= figures["K049"] <= 2300
    assert 0.55 <= figures["K049.by_client_group"]["opiate"] / figures["K049"] <= 0.65
    assert 98 <= figures["S26.waiting_within_3_weeks"]["value"] <= 99.5
    assert 35 <= figures["S26.continuity_of_care"]["value"] <= 45
    heaped = """select avg(case when DOB like '01/01/%' then 1.0 else 0 end)
        from submitted where CONSENT = 'Y'"""
    assert 0.08 <= one(counted, heaped) <= 0.12
    refused = (
        "select avg(case when CONSENT = 'N' then 1.0 else 0 end) from submitted where newest = 1"
    )
    assert 0.01 <= one(counted, refused) <= 0.05
    filled = (
        "select count(*) from submitted where CONSENT = 'N' and coalesce(DOB, TRIAGED) is not null"
    )
    assert one(counted, filled) == 0


def test_figures_of_the_cohort_are_those_of_the_files(
    written: tuple[Path, DomainTruth, DomainTruth],
) -> None:
    folder, _, truth = written
    with duckdb.connect() as connection:
        connection.execute(f"""create view person as select * from
            read_csv('{folder}/iom/iom_nominal_202110.csv', all_varchar = true)
            where deselected_on is null""")
        assert one(connection, "select count(*) from person") == truth.figures["K060"] == 100
        class_a = one(connection, "select count(*) from person where class_a_flag = '1'")
        assert class_a == truth.figures["K063"] == 70
        assert round(truth.figures["K064"], 1) == 71.4
        assert truth.figures["K065"] == 50
        again = f"""select count(distinct nominal_token) from person join (
            select nominal_token, offence_on::date as day, disposal from read_csv(
                '{folder}/iom/iom_reoffence_*.csv', all_varchar = true)
        ) using (nominal_token)
        where day {WINDOW} and day >= adopted_on::date and disposal <> 'NFA'"""
        assert one(connection, again) == truth.figures["K061"] == 14


def test_half_of_the_cohort_is_found_in_treatment_by_the_attributor(
    counted: duckdb.DuckDBPyConnection, written: tuple[Path, DomainTruth, DomainTruth]
) -> None:
    folder, _, truth = written
    links = counted.sql(f"""
        with person as (
            select *, attributor[1:2] || attributor[10:11] || '/' || attributor[8:9] || '/'
                || attributor[4:7] || attributor[13:13] as who
            from read_csv('{folder}/iom/iom_nominal_202110.csv', all_varchar = true)
            where deselected_on is null
        )
        select count(*), count(*) filter (attributor like '%0101|%'),
            count(*) filter (class_a_flag = '1')
        from person where who in (
            select who from journey where began <= date '2021-10-31'
            and coalesce(ended, date '2999-01-01') >= date '2020-11-01'
        )
    """).fetchone()
    known = truth.figures["linkage.iom_treatment"]
    assert links == (known["links_found"], known["links_of_heaped_dates"], 50)
    assert known["links_right"] == known["links_found"] - known["links_of_heaped_dates"]
    assert known["true_pairs_in_window"] > known["links_right"]
    assert len({nominal for nominal, _, _ in truth.figures["linkage.who_is_who"]}) == 64


def test_same_seed_same_bytes_and_another_scale_is_larger(tmp_path: Path) -> None:
    found = []
    for name, scale in (("a", 0.1), ("b", 0.1), ("c", 0.3)):
        for module in (treatment, iom):
            module.write(tmp_path / name, BOROUGH, seed=7, scale=scale)
        files = sorted(path for path in (tmp_path / name).rglob("*") if path.is_file())
        found.append({str(p.relative_to(tmp_path / name)): p.read_bytes() for p in files})
    assert found[0] == found[1]
    assert sum(map(len, found[2].values())) > 2 * sum(map(len, found[0].values()))


def test_each_bad_input_is_written_where_its_label_says(tmp_path: Path) -> None:
    labels = [f for m in (treatment, iom) for f in m.faults(tmp_path, BOROUGH, seed=2021)]
    assert {label.code for label in labels} >= {f"B{n}" for n in range(33, 51)} | {
        "B72",
        "B73",
        "B82",
    }
    for label in labels:
        assert (tmp_path / label.file).stat().st_size > 0
