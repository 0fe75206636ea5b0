"""What the website may say of each selling point, and what to do with what it says today.

Belongs here: which selling point is a fact, a goal or left out, why, and the advice for the card of today. Does not
belong here: sentences around it (`templates/website.mdx.j2`, `website_changes.md.j2`), escaping, files (`website.py`).

A fact is what customers confirmed (status `validated`, by no made-up evidence) and what runs in production. Everything
else is a goal, and the page says so. What customers deny, or what nobody works on any longer, is left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from assets.common.words import enumerated
from assets.evidence.model import Grade
from assets.evidence.packs import PUBLIC
from assets.reports.documents.briefs import FEWEST_ORGANISATIONS
from assets.reports.documents.markdown import closed, sentence
from assets.reports.documents.written_cells import WrittenCells
from assets.reports.drafts import ON_SITE
from assets.segments.matrix import CellStatus

IN_PRODUCTION: Final = "production"
DROPPED: Final = "dropped"

BUILT: Final = {
    IN_PRODUCTION: "What was built for it runs in production.",
    "testnet_and_status": "It is not deployed for everybody: it runs on a test network and in the Status app.",
    "testnet": "It is not deployed: it runs on a test network only.",
    "beta": "It is not finished: there is a beta version.",
    "partial": "It is partly built.",
    "research": "It is not deployed: it is being researched.",
    "concept": "It is not deployed: it is a concept.",
    "not_built": "It is not deployed: it was not built.",
    None: "How far it is built is not on record.",
}
"""By `maturity`."""

CLAIMED: Final = {
    ON_SITE: "a card of the first page",
    "former_site": "a card of the first page said it once, none does today",
    "docs": "the documentation",
    "blog": "a blog or report",
    "none": "nowhere",
    None: "not known",
}
"""By `where_claimed`."""


class ClaimStanding(StrEnum):
    """How the page says a selling point."""

    FACT = "fact"
    GOAL = "goal"
    LEFT_OUT = "left out"


class Advice(StrEnum):
    """What to do with a selling point on the first page."""

    KEEP = "keep"
    CHANGE = "change"
    DROP = "drop"
    ADD = "add"
    LEAVE_OUT = "leave out"


ADVICE: Final = {
    Advice.KEEP: "a card says it, customers confirmed it, and it runs in production",
    Advice.CHANGE: "a card says it; it is a goal, and the new words say so",
    Advice.DROP: "a card says it; customers deny it, or nobody works on it any longer",
    Advice.ADD: "no card says it, and it belongs there: as a fact or as a goal",
    Advice.LEAVE_OUT: "no card says it, and none should",
}


@dataclass(frozen=True)
class SellingPoint:
    """One selling point: how the page says it, and why."""

    key: str
    """In `usp_register`."""
    name: str
    standing: ClaimStanding
    advice: Advice
    claimed: str
    """Where the project says it today."""
    new_words: str
    """'' where it is left out."""
    is_built: bool
    """Whether what was built for it runs in production."""
    built: str
    """The same in a sentence, or how far it is built."""
    heard: str
    """What customers said, in a sentence."""
    limits: str
    """'' where none is public."""
    headline: str
    """Words of the headline of today that claim it; '' where none do."""
    reason: str
    summaries: tuple[str, ...]
    """Keys of `validation_summary`."""
    agree: int | None
    """Sources that agree, on the problem that most spoke about; None where fewer than three did, which says too much of
    each."""
    spoke: int | None


def selling_points(written: WrittenCells) -> list[SellingPoint]:
    """Return all selling points in the order of the register."""
    return [_selling_point(written, key) for key in written.cells.keys("usp_register")]


def is_public(written: WrittenCells, table: str, key: str) -> bool:
    """Return whether a row stands on the public pack alone: a limit or a problem of another may tell whose it is.

    What names no evidence is not known to be public.
    """
    rows = list(written.cells.all_evidence_ids(table, key))
    return bool(rows) and all(written.cells.value("evidence_index", row, "pack") == PUBLIC for row in rows)


def _selling_point(written: WrittenCells, key: str) -> SellingPoint:
    cells = written.cells
    row = cells.row("usp_register", key)
    confirmed = _confirmed(written, key)
    is_deployed = row["maturity"] == IN_PRODUCTION
    is_made_up = row["grade"] == Grade.ILLUSTRATIVE
    summaries = tuple(cells.keys("validation_summary", usp_id=key))
    statuses = {cells.value("validation_summary", one, "status") for one in summaries}
    is_denied = not confirmed and CellStatus.INVALIDATED in statuses and CellStatus.MIXED not in statuses
    is_given_up = not is_deployed and _is_given_up(written, key)
    standing = ClaimStanding.GOAL
    if is_denied or is_given_up:
        standing = ClaimStanding.LEFT_OUT
    elif confirmed and is_deployed and not is_made_up:
        standing = ClaimStanding.FACT
    built = BUILT.get(row["maturity"], BUILT[None])
    has_public_limits = bool(row["known_limitation"]) and is_public(written, "usp_register", key)
    heard = _heard(confirmed, statuses, is_denied=is_denied)
    agree, spoke = _counted(written, summaries)
    return SellingPoint(
        key=key,
        name=str(row["name"]),
        standing=standing,
        advice=_advice(standing, is_on_card=row["where_claimed"] == ON_SITE),
        claimed=CLAIMED.get(row["where_claimed"], CLAIMED[None]),
        new_words=_new_words(standing, str(row["claimed_benefit"])),
        is_built=is_deployed,
        built=built,
        heard=heard,
        limits=sentence(str(row["known_limitation"])) if has_public_limits else "",
        headline=str(row["in_headline"] or ""),
        reason=f"{heard} {built}" + (" The work that it needs was dropped." if is_given_up else ""),
        summaries=summaries,
        agree=agree,
        spoke=spoke,
    )


def _confirmed(written: WrittenCells, key: str) -> tuple[str, ...]:
    """Return for whom a selling point is validated, by evidence that nobody made up: all segments, or some by name."""
    cells = written.cells

    def validated(table: str) -> list[str]:
        keys = cells.keys(table, usp_id=key, status=CellStatus.VALIDATED)
        return [one for one in keys if cells.value(table, one, "grade") != Grade.ILLUSTRATIVE]

    if validated("validation_summary"):
        return (written.named("segment_id", None),)
    cell_segments = (cells.value("validation_matrix", one, "segment_id") for one in validated("validation_matrix"))
    return tuple(dict.fromkeys(written.named("segment_id", segment) for segment in cell_segments))


def _is_given_up(written: WrittenCells, key: str) -> bool:
    """Return whether all work that a selling point needs was dropped; False where none is on record."""
    table = "roadmap_deliverables"
    known = set(written.cells.keys(table))
    states = [
        written.cells.value(table, one, "status") if one in known else None
        for one in written.cells.value("usp_register", key, "depends_on")
    ]
    return bool(states) and set(states) == {DROPPED}


def _heard(confirmed: tuple[str, ...], statuses: set[str], *, is_denied: bool) -> str:
    if confirmed == ("All segments",):
        return "Customers confirmed it."
    if confirmed:
        return f"Customers confirmed it in a part of the market: {enumerated(confirmed)}."
    if is_denied:
        return "Customers said that it does not meet their problem."
    if statuses & {CellStatus.MIXED, CellStatus.INVALIDATED}:
        return "Customers do not agree about it."
    return "Customers have not confirmed it."


def _advice(standing: ClaimStanding, *, is_on_card: bool) -> Advice:
    if standing is ClaimStanding.LEFT_OUT:
        return Advice.DROP if is_on_card else Advice.LEAVE_OUT
    if not is_on_card:
        return Advice.ADD
    return Advice.KEEP if standing is ClaimStanding.FACT else Advice.CHANGE


def _new_words(standing: ClaimStanding, said: str) -> str:
    if standing is ClaimStanding.FACT:
        return sentence(said)
    if standing is ClaimStanding.GOAL:
        return f"Our goal: {closed(said)}"
    return ""


def _counted(written: WrittenCells, summaries: tuple[str, ...]) -> tuple[int | None, int | None]:
    """Return who agrees about the problem that most spoke about, and how many spoke; None where too few did."""
    counts = list(_counts(written, summaries))
    return max(counts, key=lambda pair: pair[1]) if counts else (None, None)


def _counts(written: WrittenCells, summaries: tuple[str, ...]) -> Iterator[tuple[int, int]]:
    for one in summaries:
        row = written.cells.row("validation_summary", one)
        if row["sources"] >= FEWEST_ORGANISATIONS and row["grade"] != Grade.ILLUSTRATIVE:
            yield row["supporting"], row["sources"]
