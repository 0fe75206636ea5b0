"""What an importer is: it reads a file that another program wrote, and gives its rows or every mistake in it.

Belongs here: the protocol, the file that is read. Does not belong here: a format, which is in a module of its own; the
list of importers (`orchestration/commands/importers.py`).
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Literal, NamedTuple, NoReturn, TypeAlias

from assets.common.spreadsheet import typed
from assets.evidence.model import MAX_LINE_CHARS, Problem
from assets.evidence.rows import ProblemList
from assets.evidence.sheet import NamelessColumns, Sheet, only, sheet_of
from assets.evidence.wording import Fault, hidden_character, misread, quoted

MAX_DIGITS = 38

Kind: TypeAlias = Literal["interviews", "organisations", "operations"]
"""What the rows of a file are about."""


@dataclass(frozen=True)
class Importer:
    """Reads files of one format."""

    name: str
    """What a user calls the format."""
    kind: Kind
    recognises: Callable[[Path], bool]
    """Whether it reads a file of which nobody says the format."""
    read: Callable[[SourceFile], Iterable[Any]]
    """Gives the rows; mistakes are noted in the file, and `UnreadableError` ends it."""

    def rows(self, file: Path, name: str, translation: Any = None) -> tuple[list[Any], list[Problem], list[str]]:
        """Return the rows of a file that is called `name`, the mistakes in it, and how it was read.

        `translation` says what columns and values of another program mean, for formats that take one.
        """
        with file.open("rb") as stream:
            source = SourceFile(stream, name)
            source.translation = translation
            try:
                return list(self.read(source)), source.problems.all(), source.notes
            except UnreadableError:
                return [], source.problems.all(), source.notes


class HeadedTable(NamedTuple):
    """The rows of a sheet, each with its line and as many cells as there are headings."""

    headings: list[str]
    rows: list[tuple[int, list[str]]]


class UnreadableError(Exception):
    """Nothing after this can be read; the problem is noted already."""


class SourceFile:
    """The text of one file, by lines or whole, and the mistakes in it."""

    def __init__(self, stream: BinaryIO, name: str) -> None:
        self.stream = stream
        self.problems = ProblemList(name)
        self.notes: list[str] = []
        """What a user should know of how the file was read, a sentence each."""
        self.translation: Any = None
        """What columns and values of another program mean (`mapping.py`), if anybody said."""
        self.line = 0

    def lines(self) -> Iterator[str]:
        """Yield each line with its end; `self.line` is its number."""
        while data := self.stream.readline(MAX_LINE_CHARS + 1):
            self.line += 1
            if b"\0" in data:
                self.stop("a NUL byte: this is not a text file", "a text file saved as UTF-8")
            if len(data) > MAX_LINE_CHARS:
                self.stop(f"the line is longer than {MAX_LINE_CHARS:,} bytes", "a text file with one row a line")
            try:
                text = data.decode("utf-8-sig" if self.line == 1 else "utf-8")
            except UnicodeDecodeError as error:
                byte = data[error.start : error.start + 1].hex()
                self.stop(f"byte 0x{byte} is not UTF-8", "a text file saved as UTF-8")
            if not text.endswith("\n"):
                message = "the last line has no line end: the file was cut off, or is still being written"
                self.stop(message, "a line end after the last row")
            yield text
        if self.line == 0:
            self.line = 1
            self.stop("the file is empty", "the rows of a run")

    def text(self) -> str:
        """Return all of it, for what is not read by lines."""
        self.line = 1
        try:
            return io.TextIOWrapper(self.stream, encoding="utf-8-sig").read()
        except UnicodeDecodeError:
            self.stop("this is not saved as UTF-8", "a file saved as UTF-8")

    def table(self, wanted: Sequence[str] = ()) -> HeadedTable:
        """Return the rows of a sheet below their headings, and note what cannot be read.

        `wanted` are names of the sheet in a workbook of several.
        """
        self.line = 1
        sheet = sheet_of(self.stream.read(), wanted)
        if not isinstance(sheet, Sheet):
            self.line, fault = sheet
            self.stop(*fault)
        self.notes += sheet.notes
        for line, position, fault in sheet.faults:
            self.problems.cell_of = only(sheet.cell(line, position))
            self.problems.add(line, "", *fault)
        rows = iter(sheet.rows)
        self.line, header = next(((line, cells) for line, cells in rows if any(cells)), (1, []))
        if isinstance(header, Fault):
            self.stop(*header)
        if not header:
            self.stop("the file is empty", "headings in the first row")
        names = [typed(name.strip()) for name in header]
        self.problems.cell_of = sheet.namer(names)
        for position, name in enumerate(names, start=1):
            if hidden := hidden_character(name):
                self.wrong("", f"the name of column {position} {hidden.message}", hidden.hint)
        line = self.line
        table = HeadedTable(names, list(self._rows(names, rows)))
        self.line = line
        return table

    def _rows(
        self, names: Sequence[str], rows: Iterable[tuple[int, list[str] | Fault]]
    ) -> Iterator[tuple[int, list[str]]]:
        """Yield rows with a cell, as wide as the headings; note what is beyond them."""
        nameless = NamelessColumns(names)
        for self.line, cells in rows:
            if isinstance(cells, Fault):
                self.wrong("", *cells)
                continue
            nameless.look_at(self.line, cells)
            if len(cells) > len(names):
                self.wrong("", f"the row has {len(cells)} cells", f"{len(names)} as in the header")
            elif any(cell.strip() for cell in cells):
                texts = [typed(cell.strip()) for cell in cells]
                yield self.line, texts + [""] * (len(names) - len(texts))
        for fault in nameless.faults():
            self.line = nameless.line
            self.wrong("", *fault)

    def stop(self, message: str, expected: str) -> NoReturn:
        self.wrong("", message, expected)
        raise UnreadableError

    def wrong(self, column: str, message: str, expected: str) -> None:
        self.problems.add(self.line, column, message, expected)

    def number(self, column: str, text: str, expected: str) -> float | None:
        """Return a number >= 0, or None and a problem."""
        fault = misread("double precision", text)
        if fault is None and 0 <= (value := float(text)) < math.inf:
            return value
        message = fault.message if fault else f"{quoted(text)} is out of range"
        self.wrong(column, message, expected)
        return None

    def whole_numbers(self, names: Sequence[str], texts: Sequence[str]) -> list[int] | None:
        """Return whole numbers >= 0, or None and a problem for each that is not one."""
        if all(map(_is_whole, texts)):
            return [int(text) for text in texts]
        for name, text in zip(names, texts, strict=False):
            if not _is_whole(text):
                self.wrong(name, f"{quoted(text)} is not a whole number", "a whole number >= 0")
        return None


def _is_whole(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS
