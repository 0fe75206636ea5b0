"""Figures that a load generator reports of a run: taken as they are meant, or refused with the way out."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from assets.benchmarks.imports.events import LogImporter
from assets.benchmarks.imports.formats import HYPERFINE, JMETER_STATISTICS, K6_SUMMARY, LOCUST, WRK
from assets.benchmarks.imports.rows import ImportRefusedError, chosen, day_of
from assets.benchmarks.imports.summary import Imported, OperationSummary, import_run

LOCUST_HEADER = (
    "Type,Name,Request Count,Failure Count,Median Response Time,Average Response Time,Min Response Time,"
    "Max Response Time,Average Content Size,Requests/s,Failures/s,50%,66%,75%,80%,90%,95%,98%,99%,99.9%,99.99%,100%\n"
)
GET_BAD = "GET,/bad,66,15,44,43.27,1.42,53.03,2.0,13.2,3.0,44,45,46,47,48,49,53,53,53,53,53\n"
GET_STORE = "GET,store query,161,0,44,44.54,4.17,55.55,2.0,32.2,0.0,44,44,47,47,48,49,52,54,56,56,56\n"
LOCUST_STATS = (
    LOCUST_HEADER
    + GET_BAD
    + GET_STORE
    + ",Aggregated,227,15,44,44.17,1.42,55.55,2.0,45.4,3.0,44,44,47,47,48,49,52,53,56,56,56\n"
)
OLD_LOCUST = """\
"Method","Name","# requests","# failures","Median response time","Average response time","Min response time",\
"Max response time","Average Content Size","Requests/s"
"PUT","insert",4485,0,17,32,8,203,171,75.61
"GET","search",428,0,10,22,5,113,2596,7.21
"None","Total",4913,0,17,31,5,203,350,82.82
"""
STATISTICS = {
    "store query": {
        "transaction": "store query", "sampleCount": 1309, "errorCount": 0, "errorPct": 0, "meanResTime": 21.2,
        "medianResTime": 19, "maxResTime": 107, "minResTime": 16, "pct1ResTime": 25, "pct2ResTime": 31,
        "pct3ResTime": 73, "throughput": 22.0, "receivedKBytesPerSec": 0, "sentKBytesPerSec": 0,
    },
    "Total": {
        "transaction": "Total", "sampleCount": 2000, "errorCount": 500, "errorPct": 25.0, "meanResTime": 21.9,
        "medianResTime": 22.0, "minResTime": 6.0, "maxResTime": 49.0, "pct1ResTime": 23.0, "pct2ResTime": 24.0,
        "pct3ResTime": 28.0, "throughput": 40.0,
    },
}  # fmt: skip
WRK_TEXT = """\
Running 30s test @ http://127.0.0.1:8080/index.html
  12 threads and 400 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency   635.91us    0.89ms  12.92ms   93.69%
    Req/Sec    56.20k     8.07k   62.00k    86.54%
  Latency Distribution
     50%  250.00us
     75%  491.00us
     90%  700.00us
     99%    5.80ms
  300000 requests in 30.00s, 17.76MB read
  Socket errors: connect 0, read 0, write 0, timeout 3
  Non-2xx or 3xx responses: 30000
Requests/sec:  10000.00
Transfer/sec:    606.33KB
"""
WRK2_TEXT = """\
wrk -t2 -c20 -d20s -R200 -L http://127.0.0.1:9099/echo
Running 20s test @ http://127.0.0.1:9099/echo
  2 threads and 20 connections
  Thread calibration: mean lat.: 10.412ms, rate sampling interval: 20ms
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency    10.31ms  301.22us  11.38ms   71.20%
    Req/Sec   105.02     21.30   150.00     79.81%
  Latency Distribution (HdrHistogram - Recorded Latency)
 50.000%   10.24ms
 75.000%   10.53ms
 90.000%   10.85ms
 99.000%    1.07s
