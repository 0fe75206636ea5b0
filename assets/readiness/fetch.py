"""What the readiness rules know, read from the marts and the cost model.

Belongs here: SQL and the way from its rows to `ReadinessInputs`. Writes nothing.
Does not belong here: counting (`measures.py`), rules (`model.py`).
"""

from __future__ import annotations

import re
from typing import Any, Final

import psycopg

from assets.common.tables import read_frozen_rows
from assets.costs.budget import budget_state
from assets.evidence.basis import with_basis
from assets.evidence.counters import parameters_of
from assets.evidence.model import Grade
from assets.readiness.inputs import (
    BudgetCell,
    Conversations,
    CostCell,
    CrmOrganisation,
    KnownQuestionSet,
    MatrixCell,
    MilestoneDeliverable,
    NewestProgress,
    ReadinessInputs,
    ReadinessRow,
    RegisteredUsp,
    SegmentCapture,
    SegmentRank,
)
from assets.readiness.model import Milestone, Requirement
from assets.readiness.wording import Words

SEGMENT_ITEMS: Final = (
    "has_segment",
    "has_market_size",
    "has_problems_and_usps",
    "has_competitors",
    "has_learnings",
    "has_rationale",
)
"""What the milestone asks to capture of a segment; it is captured in full with all of them."""

QUERIES: Final = {
    # A made-up milestone asks for nothing, as its gates do.
    "milestones": """
select milestone_id, title, question, is_default, grade, evidence_ids from marts.milestones
where grade <> 'illustrative' order by position
""",
    "requirements": """
select
    requirement_id, milestone_id, gate_id, gate_title, deliverable_id, title, quote, metric, noun, nouns, predicate,
    counter, parameters, stand_in, comparison, threshold, threshold_high, tolerance, unit, stale_after_days, grade,
    evidence_ids
from marts.gate_requirements order by position
""",
    "deliverables": """
select deliverable_id, title, status, basis as stated, actual_value, contradicting_ids, grade, evidence_ids
from marts.milestone_deliverables order by deliverable_id
""",
    "progress": """
select deliverable_id, metric, value, segment_ids, contradicting_ids, grade, evidence_ids from marts.milestone_progress
order by deliverable_id, metric
""",
    "conversations": """
select
    kind, held, held_after_report, held_with_engineer, questions, segments, segments_with_reported, events, grade,
    evidence_ids
from marts.conversations_held order by kind, is_illustrative
""",
    "segments": f"""
select segment_id, {" and ".join(SEGMENT_ITEMS)} as has_all_items, grade, evidence_ids from marts.segment_capture
order by segment_id
""",  # noqa: S608 - column names of this module
    # Numbers measured about a USP do not mention whether it is claimed.
    "usps": """
select
    is_on_site, grade,
    array(select id from unnest(evidence_ids) as id where id ~ '^segments__usp(s|_states)/') as evidence_ids
from marts.usp_register order by usp_id
""",
    "matrix": """
select status in ('validated', 'invalidated', 'mixed') as is_decided, interviews, grade, evidence_ids
from model.validation_matrix order by usp_id, problem_id, segment_id
""",
    "cost_cells": """
select
    scenarios.profile_id, summary.status = 'estimated' as is_estimated, summary.is_feasible,
    summary.rpc_p50_usd_per_month as rpc_usd_per_month, coalesce(summary.reason, '') as reason, summary.grade,
    summary.evidence_ids
from model.cost_summary as summary
inner join marts.scenarios as scenarios on scenarios.scenario_id = summary.scenario_id
where summary.is_milestone order by summary.scenario_id, summary.with_rln
""",
    "budget_cells": """
select
    summary.all_in_p50_usd_per_month as cost_usd_per_month, scenarios.budget_usd_per_month, summary.grade,
    summary.evidence_ids
from model.cost_summary as summary
inner join marts.scenarios as scenarios on scenarios.scenario_id = summary.scenario_id
where scenarios.budget_usd_per_month is not null and scenarios.grade <> 'illustrative'
order by summary.scenario_id, summary.with_rln
""",
    # Of stages that the project released: a candidate of our own is no result of its optimisation.
    "archive_capacities": """
select grade, evidence_ids from marts.archive_capacity
where is_current and is_released and is_narrowest and per_vcpu_per_s is not null order by capacity_id
""",
    # Organisations with a row in the team's CRM. Evidence ids of public sources are left out.
    "crm_organisations": """
select is_segment_in_crm as has_segment, grade, evidence_ids from (
    select
        organisation_id, is_segment_in_crm, grade,
        array(select id from unnest(evidence_ids) as id where id like 'segments%organisations/%') as evidence_ids
    from marts.organisations
) as organisations
where cardinality(evidence_ids) > 0 order by organisation_id
""",
    "question_sets": "select questions, grade, evidence_ids from marts.question_sets order by question_set_id",
    "ranking": """
select decision <> 'undecided' as is_decided, grade, evidence_ids from model.segment_ranking order by segment_id
""",
    "evidence": "select evidence_id, grade, as_of from marts.evidence_index order by evidence_id",
}
READ: Final = sorted(
    {found for query in QUERIES.values() for found in re.findall(r"(?:from|join) (\w+)\.(\w+)", query)}
)
"""Schema and name of each table that is read."""


