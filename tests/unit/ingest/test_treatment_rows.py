"""What is kept of a treatment row: tokens by the vectors, and of who does not consent nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from csp.contracts import Contract, ContractRegistry
from csp.contracts.samples import sample_file

if TYPE_CHECKING:
    from tests.conftest import Desk

#: Vector C1 (docs/specification/formulas.md): AB|19800131|1 under the purpose iom_treatment.
VECTOR = "2dc4a1bb615a8119efdaff9524d1eb2d4c0ce285aaee48c2bd8a5baea5676530"
KEPT_WITHOUT_CONSENT = {"agency_code", "client_id", "consent"}


@pytest.fixture
def episodes(registry: ContractRegistry) -> Contract:
    """The contract of treatment episodes."""
    return registry.get("treatment_ndtms_episode")


@pytest.mark.parametrize(
    "change",
    [{}, {"SEX": "M"}, {"DOB": "1980-01-31"}, {"FINITIAL": "a", "SINITIAL": "b"}],
)
def test_the_attributor_becomes_the_token_of_the_vector(
    change: dict[str, str], desk: Desk, episodes: Contract
) -> None:
    name = episodes.platform.fileNameExample
    (row,) = desk.lake_rows(desk.take_text(name, sample_file(episodes, [change])))
    assert row["attributor_iom_token"] == VECTOR
    assert len({row["attributor_token"], row["attributor_continuity_token"], VECTOR}) == 3
    assert row["birth_year"] == 1980
    assert row["is_dob_heaped"] is False
    assert row["sex"] == "1"
    assert not {"first_initial", "surname_initial", "date_of_birth", "sex_reported"} & set(row)


@pytest.mark.parametrize("said", ["N", "n", "No"])
def test_nothing_is_kept_of_a_client_who_does_not_consent(
    said: str, desk: Desk, episodes: Contract
) -> None:
    full = {column.headers("K")[0]: column.example for column in episodes.columns if column.example}
    full |= {"CONSENT": said, "PC": "E1 6", "SHOTHEFT": "3", "SEXUAL": "1", "DISRSN": "80"}
    name = episodes.platform.fileNameExample
    outcome = desk.take_text(name, sample_file(episodes, [{}, full]))
    assert (outcome.accepted_rows, outcome.quarantined_rows) == (2, 0)
    assert ("T1-B41", "fix", 1) in {(f.code, f.verdict, f.rows) for f in outcome.findings}
    _, row = desk.lake_rows(outcome)
    assert row["consent"] == "N"
    columns = {column.name for column in episodes.kept_columns}
    assert {name for name in columns if row[name] is not None} == KEPT_WITHOUT_CONSENT


def test_two_partners_give_one_person_one_token(
    desk: Desk, episodes: Contract, registry: ContractRegistry
) -> None:
    nominal = registry.get("iom_nominal")
    transfer = registry.get("treatment_prison_transfer")
    treated, managed, released = (
        desk.lake_rows(
            desk.take_text(contract.platform.fileNameExample, sample_file(contract, [{}]))
        )[0]
        for contract in (episodes, nominal, transfer)
    )
    assert managed["attributor_iom_token"] == treated["attributor_iom_token"] == VECTOR
    assert released["attributor_token"] == treated["attributor_continuity_token"]
    assert "attributor" not in managed


#: What data set H does not have of K.
NOT_IN_H = ("MODSET", "SUBMODDT", "SUBMID", "PHSTBL", "PHWTH", "PHMAIN", "PHRELPR", "TITDATE")
NOT_IN_H += ("TITREAT", "TITID", "PSY", "REC")


@pytest.mark.parametrize(("letter", "columns"), [("K", 144), ("H", 112), ("O", 144), ("Z", 144)])
def test_every_known_data_set_is_read_and_an_unknown_letter_by_its_header(
    letter: str, columns: int, desk: Desk, episodes: Contract
) -> None:
    layout = letter if letter != "Z" else "O"
    header = [column.headers(layout)[0] for column in episodes.columns if column.headers(layout)]
    assert len(header) == columns
    if letter == "H":
        assert not [name for name in header if name.startswith(NOT_IN_H) and name != "PSYHSTAT"]
    example = {c.headers(layout)[0]: c.example for c in episodes.columns if c.headers(layout)}
    lines = [",".join(header), ",".join(example[name].replace("{n:06d}", "1") for name in header)]
    name = episodes.platform.fileNameExample.replace("-K.", f"-{letter}.")
    outcome = desk.take_text(name, "\n".join(lines) + "\n")
    assert (outcome.verdict, outcome.accepted_rows) == ("accepted", 1)
    assert not [f for f in outcome.findings if f.code in ("D03", "D08", "D09")]
