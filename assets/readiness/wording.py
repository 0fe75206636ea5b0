"""How a gate is called, and a count is said, in plain words: "Two of ten interviews are on record".

Belongs here: titles of gates, nouns of the metrics, and sentences made of them. Does not belong here: what is counted
(`measures.py`) and whether it is enough (`model.py`). No number is spelt here: all come from evidence.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

NUMBERS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


@dataclass(frozen=True)
class Wording:
    """`noun` and `nouns` name what is counted, `predicate` follows "is" or "are"."""

    noun: str
    nouns: str
    predicate: str


GATE_TITLES: dict[str, str] = {
    "cost": "Define cost (self-host)",
    "whitepaper": "The Waku Whitepaper",
    "usps": "Define potential USPs",
    "target_customers": "Define target customers",
    "interviews": "Customer Interviews",
    "codesign": "Co-design sessions (Devcon 2024)",
    "mvp_review": "Review Waku MVP",
}
"""By gate, the title of its deliverable. A title is a label and no evidence: it holds on every day, also on one on
which the row of the deliverable was not known yet."""

WORDING: dict[str, Wording] = {
    "cells_estimated": Wording("cost case", "cost cases", "estimated"),
    "cells_within_budget": Wording("cost case", "cost cases", "within the budget of its scenario"),
    "archive_capacity_results": Wording(
        "capacity result of the PostgreSQL optimisation",
        "capacity results of the PostgreSQL optimisation",
        "on record",
    ),
    "pages": Wording("page of the whitepaper", "pages of the whitepaper", "on public record"),
    "register_entries": Wording("USP", "USPs", "in the register"),
    "validation_matrix": Wording("validation matrix", "validation matrices", "on record"),
    "site_page": Wording("web page", "web pages", "reported to name the USPs"),
    "segments_identified": Wording("segment", "segments", "identified on public record"),
    "segments_fully_captured": Wording("segment", "segments", "captured in full"),
    "interviews_held": Wording("interview", "interviews", "on record"),
    "interview_segments": Wording("segment", "segments", "covered by interviews"),
    "sessions_held": Wording("co-design session", "co-design sessions", "on record"),
    "review_published": Wording("review of the MVP", "reviews of the MVP", "public"),
}
"""By metric. Each metric that `measures.py` knows has one."""


def number(value: float) -> str:
    """Say a small whole number in words, any other in digits."""
    is_small = value == int(value) and 0 <= value < len(NUMBERS)
    return NUMBERS[int(value)] if is_small else f"{value:,.10g}"


def counted(metric: str, value: float, threshold: float, *, is_about: bool) -> str:
    """Say how many there are of how many; `is_about` where the number that was asked for has a tolerance."""
    words = WORDING[metric]
    if threshold == 1 and value in (0, 1):
        return f"{'one' if value else 'no'} {words.noun} is {words.predicate}"
    if value > threshold and not is_about:
        return f"{number(value)} {words.nouns} are {words.predicate}, {number(threshold)} {_was(threshold)} asked for"
    asked_for = f"about {number(threshold)}" if is_about else number(threshold)
    return f"{number(value)} of {asked_for} {words.nouns} {'is' if value <= 1 else 'are'} {words.predicate}"


def not_counted(metric: str, why: str) -> str:
    """Say that the number is not known, and why."""
    return f"{WORDING[metric].nouns} cannot be counted: {why}"


def sentence(clauses: Iterable[str]) -> str:
    """Join clauses to one sentence."""
    text = "; ".join(clauses)
    return f"{text[:1].upper()}{text[1:]}."


def enumerated(names: Iterable[str]) -> str:
    """Join names as in "a, b and c"."""
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def _was(count: float) -> str:
    return "was" if count == 1 else "were"
