"""The archive benchmarks on a real PostgreSQL, with grids that take seconds: results, resuming, and what goes wrong."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from assets.benchmarks.archive.grids import QUICK, Cell, Grid, Phase
from assets.benchmarks.archive.limits import Limit
from assets.benchmarks.archive.messages import Archive
from assets.benchmarks.archive.requests import WORKLOADS, script
from assets.benchmarks.archive.stages import HOUR_NS, ORIGIN_NS, SELF_TEST, STAGES
from assets.benchmarks.measuring import archive_tables
from assets.benchmarks.measuring.errors import BenchmarkError
from assets.benchmarks.measuring.measure import Bench
from assets.benchmarks.measuring.pgbench import OfferedLoad, run_pgbench
from assets.benchmarks.measuring.session_files import MEASUREMENTS, RUNS, finished, read_rows
from assets.benchmarks.measuring.session_results import session_results
from assets.benchmarks.measuring.session_run import SCRATCH, Result, SessionProgress, run_grid
from assets.evidence.parsing import parse_csv
from orchestration.warehouse.connection import connect
from orchestration.warehouse.layout import wheel_binaries
from orchestration.warehouse.server import embedded_server
from tests.integration.servers import PASSWORD, ROOT, OtherServer, eventually, kill

LIMITS = dict.fromkeys(WORKLOADS, (Limit("typed for a test", 100.0, 95),))
ARCHIVE = Archive(payload_bytes=100, messages=480, hours=24)
TWO_HOURS = replace(ARCHIVE, hours=2)
TINY: Grid = replace(
    QUICK,
    phases=(
        Phase(
            TWO_HOURS,
            fillings=2,
            seconds=0.01,
            cells=(
                *(
                    Cell(stage, name, 2)
                    for name in ("insert", "first_page_20")
                    for stage in ("lookup_table", "lookup_partitioned")
                ),
                *(Cell(stage, "first_page_20", 2) for stage in SELF_TEST),
            ),
            capacity=(Cell("lookup_partitioned", "first_page_20", 2),),
            capacity_rounds=1,
            retention_rounds=1,
        ),
    ),
    harness_clients=(2,),
    probe_seconds=0.05,
    probe_steps=2,
    retention_messages=96,
    storage=((100, 200),),
)


def silent(_: SessionProgress) -> None:
    """Say nothing."""


def measure(url: str, results: Path, tell: Callable[[SessionProgress], None] = silent, grid: Grid = TINY) -> Result:
    return run_grid(url, wheel_binaries(), grid, results, LIMITS, 1, tell)


def scratch_databases(url: str) -> int:
    with connect(url) as connection:
        row = connection.execute("select count(*) from pg_database where datname = %s", [SCRATCH]).fetchone()
    assert row is not None
    return int(row[0])


def one(connection: psycopg.Connection[Any], query: str) -> object:
    row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return row[0]


def test_a_session_becomes_evidence_and_leaves_nothing_behind(warehouse_url: str, tmp_path: Path) -> None:
    told: list[SessionProgress] = []
    result = measure(warehouse_url, tmp_path, told.append)
    assert scratch_databases(warehouse_url) == 0
    assert sorted(path.name for path in result.folder.iterdir()) == [
        "measurements.csv",
        "plan.json",
        "runs.csv",
        "state.json",
    ]
    today = datetime.now(UTC).date()
    for table in (RUNS, MEASUREMENTS):
        text = (result.pack / table.path).read_text()
        assert parse_csv(table, text, file=table.path, pack="own", today=today).problems == []
    (run,) = read_rows(RUNS, result.folder / "runs.csv")
    assert (run["grid"], run["rounds"], run["server_location"]) == ("quick", "2", "embedded")
    assert "collation=" in run["changed_settings"]
    assert "max_parallel_workers_per_gather=0" in run["changed_settings"]
    assert run["git_commit"]
    rows = read_rows(MEASUREMENTS, result.folder / "measurements.csv")
    throughputs = [(row["stage"], row["workload"], row["round"]) for row in rows if row["metric"] == "throughput_per_s"]
    assert len(throughputs) == len(set(throughputs))
    for stage in ("lookup_table", "lookup_partitioned"):
        assert {(stage, "insert", "1"), (stage, "insert", "2")} <= set(throughputs)
    metrics = {row["metric"] for row in rows if row["stage"] == "lookup_partitioned"}
    assert metrics >= {"late_share", "capacity_per_s", "total_bytes_per_message", "wal_bytes_per_message"}
    assert metrics >= {"delete_oldest_ms", "drop_oldest_ms", "latency_ms_p50"}
    noise = session_results(run, rows).noise
    # two pairs, each with throughput and the quantiles that so few requests can tell
    assert noise.self_test_comparisons >= 4
    assert noise.harness_empty_per_s
    assert noise.harness_select_1_per_s
    assert told[0].doing == "480 messages of 100 bytes, round 1 of 2: filling 6 stages"
    grown = {row["stage"]: float(row["value"]) for row in rows if row["metric"] == "total_bytes_per_message"}
    assert grown["grown_bytea"] < grown["grown_hex"]
    assert 0.5 < told[-1].done_share <= 1


def test_every_request_is_answered_by_every_stage(fresh_database: str, tmp_path: Path) -> None:
    with psycopg.connect(fresh_database, autocommit=True) as connection:
        bench = Bench(connection, fresh_database, wheel_binaries(), tmp_path, 1, ARCHIVE)
        stages = tuple(name for name, stage in STAGES.items() if stage.compression != "lz4")
        bench.load(stages)
        contents = set()
        for name in stages:
            decoded = "payload" if STAGES[name].payload_type == "bytea" else "decode(payload, 'hex')"
            digest = (
                f"md5(string_agg(message_hash || content_topic || encode({decoded}, 'hex'), '' order by timestamp))"
            )
            contents.add(one(connection, f"select {digest} from bench_{name}.messages"))
            for workload in WORKLOADS.values():
                made = script(workload, STAGES[name], f"bench_{name}", ARCHIVE, 1)
                assert (
                    run_pgbench(wheel_binaries(), fresh_database, made, OfferedLoad(2, 3, 1), tmp_path).processed == 6
                )
            # three each of two writers' own, and three that both offered, which repeat numbers of the first run
            assert one(connection, f"select count(*) from bench_{name}.messages") == 480 + 6 + 1
            archive_tables.reset(connection, STAGES[name], f"bench_{name}", ARCHIVE)
            assert one(connection, f"select count(*) from bench_{name}.messages") == 480
        assert len(contents) == 1
        bench.unload(stages)
        assert one(connection, "select count(*) from pg_namespace where nspname like 'bench%'") == 0


def answers(connection: psycopg.Connection[Any], text: str) -> list[tuple[Any, ...]]:
    """Run a script as pgbench would, with the middle of each range in place of chance; return all rows."""
    values: dict[str, object] = {}

    def put(part: str) -> bytes:
        return re.sub(r"(?<!:):(\w+)", lambda found: str(values[found[1]]), part).encode()

    rows: list[tuple[Any, ...]] = []
    for command in re.findall(r"(\\set [^\n]*)\n|(.*?)(;|\\gset)\n", text, re.DOTALL):
        if command[0]:
            _, name, expression = command[0].split(" ", 2)
            middle = re.sub(r"random\((\d+), (\d+)\)", r"((\1 + \2) / 2)", expression)
            values[name] = one(connection, f"select {put(middle).decode()}")
        elif command[2] == "\\gset":
            values["cursor_ns"] = one(connection, put(command[1]).decode())
        else:
            rows += connection.execute(put(command[1])).fetchall()
    return [tuple(value.hex() if isinstance(value, bytes) else value for value in row) for row in rows]


def test_every_stage_gives_the_same_answer(fresh_database: str, tmp_path: Path) -> None:
    with psycopg.connect(fresh_database, autocommit=True) as connection:
        shared = replace(ARCHIVE, messages=9_600)
        bench = Bench(connection, fresh_database, wheel_binaries(), tmp_path, 1, shared)
        stages = [name for name, stage in STAGES.items() if stage.compression != "lz4"]
        bench.load(stages)
        for workload in WORKLOADS.values():
            if workload.shape in ("insert", "housekeeping"):
                continue
            given = {
                name: answers(connection, script(workload, STAGES[name], f"bench_{name}", shared, 1).text)
                for name in stages
            }
            assert given["single_key"], workload.id
            assert all(rows == given["single_key"] for rows in given.values()), workload.id


def test_a_page_has_the_newest_messages_of_an_hour(fresh_database: str, tmp_path: Path) -> None:
    with psycopg.connect(fresh_database, autocommit=True) as connection:
        archive_of_pages = replace(ARCHIVE, messages=24_000)
        bench = Bench(connection, fresh_database, wheel_binaries(), tmp_path, 1, archive_of_pages)
        bench.load(["lookup_partitioned"])
        stage = STAGES["lookup_partitioned"]
        text = script(WORKLOADS["first_page_20"], stage, "bench_lookup_partitioned", archive_of_pages, 1).text
        found = answers(connection, text)
        start = ORIGIN_NS + 23 * HOUR_NS // 2
        times = [row[4] for row in found]
        assert times == sorted(times, reverse=True)
        assert start <= times[-1] < times[0] < start + HOUR_NS
        topics = ", ".join(f"'/waku-fit/1/topic-{number}/proto'" for number in range(145, 155))
        query = (
            f"select array_agg(at) from (select timestamp as at from bench_lookup_partitioned.messages where timestamp"
            f" between {start} and {start + HOUR_NS - 1} and content_topic in ({topics}) order by 1 desc limit 21) as p"
        )
        assert times == one(connection, query)


def test_a_server_that_dies_in_mid_round_loses_no_finished_step(state_dir: Path, tmp_path: Path) -> None:
    with embedded_server(state_dir) as server:

        def kill_in_second_round(progress: SessionProgress) -> None:
            if "round 2" in progress.doing:
                os.kill(server.pid, signal.SIGKILL)

        with pytest.raises(BenchmarkError) as raised:
            measure(server.url, tmp_path, kill_in_second_round)
        message = str(raised.value)
        assert "1 steps are kept in" in message
        assert "the same command goes on from there" in message
        assert finished(tmp_path) == []
        (folder,) = tmp_path.glob("quick_*")
        before = (folder / "measurements.csv").read_bytes()
        assert {row["round"] for row in read_rows(MEASUREMENTS, folder / "measurements.csv")} == {"1"}
        with connect(server.url):  # waits until the supervisor has it back
            pass
        result = measure(server.url, tmp_path)
        assert result.folder == folder
        assert result.notes[0] == f"Resuming {folder.name}: 1 steps are there already."
        assert (folder / "measurements.csv").read_bytes().startswith(before)
        assert scratch_databases(server.url) == 0


def test_a_limit_that_one_client_misses_is_a_bound_and_a_wider_one_is_searched(
    warehouse_url: str, tmp_path: Path
) -> None:
    (phase,) = TINY.phases
    once = replace(phase, fillings=1, retention_rounds=0)
    limits = {name: (Limit("narrow", 0.001, 95), Limit("wide", 1000.0, 90)) for name in WORKLOADS}
    grid = replace(TINY, phases=(once,), storage=())
    result = run_grid(warehouse_url, wheel_binaries(), grid, tmp_path, limits, 1, silent)
    rows = [row for row in read_rows(MEASUREMENTS, result.folder / "measurements.csv") if row["limit_ms"]]
    narrow, wide = ([row for row in rows if row["limit_ms"] == limit] for limit in ("0.001", "1000"))
    (alone,) = [row for row in narrow if row["metric"] == "late_share"]
    assert (alone["clients"], alone["rate_per_s"], alone["operations"], alone["value"]) == ("1", "", "32", "1")
    (missed,) = [row for row in narrow if row["metric"] == "capacity_per_s"]
    assert (missed["value"], missed["percentile"]) == ("", "95")
    assert float(missed["value_high"]) > 0
    (kept,) = [row for row in wide if row["metric"] == "capacity_per_s"]
    assert kept["percentile"] == "90"
    # a try of 0.05 s is lengthened to the 70 operations that a p90 needs
    tries = [row for row in wide if row["metric"] == "late_share" and row["rate_per_s"] == kept["value"]]
    assert any(int(row["operations"]) >= 70 and float(row["value"]) <= 0.1 for row in tries)


def test_a_filling_may_be_measured_in_several_rounds(warehouse_url: str, tmp_path: Path) -> None:
    (phase,) = TINY.phases
    shared = replace(phase, fillings=1, rounds_per_filling=2, capacity_rounds=2, retention_rounds=0)
    result = measure(warehouse_url, tmp_path, grid=replace(TINY, phases=(shared,), storage=()))
    rows = read_rows(MEASUREMENTS, result.folder / "measurements.csv")
    assert [row["round"] for row in rows if row["metric"] == "capacity_per_s"] == ["1", "2"]
    assert {row["round"] for row in rows if row["metric"] == "total_bytes_per_message"} == {"1"}


def test_an_optional_archive_is_left_out_where_the_time_is_over(warehouse_url: str, tmp_path: Path) -> None:
    (phase,) = TINY.phases
    once = replace(phase, fillings=1, capacity=(), retention_rounds=0)
    larger = replace(once, archive=replace(TWO_HOURS, messages=960), is_optional=True)
    result = measure(warehouse_url, tmp_path, grid=replace(TINY, phases=(once, larger), limit_seconds=0.0))
    assert "960 x 100 bytes, round 1 left out: the session would have taken too long" in result.notes
    rows = read_rows(MEASUREMENTS, result.folder / "measurements.csv")
    assert "960" not in {row["archive_messages"] for row in rows}
    (run,) = read_rows(RUNS, result.folder / "runs.csv")
    assert "left out: the session would have taken too long" in run["note"]


RUNNER = textwrap.dedent("""
    import sys
    from pathlib import Path
    from tests.integration.test_bench_run import measure
    def tell(progress):
        print(progress.doing, flush=True)
        if "round 2" in progress.doing:
            sys.stdin.read()
    measure(sys.argv[1], Path(sys.argv[2]), tell)
