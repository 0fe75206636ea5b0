"""Plans for RPC calls: what they carry in a day and in a second, for nodes, for wallets and for members of RLN."""

from __future__ import annotations

from typing import Any

import pytest

from assets.costs.draws import Draws, sample
from assets.costs.inputs import CostCatalogue, MethodCredits, RpcCalls, RpcOffer
from assets.costs.rpc_and_rln import Calls, RpcCost, member_calls, node_calls, rpc_cost, wallet_calls
from assets.evidence.quantity import MissingEvidence
from tests.unit.costs_world import all_inputs, estimated, known, plan, scenario, world

WALLET = RpcCalls("wallet", "eth_getLogs", "day per client", known(864, "usage/wallet"))


def drawn_world(**changes: Any) -> tuple[CostCatalogue, Draws]:
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
    assert rates(node_calls("node with RLN", known(3), catalogue, draws)) == [("eth_call", 51_840, pytest.approx(0.6))]
    assert rates(wallet_calls("wallet", 1000, catalogue, draws)) == [("eth_getLogs", 216_000, pytest.approx(5))]
    assert rates(member_calls("node with RLN", 1000, catalogue, draws)) == [("eth_call", 4_320_000, pytest.approx(100))]


def test_no_more_clients_than_there_are_call_at_peak() -> None:
    catalogue, draws = drawn_world(
        rpc_usage=(WALLET,), inputs=all_inputs(assumption__client_online_share=0.5, assumption__peak_factor=5.0)
    )
    assert rates(wallet_calls("wallet", 1000, catalogue, draws)) == [("eth_getLogs", 432_000, pytest.approx(10))]


FLAT = {"is_flat_rate": True, "rate_limit_unit": "requests_per_second"}
CREDITS = MethodCredits("credits", "evm", "eth_call", known(20))


def priced(per_day: float, peak_per_s: float, *plans: RpcOffer) -> RpcCost:
    catalogue, draws = drawn_world(rpc_plans=plans, method_credits=(CREDITS,))
    return rpc_cost([Calls("eth_call", known(per_day), known(peak_per_s))], "ethereum_mainnet", catalogue, draws)


@pytest.mark.parametrize(
    ("peak_per_s", "cost"),
    [
        (20, 10.0),  # four fifths of the rate of one subscription, in busy months 22
        (25, 15.0),  # in half of the months one is not enough
        (30, 20.0),  # two
        (1000, 405.0),  # forty, and half a one on average, because subscriptions are whole
    ],
)
def test_subscriptions_are_as_many_as_carry_the_rate_at_peak(peak_per_s: float, cost: float) -> None:
    found = priced(1e6, peak_per_s, plan("flat_25", 10, None, rate_limit=25.0, **FLAT))
    assert found.cost_usd_per_month.mean == pytest.approx(cost, rel=0.01)


def test_a_rate_may_be_counted_in_credits() -> None:
    # 2,000 credits a second are 100 calls of 20 credits: 150 calls take two subscriptions
    by_credits = plan("credits_pay", 30, 1e12, rate_limit=2000.0, rate_limit_unit="credits_per_second")
    assert priced(1e6, 80, by_credits).cost_usd_per_month.mean == 30
    assert priced(1e6, 150, by_credits).cost_usd_per_month.mean == 60


@pytest.mark.parametrize(
    ("calls_per_day", "cost"),
    [
        (10_000, 0.0),  # 6.08 million credits a month: free
        (16_000, 0.0),  # 9.73 million, and 10.7 in busy months: free in 64 of 100 ...
        (100_000, 61.0),  # 60.8 million: one million credits each
    ],
)
def test_a_free_plan_is_had_once_and_a_paid_one_in_the_months_in_which_it_is_not_enough(
    calls_per_day: float, cost: float
) -> None:
    free = plan("credits_free", 0, 10_000_000)
    by_use = plan("credits_by_use", 0, 0, overage_usd_per_million_credits=1.0)
    found = priced(calls_per_day, 1, free, by_use)
    # 16,000 calls: the year's need is 9.733 of 10 million credits; months of 90 to 110 percent of it are free up to
    # 10 / 9.733 = 102.7 percent, in 0.637 of the months, and cost USD 9.733 in the others.
    expected = 9.733 * (1 - 0.637) if calls_per_day == 16_000 else cost
    assert found.cost_usd_per_month.mean == pytest.approx(expected, rel=0.01)


@pytest.mark.parametrize(("calls_per_day", "cost"), [(4_000, 0.0), (10_000, 61.7), (100_000, 200.0)])
def test_beyond_the_quota_of_a_free_plan_every_credit_is_bought(calls_per_day: float, cost: float) -> None:
    # 10,000 calls a day are 6.083 million credits a month: 3.083 million beyond the quota, at USD 20 each
    free = plan("credits_free", 0, 3_000_000, overage_usd_per_million_credits=20.0)
    paid = plan("credits_paid", 200, 100_000_000)
    assert priced(calls_per_day, 1, free, paid).cost_usd_per_month.mean == pytest.approx(cost, rel=0.01)


def test_several_subscriptions_or_credits_beyond_one_whichever_is_cheaper() -> None:
    # 60.8 million credits: four subscriptions of 20 million (3.04, whole in each month) or one and 40.8 at USD 5
    calls_per_day = 100_000
    dear = plan("credits_dear", 49, 20_000_000, overage_usd_per_million_credits=5.0)
    cheap = plan("credits_cheap", 49, 20_000_000, overage_usd_per_million_credits=0.5)
    assert priced(calls_per_day, 1, dear).cost_usd_per_month.mean == pytest.approx(49 * 3.57, rel=0.01)
    assert priced(calls_per_day, 1, cheap).cost_usd_per_month.mean == pytest.approx(49 + 20.4, rel=0.01)


def test_a_plan_without_a_quota_is_left_out_and_counted() -> None:
    found = priced(1e6, 1, plan("open_free", 0, None), plan("open_flat", 10, None, is_flat_rate=True))
    assert (found.left_out, found.note) == (1, "mostly in plan open_flat, whose rate limit is not stated")


def test_a_free_plan_alone_that_is_not_always_enough_is_no_price() -> None:
    with pytest.raises(MissingEvidence, match="price of an RPC plan on ethereum_mainnet that carries the need"):
        priced(16_000, 1, plan("credits_free", 0, 10_000_000))


def users_pay(with_rln: bool) -> dict[str, float]:
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
    return {name: part.cost_usd_per_month.mean for name, part in found.parts.items() if name.startswith("rpc_")}


def test_calls_of_wallets_and_members_are_what_users_pay() -> None:
    # Wallets: 1,000 x 864 x 50 credits x 30.41666 days x USD 2e-6 = 2,628; members: 1,000 x 17,280 x 20 ... = 21,024;
    # USD 7 for the plan each.
    assert users_pay(with_rln=False) == pytest.approx({"rpc_wallet": 2_635, "rpc_rln_clients": 0})
    assert users_pay(with_rln=True) == pytest.approx({"rpc_wallet": 2_635, "rpc_rln_clients": 21_031})


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
