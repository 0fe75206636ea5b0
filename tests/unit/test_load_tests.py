"""Files as load generators really write them: sums among the rows, other versions, other separators, other programs."""

from __future__ import annotations

from pathlib import Path

import pytest

from assets.benchmarks.imports.events import LogImporter
from assets.benchmarks.imports.formats import JMETER_JTL, K6_CSV, PGBENCH_AGGREGATE, PGBENCH_LOG, PLAIN_CSV
from assets.benchmarks.imports.rows import ImportRefusedError, chosen
from assets.benchmarks.imports.summary import Imported, import_run

MADE_OF_TWO = '"Number of samples in transaction : 2, number of failing samples : 0"'
FULL = "timeStamp,elapsed,label,responseCode,responseMessage,threadName,dataType,success\n"
STEPS = """\
1000,10,login,200,OK,t 1-1,text,true
1010,20,query,200,OK,t 1-1,text,true
"""
JOURNEY = f"{STEPS}1000,30,journey,200,{MADE_OF_TWO},t 1-1,,true\n"
NESTED = f"{JOURNEY}1000,31,day,200,{MADE_OF_TWO},t 1-1,,true\n"
SECOND_THREAD = JOURNEY.replace("t 1-1", "t 1-2").replace("1000,", "1005,").replace("1010,", "1015,")
PARENTS = f"1000,30,journey,200,{MADE_OF_TWO},t 1-1,,true\n1005,31,journey,200,{MADE_OF_TWO},t 1-2,,true\n"

THREADS = "timeStamp,elapsed,label,threadName,success\n"
OF_THREADS = """\
1000,10,login,t 1-1,true
1002,11,login,t 1-2,true
1011,20,query,t 1-1,true
1000,31,journey,t 1-1,true
1014,20,query,t 1-2,true
1002,33,journey,t 1-2,true
"""

PLAIN = "timeStamp,elapsed,label,success\n"
LEFT_OUT = " (a Transaction Controller) and left out of the whole"


def read(tmp_path: Path, content: str, importer: LogImporter) -> Imported:
    file = tmp_path / "run"
    file.write_text(content, encoding="utf-8")
    return import_run([file], importer)


def notes_of(imported: Imported) -> list[str]:
    return [note.partition(": ")[2] for note in imported.notes]


@pytest.mark.parametrize(
    ("content", "counted", "latest_ms", "operations", "notes"),
    [
        pytest.param(FULL + STEPS, 2, 20, "login query", [], id="nothing is a sum"),
        pytest.param(
            FULL + JOURNEY,
            2,
            20,
            "journey login query",
            ['1 rows of "journey" are sums of others' + LEFT_OUT],
            id="one",
        ),
        pytest.param(
            FULL + NESTED,
            2,
            20,
            "day journey login query",
            ['1 rows of "day" are sums of others' + LEFT_OUT, '1 rows of "journey" are sums of others' + LEFT_OUT],
            id="nested",
        ),
        pytest.param(
            FULL + JOURNEY + SECOND_THREAD,
            4,
            20,
            "journey login query",
            ['2 rows of "journey" are sums of others' + LEFT_OUT],
            id="two threads at a time",
        ),
        pytest.param(
            FULL + PARENTS,
            2,
            31,
            "journey",
            ['"journey" is a transaction whose parts are not in the file: it counts as one'],
            id="parent samples alone",
        ),
        pytest.param(
            FULL + STEPS.replace("query", "journey") + JOURNEY.splitlines()[2] + "\n",
            2,
            20,
            "journey login",
            ['1 rows of "journey" are sums of others' + LEFT_OUT],
            id="a sampler called as its controller",
        ),
        pytest.param(
            THREADS + OF_THREADS,
            4,
            20,
            "journey login query",
            ['2 rows of "journey" are sums of others' + LEFT_OUT],
            id="without messages: the times of a thread tell",
        ),
        pytest.param(
            THREADS + "1000,10,a,t 1-1,true\n1000,12,b,t 1-2,true\n1010,3,a,t 1-1,true\n",
            3,
            12,
            "a b",
            [],
            id="at the same time in two threads",
        ),
        pytest.param(
            FULL.replace(",", ";") + JOURNEY.replace(",", ";").replace(f"{MADE_OF_TWO}".replace(",", ";"), MADE_OF_TWO),
            2,
            20,
            "journey login query",
            ['1 rows of "journey" are sums of others' + LEFT_OUT],
            id="semicolons",
        ),
        pytest.param(PLAIN.replace(",", "\t") + "1000\t10\tlogin\ttrue\n", 1, 10, "login", [], id="tabs"),
    ],
)
def test_rows_of_jmeter_that_are_sums_of_others_do_not_count_twice(
    tmp_path: Path, content: str, counted: int, latest_ms: float, operations: str, notes: list[str]
) -> None:
    imported = read(tmp_path, content, JMETER_JTL)
    assert imported.problems == ()
    assert imported.run is not None
    assert (imported.run.whole.count, imported.run.whole.latency_ms_max) == (counted, latest_ms)
    assert " ".join(summary.operation for summary in imported.run.operations) == operations
    assert imported.run.unclear == ()
    assert notes_of(imported) == notes


