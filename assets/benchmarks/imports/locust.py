"""Locust: `--csv`, of which the file that ends with `_stats.csv` has figures of the whole run.

Belongs here: what the columns mean. Does not belong here: the history, whose percentiles are of ten seconds each.
Locust counts what failed among the latencies, and rounds percentiles to two digits from 100 ms on. Before 1.0 its
percentiles may be of the last ten seconds, and its number of requests may be without those that failed: of such a file
only throughput and median are taken, and only where nothing failed.
"""

from __future__ import annotations

from collections.abc import Iterator

from assets.benchmarks.imports.events import Reported, importer, rows_of_table
from assets.evidence.importer import SourceFile
from assets.evidence.model import MAX_LINE_CHARS

COLUMNS = {
    "Name": "the name of the request",
    "Request Count": "a whole number >= 0",
    "Failure Count": "a whole number >= 0",
    "Requests/s": "a number >= 0",
}
OLD = "# requests"
ALSO_CALLED = {
    "method": "Type",
    OLD: "Request Count",
    "# failures": "Failure Count",
    "median response time": "Median Response Time",
    "average response time": "Average Response Time",
    "max response time": "Max Response Time",
}
"""What versions before 1.0 call the columns."""
LATENCY = "milliseconds >= 0"


def read_locust(source: SourceFile) -> Iterator[Reported]:
    """Read statistics of a run: a row for each kind of request, and their sum."""
    is_old = OLD in source.stream.readline(MAX_LINE_CHARS).decode("utf-8", "replace")
    source.stream.seek(0)
    if is_old:
        source.notes.append("this is of Locust before 1.0, whose percentiles may be of the last ten seconds: left out")
    for row in rows_of_table(source, COLUMNS, "locust", are_others_allowed=True, also_called=ALSO_CALLED):
        counts = source.whole_numbers(("Request Count", "Failure Count"), (row["Request Count"], row["Failure Count"]))
        rate = source.number("Requests/s", row["Requests/s"], COLUMNS["Requests/s"])
        if counts is None or rate is None or counts == [0, 0]:
            continue
        count, errors = counts
        if errors and is_old:
            message = "Locust before 1.0 counts failures among the requests or beside them"
            source.stop(message, "a run without failures, or statistics of Locust 1.0 or later")
        if errors > count:
            source.wrong(
                "Failure Count", f"{errors} is more than Request Count, {count}", "failures among the requests"
            )
            continue
        kind, name = row.get("Type", ""), row["Name"]
        is_total = name == "Aggregated" or (name == "Total" and kind in ("", "None"))
        operation = name if is_total or kind in ("", "None") else f"{kind} {name}"
        yield Reported(
            operation,
            count,
            errors,
            duration_s=count / rate if rate else 0,
            throughput_per_s=rate * (count - errors) / count if rate else None,
            latency_ms_mean=_latency(source, row, "Average Response Time"),
            latency_ms_p50=_latency(source, row, "50%" if row.get("50%") and not is_old else "Median Response Time"),
            latency_ms_p90=None if is_old else _latency(source, row, "90%"),
            latency_ms_p95=None if is_old else _latency(source, row, "95%"),
            latency_ms_p99=None if is_old else _latency(source, row, "99%"),
            latency_ms_max=_latency(source, row, "Max Response Time"),
            is_total=is_total,
        )


def _latency(source: SourceFile, row: dict[str, str], column: str) -> float | None:
    text = row.get(column, "")
    return None if text in ("", "N/A") else source.number(column, text, LATENCY)


LOCUST = importer("locust", "locust_stats", read_locust)
