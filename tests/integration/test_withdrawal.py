"""What nobody agrees to any more leaves rows and files of every earlier release, whatever the pack still holds."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from assets.reports.model import Manifest
from assets.reports.release import publish, withdrawal_rows
from assets.reports.release.assets import _files_again
from assets.reports.release.files import data_files
from assets.reports.release.withdrawal_files import read_agreed
from assets.reports.release.withdrawal_rows import (
    AnotherFolderError,
    Withdrawn,
    read_withdrawn,
    require_same_folders,
    take_out,
)
from orchestration.warehouse.connection import bootstrap, connect

TABLES = {
    "gates": "readiness",
    "verdict": "readiness",
    "evidence_index": "marts",
    "findings": "marts",
    "opportunities": "model",
}

TWO_INTERVIEWS_AND_A_SESSION = """
create table readiness.gates (gate_id text, evidence_ids text[]);
insert into readiness.gates values
    ('interviews', '{interviews__interviews/a,interviews__interviews/b}'),
    ('matrix', '{interviews__findings/a_1,interviews__findings/b_1,segments__usps/fast}');

create table readiness.verdict (milestone_id text, weakest_path text[]);
insert into readiness.verdict values ('fit', '{usps,usps_validation_matrix,interviews__findings/a_1}');

create table marts.evidence_index (
    evidence_id text, table_key text, source text, note text, pack text, file text, condition text
);
insert into marts.evidence_index values
    ('interviews__interviews/a', 'interviews__interviews', 'call of a', 'a spoke long', 'ours', 'a.yaml'),
    ('interviews__findings/a_1', 'interviews__findings', 'call of a', '', 'ours', 'a.yaml'),
    ('interviews__answers/a_costs', 'interviews__answers', 'call of a', '', 'ours', 'a.yaml'),
    ('interviews__interviews/b', 'interviews__interviews', 'call of b', '', 'ours', 'b.yaml'),
    ('interviews__findings/b_1', 'interviews__findings', 'call of b', '', 'ours', 'b.yaml'),
    ('interviews__sessions/s', 'interviews__sessions', 'minutes of s', 'agreed on a test', 'ours', 's.yaml');
update marts.evidence_index set condition = 'too slow' where evidence_id = 'interviews__findings/b_1';

create table marts.findings (finding_id text, kind text, statement text, evidence_ids text[], source_key text);
insert into marts.findings values
    ('interviews__findings/a_1', 'interview', 'purple walrus', '{interviews__findings/a_1}', 'interview a'),
    ('interviews__findings/b_1', 'interview', 'too slow', '{interviews__findings/b_1}', 'interview b'),
    ('interviews__sessions/s fast', 'session', null, '{interviews__sessions/s,segments__usps/fast}', 'project k');

create table model.opportunities (problem_id text, importance double precision, evidence_ids text[]);
insert into model.opportunities values
    ('lag', 8.5, '{interviews__findings/a_1,interviews__findings/b_1}'),
    ('cost', 6.0, '{interviews__findings/b_1}');

create table raw.interviews__interviews (evidence_id text, consent text, consent_withdrawn_on date, note text);
create table raw.interviews__findings (
    interview_id text, consent text, consent_withdrawn_on date, quote text, note text
);
create table raw.interviews__answers (
    interview_id text, consent text, consent_withdrawn_on date, answer text, note text
);
create table raw.interviews__sessions (
    evidence_id text, consent text, consent_withdrawn_on date, topics text[], blockers text[], outcome text, note text
);
insert into raw.interviews__interviews values
    ('interviews__interviews/a', 'quote', null, ''), ('interviews__interviews/b', 'quote', null, '');
