"""The bill of a scenario: five components that add up, the cheapest provider, unknown instead of zero.

On the small world of `costs_world`, without RLN:
  compute   relay and store: 2 x USD 5 (small); database: 1 x USD 20 (large)                           = 30
  archive   48,000 msg/day x 30 days x 3,709 B = 5.34096 GB x USD 0.10                                 = 0.534096
  egress    relay 27.74 GB - 10 included, store 28.75762 - 10: 36.49762 GB x USD 0.50                  = 18.24881
with RLN:
  egress    the proof adds 1,460,000 msg x 384 B x 10 = 5.6064 GB a node: + 2 x 5.6064 x USD 0.50      = 23.85521
  RPC       2 nodes x 17,280 calls x 20 credits x 30.41666 = 21.02 million of 100 million credits      = 0
  gas       1,000 memberships x 1,000 gas/day x 30.41666 days x USD 1e-7                               = 3.0416667
"""

from __future__ import annotations

from typing import Any

import pytest

from assets.costs.frames import COMPONENT_COLUMNS, SCENARIO_COLUMNS, cost_components_frame, scenario_costs_frame
from assets.costs.model import COMPONENT_UNITS, ScenarioEstimate, estimate
from assets.evidence.model import Grade
from tests.unit.costs_world import broadcaster, known, offer, scenario, tier, volume, world


def costs(found: ScenarioEstimate) -> dict[str, float | None]:
    return {
        part.component: part.cost_usd_per_month.value if part.cost_usd_per_month else None for part in found.components
    }


@pytest.mark.parametrize(
    ("with_rln", "parts"),
    [(False, (30.0, 0.534096, 18.24881, 0.0, 0.0)), (True, (30.0, 0.534096, 23.85521, 0.0, 3.0416667))],
)
def test_five_components_add_up_to_the_total(with_rln: bool, parts: tuple[float, ...]) -> None:
    found = estimate(scenario(), with_rln, world())
    assert tuple(costs(found)) == tuple(COMPONENT_UNITS)
    assert tuple(costs(found).values()) == pytest.approx(parts)
    assert found.cost_usd_per_month is not None
    assert found.cost_usd_per_month.value == pytest.approx(sum(parts))
    assert (found.provider, found.missing, found.is_feasible) == ("p", (), True)


def test_without_archive_and_rln_only_servers_and_egress_cost() -> None:
    # 2 x USD 5; 2 x (0.292 + 13.14 - 10) GB x USD 0.50
    found = estimate(broadcaster(), with_rln=False, inputs=world())
    expected = {"compute": 10.0, "archive_storage": 0.0, "egress": 3.432, "rpc": 0.0, "rln_gas": 0.0}
    assert costs(found) == pytest.approx(expected)


def test_node_without_rln_costs_no_rpc_and_says_why() -> None:
    rpc = estimate(scenario(), with_rln=False, inputs=world()).components[3]
    assert rpc.cost_usd_per_month is not None
    assert "usage/none" in rpc.cost_usd_per_month.evidence_ids


def test_calls_are_those_of_all_nodes() -> None:
    # 2 nodes x 17,280 calls x 30.41666 days
    rpc = estimate(scenario(), with_rln=True, inputs=world()).components[3]
    assert (rpc.quantity, rpc.unit) == (pytest.approx(1_051_200), "calls a month")


def test_total_has_the_weakest_grade_and_rests_on_what_was_chosen() -> None:
    found = estimate(scenario(grade="published"), with_rln=True, inputs=world()).cost_usd_per_month
    assert found is not None
    assert found.grade is Grade.ESTIMATED  # the gas price
    assert {"offers/small", "offers/large", "volumes/p_volume", "egress/p_0", "plans/rpc_free", "fees/gas"} <= {
        *found.evidence_ids
    }
    assert {"costs__scenarios/chat", "costs__node_requirements/staging"} <= {*found.evidence_ids}
    assert {"rln/cap", "rln/min", "rln/epoch", "rln/deposit"} <= {*found.evidence_ids}


