"""Documents that a release generates for a deliverable, and that nobody has published: drafts.

Belongs here: what is said of a draft beside its gate. Does not belong here: making one (`whitepaper/`, `documents/`),
and any judgement: no gate reads a draft. How many pages it has is known once it is made, which is after the gates were
judged (docs/decisions/0011-whitepaper.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

import pandas as pd

USPS = "potential_usps"
"""The deliverable that the page for the website is a draft of."""

ON_SITE = "site"
"""Where a selling point is claimed that a card of the website's first page names."""

DONE = "done"
"""State of a deliverable that was published, by a row of evidence."""


@dataclass(frozen=True)
class Draft:
    """A document of a release that stands for no deliverable until it is published."""

    deliverable_id: str
    path: str
    """In the release."""
    pages: int
    place: str = ""
    """Where its pages belong, such as "for the website"; '' for a document of its own."""

    @property
    def says(self) -> str:
        """Return what stands beside the gate."""
        pages = "1 page" if self.pages == 1 else f"{self.pages} pages"
        return f"A draft of {f'{pages} {self.place}'.strip()} is generated, none is published."


def drafts_left(made: Iterable[Draft], frames: Mapping[str, pd.DataFrame]) -> tuple[Draft, ...]:
    """Return the drafts whose deliverable no row of evidence says is published.

    The page on selling points is published once a card of the website names each of them: that the deliverable as a
    whole was judged to be done does not say so.
    """
    states = frames["milestone_deliverables"][["deliverable_id", "status"]].itertuples(index=False)
    done = {deliverable for deliverable, status in states if status == DONE} - {USPS}
    claimed = set(frames["usp_register"]["where_claimed"])
    published = done | ({USPS} if claimed == {ON_SITE} else set())
    return tuple(draft for draft in made if draft.deliverable_id not in published)


def drafts_frame(drafts: Iterable[Draft]) -> pd.DataFrame:
    """Return drafts as a table, one row each."""
    rows = [tuple(asdict(draft).values()) for draft in drafts]
    return pd.DataFrame(rows, columns=[field.name for field in fields(Draft)], dtype=object)


def with_drafts(document: Mapping[str, Any], drafts: Iterable[Draft]) -> dict[str, Any]:
    """Return `readiness.json` with what is generated for a gate as its `draft`; null where nothing is."""
    by_deliverable = {draft.deliverable_id: draft for draft in drafts}

    def of(judged: Mapping[str, Any]) -> dict[str, Any]:
        return {**judged, "gates": [{**gate, "draft": said(gate)} for gate in judged["gates"]]}

    def said(gate: Mapping[str, Any]) -> dict[str, Any] | None:
        draft = by_deliverable.get(gate["deliverable_id"])
        return None if draft is None else {"file": draft.path, "pages": draft.pages, "says": draft.says}

    return {**of(document), "others": [of(judged) for judged in document["others"]]}
