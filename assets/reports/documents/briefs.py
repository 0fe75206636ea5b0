"""Briefs for customers: a page for each segment and each integration, and one on the MVP, as Markdown.

Belongs here: which rows a brief shows. Does not belong here: sentences (`templates/brief_*.md.j2`), what is released.

A brief is read by customers, so it holds less than a report. Words of an interview or a session stand in none of them:
whoever said them can tell whose they are. How many agree is shown from three organisations on. Statements are those of
signals: of a segment what the public pack has, of an integration its own. No text that names another project is shown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from assets.evidence.model import Grade
from assets.evidence.packs import PUBLIC
from assets.reports.documents.markdown import render
from assets.reports.page.cells import Cells
from assets.reports.page.formats import FORMATS, MISSING
from assets.reports.page.site import ReleaseData, cells_of

FOLDER: Final = "briefs"
FEWEST_ORGANISATIONS: Final = 3
"""Of which a brief says how many agree (k-anonymity, docs/privacy.md)."""
OWN: Final = frozenset({"internal", "poc"})
"""States of integrations that are no customer."""
GONE: Final = frozenset({"left", "trial_closed_unmerged"})
NOT_NAMED: Final = frozenset({"any", "unknown"})
"""Segments of integrations that stand for several, or for one that nobody knows."""

NOT_SAID: Final = re.compile(
    r"\b(un(clear|disclosed|known)|not (\w+ )?(described|disclosed|found|known|named|stated))\b", re.IGNORECASE
)
"""In a text about a project: it says that nobody knows, which is nothing to tell that project."""


@dataclass(frozen=True)
class Heard:
    """A problem with the row of the matrix that most organisations spoke about; none where nobody did."""

    problem_id: str
    cell: str | None


@dataclass(frozen=True)
class Offer:
    """What the MVP gives to one segment or several, and what is missing for it: keys of rows."""

    usps: tuple[str, ...]
    gaps: tuple[str, ...]
    """Of these those whose title is shown."""
    has_other_gaps: bool
    """Whether more is missing, which names somebody else's project."""
    is_validated: bool


@dataclass(frozen=True)
class Shown:
    """Which texts whoever a brief is for may read: those that name none of the projects in `others`."""

    cells: Cells
    others: re.Pattern[str] | None

    @classmethod
    def to(cls, cells: Cells, own: str = "", named: str = "") -> Shown:
        """Return what the project `own` may read; whoever `named` names is no secret to it."""
        names = {
            name
            for key in cells.keys("integrations")
            if key != own
            for name in _names(cells.value("integrations", key, "name"))
            if not _naming([name]).search(named)
        }
        return cls(cells, _naming(sorted(names)) if names else None)

    def __call__(self, table: str, key: str, column: str) -> bool:
        text = self.cells.value(table, key, column)
        return bool(text) and not (self.others and self.others.search(text))

    def those(self, table: str, keys: Iterable[str], column: str) -> list[str]:
        """Return the rows whose text in `column` is shown."""
        return [key for key in keys if self(table, key, column)]


def _names(name: str) -> list[str]:
    """Return what a project is called: by its name, and by each part of one such as `The Graph (Graphcast)`."""
    return [name, *filter(None, (part.strip() for part in re.split(r"[()]", name)))]


