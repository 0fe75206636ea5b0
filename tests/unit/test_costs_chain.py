"""RPC plans with daily quotas, memberships and their gas; the numbers are worked out in comments."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assets.costs.chain import (
    cheapest_plan,
    credits_of,
    daily_calls,
    gas_per_membership_month,
    memberships,
    plan_cost,
    usd_per_gas,
)
from assets.costs.inputs import MethodCredits, RpcUsage
from assets.evidence.model import Grade
from assets.evidence.quantity import MissingEvidence
from tests.unit.costs_world import broadcaster, known, plan, scenario, world

POLL = (RpcUsage("node with RLN", "eth_call root()", "day per node", known(17_280)),)
INFURA_FREE = plan("infura_free", 0, 3_000_000, included_period="day")
INFURA_DEVELOPER = plan("infura_developer", 50, 15_000_000, included_period="day")
INFURA = {
    "rpc_plans": (INFURA_DEVELOPER, INFURA_FREE),
    "method_credits": (MethodCredits("infura", "ethereum_and_linea", "eth_call", known(80)),),
}


@pytest.mark.parametrize(
    ("nodes", "chosen"),
    [
        (1, "infura_free"),  # 17,280 x 80 = 1,382,400 credits a day
        (2, "infura_free"),  # 2,764,800
        (3, "infura_developer"),  # 4,147,200 > 3,000,000
        (10, "infura_developer"),  # 13,824,000
    ],
)
def test_need_of_a_day_has_to_fit_the_quota_of_a_day(nodes: int, chosen: str) -> None:
    assert cheapest_plan(POLL, nodes, "linea_mainnet", world(**INFURA)).plan.plan_id == chosen


def test_need_that_no_plan_carries_is_missing_evidence() -> None:
    # 16 x 17,280 x 80 = 22,118,400 > 15,000,000 credits a day
    with pytest.raises(MissingEvidence, match="price of an RPC plan on linea_mainnet"):
        cheapest_plan(POLL, 16, "linea_mainnet", world(**INFURA))


@pytest.mark.parametrize(
    ("credits_per_day", "cost_usd"),
    [
        (100_000, 49.0),  # 3.04 of 80 million a month
        (4_000_000, 49 + 41.6666667 * 0.62),  # 121.67 million a month, 41.67 beyond
    ],
)
def test_credits_beyond_a_monthly_quota_are_bought(credits_per_day: float, cost_usd: float) -> None:
    build = plan("quicknode_build", 49, 80_000_000, overage_usd_per_million_credits=0.62)
    cost = plan_cost(build, known(credits_per_day))
    assert cost is not None
    assert cost.value == pytest.approx(cost_usd)


def test_credits_beyond_a_daily_quota_are_bought_every_day() -> None:
    # (5 - 3) million x 30.41666 days x USD 1 a million
    daily = plan("x_daily", 10, 3_000_000, included_period="day", overage_usd_per_million_credits=1.0)
    cost = plan_cost(daily, known(5_000_000))
    assert cost is not None
    assert cost.value == pytest.approx(10 + 2 * 365 / 12)


def test_flat_rate_carries_any_need_without_counting_credits() -> None:
    flat = plan("node_flat", 149, None, is_flat_rate=True)
    choice = cheapest_plan(POLL, 100, "linea_mainnet", world(rpc_plans=(flat,), method_credits=()))
    assert (choice.plan.plan_id, choice.cost_usd_per_month.value, choice.left_out) == ("node_flat", 149, 0)


def test_plan_without_a_stated_quota_never_wins() -> None:
    public = plan("public_free", 0, None)
    inputs = world(
        rpc_plans=(public, plan("rpc_paid", 9, 100_000_000)),
        method_credits=(*world().method_credits, MethodCredits("public", "evm", "eth_call", known(1))),
    )
    choice = cheapest_plan(POLL, 1, "linea_mainnet", inputs)
    assert (choice.plan.plan_id, choice.left_out) == ("rpc_paid", 1)


def test_plan_whose_credits_are_not_known_never_wins() -> None:
    inputs = world(rpc_plans=(plan("other_free", 0, 100_000_000), plan("rpc_paid", 9, 100_000_000)))
    choice = cheapest_plan(POLL, 1, "linea_mainnet", inputs)
    assert (choice.plan.plan_id, choice.left_out) == ("rpc_paid", 1)


@pytest.mark.parametrize("supports_linea", [False, None])
def test_plan_without_the_chain_is_not_considered(supports_linea: bool | None) -> None:
    inputs = world(rpc_plans=(plan("rpc_free", 0, 100_000_000, supports_linea=supports_linea),))
    assert cheapest_plan(POLL, 1, "ethereum_mainnet", inputs).plan.plan_id == "rpc_free"
    with pytest.raises(MissingEvidence):
        cheapest_plan(POLL, 1, "linea_mainnet", inputs)


def test_at_one_price_the_better_evidenced_plan_is_chosen() -> None:
    weak = replace(plan("rpc_a", 0, 100_000_000), cost_usd_per_month=known(0, "plans/a", Grade.ESTIMATED))
    inputs = world(rpc_plans=(weak, plan("rpc_b", 0, 100_000_000)))
    assert cheapest_plan(POLL, 1, "linea_mainnet", inputs).plan.plan_id == "rpc_b"


def test_row_of_the_method_and_of_the_narrower_chain_goes_first() -> None:
    rows = (
        MethodCredits("a", "evm", "all_methods", known(1)),
        MethodCredits("a", "evm", "eth_call", known(2)),
        MethodCredits("a", "linea", "eth_call", known(3)),
        MethodCredits("a", "ethereum", "eth_call", known(4)),
    )
    assert credits_of("eth_call", "a", "linea_mainnet", rows).value == 3
    assert credits_of("eth_call", "a", "ethereum_mainnet", rows).value == 4
    assert credits_of("eth_getLogs", "a", "linea_mainnet", rows).value == 1


def test_only_daily_calls_count() -> None:
    assert [use.rpc_method for use in daily_calls("node with RLN", world())] == ["eth_call root()"]
    with pytest.raises(MissingEvidence, match="daily RPC calls of 'unheard of'"):
        daily_calls("unheard of", world())


def test_cap_leaves_room_for_whole_memberships() -> None:
    # floor(160,000 / 20) = 8,000; 2 msg/h are 0.33 an epoch of 600 s; deposit 1,000 x 20 x 0.05 = USD 1,000
    held = memberships(scenario(), world())
    assert (held.needed, held.available, held.obstacles) == (1_000, 8_000, ())
    assert held.messages_per_sender_epoch.value == pytest.approx(1 / 3)
    assert held.deposit_usd.value == pytest.approx(1_000)


def test_part_of_a_membership_is_none() -> None:
    # 160,000 / 600 = 266.67
    inputs = world(rln={**world().rln, "membership_rate_min": known(600)})
    assert memberships(scenario(), inputs).available == 266


def test_cap_may_be_used_up() -> None:
    assert memberships(scenario(own_senders=8_000, network_senders=8_000), world()).obstacles == ()


def test_more_members_than_the_cap_allows_is_an_obstacle() -> None:
    held = memberships(scenario(own_senders=8_001, network_senders=8_001), world())
    assert held.obstacles == (
        "8,001 memberships of 20 messages an epoch are needed, the network's cap leaves room for 8,000",
    )


def test_sender_above_its_rate_limit_is_an_obstacle() -> None:
    # 2 msg/h x 1,512 = 3,024 a day, 21 in each of 144 epochs
    held = memberships(broadcaster(message_rate_factor=1_512), world())
    assert held.obstacles == ("a sender publishes 21.0 messages an epoch, its membership allows 20",)


def test_gas_is_spread_over_the_life_of_a_membership() -> None:
    # (255,000 + 105,000) gas / (2 x 180 days) = 1,000 gas a day
    assert gas_per_membership_month(scenario(), world()).value == pytest.approx(1_000 * 365 / 12)
    # without extension: 255,000 / 180
    never = scenario(rln_extensions=0)
    assert gas_per_membership_month(never, world()).value == pytest.approx(255_000 / 180 * 365 / 12)


def test_price_of_gas() -> None:
    # 0.05 gwei x 1e-9 x USD 2,000 = USD 1e-7
    price = usd_per_gas("linea_mainnet", world())
    assert price.value == pytest.approx(1e-7)
    assert price.grade is Grade.ESTIMATED
    with pytest.raises(MissingEvidence, match="no gas_price of ethereum_mainnet"):
        usd_per_gas("ethereum_mainnet", world())