def test_illustrative_price_makes_the_total_illustrative() -> None:
    rate = known(2, "workload/rate", Grade.ILLUSTRATIVE)
    found = estimate(scenario(), with_rln=False, inputs=world(workload={**world().workload, "rate": rate}))
    assert found.cost_usd_per_month is not None
    assert found.cost_usd_per_month.grade is Grade.ILLUSTRATIVE


CHEAP = {"provider": "q", "included_egress_gb_per_month": 0}
CHEAP_OFFERS = (offer("q_small", 1.0, **CHEAP), offer("q_large", 2.0, vcpus=4, memory_gib=8, **CHEAP))


def world_of_two(**prices_of_q: Any) -> Any:
    p = world()
    return world(
        offers=(*p.offers, *CHEAP_OFFERS),
        volume_prices=(*p.volume_prices, *prices_of_q.get("volume_prices", ())),
        egress_tiers=(*p.egress_tiers, *prices_of_q.get("egress_tiers", ())),
    )


def test_cheapest_provider_is_the_one_with_the_smallest_sum() -> None:
    # q: 2 x 1 + 2 + 5.34096 x 0.10 + (27.74 + 28.75762) x 0.50 = 32.78 < 48.78 of p
    low = estimate(
        scenario(),
        with_rln=False,
        inputs=world_of_two(volume_prices=(volume(0.1, "q"),), egress_tiers=(tier(0, None, 0.5, "q"),)),
    )
    # q with egress at USD 1: 61.03
    high = estimate(
        scenario(),
        with_rln=False,
        inputs=world_of_two(volume_prices=(volume(0.1, "q"),), egress_tiers=(tier(0, None, 1, "q"),)),
    )
    assert (low.provider, high.provider) == ("q", "p")
    assert {p.provider: p.cost_usd_per_month and round(p.cost_usd_per_month.value, 2) for p in high.providers} == {
        "p": 48.78,
        "q": 61.03,
    }


@pytest.mark.parametrize(
    ("prices_of_q", "missing"),
    [
        ({"volume_prices": (volume(0.1, "q"),)}, "price of egress above 0 GB a month (1)"),
        ({"egress_tiers": (tier(0, None, 0.5, "q"),)}, "price of a volume for the archive (1)"),
    ],
)
def test_provider_with_a_missing_price_never_wins(prices_of_q: dict[str, Any], missing: str) -> None:
    found = estimate(scenario(), with_rln=False, inputs=world_of_two(**prices_of_q))
    assert found.provider == "p"
    assert found.reason == f"1 of 2 provider regions left out for want of: {missing}"


def test_price_that_is_not_needed_may_be_missing() -> None:
    # No archive, and 13.432 GB a node are within the 100 GB that q includes.
    generous = (offer("q_small", 1.0, provider="q", included_egress_gb_per_month=100),)
    found = estimate(broadcaster(), with_rln=False, inputs=world(offers=(*world().offers, *generous)))
    assert (found.provider, found.cost_usd_per_month and found.cost_usd_per_month.value) == ("q", 2.0)


def without(mapping: str, name: str) -> Any:
    return world(**{mapping: {key: value for key, value in getattr(world(), mapping).items() if key != name}})


@pytest.mark.parametrize(
    ("inputs", "unknown", "missing"),
    [
        (without("workload", "rate"), "compute archive_storage egress rln_gas", "workload parameter rate"),
        (
            without("workload", "vanilla_waku_relay_egress_amplification"),
            "compute archive_storage egress",
            "amplification",
        ),
        (world(probes=()), "compute archive_storage egress", "archive row size"),
        (world(egress_tiers=()), "compute archive_storage egress", "a provider with a price for all"),
        (world(rpc_usage=()), "rpc", "daily RPC calls of 'node with RLN'"),
        (world(rpc_plans=()), "rpc", "price of an RPC plan"),
        (world(network_fees=world().network_fees[:1]), "rln_gas", "no eth_price of ethereum_mainnet"),
        (without("rln", "gas_register_call"), "rln_gas", "RLN parameter gas_register_call"),
        (without("rln", "total_rate_limit_cap"), "rln_gas", "RLN parameter total_rate_limit_cap"),
    ],
)
def test_missing_input_is_unknown_never_zero(inputs: Any, unknown: str, missing: str) -> None:
    found = estimate(scenario(), with_rln=True, inputs=inputs)
    assert [name for name, cost in costs(found).items() if cost is None] == unknown.split()
    assert found.cost_usd_per_month is None
    assert missing in found.reason


