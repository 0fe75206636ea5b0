"""From the tables of marts and models to what requirements are counted from: the same from a warehouse and a release.

Belongs here: which tables and columns are read, which of their rows count, pure. Does not belong here: SQL
(`fetch.py`), counting (`measures.py`), rules (`model.py`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from assets.costs.budget import budget_state
from assets.evidence.basis import BASIS_COLUMNS, Basis
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

SelectedRow: TypeAlias = Mapping[str, Any]

SEGMENT_ITEMS: Final = (
    "has_segment",
    "has_market_size",
    "has_problems_and_usps",
    "has_competitors",
    "has_learnings",
    "has_rationale",
)
"""What the milestone asks to capture of a segment; it is captured in full with all of them."""
DECIDED = frozenset({"validated", "invalidated", "mixed"})
"""States of a cell of the matrix of which enough was said."""
OF_USPS = re.compile(r"segments__usp(s|_states)/")
"""Evidence on what is claimed of a USP. Numbers measured about it do not mention whether it is claimed."""
OF_CRM = re.compile(r"segments.*organisations/")
"""Rows of the team's CRM. Evidence ids of public sources are left out."""


@dataclass(frozen=True)
class ReadTable:
    """A table that is read: its schema in the warehouse, the columns, those that its rows are ordered by."""

    schema: str
    columns: tuple[str, ...]
    order: tuple[str, ...]


def _graded(schema: str, columns: tuple[str, ...], key: int = 1) -> ReadTable:
    """Declare a table whose rows say what they are based on, in the order of its first `key` columns."""
    return ReadTable(schema, (*columns, *BASIS_COLUMNS), columns[:key])


REQUIREMENT = (
    *("requirement_id", "milestone_id", "gate_id", "gate_title", "deliverable_id", "title", "quote", "metric"),
    *("stand_in", "comparison", "threshold", "threshold_high", "tolerance", "unit", "stale_after_days"),
)
CONVERSATIONS = (
    *("kind", "held", "held_after_report", "held_with_engineer", "questions", "segments", "segments_with_reported"),
)
"""Columns that are called as in the types that they become."""
COST_CELL = (*("status", "is_feasible", "rpc_p50_usd_per_month", "all_in_p50_usd_per_month", "reason", "is_milestone"),)

TABLES: Final[Mapping[str, ReadTable]] = {
    "milestones": _graded("marts", ("position", "milestone_id", "title", "question", "is_default")),
    "gate_requirements": _graded(
        "marts", ("position", *REQUIREMENT, "noun", "nouns", "predicate", "counter", "parameters")
    ),
    "milestone_deliverables": _graded(
        "marts", ("deliverable_id", "title", "status", "basis", "actual_value", "contradicting_ids")
    ),
    "milestone_progress": _graded(
        "marts", ("deliverable_id", "metric", "value", "segment_ids", "contradicting_ids"), key=2
    ),
    "conversations_held": _graded("marts", ("kind", "is_illustrative", *CONVERSATIONS[1:], "events"), key=2),
    "segment_capture": _graded("marts", ("segment_id", *SEGMENT_ITEMS)),
    "usp_register": _graded("marts", ("usp_id", "is_on_site")),
    "validation_matrix": _graded("model", ("usp_id", "problem_id", "segment_id", "status", "interviews"), key=3),
    "cost_summary": _graded("model", ("scenario_id", "with_rln", *COST_CELL), key=2),
    "scenarios": _graded("marts", ("scenario_id", "profile_id", "budget_usd_per_month", "budget_eur_per_month")),
    "archive_capacity": _graded(
        "marts", ("capacity_id", "is_current", "is_released", "is_narrowest", "per_vcpu_per_s")
    ),
    "organisations": _graded("marts", ("organisation_id", "is_segment_in_crm")),
    "question_sets": _graded("marts", ("question_set_id", "questions")),
    "segment_ranking": _graded("model", ("segment_id", "decision")),
    "evidence_index": ReadTable("marts", ("evidence_id", "grade", "as_of"), ("evidence_id",)),
}
"""By name, all that readiness is judged by."""


