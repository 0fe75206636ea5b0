"""The outline of the MVP: what may be chosen on which evidence, what it takes and serves, and what is missing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from assets.roadmap.mvp import MvpOutline, OutlineOf, decide, world_of
from assets.roadmap.outline import Choice
from assets.segments.matrix import CellStatus
from assets.segments.ranking import Decision
from tests.unit.bases import based
from tests.unit.mvp_world import CELLS, SEGMENTS, cell, choosable, segment
from tests.unit.segments_world import claim, finding
from tests.unit.test_next_evidence import inputs, profile
from tests.unit.test_roadmap_graph import graph, item

BOTH = frozenset({"chat", "games"})


def outline(**values: float) -> MvpOutline:
    return choosable(**values).outline(OutlineOf.VALIDATED)


def test_an_outline_says_what_it_serves_and_what_it_takes() -> None:
    found = outline()
    assert found.outline.best.choice == Choice(frozenset({"privacy", "storage"}), BOTH)
    assert found.outline.best.value == pytest.approx(0.7 * 0.7875 - 0.3)
    # chat has three quarters of the demand, each of the two problems of games an eighth
    assert found.demand_share == pytest.approx(0.75 * 0.8 + 0.125 * 0.6 + 0.125 * 0.9)
    assert (found.weeks, found.weeks_share, found.left_out) == (40.0, 1.0, "")
    assert [one.key for one in found.served] == [one.key for one in CELLS]


def test_an_outline_of_a_single_usp_takes_its_weeks_alone() -> None:
    found = outline(most_usps=1.0)
    assert found.usps == {"privacy"}
    assert found.demand_share == pytest.approx(0.75 * 0.8 + 0.125 * 0.6)
    assert (found.weeks, found.weeks_share) == (30.0, 0.75)
    assert [one.key for one in found.served] == [("privacy", "chat", "exposed"), ("privacy", "games", "exposed")]


def test_where_demand_counts_for_nothing_no_share_of_it_is_told() -> None:
    found = outline(weight_demand=0.0)
    assert (found.usps, found.demand_share, found.weeks, found.weeks_share) == (frozenset(), 0.0, 0.0, 0.0)


def test_what_is_done_is_served_already_and_takes_no_weeks() -> None:
    done = graph(
        item("mixnet", "done", usp_ids=frozenset({"privacy"}), effort_weeks=30.0),
        item("sync", "partial", usp_ids=frozenset({"storage"}), effort_weeks=10.0),
    )
    found = choosable(roadmap=done, most_usps=1.0).outline(OutlineOf.VALIDATED)
    assert (found.weeks, found.weeks_share) == (0.0, 0.0)
    assert found.realised == {"privacy": pytest.approx(0.75 * 0.8 + 0.125 * 0.6)}
    assert found.realised_share == pytest.approx(0.675)
    all_done = choosable(roadmap=graph()).outline(OutlineOf.VALIDATED)
    assert (all_done.weeks_share, all_done.demand_share) == (0.0, pytest.approx(0.7875))


def test_how_often_a_choice_wins_when_weights_and_weeks_are_drawn() -> None:
    # both are the best where w * 0.125 * 0.9 > (1 - w) / 4, and privacy alone where w * 0.675 > (1 - w) * 3 / 4
    found = choosable(draws=400).outline(OutlineOf.VALIDATED)
    assert found.win_share == pytest.approx(1 - 0.25 / 0.3625, abs=0.06)
    assert found.accepted.draws == 400
    assert found.accepted.usps["privacy"] == pytest.approx(1 - 0.75 / 1.425, abs=0.06)


def test_a_choice_that_never_wins_has_no_share_of_wins() -> None:
    never = replace(outline(), accepted=outline(most_usps=0.0).accepted)
    assert never.win_share == 0.0
    assert replace(never, left_out="nothing").win_share is None
    assert replace(never, left_out="nothing").realised_share is None


@pytest.mark.parametrize(
    ("status", "is_claimed", "of"),
    [
        (CellStatus.VALIDATED, True, {OutlineOf.VALIDATED, OutlineOf.LEADS}),
        (CellStatus.VALIDATED, False, {OutlineOf.VALIDATED}),
        (CellStatus.UNTESTED, True, {OutlineOf.LEADS}),
        (CellStatus.MIXED, True, {OutlineOf.LEADS}),
        (CellStatus.INVALIDATED, True, set()),
        (CellStatus.NEW, False, set()),
    ],
)
def test_which_cells_may_be_chosen(status: CellStatus, is_claimed: bool, of: set[OutlineOf]) -> None:
    world = choosable([cell("privacy", "chat", "exposed", 0.8, status, is_claimed=is_claimed)])
    assert {each for each in OutlineOf if world.choosable(each)[1]} == of


@pytest.mark.parametrize(("usp", "segment_id"), [(None, "chat"), ("privacy", "other"), ("privacy", "wallets")])
def test_what_no_usp_serves_and_who_is_no_segment_of_the_ranking_is_not_chosen(
    usp: str | None, segment_id: str
) -> None:
    world = choosable([cell(usp, segment_id, "exposed", 0.8)], ranked=(*SEGMENTS, segment("other", 0.1)))
    assert [world.choosable(of)[1] for of in OutlineOf] == [(), ()]


def test_leads_are_of_the_segments_that_come_first_and_what_is_validated_of_those_that_are_pursued() -> None:
    ranked = tuple(segment(f"s{n}", 0.5, Decision.PURSUE if n == 6 else Decision.UNDECIDED) for n in range(7))
    world = choosable([], ranked=ranked)
    names = {of: [one.segment_id for one in world.choosable(of)[0]] for of in OutlineOf}
    assert names == {OutlineOf.VALIDATED: ["s6"], OutlineOf.LEADS: ["s0", "s1", "s2", "s3", "s4"]}


@pytest.mark.parametrize(
    ("of", "decision", "why"),
    [
        (OutlineOf.LEADS, Decision.PURSUE, "no selling point is claimed for a segment that comes first"),
        (OutlineOf.VALIDATED, Decision.DROP, "no segment is decided to be pursued"),
        (
            OutlineOf.VALIDATED,
            Decision.PURSUE,
            "no selling point is validated for a segment that is decided to be pursued",
        ),
    ],
)
def test_why_there_is_nothing_to_choose(of: OutlineOf, decision: Decision, why: str) -> None:
    found = choosable([], ranked=(segment("chat", 0.5, decision),)).outline(of)
    assert found.left_out == why
    assert (found.outline.best.choice, found.accepted.draws, found.win_share) == (Choice(), 0, None)


def test_options_name_what_is_missing_for_each_usp_and_segment() -> None:
    roadmap = graph(
        item("mixnet", "partial", "relay", usp_ids=frozenset({"privacy"})),
        item("relay", "not_done"),
        item("sdk", "not_planned", segment_ids=frozenset({"games"})),
    )
    cells = [*CELLS, cell("privacy", "games", None, 0.5), cell(None, "chat", "slow", 0.5)]
    options = choosable(cells, roadmap=roadmap).options(cells[:-1])
    assert options.of_usp == {"privacy": {"mixnet", "relay"}, "storage": frozenset()}
    assert options.of_segment == {"chat": frozenset(), "games": {"sdk"}}
    assert (options.deliverables, options.most_usps) == (("mixnet", "relay", "sdk"), 2)
    assert [one.problem for one in options.cells] == ["exposed", "exposed", "offline", None]


UNKNOWN_WEEKS = graph(
    item("mixnet", "partial", usp_ids=frozenset({"privacy"})),
    item("sync", "dropped", usp_ids=frozenset({"storage"}), effort_weeks=10.0),
    item("audit", "planned", effort_weeks=4.0),
    item("store", "done", planned_start=date(2025, 1, 1), planned_end=date(2025, 1, 14)),
)


def test_weeks_that_nobody_knows_are_the_middle_of_others_or_drawn_from_them() -> None:
    world = choosable(roadmap=UNKNOWN_WEEKS, draws=60)
    options = world.options(CELLS)
    assert options.deliverables == ("mixnet", "sync")
    assert world.outline(OutlineOf.VALIDATED).values.weeks.tolist() == [4.0, 10.0]  # of 2, 4 and 10 weeks
    drawn = [values.weeks.tolist() for values in world.values_drawn(options, CELLS)]
    assert {weeks[0] for weeks in drawn} == {2.0, 4.0, 10.0}
    assert {weeks[1] for weeks in drawn} == {10.0}


def test_where_no_weeks_are_known_all_take_the_same() -> None:
    world = choosable(roadmap=graph(item("mixnet", "partial", usp_ids=frozenset({"privacy"}))), draws=5)
    assert world.outline(OutlineOf.VALIDATED).values.weeks.tolist() == [1.0]
    assert [values.weeks.tolist() for values in world.values_drawn(world.options(CELLS), CELLS)] == [[1.0]] * 5


def test_shares_and_segments_are_drawn_and_weights_where_all_are_tried() -> None:
    key = CELLS[0].key
    world = choosable(draws=3, drawn={key: np.array([0.1, 0.2, 0.3])})
    options = world.options(CELLS)
    declared = list(world.values_drawn(options, CELLS, all_weights=False))
    assert [values.shares.tolist() for values in declared] == [[0.1, 0.6, 0.9], [0.2, 0.6, 0.9], [0.3, 0.6, 0.9]]
    assert [values.segment_weights.tolist() for values in declared] == [[pytest.approx(0.75), pytest.approx(0.25)]] * 3
    assert [values.weight_demand for values in declared] == [0.7, 0.7, 0.7]
    tried = [values.weight_demand for values in world.values_drawn(options, CELLS)]
    assert len(set(tried)) == 3
    assert all(0 < weight < 1 for weight in tried)


def test_each_segment_weighs_what_it_is_worth() -> None:
    found = choosable(ranked=tuple(reversed(SEGMENTS))).outline(OutlineOf.VALIDATED)
    assert found.options.segments == ("chat", "games")
    assert found.values.segment_weights.tolist() == [pytest.approx(0.75), pytest.approx(0.25)]
    assert found.values.shares.tolist() == [0.8, 0.6, 0.9]


def test_nothing_is_chosen_from_before_there_are_rules_and_segments() -> None:
    known = inputs()
    assert world_of(known, 2) is not None
    assert world_of(replace(known, rules=None), 2) is None
    assert world_of(replace(known, market=replace(known.market, rules=None)), 2) is None
    assert world_of(replace(known, market=replace(known.market, profiles=())), 2) is None


def test_what_is_missing_has_a_better_claim_the_more_segments_want_it() -> None:
    roadmap = graph(
        item("alone", "planned", segment_ids=frozenset({"games"})),
        item("by_all", "planned", usp_ids=frozenset({"private"}), segment_ids=frozenset({"games"})),
        item("for_the_team", "planned", usp_ids=frozenset({"private"}), is_of_milestone=True),
        item("for_nobody", "planned"),
        item("done", "done", usp_ids=frozenset({"private"})),
    )
    known = inputs(graph=roadmap)
    claims = (claim("chat"), claim("games"), claim("other"), claim("other", "store"))
    market = replace(known.market, claims=claims, profiles=(replace(profile("chat"), users=9), profile("games")))
    found = decide(replace(known, market=market)).missing
    assert [(one.item.deliverable_id, one.usps, one.segments) for one in found] == [
        ("by_all", ("private",), ("chat", "games")),
        ("alone", (), ("games",)),
    ]
    assert found[1].demand.ids == {"segments__segments/games"}
    assert [one.outlines for one in found] == [(OutlineOf.LEADS,), ()]


def test_who_does_not_want_a_deliverable_makes_no_made_up_claim_better() -> None:
    known = inputs(graph=graph(item("mixnet", "planned", usp_ids=frozenset({"private"}))))
    said = finding("person", relation="contradicts", basis=based("published", "f/person"))
    made_up = replace(claim("chat"), basis=based("illustrative", "claims/made_up"))
    (found,) = decide(replace(known, market=replace(known.market, findings=(said,), claims=(made_up,)))).missing
    assert found.demand == based("illustrative", "claims/made_up", "f/person")