100.000%    1.10m

  Detailed Percentile spectrum:
       Value   Percentile   TotalCount 1/(1-Percentile)

       9.704     0.000000            1         1.00
      10.951     0.937500         3743        16.00
      11.007     0.950000         3793        20.00
#[Mean    =       10.314, StdDeviation   =        0.301]
  Latency Distribution (HdrHistogram - Uncorrected Latency (measured without taking delayed starts into account))
 50.000%    1.24ms
----------------------------------------------------------
  4000 requests in 20.00s, 1.00MB read
Requests/sec:    200.00
Transfer/sec:     51.20KB
"""
TREND = {"avg": 20.9, "min": 13.2, "med": 21.1, "max": 50.9, "p(90)": 24.1, "p(95)": 26.7}
GOOD = {**TREND, "med": 19.1}
K6_EXPORT = {
    "root_group": {"name": ""},
    "metrics": {
        "http_req_duration": TREND,
        "http_req_duration{expected_response:true}": GOOD,
        "http_reqs": {"count": 500, "rate": 8.0},
        "http_req_failed": {"passes": 125, "fails": 375, "value": 0.25},
    },
}
K6_HANDLED = {
    "state": {"testRunDurationMs": 60_000},
    "options": {"summaryTimeUnit": ""},
    "metrics": {
        "http_req_duration": {"type": "trend", "contains": "time", "values": {**TREND, "p(99)": 40.5}},
        "http_reqs": {"type": "counter", "contains": "default", "values": {"count": 480, "rate": 8.0}},
        "http_req_failed": {"type": "rate", "values": {"rate": 0, "passes": 0, "fails": 480}},
    },
}
HYPERFINE_JSON = {
    "results": [
        {
            "command": "psql -f insert.sql",
            "mean": 0.3,
            "median": 0.2,
            "times": [0.1, 0.2, 0.2, 0.5],
            "exit_codes": [0, 0, 0, 1],
        }
    ]
}


def imported(folder: Path, content: object, importer: LogImporter) -> Imported:
    file = folder / "run"
    file.write_text(content if isinstance(content, str) else json.dumps(content, indent=1), encoding="utf-8")
    return import_run([file], importer)


def summary_of(folder: Path, content: object, importer: LogImporter, operation: str = "") -> OperationSummary:
    found = imported(folder, content, importer)
    assert found.problems == ()
    assert found.run is not None
    return chosen(found.run, operation)


def without(data: dict[str, Any], *keys: str) -> dict[str, Any]:
    """Return JSON without an entry, at a path of keys."""
    first, *rest = keys
    return {k: without(v, *rest) if k == first and rest else v for k, v in data.items() if k != first or rest}


@pytest.mark.parametrize(
    ("importer", "content", "operation", "figures"),
    [
        (LOCUST, LOCUST_STATS, "", (227, 15, 42.4, 44, 48, 49, 53)),
        (LOCUST, LOCUST_STATS, "GET store query", (161, 0, 32.2, 44, 48, 49, 54)),
        # saved by a spreadsheet, and of Locust 1.x: quoted, with a type of the sum
        (LOCUST, LOCUST_STATS.replace(",", ";"), "", (227, 15, 42.4, 44, 48, 49, 53)),
        (LOCUST, LOCUST_STATS.replace("\n,Agg", '\n"None",Agg'), "", (227, 15, 42.4, 44, 48, 49, 53)),
        (LOCUST, LOCUST_HEADER + GET_STORE, "", (161, 0, 32.2, 44, 48, 49, 54)),
        (LOCUST, LOCUST_STATS.replace("75%,80%,90%,95%,98%,99%,", "75%,80%,x,95%,98%,y,"), "",
         (227, 15, 42.4, 44, None, 49, None)),
        (LOCUST, LOCUST_STATS + "GET,/none,0,0,0,0.0,0,0,0,0.0,0.0" + ",N/A" * 11 + "\n", "",
         (227, 15, 42.4, 44, 48, 49, 53)),
        (LOCUST, OLD_LOCUST, "", (4913, 0, 82.82, 17, None, None, None)),
        (LOCUST, OLD_LOCUST, "PUT insert", (4485, 0, 75.61, 17, None, None, None)),
        (JMETER_STATISTICS, STATISTICS, "", (2000, 500, 30.0, 22, 23, 24, 28)),
        (JMETER_STATISTICS, STATISTICS, "store query", (1309, 0, 22.0, 19, 25, 31, 73)),
        (JMETER_STATISTICS, without(STATISTICS, "Total"), "", (1309, 0, 22.0, 19, 25, 31, 73)),
        # before JMeter 5.2 there was no median
        (JMETER_STATISTICS, without(STATISTICS, "Total", "medianResTime"), "", (2000, 500, 30.0, None, 23, 24, 28)),
        (WRK, WRK_TEXT, "", (300_000, 30_000, 9_000.0, 0.25, 0.7, None, 5.8)),
        (WRK, WRK_TEXT.replace("\n", "\r\n"), "", (300_000, 30_000, 9_000.0, 0.25, 0.7, None, 5.8)),
        (WRK, WRK_TEXT.replace("\n  ", "\n"), "", (300_000, 30_000, 9_000.0, 0.25, 0.7, None, 5.8)),
        (WRK, WRK_TEXT.replace("\n", "\n\n    "), "", (300_000, 30_000, 9_000.0, 0.25, 0.7, None, 5.8)),
        (WRK, WRK_TEXT.replace("30000\n", "300000\n"), "", (300_000, 300_000, 0.0, None, None, None, None)),
        (WRK, WRK2_TEXT, "", (4_000, 0, 200.0, 10.24, 10.85, 11.01, 1_070.0)),
        (K6_SUMMARY, K6_EXPORT, "", (500, 125, 6.0, 19.1, 24.1, 26.7, None)),
        (K6_SUMMARY, K6_HANDLED, "", (480, 0, 8.0, 21.1, 24.1, 26.7, 40.5)),
        (K6_SUMMARY, K6_EXPORT["metrics"], "", (500, 125, 6.0, 19.1, 24.1, 26.7, None)),
        (K6_SUMMARY, {"results": {"metrics": [{"name": k, **v} for k, v in K6_HANDLED["metrics"].items()]}}, "",
         (480, 0, 8.0, 21.1, 24.1, 26.7, 40.5)),
        (HYPERFINE, HYPERFINE_JSON, "", (4, 1, 3.0, 200, 200, 200, 200)),
        # before hyperfine 1.14 there were no exit codes
        (HYPERFINE, {"results": [{"command": "a", "times": [0.1, 0.4]}]}, "a", (2, 0, 4.0, 100, 400, 400, 400)),
    ],
)  # fmt: skip
def test_figures_are_taken_as_they_are_meant(
    importer: LogImporter, content: object, operation: str, figures: tuple[float | None, ...], tmp_path: Path
) -> None:
    found = summary_of(tmp_path, content, importer, operation)
    assert (found.count, found.errors) == figures[:2]
    latencies = (found.latency_ms_p50, found.latency_ms_p90, found.latency_ms_p95, found.latency_ms_p99)
    assert tuple(v if v is None else float(f"{v:.4g}") for v in (found.throughput_per_s, *latencies)) == figures[2:]
    assert found.method == "reported"


@pytest.mark.parametrize(
    ("importer", "content", "said"),
    [
        (
            LOCUST,
            "Timestamp,User Count,Type,Name,Requests/s\n",
            (
                "1: this is the history of Locust, whose percentiles are"
                " of ten seconds each; expected the file whose name ends with _stats.csv, and --format locust"
            ),
        ),
        (
            LOCUST,
            '"Type","Name","Timestamp","# requests","# failures","Requests/s"\n',
            "1: this is the history of Locust",
        ),
        (LOCUST, "Method,Name,Error,Occurrences\nGET,/,500,3\n", "1: this is what failed in Locust; expected the file"),
        (
            LOCUST,
            "Type,Name,Request Count,Failure Count,50%\nGET,/,10,0,5\n",
            "1: Requests/s: the column is missing; expected a column with a number >= 0",
        ),
        (LOCUST, LOCUST_STATS + GET_BAD, '5: "GET /bad" is there twice; expected figures of one run'),
        (
            LOCUST,
            LOCUST_STATS.replace(",44,45,", ",N/A,45,").replace(",48,49,53,53", ',"48,5",49,53,53'),
            '2: 90%: "48,5" has a comma; expected milliseconds >= 0',
        ),
        (
            LOCUST,
            OLD_LOCUST.replace("4913,0", "4913,9"),
            (
                "4: Locust before 1.0 counts failures among the requests or"
                " beside them; expected a run without failures, or statistics of Locust 1.0 or later"
            ),
        ),
        (LOCUST, '[{"name": "/", "num_requests": 3}]\n', "1: this is JSON; expected --format jmeter-statistics"),
        (JMETER_STATISTICS, {"metrics": {}}, "1: no entry has a sampleCount; expected statistics.json of a report"),
        (
            JMETER_STATISTICS,
            without(STATISTICS, "Total", "throughput"),
            "1: Total.throughput: the figure is missing; expected a number >= 0",
        ),
        # percentiles of another tool: 1, 2 and 3 %
        (
            JMETER_STATISTICS,
            {"a": {**STATISTICS["store query"], "pct1ResTime": 17}},
            (
                "1: a.pct1ResTime: the median,"
                " pct1ResTime to pct3ResTime and the maximum do not rise; expected 50, 90, 95 and 99 %, and the maximum"
            ),
        ),
        (
            JMETER_STATISTICS,
            {"a": {**STATISTICS["store query"], "pct1ResTime": "25,5"}},
            '1: a.pct1ResTime: "25,5" is no number >= 0; expected a number >= 0',
        ),
        (
            JMETER_STATISTICS,
            "{a: 1}",
            "1: this is not JSON (Expecting property name enclosed in double quotes, column 2)",
        ),
        (JMETER_STATISTICS, "timeStamp,elapsed,label,success\n", "1: this is a JTL of JMeter; expected --format jtl"),
        (
            WRK,
            WRK_TEXT.replace("  Latency Distribution\n", ""),
            ("1: there is no latency distribution; expected the output of a run with --latency"),
        ),
        (WRK, WRK_TEXT + WRK_TEXT, "1: the file has several runs; expected a file for each run"),
        (WRK, WRK_TEXT.partition("Requests/sec")[0], "1: there is no number of requests; expected all that wrk prints"),
        (
            WRK,
            WRK_TEXT.replace("300000 requests", "0 requests"),
            "1: nothing was measured; expected a run with requests",
        ),
        (
            WRK,
            WRK_TEXT.replace("30.00s", "307445734491.24m").replace("10000.00", "0.00"),
            "1: 300000 requests in 307445734491.24m are not 0.00 in a second; expected a run",
        ),
        (WRK, '{"requests": 3}', "1: this is JSON"),
        (
            K6_SUMMARY,
            {"metrics": {"http_reqs": {"count": 1}}},
            (
                "1: there are no durations of requests; expected a summary"
                " of k6 with http_req_duration or grpc_req_duration"
            ),
        ),
        (
            K6_SUMMARY,
            without(K6_EXPORT, "metrics", "http_reqs"),
            (
                "1: there is no number of requests (http_reqs); expected"
                " CSV of the run (k6 run --out csv=FILE, --format k6)"
            ),
        ),
        (
            K6_SUMMARY,
            {"metrics": {**K6_HANDLED["metrics"], "http_req_duration": {"values": "@{min=3.8; med=82.1}"}}},
            "1: there is neither a median nor a percentile; expected summaryTrendStats with med, p(90), p(95), p(99)",
        ),
        (
            K6_SUMMARY,
            '{"type":"Metric","data":{}}\n{"type":"Point"}\n',
            ("1: this is JSON lines of k6; expected the file of --out csv, and --format k6"),
        ),
        (HYPERFINE, {"results": []}, "1: there are no results; expected the file of hyperfine --export-json"),
        (
            HYPERFINE,
            {"results": [{"command": "a", "mean": 1}]},
            ("1: results[0] has no times; expected a file of --export-json with the time of each run"),
        ),
        (HYPERFINE, "command,mean,stddev,median\n", "1: this is CSV of hyperfine; expected the file of --export-json"),
        (HYPERFINE, "[" * 100_000, "1: the JSON is nested too deep"),
        (HYPERFINE, "", "1: the file is empty; expected the summary of a run"),
    ],
)
def test_what_says_too_little_is_refused_with_the_way_out(
    importer: LogImporter, content: object, said: str, tmp_path: Path
) -> None:
    found = imported(tmp_path, content, importer)
    assert found.run is None
    assert said in "\n".join(map(str, found.problems))


@pytest.mark.parametrize(
    ("importer", "content", "notes"),
    [
        (LOCUST, LOCUST_STATS, [
            'latencies of "GET /bad" are of all 66, also of the 15 that failed',
            '"Aggregated" is the sum of "GET /bad", "GET store query": --operation takes one of them',
            'latencies of "Aggregated" are of all 227, also of the 15 that failed',
        ]),
        (LOCUST, OLD_LOCUST, [
            "this is of Locust before 1.0, whose percentiles may be of the last ten seconds: left out",
            '"Total" is the sum of "PUT insert", "GET search": --operation takes one of them',
        ]),
        (JMETER_STATISTICS, without(STATISTICS, "Total"), [
            ("pct1ResTime to pct3ResTime count as 90, 95 and 99 %, which holds unless somebody changed"
            " aggregate_rpt_pct1 to 3"),
        ]),
        (WRK, WRK_TEXT, [
            "socket errors are not counted among the operations: connect 0, read 0, write 0, timeout 3",
            "latencies of all are of all 300,000, also of the 30,000 that failed",
        ]),
        (K6_SUMMARY, K6_EXPORT, []),
        (HYPERFINE, HYPERFINE_JSON, [
            "each time is of a whole command, with the start of its program: compare it only with other commands",
        ]),
    ],
)  # fmt: skip
def test_what_a_figure_is_of_is_said(importer: LogImporter, content: object, notes: list[str], tmp_path: Path) -> None:
    assert [note.removeprefix(f"{tmp_path / 'run'}: ") for note in imported(tmp_path, content, importer).notes] == notes


def test_of_several_operations_without_a_sum_one_is_chosen(tmp_path: Path) -> None:
    found = imported(tmp_path, LOCUST_HEADER + GET_BAD + GET_STORE, LOCUST).run
    assert found is not None
    with pytest.raises(ImportRefusedError, match='choose with --operation: "GET /bad", "GET store query"'):
        chosen(found, "")
    assert chosen(found, "GET store query").count == 161


def test_figures_of_two_files_are_not_put_together(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).write_text(WRK_TEXT, encoding="utf-8")
    (problem,) = import_run([tmp_path / "a", tmp_path / "b"], WRK).problems
    assert str(problem) == (
        f"{tmp_path / 'b'}:1: figures of two files cannot be put together; expected one file of this format"
    )


def test_the_day_of_a_run_is_in_the_file_or_given(tmp_path: Path) -> None:
    found = imported(tmp_path, WRK_TEXT, WRK).run
    assert found is not None
    assert day_of(found, date(2026, 11, 30)) == date(2026, 11, 30)
    with pytest.raises(ImportRefusedError, match="does not say when it was measured; give --measured-on YYYY-MM-DD"):
        day_of(found, None)
