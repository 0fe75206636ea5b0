"""How each metric of a requirement is counted from the marts.

Belongs here: typed rows of the marts, and one function per metric. Does not belong here: SQL (`fetch.py`), thresholds
(evidence), whether a count is enough (`model.py`). Illustrative rows are taken out before anything is counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from assets.costs.budget import BudgetState
from assets.evidence.model import Grade, weakest
from assets.readiness.model import Measurement, Requirement, RequirementResult

CAPACITY_DELIVERABLE = "postgres_opt_phase_2"
"""Its results tell which hardware an archive needs; the cost of self-hosting waits for them."""

WITHIN_BUDGET = "cells_within_budget"
"""The metric that budgets of scenarios ask for."""

NOTHING_THERE = frozenset({"not_done", "not_planned", "dropped", "descoped"})
"""States of a deliverable in which there is nothing of it: a count of zero. Any other state needs a reported count."""


@dataclass(frozen=True)
class Row:
    """What every row of a mart has."""

    grade: Grade
    evidence_ids: tuple[str, ...]


RowT = TypeVar("RowT", bound=Row)


@dataclass(frozen=True)
class Deliverable(Row):
    """A row of `marts.milestone_deliverables`; `actual_value` is None where no count is reported."""

    deliverable_id: str
    title: str
    status: str
    actual_value: float | None


@dataclass(frozen=True)
class Progress(Row):
    """A row of `marts.milestone_progress`: the newest report of a metric."""

    deliverable_id: str
    metric: str
    value: float
    segment_ids: tuple[str, ...]


@dataclass(frozen=True)
class Conversations(Row):
    """A row of `marts.conversations_held`: interviews or sessions in packs, all segments together."""

    kind: str
    held: int
    held_after_report: int
    segments: int
    segments_with_reported: int


@dataclass(frozen=True)
class Segment(Row):
    """A row of `marts.segment_capture`."""

    segment_id: str
    has_all_items: bool


@dataclass(frozen=True)
class CostCell(Row):
    """A row of `model.cost_summary`: a scenario that the milestone asks for, with or without RLN."""

    is_estimated: bool


@dataclass(frozen=True)
class BudgetCell(Row):
    """A scenario with a budget, with or without RLN; `state` compares its median cost with it."""

    state: BudgetState


@dataclass(frozen=True)
class MatrixCell(Row):
    """A row of `model.validation_matrix`; `is_decided` where enough was said for a verdict."""

    is_decided: bool


@dataclass(frozen=True)
class ReadinessInputs:
    """All that the metrics are counted from, and the grade of each single row of evidence."""

    requirements: Sequence[Requirement]
    deliverables: Sequence[Deliverable] = ()
    progress: Sequence[Progress] = ()
    conversations: Sequence[Conversations] = ()
    segments: Sequence[Segment] = ()
    usps: Sequence[Row] = ()
    matrix: Sequence[MatrixCell] = ()
    cost_cells: Sequence[CostCell] = ()
    budget_cells: Sequence[BudgetCell] = ()
    """Of scenarios that are no made-up ones."""
    archive_capacities: Sequence[Row] = ()
    """Rows of `marts.archive_capacity` of released stages in the current run: our own, one machine, never imported."""
    evidence_grades: Mapping[str, Grade] = field(default_factory=dict)


def results_of(inputs: ReadinessInputs) -> tuple[RequirementResult, ...]:
    """Measure all requirements but made-up ones, which ask for nothing.

    Raises `ValueError` for a metric that nothing here counts.
    """
    results = []
    for requirement in (*inputs.requirements, *budget_requirements(inputs)):
        if requirement.metric not in METRICS:
            raise ValueError(
                f"requirement {requirement.requirement_id}: metric {requirement.metric!r} is not counted anywhere; "
                f"expected one of {', '.join(sorted(METRICS))}"
            )
        if requirement.grade is not Grade.ILLUSTRATIVE:
            results.append(RequirementResult(requirement, METRICS[requirement.metric](requirement, inputs)))
    return tuple(results)


def budget_requirements(inputs: ReadinessInputs) -> tuple[Requirement, ...]:
    """Return what budgets ask of the gates that count cost cells: every cell of a scenario with a budget keeps it.

    Nothing where no scenario has a budget, or no gate counts cost cells: a budget can fail a gate, but make none.
    """
    cells = inputs.budget_cells
    if not cells:
        return ()
    return tuple(
        Requirement(
            requirement_id=f"{asked.gate_id}_{WITHIN_BUDGET}",
            gate_id=asked.gate_id,
            deliverable_id=asked.deliverable_id,
            title="Cost within the budget of its scenario",
            metric=WITHIN_BUDGET,
            comparison="at_least",
            threshold=float(len(cells)),
            tolerance=None,
            unit="cost_cases",
            grade=asked.grade,
            evidence_ids=asked.evidence_ids,
        )
        for asked in inputs.requirements
        if asked.metric == "cells_estimated"
    )


def cells_within_budget(_: Requirement, inputs: ReadinessInputs) -> Measurement:
    """Count the cost cells within their budget; not known while none is over and the cost of one is not known."""
    usable, illustrative_ids = _without_illustrative(inputs.budget_cells, inputs)
    states = [cell.state for cell in usable]
    if usable and "over" not in states and (len(usable) < len(inputs.budget_cells) or "unknown" in states):
        grade = weakest(cell.grade for cell in usable)
        reason = "the cost of a scenario with a budget is not known"
        return Measurement(None, grade, _evidence_of(usable), illustrative_ids, reason)
    return _count(usable, [cell for cell in usable if cell.state == "within"], illustrative_ids, inputs)


def cells_estimated(_: Requirement, inputs: ReadinessInputs) -> Measurement:
    """Count the cost cells with an estimate. One that cannot be estimated is known not to be."""
    usable, illustrative_ids = _without_illustrative(inputs.cost_cells, inputs)
    return _count(usable, [cell for cell in usable if cell.is_estimated], illustrative_ids, inputs)


def archive_capacity_results(_: Requirement, inputs: ReadinessInputs) -> Measurement:
    """Count what was measured of the archive's capacity; without it, what the roadmap reports of that work."""
    usable, illustrative_ids = _without_illustrative(inputs.archive_capacities, inputs)
    if usable:
        return _count(usable, usable, illustrative_ids, inputs)
    return _reported_by_deliverable(CAPACITY_DELIVERABLE, inputs)


