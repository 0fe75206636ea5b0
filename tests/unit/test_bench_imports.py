"""Files of pgbench and JMeter and a plain CSV become summaries, or mistakes with their line; quantiles of many."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from assets.benchmarks.imports.events import LogImporter
from assets.benchmarks.imports.formats import FORMATS, JMETER_JTL, PGBENCH_AGGREGATE, PGBENCH_LOG, PLAIN_CSV
from assets.benchmarks.imports.quantiles import EXACT_LIMIT, LogHistogram, Quantiles, rank
from assets.benchmarks.imports.summary import ImportedRun, import_run

LOG = """\
0 1 4000 0 1795440453 504000
1 1 2000 0 1795440453 600000
0 2 6000 1 1795440453 700000
1 2 8000 1 1795440454 500000
"""
LOG_WITH_RATE = """\
0 1 459 0 1795440456 335403 100
1 14 skipped 1 1795440456 392195 0
0 2 failed 0 1795440456 400000 76
0 3 serialization 0 1795440456 500000 80
1 15 1000 1 1795440457 334944 0
"""
AGGREGATE = """\
1795440462 284 685425 2905906163 37 6206 68337 60993881 19 1976 38 0 0 0 0
1795440463 442 1077067 4569739551 15 6990 125000 122749854 0 2680 35 0 0 1 2
"""
JTL = """\
timeStamp,elapsed,label,responseCode,responseMessage,threadName,success,bytes
1693526400000,14,store query,200,OK,t 1-1,true,28840
1693526400010,30,store query,200,"OK, but
late",t 1-2,true,28840
1693526400990,10,store query,500,Error,t 1-1,false,100
"""
CSV = """\
timestamp_s,operation,latency_ms,is_error
1700000000.0,insert,1.5,false
1700000000.5,insert,2.5,false
1700000001.0,query by hash,10,true
1700000001.996,query by hash,4,false
"""

CUT_OFF = "the last line has no line end: the file was cut off, or is still being written"
JTL_TIME = (
    "milliseconds since 1970, or a date such as 2026/11/20 10:00:00.000 (jmeter.save.saveservice.timestamp_format=ms)"
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "run.txt"


def run_of(file: Path, content: str, importer: LogImporter) -> ImportedRun:
    file.write_text(content)
    imported = import_run([file], importer)
    assert imported.problems == ()
    assert imported.run is not None
    return imported.run


def problems_of(file: Path, content: str | bytes, importer: LogImporter) -> list[str]:
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    imported = import_run([file], importer)
    assert imported.run is None
    return [str(problem).removeprefix(f"{file}:") for problem in imported.problems]


def test_pgbench_log(file: Path) -> None:
    whole = run_of(file, LOG, PGBENCH_LOG).whole
    # from 453.504 - 0.004 to 454.5: 1 s
    assert whole.duration_s == pytest.approx(1.0)
    assert (whole.count, whole.errors, whole.skipped, whole.method) == (4, 0, 0, "exact")
    assert whole.throughput_per_s == pytest.approx(4.0)
    assert (whole.latency_ms_mean, whole.latency_ms_p50, whole.latency_ms_p90, whole.latency_ms_max) == (5, 4, 8, 8)


def test_scripts_of_pgbench_are_told_apart(file: Path) -> None:
    first, second = run_of(file, LOG, PGBENCH_LOG).operations
    assert (first.operation, first.count, first.latency_ms_max) == ("script 0", 2, 4)
    assert (second.operation, second.count, second.latency_ms_p50) == ("script 1", 2, 6)
    assert first.throughput_per_s == pytest.approx(2.0)  # of the whole run's second


def test_skipped_and_failed_transactions_have_no_latency(file: Path) -> None:
    whole = run_of(file, LOG_WITH_RATE, PGBENCH_LOG).whole
    assert (whole.count, whole.errors, whole.skipped) == (4, 2, 1)
    assert (whole.latency_ms_p50, whole.latency_ms_max) == (0.459, 1.0)
    assert whole.throughput_per_s == pytest.approx(2.0)


def test_pgbench_aggregate_has_no_quantiles(file: Path) -> None:
    run = run_of(file, AGGREGATE, PGBENCH_AGGREGATE)
    assert run.operations == ()
    assert (run.whole.count, run.whole.errors, run.whole.skipped) == (729, 3, 73)
    assert (run.whole.duration_s, run.whole.throughput_per_s) == (2.0, 363.0)
    assert run.whole.latency_ms_mean == pytest.approx((685.425 + 1_077.067) / 726)
    assert (run.whole.latency_ms_p99, run.whole.latency_ms_max, run.whole.method) == (None, 6.99, "none")


def test_jmeter(file: Path) -> None:
    whole = run_of(file, JTL, JMETER_JTL).whole
    assert (whole.count, whole.errors, whole.duration_s) == (3, 1, pytest.approx(1.0))
    assert (whole.latency_ms_p50, whole.latency_ms_p99, whole.latency_ms_max) == (14, 30, 30)


def test_plain_csv(file: Path) -> None:
    run = run_of(file, "\ufeff" + CSV.replace("\n", "\r\n"), PLAIN_CSV)
    assert (run.whole.count, run.whole.errors, run.whole.duration_s) == (4, 1, pytest.approx(2.0))
    insert, query = run.operations
    assert (insert.operation, insert.latency_ms_mean) == ("insert", 2.0)
    assert (query.operation, query.count, query.errors, query.latency_ms_p50) == ("query by hash", 2, 1, 4.0)


def test_operations_that_all_failed_have_no_latency(file: Path) -> None:
    whole = run_of(file, CSV.replace("false", "true"), PLAIN_CSV).whole
    assert (whole.errors, whole.throughput_per_s, whole.latency_ms_mean, whole.method) == (4, 0.0, None, "none")


def test_logs_of_several_threads_are_one_run(tmp_path: Path) -> None:
    lines = LOG.splitlines(keepends=True)
    paths = [tmp_path / "log.1", tmp_path / "log.1.1"]
    paths[0].write_text("".join(lines[::2]))
    paths[1].write_text("".join(lines[1::2]))
    whole = tmp_path / "whole"
    whole.write_text(LOG)
    assert import_run(paths, PGBENCH_LOG) == import_run([whole], PGBENCH_LOG)


@pytest.mark.parametrize(
    ("importer", "content", "expected"),
    [
        (PGBENCH_LOG, "", "1: the file is empty; expected the rows of a run"),
        (
            PGBENCH_LOG,
            LOG[:-4],
            f"4: {CUT_OFF}; expected a line end after the last row",
        ),
        (PGBENCH_LOG, LOG + "0 3 41\n", "5: the row has 3 fields; expected 6 as in the first row"),
        (
            PGBENCH_LOG,
            LOG.replace(" 6000 ", " 6,0 "),
            '3: latency_us: "6,0" is not a whole number; expected a whole number >= 0',
        ),
        (
            PGBENCH_LOG,
            AGGREGATE,
            "1: this is a log of pgbench --aggregate-interval; expected --format aggregate",
        ),
        (
            PGBENCH_AGGREGATE,
            AGGREGATE.splitlines(keepends=True)[0],
            "1: one interval does not tell how long it was; expected rows of at least two intervals",
        ),
        (
            PGBENCH_AGGREGATE,
            AGGREGATE.replace(" 442 ", " -442 "),
            '2: num_transactions: "-442" is not a whole number; expected a whole number >= 0',
        ),
        (
            JMETER_JTL,
            JTL.replace("elapsed", "Latency"),
            "1: elapsed: the column is missing; expected a column with milliseconds >= 0",
        ),
        (
            JMETER_JTL,
            JTL.replace("1693526400990", "1 Sep 2023"),
            f'5: timeStamp: "1 Sep 2023" is neither a number nor a date; expected {JTL_TIME}',
        ),
        (
            JMETER_JTL,
            '<?xml version="1.0"?>\n',
            "1: this is XML; expected CSV with a header (jmeter.save.saveservice.output_format=csv)",
        ),
        (
            JMETER_JTL,
            JTL.split("\n", 1)[1],
            "1: the first line is not a header of this format; expected timeStamp,elapsed,label,success",
        ),
        (PLAIN_CSV, CSV.splitlines(keepends=True)[0], "1: there are no rows; expected the rows of a run"),
        (
            PLAIN_CSV,
            CSV.replace(",2.5,", ",-2.5,"),
            '3: latency_ms: "-2.5" is out of range; expected milliseconds >= 0',
        ),
        (
            PLAIN_CSV,
            CSV.replace(",10,true", ",10,maybe"),
            '4: is_error: "maybe" is neither true nor false; expected true or false',
        ),
        (PLAIN_CSV, CSV.replace(",2.5,", ",2,5,"), "3: the row has 5 cells; expected 4 as in the header"),
        (
            PLAIN_CSV,
            CSV.replace("latency_ms,", "latency_ms,host,").replace(",1.5,", ",1.5,a,"),
            "1: host: is not a column of this format; expected only timestamp_s,operation,latency_ms,is_error",
        ),
    ],
)
def test_a_mistake_names_its_line_and_gives_no_result(
    file: Path, importer: LogImporter, content: str, expected: str
) -> None:
    assert problems_of(file, content, importer) == [expected]


@pytest.mark.parametrize("importer", FORMATS)
def test_binary_file(file: Path, importer: LogImporter) -> None:
    assert problems_of(file, b"PK\x03\x04\x00\x00", importer) == [
        "1: a NUL byte: this is not a text file; expected a text file saved as UTF-8"
    ]
    assert problems_of(file, b"\xff\xfe1\n", importer) == [
        "1: byte 0xff is not UTF-8; expected a text file saved as UTF-8"
    ]


def test_all_mistakes_of_all_files_are_listed(tmp_path: Path) -> None:
    paths = [tmp_path / "a", tmp_path / "b"]
    paths[0].write_text(CSV.replace(",1.5,", ",fast,").replace(",2.5,", ",nan,"))
    paths[1].write_text(CSV.replace(",4,", ",,"))
    places = [(Path(p.file).name, p.line, p.column) for p in import_run(paths, PLAIN_CSV).problems]
    assert places == [("a", 2, "latency_ms"), ("a", 3, "latency_ms"), ("b", 5, "latency_ms")]


def test_labels_with_ids_in_them_are_refused(file: Path) -> None:
    rows = "".join(f"{1_700_000_000 + i},GET /store/{i},1,false\n" for i in range(101))
    (problem,) = problems_of(file, "timestamp_s,operation,latency_ms,is_error\n" + rows, PLAIN_CSV)
    assert problem == "102: more than 100 kinds of operations; expected names without ids or addresses in them"


def test_no_file_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="no file"):
        import_run([], PLAIN_CSV)


def test_memory_does_not_grow_with_the_file(file: Path) -> None:
    with file.open("w") as stream:
        stream.writelines(f"0 {i} {1_000 + i % 5_000} 0 {1_795_440_453 + i // 1_000} 0\n" for i in range(150_000))
    tracemalloc.start()
    imported = import_run([file], PGBENCH_LOG)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 10e6  # 150,000 rows as Python objects are 40 MB
    assert imported.run is not None
    whole = imported.run.whole
    assert (whole.count, whole.method, whole.latency_ms_max) == (150_000, "sketch", 5.999)
    assert whole.latency_ms_p95 == pytest.approx(5.75, rel=0.01)


@pytest.mark.parametrize(
    "values",
    [
        np.random.default_rng(1).lognormal(1, 1.5, 50_000),
        np.random.default_rng(2).exponential(20, 50_000),
        np.random.default_rng(3).uniform(0, 1e6, 50_000),
        np.concatenate([np.zeros(20_000), np.full(20_000, 3.0), [86_400_000.0]]),
        np.random.default_rng(4).pareto(1.1, 50_000) * 1e-3,
    ],
)
def test_sketch_is_within_1_percent_of_the_exact_quantile(values: np.ndarray) -> None:
    histogram = LogHistogram()
    for part in np.array_split(values, 7):
        histogram.add(part)
    exact = np.sort(values)
    for share in (0.001, 0.1, 0.5, 0.9, 0.95, 0.99, 0.999, 1.0):
        assert histogram.quantile(share) == pytest.approx(exact[rank(share, len(exact)) - 1], rel=0.01 + 1e-9, abs=1e-6)
    assert histogram.count == len(values)
    assert len(histogram.counts) < 2_000


def test_quantiles_are_exact_up_to_the_limit() -> None:
    small, large = Quantiles(), Quantiles()
    for value in range(1, EXACT_LIMIT + 1):
        small.add(value)
        large.add(value)
    large.add(EXACT_LIMIT + 1)
    assert (small.method, *small.quantiles(0.5, 0.95, 0.99)) == ("exact", 50_000, 95_000, 99_000)
    assert large.method == "sketch"
    assert large.quantiles(0.5, 0.99) == pytest.approx((50_001, 99_001), rel=0.01)
    assert large.quantiles(1.0)[0] <= EXACT_LIMIT + 1


def test_nearest_rank() -> None:
    assert [rank(0.5, 4), rank(0.95, 20), rank(0.951, 20), rank(0.99, 1), rank(1.0, 7)] == [2, 19, 20, 1, 7]
    with pytest.raises(ValueError, match="0 < quantile <= 1"):
        rank(95, 20)
    with pytest.raises(ValueError, match="at least one value"):
        rank(0.5, 0)
