"""What holds of every bill, whatever the inputs: it grows with the load, has no cliffs, and is never unknown for size.

Inputs are generated. The world has all that a bill can hold: servers of several sizes at two places, in another
currency and recalled; disks by the gigabyte and whole; traffic beyond what servers include; hosted PostgreSQL; RPC
plans with quotas; capacities that fall with the archive. Its prices are per whole unit, so that a step anywhere in the
model would show.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assets.costs.assumptions import EXCHANGE_RATES
from assets.costs.capacity import CapacityCurve, SizedCapacity, SizedInterval
from assets.costs.components import ALL_IN, INFRASTRUCTURE
from assets.costs.distributions import Distribution, LogTriangular, Point, Triangular, UncertainInput
from assets.costs.draws import sample
from assets.costs.inputs import ArchiveProbe, CostCatalogue, ManagedOffer, MethodCredits, RpcCalls
from assets.costs.model import World, estimate
from assets.evidence.basis import Basis
from assets.evidence.model import Grade
from assets.evidence.tables.costs import Scenario
from tests.unit.costs_world import address, all_inputs, crowd, known, offer, plan, tier, volume, world

TOTALS = (INFRASTRUCTURE, ALL_IN)
MOST_USERS = 10_000_000

UNCERTAIN: dict[str, float | Distribution] = {
    "workload__rate": LogTriangular(1, 2, 4),
    "workload__bytes": Triangular(500, 1000, 1500),
    "workload__media": LogTriangular(50_000, 100_000, 200_000),
    "workload__media_share": Triangular(0.05, 0.2, 0.4),
    "workload__contact_code": 4.0,
    "workload__backup": LogTriangular(1, 3, 6),
    "workload__broadcast": 288.0,
    "workload__retention": 30.0,
    "workload__queries": LogTriangular(50, 100, 200),
    "workload__vanilla_waku_relay_idle_egress": 1.0,
    "assumption__month_swing": 0.25,
    "assumption__peak_factor": LogTriangular(1.5, 2.5, 5),
    "assumption__client_online_share": LogTriangular(0.04, 0.17, 0.5),
    "assumption__connections_per_client": Triangular(1, 1, 2),
    "assumption__missing_message_share": LogTriangular(0.0001, 0.001, 0.01),
    "assumption__host_utilisation": Triangular(0.5, 0.7, 0.8),
    "assumption__memory_utilisation": Triangular(0.6, 0.75, 0.9),
    "assumption__node_vcpus_per_message": LogTriangular(0.005, 0.02, 0.08),
    "assumption__node_vcpus_per_connection": Triangular(0.001, 0.003, 0.006),
    "assumption__node_memory_per_connection": LogTriangular(0.5, 1.5, 5),
    "assumption__database_memory_share": Triangular(0.02, 0.05, 0.13),
    "assumption__kept_control_bytes": LogTriangular(300, 1000, 3000),
    "assumption__passing_control_bytes": LogTriangular(100, 300, 1000),
    "assumption__messages_per_backup": LogTriangular(2, 4, 8),
    "assumption__retention_overrun": Triangular(1, 1.1, 1.3),
    "assumption__capacity_slope_factor": Triangular(0, 1, 2),
    "assumption__polling_width": LogTriangular(0.8, 1, 1.25),
    "assumption__estimated_width": LogTriangular(0.5, 1, 2),
    "rln__proof_verification_time": Triangular(5, 10, 20),
    "archive__row_size": LogTriangular(0.9, 1, 1.11),
    "fee__linea_mainnet__gas_price": LogTriangular(0.01, 0.05, 0.2),
    "price__p": LogTriangular(0.8, 1, 1.3),
    "exchange__eur_usd": LogTriangular(0.95, 1, 1.053),
}
UNITS = {
    "workload/backup": "runs/day per client",
    "workload/contact_code": "msg/day per client",
    "workload/broadcast": "msg/day per running client",
}
CAPACITIES = {
    "insert": ((50_000, 900, 1000, 1100), (1_000_000, 800, 900, 1200), (10_000_000, 600, 800, 900)),
    "first_page_20": ((50_000, 300, 500, 700), (1_000_000, 200, 300, 500), (10_000_000, 100, 200, 400)),
    "by_hashes": ((50_000, 150, 185, 220), (1_000_000, 40, 46, 60), (10_000_000, 12, 16, 20)),
}
NUMBERS = {
    "offers": "cost_usd_per_month",
    "volume_prices": "cost_usd_per_gb_month",
    "backup_prices": "cost_usd_per_gb_month",
    "address_prices": "cost_usd_per_month",
    "egress_tiers": "cost_usd_per_gb",
    "managed_offers": "cost_usd_per_month",
    "rpc_plans": "cost_usd_per_month",
    "method_credits": "credits",
    "rpc_usage": "calls",
    "probes": "total_bytes",
}
"""What is known besides the inputs: rows of the catalogue, and the number in them."""


def town(**levels: float) -> CostCatalogue:
    """Servers of four sizes, one of them dear, at two places; hosted databases; volumes, traffic and RPC plans."""
    in_euros, recalled = {"evidence_id": f"{EXCHANGE_RATES}eur_usd"}, {"grade": Grade.ESTIMATED}

    def servers(provider: str, factor: float, kinds: Iterable[dict[str, Any]]) -> list[Any]:
        sizes = (
            ("v2", 6.0, 2, 4, 40, 1000.0),
            ("v4", 10.0, 4, 8, 80, 1000.0),
            ("v16", 33.0, 16, 32, 320, 1000.0),
            ("dedicated", 300.0, 32, 128, 600, 4000.0),
        )
        return [
            offer(
                f"{provider}_{name}",
                0.0,
                provider=provider,
                vcpus=vcpus,
                memory_gib=gib,
                local_disk_gb=disk if provider == "p" else None,
                included_egress_gb_per_month=included,
                cost_usd_per_month=known(factor * cost, **kind),
            )
            for (name, cost, vcpus, gib, disk, included), kind in zip(sizes, kinds, strict=True)
        ]

    capacities = {f"capacity/{load}": sized(load) for load in CAPACITIES}
    inputs = all_inputs(**(UNCERTAIN | {f"workload__{name}": level for name, level in levels.items()}))
    return world(
        offers=(*servers("p", 1.0, [{}, in_euros, recalled, recalled]), *servers("aws", 0.5, [{}] * 4)),
        volume_prices=(
            volume(0.06),
            volume(0.06, "aws"),
            replace(volume(0.05, "aws", item="p4"), disk_gb=34.4),
            replace(volume(0.04, "aws", item="p20"), disk_gb=550.0),
        ),
        backup_prices=(volume(0.016, item="snapshot"), volume(0.02, "aws", item="snapshot")),
        address_prices=(address(0.5), address(3, "aws")),
        egress_tiers=(
            tier(0, None, 0.001),
            tier(0, 100, 0.0, "aws"),
            tier(100, 10_240, 0.009, "aws"),
            tier(10_240, None, 0.005, "aws"),
        ),
        managed_offers=(ManagedOffer("rds", "aws_rds", "r1", 4, "dedicated", 8, 20.0, known(3.0), 0.05, 0.02, "aws"),),
        rpc_plans=(
            plan("rpc_free", 0, 30_000_000, rate_limit=500.0, rate_limit_unit="credits_per_second"),
            plan("rpc_daily", 20, 2_000_000, included_period="day"),
            plan("rpc_growth", 49, 80_000_000, overage_usd_per_million_credits=0.62),
            plan("rpc_flat", 300, None, is_flat_rate=True, rate_limit=250.0, rate_limit_unit="requests_per_second"),
            plan("rpc_by_use", 0, 0, overage_usd_per_million_credits=0.45),
        ),
        method_credits=(
            MethodCredits("rpc", "evm", "eth_call", known(20)),
            MethodCredits("rpc", "evm", "eth_getLogs", known(60)),
        ),
        rpc_usage=(
            RpcCalls("node with RLN", "eth_call root()", "day per node", known(17_280)),
            RpcCalls("Waku node without RLN", "none", "day", known(0)),
            RpcCalls("wallet", "eth_getLogs", "day per client", known(1296)),
            RpcCalls("wallet", "eth_call", "day per client", known(2320)),
        ),
        probes=tuple(ArchiveProbe(size, None, known(2.5 * size + 900)) for size in (50, 10_000_000)),
        inputs={name: replace(one, unit=UNITS.get(name, "")) for name, one in inputs.items()} | capacities,
    )


def sized(load: str) -> SizedCapacity:
    """The capacity of a database at three sizes of archive."""
    sizes = tuple(SizedInterval(*size) for size in CAPACITIES[load])
    name, largest = f"capacity/{load}", LogTriangular(*CAPACITIES[load][-1][1:])
    return SizedCapacity(name, name, "", largest, Basis(Grade.MEASURED, frozenset({name})), curve=CapacityCurve(sizes))


def bills(of: Scenario, with_rln: bool, catalogue: CostCatalogue) -> dict[str, dict[str, float]]:
    """The median of each total by provider, that with the cheapest infrastructure first."""
    draws, _ = sample(catalogue.inputs.values(), scrambles=2, per_scramble=64)
    ranked = estimate(of, with_rln, World(catalogue, draws)).ranked
    return {
        bill.provider: {name: total.middle for name in TOTALS if (total := bill.total(name)) is not None}
        for bill in ranked
    }


def medians(of: Scenario, with_rln: bool, catalogue: CostCatalogue) -> dict[str, float]:
    """The median of each total at the cheapest place."""
    cheapest, *_ = bills(of, with_rln, catalogue).values()
    return cheapest


def moved(catalogue: CostCatalogue, what: str, factor: float) -> CostCatalogue:
    """The same but for one input, or for all numbers of one kind of row, times `factor`."""
    if what == "facts":
        facts = catalogue.facts.items()
        return replace(
            catalogue,
            facts={name: replace(fact, low=factor * fact.low, high=factor * fact.high) for name, fact in facts},
        )
    if what in NUMBERS:
        number = NUMBERS[what]
        rows = [replace(row, **{number: getattr(row, number) * factor}) for row in getattr(catalogue, what)]
        return replace(catalogue, **{what: tuple(rows)})
    return replace(catalogue, inputs={**catalogue.inputs, what: times(catalogue.inputs[what], factor)})


def times(one: UncertainInput, factor: float) -> UncertainInput:
    shape = one.distribution
    if isinstance(shape, Point):
        return replace(one, distribution=Point(factor * shape.value))
    assert isinstance(shape, Triangular | LogTriangular)
    moved_shape = type(shape)(*(factor * value for value in (shape.low, shape.mid, shape.high)))
    if not isinstance(one, SizedCapacity):
        return replace(one, distribution=moved_shape)
    sizes = (SizedInterval(size, *(factor * value for value in interval)) for size, *interval in one.curve.sizes)
    return replace(one, distribution=moved_shape, curve=CapacityCurve(tuple(sizes)))


def towards(start: float, end: float) -> st.SearchStrategy[float]:
    """Numbers in a range over orders of magnitude, as likely in each of them."""
    return st.floats(0, 1, allow_nan=False).map(lambda share: start * (end / start) ** share)


USERS = towards(1, MOST_USERS).map(round)
MEDIA = {"media_bytes_id": "media", "media_share_id": "media_share"}
CONTROL = {"kept_control_ids": ["contact_code", "backup"], "passing_control_ids": ["broadcast"]}
WALLET = {"client_rpc_component": "wallet"}
EVERYTHING = {"light_client_share": 0.5, **MEDIA, **CONTROL, **WALLET}
KINDS = st.builds(
    lambda kind, *besides: {**kind, **{name: value for some in besides for name, value in some.items()}},
    st.fixed_dictionaries(
        {
            "light_client_share": st.sampled_from([0.0, 0.5, 1.0]),
            "data_centres": st.sampled_from([1, 3]),
            "receivers_per_message": st.sampled_from([1, 40]),
        }
    ),
    *(st.sampled_from([{}, some]) for some in (MEDIA, CONTROL, WALLET)),
)
LEVELS = st.fixed_dictionaries(
    {
        "rate": towards(0.05, 50),
        "bytes": towards(60, 20_000),
        "media": towards(20_000, 300_000),
        "contact_code": towards(0.5, 50),
        "backup": towards(0.5, 50),
        "broadcast": towards(1, 300),
        "retention": towards(0.5, 400),
        "queries": towards(1, 5000),
    }
)
MODEST = settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


@MODEST
@given(users=USERS, kind=KINDS, levels=LEVELS, with_rln=st.booleans(), factor=towards(1.001, 30))
@pytest.mark.parametrize(
    "what", ["users", "rate", "bytes", "media", "contact_code", "backup", "broadcast", "retention"]
)
def test_a_bill_never_falls_when_the_load_rises(
    what: str, users: int, kind: dict[str, Any], levels: dict[str, float], with_rln: bool, factor: float
) -> None:
    before = bills(crowd(users, **kind), with_rln, town(**levels))
    if what == "users":
        users = min(round(users * factor) + 1, MOST_USERS + 1)
    else:
        levels = levels | {what: levels[what] * factor}
    after = bills(crowd(users, **kind), with_rln, town(**levels))
    # At each place, and so for the cheapest infrastructure. Where another place becomes the cheapest, the median of its
    # sum with what users pay may be lower: places are ranked without it, and medians do not add up.
    fallen = [
        (provider, name)
        for provider in ("p", "aws")
        for name in TOTALS
        if after[provider][name] < before[provider][name] * (1 - 1e-9)
    ]
    assert fallen == []


INPUTS = sorted(town().inputs)
GROUPS = {
    "users": ["users"],
    "workload": [name for name in INPUTS if name.startswith("workload/")],
    "assumptions": [name for name in INPUTS if name.startswith("assumption/")],
    "other inputs": [name for name in INPUTS if not name.startswith(("workload/", "assumption/"))],
    "prices and facts": ["facts", *NUMBERS],
}


@MODEST
@given(users=USERS, kind=KINDS, levels=LEVELS, with_rln=st.booleans(), up=st.booleans())
@pytest.mark.parametrize("group", GROUPS)
def test_one_percent_of_any_input_moves_the_median_by_less_than_ten(
    group: str, users: int, kind: dict[str, Any], levels: dict[str, float], with_rln: bool, up: bool
) -> None:
    of, catalogue, factor = crowd(users, **kind), town(**levels), 1.01 if up else 0.99
    before = medians(of, with_rln, catalogue)
    too_far = []
    for what in GROUPS[group]:
        if what == "users":
            # Who has ten users cannot have a hundredth more.
            others = max(round(users * factor), 1)
            share, after = abs(others / users - 1), medians(crowd(others, **kind), with_rln, catalogue)
        else:
            share, after = 0.01, medians(of, with_rln, moved(catalogue, what, factor))
        # A tenth for a hundredth.
        too_far += [(what, name) for name in TOTALS if abs(after[name] / before[name] - 1) > 10 * share]
    assert too_far == []


def test_every_input_moves_some_bill() -> None:
    cases = (
        (crowd(3000, receivers_per_message=40), town(queries=3.0)),
        (crowd(3000, **EVERYTHING), town(queries=2000.0)),
        (crowd(10_000, **EVERYTHING), town()),
        (crowd(30_000), town(bytes=100.0, queries=5000.0)),
    )
    still = {"facts", *NUMBERS, *INPUTS}
    for of, catalogue in cases:
        before = medians(of, with_rln=True, catalogue=catalogue)
        still -= {
            what for what in still if medians(of, with_rln=True, catalogue=moved(catalogue, what, 1.01)) != before
        }
    # These decide whether memberships suffice, and a smaller membership is taken.
    assert still == {"rln/total_rate_limit_cap", "rln/epoch_length", "rln/membership_rate_mid"}


@pytest.mark.parametrize("users", [1, 35, 1000, 10_001, 11_000, 20_000, 123_456, 2_000_000, MOST_USERS])
@pytest.mark.parametrize("with_rln", [False, True])
@pytest.mark.parametrize("kind", [{}, EVERYTHING], ids=["people alone", "everything"])
def test_no_number_of_users_is_unknown(users: int, with_rln: bool, kind: dict[str, Any]) -> None:
    assert set(medians(crowd(users, **kind), with_rln, town())) == set(TOTALS)


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
