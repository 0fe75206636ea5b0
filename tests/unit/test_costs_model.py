"""The bill of a scenario: components that add up in every draw, the cheapest place, unknown instead of zero.

On the small world of `costs_world`, without RLN:
  compute   relay and store: 2 x USD 5 (small)                                                         = 10
  database  1 x USD 20 (large)                                                                         = 20
  archive   48,000 msg/day x 30 days x 3,709 B = 5.34096 GB x USD 0.10                                 = 0.534096
  backups   5.34096 GB x USD 0.05                                                                      = 0.267048
  egress    relay 27.74 GB - 10 included, store 28.75762 - 10: 36.49762 GB x USD 0.50                  = 18.24881
with RLN:
  egress    the proof adds 1,460,000 msg x 384 B x 10 = 5.6064 GB a node: + 2 x 5.6064 x USD 0.50      = 23.85521
  RPC       2 nodes x 17,280 calls x 20 credits x 30.41666 = 21.02 million of 100 million credits      = 0
  gas       1,000 memberships x 1,000 gas/day x 30.41666 days x USD 1e-7                               = 3.0416667
  capital   1,000 x 20 messages x USD 0.05 = USD 1,000 of deposits x 0.06 / 12                         = 5
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest
import yaml

from assets.costs.distributions import Stated, Triangular
from assets.costs.draws import sample
from assets.costs.frames import COST_COLUMNS, SUMMARY_COLUMNS, scenario_cost_frame, summary_frame
from assets.costs.model import COMPONENT_UNITS, Estimate, World, estimate, total_in
from assets.evidence.model import Grade
from assets.evidence.tables.costs import Scenario
from tests.unit.costs_world import address, all_inputs, broadcaster, estimated, offer, scenario, tier, volume, world

UNCERTAIN = world(
    inputs=all_inputs(
        workload__rate=Triangular(1, 2, 4),
        workload__bytes=Triangular(500, 1000, 1500),
        fee__linea_mainnet__gas_price=Triangular(0.01, 0.05, 0.2),
    )
)


def costs(found: Estimate) -> dict[str, float]:
    assert found.best is not None
    return {name: part.cost_usd_per_month.mean for name, part in found.best.parts.items()}


@pytest.mark.parametrize(
    ("with_rln", "parts"),
    [
        (False, (10.0, 0.0, 20.0, 0.534096, 0.267048, 18.24881, 0.0, 0.0, 0.0)),
        (True, (10.0, 0.0, 20.0, 0.534096, 0.267048, 23.85521, 0.0, 3.0416667, 5.0)),
    ],
)
def test_components_are_those_worked_out_by_hand(with_rln: bool, parts: tuple[float, ...]) -> None:
    found = estimated(scenario(), with_rln)
    assert set(costs(found)) == set(COMPONENT_UNITS)
    assert [costs(found)[name] for name in COMPONENT_UNITS] == pytest.approx(parts)
    assert found.best is not None
    assert found.best.total is not None
    assert found.best.total.mean == pytest.approx(sum(parts))


def test_components_add_up_to_the_total_in_every_draw() -> None:
    # The bill adds what was planned; `total_in` prices the same plan anew, as sensitivity does in other draws.
    draws, _ = sample(UNCERTAIN.inputs.values(), per_scramble=128)
    found = estimate(scenario(), with_rln=True, world=World(UNCERTAIN, draws))
    assert found.best is not None
    assert found.best.total is not None
    assert found.best.place is not None
    total = np.asarray(found.best.total.value)
    assert total.shape == (1024,)
    assert total.std() > 0.5
    np.testing.assert_allclose(total_in(found, found.best.place, UNCERTAIN, draws), total, rtol=1e-12)


def test_the_same_evidence_gives_the_same_bits() -> None:
    one, other = (estimated(scenario(), with_rln=True, catalogue=UNCERTAIN).best for _ in range(2))
    assert one
    assert other
    assert one.total
    assert other.total
    assert np.array_equal(one.total.value, other.total.value)


def test_without_archive_and_rln_only_servers_and_egress_cost() -> None:
    # 2 x USD 5; 2 x (0.292 + 13.14 - 10) GB x USD 0.50
    found = costs(estimated(broadcaster(), with_rln=False))
    assert {name: cost for name, cost in found.items() if cost} == pytest.approx({"compute": 10.0, "egress": 3.432})


def test_total_has_the_weakest_grade_and_rests_on_what_was_chosen() -> None:
    best = estimated(scenario(grade="published"), with_rln=True).best
    assert best is not None
    assert best.total is not None
    assert best.total.grade is Grade.PUBLISHED
    assert {
        "offers/small",
        "offers/large",
        "volumes/p_volume",
        "egress/p_0",
        "plans/rpc_free",
        "rln/active_period",
    } <= (best.total.evidence_ids)
    assert {"costs__scenarios/chat", "costs__node_requirements/staging"} <= best.total.evidence_ids


CHEAP = {"provider": "q", "included_egress_gb_per_month": 0}
Q_OFFERS = (offer("q_small", 1.0, **CHEAP), offer("q_large", 2.0, vcpus=4, memory_gib=8, **CHEAP))


def two_providers(egress_of_q: float | None) -> Any:
    p = world()
    tiers = () if egress_of_q is None else (tier(0, None, egress_of_q, "q"),)
    return world(
        offers=(*p.offers, *Q_OFFERS),
        volume_prices=(*p.volume_prices, volume(0.1, "q")),
        backup_prices=(*p.backup_prices, volume(0.05, "q", item="snapshot")),
        address_prices=(*p.address_prices, address(0.0, "q")),
        egress_tiers=(*p.egress_tiers, *tiers),
    )


@pytest.mark.parametrize(("egress_of_q", "cheapest"), [(0.5, "q"), (1.0, "p"), (None, "p")])
def test_cheapest_is_the_smallest_sum_and_never_one_with_a_missing_price(
    egress_of_q: float | None, cheapest: str
) -> None:
    # q: 2 x 1 + 2 + 0.534 + 0.267 + 56.49762 x 0.50 = 33.05, or x 1.00 = 61.30; p: 49.05
    found = estimated(scenario(), with_rln=False, catalogue=two_providers(egress_of_q))
    assert found.best is not None
    assert found.best.provider == cheapest
    assert ("price of egress" in found.reason) == (egress_of_q is None)


@pytest.mark.parametrize(
    ("catalogue", "missing"),
    [
        (world(inputs=all_inputs(workload__rate=None)), "workload/rate"),
        (world(probes=()), "archive row size"),
        (world(egress_tiers=()), "price of egress above 0 GB"),
        (world(address_prices=()), "price of a public IPv4 address"),
        (world(rpc_usage=()), "daily RPC calls of 'node with RLN'"),
        (world(rpc_plans=()), "price of an RPC plan"),
        (world(inputs=all_inputs(fee__ethereum_mainnet__eth_price=None)), "fee/ethereum_mainnet/eth_price"),
        (world(inputs=all_inputs(rln__gas_register_call=None)), "rln/gas_register_call"),
    ],
)
def test_missing_input_is_unknown_never_zero(catalogue: Any, missing: str) -> None:
    found = estimated(scenario(), with_rln=True, catalogue=catalogue)
    assert found.best is None
    assert missing in found.reason
    row = summary_frame([found]).iloc[0]
    assert (row.status, row.grade, row.p50_usd_per_month, row.provider) == ("unknown", "not_found", None, None)
    assert list(scenario_cost_frame([found]).p50_usd_per_month) == [None]


def test_scenario_beyond_the_cap_is_not_feasible_and_still_priced() -> None:
    crowd = scenario(active_users=8_001, own_senders=8_001, network_senders=8_001)
    with_rln, without_rln = estimated(crowd, with_rln=True), estimated(crowd, with_rln=False)
    assert (with_rln.is_feasible, without_rln.is_feasible) == (False, True)
    assert "the network's cap leaves room for 8,000" in with_rln.reason
    assert with_rln.best is not None


def test_a_cap_on_which_sources_disagree_is_told_by_source_whether_it_is_enough_or_not() -> None:
    stated = (
        Stated(1_000_000, "deploy_script", date(2025, 11, 25)),
        Stated(160_000, "specification", date(2025, 5, 28)),
    )
    inputs = all_inputs(rln__total_rate_limit_cap=1_000_000.0)
    inputs["rln/total_rate_limit_cap"] = replace(inputs["rln/total_rate_limit_cap"], stated=stated)
    crowd = scenario(active_users=10_000, own_senders=10_000, network_senders=10_000)
    found = estimated(crowd, with_rln=True, catalogue=world(inputs=inputs))
    assert found.is_feasible
    assert (
        "10,000 memberships are needed: room for 50,000 by the deploy script of 2025-11-25, which counts; "
        "8,000 by the specification of 2025-05-28" in found.reason
    )


def test_frames_have_the_agreed_columns_and_figures_per_user_and_message() -> None:
    found = [estimated(scenario(), with_rln=False)]
    long, row = scenario_cost_frame(found), summary_frame(found).iloc[0]
    assert (list(long), list(summary_frame(found))) == (list(COST_COLUMNS), list(SUMMARY_COLUMNS))
    # USD 49.049954 for 1,000 users and 1.46 million messages
    assert row.p50_usd_per_active_user_month == pytest.approx(0.049049954)
    assert row.p50_usd_per_million_messages == pytest.approx(33.595859)
    total = long[long.component == "total"].iloc[0]
    assert total.mean_usd_per_month == pytest.approx(
        long[long.is_in_total & (long.component != "total")].mean_usd_per_month.sum()
    )
    assert all(isinstance(ids, list) and ids for ids in long.evidence_ids)


OWN_SCENARIO = """
id: my_club
title: Our club
profile_id: community
description: A club of 50
active_users: 50
own_senders: 50
network_senders: 50
message_rate_id: rate
message_rate_factor: 24
message_bytes_id: bytes
receivers_per_message: 50
light_client_share: 0
relay_nodes: 1
relay_vcpus: 2
relay_memory_gib: 4
store_nodes: 0
database_hosts: 0
host_disk_gb: 20
architecture: x86_64
vcpu_kinds: [shared]
rln_chain: linea_mainnet
rln_rate_parameter: membership_rate_min
rln_extensions: 1
node_rpc_component: node with RLN
source: us
as_of: 2026-01-01
as_of_basis: assigned
grade: estimated
"""


def test_a_scenario_of_ones_own_is_one_document() -> None:
    # One small server at USD 5; 50 x 48 msg/day x 30.41666 x 1,000 B x 10 = 0.73 GB, and 13.14 - 10 GB, x USD 0.50
    found = estimated(Scenario.model_validate(yaml.safe_load(OWN_SCENARIO)), with_rln=False)
    assert {name: cost for name, cost in costs(found).items() if cost} == pytest.approx(
        {"compute": 5.0, "egress": 1.935}
    )
