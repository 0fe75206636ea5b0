"""JMeter: results saved as CSV (JTL), and which of their rows are sums of others.

Belongs here: what the columns mean, what a Transaction Controller writes. Does not belong here: summaries.

A Transaction Controller adds a row for all that ran in it, after the rows of its samplers. Counted with them, each
operation counts twice. JMeter says so in `responseMessage`; without this column the times of a thread tell: it does one
thing at a time, so that a row which starts before one that was written earlier lasted around it. A controller that
generates a parent sample writes its own row alone: that one is an operation.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from assets.benchmarks.imports.events import (
    MAX_OPERATIONS,
    MS_PER_S,
    Event,
    importer,
    instant,
    rows_of_table,
    truth,
)
from assets.evidence.importer import SourceFile, UnreadableError
from assets.evidence.wording import misread, quoted

COLUMNS = {
    "timeStamp": "milliseconds since 1970, or a date such as 2026/11/20 10:00:00.000",
    "elapsed": "milliseconds >= 0",
    "label": "the name of the sampler",
    "success": "true or false",
}
IS_TRANSACTION = "Number of samples in transaction"
THREAD, MESSAGE = "threadName", "responseMessage"
SET_MS = "jmeter.save.saveservice.timestamp_format=ms"

_MONTH_FIRST = re.compile(r"(\d{2})/(\d{2})/(\d{2}) (\d{2}:\d{2}:\d{2}(?:\.\d+)?)", re.ASCII)
"""How the oldest releases write a time."""

KEPT_ROWS = 100
"""Of a thread, or of a file without threads: those that a later row can last around."""
RARE = 0.1
"""Share of rows around others below which clocks, or threads of one name on two machines, explain them."""


class Key(NamedTuple):
    """Rows that are judged together."""

    label: str
    is_marked: bool
    """JMeter says that they are transactions."""


class _Span(NamedTuple):
    start: float
    end: float


@dataclass
class _Count:
    rows: int = 0
    around: int = 0
    """Rows that lasted around earlier ones."""


@dataclass
class _Sums:
    """Which rows of a file are sums of others: of some it is sure, of some it is not clear, of others it is not so."""

    sure: set[Key] = field(default_factory=set)
    unclear: set[Key] = field(default_factory=set)
    parents: set[Key] = field(default_factory=set)
    """Transactions whose samplers are not in the file."""


def read_jmeter_jtl(source: SourceFile) -> Iterator[Event]:
    """Read results of JMeter saved as CSV with a header; further columns are left aside."""
    sums = _sums_of(source)
    left_out: dict[str, int] = {}
    for row in rows_of_table(source, COLUMNS, "jtl", are_others_allowed=True):
        start_ms = _stamp(source, row["timeStamp"])
        elapsed = source.number("elapsed", row["elapsed"], COLUMNS["elapsed"])
        is_success = truth(source, "success", row["success"])
        if start_ms is None or elapsed is None or is_success is None:
            continue
        key = _key(row)
        if key in sums.sure:
            left_out[key.label] = left_out.get(key.label, 0) + 1
        latency, end_s = elapsed if is_success else None, (start_ms + elapsed) / MS_PER_S
        is_sum, is_unclear = key in sums.sure, key in sums.unclear
        yield Event(row["label"], start_ms / MS_PER_S, end_s, latency, is_sum=is_sum, is_unclear=is_unclear)
    for label, count in sorted(left_out.items()):
        source.notes.append(
            f"{count:,} rows of {quoted(label)} are sums of others (a Transaction Controller) and left out of the whole"
        )
    for parent in sorted(sums.parents):
        source.notes.append(
            f"{quoted(parent.label)} is a transaction whose parts are not in the file: it counts as one"
        )


def _key(row: Mapping[str, str]) -> Key:
    return Key(row["label"], row.get(MESSAGE, "").startswith(IS_TRANSACTION))


def _stamp(source: SourceFile, text: str) -> float | None:
    """Return milliseconds since 1970, or None and a problem."""
    if found := instant(text):
        return found.seconds * MS_PER_S
    if undated := _MONTH_FIRST.fullmatch(text):
        first, second, year, time = undated.groups()
        monthly, daily = f"20{year}-{first}-{second}", f"20{year}-{second}-{first}"
        readings = [day for day in dict.fromkeys((monthly, daily)) if instant(f"{day} {time}")]
        if len(readings) == 1 and (only := instant(f"{readings[0]} {time}")):
            return only.seconds * MS_PER_S
        if readings:
            message = f"{quoted(text)} may be {' or '.join(readings)}"
            source.wrong("timeStamp", message, f"a time without doubt ({SET_MS})")
            return None
    if misread("double precision", text):
        source.wrong(
            "timeStamp", f"{quoted(text)} is neither a number nor a date", f"{COLUMNS['timeStamp']} ({SET_MS})"
        )
        return None
    return source.number("timeStamp", text, COLUMNS["timeStamp"])


def _sums_of(source: SourceFile) -> _Sums:
    """Look through a file for rows that are sums of others. Its mistakes are noted when it is read again."""
    found = _Search()
    try:
        for row in rows_of_table(SourceFile(source.stream, ""), COLUMNS, "jtl", are_others_allowed=True):
            found.add(row)
            if len(found.counts) > 2 * MAX_OPERATIONS:
                break
    except UnreadableError:
        pass
    source.stream.seek(0)
    return found.sums()


class _Search:
    """Counts the rows of each label that lasted around earlier ones."""

    def __init__(self) -> None:
        self.counts: dict[Key, _Count] = {}
        self.earlier: dict[str, deque[_Span]] = {}
        self.has_threads = self.has_messages = False
        self.is_fine = True

    def add(self, row: Mapping[str, str]) -> None:
        self.has_threads, self.has_messages = THREAD in row, MESSAGE in row
        date = instant(row["timeStamp"])
        if date is None and misread("double precision", row["timeStamp"]):
            self.is_fine = False  # the oldest form, which has no parts of a second; or no time at all
            start = 0.0
        else:
            start = date.seconds * MS_PER_S if date else float(row["timeStamp"])
            self.is_fine &= date is None or date.is_fine
        elapsed = 0.0 if misread("double precision", row["elapsed"]) else float(row["elapsed"])
        count = self.counts.setdefault(_key(row), _Count())
        count.rows += 1
        span = _Span(start, start + elapsed)
        earlier = self.earlier.setdefault(row.get(THREAD, ""), deque(maxlen=KEPT_ROWS))
        if not self.has_threads:
            count.around += _is_made_of(earlier, span)
        else:
            was_around = False
            while earlier and span.start <= earlier[-1].start and span.start < earlier[-1].end:
                earlier.pop()
                was_around = True
            count.around += was_around
        earlier.append(span)

    def sums(self) -> _Sums:
        found = _Sums()
        are_all_marked = all(key.is_marked for key in self.counts)
        for key, count in self.counts.items():
            if key.is_marked:
                self._judge_marked(key, count, are_all_marked, found)
            elif not self.has_messages and self.is_fine and count.around:
                if count.around == count.rows and self.has_threads:
                    found.sure.add(key)
                elif count.around == count.rows or (self.has_threads and count.around >= RARE * count.rows):
                    found.unclear.add(key)
        return found

    def _judge_marked(self, key: Key, count: _Count, are_all_marked: bool, found: _Sums) -> None:
        is_around = count.around > 0 if self.has_threads else count.around == count.rows
        if is_around and self.is_fine:
            found.sure.add(key)
        elif are_all_marked or (self.has_threads and self.is_fine):
            found.parents.add(key)
        else:
            found.unclear.add(key)


def _is_made_of(earlier: deque[_Span], span: _Span) -> bool:
    """Tell whether a row begins with one earlier row and ends with one, as a sum does to a millisecond."""
    if span.end - span.start <= 1:
        return False
    inside = [one for one in earlier if one.start >= span.start - 1 and one.end <= span.end + 1]
    return any(one.start <= span.start + 1 for one in inside) and any(one.end >= span.end - 1 for one in inside)


JMETER_JTL = importer("jtl", "jmeter_jtl", read_jmeter_jtl)
