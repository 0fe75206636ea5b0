"""The readiness report: a site of static pages that answers first, and lets every number be followed to its evidence.

Belongs here: which pages there are, and what each shows. Does not belong here: layout (`templates/`), cells
(`cells.py`), files and databases (`release/publish.py`). Same release in, same pages out.

The pages open from disk and ask nobody for anything. What numbers are made of is packed into the page that shows them;
a small script, the only one that the page allows, unpacks it when a reader asks.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from assets.costs.budget import budget_state
from assets.evidence.model import Grade
from assets.evidence.packs import PUBLIC
from assets.reports.decisions import COLUMNS, LogLine, rows
from assets.reports.drafts import Draft, drafts_frame
from assets.reports.model import BOARD_PDF, DOCUMENTS, WHITEPAPER_PDF, Manifest, made_at
from assets.reports.page.all_rows import all_rows
from assets.reports.page.calculator import script_data
from assets.reports.page.cells import NOT_LISTED, Cells, anchor
from assets.reports.page.changes import changes_section, form_of, state_differs, value_differs
from assets.reports.page.charts import marks
from assets.reports.page.cost_rules import DRAWN
from assets.reports.page.derivations import Derivations
from assets.reports.page.formats import word
from assets.reports.page.history_section import history_section
from assets.reports.page.market_section import market_section
from assets.reports.page.menu import ALSO, FIRST_PAGE, PAGES, segment_path
from assets.reports.page.packed import pack
from assets.reports.page.roadmap_graph import LINE, PAD, WIDTH
from assets.reports.released import GATES, RELEASED_TABLES, SOURCES

TEMPLATES = Path(__file__).parent / "templates"
BASICS = ("report.css", "site.js")

UNCERTAIN_DATES = frozenset({"assigned", "page_date_older", "retrieved", "recalled"})
"""Bases of a date that a reader has to know of."""

MOST_ROWS, FEW_ROWS = 20, 3
"""Rows of evidence that stand in one list. Of more, each table of more than a few is folded."""

PACKED = "@packed@"
"""Where a page has what its numbers are made of."""

DATA_FILES = {
    BOARD_PDF: "the report on a few pages of paper",
    WHITEPAPER_PDF: "the draft of the whitepaper",
    "readiness.json": "verdict, gates and requirements, for scripts",
    "manifest.json": "how this release was made",
    "decisions.jsonl": "what people said about verdicts",
}
"""Files of a release besides documents and tables, and what each is."""


@dataclass(frozen=True)
class ReleaseData:
    """A release as its readers get it: its tables by name (see `assets.reports.released`) and its manifest.

    `decisions` is the log of decisions up to it.
    """

    frames: Mapping[str, pd.DataFrame]
    manifest: Manifest
    decisions: Sequence[LogLine] = ()
    drafts: Sequence[Draft] = ()
    """What was generated for deliverables that nobody has published."""


def render_pages(release: ReleaseData) -> dict[str, str]:
    """Return all pages by their paths in the release: those of the menu, one for each segment and other milestone.

    Raises `KeyError` if one shows anything that is not a cell of the release.
    """
    cells = cells_of(release)
    (default,) = cells.keys("verdict", is_default=True)
    site = _Site(release, cells, default)
    pages = {path: site.page(path, page.title, page.template, **page.sections(cells)) for path, page in PAGES.items()}
    market = market_section(cells)
    for segment in market.ranking:
        of_it = cells.keys("validation_matrix", segment_id=segment)
        spoken = [key for key in of_it if cells.value("validation_matrix", key, "sources")]
        path = segment_path(segment)
        pages[path] = site.page(path, "", "segment.html.j2", key=segment, market=market, spoken=spoken)
    for key in cells.keys("verdict", is_default=False):
        pages[_milestone_path(key)] = site.page(_milestone_path(key), "", "milestone.html.j2", milestone=key)
    # at the end: only now all is known that numbers of any page lead to
    sources = site.sources()
    return {path: html.replace(PACKED, pack(sources.get(path, ""))) for path, html in pages.items()}


def cells_of(release: ReleaseData) -> Cells:
    """Return the cells of a release: its tables, its manifest, what people said about it, drafts."""
    verdicts = release.frames["verdict"].to_dict("records")
    computed = {row["milestone_id"]: row["verdict"] for row in verdicts}
    said = pd.DataFrame(rows(release.decisions, computed), columns=list(COLUMNS), dtype=object)
    own = {
        "manifest": manifest_frame(release.manifest),
        "decision_log": said,
        "drafts": drafts_frame(release.drafts),
    }
    return Cells({**release.frames, **own}, Derivations)


def _milestone_path(milestone: str) -> str:
    return f"milestones/{milestone}.html"


class _Site:
    """Renders pages of one release."""

    def __init__(self, release: ReleaseData, cells: Cells, default: str) -> None:
        self._release, self._cells, self._default = release, cells, default
        self._is_illustrative = bool(cells.keys("evidence_index", grade=Grade.ILLUSTRATIVE.value))
        self._history = _history(cells)

    def page(self, path: str, title: str, template: str, milestone: str = "", **sections: object) -> str:
        """Return one page. `milestone` is the one that it is about, the default one where it is not given."""
        cells, environment = self._cells.of_page(path), _environment()
        root = "../" * path.count("/")
        used = (*BASICS, *ALSO.get(path, ()))
        milestone = milestone or self._default
        gates = cells.keys("gates", milestone_id=milestone)
        context = {
            **_functions(cells),
            **sections,
            "page_title": title,
            "styles": [_own(name) for name in used if name.endswith(".css")],
            "scripts": [_own(name) for name in used if name.endswith(".js")],
            "policy": _policy(*used),
            "current": path,
            "root": root,
            "details": root + GATES if milestone == self._default else "",
            "site_pages": {path: page.title for path, page in PAGES.items()},
            "is_illustrative": self._is_illustrative,
            "milestone": milestone,
            "other_milestones": {
                other: root + (FIRST_PAGE if cells.value("verdict", other, "is_default") else _milestone_path(other))
                for other in cells.keys("verdict")
                if other != milestone
            },
            "gates": gates,
            "shown": shown_requirements(cells, gates),
            "history": self._history,
            "months": history_section(cells, milestone),
            "changes": changes_section(cells, milestone),
            "today": _day_of(self._release.manifest),
            "by_age": _gates_by_age(cells, gates),
            "data_files": DATA_FILES,
            "table_pages": {name: table.page for name, table in RELEASED_TABLES.items()},
            "documents": DOCUMENTS,
            "tables": sorted(self._release.frames),
            "has_briefs": bool(cells.keys("mvp_outline")),
        }
        if path == SOURCES:
            context["all_rows"] = Markup(all_rows(self._release.frames))  # noqa: S704 - base64
        return environment.get_template(template).render(context)

    def sources(self) -> dict[str, str]:
        """Return by page what the numbers are made of that lead there from any page."""
        found: dict[str, str] = {}
        template = _environment().get_template("sources.html.j2")
        while left := self._cells.pages_left():
            for path in left:
                found[path] = found.get(path, "") + template.render(_functions(self._cells.of_page(path)))
        return found


def _folded(html: str) -> Markup:
    """Return what a reader first sees when the details around it are opened: packed, since most never are."""
    return Markup(f'<script type="application/gzip" class="folded">{pack(html)}</script>')  # noqa: S704 - base64


@cache
def _own(name: str) -> Markup:
    """Return a style or a script of ours."""
    return Markup((TEMPLATES / name).read_text(encoding="utf-8"))  # noqa: S704 - our own file


@cache
def _policy(*names: str) -> str:
    """Return what a page may do: use these styles and scripts, and nothing else."""
    hashes = {
        kind: " ".join(
            f"'sha256-{base64.b64encode(sha256(_own(name).encode()).digest()).decode()}'"
            for name in names
            if name.endswith(kind)
        )
        for kind in (".css", ".js")
    }
    return (
        f"default-src 'none'; style-src {hashes['.css']}; script-src {hashes['.js']}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


@cache
def _environment() -> Environment:
    """Return the compiled templates, the same for every page of a process."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        by_table=_by_table,
        anchor=anchor,
        marks=marks,
        table_title=Cells.table_title,
        told_by_line=[NOT_LISTED.rstrip("/")],
        most_rows=MOST_ROWS,
        few_rows=FEW_ROWS,
        box_width=WIDTH,
        box_pad=PAD,
        box_line=LINE,
        budget_state=budget_state,
        drawn=DRAWN,
        uncertain_dates=UNCERTAIN_DATES,
        usual_packs=[PUBLIC],
        packed=PACKED,
    )
    environment.filters["component_word"] = word
    environment.filters["folded"] = _folded
    return environment


