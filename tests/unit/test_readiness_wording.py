"""How a count is said in plain words, of one thing and of several, with too few, enough and too many."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assets.evidence.model import Grade
from assets.readiness.model import MetricValue, NumberOrigin, RequirementResult
from assets.readiness.wording import Asked, Words, counted
from tests.unit.bases import based
from tests.unit.readiness_world import requirement

PAPERS = Words("paper", "papers", "public")


@pytest.mark.parametrize(
    ("value", "asked", "said"),
    [
        (0, Asked(1), "no paper is public"),
        (1, Asked(1), "one paper is public"),
        (2, Asked(1), "two papers are public, one was asked for"),
        (2, Asked(0), "two papers are public, none were asked for"),
        (0, Asked(3), "none of three papers is public"),
        (1, Asked(3), "one of three papers is public"),
        (2, Asked(3), "two of three papers are public"),
        (3, Asked(3), "three of three papers are public"),
        (4, Asked(3), "four papers are public, three were asked for"),
        (1000, Asked(999), "1,000 papers are public, 999 were asked for"),
        (0, Asked(1, 2), "none of one to two papers is public"),
        (2, Asked(3, 4), "two of three to four papers are public"),
        (3, Asked(3, 4), "three papers are public, three to four were asked for"),
        (1000.0, Asked(1000, 2000), "1,000 papers are public, 1,000 to 2,000 were asked for"),
        (5, Asked(3, 4), "five papers are public, three to four were asked for"),
        (8, Asked(10, is_about=True), "eight of about ten papers are public"),
    ],
)
def test_how_many_of_how_many(value: float, asked: Asked, said: str) -> None:
    assert counted(PAPERS, value, asked) == said


NOT_ASKED_IN_NUMBERS = "The number of pages of the whitepaper is not known: it is not known how many are asked for."


@pytest.mark.parametrize(
    ("threshold", "grade", "reason"),
    [
        (None, Grade.PUBLISHED, NOT_ASKED_IN_NUMBERS),
        (15, Grade.NOT_FOUND, NOT_ASKED_IN_NUMBERS),
        (15, Grade.ILLUSTRATIVE, NOT_ASKED_IN_NUMBERS),
        (15, Grade.PUBLISHED, "Seven of 15 pages of the whitepaper are public."),
    ],
)
def test_a_number_that_is_asked_for_by_nobody_is_not_said(threshold: float | None, grade: Grade, reason: str) -> None:
    found = MetricValue(7, based("published", "t/m"), origin=NumberOrigin.REPORTED)
    assert RequirementResult(requirement("g", "d", "pages", threshold, grade), found).reason == reason


def test_a_number_that_rests_on_nothing_is_not_said() -> None:
    found = MetricValue(7, based("illustrative", "t/m"), origin=NumberOrigin.REPORTED)
    result = RequirementResult(requirement("g", "d", "pages", 15), found)
    assert result.reason == "The number of pages of the whitepaper is not known: nothing is on record."
    said = replace(result, measurement=replace(found, remark="the last one is lost", beside="a draft"))
    assert said.reason.endswith(": nothing is on record. The last one is lost. Not counted: a draft.")
