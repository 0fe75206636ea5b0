"""A release is whole or not there, at whatever point the writer is killed."""

import json
import os
import shutil
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import psycopg
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from assets.reports.model import Manifest, release_id
from assets.reports.release import publish, soundness
from assets.reports.release.files import data_files, manifest_json
from assets.reports.released import ReleasedTable
from orchestration.settings import Settings
from orchestration.staleness.fingerprints import published
from orchestration.warehouse.connection import bootstrap, connect

TABLES = {"gates": "readiness", "verdict": "readiness"}


@pytest.fixture
def database(fresh_database: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(publish, "TABLES", TABLES)
    with connect(fresh_database) as connection:
        bootstrap(connection)
    with connect(fresh_database, "waku_fit_admin") as connection:
        connection.execute("create table readiness.gates (gate_id text, status text, evidence_ids text[])")
        connection.execute("create table readiness.verdict (verdict text)")
        connection.execute("insert into readiness.gates values ('interviews', 'fail', '{a/1,a/2}')")
        connection.execute("insert into readiness.verdict values ('not_ready')")
    return fresh_database


def manifest(name: str) -> Manifest:
    return Manifest(
        release_id=name,
        created_at=datetime(2026, 11, 23, 12, 0, tzinfo=UTC),
        run_id="run",
        as_of=date(2026, 1, 1),
        packs=("public",),
        evidence_hash="e",
        evidence={},
        code_version="c",
        verdict="not_ready",
        checks_passed=3,
        checks_failed=0,
        tools={},
        line="latest",
    )


def of(folder: Path) -> Settings:
    return Settings.from_environment(
        {"WAKU_FIT_STATE_DIR": str(folder), "WAKU_FIT_REPORTS_DIR": str(folder / "reports")}
    )


def write(database: str, folder: Path, name: str, **told: str) -> Path:
    made = replace(manifest(name), **told)
    with connect(database, "waku_fit_admin") as connection:
        publish.write_rows(connection, made, {})
    with connect(database, "waku_fit_reader") as connection:
        frames = publish.read_release(connection, name)
    publish.write_files(folder / "releases" / name, {**data_files(frames), "manifest.json": manifest_json(made)})
    return folder / "releases" / name


def test_types_of_files_are_those_of_the_tables_whatever_is_in_them(database: str, tmp_path: Path) -> None:
    with connect(database, "waku_fit_admin") as connection:
        connection.execute("alter table readiness.gates add column counted bigint, add column stale_on date")
        connection.execute("insert into readiness.gates values ('cost', null, null, 3, '2026-12-01')")
    full = write(database, tmp_path, "r1")
    with connect(database, "waku_fit_admin") as connection:
        connection.execute("update readiness.gates set counted = null, stale_on = null, evidence_ids = null")
    empty = write(database, tmp_path, "r2")
    files = [str(folder / "data" / "gates.parquet") for folder in (full, empty)]
    types = ["string", "string", "list<element: string>", "int64", "date32[day]"]
    assert [[str(field.type) for field in pq.read_schema(file)] for file in files] == [types, types]
    assert ds.dataset(files).to_table()["counted"].to_pylist() == [None, 3, None, None]
    assert ",3,2026-12-01" in (full / "data" / "gates.csv").read_text()


def test_rows_of_one_key_and_unknown_evidence_are_faults(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(soundness, "RELEASED_TABLES", {"gates": ReleasedTable("readiness", ("gate_id",))})
    with connect(database, "waku_fit_admin") as connection:
        connection.execute("set role none")
        connection.execute("create table marts.evidence_index (evidence_id text)")
        connection.execute("insert into marts.evidence_index values ('a/1')")
        assert soundness.faults(connection) == ["readiness.gates names evidence that is not in the index: a/2"]
        connection.execute("insert into marts.evidence_index values ('a/2')")
        assert soundness.faults(connection) == []
        connection.execute("insert into readiness.gates values ('interviews', 'pass', '{}')")
        assert soundness.faults(connection) == ["readiness.gates has more than one row of interviews"]


def test_ids_sort_by_time() -> None:
    assert release_id(datetime(2026, 11, 23, 12, 0, tzinfo=UTC), "1a2b3c4d-5e6f") == "20261123T120000Z-1a2b3c4d"


def test_a_release_keeps_its_rows_when_the_source_changes(database: str, tmp_path: Path) -> None:
    write(database, tmp_path, "r1")
    with connect(database, "waku_fit_admin") as connection:
        connection.execute("update readiness.gates set status = 'pass'")
        connection.execute("alter table readiness.gates add column reason text default 'ten of ten'")
    write(database, tmp_path, "r2")
    with connect(database, "waku_fit_reader") as connection:
        assert list(publish.read_release(connection, "r1")["gates"].itertuples(index=False, name=None)) == [
            ("interviews", "fail", ["a/1", "a/2"], None)
        ]
        assert list(publish.read_release(connection, "r2")["gates"]["reason"]) == ["ten of ten"]


def test_a_release_keeps_the_order_of_its_rows_wherever_they_are_stored(database: str, tmp_path: Path) -> None:
    with connect(database, "waku_fit_admin") as connection:
        connection.execute("insert into readiness.gates values ('codesign', 'fail', '{a/3}')")
    write(database, tmp_path, "r1")
    with connect(database, "waku_fit_admin") as connection:
        connection.execute("update release.gates set status = 'pass' where gate_id = 'interviews'")
        assert connection.execute("select gate_id from release.gates").fetchall() == [("codesign",), ("interviews",)]
    with connect(database, "waku_fit_reader") as connection:
        assert list(publish.read_release(connection, "r1")["gates"]["gate_id"]) == ["interviews", "codesign"]


def test_files_hold_what_the_tables_hold(database: str, tmp_path: Path) -> None:
    folder = write(database, tmp_path, "r1")
    assert (folder / "data" / "gates.csv").read_text() == "gate_id,status,evidence_ids\ninterviews,fail,a/1;a/2\n"
    assert (folder / "data" / "gates.parquet").exists()


def test_the_release_before_is_the_newest_one_of_the_same_line(database: str, tmp_path: Path) -> None:
    def before(**changes: object) -> str | None:
        with connect(database, "waku_fit_admin") as connection:
            return publish.previous_release(connection, replace(manifest("r9"), **changes), tmp_path / "releases")

    assert before() is None  # there is no release at all
    for name in ("r1", "r2"):
        write(database, tmp_path, name)
    with connect(database, "waku_fit_admin") as connection:
        publish.write_rows(connection, manifest("r3"), {})  # killed before there were files
    assert before() == "r2"
    assert before(line="sample") is None
    assert before(packs=("public", "ours")) == "r2"  # the team took in a pack


def test_a_release_of_before_there_were_lines_is_of_the_line_with_its_packs_and_day(
    database: str, tmp_path: Path
) -> None:
    with connect(database, "waku_fit_admin") as connection:
        publish.write_rows(connection, replace(manifest("r1"), line=""), {})
        (tmp_path / "r1").mkdir()
        assert publish.previous_release(connection, manifest("r9"), tmp_path) == "r1"
        later = replace(manifest("r9"), as_of=None)
        assert publish.previous_release(connection, later, tmp_path) is None


def test_each_line_has_a_pointer_and_a_link_of_its_own(database: str, tmp_path: Path) -> None:
    team, look = (tmp_path / "reports" / line for line in ("latest", "sample"))
    releases = tmp_path / "releases"
    with connect(database, "waku_fit_admin") as connection:
        publish.publish(connection, "r1", write(database, tmp_path, "r1"), team)
        publish.publish(connection, "r2", write(database, tmp_path, "r2", line="sample"), look)
        assert publish.published_lines(connection) == ["latest", "sample"]
        team.unlink()
        look.unlink()
        publish.align_link(connection, releases, team)
        assert (Path(os.readlink(team)).name, look.exists()) == ("r1", False)
        publish.align_link(connection, releases, look)
        assert Path(os.readlink(look)).name == "r2"
    assert [(m["release_id"], m["line"]) for m in published(of(tmp_path))] == [("r2", "sample"), ("r1", "latest")]
    assert [m["release_id"] for m in published(of(tmp_path), "sample")] == ["r2"]


def test_the_pointer_of_before_there_were_lines_is_the_teams(database: str, tmp_path: Path) -> None:
    link, releases = tmp_path / "reports" / "latest", tmp_path / "releases"
    folder = write(database, tmp_path, "r1")
    with connect(database, "waku_fit_admin") as connection:
        connection.execute("drop table release.current")
        connection.execute(
            "create table release.current (singleton boolean primary key default true check (singleton),"
            " release_id text not null references release.releases)"
        )
        connection.execute("insert into release.current (release_id) values ('r1')")
        publish.align_link(connection, releases, link.with_name("sample"))
        assert not link.with_name("sample").exists()
        publish.align_link(connection, releases, link)
        assert link.resolve() == folder.resolve()
    folder = write(database, tmp_path, "r2")
    with connect(database, "waku_fit_admin") as connection:
        publish.publish(connection, "r2", folder, link)
        assert connection.execute("select line, release_id from release.current").fetchall() == [("latest", "r2")]


def test_only_the_tables_that_are_asked_for_are_read(database: str, tmp_path: Path) -> None:
    write(database, tmp_path, "r1")
    with connect(database, "waku_fit_reader") as connection:
        assert list(publish.read_release(connection, "r1", ("verdict",))) == ["verdict"]
        written = publish.read_manifest(connection, "r1")
        assert written is not None
        assert (written.release_id, written.created_at, written.rows) == (
            "r1",
            manifest("r1").created_at,
            {"gates": 1, "verdict": 1},
        )
        assert publish.read_manifest(connection, "r2") is None


def test_the_link_moves_with_the_pointer(database: str, tmp_path: Path) -> None:
    link = tmp_path / "reports" / "latest"
    for name in ("r1", "r2"):
        folder = write(database, tmp_path, name)
        with connect(database, "waku_fit_admin") as connection:
            publish.publish(connection, name, folder, link)
    assert json.loads((link / "manifest.json").read_text())["release_id"] == "r2"
    assert [m["release_id"] for m in published(of(tmp_path))] == ["r2", "r1"]


def test_what_was_written_but_not_published_is_not_seen(database: str, tmp_path: Path) -> None:
    link = tmp_path / "reports" / "latest"
    with connect(database, "waku_fit_admin") as connection:
        publish.publish(connection, "r1", write(database, tmp_path, "r1"), link)
    write(database, tmp_path, "r2")
    (tmp_path / "releases" / ".partial-r3").mkdir()
    with connect(database, "waku_fit_admin") as connection:
        publish.align_link(connection, tmp_path / "releases", link)
    assert Path(os.readlink(link)).name == "r1"
    assert [m["release_id"] for m in published(of(tmp_path))] == ["r1"]
    assert not (tmp_path / "releases" / ".partial-r3").exists()


def test_a_kill_between_pointer_and_link_is_made_good_by_the_next_run(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = tmp_path / "reports" / "latest"
    with connect(database, "waku_fit_admin") as connection:
        publish.publish(connection, "r1", write(database, tmp_path, "r1"), link)
        folder = write(database, tmp_path, "r2")
        with monkeypatch.context() as killed:
            killed.setattr(os, "replace", lambda *_: None)
            publish.publish(connection, "r2", folder, link)
        assert Path(os.readlink(link)).name == "r1"
        publish.align_link(connection, tmp_path / "releases", link)
    assert Path(os.readlink(link)).name == "r2"


def test_a_pointer_to_an_earlier_release_is_of_another_database(database: str, tmp_path: Path) -> None:
    """The state folder was used with another database since: the link is not moved back by a run on this one."""
    link, releases = tmp_path / "reports" / "latest", tmp_path / "releases"
    with connect(database, "waku_fit_admin") as connection:
        publish.publish(connection, "r1", write(database, tmp_path, "r1"), link)
        point(link, write_elsewhere(tmp_path, "r2"))
        publish.align_link(connection, releases, link)
        assert Path(os.readlink(link)).name == "r2"
        shutil.rmtree(releases / "r2")
        publish.align_link(connection, releases, link)
        assert Path(os.readlink(link)).name == "r1"


def point(link: Path, folder: Path) -> None:
    link.parent.mkdir(parents=True, exist_ok=True)
    link.unlink(missing_ok=True)
    link.symlink_to(folder)


def write_elsewhere(root: Path, name: str, **told: str) -> Path:
    """Write a release that is in no table."""
    folder = root / "releases" / name
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text(json.dumps({"release_id": name, "as_of": None, "packs": ["public"], **told}))
    return folder


@pytest.mark.parametrize(
    ("made_in", "listed"),
    [
        (["a", "a", "a"], ["r3", "r2", "r1"]),
        (["a", "b", "a"], ["r3", "r1"]),
        (["a", "a", "b"], ["r3"]),
        ([None, "b", "a"], ["r3", "r1"]),
        ([None, None, None], ["r3", "r2", "r1"]),
    ],
)
def test_releases_of_two_databases_are_not_mixed(tmp_path: Path, made_in: list[str | None], listed: list[str]) -> None:
    link = tmp_path / "reports" / "latest"
    for number, database in enumerate(made_in, start=1):
        point(link, write_elsewhere(tmp_path, f"r{number}", **({"database": database} if database else {})))
    assert [m["release_id"] for m in published(of(tmp_path))] == listed


def test_a_look_in_another_database_hides_no_release_of_the_team(tmp_path: Path) -> None:
    made = [("latest", "a"), ("sample", "a"), ("sample", "b"), ("latest", "a")]
    for number, (line, database) in enumerate(made, start=1):
        folder = write_elsewhere(tmp_path, f"r{number}", line=line, database=database)
        point(tmp_path / "reports" / line, folder)
    assert [(m["release_id"], m["line"]) for m in published(of(tmp_path))] == [
        ("r4", "latest"), ("r3", "sample"), ("r1", "latest"),
    ]  # fmt: skip


def test_a_manifest_of_before_databases_and_lines_were_noted_is_as_it_was() -> None:
    assert not {"database", "line"} & replace(manifest("r1"), line="").as_json().keys()
    noted = Manifest.from_json(replace(manifest("r1"), database="7/16384").as_json())
    assert (noted.database, noted.line) == ("7/16384", "latest")


def test_a_folder_in_place_of_the_link_is_never_overwritten(database: str, tmp_path: Path) -> None:
    link = tmp_path / "reports" / "latest"
    link.mkdir(parents=True)
    write(database, tmp_path, "r1")
    with connect(database, "waku_fit_admin") as connection, pytest.raises(publish.LinkError, match="move it away"):
        publish.align_link(connection, tmp_path / "releases", link)


def test_a_reader_sees_releases_and_nothing_else(database: str, tmp_path: Path) -> None:
    write(database, tmp_path, "r1")
    with connect(database, "waku_fit_reader") as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("select * from readiness.gates")


def test_what_a_run_left_that_was_killed_before_readers_saw_it_goes(database: str, tmp_path: Path) -> None:
    link = tmp_path / "reports" / "latest"
    with connect(database, "waku_fit_admin", autocommit=True) as connection:
        publish.publish(connection, "r1", write(database, tmp_path, "r1"), link)
        write(database, tmp_path, "r2")
        publish.align_link(connection, tmp_path / "releases", link)
        assert [path.name for path in (tmp_path / "releases").iterdir()] == ["r1"]
        assert connection.execute("select release_id from release.releases").fetchall() == [("r1",)]
        assert connection.execute("select release_id from release.gates").fetchall() == [("r1",)]
        publish.publish(connection, "r3", write(database, tmp_path, "r3"), link)
    assert [m["release_id"] for m in published(of(tmp_path))] == ["r3", "r1"]


def test_nothing_moves_where_the_link_cannot_be_made(database: str, tmp_path: Path) -> None:
    with connect(database, "waku_fit_admin", autocommit=True) as connection:
        publish.publish(connection, "r1", write(database, tmp_path, "r1"), tmp_path / "reports" / "latest")
        folder = write(database, tmp_path, "r2")
        (tmp_path / "file").touch()  # in the place of the folder of links: nothing can be made in it
        with pytest.raises(OSError, match="file"):
            publish.publish(connection, "r2", folder, tmp_path / "file" / "latest")
        assert publish.current_release(connection, "latest") == "r1"
    assert (tmp_path / "reports" / "latest").resolve().name == "r1"


def test_tables_of_an_earlier_version_get_the_columns_of_a_fresh_install(database: str, tmp_path: Path) -> None:
    write(database, tmp_path, "r1")
    with connect(database, "waku_fit_admin", autocommit=True) as connection:
        connection.execute("alter table release.gates drop column row_order")  # the last column, in an earlier version
        connection.execute(
            "alter table release.gates add column dead text, add column row_order bigint generated always as identity"
        )
        connection.execute("drop table readiness.gates")
        connection.execute("create table readiness.gates (gate_id text, reason text, status text, evidence_ids text[])")
        connection.execute("insert into readiness.gates values ('cost', 'new', 'unknown', '{}')")
    write(database, tmp_path, "r2")
    with connect(database, "waku_fit_admin", autocommit=True) as connection:
        columns = connection.execute(
            "select attname::text from pg_attribute where attrelid = 'release.gates'::regclass and attnum > 0"
            " and not attisdropped order by attnum"
        ).fetchall()
        assert [name for (name,) in columns] == [
            "release_id",
            "row_order",
            "gate_id",
            "reason",
            "status",
            "evidence_ids",
        ]
        rows = connection.execute(
            "select release_id, row_order, gate_id, reason from release.gates order by 2"
        ).fetchall()
        assert rows == [("r1", 1, "interviews", None), ("r2", 2, "cost", "new")]
    with connect(database, "waku_fit_reader") as connection:
        assert list(publish.read_release(connection, "r1")["gates"]["status"]) == ["fail"]
