"""Another borough's settings and seeds are read strictly, and put in where a contract says so."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from csp.catalogue import KpiCatalogue
from csp.contracts import ContractError, ContractRegistry
from csp.contracts.borough import VARIABLE, borough
from csp.contracts.registry import load_contract
from csp.errors import CspError
from csp.project import CONTRACTS, PROJECT_ROOT

SAMPLE_BOROUGH = PROJECT_ROOT / "tests" / "small_borough" / "sample_borough"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the sample borough's folder, which the environment names."""
    copy = tmp_path / "sample_borough"
    shutil.copytree(SAMPLE_BOROUGH, copy)
    monkeypatch.setenv(VARIABLE, str(copy))
    return copy


def edit(path: Path, old: str, new: str) -> None:
    """Change one place of a file."""
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_without_the_variable_it_is_the_projects_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    assert borough().is_projects_own


def test_a_contract_says_the_boroughs_words(folder: Path) -> None:
    assert not borough().is_projects_own
    registry = ContractRegistry()
    (wards,) = [c for c in registry.get("mps_ward_crime").gate_checks if c.id == "P4W-G-WARDS"]
    assert "'E05999901', 'E05999902', 'E05999903'" in str(wards.implementation.metric)
    assert wards.name == "All 3 wards are there"
    assert registry.get("asb_enforcement_action").team.name == "Sample Wardens (WARDEN) Service"
    camera = registry.get("cctv_camera")
    assert next(c for c in camera.columns if c.name == "camera_id").logicalTypeOptions.pattern == (
        "SB-CAM-[0-9]{3,6}"
    )


def test_the_catalogue_has_no_figure_that_the_partnership_never_gave(folder: Path) -> None:
    assert sum(len(kpi.figures) for kpi in KpiCatalogue()) == 0


def test_a_note_of_the_borough_stands_in_place_of_the_catalogues(folder: Path) -> None:
    edit(folder / "borough.yml", "presentation: false", "presentation: false\nnotes: {S04: Ours.}")
    (kpi,) = [kpi for kpi in KpiCatalogue() if kpi.id == "S04"]
    assert kpi.note == "Ours."
    assert {measure.note for measure in kpi.breakdowns.values()} == {"Ours."}


def test_a_note_on_no_kpi_is_told(folder: Path) -> None:
    edit(folder / "borough.yml", "presentation: false", "presentation: false\nnotes: {S999: Ours.}")
    feeds = {contract.id for contract in ContractRegistry()}
    (error,) = KpiCatalogue().errors(feeds)
    assert error == f"{folder / 'borough.yml'}: notes: no KPI is called 'S999'"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("code: E09999901", "code: Sample", ":2: code: "),
        ("wards: 3", "wards: 3\nward: 3", ":6: ward: unknown key"),
        ("name: Sample Borough", "name: St Mary's", ":3: name: "),
        ("  violence: {title", "  violent: {title", ":19: themes.violent"),
        ("wards: 3", "wards: 4", ": wards: says 4, and seeds/ward.csv has 3"),
        ("council: Council of Sample Borough\n", "", ": council: Field required"),
    ],
)
def test_a_wrong_setting_is_told_with_file_line_and_key(
    old: str, new: str, said: str, folder: Path
) -> None:
    edit(folder / "borough.yml", old, new)
    with pytest.raises(ContractError) as wrong:
        borough()
    assert str(wrong.value).startswith(str(folder / "borough.yml"))
    assert said in str(wrong.value)


def test_a_missing_seed_and_one_with_other_columns_are_told(folder: Path) -> None:
    (folder / "seeds" / "organisation.csv").unlink()
    edit(folder / "seeds" / "patrol_team.csv", "team,patrol_team", "team,name")
    with pytest.raises(ContractError) as wrong:
        borough()
    first, second = str(wrong.value).splitlines()
    assert first.startswith(f"{folder / 'seeds' / 'organisation.csv'}: missing; ")
    assert second == (
        f"{folder / 'seeds' / 'patrol_team.csv'}:1: the columns must be team,patrol_team"
    )


def test_a_folder_without_settings_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    with pytest.raises(CspError, match=r"holds no borough\.yml"):
        borough()


def test_a_word_that_no_borough_has_is_told_with_file_line_and_key(tmp_path: Path) -> None:
    contract = tmp_path / "camera.yml"
    text = (CONTRACTS / "cctv" / "camera.yml").read_text(encoding="utf-8")
    contract.write_text(text.replace("{borough.housing_code}", "{borough.mayor}"))
    line = text[: text.index("{borough.housing_code}")].count("\n") + 1
    with pytest.raises(ContractError, match="no word of the borough is called") as wrong:
        load_contract(contract)
    assert str(wrong.value).startswith(f"{contract}:{line}: schema.0.properties.")
