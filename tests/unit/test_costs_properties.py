"""What holds of every bill, whatever the inputs: it grows with the load, has no cliffs, and is never unknown for size.

Inputs are generated. The world has servers of several sizes, disks, traffic beyond what they include, and RPC plans
with quotas; all of its prices are per whole unit, so that a step anywhere in the model would show.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assets.costs.distributions import Distribution, LogTriangular, Triangular
from assets.costs.draws import sample
from assets.costs.inputs import ArchiveProbe, Catalogue, ManagedOffer
from assets.costs.model import ALL_IN, INFRASTRUCTURE, World, estimate
from assets.evidence.tables.costs import Scenario
from tests.unit.costs_world import address, all_inputs, crowd, known, offer, plan, tier, volume, world

TOTALS = (INFRASTRUCTURE, ALL_IN)
MOST_USERS = 10_000_000

UNCERTAIN: dict[str, float | Distribution] = {
    "workload__rate": LogTriangular(1, 2, 4),
    "workload__bytes": Triangular(500, 1000, 1500),
    "workload__retention": 30.0,
    "workload__queries": LogTriangular(50, 100, 200),
    "workload__wallet": 100.0,
    "assumption__month_swing": 0.25,
    "assumption__peak_factor": LogTriangular(1.5, 2.5, 5),
    "assumption__client_online_share": LogTriangular(0.04, 0.17, 0.5),
    "assumption__connections_per_client": Triangular(1, 1, 2),
    "assumption__missing_message_share": LogTriangular(0.0001, 0.001, 0.01),
    "assumption__host_utilisation": Triangular(0.5, 0.7, 0.8),
    "assumption__node_vcpus_per_message": LogTriangular(0.005, 0.02, 0.08),
    "assumption__node_vcpus_per_connection": Triangular(0.001, 0.003, 0.006),
    "assumption__node_memory_per_connection": LogTriangular(0.5, 1.5, 5),
    "assumption__database_memory_share": Triangular(0.02, 0.05, 0.13),
    "capacity__insert": LogTriangular(700, 900, 1200),
    "capacity__first_page_20": LogTriangular(100, 200, 400),
    "capacity__by_hashes": LogTriangular(5, 10, 20),
    "fee__linea_mainnet__gas_price": LogTriangular(0.01, 0.05, 0.2),
}


def town(**changes: float | Distribution | None) -> Catalogue:
    """Servers of three sizes, one of them dear, at two places; a hosted database; volumes, traffic and RPC plans."""

    def servers(provider: str, factor: float) -> tuple[Any, ...]:
        return tuple(
            offer(
                f"{provider}_{name}",
                factor * cost,
                provider=provider,
                vcpus=vcpus,
                memory_gib=gib,
                local_disk_gb=disk,
                included_egress_gb_per_month=included,
            )
            for name, cost, vcpus, gib, disk, included in (
                ("v2", 6.0, 2, 4, 40, 1000.0),
                ("v4", 10.0, 4, 8, 80, 1000.0),
                ("v16", 33.0, 16, 32, 320, 1000.0),
                ("dedicated", 300.0, 32, 128, 600, 4000.0),
            )
        )

    return world(
        offers=(*servers("p", 1.0), *servers("aws", 1.6)),
        volume_prices=(volume(0.06), volume(0.1, "aws")),
        backup_prices=(volume(0.016, item="snapshot"), volume(0.05, "aws", item="snapshot")),
        address_prices=(address(0.5), address(3.6, "aws")),
        egress_tiers=(
            tier(0, None, 0.001),
            tier(0, 100, 0.0, "aws"),
            tier(100, 10_240, 0.09, "aws"),
            tier(10_240, None, 0.05, "aws"),
        ),
        managed_offers=(
            ManagedOffer("rds", "aws_rds", "r1", 4, "dedicated", 8, 20.0, known(90.0, "hosted/rds"), 0.12, 0.1),
        ),
        rpc_plans=(
            plan("rpc_free", 0, 30_000_000, rate_limit=500.0, rate_limit_unit="credits_per_second"),
            plan("rpc_growth", 49, 80_000_000, overage_usd_per_million_credits=0.62),
            plan("rpc_flat", 300, None, is_flat_rate=True, rate_limit=250.0, rate_limit_unit="requests_per_second"),
            plan("rpc_by_use", 0, 0, overage_usd_per_million_credits=0.45),
        ),
        probes=tuple(ArchiveProbe(size, None, known(2.5 * size + 900)) for size in (50, 100_000)),
        inputs=all_inputs(**(UNCERTAIN | changes)),
    )


def medians(of: Scenario, with_rln: bool, catalogue: Catalogue) -> dict[str, float]:
    draws, _ = sample(catalogue.inputs.values(), scrambles=2, per_scramble=64)
    best = estimate(of, with_rln, World(catalogue, draws)).best
    assert best is not None
    totals = {name: best.total(name) for name in TOTALS}
    return {name: total.middle for name, total in totals.items() if total is not None}


def towards(start: float, end: float) -> st.SearchStrategy[float]:
    """Numbers in a range over orders of magnitude, as likely in each of them."""
    return st.floats(0, 1, allow_nan=False).map(lambda share: start * (end / start) ** share)


USERS = towards(1, MOST_USERS).map(round)
KINDS = st.fixed_dictionaries(
    {
        "light_client_share": st.sampled_from([0.0, 0.5, 1.0]),
        "data_centres": st.sampled_from([1, 3]),
        "receivers_per_message": st.sampled_from([1, 40]),
        "budget_usd_per_month": st.none(),
    }
)
LEVELS = st.fixed_dictionaries(
    {
        "workload__rate": towards(0.05, 50),
        "workload__bytes": towards(60, 20_000),
        "workload__retention": towards(0.5, 400),
        "workload__queries": towards(1, 5000),
    }
)
MODEST = settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


@MODEST
@given(users=USERS, kind=KINDS, levels=LEVELS, with_rln=st.booleans(), factor=towards(1.001, 30))
@pytest.mark.parametrize("what", ["users", "workload__rate", "workload__bytes", "workload__retention"])
def test_a_bill_never_falls_when_the_load_rises(
    what: str, users: int, kind: dict[str, Any], levels: dict[str, float], with_rln: bool, factor: float
) -> None:
    if what == "users":
        before = medians(crowd(users, **kind), with_rln, town(**levels))
        after = medians(crowd(min(round(users * factor) + 1, MOST_USERS + 1), **kind), with_rln, town(**levels))
    else:
        more = levels | {what: min(levels[what] * factor, 99_000.0)}
        before, after = (medians(crowd(users, **kind), with_rln, town(**of)) for of in (levels, more))
    for name in TOTALS:
        assert after[name] >= before[name] * (1 - 1e-9)


@MODEST
@given(users=USERS, kind=KINDS, levels=LEVELS, with_rln=st.booleans(), up=st.booleans())
@pytest.mark.parametrize(
    "what",
    [
        "users",
        *(
            name
            for name in all_inputs(**UNCERTAIN)
            if name.startswith(("workload/", "assumption/", "capacity/", "rln/", "fee/"))
        ),
    ],
)
def test_one_percent_of_any_input_moves_the_median_by_less_than_ten(
    what: str, users: int, kind: dict[str, Any], levels: dict[str, float], with_rln: bool, up: bool
) -> None:
    factor = 1.01 if up else 0.99
    base = town(**levels)
    before = medians(crowd(users, **kind), with_rln, base)
    if what == "users":
        changed, of = base, crowd(round(users * factor), **kind)
        if of.active_users in (users, 0):
            return
        factor = (of.active_users or 1) / users
    else:
        moved = scaled(base.inputs[what].distribution, factor)
        changed, of = town(**(levels | {what.replace("/", "__"): moved})), crowd(users, **kind)
    after = medians(of, with_rln, changed)
    for name in TOTALS:
        # A tenth for a hundredth; who has ten users cannot have a hundredth more.
        assert abs(after[name] / before[name] - 1) < 10 * abs(factor - 1)


def scaled(shape: Distribution, factor: float) -> Distribution | float:
    if hasattr(shape, "value"):
        return float(shape.value * factor)
    return type(shape)(*(value * factor for value in (shape.low, shape.mid, shape.high)))  # type: ignore[union-attr, call-arg]


@pytest.mark.parametrize("users", [1, 35, 1000, 10_001, 11_000, 20_000, 123_456, 2_000_000, MOST_USERS])
@pytest.mark.parametrize("with_rln", [False, True])
def test_no_number_of_users_is_unknown(users: int, with_rln: bool) -> None:
    assert set(medians(crowd(users, light_client_share=0.5), with_rln, town())) == set(TOTALS)


@pytest.mark.parametrize("users", [1, 35])
def test_the_smallest_fleet_is_one_small_server(users: int) -> None:
    # USD 6 and an address for 0.50; a community of 35 must not cost 1.5 times as much
    found = medians(crowd(users), with_rln=False, catalogue=town())
    assert found[INFRASTRUCTURE] == pytest.approx(6.5, abs=0.2)


def test_two_hundred_times_the_users_take_two_hundred_times_the_nodes() -> None:
    catalogue = town()
    draws, _ = sample(catalogue.inputs.values(), scrambles=2, per_scramble=64)
    hosts = []
    for users in (10_000, 2_000_000):
        best = estimate(crowd(users), with_rln=False, world=World(catalogue, draws)).best
        assert best is not None
        amount = best.parts["compute"].amount
        assert amount is not None
        hosts.append(amount.middle)
    assert hosts[1] / hosts[0] == pytest.approx(200, rel=0.1)
