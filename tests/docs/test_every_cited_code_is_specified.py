"""What code and pages refer to is there: rules, pages, decisions.

Codes of rules are cited all over the project; docs/specification has a heading for each. Links in
Markdown lead to files and headings that exist. Decisions are numbered without a gap.
"""

from __future__ import annotations

import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SPECIFICATION = Path("docs/specification")
DECISIONS = Path("docs/decisions")
READ = {".md", ".py", ".sql", ".toml", ".yaml", ".yml"}
#: Pages that `make install` writes and git does not keep; a link to one is right before they exist.
MADE = ("docs/feeds", "docs/kpi-catalogue.md", "docs/data-dictionary.md")

#: Kinds of code, and how each is cited; the group is the code.
CITATIONS = {
    "governance": re.compile(r"\b(GV\d+)\b"),
    "known bad input": re.compile(r"(?<![\w.#])(B\d\d)\b(?!\.\d)"),
    "finding": re.compile(r"(?<![\w.#-])([DR](?:0[1-9]|1[0-9]))\b(?!-)"),
    "gate": re.compile(r"\b(LAKE|WH|PUB)-[A-Z]"),
    "feed": re.compile(r"- (?:property: |\{property: )specCode,?\s+value: (\w+)"),
    "worked example": re.compile(r"\b[Vv]ector (C\d)\b"),
}
KPI = re.compile(r"(?<![\w.#-])(K\d{3}|S\d{2})\b(?!-)")
HEADING = re.compile(r"^#{2,3} (.+)$", re.MULTILINE)
CODE = re.compile(r"GV\d+|[BDR]\d\d|LAKE|WH|PUB|Vector C\d|[A-Z]{1,2}\d?[A-Z]?")
LINK = re.compile(r"\]\(([^)\s]+)\)")
FENCE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)


@cache
def tracked() -> tuple[Path, ...]:
    """Every file of the project, also those that are not committed yet."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    names = {Path(name) for name in listed.split("\0") if name}
    return tuple(sorted(name for name in names if (ROOT / name).is_file()))


@cache
def text_of(path: Path) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def pages() -> list[Path]:
    return [path for path in tracked() if path.suffix == ".md"]


@cache
def cited() -> dict[str, set[Path]]:
    """Code → the files outside the specification that cite it."""
    found: dict[str, set[Path]] = {}
    for path in tracked():
        apart = path.is_relative_to(SPECIFICATION) or path == Path(__file__).relative_to(ROOT)
        if path.suffix not in READ or apart or path.parts[0] == ".ci":
            continue
        for kind, pattern in CITATIONS.items():
            if kind == "feed" and path.parts[0] == "tests":
                continue  # a feed that only a test has
            for code in pattern.findall(text_of(path)):
                name = f"Vector {code}" if kind == "worked example" else code
                found.setdefault(name, set()).add(path)
    return found


@cache
def specified() -> set[str]:
    """Codes that have a heading in the specification."""
    headings = (
        heading
        for path in pages()
        if path.is_relative_to(SPECIFICATION)
        for heading in HEADING.findall(text_of(path))
    )
    return {heading for heading in headings if CODE.fullmatch(heading)}


def context() -> set[str]:
    """Codes that the specification explains although nothing cites them."""
    _, said = text_of(SPECIFICATION / "README.md").split("## Context", 1)
    return {code for code in re.findall(r"`([^`]+)`", said) if CODE.fullmatch(code)}


def without_a_rule(codes: dict[str, set[Path]], rules: set[str]) -> list[str]:
    return [
        f"{code}, cited in {min(codes[code])}, has no heading below {SPECIFICATION}"
        for code in sorted(set(codes) - rules)
    ]


def test_every_cited_code_has_its_rule() -> None:
    assert without_a_rule(cited(), specified()) == []


@pytest.mark.parametrize("code", ["B13", "GV10", "D08", "R09", "P4W", "PUB", "Vector C8"])
def test_a_rule_that_is_taken_out_is_missed(code: str) -> None:
    assert [line.split(",")[0] for line in without_a_rule(cited(), specified() - {code})] == [code]


def test_every_rule_is_cited_or_said_to_be_context() -> None:
    assert sorted(specified() - set(cited()) - context()) == []


def test_what_is_said_to_be_context_has_its_rule() -> None:
    assert sorted(context() - specified()) == []


def test_every_rule_that_a_page_names_is_in_a_contract() -> None:
    contracts = [p for p in tracked() if p.is_relative_to("include/contracts")]
    known = {rule for p in contracts for rule in re.findall(r"\bid: ([A-Z][\w-]+)", text_of(p))}
    feeds = "|".join(sorted({rule.split("-")[0] for rule in known}))
    named = re.compile(rf"`((?:{feeds})(?:-[A-Z0-9]+)+)`")
    said = [(rule, str(p)) for p in pages() for rule in named.findall(text_of(p))]
    assert said
    assert [(rule, page) for rule, page in said if rule not in known] == []


def test_every_cited_kpi_is_in_the_catalogue() -> None:
    catalogue = [p for p in tracked() if p.is_relative_to("dbt_project/catalogue")]
    known = {code for p in catalogue for code in re.findall(r"- id: ([KS]\d+)$", text_of(p), re.M)}
    where = ("docs", "include", "dags", "plugins", "dbt_project", "README.md", "CONTRIBUTING.md")
    wrong = [
        f"{code} in {path}"
        for path in tracked()
        if path.parts[0] in where and path.suffix in READ
        for code in KPI.findall(text_of(path))
        if code not in known
    ]
    assert known
    assert wrong == []


def slug(heading: str) -> str:
    """The anchor that a heading gets where Markdown is shown."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def fault_of(page: Path, target: str) -> str | None:
    """What is wrong with a link of a page, or nothing."""
    name, _, anchor = target.partition("#")
    wanted = (ROOT / page).parent / name if name else ROOT / page
    place = Path(*wanted.resolve().relative_to(ROOT).parts)
    if any(place == Path(made) or place.is_relative_to(made) for made in MADE):
        return None
    if not wanted.exists():
        return f"{page}: {target} leads nowhere"
    if not anchor or place.suffix != ".md":
        return None
    headings = re.findall(r"^#+ (.+)$", text_of(place), re.MULTILINE)
    return None if anchor in map(slug, headings) else f"{page}: {target} is no heading"


