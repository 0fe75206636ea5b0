"""The page on selling points for the website, its values as JSON, and what to change on the first page of today.

Belongs here: what the three files show. Does not belong here: what is a fact (`website_claims.py`), sentences
(`templates/`), escaping (`mdx.py`, `markdown.py`).

The page is for a site of Docusaurus 3: MDX with components that the theme of waku.org has. Its words stand in the page,
so that a reviewer reads them; numbers and the texts of components are read from the JSON file beside it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from assets.common.words import enumerated
from assets.evidence.model import Grade
from assets.evidence.packs import PUBLIC
from assets.reports.documents.briefs import NOT_NAMED, NOT_SAID
from assets.reports.documents.markdown import Markdown, render
from assets.reports.documents.mdx import render_mdx
from assets.reports.documents.website_claims import (
    ADVICE,
    ClaimStanding,
    SellingPoint,
    selling_points,
    sentence,
)
from assets.reports.documents.written_cells import WrittenCells
from assets.reports.drafts import ON_SITE
from assets.reports.model import WEBSITE_CHANGES, WEBSITE_JSON, WEBSITE_PAGE, Manifest

LAYOUT: Final = {"grid": {"xs": {"cols": 1, "gap": "1rem", "wrap": True}, "md": {"cols": 2, "gap": "1rem"}}}
"""Properties of components, by which the site lays a page out."""

LIVE: Final = "live"
NOT_SHOWN: Final = frozenset({"watch", "weak_candidate"})
"""States of segments that no page names: nobody has decided to look at them."""
CHOSEN, UNDECIDED = "pursue", "undecided"


def website_files(written: WrittenCells, manifest: Manifest, shared: Mapping[str, Any]) -> dict[str, bytes]:
    """Return the page, its JSON and the list of changes by their paths in the release."""
    points = selling_points(written)
    facts = [point for point in points if point.standing is ClaimStanding.FACT]
    aims = [point for point in points if point.standing is ClaimStanding.AIM]
    shown = {point.key for point in (*facts, *aims)}
    data = {
        "release": manifest.release_id,
        "madeOn": shared["made_on"],
        "evidenceUpTo": shared["as_of"] or None,
        "isIllustrative": shared["is_illustrative"],
        "layout": LAYOUT,
        "facts": [_point(point) for point in facts],
        "aims": [_point(point) for point in aims],
        "useCases": _use_cases(written),
        "chosenSegments": _segments(written, CHOSEN, shown),
        "undecidedSegments": _segments(written, UNDECIDED, shown),
    }
    page = render_mdx("website.mdx.j2", facts=facts, aims=aims, data=data, is_illustrative=shared["is_illustrative"])
    changes = render(
        "website_changes.md.j2",
        **shared,
        points=points,
        advice=ADVICE,
        on_card=[point for point in points if _is_on_card(written, point)],
        elsewhere=[point for point in points if not _is_on_card(written, point)],
        measured=lambda usp: _measured(written, usp),
    )
    return {
        WEBSITE_PAGE: page.encode(),
        WEBSITE_JSON: (json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode(),
        WEBSITE_CHANGES: changes.encode(),
    }


def _is_on_card(written: WrittenCells, point: SellingPoint) -> bool:
    return bool(written.cells.value("usp_register", point.key, "where_claimed") == ON_SITE)


def _point(point: SellingPoint) -> dict[str, Any]:
    return {
        "id": point.key,
        "name": point.name,
        "text": point.new_words,
        "built": point.built,
        "heard": point.heard,
        "limits": point.limits or None,
        "agree": point.agree,
        "spoke": point.spoke,
    }


def _use_cases(written: WrittenCells) -> list[dict[str, str]]:
    """Return who uses Waku today and for what: what is public, says it, and was not made up."""
    cells, table = written.cells, "integrations"
    return [
        {"title": cells.value(table, key, "name"), "description": sentence(cells.value(table, key, "uses_waku_for"))}
        for key in cells.keys(table, status=LIVE)
        if cells.value(table, key, "uses_waku_for")
        and cells.value(table, key, "grade") != Grade.ILLUSTRATIVE
        and not set(cells.value(table, key, "segment_ids")) <= NOT_NAMED
        and not NOT_SAID.search(f"{cells.value(table, key, 'name')} {cells.value(table, key, 'uses_waku_for')}")
        and all(cells.value("evidence_index", row, "pack") == PUBLIC for row in cells.all_evidence_ids(table, key))
    ]


def _segments(written: WrittenCells, decision: str, shown: set[str]) -> list[dict[str, str]]:
    cells, table = written.cells, "segment_profiles"
    ranked = {
        key: cells.value("segment_ranking", key, "position")
        for key in cells.keys("segment_ranking", decision=decision)
        if key in cells.keys(table)
    }
    found = []
    for key in sorted(ranked, key=lambda key: (ranked[key], key)):
        row = cells.row(table, key)
        if row["segment_status"] in NOT_SHOWN or row["grade"] == Grade.ILLUSTRATIVE or not row["problem"]:
            continue
        usps = [written.named("usp_id", usp) for usp in row["relevant_usps"] if usp in shown]
        relevant = f" What may help: {enumerated(usps)}." if usps else ""
        found.append({"title": str(row["name"]), "description": f"{sentence(row['problem'])}{relevant}"})
    return found


def _measured(written: WrittenCells, usp: str) -> list[Markdown]:
    """Return what was measured for or against a selling point, each with when it holds and its source."""
    table = "usp_measurements"
    lines = []
    for key in written.cells.keys(table, usp_id=usp, grade=Grade.MEASURED):
        when = written.cells.value(table, key, "condition")
        lines.append(
            Markdown(
                f"{written.cell(table, key, 'metric', 'word')}: {written.cell(table, key, 'value', 'quantity')} "
                f"{written.cell(table, key, 'unit')}"
                + (f" ({written.cell(table, key, 'condition')})" if when else "")
                + f". Source: {written.source(table, key)}"
            )
        )
    return lines
