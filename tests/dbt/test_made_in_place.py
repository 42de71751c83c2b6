"""A model on DuckDB takes the place of whatever has its name, and its contract is kept."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import duckdb
import pytest
from dbt.cli.main import dbtRunner

from csp.project import DBT_PROJECT

PROJECT = """\
name: small
profile: small
models:
  small:
    turned: {+materialized: "{{ var('kind') }}"}
    promised: {+materialized: table, +contract: {enforced: true}}
"""
PROFILE = """\
small:
  target: duckdb
  outputs:
    duckdb: {type: duckdb, path: "FILE", schema: main, threads: 4}
"""
COLUMNS = "[{name: n, data_type: integer, constraints: [{type: not_null}]}]"
#: What each model gives that breaks the contract above → what dbt says of it.
BROKEN = {
    "another_type": ("'one' as n", "contract"),
    "column_less": ("1 as m", "contract"),
    "column_more": ("1 as n, 2 as m", "contract"),
    "value_missing": ("null::integer as n", "NOT NULL constraint"),
}


class SmallProject:
    """A dbt project with the way in which the platform's own makes its models."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.file = folder, folder / "small.duckdb"
        for part in ("macros", "models/turned", "models/promised"):
            (folder / part).mkdir(parents=True)
        (folder / "dbt_project.yml").write_text(PROJECT)
        (folder / "profiles.yml").write_text(PROFILE.replace("FILE", str(self.file)))
        shutil.copy(DBT_PROJECT / "macros" / "made_in_place.sql", folder / "macros")
        (folder / "models" / "turned" / "turned.sql").write_text("select {{ var('n') }} as n")
        promised = folder / "models" / "promised"
        lines = [f"  - {{name: {name}, columns: {COLUMNS}}}\n" for name in BROKEN]
        (promised / "promised.yml").write_text("models:\n" + "".join(lines))
        for name, (columns, _) in BROKEN.items():
            choice = "{% if var('n') == 1 %}" + columns + "{% else %}{{ var('n') }} as n{% endif %}"
            (promised / f"{name}.sql").write_text("select " + choice)

    def run(self, kind: str, n: int) -> dict[str, str]:
        """Build everything; gives what dbt says of each model."""
        where = ("--project-dir", str(self.folder), "--profiles-dir", str(self.folder))
        variables = ("--vars", json.dumps({"kind": kind, "n": n}))
        done = dbtRunner().invoke(["--quiet", "run", *where, *variables])
        assert done.exception is None
        return {result.node.name: str(result.message) for result in done.result.results}

    def found(self) -> dict[str, tuple[str, list[tuple[int]]]]:
        """Everything in the database → whether it is a table or a view, and its rows."""
        with duckdb.connect(str(self.file)) as connection:
            kinds = connection.execute(
                "select table_name, table_type from information_schema.tables"
            ).fetchall()
            rows = {name: connection.execute(f"from {name}").fetchall() for name, _ in kinds}
        return {name: (kind, rows[name]) for name, kind in kinds}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SmallProject:
    """The project, with nothing built."""
    monkeypatch.setenv("DBT_TARGET_PATH", str(tmp_path / "target"))
    monkeypatch.setenv("DBT_LOG_PATH", str(tmp_path / "logs"))
    return SmallProject(tmp_path)


def test_a_model_replaces_what_has_its_name_and_keeps_its_contract(project: SmallProject) -> None:
    told = project.run("view", 1)
    assert {name: said in told[name] for name, (_, said) in BROKEN.items()} == dict.fromkeys(
        BROKEN, True
    )
    assert project.found()["turned"] == ("VIEW", [(1,)])
    for n, kind in ((2, "table"), (3, "table"), (4, "view"), (5, "view")):
        project.run(kind, n)
        assert project.found() == dict.fromkeys(BROKEN, ("BASE TABLE", [(n,)])) | {
            "turned": ({"table": "BASE TABLE", "view": "VIEW"}[kind], [(n,)])
        }
