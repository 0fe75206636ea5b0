"""The model against what is known, on the small world of `costs_world`; figures are those of `test_costs_model`."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from assets.costs.budget import BAND
from assets.costs.distributions import Triangular
from assets.costs.draws import sample
from assets.costs.frames import CONFIDENCE_COLUMNS, confidence_frame
from assets.costs.inputs import Catalogue, Fact
from assets.costs.model import Estimate, World, estimate
from assets.costs.reality import DATA_CENTRES, FLEET_RATE, RELAYED, STORE_REQUESTS, Check, checks
from assets.evidence.model import Grade
from assets.evidence.quantity import Quantity
from tests.unit.costs_world import all_inputs, offer, scenario, world


def fact(name: str, low: float, high: float) -> dict[str, Fact]:
    return {name: Fact(grade=Grade.PUBLISHED, evidence_ids=frozenset({name}), low=low, high=high)}


def held_against(catalogue: Catalogue, users: int = 1000, **changes: Any) -> list[Check]:
    first, _ = sample(catalogue.inputs.values(), per_scramble=128)
    known = World(catalogue, first)
    return checks([estimate(scenario(active_users=users, **changes), with_rln=False, world=known)], {}, known)


def a_check(low: float, high: float) -> Check:
    """Percentiles 5, 50 and 95 of the model are 105, 150 and 195."""
    modelled = Quantity(np.linspace(100.0, 200.0, 101), Grade.ESTIMATED, frozenset({"t/x"}))
    return Check("c", "C", None, None, "MB/h", modelled, low, high, "")


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (140, 160, "agrees"),
        (92, 149, "overlaps"),
        (151, 400, "overlaps"),
        (50, 104, "deviates"),
        (196, 300, "deviates"),
        (110, 110, "agrees"),
        (104, 104, "deviates"),
    ],
)
def test_only_a_median_in_the_known_range_agrees(low: float, high: float, verdict: str) -> None:
    assert a_check(low, high).verdict == verdict


@pytest.mark.parametrize(("known_bytes", "verdict"), [(10.24, "agrees"), (11.0, "deviates")])
def test_a_relay_node_sends_ten_times_one_message_a_second(known_bytes: float, verdict: str) -> None:
    (check,) = held_against(world(facts=fact(RELAYED, known_bytes, known_bytes)))
    assert check.check_id == "relay_traffic_at_1_message_per_s"
    assert check.modelled.mean == pytest.approx(1024 * 10 / 1000)
    assert check.verdict == verdict
    assert check.explanation.startswith("Circular")


def test_store_requests_are_compared_at_the_message_rate_of_the_fleet() -> None:
    # 1,000 users x 100 queries and 2 x 24 messages a day: 2.0833 queries a message; x 10 msg/s x 60 s
    catalogue = world(facts=fact(STORE_REQUESTS, 1100, 1100), inputs=all_inputs(**{f"workload__{FLEET_RATE}": 10.0}))
    (check,) = held_against(catalogue, id="status_one_to_one")
    assert check.modelled.mean == pytest.approx(1250)
    assert (check.unit, check.verdict) == ("requests/min", "deviates")


def test_hosts_are_compared_for_one_data_centre() -> None:
    # 3 boot, 6 store and 3 database hosts in 3 data centres are 4; the model's are 1 relay, 1 store and 1 database
    hosts = {"boot_nodes": 3.0, "store_nodes": 6.0, "database_hosts": 3.0}
    catalogue = world(
        facts=fact(DATA_CENTRES, 3, 3),
        inputs=all_inputs(**{f"workload__status_1to1_fleet_{name}": value for name, value in hosts.items()}),
    )
    (check,) = held_against(catalogue, id="status_one_to_one")
    assert (check.modelled.mean, check.known_low, check.known_high) == (3, 4, 4)
    assert check.verdict == "deviates"
    assert "2 nodes, which the scenario states after that fleet, so that they prove nothing; and 1" in check.explanation


def test_the_inputs_that_move_a_figure_are_named() -> None:
    catalogue = world(
        facts=fact(RELAYED, 10, 10),
        inputs=all_inputs(workload__vanilla_waku_relay_egress_amplification=Triangular(5, 10, 15)),
    )
    (check,) = held_against(catalogue)
    assert check.explanation.endswith(
        "The model's spread comes from: workload/vanilla_waku_relay_egress_amplification (100%)."
    )


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
    assert (check.verdict == "agrees") is (users == 1000)
    assert BAND in check.modelled.evidence_ids


def test_the_cost_of_a_user_is_the_bill_shared_by_all() -> None:
    (check,) = held_against(world(facts=fact(BAND, 0.005, 0.2)))
    assert check.modelled.mean == pytest.approx((10 + 20 + 0.534096 + 0.267048 + 18.24881) / 1000)


def test_what_is_not_known_is_not_compared() -> None:
    assert held_against(world()) == []


def test_more_confidence_costs_more_where_larger_hosts_are_surer() -> None:
    # Queries a day and client are below 11,300 in 80 percent of draws and below 18,060 in 99: 131 and 209 a second of
    # 1,000 clients, at 20 a vCPU one host of 8 vCPUs for USD 40 or three of 4 for USD 60.
    capacities = {"capacity__insert": 1e6, "capacity__first_page_20": 20.0, "capacity__by_hashes": 1e6}
    catalogue = world(
        offers=(offer("small", 5.0), *(offer(f"v{n}", 5.0 * n, vcpus=n, memory_gib=8) for n in (4, 8, 16, 32))),
        inputs=all_inputs(workload__queries=Triangular(100, 1000, 20_000), **capacities),
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
    assert frame["p50_usd_per_month"].iloc[0] < frame["p50_usd_per_month"].iloc[-1]
