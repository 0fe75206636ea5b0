"""What pgbench says at its end and in its log: whole, or no result."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from assets.benchmarks.archive.requests import Script
from assets.benchmarks.measuring.errors import BenchmarkError
from assets.benchmarks.measuring.pgbench import (
    OfferedLoad,
    PgbenchOutcome,
    parse_log,
    parse_summary,
    pgbench_version,
    run_pgbench,
)

SUMMARY = """\
transaction type: script.sql
number of transactions actually processed: {processed}/4
number of failed transactions: {failed} (0.000%)
number of transactions skipped: 1 (25.000%)
tps = 812.5 (without initial connection time)
"""
LOG = ["0 1 2000 0 100 500000 0", "1 1 1000 0 100 400000 0", "0 2 skipped 0 100 600000 9", "1 2 3000 0 100 700000 0"]


def log_of(folder: Path, text: str) -> Path:
    path = folder / "log.1"
    path.write_text(text)
    return path


def test_summary_counts_what_was_done_and_what_was_skipped() -> None:
    outcome = parse_summary(SUMMARY.format(processed=3, failed=0))
    assert (outcome.processed, outcome.skipped, outcome.throughput_per_s) == (3, 1, 812.5)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (SUMMARY.format(processed=3, failed=2), "2 of 3 transactions of pgbench failed"),
        ("pgbench: error: connection lost\n", "no summary: pgbench: error: connection lost"),
        ("", "no summary: .no message."),
    ],
)
def test_a_run_that_did_not_end_well_has_no_outcome(text: str, message: str) -> None:
    with pytest.raises(BenchmarkError, match=message):
        parse_summary(text)


def test_log_is_read_in_the_order_of_ends(tmp_path: Path) -> None:
    outcome = parse_log(log_of(tmp_path, "\n".join(LOG) + "\n"), PgbenchOutcome(3, 1, 800.0))
    assert outcome.ends_s == pytest.approx([100.4, 100.5, 100.6, 100.7])
    assert outcome.latencies_ms == pytest.approx([1.0, 2.0, np.nan, 3.0], nan_ok=True)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("\n".join(LOG), "log.1:4: the last line has no line end: the file was cut off"),
        ("\n".join(LOG)[:-12] + "\n", "log.1:4: the row has 4 fields"),
        ("\n".join(LOG[:2]) + "\n", "has 2 transactions and 0 skipped ones, pgbench counted 3 and 1"),
        ("", "the file is empty"),
    ],
)
def test_a_truncated_log_is_no_result(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(BenchmarkError, match=message):
        parse_log(log_of(tmp_path, text), PgbenchOutcome(3, 1, 800.0))


def test_warm_up_and_tail_do_not_count() -> None:
    # ten operations: the first two slow, then one a second, the last after a pause
    ends = np.array([10.0, 20.0, 21.0, 22.0, 23.0, 24.0, 25.0, 26.0, 27.0, 60.0])
    outcome = PgbenchOutcome(10, 0, 0.2, ends, np.array([900.0, 900.0, *[5.0] * 7, 40.0]))
    assert outcome.steady_per_s == pytest.approx(1.0)
    assert outcome.steady_ms.tolist() == [5.0] * 7 + [40.0]
    assert outcome.late_share(10.0) == pytest.approx(1 / 8)


def test_what_was_skipped_was_late() -> None:
    outcome = PgbenchOutcome(4, 1, 1.0, np.arange(5.0), np.array([1.0, 1.0, np.nan, 1.0, 20.0]))
    assert outcome.late_share(10.0) == pytest.approx(2 / 4)


def test_a_run_that_is_too_short_for_a_steady_part_counts_as_a_whole() -> None:
    assert PgbenchOutcome(1, 0, 7.0, np.array([1.0]), np.array([1.0])).steady_per_s == 7.0


def test_a_program_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BenchmarkError, match="expected the bin folder of a PostgreSQL"):
        pgbench_version(tmp_path)


def test_a_password_is_neither_argument_nor_message(tmp_path: Path) -> None:
    """A stand-in for pgbench that says what it was given and fails."""
    program = tmp_path / "pgbench"
    program.write_text('#!/bin/sh\necho "arguments: $*" >&2\ntest "$PGPASSWORD" = s3cret && exit 7\nexit 8\n')
    program.chmod(0o755)
    with pytest.raises(BenchmarkError, match="ended with code 7") as raised:
        run_pgbench(
            tmp_path,
            "postgresql://me:s3cret@127.0.0.1:1/shop",
            Script("select 1;", "simple"),
            OfferedLoad(1, 1, 1),
            tmp_path / "work",
        )
    assert "arguments: " in str(raised.value)
    assert "s3cret" not in str(raised.value)
