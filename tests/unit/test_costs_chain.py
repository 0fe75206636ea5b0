"""Plans for RPC calls: what they carry in a day and in a second, for nodes, for wallets and for members of RLN."""

from __future__ import annotations

from typing import Any

import pytest

from assets.costs.chain import Calls, member_calls, node_calls, rpc_market, wallet_calls
from assets.costs.distributions import Triangular
from assets.costs.draws import Draws, sample
from assets.costs.inputs import Catalogue, MethodCredits, RpcUsage
from assets.evidence.quantity import MissingEvidence, Quantity
from tests.unit.costs_world import all_inputs, estimated, known, plan, scenario, world

WALLET = RpcUsage("wallet", "eth_getLogs", "day per client", known(864, "usage/wallet"))


def drawn_world(**changes: Any) -> tuple[Catalogue, Draws]:
    catalogue = world(**changes)
    return catalogue, sample(catalogue.inputs.values())[0]


def rates(calls: tuple[Calls, ...]) -> list[tuple[str, float, float]]:
    return [(call.method, call.per_day.mean, call.peak_per_s.mean) for call in calls]


def test_nodes_call_at_an_even_rate_and_clients_while_they_are_online() -> None:
    # 17,280 calls a day are one each 5 s. A quarter of 1,000 clients are online, at peak twice as many: 864 calls a day
    # are one each 100 s, 500 clients 5 a second.
    catalogue, draws = drawn_world(
        rpc_usage=(*world().rpc_usage, WALLET),
        inputs=all_inputs(assumption__client_online_share=0.25, assumption__peak_factor=2.0),
    )
    assert rates(node_calls("node with RLN", 3, catalogue, draws)) == [("eth_call", 51_840, pytest.approx(0.6))]
    assert rates(wallet_calls("wallet", 1000, catalogue, draws)) == [("eth_getLogs", 216_000, pytest.approx(5))]
    assert rates(member_calls("node with RLN", 1000, catalogue, draws)) == [("eth_call", 4_320_000, pytest.approx(100))]


def test_no_more_clients_than_there_are_call_at_peak() -> None:
    catalogue, draws = drawn_world(
        rpc_usage=(WALLET,), inputs=all_inputs(assumption__client_online_share=0.5, assumption__peak_factor=5.0)
    )
    assert rates(wallet_calls("wallet", 1000, catalogue, draws)) == [("eth_getLogs", 432_000, pytest.approx(10))]


FLAT = {"is_flat_rate": True, "rate_limit_unit": "requests_per_second"}
PLANS = (
    plan("slow_flat", 10, None, rate_limit=25.0, **FLAT),
    plan("fast_flat", 60, None, rate_limit=250.0, **FLAT),
    plan("credits_pay", 30, 1e12, rate_limit=2000.0, rate_limit_unit="credits_per_second"),
)
CREDITS = MethodCredits("credits", "evm", "eth_call", known(20))


@pytest.mark.parametrize(
    ("peak_per_s", "taken"), [(25, "slow_flat"), (26, "credits_pay"), (100, "credits_pay"), (101, "fast_flat")]
)
def test_a_plan_must_carry_the_rate_at_peak_in_calls_or_in_credits(peak_per_s: float, taken: str) -> None:
    # 2,000 credits a second are 100 calls of 20 credits
    catalogue, draws = drawn_world(rpc_plans=PLANS, method_credits=(CREDITS,))
    calls = [Calls("eth_call", known(1e6), known(peak_per_s))]
    best = rpc_market(calls, "ethereum_mainnet", 0.95, catalogue, draws).best
    assert (best.plan.plan_id, best.note) == (taken, f"in plan {taken}")


def test_no_plan_is_fast_enough() -> None:
    catalogue, draws = drawn_world(rpc_plans=PLANS[:2])
    with pytest.raises(MissingEvidence, match="price of an RPC plan on ethereum_mainnet that carries the need"):
        rpc_market([Calls("eth_call", known(1e6), known(251))], "ethereum_mainnet", 0.95, catalogue, draws)


@pytest.mark.parametrize(("limit", "taken"), [(78.0, "slow_flat"), (77.0, "fast_flat")])
def test_a_rate_limit_is_kept_in_95_percent_of_draws(limit: float, taken: str) -> None:
    # A triangle from its mode at 0 to 100 is below 100 - 100 x sqrt(0.05) = 77.6 in 95 percent of draws.
    catalogue, draws = drawn_world(
        rpc_plans=(plan("slow_flat", 10, None, rate_limit=limit, **FLAT), PLANS[1]),
        inputs=all_inputs(assumption__peak_factor=Triangular(0, 0, 100)),
    )
    calls = [Calls("eth_call", known(1e6), draws["assumption/peak_factor"])]
    assert rpc_market(calls, "ethereum_mainnet", 0.95, catalogue, draws).best.plan.plan_id == taken


def test_a_plan_without_a_stated_limit_says_so() -> None:
    catalogue, draws = drawn_world(rpc_plans=(plan("open_flat", 10, None, is_flat_rate=True),))
    best = rpc_market([Calls("eth_call", known(1e6), known(9999))], "ethereum_mainnet", 0.95, catalogue, draws).best
    assert best.note == "in plan open_flat, whose rate limit is not stated"


def beside(with_rln: bool) -> dict[str, Quantity]:
    catalogue = world(
        rpc_usage=(*world().rpc_usage, WALLET),
        rpc_plans=(plan("rpc_paid", 7, 0, overage_usd_per_million_credits=2.0),),
        method_credits=(
            MethodCredits("rpc", "evm", "eth_call", known(20)),
            MethodCredits("rpc", "evm", "eth_getLogs", known(50)),
        ),
    )
    found = estimated(scenario(client_rpc_component="wallet"), with_rln, catalogue).best
    assert found is not None
    assert found.total is not None
    assert not {"rpc_wallet", "rpc_rln_clients"} & found.parts.keys()
    return {name: part.cost_usd_per_month for name, part in found.beside.items() if name.startswith("rpc_")}


def test_calls_of_wallets_and_members_stand_beside_the_bill() -> None:
    # Wallets: 1,000 x 864 x 50 credits x 30.41666 days x USD 2e-6 = 2,628; members: 1,000 x 17,280 x 20 ... = 21,024;
    # USD 7 for the plan each.
    assert {name: cost.mean for name, cost in beside(with_rln=False).items()} == pytest.approx({"rpc_wallet": 2_635})
    assert {name: cost.mean for name, cost in beside(with_rln=True).items()} == pytest.approx(
        {"rpc_wallet": 2_635, "rpc_rln_clients": 21_031}
    )


@pytest.mark.parametrize(("messages_per_hour", "exceeds"), [(120.0, False), (126.0, True)])
def test_a_membership_must_allow_what_a_sender_publishes_on_average_whatever_the_peak(
    messages_per_hour: float, exceeds: bool
) -> None:
    # A sixth of an hour is an epoch: 20 and 21 messages on average against the 20 of the membership
    catalogue = world(inputs=all_inputs(workload__rate=messages_per_hour, assumption__peak_factor=5.0))
    found = estimated(scenario(), with_rln=True, catalogue=catalogue)
    said = "a sender publishes more on average than the 20 messages an epoch that its membership allows"
    assert (said in found.reason) is exceeds
    assert found.is_feasible is not exceeds
