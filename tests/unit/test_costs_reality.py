"""The model against what is known, on the small world of `costs_world`; figures are those of `test_costs_model`."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from assets.costs.columns import CONFIDENCE_COLUMNS
from assets.costs.distributions import Triangular
from assets.costs.draws import sample
from assets.costs.frames import confidence_frame
from assets.costs.inputs import CostCatalogue, Fact, PublishedFigure
from assets.costs.model import World, estimate, plan
from assets.costs.reality import (
    CHECK_INTERVAL,
    DATA_CENTRES,
    DATABASES,
    FLEET_HOSTS,
    FLEET_RATE,
    GROWTH,
    RATE,
    RELAYED,
    STORE_REQUESTS,
    Check,
    checks,
)
from assets.evidence.basis import Basis
from assets.evidence.model import Grade
from assets.evidence.quantity import Quantity
from tests.unit.costs_world import all_inputs, limits, offer, scenario, world


def fact(name: str, low: float, high: float) -> dict[str, Fact]:
    return {
        name: Fact(
            Basis(Grade.PUBLISHED, frozenset({name})),
            low=low,
            high=high,
            known_on=date(2023, 11, 7),
            condition=f"said of {name.rpartition('/')[2]}",
            payload_bytes=1024 if name == RELAYED else None,
        )
    }


def held_against(catalogue: CostCatalogue, users: int = 1000, **changes: Any) -> dict[str, Check]:
    first, _ = sample(catalogue.inputs.values(), per_scramble=128)
    known = World(catalogue, first)
    found = checks([estimate(scenario(active_users=users, **changes), with_rln=False, world=known)], known)
    return {check.check_id: check for check in found}


def a_check(low: float, high: float) -> Check:
    """The median of the model is 150."""
    modelled = Quantity(np.linspace(100.0, 200.0, 101), Basis(Grade.ESTIMATED, frozenset({"t/x"})))
    return Check("c", "C", None, None, "MB/h", modelled, low, high, "", "")


@pytest.mark.parametrize(
    ("low", "high", "times", "verdict"),
    [
        (150, 150, 1.0, "agrees"),
        (75, 300, 1.0, "agrees"),  # the middle of 75 to 300 is 150
        (101, 101, 1.485, "agrees"),
        (99, 99, 1.515, "differs"),
        (226, 226, 0.664, "differs"),
        (51, 51, 2.941, "differs"),
        (49, 49, 3.061, "deviates"),
        (451, 451, 0.3326, "deviates"),
        (0.005, 0.2, 4743.4, "deviates"),  # a wide band that holds everything cheap does not hold this
    ],
)
def test_a_verdict_is_how_many_times_the_median_lies_above_or_below_what_is_known(
    low: float, high: float, times: float, verdict: str
) -> None:
    check = a_check(low, high)
    assert (check.times_known, check.verdict) == (pytest.approx(times, rel=1e-3), verdict)


@pytest.mark.parametrize("known_bytes", [10.24, 4.0, 40.0])
def test_a_comparison_with_an_input_of_the_model_says_nothing(known_bytes: float) -> None:
    check = held_against(world(facts=limits() | fact(RELAYED, known_bytes, known_bytes)))[
        "relay_traffic_at_1_message_per_s"
    ]
    assert check.modelled.mean == pytest.approx(1024 * 10 / 1000)
    assert check.verdict == "circular"


def production(**facts: tuple[float, float]) -> CostCatalogue:
    """The fleet of Status at ten messages a second: three data centres, twelve hosts."""
    known = limits() | fact(DATA_CENTRES, 3, 3) | fact(RATE, 10, 10) | fact(CHECK_INTERVAL, 60, 60)
    for name in DATABASES:
        known |= fact(name, 8, 16)
    for name, (low, high) in facts.items():
        known |= fact(name, low, high)
    rates = {f"workload__{name}": float(value) for name, value in zip(FLEET_HOSTS, (3, 6, 3), strict=True)}
    return world(facts=known, inputs=all_inputs(**rates, **{f"workload__{FLEET_RATE}": 10.0}))


def test_the_production_fleet_is_predicted_from_its_messages() -> None:
    # 864,000 messages a day / 48 a user are 18,000 users; x 0.2 connections = 3,600, in each of three data centres
    # 1,200 of 500 for a node: 2.4, whole in each month (2.16 to 2.64): three. Databases: 1.16 checks a second and 1,000
    # users on a tenth of a processor are 2.08 processors, one host of 16 in each data centre.
    check = held_against(production(), id="status_one_to_one")["hosts_of_status_production"]
    assert check.modelled.mean == pytest.approx(9 + 3)
    assert (check.known_low, check.verdict) == (12, "agrees")
    assert "18,000 users send what that fleet relays" in check.explanation


def test_processors_and_store_requests_are_predicted_for_the_users_of_the_fleet() -> None:
    # 18,000 users x 100 checks a day are 20.83 a second: 1,250 a minute; at ten a second on a processor 2.083 of them,
    # and 0.01 to write each of three copies; in each of three data centres a third.
    found = held_against(production(**{STORE_REQUESTS: (1100, 1100)}), id="status_one_to_one")
    assert found["store_requests_of_status_production"].modelled.mean == pytest.approx(1250)
    assert found["store_requests_of_status_production"].verdict == "agrees"
    assert found["store_requests_of_status_production"].explanation.startswith(
        "Known of the whole fleet: said of adoption_query_store_request_rate_upper, in November 2023. Model: "
    )
    assert found["database_host_of_status_production"].modelled.mean == pytest.approx((2.0833 + 3 * 0.01) / 3, rel=1e-3)


def test_growth_counts_what_is_archived_only() -> None:
    # 36,000 messages an hour, of which 48 of 48 + 144 are content and archived, the others pass: x 3,709 bytes
    inputs = production().inputs | all_inputs(**{f"workload__{FLEET_RATE}": 10.0, "workload__control": 144.0})
    known = production().facts | {k: v for name in GROWTH for k, v in fact(name, 30, 40).items()}
    probes = tuple(type(p)(p.payload_bytes, p.total_bytes, p.total_bytes) for p in world().probes)
    catalogue = world(facts=known, inputs=inputs, probes=probes)
    check = held_against(catalogue, id="status_one_to_one", passing_control_ids=["control"])["archive_growth"]
    assert check.modelled.mean == pytest.approx(36_000 / 4 * 3709 / 1e6)
    assert check.verdict == "agrees"


def test_the_inputs_that_move_a_figure_are_named() -> None:
    catalogue = world(
        facts=limits() | fact(RELAYED, 10, 10),
        inputs=all_inputs(workload__vanilla_waku_relay_egress_amplification=Triangular(5, 10, 15)),
    )
    check = held_against(catalogue)["relay_traffic_at_1_message_per_s"]
    assert check.explanation.endswith(
        "The model's spread comes from: workload/vanilla_waku_relay_egress_amplification (100%)."
    )


def figure(component: str, usd: float, users: float | None, system: str = "Peer") -> PublishedFigure:
    basis = Basis(Grade.PUBLISHED, frozenset({f"r/{system}_{component}"}))
    return PublishedFigure(
        f"{system}_{component}", system, component, users, usd, usd, (component,), f"USD {usd:g}", basis
    )


def test_each_part_of_a_bill_is_held_against_the_published_figure_of_the_nearest_size() -> None:
    # 1,000 users: USD 5 for servers, 9.37881 for traffic, 14.645858 in all
    figures = (
        figure("compute", 0.004, 900),
        figure("compute", 9.0, 1e6, "Giant"),
        figure("infrastructure", 0.1, None),
        figure("egress", 0.01, 5000),
        figure("people", 3.0, 1000),
    )
    found = held_against(world(reality_figures=figures))
    assert {name: check.verdict for name, check in found.items()} == {
        "infrastructure_chat": "deviates",
        "compute_chat": "agrees",
        "egress_chat": "agrees",
    }
    assert found["compute_chat"].modelled.mean == pytest.approx(0.005)
    assert "against Peer" in found["compute_chat"].title
    assert "r/Peer_compute" in found["compute_chat"].modelled.basis.ids


def test_a_figure_is_held_against_all_that_it_includes() -> None:
    servers = figure("compute", 0.004, 900)
    alone = held_against(world(reality_figures=(servers,)))["compute_chat"]
    with_traffic = replace(servers, includes=("compute", "egress"))
    both = held_against(world(reality_figures=(with_traffic,)))["compute_chat"]
    assert (alone.modelled.mean, both.modelled.mean) == (pytest.approx(0.005), pytest.approx(0.01437881))


def test_what_is_not_known_is_not_compared() -> None:
    assert held_against(world()) == {}


def test_more_confidence_costs_more_where_larger_hosts_are_surer() -> None:
    # Queries a day and client are below 11,300 in 80 percent of draws and below 18,060 in 99: 131 and 209 a second of
    # 1,000 clients, at 20 a vCPU.
    capacities = {"capacity__insert": 1e6, "capacity__first_page_20": 20.0, "capacity__by_hashes": 1e6}
    catalogue = world(
        offers=(offer("small", 5.0), *(offer(f"v{n}", 5.0 * n, vcpus=n, memory_gib=8) for n in (4, 8, 16, 32))),
        inputs=all_inputs(workload__queries=Triangular(100, 1000, 20_000), **capacities),
    )
    first, _ = sample(catalogue.inputs.values(), per_scramble=128)
    known = World(catalogue, first)
    found = estimate(scenario(), with_rln=False, world=known)
    frame = confidence_frame([(found, level, plan(found, known, level)) for level in (0.8, 0.95, 0.99)])
    assert list(frame.columns) == list(CONFIDENCE_COLUMNS)
    assert frame["confidence"].tolist() == [0.8, 0.95, 0.99]
    assert frame["p50_usd_per_month"].is_monotonic_increasing
    assert frame["p50_usd_per_month"].iloc[0] < frame["p50_usd_per_month"].iloc[-1]