def _naming(names: Sequence[str]) -> re.Pattern[str]:
    return re.compile("|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in names))


def render_briefs(release: ReleaseData) -> dict[str, str]:
    """Return the briefs by their paths in the release; none of a day before there was an outline."""
    cells = cells_of(release)
    if not cells.keys("mvp_outline"):
        return {}
    segments = {
        segment: _segment(cells, segment)
        for segment in Shown.to(cells).those("segment_profiles", cells.keys("segment_profiles"), "name")
    }
    named = {name: _integration(cells, name) for name in cells.keys("integrations") if _is_named(cells, name)}
    return {
        **{f"{FOLDER}/segment-{segment}.md": _render(cells, "segment", filled) for segment, filled in segments.items()},
        **{f"{FOLDER}/integration-{name}.md": _render(cells, "integration", filled) for name, filled in named.items()},
        f"{FOLDER}/mvp.md": _render(cells, "mvp", _mvp(cells)),
    }


def _is_named(cells: Cells, integration: str) -> bool:
    row = cells.row("integrations", integration)
    return (
        row["status"] not in OWN and not set(row["segment_ids"]) <= NOT_NAMED and not NOT_SAID.search(str(row["name"]))
    )


def _segment(cells: Cells, segment: str) -> dict[str, Any]:
    shown = Shown.to(cells)
    public = [
        finding
        for finding in cells.keys("findings", kind="signal", segment_id=segment)
        if cells.value("evidence_index", finding, "pack") == PUBLIC
    ]
    return {
        "segment": segment,
        "heard": _heard(shown, [segment]),
        "statements": shown.those("findings", public, "statement"),
        "offer": _offer(shown, [segment]),
        "asked": _asked(shown, [segment]),
        "shown": shown,
    }


def _integration(cells: Cells, integration: str) -> dict[str, Any]:
    segments = [name for name in cells.value("integrations", integration, "segment_ids") if name not in NOT_NAMED]
    shown = Shown.to(cells, integration)
    # A wallet of another project may have that one in its name, and so in all that it says.
    of_itself = Shown.to(cells, integration, named=cells.value("integrations", integration, "name"))
    own = cells.keys("findings", kind="signal", source_key=f"project {integration}")
    return {
        "integration": integration,
        "is_gone": cells.value("integrations", integration, "status") in GONE,
        "known": [
            column
            for column in ("uses_waku_for", "pain_reported")
            if of_itself("integrations", integration, column)
            and not NOT_SAID.search(cells.value("integrations", integration, column))
        ],
        "statements": of_itself.those("findings", own, "statement"),
        "offer": _offer(shown, segments),
        "asked": _asked(shown, segments),
        "shown": shown,
    }


def _mvp(cells: Cells) -> dict[str, Any]:
    outline, shown = _outline(cells), Shown.to(cells)
    known = shown.those("segment_profiles", cells.keys("segment_profiles"), "name")
    interviews = cells.keys("next_evidence", kind="interview")
    asked = dict.fromkeys(cells.value("next_evidence", key, "segment_id") for key in interviews)
    return {
        "outline": outline,
        "segments": [segment for segment in cells.value("mvp_outline", outline, "segments") if segment in known],
        "offer": _offer_of(shown, outline, _chosen(cells, outline), _needed(cells, outline)),
        "next": [segment for segment in asked if segment in known][:3],
        "shown": shown,
    }


def _outline(cells: Cells) -> str:
    """Return the outline on what is validated if it chooses anything, else that on the leads alone."""
    chosen = [key for key in cells.keys("mvp_outline") if cells.value("mvp_outline", key, "usps")]
    return next((key for key in chosen if _is_validated(key)), "leads")


def _is_validated(outline: str) -> bool:
    return outline == "validated"


def _chosen(cells: Cells, outline: str) -> tuple[str, ...]:
    chosen = (cells.value("mvp_usps", key, "usp_id") for key in cells.keys("mvp_usps", outline=outline, is_chosen=True))
    return tuple(usp for usp in chosen if usp in cells.keys("usp_register"))


def _needed(cells: Cells, outline: str) -> list[str]:
    return [gap for gap in cells.keys("mvp_gaps") if outline in cells.value("mvp_gaps", gap, "outlines")]


def _offer(shown: Shown, segments: Iterable[str]) -> Offer:
    """Return the selling points of the MVP that are claimed for these segments, and what these miss."""
    cells, wanted = shown.cells, set(segments)
    outline = _outline(cells)
    claimed = {
        cells.value("usp_claims", claim, "usp_id")
        for segment in sorted(wanted)
        for claim in cells.keys("usp_claims", segment_id=segment)
    }
    missing = [gap for gap in cells.keys("mvp_gaps") if wanted & set(cells.value("mvp_gaps", gap, "segments"))]
    return _offer_of(shown, outline, [usp for usp in _chosen(cells, outline) if usp in claimed], missing)


def _offer_of(shown: Shown, outline: str, usps: Sequence[str], gaps: Sequence[str]) -> Offer:
    named = shown.those("mvp_gaps", gaps, "title")
    return Offer(
        usps=tuple(shown.those("usp_register", usps, "name")),
        gaps=tuple(named),
        has_other_gaps=len(named) < len(gaps),
        is_validated=_is_validated(outline),
    )


def _heard(shown: Shown, segments: Iterable[str]) -> list[Heard]:
    """Return the problems of segments, each with what most organisations spoke about."""
    cells = shown.cells
    problems = shown.those("customer_problems", cells.keys("customer_problems"), "statement")
    found: dict[str, Heard] = {}
    for segment in segments:
        for key in cells.keys("validation_matrix", segment_id=segment):
            problem = cells.value("validation_matrix", key, "problem_id")
            if problem not in problems:
                continue
            best = found.setdefault(problem, Heard(problem, None)).cell
            if best is None or _sources(cells, key) > _sources(cells, best):
                found[problem] = Heard(problem, key)
    return [
        heard if heard.cell and _sources(cells, heard.cell) >= FEWEST_ORGANISATIONS else Heard(problem, None)
        for problem, heard in found.items()
    ]


def _sources(cells: Cells, key: str) -> int:
    return int(cells.value("validation_matrix", key, "sources") or 0)


def _asked(shown: Shown, segments: Iterable[str]) -> list[str]:
    """Return the problems that an interview in these segments should ask about."""
    cells, asked = shown.cells, dict[str, None]()
    for segment in segments:
        for key in cells.keys("next_evidence", kind="interview", segment_id=segment):
            asked.update(dict.fromkeys(cells.value("next_evidence", key, "problem_ids")))
    known = cells.keys("customer_problems")
    return shown.those("customer_problems", (problem for problem in asked if problem in known), "statement")


def _render(cells: Cells, kind: str, filled: Mapping[str, Any]) -> str:
    is_made_up = bool(cells.keys("evidence_index", grade=Grade.ILLUSTRATIVE.value))
    shared = {"said": _said(cells), "value": cells.value, "keys": cells.keys, "is_made_up": is_made_up}
    return render(f"brief_{kind}.md.j2", **shared, **filled).strip() + "\n"


def _said(cells: Cells) -> Callable[..., str]:
    """Return what templates call to show a cell: a number comes from the release, and from nowhere else."""

    def said(table: str, key: str, column: str, form: str = "plain") -> str:
        value = cells.value(table, key, column)
        return MISSING if value is None else FORMATS[form](value)

    return said