def test_every_link_leads_somewhere() -> None:
    links = [
        (page, target)
        for page in pages()
        for target in LINK.findall(FENCE.sub("", text_of(page)))
        if "://" not in target and not target.startswith("mailto:")
    ]
    assert links
    assert [fault for page, target in links if (fault := fault_of(page, target))] == []


def test_a_broken_link_is_found() -> None:
    readme = Path("README.md")
    assert fault_of(readme, "docs/no-such-page.md") is not None
    assert fault_of(readme, "docs/specification/bad-inputs.md#b99") is not None
    assert fault_of(readme, "docs/specification/bad-inputs.md#b13") is None
    assert fault_of(readme, "docs/kpi-catalogue.md") is None


def test_every_path_that_a_page_names_exists() -> None:
    rooms = {path.parts[0] for path in tracked() if len(path.parts) > 1}
    named = re.compile(rf"`((?:{'|'.join(map(re.escape, sorted(rooms)))})/[\w./-]+)`")
    made = {line.rstrip("/") for line in text_of(Path(".gitignore")).splitlines()}
    said = [(path, page) for page in pages() for path in named.findall(text_of(page))]
    assert said
    assert [
        f"{path} in {page}"
        for path, page in said
        if "PARTNER" not in path
        and path.rstrip("/") not in made
        and not any((folder / path).exists() for folder in (ROOT, ROOT / page.parent))
    ] == []


#: Files that speak of such phrases or of the partners' files beside the project, and may.
MAY_SAY_SO = (Path(__file__).relative_to(ROOT),)
SOURCES = (".py", ".sql", ".yml", ".md", ".sh", ".j2", ".typ", ".toml")


@pytest.mark.parametrize("phrase", ["domain specification", "domain-spec", "../shared", "[gk"])
def test_no_file_refers_to_a_document_that_is_not_here(phrase: str) -> None:
    files = [path for path in tracked() if path.suffix in SOURCES and path not in MAY_SAY_SO]
    assert len(files) > len(pages())
    assert [str(path) for path in files if phrase in text_of(path).lower()] == []


def test_pages_have_one_word_for_ingest() -> None:
    older = re.compile(r"\bintake\b|\bt(?:ake|akes|aken|aking|ook) in\b", re.IGNORECASE)
    now = [page for page in pages() if page.parent != DECISIONS]
    assert [str(page) for page in now if older.search(LINK.sub("", text_of(page)))] == []


def decisions() -> dict[int, Path]:
    found = [page for page in pages() if page.parent == DECISIONS and page.name[:4].isdigit()]
    return {int(page.name[:4]): page for page in found}


def test_decisions_are_numbered_without_a_gap() -> None:
    assert sorted(decisions()) == list(range(1, len(decisions()) + 1))


def test_every_decision_says_whether_it_holds() -> None:
    status = re.compile(r"^\*\*Status\.\*\* (Accepted|Replaced by \[(\d{4})\])", re.MULTILINE)
    wrong = []
    for page in decisions().values():
        said = status.search(text_of(page))
        if said is None or (said[2] and int(said[2]) not in decisions()):
            wrong.append(str(page))
    assert wrong == []


def test_every_decision_stands_in_the_list() -> None:
    listed = text_of(DECISIONS / "README.md")
    assert [str(p) for p in decisions().values() if f"({p.name})" not in listed] == []
