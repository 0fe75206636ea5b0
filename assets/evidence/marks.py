"""Which mark of a reader counts for a row of evidence, and how many rows of each table have one.

Belongs here: the rule, pure. Does not belong here: what a mark is (`tables/reviews.py`), SQL (`index_asset.py`), what
pages show.

A mark is shown and counted. No number, no grade and no gate depends on one: what is doubtful is taken out or corrected
by a change of the evidence, which everybody sees.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

MARKS = "reviews__marks"
ALL = "all"
"""Stands for all tables together."""

MARK_COLUMNS: dict[str, str] = {"mark": "text", "marked_by": "text", "marked_on": "date", "marked_in": "text"}
"""Of the index of evidence: column to PostgreSQL type. `marked_in` is the row of evidence that is the mark."""
REVIEW_COLUMNS: dict[str, str] = {
    "table_key": "text",
    "rows": "bigint",
    "reviewed": "bigint",
    "doubtful": "bigint",
    "not_reviewed": "bigint",
    "evidence_ids": "text[]",
}
"""Column to PostgreSQL type, in the order of the table."""


class Marked(NamedTuple):
    """The mark that counts for a row: what, by whom, when, and the row that it is."""

    mark: str
    marked_by: str
    marked_on: date
    marked_in: str


def marks_that_count(marks: Iterable[Mapping[str, Any]], days: Mapping[str, date | None]) -> dict[str, Marked]:
    """Return the newest mark of each row. `marks` are rows of staging, `days` the day of each row of evidence.

    A row that is newer than its review is not reviewed: it may say something else by now. A doubt stays.
    """
    newest: dict[str, Marked] = {}
    for row in sorted(marks, key=lambda row: (row["as_of"], row["evidence_id"])):
        newest[row["marked_row"]] = Marked(row["mark"], row["role"], row["as_of"], row["evidence_id"])

    def counts(row: str, found: Marked) -> bool:
        day = days.get(row)
        return row in days and (found.mark == "doubtful" or day is None or day <= found.marked_on)

    return {row: found for row, found in newest.items() if counts(row, found)}


def review_rows(tables: Mapping[str, str], marked: Mapping[str, Marked]) -> list[tuple[Any, ...]]:
    """Return how many rows are reviewed and doubtful, of all tables and of each, in the order of `REVIEW_COLUMNS`.

    `tables` names the table of each row of evidence. Marks themselves are not counted.
    """
    of_table: dict[str, list[str]] = {ALL: []}
    for row, table in sorted(tables.items(), key=lambda item: item[1]):
        if table != MARKS:
            of_table[ALL].append(row)
            of_table.setdefault(table, []).append(row)
    return [_counted(table, rows, marked) for table, rows in of_table.items()]


def _counted(table: str, rows: list[str], marked: Mapping[str, Marked]) -> tuple[Any, ...]:
    found = [marked[row] for row in rows if row in marked]
    reviewed = sum(one.mark == "reviewed" for one in found)
    doubtful = len(found) - reviewed
    return table, len(rows), reviewed, doubtful, len(rows) - len(found), sorted(one.marked_in for one in found)