insert into raw.interviews__sessions values ('interviews__sessions/s', 'summary', null, '{}', '{}', '', '');
"""


@pytest.fixture
def database(fresh_database: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Two interviews and a session that agreed to all, and have no answers or findings in `raw` any more."""
    monkeypatch.setattr(publish, "TABLES", TABLES)
    with connect(fresh_database) as connection:
        bootstrap(connection)
        connection.execute(TWO_INTERVIEWS_AND_A_SESSION)
        connection.execute("grant select on all tables in schema raw, marts, model, readiness to waku_fit_admin")
    return fresh_database


HERE = {"public": "hash of public", "ours": "hash of a/ours"}
"""Where the packs lie; tests that change that say so."""


def write(database: str, folder: Path, name: str, folders: dict[str, str] = HERE) -> Path:
    made = Manifest(
        release_id=name,
        created_at=datetime(2026, 11, 23, 12, 0, tzinfo=UTC),
        run_id="run",
        as_of=date(2026, 1, 1),
        packs=("public", "ours"),
        evidence_hash="e",
        evidence={},
        code_version="c",
        verdict="not_ready",
        checks_passed=3,
        checks_failed=0,
        tools={},
    )
    with connect(database, "waku_fit_admin") as connection:
        publish.write_rows(connection, made, folders)
        frames = publish.read_release(connection, name)
    publish.write_files(
        folder / "releases" / name, {**data_files(frames), "manifest.json": name.encode(), "board.pdf": b"%PDF"}
    )
    return folder / "releases" / name


def take_back(
    database: str, folder: Path, *, keep: str, code_version: str = "c", folders: dict[str, str] = HERE
) -> list[str]:
    with connect(database, "waku_fit_admin", autocommit=True) as connection:
        return take_out(
            connection,
            read_withdrawn(connection, folders),
            read_agreed(connection, folders),
            folder / "releases",
            lambda frames, manifest: {
                **data_files(frames),
                "manifest.json": f"{manifest.release_id} {len(frames)}".encode(),
            },
            keep=keep,
            code_version=code_version,
        )


def change(database: str, statement: str) -> None:
    with connect(database) as connection:
        connection.execute(statement)


def rows(database: str, release: str, table: str) -> list[tuple[Any, ...]]:
    with connect(database, "waku_fit_reader") as connection:
        return list(publish.read_release(connection, release)[table].itertuples(index=False, name=None))


WITHDRAW_A = "update raw.interviews__interviews set consent_withdrawn_on = '2026-11-20' where evidence_id like '%/a'"
DELETE_A = "delete from raw.interviews__interviews where evidence_id like '%/a'"
SUMMARISE_A = "update raw.interviews__interviews set consent = 'summary' where evidence_id like '%/a'"


@pytest.mark.parametrize("how", [WITHDRAW_A, DELETE_A], ids=["withdrawn", "its file is gone"])
def test_an_interview_leaves_every_release_though_raw_has_no_word_of_it(
    how: str, database: str, tmp_path: Path
) -> None:
    folder = write(database, tmp_path, "r1")
    write(database, tmp_path, "r2")
    change(database, how)
    assert take_back(database, tmp_path, keep="r2") == ["r1"]
    assert [row[0] for row in rows(database, "r1", "findings")] == [
        "interviews__findings/b_1",
        "interviews__sessions/s fast",
    ]
    assert sorted(row[:4] for row in rows(database, "r1", "evidence_index")) == [
        ("interviews__findings/b_1", "interviews__findings", "call of b", ""),
        ("interviews__interviews/a", "interviews__interviews", "not published", None),
        ("interviews__interviews/b", "interviews__interviews", "call of b", ""),
        ("interviews__sessions/s", "interviews__sessions", "minutes of s", "agreed on a test"),
    ]
    assert not [path for path in folder.rglob("*") if path.is_file() and b"purple walrus" in path.read_bytes()]
    assert take_back(database, tmp_path, keep="r2") == []


def test_a_mean_does_not_stay_beside_what_is_left_of_it(database: str, tmp_path: Path) -> None:
    write(database, tmp_path, "r1")
    change(database, WITHDRAW_A)
    take_back(database, tmp_path, keep="r2")
    assert rows(database, "r1", "opportunities") == [("cost", 6.0, ["interviews__findings/b_1"])]


