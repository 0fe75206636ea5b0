"""What the files of load generators hold, and what all their formats share.

Belongs here: an event, a table with a header, points in time, which other file somebody gave by mistake.
Does not belong here: one format (`pgbench.py`, `jmeter.py`, `k6.py`, `plain_csv.py`), summaries (`summary.py`).
"""

from __future__ import annotations

import csv
import json
import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from typing import Any, NamedTuple, TypeAlias

from assets.common.spreadsheet import separator_of
from assets.evidence.importer import Importer, SourceFile, UnreadableError
from assets.evidence.model import MAX_FILE_BYTES
from assets.evidence.wording import nearest, quoted

MS_PER_S = 1_000

MAX_OPERATIONS = 100
"""Kinds of operations of one run, each with quantiles of its own."""


class Event(NamedTuple):
    """One operation that succeeded, failed (without latency) or was not started at all."""

    operation: str
    start_s: float
    end_s: float
    latency_ms: float | None
    is_skipped: bool = False
    is_sum: bool = False
    """The sum of other events: counted as an operation of its own, never among all of them."""
    is_unclear: bool = False
    """It may be the sum of other events, and nothing in the file tells."""


class TimedInterval(NamedTuple):
    """What is known of the operations of an interval of time together; latencies are of those that succeeded."""

    start_s: float
    end_s: float
    succeeded: int
    errors: int
    skipped: int
    latency_ms_sum: float
    latency_ms_max: float


@dataclass(frozen=True)
class Reported:
    """What a program says of all operations of one kind, in place of the single ones."""

    operation: str
    count: int
    errors: int
    duration_s: float
    throughput_per_s: float | None
    """Of those that succeeded."""
    latency_ms_mean: float | None
    latency_ms_p50: float | None
    latency_ms_p90: float | None
    latency_ms_p95: float | None
    latency_ms_p99: float | None
    latency_ms_max: float | None
    is_total: bool = False
    """It is of all operations of the file."""
    are_failures_timed: bool = True
    """Latencies are of operations that failed, too."""


Reader: TypeAlias = Callable[[SourceFile], Iterator[Event | TimedInterval | Reported]]


@dataclass(frozen=True)
class LogImporter(Importer):
    """Reads the operations of one run from its files."""

    latency_source: str
    """What rows of evidence call the format."""


def importer(name: str, latency_source: str, read: Reader) -> LogImporter:
    # A log has no mark of its own: a user says which program wrote it.
    return LogImporter(name, "operations", lambda _: False, read, latency_source)


# fmt: off
_OTHER_FILES: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    (r"\ufeff?timestamp_s,|.*,timestamp_s\b", "the plain CSV", "--format csv", ("csv",)),
    (r".*\btimeStamp[,;\t].*\belapsed\b", "a JTL of JMeter", "--format jtl", ("jtl",)),
    (r"metric_name[,;\t]timestamp\b", "CSV of k6", "--format k6", ("k6",)),
    (r"\d+ \d+ (\d+|[a-z]+) \d+ \d{9,} \d+( \d+){0,2}$", "a log of pgbench", "--format pgbench", ("pgbench",)),
    (r"\d{9,}( \d+){14,15}$", "a log of pgbench --aggregate-interval", "--format aggregate", ("aggregate",)),
    (r'"?(Type|Method)"?[,;\t]"?Name"?[,;\t]"?(Request Count|# requests)', "statistics of Locust", "--format locust",
     ("locust",)),
    (r'("?Type"?[,;\t]"?Name"?[,;\t])?"?Timestamp"?[,;\t]"?(User Count|# requests)',
     "the history of Locust, whose percentiles are of ten seconds each",
     "the file whose name ends with _stats.csv, and --format locust", ()),
    (r'"?Method"?[,;\t]"?Name"?[,;\t]"?Error|"?Count"?[,;\t]"?Message"?[,;\t]"?Traceback', "what failed in Locust",
     "the file whose name ends with _stats.csv, and --format locust", ()),
    (r"Running \S+ test @ ", "what wrk prints", "--format wrk", ("wrk",)),
    (r"command,mean,stddev,", "CSV of hyperfine", "the file of --export-json, and --format hyperfine", ()),
    (r'\{"(type|metric)":', "JSON lines of k6", "the file of --out csv, and --format k6", ()),
    (r"\s*[\[{]", "JSON", "--format jmeter-statistics, k6-summary or hyperfine, by what wrote it; else CSV or text",
     ("jmeter-statistics", "k6-summary", "hyperfine")),
    (r"pgbench \(|transaction type:|starting vacuum", "what pgbench prints", "the file of pgbench --log", ()),
    (r"<", "XML", "CSV with a header (jmeter.save.saveservice.output_format=csv)", ()),
)
# fmt: on
"""How files of other formats begin, what they are, what to give instead, and the formats that they are of."""


