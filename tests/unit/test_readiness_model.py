"""The rules of the verdict: fail before unknown before pass, unknown never zero, nothing made up, never too sure."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from assets.evidence.model import GRADE_ORDER, Grade
from assets.readiness.inputs import ReadinessInputs
from assets.readiness.measures import results_of
from assets.readiness.model import (
    Gate,
    GateStatus,
    MetricValue,
    Milestone,
    NumberOrigin,
    RequirementResult,
    Verdict,
    VerdictAnswer,
    combined_status,
    gates_of,
    requirement_status,
    verdict_of,
    verdicts_of,
)
from tests.unit.bases import based
from tests.unit.readiness_world import MILESTONE, REQUIREMENTS, progress, requirement, world

FAIL, UNKNOWN, PASS = GateStatus.FAIL, GateStatus.UNKNOWN, GateStatus.PASS


def measured(value: float | None, grade: Grade = Grade.PUBLISHED) -> MetricValue:
    return MetricValue(
        value, based(grade, "t/m"), origin=NumberOrigin.NOT_KNOWN if value is None else NumberOrigin.COUNTED
    )


def judge(inputs: ReadinessInputs) -> Verdict:
    (found,) = verdicts_of(inputs.milestones, gates_of(results_of(inputs)), inputs.evidence_grades)
    return found


def gate(inputs: ReadinessInputs, gate_id: str) -> Gate:
    (found,) = [gate for gate in judge(inputs).gates if gate.gate_id == gate_id]
    return found


@pytest.mark.parametrize(
    ("value", "threshold", "status"),
    [
        (10, 10, PASS),
        (11, 10, PASS),
        (9, 10, FAIL),
        (0, 10, FAIL),
        (0, 0, PASS),
        (None, 10, UNKNOWN),
        (10, None, UNKNOWN),
    ],
)
def test_at_least(value: float | None, threshold: float | None, status: GateStatus) -> None:
    assert requirement_status(requirement("g", "d", "pages", threshold), measured(value)) is status


@pytest.mark.parametrize(
    ("value", "tolerance", "status"),
    [
        (15, 2, PASS),
        (13, 2, PASS),
        (17, 2, PASS),
        (12, 2, FAIL),
        (18, 2, FAIL),
        (None, 2, UNKNOWN),
        (15, None, UNKNOWN),
    ],
)
def test_within(value: float | None, tolerance: float | None, status: GateStatus) -> None:
    asked = requirement("g", "d", "pages", 15, comparison="within", tolerance=tolerance)
    assert requirement_status(asked, measured(value)) is status


@pytest.mark.parametrize(("value", "status"), [(7, FAIL), (8, PASS), (10, PASS), (13, PASS), (None, UNKNOWN)])
def test_about_ten(value: float | None, status: GateStatus) -> None:
    assert requirement_status(requirement("g", "d", "pages", 10, tolerance=2), measured(value)) is status


@pytest.mark.parametrize(("value", "status"), [(2, FAIL), (3, PASS), (4, PASS), (5, PASS), (None, UNKNOWN)])
def test_three_to_four(value: float | None, status: GateStatus) -> None:
    asked = requirement("g", "d", "pages", 3, comparison="between", threshold_high=4)
    assert requirement_status(asked, measured(value)) is status


@pytest.mark.parametrize(
    ("value", "of", "status"), [(4, 14, FAIL), (14, 14, PASS), (0, 1, FAIL), (None, None, UNKNOWN), (4, None, UNKNOWN)]
)
def test_all_that_there_are(value: float | None, of: float | None, status: GateStatus) -> None:
    asked = requirement("g", "d", "pages", None, comparison="all")
    assert requirement_status(asked, replace(measured(value), of=of)) is status


def test_what_is_inferred_from_absence_fails_unless_the_inference_itself_is_not_found() -> None:
    asked = requirement("g", "d", "pages", 15)
    inferred = MetricValue(None, based("estimated", "t/m"), origin=NumberOrigin.INFERRED)
    assert requirement_status(asked, inferred) is FAIL
    assert requirement_status(asked, replace(inferred, basis=based("not_found", "t/m"))) is UNKNOWN
    assert RequirementResult(asked, inferred).reason == ("No page of the whitepaper was found (inferred from absence).")


@pytest.mark.parametrize(
    ("value", "origin"),
    [
        (0.0, NumberOrigin.INFERRED),
        (0.0, NumberOrigin.NOT_KNOWN),
        (None, NumberOrigin.COUNTED),
        (None, NumberOrigin.REPORTED),
    ],
)
def test_nothing_that_nobody_counted_has_a_number(value: float | None, origin: NumberOrigin) -> None:
    with pytest.raises(ValueError, match="cannot be"):
        MetricValue(value, based("published"), origin=origin)


@pytest.mark.parametrize("grade", [Grade.ILLUSTRATIVE, Grade.NOT_FOUND])
@pytest.mark.parametrize("value", [0, 5, 50])
def test_made_up_or_missing_evidence_decides_nothing(value: float, grade: Grade) -> None:
    asked = requirement("g", "d", "pages", 10)
    assert requirement_status(asked, measured(value, grade)) is UNKNOWN
    assert requirement_status(replace(asked, basis=based(grade, "t/a")), measured(value)) is UNKNOWN


@pytest.mark.parametrize("statuses", itertools.product(GateStatus, repeat=3))
def test_every_combination_of_statuses(statuses: tuple[GateStatus, ...]) -> None:
    combined = combined_status(statuses)
    if FAIL in statuses:
        assert combined is FAIL
    elif UNKNOWN in statuses:
        assert combined is UNKNOWN
    else:
        assert combined is PASS


def test_nothing_is_unknown() -> None:
    assert combined_status([]) is UNKNOWN


def test_the_public_numbers_are_not_ready() -> None:
    verdict = judge(world())
    assert verdict.answer is VerdictAnswer.NOT_READY
    assert [verdict.count(status) for status in (FAIL, UNKNOWN, PASS)] == [5, 2, 0]
    assert verdict.reason == (
        "Five of seven gates fail: The Waku Whitepaper, Define potential USPs, Define target customers, "
        "Customer Interviews and Co-design sessions (Devcon 2024); two cannot be judged."
    )
    assert {found.gate_id: (found.status, found.shown.measurement.value, found.reason) for found in verdict.gates} == {
        "cost": (
            UNKNOWN,
            None,
            (
                "The number of results of PostgreSQL Optimisation phase 2 is not known: no public report says "
                "whether Postgres opt phase 2 is done. Not counted: one capacity result of our own benchmark, which "
                "is not that deliverable."
            ),
        ),
        "whitepaper": (
            FAIL,
            None,
            (
                "No whitepaper was found (inferred from absence). No page of the whitepaper was found (inferred "
                "from absence)."
            ),
        ),
        "usps": (
            FAIL,
            1,
            (
                "One of two USPs is named on the website. The number of validation matrices with a decided cell is "
                "not known: no public report gives it. Not counted: a report that the team reworked its matrix, "
                "which nobody outside can read."
            ),
        ),
        "target_customers": (
            FAIL,
            3,
            (
                "Three of about five segments are reported by the team as identified. One of about five segments is "
                "captured in full in this record. The number of documents on the segments is not known: nothing is "
                "on record. Not counted: this record, which captures one segment in full. The number of "
                "organisations with a segment in the CRM is not known: nothing is on record."
            ),
        ),
        "interviews": (
            FAIL,
            2,
            (
                "Two of about ten interviews are on record. Two of about five segments are covered by interviews. "
                "The number of questions of the interviews is not known: no public report gives it. Not counted: "
                "five questions of our own, with which no interview on record was held. The number of reviews of "
                "the segments after the interviews is not known: nothing is on record."
            ),
        ),
        "codesign": (
            FAIL,
            1,
            (
                "One of three to four co-design sessions is on record. The number of co-design sessions at Devcon "
                "2024 is not known: no public report gives it."
            ),
        ),
        "mvp_review": (
            UNKNOWN,
            None,
            (
                "The number of outlines of the MVP is not known: the work was done in private, and nothing public "
                "can be checked. The number of customers who were told of the MVP is not known: the work was done "
                "in private, and nothing public can be checked."
            ),
        ),
    }


@pytest.mark.parametrize(
    ("passing", "failing", "answer", "reason"),
    [
        (2, 0, VerdictAnswer.READY, "All of two gates pass."),
        (1, 0, VerdictAnswer.READY, "The only gate passes."),
        (1, 1, VerdictAnswer.NOT_READY, "One of two gates fails: Failing 0; one passes."),
        (0, 2, VerdictAnswer.NOT_READY, "Two of two gates fail: Failing 0 and Failing 1."),
        (0, 0, VerdictAnswer.UNKNOWN, "No requirement is on record, so there is nothing to judge."),
    ],
)
def test_the_verdict_says_why(passing: int, failing: int, answer: VerdictAnswer, reason: str) -> None:
    def one(gate_id: str, value: float) -> Gate:
        result = RequirementResult(requirement(gate_id, "d", "pages", 5), measured(value))
        return Gate(gate_id, "fit", gate_id, gate_id, (result,))

    gates = [one(f"Passing {n}", 5) for n in range(passing)] + [one(f"Failing {n}", 4) for n in range(failing)]
    verdict = verdict_of(MILESTONE, gates, {})
    assert (verdict.answer, verdict.reason) == (answer, reason)


def test_an_unknown_gate_keeps_ready_away() -> None:
    verdict = judge(
        world(requirements=[row for row in REQUIREMENTS if row.metric in ("register_entries", "mvp_outlines")])
    )
    assert verdict.answer is VerdictAnswer.UNKNOWN
    assert verdict.reason == "No gate fails, but one of two cannot be judged: Review Waku MVP; one passes."


def test_a_gate_has_its_title_on_a_day_before_its_deliverable_was_known() -> None:
    assert gate(world(deliverables=[]), "mvp_review").title == "Review Waku MVP"


def test_each_milestone_has_a_verdict_of_its_own_gates_the_default_one_first() -> None:
    other = Milestone("rln", "RLN", "Is RLN ready?", is_default=False)
    empty = Milestone("later", "Later", "Is it ready?", is_default=False)
    asked = requirement("paper", "whitepaper", "pages", 1, milestone_id="rln")
    inputs = world(milestones=[other, empty, MILESTONE], requirements=[asked, *REQUIREMENTS])
    found = verdicts_of(inputs.milestones, gates_of(results_of(inputs)), inputs.evidence_grades)
    assert [verdict.milestone for verdict in found] == [MILESTONE, other, empty]
    assert [[gate.gate_id for gate in verdict.gates] for verdict in found[1:]] == [["paper"], []]
    assert replace(found[0], milestone=MILESTONE) == judge(world())
    assert [verdict.answer for verdict in found] == [
        VerdictAnswer.NOT_READY,
        VerdictAnswer.NOT_READY,
        VerdictAnswer.UNKNOWN,
    ]


def test_without_a_default_milestone_nothing_is_judged_in_its_place() -> None:
    (found,) = verdicts_of([], [], {})
    assert (found.answer, found.reason) == (
        VerdictAnswer.UNKNOWN,
        "No requirement is on record, so there is nothing to judge.",
    )
    other = Milestone("rln", "RLN", "Is RLN ready?", is_default=False)
    assert [verdict.milestone.is_default for verdict in verdicts_of([other], [], {})] == [True, False]


def test_a_failing_gate_shows_what_fails_before_what_is_unknown() -> None:
    inputs = world(
        requirements=[
            requirement("cost", "cost_self_host", "postgres_phase_2_results", 1),
            requirement("cost", "cost_self_host", "cells_estimated", 9),
        ]
    )
    found = gate(inputs, "cost")
    assert found.status is FAIL
    assert found.shown.requirement.metric == "cells_estimated"
    assert found.reason.startswith("Eight of nine cost cases are estimated and able to run. The number of results")


def test_ten_made_up_interviews_never_pass_the_gate() -> None:
    made_up = progress(
        "customer_interviews", "interviews_held_cumulative", 10, tuple("abcde"), grade=Grade.ILLUSTRATIVE
    )
    found = gate(world(progress=[made_up]), "interviews")
    assert found.status is UNKNOWN
    assert [result.measurement.value for result in found.results] == [None] * 5
    assert found.illustrative_ids == tuple(made_up.basis.ids)
    assert found.basis.grade is Grade.NOT_FOUND


@pytest.mark.parametrize(("first", "second"), itertools.product(GRADE_ORDER, repeat=2))
def test_nothing_is_better_founded_than_its_weakest_evidence(first: Grade, second: Grade) -> None:
    results = [
        RequirementResult(requirement("usps", "d", "pages", 5), measured(5, first)),
        RequirementResult(requirement("cost", "d", "pages", 5, grade=second), measured(5)),
    ]
    verdict = verdict_of(MILESTONE, gates_of(results), {})
    for grade in (first, second):
        assert GRADE_ORDER.index(verdict.basis.grade) >= GRADE_ORDER.index(grade)
    if {first, second} & {Grade.ILLUSTRATIVE, Grade.NOT_FOUND}:
        assert verdict.answer is VerdictAnswer.UNKNOWN


def test_a_gate_has_the_title_and_the_deliverable_of_its_first_requirement() -> None:
    rows = [requirement("cost", name, "pages", 5, gate_title=f"On {name}") for name in ("first", "second")]
    (found,) = gates_of(RequirementResult(row, measured(5)) for row in rows)
    assert (found.deliverable_id, found.title) == ("first", "On first")


def test_gates_keep_the_order_of_their_requirements() -> None:
    assert [found.gate_id for found in judge(world()).gates] == [
        "cost",
        "whitepaper",
        "usps",
        "target_customers",
        "interviews",
        "codesign",
        "mvp_review",
    ]
