"""How each counter of requirements counts.

Belongs here: one function per counter. Does not belong here: the parameters of counters (`assets.evidence.counters`),
the rows (`inputs.py`), SQL (`fetch.py`), which requirement uses which counter (evidence), whether a count is enough
(`model.py`). Illustrative rows are taken out before anything is counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from operator import attrgetter
from typing import Any

from assets.common.words import number
from assets.evidence import counters
from assets.evidence.counters import CounterParameters, StandIn
from assets.evidence.model import Grade
from assets.readiness.counting import (
    basis_of,
    contradiction,
    count_of,
    counted_as,
    held_in_packs,
    progress_of,
    reported_and_held,
    reported_by_deliverable,
    reported_or_private,
    reported_progress,
    without_illustrative,
)
from assets.readiness.inputs import Conversations, NewestProgress, ReadinessInputs
from assets.readiness.model import MetricValue, NumberOrigin, Requirement, RequirementResult

WITHIN_BUDGET = counters.CostCellsCounter(what="within_budget")


def results_of(inputs: ReadinessInputs) -> tuple[RequirementResult, ...]:
    """Measure all requirements but made-up ones, which ask for nothing, as a budget does that no scenario has."""
    return tuple(
        RequirementResult(requirement, _dated(measured(requirement, inputs), inputs))
        for requirement in inputs.requirements
        if requirement.basis.grade is not Grade.ILLUSTRATIVE
        and (inputs.budget_cells or requirement.counter != WITHIN_BUDGET)
    )


def measured(requirement: Requirement, inputs: ReadinessInputs) -> MetricValue:
    """Count what a requirement asks for. Its stand-in stands beside while nothing is counted."""
    asked = requirement.counter
    deliverable_id = getattr(asked, "deliverable_id", None) or requirement.deliverable_id
    found = COUNTS[type(asked)](asked, deliverable_id, inputs)
    if requirement.stand_in is None or found.value:
        return found
    text, ids = STAND_INS[requirement.stand_in](deliverable_id, inputs)
    return replace(found, beside=text, beside_ids=tuple(sorted(ids)))


def _dated(found: MetricValue, inputs: ReadinessInputs) -> MetricValue:
    """Add the day of the newest evidence. A search without result is no evidence, however late it was."""
    days = (
        inputs.evidence_days.get(evidence_id)
        for evidence_id in found.basis.ids
        if inputs.evidence_grades.get(evidence_id) is not Grade.NOT_FOUND
    )
    return replace(found, newest_evidence_on=max((day for day in days if day), default=None))


def cost_cells(asked: counters.CostCellsCounter, _: str, inputs: ReadinessInputs) -> MetricValue:
    """Count the cost cells that are estimated, or those within their budget."""
    return _cells_within_budget(inputs) if asked == WITHIN_BUDGET else _cells_estimated(inputs)


def _cells_within_budget(inputs: ReadinessInputs) -> MetricValue:
    """Count the cost cells within their budget; not known while none is over and the cost of one is not known."""
    usable, illustrative_ids = without_illustrative(inputs.budget_cells, inputs)
    states = [cell.state for cell in usable]
    if usable and "over" not in states and (len(usable) < len(inputs.budget_cells) or "unknown" in states):
        reason = "the cost of a scenario with a budget is not known"
        found = MetricValue(None, basis_of(usable), illustrative_ids, reason)
    else:
        found = count_of(usable, [cell for cell in usable if cell.state == "within"], illustrative_ids, inputs)
    return replace(found, of=float(len(inputs.budget_cells)))


def _cells_estimated(inputs: ReadinessInputs) -> MetricValue:
    """Count the cost cells that are estimated, can run, and have RPC in them where the milestone asks for it.

    Not known while anything that a cell lacks is not known: a price that an earlier day did not have is no cost of zero
    and no case that fails.
    """
    usable, illustrative_ids = without_illustrative(inputs.cost_cells, inputs)
    lacking = [cell for cell in usable if cell.lacks]
    if lacking:
        judged = f"{number(len(lacking))} of {number(len(usable))} cannot be judged"
        reason = f"{judged}, the first {lacking[0].lacks}"
        return MetricValue(None, basis_of(lacking), illustrative_ids, reason)
    counted = [cell for cell in usable if cell.is_feasible]
    found = count_of(usable, counted, illustrative_ids, inputs)
    left_out = len(usable) - len(counted)
    if found.value is None or not left_out:
        return found
    cases = "case" if left_out == 1 else "cases"
    remark = f"{number(left_out)} {cases} cannot run as specified"
    return replace(found, basis=found.basis.also(basis_of(usable).ids), remark=remark)


def deliverable_state(
    asked: counters.DeliverableStateCounter, deliverable_id: str, inputs: ReadinessInputs
) -> MetricValue:
    """Take what the newest state of a deliverable says: an amount, or one when it is done."""
    return reported_by_deliverable(
        deliverable_id, inputs, is_one_when_done=asked.what != "amount", is_yes_or_no=asked.what == "done"
    )


def newest_report(asked: counters.ReportedProgressCounter, deliverable_id: str, inputs: ReadinessInputs) -> MetricValue:
    """Take the newest report of a metric."""
    return reported_or_private(deliverable_id, asked.metric, inputs)


def usps(asked: counters.UspsCounter, _: str, inputs: ReadinessInputs) -> MetricValue:
    """Count the USPs in the register, or those that the website names, of all in the register."""
    usable, illustrative_ids = without_illustrative(inputs.usps, inputs)
    claimed = [usp for usp in usable if usp.basis.grade is not Grade.NOT_FOUND]
    if asked.what == "in_register":
        return count_of(usable, claimed, illustrative_ids, inputs)
    found = count_of(usable, [usp for usp in claimed if usp.is_on_site], illustrative_ids, inputs)
    if found.value is None:
        return found
    # Both numbers are counted: the evidence is that of all of them.
    return replace(found, of=float(len(claimed)), basis=basis_of(claimed))


def segments_captured(_: counters.SegmentsCounter, _deliverable: str, inputs: ReadinessInputs) -> MetricValue:
    """Count the segments with all items on record. That none has them says that nobody has looked, which is no zero."""
    usable, illustrative_ids = without_illustrative(inputs.segments, inputs)
    captured = [segment for segment in usable if segment.has_all_items]
    found = count_of(usable, captured, illustrative_ids, inputs)
    if found.value != 0:
        return found
    return replace(found, value=None, origin=NumberOrigin.NOT_KNOWN, reason="no segment on record has all six items")


def segment_reviews(asked: counters.SegmentReviewsCounter, deliverable_id: str, inputs: ReadinessInputs) -> MetricValue:
    """Count the reviews of segments that are reported, or ours where it decides a segment with interviews on record."""
    held, left_out = held_in_packs("interview", inputs)
    found = reported_progress(deliverable_id, asked.metric, inputs, beside=left_out)
    ranked, made_up = without_illustrative(inputs.ranking, inputs)
    decided = [row for row in ranked if row.is_decided]
    if held is None or not decided:
        return found
    ours = counted_as(1, basis_of((held, *decided)), tuple(sorted({*left_out, *made_up})))
    return _either(found, ours)


def crm_organisations(
    asked: counters.CrmOrganisationsCounter, deliverable_id: str, inputs: ReadinessInputs
) -> MetricValue:
    """Count the organisations that carry a segment in the team's CRM; without its rows, what is reported of it."""
    usable, illustrative_ids = without_illustrative(inputs.crm_organisations, inputs)
    if usable:
        return count_of(usable, [row for row in usable if row.has_segment], illustrative_ids, inputs)
    return reported_progress(deliverable_id, asked.metric, inputs, beside=illustrative_ids)


