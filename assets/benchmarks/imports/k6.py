"""k6: `--out csv=FILE`. It has a row for each metric of each request; the durations of requests are what is read."""

from __future__ import annotations

from collections.abc import Iterator

from assets.benchmarks.imports.events import MS_PER_S, Event, importer, instant, rows_of_table
from assets.evidence.importer import SourceFile
from assets.evidence.wording import quoted

COLUMNS = {
    "metric_name": "the name of the metric",
    "timestamp": "the end of the request (K6_CSV_TIME_FORMAT: unix_milli is finer than the default)",
    "metric_value": "milliseconds >= 0",
}
DURATIONS = ("http_req_duration", "grpc_req_duration")
LARGEST_SECONDS = 1e11
"""Since 1970, in the year 5138; what is larger counts thousandths of it."""


def read_k6_csv(source: SourceFile) -> Iterator[Event]:
    """Read the durations of requests. A request failed if k6 did not expect its response, or noted an error."""
    others: set[str] = set()
    has_durations = False
    for row in rows_of_table(source, COLUMNS, "k6", are_others_allowed=True):
        if (metric := row["metric_name"]) not in DURATIONS:
            others.add(metric)
            continue
        has_durations = True
        end_s = _seconds(source, row["timestamp"])
        latency = source.number("metric_value", row["metric_value"], COLUMNS["metric_value"])
        if end_s is not None and latency is not None:
            expected = row.get("expected_response", "")
            is_error = expected == "false" if expected else bool(row.get("error") or row.get("error_code"))
            name = row.get("name") or row.get("url") or metric
            yield Event(name, end_s - latency / MS_PER_S, end_s, None if is_error else latency)
    if not has_durations and others:
        found = ", ".join(quoted(name) for name in sorted(others)[:5])
        source.stop(f"no row is the duration of a request; the metrics are {found}", " or ".join(DURATIONS))


def _seconds(source: SourceFile, text: str) -> float | None:
    if found := instant(text):
        return found.seconds
    number = source.number("timestamp", text, COLUMNS["timestamp"])
    while number is not None and number > LARGEST_SECONDS:
        number /= MS_PER_S
    return number


K6_CSV = importer("k6", "k6_csv", read_k6_csv)
