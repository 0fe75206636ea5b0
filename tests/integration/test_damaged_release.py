"""Files of a release that were damaged or deleted: every command says so, and a run writes them again."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from orchestration.warehouse.connection import connect, open_warehouse
from orchestration.warehouse.server import remove_server
from tests.integration.chain import Chain


@pytest.fixture(scope="module")
def damaged(published: Chain, open_folder: Path) -> Iterator[Chain]:
    """A release of its own, which each test damages and repairs."""
    clone = published.clone(open_folder / "test_damaged_release")
    yield clone
    remove_server(clone.root / "state")


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20])


def changed(path: Path) -> None:
    path.write_text(path.read_text().replace("fail", "pass", 1))


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_every_command_names_it_until_a_run_wrote_it_again(damaged: Chain) -> None:
    folder = damaged.latest.resolve()
    whole = files_of(folder)
    shutil.rmtree(folder)

    for command in (
        ("status",),
        ("explain", "interviews"),
        ("history",),
        ("diff",),
        ("decisions",),
        ("decide", "--role", "product lead", "--reason", "Wait."),
        ("crm", "export", str(damaged.root / "crm.csv")),
        ("verify",),
    ):
        refused = damaged.waku_fit(*command)
        assert (refused.returncode, "Traceback" in refused.stderr) == (1, False), command
        assert f"release {folder.name} is damaged: its folder is gone. `waku-fit run`" in refused.stderr, command
    examined = damaged.waku_fit("doctor")
    assert examined.returncode == 1
    advice = "its folder is gone; `waku-fit run` writes it again (line latest)"
    assert f"FIX  releases: {folder.name}: {advice}" in examined.stdout

    repaired = damaged.waku_fit("run")

    assert repaired.returncode == 0, repaired.stderr
    assert f"Release {folder.name} was damaged (its folder is gone): it was written again" in repaired.stdout
    assert files_of(damaged.latest.resolve()) == whole
    assert "Nothing changed" in damaged.waku_fit("run").stdout
    assert damaged.waku_fit("verify").returncode == 0
    assert "ok    releases: 1, no file of them is damaged" in damaged.waku_fit("doctor").stdout


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (lambda folder: (folder / "gates.html").unlink(), "gates.html is gone"),
        (lambda folder: changed(folder / "data" / "gates.csv"), "data/gates.csv was changed"),
        (lambda folder: cut(folder / "data" / "gates.parquet"), "data/gates.parquet was changed"),
        (lambda folder: cut(folder / "readiness.json"), "readiness.json was changed"),
        (lambda folder: (folder / "manifest.json").write_text(""), "manifest.json cannot be read, and 1 more"),
    ],
    ids=["page deleted", "table changed", "table cut", "verdict cut", "manifest empty"],
)
def test_whatever_is_damaged_is_written_again(damaged: Chain, damage: Callable[[Path], object], told: str) -> None:
    folder = damaged.latest.resolve()
    whole = files_of(folder)
    damage(folder)
    assert f"release {folder.name} is damaged: {told}" in damaged.waku_fit("status").stderr
    repaired = damaged.waku_fit("run")
    assert repaired.returncode == 0, repaired.stderr
    assert f"Release {folder.name} was damaged ({told}): it was written again" in repaired.stdout
    assert files_of(damaged.latest.resolve()) == whole


@pytest.mark.parametrize("text", ["", '{"lines": {"lat'], ids=["empty", "cut"])
def test_a_damaged_note_of_what_was_read_is_written_anew(damaged: Chain, text: str) -> None:
    (damaged.root / "state" / "made_from.json").write_text(text)
    assert "No number depends on what has changed" in damaged.waku_fit("run").stdout
    assert "Nothing changed" in damaged.waku_fit("run").stdout


def test_rows_that_were_changed_are_not_written_over_files(damaged: Chain) -> None:
    folder = damaged.latest.resolve()
    page = (folder / "gates.html").read_bytes()
    (folder / "gates.html").unlink()
    execute(damaged, "update release.gates set status = 'pass'")
    refused = damaged.waku_fit("run")
    assert refused.returncode == 1
    assert "data/gates.parquet says something else than the database" in refused.stderr
    assert "Nothing was written" in refused.stderr
    (folder / "gates.html").write_bytes(page)
    assert "Nothing changed" in damaged.waku_fit("run").stdout


def execute(chain: Chain, statement: str) -> None:
    with open_warehouse(None, chain.root / "state") as database, connect(database.url, autocommit=True) as connection:
        connection.execute(psycopg.sql.SQL(statement))


def test_tables_that_were_changed_by_hand_are_made_again(damaged: Chain) -> None:
    execute(damaged, "update marts.milestones set title = 'Changed by hand'")
    execute(damaged, "update raw.roadmap__deliverables set title = 'Changed by hand'")
    execute(damaged, "update model.segment_ranking set position = position + 1")
    execute(damaged, "drop table model.saturation")
    assert "Nothing changed" in damaged.waku_fit("run").stdout  # the release is as it was

    damaged.report_held(9)
    done = damaged.waku_fit("run")

    assert done.returncode == 0, done.stderr
    named = done.stdout.partition(" because of ")[2].partition(".\n")[0].split(", ")
    assert {"raw/roadmap__deliverables", "marts/milestones", "model/segment_ranking", "model/saturation"} < set(named)
    assert [path for path, text in files_of(damaged.latest.resolve()).items() if b"Changed by hand" in text] == []
    changes = (damaged.latest / "data" / "release_changes.csv").read_text()
    assert "interviews" in changes
    assert "segment" not in changes
