"""The ranking: what is certain is found, what is not known is spread, and no weighting is chosen."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest

from assets.segments.frames import Sources, ranking_frame
from assets.segments.inputs import CodedFinding, MarketFigure, SegmentRecord
from assets.segments.matrix import Matrix, validation_matrix
from assets.segments.ranking import (
    LEVELS,
    criteria_of,
    decisions_of,
    market_sizes,
    problem_strength,
    rank_acceptabilities,
    rank_segments,
    usp_fit,
)
from tests.unit.bases import based
from tests.unit.segments_world import RULES, claim, finding


def fixed(*values: float) -> np.ndarray:
    return np.array([[value] * len(LEVELS) for value in values])


def record(segment_id: str, **changes: int | None) -> SegmentRecord:
    counts: dict[str, Any] = {"open_gaps": 0, "unknown_gaps": 0, "users": 0, "leavers": 0, **changes}
    return SegmentRecord(segment_id, (), **counts, basis=based("published", f"segments__segments/{segment_id}"))


def test_a_segment_that_is_better_by_every_criterion_is_always_first() -> None:
    shares = rank_acceptabilities(np.stack([fixed(0.9, 0.8), fixed(0.5, 0.5), fixed(0.1, 0.2)]))
    assert shares.tolist() == [[1, 0, 0], [0, 1, 0], [0, 0, 1]]


def test_of_two_segments_with_opposite_merits_each_is_first_in_half_of_the_weightings() -> None:
    shares = rank_acceptabilities(np.stack([fixed(1, 0), fixed(0, 1)]))
    assert shares[0].tolist() == pytest.approx([0.5, 0.5], abs=0.02)


def test_first_where_its_criterion_weighs_more_than_a_third() -> None:
    # 0.5 w + 0.5 (1 - w) against w * 1 + (1 - w) * 0.25: the second is first for w > 1/3
    shares = rank_acceptabilities(np.stack([fixed(0.5, 0.5), fixed(1.0, 0.25)]))
    assert shares[1, 0] == pytest.approx(2 / 3, abs=0.02)


def test_what_is_not_known_is_spread_over_its_range_and_not_zero() -> None:
    unknown = np.array([LEVELS])
    shares = rank_acceptabilities(np.stack([unknown, fixed(0.25)]))
    assert shares[0, 0] == pytest.approx(0.75, abs=0.02)


def test_the_same_evidence_gives_the_same_ranking() -> None:
    table = np.stack([np.array([LEVELS]), fixed(0.4), fixed(0.6)])
    assert rank_acceptabilities(table).tolist() == rank_acceptabilities(table).tolist()


def test_figures_that_disagree_are_both_kept() -> None:
    figures = [
        MarketFigure("defi", "money", 1e9, based("published", "m/one")),
        MarketFigure("defi", "money", 1e10, based("published", "m/other")),
        MarketFigure("chat", "money", 1e7, based("published", "m/chat")),
        MarketFigure("dao", "money", 1e12, based("published", "m/dao")),
        MarketFigure("alone", "people", 5e6, based("published", "m/alone")),
        MarketFigure("alone", "people", 8e6, based("published", "m/alone_too")),
    ]
    sizes = market_sizes(figures, RULES)
    low, high = sizes["defi"].bounds(1.0)
    # from 1e7 to 1e12 are five decades; a figure may be wrong by a factor of two
    assert (low, high) == (pytest.approx((2 - 0.30103) / 5), pytest.approx((3 + 0.30103) / 5))
    assert (sizes["defi"].things, sizes["defi"].evidence_ids) == (
        2,
        {"m/chat", "m/dao", "m/one", "m/other"},  # the ends of the scale decide as well
    )
    assert "alone" not in sizes  # nothing to compare it with


def test_a_problem_that_is_denied_is_no_strength() -> None:
    strong = problem_strength([finding("p1"), finding("p2")], RULES)
    denied = problem_strength([finding("p1", usp_id=None, relation="contradicts")], RULES)
    nobody = problem_strength([], RULES)
    assert strong.middle > nobody.middle > denied.middle
    assert nobody.middle == pytest.approx(0.5, abs=0.01)
    # Beta(3, 1): the median is the cube root of one half
    assert strong.middle == pytest.approx(0.5 ** (1 / 3), abs=0.005)


def test_a_usp_that_does_not_hold_still_has_its_problem() -> None:
    found = problem_strength([finding("p1", relation="contradicts")], RULES)
    assert found.middle == pytest.approx(0.5**0.5, abs=0.005)


def test_many_untested_cells_are_no_knowledge() -> None:
    matrix = validation_matrix([], [claim(problem_id=f"p{n}") for n in range(9)], RULES)
    low, high = usp_fit(matrix.cells, matrix.said(), RULES).bounds(0.9)
    assert high - low > 0.8


def test_gaps_of_unknown_state_are_a_range() -> None:
    (row,) = criteria_of([record("chat", open_gaps=1, unknown_gaps=2)], [], [], Matrix((), ()), RULES)
    gaps = next(criterion for criterion in row if criterion.name == "technical_gaps")
    assert gaps.bounds(1.0) == (pytest.approx(1 / 4), pytest.approx(1 / 2))


def test_where_nobody_has_looked_for_gaps_nothing_is_known_of_them() -> None:
    records = [record("unsought", open_gaps=None, unknown_gaps=None), record("ready")]
    unsought, ready = (row[3] for row in criteria_of(records, [], [], Matrix((), ()), RULES))
    assert (unsought.name, unsought.bounds(1.0), unsought.is_known) == ("technical_gaps", (0.0, 1.0), False)
    assert (ready.bounds(1.0), ready.is_known) == ((1.0, 1.0), True)


@pytest.mark.parametrize(
    ("said", "is_known"),
    [
        ([finding("lead", kind="signal", strength="weak", basis=based("estimated", "f/lead"))], False),
        ([finding("issue", kind="signal")], False),
        ([finding("issue", kind="signal"), finding("post", kind="signal")], True),
        ([finding("issue", kind="signal"), finding("issue", finding_id="f/again", kind="signal")], False),
        ([finding("p1")], True),
    ],
)
def test_a_lead_is_not_yet_knowledge(said: list[CodedFinding], is_known: bool) -> None:
    (row,) = criteria_of([record("chat")], said, [], validation_matrix(said, [claim()], RULES), RULES)
    assert {criterion.name: criterion.is_known for criterion in row} == {
        "market_size": False,
        "problem_strength": is_known,
        "usp_fit": is_known,
        "technical_gaps": True,
        "integrations": False,
    }


def test_a_segment_whose_only_customer_left_is_not_pursued() -> None:
    gone = [finding("gone", kind="signal", relation="contradicts", organisation_key="project gone")]
    figures = [
        MarketFigure("chat", "held", 1e9, based("published", "m/chat")),
        MarketFigure("dao", "held", 1e6, based("published", "m/dao")),
    ]
    matrix = validation_matrix(gone, [claim()], RULES)
    ranked = rank_segments([record("chat", leavers=1), record("dao")], gone, figures, matrix, RULES)
    assert {segment.segment_id: segment.decision for segment in ranked} == {"chat": "undecided", "dao": "undecided"}


def test_the_best_are_pursued_and_only_hopeless_ones_dropped() -> None:
    shares = [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.1]
    known = [6, 2, 4, 6, 6, 6, 6, 6]
    assert decisions_of(shares, known, RULES) == [
        "pursue",
        "undecided",  # known by too little, whatever its place
        "pursue",
        "pursue",
        "pursue",
        "pursue",
        "undecided",
        "drop",
    ]
    assert decisions_of([0.1], [3], RULES) == ["undecided"]


def test_an_interview_moves_its_segment_up() -> None:
    records = [record(name) for name in ("a", "b", "c", "d", "e", "f", "g")]
    claims = [claim(name) for name in "abcdefg"]

    def place(*said: str) -> float:
        findings = [finding(f"p{n}", segment_id=segment) for n, segment in enumerate(said)]
        ranked = rank_segments(records, findings, [], validation_matrix(findings, claims, RULES), RULES)
        return next(segment.among_first for segment in ranked if segment.segment_id == "g")

    assert place() == pytest.approx(5 / 7, abs=0.02)
    assert place("g", "g", "g") > 0.85


def test_the_ranking_of_all_segments_is_quick() -> None:
    records = [record(f"s{n}", users=n % 3) for n in range(17)]
    start = time.perf_counter()
    ranked = rank_segments(records, [], [], Matrix((), ()), RULES)
    assert time.perf_counter() - start < 1.0  # 0.1 s on an idle machine
    assert [segment.position for segment in ranked] == list(range(1, 18))
    assert sum(segment.acceptabilities[0] for segment in ranked) == pytest.approx(1)


def test_without_segments_there_is_no_ranking() -> None:
    assert rank_segments([], [], [], Matrix((), ()), RULES) == ()


def test_fit_and_place_rest_on_what_was_said_in_other_segments() -> None:
    """By pooling it moves them: a withdrawal has to find them, and a reader to follow them back."""
    said = [finding("p1", segment_id="chat")]
    matrix = validation_matrix(said, [claim("chat"), claim("games")], RULES)
    records = [record("chat"), record("games")]
    games = criteria_of(records, said, [], matrix, RULES)[1]
    fit = next(criterion for criterion in games if criterion.name == "usp_fit")
    assert fit.evidence_ids == {"f/p1", "segments__segments/games"}

    ids = {one.segment_id: one.basis.ids for one in records}
    sources = Sources(dict.fromkeys(["f/p1", *(i for of_one in ids.values() for i in of_one)], "published"), [])
    ranking = ranking_frame(rank_segments(records, said, [], matrix, RULES), ids, sources)
    assert ranking["evidence_ids"].tolist() == [["f/p1", "segments__segments/chat", "segments__segments/games"]] * 2
