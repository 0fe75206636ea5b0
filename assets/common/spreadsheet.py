"""Text in cells of files that people open with a spreadsheet.

Belongs here: what a spreadsheet would run, and CSV as the product writes it. Does not belong here: columns and files.

Which cells are quoted follows https://owasp.org/www-community/attacks/CSV_Injection: those that begin with a formula
character, its full-width form, a tab or a line break. White space before it is skipped, as spreadsheets do.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

SEPARATORS = ",;\t"
"""Between cells: a comma, or what a spreadsheet writes where a comma is the decimal point."""

_WOULD_BE_RUN = re.compile(r"[\t\r\n']|\s*[=+\-@＝＋－＠]")
"""How a cell begins that a spreadsheet runs; and the quote that marks text, which would be lost on the way back."""


_NUMBER = re.compile(r"[+-]?\d+(\.\d*)?([eE][+-]?\d+)?")


_LOOKED_AT = 20
"""Rows at the beginning of a file that tell what separates its cells."""


def separator_of(text: str) -> str:
    """Return what separates the cells of a CSV file.

    It is the one of `SEPARATORS` by which most rows are as wide as the header; of equals the one that makes most cells.
    """
    text = text[:100_000].lstrip("\ufeff\r\n ")
    header = text.partition("\n")[0]
    found = [separator for separator in SEPARATORS if separator in header]
    return max(found, key=lambda separator: _fit(text, separator)) if len(found) > 1 else (found or [","])[0]


def _fit(text: str, separator: str) -> tuple[float, int]:
    """Return the share of rows that are as wide as the first one, and how wide that is."""
    rows = list(islice(csv.reader(io.StringIO(text), delimiter=separator), _LOOKED_AT))
    width = len(rows[0])
    return (sum(len(row) == width for row in rows) / len(rows) if width > 1 else 0.0), width


def inert(text: str) -> str:
    """Return text that no spreadsheet runs, with a quote before it where one would; `typed` is the way back."""
    return f"'{text}" if _WOULD_BE_RUN.match(text) else text


def typed(cell: str) -> str:
    """Return what was typed in a cell. An apostrophe that is part of the words, as in 'twas, stays."""
    return cell[1:] if cell.startswith("'") and _WOULD_BE_RUN.match(cell, 1) else cell


def inert_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row of evidence in which each text is inert; one that is a number stays a number."""
    return {
        name: inert(value) if isinstance(value, str) and not _NUMBER.fullmatch(value) else value
        for name, value in row.items()
    }


class CsvLines(list[str]):
    """What a `csv.writer` with the line terminator `END` writes to: rows, each ended by a line feed.

    Before Python 3.13 the writer puts quotes only around the line breaks that end its rows: a carriage return in a text
    would begin a new row.
    """

    END = "\r\n"

    def write(self, row: str) -> None:
        """Add a row."""
        self.append(f"{row.removesuffix(self.END)}\n")


def csv_text(header: Iterable[str], rows: Iterable[Sequence[Any]]) -> str:
    """Return a CSV file: numbers as they are, dates as ISO 8601, several values with semicolons, nothing for None.

    Each text is inert, also each of several: where a semicolon separates cells, every one of them begins a cell.
    """
    lines = CsvLines()
    writer = csv.writer(lines, lineterminator=CsvLines.END)
    writer.writerow([inert(name) for name in header])
    writer.writerows([csv_cell(value) for value in row] for row in rows)
    return "".join(lines)


def csv_cell(value: Any) -> Any:
    """Return a value as it stands in a CSV file."""
    if isinstance(value, list):
        return ";".join(inert(item) if isinstance(item, str) else str(item) for item in value)
    if isinstance(value, str):
        return inert(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    # a column that holds None and numbers is float with NaN in pandas
    return "" if value is None or value != value else value