@pytest.mark.parametrize(
    ("content", "unclear", "labels"),
    [
        pytest.param(
            PLAIN + "1000,10,login,true\n1010,20,query,true\n1000,30,journey,true\n",
            "journey",
            '"journey", "login", "query"',
            id="neither threads nor messages",
        ),
        pytest.param(
            FULL.replace("threadName,", "")
            + f"1000,10,login,200,OK,text,true\n5000,30,journey,200,{MADE_OF_TWO},,true\n",
            "journey",
            '"journey", "login"',
            id="no threads, and some rows are transactions",
        ),
        pytest.param(
            (FULL + JOURNEY).replace("\n1000", "\n2026/11/20 10:00:00").replace("\n1010", "\n2026/11/20 10:00:00"),
            "journey",
            '"journey", "login", "query"',
            id="times of a second do not tell what lasted around what",
        ),
    ],
)
def test_where_it_is_not_clear_the_labels_are_offered(tmp_path: Path, content: str, unclear: str, labels: str) -> None:
    run = read(tmp_path, content, JMETER_JTL).run
    assert run is not None
    with pytest.raises(ImportRefusedError) as refused:
        chosen(run, "")
    assert f'rows of "{unclear}" may be sums of others' in str(refused.value)
    assert f"choose what to take with --operation: {labels}." in str(refused.value)
    assert chosen(run, unclear).count == 1


@pytest.mark.parametrize(
    ("stamps", "seconds"),
    [
        (("1795440450000", "1795440451000"), 1.015),
        (("2026/11/23 10:00:00.000", "2026/11/23 10:00:01.000"), 1.015),
        (("2026-11-23 10:00:00", "2026-11-23 10:00:02"), 2.015),
        (("2026-11-23T10:00:00.250Z", "2026-11-23T10:00:01.250Z"), 1.015),
        (("11/23/26 10:00:00", "11/23/26 10:00:01"), 1.015),
    ],
)
def test_times_of_jmeter(tmp_path: Path, stamps: tuple[str, str], seconds: float) -> None:
    run = read(tmp_path, f"{PLAIN}{stamps[0]},14,q,true\n{stamps[1]},15,q,true\n", JMETER_JTL).run
    assert run is not None
    assert run.whole.duration_s == pytest.approx(seconds)
    assert 1795392000 <= run.ended_s <= 1795478400  # on 2026-11-23


LOG_19 = """\
0 1 459 0 1795440456 335403
0 2 other 0 1795440456 335999
1 1 512 0 1795440456 336100
1 2 430 0 1795440456 336600
"""
ALL_RESULTS = """\
0 1 459 0 1795440456 335403 12 0
0 2 skipped 0 1795440456 335999 0 0
1 1 failed 0 1795440456 336100 7 2
1 2 serialization 0 1795440456 336600 7 2
1 3 deadlock 0 1795440456 336700 7 2
1 4 other 0 1795440456 336800 7 0
"""
AGGREGATE_15 = (
    "1795440462 284 685425 29 37 6206 0 0 0 0 3 0 0 1 2\n1795440463 442 1077067 45 15 6990 0 0 0 0 0 0 0 0 0\n"
)
AGGREGATE_19 = AGGREGATE_15.replace("1 2\n", "1 2 4\n").replace("0 0\n", "0 0 0\n")


@pytest.mark.parametrize(
    ("importer", "content", "counts"),
    [
        pytest.param(PGBENCH_LOG, LOG_19, (4, 1, 0), id="--continue-on-error, since 19"),
        pytest.param(PGBENCH_LOG, ALL_RESULTS, (5, 4, 1), id="--rate --max-tries --failures-detailed"),
        pytest.param(PGBENCH_AGGREGATE, AGGREGATE_15, (729, 3, 3), id="15 columns, 15 to 18"),
        pytest.param(PGBENCH_AGGREGATE, AGGREGATE_19, (733, 7, 3), id="16 columns, since 19"),
    ],
)
def test_pgbench_15_to_19(tmp_path: Path, importer: LogImporter, content: str, counts: tuple[int, int, int]) -> None:
    imported = read(tmp_path, content, importer)
    assert imported.problems == ()
    assert imported.run is not None
    whole = imported.run.whole
    assert (whole.count, whole.errors, whole.skipped) == counts


