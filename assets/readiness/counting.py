"""From rows to a measurement: what is made up is left out, what is reported or counted gets a number, the rest none.

Belongs here: how anything is counted. Does not belong here: which rows a counter is about (`measures.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from assets.common.words import number
from assets.evidence.basis import Basis
from assets.evidence.model import Grade, weakest
from assets.readiness.inputs import Conversations, NewestProgress, ReadinessInputs, ReadinessRow
from assets.readiness.model import MetricValue, NumberOrigin

NOTHING_THERE = frozenset({"not_done", "not_planned", "dropped", "descoped"})
"""States of a deliverable in which there is nothing of it."""

NOT_FOUND = "no public report gives it"
PRIVATE = "the work was done in private, and nothing public can be checked"

RowT = TypeVar("RowT", bound=ReadinessRow)


def reported_by_deliverable(
    deliverable_id: str, inputs: ReadinessInputs, *, is_one_when_done: bool = False, is_yes_or_no: bool = False
) -> MetricValue:
    """Return what the newest state of a deliverable says of how much there is.

    Nothing is a zero only where the project reports that there is nothing. `is_yes_or_no`: whether, and not how much.
    """
    rows = [row for row in inputs.deliverables if row.deliverable_id == deliverable_id]
    usable, illustrative_ids = without_illustrative(rows, inputs)
    if not usable:
        return nothing_on_record(illustrative_ids)
    found = usable[0]
    known = MetricValue(None, found.basis, illustrative_ids, remark=contradiction(found.contradicting_ids))
    if found.status == "done_privately":
        return replace(known, reason=PRIVATE)
    if found.status == "unknown":
        return replace(known, reason=f"no public report says whether {found.title} is done")
    if found.status in NOTHING_THERE and found.stated != "reported":
        return replace(known, origin=NumberOrigin.INFERRED)
    value = None if is_yes_or_no else found.actual_value
    if value is None and found.status in NOTHING_THERE:
        value = 0.0
    if value is None and found.status == "done" and is_one_when_done:
        value = 1.0
    if value is None:
        reason = f"{found.title} is {found.status.replace('_', ' ')}, and no count is reported"
        return replace(known, reason=reason)
    return replace(known, value=value, origin=NumberOrigin.REPORTED)


def reported_progress(
    deliverable_id: str,
    metric: str,
    inputs: ReadinessInputs,
    value_of: Callable[[NewestProgress], float | None] = lambda row: row.value,
    missing: str = NOT_FOUND,
    beside: tuple[str, ...] = (),
) -> MetricValue:
    """Take a value of the newest report of a metric. `beside` are illustrative rows that were left out elsewhere."""
    rows = [row for row in inputs.progress if (row.deliverable_id, row.metric) == (deliverable_id, metric)]
    usable, illustrative_ids = without_illustrative(rows, inputs)
    illustrative_ids = tuple(sorted({*illustrative_ids, *beside}))
    if not usable:
        return nothing_on_record(illustrative_ids)
    (found,) = usable
    value = value_of(found) if found.value is not None else None
    if value is None:
        reason = NOT_FOUND if found.value is None else missing
        return MetricValue(None, found.basis, illustrative_ids, reason)
    remark = contradiction(found.contradicting_ids)
    return MetricValue(value, found.basis, illustrative_ids, origin=NumberOrigin.REPORTED, remark=remark)


def contradiction(ids: Sequence[str]) -> str:
    """Say that other rows of the record say otherwise, as a part of a sentence; nothing where there are none."""
    if not ids:
        return ""
    others = "one other row says" if len(ids) == 1 else f"{number(len(ids))} other rows say"
    return f"the record contradicts itself: {others} otherwise"


def reported_or_private(deliverable_id: str, metric: str, inputs: ReadinessInputs) -> MetricValue:
    """Take the newest report of a metric; where it has no number and the work was private, say that."""
    found = reported_progress(deliverable_id, metric, inputs)
    if found.value is not None:
        return found
    state = reported_by_deliverable(deliverable_id, inputs)
    if state.reason != PRIVATE:
        return found
    return replace(state, basis=state.basis | found.basis)


def progress_of(deliverable_id: str, metric: str, inputs: ReadinessInputs) -> list[NewestProgress]:
    """Return the newest report of a metric of a deliverable, if it is no made-up one."""
    rows = [row for row in inputs.progress if (row.deliverable_id, row.metric) == (deliverable_id, metric)]
    return without_illustrative(rows, inputs)[0]


def held_in_packs(kind: str, inputs: ReadinessInputs) -> tuple[Conversations | None, tuple[str, ...]]:
    """Return what packs hold of a kind, and the ids of made-up rows that were left out."""
    packs, left_out = without_illustrative([row for row in inputs.conversations if row.kind == kind], inputs)
    return next(iter(packs), None), left_out


def reported_and_held(
    deliverable_id: str, kind: str, metric: str, inputs: ReadinessInputs
) -> tuple[NewestProgress | None, Conversations | None, tuple[str, ...]]:
    """Return the newest report of a metric and what packs hold of a kind, made-up rows left out of both."""
    reports, left_out = without_illustrative(
        [row for row in inputs.progress if (row.deliverable_id, row.metric) == (deliverable_id, metric)], inputs
    )
    held, left_out_of_packs = held_in_packs(kind, inputs)
    return next(iter(reports), None), held, tuple(sorted({*left_out, *left_out_of_packs}))


def count_of(
    looked_at: Sequence[RowT], counted: Sequence[RowT], illustrative_ids: tuple[str, ...], inputs: ReadinessInputs
) -> MetricValue:
    """Count rows. A count is based on the rows that it counts; a count of zero on all that were looked at."""
    basis = basis_of(counted or looked_at)
    if not counted:
        found = {inputs.evidence_grades.get(evidence_id, Grade.NOT_FOUND) for evidence_id in basis.ids}
        basis = Basis(weakest(found - {Grade.NOT_FOUND}), basis.ids)
    if basis.grade is Grade.NOT_FOUND:
        return nothing_on_record(illustrative_ids)
    return counted_as(len(counted), basis, illustrative_ids)


def counted_as(number: float, basis: Basis, illustrative_ids: tuple[str, ...]) -> MetricValue:
    return MetricValue(float(number), basis, illustrative_ids, origin=NumberOrigin.COUNTED)


def without_illustrative(rows: Iterable[RowT], inputs: ReadinessInputs) -> tuple[list[RowT], tuple[str, ...]]:
    """Return the rows that are evidence, and the ids of all illustrative rows in the tables that the rows come from.

    All in these tables, because a mart shows the better of two rows about one thing: a made-up one may be behind it.
    """
    listed = list(rows)
    tables = {evidence_id.partition("/")[0] for evidence_id in basis_of(listed).ids}
    illustrative_ids = tuple(
        sorted(
            evidence_id
            for evidence_id, grade in inputs.evidence_grades.items()
            if grade is Grade.ILLUSTRATIVE and evidence_id.partition("/")[0] in tables
        )
    )
    made_up = set(illustrative_ids)
    usable = [row for row in listed if row.basis.grade is not Grade.ILLUSTRATIVE and not made_up & row.basis.ids]
    return usable, illustrative_ids


def basis_of(rows: Iterable[ReadinessRow]) -> Basis:
    return Basis.all_of(row.basis for row in rows)


def nothing_on_record(illustrative_ids: tuple[str, ...]) -> MetricValue:
    return MetricValue(None, Basis(Grade.NOT_FOUND), illustrative_ids, "nothing is on record")
