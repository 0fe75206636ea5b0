"""What the milestone asks for and what is on public record, in small: a base that tests change one thing of."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from assets.evidence.counters import StandIn, parameters_of
from assets.evidence.model import Grade
from assets.readiness.inputs import (
    CostCell,
    KnownQuestionSet,
    MilestoneDeliverable,
    NewestProgress,
    ReadinessInputs,
    ReadinessRow,
    RegisteredUsp,
    SegmentCapture,
)
from assets.readiness.model import Milestone, Requirement
from assets.readiness.selection import TABLES
from assets.readiness.wording import Words
from tests.unit.bases import based

PUBLISHED, ESTIMATED, ILLUSTRATIVE, NOT_FOUND = Grade.PUBLISHED, Grade.ESTIMATED, Grade.ILLUSTRATIVE, Grade.NOT_FOUND


COUNTED: dict[str, tuple[str, str, StandIn | None, Words]] = {
    "cells_estimated": (
        "cost_cells",
        "what=estimated",
        None,
        Words("cost case", "cost cases", "estimated and able to run"),
    ),
    "postgres_phase_2_results": (
        "deliverable_state",
        "deliverable_id=postgres_opt_phase_2;what=amount_or_done",
        "archive_capacities",
        Words("result of PostgreSQL Optimisation phase 2", "results of PostgreSQL Optimisation phase 2", "public"),
    ),
    "whitepapers": ("deliverable_state", "what=done", None, Words("whitepaper", "whitepapers", "public")),
    "pages": (
        "deliverable_state",
        "what=amount",
        None,
        Words("page of the whitepaper", "pages of the whitepaper", "public"),
    ),
    "register_entries": ("usps", "what=in_register", None, Words("USP", "USPs", "in the register")),
    "validation_matrix": (
        "matrix",
        "what=decided;metric=matrices_published",
        "reworked_matrix",
        Words("validation matrix with a decided cell", "validation matrices with a decided cell", "on record"),
    ),
    "usps_named_on_site": ("usps", "what=on_site", None, Words("USP", "USPs", "named on the website")),
    "segments_identified": (
        "reported_progress",
        "metric=segments_identified",
        None,
        Words("segment", "segments", "reported by the team as identified"),
    ),
    "segments_fully_captured": (
        "segments",
        "what=captured",
        None,
        Words("segment", "segments", "captured in full in this record"),
    ),
    "segment_documents": (
        "reported_progress",
        "metric=segment_documents",
        "captured_segments",
        Words("document on the segments", "documents on the segments", "public"),
    ),
    "crm_organisations_with_segment": (
        "crm_organisations",
        "metric=organisations_with_segment",
        None,
        Words("organisation with a segment in the CRM", "organisations with a segment in the CRM", "on record"),
    ),
    "interviews_held": (
        "conversations",
        "kind=interview;what=held;metric=interviews_held_cumulative",
        None,
        Words("interview", "interviews", "on record"),
    ),
    "interview_segments": (
        "conversations",
        "kind=interview;what=segments;metric=interviews_held_cumulative",
        None,
        Words("segment", "segments", "covered by interviews"),
    ),
    "interview_questions": (
        "conversations",
        "kind=interview;what=questions;metric=questions_in_set",
        "question_sets",
        Words("question of the interviews", "questions of the interviews", "on record"),
    ),
    "interviews_captured": (
        "matrix",
        "what=filled_by_interviews;deliverable_id=potential_usps;metric=matrix_filled_from_calls",
        None,
        Words(
            "update of the validation matrix from what customers said",
            "updates of the validation matrix from what customers said",
            "on record",
        ),
    ),
    "segment_reviews": (
        "segment_reviews",
        "metric=segment_reviews",
        "segment_ranking",
        Words(
            "review of the segments after the interviews", "reviews of the segments after the interviews", "on record"
        ),
    ),
    "sessions_held": (
        "conversations",
        "kind=session;what=held;metric=sessions_held_cumulative",
        None,
        Words("co-design session", "co-design sessions", "on record"),
    ),
    "sessions_at_devcon_2024": (
        "sessions_at_event",
        "event=devcon_2024;metric=sessions_at_devcon_2024",
        None,
        Words("co-design session at Devcon 2024", "co-design sessions at Devcon 2024", "on record"),
    ),
    "sessions_with_engineer": (
        "conversations",
        "kind=session;what=with_engineer;metric=sessions_with_engineer",
        None,
        Words("co-design session with an engineer", "co-design sessions with an engineer", "on record"),
    ),
    "mvp_outlines": (
        "reported_progress",
        "metric=outlines_published",
        None,
        Words("outline of the MVP", "outlines of the MVP", "public"),
    ),
    "mvp_gaps": (
        "reported_progress",
        "metric=gap_deliverables_named",
        None,
        Words("deliverable that the MVP review asks for", "deliverables that the MVP review asks for", "on record"),
    ),
    "mvp_customers_told": (
        "reported_progress",
        "metric=customers_told",
        None,
        Words("customer who was told of the MVP", "customers who were told of the MVP", "on record"),
    ),
    "cells_within_budget": (
        "cost_cells",
        "what=within_budget",
        None,
        Words("cost case", "cost cases", "within the budget of its scenario"),
    ),
}
"""By metric of the milestone: what counts it, what that is stated, what stands beside, and how it is said."""

MILESTONE = Milestone("fit", "Product market-fit", "Is the MVP ready for its market?", is_default=True)

GATE_TITLES = {
    "cost": "Define cost (self-host)",
    "whitepaper": "The Waku Whitepaper",
    "usps": "Define potential USPs",
    "target_customers": "Define target customers",
    "interviews": "Customer Interviews",
    "codesign": "Co-design sessions (Devcon 2024)",
    "mvp_review": "Review Waku MVP",
}


def requirement(
    gate: str,
    deliverable: str,
    metric: str,
    threshold: float | None,
    grade: Grade = PUBLISHED,
    **changes: Any,
) -> Requirement:
    counter, parameters, stand_in, words = COUNTED[metric]
    row = Requirement(
        requirement_id=f"{gate}_{metric}",
        milestone_id=MILESTONE.milestone_id,
        gate_id=gate,
        gate_title=GATE_TITLES.get(gate, gate),
        deliverable_id=deliverable,
        title=metric.replace("_", " "),
        metric=metric,
        words=words,
        counter=parameters_of(counter, parameters.split(";")),
        comparison="at_least",
        threshold=threshold,
        tolerance=None,
        unit="things",
        basis=based(grade, f"readiness__gate_requirements/{gate}_{metric}"),
        quote=f"The words on {metric}",
        stale_after_days=365,
        stand_in=stand_in,
    )
    return replace(row, **changes)


REQUIREMENTS = (
    requirement("cost", "cost_self_host", "cells_estimated", 8, unit="estimates", stale_after_days=180),
    requirement("cost", "cost_self_host", "postgres_phase_2_results", 1, unit="results"),
    requirement("cost", "cost_self_host", "cells_within_budget", None, comparison="all", unit="cost_cases"),
    requirement("whitepaper", "whitepaper", "whitepapers", 1, unit="papers"),
    requirement("whitepaper", "whitepaper", "pages", 15, comparison="within", tolerance=2, unit="pages"),
    requirement("usps", "potential_usps", "register_entries", 1, unit="entries"),
    requirement("usps", "potential_usps", "validation_matrix", 1, unit="matrices"),
    requirement("usps", "potential_usps", "usps_named_on_site", None, comparison="all", unit="entries"),
    requirement("target_customers", "target_customers", "segments_identified", 5, tolerance=1, unit="segments"),
    requirement("target_customers", "target_customers", "segments_fully_captured", 5, tolerance=1, unit="segments"),
    requirement("target_customers", "target_customers", "segment_documents", 1, unit="documents"),
    requirement("target_customers", "target_customers", "crm_organisations_with_segment", 1, unit="organisations"),
    requirement("interviews", "customer_interviews", "interviews_held", 10, tolerance=2, unit="interviews"),
    requirement("interviews", "customer_interviews", "interview_segments", 5, tolerance=1, unit="segments"),
    requirement("interviews", "customer_interviews", "interview_questions", 5, tolerance=1, unit="questions"),
    requirement("interviews", "customer_interviews", "interviews_captured", 1, unit="updates"),
    requirement("interviews", "customer_interviews", "segment_reviews", 1, unit="reviews"),
    requirement(
        "codesign", "codesign_sessions", "sessions_held", 3, comparison="between", threshold_high=4, unit="sessions"
    ),
    requirement(
        "codesign",
        "codesign_sessions",
        "sessions_at_devcon_2024",
        3,
        comparison="between",
        threshold_high=4,
        unit="sessions",
    ),
    requirement("mvp_review", "review_mvp", "mvp_outlines", 1, unit="documents"),
    requirement("mvp_review", "review_mvp", "mvp_gaps", 1, unit="deliverables"),
    requirement("mvp_review", "review_mvp", "mvp_customers_told", 1, unit="customers"),
)


def deliverable(
    name: str, status: str, actual: float | None = None, grade: Grade = ESTIMATED, stated: str = "reported"
) -> MilestoneDeliverable:
    title = name.replace("_", " ").capitalize()
    return MilestoneDeliverable(
        based(grade, f"roadmap__deliverable_states/{name}"), name, title, status, actual, stated
    )


def progress(
    name: str, metric: str, value: float | None, segment_ids: tuple[str, ...] = (), grade: Grade = PUBLISHED
) -> NewestProgress:
    return NewestProgress(
        based(grade, f"roadmap__milestone_progress/{name}_{metric}"), name, metric, value, segment_ids
    )


def segment(name: str, *, has_all_items: bool, grade: Grade = PUBLISHED) -> SegmentCapture:
    return SegmentCapture(based(grade, f"segments__segments/{name}"), name, has_all_items)


def usp(name: str, *, is_on_site: bool, grade: Grade = PUBLISHED) -> RegisteredUsp:
    return RegisteredUsp(based(grade, f"segments__usps/{name}"), is_on_site)


def cost_cell(name: str, grade: Grade = ESTIMATED, **changes: Any) -> CostCell:
    """A case of a community that is estimated, can run and has RPC in it."""
    cell = CostCell(
        basis=based(grade, f"costs__scenarios/{name}"),
        profile_id="community",
        is_estimated=True,
        is_feasible=True,
        rpc_usd_per_month=12.5,
    )
    return replace(cell, **changes)


def cost_not_known(name: str, reason: str = "missing: a price") -> CostCell:
    return cost_cell(name, grade=NOT_FOUND, is_estimated=False, rpc_usd_per_month=None, reason=reason)


DELIVERABLES = (
    deliverable("cost_self_host", "partial", stated="inferred_from_absence"),
    deliverable("postgres_opt_phase_2", "unknown", stated="judged"),
    deliverable("whitepaper", "not_done", stated="inferred_from_absence"),
    deliverable("potential_usps", "done", stated="judged"),
    deliverable("target_customers", "partial", 3),
    deliverable("customer_interviews", "partial", 2),
    deliverable("codesign_sessions", "partial", 1),
    deliverable("review_mvp", "done_privately", stated="judged"),
)
PROGRESS = (
    progress("potential_usps", "matrix_reworks", 1),
    progress("potential_usps", "matrices_published", None, grade=NOT_FOUND),
    progress("target_customers", "segments_identified", 3),
    progress("customer_interviews", "interviews_held_cumulative", 2, ("zk_identity", "gaming")),
    progress("potential_usps", "matrix_filled_from_calls", 1),
    progress("customer_interviews", "questions_in_set", None, grade=NOT_FOUND),
    progress("codesign_sessions", "sessions_held_cumulative", 1),
    progress("codesign_sessions", "sessions_at_devcon_2024", None, grade=NOT_FOUND),
    progress("review_mvp", "gap_deliverables_named", 1),
)
SEGMENTS = (segment("gaming", has_all_items=True), segment("zk_identity", has_all_items=False))
USPS = (usp("gasless", is_on_site=True), usp("offline_store", is_on_site=False, grade=ESTIMATED))
QUESTION_SETS = (KnownQuestionSet(based(ESTIMATED, "interviews__question_sets/core"), 5),)
CELLS = tuple(cost_cell(f"scenario_{number}") for number in range(8))
CAPACITY = ReadinessRow(based(PUBLISHED, "benchmarks__runs/run_a"))
DAY = date(2025, 6, 30)
"""Of all evidence."""


def world(**changes: Any) -> ReadinessInputs:
    """The public record, with `changes` of its parts. The grades of single rows follow from the rows."""
    parts: dict[str, Any] = {
        "milestones": (MILESTONE,),
        "requirements": REQUIREMENTS,
        "deliverables": DELIVERABLES,
        "progress": PROGRESS,
        "conversations": (),
        "segments": SEGMENTS,
        "usps": USPS,
        "cost_cells": CELLS,
        "question_sets": QUESTION_SETS,
        "archive_capacities": (CAPACITY,),
        **changes,
    }
    rows = [row for name, part in parts.items() if name != "milestones" for row in part]
    grades = {evidence_id: row.basis.grade for row in rows for evidence_id in row.basis.ids}
    # An unknown cell still names its scenario, which is known.
    grades |= {evidence_id: ESTIMATED for row in parts["cost_cells"] for evidence_id in row.basis.ids}
    # The day of a conversation is not published.
    days = {name: None if name.startswith("interviews__interviews/") else DAY for name in grades}
    return ReadinessInputs(**parts, evidence_grades=grades, evidence_days=days)


def tables(**rows: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Tables with these rows, of which all that is not said is empty; published, and based on a row of their own."""
    based = {"grade": "published", "evidence_ids": ["t/a"]}
    return {
        name: [{**dict.fromkeys(table.columns), **based, **row} for row in rows.get(name, [])]
        for name, table in TABLES.items()
    }