K6 = """\
metric_name,timestamp,metric_value,check,error,error_code,expected_response,group,method,name,status,url
http_reqs,1795440450,1.000000,,,,true,,GET,store,200,http://127.0.0.1/store
http_req_duration,1795440450,14.5,,,,true,,GET,store,200,http://127.0.0.1/store
http_req_duration,1795440451,16.5,,,,false,,GET,store,503,http://127.0.0.1/store
http_req_duration,1795440452,9.5,,dial: refused,1212,,,GET,login,0,http://127.0.0.1/login
vus,1795440452,10,,,,,,,,,
"""


@pytest.mark.parametrize(
    "content",
    [
        K6,
        K6.replace("0,14.5", "0000,14.5").replace("1,16.5", "1000,16.5")
        .replace("2,9.5", "2000,9.5"),
        K6.replace("1795440450,14.5", "2026-11-23T13:27:30Z,14.5")
        .replace("1795440451,16.5", "2026-11-23T13:27:31Z,16.5")
        .replace("1795440452,9.5", "2026-11-23T13:27:32.000000001Z,9.5"),
    ],
    ids=["seconds", "milliseconds", "dates"],
)  # fmt: skip
def test_k6(tmp_path: Path, content: str) -> None:
    run = read(tmp_path, content, K6_CSV).run
    assert run is not None
    assert (run.whole.count, run.whole.errors, run.whole.latency_ms_max) == (3, 2, 14.5)
    assert run.whole.duration_s == pytest.approx(2.0145)
    assert [summary.operation for summary in run.operations] == ["login", "store"]


@pytest.mark.parametrize(
    ("importer", "content", "expected"),
    [
        (
            PGBENCH_LOG,
            "pgbench (16.4)\ntransaction type: insert.sql\n",
            "1: this is what pgbench prints; expected the file of pgbench --log",
        ),
        (PGBENCH_LOG, AGGREGATE_19, "1: this is a log of pgbench --aggregate-interval; expected --format aggregate"),
        (PGBENCH_AGGREGATE, LOG_19, "1: this is a log of pgbench; expected --format pgbench"),
        (
            PGBENCH_AGGREGATE,
            "1 2 3\n",
            (
                "1: the row has 3 fields; expected interval_start num_transactions sum_latency sum_latency_2"
                " min_latency max_latency sum_lag sum_lag_2 min_lag max_lag skipped retried retries"
                " serialization_failures deadlock_failures [other_sql_failures]; a log without --aggregate-interval is"
                " read with --format pgbench"
            ),
        ),
        (JMETER_JTL, K6, "1: this is CSV of k6; expected --format k6"),
        (PLAIN_CSV, FULL + STEPS, "1: this is a JTL of JMeter; expected --format jtl"),
        (K6_CSV, "timestamp_s,operation,latency_ms,is_error\n", "1: this is the plain CSV; expected --format csv"),
        (
            JMETER_JTL,
            '{"Total":{"transaction":"Total","sampleCount":5}}\n',
            (
                "1: this is JSON; expected --format jmeter-statistics, k6-summary or hyperfine, by what wrote it; else"
                " CSV or text"
            ),
        ),
        (
            PLAIN_CSV,
            "Type,Name,Request Count,Failure Count,Median Response Time\n",
            "1: this is statistics of Locust; expected --format locust",
        ),
        (
            JMETER_JTL,
            f"{PLAIN}04/03/26 10:00:00,14,q,true\n",
            (
                '2: timeStamp: "04/03/26 10:00:00" may be 2026-04-03 or 2026-03-04; expected a time without doubt'
                " (jmeter.save.saveservice.timestamp_format=ms)"
            ),
        ),
        (
            K6_CSV,
            "metric_name,timestamp,metric_value\niteration_duration,1795440450,14.5\n",
            (
                '2: no row is the duration of a request; the metrics are "iteration_duration"; expected'
                " http_req_duration or grpc_req_duration"
            ),
        ),
    ],
)
def test_a_file_of_another_program_is_named(tmp_path: Path, importer: LogImporter, content: str, expected: str) -> None:
    assert [str(problem).partition("run:")[2] for problem in read(tmp_path, content, importer).problems] == [expected]
