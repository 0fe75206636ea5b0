"""What the readiness rules know, read from the marts and the cost model.

Belongs here: SQL and the way from its rows to `ReadinessInputs`. Writes nothing.
Does not belong here: counting (`measures.py`), rules (`model.py`).
"""

from __future__ import annotations

from typing import Any, Final

import psycopg
from psycopg.rows import dict_row

from assets.costs.budget import budget_state
from assets.evidence.model import Grade
from assets.readiness.measures import (
    BudgetCell,
    Conversations,
    CostCell,
    Deliverable,
    MatrixCell,
    Progress,
    ReadinessInputs,
    Row,
    Segment,
)
from assets.readiness.model import Requirement

SEGMENT_ITEMS: Final = (
    "has_segment",
    "has_market_size",
    "has_problems_and_usps",
    "has_competitors",
    "has_learnings",
    "has_rationale",
)
"""What the milestone asks to capture of a segment; it is captured in full with all of them."""

REQUIREMENTS = """
select
    requirements.requirement_id, requirements.gate_id, requirements.deliverable_id, requirements.title,
    requirements.metric, requirements.comparison, requirements.threshold, requirements.tolerance, requirements.unit,
    requirements.grade, requirements.evidence_ids
from marts.gate_requirements as requirements
inner join marts.evidence_index as typed on typed.evidence_id = requirements.evidence_ids[1]
order by typed.pack <> 'public', typed.file, typed.line
"""
"""In the order in which analysts typed them, which is the order of the report."""

DELIVERABLES = """
select deliverable_id, title, status, actual_value, grade, evidence_ids from marts.milestone_deliverables
order by deliverable_id
"""
PROGRESS = """
select deliverable_id, metric, value, segment_ids, grade, evidence_ids from marts.milestone_progress
order by deliverable_id, metric
"""
CONVERSATIONS = """
select kind, held, held_after_report, segments, segments_with_reported, grade, evidence_ids
from marts.conversations_held order by kind, is_illustrative
"""
SEGMENTS = f"""
select segment_id, {" and ".join(SEGMENT_ITEMS)} as has_all_items, grade, evidence_ids from marts.segment_capture
order by segment_id
"""  # noqa: S608 - column names of this module
USPS = "select grade, evidence_ids from marts.usp_register order by usp_id"
MATRIX = """
select status in ('validated', 'invalidated', 'mixed') as is_decided, grade, evidence_ids
from model.validation_matrix order by usp_id, problem_id, segment_id
"""
COST_CELLS = """
select status = 'estimated' as is_estimated, grade, evidence_ids from model.cost_summary
where is_milestone order by scenario_id, with_rln
"""
BUDGET_CELLS = """
select
    summary.p50_usd_per_month as cost_usd_per_month, scenarios.budget_usd_per_month, summary.grade, summary.evidence_ids
from model.cost_summary as summary
inner join marts.scenarios as scenarios on scenarios.scenario_id = summary.scenario_id
where scenarios.budget_usd_per_month is not null and scenarios.grade <> 'illustrative'
order by summary.scenario_id, summary.with_rln
"""
ARCHIVE_CAPACITIES = """
select grade, evidence_ids from marts.archive_capacity
where is_current and is_released and is_narrowest and per_vcpu_per_s is not null order by capacity_id
"""
"""Of stages that the project released: a candidate of our own is no result of its optimisation."""
EVIDENCE_GRADES = "select evidence_id, grade from marts.evidence_index order by evidence_id"


def read_inputs(connection: psycopg.Connection[Any]) -> ReadinessInputs:
    """Read everything that requirements are measured from."""
    return ReadinessInputs(
        requirements=[Requirement(**row) for row in _rows(connection, REQUIREMENTS)],
        deliverables=[Deliverable(**row) for row in _rows(connection, DELIVERABLES)],
        progress=[Progress(**row) for row in _rows(connection, PROGRESS)],
        conversations=[Conversations(**row) for row in _rows(connection, CONVERSATIONS)],
        segments=[Segment(**row) for row in _rows(connection, SEGMENTS)],
        usps=[Row(**row) for row in _rows(connection, USPS)],
        matrix=[MatrixCell(**row) for row in _rows(connection, MATRIX)],
        cost_cells=[CostCell(**row) for row in _rows(connection, COST_CELLS)],
        budget_cells=[
            BudgetCell(
                row["grade"],
                row["evidence_ids"],
                budget_state(row["cost_usd_per_month"], row["budget_usd_per_month"]) or "unknown",
            )
            for row in _rows(connection, BUDGET_CELLS)
        ],
        archive_capacities=[Row(**row) for row in _rows(connection, ARCHIVE_CAPACITIES)],
        evidence_grades={row["evidence_id"]: row["grade"] for row in _rows(connection, EVIDENCE_GRADES)},
    )


def _rows(connection: psycopg.Connection[Any], query: Any) -> list[dict[str, Any]]:
    """Return rows with typed grades, and arrays as tuples (NULL as an empty one)."""
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(query).fetchall()
    for row in rows:
        row["grade"] = Grade(row["grade"])
        for name in ("evidence_ids", "segment_ids"):
            if name in row:
                row[name] = tuple(row[name] or ())
    return rows
