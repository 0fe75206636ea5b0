"""Runs that somebody else measured: files of load generators become summaries.

Belongs here: the summary of a run, in memory that does not grow with its files, and reading them.
Does not belong here: the formats (`formats.py`), quantiles (`quantiles.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

from assets.benchmarks.imports.events import MAX_OPERATIONS, Event, LogImporter, Reported, TimedInterval
from assets.benchmarks.imports.quantiles import Method, Quantiles
from assets.evidence.importer import SourceFile, UnreadableError
from assets.evidence.model import Problem
from assets.evidence.wording import quoted


@dataclass(frozen=True)
class OperationSummary:
    """One kind of operation of a run, or all of them. Latencies are those of operations that succeeded."""

    operation: str
    """Empty for all."""
    count: int
    """Operations that ended, well or badly."""
    errors: int
    skipped: int
    """Not started, because they were too late already (pgbench with --rate and --latency-limit)."""
    duration_s: float
    """From the start of the first operation of the run to the end of the last one."""
    throughput_per_s: float | None
    """Operations that succeeded, per second; None for a run without duration."""
    latency_ms_mean: float | None
    latency_ms_p50: float | None
    latency_ms_p90: float | None
    latency_ms_p95: float | None
    latency_ms_p99: float | None
    latency_ms_max: float | None
    method: Method | Literal["none", "reported"]
    """Of p50 to p99: none where the file has no single latencies or nothing succeeded; reported by the program that
    measured. Mean and maximum are exact, or reported as well."""


@dataclass(frozen=True)
class ImportedRun:
    """What is in the files of one run."""

    whole: OperationSummary
    operations: tuple[OperationSummary, ...]
    """Sorted by name."""
    ended_s: float | None
    """End of the last operation, seconds since 1970; None where the file does not say when it was."""
    unclear: tuple[str, ...] = ()
    """Operations that may be sums of others: all of them together may count some twice."""
    has_whole: bool = True
    """False where figures of several operations are reported, and none of all together."""


@dataclass(frozen=True)
class Imported:
    """A run, or every reason why there is none: a file with a mistake gives no result at all."""

    run: ImportedRun | None
    problems: tuple[Problem, ...]
    notes: tuple[str, ...] = ()
    """What a user should know of how the files were read."""


class _Tally:
    """Counts of one kind of operation, or of all."""

    def __init__(self) -> None:
        self.succeeded = self.errors = self.skipped = 0
        self.latency_sum = self.latency_max = 0.0
        self.quantiles = Quantiles()

    def add(self, event: Event | TimedInterval) -> None:
        if isinstance(event, TimedInterval):
            self.succeeded += event.succeeded
            self.errors += event.errors
            self.skipped += event.skipped
            self.latency_sum += event.latency_ms_sum
            self.latency_max = max(self.latency_max, event.latency_ms_max)
        elif event.latency_ms is not None:
            self.succeeded += 1
            self.latency_sum += event.latency_ms
            self.latency_max = max(self.latency_max, event.latency_ms)
            self.quantiles.add(event.latency_ms)
        elif event.is_skipped:
            self.skipped += 1
        else:
            self.errors += 1

    def summary(self, operation: str, duration_s: float) -> OperationSummary:
        has_quantiles = self.quantiles.count > 0
        p50, p90, p95, p99 = self.quantiles.quantiles(0.5, 0.9, 0.95, 0.99) if has_quantiles else (None,) * 4
        return OperationSummary(
            operation=operation,
            count=self.succeeded + self.errors,
            errors=self.errors,
            skipped=self.skipped,
            duration_s=duration_s,
            throughput_per_s=self.succeeded / duration_s if duration_s > 0 else None,
            latency_ms_mean=self.latency_sum / self.succeeded if self.succeeded else None,
            latency_ms_p50=p50,
            latency_ms_p90=p90,
            latency_ms_p95=p95,
            latency_ms_p99=p99,
            latency_ms_max=self.latency_max if self.succeeded else None,
            method=self.quantiles.method if has_quantiles else "none",
        )


def import_run(paths: Sequence[Path], importer: LogImporter) -> Imported:
    """Summarise the files of one run, such as one log for each thread of pgbench.

    Mistakes in the files are in the result; OSError if one cannot be opened, ValueError if none is given.
    """
    if not paths:
        raise ValueError("no file to import; give the files of one run")
    totals = _Totals()
    problems: list[Problem] = []
    for path in paths:
        with path.open("rb") as stream:
            problems += totals.read(stream, str(path), importer)
    return Imported(None if problems else totals.run(), tuple(problems), tuple(totals.notes))


class _Totals:
    """Tallies of a run, of all its files."""

    def __init__(self) -> None:
        self.whole = _Tally()
        self.operations: dict[str, _Tally] = {}
        self.start_s, self.end_s = float("inf"), float("-inf")
        self.unclear: set[str] = set()
        self.reported: list[Reported] = []
        self.notes: list[str] = []

    def read(self, stream: BinaryIO, name: str, importer: LogImporter) -> list[Problem]:
        """Add a file and return the mistakes in it."""
        source = SourceFile(stream, name)
        try:
            self._add(importer.read(source), source)
            self._note_reported(source)
            if self.end_s < self.start_s and not self.reported and not source.problems.count:
                source.wrong("", "there are no rows", "the rows of a run")
        except UnreadableError:
            pass
        self.notes += (f"{name}: {note}" for note in source.notes)
        return source.problems.all()

    def _add(self, events: Iterable[Event | TimedInterval | Reported], source: SourceFile) -> None:
        is_second = bool(self.reported)
        for event in events:
            if isinstance(event, Reported):
                if is_second:
                    source.stop("figures of two files cannot be put together", "one file of this format")
                if event.operation in [other.operation for other in self.reported]:
                    source.stop(f"{quoted(event.operation)} is there twice", "figures of one run")
                self.reported.append(event)
                continue
            self.start_s = min(self.start_s, event.start_s)
            self.end_s = max(self.end_s, event.end_s)
            if isinstance(event, TimedInterval) or not event.is_sum:
                self.whole.add(event)
            if isinstance(event, Event):
                if event.is_unclear:
                    self.unclear.add(event.operation)
                tally = self.operations.get(event.operation)
                if tally is None:
                    if len(self.operations) == MAX_OPERATIONS:
                        message = f"more than {MAX_OPERATIONS} kinds of operations"
                        source.stop(message, "names without ids or addresses in them")
                    tally = self.operations[event.operation] = _Tally()
                tally.add(event)

    def _note_reported(self, source: SourceFile) -> None:
        """Say which figures are of all, and which are of operations that failed too."""
        operations = [quoted(one.operation) for one in self.reported if one.operation and not one.is_total]
        for one in self.reported:
            name = quoted(one.operation) if one.operation else "all"
            if one.is_total and len(operations) > 1:
                source.notes.append(f"{name} is the sum of {', '.join(operations)}: --operation takes one of them")
            if one.are_failures_timed and 0 < one.errors < one.count:
                source.notes.append(
                    f"latencies of {name} are of all {one.count:,}, also of the {one.errors:,} that failed"
                )

    def run(self) -> ImportedRun:
        if self.reported:
            return _reported_run(self.reported)
        duration_s = self.end_s - self.start_s
        operations = (self.operations[name].summary(name, duration_s) for name in sorted(self.operations))
        whole = self.whole.summary("", duration_s)
        return ImportedRun(whole, tuple(operations), self.end_s, tuple(sorted(self.unclear)))


def _reported_run(reported: Sequence[Reported]) -> ImportedRun:
    total = next((one for one in reported if one.is_total), None)
    operations = sorted((one for one in reported if one.operation and not one.is_total), key=lambda one: one.operation)
    whole = total or reported[0]
    return ImportedRun(
        _of_reported(whole, ""),
        tuple(_of_reported(one, one.operation) for one in operations),
        ended_s=None,
        has_whole=total is not None or len(reported) == 1,
    )


def _of_reported(one: Reported, operation: str) -> OperationSummary:
    latencies = {name: value for name, value in vars(one).items() if name.startswith("latency_ms_")}
    return OperationSummary(
        operation=operation,
        count=one.count,
        errors=one.errors,
        skipped=0,
        duration_s=one.duration_s,
        throughput_per_s=one.throughput_per_s,
        # where all failed, these are latencies of failures
        **(latencies if one.errors < one.count else dict.fromkeys(latencies)),
        method="reported",
    )