def conversations(asked: counters.ConversationsCounter, deliverable_id: str, inputs: ReadinessInputs) -> MetricValue:
    """Count conversations, their segments, or those with a property."""
    if asked.what == "held":
        return _held(asked, deliverable_id, inputs)
    if asked.what == "segments":
        return _segments_of_conversations(asked, deliverable_id, inputs)
    told = attrgetter("questions" if asked.what == "questions" else "held_with_engineer")
    return _told(asked.kind, told, asked.metric, deliverable_id, inputs)


def sessions_at_event(
    asked: counters.SessionsAtEventCounter, deliverable_id: str, inputs: ReadinessInputs
) -> MetricValue:
    """Count the sessions of packs that were held at an event; without any, take what is reported."""
    return _told("session", lambda held: held.events.count(asked.event), asked.metric, deliverable_id, inputs)


def _told(
    kind: str, told: Callable[[Conversations], int | None], metric: str, deliverable_id: str, inputs: ReadinessInputs
) -> MetricValue:
    """Take a number of what packs hold of a kind, or what is reported.

    Packs that tell it of no conversation do not mention those that the project reports: the count is then not known.
    """
    held, left_out = held_in_packs(kind, inputs)
    if held is not None and (number_told := told(held)):
        return counted_as(number_told, held.basis, left_out)
    return reported_progress(deliverable_id, metric, inputs, beside=left_out)