def pages(requirement: Requirement, inputs: ReadinessInputs) -> Measurement:
    """Count the pages that the deliverable reached."""
    return _reported_by_deliverable(requirement.deliverable_id, inputs)


def register_entries(_: Requirement, inputs: ReadinessInputs) -> Measurement:
    """Count the USPs in the register."""
    usable, illustrative_ids = _without_illustrative(inputs.usps, inputs)
    return _count(usable, [usp for usp in usable if usp.grade is not Grade.NOT_FOUND], illustrative_ids, inputs)


def validation_matrix(requirement: Requirement, inputs: ReadinessInputs) -> Measurement:
    """Count one matrix if the project reports work on one, or if evidence decides at least one cell of ours.

    A matrix of which no cell is decided is a form and not a matrix. One good witness is enough: where the project's own
    report says that there is a matrix, ours adds nothing to it.
    """
    decided, illustrative_ids = _without_illustrative([cell for cell in inputs.matrix if cell.is_decided], inputs)
    reported = _reported_progress(
        requirement, "matrix_reworks", inputs, lambda row: float(row.value > 0), beside=illustrative_ids
    )
    if reported.value or not decided:
        return reported
    return Measurement(1.0, weakest(cell.grade for cell in decided), _evidence_of(decided), illustrative_ids)


def segments_fully_captured(_: Requirement, inputs: ReadinessInputs) -> Measurement:
    """Count the segments with all items on record."""
    usable, illustrative_ids = _without_illustrative(inputs.segments, inputs)
    return _count(usable, [segment for segment in usable if segment.has_all_items], illustrative_ids, inputs)


