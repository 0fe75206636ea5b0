"""What the milestone asks for and what is on public record, in small: a base that tests change one thing of."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from assets.evidence.model import Grade
from assets.readiness.measures import CostCell, Deliverable, Progress, ReadinessInputs, Row, Segment
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
    )
    return replace(row, **changes)


REQUIREMENTS = (
    requirement("cost", "cost_self_host", "cells_estimated", 8, unit="estimates"),
    requirement("cost", "cost_self_host", "archive_capacity_results", 1, unit="results"),
    requirement("whitepaper", "whitepaper", "pages", 15, comparison="within", tolerance=2, unit="pages"),
    requirement("usps", "potential_usps", "register_entries", 1, unit="entries"),
    requirement("usps", "potential_usps", "validation_matrix", 1, unit="matrices"),
    requirement("usps", "potential_usps", "site_page", 1, unit="web_pages"),
    requirement("target_customers", "target_customers", "segments_identified", 5, unit="segments"),
    requirement("target_customers", "target_customers", "segments_fully_captured", 5, unit="segments"),
    requirement("interviews", "customer_interviews", "interviews_held", 10, unit="interviews"),
    requirement("interviews", "customer_interviews", "interview_segments", 5, unit="segments"),
    requirement("codesign", "codesign_sessions", "sessions_held", 3, unit="sessions"),
    requirement("mvp_review", "review_mvp", "review_published", 1, unit="reviews"),
)


def deliverable(name: str, status: str, actual: float | None = None, grade: Grade = ESTIMATED) -> Deliverable:
    title = name.replace("_", " ").capitalize()
    return Deliverable(grade, (f"roadmap__deliverables/{name}",), name, title, status, actual)


def progress(
    name: str, metric: str, value: float, segment_ids: tuple[str, ...] = (), grade: Grade = PUBLISHED
) -> Progress:
    return Progress(grade, (f"roadmap__milestone_progress/{name}_{metric}",), name, metric, value, segment_ids)


def segment(name: str, *, has_all_items: bool, grade: Grade = PUBLISHED) -> Segment:
    return Segment(grade, (f"segments__segments/{name}",), name, has_all_items)


def cost_cell(name: str, *, is_estimated: bool) -> CostCell:
    return CostCell(ESTIMATED if is_estimated else NOT_FOUND, (f"costs__scenarios/{name}",), is_estimated)


DELIVERABLES = (
    deliverable("cost_self_host", "partial", 0),
    deliverable("postgres_opt_phase_2", "unknown"),
    deliverable("whitepaper", "not_done", 0),
    deliverable("potential_usps", "done", 4),
    deliverable("target_customers", "partial", 3),
    deliverable("customer_interviews", "partial", 2),
    deliverable("codesign_sessions", "partial", 1),
    deliverable("review_mvp", "done_privately"),
)
PROGRESS = (
    progress("potential_usps", "matrix_reworks", 1),
    progress("potential_usps", "site_feature_cards_changed", 4),
    progress("target_customers", "segments_identified", 3),
    progress("customer_interviews", "interviews_held_cumulative", 2, ("zk_identity", "gaming")),
    progress("codesign_sessions", "sessions_held_cumulative", 1),
)
SEGMENTS = (segment("gaming", has_all_items=True), segment("zk_identity", has_all_items=False))
USPS = (Row(PUBLISHED, ("segments__usps/gasless",)), Row(ESTIMATED, ("segments__usps/offline_store",)))
CELLS = tuple(cost_cell(f"scenario_{number}", is_estimated=True) for number in range(8))


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
        **changes,
    }
    rows = [row for part in parts.values() for row in part]
    grades = {evidence_id: row.grade for row in rows for evidence_id in row.evidence_ids}
    # An unknown cell still names its scenario, which is known.
    grades |= {evidence_id: ESTIMATED for row in parts["cost_cells"] for evidence_id in row.evidence_ids}
    return ReadinessInputs(**parts, evidence_grades=grades)
