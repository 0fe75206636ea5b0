"""How each metric of a requirement is counted from the marts.

Belongs here: one function per metric. Does not belong here: the rows (`inputs.py`), SQL (`fetch.py`), thresholds
(evidence), whether a count is enough (`model.py`), how one is said (`wording.py`). Illustrative rows are taken out
before anything is counted. docs/gates.md says which words of the milestone each metric stands for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from assets.common.words import number
from assets.evidence.model import Grade, weakest
from assets.readiness.counting import (
    count_of,
    evidence_of,
    held_in_packs,
    progress_of,
    reported_and_held,
    reported_by_deliverable,
    reported_or_private,
    reported_progress,
    without_illustrative,
)
from assets.readiness.inputs import Conversations, NewestProgress, ReadinessInputs
from assets.readiness.model import Basis, MetricValue, Requirement, RequirementResult

PHASE_2 = "postgres_opt_phase_2"
"""The deliverable that the milestone names as what the cost of self-hosting depends on."""

WITHIN_BUDGET = "cells_within_budget"
"""The metric that budgets of scenarios ask for."""

MATRIX = "potential_usps"
"""The deliverable under which the team reports on its validation matrix."""

Metric = Callable[[Requirement, ReadinessInputs], MetricValue]


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
            measured = METRICS[requirement.metric](requirement, inputs)
            results.append(RequirementResult(requirement, _dated(measured, inputs)))
    return tuple(results)


def _dated(measured: MetricValue, inputs: ReadinessInputs) -> MetricValue:
    """Add the day of the newest evidence. A search without result is no evidence, however late it was."""
    days = (
        inputs.evidence_days.get(evidence_id)
        for evidence_id in measured.evidence_ids
        if inputs.evidence_grades.get(evidence_id) is not Grade.NOT_FOUND
    )
    return replace(measured, newest_evidence_on=max((day for day in days if day), default=None))


def budget_requirements(inputs: ReadinessInputs) -> tuple[Requirement, ...]:
    """Return what budgets ask of the gates that count cost cells: every cell of a scenario with a budget keeps it.

    Nothing where no scenario has a budget, or no gate counts cost cells: a budget can fail a gate, but make none.
    """
    if not inputs.budget_cells:
        return ()
    return tuple(
        replace(
            asked,
            requirement_id=f"{asked.gate_id}_{WITHIN_BUDGET}",
            title="Cost within the budget of its scenario",
            metric=WITHIN_BUDGET,
            comparison="at_least",
            threshold=float(len(inputs.budget_cells)),
            threshold_high=None,
            tolerance=None,
            unit="cost_cases",
        )
        for asked in inputs.requirements
        if asked.metric == "cells_estimated"
    )


def cells_within_budget(_: Requirement, inputs: ReadinessInputs) -> MetricValue:
    """Count the cost cells within their budget; not known while none is over and the cost of one is not known."""
    usable, illustrative_ids = without_illustrative(inputs.budget_cells, inputs)
    states = [cell.state for cell in usable]
    if usable and "over" not in states and (len(usable) < len(inputs.budget_cells) or "unknown" in states):
        grade = weakest(cell.grade for cell in usable)
        reason = "the cost of a scenario with a budget is not known"
        return MetricValue(None, grade, evidence_of(usable), illustrative_ids, reason)
    return count_of(usable, [cell for cell in usable if cell.state == "within"], illustrative_ids, inputs)


def cells_estimated(_: Requirement, inputs: ReadinessInputs) -> MetricValue:
    """Count the cost cells that are estimated, can run, and have RPC in them where the milestone asks for it.

    Not known while anything that a cell lacks is not known: a price that an earlier day did not have is no cost of zero
    and no case that fails.
    """
    usable, illustrative_ids = without_illustrative(inputs.cost_cells, inputs)
    lacking = [cell for cell in usable if cell.lacks]
    if lacking:
        grade = weakest(cell.grade for cell in lacking)
        judged = f"{number(len(lacking))} of {number(len(usable))} cannot be judged"
        reason = f"{judged}, the first {lacking[0].lacks}"
        return MetricValue(None, grade, evidence_of(lacking), illustrative_ids, reason)
    counted = [cell for cell in usable if cell.is_feasible]
    found = count_of(usable, counted, illustrative_ids, inputs)
    left_out = len(usable) - len(counted)
    if found.value is None or not left_out:
        return found
    cases = "case" if left_out == 1 else "cases"
    remark = f"{number(left_out)} {cases} cannot run as specified"
    return replace(found, evidence_ids=evidence_of(usable), remark=remark)


def postgres_phase_2_results(_: Requirement, inputs: ReadinessInputs) -> MetricValue:
    """Count what the deliverable that the milestone names has brought; our own measurements stand beside it."""
    found = reported_by_deliverable(PHASE_2, inputs, is_one_when_done=True)
    own, _made_up = without_illustrative(inputs.archive_capacities, inputs)
    if not own or found.value:
        return found
    results = "capacity result" if len(own) == 1 else "capacity results"
    text = f"{number(len(own))} {results} of our own benchmark, which is not that deliverable"
    return replace(found, beside=text, beside_ids=evidence_of(own))


def whitepapers(requirement: Requirement, inputs: ReadinessInputs) -> MetricValue:
    """Count one whitepaper if the deliverable is done."""
    return reported_by_deliverable(requirement.deliverable_id, inputs, is_one_when_done=True, is_yes_or_no=True)


def pages(requirement: Requirement, inputs: ReadinessInputs) -> MetricValue:
    """Count the pages that the deliverable reached."""
    return reported_by_deliverable(requirement.deliverable_id, inputs)


def register_entries(_: Requirement, inputs: ReadinessInputs) -> MetricValue:
    """Count the USPs in the register."""
    usable, illustrative_ids = without_illustrative(inputs.usps, inputs)
    return count_of(usable, [usp for usp in usable if usp.grade is not Grade.NOT_FOUND], illustrative_ids, inputs)


def usps_named_on_site(_: Requirement, inputs: ReadinessInputs) -> MetricValue:
    """Count the USPs of the register that the website names, of all in the register."""
    usable, illustrative_ids = without_illustrative(inputs.usps, inputs)
    claimed = [usp for usp in usable if usp.grade is not Grade.NOT_FOUND]
    found = count_of(usable, [usp for usp in claimed if usp.is_on_site], illustrative_ids, inputs)
    if found.value is None:
        return found
    # Both numbers are counted: the evidence is that of all of them.
    grade = weakest(usp.grade for usp in claimed)
    return replace(found, of=float(len(claimed)), grade=grade, evidence_ids=evidence_of(claimed))


def validation_matrix(requirement: Requirement, inputs: ReadinessInputs) -> MetricValue:
    """Count one matrix if one is public, or if evidence decides at least one cell of ours.

    A matrix of which no cell is decided is a form and not a matrix. A report that one was reworked shows no matrix: it
    stands beside.
    """
    decided, made_up = without_illustrative([cell for cell in inputs.matrix if cell.is_decided], inputs)
    found = reported_progress(requirement, "matrices_published", inputs, beside=made_up)
    if found.value:
        return found
    if decided:
        grade = weakest(cell.grade for cell in decided)
        return MetricValue(1.0, grade, evidence_of(decided), made_up, basis=Basis.COUNTED)
    reports = [row for row in progress_of(requirement, "matrix_reworks", inputs) if row.value]
    if not reports:
        return found
    return replace(
        found,
        beside="a report that the team reworked its matrix, which nobody outside can read",
        beside_ids=evidence_of(reports),
    )


def segments_fully_captured(_: Requirement, inputs: ReadinessInputs) -> MetricValue:
    """Count the segments with all items on record. That none has them says that nobody has looked, which is no zero."""
    usable, illustrative_ids = without_illustrative(inputs.segments, inputs)
    captured = [segment for segment in usable if segment.has_all_items]
    found = count_of(usable, captured, illustrative_ids, inputs)
    if found.value != 0:
        return found
    return replace(found, value=None, basis=Basis.NOT_KNOWN, reason="no segment on record has all six items")


def segment_documents(requirement: Requirement, inputs: ReadinessInputs) -> MetricValue:
    """Count the documents on segments that are reported; what this record holds of segments stands beside."""
    found = reported_progress(requirement, "segment_documents", inputs)
    captured = segments_fully_captured(requirement, inputs)
    if found.value or not captured.value:
        return found
    segments = "segment" if captured.value == 1 else "segments"
    text = f"this record, which captures {number(captured.value)} {segments} in full"
    # Conversations, whose day is not published, are named where they count and nowhere else.
    dated = tuple(evidence_id for evidence_id in captured.evidence_ids if inputs.evidence_days.get(evidence_id))
    return replace(found, beside=text, beside_ids=dated)


def crm_organisations_with_segment(requirement: Requirement, inputs: ReadinessInputs) -> MetricValue:
    """Count the organisations that carry a segment in the team's CRM; without its rows, what is reported of it."""
    usable, illustrative_ids = without_illustrative(inputs.crm_organisations, inputs)
    if usable:
        return count_of(usable, [row for row in usable if row.has_segment], illustrative_ids, inputs)
    return reported_progress(requirement, "organisations_with_segment", inputs, beside=illustrative_ids)


