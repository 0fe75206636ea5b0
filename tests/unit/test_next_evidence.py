"""Which evidence to get next, and the outline of the MVP, in a small world that tests change one thing of."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from assets.decision.certainty import CountPriors, probabilities_of
from assets.decision.next_evidence import NextEvidence, next_evidence, resolved_by
from assets.evidence.basis import Basis
from assets.evidence.model import Grade
from assets.readiness.model import MetricValue, NumberOrigin, RequirementResult, gates_of, verdict_of
from assets.roadmap.graph import RoadmapGraph, Standing
from assets.roadmap.inputs import DecisionRules, RoadmapInputs, Spread
from assets.roadmap.mvp import OutlineOf, decide, world_of
from assets.segments.inputs import MarketInputs, SegmentRecord
from tests.unit.bases import based
from tests.unit.readiness_world import MILESTONE, requirement
from tests.unit.segments_world import RULES, claim, finding
from tests.unit.test_roadmap_graph import graph, item

VALUES = {
    "weight_demand": 0.7,
    "weight_effort": 0.3,
    "most_usps": 4.0,
    "weight_gates": 0.4,
    "weight_segments": 0.3,
    "weight_usps": 0.3,
    "unrecorded_counted": 0.01,
    "unrecorded_reported": 0.1,
    "unrecorded_inferred_from_absence": 0.05,
    "unrecorded_not_known": 1.0,
    "mistaken_measured": 0.01,
    "mistaken_published": 0.03,
    "mistaken_estimated": 0.15,
    "found_counted": 0.9,
    "found_reported": 0.3,
    "found_inferred_from_absence": 0.05,
    "found_not_known": 0.1,
    "found_segment_fact": 0.5,
    "effort_interview": 8.0,
    "effort_session": 16.0,
    "effort_public_source": 2.0,
    "effort_benchmark": 2.0,
    "effort_price": 0.5,
}
DECISION = DecisionRules(
    {name: Spread(value, value, value) for name, value in VALUES.items()},
    {name: based("estimated", f"readiness__decision_rules/{name}") for name in VALUES},
)
SEGMENTS = ("chat", "games", "wallets")
CLAIMS = (
    *(claim(segment) for segment in SEGMENTS),
    claim("games", "store", "offline"),
    claim("wallets", "store", "offline"),
)
ROADMAP = graph(
    item("mixnet", "partial", "relay", usp_ids=frozenset({"private"}), effort_weeks=10.0),
    item("relay", "done"),
    item("sync", "dropped", usp_ids=frozenset({"store"}), effort_weeks=20.0),
    item("sdk", "not_planned", segment_ids=frozenset({"games"})),
)


def profile(segment: str) -> SegmentRecord:
    return SegmentRecord(segment, ("private",), 1, 0, 0, 0, based("published", f"segments__segments/{segment}"))


def inputs(*sources: tuple[str, str], graph: RoadmapGraph = ROADMAP, **rules: float) -> RoadmapInputs:
    """The small world, in which each of `sources`, a name and a segment, agrees strongly to the first USP."""
    said = tuple(finding(name, segment_id=segment) for name, segment in sources)
    market = MarketInputs(
        findings=said,
        claims=CLAIMS,
        profiles=tuple(profile(segment) for segment in SEGMENTS),
        figures=(),
        order=(),
        rules=replace(RULES, pursue_segments=1.0, **rules),
        rule_rows={},
    )
    return RoadmapInputs(market, graph, DECISION)


def pieces(of: RoadmapInputs) -> tuple[NextEvidence, ...]:
    asked = replace(requirement("interviews", "customer_interviews", "interviews_held", 10.0), tolerance=2.0)
    told = requirement("interviews", "review_mvp", "mvp_outlines", 1.0)
    results = [
        RequirementResult(asked, MetricValue(2.0, based("published", "report"), origin=NumberOrigin.REPORTED)),
        RequirementResult(told, MetricValue(None, based("published", "report"))),
    ]
    verdict = verdict_of(MILESTONE, gates_of(results), {})
    world = world_of(of, 400)
    assert world is not None
    sets = [choice for choice, _ in decide(of).outlines[1].accepted.sets]
    return next_evidence(verdict, probabilities_of(results, CountPriors.of(DECISION), draws=400), world, sets)


def test_one_voice_resolves_a_third_of_what_nobody_knows() -> None:
    # A uniform share is worth two voices: of three then, one tells a third.
    uniform = np.random.default_rng(1).random(200_000)
    assert resolved_by(uniform, 1.0) == pytest.approx(1 / 3, abs=0.005)
    assert resolved_by(uniform, 0.5) == pytest.approx(0.2, abs=0.005)
    assert resolved_by(np.full(9, 0.5), 1.0) == 0.0
    assert resolved_by(np.array([0.0, 1.0]), 1.0) == 1.0  # who is heard speaks for all


def test_each_segment_can_be_talked_to_and_each_open_requirement_be_looked_for() -> None:
    found = pieces(inputs())
    talks = {(one.kind, one.segment_id) for one in found if one.kind in ("interview", "session")}
    assert talks == {(kind, segment) for kind in ("interview", "session") for segment in SEGMENTS}
    looked_for = {one.requirement_ids for one in found if one.kind == "public_source" and one.requirement_ids}
    assert looked_for == {("interviews_interviews_held",), ("interviews_mvp_outlines",)}
    assert [one.value_per_hour for one in found] == sorted((one.value_per_hour for one in found), reverse=True)


def test_an_interview_says_what_to_ask_about_and_what_it_counts_for() -> None:
    interview = next(one for one in pieces(inputs()) if one.kind == "interview" and one.segment_id == "games")
    assert set(interview.problem_ids) == {"exposed", "offline"}
    assert interview.requirement_ids == ("interviews_interviews_held",)
    assert interview.value == pytest.approx(0.3 * interview.worth.segments + 0.3 * interview.worth.usps)
    assert interview.value_per_hour == pytest.approx(interview.value / 8)


def test_where_no_budget_is_set_a_price_and_a_benchmark_decide_nothing() -> None:
    assert {one.kind: one.value for one in pieces(inputs()) if one.kind in ("price", "benchmark")} == {
        "price": 0.0,
        "benchmark": 0.0,
    }


def test_ten_interviews_later_the_list_differs() -> None:
    def listed(found: tuple[NextEvidence, ...]) -> list[tuple[str | None, ...]]:
        return [(one.kind, one.segment_id, one.criterion, *one.requirement_ids) for one in found]

    def interview(found: tuple[NextEvidence, ...], segment: str | None) -> float:
        return next(one.value for one in found if one.kind == "interview" and one.segment_id == segment)

    before = pieces(inputs())
    heard = next(one.segment_id for one in before if one.kind == "interview")
    after = pieces(inputs(*((f"person {number}", str(heard)) for number in range(10))))
    assert listed(after) != listed(before)
    assert interview(after, heard) < interview(before, heard)


def test_on_leads_alone_nothing_is_validated_and_both_outlines_say_so() -> None:
    validated, leads = decide(inputs()).outlines
    assert (validated.of, validated.usps, validated.left_out) == (
        OutlineOf.VALIDATED,
        frozenset(),
        "no segment is decided to be pursued",
    )
    assert leads.usps
    assert leads.win_share is not None
    assert 0 < leads.win_share <= 1


def test_what_enough_people_said_is_validated() -> None:
    # one criterion known is enough here, so that the segment is decided
    of = inputs(*((f"person {number}", "chat") for number in range(8)), pursue_known_criteria=1.0)
    validated, _ = decide(of).outlines
    assert (validated.usps, validated.outline.best.choice.segments) == ({"private"}, {"chat"})
    assert validated.weeks == 10.0


def test_what_is_missing_stands_by_its_standing_with_who_needs_it() -> None:
    missing = decide(inputs()).missing
    assert [(one.item.deliverable_id, one.item.standing, one.usps, one.segments) for one in missing] == [
        ("sync", Standing.DROPPED, ("store",), ("games", "wallets")),
        ("sdk", Standing.NOT_PLANNED, (), ("games",)),
        ("mixnet", Standing.MUST_COMPLETE, ("private",), ("chat", "games", "wallets")),
    ]


def test_without_rules_nothing_is_decided() -> None:
    assert decide(replace(inputs(), rules=None)).outlines == ()


def test_who_wants_a_deliverable_is_an_alternative_and_who_does_not_contradicts() -> None:
    def demand(*relations: str) -> Basis:
        said = tuple(
            finding(f"s{number}", relation=relation, basis=based("estimated", f"f/{number}"))
            for number, relation in enumerate(relations)
        )
        of = inputs()
        found = decide(replace(of, market=replace(of.market, findings=said))).missing
        return next(one.demand for one in found if one.item.deliverable_id == "mixnet")

    assert demand().grade is Grade.PUBLISHED
    assert demand("supports") == demand() | based("estimated", "f/0")
    assert demand("supports").grade is Grade.PUBLISHED
    assert demand("supports", "contradicts").grade is Grade.ESTIMATED
    assert demand("supports", "contradicts").ids >= {"f/0", "f/1"}
