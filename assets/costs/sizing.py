"""What all hosts of one role need together.

Belongs here: demand for processors, memory, connections and disk in every draw. Does not belong here: the load
(`workload.py`), offers (`places.py`), how many hosts of a size these take (`fleets.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from assets.costs.assumptions import CAPACITY_WORKLOADS
from assets.costs.capacity import capacity_at
from assets.costs.draws import Draws
from assets.costs.workload import ScenarioLoad
from assets.evidence.basis import Basis
from assets.evidence.quantity import Quantity, computed, total
from assets.evidence.tables.costs import Scenario

NODE, DATABASE, SHARED = "node", "database", "node and database"
MILLISECONDS = 1e3
GIB_PER_MB = 1e6 / 2**30


@dataclass(frozen=True)
class KeptArchive:
    """The archive of all shards, for the hosts that keep it."""

    gb: Quantity
    """One copy, GB."""
    insert_vcpus: Quantity
    """Virtual processors that write one copy."""
    shards: Quantity
    """Parts that can lie on hosts of their own, not a whole number; one at least."""
    copies: int
    """Complete copies at least: one for each data centre."""


@dataclass(frozen=True)
class Need:
    """What the hosts of one role need in every draw: all of them together, and each of them besides.

    Hosts are as many as `least_hosts`, and as many as connections, processors, memory and disk take.
    """

    role: str
    least_hosts: Quantity
    """At any load: stated by the scenario, one for each data centre and each shard."""
    connected_hosts: Quantity
    """Hosts that are full of connections, not a whole number; 0 for a database."""
    vcpus: Quantity
    """Shared by all hosts; without writing the archive, which every copy does."""
    memory_gib: Quantity
    """Shared by all hosts."""
    each_vcpus: Quantity
    """Taken by every host besides, however many there are."""
    each_memory_gib: Quantity
    relay_egress_gb: Quantity | None = None
    """Sent to the internet by each host, GB a month; None for hosts that only talk to their neighbours."""
    shared_egress_gb: Quantity | None = None
    """Sent to the internet by all hosts together, GB a month."""
    archive: KeptArchive | None = None
    least_vcpus: float = 0.0
    """Of each host, where the scenario states it."""
    least_memory_gib: float = 0.0

    @cached_property
    def sent_gb(self) -> Quantity | None:
        """What is sent to the internet is based on this; None for hosts that only talk to their neighbours."""
        if self.relay_egress_gb is None or self.shared_egress_gb is None:
            return None
        return self.shared_egress_gb.resting_on(self.relay_egress_gb, self.basis)

    @cached_property
    def basis(self) -> Quantity:
        """What the number of hosts is based on, for their cost; its value means nothing."""
        inserting = () if self.archive is None else (self.archive.insert_vcpus,)
        each = (self.each_vcpus, self.each_memory_gib)
        return self.vcpus.resting_on(self.memory_gib, *each, self.connected_hosts, self.least_hosts, *inserting)


@dataclass(frozen=True)
class Needs:
    """What all hosts of a scenario need, in the draws of its load."""

    node: Need
    database: Need | None
    """None for a scenario without an archive."""
    shared: Need | None
    """What hosts need that are node and database in one."""


def needs_of(scenario: Scenario, with_rln: bool, load: ScenarioLoad, draws: Draws) -> Needs:
    """Return what nodes and databases need.

    A node: (idle + messages/s at peak of its shard x (relaying one + verifying its proof)) / planned utilisation, in
    virtual processors; all nodes: connections x serving one / planned utilisation. Memory likewise, in GiB. As many
    hosts as connections fill. Databases: each load / capacity of a virtual processor, / planned utilisation; memory by
    the size of the archive. Raises `MissingEvidence`.
    """
    node = draws.once(("node", with_rln), lambda: _node(scenario, with_rln, load, draws), scenario, load)
    database = draws.once("database", lambda: _database(scenario, load, draws), scenario, load)
    if database is None:
        return Needs(node, None, None)
    return Needs(node, database, draws.once("shared", lambda: _shared(node, database), node, database))


def _node(scenario: Scenario, with_rln: bool, load: ScenarioLoad, draws: Draws) -> Need:
    basis = scenario_basis(scenario)
    least = basis * float(max(scenario.relay_nodes + scenario.store_nodes, scenario.data_centres, 1))
    each = draws["assumption/node_idle_vcpus"] + load.peak_messages_per_s * draws["assumption/node_vcpus_per_message"]
    if with_rln:
        each = each + load.peak_messages_per_s * draws["rln/proof_verification_time"] / MILLISECONDS
    serving = load.peak_connections * draws["assumption/node_vcpus_per_connection"]
    connected_gib = load.peak_connections * draws["assumption/node_memory_per_connection"] * GIB_PER_MB
    utilisation, memory_utilisation = draws["assumption/host_utilisation"], draws["assumption/memory_utilisation"]
    stated = [
        (scenario.relay_vcpus or 0.0, scenario.relay_memory_gib or 0.0),
        (scenario.store_vcpus or 0.0, scenario.store_memory_gib or 0.0),
    ]
    return Need(
        NODE,
        computed(np.maximum, least, load.shards),
        load.peak_connections / load.connections_per_node,
        serving / utilisation,
        connected_gib / memory_utilisation,
        each / utilisation,
        draws["assumption/node_base_memory"] / memory_utilisation,
        load.relay_egress_gb,
        load.shared_egress_gb,
        least_vcpus=max(vcpus for vcpus, _ in stated),
        least_memory_gib=max(gib for _, gib in stated),
    )


def _database(scenario: Scenario, load: ScenarioLoad, draws: Draws) -> Need | None:
    if load.archive_gb is None or load.archive_messages is None:
        return None
    basis = scenario_basis(scenario)
    hosts = max(scenario.database_hosts, scenario.data_centres, 1)
    utilisation = draws["assumption/host_utilisation"]
    busy = {
        workload: rate_per_s / capacity_at(draws, workload, load.archive_messages) / utilisation
        for workload, rate_per_s in load.peak_database_rates.items()
    }
    memory_utilisation = draws["assumption/memory_utilisation"]
    hot_gib = load.archive_gb * draws["assumption/database_memory_share"] * float(scenario.data_centres)
    return Need(
        DATABASE,
        basis * float(hosts),
        basis * 0.0,
        total(vcpus for workload, vcpus in busy.items() if workload != "insert"),
        hot_gib / memory_utilisation,
        basis * 0.0,
        draws["assumption/database_base_memory"] / memory_utilisation,
        archive=KeptArchive(load.archive_gb, busy["insert"], load.shards, scenario.data_centres),
        least_vcpus=scenario.database_vcpus or 0.0,
        least_memory_gib=scenario.database_memory_gib or 0.0,
    )


def _shared(node: Need, database: Need) -> Need:
    return Need(
        SHARED,
        computed(np.maximum, node.least_hosts, database.least_hosts),
        node.connected_hosts,
        node.vcpus + database.vcpus,
        node.memory_gib + database.memory_gib,
        node.each_vcpus + database.each_vcpus,
        node.each_memory_gib + database.each_memory_gib,
        node.relay_egress_gb,
        node.shared_egress_gb,
        database.archive,
        max(node.least_vcpus, database.least_vcpus),
        max(node.least_memory_gib, database.least_memory_gib),
    )


def capacity_basis(load: ScenarioLoad, draws: Draws) -> str:
    """Say which measurements the processors of a database are taken from, for a reader."""
    known = [name for name in CAPACITY_WORKLOADS if f"capacity/{name}" in draws.inputs]
    kept = load.archive_messages.middle if load.archive_messages else 0.0
    return f"{'; '.join(draws.inputs[f'capacity/{name}'].remark for name in known)}; {kept:,.0f} messages are kept"


def scenario_basis(scenario: Scenario) -> Quantity:
    """The scenario as evidence: every figure is based on its assumptions."""
    ids = {f"costs__scenarios/{scenario.id}", *(f"costs__node_requirements/{row}" for row in scenario.sizing_basis)}
    return Quantity(1.0, Basis(scenario.grade, frozenset(ids)))