def interview_questions(requirement: Requirement, inputs: ReadinessInputs) -> MetricValue:
    """Count the questions of the interviews in packs; without any, what is reported. Our own set stands beside.

    Every set in this record is detached from Waku: a question that names it or its protocols is a mistake in a pack.
    """
    held, left_out = held_in_packs("interview", inputs)
    if held is not None and held.questions is not None:
        return MetricValue(float(held.questions), held.grade, held.evidence_ids, left_out, basis=Basis.COUNTED)
    found = reported_progress(requirement, "questions_in_set", inputs, beside=left_out)
    sets, _made_up = without_illustrative(inputs.question_sets, inputs)
    if found.value or not sets:
        return found
    longest = max(sets, key=lambda row: row.questions)
    text = f"{number(longest.questions)} questions of our own, with which no interview on record was held"
    return replace(found, beside=text, beside_ids=longest.evidence_ids)


def interviews_captured(requirement: Requirement, inputs: ReadinessInputs) -> MetricValue:
    """Count one update of the matrix if interviews in packs are in ours, else what is reported of the team's."""
    # Made-up findings are parts of made-up interviews, which the count of interviews names.
    cells, _made_up = without_illustrative([cell for cell in inputs.matrix if cell.interviews], inputs)
    if cells:
        grade = weakest(cell.grade for cell in cells)
        return MetricValue(1.0, grade, evidence_of(cells), basis=Basis.COUNTED)
    return reported_progress(replace(requirement, deliverable_id=MATRIX), "matrix_filled_from_calls", inputs)