def review_published(requirement: Requirement, inputs: ReadinessInputs) -> Measurement:
    """Count one review if the deliverable is done in public."""
    return _reported_by_deliverable(requirement.deliverable_id, inputs, is_one_when_done=True)


def progress_value(metric: str) -> Callable[[Requirement, ReadinessInputs], Measurement]:
    """Return a function that takes the newest reported value of a progress metric."""
    return lambda requirement, inputs: _reported_progress(requirement, metric, inputs, lambda row: row.value)


def progress_exists(metric: str) -> Callable[[Requirement, ReadinessInputs], Measurement]:
    """Return a function that counts one thing if a progress metric reports work on it."""
    return lambda requirement, inputs: _reported_progress(requirement, metric, inputs, lambda row: float(row.value > 0))


def conversations_held(kind: str, metric: str) -> Callable[[Requirement, ReadinessInputs], Measurement]:
    """Return a function that counts conversations that a progress metric reports, and those in packs, each once.

    A conversation in a pack may be one that the newest report counts, unless it was held later. So the count is the
    report and what was held after it, or what packs hold, whichever is more: never more than there were.
    """

    def count(requirement: Requirement, inputs: ReadinessInputs) -> Measurement:
        reported, held, illustrative_ids = _reported_and_held(requirement, kind, metric, inputs)
        if held is None:
            return _reported_progress(requirement, metric, inputs, lambda row: row.value, beside=illustrative_ids)
        if reported is None:
            return Measurement(float(held.held), held.grade, held.evidence_ids, illustrative_ids)
        value = max(float(held.held), reported.value + held.held_after_report)
        return Measurement(
            value, weakest((reported.grade, held.grade)), _evidence_of((reported, held)), illustrative_ids
        )

    return count


def conversation_segments(kind: str, metric: str) -> Callable[[Requirement, ReadinessInputs], Measurement]:
    """Return a function that counts the segments that the report names or that conversations in packs cover.

    Unknown if the report names none of any and packs hold none.
    """

    def named_segments(row: Progress) -> float | None:
        return float(len(set(row.segment_ids))) if row.segment_ids or row.value == 0 else None

    def count(requirement: Requirement, inputs: ReadinessInputs) -> Measurement:
        reported, held, illustrative_ids = _reported_and_held(requirement, kind, metric, inputs)
        if held is None:
            missing = "the report names no segment"
            return _reported_progress(requirement, metric, inputs, named_segments, missing, illustrative_ids)
        if reported is None:
            return Measurement(float(held.segments), held.grade, held.evidence_ids, illustrative_ids)
        grade = weakest((reported.grade, held.grade))
        value = float(held.segments_with_reported)
        return Measurement(value, grade, _evidence_of((reported, held)), illustrative_ids)

    return count


METRICS: dict[str, Callable[[Requirement, ReadinessInputs], Measurement]] = {
    "cells_estimated": cells_estimated,
    WITHIN_BUDGET: cells_within_budget,
    "archive_capacity_results": archive_capacity_results,
    "pages": pages,
    "register_entries": register_entries,
    "validation_matrix": validation_matrix,
    "site_page": progress_exists("site_feature_cards_changed"),
    "segments_identified": progress_value("segments_identified"),
    "segments_fully_captured": segments_fully_captured,
    "interviews_held": conversations_held("interview", "interviews_held_cumulative"),
    "interview_segments": conversation_segments("interview", "interviews_held_cumulative"),
    "sessions_held": conversations_held("session", "sessions_held_cumulative"),
    "review_published": review_published,
}
"""What counts each metric that a requirement can name."""


def _reported_by_deliverable(
    deliverable_id: str, inputs: ReadinessInputs, *, is_one_when_done: bool = False
) -> Measurement:
    rows = [row for row in inputs.deliverables if row.deliverable_id == deliverable_id]
    usable, illustrative_ids = _without_illustrative(rows, inputs)
    if not usable:
        return _nothing_on_record(illustrative_ids)
    found = usable[0]
    value, reason = found.actual_value, ""
    if found.status == "done_privately":
        value, reason = None, "the work was done in private and there is nothing public to check"
    elif found.status == "unknown":
        value, reason = None, f"the state of {found.title} is not known"
    elif found.status in NOTHING_THERE:
        value = value or 0.0
    elif found.status == "done" and is_one_when_done:
        value = 1.0
    elif value is None:
        reason = f"{found.title} is {found.status.replace('_', ' ')}, and no count is reported"
    return Measurement(value, found.grade, found.evidence_ids, illustrative_ids, reason)