def read_inputs(connection: psycopg.Connection[Any]) -> ReadinessInputs:
    """Read everything that requirements are measured from."""
    evidence = read_frozen_rows(connection, QUERIES["evidence"])
    return ReadinessInputs(
        milestones=[
            Milestone(row["milestone_id"], row["title"], row["question"], row["is_default"])
            for row in _graded(connection, "milestones")
        ],
        requirements=[_requirement(**row) for row in _graded(connection, "requirements")],
        deliverables=[MilestoneDeliverable(**row) for row in _graded(connection, "deliverables")],
        progress=[NewestProgress(**row) for row in _graded(connection, "progress")],
        conversations=[Conversations(**row) for row in _graded(connection, "conversations")],
        segments=[SegmentCapture(**row) for row in _graded(connection, "segments")],
        usps=[RegisteredUsp(**row) for row in _graded(connection, "usps")],
        matrix=[MatrixCell(**row) for row in _graded(connection, "matrix")],
        cost_cells=[CostCell(**row) for row in _graded(connection, "cost_cells")],
        budget_cells=[
            BudgetCell(
                row["basis"],
                budget_state(row["cost_usd_per_month"], row["budget_usd_per_month"]) or "unknown",
            )
            for row in _graded(connection, "budget_cells")
        ],
        archive_capacities=[ReadinessRow(**row) for row in _graded(connection, "archive_capacities")],
        crm_organisations=[CrmOrganisation(**row) for row in _graded(connection, "crm_organisations")],
        question_sets=[KnownQuestionSet(**row) for row in _graded(connection, "question_sets")],
        ranking=[SegmentRank(**row) for row in _graded(connection, "ranking")],
        evidence_grades={row["evidence_id"]: Grade(row["grade"]) for row in evidence},
        evidence_days={row["evidence_id"]: row["as_of"] for row in evidence},
    )


def _requirement(noun: str, nouns: str, predicate: str, counter: str, parameters: list[str], **row: Any) -> Requirement:
    return Requirement(words=Words(noun, nouns, predicate), counter=parameters_of(counter, parameters), **row)


def _graded(connection: psycopg.Connection[Any], query: str) -> list[dict[str, Any]]:
    """Return rows of a query, by its name, with what they are based on, and no segments where they are NULL."""
    rows = map(with_basis, read_frozen_rows(connection, QUERIES[query]))
    return [row | {"segment_ids": row["segment_ids"] or ()} if "segment_ids" in row else row for row in rows]
