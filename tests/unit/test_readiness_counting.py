"""What is left out of every count, and what a count is based on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assets.evidence.model import Grade
from assets.readiness.counting import count_of, without_illustrative
from assets.readiness.inputs import Conversations, ReadinessRow
from assets.readiness.measures import results_of
from assets.readiness.model import MetricValue, NumberOrigin
from tests.unit.bases import based
from tests.unit.readiness_world import ESTIMATED, ILLUSTRATIVE, NOT_FOUND, PUBLISHED, requirement, world

KNOWN = ReadinessRow(based("published", "t/known"))
UNLISTED = ReadinessRow(based("illustrative", "t/unlisted"))
BETTER_OF_TWO = ReadinessRow(based("published", "t/known", "t/made_up"))
ESTIMATE = ReadinessRow(based("estimated", "t/guess"))
INPUTS = replace(
    world(),
    evidence_grades={
        "t/known": PUBLISHED,
        "t/guess": ESTIMATED,
        "t/made_up": ILLUSTRATIVE,
        "t/searched": NOT_FOUND,
        "elsewhere/made_up": ILLUSTRATIVE,
    },
)


def test_a_row_is_left_out_that_is_made_up_or_needs_one_that_is() -> None:
    rows = [KNOWN, UNLISTED, BETTER_OF_TWO, ESTIMATE]
    assert without_illustrative(rows, INPUTS) == ([KNOWN, ESTIMATE], ("t/made_up",))
    assert without_illustrative([], INPUTS) == ([], ())


def test_a_count_is_based_on_what_it_counts_and_a_zero_on_all_that_was_looked_at() -> None:
    searched = ReadinessRow(based("not_found", "t/searched"))
    looked_at = [KNOWN, ESTIMATE, searched]
    assert count_of(looked_at, [KNOWN], (), INPUTS) == MetricValue(
        1.0, based("published", "t/known"), origin=NumberOrigin.COUNTED
    )
    assert count_of(looked_at, [], (), INPUTS) == MetricValue(
        0.0, based("estimated", "t/known", "t/guess", "t/searched"), origin=NumberOrigin.COUNTED
    )
    nothing = MetricValue(None, based("not_found"), ("t/made_up",), "nothing is on record")
    assert count_of([searched], [], ("t/made_up",), INPUTS) == nothing
    assert count_of(looked_at, [searched], ("t/made_up",), INPUTS) == nothing


@pytest.mark.parametrize("grade", [Grade.MEASURED, PUBLISHED, ESTIMATED, NOT_FOUND])
def test_whatever_is_asked_for_is_counted_unless_it_is_made_up(grade: Grade) -> None:
    asked = [requirement("g", "whitepaper", "pages", 1, grade=each) for each in (grade, ILLUSTRATIVE)]
    assert [result.requirement for result in results_of(world(requirements=asked))] == asked[:1]


def test_what_was_held_after_the_report_is_added_to_it_and_no_more() -> None:
    # five are in packs, three of them after the newest report, which counts two: these may be the other two
    talked = [Conversations(based("published", "interviews__interviews/a"), "interview", 5, 3, 1, 1)]
    (found,) = results_of(
        world(
            requirements=[requirement("interviews", "customer_interviews", "interviews_held", 8)], conversations=talked
        )
    )
    assert (found.measurement.value, found.measurement.remark) == (5, "")
    assert found.measurement.basis.grade is PUBLISHED
