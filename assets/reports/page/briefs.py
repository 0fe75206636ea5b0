"""Briefs for customers: a page for each segment and each integration, and one on the MVP, as Markdown.

Belongs here: which rows a brief shows. Does not belong here: sentences (`templates/brief_*.md.j2`), what is released.

A brief is read by customers, so it holds less than a report. Words of an interview or a session stand in none of them:
whoever said them can tell whose they are. How many agree is shown from three organisations on. Statements are those of
signals: of a segment what the public pack has, of an integration its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from jinja2 import Environment, StrictUndefined

from assets.evidence.model import Grade
from assets.evidence.packs import PUBLIC
from assets.reports.page.cells import Cells
from assets.reports.page.formats import FORMATS, MISSING
from assets.reports.page.site import LOADER, ReleaseData, cells_of

FOLDER: Final = "briefs"
FEWEST_ORGANISATIONS: Final = 3
"""Of which a brief says how many agree (k-anonymity, docs/privacy.md)."""
OWN: Final = frozenset({"internal", "poc"})
"""States of integrations that are no customer."""
GONE: Final = frozenset({"left", "trial_closed_unmerged"})
NOT_NAMED: Final = frozenset({"any", "unknown"})
"""Segments of integrations that stand for several, or for one that nobody knows."""

_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>|~&])")
_BEGINS = re.compile(r"^([#+=-]|\d+(?=[.)]\s))")
"""What begins a heading, a list or a rule at the beginning of a line."""


class Markdown(str):
    """Text that is Markdown already."""

    __slots__ = ()


@dataclass(frozen=True)
class Heard:
    """A problem with the row of the matrix that most organisations spoke about; none where nobody did."""

    problem_id: str
    cell: str | None


@dataclass(frozen=True)
class Offer:
    """What the MVP gives to one segment or several, and what is missing for it: keys of rows."""

    usps: tuple[str, ...]
    limited: frozenset[str]
    """Of these USPs those whose limits are shown: a limit that names somebody else's project is left out."""
    gaps: tuple[str, ...]
    is_validated: bool


def render_briefs(release: ReleaseData) -> dict[str, str]:
    """Return the briefs by their paths in the release; none of a day before there was an outline."""
    cells = cells_of(release)
    if not cells.keys("mvp_outline"):
        return {}
    segments = {segment: _segment(cells, segment) for segment in cells.keys("segment_profiles")}
    named = {name: _integration(cells, name) for name in cells.keys("integrations") if _is_named(cells, name)}
    return {
        **{f"{FOLDER}/segment-{segment}.md": _render(cells, "segment", shown) for segment, shown in segments.items()},
        **{f"{FOLDER}/integration-{name}.md": _render(cells, "integration", shown) for name, shown in named.items()},
        f"{FOLDER}/mvp.md": _render(cells, "mvp", _mvp(cells)),
    }


def _is_named(cells: Cells, integration: str) -> bool:
    row = cells.row("integrations", integration)
    return row["status"] not in OWN and not set(row["segment_ids"]) <= NOT_NAMED


def _segment(cells: Cells, segment: str) -> dict[str, Any]:
    return {
        "segment": segment,
        "heard": _heard(cells, [segment]),
        "statements": [
            finding
            for finding in cells.keys("findings", kind="signal", segment_id=segment)
            if cells.value("evidence_index", finding, "pack") == PUBLIC
        ],
        "offer": _offer(cells, [segment], own=""),
        "asked": _asked(cells, [segment]),
    }


def _integration(cells: Cells, integration: str) -> dict[str, Any]:
    segments = [name for name in cells.value("integrations", integration, "segment_ids") if name not in NOT_NAMED]
    return {
        "integration": integration,
        "is_gone": cells.value("integrations", integration, "status") in GONE,
        "statements": cells.keys("findings", kind="signal", source_key=f"project {integration}"),
        "offer": _offer(cells, segments, own=integration),
        "asked": _asked(cells, segments),
    }


