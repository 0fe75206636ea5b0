"""The target-customers document: for each segment the six items that the milestone asks to capture.

Belongs here: which rows it shows, and lines that say one row. Does not belong here: layout (`templates/`), escaping
(`markdown.py`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from assets.common.words import enumerated
from assets.reports.documents.markdown import Markdown, escaped
from assets.reports.documents.written_cells import WrittenCells
from assets.reports.page.formats import FORMATS

ANY_SEGMENT = "any"
"""`segment_id` of a competitor that every segment has."""

LOOKED_FOR_AND_NONE = "none"
"""Stands in a list of gaps that somebody looked for without finding one."""


@dataclass(frozen=True)
class SegmentItems:
    """What the document shows of a segment; lists are in the order of their tables."""

    key: str
    """In `segment_profiles`."""
    name: str
    decision: Markdown
    captured: str
    items: str
    """How many items there are to capture."""
    missing: str
    standing: Markdown
    interest: Markdown | None
    source: Markdown
    market_sizes: tuple[Markdown, ...]
    usps: str
    matrix: tuple[str, ...]
    """Keys of `validation_matrix`."""
    competitors: tuple[Markdown, ...]
    learnings: tuple[Markdown, ...]
    rationale_for: Markdown
    rationale_against: Markdown
    gaps: str
    ranking: Markdown | None


def segments_of(written: WrittenCells) -> list[SegmentItems]:
    """Return all segments, the first in the ranking first, those without a place last."""
    cells = written.cells
    places = {key: cells.value("segment_ranking", key, "position") for key in cells.keys("segment_ranking")}
    keys = sorted(cells.keys("segment_profiles"), key=lambda key: (places.get(key) or len(places) + 1, key))
    return [_segment(written, key, is_ranked=key in places) for key in keys]


def competitors_of_all(written: WrittenCells) -> tuple[Markdown, ...]:
    """Return the competitors that every segment has."""
    return _competitors(written, ANY_SEGMENT)


def _segment(written: WrittenCells, key: str, *, is_ranked: bool) -> SegmentItems:
    cells = written.cells
    captured = cells.value("segment_capture", key, "captured_items")
    missing = cells.value("segment_capture", key, "missing_items")
    usps = cells.value("segment_profiles", key, "relevant_usps")
    return SegmentItems(
        key=key,
        name=written.named("segment_id", key),
        decision=written.cell("segment_ranking", key, "decision", "word") if is_ranked else escaped("not ranked"),
        captured=FORMATS["count"](captured),
        items=FORMATS["count"](captured + len(missing)),
        missing=FORMATS["listed"]([FORMATS["word"](item) for item in missing]) if missing else "nothing",
        standing=_standing(written, key),
        interest=_interest(written, key),
        source=written.source("segment_profiles", key),
        market_sizes=tuple(_market_sizes(written, key)),
        usps=enumerated(written.named("usp_id", usp) for usp in usps) if usps else "",
        matrix=tuple(cells.keys("validation_matrix", segment_id=key)),
        competitors=_competitors(written, key),
        learnings=tuple(_learnings(written, key)),
        rationale_for=written.cell("segment_profiles", key, "rationale_for"),
        rationale_against=written.cell("segment_profiles", key, "rationale_against"),
        gaps=_gaps(written, key),
        ranking=_ranking(written, key) if is_ranked else None,
    )


def _standing(written: WrittenCells, key: str) -> Markdown:
    users, leavers = (written.cells.value("segment_profiles", key, column) for column in ("users", "leavers"))
    status = written.cell("segment_profiles", key, "segment_status", "word")
    return Markdown(
        f"How it stands: {status}. Projects that use Waku, began to, or said that they will: {_number(users)}. "
        f"Projects that left or ended a trial: {_number(leavers)}."
    )


def _interest(written: WrittenCells, key: str) -> Markdown | None:
    leads = written.cells.value("segment_profiles", key, "public_leads")
    signals = written.cells.value("segment_profiles", key, "interest_signals")
    said = [*([f"{_number(leads)} public {'lead' if leads == 1 else 'leads'}"] if leads else []), *signals]
    return Markdown("; ".join(map(escaped, said))) if said else None


def _market_sizes(written: WrittenCells, segment: str) -> Iterator[Markdown]:
    table = "market_sizes"
    for key in written.cells.keys(table, segment_id=segment):
        spread = written.cells.value(table, key, "spread")
        differ = f"; sources differ by a factor of {FORMATS['ratio'](spread)}" if spread not in (None, 1) else ""
        yield Markdown(
            f"{written.cell(table, key, 'value', 'quantity')} {written.cell(table, key, 'unit')}: "
            f"{written.cell(table, key, 'what_it_measures')} ({written.cell(table, key, 'as_of', 'day')}, "
            f"{written.cell(table, key, 'source_quality', 'word')} source, "
            f"{written.cell(table, key, 'grade', 'word')}{differ}). Source: {written.source(table, key)}"
        )


def _competitors(written: WrittenCells, segment: str) -> tuple[Markdown, ...]:
    table = "competitors"
    return tuple(
        Markdown(
            f"**{written.cell(table, key, 'name')}**{_point(written, key, 'strength', 'strong')}"
            f"{_point(written, key, 'weakness', 'weak')} ({written.cell(table, key, 'grade', 'word')}). "
            f"Source: {written.source(table, key)}"
        )
        for key in written.cells.keys(table, segment_id=segment)
    )


def _point(written: WrittenCells, key: str, column: str, word: str) -> str:
    if not written.cells.value("competitors", key, column):
        return ""
    return f"; {word}: {written.cell('competitors', key, column)}"


def _learnings(written: WrittenCells, segment: str) -> Iterator[Markdown]:
    table = "segment_learnings"
    for key in written.cells.keys(table, segment_id=segment):
        yield Markdown(
            f"{written.cell(table, key, 'statement')} ({written.heard_in(table, key)}, "
            f"{written.cell(table, key, 'as_of', 'day')}, {written.cell(table, key, 'grade', 'word')}). "
            f"Source: {written.source(table, key)}"
        )


def _gaps(written: WrittenCells, key: str) -> str:
    """Return the work that a segment lacks, each with its state where that is on record."""
    gaps = written.cells.value("segment_profiles", key, "technical_gaps")
    if not gaps:
        return "not known; nobody has looked"
    if gaps == [LOOKED_FOR_AND_NONE]:
        return "none; somebody has looked"
    table = "roadmap_deliverables"
    known = written.cells.keys(table)
    return enumerated(
        f"{written.cells.value(table, gap, 'title')} ({FORMATS['state'](written.cells.value(table, gap, 'status'))})"
        if gap in known
        else FORMATS["word"](gap)
        for gap in gaps
    )


def _ranking(written: WrittenCells, key: str) -> Markdown:
    table = "segment_ranking"
    return Markdown(
        f"Ranking: place {written.cell(table, key, 'position', 'count')}. It comes first in "
        f"{written.cell(table, key, 'first_share', 'chance')} of all weightings of the criteria, and it is among those "
        f"to pursue in {written.cell(table, key, 'among_first_share', 'chance')}. "
        f"{written.cell(table, key, 'known_criteria', 'count')} of {written.cell(table, key, 'criteria', 'count')} "
        "criteria are known."
    )


def _number(value: int) -> str:
    return FORMATS["count"](value) if value else "none"
