"""The pages of the menu, and what each shows.

Belongs here: which sections a page has. Does not belong here: rendering (`site.py`), layout (`templates/`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from assets.costs.components import COMPONENTS
from assets.reports.page.archive_section import archive_section
from assets.reports.page.calculator import TOTALS, calculator
from assets.reports.page.cells import Cells
from assets.reports.page.cost_section import cost_section
from assets.reports.page.decision_section import decision_section
from assets.reports.page.heat_map import heat_map
from assets.reports.page.market_section import market_section
from assets.reports.page.roadmap_graph import roadmap_drawing
from assets.reports.released import ARCHIVE, COSTS, GATES, HISTORY, INTERVIEWS, MVP, QUALITY, SEGMENTS, SOURCES, USPS

CHARTS, GRAPH, LIST, CALCULATOR = "charts.css", "graph.css", "sources.js", "calculator.js"
"""Style and script that few pages need."""

FIRST_PAGE = "index.html"
CHECKS = "release_checks"

Sections = Mapping[str, Any]


@dataclass(frozen=True)
class SitePage:
    """A page that the menu leads to."""

    title: str
    template: str
    sections: Callable[[Cells], Sections] = lambda _cells: {}


def _costs(cells: Cells) -> Sections:
    own = {"own": calculator(cells), "own_totals": TOTALS}
    return {"costs": cost_section(cells), "component_names": list(COMPONENTS), **own}


def _archive_page(cells: Cells) -> Sections:
    return {"bench": archive_section(cells), "archive": _archive(cells)}


def _segments(cells: Cells) -> Sections:
    market = market_section(cells)
    return {"market": market, "segment_pages": {key: segment_path(key) for key in market.ranking}}


def _quality(cells: Cells) -> Sections:
    not_passed = [key for key in cells.keys(CHECKS) if cells.value(CHECKS, key, "status") != "passed"]
    return {
        "price_dates": sorted(cells.keys("price_dates")),
        "questions": dict(sorted(_grouped(cells, "open_questions", "table_key").items())),
        "reviews": cells.keys("evidence_reviews"),
        "not_passed": not_passed,
        "failing_tables": list(dict.fromkeys(cells.value(CHECKS, key, "table_name") for key in not_passed)),
        "checks": _grouped(cells, CHECKS, "layer"),
    }


def _decision(cells: Cells) -> Sections:
    return {"decision": decision_section(cells)}


def _mvp(cells: Cells) -> Sections:
    return {**_decision(cells), "graph": roadmap_drawing(cells)}


def _usps(cells: Cells) -> Sections:
    return {"market": market_section(cells), "heat": heat_map(cells)}


def _interviews(cells: Cells) -> Sections:
    return {"market": market_section(cells)}


PAGES: Mapping[str, SitePage] = {
    FIRST_PAGE: SitePage("Verdict", "index.html.j2", _decision),
    GATES: SitePage("Gates", "gates.html.j2"),
    COSTS: SitePage("Costs", "costs.html.j2", _costs),
    ARCHIVE: SitePage("Archive benchmarks", "archive.html.j2", _archive_page),
    SEGMENTS: SitePage("Segments", "segments.html.j2", _segments),
    USPS: SitePage("Selling points", "usps.html.j2", _usps),
    INTERVIEWS: SitePage("Interviews", "interviews.html.j2", _interviews),
    MVP: SitePage("MVP and gaps", "mvp.html.j2", _mvp),
    HISTORY: SitePage("History", "history.html.j2"),
    QUALITY: SitePage("Data quality", "quality.html.j2", _quality),
    SOURCES: SitePage("Sources", "all_sources.html.j2"),
    "downloads.html": SitePage("Downloads", "downloads.html.j2"),
    "reading.html": SitePage("How to read this", "reading.html.j2"),
}
"""The pages of the menu, in its order, by their paths in the release."""

ALSO: Mapping[str, tuple[str, ...]] = {
    COSTS: (CHARTS, CALCULATOR),
    ARCHIVE: (CHARTS,),
    MVP: (GRAPH,),
    SOURCES: (LIST,),
}
"""What a page needs besides `BASICS`."""


def _archive(cells: Cells) -> list[str]:
    """Return the keys of what was published in `archive_bytes_per_message`, by study, system and size."""
    columns = ("study", "system", "payload_bytes")
    table = "archive_bytes_per_message"
    published = cells.keys(table, stage=None)
    return sorted(published, key=lambda key: [cells.value(table, key, column) for column in columns])


def _grouped(cells: Cells, table: str, column: str) -> dict[str, list[str]]:
    """Return the keys of a table by what stands in a column."""
    grouped: dict[str, list[str]] = {}
    for key in cells.keys(table):
        grouped.setdefault(cells.value(table, key, column), []).append(key)
    return grouped


def segment_path(segment: str) -> str:
    return f"segments/{segment}.html"
