"""The matrix: who speaks about which cell, how much that counts, and what status follows."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from pydantic import ValidationError

from assets.evidence.tables.segments import Rule
from assets.segments.frames import reason
from assets.segments.inputs import CodedFinding, Rules
from assets.segments.matrix import CellStatus, Count, ValidationCell, status_of, validation_matrix, voices_of
from tests.unit.bases import based
from tests.unit.segments_world import RULES, claim, finding


def cell(findings: list[CodedFinding], segment: str = "chat") -> ValidationCell:
    matrix = validation_matrix(findings, [claim()], RULES)
    (found,) = (cell for cell in matrix.cells if cell.key[1] == segment)
    return found


def test_what_is_claimed_and_not_spoken_about_is_untested() -> None:
    found = cell([])
    assert (found.status, found.sources, found.supporting, found.effective_n) == (CellStatus.UNTESTED, 0, 0, 0)
    assert found.share.mean == pytest.approx(0.5, abs=1e-6)


@pytest.mark.parametrize(
    ("relations", "status"),
    [
        (["supports"], CellStatus.UNTESTED),
        (["supports"] * 3, CellStatus.VALIDATED),
        (["contradicts"] * 3, CellStatus.INVALIDATED),
        (["supports", "contradicts", "supports"], CellStatus.MIXED),
    ],
)
def test_a_status_needs_enough_evidence_that_points_one_way(relations: list[str], status: CellStatus) -> None:
    found = cell([finding(f"p{n}", relation=relation) for n, relation in enumerate(relations)])
    assert found.status is status
    assert found.sources == len(relations)
    assert found.supporting == relations.count("supports")


@pytest.mark.parametrize(
    ("effective_n", "above_half", "is_claimed", "status"),
    [
        (1.99, 0.99, True, "untested"),
        (1.99, 0.99, False, "new"),
        (2.0, 0.8, True, "validated"),
        (2.0, 0.8, False, "validated"),
        (2.0, 0.79, True, "mixed"),
        (2.0, 0.21, True, "mixed"),
        (2.0, 0.19, True, "invalidated"),
    ],
)
def test_thresholds(effective_n: float, above_half: float, is_claimed: bool, status: str) -> None:
    assert status_of(effective_n, above_half, is_claimed, RULES) == status


def test_contradictions_are_kept_beside_support() -> None:
    found = cell([finding("p1"), finding("p2"), finding("p3", relation="contradicts")])
    assert [(voice.organisation_key, voice.supports) for voice in found.voices] == [
        ("p1", True),
        ("p2", True),
        ("p3", False),
    ]


@pytest.mark.parametrize(
    ("changes", "weight"),
    [
        ({}, 1.0),
        ({"strength": "medium"}, 2 / 3),
        ({"strength": "weak"}, 1 / 3),
        ({"kind": "session"}, 0.75),
        ({"kind": "signal"}, 0.5),
        ({"kind": "signal", "basis": based("estimated", "f/a"), "strength": "weak"}, 0.5 * 0.5 / 3),
        ({"basis": based("illustrative", "f/a")}, 0.5),
    ],
)
def test_evidence_is_weighted_by_kind_grade_and_strength(changes: dict[str, str], weight: float) -> None:
    assert cell([finding("p1", **changes)]).effective_n == pytest.approx(weight)


@pytest.mark.parametrize(
    ("strength", "voices", "status"),
    [("weak", 6, "validated"), ("weak", 5, "untested"), ("medium", 3, "validated"), ("medium", 2, "untested")],
)
def test_thirds_of_a_finding_sum_up_to_whole_ones(strength: str, voices: int, status: str) -> None:
    assert cell([finding(f"p{n}", strength=strength) for n in range(voices)]).status == status


def test_what_is_just_short_of_enough_is_not_written_as_enough() -> None:
    rules = replace(RULES, weight_session=0.98)
    said = [finding("p1"), finding("k1", kind="session")]
    (found,) = validation_matrix(said, [claim()], rules).cells
    assert reason(found, rules) == "what was said is worth 1.98 interviews, 2 are needed"


def test_no_kind_of_evidence_weighs_nothing() -> None:
    row = {"id": "weight_session", "title": "Weight", "value": 0, "unit": "interviews", "source": "docs/segments.md"}
    with pytest.raises(ValidationError, match="a weight is above 0"):
        Rule.model_validate({**row, "as_of": "2024-10-06", "as_of_basis": "assigned", "grade": "estimated"})


def test_the_same_source_counts_once() -> None:
    twice = [finding("p1"), finding("p1", finding_id="f/again", strength="weak")]
    assert (cell(twice).sources, cell(twice).effective_n) == (1, 1.0)


def test_two_people_of_an_organisation_and_its_signal_are_one_source_and_three_voices() -> None:
    found = cell(
        [
            finding("p1", organisation_key="railgun"),
            finding("p2", organisation_key="railgun", strength="weak"),
            finding("issue", organisation_key="railgun", kind="signal"),
        ]
    )
    assert (found.supporting, found.sources, found.effective_n) == (1, 1, 1.0)
    assert found.counts == {"interview": Count(2, 2), "session": Count(0, 0), "signal": Count(1, 1)}


def test_counts_are_of_one_kind_each() -> None:
    said = [finding("p1"), finding("p2", relation="contradicts"), finding("issue", kind="signal")]
    (group,) = validation_matrix([*said, finding("p3", segment_id="games")], [claim()], RULES).groups
    assert group.counts == {"interview": Count(2, 3), "session": Count(0, 0), "signal": Count(1, 1)}


def test_a_source_that_says_both_is_shared_between_the_sides() -> None:
    (voice,) = voices_of([finding("p1"), finding("p1", relation="contradicts")], RULES)
    assert (voice.supporting_weight, voice.contradicting_weight, voice.supports) == (0.5, 0.5, False)


def test_a_source_that_speaks_for_two_segments_is_one_source() -> None:
    matrix = validation_matrix([finding("p1"), finding("p1", segment_id="games")], [claim()], RULES)
    (group,) = matrix.groups
    assert (group.sources, group.supporting, group.segments) == (1, 1, 2)
    assert [cell.effective_n for cell in matrix.cells] == [0.5, 0.5]


def test_groups_say_how_many_of_how_many_in_how_many_segments() -> None:
    said = [finding("p1"), finding("p2"), finding("p3", segment_id="games", relation="contradicts")]
    (group,) = validation_matrix([*said, finding("p4", segment_id="dao")], [claim(), claim("idle")], RULES).groups
    assert (group.supporting, group.sources, group.segments_supporting, group.segments) == (3, 4, 2, 3)
    assert len(group.cells) == 4


def test_what_nobody_claimed_is_new() -> None:
    assert cell([finding("p1", segment_id="games")], "games").status is CellStatus.NEW


def test_segments_that_are_not_told_apart_have_the_claims_of_all() -> None:
    assert cell([finding("p1", segment_id="other")], "other").status is CellStatus.UNTESTED


def test_who_does_not_have_the_problem_needs_no_usp_for_it() -> None:
    denied = finding("p1", usp_id=None, relation="contradicts")
    found = cell([denied])
    assert (found.key, found.supporting, found.sources) == (("private", "chat", "exposed"), 0, 1)


def test_who_has_a_problem_says_nothing_of_a_usp() -> None:
    matrix = validation_matrix([finding("p1", usp_id=None)], [claim()], RULES)
    assert {cell.key: cell.sources for cell in matrix.cells} == {
        ("private", "chat", "exposed"): 0,
        (None, "chat", "exposed"): 1,
    }


def test_a_usp_without_a_problem_is_about_all_its_claimed_problems() -> None:
    claims = [claim(), claim(problem_id="front_run"), claim(segment_id="games")]
    matrix = validation_matrix([finding("p1", problem_id=None)], claims, RULES)
    assert {cell.key: cell.sources for cell in matrix.cells} == {
        ("private", "chat", "exposed"): 1,
        ("private", "chat", "front_run"): 1,
        ("private", "games", "exposed"): 0,
    }


def test_of_a_segment_that_is_not_told_a_usp_is_about_all_problems_that_it_is_claimed_for() -> None:
    claims = [claim(), claim(segment_id="games", problem_id="front_run")]
    matrix = validation_matrix([finding("p1", segment_id="other", problem_id=None)], claims, RULES)
    assert {cell.key for cell in matrix.cells if cell.sources} == {
        ("private", "other", "exposed"),
        ("private", "other", "front_run"),
    }


def test_what_takes_no_side_is_in_no_cell() -> None:
    assert cell([finding("p1", relation=None, usp_id=None, problem_id=None)]).sources == 0


def test_nothing_at_all_is_an_empty_matrix() -> None:
    assert validation_matrix([], [], RULES).cells == ()


def test_a_rule_that_is_missing_is_named() -> None:
    with pytest.raises(ValueError, match=r"rules\.csv lacks weight_interview, weight_session"):
        Rules.of({})


def test_a_matrix_of_all_segments_takes_less_than_half_a_second() -> None:
    claims = [claim(f"s{s}", f"u{u}", f"p{u}") for s in range(17) for u in range(20)]
    said = [
        finding(f"i{n}", segment_id=f"s{n % 17}", usp_id=f"u{n % 20}", problem_id=f"p{n % 20}", strength=strength)
        for n, strength in enumerate(["strong", "medium", "weak"] * 40)
    ]
    start = time.perf_counter()
    assert len(validation_matrix(said, claims, RULES).cells) == 340
    assert time.perf_counter() - start < 2.0  # 0.3 s on an idle machine
