"""Text in cells of CSV files, which people open with a spreadsheet.

Belongs here: what a spreadsheet would run. Does not belong here: columns and files.
"""

from __future__ import annotations

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet runs a cell that begins like this."""


def inert(text: str) -> str:
    """Return text that no spreadsheet runs, with a quote before it where one would; `typed` is the way back."""
    return f"'{text}" if text.startswith((*FORMULA_STARTS, "'")) else text


def typed(cell: str) -> str:
    """Return what was typed in a cell."""
    return cell.removeprefix("'")