def _held(asked: counters.ConversationsCounter, deliverable_id: str, inputs: ReadinessInputs) -> MetricValue:
    """Count conversations that a progress metric reports, and those in packs, each once.

    A conversation in a pack may be one that the newest report counts, unless it was held later. So the count is the
    report and what was held after it, or what packs hold, whichever is more: never more than there were.
    """
    reported, held, illustrative_ids = reported_and_held(deliverable_id, asked.kind, asked.metric, inputs)
    if held is None:
        return reported_progress(deliverable_id, asked.metric, inputs, beside=illustrative_ids)
    if reported is None or reported.value is None:
        return counted_as(held.held, held.basis, illustrative_ids)
    value = max(float(held.held), reported.value + held.held_after_report)
    # What packs hold is a count of its own; if it is less than the report adds up to, both are needed.
    both = reported.basis & held.basis
    basis = held.basis | both if held.held == value else both
    found = replace(counted_as(value, basis, illustrative_ids), remark=contradiction(reported.contradicting_ids))
    if held.held - held.held_after_report <= reported.value:
        return found
    remark = "packs hold more from before the newest report than it counts"
    return replace(found, basis=basis.contradicted(reported.basis), remark=remark)


def _segments_of_conversations(
    asked: counters.ConversationsCounter, deliverable_id: str, inputs: ReadinessInputs
) -> MetricValue:
    """Count the segments that the report names or that conversations in packs cover.

    Unknown if the report names none of any and packs hold none.
    """

    def named_segments(row: NewestProgress) -> float | None:
        return float(len(set(row.segment_ids))) if row.segment_ids or row.value == 0 else None

    reported, held, illustrative_ids = reported_and_held(deliverable_id, asked.kind, asked.metric, inputs)
    if held is None:
        missing = "the report names no segment"
        return reported_progress(deliverable_id, asked.metric, inputs, named_segments, missing, illustrative_ids)
    if reported is None:
        return counted_as(held.segments, held.basis, illustrative_ids)
    return counted_as(held.segments_with_reported, basis_of((reported, held)), illustrative_ids)


def matrix(asked: counters.MatrixCounter, deliverable_id: str, inputs: ReadinessInputs) -> MetricValue:
    """Count one matrix that is reported as public or of which we decide a cell, or one that interviews filled.

    A matrix without a decided cell does not count. That interviews are in ours is better than a report that they are in
    the team's.
    """
    if asked.what == "decided":
        cells, made_up = without_illustrative([cell for cell in inputs.matrix if cell.is_decided], inputs)
        found = reported_progress(deliverable_id, asked.metric, inputs, beside=made_up)
        return _either(found, counted_as(1, basis_of(cells), made_up)) if cells else found
    # Made-up findings are parts of made-up interviews, which the count of interviews names.
    filled = without_illustrative([cell for cell in inputs.matrix if cell.interviews], inputs)[0]
    return counted_as(1, basis_of(filled), ()) if filled else reported_progress(deliverable_id, asked.metric, inputs)


