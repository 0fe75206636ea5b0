"""What a scenario does in a month and at its peak: messages, queries, bytes sent by each node, bytes archived.

Belongs here: formulas from people and messages to rates and gigabytes. Not here: hosts (`sizing.py`), money.
Every value is drawn: one number per draw. The formulas with their sources are in docs/costs.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from assets.costs.draws import Draws
from assets.costs.inputs import BYTES_PER_GB, BYTES_PER_KB, DAYS_PER_MONTH, SECONDS_PER_DAY, ArchiveProbe, CostCatalogue
from assets.costs.whole import mean_whole
from assets.evidence.basis import Basis
from assets.evidence.quantity import MissingEvidence, Quantity, computed, total
from assets.evidence.tables.costs import Scenario

RELAY_AMPLIFICATION = "vanilla_waku_relay_egress_amplification"
RELAY_IDLE = "vanilla_waku_relay_idle_egress"
DISCOVERY = "vanilla_waku_discovery_egress"
REPLY_BASE = "vanilla_waku_store_reply_base"
REPLY_HASH = "vanilla_waku_store_reply_hash"
HASHES_PER_PAGE = "status_1to1_missing_message_check_page"

USERS_PER_SHARD = "costs__workload_parameters/community_active_users_per_shard"
MAX_CONNECTIONS = "costs__node_requirements/status_production_max_connections"

BY_RUN = "runs/"
"""How the unit of a rate begins that counts runs of several messages each."""
WHILE_ONLINE = frozenset({"msg/h", "msg/day per running client", "msg/day per member and community"})
"""Units of rates that hold while a client is online: by the active hour, or while it runs."""

SECONDS_PER_MONTH = SECONDS_PER_DAY * DAYS_PER_MONTH


@dataclass(frozen=True)
class ScenarioLoad:
    """What a scenario does."""

    own_messages_per_month: Quantity
    """What people write: without messages of control."""
    message_bytes: Quantity
    """Payload of what people write, on average."""
    messages_per_sender_day: Quantity
    """All that one sender publishes, messages of control as well."""
    peak_messages_per_s: Quantity
    """Relayed by each node: those of one shard."""
    shards: Quantity
    """Parts of the network that nodes and archives of their own can serve, not a whole number; one at least."""
    peak_connections: Quantity
    """Of all users together; 0 where nobody publishes how many users there are."""
    connections_per_node: Quantity
    relay_egress_gb: Quantity
    """Sent to the internet by each node to its peers, GB a month."""
    shared_egress_gb: Quantity
    """Sent to the internet by all nodes together, GB a month: to light clients, and answers to their queries."""
    archived_messages_per_s: Quantity
    """On average, of all shards; 0 without an archive."""
    archived_bytes_per_message: Quantity | None
    """With all indexes; None without an archive."""
    peak_database_rates: Mapping[str, Quantity]
    """Messages archived, pages of checks for missing messages (queries by content topic) and fetches of what was
    missing (queries by hash) a second, of all shards, by the names of `CAPACITY_WORKLOADS`; empty without an
    archive."""
    archive_messages: Quantity | None
    """Messages in the archive of one shard once the retention time is full; None without an archive."""
    archive_gb: Quantity | None
    """One copy of the archives of all shards."""


@dataclass(frozen=True)
class Sent:
    """What one sender publishes a day, and what a message of each kind weighs."""

    content: Quantity
    """What people write."""
    kept_control: Quantity
    """Messages of control that are archived."""
    passing_control: Quantity
    """Messages of control that are relayed only."""
    content_bytes: Quantity
    kept_bytes: Quantity
    passing_bytes: Quantity

    @property
    def per_day(self) -> Quantity:
        """All messages."""
        return self.content + self.kept_control + self.passing_control

    @property
    def archived_per_day(self) -> Quantity:
        """All that are archived."""
        return self.content + self.kept_control

    def bytes_per_day(self, proof_bytes: Quantity | float) -> Quantity:
        """All bytes of payload, with a proof of `proof_bytes` for each message."""
        kinds = (
            (self.content, self.content_bytes),
            (self.kept_control, self.kept_bytes),
            (self.passing_control, self.passing_bytes),
        )
        return total(number * (size + proof_bytes) for number, size in kinds)


def sent_of(scenario: Scenario, draws: Draws) -> Sent:
    """Return what one sender publishes. Raises `MissingEvidence`.

    A rate by the active hour holds in the hours in which a client is online (`client_online_share`), as do messages
    that a client sends while it runs. The size of content is the mean of text and media, by the share of messages with
    media.
    """
    content_bytes = draws[f"workload/{scenario.message_bytes_id}"]
    if scenario.media_bytes_id and scenario.media_share_id:
        share = draws[f"workload/{scenario.media_share_id}"]
        content_bytes = content_bytes + (draws[f"workload/{scenario.media_bytes_id}"] - content_bytes) * share
    nothing = content_bytes * 0.0
    return Sent(
        content=_per_day(scenario.message_rate_id, draws) * scenario.message_rate_factor,
        kept_control=sum((_per_day(name, draws) for name in scenario.kept_control_ids), nothing),
        passing_control=sum((_per_day(name, draws) for name in scenario.passing_control_ids), nothing),
        content_bytes=content_bytes,
        kept_bytes=draws["assumption/kept_control_bytes"] if scenario.kept_control_ids else nothing,
        passing_bytes=draws["assumption/passing_control_bytes"] if scenario.passing_control_ids else nothing,
    )


def _per_day(rate_id: str, draws: Draws) -> Quantity:
    """Return a rate as it is stated, in the share of a day in which it holds."""
    rate = draws[f"workload/{rate_id}"]
    unit = draws.inputs[f"workload/{rate_id}"].unit
    if unit.startswith(BY_RUN):
        rate = rate * draws["assumption/messages_per_backup"]
    return rate * draws["assumption/client_online_share"] if unit in WHILE_ONLINE else rate


def load_of(scenario: Scenario, with_rln: bool, catalogue: CostCatalogue, draws: Draws) -> ScenarioLoad:
    """Return the load of a scenario in every draw. Raises `MissingEvidence`.

    Senders are spread over shards, each with as many as one may have at most. A node relays the messages of one shard:
    messages x wire bytes x amplification, gossip and discovery when nobody speaks. All nodes together push to the light
    clients that are online and answer to what these publish; nodes with an archive answer queries. Clients check for
    missing messages while they are online. A check is a query for each page that the hashes sent since the one before
    fill, at least one, and a fetch by hash of all that it misses at once, if it misses any
    (`missing_message_check_interval` of the workload parameters). At peak more messages are sent and more clients are
    online, at most all of them.
    """
    sent, peak = sent_of(scenario, draws), draws["assumption/peak_factor"]
    proof: Quantity | float = draws["rln/proof_overhead_per_message"] if with_rln else 0.0
    most = catalogue.fact(USERS_PER_SHARD)
    limit = Quantity(most.high, most.basis)
    shards = computed(lambda users: np.maximum(users, 1.0), limit * 0.0 + scenario.network_senders / limit.mean)
    per_day = sent.per_day
    per_shard_day = per_day * scenario.network_senders / shards
    relay_bytes = relayed_bytes(per_shard_day * DAYS_PER_MONTH, sent.bytes_per_day(proof) / per_day, draws) + draws[
        f"workload/{DISCOVERY}"
    ] * (BYTES_PER_KB * SECONDS_PER_MONTH)
    users = float(scenario.active_users or 0)
    online, at_peak = _online(scenario, draws)
    own_messages = sent.content * (scenario.own_senders * DAYS_PER_MONTH)
    wire_bytes = sent.content_bytes + proof
    shared_bytes = wire_bytes * 0.0
    if scenario.light_client_share > 0:
        delivered = sent.content * (scenario.network_senders * DAYS_PER_MONTH * scenario.receivers_per_message)
        pushed = delivered * online * wire_bytes + own_messages * draws[f"workload/{REPLY_BASE}"]
        shared_bytes = shared_bytes + pushed * scenario.light_client_share

    rates: dict[str, Quantity] = {}
    kept = archive = row_bytes = None
    archived_per_s = sent.content * 0.0
    if scenario.retention_days_id and scenario.store_queries_id and scenario.active_users:
        archived_per_s = sent.archived_per_day * (scenario.network_senders / SECONDS_PER_DAY)
        all_checks_per_day = draws[f"workload/{scenario.store_queries_id}"] * users
        awaited = sent.content * (scenario.network_senders * scenario.receivers_per_message) / all_checks_per_day
        missing_share, swing = draws["assumption/missing_message_share"], draws["assumption/month_swing"]
        pages = _pages(awaited, swing, draws)
        replied = pages * draws[f"workload/{REPLY_BASE}"] + awaited * draws[f"workload/{REPLY_HASH}"]
        answered = replied + awaited * missing_share * wire_bytes
        shared_bytes = shared_bytes + all_checks_per_day * online * answered * DAYS_PER_MONTH
        checks_at_peak_per_s = all_checks_per_day * at_peak / SECONDS_PER_DAY
        rates = {
            "insert": archived_per_s * peak,
            "first_page_20": checks_at_peak_per_s * _pages(awaited * peak, swing, draws),
            "by_hashes": checks_at_peak_per_s
            * computed(lambda missed: np.minimum(missed, 1.0), awaited * peak * missing_share),
        }
        kept_days = draws[f"workload/{scenario.retention_days_id}"] * draws["assumption/retention_overrun"]
        row_bytes = archived_row_bytes(scenario, sent, catalogue, draws)
        kept_of_all = archived_per_s * kept_days * SECONDS_PER_DAY
        kept, archive = kept_of_all / shards, kept_of_all * row_bytes / BYTES_PER_GB
    return ScenarioLoad(
        own_messages_per_month=own_messages,
        message_bytes=sent.content_bytes,
        messages_per_sender_day=per_day,
        peak_messages_per_s=per_shard_day * peak / SECONDS_PER_DAY,
        shards=shards,
        peak_connections=at_peak * users * draws["assumption/connections_per_client"] if users else at_peak * 0.0,
        connections_per_node=connections_per_node(catalogue),
        relay_egress_gb=relay_bytes / BYTES_PER_GB,
        shared_egress_gb=shared_bytes / BYTES_PER_GB,
        archived_messages_per_s=archived_per_s,
        archived_bytes_per_message=row_bytes,
        peak_database_rates=rates,
        archive_messages=kept,
        archive_gb=archive,
    )


def _online(scenario: Scenario, draws: Draws) -> tuple[Quantity, Quantity]:
    """Return the share of clients that is online, on average and at peak."""
    if not scenario.active_users:
        # None, as the scenario says by naming no users.
        none = Quantity(0.0, Basis(scenario.grade, frozenset({f"costs__scenarios/{scenario.id}"})))
        return none, none
    online = draws["assumption/client_online_share"]
    return online, computed(lambda share: np.minimum(share, 1.0), online * draws["assumption/peak_factor"])


def connections_per_node(catalogue: CostCatalogue) -> Quantity:
    """Return how many connections one node takes. Raises `MissingEvidence`."""
    most = catalogue.fact(MAX_CONNECTIONS)
    return Quantity(most.high, most.basis)


def archived_row_bytes(
    scenario: Scenario, sent: Sent, catalogue: CostCatalogue, draws: Draws, *, table_only: bool = False
) -> Quantity:
    """Return what an archived message takes on average, bytes: text, media and control, each by its own size.

    Raises `MissingEvidence`.
    """

    def row(payload: Quantity) -> Quantity:
        return archived_bytes(payload, catalogue.probes, table_only=table_only)

    content = row(draws[f"workload/{scenario.message_bytes_id}"])
    if scenario.media_bytes_id and scenario.media_share_id:
        media = row(draws[f"workload/{scenario.media_bytes_id}"])
        content = content + (media - content) * draws[f"workload/{scenario.media_share_id}"]
    if scenario.kept_control_ids:
        all_kept = sent.archived_per_day
        content = (content * sent.content + row(sent.kept_bytes) * sent.kept_control) / all_kept
    return content * draws["archive/row_size"]


def relayed_bytes(messages_per_month: Quantity, wire_bytes: Quantity, draws: Draws) -> Quantity:
    """Return what one node sends by relay in a month, bytes: what messages cause, and what gossip sends anyway."""
    idle = draws[f"workload/{RELAY_IDLE}"] * (BYTES_PER_KB * SECONDS_PER_MONTH)
    return messages_per_month * wire_bytes * draws[f"workload/{RELAY_AMPLIFICATION}"] + idle


def _pages(awaited: Quantity, swing: Quantity, draws: Draws) -> Quantity:
    """Return the pages of an answer with `awaited` hashes, on average: one at least."""
    return computed(mean_whole, awaited / draws[f"workload/{HASHES_PER_PAGE}"], swing)


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
