"""How a gate is called, and a count is said, in plain words: "Two of about ten interviews are on record".

Belongs here: titles of gates, nouns of the metrics, and sentences made of them. Does not belong here: what is counted
(`measures.py`) and whether it is enough (`model.py`). No number is spelt here: all come from evidence.
"""

from __future__ import annotations

from dataclasses import dataclass

from assets.common.words import number


@dataclass(frozen=True)
class Wording:
    """`noun` and `nouns` name what is counted, `predicate` follows "is" or "are"."""

    noun: str
    nouns: str
    predicate: str


@dataclass(frozen=True)
class Asked:
    """How many are asked for: `low`, to `high` if there is one; `is_about` where fewer or other numbers do as well."""

    low: float
    high: float | None = None
    is_about: bool = False

    @property
    def text(self) -> str:
        """The number in words."""
        text = number(self.low) if self.high is None else f"{number(self.low)} to {number(self.high)}"
        return f"about {text}" if self.is_about else text


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
    "cells_estimated": Wording("cost case", "cost cases", "estimated and able to run"),
    "cells_within_budget": Wording("cost case", "cost cases", "within the budget of its scenario"),
    "postgres_phase_2_results": Wording(
        "result of PostgreSQL Optimisation phase 2", "results of PostgreSQL Optimisation phase 2", "public"
    ),
    "whitepapers": Wording("whitepaper", "whitepapers", "public"),
    "pages": Wording("page of the whitepaper", "pages of the whitepaper", "public"),
    "register_entries": Wording("USP", "USPs", "in the register"),
    "validation_matrix": Wording(
        "validation matrix with a decided cell", "validation matrices with a decided cell", "on record"
    ),
    "usps_named_on_site": Wording("USP", "USPs", "named on the website"),
    "segments_identified": Wording("segment", "segments", "reported by the team as identified"),
    "segments_fully_captured": Wording("segment", "segments", "captured in full in this record"),
    "segment_documents": Wording("document on the segments", "documents on the segments", "public"),
    "crm_organisations_with_segment": Wording(
        "organisation with a segment in the CRM", "organisations with a segment in the CRM", "on record"
    ),
    "interviews_held": Wording("interview", "interviews", "on record"),
    "interview_segments": Wording("segment", "segments", "covered by interviews"),
    "interview_questions": Wording("question of the interviews", "questions of the interviews", "on record"),
    "interviews_captured": Wording(
        "update of the validation matrix from what customers said",
        "updates of the validation matrix from what customers said",
        "on record",
    ),
    "segment_reviews": Wording(
        "review of the segments after the interviews", "reviews of the segments after the interviews", "on record"
    ),
    "sessions_held": Wording("co-design session", "co-design sessions", "on record"),
    "sessions_at_devcon_2024": Wording(
        "co-design session at Devcon 2024", "co-design sessions at Devcon 2024", "on record"
    ),
    "sessions_with_engineer": Wording(
        "co-design session with an engineer", "co-design sessions with an engineer", "on record"
    ),
    "mvp_outlines": Wording("outline of the MVP", "outlines of the MVP", "public"),
    "mvp_gaps": Wording(
        "deliverable that the MVP review asks for", "deliverables that the MVP review asks for", "on record"
    ),
    "mvp_customers_told": Wording(
        "customer who was told of the MVP", "customers who were told of the MVP", "on record"
    ),
}
"""By metric. Each metric that `measures.py` knows has one."""


def counted(metric: str, value: float, asked: Asked) -> str:
    """Say how many there are of how many."""
    words = WORDING[metric]
    is_one_of_one = asked.low == 1 and asked.high is None
    if is_one_of_one and value in (0, 1):
        return f"{'one' if value else 'no'} {words.noun} is {words.predicate}"
    if value > asked.low or (asked.high is not None and value == asked.low):
        was = "was" if is_one_of_one else "were"
        return f"{number(value)} {words.nouns} are {words.predicate}, {asked.text} {was} asked for"
    return f"{number(value)} of {asked.text} {words.nouns} {'is' if value <= 1 else 'are'} {words.predicate}"


def not_counted(metric: str, why: str) -> str:
    """Say that the number is not known, and why."""
    return f"the number of {WORDING[metric].nouns} is not known: {why}"


def inferred_absent(metric: str) -> str:
    """Say that nothing was found, and that nothing more than that shows that there is nothing."""
    return f"no {WORDING[metric].noun} was found (inferred from absence)"


def beside(what: str) -> str:
    """Say what stands beside a number and is not part of it."""
    return f"not counted: {what}"
