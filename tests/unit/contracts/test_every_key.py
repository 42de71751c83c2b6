"""Every key that a contract may have does something: each is changed here, and something differs.

The walk over the models of a contract fails when a key has no case, so that none is accepted that
nobody reads.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from pydantic import ValidationError

from csp.contracts import Contract, ContractRegistry
from csp.contracts.dbt_models import dbt_files
from csp.contracts.derived import check_derived, dag_file, docs_page, write_derived
from csp.contracts.dictionary import data_dictionary
from csp.contracts.editor_schema import parts_of_a_contract
from csp.contracts.measures import measured
from csp.contracts.registry import contract_hash
from csp.contracts.samples import column_cases, sample_file
from csp.ingest.findings import RejectedError
from csp.ingest.header import map_header
from csp.ingest.recognise import facts_of_name
from csp.ingest.rules import compiled_rules, evaluation_query

if TYPE_CHECKING:
    from tests.conftest import Desk

CASES = yaml.safe_load(Path(__file__).with_name("every_key.yml").read_text(encoding="utf-8"))
REFUSED, INGESTED = "refused", "ingested"
SHIP = Path(__file__).parent / "contracts" / "harbour" / "ship.yml"
NAME = "ships_20210612.csv"
BOUNDS = {"profile", "min", "max", "leastRows"}
DeskAt = Callable[[Path, ContractRegistry], "Desk"]


def rows(contract: Contract) -> object:
    """What is done with each row: its rules, and the query that finds and fixes."""
    header = map_header(contract, sample_file(contract, []).strip().split(","))
    rules = compiled_rules(contract)
    query = evaluation_query(
        contract,
        header,
        "source",
        rules=rules,
        delivery_id="d",
        delivery_period="null::date",
        received_on="date '2021-07-01'",
        blanks=" ",
    )
    return rules, query


def gate(contract: Contract) -> object:
    """What the gate measures, and within which bounds."""
    return [
        (
            *(check.id, check.severity, check.description, measured(contract, check)),
            *check.implementation.model_dump(include=BOUNDS).values(),
        )
        for check in contract.gate_checks
    ]


def header(contract: Contract) -> object:
    """How a header of today without the pilot and one of older files are bound to columns."""
    today = sample_file(contract, []).strip().split(",")
    headers = [
        [h for h in today if h != "pilot"] + ["Colour"],
        ["Ref", *today[1:]],
        ["x_7", *today],
    ]
    found: list[object] = []
    for names in headers:
        try:
            found.append(map_header(contract, names))
        except RejectedError as error:
            found.append(str(error))
    return found


def names(contract: Contract) -> object:
    """What is told by the names of files."""
    said = (NAME, "boats_20210612.csv")
    return [
        f and (f.period_start, f.release_on) for f in (facts_of_name(n, contract) for n in said)
    ]


def dbt(contract: Contract) -> object:
    """The dbt files."""
    return dbt_files(contract.domain, [contract], Path("project"))


def samples(contract: Contract) -> object:
    """The files that tests make of it, and what they hold to be found in them."""
    checks = contract.dataset.quality
    tried = [c.implementation.model_dump(include={"good", "bad", "also"}) for c in checks]
    cases = [column_cases(contract, column) for column in contract.columns]
    return sample_file(contract, [{}]), contract.platform.fileNameExample, tried, cases


def landing(contract: Contract) -> object:
    """How a received file is kept."""
    return contract.platform.kept_in_landing, contract.needs_key


def strays(contract: Contract) -> object:
    """What is done with another feed's file in the inbox; see tests/unit/ingest/test_strays.py."""
    return contract.platform.strayFiles


SEEN: dict[str, Callable[[Contract], object]] = {
    "rows": rows,
    "gate": gate,
    "header": header,
    "names": names,
    "dbt": dbt,
    "samples": samples,
    "landing": landing,
    "strays": strays,
    "page": docs_page,
    "dag": dag_file,
    "dictionary": lambda contract: data_dictionary([contract], Path("project")),
}


def ships() -> dict[str, Any]:
    """The contract of ships as its file says it."""
    content: dict[str, Any] = yaml.safe_load(SHIP.read_text(encoding="utf-8"))
    return content


def at(part: Any, step: str) -> Any:  # noqa: ANN401 - whatever the YAML holds
    """The part of a contract one step down, by key, place, column, check or custom property."""
    if isinstance(part, list):
        if step.isdigit():
            return part[int(step)]
        return next(item for item in part if step in (item["name"], item.get("id")))
    if step == "columns" and "schema" in part:
        return part["schema"][0]["properties"]
    if step == "quality" and "schema" in part:
        return part["schema"][0]["quality"]
    return part[step] if step in part else custom(part, step)["value"]