def _reported_progress(
    requirement: Requirement,
    metric: str,
    inputs: ReadinessInputs,
    value_of: Callable[[Progress], float | None],
    missing: str = "",
    beside: tuple[str, ...] = (),
) -> Measurement:
    """Take a value of the newest report of a metric. `beside` are illustrative rows that were left out elsewhere."""
    key = (requirement.deliverable_id, metric)
    rows = [row for row in inputs.progress if (row.deliverable_id, row.metric) == key]
    usable, illustrative_ids = _without_illustrative(rows, inputs)
    illustrative_ids = tuple(sorted({*illustrative_ids, *beside}))
    if not usable:
        return _nothing_on_record(illustrative_ids)
    (found,) = usable
    value = value_of(found)
    reason = missing if value is None else ""
    return Measurement(value, found.grade, found.evidence_ids, illustrative_ids, reason)


def _reported_and_held(
    requirement: Requirement, kind: str, metric: str, inputs: ReadinessInputs
) -> tuple[Progress | None, Conversations | None, tuple[str, ...]]:
    """Return the newest report of a metric and what packs hold of a kind, made-up rows left out of both."""
    key = (requirement.deliverable_id, metric)
    reports, left_out = _without_illustrative(
        [row for row in inputs.progress if (row.deliverable_id, row.metric) == key], inputs
    )
    packs, left_out_of_packs = _without_illustrative([row for row in inputs.conversations if row.kind == kind], inputs)
    illustrative_ids = tuple(sorted({*left_out, *left_out_of_packs}))
    return next(iter(reports), None), next(iter(packs), None), illustrative_ids


def _count(
    looked_at: Sequence[RowT], counted: Sequence[RowT], illustrative_ids: tuple[str, ...], inputs: ReadinessInputs
) -> Measurement:
    """Count rows. A count rests on the rows that it counts; a count of zero on all that were looked at."""
    evidence_ids = _evidence_of(counted or looked_at)
    if counted:
        grade = weakest(row.grade for row in counted)
    else:
        found = {inputs.evidence_grades.get(evidence_id, Grade.NOT_FOUND) for evidence_id in evidence_ids}
        grade = weakest(found - {Grade.NOT_FOUND})
    if grade is Grade.NOT_FOUND:
        return _nothing_on_record(illustrative_ids)
    return Measurement(float(len(counted)), grade, evidence_ids, illustrative_ids)


def _without_illustrative(rows: Iterable[RowT], inputs: ReadinessInputs) -> tuple[list[RowT], tuple[str, ...]]:
    """Return the rows that are evidence, and the ids of all illustrative rows in the tables that the rows come from.

    All in these tables, because a mart shows the better of two rows about one thing: a made-up one may be behind it.
    """
    listed = list(rows)
    tables = {evidence_id.partition("/")[0] for evidence_id in _evidence_of(listed)}
    illustrative_ids = tuple(
        sorted(
            evidence_id
            for evidence_id, grade in inputs.evidence_grades.items()
            if grade is Grade.ILLUSTRATIVE and evidence_id.partition("/")[0] in tables
        )
    )
    made_up = set(illustrative_ids)
    usable = [row for row in listed if row.grade is not Grade.ILLUSTRATIVE and not made_up & set(row.evidence_ids)]
    return usable, illustrative_ids


def _evidence_of(rows: Iterable[Row]) -> tuple[str, ...]:
    return tuple(sorted({evidence_id for row in rows for evidence_id in row.evidence_ids}))


def _nothing_on_record(illustrative_ids: tuple[str, ...]) -> Measurement:
    return Measurement(None, Grade.NOT_FOUND, (), illustrative_ids, "nothing is on record")
