"""What the section on customers shows: matrix, themes, opportunities, ranking of segments, saturation.

Belongs here: which rows, in which order. Does not belong here: layout (`market.html.j2`), judgement (the models).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from assets.reports.page.cells import Cells

THEMES_SHOWN = 10
"""Themes in the page, those that most brought up, in the order of the table; all are in the data files."""


@dataclass(frozen=True)
class Voices:
    """Keys of `validation_findings` of one row of the matrix, distinguished by what they say of the USP."""

    supporting: tuple[str, ...]
    contradicting: tuple[str, ...]


@dataclass(frozen=True)
class Capture:
    """Keys of what is on record of one segment besides its own row, by table."""

    market_sizes: tuple[str, ...]
    competitors: tuple[str, ...]
    learnings: tuple[str, ...]
    """Keys of `segment_learnings`: what projects went through, public signals, interviews."""


@dataclass(frozen=True)
class MarketSection:
    """Keys of rows, in the order in which they are shown."""

    heard: dict[str, Voices]
    """Keys of `validation_summary` of which anything was said, with what was said, most evidence first."""
    by_usp: dict[str | None, tuple[str, ...]]
    """Keys of `heard` by USP, the one of which most was said first; None is a problem that no USP names."""
    unheard: tuple[str, ...]
    """Keys of `validation_summary` that are claimed and that nobody has spoken about."""
    cells: dict[str, tuple[str, ...]]
    """By key of `validation_summary`, the keys of `validation_matrix` of segments in which anything was said."""
    themes: tuple[str, ...]
    opportunities: tuple[str, ...]
    ranking: dict[str, tuple[str, ...]]
    """Keys of `segment_ranking` by place, each with its keys of `segment_criteria`."""
    saturation: tuple[str, ...]
    usps: dict[str, tuple[str, ...]]
    """Keys of `usp_register`, each with its keys of `usp_measurements`."""
    captures: dict[str, Capture]
    """By key of `segment_ranking`."""


def market_section(cells: Cells) -> MarketSection:
    """Return what the section shows; every part is empty where the release has no such rows."""
    summaries = _sorted(cells, "validation_summary", "effective_n", descending=True)
    heard = [key for key in summaries if cells.value("validation_summary", key, "sources")]
    return MarketSection(
        heard={key: _voices(cells, key) for key in heard},
        by_usp=_by_usp(cells, heard),
        unheard=tuple(sorted(set(summaries) - set(heard))),
        cells={key: _heard_in(cells, key) for key in heard},
        themes=tuple(cells.keys("themes", segment_id=None)[:THEMES_SHOWN]),
        opportunities=tuple(_sorted(cells, "opportunities", "score", descending=True)),
        ranking={
            key: tuple(cells.keys("segment_criteria", segment_id=cells.value("segment_ranking", key, "segment_id")))
            for key in _sorted(cells, "segment_ranking", "position")
        },
        saturation=tuple(_sorted(cells, "saturation", "run")),
        usps={key: tuple(cells.keys("usp_measurements", usp_id=key)) for key in cells.keys("usp_register")},
        captures={key: _capture(cells, key) for key in cells.keys("segment_ranking")},
    )


def _capture(cells: Cells, segment: str) -> Capture:
    return Capture(
        market_sizes=tuple(cells.keys("market_sizes", segment_id=segment)),
        competitors=tuple(
            key
            for key in cells.keys("competitors")
            if cells.value("competitors", key, "segment_id") in (segment, "any")
        ),
        learnings=tuple(cells.keys("segment_learnings", segment_id=segment)),
    )


def _of_summary(cells: Cells, table: str, summary: str) -> list[str]:
    pair = {column: cells.value("validation_summary", summary, column) for column in ("usp_id", "problem_id")}
    return cells.keys(table, **pair)


def _by_usp(cells: Cells, summaries: list[str]) -> dict[str | None, tuple[str, ...]]:
    grouped: dict[str | None, tuple[str, ...]] = {}
    for key in summaries:
        usp = cells.value("validation_summary", key, "usp_id")
        grouped[usp] = (*grouped.get(usp, ()), key)
    return grouped


def _voices(cells: Cells, summary: str) -> Voices:
    by_relation: dict[str, list[str]] = {"supports": [], "contradicts": []}
    for key in _of_summary(cells, "validation_findings", summary):
        by_relation[cells.value("validation_findings", key, "relation")].append(key)
    return Voices(tuple(by_relation["supports"]), tuple(by_relation["contradicts"]))


def _heard_in(cells: Cells, summary: str) -> tuple[str, ...]:
    keys = _of_summary(cells, "validation_matrix", summary)
    return tuple(key for key in keys if cells.value("validation_matrix", key, "sources"))


def _sorted(cells: Cells, table: str, column: str, *, descending: bool = False, **where: Any) -> list[str]:
    keys = cells.keys(table, **where)
    return sorted(keys, key=lambda key: cells.value(table, key, column) or 0, reverse=descending)
