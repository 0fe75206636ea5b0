"""The plain CSV that any load generator can be converted to: one row for each operation (docs/benchmarks.md)."""

from __future__ import annotations

from collections.abc import Iterator

from assets.benchmarks.imports.events import MS_PER_S, Event, importer, rows_of_table, truth
from assets.evidence.importer import SourceFile

COLUMNS = {
    "timestamp_s": "the start of the operation, seconds since 1970",
    "operation": "the name of what was done",
    "latency_ms": "milliseconds >= 0",
    "is_error": "true or false",
}


def read_csv(source: SourceFile) -> Iterator[Event]:
    """Read the plain CSV: a header and one row for each operation."""
    for row in rows_of_table(source, COLUMNS, "csv", are_others_allowed=False):
        start_s = source.number("timestamp_s", row["timestamp_s"], COLUMNS["timestamp_s"])
        latency = source.number("latency_ms", row["latency_ms"], COLUMNS["latency_ms"])
        is_error = truth(source, "is_error", row["is_error"])
        if not row["operation"]:
            source.wrong("operation", "has no value", COLUMNS["operation"])
        elif start_s is not None and latency is not None and is_error is not None:
            yield Event(row["operation"], start_s, start_s + latency / MS_PER_S, None if is_error else latency)


PLAIN_CSV = importer("csv", "csv", read_csv)
