"""What a scenario does in a month and at its peak: messages, queries, bytes sent by each node, bytes archived.

Belongs here: formulas from people and messages to rates and gigabytes. Not here: hosts (`sizing.py`), money.
Every value is drawn: one number per draw. The formulas with their sources are in docs/costs.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from assets.costs.draws import Draws
from assets.costs.inputs import (
    BYTES_PER_GB,
    BYTES_PER_KB,
    DAYS_PER_MONTH,
    SECONDS_PER_DAY,
    ArchiveProbe,
    Catalogue,
)
from assets.evidence.quantity import MissingEvidence, Quantity, computed, total
from assets.evidence.tables.costs import Scenario

RELAY_AMPLIFICATION = "vanilla_waku_relay_egress_amplification"
RELAY_IDLE = "vanilla_waku_relay_idle_egress"
DISCOVERY = "vanilla_waku_discovery_egress"
REPLY_BASE = "vanilla_waku_store_reply_base"
REPLY_HASH = "vanilla_waku_store_reply_hash"
HASHES_PER_PAGE = "status_1to1_missing_message_check_page"

SECONDS_PER_MONTH = SECONDS_PER_DAY * DAYS_PER_MONTH


@dataclass(frozen=True)
class Load:
    """What a scenario does. Rates are those of the network that every node relays, unless they are called own."""

    own_messages_per_month: Quantity
    messages_per_sender_day: Quantity
    peak_messages_per_s: Quantity
    peak_pages_per_s: Quantity | None
    """Pages of hashes in checks for missing messages, a query by content topic each; None without an archive."""
    peak_fetches_per_s: Quantity | None
    """Fetches of what was missing, queries by hash; None without an archive."""
    relay_egress_gb: Quantity
    """Sent to the internet by a node that only relays, GB a month."""
    store_egress_gb: Quantity
    """Sent to the internet by a node that serves the archive as well, GB a month."""
    archive_messages: Quantity | None
    """Messages in the archive once the retention time is full; None without an archive."""
    archive_gb: Quantity | None
    """One copy of these."""


def load_of(scenario: Scenario, with_rln: bool, catalogue: Catalogue, draws: Draws) -> Load:
    """Return the load of a scenario in every draw. Raises `MissingEvidence`.

    A node sends: messages x wire bytes x amplification, gossip and discovery when nobody speaks; shared by all nodes,
    pushes to light clients and answers to what these publish; shared by store nodes, answers to their queries.
    A check for missing messages is a query for each page that the awaited hashes fill, at least one; at peak more.
    Clients fetch by hash what a check finds missing, all of it in one request: fetches are at most as many as checks
    and as missing messages (`missing_message_check_interval` of the workload parameters).
    """
    per_sender_day = draws[f"workload/{scenario.message_rate_id}"] * scenario.message_rate_factor
    network_messages = per_sender_day * (scenario.network_senders * DAYS_PER_MONTH)
    payload_bytes = draws[f"workload/{scenario.message_bytes_id}"]
    wire_bytes = payload_bytes + draws["rln/proof_overhead_per_message"] if with_rln else payload_bytes
    peak = draws["assumption/peak_factor"]

    bytes_sent = [
        relayed_bytes(network_messages, wire_bytes, draws),
        draws[f"workload/{DISCOVERY}"] * (BYTES_PER_KB * SECONDS_PER_MONTH),
    ]
    own_messages = per_sender_day * (scenario.own_senders * DAYS_PER_MONTH)
    if scenario.light_client_share > 0:
        share = scenario.light_client_share / (scenario.relay_nodes + scenario.store_nodes)
        bytes_sent.append(network_messages * wire_bytes * (scenario.receivers_per_message * share))
        bytes_sent.append(own_messages * draws[f"workload/{REPLY_BASE}"] * share)
    relay_gb = total(bytes_sent) / BYTES_PER_GB

    store_gb, pages, fetches, kept, archive = relay_gb, None, None, None, None
    if scenario.retention_days_id and scenario.store_queries_id and scenario.active_users:
        online = draws["assumption/client_online_share"]
        checks_per_day = draws[f"workload/{scenario.store_queries_id}"] * online * scenario.active_users
        awaited_per_day = network_messages / DAYS_PER_MONTH * scenario.receivers_per_message * online
        missing_per_day = awaited_per_day * draws["assumption/missing_message_share"]
        fetches_per_day = computed(np.minimum, checks_per_day, missing_per_day)
        pages_per_day = checks_per_day * _pages_of_check(awaited_per_day / checks_per_day, draws)
        store_bytes_per_day = _replied_bytes(pages_per_day, awaited_per_day, draws) + missing_per_day * wire_bytes
        store_gb = relay_gb + store_bytes_per_day * (DAYS_PER_MONTH / (BYTES_PER_GB * scenario.store_nodes))
        pages_at_peak = checks_per_day * _pages_of_check(awaited_per_day * peak / checks_per_day, draws)
        pages, fetches = (per_day * peak / SECONDS_PER_DAY for per_day in (pages_at_peak, fetches_per_day))
        kept_days = draws[f"workload/{scenario.retention_days_id}"] * draws["assumption/retention_overrun"]
        row_bytes = archived_bytes(payload_bytes, catalogue.probes) * draws["archive/row_size"]
        kept = per_sender_day * scenario.network_senders * kept_days
        archive = kept * row_bytes / BYTES_PER_GB
    return Load(
        own_messages_per_month=own_messages,
        messages_per_sender_day=per_sender_day,
        peak_messages_per_s=network_messages * peak / SECONDS_PER_MONTH,
        peak_pages_per_s=pages,
        peak_fetches_per_s=fetches,
        relay_egress_gb=relay_gb,
        store_egress_gb=store_gb,
        archive_messages=kept,
        archive_gb=archive,
    )


def relayed_bytes(messages_per_month: Quantity, wire_bytes: Quantity, draws: Draws) -> Quantity:
    """Return what one node sends by relay in a month, bytes: what messages cause, and what gossip sends anyway."""
    idle = draws[f"workload/{RELAY_IDLE}"] * (BYTES_PER_KB * SECONDS_PER_MONTH)
    return messages_per_month * wire_bytes * draws[f"workload/{RELAY_AMPLIFICATION}"] + idle


def _pages_of_check(awaited: Quantity, draws: Draws) -> Quantity:
    """Return in how many pages a check is told `awaited` hashes: one if there are none."""
    return computed(lambda pages: np.maximum(np.ceil(pages), 1.0), awaited / draws[f"workload/{HASHES_PER_PAGE}"])


def _replied_bytes(pages: Quantity, awaited: Quantity, draws: Draws) -> Quantity:
    """Return what store nodes answer to checks, bytes: an envelope a page, a hash for each message that is awaited.

    A check asks for what was sent since the one before: clients that are off are told nothing, and what they ask for
    when they come back is history, which is not counted.
    """
    return pages * draws[f"workload/{REPLY_BASE}"] + awaited * draws[f"workload/{REPLY_HASH}"]


def archived_bytes(payload_bytes: Quantity, probes: Sequence[ArchiveProbe], *, table_only: bool = False) -> Quantity:
    """Return bytes that a message takes in the archive, between the measured sizes by a straight line.

    Raises `MissingEvidence` if in any draw the payload is smaller or larger than what was measured.
    """
    known = [
        (probe.payload_bytes, found)
        for probe in sorted(probes, key=lambda probe: probe.payload_bytes)
        if (found := probe.table_bytes if table_only else probe.total_bytes) is not None
    ]
    low, high = float(np.min(payload_bytes.value)), float(np.max(payload_bytes.value))
    if not known or low < known[0][0] or high > known[-1][0]:
        probed = f"{known[0][0]:,.0f} to {known[-1][0]:,.0f} bytes" if known else "no size"
        raise MissingEvidence(f"archive row size at {low:,.0f} to {high:,.0f} bytes of payload; probed: {probed}")
    sizes, rows = [size for size, _ in known], [found.mean for _, found in known]
    needed = [
        found
        for index, (_, found) in enumerate(known)
        if (index + 1 == len(known) or sizes[index + 1] > low) and (index == 0 or sizes[index - 1] < high)
    ]
    return computed(lambda payload: np.interp(payload, sizes, rows), payload_bytes).resting_on(*needed)
