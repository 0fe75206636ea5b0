"""A sheet as people keep it, a CSV file or a workbook, becomes rows of text, each with its place.

Belongs here: encodings, separators, cells of a workbook, what cannot be read and where.
Does not belong here: what the columns mean (`parsing.py`, `mapping.py`), files on disk (`read_packs.py`).
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from assets.common.spreadsheet import separator_of
from assets.evidence.model import MAX_FILE_BYTES, WORKBOOK
from assets.evidence.wording import Fault, counted, printable, quoted

QUOTES = 'quotes (") around the whole value; a quote inside it is written twice ("")'
AS_UTF8 = "a file saved as UTF-8"

_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?\r?\n', re.IGNORECASE)
"""How a first line tells Excel what separates cells."""
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_NOT_IN_CP1252 = bytes((0x81, 0x8D, 0x8F, 0x90, 0x9D))


@dataclass(frozen=True)
class Sheet:
    """Rows of cells, each with its line; in place of the cells of a row, why they cannot be read."""

    rows: Iterable[tuple[int, list[str] | Fault]]
    notes: tuple[str, ...] = ()
    """What a user should know of how it was read."""
    name: str = ""
    """Of a sheet of a workbook."""
    faults: Sequence[tuple[int, int, Fault]] = field(default=())
    """Cells of a workbook that have no text: line, position from 1, why."""

    def cell(self, line: int, position: int) -> str:
        """Return what a cell is called, such as `findings!F12`; nothing in a file of text, which has lines."""
        return f"{self.name}!{letters(position)}{line}" if self.name else ""

    def namer(self, columns: Sequence[str]) -> Callable[[int, str], str] | None:
        """Return what names the cell of a line and a column, None for a file of text."""
        if not self.name:
            return None
        positions = {name: position for position, name in reversed(list(enumerate(columns, start=1)))}
        return lambda line, column: self.cell(line, positions.get(column, 1))


def only(cell: str) -> Callable[[int, str], str] | None:
    """Return what names one cell, whatever is asked; None for none."""
    return (lambda _line, _column: cell) if cell else None


def letters(position: int) -> str:
    """Return what a spreadsheet calls a column: A to Z, AA and so on."""
    found = ""
    while position > 0:
        position, rest = divmod(position - 1, 26)
        found = chr(ord("A") + rest) + found
    return found


class NotPlainError(ValueError):
    """A table that a person can read and the software cannot add rows to; says what to do."""


def text_to_extend(path: Path) -> str:
    """Return the text of a CSV file that rows are added to, empty if there is none yet. Raises `NotPlainError`."""
    saved_as = f"save it as {path.name}, with commas and as UTF-8, so that rows can be added"
    if not path.exists():
        if (workbook := path.with_suffix(WORKBOOK)).exists():
            raise NotPlainError(f"{workbook.name} holds this table; {saved_as}")
        return ""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise NotPlainError(f"{path.name} is not saved as UTF-8; {saved_as}") from None
    if _SEPARATOR_LINE.match(text) or separator_of(text) != ",":
        raise NotPlainError(f"{path.name} has its cells separated otherwise than by commas; {saved_as}")
    return text


class NamelessColumns:
    """Columns whose heading is empty: spreadsheets add them. They are left aside unless a cell is in them."""

    def __init__(self, header: Sequence[str]) -> None:
        self.positions = [position for position, name in enumerate(header) if not name.strip()]
        self.line = 0
        """The first one with a cell in such a column."""
        self.counts: dict[int, int] = {}

    def look_at(self, line: int, cells: Sequence[str]) -> None:
        for position in self.positions:
            if position < len(cells) and cells[position].strip():
                self.counts[position] = self.counts.get(position, 0) + 1
                self.line = self.line or line

    def faults(self) -> Iterator[Fault]:
        """Yield what is wrong, at the first line that has such a cell."""
        for position, count in sorted(self.counts.items()):
            what = f"column {position + 1} ({letters(position + 1)}) has no name, and {counted(count, 'cell')}"
            yield Fault(what, "a name in its first row, or no cell in it")


def sheet_of(data: bytes, wanted: Sequence[str] = ()) -> Sheet | tuple[int, Fault]:
    """Return the sheet in a file, or the line and why there is none.

    `wanted` are names of the sheet in a workbook of several.
    """
    if data.startswith((b"PK\x03\x04", _OLD_EXCEL)):
        return _sheet_of_workbook(data, wanted)
    text = decoded(data)
    return text if isinstance(text, tuple) else sheet_of_text(text.text, text.notes)


@dataclass(frozen=True)
class Decoded:
    """The text of a file, and what a user should know of how it was read."""

    text: str
    notes: tuple[str, ...] = ()


def decoded(data: bytes) -> Decoded | tuple[int, Fault]:
    """Return the text of a sheet, or the line and why there is none: UTF-8, UTF-16 or Windows-1252.

    Windows-1252 has a letter for almost any byte, so it is taken only where no letter is written as UTF-8 writes it.
    """
    if encoding := _utf16(data):
        try:
            return Decoded(data.decode(encoding).removeprefix("\ufeff"), ("read as UTF-16",))
        except UnicodeDecodeError:
            return 1, Fault("this begins as UTF-16 and goes on otherwise", AS_UTF8)
    if (first := data.find(b"\0")) >= 0:
        line = data.count(b"\n", 0, first) + 1
        return line, Fault("a NUL byte: this is not a text file", "a text file saved as UTF-8")
    try:
        return Decoded(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line, byte = data.count(b"\n", 0, error.start) + 1, data[error.start : error.start + 1]
        if any(letter in data for letter in _NOT_IN_CP1252) or _has_utf8_letter(data):
            in_latin = printable(byte.decode("latin-1"))
            return line, Fault(f'byte 0x{byte.hex()} is not UTF-8 (it is "{in_latin}" in Latin-1)', AS_UTF8)
        note = (
            f'read as Windows-1252, such as "{byte.decode("cp1252")}" in line {line}; if that letter is wrong, save it'
        )
        return Decoded(data.decode("cp1252"), (f"{note} as UTF-8",))


def _utf16(data: bytes) -> str:
    """Return the name of the encoding if it is UTF-16: by its mark, or by the zeros between the letters."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    head = data[:64]
    if len(head) >= 4 and len(head) % 2 == 0:
        if not any(head[1::2]) and all(head[::2]):
            return "utf-16-le"
        if not any(head[::2]) and all(head[1::2]):
            return "utf-16-be"
    return ""


