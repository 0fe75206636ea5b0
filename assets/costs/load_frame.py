"""What each scenario asks of its hosts, as a table: one row for each amount, with the rule that makes it.

Belongs here: which amounts are released, their names, units and rules in words. Does not belong here: how they are
computed (`workload.py`), money.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import pandas as pd

from assets.costs.columns import LOAD_COLUMNS
from assets.costs.draws import summarise
from assets.costs.inputs import SECONDS_PER_DAY
from assets.costs.model import Estimate
from assets.costs.workload import ScenarioLoad
from assets.evidence.quantity import Quantity


@dataclass(frozen=True)
class Amount:
    """One amount of a load, and how it is made."""

    title: str
    unit: str
    rule: str
    of: Callable[[ScenarioLoad], Quantity | None]


def _rate(workload: str) -> Callable[[ScenarioLoad], Quantity | None]:
    return lambda load: load.peak_database_rates.get(workload)


def _archived_per_day(load: ScenarioLoad) -> Quantity | None:
    return load.archived_messages_per_s * SECONDS_PER_DAY if load.archive_gb else None


AMOUNTS: dict[str, Amount] = {
    "own_messages_per_month": Amount(
        "messages that people write",
        "messages a month",
        "What one sender writes a day, times senders, times the days of a month. A rate by the active hour holds while "
        "a client is online.",
        lambda load: load.own_messages_per_month,
    ),
    "message_bytes": Amount(
        "size of a message",
        "bytes",
        "Text and media by their share.",
        lambda load: load.message_bytes,
    ),
    "shards": Amount(
        "shards",
        "shards",
        "Senders of the network over the users that a shard takes, one at least.",
        lambda load: load.shards,
    ),
    "peak_messages_per_s": Amount(
        "messages relayed by a node at peak",
        "messages a second",
        "All messages of one shard, those of control as well, times the peak factor.",
        lambda load: load.peak_messages_per_s,
    ),
    "peak_connections": Amount(
        "connections at peak",
        "connections",
        "Users, times the share of clients online at peak, times the connections of a client.",
        lambda load: load.peak_connections,
    ),
    "connections_per_node": Amount(
        "connections that a node takes",
        "connections",
        "As Status configures its own nodes.",
        lambda load: load.connections_per_node,
    ),
    "relay_egress_gb": Amount(
        "sent by a node to its peers",
        "GB a month",
        "Messages of a shard, times their bytes on the wire, times the amplification of relay, and what gossip and "
        "discovery send anyway.",
        lambda load: load.relay_egress_gb,
    ),
    "shared_egress_gb": Amount(
        "sent to light clients and in answers to queries",
        "GB a month, all nodes",
        "Messages pushed to light clients that are online, and what checks for missing messages are told.",
        lambda load: load.shared_egress_gb,
    ),
    "archived_messages_per_day": Amount(
        "messages archived",
        "messages a day",
        "What is archived of what one sender sends a day, times senders.",
        _archived_per_day,
    ),
    "archived_bytes_per_message": Amount(
        "size of an archived message with its indexes",
        "bytes",
        "Text, media and control, each between the two sizes that were measured next to it.",
        lambda load: load.archived_bytes_per_message,
    ),
    "archive_gb": Amount(
        "one copy of the archive",
        "GB",
        "Messages archived a day, times the days that they are kept, times the size of an archived message.",
        lambda load: load.archive_gb,
    ),
    "peak_insert_per_s": Amount(
        "messages archived at peak",
        "messages a second",
        "Messages archived a day over the seconds of a day, times the peak factor.",
        _rate("insert"),
    ),
    "peak_first_page_20_per_s": Amount(
        "queries by content topic at peak",
        "queries a second",
        "Users, times checks for missing messages a day, times the share of clients online at peak, times the pages "
        "that a check is told.",
        _rate("first_page_20"),
    ),
    "peak_by_hashes_per_s": Amount(
        "queries by hash at peak",
        "queries a second",
        "Checks for missing messages at peak, times the messages that a check misses; one fetch for a check at most.",
        _rate("by_hashes"),
    ),
}
"""The amounts by their names in the released table, in the order of docs/costs.md."""


def load_frame(estimates: Iterable[Estimate]) -> pd.DataFrame:
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
            quantity.grade.value,
            quantity.sorted_ids,
        )
        for found in estimates
        if found.load
        for name, amount in AMOUNTS.items()
        if (quantity := amount.of(found.load)) is not None
    ]
    return pd.DataFrame(rows, columns=list(LOAD_COLUMNS), dtype=object)
