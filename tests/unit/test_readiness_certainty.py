"""How sure a gate is, and what would change it: small cases by hand, and counts drawn by a second method."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from assets.decision.certainty import (
    Certainty,
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


def test_an_interval_holds_nine_of_ten_draws() -> None:
    found = Certainty.of(np.arange(101.0) ** 2)
    assert (found.probability, found.low, found.high) == (3350.0, pytest.approx(25.0), pytest.approx(9025.0))


def test_what_we_counted_ourselves_is_as_sure_as_a_measurement_and_what_is_reported_as_its_rows_are() -> None:
    mistaken = {Grade.MEASURED: Spread(0.25, 0.25, 0.25), Grade.PUBLISHED: Spread(0.5, 0.5, 0.5)}
    priors = CountPriors({origin.value: Spread(0, 0, 0) for origin in NumberOrigin}, mistaken)

    def probability(origin: NumberOrigin, grade: str = "published") -> list[float]:
        found = RequirementResult(OUTLINE, MetricValue(1.0, based(grade, "row"), origin=origin))
        return probabilities_of([found], priors, draws=2)[OUTLINE.requirement_id].tolist()

    assert probability(NumberOrigin.COUNTED) == [0.75, 0.75]
    assert probability(NumberOrigin.REPORTED) == [0.5, 0.5]
    assert probability(NumberOrigin.REPORTED, "estimated") == [1.0, 1.0]  # nothing is declared of it


def test_the_draws_of_a_prior_lie_between_its_ends() -> None:
    priors = replace(PRIORS, unrecorded={origin.value: Spread(0.5, 1.0, 3.0) for origin in NumberOrigin})
    drawn = probabilities_of([result(OUTLINE, None)], priors)[OUTLINE.requirement_id]
    # one or more of a geometric distribution of this mean: u / (1 + u)
    assert (drawn / (1 - drawn)).min() == pytest.approx(0.5, abs=0.05)
    assert (drawn / (1 - drawn)).max() == pytest.approx(3.0, abs=0.1)
    assert (drawn / (1 - drawn)).mean() == pytest.approx(4.5 / 3, abs=0.05)


def test_all_that_there_are_is_a_number_of_the_day() -> None:
    asked = replace(OUTLINE, comparison="all", threshold=None)
    assert chance(asked, replace(counted(1.0), of=2.0), 0.5) == pytest.approx(0.5)
    assert chance(asked, counted(1.0), 0.5) == 0.5
    assert chance(replace(asked, threshold=1.0), replace(counted(1.0), of=3.0), 1.0) == pytest.approx((3 / 4) ** 2)


def test_where_nothing_is_asked_for_a_verdict_is_as_likely_as_not() -> None:
    assert verdict_probability(verdict_of(MILESTONE, [], {}), {}).tolist() == [0.5]


PAGES = replace(requirement("paper", "whitepaper", "pages", 15.0), comparison="within", tolerance=2.5)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (5.0, "It would pass with eight more pages of the whitepaper public."),
        (12.0, "It would pass with one more page of the whitepaper public."),
        (13.0, "It would no longer pass with one fewer page of the whitepaper public."),
        (15.0, "It would no longer pass with three fewer pages of the whitepaper public."),
        (16.0, "It would no longer pass with two more pages of the whitepaper public."),
        (17.0, "It would no longer pass with one more page of the whitepaper public."),
        (18.0, "It would pass with one fewer page of the whitepaper public."),
        (25.0, "It would pass with eight fewer pages of the whitepaper public."),
        (None, "It would pass with 13 more pages of the whitepaper public."),
    ],
)
def test_pages_may_be_too_few_and_too_many(value: float | None, said: str) -> None:
    (gate,) = gates_of([result(PAGES, value)])
    assert flip_sentence(gate) == said


def test_what_is_met_by_nothing_is_not_lost_by_less() -> None:
    (gate,) = gates_of([result(replace(OUTLINE, threshold=0.0), 4.0)])
    assert flip_of(gate) == ()
    (gate,) = gates_of([result(replace(PAGES, threshold=2.0), 1.0)])
    assert [flip.things for flip in flip_of(gate)] == [4]
    (gate,) = gates_of([result(replace(OUTLINE, threshold=1.0), 4.0)])
    assert [flip.things for flip in flip_of(gate)] == [-4]


def test_what_is_there_and_rests_on_nothing_lacks_one_thing_that_does() -> None:
    made_up = RequirementResult(OUTLINE, replace(counted(3.0), basis=based("illustrative", "row")))
    (gate,) = gates_of([made_up])
    assert [flip.things for flip in flip_of(gate)] == [1]


def test_one_interview_may_count_for_several_requirements() -> None:
    segments = requirement("interviews", "customer_interviews", "interview_segments", 5.0)
    (gate,) = gates_of([result(INTERVIEWS, 2.0), result(segments, 3.0)])
    assert flip_sentence(gate) == (
        "It would pass with six more interviews on record and two more segments covered by interviews. One may count "
        "for several of these."
    )
