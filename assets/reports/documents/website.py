"""The page on selling points for the website, its values as JSON, and what to change on the first page of today.

Belongs here: what the three files show. Does not belong here: what is a fact (`website_claims.py`), sentences
(`templates/`), escaping (`markdown.py`).

The page is for a site of Docusaurus 3: MDX with components that the theme of waku.org has. Its own sentences stand in
the page. No text of evidence does, since a brace or a `<` of it would be a program in MDX: it is read from the JSON
file beside it, where React shows it as text.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from assets.evidence.model import Grade
from assets.evidence.sources import first_link
from assets.reports.documents.briefs import NOT_NAMED, NOT_SAID
from assets.reports.documents.markdown import Markdown, render, sentence
from assets.reports.documents.website_claims import (
    ADVICE,
    ClaimStanding,
    SellingPoint,
    is_public,
    selling_points,
)
from assets.reports.documents.written_cells import WrittenCells
from assets.reports.drafts import ON_SITE
from assets.reports.model import WEBSITE_CHANGES, WEBSITE_JSON, WEBSITE_PAGE, Manifest

HEADLINE: Final = "Peer-to-peer messaging for apps"
LEAD: Final = "Waku is a family of open protocols. With them, apps exchange messages from peer to peer."
"""What Waku is, and no selling point: so it may be said whatever customers confirmed."""

LAYOUT: Final = {"grid": {"xs": {"cols": 1, "gap": "1rem", "wrap": True}, "md": {"cols": 2, "gap": "1rem"}}}
"""Properties of components, by which the site lays a page out."""

MOST_SEGMENTS: Final = 6
"""Segments that the page shows of those that nobody has decided on. The JSON file has them all."""

LIVE: Final = "live"
NOT_SHOWN: Final = frozenset({"watch", "weak_candidate"})
"""States of segments that no page names: nobody has decided to look at them."""
CHOSEN, UNDECIDED = "pursue", "undecided"


def website_files(written: WrittenCells, manifest: Manifest, shared: Mapping[str, Any]) -> dict[str, bytes]:
    """Return the page, its JSON and the list of changes by their paths in the release."""
    points = selling_points(written)
    data = _data(written, points, manifest, shared)
    page = render("website.mdx.j2", data=data, headline=HEADLINE, lead=LEAD, is_illustrative=shared["is_illustrative"])
    changes = render(
        "website_changes.md.j2",
        **shared,
        points=points,
        advice=ADVICE,
        headline=HEADLINE,
        lead=LEAD,
        in_headline=[point for point in points if point.headline],
        on_card=[point for point in points if _is_on_card(written, point)],
        elsewhere=[point for point in points if not _is_on_card(written, point)],
        measured=lambda usp: _measured(written, usp),
    )
    return {
        WEBSITE_PAGE: page.encode(),
        WEBSITE_JSON: (json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode(),
        WEBSITE_CHANGES: changes.encode(),
    }


def _data(
    written: WrittenCells, points: list[SellingPoint], manifest: Manifest, shared: Mapping[str, Any]
) -> dict[str, Any]:
    facts = [point for point in points if point.standing is ClaimStanding.FACT]
    goals = [point for point in points if point.standing is ClaimStanding.GOAL]
    names = {point.key: point.name for point in (*facts, *goals)}
    undecided = list(_segments(written, UNDECIDED, names))
    return {
        "release": manifest.release_id,
        "madeOn": shared["made_on"],
        "evidenceUpTo": shared["as_of"] or None,
        "isIllustrative": shared["is_illustrative"],
        "layout": LAYOUT,
        "facts": [_point(point) for point in facts],
        "goalsInProduction": [_point(point) for point in goals if point.is_built],
        "goalsBeingBuilt": [_point(point) for point in goals if not point.is_built],
        "limits": [{"title": point.name, "description": point.limits} for point in (*facts, *goals) if point.limits],
        "useCases": list(_use_cases(written)),
        "segments": list(_segments(written, CHOSEN, names)),
        "segmentsAsked": undecided[:MOST_SEGMENTS],
        "segmentsNotShown": undecided[MOST_SEGMENTS:],
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


def _use_cases(written: WrittenCells) -> Iterator[dict[str, str | None]]:
    """Yield who uses Waku today and for what: what is public, says it, and was not made up."""
    cells, table = written.cells, "integrations"
    for key in cells.keys(table, status=LIVE):
        row = cells.row(table, key)
        if (
            row["uses_waku_for"]
            and row["grade"] != Grade.ILLUSTRATIVE
            and not set(row["segment_ids"]) <= NOT_NAMED
            and not NOT_SAID.search(f"{row['name']} {row['uses_waku_for']}")
            and is_public(written, table, key)
        ):
            yield _card(written, table, key, str(row["name"]), sentence(row["uses_waku_for"]))


def _segments(written: WrittenCells, decision: str, usps: Mapping[str, str]) -> Iterator[dict[str, str | None]]:
    """Yield segments by their rank: what is public and was not made up."""
    cells, table = written.cells, "segment_profiles"
    ranked = {
        key: cells.value("segment_ranking", key, "position")
        for key in cells.keys("segment_ranking", decision=decision)
        if key in cells.keys(table)
    }
    for key in sorted(ranked, key=lambda key: (ranked[key], key)):
        row = cells.row(table, key)
        if (
            row["problem"]
            and row["segment_status"] not in NOT_SHOWN
            and row["grade"] != Grade.ILLUSTRATIVE
            and is_public(written, table, key)
        ):
            helps = "; ".join(usps[usp] for usp in row["relevant_usps"] if usp in usps)
            relevant = f" What may help: {helps}." if helps else ""
            yield _card(written, table, key, str(row["name"]), sentence(row["problem"]) + relevant)


def _card(written: WrittenCells, table: str, key: str, name: str, text: str) -> dict[str, str | None]:
    """Return a card with the first address among its sources, None where there is none."""
    ids = written.cells.all_evidence_ids(table, key)
    sources = (str(written.cells.value("evidence_index", one, "source")) for one in ids)
    return {"id": key, "name": name, "text": text, "source": next(filter(None, map(first_link, sources)), None)}


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
