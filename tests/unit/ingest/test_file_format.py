"""A file is split, decoded and emptied as its contract's `format` says, header and rows alike."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from csp.contracts import ContractError, ContractRegistry
from csp.ingest import IngestOutcome

if TYPE_CHECKING:
    from tests.conftest import Desk

CONTRACTS = Path(__file__).parent / "contracts"
LAST = "  - {property: sweep, value: '0 6 * * *'}\n"
NAMED, UNNAMED = "tides_20210701.csv", "export.csv"
MakeDesk = Callable[..., "Desk"]


@pytest.fixture
def harbour_with(
    tmp_path: Path, desk_at: Callable[[Path, ContractRegistry], Desk]
) -> Callable[..., Desk]:
    """Gives a desk of a harbour whose files of tides have a format of their own."""

    def make(gauge_header: str = "gauge", **file_format: object) -> Desk:
        folder = tmp_path / "contracts" / "harbour"
        folder.mkdir(parents=True)
        said = f"  - {{property: format, value: {json.dumps(file_format)}}}\n"
        named = f"{{property: sourceHeaders, value: {{wide: [{gauge_header}]}}}}"
        for path in (CONTRACTS / "harbour").glob("*.yml"):
            text = path.read_text(encoding="utf-8")
            if path.stem == "tide":
                text = text.replace(LAST, LAST + said)
                gauge = "description: Gauge., "
                text = text.replace(gauge, f"{gauge}customProperties: [{named}], ")
                # The month stands in the rows, so that a file may have any name.
                text = text.replace("period: file, ", "period: tide_month, ")
                text = text.replace("current: snapshot, key: [gauge, tide_month]", "key: [gauge]")
            (folder / path.name).write_text(text, encoding="utf-8")
        return desk_at(tmp_path, ContractRegistry(folder.parent))

    return make


def gauges(desk: Desk, outcome: IngestOutcome) -> list[str]:
    """The gauge of each row in the lake."""
    return [row["gauge"] for row in desk.lake_rows(outcome)]


@pytest.mark.parametrize(
    ("name", "feed"),
    [(NAMED, None), (UNNAMED, "harbour_tide"), (UNNAMED, None)],
    ids=["by name", "by inbox", "by header"],
)
@pytest.mark.parametrize(
    ("delimiter", "quote"),
    [(";", "'"), (";", '"'), ("|", "`"), ("\t", "'"), ("^", '"'), ("~", "`")],
)
def test_delimiter_and_quote_split_header_and_rows_however_the_feed_is_known(
    name: str, feed: str | None, delimiter: str, quote: str, harbour_with: MakeDesk
) -> None:
    desk = harbour_with(delimiter=delimiter, quote=quote)
    text = (
        "[gauge];202105\n"
        "[North; [[old]], the\nquay];60\n"
        "G2;99\n"  # more tides than a month has
        "G3;61;too many\n" + "".join(f"P{number};60\n" for number in range(9))
    )
    text = text.replace(";", delimiter).replace("[", quote).replace("]", quote)
    outcome = desk.take_text(name, text, feed)
    assert (outcome.verdict, outcome.feed) == ("accepted", "harbour_tide"), outcome.reason
    first, *others = gauges(desk, outcome)
    assert first == f"North{delimiter} {quote}old{quote}, the\nquay"
    assert others == [f"P{number}" for number in range(9)]
    (held,) = desk.quarantine_rows(outcome)
    assert (held["source_line"], held["gauge__1"]) == (4, "G2")
    assert (outcome.quarantined_rows, outcome.rejected_lines) == (1, 1)


def test_a_file_split_in_another_way_than_its_contract_says_is_refused(
    harbour_with: MakeDesk,
) -> None:
    outcome = harbour_with(delimiter=";").take_text(NAMED, "gauge,202105\nG1,60\n")
    assert (outcome.verdict, outcome.reason[:3]) == ("rejected", "D03")


def test_feeds_of_other_formats_are_still_known_by_their_headers(
    harbour_with: MakeDesk,
) -> None:
    desk = harbour_with(delimiter=";", quote="'")
    berth = desk.registry.get("harbour_berth")
    header = [column.headers("published")[0] for column in berth.columns if not column.is_computed]
    outcome = desk.take_text(UNNAMED, ",".join(header) + "\n")
    assert outcome.feed == "harbour_berth"


@pytest.mark.parametrize(
    ("encodings", "written", "read"),
    [
        (["utf-8", "cp1252"], "utf-8", True),
        (["utf-8", "cp1252"], "cp1252", True),
        (["utf-8"], "cp1252", False),
        (["cp1252"], "cp1252", True),
        (["utf-8"], "utf-16", True),  # its byte-order mark says so
    ],
)
def test_the_encodings_decode_header_and_rows(
    encodings: list[str], written: str, read: bool, harbour_with: MakeDesk
) -> None:
    desk = harbour_with("Tidenhöhe", encodings=encodings)
    outcome = desk.take_text(NAMED, "Tidenhöhe,202105\nKöln,60\n".encode(written))
    if read:
        assert outcome.verdict == "accepted", outcome.reason
        assert gauges(desk, outcome) == ["Köln"]
    else:
        assert (outcome.verdict, outcome.reason[:3]) == ("rejected", "D03")


@pytest.mark.parametrize(
    ("said", "missing"), [([], 1), (["n/a"], 2), (["n/a", "-"], 3), (["", "n/a"], 2)]
)
def test_a_null_token_is_no_value_and_the_empty_field_never_is(
    said: list[str], missing: int, harbour_with: MakeDesk
) -> None:
    desk = harbour_with(nullTokens=said)
    rows = "".join(f"G{number},60\n" for number in range(20))
    outcome = desk.take_text(NAMED, f"gauge,202105\n,60\nn/a,60\n -,60\n{rows}")
    found = {(f.code, f.column): f.rows for f in outcome.findings}
    assert found["R03", "gauge"] == missing


@pytest.mark.parametrize(
    "faulty",
    [{"delimiter": ",,"}, {"delimiter": "a"}, {"quote": ""}, {"quote": "''"}, {"encodings": []}],
)
def test_a_format_that_splits_nothing_is_refused(
    faulty: dict[str, object], harbour_with: MakeDesk
) -> None:
    desk = harbour_with(**faulty)
    with pytest.raises(ContractError, match=r"tide\.yml:\d+: .*format"):
        list(desk.registry)