def test_scenario_beyond_the_cap_is_not_feasible_and_still_priced() -> None:
    crowd = scenario(active_users=8_001, own_senders=8_001, network_senders=8_001)
    with_rln, without_rln = (
        estimate(crowd, with_rln=True, inputs=world()),
        estimate(crowd, with_rln=False, inputs=world()),
    )
    assert (with_rln.is_feasible, without_rln.is_feasible) == (False, True)
    assert "the network's cap leaves room for 8,000" in with_rln.reason
    assert with_rln.cost_usd_per_month is not None


def test_deposit_is_named_but_not_part_of_the_cost() -> None:
    # 1,000 members x 20 messages x USD 0.05 = USD 1,000, against USD 3.04 of gas
    gas = estimate(scenario(), with_rln=True, inputs=world()).components[4]
    assert "USD 1,000 of refundable deposits is capital, not part of the cost" in gas.explanation
    assert gas.cost_usd_per_month is not None
    assert gas.cost_usd_per_month.value < 4


ESTIMATES = [estimate(scenario(), with_rln, world()) for with_rln in (False, True)]
UNKNOWN = [estimate(scenario(), with_rln=True, inputs=world(probes=(), rpc_usage=()))]


def test_component_frame_has_the_agreed_columns_and_adds_up_to_the_scenario_frame() -> None:
    components, totals = cost_components_frame(ESTIMATES), scenario_costs_frame(ESTIMATES)
    assert (list(components), list(totals)) == (list(COMPONENT_COLUMNS), list(SCENARIO_COLUMNS))
    assert len(components) == 10
    by_scenario = components.groupby("with_rln").cost_usd_per_month.sum()
    assert list(by_scenario) == pytest.approx(list(totals.cost_usd_per_month))
    assert all(isinstance(ids, list) and ids for ids in [*components.evidence_ids, *totals.evidence_ids])


def test_scenario_frame_gives_cost_per_user_and_per_million_messages() -> None:
    row = scenario_costs_frame(ESTIMATES).iloc[0]
    # USD 48.782906 for 1,000 users and 1.46 million messages
    assert row.cost_usd_per_active_user_month == pytest.approx(0.048782906)
    assert row.cost_usd_per_million_messages == pytest.approx(33.412949)
    assert (row.status, row.grade, row.is_feasible, row.memberships_needed) == ("estimated", "estimated", True, None)


def test_unknown_estimate_has_no_number_and_no_grade_to_lean_on() -> None:
    row = scenario_costs_frame(UNKNOWN).iloc[0]
    assert (row.status, row.grade, row.cost_usd_per_month, row.provider) == ("unknown", "not_found", None, None)
    assert (row.memberships_needed, row.memberships_available) == (1_000, 8_000)
    assert row.evidence_ids == ["costs__scenarios/chat"]
    parts = cost_components_frame(UNKNOWN).set_index("component")
    assert list(parts.loc[["compute", "rpc"], "grade"]) == ["not_found", "not_found"]
    assert parts.loc["rpc", "explanation"] == "unknown, missing: daily RPC calls of 'node with RLN'"


def test_cost_per_user_is_empty_where_users_are_not_known() -> None:
    row = scenario_costs_frame([estimate(broadcaster(), with_rln=False, inputs=world())]).iloc[0]
    assert (row.active_users, row.cost_usd_per_active_user_month) == (None, None)
