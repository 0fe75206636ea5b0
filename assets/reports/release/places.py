"""Where two versions of a file differ, in words with which a reader finds the place; pure.

Belongs here: one function per kind of file, two contents in, places out. Does not belong here: which of the two is
right (`verification.py`).
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime
from itertools import islice, zip_longest
from pathlib import PurePosixPath
from typing import Any

import openpyxl
import pyarrow as pa

from assets.common.spreadsheet import csv_cell, typed
from assets.reports.page.cells import row_key
from assets.reports.released import RELEASED_TABLES

MOST_OF_ONE_FILE = 5
"""Differences of one file that are listed."""

AROUND = 40
"""Characters that are shown on each side of where two texts begin to differ."""

NOTHING = "nothing"


@dataclass(frozen=True)
class Deviation:
    """A place of a file that says something else than the tables of the release."""

    path: str
    place: str
    """In the file; '' if all of it is meant."""
    shown: str
    expected: str

    def __str__(self) -> str:
        where = f"{self.path}, {self.place}" if self.place else self.path
        return f"{where}: shows {self.shown}, expected {self.expected}"

    def as_json(self) -> dict[str, str]:
        """Return plain values."""
        return asdict(self)


Found = tuple[str, str, str]
"""Place, what is shown, what was expected."""


def differences(path: str, shown: bytes, expected: bytes) -> list[Deviation]:
    """Return the first places in which two versions of a file differ, at least one if they do at all."""
    if shown == expected:
        return []
    of_kind = _BY_SUFFIX.get(PurePosixPath(path).suffix, _texts)
    try:
        found = list(islice(of_kind(shown, expected), MOST_OF_ONE_FILE))
    except Exception:  # readers of archives raise whatever a damaged one leads them to
        found = [("", "what cannot be read", "a file that opens")]
    return [Deviation(path, *one) for one in found or _bytes(shown, expected)]


def value_differences(path: str, content: bytes, name: str, table: pa.Table) -> list[Deviation]:
    """Compare a CSV file with the table that it is of, value by value, each read by the type of its column."""
    try:
        header, *rows = csv.reader(io.StringIO(content.decode(), newline=""))
    except (UnicodeDecodeError, ValueError, csv.Error) as error:
        return [Deviation(path, "", f"what cannot be read ({type(error).__name__})", "a CSV file")]
    if header != table.column_names:
        return [Deviation(path, "line 1", *_pair(", ".join(header), ", ".join(table.column_names)))]
    uneven = next((line for line, row in enumerate(rows, start=2) if len(row) != len(header)), None)
    if uneven is not None:
        return [Deviation(path, f"row {uneven}", f"{len(rows[uneven - 2])} cells", f"{len(header)}")]
    if len(rows) != table.num_rows:
        return [Deviation(path, "", f"{len(rows):,} rows", f"{table.num_rows:,}")]
    columns = [column.to_pylist() for column in table.columns]
    found = (
        Deviation(path, f"{name}.{field.name}@{_key(name, table, columns, line)}", *_pair(cell, str(csv_cell(value))))
        for line, row in enumerate(rows)
        for field, cell, value in zip(table.schema, row, (column[line] for column in columns), strict=True)
        if not _is_same(cell, value, field.type)
    )
    return list(islice(found, MOST_OF_ONE_FILE))


def _is_same(cell: str, value: Any, kind: pa.DataType) -> bool:
    """Whether a cell of a CSV file says a value; nothing, NaN and an empty text all leave it empty."""
    if value is None or value != value or value == "":
        return cell == ""
    try:
        return bool(_read(cell, value, kind) == value)
    except ValueError:
        return False


def _read(cell: str, value: Any, kind: pa.DataType) -> Any:
    if pa.types.is_list(kind):
        return value if cell == csv_cell(value) else None
    if pa.types.is_boolean(kind):
        return {"true": True, "false": False}.get(cell)
    if pa.types.is_integer(kind):
        return int(cell)
    if pa.types.is_floating(kind):
        return float(cell)
    if pa.types.is_date(kind):
        return date.fromisoformat(cell)
    if pa.types.is_timestamp(kind):
        return datetime.fromisoformat(cell)
    return typed(cell)


def _key(name: str, table: pa.Table, columns: list[list[Any]], line: int) -> str:
    """Return the key of a row as the report writes it; its line where the table is not known here."""
    known = RELEASED_TABLES.get(name)
    if known is None or not set(known.key) <= set(table.column_names):
        return f"line {line + 2}"
    return row_key(name, [columns[table.column_names.index(column)][line] for column in known.key])


def _texts(shown: bytes, expected: bytes) -> Iterator[Found]:
    yield from _lines(shown.decode(), expected.decode(), lambda _: "")


def _pages(shown: bytes, expected: bytes) -> Iterator[Found]:
    """HTML: by line, with the address of the cell that is there or before it."""
    page = shown.decode()
    yield from _lines(page, expected.decode(), lambda offset: _cell_at(page, offset))


def _cell_at(page: str, offset: int) -> str:
    """Return the address of the cell whose tag or text is at `offset`; of the one before it where there is none."""
    tag = page.rfind("<", 0, offset + 1)
    end = page.find(">", tag)
    name, ends = 'data-cell="', '"'
    begins = page.find(name, tag, end) if tag >= 0 else -1
    is_there = begins >= 0
    if not is_there:
        begins = page.rfind(name, 0, offset)
    if begins < 0:
        return ""
    address = page[begins + len(name) : page.find(ends, begins + len(name))]
    return f", cell {address}" if is_there else f", after cell {address}"


def _lines(shown: str, expected: str, place_of: Callable[[int], str]) -> Iterator[Found]:
    """`place_of` says more of a place, by its offset in `shown`."""
    offset = 0
    ours, theirs = shown.splitlines(keepends=True), expected.splitlines(keepends=True)
    for number, (line, other) in enumerate(zip_longest(ours, theirs), start=1):
        if line is None or other is None:
            yield f"line {number}", *_pair(line or "", other or "")
            return
        if line != other:
            yield f"line {number}{place_of(offset + _first(line, other))}", *_pair(line, other)
            if len(ours) != len(theirs):
                return  # all that follows is in another line
        offset += len(line)


def _first(one: str, other: str) -> int:
    """Return where two texts begin to differ."""
    at = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), None)
    return min(len(one), len(other)) if at is None else at


def _pair(shown: str, expected: str) -> tuple[str, str]:
    """Return two texts as far as they stand around the place where they begin to differ."""
    at = _first(shown, expected)
    return _around(shown, at), _around(expected, at)


def _around(line: str, at: int) -> str:
    begin, end = max(0, at - AROUND), at + AROUND
    text = line[begin:end].strip()
    return _quoted(f"{'…' if begin else ''}{text}{'…' if end < len(line.rstrip()) else ''}")


def _quoted(text: str) -> str:
    return f"“{text}”" if text else NOTHING


def _documents(shown: bytes, expected: bytes) -> Iterator[Found]:
    """JSON: by the names that lead to a value."""
    for place, one, other in _nodes("", json.loads(shown), json.loads(expected)):
        yield place, *_pair(json.dumps(one, ensure_ascii=False), json.dumps(other, ensure_ascii=False))


def _nodes(place: str, shown: Any, expected: Any) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(shown, dict) and isinstance(expected, dict):
        for name in dict.fromkeys([*expected, *shown]):
            yield from _nodes(f"{place}.{name}" if place else name, shown.get(name), expected.get(name))
    elif isinstance(shown, list) and isinstance(expected, list) and len(shown) == len(expected):
        for index, (one, other) in enumerate(zip(shown, expected, strict=True)):
            yield from _nodes(f"{place}[{index}]", one, other)
    elif shown != expected:
        yield place, shown, expected


def _sheets_as_text(shown: bytes, expected: bytes) -> Iterator[Found]:
    """CSV: by line and column."""
    rows, others = (list(csv.reader(io.StringIO(text.decode(), newline=""))) for text in (shown, expected))
    header = others[0] if others else []
    none: list[str] = []
    for number, (row, other) in enumerate(zip_longest(rows, others, fillvalue=none), start=1):
        for index, (cell, value) in enumerate(zip_longest(row, other, fillvalue="")):
            if cell != value:
                column = header[index] if index < len(header) else index + 1
                yield f"row {number}, column {column}", *_pair(cell, value)


def _workbooks(shown: bytes, expected: bytes) -> Iterator[Found]:
    """XLSX: by sheet and cell; of what is no cell, the part of the file."""
    ours, theirs = (openpyxl.load_workbook(io.BytesIO(book)) for book in (shown, expected))
    if ours.sheetnames != theirs.sheetnames:
        yield "sheets", *_pair(", ".join(ours.sheetnames), ", ".join(theirs.sheetnames))
        return
    found = False
    for sheet, other in zip(ours.worksheets, theirs.worksheets, strict=True):
        size = max(sheet.max_row, other.max_row), max(sheet.max_column, other.max_column)
        for row in range(1, size[0] + 1):
            for column in range(1, size[1] + 1):
                cell, expected_cell = sheet.cell(row, column), other.cell(row, column)
                if (cell.value, cell.data_type) != (expected_cell.value, expected_cell.data_type):
                    found = True
                    said = ("" if value is None else str(value) for value in (cell.value, expected_cell.value))
                    yield f"{sheet.title}!{cell.coordinate}", *_pair(*said)
    if not found:
        yield from _parts(shown, expected)


def _parts(shown: bytes, expected: bytes) -> Iterator[Found]:
    """Of two archives the parts that differ, if any does."""
    ours, theirs = (zipfile.ZipFile(io.BytesIO(archive)) for archive in (shown, expected))
    for name in dict.fromkeys([*theirs.namelist(), *ours.namelist()]):
        one, other = (archive.read(name) if name in archive.namelist() else b"" for archive in (ours, theirs))
        if one != other:
            yield f"part {name}", f"{len(one):,} bytes", f"{len(other):,} other bytes"


def _bytes(shown: bytes, expected: bytes) -> Iterator[Found]:
    at = next((at for at, (a, b) in enumerate(zip(shown, expected, strict=False)) if a != b), None)
    if at is None:
        yield "", f"{len(shown):,} bytes", f"{len(expected):,}"
    else:
        yield f"byte {at + 1:,}", f"0x{shown[at : at + 4].hex()}", f"0x{expected[at : at + 4].hex()}"


_BY_SUFFIX: dict[str, Callable[[bytes, bytes], Iterator[Found]]] = {
    ".csv": _sheets_as_text,
    ".html": _pages,
    ".json": _documents,
    ".pdf": _bytes,
    ".xlsx": _workbooks,
}