def _has_utf8_letter(data: bytes) -> bool:
    return re.search(rb"[\xc3-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|\xc2[\xa0-\xbf]", data) is not None


def sheet_of_text(text: str, notes: tuple[str, ...] = ()) -> Sheet:
    """Return the rows of a CSV file; cells are separated by commas, semicolons or tabs."""
    text = text.removeprefix("\ufeff")
    skipped = 0
    if said := _SEPARATOR_LINE.match(text):
        text, skipped = text[said.end() :], 1
    separator = said[1] if said else separator_of(text)
    return Sheet(_csv_rows(text, separator, skipped), notes)


class _Lines:
    """Lines that can be read again from any of them. Not a generator, because that is over once it has ended."""

    def __init__(self, text: str) -> None:
        self.lines = io.StringIO(text, newline="").readlines()
        self.position = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self.position == len(self.lines):
            raise StopIteration
        self.position += 1
        return self.lines[self.position - 1]


def _csv_rows(text: str, separator: str, skipped: int) -> Iterator[tuple[int, list[str] | Fault]]:
    """Yield each row, or why it cannot be read, with its first line. Reading goes on in the line after a bad one."""
    lines = _Lines(text)
    reader = csv.reader(lines, strict=True, skipinitialspace=True, delimiter=separator)
    while True:
        start = lines.position
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            fault = _csv_fault(error, lines_read=lines.position - start)
            lines.position = start + 1
            yield start + 1 + skipped, fault
            continue
        if cells:
            yield start + 1 + skipped, cells


def _csv_fault(error: csv.Error, lines_read: int) -> Fault:
    if lines_read > 1 or "unexpected end" in str(error):
        return Fault('a quote (") is opened in this row and not closed where its value ends', QUOTES)
    if "expected after" in str(error):
        return Fault('there is text after a closing quote (")', QUOTES)
    return Fault(f"the row cannot be read ({error})", "values that a person can read")