def stop_if_of_another_format(source: SourceFile, first_line: str, own: str) -> None:
    """Stop with the name of the format that a file is of, where its first line tells."""
    for pattern, what, instead, formats in _OTHER_FILES:
        if re.match(pattern, first_line):
            if own not in formats:
                source.stop(f"this is {what}", instead)
            return


def rows_of_table(
    source: SourceFile,
    columns: Mapping[str, str],
    own: str,
    *,
    are_others_allowed: bool,
    also_called: Mapping[str, str] | None = None,
) -> Iterator[dict[str, str]]:
    """Yield the rows below a header, by column. Cells are separated by commas, semicolons or tabs.

    `also_called` gives the column of a name that other versions use, in lower case.
    """
    lines = source.lines()
    first = next(lines)
    stop_if_of_another_format(source, first, own)
    reader = csv.reader(chain([first], lines), strict=True, delimiter=separator_of(first))
    try:
        header = [(also_called or {}).get(name.strip().lower(), name.strip()) for name in next(reader)]
        _check_header(source, header, columns, are_others_allowed)
        for cells in reader:
            if len(cells) == len(header):
                yield {name: cell.strip() for name, cell in zip(header, cells, strict=True)}
            elif cells:
                source.wrong("", f"the row has {len(cells)} cells", f"{len(header)} as in the header")
    except csv.Error as error:
        source.stop(f"the row cannot be read ({error})", 'values without quotes ("), or with one at both ends')


def _check_header(source: SourceFile, header: list[str], columns: Mapping[str, str], are_others_allowed: bool) -> None:
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


def whole_text(source: SourceFile, own: str) -> str:
    """Return the text of a file that is read at once."""
    source.line = 1
    data = source.stream.read(MAX_FILE_BYTES + 1)
    if len(data) > MAX_FILE_BYTES:
        source.stop(f"the file has more than {MAX_FILE_BYTES:,} bytes", "a summary")
    if b"\0" in data:
        source.stop("a NUL byte: this is not a text file", "a text file saved as UTF-8")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        byte = data[error.start : error.start + 1].hex()
        source.stop(f"byte 0x{byte} is not UTF-8", "a text file saved as UTF-8")
    if not text.strip():
        source.stop("the file is empty", "the summary of a run")
    stop_if_of_another_format(source, text.lstrip().partition("\n")[0], own)
    return text


def json_object(source: SourceFile, own: str) -> dict[str, Any]:
    """Return the JSON of a file, which is a mapping."""
    text = whole_text(source, own)
    try:
        found = json.loads(text)
    except ValueError as error:
        if not isinstance(error, json.JSONDecodeError):
            source.stop(f"this is not JSON ({error})", "the summary of a run as JSON")
        source.line = error.lineno
        source.stop(f"this is not JSON ({error.msg}, column {error.colno})", "the summary of a run as JSON")
    except RecursionError:
        source.stop("the JSON is nested too deep", "the summary of a run as JSON")
    if not isinstance(found, dict):
        source.stop("this is no mapping", "the summary of a run as JSON")
    return found


def figure(source: SourceFile, where: str, value: object) -> float | None:
    """Return a number >= 0 of JSON; None where there is none, and a problem where it is something else."""
    if value is None or (isinstance(value, float) and math.isnan(value)) or value == "NaN":
        return None
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < math.inf:
        return float(value)
    source.wrong(where, f"{quoted(value)} is no number >= 0", "a number >= 0")
    return None


def truth(source: SourceFile, column: str, text: str) -> bool | None:
    """Return what a text says of yes or no, or None and a problem."""
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    source.wrong(column, f"{quoted(text)} is neither true nor false", "true or false")
    return None


_DAY_AND_TIME = re.compile(
    r"\d{4}[-/]\d{2}[-/]\d{2}[ T]\d{2}:\d{2}:\d{2}(?P<fraction>[.,]\d{1,9})?(Z|[+-]\d{2}:?\d{2})?", re.ASCII
)


class Instant(NamedTuple):
    """Seconds since 1970, and whether parts of a second were written."""

    seconds: float
    is_fine: bool


def instant(text: str) -> Instant | None:
    """Return the time of a date such as `2026/11/20 10:00:00.000`, None if it is none.

    Without an offset it counts as UTC: of a run only differences matter, and the day as it was written.
    """
    found = _DAY_AND_TIME.fullmatch(text)
    if found is None:
        return None
    if (fraction := found["fraction"]) and len(fraction) > len(".123456"):  # nanoseconds, which Python cannot read
        text = text.replace(fraction, fraction[: len(".123456")])
    try:
        read = datetime.fromisoformat(text.replace("/", "-"))
    except ValueError:  # the 30th of February
        return None
    return Instant((read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp(), fraction is not None)
