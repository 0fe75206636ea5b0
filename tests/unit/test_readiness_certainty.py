"""How sure a gate is, and what would change it: small cases by hand, and counts drawn by a second method."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from assets.decision.certainty import (
    CountPriors,
    chance_wrong,
    gate_probability,
    met,
    probabilities_of,
    verdict_probability,
)
from assets.decision.flips import flip_of, flip_sentence
from assets.evidence.model import Grade
from assets.readiness.model import (
    GateStatus,
    MetricValue,
    NumberOrigin,
    Requirement,
    RequirementResult,
    gates_of,
    verdict_of,
)
from assets.roadmap.inputs import Spread
from tests.unit.bases import based
from tests.unit.readiness_world import MILESTONE, requirement

INTERVIEWS = replace(requirement("interviews", "customer_interviews", "interviews_held", 10.0), tolerance=2.0)
OUTLINE = requirement("interviews", "review_mvp", "mvp_outlines", 1.0)


def counted(value: float | None, origin: NumberOrigin = NumberOrigin.REPORTED) -> MetricValue:
    return MetricValue(value, based("published", "row"), origin=origin)


NOT_KNOWN = MetricValue(None, based("published", "row"))


def chance(asked: Requirement, found: MetricValue, unrecorded: float, mistaken: float = 0.0) -> float:
    return float(met(asked, found, np.array([unrecorded]), np.array([mistaken]))[0])


def test_a_thing_that_nobody_reports_is_there_as_likely_as_not() -> None:
    # one is asked for and one is expected: geometric with a mean of one, so that one or more has 1 / 2
    assert chance(OUTLINE, NOT_KNOWN, 1.0) == pytest.approx(0.5)
    assert chance(OUTLINE, NOT_KNOWN, 0.0) == 0.0


def test_what_is_missing_has_to_be_unrecorded() -> None:
    # two of at least eight: six more of a mean of a tenth of ten, so (1 / 2) ^ 6
    assert chance(INTERVIEWS, counted(2.0), 0.1) == pytest.approx(0.5**6)
    assert chance(INTERVIEWS, counted(8.0), 0.1) == 1.0


def test_what_is_on_record_may_be_mistaken() -> None:
    # one of one, which does not hold in one of ten cases, and then one that is not on record holds in one of two
    assert chance(OUTLINE, counted(1.0), 0.0, mistaken=0.1) == pytest.approx(0.9)
    assert chance(OUTLINE, counted(1.0), 1.0, mistaken=0.1) == pytest.approx(0.9 + 0.1 * 0.5)


@pytest.mark.parametrize(("comparison", "value"), [("at_least", 5.0), ("within", 9.0), ("within", 2.0)])
def test_the_probability_is_that_of_counts_drawn_one_by_one(comparison: str, value: float) -> None:
    asked = replace(INTERVIEWS, comparison=comparison)
    random = np.random.default_rng(3)
    mean = 0.3 * 10
    drawn = random.binomial(int(value), 0.8, 400_000) + random.geometric(1 / (1 + mean), 400_000) - 1
    enough = abs(drawn - 10) <= 2 if comparison == "within" else drawn >= 8
    assert chance(asked, counted(value), 0.3, mistaken=0.2) == pytest.approx(enough.mean(), abs=0.003)


def result(asked: Requirement, value: float | None) -> RequirementResult:
    return RequirementResult(asked, NOT_KNOWN if value is None else counted(value))


PRIORS = CountPriors(
    unrecorded={origin.value: Spread(0.1, 0.1, 0.1) for origin in NumberOrigin} | {"not_known": Spread(1, 1, 1)},
    mistaken={grade: Spread(0, 0, 0) for grade in Grade},
)


def test_a_gate_and_a_verdict_hold_where_all_of_their_parts_do() -> None:
    results = [result(INTERVIEWS, 2.0), result(OUTLINE, None)]
    (gate,) = gates_of(results)
    probabilities = probabilities_of(results, PRIORS, draws=8)
    assert gate_probability(gate, probabilities).tolist() == pytest.approx([0.5**7] * 8)
    verdict = verdict_of(MILESTONE, [gate], {})
    assert verdict_probability(verdict, probabilities).tolist() == pytest.approx([0.5**7] * 8)
    assert chance_wrong(gate.status, 0.5**7) == 0.5**7
    assert chance_wrong(GateStatus.PASS, 0.9) == pytest.approx(0.1)
    assert chance_wrong(GateStatus.UNKNOWN, 0.9) is None


def test_one_requirement_more_leaves_the_draws_of_the_others_as_they_are() -> None:
    priors = replace(PRIORS, unrecorded={origin.value: Spread(0.0, 0.1, 0.3) for origin in NumberOrigin})
    alone = probabilities_of([result(INTERVIEWS, 2.0)], priors, draws=16)
    beside = probabilities_of([result(OUTLINE, None), result(INTERVIEWS, 2.0)], priors, draws=16)
    name = INTERVIEWS.requirement_id
    assert alone[name].tolist() == beside[name].tolist()


def test_what_would_change_a_gate_that_does_not_pass() -> None:
    (gate,) = gates_of([result(INTERVIEWS, 2.0), result(OUTLINE, None)])
    assert [(flip.result.requirement.metric, flip.things) for flip in flip_of(gate)] == [
        ("interviews_held", 6),
        ("mvp_outlines", 1),
    ]
    assert flip_sentence(gate) == (
        "It would pass with six more interviews on record and one more outline of the MVP public."
    )


def test_what_would_change_a_gate_that_passes() -> None:
    (gate,) = gates_of([result(INTERVIEWS, 9.0), result(OUTLINE, 1.0)])
    assert flip_sentence(gate) == "It would no longer pass with one fewer outline of the MVP public."


def test_what_nobody_asked_for_in_numbers_cannot_be_changed_by_numbers() -> None:
    unasked = replace(OUTLINE, threshold=None, basis=based("not_found", "row"))
    (gate,) = gates_of([result(unasked, None)])
    assert flip_of(gate) == ()
    assert flip_sentence(gate) == "It is not known what would change this gate."
    assert chance(unasked, NOT_KNOWN, 1.0) == 0.5
