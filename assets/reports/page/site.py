"""The readiness report: a page that answers first, and lets every number be followed to its evidence.

Belongs here: which rows a page shows, and in which order. Does not belong here: layout (`templates/`), cells
(`cells.py`), files and databases (`release/publish.py`). Same release in, same page out.

A page is one file without script and without any request: it can be mailed, printed and read in ten years. The first
page is about the default milestone; each other milestone has a page of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from assets.costs.budget import budget_state
from assets.costs.components import COMPONENTS
from assets.evidence.model import Grade
from assets.evidence.packs import PUBLIC
from assets.readiness.model import GateStatus
from assets.reports.model import BOARD_PDF, Manifest
from assets.reports.page.archive_section import archive_section
from assets.reports.page.cells import NOT_LISTED, Cells, anchor
from assets.reports.page.charts import marks
from assets.reports.page.cost_rules import DRAWN
from assets.reports.page.cost_section import cost_section
from assets.reports.page.decision_section import decision_section
from assets.reports.page.derivations import Derivations
from assets.reports.page.formats import word
from assets.reports.page.market_section import market_section

TEMPLATES = Path(__file__).parent / "templates"

UNCERTAIN_DATES = frozenset({"assigned", "page_date_older", "retrieved", "recalled"})
"""Bases of a date that a reader has to know of."""

MOST_ROWS, FEW_ROWS = 20, 3
"""Rows of evidence that stand in one list. Of more, each table of more than a few is folded."""

DATA_FILES = (BOARD_PDF, "readiness.json", "manifest.json")

FIRST_PAGE = "index.html"


@dataclass(frozen=True)
class ReleaseData:
    """A release as its readers get it: its tables by name (see `assets.reports.released`) and its manifest."""

    frames: Mapping[str, pd.DataFrame]
    manifest: Manifest


def render_pages(release: ReleaseData) -> dict[str, str]:
    """Return the first page and one for each other milestone, by their paths in the release.

    Raises `KeyError` if one shows anything that is not a cell of the release.
    """
    others = [row["milestone_id"] for row in release.frames["verdict"].to_dict("records") if not row["is_default"]]
    return {FIRST_PAGE: render_report(release), **{_path(name): render_milestone(release, name) for name in others}}


def render_report(release: ReleaseData) -> str:
    """Return the first page as HTML."""
    cells = _cells(release)
    (default,) = cells.keys("verdict", is_default=True)
    return _render(
        "report.html.j2",
        release,
        cells,
        default,
        costs=cost_section(cells),
        component_names=list(COMPONENTS),
        archive=_archive(cells),
        bench=archive_section(cells),
        market=market_section(cells),
        decision=decision_section(cells),
        price_dates=sorted(cells.keys("price_dates")),
        questions=_questions(cells),
    )


def render_milestone(release: ReleaseData, milestone: str) -> str:
    """Return the page of a milestone that is not the default one."""
    return _render("milestone.html.j2", release, _cells(release), milestone, root="../")


def _path(milestone: str) -> str:
    return f"milestones/{milestone}.html"


def _cells(release: ReleaseData) -> Cells:
    return Cells({**release.frames, "manifest": manifest_frame(release.manifest)}, Derivations)


def _render(
    template: str, release: ReleaseData, cells: Cells, milestone: str, root: str = "", **sections: object
) -> str:
    """Return a page about a milestone. `root` leads from it to the folder of the release."""
    illustrative = cells.keys("evidence_index", grade=Grade.ILLUSTRATIVE.value)
    for evidence_id in illustrative:
        cells.evidence_of("evidence_index", evidence_id)  # listed with the rest, although nothing is based on it
    gates = cells.keys("gates", milestone_id=milestone)
    return (
        _environment()
        .get_template(template)
        .render(
            **_functions(cells),
            **sections,
            style=Markup((TEMPLATES / "report.css").read_text(encoding="utf-8")),  # noqa: S704 - our own file
            is_illustrative=bool(illustrative),
            root=root,
            milestone=milestone,
            other_milestones={
                other: root + (FIRST_PAGE if cells.value("verdict", other, "is_default") else _path(other))
                for other in cells.keys("verdict")
                if other != milestone
            },
            gates=gates,
            shown=shown_requirements(cells, gates),
            history=_history(cells),
            today=_day_of(release.manifest),
            by_age=_gates_by_age(cells, gates),
            to_change=[
                (status, cells.keys("gates", milestone_id=milestone, status=status.value))
                for status in (GateStatus.FAIL, GateStatus.UNKNOWN)
            ],
            data_files=DATA_FILES,
        )
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
        budget_state=budget_state,
        drawn=DRAWN,
        uncertain_dates=UNCERTAIN_DATES,
        usual_packs=[PUBLIC],
    )
    environment.filters["component_word"] = word
    return environment


def _functions(cells: Cells) -> dict[str, Any]:
    """Return what templates call to show a cell of this release."""
    return {
        "cell": cells.cell,
        "svg_text": cells.svg_text,
        "links": cells.links,
        "value": cells.value,
        "keys": cells.keys,
        "evidence_of": cells.evidence_of,
        "beside_evidence": cells.beside_evidence,
        "shown_evidence": cells.shown_evidence,
        "evidence_link": cells.evidence_link,
        "measured": cells.measured,
        "derivation": cells.derivation,
        "places": cells.places,
        "places_left": cells.places_left,
        "leads_to": cells.leads_to,
        "heading": cells.heading,
        "named": cells.named,
    }


def manifest_frame(manifest: Manifest) -> pd.DataFrame:
    """Return a manifest as a table of one row."""
    columns: dict[str, Any] = {
        "release_id": manifest.release_id,
        "created_at": manifest.created_at,
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


def _archive(cells: Cells) -> list[str]:
    """Return the keys of what was published in `archive_bytes_per_message`, by study, system and size."""
    columns = ("study", "system", "payload_bytes")
    table = "archive_bytes_per_message"
    published = cells.keys(table, stage=None)
    return sorted(published, key=lambda key: [cells.value(table, key, column) for column in columns])


def _questions(cells: Cells) -> dict[str, list[str]]:
    """Return the keys of `open_questions` by table of evidence."""
    grouped: dict[str, list[str]] = {}
    for key in cells.keys("open_questions"):
        grouped.setdefault(cells.value("open_questions", key, "table_key"), []).append(key)
    return dict(sorted(grouped.items()))


def _by_table(evidence_ids: list[str]) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for evidence_id in evidence_ids:
        grouped.setdefault(evidence_id.partition("/")[0], []).append(evidence_id)
    return grouped