def test_a_gate_keeps_its_row_and_the_count_of_conversations(database: str, tmp_path: Path) -> None:
    write(database, tmp_path, "r1")
    change(database, WITHDRAW_A)
    take_back(database, tmp_path, keep="r2")
    assert sorted(rows(database, "r1", "gates")) == [
        ("interviews", ["interviews__interviews/a", "interviews__interviews/b"]),
        ("matrix", ["interviews__findings/b_1", "segments__usps/fast"]),
    ]


def test_the_weakest_path_ends_before_a_row_that_is_withdrawn(database: str, tmp_path: Path) -> None:
    write(database, tmp_path, "r1")
    change(database, WITHDRAW_A)
    take_back(database, tmp_path, keep="r2")
    assert rows(database, "r1", "verdict") == [("fit", ["usps", "usps_validation_matrix"])]


def test_a_consent_to_quote_that_becomes_one_to_a_summary_takes_the_quote_out(database: str, tmp_path: Path) -> None:
    write(database, tmp_path, "r1")
    change(database, "update raw.interviews__interviews set consent = 'summary' where evidence_id like '%/b'")
    assert take_back(database, tmp_path, keep="r2") == ["r1"]
    assert {row[0]: row[2] for row in rows(database, "r1", "findings")} == {
        "interviews__findings/a_1": "purple walrus",
        "interviews__findings/b_1": None,
        "interviews__sessions/s fast": None,
    }
    assert {row[-1] for row in rows(database, "r1", "evidence_index")} == {None}


def test_what_a_session_told_against_a_usp_goes_with_its_consent(database: str, tmp_path: Path) -> None:
    write(database, tmp_path, "r1")
    change(database, "update raw.interviews__sessions set consent = 'none'")
    assert take_back(database, tmp_path, keep="r2") == ["r1"]
    assert [row[1] for row in rows(database, "r1", "findings")] == ["interview", "interview"]
    assert ("interviews__sessions/s", "interviews__sessions", "not published", None) in [
        row[:4] for row in rows(database, "r1", "evidence_index")
    ]


def test_a_pack_that_was_not_read_takes_nothing_out(database: str, tmp_path: Path) -> None:
    write(database, tmp_path, "r1")
    change(database, DELETE_A)
    assert take_back(database, tmp_path, keep="r2", folders={"public": HERE["public"]}) == []


ELSEWHERE = HERE | {"ours": "hash of b/ours"}


def require(database: str, folders: dict[str, str]) -> None:
    with connect(database, "waku_fit_admin", autocommit=True) as connection:
        require_same_folders(connection, folders)


def test_another_pack_of_the_same_name_takes_nothing_out_and_is_refused(database: str, tmp_path: Path) -> None:
    require(database, HERE)  # before the first release
    write(database, tmp_path, "r1")
    change(database, DELETE_A)
    with pytest.raises(AnotherFolderError, match=r"ours \(1\).*rename its folder"):
        require(database, ELSEWHERE)
    with connect(database, "waku_fit_admin") as connection:
        assert read_withdrawn(connection, ELSEWHERE).interviews == []
        assert read_withdrawn(connection, HERE).interviews == ["interviews__interviews/a"]
    require(database, {"public": HERE["public"], "theirs": "hash of b/theirs"})
    require(database, HERE)


def test_what_is_gone_from_a_pack_that_was_moved_whole_is_withdrawn(database: str, tmp_path: Path) -> None:
    write(database, tmp_path, "r1")
    require(database, ELSEWHERE)
    write(database, tmp_path, "r2", ELSEWHERE)
    change(database, DELETE_A)
    require(database, ELSEWHERE)
    assert take_back(database, tmp_path, keep="r3", folders=ELSEWHERE) == ["r1", "r2"]
    require(database, ELSEWHERE)


