"""A small world of round numbers for the tests of the cost model; the arithmetic on it fits in a comment."""

from __future__ import annotations

from typing import Any

from assets.costs.inputs import (
    ArchiveProbe,
    ComputeOffer,
    CostInputs,
    EgressTier,
    MethodCredits,
    NetworkFee,
    RpcPlan,
    RpcUsage,
    VolumePrice,
)
from assets.evidence.model import Grade
from assets.evidence.quantity import Quantity
from assets.evidence.tables.costs import Scenario


def known(value: float, evidence_id: str = "t/x", grade: Grade = Grade.PUBLISHED) -> Quantity:
    return Quantity(value, grade, (evidence_id,))


def offer(offer_id: str, cost: float, **changes: Any) -> ComputeOffer:
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
    return ComputeOffer(offer_id=offer_id, **(fields | changes))


def volume(cost: float, provider: str = "p", region: str = "all", item: str = "volume") -> VolumePrice:
    return VolumePrice(f"{provider}_{item}", provider, region, item, known(cost, f"volumes/{provider}_{item}"))


def tier(start: float, end: float | None, cost: float, provider: str = "p") -> EgressTier:
    return EgressTier(f"{provider}_{start:g}", provider, "all", start, end, known(cost, f"egress/{provider}_{start:g}"))


def plan(plan_id: str, cost: float, credits_included: float | None, **changes: Any) -> RpcPlan:
    fields: dict[str, Any] = {
        "provider": plan_id.partition("_")[0],
        "included_period": "month",
        "overage_usd_per_million_credits": None,
        "is_flat_rate": False,
        "supports_ethereum": True,
        "supports_linea": True,
    }
    price = known(cost, f"plans/{plan_id}")
    return RpcPlan(
        plan_id, cost_usd_per_month=price, included_credits_per_period=credits_included, **(fields | changes)
    )


def scenario(**changes: Any) -> Scenario:
    """1,000 users who send 2 messages an hour, 24 h a day; 1 relay, 1 store and 1 database host."""
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
        "relay_nodes": 1,
        "relay_vcpus": 2,
        "relay_memory_gib": 4,
        "store_nodes": 1,
        "store_vcpus": 2,
        "store_memory_gib": 4,
        "database_hosts": 1,
        "database_vcpus": 4,
        "database_memory_gib": 8,
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


def broadcaster(**changes: Any) -> Scenario:
    """One of 20 senders, two relay nodes, no archive."""
    no_archive = {
        "active_users": None,
        "own_senders": 1,
        "network_senders": 20,
        "receivers_per_message": 0,
        "relay_nodes": 2,
        "store_nodes": 0,
        "store_vcpus": None,
        "store_memory_gib": None,
        "database_hosts": 0,
        "database_vcpus": None,
        "database_memory_gib": None,
        "retention_days_id": None,
        "store_queries_id": None,
    }
    return scenario(**(no_archive | changes))


def world(**changes: Any) -> CostInputs:
    """One provider, one RPC plan, one chain."""
    fields: dict[str, Any] = {
        "offers": (offer("small", 5.0), offer("large", 20.0, vcpus=4, memory_gib=8)),
        "volume_prices": (volume(0.1),),
        "egress_tiers": (tier(0, None, 0.5),),
        "rpc_plans": (plan("rpc_free", 0, 100_000_000),),
        "method_credits": (MethodCredits("rpc", "evm", "eth_call", known(20, "credits/rpc")),),
        "network_fees": (
            NetworkFee("linea_mainnet", "gas_price", known(0.05, "fees/gas", Grade.ESTIMATED)),
            NetworkFee("ethereum_mainnet", "eth_price", known(2000, "fees/eth")),
        ),
        "rpc_usage": (
            RpcUsage("node with RLN", "eth_call root()", "day per node", known(17_280, "usage/poll")),
            RpcUsage("node with RLN", "eth_chainId", "start", known(1, "usage/start")),
            RpcUsage("Waku node without RLN", "none", "day", known(0, "usage/none")),
        ),
        "probes": (
            ArchiveProbe(200, known(1341, "probes/200", Grade.MEASURED)),
            ArchiveProbe(1000, known(3709, "probes/1000", Grade.MEASURED)),
            ArchiveProbe(2048, known(6466, "probes/2048", Grade.MEASURED)),
        ),
        "workload": {
            "rate": known(2, "workload/rate"),
            "bytes": known(1000, "workload/bytes"),
            "retention": known(30, "workload/retention"),
            "queries": known(100, "workload/queries"),
            "vanilla_waku_relay_egress_amplification": known(10, "workload/amplification"),
            "vanilla_waku_discovery_egress": known(5, "workload/discovery"),
            "vanilla_waku_store_reply_base": known(300, "workload/base"),
            "vanilla_waku_store_reply_hash": known(36, "workload/hash"),
        },
        "rln": {
            "total_rate_limit_cap": known(160_000, "rln/cap"),
            "epoch_length": known(600, "rln/epoch"),
            "membership_rate_min": known(20, "rln/min"),
            "membership_rate_mid": known(200, "rln/mid"),
            "deposit_per_message_per_epoch": known(0.05, "rln/deposit"),
            "proof_overhead_per_message": known(384, "rln/proof"),
            "gas_register_call": known(255_000, "rln/register"),
            "gas_extend_single_test": known(105_000, "rln/extend"),
            "active_period": known(180, "rln/active"),
        },
    }
    return CostInputs(**(fields | changes))
