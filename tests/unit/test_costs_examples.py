"""The examples that docs/costs.md works out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from assets.costs.draws import sample
from assets.costs.inputs import MethodCredits
from assets.costs.prices import tiered_cost
from assets.costs.rpc_and_rln import Calls, capital_cost, gas_per_month, memberships, rpc_cost, usd_per_gas
from assets.costs.whole import mean_whole
from assets.costs.workload import sent_of
from assets.evidence.quantity import MissingEvidence
from tests.unit.costs_world import all_inputs, crowd, known, plan, tier, world


@pytest.mark.parametrize(("cap", "room"), [(160_000.0, 8_000), (1_000_000.0, 50_000)])
def test_rln_for_10_000_users_on_linea(cap: float, room: int) -> None:
    catalogue = world(
        inputs=all_inputs(
            rln__total_rate_limit_cap=cap,
            rln__gas_register_call=255_000.0,
            rln__gas_extend_call=62_279.0,
            rln__active_period=180.0,
            fee__linea_mainnet__gas_price=0.05,
            fee__ethereum_mainnet__eth_price=1_930.74,
            assumption__capital_rate=0.05,
        )
    )
    draws, _ = sample(catalogue.inputs.values())
    many = crowd(10_000)
    held = memberships(many, sent_of(many, draws).per_day, draws)
    gas = gas_per_month(many, draws)
    # (255,000 + 62,279) / 360 days x 30.41666 days x 10,000 members
    assert gas.mean == pytest.approx(268_071_377.3)
    # x 0.05 gwei x 10^-9 x USD 1,930.74
    assert (gas * usd_per_gas("linea_mainnet", draws)).mean == pytest.approx(25.8788, abs=1e-4)
    # 10,000 x 20 messages x USD 0.05, at 5 percent a year
    assert held.deposit_usd.mean == 10_000
    assert capital_cost(held.deposit_usd, draws).mean == pytest.approx(41.6667, abs=1e-4)
    # The cap of the specification and that of the deploy script since 2025-11-25, / 20
    assert (held.needed, held.available) == (10_000, room)


def test_tiered_egress() -> None:
    # 100 GB free, 9,900 GB x USD 0.09, 2,000 GB x USD 0.085
    tiers = [tier(0, 100, 0.0), tier(100, 10_000, 0.09), tier(10_000, 50_000, 0.085)]
    draws, _ = sample(all_inputs().values())
    assert tiered_cost(known(12_000), tiers, draws).mean == pytest.approx(0 + 891 + 170)
    assert tiered_cost(known(80), tiers, draws).mean == 0
    with pytest.raises(MissingEvidence, match="above 50,000 GB"):
        tiered_cost(known(50_001), tiers, draws)


@pytest.mark.parametrize(("nodes", "cost"), [(2, 16.49), (3, 50.0)])
def test_a_quota_of_a_day(nodes: int, cost: float) -> None:
    # 17,280 calls x 80 credits = 1,382,400 a day and node; 3,000,000 a day carry two nodes in months up to 1.085 times
    # the mean, which are (1.085 - 0.75) / 0.5 = 67 of 100 where months vary by a quarter; and never three.
    catalogue = world(
        rpc_plans=(
            plan("rpc_free", 0, 3_000_000, included_period="day"),
            plan("rpc_developer", 50, 15_000_000, included_period="day"),
        ),
        method_credits=(MethodCredits("rpc", "evm", "eth_call", known(80)),),
        inputs=all_inputs(assumption__month_swing=0.25),
    )
    draws, _ = sample(catalogue.inputs.values())
    calls = [Calls("eth_call", known(17_280.0 * nodes), known(0.2 * nodes))]
    found = rpc_cost(calls, "ethereum_mainnet", catalogue, draws)
    # The paid plan in the other 33 of 100 months.
    assert found.cost_usd_per_month.mean == pytest.approx(cost, abs=0.01)


@pytest.mark.parametrize(
    ("needed", "swing", "whole"),
    [
        (0.3, 0.25, 1.0),
        (0.8, 0.25, 1.0),  # 0.6 to 1.0
        (1.0, 0.25, 1.5),  # half of the months take one, half two
        (1.3, 0.25, 1.9615),  # from 0.975: one in 0.0385 of the months; up to 1.625: two
        (2.0, 0.5, 2.5),  # 1 to 3: two in half of the months, three in the other half
        (100.0, 0.25, 100.5),
    ],
)
def test_whole_hosts_of_the_mean_month(needed: float, swing: float, whole: float) -> None:
    assert mean_whole(needed, swing) == pytest.approx(whole, abs=1e-4)
    months = np.linspace(needed * (1 - swing), needed * (1 + swing), 200_001)
    assert np.mean(np.maximum(np.ceil(months), 1)) == pytest.approx(whole, abs=1e-3)