def test_what_is_withdrawn_once_more_leaves_the_releases_made_in_between(database: str, tmp_path: Path) -> None:
    write(database, tmp_path, "r1")
    write(database, tmp_path, "r2")
    change(database, WITHDRAW_A)
    assert take_back(database, tmp_path, keep="r2") == ["r1"]
    change(database, "update raw.interviews__interviews set consent_withdrawn_on = null")
    assert take_back(database, tmp_path, keep="r2") == []  # agreed to after all
    write(database, tmp_path, "r3")
    change(database, WITHDRAW_A)
    assert take_back(database, tmp_path, keep="r4") == ["r2", "r3"]


def test_releases_are_looked_through_again_by_other_code(database: str, tmp_path: Path) -> None:
    write(database, tmp_path, "r1")
    change(database, WITHDRAW_A)
    assert take_back(database, tmp_path, keep="r1") == []
    assert take_back(database, tmp_path, keep="r2", code_version="d") == ["r1"]


FORGET_R1 = "delete from release.releases"
"""The release is then one of another database, or of this one before it was made anew."""


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("how", [WITHDRAW_A, DELETE_A, SUMMARISE_A], ids=["withdrawn", "file gone", "not quoted"])
def test_a_release_that_the_database_does_not_know_is_taken_back(how: str, database: str, tmp_path: Path) -> None:
    folder = write(database, tmp_path, "r1")
    change(database, FORGET_R1)
    before = contents(folder)
    assert take_back(database, tmp_path, keep="r2") == []  # all agree
    assert contents(folder) == before
    change(database, how)
    assert take_back(database, tmp_path, keep="r2", folders={"public": HERE["public"]}) == []  # nobody of it was read
    assert take_back(database, tmp_path, keep="r2") == ["r1"]
    after = contents(folder)
    assert set(after) == {"SHA256SUMS", "index.html", "manifest.json"}
    assert b"taken back" in after["index.html"]
    assert after["manifest.json"] == b"r1"
    assert take_back(database, tmp_path, keep="r2") == []


def test_a_release_that_the_code_cannot_show_any_more_keeps_no_document(database: str, tmp_path: Path) -> None:
    folder = write(database, tmp_path, "r1")
    change(database, WITHDRAW_A)
    with connect(database, "waku_fit_admin", autocommit=True) as connection:
        assert take_out(
            connection,
            read_withdrawn(connection, HERE),
            read_agreed(connection, HERE),
            folder.parent,
            lambda frames, manifest: _files_again(frames, manifest, ()),
            keep="r2",
            code_version="c",
        ) == ["r1"]
    after = contents(folder)
    left = {name for name in after if not name.startswith("data/")}
    assert left == {"SHA256SUMS", "index.html", "manifest.json", "decisions.jsonl"}
    assert b"were taken back" in after["index.html"]


def test_each_folder_of_a_release_is_cleaned_though_its_rows_are(database: str, tmp_path: Path) -> None:
    first, second = (tmp_path / name for name in ("first", "second"))
    write(database, first, "r1")
    shutil.copytree(first, second)
    change(database, WITHDRAW_A)
    for machine in (first, second):
        assert take_back(database, machine, keep="r2") == ["r1"]
        assert b"purple walrus" not in b"".join(contents(machine / "releases").values())
        assert take_back(database, machine, keep="r2") == []
    assert contents(second).keys() == contents(first).keys()


def test_a_folder_that_a_kill_left_half_done_is_taken_back(database: str, tmp_path: Path) -> None:
    folder = write(database, tmp_path, "r1")
    change(database, FORGET_R1)
    folder.rename(folder.with_name(".withdrawn-r1"))
    assert take_back(database, tmp_path, keep="r2") == ["r1"]
    assert [path.name for path in folder.parent.iterdir()] == ["r1"]
    assert set(contents(folder)) == {"SHA256SUMS", "index.html", "manifest.json"}


