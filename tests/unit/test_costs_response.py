"""Costs by number of users: each point is the model's own figure, and the stated error is the largest that there is."""

from __future__ import annotations

import math
from functools import cache
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.costs.columns import RESPONSE_COLUMNS, RESPONSE_ERROR_COLUMNS
from assets.costs.components import ALL_IN, INFRASTRUCTURE
from assets.costs.draws import sample, summarise
from assets.costs.model import World, estimate
from assets.costs.response import USERS, Kind, Response, between, held_out, kinds_of, responses, with_users
from assets.costs.response_frames import response_error_frame, response_frame
from assets.evidence.tables.costs import Scenario
from tests.unit.costs_world import all_inputs, broadcaster, crowd, scenario, world
from tests.unit.test_costs_properties import EVERYTHING, town

TOTALS = (INFRASTRUCTURE, ALL_IN)
EVERYBODY = {**EVERYTHING, "profile_id": "community", "receivers_per_message": 500}


@cache
def known() -> World:
    catalogue = town()
    draws, _ = sample(catalogue.inputs.values(), scrambles=2, per_scramble=64)
    return World(catalogue, draws)


@cache
def answered() -> tuple[Response, ...]:
    """A chat, and a community in which everybody receives each message, without and with RLN."""
    return tuple(responses((crowd(1000, **EVERYTHING), crowd(500, **EVERYBODY)), known()))


SERIES = pytest.mark.parametrize("series", range(4), ids=["chat", "chat, RLN", "community", "community, RLN"])


def spreads(kind: Kind, users: int, with_rln: bool) -> dict[str, tuple[float, float, float]]:
    """What the model says at the cheapest of all places."""
    best = estimate(kind.of(users), with_rln, known()).best
    assert best is not None
    found = {}
    for name in TOTALS:
        total = best.total(name)
        assert total is not None
        summary = summarise(total.value)
        found[name] = (summary.p5, summary.p50, summary.p95)
    return found


def test_scenarios_that_differ_in_users_alone_are_one_kind() -> None:
    communities = [
        crowd(users, id=f"c{users}", **{**EVERYBODY, "receivers_per_message": users}) for users in (100, 9000)
    ]
    kinds = kinds_of((*communities, crowd(1000), broadcaster()))
    assert [(kind.name, kind.scenario.id) for kind in kinds] == [("community", "c9000"), ("status_1to1", "chat")]


def test_kinds_of_one_profile_are_called_by_their_scenarios() -> None:
    apart = crowd(1000, id="three", data_centres=3)
    assert [kind.name for kind in kinds_of((crowd(1000), apart))] == ["chat", "three"]
    documented = crowd(70, id="other", title="Another", note="Said otherwise", is_milestone=True)
    assert [kind.name for kind in kinds_of((crowd(1000), documented))] == ["status_1to1"]


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ({"active_users": 1000, "own_senders": 100, "network_senders": 2000}, (300, 6000, 2)),
        ({"active_users": 1000, "own_senders": 1, "network_senders": 1000}, (3, 3000, 2)),
        ({"active_users": 2, "own_senders": 2, "network_senders": 2}, (3000, 3000, 3000)),
    ],
    ids=["in proportion", "few", "everybody receives each message"],
)
def test_senders_grow_with_the_users(before: dict[str, Any], expected: tuple[int, int, float]) -> None:
    grown = with_users(scenario(**before), 3000)
    assert grown.active_users == 3000
    assert (grown.own_senders, grown.network_senders, grown.receivers_per_message) == expected
    Scenario.model_validate(grown.model_dump())


@SERIES
def test_each_point_is_what_the_model_says_of_all_places(series: int) -> None:
    response = answered()[series]
    cheapest = {point.users: point for point in response.points if point.is_cheapest}
    assert tuple(cheapest) == USERS
    for users, point in cheapest.items():
        found = {total: point.spread(total) for total in TOTALS}
        assert found == spreads(response.kind, users, response.with_rln)
        assert next(iter(response.at(users))) == point.place


