"""A small world of round numbers for the tests of the cost model; the arithmetic on it fits in a comment."""

from __future__ import annotations

from datetime import date
from typing import Any

from assets.costs.distributions import Distribution, Point, UncertainInput
from assets.costs.draws import sample
from assets.costs.inputs import (
    AddressPrice,
    ArchiveProbe,
    CostCatalogue,
    EgressTier,
    Fact,
    MethodCredits,
    RpcCalls,
    RpcOffer,
    ServerOffer,
    VolumePrice,
)
from assets.costs.model import Estimate, World, estimate
from assets.costs.workload import MAX_CONNECTIONS, USERS_PER_SHARD
from assets.evidence.basis import Basis
from assets.evidence.model import Grade
from assets.evidence.quantity import Quantity
from assets.evidence.tables.costs import Scenario


def known(value: float, evidence_id: str = "t/x", grade: Grade = Grade.PUBLISHED) -> Quantity:
    return Quantity(value, Basis(grade, frozenset({evidence_id})))


def offer(offer_id: str, cost: float, **changes: Any) -> ServerOffer:
    """A server of provider p in r1 with 2 vCPUs, 4 GiB, 40 GB of disk and 10 GB of egress."""
    fields: dict[str, Any] = {
        "provider": "p",
        "region": "r1",
        "vcpus": 2,
        "vcpu_kind": "shared",
        "architecture": "x86_64",
        "memory_gib": 4,
        "local_disk_gb": 40,
        "included_egress_gb_per_month": 10,
        "cost_usd_per_month": known(cost, f"offers/{offer_id}"),
    }
    return ServerOffer(offer_id=offer_id, **(fields | changes))


def volume(cost: float, provider: str = "p", region: str = "all", item: str = "volume") -> VolumePrice:
    return VolumePrice(f"{provider}_{item}", provider, region, known(cost, f"volumes/{provider}_{item}"))


def address(cost: float, provider: str = "p") -> AddressPrice:
    return AddressPrice(f"{provider}_ipv4", provider, "all", known(cost, f"addresses/{provider}"))


def tier(start: float, end: float | None, cost: float, provider: str = "p") -> EgressTier:
    return EgressTier(f"{provider}_{start:g}", provider, "all", start, end, known(cost, f"egress/{provider}_{start:g}"))


def plan(plan_id: str, cost: float, credits_included: float | None, **changes: Any) -> RpcOffer:
    fields: dict[str, Any] = {
        "provider": plan_id.partition("_")[0],
        "included_period": "month",
        "overage_usd_per_million_credits": None,
        "is_flat_rate": False,
        "rate_limit": None,
        "rate_limit_unit": None,
        "supports_ethereum": True,
        "supports_linea": True,
    }
    price = known(cost, f"plans/{plan_id}")
    return RpcOffer(
        plan_id, cost_usd_per_month=price, included_credits_per_period=credits_included, **(fields | changes)
    )


def scenario(**changes: Any) -> Scenario:
    """1,000 users who send 2 messages an hour, 24 h a day, with an archive of 30 days."""
    fields: dict[str, Any] = {
        "id": "chat",
        "title": "Chat",
        "profile_id": "status_1to1",
        "description": "A test",
        "active_users": 1000,
        "own_senders": 1000,
        "network_senders": 1000,
        "message_rate_id": "rate",
        "message_rate_factor": 24,
        "message_bytes_id": "bytes",
        "receivers_per_message": 2,
        "light_client_share": 0,
        "host_disk_gb": 20,
        "architecture": "x86_64",
        "vcpu_kinds": ["shared", "dedicated"],
        "sizing_basis": ["staging"],
        "retention_days_id": "retention",
        "store_queries_id": "queries",
        "rln_chain": "linea_mainnet",
        "rln_rate_parameter": "membership_rate_min",
        "rln_extensions": 1,
        "node_rpc_component": "node with RLN",
        "source": "test",
        "as_of": "2026-01-01",
        "as_of_basis": "assigned",
        "grade": "estimated",
    }
    return Scenario.model_validate(fields | changes)


def crowd(users: int, **changes: Any) -> Scenario:
    """The same for another number of users, of whom each sends and receives as before."""
    return scenario(active_users=users, own_senders=users, network_senders=users, **changes)


def broadcaster(**changes: Any) -> Scenario:
    """One of 20 senders, two nodes, no archive."""
    no_archive = {
        "active_users": None,
        "own_senders": 1,
        "network_senders": 20,
        "receivers_per_message": 0,
        "relay_nodes": 2,
        "retention_days_id": None,
        "store_queries_id": None,
    }
    return scenario(**(no_archive | changes))


