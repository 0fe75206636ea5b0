"""What one piece of evidence is worth, against closed forms: of gates, of segments and of USPs, each on its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from assets.decision.next_evidence import NextEvidence, Worth, next_evidence
from assets.readiness.counting import PRIVATE
from assets.readiness.measures import WITHIN_BUDGET
from assets.readiness.model import MetricValue, NumberOrigin, RequirementResult, gates_of, verdict_of
from assets.roadmap.graph import RoadmapGraph
from assets.roadmap.mvp import Choosable
from assets.roadmap.outline import Choice
from assets.segments.matrix import CellStatus, ValidationCell
from assets.segments.ranking import LEVELS, Criterion, RankedSegment
from tests.unit.bases import based
from tests.unit.mvp_world import cell, choosable, criterion, segment
from tests.unit.readiness_world import MILESTONE, requirement
from tests.unit.test_next_evidence import VALUES

DRAWS = 2000
NOT_KNOWN = MetricValue(None, based("published", "report"))
REPORTED = MetricValue(1.0, based("published", "report"), origin=NumberOrigin.REPORTED)


def result(gate: str, metric: str, found: MetricValue = NOT_KNOWN, **changes: Any) -> RequirementResult:
    return RequirementResult(replace(requirement(gate, "d", metric, 3.0), **changes), found)


def world(
    ranked: tuple[RankedSegment, ...] = (segment("chat", 0.5),),
    cells: Sequence[ValidationCell] = (),
    pursue: float = 1.0,
    **changes: Any,
) -> Choosable:
    found = choosable(cells, ranked, RoadmapGraph({}), changes.pop("draws", 4), changes.pop("drawn", None), **VALUES)
    return replace(found, market=replace(found.market, pursue_segments=pursue), **changes)


def pieces(
    results: Sequence[tuple[RequirementResult, float]] = (),
    of: Choosable | None = None,
    sets: Sequence[Choice] = (),
    draws: int = 40_000,
) -> tuple[NextEvidence, ...]:
    """The pieces where each requirement is met with its probability."""
    verdict = verdict_of(MILESTONE, gates_of(each for each, _ in results), {})
    probabilities = {each.requirement.requirement_id: np.full(draws, chance) for each, chance in results}
    return next_evidence(verdict, probabilities, of or world(), sets)


def of_gates(*results: tuple[RequirementResult, float]) -> list[NextEvidence]:
    return [piece for piece in pieces(results) if piece.segment_id is None]


def looked_for(*results: tuple[RequirementResult, float]) -> dict[str, float]:
    """By metric, what it takes away of the loss to find out, if that were certain."""
    sources = [piece for piece in of_gates(*results) if piece.kind == "public_source"]
    return {piece.requirement_ids[0].split("_", 1)[1]: piece.worth.gates / 0.1 for piece in sources}


@pytest.mark.parametrize("chance", [0.5, 0.2, 0.9])
def test_to_know_the_only_requirement_of_the_only_gate_takes_away_all_of_its_loss(chance: float) -> None:
    assert looked_for((result("usps", "mvp_gaps"), chance)) == {"mvp_gaps": pytest.approx(1.0, abs=0.03)}


def test_the_loss_of_all_gates_is_shared_by_them() -> None:
    # 0.5 of the one and 0.1 of the other
    found = looked_for((result("usps", "mvp_gaps"), 0.5), (result("mvp", "mvp_outlines"), 0.9))
    assert found == {"mvp_gaps": pytest.approx(5 / 6, abs=0.03), "mvp_outlines": pytest.approx(1 / 6, abs=0.03)}


def test_of_two_that_have_to_hold_each_tells_a_part() -> None:
    # the loss falls from 0.36 to 0.8 x 0.2
    found = looked_for((result("mvp", "mvp_gaps"), 0.8), (result("mvp", "mvp_outlines"), 0.8))
    assert found == {
        "mvp_gaps": pytest.approx(0.2 / 0.36, abs=0.03),
        "mvp_outlines": pytest.approx(0.2 / 0.36, abs=0.03),
    }


def test_what_counts_the_same_interviews_is_met_by_the_same_ones() -> None:
    # the questions are met only where the interviews are: they tell all, and the interviews nothing that decides
    found = looked_for((result("mvp", "interviews_held"), 0.5), (result("mvp", "interview_questions"), 0.25))
    assert found["interview_questions"] == pytest.approx(1.0, abs=0.03)
    assert found["interviews_held"] == pytest.approx(0.0, abs=0.03)


def test_the_same_interviews_in_two_gates_are_asked_after_twice() -> None:
    found = looked_for((result("a", "interviews_held"), 0.5), (result("b", "interview_questions"), 0.5))
    assert found == {
        "interviews_held": pytest.approx(0.5, abs=0.03),
        "interview_questions": pytest.approx(0.5, abs=0.03),
    }


@pytest.mark.parametrize("chance", [0.0, 1.0])
def test_where_nothing_is_in_doubt_nothing_is_worth_knowing(chance: float) -> None:
    assert looked_for((result("usps", "mvp_gaps"), chance)) == {"mvp_gaps": 0.0}


def test_a_source_is_worth_what_it_tells_times_the_chance_to_find_it() -> None:
    reported = replace(REPORTED, basis=based("estimated", "report"))
    (found, *_) = of_gates((result("usps", "mvp_gaps", reported), 0.5))
    assert (found.kind, found.requirement_ids) == ("public_source", ("usps_mvp_gaps",))
    assert found.worth.gates == pytest.approx(0.3, abs=0.01)  # of what is reported, three of ten are found
    assert found.value == pytest.approx(0.4 * found.worth.gates)
    assert found.value_per_hour == pytest.approx(found.value / 2)
    assert found.basis.grade == "estimated"
    assert found.basis.ids == {"report", "readiness__gate_requirements/usps_mvp_gaps"} | {
        f"readiness__decision_rules/weight_{name}" for name in ("gates", "segments", "usps")
    }


def test_what_is_met_or_was_done_in_private_is_not_looked_for() -> None:
    met = result("usps", "mvp_gaps", replace(REPORTED, value=3.0))
    private = result("mvp", "mvp_outlines", replace(NOT_KNOWN, reason=PRIVATE))
    assert [(piece.kind, piece.worth) for piece in of_gates((met, 0.9), (private, 0.5))] == [
        ("benchmark", Worth()),
        ("price", Worth()),
    ]


def test_where_a_budget_is_set_a_price_and_a_benchmark_tell_whether_it_is_kept() -> None:
    asked = result("cost", "cells_within_budget", counter=WITHIN_BUDGET, comparison="all", threshold=None)
    found = of_gates((asked, 0.5))
    assert [(piece.kind, piece.requirement_ids) for piece in found] == [
        ("price", ("cost_cells_within_budget",)),
        ("benchmark", ("cost_cells_within_budget",)),
    ]
    assert [piece.worth.gates for piece in found] == [pytest.approx(1.0, abs=0.02)] * 2
    assert found[0].hours.mid == 0.5
    assert "report" in found[0].basis.ids


def test_of_pieces_that_are_worth_the_same_the_order_is_that_of_their_names() -> None:
    unknown = {"integrations": criterion("integrations", 0.5, is_known=False)}
    ranked = (segment("games", 0.5, **unknown), segment("chat", 0.5))
    gates = [(result("usps", metric), 0.0) for metric in ("mvp_outlines", "mvp_gaps")]
    found = pieces(gates, world(ranked))
    assert [piece.value for piece in found] == [0.0] * 9
    assert [(piece.kind, piece.segment_id, piece.criterion, piece.requirement_ids) for piece in found] == [
        ("benchmark", None, None, ()),
        ("interview", "chat", None, ()),
        ("interview", "games", None, ()),
        ("price", None, None, ()),
        ("public_source", None, None, ("usps_mvp_gaps",)),
        ("public_source", None, None, ("usps_mvp_outlines",)),
        ("public_source", "games", "integrations", ()),
        ("session", "chat", None, ()),
        ("session", "games", None, ()),
    ]


def uniform(name: str, low: float = 0.0, high: float = 1.0, *, is_known: bool = False) -> Criterion:
    return Criterion(name, low + (high - low) * LEVELS, 1, is_known, frozenset())


def of_games(ranked: tuple[RankedSegment, ...], pursue: float = 1.0) -> dict[tuple[str, str], float]:
    """By kind and criterion, what a piece about games takes away of the loss."""
    found = pieces(of=world(ranked, pursue=pursue, draws=DRAWS))
    return {(piece.kind, piece.criterion or ""): piece.worth.segments for piece in found if piece.segment_id == "games"}


def test_what_is_not_known_of_a_segment_may_be_looked_up_or_asked() -> None:
    # all that is in doubt is how strong the problem is: of one more voice it tells a third, split over two criteria
    ranked = (segment("chat", 0.5), segment("games", 0.5, problem_strength=uniform("problem_strength")))
    assert of_games(ranked) == {
        ("interview", ""): pytest.approx((1 / 6) ** 0.5, abs=0.03),
        ("session", ""): pytest.approx((0.75 / 2.75 / 2) ** 0.5, abs=0.03),
    }
    looked_up = of_games((segment("chat", 0.5), segment("games", 0.5, technical_gaps=uniform("technical_gaps"))))
    assert looked_up == {
        ("interview", ""): 0.0,
        ("session", ""): 0.0,
        ("public_source", "technical_gaps"): pytest.approx(0.5, abs=0.02),  # half of such facts are found
    }
    known = segment("games", 0.5, technical_gaps=uniform("technical_gaps", is_known=True))
    assert set(of_games((segment("chat", 0.5), known))) == {("interview", ""), ("session", "")}


def test_a_size_that_is_found_stays_as_vague_as_those_that_are_known() -> None:
    vague = segment("games", 0.5, market_size=uniform("market_size"))
    sized = segment("chat", 0.5, market_size=uniform("market_size", 0.25, 0.75, is_known=True))
    # In fifths of a criterion: the loss is the mean of what the one exceeds the other by, (1/4 + 1/48) / 2, and a
    # source takes away three quarters of the variance of one over twelve.
    found = of_games((sized, vague))["public_source", "market_size"]
    assert found == pytest.approx(0.5 * 0.75**0.5 / 8 / ((1 / 4 + 1 / 48) / 2), abs=0.02)
    exact = of_games((segment("chat", 0.5), vague))["public_source", "market_size"]
    assert exact == pytest.approx(0.5, abs=0.02)
    # where no size is known, a source is taken to tell it exactly
    unsized = segment("chat", 0.5, market_size=criterion("market_size", 0.5, is_known=False))
    assert of_games((unsized, vague))["public_source", "market_size"] == pytest.approx(0.5, abs=0.02)
    # a size that is as vague as all that are known is not made less so, and a gap is what it is
    as_vague = segment("chat", 0.5, market_size=uniform("market_size", is_known=True))
    gaps = replace(vague, criteria=(*vague.criteria[:3], uniform("technical_gaps"), vague.criteria[4]))
    both = of_games((as_vague, gaps))
    assert both["public_source", "market_size"] == pytest.approx(0.0, abs=0.1)
    assert both["public_source", "technical_gaps"] > 0.1


def test_where_every_segment_is_pursued_nothing_is_worth_knowing_of_one() -> None:
    ranked = (segment("chat", 0.5), segment("games", 0.5, technical_gaps=uniform("technical_gaps")))
    assert set(of_games(ranked, pursue=2.0).values()) == {0.0}
    assert set(of_games(ranked, pursue=5.0).values()) == {0.0}
    three = (*ranked, segment("wallets", 0.0))
    assert of_games(three, pursue=2.0)["public_source", "technical_gaps"] == 0.0  # wallets are last in any case
    assert of_games(three)["public_source", "technical_gaps"] == pytest.approx(0.5, abs=0.02)


STORED = cell("storage", "chat", "offline", 0.5, CellStatus.UNTESTED)
PRIVATE_CHAT = cell("privacy", "chat", "exposed", 0.5, CellStatus.UNTESTED)
EITHER = [Choice(frozenset({usp}), frozenset({"chat"})) for usp in ("privacy", "storage")]
IN_DOUBT = {STORED.key: np.random.default_rng(4).random(DRAWS)}


def interview(cells: Sequence[ValidationCell], sets: Sequence[Choice], **changes: Any) -> NextEvidence:
    found = pieces(of=world(cells=cells, draws=DRAWS, **changes), sets=sets)
    return next(piece for piece in found if piece.kind == "interview")


def test_what_makes_the_mvp_is_told_by_those_who_have_the_problem() -> None:
    # storage is in doubt, and one voice tells a third of it; privacy is not: on average a sixth
    found = interview((PRIVATE_CHAT, STORED), EITHER, drawn=IN_DOUBT)
    assert found.worth.usps == pytest.approx((1 / 6) ** 0.5, abs=0.03)
    assert found.value == pytest.approx(0.3 * found.worth.usps)
    assert found.problem_ids == ("offline", "exposed")
    assert {"claims/privacy_chat", "claims/storage_chat", "readiness__decision_rules/effort_interview"} <= (
        found.basis.ids
    )
    assert found.basis.grade == "published"


def test_at_most_two_problems_are_asked_about_those_that_tell_most_first() -> None:
    third = cell("privacy", "chat", "slow", 0.5, CellStatus.UNTESTED)
    unworded = cell("storage", "chat", None, 0.5, CellStatus.UNTESTED)
    again = cell("privacy", "chat", "offline", 0.5, CellStatus.UNTESTED)
    found = interview((PRIVATE_CHAT, third, unworded, STORED, again), EITHER, drawn=IN_DOUBT)
    assert found.problem_ids == ("offline", "exposed")


@pytest.mark.parametrize("sets", [[], EITHER])
def test_where_nothing_is_in_doubt_about_usps_an_interview_is_worth_nothing_to_them(sets: list[Choice]) -> None:
    found = interview((STORED, PRIVATE_CHAT), sets)
    assert (found.worth, found.problem_ids) == (Worth(), ("exposed", "offline"))


def test_each_segment_is_asked_about_its_own_problems() -> None:
    cells = (PRIVATE_CHAT, cell("storage", "games", "offline", 0.5, CellStatus.UNTESTED))
    found = pieces(of=world((segment("chat", 0.5), segment("games", 0.5)), cells, pursue=2.0))
    asked = {piece.segment_id: piece.problem_ids for piece in found if piece.kind == "session"}
    assert asked == {"chat": ("exposed",), "games": ("offline",)}


def test_where_something_is_validated_the_others_are_asked_what_least_is_known_of() -> None:
    validated = cell("privacy", "chat", "exposed", 0.5)
    claimed = [cell("storage", "games", name, 0.5, CellStatus.UNTESTED) for name in ("a", "b", "c", None)]
    unclaimed = cell("web", "games", "d", 0.5, CellStatus.NEW, is_claimed=False)
    elsewhere = cell("web", "wallets", "e", 0.5, CellStatus.UNTESTED)
    spread = {"a": 0.1, "b": 0.3, "c": 0.2, None: 0.4, "d": 0.5, "e": 0.5}
    cells = (validated, *claimed, unclaimed, elsewhere)
    drawn = {one.key: 0.5 + np.array([-1, 1, -1, 1]) * spread[one.key[2]] for one in cells[1:]}
    found = pieces(of=world((segment("chat", 0.5), segment("games", 0.5)), cells, drawn=drawn, pursue=2.0))
    asked = {piece.segment_id: piece.problem_ids for piece in found if piece.kind == "interview"}
    assert asked == {"chat": ("exposed",), "games": ("b", "c")}


def test_conversations_count_for_what_asks_for_their_kind_and_is_not_met() -> None:
    results = [
        result("interviews", "interviews_held"),
        result("interviews", "interview_questions", replace(REPORTED, value=3.0)),
        result("codesign", "sessions_held"),
        result("codesign", "sessions_at_devcon_2024"),
        result("mvp", "mvp_outlines"),
    ]
    found = pieces([(each, 0.5) for each in results])
    assert {piece.kind: piece.requirement_ids for piece in found if piece.segment_id} == {
        "interview": ("interviews_interviews_held",),
        "session": ("codesign_sessions_held", "codesign_sessions_at_devcon_2024"),
    }
