"""A run that somebody else measured becomes rows of evidence in a pack.

Belongs here: from a summary to rows, and appending them whole or not at all.
Does not belong here: reading logs (`summary.py`), options and what is printed (`orchestration/`).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from assets.benchmarks.imports.events import LogImporter
from assets.benchmarks.imports.summary import ImportedRun, OperationSummary, import_run
from assets.common.files import write_all
from assets.common.spreadsheet import inert_row
from assets.evidence.model import Problem, Table
from assets.evidence.parsing import parse_csv
from assets.evidence.sheet import NotPlainError, text_to_extend
from assets.evidence.tables import TABLES_BY_KEY
from assets.evidence.tables.benchmarks import unit_of
from assets.evidence.wording import with_suggestion

RUNS, MEASUREMENTS = "benchmarks__runs", "benchmarks__measurements"
COMMON_LAST = ("source", "as_of", "as_of_basis", "grade", "note")
"""Columns that every table of evidence ends with."""
QUANTILES = ("latency_ms_p50", "latency_ms_p90", "latency_ms_p95", "latency_ms_p99")

Row = Mapping[str, Any]


class ImportRefusedError(Exception):
    """What cannot be imported and why; nothing was written."""


@dataclass(frozen=True)
class What:
    """What a file is a measurement of."""

    run_id: str
    stage: str
    workload: str
    clients: int
    round: int = 0
    archive_messages: int | None = None
    payload_bytes: int | None = None
    rate_per_s: float | None = None
    operation: str = ""
    """The one kind of operation to take; empty takes all together."""
    source: str = ""
    note: str = ""
    measured_on: date | None = None
    """Where the file does not say when it was."""
    environment: Mapping[str, object] = field(default_factory=dict)
    """Columns of `benchmarks__runs`; empty for a run that the pack has already."""


@dataclass(frozen=True)
class Added:
    """What was written."""

    run_id: str
    is_new_run: bool
    measurements: int
    problems: tuple[Problem, ...] = ()
    """If there are any, nothing was written."""
    notes: tuple[str, ...] = ()
    """What a user should know of how the files were read."""


def import_into(pack: Path, paths: Sequence[Path], importer: LogImporter, what: What, *, today: date) -> Added:
    """Summarise the files of one measurement and append it to the tables of a pack.

    All mistakes in the files, or in the rows that would be written, are in the result, and then nothing is written.
    Raises `ImportRefusedError` for a run or an operation that is not there, or one that is there already.
    """
    imported = import_run(paths, importer)
    if imported.run is None:
        return Added(what.run_id, is_new_run=False, measurements=0, problems=imported.problems, notes=imported.notes)
    summary = chosen(imported.run, what.operation)
    files = {key: pack / TABLES_BY_KEY[key].path for key in (RUNS, MEASUREMENTS)}
    known = _rows(files[RUNS])
    is_new = what.run_id not in known
    for column, value in what.environment.items():
        if not is_new and column != "code_version" and known[what.run_id].get(column) != str(value):
            raise ImportRefusedError(
                f'run "{what.run_id}" has {column} "{known[what.run_id].get(column)}", not "{value}"; '
                "figures of two environments are never mixed: give another --run"
            )
    if is_new and not what.environment:
        raise ImportRefusedError(
            f'{files[RUNS]} has no run "{what.run_id}"; describe its environment (--cpu-model and so on) to begin it'
        )
    common = {
        "source": what.source or ", ".join(path.name for path in paths),
        "as_of": day_of(imported.run, what.measured_on).isoformat(),
        "as_of_basis": "observed",
        "grade": "measured",
    }
    fresh = {
        RUNS: [run_row(what, summary, importer, common)] if is_new else [],
        MEASUREMENTS: measurement_rows(what, summary, common),
    }
    taken = {str(row["id"]) for row in fresh[MEASUREMENTS]} & set(_rows(files[MEASUREMENTS]))
    if taken:
        raise ImportRefusedError(
            f"{files[MEASUREMENTS]} has {min(taken)} already; give another --round, --run or workload"
        )
    texts = {key: appended(TABLES_BY_KEY[key], _text(files[key]), rows) for key, rows in fresh.items() if rows}
    problems = [
        problem
        for key, text in texts.items()
        for problem in parse_csv(TABLES_BY_KEY[key], text, file=str(files[key]), pack=pack.name, today=today).problems
    ]
    if problems:
        return Added(what.run_id, is_new, 0, tuple(problems))
    # The run first: killed between the two, it is left without measurements, and the same command goes on from there.
    write_all({files[key]: text for key, text in texts.items()})
    return Added(what.run_id, is_new, len(fresh[MEASUREMENTS]), notes=imported.notes)


def day_of(run: ImportedRun, said: date | None) -> date:
    """Return the day of a run. Raises `ImportRefusedError` if nobody says it, or file and option say two."""
    found = None if run.ended_s is None else datetime.fromtimestamp(run.ended_s, UTC).date()
    if found is None and said is None:
        raise ImportRefusedError("the file does not say when it was measured; give --measured-on YYYY-MM-DD")
    if found and said and found != said:
        raise ImportRefusedError(
            f"the file says that it was measured on {found}, not on {said}; leave --measured-on out"
        )
    day = found or said
    assert day is not None
    return day


def chosen(run: ImportedRun, operation: str) -> OperationSummary:
    """Return the summary of one kind of operation, or of all.

    Raises `ImportRefusedError` if there is none of it, or if all may count some operations twice.
    """
    if not operation:
        if not run.has_whole:
            labels = ", ".join(f'"{summary.operation}"' for summary in run.operations)
            raise ImportRefusedError(
                f"the file has figures of several operations and none of all; choose with --operation: {labels}"
            )
        if run.unclear:
            unclear = ", ".join(f'"{name}"' for name in run.unclear)
            labels = ", ".join(f'"{summary.operation}"' for summary in run.operations)
            raise ImportRefusedError(
                f"rows of {unclear} may be sums of others (a Transaction Controller), which would count those twice;"
                f" choose what to take with --operation: {labels}. With threadName and responseMessage in the file this"
                " is seen"
            )
        return run.whole
    for summary in run.operations:
        if summary.operation == operation:
            return summary
    found = [summary.operation for summary in run.operations]
    names = ", ".join(f'"{name}"' for name in found) or "none, its rows are of all together"
    raise ImportRefusedError(
        f'the file has no operation "{operation}"; it has {with_suggestion(names, operation, found)}'
    )


def run_row(what: What, summary: OperationSummary, importer: LogImporter, common: Row) -> Row:
    """Return the row of `benchmarks__runs`. An imported run has no seed and repeats nothing by itself."""
    return {
        "id": what.run_id,
        "grid": "import",
        "seed": 0,
        "rounds": 1,
        "duration_seconds": f"{summary.duration_s:.6g}",
        **what.environment,
        "latency_source": importer.latency_source,
        **common,
        "note": what.note,
    }


def measurement_rows(what: What, summary: OperationSummary, common: Row) -> list[Row]:
    """Return the rows of `benchmarks__measurements`: what the summary knows, nothing for what it does not."""
    values = {
        "throughput_per_s": summary.throughput_per_s,
        **{name: getattr(summary, name) for name in QUANTILES},
    }
    counts = f"{summary.count:,} operations, {summary.errors:,} errors, {summary.skipped:,} skipped"
    note = f"{counts}; quantiles: {summary.method}"
    parts = (what.run_id, what.stage, what.workload, f"c{what.clients}", f"m{what.archive_messages or 0}")
    sizes = (f"b{what.payload_bytes or 0}", f"q{what.rate_per_s or 0:.0f}", f"r{what.round}")
    return [
        {
            "id": "_".join((*parts, *sizes, metric)),
            "run_id": what.run_id,
            "round": what.round,
            "stage": what.stage,
            "workload": what.workload,
            "clients": what.clients,
            "archive_messages": what.archive_messages,
            "payload_bytes": what.payload_bytes,
            "rate_per_s": what.rate_per_s,
            "metric": metric,
            "value": f"{value:.9g}",
            "unit": unit_of(metric),
            **common,
            "note": note,
        }
        for metric, value in values.items()
        if value is not None
    ]


def appended(table: Table, text: str, rows: Sequence[Row]) -> str:
    """Return `text`, a CSV file with a header or nothing, with `rows` at its end, in the columns of its header.

    Raises `ImportRefusedError` if the header lacks a column that a row needs.
    """
    out = io.StringIO()
    if text:
        header = [name.strip() for name in next(csv.reader(io.StringIO(text)))]
        out.write(text if text.endswith("\n") else text + "\n")
    else:
        columns = [column for column in table.columns() if column not in COMMON_LAST]
        header = [*columns, *COMMON_LAST]
        csv.writer(out, lineterminator="\n").writerow(header)
    missing = {name for row in rows for name, value in row.items() if value not in (None, "")} - set(header)
    if missing:
        raise ImportRefusedError(f"{table.path} has no column {', '.join(sorted(missing))}; add it to the header")
    csv.DictWriter(out, header, extrasaction="ignore", lineterminator="\n").writerows(map(inert_row, rows))
    return out.getvalue()


def _text(path: Path) -> str:
    try:
        return text_to_extend(path)
    except NotPlainError as error:
        raise ImportRefusedError(str(error)) from None


def _rows(path: Path) -> dict[str, dict[str, str]]:
    """The rows of a table by id."""
    rows = csv.DictReader(io.StringIO(_text(path)))
    return {row["id"]: row for row in rows if row.get("id")}