def _functions(cells: Cells) -> dict[str, Any]:
    """Return what templates call to show a cell of this release."""
    return {
        "cell": cells.cell,
        "svg_text": cells.svg_text,
        "svg_title": cells.svg_title,
        "links": cells.links,
        "value": cells.value,
        "keys": cells.keys,
        "beside_evidence": cells.beside_evidence,
        "evidence_link": cells.evidence_link,
        "measured": cells.measured,
        "derivation": cells.derivation,
        "made_of": cells.made_of,
        "places": cells.places,
        "row_link": cells.row_link,
        "leads_to": cells.leads_to,
        "heading": cells.heading,
        "named": cells.named,
        "form_of": partial(form_of, cells),
        "state_differs": partial(state_differs, cells),
        "value_differs": partial(value_differs, cells),
        "script_data": partial(script_data, cells),
    }


def manifest_frame(manifest: Manifest) -> pd.DataFrame:
    """Return a manifest as a table of one row."""
    columns: dict[str, Any] = {
        "release_id": manifest.release_id,
        "created_at": manifest.created_at,
        "previous": manifest.previous,
        "previous_on": made_at(manifest.previous),
        "as_of": manifest.as_of,
        "run_id": manifest.run_id,
        "packs": list(manifest.packs),
        "evidence_hash": manifest.evidence_hash,
        "code_version": manifest.code_version,
        "checks_passed": manifest.checks_passed,
        "checks_warned": manifest.checks_warned,
        "warnings": list(manifest.warnings),
        "checks_failed": manifest.checks_failed,
        "tools": [f"{tool} {version}" for tool, version in manifest.tools.items()],
    }
    return pd.DataFrame([tuple(columns.values())], columns=list(columns), dtype=object)


