"""pgbench of PostgreSQL 15 to 19: `--log`, with and without `--aggregate-interval`.

Belongs here: what the fields of a line mean. Does not belong here: summaries (`summary.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from assets.benchmarks.imports.events import Event, TimedInterval, importer, stop_if_of_another_format
from assets.evidence.importer import SourceFile

US_PER_MS = 1_000
US_PER_S = 1_000_000

LOG_COLUMNS = ("client", "transaction", "latency_us", "script", "epoch_s", "epoch_us", "schedule_lag_us", "retries")
LOG_REQUIRED = 6
LOG_OTHERWISE = "a log of --aggregate-interval is read with --format aggregate"
LOG_ERRORS = ("failed", "serialization", "deadlock", "other")
"""In place of a latency: `failed`, or with --failures-detailed why; `other` since PostgreSQL 19."""
AGGREGATE_COLUMNS = (
    "interval_start", "num_transactions", "sum_latency", "sum_latency_2", "min_latency", "max_latency",
    "sum_lag", "sum_lag_2", "min_lag", "max_lag", "skipped", "retried", "retries",
    "serialization_failures", "deadlock_failures", "other_sql_failures",
)  # fmt: skip
AGGREGATE_REQUIRED = 15
"""The last column is there since PostgreSQL 19."""
AGGREGATE_OTHERWISE = "a log without --aggregate-interval is read with --format pgbench"


def read_pgbench_log(source: SourceFile) -> Iterator[Event]:
    """Read `pgbench --log`. The stamp is the end of a transaction; a latency begins at the scheduled start."""
    for fields in _rows(source, "pgbench", LOG_COLUMNS, LOG_REQUIRED, LOG_OTHERWISE):
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


def read_pgbench_aggregate(source: SourceFile) -> Iterator[TimedInterval]:
    """Read `pgbench --log --aggregate-interval` of PostgreSQL 15 or later; sums of latencies in microseconds.

    The length of an interval is the smallest distance of two rows; the first and the last interval may be cut short.
    """
    rows: list[list[int]] = []
    for fields in _rows(source, "aggregate", AGGREGATE_COLUMNS, AGGREGATE_REQUIRED, AGGREGATE_OTHERWISE):
        numbers = source.whole_numbers(AGGREGATE_COLUMNS, fields)
        if numbers is not None:
            rows.append(numbers)
    starts = sorted({row[0] for row in rows})
    if source.problems.count:
        return
    if len(starts) < 2:
        source.stop("one interval does not tell how long it was", "rows of at least two intervals")
    seconds = min(later - earlier for earlier, later in pairwise(starts))
    for start, count, total, _, _, longest, _, _, _, _, skipped, _, _, *failures in rows:
        errors = sum(failures)
        yield TimedInterval(start, start + seconds, count, errors, skipped, total / US_PER_MS, longest / US_PER_MS)


def _rows(
    source: SourceFile, format_: str, columns: Sequence[str], required: int, otherwise: str
) -> Iterator[list[str]]:
    """Yield the fields of each row; all rows have as many, the first `required` of `columns` at least."""
    width = 0
    for line in source.lines():
        fields = line.split()
        if not width:
            stop_if_of_another_format(source, line, format_)
            if not required <= len(fields) <= len(columns):
                named = " ".join([*columns[:required], *(f"[{name}]" for name in columns[required:])])
                source.stop(f"the row has {len(fields)} fields", f"{named}; {otherwise}")
            width = len(fields)
        elif len(fields) != width:
            source.stop(f"the row has {len(fields)} fields", f"{width} as in the first row")
        yield fields


PGBENCH_LOG = importer("pgbench", "pgbench_log", read_pgbench_log)
PGBENCH_AGGREGATE = importer("aggregate", "pgbench_aggregate", read_pgbench_aggregate)