@SERIES
def test_the_stated_error_is_the_largest_at_held_out_numbers_of_users(series: int) -> None:
    response = answered()[series]
    between_points = held_out(USERS)
    assert len(between_points) == len(USERS) - 1
    assert all(low < users < high for users, (low, high) in zip(between_points, pairwise(USERS), strict=True))
    for error in response.errors:
        largest = 0.0
        for users in between_points:
            modelled = spreads(response.kind, users, response.with_rln)[error.total]
            interpolated = next(iter(response.at(users).values()))[error.total]
            largest = max(largest, *(abs(i / m - 1) for i, m in zip(interpolated, modelled, strict=True)))
        assert (error.share, error.held_out) == (largest, len(between_points))
        assert 0 < error.share < 0.5
    assert [error.total for error in response.errors] == list(TOTALS)


@SERIES
@settings(deadline=None, derandomize=True)
@given(share=st.floats(0, 1), factor=st.floats(1, 1.5))  # of the way from the fewest users to the most, in logarithms
def test_more_users_never_cost_less(series: int, share: float, factor: float) -> None:
    response, (least, most) = answered()[series], (USERS[0], USERS[-1])
    users = least * (most / least) ** share
    one, other = (response.at(min(max(each, least), most)) for each in (users, users * factor))
    medians = [next(iter(found.values()))[INFRASTRUCTURE][1] for found in (one, other)]
    assert medians[0] <= medians[1] * (1 + 1e-9)


def test_nothing_is_said_beyond_the_points() -> None:
    assert answered()[0].at(USERS[0] - 1) == answered()[0].at(USERS[-1] + 1) == {}


@given(
    ends=st.lists(st.floats(1e-3, 1e9), min_size=2, max_size=2),
    users=st.integers(1001, 1999),
)
def test_interpolation_stays_between_its_ends(ends: list[float], users: int) -> None:
    low, high = ((value,) * 3 for value in ends)
    found, *_ = between(users, (1000, low), (2000, high))
    assert min(ends) * (1 - 1e-9) <= found <= max(ends) * (1 + 1e-9)
    assert between(1000, (1000, low), (2000, high)) == low
    assert between(2000, (1000, low), (2000, high)) == high


def test_a_power_of_the_users_is_interpolated_exactly() -> None:
    costs = [tuple(factor * users**1.7 for factor in (1, 2, 3)) for users in (1000, 1414, 2000)]
    found = between(1414, (1000, costs[0]), (2000, costs[2]))  # type: ignore[arg-type]
    assert all(math.isclose(one, other, rel_tol=1e-12) for one, other in zip(found, costs[1], strict=True))


def test_what_is_not_known_has_no_points() -> None:
    catalogue = world(inputs=all_inputs(assumption__peak_factor=None))
    draws, _ = sample(catalogue.inputs.values(), scrambles=2, per_scramble=64)
    found = responses((crowd(1000),), World(catalogue, draws))
    assert [(one.points, one.errors) for one in found] == [((), ())] * 2
    assert list(response_frame(found)) == list(RESPONSE_COLUMNS)
    assert list(response_error_frame(found)) == list(RESPONSE_ERROR_COLUMNS)


def test_what_users_pay_may_be_unknown_alone() -> None:
    catalogue = world(inputs=all_inputs(rln__gas_register_call=None))
    draws, _ = sample(catalogue.inputs.values(), scrambles=2, per_scramble=64)
    without, with_rln = responses((crowd(1000),), World(catalogue, draws))
    assert [error.total for error in without.errors] == [INFRASTRUCTURE, ALL_IN]
    assert [error.total for error in with_rln.errors] == [INFRASTRUCTURE]
    assert set(response_frame([with_rln]).all_in_p50_usd_per_month) == {None}


def test_the_tables_have_a_row_for_each_point_and_error() -> None:
    points, errors = response_frame(answered()), response_error_frame(answered())
    assert len(points) == sum(len(response.points) for response in answered())
    assert not points.duplicated(["kind", "with_rln", "users", "provider", "region"]).any()
    for row in points.to_dict("records"):
        assert row["all_in_p95_usd_per_active_user_month"] == row["all_in_p95_usd_per_month"] / row["users"]
        assert row["memberships_needed"] == (row["users"] if row["with_rln"] else None)
        assert row["is_feasible"] is (not row["with_rln"] or row["users"] <= row["memberships_available"])
        assert row["grade"] == "estimated"
    for row in errors.to_dict("records"):
        off = abs(row["interpolated_usd_per_month"] / row["modelled_usd_per_month"] - 1)
        assert row["error_share"] == off