def _sheet_of_workbook(data: bytes, wanted: Sequence[str]) -> Sheet | tuple[int, Fault]:
    import openpyxl  # takes longer to import than a table to read
    from openpyxl.utils.exceptions import InvalidFileException

    if fault := _no_workbook(data):
        return 1, fault
    try:
        book = openpyxl.load_workbook(io.BytesIO(data))
    except (InvalidFileException, KeyError, ValueError, TypeError, AttributeError, zipfile.BadZipFile) as error:
        return 1, Fault(
            f"the workbook cannot be read ({type(error).__name__})", f"a {WORKBOOK} saved once more, or CSV"
        )
    filled = [page for page in book.worksheets if page.sheet_state == "visible" and any(_has_value(page))]
    named = [page for page in filled if page.title.strip().casefold() in wanted]
    chosen = filled if len(filled) == 1 else named
    if len(chosen) != 1:
        names = ", ".join(quoted(page.title) for page in filled) or "none with a cell"
        called = f" called {wanted[0]}" if wanted else ""
        return 1, Fault(f"the workbook has the sheets {names}", f"one sheet{called}")
    (page,) = chosen
    shown = openpyxl.load_workbook(io.BytesIO(data), data_only=True)[page.title] if _has_formula(page) else page
    return _Page(page, shown).sheet()


def _no_workbook(data: bytes) -> Fault | None:
    if data.startswith(_OLD_EXCEL):
        return Fault("this is an old .xls file, or has a password", f"a {WORKBOOK} without one, or CSV")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            names, size = packed.namelist(), sum(entry.file_size for entry in packed.infolist())
    except zipfile.BadZipFile:
        return Fault("this is no workbook, though its name says so", f"a file saved as {WORKBOOK}, or CSV")
    if "xl/workbook.xml" not in names:
        return Fault(
            "this is a file of another program, such as .ods or .numbers", f"a file saved as {WORKBOOK}, or CSV"
        )
    if size > MAX_FILE_BYTES:
        return Fault(f"the workbook has {size:,} bytes", f"at most {MAX_FILE_BYTES:,}: facts, not a dump of data")
    return None


def _has_value(page: Any) -> Iterator[bool]:
    return (value is not None for row in page.iter_rows(values_only=True) for value in row)


def _has_formula(page: Any) -> bool:
    return any(cell.data_type == "f" for row in page.iter_rows() for cell in row)


class _Page:
    """One sheet of a workbook, as it was typed and as it is shown."""

    def __init__(self, page: Any, shown: Any) -> None:
        self.page = page
        self.shown = shown
        self.faults: list[tuple[int, int, Fault]] = []
        self.merged = self._values_of_merged()

    def sheet(self) -> Sheet:
        rows: list[tuple[int, list[str] | Fault]] = []
        for line, row in enumerate(self.page.iter_rows(), start=1):
            cells = [self._text(line, position, cell) for position, cell in enumerate(row, start=1)]
            if any(cells) or any(fault[0] == line for fault in self.faults):
                rows.append((line, cells))
        return Sheet(rows, name=self.page.title, faults=self.faults)

    def _values_of_merged(self) -> Mapping[tuple[int, int], Any]:
        """Return what merged cells stand for: cells below each other for the first of them each."""
        found = {}
        for area in self.page.merged_cells.ranges:
            first = self.page.cell(area.min_row, area.min_col)
            if first.value is None:
                continue
            if area.min_col != area.max_col:
                fault = Fault("cells are merged across columns", "one value in each column")
                self.faults.append((area.min_row, area.min_col, fault))
            for line in range(area.min_row + 1, area.max_row + 1):
                found[line, area.min_col] = first
        return found

    def _text(self, line: int, position: int, cell: Any) -> str:
        cell = self.merged.get((line, position), cell)
        value = cell.value
        if getattr(cell, "data_type", "") == "f":
            value = self.shown.cell(cell.row, cell.column).value
            if value is None:
                self._refuse(line, position, "a formula without its result", "the value itself")
        if isinstance(value, str) and value.startswith("#") and getattr(cell, "data_type", "") in ("e", "f"):
            self._refuse(line, position, f"shows {printable(value[:20])}", "the value itself")
        return cell_text(value)

    def _refuse(self, line: int, position: int, message: str, expected: str) -> None:
        self.faults.append((line, position, Fault(message, expected)))


def cell_text(value: Any) -> str:
    """Return the text of a cell of a workbook: numbers with the 15 digits that it shows, dates as ISO 8601."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        # half a second: a fraction of a day is not exact
        value = (value + timedelta(microseconds=500_000)).replace(microsecond=0)
        return str(value.date()) if value.time() == time() else value.isoformat()
    if isinstance(value, date | time):
        return str(value)
    if isinstance(value, float):
        return f"{value:.15g}" if value != int(value) or abs(value) >= 1e15 else str(int(value))
    return str(value)
