"""Which hosts a scenario needs, and which offer is surely large enough for each role.

Belongs here: demand for processors and memory in every draw, and the choice among offers at a confidence.
Does not belong here: the load (`workload.py`), what the chosen hosts cost in a draw (`hosting.py`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from assets.costs.assumptions import CAPACITY_WORKLOADS
from assets.costs.draws import Draws
from assets.costs.inputs import ComputeOffer, VolumePrice
from assets.costs.workload import Load
from assets.evidence.model import Grade
from assets.evidence.quantity import MissingEvidence, Quantity, computed, total
from assets.evidence.tables.costs import Scenario

DATABASE = "database"
MOST_COPIES = 4
"""A database is spread over at most this many times the stated hosts, each with a full copy of the archive."""
MILLISECONDS = 1e3
LEAST_WRITTEN = 0.1
"""Needs below it, in vCPUs or GiB, are not written as a number."""


@dataclass(frozen=True)
class HostNeed:
    """Hosts of one role, all alike, with what each of them needs in every draw."""

    role: str
    hosts: int
    vcpus: Quantity
    memory_gib: Quantity
    egress_gb: Quantity | None
    """Sent to the internet by each, GB a month; None for hosts that only talk to their neighbours."""
    basis: str = "the stated host"
    """What its processors are taken from, for a reader."""
    _probabilities: dict[tuple[float, float], float] = field(default_factory=dict, compare=False, repr=False)

    def probability(self, vcpus: float, memory_gib: float) -> float:
        """Return the share of draws in which a host of this size is large enough."""
        size = (vcpus, memory_gib)
        if size not in self._probabilities:
            enough = (np.asarray(self.vcpus.value) <= vcpus) & (np.asarray(self.memory_gib.value) <= memory_gib)
            self._probabilities[size] = float(np.mean(enough))
        return self._probabilities[size]


@dataclass(frozen=True)
class HostChoice:
    """The offer taken for a role; `system_disk` is the volume it needs besides, None if its own disk is enough."""

    need: HostNeed
    offer: ComputeOffer
    system_disk: VolumePrice | None


def host_needs(scenario: Scenario, with_rln: bool, load: Load, draws: Draws) -> tuple[HostNeed, ...]:
    """Return what the hosts of each role need, without roles that the scenario does not have.

    Nodes: the stated host times `node_host_share`; with RLN also messages a second at peak x time to verify a proof.
    Databases: the sum of messages, pages of checks and fetches a second, each / capacity of a vCPU, / planned
    utilisation where these are measured, else the stated host times `database_host_share`, or what the measured ones
    need if that is more; memory is always the stated host's. With measured capacities there is one need for each number
    of hosts that may share the queries.
    """
    needs = []
    stated = Quantity(
        1.0,
        Grade(scenario.grade),
        frozenset(
            {f"costs__scenarios/{scenario.id}", *(f"costs__node_requirements/{i}" for i in scenario.sizing_basis)}
        ),
    )
    for role, hosts, vcpus, memory, egress in (
        ("relay", scenario.relay_nodes, scenario.relay_vcpus, scenario.relay_memory_gib, load.relay_egress_gb),
        ("store", scenario.store_nodes, scenario.store_vcpus, scenario.store_memory_gib, load.store_egress_gb),
    ):
        if vcpus and memory:
            share = stated * draws["assumption/node_host_share"]
            processors = share * vcpus
            if with_rln:
                verifying = load.peak_messages_per_s * draws["rln/proof_verification_time"] / MILLISECONDS
                processors = processors + verifying / draws["assumption/host_utilisation"]
            needs.append(HostNeed(role, hosts, processors, share * memory, egress))
    if scenario.database_vcpus and scenario.database_memory_gib:
        share = stated * draws["assumption/database_host_share"]
        memory_gib = share * scenario.database_memory_gib
        stated_vcpus, basis = share * scenario.database_vcpus, _basis(load, draws)
        copies = MOST_COPIES if _known(draws) else 1
        for hosts in range(scenario.database_hosts, scenario.database_hosts * copies + 1):
            processors = _database_processors(load, draws, hosts, stated_vcpus)
            needs.append(HostNeed(DATABASE, hosts, processors, memory_gib, None, basis))
    return tuple(needs)


def _known(draws: Draws) -> list[str]:
    """Return the loads of a database whose capacity is known."""
    return [workload for workload in CAPACITY_WORKLOADS if f"capacity/{workload}" in draws.inputs]


def _database_processors(load: Load, draws: Draws, hosts: int, stated: Quantity) -> Quantity:
    """Return vCPUs of each of `hosts` database hosts: the sum of its loads, each at the capacity of its kind.

    Every host inserts all messages and answers its share of the pages and fetches. While one of the capacities is not
    known it is the `stated` host, yet no less than what the known loads need.
    """
    known = _known(draws)
    if load.peak_pages_per_s is None or load.peak_fetches_per_s is None or not known:
        return stated
    rates_per_s = {
        "insert": load.peak_messages_per_s,
        "first_page_20": load.peak_pages_per_s / hosts,
        "by_hashes": load.peak_fetches_per_s / hosts,
    }
    busy = total(rates_per_s[workload] / draws[f"capacity/{workload}"] for workload in known)
    needed = busy / draws["assumption/host_utilisation"]
    return needed if len(known) == len(CAPACITY_WORKLOADS) else computed(np.maximum, stated, needed)


def _basis(load: Load, draws: Draws) -> str:
    """Say how far from each measurement the archive is, since capacity falls as it grows, and what is unknown."""
    known = _known(draws)
    unknown = [what.lower() for workload, what in CAPACITY_WORKLOADS.items() if workload not in known]
    kept = load.archive_messages.middle if load.archive_messages else 0.0
    measured = "; ".join(draws.inputs[f"capacity/{workload}"].remark for workload in known)
    said = f"capacities measured for {measured}; {kept:,.0f} messages are kept"
    if not unknown:
        return said
    stated = f"the stated host: no released schema is known to keep the limit of latency for {', '.join(unknown)}"
    return f"{stated}; no less than from {said}" if known else stated


def cheapest_host(
    need: HostNeed, scenario: Scenario, offers: Iterable[ComputeOffer], disk: VolumePrice | None, confidence: float
) -> HostChoice:
    """Return the cheapest offer that is large enough in at least `confidence` of all draws, its system disk included.

    A local disk that is too small or not stated is replaced by `host_disk_gb` of `disk`. Raises `MissingEvidence`.
    """
    fitting = [
        offer
        for offer in offers
        if offer.architecture == scenario.architecture
        and offer.vcpu_kind in scenario.vcpu_kinds
        and need.probability(offer.vcpus, offer.memory_gib) >= confidence
    ]
    if not fitting:
        vcpus, memory = (
            _readable(float(np.quantile(amount.value, confidence))) for amount in (need.vcpus, need.memory_gib)
        )
        raise MissingEvidence(f"offer with {vcpus} vCPUs and {memory} GiB ({need.hosts} x {need.role})")
    priced: list[tuple[float, str, HostChoice]] = []
    for offer in fitting:
        cost = offer.cost_usd_per_month.mean
        if offer.local_disk_gb is not None and offer.local_disk_gb >= scenario.host_disk_gb:
            priced.append((cost, offer.offer_id, HostChoice(need, offer, None)))
        elif disk is not None:
            cost += disk.cost_usd_per_gb_month.mean * (disk.disk_gb or scenario.host_disk_gb)
            priced.append((cost, offer.offer_id, HostChoice(need, offer, disk)))
    if not priced:
        raise MissingEvidence(f"price of a volume for a system disk ({need.role})")
    return min(priced, key=lambda found: found[:2])[2]


def _readable(amount: float) -> str:
    """Write a need for a reader: no 0.0 for something, no power of ten."""
    return f"{amount:,.1f}" if amount >= LEAST_WRITTEN else f"less than {LEAST_WRITTEN}"


def billed_egress_gb(choices: Iterable[HostChoice]) -> Quantity | None:
    """Return egress beyond what each host's own price includes, GB a month over all hosts; None if no host sends any.

    An allowance that is not stated is not credited, and allowances are not pooled between hosts.
    """
    billed = None
    for choice in choices:
        if choice.need.egress_gb is not None:
            included = choice.offer.included_egress_gb_per_month or 0.0
            beyond = computed(lambda sent, free=included: np.maximum(sent - free, 0.0), choice.need.egress_gb)
            part = (beyond * choice.need.hosts).resting_on(choice.offer.cost_usd_per_month)
            billed = part if billed is None else billed + part
    return billed