def segment_reviews(requirement: Requirement, inputs: ReadinessInputs) -> MetricValue:
    """Count the reviews of segments that are reported, or ours where it decides a segment with interviews on record."""
    held, left_out = held_in_packs("interview", inputs)
    found = reported_progress(requirement, "segment_reviews", inputs, beside=left_out)
    ranked, made_up = without_illustrative(inputs.ranking, inputs)
    decided = [row for row in ranked if row.is_decided]
    if found.value or not ranked:
        return found
    if held is not None and decided:
        grade = weakest((held.grade, *(row.grade for row in decided)))
        ids = evidence_of((held, *decided))
        return MetricValue(1.0, grade, ids, tuple(sorted({*left_out, *made_up})), basis=Basis.COUNTED)
    text = f"our own ranking of {number(len(ranked))} segments, which decides {number(len(decided))} of them"
    return replace(found, beside=text)


def mvp_outlines(requirement: Requirement, inputs: ReadinessInputs) -> MetricValue:
    """Count the outlines of the MVP that are reported as public."""
    return reported_or_private(requirement, "outlines_published", inputs)


def mvp_customers_told(requirement: Requirement, inputs: ReadinessInputs) -> MetricValue:
    """Count the customers of whom it is reported that they were told of the MVP."""
    return reported_or_private(requirement, "customers_told", inputs)


def progress_value(metric: str) -> Metric:
    """Return a function that takes the newest reported value of a progress metric."""
    return lambda requirement, inputs: reported_progress(requirement, metric, inputs)


