"""The bill of a scenario: components that add up in every draw, the cheapest place, unknown instead of zero.

On the small world of `costs_world`, node and database on one small host, without RLN:
  compute   connections of 200 clients fill 0.4 of a node, processors 0.16, memory 0.25: 1 x USD 5     = 5
  archive   48,000 msg/day x 30 days x 3,709 B = 5.34096 GB, on the server's own disk                  = 0
  backups   5.34096 GB x USD 0.05                                                                      = 0.267048
  egress    14.6 relayed + 13.14 discovery + 1.01762 answers - 10 GB included = 18.75762 x USD 0.50    = 9.37881
with RLN:
  egress    the proof adds 1,460,000 msg x 384 B x 10 = 5.6064 GB: 24.36402 x USD 0.50                 = 12.18201
  RPC       1 node x 17,280 calls x 20 credits x 30.41666 = 10.51 million of 100 million credits       = 0
  gas       1,000 memberships x 1,000 gas/day x 30.41666 days x USD 1e-7                               = 3.0416667
  capital   1,000 x 20 messages x USD 0.05 = USD 1,000 of deposits x 0.06 / 12                         = 5
  members   1,000 x 17,280 calls x 20 credits x 30.41666 = 10,512 million credits x USD 0.01           = 105.12
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest
import yaml

from assets.costs.columns import COST_COLUMNS, SUMMARY_COLUMNS
from assets.costs.components import COMPONENTS
from assets.costs.distributions import Stated, Triangular
from assets.costs.draws import sample
from assets.costs.frames import scenario_cost_frame, summary_frame
from assets.costs.model import Estimate, World, estimate, plan, total_in
from assets.costs.workload import MAX_CONNECTIONS
from assets.evidence.model import Grade
from assets.evidence.quantity import Quantity
from assets.evidence.tables.costs import Scenario
from tests.unit.costs_world import (
    address,
    all_inputs,
    broadcaster,
    crowd,
    estimated,
    offer,
    scenario,
    tier,
    volume,
    world,
)

UNCERTAIN = world(
    inputs=all_inputs(
        workload__rate=Triangular(1, 2, 4),
        workload__bytes=Triangular(500, 1000, 1500),
        fee__linea_mainnet__gas_price=Triangular(0.01, 0.05, 0.2),
    )
)


def mean(total: Quantity | None) -> float:
    assert total is not None
    return total.mean


def costs(found: Estimate) -> dict[str, float]:
    assert found.best is not None
    return {name: part.cost_usd_per_month.mean for name, part in found.best.parts.items()}


PARTS = {
    False: {"compute": 5.0, "backups": 0.267048, "egress": 9.37881},
    True: {
        "compute": 5.0,
        "backups": 0.267048,
        "egress": 12.18201,
        "rln_gas": 3.0416667,
        "capital_cost": 5.0,
        "rpc_rln_clients": 105.12,
    },
}


@pytest.mark.parametrize(
    ("with_rln", "infrastructure", "all_in"), [(False, 14.645858, 14.645858), (True, 17.449058, 130.610725)]
)
def test_components_and_both_totals_are_those_worked_out_by_hand(
    with_rln: bool, infrastructure: float, all_in: float
) -> None:
    found = estimated(scenario(), with_rln)
    assert list(costs(found)) == list(COMPONENTS)
    assert {name: cost for name, cost in costs(found).items() if cost} == pytest.approx(PARTS[with_rln])
    assert found.best is not None
    assert mean(found.best.infrastructure) == pytest.approx(infrastructure)
    assert mean(found.best.all_in) == pytest.approx(all_in)


def test_the_operator_pays_the_infrastructure_and_users_the_rest() -> None:
    assert {name for name, kind in COMPONENTS.items() if kind.payer == "operator"} == {
        name for name, kind in COMPONENTS.items() if kind.is_infrastructure
    }
    assert [COMPONENTS[name].payer for name in ("rln_gas", "capital_cost", "rpc_rln_clients", "rpc_wallet")] == [
        "members",
        "members",
        "members",
        "wallet owners",
    ]


@pytest.mark.parametrize("name", ["infrastructure", "all_in"])
def test_components_add_up_to_the_totals_in_every_draw(name: str) -> None:
    # The bill adds its parts; `total_in` computes the same anew, as sensitivity does in other draws.
    draws, _ = sample(UNCERTAIN.inputs.values(), per_scramble=128)
    found = estimate(scenario(), with_rln=True, world=World(UNCERTAIN, draws))
    assert found.best is not None
    assert found.best.place is not None
    total = found.best.total(name)
    assert total is not None
    assert np.shape(total.value) == (1024,)
    assert np.std(total.value) > 0.5
    np.testing.assert_allclose(total_in(found, [found.best.place], name, UNCERTAIN, draws)[0], total.value, rtol=1e-12)


def test_the_same_evidence_gives_the_same_bits() -> None:
    one, other = (estimated(scenario(), with_rln=True, catalogue=UNCERTAIN).best for _ in range(2))
    assert one
    assert other
    assert one.all_in
    assert other.all_in
    assert np.array_equal(one.all_in.value, other.all_in.value)


def test_without_archive_and_rln_only_servers_and_egress_cost() -> None:
    # 2 x USD 5; 2 x (0.292 + 13.14 - 10) GB x USD 0.50
    found = costs(estimated(broadcaster(), with_rln=False))
    assert {name: cost for name, cost in found.items() if cost} == pytest.approx({"compute": 10.0, "egress": 3.432})


def test_totals_have_the_weakest_grade_and_rest_on_what_was_chosen() -> None:
    best = estimated(scenario(grade="published"), with_rln=True).best
    assert best is not None
    assert best.infrastructure is not None
    assert best.all_in is not None
    assert best.all_in.basis.grade is Grade.PUBLISHED
    ids = best.infrastructure.basis.ids
    assert {"offers/small", "volumes/p_snapshot", "egress/p_0", "plans/rpc_free", MAX_CONNECTIONS} <= ids
    assert {"costs__scenarios/chat", "costs__node_requirements/staging"} <= ids
    assert {"rln/gas_register_call", "rln/active_period"} <= best.all_in.basis.ids - ids
    assert "offers/large" not in ids


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


@pytest.mark.parametrize(("egress_of_q", "cheapest"), [(0.4, "q"), (0.5, "p"), (None, "p")])
def test_cheapest_is_the_smallest_sum_and_never_one_with_a_missing_price(
    egress_of_q: float | None, cheapest: str
) -> None:
    # q: 1 + 0.267 + 28.75762 x 0.40 = 12.77, or x 0.50 = 15.65; p: 14.65
    found = estimated(scenario(), with_rln=False, catalogue=two_providers(egress_of_q))
    assert found.best is not None
    assert next(bill.provider for bill in found.ranked) == cheapest
    assert ("price of egress" in found.reason) == (egress_of_q is None)


@pytest.mark.parametrize(
    ("catalogue", "missing"),
    [
        (world(inputs=all_inputs(workload__rate=None)), "workload/rate"),
        (world(probes=()), "archive row size"),
        (world(egress_tiers=()), "price of egress above 0 GB"),
        (world(address_prices=()), "price of a public IPv4 address"),
        (world(facts={}), "value of costs__workload_parameters/community_active_users_per_shard"),
        (world(inputs=all_inputs(capacity__by_hashes=None)), "capacity/by_hashes"),
        (world(rpc_usage=()), "daily RPC calls of 'node with RLN'"),
        (world(rpc_plans=()), "price of an RPC plan"),
    ],
)
def test_missing_input_is_unknown_never_zero(catalogue: Any, missing: str) -> None:
    found = estimated(scenario(), with_rln=True, catalogue=catalogue)
    assert found.best is None
    assert missing in found.reason
    row = summary_frame([(found, None)]).iloc[0]
    assert (row.status, row.grade, row.infrastructure_p50_usd_per_month) == ("unknown", "not_found", None)
    assert (row.all_in_p50_usd_per_month, row.rpc_p50_usd_per_month, row.provider) == (None, None, None)
    assert list(scenario_cost_frame([found]).p50_usd_per_month) == [None, None]


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"fee__ethereum_mainnet__eth_price": None}, "fee/ethereum_mainnet/eth_price"),
        ({"rln__gas_register_call": None}, "rln/gas_register_call"),
        ({"assumption__capital_rate": None}, "assumption/capital_rate"),
    ],
)
def test_what_users_pay_may_be_unknown_while_infrastructure_is_known(changes: dict[str, Any], missing: str) -> None:
    found = estimated(scenario(), with_rln=True, catalogue=world(inputs=all_inputs(**changes)))
    row = summary_frame([(found, None)]).iloc[0]
    assert row.infrastructure_p50_usd_per_month == pytest.approx(17.449058)
    assert (row.all_in_p50_usd_per_month, row.status) == (None, "unknown")
    assert f"what users pay is not known: missing value of {missing}" in row.reason


def test_scenario_beyond_the_cap_is_not_feasible_and_still_priced() -> None:
    with_rln, without_rln = (estimated(crowd(8_001), with_rln) for with_rln in (True, False))
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
    found = estimated(scenario(), with_rln=True)
    draws, _ = sample(world().inputs.values(), per_scramble=128)
    long = scenario_cost_frame([found])
    summary = summary_frame([(found, plan(found, World(world(), draws)))])
    assert (list(long), list(summary)) == (list(COST_COLUMNS), list(SUMMARY_COLUMNS))
    row = summary.iloc[0]
    # USD 17.449058 and 130.610725 for 1,000 users and 1.46 million messages
    assert row.infrastructure_p50_usd_per_active_user_month == pytest.approx(0.017449058)
    assert row.all_in_p50_usd_per_million_messages == pytest.approx(130.610725 / 1.46)
    assert row.rpc_p50_usd_per_month == pytest.approx(105.12)
    assert (row.messages_per_month, row.message_bytes, row.archived_messages_per_day) == pytest.approx(
        (1_460_000, 1000, 48_000)
    )
    assert row.archive_gb == pytest.approx(5.34096)
    assert (row.rent, row.declared_total) == ("1 x small (node and database)", "all_in")
    parts = long[~long.is_total.astype(bool)]
    for name, counted in (("infrastructure", ["infrastructure"]), ("all_in", ["infrastructure", "all_in"])):
        total = long[long.component == name].iloc[0]
        assert total.mean_usd_per_month == pytest.approx(parts[parts.counts_in.isin(counted)].mean_usd_per_month.sum())
    assert all(isinstance(ids, list) and ids for ids in long.evidence_ids)


@pytest.mark.parametrize(("users", "share", "hosts"), [(1000, 0.4, 1), (2300, 0.92, 1), (2600, 0.52, 2)])
def test_a_plan_names_whole_hosts_and_how_full_they_are(users: int, share: float, hosts: int) -> None:
    # A fifth of a connection for each user, 500 on a node
    draws, _ = sample(world().inputs.values(), per_scramble=128)
    found = plan(estimated(crowd(users), with_rln=False), World(world(), draws))
    assert found is not None
    assert (str(found.fullest), found.fullest.need_share) == (
        f"{hosts} x small (node and database)",
        pytest.approx(share),
    )


def test_the_second_cheapest_place_is_shown_with_its_distance() -> None:
    # p: 14.645858; q at 0.50 a GB: 1 + 0.267048 + 14.37881 = 15.645858
    row = summary_frame([(estimated(scenario(), with_rln=False, catalogue=two_providers(0.5)), None)]).iloc[0]
    assert (row.provider, row.second_provider) == ("p", "q")
    assert row.second_times_cheapest == pytest.approx(15.645858 / 14.645858)


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
