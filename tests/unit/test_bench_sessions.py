"""Files of a session: whole steps or nothing, never two environments in one."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from assets.benchmarks.measuring.errors import BenchmarkError
from assets.benchmarks.measuring.session_files import (
    MEASUREMENTS,
    RUNS,
    Figure,
    OpenSession,
    finished,
    keep,
    open_session,
    read_rows,
    refresh_pack,
)
from assets.evidence.packs import Pack, with_local_packs
from assets.evidence.parsing import parse_csv

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 12, 30, 15, tzinfo=UTC)
ENVIRONMENT: dict[str, Any] = {
    "server_location": "embedded",
    "cpu_model": "A processor",
    "cpu_cores": 2,
    "memory_gib": 4.0,
    "operating_system": "Linux 6",
    "load_average": 0.5,
    "file_system": "ext4",
    "postgres_version": "18.4",
    "load_generator": "pgbench (PostgreSQL) 18.4",
    "changed_settings": ["fsync=on", "collation=C"],
    "code_version": "abc",
    "latency_source": "pgbench_log",
}
PLAN: dict[str, Any] = {"grid": "quick", "digest": "d1", "seed": 7, "rounds": 4, "environment": ENVIRONMENT}
FIGURE = Figure("throughput_per_s", 1234.5678, "insert", "lookup_table", 4, 1000, 200, round=1)


def opened(results: Path, plan: dict[str, Any] = PLAN, *, fresh: bool = False, second: int = 15) -> OpenSession:
    return open_session(results, plan, fresh=fresh, now=NOW.replace(second=second))[0]


def measurements(session: OpenSession) -> list[dict[str, str]]:
    return read_rows(MEASUREMENTS, session.folder / "measurements.csv")


def test_figures_become_rows_of_evidence(tmp_path: Path) -> None:
    session = opened(tmp_path)
    assert session.run_id == "quick_20261123_123015"
    session.append("round 1", [FIGURE, Figure("latency_ms_p50", 1.5, "insert", rate_per_s=100 / 3)], 10.0, TODAY)
    session.finish(TODAY)
    for table in (RUNS, MEASUREMENTS):
        text = (session.folder / f"{table.name}.csv").read_text()
        parsed = parse_csv(table, text, file=table.path, pack="here", today=TODAY)
        assert parsed.problems == []
    first, second = measurements(session)
    assert (first["id"], first["value"], first["unit"]) == ("quick_20261123_123015_00001", "1234.57", "1/s")
    assert (second["id"], second["rate_per_s"], second["stage"]) == ("quick_20261123_123015_00002", "33.3333", "")
    (run,) = read_rows(RUNS, session.folder / "runs.csv")
    assert (run["changed_settings"], run["duration_seconds"]) == ("fsync=on;collation=C", "10.0")
    assert run["source"] == "own measurement: waku-fit bench --grid quick --seed 7"


def test_a_step_that_was_cut_off_is_taken_away(tmp_path: Path) -> None:
    session = opened(tmp_path)
    session.append("round 1", [FIGURE], 5.0, TODAY)
    with (session.folder / "measurements.csv").open("a") as file:
        file.write("quick_20261123_123015_00002,half a ro")
    again = opened(tmp_path)
    assert (again.folder, again.done, again.seconds) == (session.folder, ["round 1"], 5.0)
    again.append("round 2", [replace(FIGURE, round=2)], 5.0, TODAY)
    assert [(row["id"][-5:], row["round"]) for row in measurements(again)] == [("00001", "1"), ("00002", "2")]


def test_a_session_that_was_killed_before_its_first_step_is_gone_on_with(tmp_path: Path) -> None:
    assert opened(tmp_path).folder == opened(tmp_path, second=20).folder


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"seed": 8}, "seed"),
        ({"digest": "d2"}, "digest"),
        ({"environment": ENVIRONMENT | {"cpu_cores": 4}}, "cpu_cores"),
        ({"environment": ENVIRONMENT | {"changed_settings": ["fsync=off"]}}, "changed_settings"),
        ({"environment": ENVIRONMENT | {"code_version": "ab1"}}, "code_version"),
    ],
)
def test_another_environment_or_plan_begins_anew(tmp_path: Path, changed: dict[str, Any], named: str) -> None:
    first = opened(tmp_path)
    second, notes = open_session(tmp_path, PLAN | changed, fresh=False, now=NOW.replace(second=20))
    assert second.folder != first.folder
    assert notes == [f"{first.run_id} stays unfinished: {named} changed since, and it would mix."]


def test_the_load_average_may_differ_and_fresh_begins_anew(tmp_path: Path) -> None:
    first = opened(tmp_path)
    later = PLAN | {"environment": ENVIRONMENT | {"load_average": 3.0}}
    assert opened(tmp_path, later, second=20).folder == first.folder
    assert opened(tmp_path, fresh=True, second=20).folder != first.folder


def test_an_unfinished_session_is_no_result(tmp_path: Path) -> None:
    opened(tmp_path).append("round 1", [FIGURE], 5.0, TODAY)
    assert finished(tmp_path) == []
    assert not refresh_pack(tmp_path).exists()


def finish(results: Path, *, grid: str = "quick", second: int = 15) -> Path:
    session = opened(results, PLAN | {"grid": grid}, second=second)
    session.append("round 1", [FIGURE], 5.0, TODAY)
    session.finish(TODAY)
    return session.folder


def test_the_pack_has_the_newest_of_each_grid(tmp_path: Path) -> None:
    finish(tmp_path, second=10)
    full = finish(tmp_path, grid="full", second=20)
    newest = finish(tmp_path, second=30)
    assert with_local_packs(("public",), tmp_path.parent) == ("public",)
    pack = refresh_pack(tmp_path)
    assert [row["id"] for row in read_rows(RUNS, pack / RUNS.path)] == [full.name, newest.name]
    assert refresh_pack(tmp_path) == pack
    assert [path.name for path in tmp_path.glob(".local*")] == []


def test_benchmarks_made_here_are_laid_over_all_packs_once(tmp_path: Path) -> None:
    finish(tmp_path / "benchmarks")
    refresh_pack(tmp_path / "benchmarks")
    packs = with_local_packs(("public",), tmp_path)
    assert packs == ("public", "local_benchmarks")
    assert with_local_packs(packs, tmp_path) == packs


def test_a_session_is_kept_as_evidence_once(tmp_path: Path) -> None:
    results, target = tmp_path / "results", Pack("ours", tmp_path / "ours").path
    kept, other = finish(results, second=10), finish(results, second=20)
    assert keep(kept, target) == 1
    assert keep(other, target) == 1
    assert [row["id"] for row in read_rows(RUNS, target / RUNS.path)] == [kept.name, other.name]
    with pytest.raises(BenchmarkError, match="already; nothing was written"):
        keep(kept, target)
    assert len(read_rows(MEASUREMENTS, target / MEASUREMENTS.path)) == 2
    assert not refresh_pack(results).exists()  # their rows would be there twice


def test_a_table_of_other_columns_is_left_alone(tmp_path: Path) -> None:
    folder, target = finish(tmp_path / "results"), tmp_path / "ours"
    (target / "benchmarks").mkdir(parents=True)
    (target / RUNS.path).write_text("id,grid\n")
    with pytest.raises(BenchmarkError, match=r"runs\.csv:1: the columns are not those of benchmarks__runs"):
        keep(folder, target)
    assert (target / RUNS.path).read_text() == "id,grid\n"
    assert not (target / MEASUREMENTS.path).exists()


def test_an_unfinished_session_is_not_kept(tmp_path: Path) -> None:
    session = opened(tmp_path)
    with pytest.raises(BenchmarkError, match="no finished session"):
        keep(session.folder, tmp_path / "ours")
    assert json.loads((session.folder / "plan.json").read_text())["seed"] == 7
