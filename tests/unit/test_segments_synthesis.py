"""Themes, opportunities and saturation, by counts that can be done in the head."""

from __future__ import annotations

import pytest

from assets.segments.synthesis import opportunities_of, saturation_of, themes_of
from tests.unit.segments_world import RULES, finding


def test_themes_are_counted_by_source_and_segment() -> None:
    said = [
        finding("p1", tag="latency"),
        finding("p1", tag="latency", strength="weak"),
        finding("p2", tag="latency", segment_id="games", strength="weak"),
        finding("p3", tag="spam", segment_id="games"),
        finding("p4", tag=None),
        finding("issue", tag="spam", kind="signal"),
    ]
    themes = themes_of(said)
    counts = [(t.tag, t.segment_id, t.mentioning["interview"], t.sources["interview"], t.strong) for t in themes]
    assert counts == [
        ("latency", None, 2, 3, 1),
        ("spam", None, 1, 3, 2),
        ("latency", "chat", 1, 1, 1),
        ("latency", "games", 1, 2, 0),
        ("spam", "games", 1, 2, 1),
        ("spam", "chat", 0, 1, 1),
    ]
    assert [(t.segments, t.segments_heard) for t in themes if t.segment_id is None] == [(2, 2), (2, 2)]
    assert [(t.mentioning["signal"], t.sources["signal"]) for t in themes if t.segment_id is None] == [(0, 1), (1, 1)]


def test_an_opportunity_is_importance_and_what_satisfaction_lacks_of_it() -> None:
    said = [finding("p1", importance=10, satisfaction=4), finding("p2", importance=8, satisfaction=6)]
    (found,) = opportunities_of(said)
    assert (found.importance, found.satisfaction, found.score) == (9, 5, 13)
    assert found.score_low is not None
    assert found.score_high is not None
    # of two people the resampled means lie between the two
    assert 10 <= found.score_low <= 13 <= found.score_high <= 16


def test_who_is_more_than_satisfied_adds_nothing() -> None:
    (found,) = opportunities_of([finding("p1", importance=4, satisfaction=8)])
    assert (found.score, found.score_low, found.score_high) == (4, None, None)


def test_one_person_has_one_score_for_a_problem() -> None:
    said = [finding("p1", importance=9, satisfaction=8), finding("p1", importance=7, satisfaction=1)]
    (found,) = opportunities_of(said)
    assert (found.sources, found.importance, found.satisfaction) == (1, 7, 1)


def test_two_people_of_one_organisation_have_one_score() -> None:
    said = [
        finding("p1", organisation_key="org", importance=8, satisfaction=6),
        finding("p2", organisation_key="org", importance=9, satisfaction=2),
        finding("p3", importance=5, satisfaction=4),
    ]
    (found,) = opportunities_of(said)
    # the more pressing of the two, 9 and 2, and the other organisation
    assert (found.sources, found.importance, found.satisfaction) == (2, 7, 3)


def test_what_nobody_scored_is_no_opportunity() -> None:
    assert opportunities_of([finding("p1"), finding("p2", importance=9)]) == ()


def test_saturated_when_a_run_of_interviews_brings_nothing_new() -> None:
    tags = [{"a", "b"}, {"c"}, {"a"}, {"a"}, {"d"}, set(), {"b"}, {"c"}, {"a"}, {"d"}]
    runs = saturation_of([frozenset(t) for t in tags], RULES)
    assert [(r.run, r.interviews, r.interviews_so_far, r.new_tags, r.tags_so_far, r.is_saturated) for r in runs] == [
        (1, 3, 3, 3, 3, False),
        (2, 3, 6, 1, 4, False),
        (3, 4, 10, 0, 4, True),
    ]
    assert [run.new_share for run in runs] == [None, pytest.approx(1 / 3), 0]


@pytest.mark.parametrize("count", [0, 1, 2])
def test_fewer_interviews_than_a_run_say_nothing(count: int) -> None:
    assert saturation_of([frozenset({"a"})] * count, RULES) == ()