def custom(part: dict[str, Any], name: str) -> dict[str, Any]:
    """A custom property; an empty one when the part has none of that name."""
    return next((p for p in part.get("customProperties", []) if p["property"] == name), {})


def changed(content: dict[str, Any], where: str, value: object) -> dict[str, Any]:
    """The contract with another value at a place."""
    content = copy.deepcopy(content)
    *steps, last = where.split(".")
    part: Any = content
    for step in steps:
        part = at(part, step)
    if isinstance(part, list):
        part[int(last)] = value
    elif said := custom(part, last):
        said["value"] = value
    else:
        part[last] = value
    return content


def cases(*kinds: str) -> list[Any]:
    """The cases of these kinds, each by its key."""
    return [
        pytest.param(*(case if len(kinds) > 1 else case[:2]), id=key)
        for key, case in CASES.items()
        if case[2] in kinds
    ]


def test_every_key_has_a_case() -> None:
    keys = {
        f"{name}.{key}" for name, part in parts_of_a_contract().items() for key in part.model_fields
    }
    assert set(CASES) == keys


@pytest.mark.parametrize(("where", "value", "what"), cases(*SEEN))
def test_a_key_changes_what_is_made_of_the_contract(where: str, value: Any, what: str) -> None:  # noqa: ANN401
    see = SEEN[what]
    before = see(Contract.model_validate(ships()))
    assert before == see(Contract.model_validate(ships()))
    assert before != see(Contract.model_validate(changed(ships(), where, value)))


@pytest.mark.parametrize(("where", "value"), cases(REFUSED))
def test_a_value_that_means_nothing_is_refused(where: str, value: Any) -> None:  # noqa: ANN401
    with pytest.raises(ValidationError):
        Contract.model_validate(changed(ships(), where, value))


def outcome_of(content: dict[str, Any], folder: Path, desk_at: DeskAt) -> object:
    """What becomes of one and the same file of ships under a contract."""
    place = folder / "contracts" / "harbour"
    place.mkdir(parents=True)
    (place / "ship.yml").write_text(yaml.safe_dump(content), encoding="utf-8")
    desk = desk_at(folder, ContractRegistry(place.parent))
    changes = [
        {"remarks": "très calme, beau"},
        {"kind": "n/a"},
        {"left_on": "2021-06-01"},
        *[{}] * 9,
    ]
    text = sample_file(Contract.model_validate(ships()), changes)
    outcome = desk.take_text("export.csv", text.encode("cp1252"), "harbour_ship")
    found = sorted((finding.code, finding.rows) for finding in outcome.findings)
    return outcome.verdict, outcome.reason, outcome.accepted_rows, found


@pytest.mark.parametrize(("where", "value"), cases(INGESTED))
def test_a_key_changes_what_becomes_of_a_file(
    where: str,
    value: Any,  # noqa: ANN401
    tmp_path: Path,
    desk_at: DeskAt,
) -> None:
    (before := tmp_path / "before").mkdir()
    (after := tmp_path / "after").mkdir()
    usual = outcome_of(ships(), before, desk_at)
    assert usual[:3] == ("accepted", "", 11)
    assert outcome_of(changed(ships(), where, value), after, desk_at) != usual


@pytest.mark.parametrize(("status", "is_asked_for"), [("active", True), ("draft", False)])
def test_a_status_of_active_asks_for_what_only_a_person_knows(
    status: str, is_asked_for: bool, tmp_path: Path
) -> None:
    place = tmp_path / "include" / "contracts" / "harbour"
    place.mkdir(parents=True)
    content = changed(ships(), "description.usage", "to be filled in")
    content = changed(content, "status", status)
    (place / "ship.yml").write_text(yaml.safe_dump(content), encoding="utf-8")
    registry = ContractRegistry(place.parent)
    write_derived(registry, tmp_path)
    assert (
        any("to be filled in" in error for error in check_derived(registry, tmp_path))
        is is_asked_for
    )


def test_what_is_done_with_strays_is_no_part_of_the_meaning() -> None:
    hashes = {
        contract_hash(Contract.model_validate(changed(ships(), "strayFiles", value)))
        for value in ("reject", "move")
    }
    assert len(hashes) == 1