def shown_requirements(cells: Cells, gates: Sequence[str]) -> dict[str, str]:
    """Return, by gate, the requirement that stands for it: the first with the status of the gate."""
    return {
        gate: cells.keys("requirement_results", gate_id=gate, status=cells.value("gates", gate, "status"))[0]
        for gate in gates
    }


def _day_of(manifest: Manifest) -> date:
    """Return the day that a release looks at: the last day of evidence that counts, else the day it was made on."""
    return manifest.as_of or manifest.created_at.date()


def _gates_by_age(cells: Cells, gates: Sequence[str]) -> list[str]:
    """Return the gates with dated evidence, the one whose newest is the oldest first."""
    dated = [gate for gate in gates if cells.value("gates", gate, "newest_evidence_on") is not None]
    return sorted(dated, key=lambda gate: (cells.value("gates", gate, "newest_evidence_on"), gate))


def _history(cells: Cells) -> dict[str, list[str]]:
    """Return the keys of `deliverable_history` by deliverable, oldest first."""
    table = "deliverable_history"
    grouped: dict[str, list[str]] = {}
    for key in sorted(cells.keys(table), key=lambda key: (cells.value(table, key, "status_on"), key)):
        grouped.setdefault(cells.value(table, key, "deliverable_id"), []).append(key)
    return grouped


def _by_table(evidence_ids: list[str]) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for evidence_id in evidence_ids:
        grouped.setdefault(evidence_id.partition("/")[0], []).append(evidence_id)
    return grouped