""")


def test_a_killed_runner_is_resumed_and_a_second_one_is_refused(warehouse_url: str, tmp_path: Path) -> None:
    runner = subprocess.Popen(
        [sys.executable, "-c", RUNNER, warehouse_url, str(tmp_path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert runner.stdout is not None
        eventually(lambda: "round 2" in runner.stdout.readline(), "the second round begins")  # type: ignore[union-attr]
        with pytest.raises(BenchmarkError, match="another benchmark writes to"):
            measure(warehouse_url, tmp_path)
        kill(runner.pid)
    finally:
        runner.kill()
        runner.communicate()
    assert scratch_databases(warehouse_url) == 1
    result = measure(warehouse_url, tmp_path)
    assert "1 steps are there already" in result.notes[0]
    ids = [row["id"] for row in read_rows(MEASUREMENTS, result.folder / "measurements.csv")]
    assert ids == [f"{result.folder.name}_{number:05}" for number in range(1, len(ids) + 1)]
    assert scratch_databases(warehouse_url) == 0


def test_another_server_is_measured_without_showing_its_password(
    login: Callable[..., str], other_server: OtherServer, tmp_path: Path
) -> None:
    url = login("measurer", "createdb", owns_database=True)
    result = measure(url, tmp_path)
    (run,) = read_rows(RUNS, result.folder / "runs.csv")
    assert (run["server_location"], run["file_system"]) == ("same_host", "")
    assert not any(PASSWORD in path.read_text() for path in tmp_path.rglob("*.*") if path.is_file())


def test_a_login_without_the_right_to_create_a_database_is_told_so(login: Callable[..., str], tmp_path: Path) -> None:
    with pytest.raises(BenchmarkError, match="give it CREATEDB"):
        measure(login("reader_only"), tmp_path)


def test_a_database_of_somebody_else_with_the_scratch_name_stays(warehouse_url: str, tmp_path: Path) -> None:
    with connect(warehouse_url, autocommit=True) as connection:
        connection.execute(f"create database {SCRATCH}".encode())
        try:
            with pytest.raises(BenchmarkError, match="not marked as scratch"):
                measure(warehouse_url, tmp_path)
            assert scratch_databases(warehouse_url) == 1
        finally:
            connection.execute(f"drop database {SCRATCH}".encode())
