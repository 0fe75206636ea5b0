"""Text in cells of CSV files, which people open with a spreadsheet.

Belongs here: what a spreadsheet would run. Does not belong here: columns and files.
"""

from __future__ import annotations

SEPARATORS = ",;\t"
"""Between cells: a comma, or what a spreadsheet writes where a comma is the decimal point."""

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet runs a cell that begins like this."""


def separator_of(text: str) -> str:
    """Return what separates the cells of a CSV file: the one of `SEPARATORS` that is most often in its header."""
    header = text.lstrip().partition("\n")[0]
    return max(SEPARATORS, key=header.count)


def inert(text: str) -> str:
    """Return text that no spreadsheet runs, with a quote before it where one would; `typed` is the way back."""
    return f"'{text}" if text.startswith((*FORMULA_STARTS, "'")) else text


def typed(cell: str) -> str:
    """Return what was typed in a cell."""
    return cell.removeprefix("'")
