"""The model against what is known, on the small world of `costs_world`; figures are those of `test_costs_model`."""

from __future__ import annotations

import pytest

from assets.costs.distributions import Triangular
from assets.costs.draws import sample
from assets.costs.frames import CONFIDENCE_COLUMNS, confidence_frame
from assets.costs.inputs import Catalogue, Fact
from assets.costs.model import Estimate, World, estimate
from assets.costs.reality import BAND, RELAYED, Check, checks
from assets.evidence.model import Grade
from tests.unit.costs_world import all_inputs, offer, scenario, world


def fact(name: str, low: float, high: float) -> dict[str, Fact]:
    return {name: Fact(grade=Grade.PUBLISHED, evidence_ids=frozenset({name}), low=low, high=high)}


def held_against(catalogue: Catalogue, users: int = 1000) -> list[Check]:
    first, _ = sample(catalogue.inputs.values(), per_scramble=128)
    known = World(catalogue, first)
    return checks([estimate(scenario(active_users=users), with_rln=False, world=known)], {}, known)


@pytest.mark.parametrize(("known_bytes", "agrees"), [(10.24, True), (11.0, False)])
def test_a_relay_node_sends_ten_times_one_message_a_second(known_bytes: float, agrees: bool) -> None:
    (check,) = held_against(world(facts=fact(RELAYED, known_bytes, known_bytes)))
    assert check.check_id == "relay_traffic_at_1_message_per_s"
    assert check.modelled.mean == pytest.approx(1024 * 10 / 1000)
    assert check.agrees is agrees


@pytest.mark.parametrize(
    ("users", "says"),
    [
        (1000, "100% of draws are in the band. Largest parts of the bill: database 41%"),
        (100, "0% of draws are in the band. Above it: the smallest complete fleet is shared by 100 users only."),
        (100_000, "0% of draws are in the band. Below it: no staff"),
    ],
)
def test_the_cost_of_a_user_explains_itself_where_it_is_unusual(users: int, says: str) -> None:
    (check,) = held_against(world(facts=fact(BAND, 0.005, 0.2)), users)
    assert check.explanation.startswith(says)
    assert check.agrees is (users == 1000)
    assert BAND in check.modelled.evidence_ids


def test_the_cost_of_a_user_is_the_bill_shared_by_all() -> None:
    (check,) = held_against(world(facts=fact(BAND, 0.005, 0.2)))
    assert check.modelled.mean == pytest.approx((10 + 20 + 0.534096 + 0.267048 + 18.24881) / 1000)


def test_what_is_not_known_is_not_compared() -> None:
    assert held_against(world()) == []


def test_more_confidence_never_costs_less() -> None:
    catalogue = world(
        offers=(offer("small", 5.0), *(offer(f"v{n}", 5.0 * n, vcpus=n, memory_gib=8) for n in (4, 8, 16, 32))),
        inputs=all_inputs(workload__queries=Triangular(100, 1000, 20_000)),
    )
    first, _ = sample(catalogue.inputs.values(), per_scramble=128)
    found: list[Estimate] = [
        estimate(scenario(), with_rln=False, world=World(catalogue, first), confidence=confidence)
        for confidence in (0.8, 0.95, 0.99)
    ]
    frame = confidence_frame(found)
    assert list(frame.columns) == list(CONFIDENCE_COLUMNS)
    assert frame["confidence"].tolist() == [0.8, 0.95, 0.99]
    assert frame["p50_usd_per_month"].is_monotonic_increasing