def conversations_held(kind: str, metric: str) -> Metric:
    """Return a function that counts conversations that a progress metric reports, and those in packs, each once.

    A conversation in a pack may be one that the newest report counts, unless it was held later. So the count is the
    report and what was held after it, or what packs hold, whichever is more: never more than there were.
    """

    def count(requirement: Requirement, inputs: ReadinessInputs) -> MetricValue:
        reported, held, illustrative_ids = reported_and_held(requirement, kind, metric, inputs)
        if held is None:
            return reported_progress(requirement, metric, inputs, beside=illustrative_ids)
        if reported is None or reported.value is None:
            return MetricValue(float(held.held), held.grade, held.evidence_ids, illustrative_ids, basis=Basis.COUNTED)
        value = max(float(held.held), reported.value + held.held_after_report)
        grade = weakest((reported.grade, held.grade))
        return MetricValue(value, grade, evidence_of((reported, held)), illustrative_ids, basis=Basis.COUNTED)

    return count


def conversation_segments(kind: str, metric: str) -> Metric:
    """Return a function that counts the segments that the report names or that conversations in packs cover.

    Unknown if the report names none of any and packs hold none.
    """

    def named_segments(row: NewestProgress) -> float | None:
        return float(len(set(row.segment_ids))) if row.segment_ids or row.value == 0 else None

    def count(requirement: Requirement, inputs: ReadinessInputs) -> MetricValue:
        reported, held, illustrative_ids = reported_and_held(requirement, kind, metric, inputs)
        if held is None:
            missing = "the report names no segment"
            return reported_progress(requirement, metric, inputs, named_segments, missing, illustrative_ids)
        if reported is None:
            return MetricValue(
                float(held.segments), held.grade, held.evidence_ids, illustrative_ids, basis=Basis.COUNTED
            )
        grade, value = weakest((reported.grade, held.grade)), float(held.segments_with_reported)
        return MetricValue(value, grade, evidence_of((reported, held)), illustrative_ids, basis=Basis.COUNTED)

    return count


def sessions_that(metric: str, number_of: Callable[[Conversations], int]) -> Metric:
    """Return a function that counts the sessions in packs of which something is told, else takes what is reported.

    Packs that tell it of no session say nothing of those that the project reports: the count is then not known.
    """

    def count(requirement: Requirement, inputs: ReadinessInputs) -> MetricValue:
        held, left_out = held_in_packs("session", inputs)
        if held is not None and number_of(held):
            return MetricValue(float(number_of(held)), held.grade, held.evidence_ids, left_out, basis=Basis.COUNTED)
        return reported_progress(requirement, metric, inputs, beside=left_out)

    return count


METRICS: dict[str, Metric] = {
    "cells_estimated": cells_estimated,
    WITHIN_BUDGET: cells_within_budget,
    "postgres_phase_2_results": postgres_phase_2_results,
    "whitepapers": whitepapers,
    "pages": pages,
    "register_entries": register_entries,
    "validation_matrix": validation_matrix,
    "usps_named_on_site": usps_named_on_site,
    "segments_identified": progress_value("segments_identified"),
    "segments_fully_captured": segments_fully_captured,
    "segment_documents": segment_documents,
    "crm_organisations_with_segment": crm_organisations_with_segment,
    "interviews_held": conversations_held("interview", "interviews_held_cumulative"),
    "interview_segments": conversation_segments("interview", "interviews_held_cumulative"),
    "interview_questions": interview_questions,
    "interviews_captured": interviews_captured,
    "segment_reviews": segment_reviews,
    "sessions_held": conversations_held("session", "sessions_held_cumulative"),
    "sessions_at_devcon_2024": sessions_that("sessions_at_devcon_2024", lambda held: held.held_at_devcon_2024),
    "sessions_with_engineer": sessions_that("sessions_with_engineer", lambda held: held.held_with_engineer),
    "mvp_outlines": mvp_outlines,
    "mvp_gaps": progress_value("gap_deliverables_named"),
    "mvp_customers_told": mvp_customers_told,
}
"""What counts each metric that a requirement can name."""