WORKLOAD = {
    "rate": 2.0,
    "bytes": 1000.0,
    "retention": 30.0,
    "queries": 100.0,
    "status_1to1_missing_message_check_page": 100.0,
    "vanilla_waku_relay_egress_amplification": 10.0,
    "vanilla_waku_relay_idle_egress": 0.0,
    "vanilla_waku_discovery_egress": 5.0,
    "vanilla_waku_store_reply_base": 300.0,
    "vanilla_waku_store_reply_hash": 36.0,
}
ASSUMPTIONS = {
    "peak_factor": 1.0,
    "client_online_share": 1.0,
    "missing_message_share": 0.0,
    "month_swing": 0.1,
    "host_utilisation": 1.0,
    "memory_utilisation": 1.0,
    "connections_per_client": 0.2,
    "node_idle_vcpus": 0.2,
    "node_vcpus_per_message": 0.0,
    "node_vcpus_per_connection": 0.0,
    "node_base_memory": 0.5,
    "node_memory_per_connection": 0.0,
    "database_base_memory": 0.5,
    "database_memory_share": 0.0,
    "kept_control_bytes": 100.0,
    "passing_control_bytes": 100.0,
    "messages_per_backup": 4.0,
    "disk_fill": 1.0,
    "retention_overrun": 1.0,
    "backup_share": 1.0,
    "capital_rate": 0.06,
    "polling_width": 1.0,
    "estimated_width": 1.0,
}
RLN = {
    "total_rate_limit_cap": 160_000.0,
    "epoch_length": 600.0,
    "membership_rate_min": 20.0,
    "membership_rate_mid": 200.0,
    "deposit_per_message_per_epoch": 0.05,
    "proof_overhead_per_message": 384.0,
    "proof_verification_time": 0.0,
    "gas_register_call": 255_000.0,
    "gas_extend_call": 105_000.0,
    "active_period": 180.0,
}
OTHERS = {
    "capacity/insert": 1000.0,
    "capacity/first_page_20": 10.0,
    "capacity/by_hashes": 10.0,
    "archive/row_size": 1.0,
    "fee/linea_mainnet/gas_price": 0.05,
    "fee/ethereum_mainnet/eth_price": 2000.0,
}


def an_input(name: str, value: float | Distribution, grade: Grade = Grade.PUBLISHED, unit: str = "") -> UncertainInput:
    shape = Point(value) if isinstance(value, float) else value
    return UncertainInput(name, name, unit, shape, Basis(grade, frozenset({name})))


def all_inputs(**changes: float | Distribution | None) -> dict[str, UncertainInput]:
    """All inputs, each one number. `changes` by name with `__` for `/`; None leaves an input out."""
    values: dict[str, float | Distribution | None] = {
        **{f"workload/{name}": value for name, value in WORKLOAD.items()},
        **{f"assumption/{name}": value for name, value in ASSUMPTIONS.items()},
        **{f"rln/{name}": value for name, value in RLN.items()},
        **OTHERS,
        **{name.replace("__", "/"): value for name, value in changes.items()},
    }
    return {name: an_input(name, value) for name, value in values.items() if value is not None}


def limits(connections: float = 500, users: float = 10_000) -> dict[str, Fact]:
    """Connections that a node takes, and users of a shard."""
    return {
        name: Fact(Basis(Grade.PUBLISHED, frozenset({name})), most, most, date(2026, 1, 1))
        for name, most in ((MAX_CONNECTIONS, connections), (USERS_PER_SHARD, users))
    }


def world(**changes: Any) -> CostCatalogue:
    """One provider, one RPC plan, one chain; every input is one number."""
    fields: dict[str, Any] = {
        "offers": (offer("small", 5.0), offer("large", 20.0, vcpus=4, memory_gib=8)),
        "volume_prices": (volume(0.1),),
        "backup_prices": (volume(0.05, item="snapshot"),),
        "address_prices": (address(0.0),),
        "egress_tiers": (tier(0, None, 0.5),),
        "rpc_plans": (
            plan("rpc_free", 0, 100_000_000),
            plan("rpc_by_use", 0, 0, overage_usd_per_million_credits=0.01),
        ),
        "method_credits": (MethodCredits("rpc", "evm", "eth_call", known(20, "credits/rpc")),),
        "rpc_usage": (
            RpcCalls("node with RLN", "eth_call root()", "day per node", known(17_280, "usage/poll")),
            RpcCalls("node with RLN", "eth_chainId", "start", known(1, "usage/start")),
            RpcCalls("Waku node without RLN", "none", "day", known(0, "usage/none")),
        ),
        "probes": (
            ArchiveProbe(200, None, known(1341, "probes/200", Grade.MEASURED)),
            ArchiveProbe(1000, None, known(3709, "probes/1000", Grade.MEASURED)),
            ArchiveProbe(2048, None, known(6466, "probes/2048", Grade.MEASURED)),
        ),
        "facts": limits(),
        "inputs": all_inputs(),
    }
    return CostCatalogue(**(fields | changes))


def estimated(of: Scenario, with_rln: bool, catalogue: CostCatalogue | None = None) -> Estimate:
    """Estimate in a small sample: exact where every input is one number."""
    known_world = catalogue or world()
    first, _ = sample(known_world.inputs.values(), per_scramble=128)
    return estimate(of, with_rln, World(known_world, first))