def _mvp(cells: Cells) -> dict[str, Any]:
    outline = _outline(cells)
    interviews = cells.keys("next_evidence", kind="interview")
    return {
        "outline": outline,
        "segments": [s for s in cells.value("mvp_outline", outline, "segments") if s in cells.keys("segment_profiles")],
        "offer": _offer_of(cells, outline, _chosen(cells, outline), _needed(cells, outline), own=""),
        "next": [cells.value("next_evidence", key, "segment_id") for key in interviews][:3],
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


def _offer(cells: Cells, segments: Iterable[str], own: str) -> Offer:
    """Return the selling points of the MVP that are claimed for these segments, and what these miss."""
    outline, wanted = _outline(cells), set(segments)
    claimed = {
        cells.value("usp_claims", claim, "usp_id")
        for segment in sorted(wanted)
        for claim in cells.keys("usp_claims", segment_id=segment)
    }
    missing = [gap for gap in cells.keys("mvp_gaps") if wanted & set(cells.value("mvp_gaps", gap, "segments"))]
    return _offer_of(cells, outline, [usp for usp in _chosen(cells, outline) if usp in claimed], missing, own)


def _offer_of(cells: Cells, outline: str, usps: Sequence[str], gaps: Sequence[str], own: str) -> Offer:
    others = [cells.value("integrations", key, "name") for key in cells.keys("integrations") if key != own]
    named = re.compile("|".join(rf"\b{re.escape(name)}\b" for name in others)) if others else None

    def is_shown(usp: str) -> bool:
        limits = cells.value("usp_register", usp, "known_limitation")
        return bool(limits) and not (named and named.search(limits))

    return Offer(tuple(usps), frozenset(filter(is_shown, usps)), tuple(gaps), _is_validated(outline))


def _heard(cells: Cells, segments: Iterable[str]) -> list[Heard]:
    """Return the problems of segments, each with what most organisations spoke about."""
    found: dict[str, Heard] = {}
    for segment in segments:
        for key in cells.keys("validation_matrix", segment_id=segment):
            problem = cells.value("validation_matrix", key, "problem_id")
            if problem not in cells.keys("customer_problems"):
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


def _asked(cells: Cells, segments: Iterable[str]) -> list[str]:
    """Return the problems that an interview in these segments should ask about."""
    asked: dict[str, None] = {}
    for segment in segments:
        for key in cells.keys("next_evidence", kind="interview", segment_id=segment):
            asked.update(dict.fromkeys(cells.value("next_evidence", key, "problem_ids")))
    return [problem for problem in asked if problem in cells.keys("customer_problems")]


def _render(cells: Cells, kind: str, shown: Mapping[str, Any]) -> str:
    is_made_up = bool(cells.keys("evidence_index", grade=Grade.ILLUSTRATIVE.value))
    template = _environment().get_template(f"brief_{kind}.md.j2")
    text = template.render(said=_said(cells), value=cells.value, keys=cells.keys, is_made_up=is_made_up, **shown)
    return re.sub(r"\n{3,}", "\n\n", text.strip()) + "\n"


def _said(cells: Cells) -> Callable[..., str]:
    """Return what templates call to show a cell: a number comes from the release, and from nowhere else."""

    def said(table: str, key: str, column: str, form: str = "plain") -> str:
        value = cells.value(table, key, column)
        return MISSING if value is None else FORMATS[form](value)

    return said


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=LOADER,
        autoescape=False,  # noqa: S701 - this is Markdown: `finalize` escapes each value
        finalize=_escaped,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals["markdown"] = Markdown
    environment.filters["closed"] = _closed
    return environment


def _escaped(value: Any) -> str:
    """Return a value as text of Markdown, on one line: evidence is untrusted, and may hold links or HTML."""
    if isinstance(value, Markdown):
        return value
    text = _MARKDOWN.sub(r"\\\1", " ".join(str(value).split()))
    return _BEGINS.sub(lambda found: f"{found[0]}\\" if found[0].isdigit() else f"\\{found[0]}", text)


def _closed(text: str) -> str:
    """Return a text as a sentence: evidence ends with a full stop or without one."""
    return f"{text[:1].upper()}{text[1:]}" + ("" if text.endswith((".", "!", "?")) else ".")