def _either(reported: MetricValue, ours: MetricValue) -> MetricValue:
    """Return what is reported, or else our own: each is enough, so that where there are both, the better one counts."""
    return replace(reported, basis=reported.basis | ours.basis) if reported.value else ours


COUNTS: dict[type[CounterParameters], Callable[[Any, str, ReadinessInputs], MetricValue]] = {
    counters.CostCellsCounter: cost_cells,
    counters.DeliverableStateCounter: deliverable_state,
    counters.ReportedProgressCounter: newest_report,
    counters.UspsCounter: usps,
    counters.SegmentsCounter: segments_captured,
    counters.SegmentReviewsCounter: segment_reviews,
    counters.CrmOrganisationsCounter: crm_organisations,
    counters.ConversationsCounter: conversations,
    counters.SessionsAtEventCounter: sessions_at_event,
    counters.MatrixCounter: matrix,
}
"""What counts, by its parameters. It also gets the deliverable that is meant."""

Beside = tuple[str, Iterable[str]]
"""What stands beside a count in words, '' for nothing, and its evidence."""


def _archive_capacities(_: str, inputs: ReadinessInputs) -> Beside:
    own, _made_up = without_illustrative(inputs.archive_capacities, inputs)
    results = "capacity result" if len(own) == 1 else "capacity results"
    text = f"{number(len(own))} {results} of our own benchmark, which is not that deliverable"
    return (text, basis_of(own).ids) if own else ("", ())


def _captured_segments(deliverable_id: str, inputs: ReadinessInputs) -> Beside:
    captured = segments_captured(counters.SegmentsCounter(what="captured"), deliverable_id, inputs)
    if not captured.value:
        return "", ()
    segments = "segment" if captured.value == 1 else "segments"
    # Conversations, whose day is not published, are named where they count and nowhere else.
    dated = [evidence_id for evidence_id in captured.basis.ids if inputs.evidence_days.get(evidence_id)]
    return f"this record, which captures {number(captured.value)} {segments} in full", dated


def _question_sets(_: str, inputs: ReadinessInputs) -> Beside:
    """Every set of ours is detached from Waku: a question that names it or its protocols is a mistake in a pack."""
    sets, _made_up = without_illustrative(inputs.question_sets, inputs)
    if not sets:
        return "", ()
    longest = max(sets, key=lambda row: row.questions)
    text = f"{number(longest.questions)} questions of our own, with which no interview on record was held"
    return text, longest.basis.ids


def _reworked_matrix(deliverable_id: str, inputs: ReadinessInputs) -> Beside:
    """A report that a matrix was reworked shows no matrix."""
    reports = [row for row in progress_of(deliverable_id, "matrix_reworks", inputs) if row.value]
    text = "a report that the team reworked its matrix, which nobody outside can read"
    return (text, basis_of(reports).ids) if reports else ("", ())


def _segment_ranking(_: str, inputs: ReadinessInputs) -> Beside:
    ranked, _made_up = without_illustrative(inputs.ranking, inputs)
    decided = number(sum(row.is_decided for row in ranked))
    text = f"our own ranking of {number(len(ranked))} segments, which decides {decided} of them"
    return (text if ranked else ""), ()


STAND_INS: dict[StandIn, Callable[[str, ReadinessInputs], Beside]] = {
    "archive_capacities": _archive_capacities,
    "captured_segments": _captured_segments,
    "question_sets": _question_sets,
    "reworked_matrix": _reworked_matrix,
    "segment_ranking": _segment_ranking,
}
