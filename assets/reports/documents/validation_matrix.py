"""The validation matrix as sheets: columns with what they mean, and typed values.

Belongs here: which columns and rows. Does not belong here: how a sheet becomes a file (`workbook.py`,
`assets.common.spreadsheet`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from assets.reports.documents.written_cells import WrittenCells
from assets.reports.page.formats import word

Kind = Literal["text", "names", "count", "amount", "answer"]
"""What a column holds: words, names on one line, a whole number, a number with decimals, true or false."""


@dataclass(frozen=True)
class SheetColumn:
    """A column of a sheet."""

    title: str
    column: str
    """In the released table. A name stands where the table has an id."""
    meaning: str
    kind: Kind = "text"
    width: int = 12
    """In characters."""


@dataclass(frozen=True)
class WrittenSheet:
    """Rows under a header; each row has a value for each column, None where there is none."""

    title: str
    about: str
    columns: Sequence[SheetColumn]
    rows: Sequence[Sequence[Any]]


_USP = SheetColumn("Selling point", "usp_id", "The selling point (USP) that is to solve the problem", width=32)
_PROBLEM = SheetColumn("Problem", "problem_id", "The problem of customers that it is to solve", width=44)
_SEGMENT = SheetColumn("Segment", "segment_id", "The customer segment that has the problem", width=30)
_STATUS = SheetColumn("Status", "status", "What follows from all that was said; see the statuses below")
_COUNTS = (
    SheetColumn("Interviews that agree", "interviews_agree", "Interviews that agree on balance", "count"),
    SheetColumn("Interviews", "interviews", "Interviews in which somebody spoke about it", "count"),
    SheetColumn("Co-design projects that agree", "sessions_agree", "Projects in co-design that agree", "count"),
    SheetColumn("Co-design projects", "sessions", "Projects in co-design that spoke about it", "count"),
    SheetColumn("Public sources that agree", "signals_agree", "Public sources that agree on balance", "count"),
    SheetColumn("Public sources", "signals", "All public signals about one project are one public source", "count"),
)
_WORTH = SheetColumn("Worth", "effective_n", "All that was said, in units of one strong interview", "amount")
_SHARE = (
    SheetColumn("Share that agrees", "posterior_mean", "Most likely share of such customers that agree", "amount"),
    SheetColumn(
        "Share, low end", "posterior_low", "Low end of the range in which that share most likely lies", "amount"
    ),
    SheetColumn("Share, high end", "posterior_high", "High end of that range", "amount"),
    SheetColumn("More than half agree", "probability_above_half", "How probable it is", "amount"),
)
_REASON = SheetColumn("Reason", "reason", "Why the status is what it is", width=44)
_GRADE = SheetColumn("Grade", "grade", "The weakest grade of the evidence; see the grades below", width=13)
_EVIDENCE = SheetColumn(
    "Evidence", "evidence_ids", "The rows of evidence that it is based on: table and id", "names", 60
)

CELLS = (
    _USP, _PROBLEM, _SEGMENT, _STATUS,
    SheetColumn("Claimed", "is_claimed", "Whether somebody of the project claims it", "answer"),
    *_COUNTS, _WORTH, *_SHARE, _REASON, _GRADE, _EVIDENCE,
)  # fmt: skip
SUMMARIES = (
    _USP, _PROBLEM, _STATUS,
    SheetColumn("Segments that agree", "segments_supporting", "Segments that agree on balance", "count"),
    SheetColumn("Segments", "segments", "Segments in which somebody spoke about it", "count"),
    *_COUNTS, _WORTH, *_SHARE, _REASON, _GRADE, _EVIDENCE,
)  # fmt: skip
FINDINGS = (
    _USP, _PROBLEM, _SEGMENT,
    SheetColumn("Heard in", "kind", "An interview, a co-design session, or a public signal"),
    SheetColumn("For or against", "relation", "Whether it supports or contradicts the selling point", width=14),
    SheetColumn("Weight", "weight", "How much it counts; a strong interview is one", "amount"),
    SheetColumn("What was said", "statement", "Empty where the person does not want to be quoted", width=60),
    _GRADE, _EVIDENCE,
)  # fmt: skip


def sheets_of(written: WrittenCells) -> tuple[WrittenSheet, WrittenSheet, WrittenSheet]:
    """Return the matrix, the same over all segments, and the findings behind it, in the order of the register."""
    return (
        WrittenSheet(
            "Matrix",
            "One row for each selling point, problem and segment. Filter it by any column.",
            CELLS,
            _rows(written, "validation_matrix", CELLS),
        ),
        WrittenSheet(
            "All segments",
            "One row for each selling point and problem, over all segments.",
            SUMMARIES,
            _rows(written, "validation_summary", SUMMARIES),
        ),
        WrittenSheet(
            "Findings",
            "What was said. One row for each finding and each selling point and problem that it speaks about.",
            FINDINGS,
            _rows(written, "validation_findings", FINDINGS),
        ),
    )


def by_usp(written: WrittenCells, table: str) -> dict[str | None, list[str]]:
    """Return the keys of a table by USP, in the order of the register; what no selling point names comes last."""
    keys = written.cells.keys(table)
    order: dict[str | None, list[str]] = {usp: [] for usp in written.cells.keys("usp_register")}
    for key in sorted(keys, key=lambda key: written.cells.value(table, key, "usp_id") is None):
        order.setdefault(written.cells.value(table, key, "usp_id"), []).append(key)
    return {usp: found for usp, found in order.items() if found}


def _rows(written: WrittenCells, table: str, columns: Sequence[SheetColumn]) -> list[tuple[Any, ...]]:
    keys = [key for found in by_usp(written, table).values() for key in found]
    return [tuple(_values(written, table, key, columns)) for key in keys]


def _values(written: WrittenCells, table: str, key: str, columns: Sequence[SheetColumn]) -> Iterator[Any]:
    row: Mapping[str, Any] = written.cells.row(table, key)
    for column in columns:
        if column.column in ("usp_id", "problem_id", "segment_id"):
            yield written.name(table, key, column.column)
        elif column.column == "statement":
            yield written.cells.value("findings", row["finding_id"], "statement")
        elif column.column == "kind":
            yield written.heard_in(table, key)
        elif column.column in ("status", "relation", "grade"):
            yield word(row[column.column])
        else:
            yield row[column.column]
