"""How much of what a scenario needs, and what one provider takes for it: hosts, archive, traffic.

Belongs here: formulas from messages to gigabytes, and from hosts and gigabytes to one provider's price.
Does not belong here: the choice of the provider and the totals (`model.py`), anything on a chain (`chain.py`).
The formulas with their sources and worked examples are in docs/costs.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from assets.costs.inputs import (
    BYTES_PER_GB,
    BYTES_PER_KB,
    DAYS_PER_MONTH,
    SECONDS_PER_DAY,
    ArchiveProbe,
    ComputeOffer,
    CostInputs,
    EgressTier,
    VolumePrice,
)
from assets.evidence.quantity import MissingEvidence, Quantity, total
from assets.evidence.tables.costs import Scenario

RELAY_AMPLIFICATION = "vanilla_waku_relay_egress_amplification"
DISCOVERY_EGRESS = "vanilla_waku_discovery_egress"
STORE_REPLY_BASE = "vanilla_waku_store_reply_base"
STORE_REPLY_HASH = "vanilla_waku_store_reply_hash"

UNSUITABLE_VOLUMES = frozenset(
    {
        # Spinning disks: a PostgreSQL archive with random reads is not run on them.
        "pd_standard",
        "sc1_storage",
        "st1_storage",
        # Sold by provisioned performance as well, so that a price per GB alone is not their price.
        "hyperdisk_extreme",
        "io2_storage",
        "pd_extreme",
        "ultra_ssd_storage",
    }
)

PRICE_REGIONS = {("hetzner_cloud", "fsn1"): "eu", ("hetzner_cloud", "ash"): "us"}
"""Providers that sell storage and traffic by a wider region than servers: geography, not a price."""


@dataclass(frozen=True)
class Traffic:
    """What a scenario sends in a month."""

    own_messages_per_month: Quantity
    egress_gb_per_relay_node: Quantity
    egress_gb_per_store_node: Quantity


@dataclass(frozen=True)
class HostNeed:
    """Hosts of one role, all alike; egress is to the internet, GB per host and month."""

    role: str
    hosts: int
    vcpus: float
    memory_gib: float
    egress_gb_per_host: Quantity | None
    """None for hosts that only talk to their neighbours."""


def messages_per_sender_day(scenario: Scenario, inputs: CostInputs) -> Quantity:
    """Messages that one sender publishes in a day."""
    return inputs.workload_value(scenario.message_rate_id) * scenario.message_rate_factor


def traffic(scenario: Scenario, with_rln: bool, inputs: CostInputs) -> Traffic:
    """Egress to the internet of one node of each role, in GB a month.

    relay = network messages x wire bytes x amplification; discovery = KB/s x seconds;
    store replies = users x queries x base bytes + messages x receivers x bytes of a hash, shared by the store nodes;
    pushes = messages x receivers x light client share x wire bytes, shared by all nodes.
    """
    per_sender_month = messages_per_sender_day(scenario, inputs) * DAYS_PER_MONTH
    network_messages = per_sender_month * scenario.network_senders
    wire_bytes = inputs.workload_value(scenario.message_bytes_id)
    if with_rln:
        wire_bytes = wire_bytes + inputs.rln_value("proof_overhead_per_message")
    relay_gb = network_messages * wire_bytes * inputs.workload_value(RELAY_AMPLIFICATION) / BYTES_PER_GB
    discovery_kb_per_s = inputs.workload_value(DISCOVERY_EGRESS)
    node_gb = relay_gb + discovery_kb_per_s * BYTES_PER_KB * SECONDS_PER_DAY * DAYS_PER_MONTH / BYTES_PER_GB
    if scenario.light_client_share > 0:
        pushes = network_messages * scenario.receivers_per_message * scenario.light_client_share
        node_gb = node_gb + pushes * wire_bytes / BYTES_PER_GB / (scenario.relay_nodes + scenario.store_nodes)
    store_gb = node_gb
    if scenario.store_queries_id and scenario.active_users:
        queries = inputs.workload_value(scenario.store_queries_id) * scenario.active_users * DAYS_PER_MONTH
        hashes = network_messages * scenario.receivers_per_message
        base_bytes, hash_bytes = inputs.workload_value(STORE_REPLY_BASE), inputs.workload_value(STORE_REPLY_HASH)
        reply_gb = (queries * base_bytes + hashes * hash_bytes) / BYTES_PER_GB
        store_gb = node_gb + reply_gb / scenario.store_nodes
    return Traffic(per_sender_month * scenario.own_senders, node_gb, store_gb)


def archived_bytes_per_message(payload_bytes: Quantity, probes: Iterable[ArchiveProbe]) -> Quantity:
    """Interpolate linearly between the two nearest probes; outside them nothing is known (`MissingEvidence`)."""
    ordered = sorted(probes, key=lambda probe: probe.payload_bytes)
    for probe in ordered:
        if probe.payload_bytes == payload_bytes.value:
            return probe.total_bytes.resting_on(payload_bytes)
    for low, high in pairwise(ordered):
        if low.payload_bytes < payload_bytes.value < high.payload_bytes:
            share = (payload_bytes - low.payload_bytes) / (high.payload_bytes - low.payload_bytes)
            return low.total_bytes + (high.total_bytes - low.total_bytes) * share
    probed = f"{ordered[0].payload_bytes:,.0f} to {ordered[-1].payload_bytes:,.0f} bytes" if ordered else "no size"
    raise MissingEvidence(f"archive row size at {payload_bytes.value:,.0f} bytes of payload; probed: {probed}")


def archive_gb(scenario: Scenario, inputs: CostInputs) -> Quantity | None:
    """Size of all copies of the archive once the retention time is full, GB; None for a scenario without archive.

    messages per day x days kept x bytes per archived message x database hosts. A proof of RLN is not archived.
    """
    if scenario.retention_days_id is None:
        return None
    messages_per_day = messages_per_sender_day(scenario, inputs) * scenario.network_senders
    kept = messages_per_day * inputs.workload_value(scenario.retention_days_id)
    per_message = archived_bytes_per_message(inputs.workload_value(scenario.message_bytes_id), inputs.probes)
    return kept * per_message * scenario.database_hosts / BYTES_PER_GB


def host_needs(scenario: Scenario, sent: Traffic) -> tuple[HostNeed, ...]:
    """The hosts of a scenario by role, without roles that it does not have."""
    roles = (
        ("relay", scenario.relay_nodes, scenario.relay_vcpus, scenario.relay_memory_gib, sent.egress_gb_per_relay_node),
        ("store", scenario.store_nodes, scenario.store_vcpus, scenario.store_memory_gib, sent.egress_gb_per_store_node),
        ("database", scenario.database_hosts, scenario.database_vcpus, scenario.database_memory_gib, None),
    )
    return tuple(
        HostNeed(role, hosts, vcpus, memory_gib, egress)
        for role, hosts, vcpus, memory_gib, egress in roles
        if vcpus and memory_gib
    )


def covers(price: VolumePrice | EgressTier, provider: str, region: str) -> bool:
    """Whether a price holds for servers of `provider` in `region`."""
    return price.provider == provider and price.region in {region, "all", PRICE_REGIONS.get((provider, region))}


def cheapest_volume(prices: Iterable[VolumePrice]) -> VolumePrice | None:
    """Return the cheapest volume on solid-state disks that is sold by the GB, None if none is known."""
    usable = (price for price in prices if price.item not in UNSUITABLE_VOLUMES)
    return min(usable, key=lambda price: (price.cost_usd_per_gb_month.value, price.price_id), default=None)


def cheapest_host(
    need: HostNeed, scenario: Scenario, offers: Iterable[ComputeOffer], disk: VolumePrice | None
) -> tuple[ComputeOffer, Quantity]:
    """Return the offer that meets `need` for the least, and its cost with its own disk, USD a month.

    A local disk that is too small or not stated is replaced by `host_disk_gb` of `disk`. Raises `MissingEvidence`.
    """
    fitting = [
        offer
        for offer in offers
        if offer.vcpus >= need.vcpus
        and offer.memory_gib >= need.memory_gib
        and offer.architecture == scenario.architecture
        and offer.vcpu_kind in scenario.vcpu_kinds
    ]
    if not fitting:
        raise MissingEvidence(f"offer with {need.vcpus:g} vCPUs and {need.memory_gib:g} GiB ({need.role})")
    priced: list[tuple[ComputeOffer, Quantity]] = []
    for offer in fitting:
        if offer.local_disk_gb is not None and offer.local_disk_gb >= scenario.host_disk_gb:
            priced.append((offer, offer.cost_usd_per_month))
        elif disk is not None:
            system_disk = disk.cost_usd_per_gb_month * scenario.host_disk_gb
            priced.append((offer, offer.cost_usd_per_month + system_disk))
    if not priced:
        raise MissingEvidence(f"price of a volume for a system disk ({need.role})")
    return min(priced, key=lambda pair: (pair[1].value, pair[0].offer_id))


def tiered_cost(gb: Quantity, tiers: Iterable[EgressTier]) -> Quantity:
    """Price `gb` of a month tier by tier, USD. Raises `MissingEvidence` if the tiers end before `gb` or have a gap."""
    cost = gb * 0.0
    reached = 0.0
    for tier in sorted(tiers, key=lambda tier: tier.from_gb_per_month):
        if reached >= gb.value or tier.from_gb_per_month > reached:
            break
        end = gb.value if tier.to_gb_per_month is None else min(gb.value, tier.to_gb_per_month)
        cost = cost + tier.cost_usd_per_gb * (end - reached)
        reached = end
    if reached < gb.value:
        raise MissingEvidence(f"price of egress above {reached:,.0f} GB a month")
    return cost


def billed_egress_gb(needs: Iterable[HostNeed], chosen: Iterable[ComputeOffer]) -> Quantity:
    """Egress beyond what each host's own price includes, GB a month.

    An allowance that is not stated is not credited, and allowances are not pooled between hosts.
    """
    billed: list[Quantity] = []
    for need, offer in zip(needs, chosen, strict=True):
        if need.egress_gb_per_host is not None:
            sent, included = need.egress_gb_per_host, offer.included_egress_gb_per_month or 0.0
            beyond = sent - included if sent.value > included else sent * 0.0
            billed.append((beyond * need.hosts).resting_on(offer.cost_usd_per_month))
    return total(billed)
