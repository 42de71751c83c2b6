"""Files, archives and folders: what arrives is found, and what must not be unpacked is not."""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from csp.ingest import ingest_each
from csp.ingest.arrival import ArchiveError, arrivals

if TYPE_CHECKING:
    from tests.conftest import Desk

MakeFile = Callable[..., str]
TEXT = b"a,b\n" + b"".join(b"%d,%d\n" % (n, n * n) for n in range(300))


def archive_bytes(members: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return content.getvalue()


GOOD = archive_bytes({"2021-06/one.csv": TEXT, "2021-06/two.csv": b"a\n1\n"})


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def test_a_file_arrives_as_itself(tmp_path: Path) -> None:
    (arrival,) = arrivals(written(tmp_path / "one.csv", TEXT))
    with arrival.open() as stream:
        assert (arrival.name, stream.read()) == ("one.csv", TEXT)


def test_an_archive_arrives_as_its_members_named_after_both(tmp_path: Path) -> None:
    found = arrivals(written(tmp_path / "2021-06.ZIP", GOOD))
    assert [arrival.name for arrival in found] == [
        "2021-06.ZIP/2021-06/one.csv",
        "2021-06.ZIP/2021-06/two.csv",
    ]
    with found[0].open() as stream:
        assert stream.read() == TEXT


def test_hidden_files_and_unfinished_uploads_are_left(tmp_path: Path) -> None:
    names = ("one.csv", ".one.csv", "two.csv.part")
    for name in names:
        written(tmp_path / name, TEXT)
    members = {"in.csv": TEXT, "__MACOSX/._in.csv": b"\x00", "x.csv.part": b"", "folder/": b""}
    written(tmp_path / "all.zip", archive_bytes(members))
    assert [arrival.name for arrival in arrivals(tmp_path)] == ["all.zip/in.csv", "one.csv"]


def test_folders_are_walked_in_order_and_a_broken_archive_in_one_comes_as_a_file(
    tmp_path: Path,
) -> None:
    (tmp_path / "b").mkdir()
    written(tmp_path / "b" / "one.csv", TEXT)
    written(tmp_path / "a.zip", GOOD[: len(GOOD) // 2])
    assert [(a.path.name, a.member) for a in arrivals(tmp_path)] == [
        ("a.zip", None),
        ("one.csv", None),
    ]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (GOOD[: len(GOOD) * 6 // 10], "broken or cut short"),
        (b"", "broken or cut short"),
        (b"no archive", "broken or cut short"),
        (archive_bytes({}), "holds no file"),
        (archive_bytes({"../one.csv": TEXT}), "outside"),
        (archive_bytes({"a/../../one.csv": TEXT}), "outside"),
        (archive_bytes({"/etc/one.csv": TEXT}), "outside"),
        (archive_bytes({"..\\one.csv": TEXT}), "outside"),
        (archive_bytes({"C:\\one.csv": TEXT}), "outside"),
        (archive_bytes({"one.csv": bytes(11 << 20)}), "far more"),
    ],
)
def test_an_archive_that_must_not_be_unpacked_is_refused(
    content: bytes, why: str, tmp_path: Path
) -> None:
    with pytest.raises(ArchiveError, match=why):
        arrivals(written(tmp_path / "x.zip", content))


def test_a_large_archive_that_packs_as_text_does_is_no_bomb(tmp_path: Path) -> None:
    lines = b"".join(b"%064x,2021-06\n" % (n * 7919**7) for n in range(160_000))
    assert len(lines) > 11 << 20
    assert len(arrivals(written(tmp_path / "x.zip", archive_bytes({"one.csv": lines})))) == 1


def test_a_member_under_a_password_is_refused_when_it_is_read(tmp_path: Path) -> None:
    content = bytearray(archive_bytes({"one.csv": TEXT}))
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    (arrival,) = arrivals(written(tmp_path / "x.zip", bytes(content)))
    with pytest.raises(ArchiveError, match="cannot be unpacked"), arrival.open():
        pass


@settings(
    max_examples=80,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    place=st.integers(0, len(GOOD) - 1),
    value=st.integers(0, 255),
    kept=st.integers(0, len(GOOD)) | st.just(len(GOOD)),
)
def test_a_damaged_archive_gives_its_bytes_or_a_fault_and_nothing_else(
    tmp_path: Path, place: int, value: int, kept: int
) -> None:
    damaged = bytearray(GOOD)
    damaged[place] = value
    path = written(tmp_path / "x.zip", bytes(damaged[:kept]))
    try:
        for arrival in arrivals(path):
            with arrival.open() as stream:
                assert stream.read() in (TEXT, b"a\n1\n")
    except ArchiveError as fault:
        assert str(fault)


def test_a_member_that_fails_its_checksum_is_rejected_and_the_archive_is_kept(desk: Desk) -> None:
    content = bytearray(archive_bytes({"2021-06/2021-06-btp-street.csv": TEXT}))
    content[content.index(b"street.csv") + 40] ^= 0xFF
    path = written(desk.folder / "2021-06.zip", bytes(content))
    outcome = desk.take(path)
    assert (outcome.verdict, outcome.findings[0].code) == ("rejected", "D10")
    assert desk.landed_bytes(outcome) == bytes(content)
    again = desk.take(path)
    assert (again.verdict, desk.ledger.receipts(outcome.delivery_id)) == ("repeat", 2)


def test_a_disk_that_is_full_while_a_member_is_unpacked_is_not_the_archives_fault(
    tmp_path: Path,
) -> None:
    archive = arrivals(written(tmp_path / "2021-06.zip", GOOD))[0]
    with (
        pytest.raises(OSError, match="No space left on device"),
        archive.open() as stream,
        Path("/dev/full").open("wb", buffering=0) as full,
    ):
        full.write(stream.read())


def test_two_members_of_one_name_are_both_read(desk: Desk, make_file: MakeFile) -> None:
    path, name = desk.folder / "2021-06.zip", "2021-06/2021-06-metropolitan-street.csv"
    with warnings.catch_warnings(), zipfile.ZipFile(path, "w") as archive:
        warnings.simplefilter("ignore")
        for rows in (1, 2):
            archive.writestr(name, make_file("police_street_crime", [{}] * rows))
    outcomes = desk.take_all(path)
    assert [o.accepted_rows for o in outcomes] == [1, 2]
    assert len({o.delivery_id for o in outcomes}) == 2


def test_a_file_that_cannot_be_read_is_refused_and_the_others_are_taken(
    desk: Desk, make_file: MakeFile
) -> None:
    folder = desk.folder / "inbox"
    folder.mkdir()
    # The system answers a read of its first bytes with an error, as a disk that fails does.
    (folder / "2021-05-btp-street.csv").symlink_to("/proc/self/mem")
    (folder / "2021-05.zip").symlink_to("/proc/self/mem")
    name = "2021-06-metropolitan-street.csv"
    written(folder / name, make_file("police_street_crime", [{}]).encode())
    outcomes = {o.file_name: o for o in desk.take_all(folder)}
    assert {name: o.verdict for name, o in outcomes.items()} == {
        "2021-05-btp-street.csv": "refused",
        "2021-05.zip": "refused",
        name: "accepted",
    }
    assert "cannot be read (Input/output error)" in outcomes["2021-05-btp-street.csv"].reason


def test_a_file_that_is_gone_when_its_turn_comes_is_no_fault(
    desk: Desk, make_file: MakeFile
) -> None:
    names = [f"2021-0{month}-metropolitan-street.csv" for month in (5, 6, 7)]
    paths = [written(desk.folder / name, TEXT) for name in names]
    verdicts = []
    for path, outcomes in ingest_each(paths, desk.home, desk.ledger, desk.registry):
        verdicts += [outcome.verdict for outcome in outcomes]
        if path == paths[0]:
            paths[1].unlink()
    assert verdicts == ["rejected", "gone", "rejected"]
