"""The lines of a file with measurements become events, one format after the other.

Belongs here: what the columns of pgbench, JMeter and our own CSV mean, and the wording of mistakes in them.
Does not belong here: summaries, opening files (`summary.py`). The formats with examples are in docs/benchmarks.md.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple, TypeAlias

from assets.evidence.importer import Importer, SourceFile, UnreadableError
from assets.evidence.wording import nearest, quoted

MS_PER_S = 1_000
US_PER_MS = 1_000
US_PER_S = 1_000_000

JTL_COLUMNS = {
    "timeStamp": "milliseconds since 1970 (jmeter.save.saveservice.timestamp_format=ms)",
    "elapsed": "milliseconds >= 0",
    "label": "the name of the sampler",
    "success": "true or false",
}
CSV_COLUMNS = {
    "timestamp_s": "the start of the operation, seconds since 1970",
    "operation": "the name of what was done",
    "latency_ms": "milliseconds >= 0",
    "is_error": "true or false",
}
LOG_COLUMNS = ("client", "transaction", "latency_us", "script", "epoch_s", "epoch_us", "schedule_lag_us", "retries")
LOG_REQUIRED = 6
LOG_ERRORS = ("failed", "serialization", "deadlock")
AGGREGATE_COLUMNS = (
    "interval_start", "num_transactions", "sum_latency", "sum_latency_2", "min_latency", "max_latency",
    "sum_lag", "sum_lag_2", "min_lag", "max_lag", "skipped", "retried", "retries",
    "serialization_failures", "deadlock_failures",
)  # fmt: skip


class Event(NamedTuple):
    """One operation that succeeded, failed (without latency) or was not started at all."""

    operation: str
    start_s: float
    end_s: float
    latency_ms: float | None
    is_skipped: bool = False


class TimedInterval(NamedTuple):
    """What is known of the operations of an interval of time together; latencies are of those that succeeded."""

    start_s: float
    end_s: float
    succeeded: int
    errors: int
    skipped: int
    latency_ms_sum: float
    latency_ms_max: float


Reader: TypeAlias = Callable[[SourceFile], Iterator[Event | TimedInterval]]


def read_pgbench_log(source: SourceFile) -> Iterator[Event]:
    """Read `pgbench --log`. The stamp is the end of a transaction; a latency begins at the scheduled start."""
    width = 0
    for line in source.lines():
        fields = line.split()
        if len(fields) != width:
            if width or not LOG_REQUIRED <= len(fields) <= len(LOG_COLUMNS):
                source.stop(f"the row has {len(fields)} fields", _log_width(width))
            width = len(fields)
        latency = fields[2]
        is_skipped, is_error = latency == "skipped", latency in LOG_ERRORS
        has_latency = not (is_skipped or is_error)
        wanted = (2, 3, 4, 5) if has_latency else (3, 4, 5)
        numbers = source.whole_numbers([LOG_COLUMNS[i] for i in wanted], [fields[i] for i in wanted])
        if numbers is None:
            continue
        script, epoch_s, epoch_us = numbers[-3:]
        end_s = epoch_s + epoch_us / US_PER_S
        if has_latency:
            yield Event(f"script {script}", end_s - numbers[0] / US_PER_S, end_s, numbers[0] / US_PER_MS)
        else:
            yield Event(f"script {script}", end_s, end_s, None, is_skipped)


def _log_width(width: int) -> str:
    if width:
        return f"{width} as in the first row"
    named = " ".join(LOG_COLUMNS[:LOG_REQUIRED]) + "".join(f" [{name}]" for name in LOG_COLUMNS[LOG_REQUIRED:])
    return f"{named}; a log of --aggregate-interval is of the format aggregate"


def read_pgbench_aggregate(source: SourceFile) -> Iterator[TimedInterval]:
    """Read `pgbench --log --aggregate-interval` of PostgreSQL 15 or later; sums of latencies in microseconds.

    The length of an interval is the smallest distance of two rows; the first and the last interval may be cut short.
    """
    rows: list[list[int]] = []
    for line in source.lines():
        fields = line.split()
        if len(fields) != len(AGGREGATE_COLUMNS):
            source.stop(f"the row has {len(fields)} fields", f"{len(AGGREGATE_COLUMNS)}: {' '.join(AGGREGATE_COLUMNS)}")
        numbers = source.whole_numbers(AGGREGATE_COLUMNS, fields)
        if numbers is not None:
            rows.append(numbers)
    starts = sorted({row[0] for row in rows})
    if source.problems.count:
        return
    if len(starts) < 2:
        source.stop("one interval does not tell how long it was", "rows of at least two intervals")
    seconds = min(later - earlier for earlier, later in pairwise(starts))
    for start, count, total, _, _, longest, _, _, _, _, skipped, _, _, serialization, deadlock in rows:
        errors = serialization + deadlock
        yield TimedInterval(start, start + seconds, count, errors, skipped, total / US_PER_MS, longest / US_PER_MS)


def read_jmeter_jtl(source: SourceFile) -> Iterator[Event]:
    """Read results of JMeter saved as CSV with a header; further columns are left aside."""
    for row in _table(source, JTL_COLUMNS, are_others_allowed=True):
        start_ms = source.number("timeStamp", row["timeStamp"], JTL_COLUMNS["timeStamp"])
        elapsed = source.number("elapsed", row["elapsed"], JTL_COLUMNS["elapsed"])
        is_success = _truth(source, "success", row["success"])
        if start_ms is not None and elapsed is not None and is_success is not None:
            end_s = (start_ms + elapsed) / MS_PER_S
            yield Event(row["label"], start_ms / MS_PER_S, end_s, elapsed if is_success else None)


def read_csv(source: SourceFile) -> Iterator[Event]:
    """Read the plain CSV: a header and one row for each operation."""
    for row in _table(source, CSV_COLUMNS, are_others_allowed=False):
        start_s = source.number("timestamp_s", row["timestamp_s"], CSV_COLUMNS["timestamp_s"])
        latency = source.number("latency_ms", row["latency_ms"], CSV_COLUMNS["latency_ms"])
        is_error = _truth(source, "is_error", row["is_error"])
        if not row["operation"]:
            source.wrong("operation", "has no value", CSV_COLUMNS["operation"])
        elif start_s is not None and latency is not None and is_error is not None:
            yield Event(row["operation"], start_s, start_s + latency / MS_PER_S, None if is_error else latency)


def _truth(source: SourceFile, column: str, text: str) -> bool | None:
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    source.wrong(column, f"{quoted(text)} is neither true nor false", "true or false")
    return None


def _table(source: SourceFile, columns: Mapping[str, str], *, are_others_allowed: bool) -> Iterator[dict[str, str]]:
    """Yield the rows below a header, by column."""
    reader = csv.reader(source.lines(), strict=True)
    try:
        header = [name.strip() for name in next(reader)]
        _check_header(source, header, columns, are_others_allowed)
        for cells in reader:
            if len(cells) == len(header):
                yield {name: cell.strip() for name, cell in zip(header, cells, strict=True)}
            elif cells:
                source.wrong("", f"the row has {len(cells)} cells", f"{len(header)} as in the header")
    except csv.Error as error:
        source.stop(f"the row cannot be read ({error})", 'values without quotes ("), or with one at both ends')


def _check_header(source: SourceFile, header: list[str], columns: Mapping[str, str], are_others_allowed: bool) -> None:
    if header[:1] and header[0].startswith("<"):
        source.stop("this is XML", "CSV with a header (jmeter.save.saveservice.output_format=csv)")
    if not set(header) & set(columns):
        source.stop("the first line is not a header of this format", ",".join(columns))
    before = source.problems.count
    missing = [name for name in columns if name not in header]
    for name in missing:
        source.wrong(name, "the column is missing", f"a column with {columns[name]}")
    for position, name in enumerate(header):
        if name in header[:position]:
            source.wrong(name, "the column is there twice", "each column once")
        elif name not in columns and not are_others_allowed:
            source.wrong(name, "is not a column of this format", nearest(name, missing) or f"only {','.join(columns)}")
    if source.problems.count > before:
        raise UnreadableError


@dataclass(frozen=True)
class LogImporter(Importer):
    """Reads the operations of one run from its files."""

    latency_source: str
    """What rows of evidence call the format."""


def _importer(name: str, latency_source: str, read: Reader) -> LogImporter:
    # A log has no mark of its own: a user says which program wrote it.
    return LogImporter(name, "operations", lambda _: False, read, latency_source)


PGBENCH_LOG = _importer("pgbench", "pgbench_log", read_pgbench_log)
PGBENCH_AGGREGATE = _importer("aggregate", "pgbench_aggregate", read_pgbench_aggregate)
JMETER_JTL = _importer("jtl", "jmeter_jtl", read_jmeter_jtl)
PLAIN_CSV = _importer("csv", "csv", read_csv)
