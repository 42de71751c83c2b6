"""The CCTV control room of the scenario says of itself what its files say."""

from __future__ import annotations

import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import duckdb
import pytest

from csp.project import BOROUGH_SEEDS
from csp_simulator.borough_2021.cctv import write
from csp_simulator.borough_2021.truth import DomainTruth
from csp_simulator.places import Borough, load_borough

STEMS = {
    "cctv_incident": ("cctv_incident", ["incident_ref"]),
    "cctv_vehicle_hit": ("wanted_vehicle", ["hit_ref"]),
    "cctv_evidence_request": ("evidence_request", ["request_ref"]),
    "cctv_camera": ("camera_register", []),
    "cctv_camera_status": ("camera_status", []),
}
Ask = Callable[[str], Any]


@pytest.fixture(scope="module")
def borough() -> Borough:
    """The borough as it is."""
    return load_borough(BOROUGH_SEEDS)


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the scenario lies."""
    return tmp_path_factory.mktemp("cctv")


@pytest.fixture(scope="module")
def told(out: Path, borough: Borough) -> DomainTruth:
    """What it says of itself."""
    return write(out, borough, seed=2021, scale=1)


def delivered(out: Path) -> Iterator[tuple[str, str]]:
    """Name and content of every file, those in archives too."""
    for path in sorted((out / "cctv").iterdir()):
        if path.suffix == ".zip":
            with zipfile.ZipFile(path) as archive:
                for name in archive.namelist():
                    yield name, archive.read(name).decode()
        else:
            yield path.name, path.read_text(encoding="utf-8")


def in_one_file_a_feed(out: Path, folder: Path) -> None:
    """Puts the files of each feed into one, with the name of the file before each row."""
    rows: dict[str, list[str]] = defaultdict(list)
    for name, content in delivered(out):
        feed = next(feed for feed, (stem, _) in STEMS.items() if name.startswith(stem))
        header, *lines = content.splitlines()
        rows[feed] = rows[feed] or [f"filename,{header}"]
        rows[feed] += [f"{name},{line}" for line in lines]
    for feed, lines in rows.items():
        (folder / f"{feed}.csv").write_text("\n".join(lines), encoding="utf-8")


@pytest.fixture(scope="module")
def ask(out: Path, told: DomainTruth, tmp_path_factory: pytest.TempPathFactory) -> Ask:
    """Asks the files; `incident` and `hit` are in their newest versions."""
    folder = tmp_path_factory.mktemp("files")
    in_one_file_a_feed(out, folder)
    connection = duckdb.connect()
    connection.execute("set timezone = 'Europe/London'")
    for feed in STEMS:
        source = f"read_csv('{folder}/{feed}.csv', all_varchar = true, header = true)"
        connection.execute(f"create table {feed} as from {source}")
    for name, feed, key in (
        ("incident", "cctv_incident", "incident_ref"),
        ("hit", "cctv_vehicle_hit", "hit_ref"),
    ):
        connection.execute(f"""
            create table {name} as from {feed} qualify row_number() over (
                partition by {key} order by record_version::int desc, filename desc) = 1""")
    connection.execute("""
        create macro is_q1(moment) as
            moment::timestamptz::date between '2021-04-01' and '2021-06-30'""")
    connection.execute("""
        create table request as from cctv_evidence_request qualify row_number() over (
            partition by request_ref order by filename desc) = 1""")

    def answer(query: str) -> Any:  # noqa: ANN401 - one value or rows
        rows = connection.execute(query).fetchall()
        return rows[0][0] if len(rows) == 1 and len(rows[0]) == 1 else rows

    return answer


def test_the_quarter_has_the_presentations_figures(told: DomainTruth) -> None:
    said = {name: told.figures[name] for name in ("K021", "K022", "K024", "K025")}
    assert said == {"K021": 254, "K022": 43, "K024": 42, "K025": 12}


def test_the_files_bear_the_figures_of_incidents_out(told: DomainTruth, ask: Ask) -> None:
    criminal = "from incident where is_criminal = 'true' and is_q1(detected_at)"
    assert ask(f"select count(*) {criminal}") == told.figures["K021"]
    assert ask(f"select sum(arrest_count::int)::int {criminal}") == told.figures["K022"]
    with_arrest = ask(f"select count(*) {criminal} and arrest_count::int > 0")
    assert [with_arrest, 254] == told.figures["K023"]
    wards = ask(f"select coalesce(ward_code, 'unplaced'), count(*) {criminal} group by 1")
    assert dict(wards) == told.figures["K021.by_ward"]
    spotted = ask("""select count(*) filter (detection_mode = 'OPERATOR'), count(*)
        from incident where is_q1(detected_at)""")
    assert [list(row) for row in spotted] == [told.figures["K030"]]
    assert told.figures["K030"][1] == 3500


def test_first_versions_alone_would_give_other_figures(ask: Ask) -> None:
    first = "from cctv_incident where record_version = '1' and filename not like '%again%'"
    quarter = f"{first} and is_criminal = 'true' and is_q1(detected_at)"
    assert ask(f"select count(*) {quarter}") < 254
    assert ask(f"select sum(arrest_count::int)::int {quarter}") < 43


def test_the_files_bear_the_figures_of_vehicles_out(told: DomainTruth, ask: Ask) -> None:
    serious = "from hit where linked_serious_crime = 'true' and is_q1(hit_at)"
    day = "hit_at::timestamptz::date"
    assert ask(f"select count(distinct (vrm_token, {day})) {serious}") == told.figures["K024"]
    assert ask(f"select count(*) {serious}") > 42
    assert ask("select sum(arrest_count::int)::int from hit where is_q1(hit_at)") == 12
    stopped = ask(f"select count(distinct (vrm_token, {day})) {serious} and arrest_count <> '0'")
    assert [stopped, 42] == told.figures["K026"]


def test_the_files_bear_the_figures_of_requests_out(told: DomainTruth, ask: Ask) -> None:
    asked = "from request where is_q1(requested_at)"
    n = ask(f"select count(*) {asked}")
    in_time = ask(f"select count(*) {asked} and exported_at::timestamptz <= due_at::timestamptz")
    assert [in_time, n] == told.figures["K029"]
    assert ask(f"select count(exported_at) {asked}") == told.figures["K029.packages"]
    late = ask(f"select count(*) {asked} and within_retention = 'false'")
    assert [late, n] == told.figures["K029.too_late"]


def test_the_files_bear_availability_out(told: DomainTruth, ask: Ask) -> None:
    months = ask("""
        select strftime(interval_start::timestamptz, '%Y-%m'),
            sum(interval_minutes::int) filter (state = 'UP')::int,
            sum(interval_minutes::int) filter (state <> 'PLANNED')::int
        from cctv_camera_status group by 1""")
    assert {month: [up, available] for month, up, available in months} == (
        told.figures["K028.by_month"]
    )


@pytest.mark.parametrize("feed", STEMS)
def test_every_feed_has_the_files_and_rows_it_tells_of(
    feed: str, told: DomainTruth, ask: Ask
) -> None:
    truth, (_, key) = told.feeds[feed], STEMS[feed]
    assert ask(f"select count(*) from {feed}") == truth.rows
    assert ask(f"select count(distinct filename) from {feed}") == truth.files
    if key:
        assert ask(f"select count(distinct {key[0]}) from {feed}") == truth.current


def test_no_reference_is_given_twice(ask: Ask) -> None:
    for feed, key in (("cctv_incident", "incident_ref"), ("cctv_vehicle_hit", "hit_ref")):
        assert not ask(f"""select {key} from {feed} where filename not like '%again%'
            group by {key}, record_version having count(*) > 1""")
    assert not ask("""select i.incident_ref from incident as i
        anti join request as r on i.evidence_request_ref = r.request_ref
        where i.evidence_request_ref is not null""")
    assert not ask("""select i.incident_ref from incident as i
        anti join hit as h on i.vehicle_hit_ref = h.hit_ref where i.vehicle_hit_ref is not null""")


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_the_seed_alone_decides(tmp_path: Path, borough: Borough) -> None:
    once, twice = (
        write(tmp_path / name, borough, seed=5, scale=0.02) for name in ("once", "twice")
    )
    assert once == twice
    assert digests(tmp_path / "once") == digests(tmp_path / "twice")


def test_three_times_the_volume(tmp_path: Path, borough: Borough, told: DomainTruth) -> None:
    larger = write(tmp_path, borough, seed=2021, scale=3)
    assert (larger.figures["K021"], larger.figures["K022"]) == (762, 129)
    for feed, truth in told.feeds.items():
        assert 2.5 < larger.feeds[feed].current / truth.current < 3.5
