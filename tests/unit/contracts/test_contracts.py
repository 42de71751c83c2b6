"""Contracts load, keep the shape of the standard, and are refused with file, line and key."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from open_data_contract_standard.model import OpenDataContractStandard

from csp.contracts import ContractError, ContractRegistry, load_contract
from csp.contracts.editor_schema import parts_of_a_contract
from csp.contracts.registry import contract_hash, resolved
from csp.contracts.scaffold import scaffold
from csp.errors import CspError
from csp.project import PROJECT_ROOT

PATHS = ContractRegistry().paths
STREET = next(path for path in PATHS if path.stem == "street_crime")
WIDEST = 120
ROW_RULE = "column: longitude\n          together: [longitude, latitude]"
GATE, OPEN_GATE = "profile: volume_ratio\n          min: 0.2", "profile: volume_ratio"


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_contract_loads_and_stands_where_its_id_says(path: Path) -> None:
    contract = load_contract(path)
    assert contract.id == f"{path.parent.name}_{path.stem}"
    assert contract.row_checks
    assert contract.gate_checks
    assert ContractRegistry().path_of(contract) == path


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_contract_is_one_of_the_open_standard(path: Path) -> None:
    standard = OpenDataContractStandard.from_file(str(path))
    contract = load_contract(path)
    assert standard.apiVersion.startswith("v3.")
    assert standard.kind == "DataContract"
    (table,) = standard.schema_
    assert [column.name for column in table.properties] == [c.name for c in contract.columns]
    assert [rule.id for rule in table.quality] == [c.id for c in contract.dataset.quality]


@pytest.mark.parametrize(
    ("old", "new", "at", "key", "what"),
    [
        ("status: active", "status: active\ncolour: red", "colour: red", "colour", "unknown key"),
        ("kind: DataContract\n", "", "apiVersion", "kind", "Field required"),
        ("        severity: fix", "        severity: fatal", "severity: fatal", "severity", "fix"),
        (ROW_RULE, ROW_RULE.replace("longitude", "longtude", 1), "longtude", "column", "longtude"),
        ("id: P1-FORCE\n", "id: P1-B08\n", "id: P1-B08\n        name: Force", "id", "P1-B08"),
        (GATE, OPEN_GATE, f"implementation:\n          {OPEN_GATE}", "implementation", "bound"),
        (r"(?P<period>\d{4}", r"(?P<period\d{4}", r"(?P<period\d{4}", "fileNames", "regular"),
        ("property: sweep", "property: sweeps", "property: sweeps", "sweeps", "unknown custom"),
        ("sourceHeaders", "headers", "property: headers", "customProperties", "'headers'"),
        ("periodKind: month", "periodKind: hour", "periodKind: hour", "periodKind", "month"),
        ("period: crime_month", "period: day", "period: day", "grain.period", "no column"),
        ("name: crime_id", "name: Crime-ID", "name: Crime-ID", "name", "lower-case"),
        ("name: location", "name: series", "name: series", "name", "platform's own"),
        ("{published: [Month]}", "{odd: [Month]}", "{odd: [Month]}", "sourceHeaders", "layout"),
        ("vocabulary: police_force", "why: odd", "why: odd", "why", "unknown key"),
        ("kind: DataContract", "kind: [DataContract", "", "", "expected"),
    ],
)
def test_a_faulty_contract_is_refused_with_file_line_and_key(
    old: str, new: str, at: str, key: str, what: str, tmp_path: Path
) -> None:
    text = STREET.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "street_crime.yml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ContractError) as refused:
        load_contract(path)
    sentences = str(refused.value).splitlines()
    faults = [line.removeprefix(f"{path}:").split(": ", 2) for line in sentences]
    fault = next(fault for fault in faults if key in fault[1])
    if at:
        before = path.read_text(encoding="utf-8").split(at)[0]
        assert int(fault[0]) == before.count("\n") + 1
    assert what in "".join(fault[1:])


@pytest.mark.parametrize("text", ["", "- a list\n", "a: [1\n", "one word"])
def test_a_file_that_is_no_contract_is_refused_with_its_name(text: str, tmp_path: Path) -> None:
    path = tmp_path / "odd.yml"
    path.write_text(text)
    with pytest.raises(ContractError, match=r"odd\.yml:\d+: "):
        load_contract(path)


def test_an_unknown_feed_is_named_beside_the_known_ones(registry: ContractRegistry) -> None:
    with pytest.raises(CspError, match=r"'nothing'.*fire_lfb_incident, .*police_street_crime"):
        registry.get("nothing")


def test_a_broken_contract_leaves_the_other_feeds_readable(tmp_path: Path) -> None:
    for path in PATHS:
        copy = tmp_path / path.parent.name / path.name
        copy.parent.mkdir(exist_ok=True)
        copy.write_text("broken: [" if path == STREET else path.read_text(encoding="utf-8"))
    assert ContractRegistry(tmp_path).only("fire_lfb_incident").get("fire_lfb_incident")
    with pytest.raises(ContractError):
        list(ContractRegistry(tmp_path))


def test_the_hash_follows_the_meaning_and_not_the_spelling(tmp_path: Path) -> None:
    text = STREET.read_text(encoding="utf-8")
    spelt, meant = tmp_path / "spelt.yml", tmp_path / "meant.yml"
    spelt.write_text(f"# A remark\n{text}", encoding="utf-8")
    meant.write_text(text.replace("version: 1.0.0", "version: 1.0.1"), encoding="utf-8")
    original = contract_hash(load_contract(STREET))
    assert contract_hash(load_contract(spelt)) == original != contract_hash(load_contract(meant))


@pytest.mark.parametrize(
    ("old", "new", "is_meant"),
    [
        ("examples: [2021-06]", "examples: [2021-05]", False),
        ("bad: [{Longitude: ''}, {", "bad: [{", False),
        ("fileNameExample, value: 2021-06", "fileNameExample, value: 2021-05", False),
        ("max: 0.05\n", "max: 0.05\n          bad: {share: 0.5}\n", False),
        ("longitude: [-9, 2.1]", "longitude: [-9, 2]", True),
        ("max: 0.05", "max: 0.06", True),
        ("together: [longitude, latitude]", "together: [latitude, longitude]", True),
        ("periodKind: month", "periodKind: year", True),
        ("{published: [Context]}", "{published: [Note]}", True),
    ],
)
def test_the_hash_leaves_samples_out_and_follows_every_bound(
    old: str, new: str, is_meant: bool, tmp_path: Path
) -> None:
    text = STREET.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "changed.yml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    before, after = load_contract(STREET), load_contract(path)
    assert (contract_hash(before) != contract_hash(after)) is is_meant
    assert resolved(before) != resolved(after)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_no_line_of_a_contract_is_longer_than_an_editor_shows(path: Path) -> None:
    long = [line for line in path.read_text(encoding="utf-8").splitlines() if len(line) > WIDEST]
    assert long == []


def test_the_resolved_contract_is_whole(registry: ContractRegistry) -> None:
    for contract in registry:
        assert type(contract).model_validate(json.loads(resolved(contract))) == contract


def test_the_contract_shown_in_the_docs_loads(tmp_path: Path) -> None:
    page = (PROJECT_ROOT / "docs" / "contracts.md").read_text(encoding="utf-8")
    path = tmp_path / "camera_status.yml"
    path.write_text(page.split("```yaml\n")[1].split("```")[0], encoding="utf-8")
    assert load_contract(path).id == "cctv_camera_status"


def test_the_docs_name_every_key() -> None:
    page = (PROJECT_ROOT / "docs" / "contracts.md").read_text(encoding="utf-8")
    keys = {key for part in parts_of_a_contract().values() for key in part.model_fields}
    words = set(re.findall(r"\w+", page)) | {"schema_"}
    assert keys - words == set()


def test_a_first_contract_is_of_the_samples_format(tmp_path: Path) -> None:
    sample = tmp_path / "permits_202106.csv"
    sample.write_text("Permit;Issued on;Held by\n1;2021-06-02;'a; b'\n2;2021-06-03;'c'\n")
    (path, _) = scaffold("harbour", "permit", sample, _root_at(tmp_path))
    contract = load_contract(path)
    assert path.read_text().startswith("# yaml-language-server: ")
    assert [column.name for column in contract.columns] == ["permit", "issued_on", "held_by"]
    said = contract.platform.format
    assert (said.delimiter, said.quote) == (";", "'")


def _root_at(folder: Path) -> Path:
    (folder / "dags" / "partner_feeds").mkdir(parents=True)
    return folder
