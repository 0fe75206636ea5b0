"""Which USPs make the MVP: the choice agrees with a search of all choices, and with small cases worked by hand."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain, combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.roadmap.outline import (
    Choice,
    DemandCell,
    Options,
    Ranked,
    Values,
    acceptability,
    benefits,
    demand,
    outline,
    realised,
    value_of,
)


def subsets(names: tuple[str, ...], most: int) -> list[frozenset[str]]:
    return [frozenset(some) for some in chain.from_iterable(combinations(names, size) for size in range(most + 1))]


def searched(options: Options, values: Values, other_than: frozenset[str] | None = None) -> float:
    """The value of the best of all choices, or of those with other USPs of which each serves something."""
    return max(
        value_of(choice, options, values)
        for usps in subsets(options.usps, options.most_usps)
        for segments in subsets(options.segments, len(options.segments))
        for choice in [Choice(usps, segments)]
        if other_than is None or (usps != other_than and each_serves(choice, options, values))
    )


def each_serves(choice: Choice, options: Options, values: Values) -> bool:
    """Whether without any of its USPs a choice would serve less."""
    worth = demand(options, values)
    cells = [(cell, value) for cell, value in zip(options.cells, worth, strict=True) if cell.segment in choice.segments]

    def served(usps: frozenset[str]) -> float:
        best: dict[tuple[str, str | None], float] = {}
        for cell, value in cells:
            if cell.usp in usps:
                best[cell.segment, cell.problem] = max(best.get((cell.segment, cell.problem), 0.0), value)
        return sum(best.values())

    return all(served(choice.usps - {usp}) < served(choice.usps) for usp in choice.usps)


def two_usps(weight_demand: float = 0.7, shares: tuple[float, ...] = (0.8, 0.6, 0.9)) -> tuple[Options, Values]:
    """Privacy serves both segments, storage the second: 30 weeks to build the first, 10 for the second."""
    options = Options(
        cells=(
            DemandCell("privacy", "chat", "exposed"),
            DemandCell("privacy", "games", "exposed"),
            DemandCell("storage", "games", "offline"),
        ),
        of_usp={"privacy": frozenset({"mixnet"}), "storage": frozenset({"sync"})},
        of_segment={"chat": frozenset(), "games": frozenset()},
        deliverables=("mixnet", "sync"),
        most_usps=2,
    )
    return options, Values(np.array(shares), np.array([3.0, 1.0]), np.array([30.0, 10.0]), weight_demand)


def test_the_value_of_a_choice_by_hand() -> None:
    options, values = two_usps()
    both = frozenset({"chat", "games"})
    # chat has 3/4 of the demand and one problem, games 1/4 and two
    assert value_of(Choice(frozenset({"privacy"}), both), options, values) == pytest.approx(
        0.7 * (0.75 * 0.8 + 0.125 * 0.6) - 0.3 * 30 / 40
    )
    assert value_of(Choice(frozenset({"storage"}), both), options, values) == pytest.approx(
        0.7 * 0.125 * 0.9 - 0.3 * 10 / 40
    )
    assert value_of(Choice(), options, values) == 0.0


def test_the_best_choice_and_what_comes_second() -> None:
    options, values = two_usps()
    found = outline(options, values)
    assert found.best.choice == Choice(frozenset({"privacy", "storage"}), frozenset({"chat", "games"}))
    assert found.runner_up is not None
    assert found.runner_up.choice.usps == {"privacy"}
    assert found.margin == pytest.approx(0.7 * 0.125 * 0.9 - 0.3 * 10 / 40)


def test_where_nothing_is_worth_its_weeks_nothing_is_chosen() -> None:
    options, values = two_usps(weight_demand=0.2)
    found = outline(options, values)
    assert found.best == Ranked(Choice(), 0.0)
    assert found.runner_up is not None
    assert found.runner_up.choice.usps == {"storage"}
    assert found.margin == pytest.approx(-(0.2 * 0.125 * 0.9 - 0.8 * 10 / 40))


def test_what_comes_second_may_be_the_best_and_one_more() -> None:
    # storage serves 0.8 * 0.125 * 0.9 more and takes half of all weeks, which count for 0.2 * 0.5
    options, values = two_usps(weight_demand=0.8)
    found = outline(options, replace(values, weeks=np.array([10.0, 10.0])))
    assert found.best.choice.usps == {"privacy"}
    assert found.runner_up is not None
    assert found.runner_up.choice.usps == {"privacy", "storage"}
    assert found.margin == pytest.approx(0.2 * 0.5 - 0.8 * 0.125 * 0.9)


def test_one_usp_that_serves_nothing_more_is_no_second_choice() -> None:
    cells = (DemandCell("privacy", "chat", "exposed"), DemandCell("web", "chat", "exposed"))
    nothing: dict[str, frozenset[str]] = {"privacy": frozenset(), "web": frozenset()}
    options = Options(cells, nothing, {"chat": frozenset()}, (), 2)
    found = outline(options, Values(np.array([0.9, 0.4]), np.ones(1), np.zeros(0), 0.7))
    assert found.best.choice.usps == {"privacy"}
    assert found.runner_up is not None
    assert found.runner_up.choice.usps == {"web"}


def test_a_usp_that_could_serve_a_problem_worse_than_another_makes_no_second_choice() -> None:
    cells = (
        DemandCell("privacy", "chat", "exposed"),
        DemandCell("privacy", "games", "exposed"),
        DemandCell("web", "chat", "exposed"),
    )
    nothing: dict[str, frozenset[str]] = {"privacy": frozenset(), "web": frozenset()}
    options = Options(cells, nothing, {"chat": frozenset(), "games": frozenset()}, (), 2)
    found = outline(options, Values(np.array([0.9, 0.6, 0.4]), np.ones(2), np.zeros(0), 0.7))
    # both would be chosen with chat for web; but privacy serves chat better, and web then serves nothing
    assert found.best.choice == Choice(frozenset({"privacy"}), frozenset({"chat", "games"}))
    assert found.runner_up is not None
    assert found.runner_up.choice == Choice(frozenset({"web"}), frozenset({"chat"}))
    assert found.runner_up.value == pytest.approx(0.7 * 0.5 * 0.4)


def test_what_is_served_already_by_hand() -> None:
    options, values = two_usps()
    assert realised(options, values) == {}  # a mixnet and a synchronisation are missing
    has_mixnet = replace(options, of_usp=options.of_usp | {"privacy": frozenset()})
    # privacy serves all of chat, which has 3/4 of the demand, and one of the two problems of games
    assert realised(has_mixnet, values) == {"privacy": pytest.approx(0.75 * 0.8 + 0.125 * 0.6)}
    # a segment that lacks something is not served, whatever is done for its selling point
    chat_waits = replace(has_mixnet, of_segment={"chat": frozenset({"sync"}), "games": frozenset()})
    assert realised(chat_waits, values) == {"privacy": pytest.approx(0.125 * 0.6)}


def test_what_is_served_already_is_the_value_of_what_is_done_where_only_demand_counts() -> None:
    options, values = two_usps(weight_demand=1.0)
    has_all = replace(options, of_usp=dict.fromkeys(options.of_usp, frozenset()))
    assert sum(realised(has_all, values).values()) == pytest.approx(value_of(has_all.done, has_all, values))
    assert has_all.done == Choice(frozenset({"privacy", "storage"}), frozenset({"chat", "games"}))


def test_what_two_usps_need_is_built_once() -> None:
    options, values = two_usps()
    shared = Options(
        options.cells, dict.fromkeys(options.of_usp, frozenset({"mixnet"})), options.of_segment, ("mixnet", "sync"), 2
    )
    both = Choice(frozenset({"privacy", "storage"}), frozenset({"games"}))
    assert value_of(both, shared, values) == pytest.approx(0.7 * 0.125 * (0.6 + 0.9) - 0.3 * 30 / 40)


def test_a_segment_that_lacks_too_much_is_not_served() -> None:
    options, values = two_usps()
    lacking = Options(
        options.cells, options.of_usp, {"chat": frozenset(), "games": frozenset({"sync"})}, ("mixnet", "sync"), 1
    )
    found = outline(lacking, values)
    # of games 0.7 x 0.125 x 0.6 = 0.0525 with privacy, for 0.3 x 10 / 40 = 0.075 of weeks
    assert found.best.choice == Choice(frozenset({"privacy"}), frozenset({"chat"}))


def test_no_usp_at_all_is_no_mistake() -> None:
    nothing = Options((), {}, {}, (), 4)
    values = Values(np.array([]), np.array([]), np.array([]), 0.7)
    assert outline(nothing, values).best == Ranked(Choice(), 0.0)
    assert acceptability(nothing, [values]).sets == ((Choice(), 1.0),)


def test_how_often_each_set_wins() -> None:
    draws = [two_usps(shares=(0.8, 0.6, 0.9)), two_usps(shares=(0.8, 0.6, 0.9)), two_usps(shares=(0.8, 0.6, 0.1))]
    found = acceptability(draws[0][0], (values for _, values in draws))
    assert [(sorted(choice.usps), share) for choice, share in found.sets] == [
        (["privacy", "storage"], pytest.approx(2 / 3)),
        (["privacy"], pytest.approx(1 / 3)),
    ]
    assert found.usps == {"privacy": 1.0, "storage": pytest.approx(2 / 3)}
    assert found.draws == 3


def test_with_a_set_stand_the_segments_that_it_serves_most_often() -> None:
    options, values = two_usps(weight_demand=1.0)
    free = replace(options, of_usp=dict.fromkeys(options.of_usp, frozenset()), deliverables=())

    def draw(*shares: float) -> Values:
        return replace(values, shares=np.array(shares), weeks=np.zeros(0))

    privacy_in_both, privacy_in_chat, all_of_it = draw(0.8, 0.6, 0.0), draw(0.8, 0.0, 0.0), draw(0.8, 0.6, 0.9)
    draws = [privacy_in_both, *[privacy_in_chat] * 2, *[all_of_it] * 4, draw(0.0, 0.0, 0.9)]
    assert [
        (sorted(choice.usps), sorted(choice.segments), share) for choice, share in acceptability(free, draws).sets
    ] == [
        (["privacy", "storage"], ["chat", "games"], 0.5),
        (["privacy"], ["chat"], 0.375),
        (["storage"], ["games"], 0.125),
    ]
    tied = acceptability(free, [draw(0.0, 0.0, 0.9), privacy_in_chat, privacy_in_both, all_of_it])
    assert [(sorted(choice.usps), sorted(choice.segments)) for choice, _ in tied.sets] == [
        (["privacy"], ["chat", "games"]),
        (["storage"], ["games"]),
        (["privacy", "storage"], ["chat", "games"]),
    ]
    assert acceptability(free, []).usps == {}


def test_what_nobody_agrees_to_serves_nothing_and_of_equals_the_first_serves() -> None:
    nothing: dict[str, frozenset[str]] = {"privacy": frozenset(), "web": frozenset()}
    cells = (DemandCell("privacy", "chat", "exposed"), DemandCell("web", "chat", "exposed"))
    options = Options(cells, nothing, {"chat": frozenset()}, (), 2)
    values = Values(np.array([0.4, 0.4]), np.ones(1), np.zeros(0), 0.7)
    assert realised(options, values) == {"privacy": 0.4}
    assert realised(options, replace(values, shares=np.zeros(2))) == {}
    assert outline(options, replace(values, shares=np.zeros(2))).best == Ranked(Choice(), 0.0)


def test_what_takes_no_time_costs_nothing() -> None:
    options, values = two_usps()
    at_once = replace(values, weeks=np.zeros(2))
    both = Choice(frozenset({"privacy", "storage"}), frozenset({"chat", "games"}))
    assert value_of(both, options, at_once) == pytest.approx(0.7 * 0.7875)
    assert benefits([both], options, [at_once, values]).ravel().tolist() == [
        pytest.approx(0.7 * 0.7875),
        pytest.approx(0.7 * 0.7875 - 0.3),
    ]
    assert outline(options, at_once).best.choice == both


def test_values_that_do_not_fit_what_can_be_chosen_are_refused() -> None:
    options, values = two_usps()
    for wrong in (replace(values, weeks=np.ones(3)), replace(values, segment_weights=np.ones(3))):
        with pytest.raises(ValueError, match="zip"):
            value_of(Choice(), options, wrong)


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Options, Values]:
    usps = [f"u{i}" for i in range(draw(st.integers(1, 6)))]
    segments = [f"s{i}" for i in range(draw(st.integers(1, 3)))]
    deliverables = tuple(f"d{i}" for i in range(draw(st.integers(1, 5))))
    some = st.frozensets(st.sampled_from(deliverables), max_size=3)
    cells = tuple(
        DemandCell(usp, segment, problem)
        for segment in segments
        for problem in ("a", "b")[: draw(st.integers(1, 2))]
        for usp in draw(st.lists(st.sampled_from(usps), min_size=1, max_size=3, unique=True))
    )
    options = Options(
        cells, {usp: draw(some) for usp in usps}, {segment: draw(some) for segment in segments}, deliverables,
        draw(st.integers(0, 4)),
    )  # fmt: skip
    share = st.floats(0, 1).map(lambda value: round(value, 3))
    values = Values(
        np.array([draw(share) for _ in cells]),
        np.array([draw(st.floats(0.1, 1)) for _ in segments]),
        np.array([draw(st.floats(1, 50)) for _ in deliverables]),
        draw(share),
    )
    return options, values


@settings(deadline=None)
@given(worlds())
def test_the_choice_is_that_of_a_search_of_all(world: tuple[Options, Values]) -> None:
    found = outline(*world)
    assert found.best.value == pytest.approx(searched(*world), abs=1e-5)
    assert len(found.best.choice.usps) <= world[0].most_usps
    choices = [found.best.choice, Choice(), Choice(frozenset(world[0].usps), frozenset(world[0].segments))]
    of_each = [value_of(choice, *world) for choice in choices]
    assert benefits(choices, world[0], [world[1]]).tolist() == [pytest.approx(of_each)]
    if found.runner_up is not None:
        assert found.runner_up.choice.usps != found.best.choice.usps
        assert found.runner_up.value == pytest.approx(searched(*world, other_than=found.best.choice.usps), abs=1e-5)
        assert found.margin is not None
        assert found.margin >= -1e-5


@pytest.mark.parametrize("seed", [1, 2])
def test_of_twelve_usps_the_choice_is_that_of_a_search_of_all_sets(seed: int) -> None:
    rng = np.random.default_rng(seed)
    usps, segments, deliverables = (
        [f"{kind}{i:02}" for i in range(many)] for kind, many in zip("usd", (12, 2, 9), strict=True)
    )
    cells = tuple(DemandCell(usp, segment, problem) for usp in usps for segment in segments for problem in ("a", "b"))
    need = {name: frozenset(rng.choice(deliverables, 2).tolist()) for name in [*usps, *segments]}
    options = Options(
        cells, {usp: need[usp] for usp in usps}, {segment: need[segment] for segment in segments},
        tuple(deliverables), 12,
    )  # fmt: skip
    values = Values(rng.random(len(cells)), rng.random(2), 1 + rng.random(9), 0.5)
    found = outline(options, values)
    assert found.best.value == pytest.approx(searched(options, values), abs=1e-5)
    assert found.runner_up is not None
    other = searched(options, values, other_than=found.best.choice.usps)
    assert found.runner_up.value == pytest.approx(other, abs=1e-5)