def inputs_from(tables: Mapping[str, Sequence[SelectedRow]]) -> ReadinessInputs:
    """Return what requirements are counted from. `tables` has the columns of `TABLES`, in any order of rows."""
    read = {name: _ordered(tables[name], table) for name, table in TABLES.items()}
    scenarios = {row["scenario_id"]: row for row in read["scenarios"]}
    cells = [(row, scenarios[row["scenario_id"]]) for row in read["cost_summary"] if row["scenario_id"] in scenarios]
    return ReadinessInputs(
        # A made-up milestone asks for nothing, as its gates do.
        milestones=[
            Milestone(row["milestone_id"], row["title"], row["question"], row["is_default"])
            for row in read["milestones"]
            if _is_no_illustration(row)
        ],
        requirements=[_requirement(row) for row in read["gate_requirements"]],
        deliverables=[
            MilestoneDeliverable(
                basis=Basis.of(row),
                deliverable_id=row["deliverable_id"],
                title=row["title"],
                status=row["status"],
                actual_value=row["actual_value"],
                stated=row["basis"],
                contradicting_ids=tuple(row["contradicting_ids"] or ()),
            )
            for row in read["milestone_deliverables"]
        ],
        progress=[
            NewestProgress(
                basis=Basis.of(row),
                deliverable_id=row["deliverable_id"],
                metric=row["metric"],
                value=row["value"],
                segment_ids=tuple(row["segment_ids"] or ()),
                contradicting_ids=tuple(row["contradicting_ids"] or ()),
            )
            for row in read["milestone_progress"]
        ],
        conversations=[
            Conversations(Basis.of(row), events=tuple(row["events"]), **{name: row[name] for name in CONVERSATIONS})
            for row in read["conversations_held"]
        ],
        segments=[
            SegmentCapture(Basis.of(row), row["segment_id"], all(row[item] for item in SEGMENT_ITEMS))
            for row in read["segment_capture"]
        ],
        usps=[RegisteredUsp(_basis_of(row, OF_USPS), row["is_on_site"]) for row in read["usp_register"]],
        matrix=[
            MatrixCell(Basis.of(row), row["status"] in DECIDED, row["interviews"]) for row in read["validation_matrix"]
        ],
        cost_cells=[
            CostCell(
                Basis.of(row),
                scenario["profile_id"],
                row["status"] == "estimated",
                row["is_feasible"],
                row["rpc_p50_usd_per_month"],
                row["reason"] or "",
            )
            for row, scenario in cells
            if row["is_milestone"]
        ],
        budget_cells=[
            BudgetCell(
                Basis.of(row) & Basis.of(scenario),
                budget_state(row["all_in_p50_usd_per_month"], scenario["budget_usd_per_month"]) or "unknown",
            )
            for row, scenario in cells
            if _has_budget(scenario) and _is_no_illustration(scenario)
        ],
        # Of stages that the project released: a candidate of our own is no result of its optimisation.
        archive_capacities=[
            ReadinessRow(Basis.of(row))
            for row in read["archive_capacity"]
            if row["is_current"] and row["is_released"] and row["is_narrowest"] and row["per_vcpu_per_s"] is not None
        ],
        crm_organisations=[
            CrmOrganisation(basis, row["is_segment_in_crm"])
            for row in read["organisations"]
            if (basis := _basis_of(row, OF_CRM)).ids
        ],
        question_sets=[KnownQuestionSet(Basis.of(row), row["questions"]) for row in read["question_sets"]],
        ranking=[
            SegmentRank(Basis.of(row), row["decision"] not in (None, "undecided")) for row in read["segment_ranking"]
        ],
        evidence_grades={row["evidence_id"]: Grade(row["grade"]) for row in read["evidence_index"]},
        evidence_days={row["evidence_id"]: row["as_of"] for row in read["evidence_index"]},
    )


def _ordered(rows: Sequence[SelectedRow], table: ReadTable) -> list[SelectedRow]:
    """Return rows in their order, NULL last."""
    return sorted(rows, key=lambda row: [(row[column] is None, row[column]) for column in table.order])


def _has_budget(scenario: SelectedRow) -> bool:
    """Tell whether somebody set a budget. One in EUR is not known in USD before the first exchange rate."""
    return scenario["budget_usd_per_month"] is not None or scenario["budget_eur_per_month"] is not None


def _is_no_illustration(row: SelectedRow) -> bool:
    return Grade(row["grade"]) is not Grade.ILLUSTRATIVE


def _basis_of(row: SelectedRow, kept: re.Pattern[str]) -> Basis:
    """Return what a row is based on, of evidence whose id begins like `kept`."""
    return Basis(Grade(row["grade"]), frozenset(filter(kept.match, row["evidence_ids"])))


def _requirement(row: SelectedRow) -> Requirement:
    return Requirement(
        basis=Basis.of(row),
        words=Words(row["noun"], row["nouns"], row["predicate"]),
        counter=parameters_of(row["counter"], row["parameters"]),
        **{name: row[name] for name in REQUIREMENT},
    )
