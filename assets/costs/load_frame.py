"""What each scenario asks of its hosts, as a table: one row for each amount, with the rule that makes it.

Belongs here: which amounts are released, their names, units and rules in words. Does not belong here: how they are
computed (`workload.py`, `sizing.py`, `capacity.py`), money.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import pandas as pd

from assets.costs.alternatives import Demand, demand_of
from assets.costs.capacity import capacity_at
from assets.costs.columns import LOAD_COLUMNS
from assets.costs.draws import Draws, summarise
from assets.costs.inputs import SECONDS_PER_DAY
from assets.costs.model import Estimate
from assets.costs.sizing import Need, Needs, needs_of
from assets.costs.workload import ScenarioLoad
from assets.evidence.quantity import Quantity
from assets.evidence.tables.costs import Scenario


@dataclass(frozen=True)
class LoadAndNeeds:
    """What a scenario does, and what its hosts need for that."""

    scenario: Scenario
    load: ScenarioLoad
    needs: Needs
    draws: Draws

    def capacity(self, workload: str) -> Quantity | None:
        """Return what a processor of a database does of a load at the size of the archive, 1/s."""
        kept = self.load.archive_messages
        return None if kept is None else capacity_at(self.draws, workload, kept)

    def of_database(self, of: Callable[[Need], Quantity]) -> Quantity | None:
        """Return an amount of the databases; None without an archive."""
        return None if self.needs.database is None else of(self.needs.database)

    def billed(self, of: Callable[[Demand], Quantity]) -> Quantity | None:
        """Return an amount that hosted messaging bills; None without users."""
        return None if self.scenario.active_users is None else of(demand_of(self.scenario, self.load, self.draws))

    def database_vcpus(self) -> Quantity | None:
        """Return the processors of all databases that each data centre has one copy of."""
        need = self.needs.database
        if need is None or need.archive is None:
            return None
        return need.vcpus + need.archive.insert_vcpus * float(need.archive.copies)


@dataclass(frozen=True)
class Amount:
    """One amount, and how it is made."""

    title: str
    unit: str
    rule: str
    of: Callable[[LoadAndNeeds], Quantity | None]
    made_of: tuple[str, ...] = ()
    """Other amounts that it is made of."""
    of_scenario: tuple[str, ...] = ()
    """Numbers of the scenario that it is made of."""


SENDERS = ("network_senders", "message_rate_factor")


AMOUNTS: dict[str, Amount] = {
    "own_messages_per_month": Amount(
        "messages that people write",
        "messages a month",
        "What one sender writes a day, times the factor of the rate, times own senders, times the days of a month. A "
        "rate by the active hour holds while a client is online, any other rate by the hour for all of a day.",
        lambda asked: asked.load.own_messages_per_month,
        of_scenario=("own_senders", "message_rate_factor"),
    ),
    "message_bytes": Amount(
        "size of a message",
        "bytes",
        "Text and media by their share.",
        lambda asked: asked.load.message_bytes,
    ),
    "shards": Amount(
        "shards",
        "shards",
        "Senders of the network over the users that a shard takes, one at least.",
        lambda asked: asked.load.shards,
        of_scenario=SENDERS[:1],
    ),
    "peak_messages_per_s": Amount(
        "messages relayed by a node at peak",
        "messages a second",
        "All messages of one shard, those of control as well, times the peak factor.",
        lambda asked: asked.load.peak_messages_per_s,
        of_scenario=SENDERS,
    ),
    "peak_connections": Amount(
        "connections at peak",
        "connections",
        "Users, times the share of clients online at peak, times the connections of a client.",
        lambda asked: asked.load.peak_connections,
        of_scenario=("active_users",),
    ),
    "users_online_at_peak": Amount(
        "users online at peak",
        "users",
        "Users, times the share of a day that a client is online, times the peak factor; all users at most. Hosted "
        "messaging counts a connection for each.",
        lambda asked: asked.billed(lambda demand: demand.connections),
        of_scenario=("active_users",),
    ),
    "online_minutes_per_month": Amount(
        "minutes that users are online",
        "minutes a month",
        "Users, times the share of a day that a client is online, times the minutes of a month.",
        lambda asked: asked.billed(lambda demand: demand.minutes),
        of_scenario=("active_users",),
    ),
    "connections_per_node": Amount(
        "connections that a node takes",
        "connections",
        "As Status configures its own nodes.",
        lambda asked: asked.load.connections_per_node,
    ),
    "least_nodes": Amount(
        "nodes at least",
        "nodes",
        "The most of: as many as the scenario states, one for each data centre, one for each shard.",
        lambda asked: asked.needs.node.least_hosts,
        ("shards",),
        of_scenario=("relay_nodes", "data_centres"),
    ),
    "node_vcpus_each": Amount(
        "processors that each node takes",
        "vCPUs",
        "What an idle node takes, and relaying and verifying a message times messages at peak; over planned use.",
        lambda asked: asked.needs.node.each_vcpus,
        ("peak_messages_per_s",),
    ),
    "node_vcpus_shared": Amount(
        "processors that connections take",
        "vCPUs, all nodes",
        "Connections at peak, times what one takes; over planned use.",
        lambda asked: asked.needs.node.vcpus,
        ("peak_connections",),
    ),
    "node_memory_each_gib": Amount(
        "memory that each node takes",
        "GiB",
        "Memory of a node without connections, over planned use.",
        lambda asked: asked.needs.node.each_memory_gib,
    ),
    "node_memory_shared_gib": Amount(
        "memory that connections take",
        "GiB, all nodes",
        "Connections at peak, times what one takes; over planned use.",
        lambda asked: asked.needs.node.memory_gib,
        ("peak_connections",),
    ),
    "relay_egress_gb": Amount(
        "sent by a node to its peers",
        "GB a month",
        "Messages of a shard, times their bytes on the wire, times the amplification of relay, and what gossip and "
        "discovery send anyway.",
        lambda asked: asked.load.relay_egress_gb,
        of_scenario=SENDERS,
    ),
    "shared_egress_gb": Amount(
        "sent to light clients and in answers to queries",
        "GB a month, all nodes",
        "Messages pushed to light clients that are online, and the answers to checks for missing messages.",
        lambda asked: asked.load.shared_egress_gb,
        of_scenario=(*SENDERS, "active_users", "light_client_share"),
    ),
    "archived_messages_per_day": Amount(
        "messages archived",
        "messages a day",
        "What is archived of what one sender sends a day, times the factor of the rate, times the senders of the "
        "network.",
        lambda asked: asked.load.archived_messages_per_s * SECONDS_PER_DAY if asked.load.archive_gb else None,
        of_scenario=SENDERS,
    ),
    "archived_bytes_per_message": Amount(
        "size of an archived message with its indexes",
        "bytes",
        "Text, media and control, each between the two sizes that were measured next to it.",
        lambda asked: asked.load.archived_bytes_per_message,
    ),
    "archive_gb": Amount(
        "one copy of the archive",
        "GB",
        "Messages archived a day, times the days that they are kept, times the size of an archived message.",
        lambda asked: asked.load.archive_gb,
        ("archived_messages_per_day", "archived_bytes_per_message"),
    ),
    "peak_insert_per_s": Amount(
        "messages archived at peak",
        "messages a second",
        "Messages archived a day over the seconds of a day, times the peak factor.",
        lambda asked: asked.load.peak_database_rates.get("insert"),
        ("archived_messages_per_day",),
    ),
    "peak_first_page_20_per_s": Amount(
        "queries by content topic at peak",
        "queries a second",
        "Users, times checks for missing messages a day, times the share of clients online at peak, times the pages "
        "of an answer.",
        lambda asked: asked.load.peak_database_rates.get("first_page_20"),
        of_scenario=("active_users",),
    ),
    "peak_by_hashes_per_s": Amount(
        "queries by hash at peak",
        "queries a second",
        "Checks for missing messages at peak, times the messages that a check misses; one fetch for a check at most.",
        lambda asked: asked.load.peak_database_rates.get("by_hashes"),
        of_scenario=("active_users",),
    ),
    "capacity_insert_per_s": Amount(
        "messages that a processor archives",
        "messages a second and vCPU",
        "As measured within its limit of latency, at the size of this archive.",
        lambda asked: asked.capacity("insert"),
    ),
    "capacity_first_page_20_per_s": Amount(
        "queries by content topic that a processor answers",
        "queries a second and vCPU",
        "As measured within its limit of latency, at the size of this archive.",
        lambda asked: asked.capacity("first_page_20"),
    ),
    "capacity_by_hashes_per_s": Amount(
        "queries by hash that a processor answers",
        "queries a second and vCPU",
        "As measured within its limit of latency, at the size of this archive.",
        lambda asked: asked.capacity("by_hashes"),
    ),
    "database_vcpus": Amount(
        "processors of databases",
        "vCPUs, all databases",
        "Each load at peak over what a processor does of it, over planned use. Writing counts once for each data "
        "centre, since each writes a copy.",
        LoadAndNeeds.database_vcpus,
        (
            *("peak_insert_per_s", "peak_first_page_20_per_s", "peak_by_hashes_per_s"),
            *("capacity_insert_per_s", "capacity_first_page_20_per_s", "capacity_by_hashes_per_s"),
        ),
        of_scenario=("data_centres",),
    ),
    "database_memory_shared_gib": Amount(
        "memory for what is read often",
        "GiB, all databases",
        "A share of the archive of each data centre, over planned use.",
        lambda asked: asked.of_database(lambda need: need.memory_gib),
        ("archive_gb",),
        of_scenario=("data_centres",),
    ),
    "database_memory_each_gib": Amount(
        "memory that each database takes",
        "GiB",
        "Memory of a database without an archive, over planned use.",
        lambda asked: asked.of_database(lambda need: need.each_memory_gib),
    ),
}
"""The amounts by their names in the released table, in the order of docs/costs.md."""


def load_frame(estimates: Iterable[Estimate], draws: Draws) -> pd.DataFrame:
    """One row for each scenario, with or without RLN, and amount; nothing where the load is not known."""
    rows = [
        (
            found.scenario.id,
            found.with_rln,
            name,
            amount.title,
            amount.unit,
            *((month := summarise(quantity.value)).p5, month.p50, month.p95, month.mean),
            amount.rule,
            list(amount.made_of),
            list(amount.of_scenario),
            *quantity.basis.cells,
        )
        for found in estimates
        if found.load
        for asked in [
            LoadAndNeeds(found.scenario, found.load, needs_of(found.scenario, found.with_rln, found.load, draws), draws)
        ]
        for name, amount in AMOUNTS.items()
        if (quantity := amount.of(asked)) is not None
    ]
    return pd.DataFrame(rows, columns=list(LOAD_COLUMNS), dtype=object)
