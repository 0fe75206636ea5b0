"""A log that is cut off, a table without a column: every mistake is named by file and line, and nothing is written."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from orchestration.commands.cli import main
from tests.places import FROZEN

ENVIRONMENT = (
    *("--server-location", "same_host", "--cpu-model", "EPYC", "--cores", "4", "--memory-gib", "16"),
    *("--operating-system", "Linux 6.8", "--postgres-version", "16.4", "--load-generator", "pgbench 16.4"),
)
LOG = "0 1 1500 0 1700000001 0\n0 2 2500 0 1700000002 0\n0 3 9000 0 1700000003 0\n"
"""Three transactions of 1.5, 2.5 and 9 ms, the first from 0.9985 s on, the last until 3 s."""


def run_import(
    pack: Path, file: Path, *options: str, kind: str = "pgbench", environment: tuple[str, ...] = ENVIRONMENT
) -> Result:
    named = (
        "--run",
        "our_db",
        "--stage",
        "lookup_table",
        "--workload",
        "insert",
        "--clients",
        "2",
        "--into",
        str(pack),
    )
    return CliRunner().invoke(main, ["import-benchmark", str(file), "--format", kind, *named, *environment, *options])


def written(tmp_path: Path, text: str, name: str = "log") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return tmp_path / "ours"


def rows(pack: Path, table: str) -> list[str]:
    return (pack / "benchmarks" / f"{table}.csv").read_text().splitlines()


def test_a_log_becomes_a_run_and_its_figures(pack: Path, tmp_path: Path) -> None:
    done = run_import(pack, written(tmp_path, LOG))
    assert done.exit_code == 0, done.output
    assert "5 measurements added to a new run our_db" in done.output
    assert len(rows(pack, "runs")) == 2
    figures = {row["metric"]: row for row in csv.DictReader(rows(pack, "measurements"))}
    p50, p99 = figures["latency_ms_p50"], figures["latency_ms_p99"]
    assert (p50["value"], p50["unit"]) == ("2.5", "ms")
    assert (p99["value"], p99["unit"]) == ("9", "ms")
    # 3 operations from 1700000000.9985 to 1700000003 s
    assert float(figures["throughput_per_s"]["value"]) == pytest.approx(3 / 2.0015)


def test_what_was_imported_is_evidence_without_mistakes(
    pack: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WAKU_FIT_EVIDENCE_DIR", str(FROZEN))
    run_import(pack, written(tmp_path, LOG))
    checked = CliRunner().invoke(main, ["check", str(pack)])
    assert checked.exit_code == 0, checked.output


def test_a_truncated_log_writes_nothing(pack: Path, tmp_path: Path) -> None:
    file = written(tmp_path, LOG[:-9])
    done = run_import(pack, file)
    assert done.exit_code == 1
    assert f"{file}:3: the last line has no line end: the file was cut off, or is still being written" in done.output
    assert "Nothing was written." in done.output
    assert not pack.exists()


def test_a_jtl_without_a_column_names_it(pack: Path, tmp_path: Path) -> None:
    file = written(tmp_path, "timeStamp,label,responseCode\n1700000000000,query,200\n", "results.jtl")
    done = run_import(pack, file, kind="jtl")
    assert done.exit_code == 1
    assert f"{file}:1: elapsed: the column is missing" in done.output
    assert f"{file}:1: success: the column is missing" in done.output
    assert not pack.exists()


def test_every_mistake_is_listed_and_an_existing_pack_stays_as_it_is(pack: Path, tmp_path: Path) -> None:
    run_import(pack, written(tmp_path, LOG))
    before = rows(pack, "runs"), rows(pack, "measurements")
    file = written(tmp_path, LOG.replace("1500", "fast").replace("9000", "slow"), "second")
    done = run_import(pack, file, "--round", "2", environment=())
    assert done.exit_code == 1
    assert f'{file}:1: latency_us: "fast" is not a whole number' in done.output
    assert f'{file}:3: latency_us: "slow" is not a whole number' in done.output
    assert (rows(pack, "runs"), rows(pack, "measurements")) == before


def test_a_second_round_joins_the_run_and_the_same_one_twice_does_not(pack: Path, tmp_path: Path) -> None:
    file = written(tmp_path, LOG)
    assert run_import(pack, file, "--round", "1").exit_code == 0
    assert run_import(pack, file, "--round", "2", environment=()).exit_code == 0
    assert (len(rows(pack, "runs")), len(rows(pack, "measurements"))) == (2, 11)
    again = run_import(pack, file, "--round", "2", environment=())
    assert again.exit_code == 1
    assert "already; give another --round, --run or workload. Nothing was written." in again.output
    assert len(rows(pack, "measurements")) == 11


def test_another_environment_is_another_run(pack: Path, tmp_path: Path) -> None:
    file = written(tmp_path, LOG)
    run_import(pack, file)
    other = tuple("Xeon" if word == "EPYC" else word for word in ENVIRONMENT)
    done = run_import(pack, file, "--round", "2", environment=other)
    assert done.exit_code == 1
    assert 'run "our_db" has cpu_model "EPYC", not "Xeon"; figures of two environments are never mixed' in done.output


def test_nothing_about_the_environment_is_guessed(pack: Path, tmp_path: Path) -> None:
    file = written(tmp_path, LOG)
    part = run_import(pack, file, environment=("--cpu-model", "EPYC"))
    assert "missing: --server-location, --cores, --memory-gib" in part.output
    none = run_import(pack, file, environment=())
    assert 'has no run "our_db"; describe its environment' in none.output
    assert not pack.exists()


def test_a_name_that_evidence_does_not_allow_writes_nothing(pack: Path, tmp_path: Path) -> None:
    done = run_import(pack, written(tmp_path, LOG), "--workload", "First Page")
    assert done.exit_code == 1
    assert "workload:" in done.output
    assert not pack.exists()


def test_one_operation_of_several_can_be_taken(pack: Path, tmp_path: Path) -> None:
    text = "timeStamp,elapsed,label,success\n1700000000000,10,query,true\n1700000001000,90,insert,true\n"
    file = written(tmp_path, text, "results.jtl")
    done = run_import(pack, file, "--operation", "query", kind="jtl")
    assert done.exit_code == 0, done.output
    assert any("latency_ms_p99,10,,ms" in row for row in rows(pack, "measurements"))
    refused = run_import(pack, file, "--operation", "delete", "--round", "1", kind="jtl", environment=())
    assert 'no operation "delete"; it has "insert", "query"' in refused.output
    assert "Nothing was written." in refused.output