def test_releases_are_found_again_after_a_kill_between_two_of_them(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("r1", "r2", "r3"):
        write(database, tmp_path, name)
    change(database, WITHDRAW_A)
    replaced = []

    def killed_at_the_second(directory: Path, *_: object) -> None:
        replaced.append(directory.name)
        if len(replaced) == 2:
            raise KeyboardInterrupt

    with monkeypatch.context() as killed:
        killed.setattr(withdrawal_rows, "replace_files", killed_at_the_second)
        with pytest.raises(KeyboardInterrupt):
            take_back(database, tmp_path, keep="r3")
    assert replaced == ["r1", "r2"]
    assert take_back(database, tmp_path, keep="r3") == ["r1", "r2"]
    assert b"purple walrus" not in b"".join(contents(tmp_path / "releases" / "r2").values())


def test_deleted_rows_leave_the_disk_also_after_a_kill(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(database, tmp_path, "r1")
    change(database, WITHDRAW_A)
    before = file_of_findings(database)
    with monkeypatch.context() as killed:
        killed.setattr(withdrawal_rows, "_take_off_disk", lambda _: None)
        assert take_back(database, tmp_path, keep="r2") == ["r1"]
    assert file_of_findings(database) == before
    assert take_back(database, tmp_path, keep="r2") == []
    written_anew = file_of_findings(database)
    assert written_anew != before
    assert take_back(database, tmp_path, keep="r2") == []
    assert file_of_findings(database) == written_anew


def file_of_findings(database: str) -> object:
    with connect(database) as connection:
        return connection.execute("select pg_relation_filenode('release.findings')").fetchone()


def test_a_text_is_looked_for_as_it_stands(database: str) -> None:
    def holds(said: str, cell: str) -> bool:
        with connect(database) as connection:
            return connection.execute("select %s like %s", (cell, f"%{withdrawal_rows._literal(said)}%")).fetchone()[0]

    assert holds("100 % of_them\\", "it was\n100 % of_them\\ and more")
    assert not holds("100 % of_them", "100 or 2 % of_them")
    assert not holds("of_them", "of them")


def marked(database: str, folder: Path, name: str = "r1") -> None:
    """Write a release, and note that nothing in it was withdrawn when it was made."""
    write(database, folder, name)
    assert take_back(database, folder, keep=name) == []


SAID_ELSEWHERE = """
insert into marts.evidence_index values
    ('segments__usps/fast', 'segments__usps', 'site', 'as they said: pale green elephants', 'public', 'usps.csv')
"""
SAID_BY_A = """
insert into raw.interviews__findings values ('a', 'quote', '2026-11-20', 'pale green elephants', '')
"""


@pytest.mark.parametrize(
    "how",
    [
        WITHDRAW_A,
        DELETE_A,
        SUMMARISE_A,
        "update raw.interviews__interviews set consent = 'none' where evidence_id like '%/a'",
        "update raw.interviews__sessions set consent = 'none'",
        "delete from raw.interviews__sessions",
    ],
)
def test_a_release_that_was_looked_through_is_looked_through_again(how: str, database: str, tmp_path: Path) -> None:
    marked(database, tmp_path)
    before = {table: rows(database, "r1", table) for table in TABLES}
    change(database, how)
    assert take_back(database, tmp_path, keep="r2") == ["r1"]
    assert {table: rows(database, "r1", table) for table in TABLES} != before, "only its files were written anew"


def test_another_text_of_what_is_withdrawn_is_looked_for(database: str, tmp_path: Path) -> None:
    change(database, SAID_ELSEWHERE)
    write(database, tmp_path, "r1")
    change(database, WITHDRAW_A)
    assert take_back(database, tmp_path, keep="r2") == ["r1"]
    change(database, SAID_BY_A)
    assert take_back(database, tmp_path, keep="r2") == ["r1"]
    assert "elephants" not in str(rows(database, "r1", "evidence_index"))


def test_what_is_withdrawn_leaves_releases_from_before_the_conversation_was_typed(
    database: str, tmp_path: Path
) -> None:
    change(database, "create table kept as select * from marts.evidence_index; truncate marts.evidence_index")
    change(database, SAID_ELSEWHERE)
    marked(database, tmp_path)
    change(database, "insert into marts.evidence_index select * from kept")
    marked(database, tmp_path, "r2")
    change(database, WITHDRAW_A)
    change(database, SAID_BY_A)
    assert take_back(database, tmp_path, keep="r3") == ["r1", "r2"]
    for release in ("r1", "r2"):
        assert "elephants" not in str(rows(database, release, "evidence_index"))


def test_a_text_is_known_with_its_conversation(database: str, tmp_path: Path) -> None:
    write(database, tmp_path, "r1")
    change(database, SAID_BY_A)
    change(database, "insert into raw.interviews__answers values ('b', 'none', null, 'an answer of b', 'too short')")
    change(database, "update raw.interviews__sessions set consent = 'none', topics = '{a topic of the session}'")
    with connect(database, "waku_fit_admin") as connection:
        assert sorted(read_withdrawn(connection, HERE).texts) == [
            ("interviews__interviews/a", "pale green elephants"),
            ("interviews__interviews/b", "an answer of b"),
            ("interviews__sessions/s", "a topic of the session"),
        ]


NO_FINDINGS = "truncate marts.findings"
NOTHING_AT_ALL = "truncate marts.findings; truncate marts.evidence_index"


@pytest.mark.parametrize("how", [NO_FINDINGS, NOTHING_AT_ALL], ids=["no findings", "no evidence"])
def test_a_release_without_rows_stops_nothing(how: str, database: str, tmp_path: Path) -> None:
    """Of an earlier day, nothing may have been said; the columns of an empty table have no type in Parquet."""
    change(database, how)
    marked(database, tmp_path)
    assert take_back(database, tmp_path, keep="r2") == []


@pytest.mark.parametrize("broken", ["missing", "empty", "cut"])
@pytest.mark.parametrize("name", ["evidence_index", "findings"])
def test_a_folder_is_known_by_its_csv_files_where_parquet_is_broken(
    name: str, broken: str, database: str, tmp_path: Path
) -> None:
    folder = write(database, tmp_path, "r1")
    change(database, FORGET_R1)
    parquet = folder / "data" / f"{name}.parquet"
    whole = parquet.read_bytes()
    parquet.unlink() if broken == "missing" else parquet.write_bytes(b"" if broken == "empty" else whole[:200])
    assert take_back(database, tmp_path, keep="r2") == []
    change(database, SUMMARISE_A)
    assert take_back(database, tmp_path, keep="r2") == ["r1"]


def withdrawn(*codes: str, standing: frozenset[str] = frozenset()) -> Withdrawn:
    texts = [(code, f"what {code} said of the price") for code in codes]
    return Withdrawn(list(codes), list(codes), [], texts, standing)


def test_the_order_of_what_is_withdrawn_does_not_matter() -> None:
    held = ["a", "b"]
    assert withdrawn("a", "b").mark(held, "c") == withdrawn("b", "a").mark(held, "c")
    assert withdrawn("a", "b").mark(held, "c") != withdrawn("a", "b").mark(held, "d")


def test_a_release_is_not_looked_through_for_a_new_conversation_that_may_not_be_quoted() -> None:
    """Else each would cost a look at all the releases from before it."""
    standing = frozenset({"a", "new"})
    before = withdrawn("a", standing=standing).mark(["a"], "c")
    assert withdrawn("a", "new", standing=standing).mark(["a"], "c") == before
    assert withdrawn("a", "new", standing=standing).mark(["a", "new"], "c") != before
    assert withdrawn("a", "new", standing=frozenset({"a"})).mark(["a"], "c") != before
    assert withdrawn(standing=standing).mark(["a"], "c") != before
