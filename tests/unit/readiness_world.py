"""What the milestone asks for and what is on public record, in small: a base that tests change one thing of."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

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
from assets.readiness.model import Requirement

PUBLISHED, ESTIMATED, ILLUSTRATIVE, NOT_FOUND = Grade.PUBLISHED, Grade.ESTIMATED, Grade.ILLUSTRATIVE, Grade.NOT_FOUND


def requirement(gate: str, deliverable: str, metric: str, threshold: float | None, **changes: Any) -> Requirement:
    row = Requirement(
        requirement_id=f"{gate}_{metric}",
        gate_id=gate,
        deliverable_id=deliverable,
        title=metric.replace("_", " "),
        metric=metric,
        comparison="at_least",
        threshold=threshold,
        tolerance=None,
        unit="things",
        grade=PUBLISHED,
        evidence_ids=(f"readiness__gate_requirements/{gate}_{metric}",),
        quote=f"The words on {metric}",
        stale_after_days=365,
    )
    return replace(row, **changes)


REQUIREMENTS = (
    requirement("cost", "cost_self_host", "cells_estimated", 8, unit="estimates", stale_after_days=180),
    requirement("cost", "cost_self_host", "postgres_phase_2_results", 1, unit="results"),
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
    name: str, status: str, actual: float | None = None, grade: Grade = ESTIMATED, basis: str = "reported"
) -> MilestoneDeliverable:
    title = name.replace("_", " ").capitalize()
    return MilestoneDeliverable(grade, (f"roadmap__deliverable_states/{name}",), name, title, status, actual, basis)


def progress(
    name: str, metric: str, value: float | None, segment_ids: tuple[str, ...] = (), grade: Grade = PUBLISHED
) -> NewestProgress:
    return NewestProgress(grade, (f"roadmap__milestone_progress/{name}_{metric}",), name, metric, value, segment_ids)


def segment(name: str, *, has_all_items: bool, grade: Grade = PUBLISHED) -> SegmentCapture:
    return SegmentCapture(grade, (f"segments__segments/{name}",), name, has_all_items)


def usp(name: str, *, is_on_site: bool, grade: Grade = PUBLISHED) -> RegisteredUsp:
    return RegisteredUsp(grade, (f"segments__usps/{name}",), is_on_site)


def cost_cell(name: str, **changes: Any) -> CostCell:
    """A case of a community that is estimated, can run and has RPC in it."""
    cell = CostCell(
        grade=ESTIMATED,
        evidence_ids=(f"costs__scenarios/{name}",),
        profile_id="community",
        is_estimated=True,
        is_feasible=True,
        rpc_usd_per_month=12.5,
    )
    return replace(cell, **changes)


def cost_not_known(name: str, reason: str = "missing: a price") -> CostCell:
    return cost_cell(name, grade=NOT_FOUND, is_estimated=False, rpc_usd_per_month=None, reason=reason)


DELIVERABLES = (
    deliverable("cost_self_host", "partial", basis="inferred_from_absence"),
    deliverable("postgres_opt_phase_2", "unknown", basis="judged"),
    deliverable("whitepaper", "not_done", basis="inferred_from_absence"),
    deliverable("potential_usps", "done", basis="judged"),
    deliverable("target_customers", "partial", 3),
    deliverable("customer_interviews", "partial", 2),
    deliverable("codesign_sessions", "partial", 1),
    deliverable("review_mvp", "done_privately", basis="judged"),
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
QUESTION_SETS = (KnownQuestionSet(ESTIMATED, ("interviews__question_sets/core",), 5),)
CELLS = tuple(cost_cell(f"scenario_{number}") for number in range(8))
CAPACITY = ReadinessRow(PUBLISHED, ("benchmarks__runs/run_a",))
DAY = date(2025, 6, 30)
"""Of all evidence."""


def world(**changes: Any) -> ReadinessInputs:
    """The public record, with `changes` of its parts. The grades of single rows follow from the rows."""
    parts: dict[str, Any] = {
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
    rows = [row for part in parts.values() for row in part]
    grades = {evidence_id: row.grade for row in rows for evidence_id in row.evidence_ids}
    # An unknown cell still names its scenario, which is known.
    grades |= {evidence_id: ESTIMATED for row in parts["cost_cells"] for evidence_id in row.evidence_ids}
    # The day of a conversation is not published.
    days = {name: None if name.startswith("interviews__interviews/") else DAY for name in grades}
    return ReadinessInputs(**parts, evidence_grades=grades, evidence_days=days)
