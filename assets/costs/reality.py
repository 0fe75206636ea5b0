"""The model compared with what is known: traffic of a node, growth of an archive, a fleet, each part of a bill.

Belongs here: comparisons, and why one that deviates does. Does not belong here: estimates (`model.py`), drivers
(`sensitivity.py`). No estimate is based on anything here.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from assets.common.words import enumerated, number
from assets.costs.bill import Bill
from assets.costs.components import COMPONENTS, INFRASTRUCTURE
from assets.costs.distributions import Point
from assets.costs.draws import Draws
from assets.costs.inputs import BYTES_PER_KB, DAYS_PER_MONTH, SECONDS_PER_DAY, CostCatalogue, Fact, PublishedFigure
from assets.costs.model import Estimate, World
from assets.costs.sizing import needs_of
from assets.costs.whole import mean_whole
from assets.costs.workload import archived_row_bytes, connections_per_node, relayed_bytes, sent_of
from assets.evidence.quantity import MissingEvidence, Quantity, computed, total

RELAYED = "benchmarks__network_results/dst_relay_bandwidth_1_msg_per_s_libp2p_out_per_node"
GROWTH = (
    "benchmarks__postgres_results/fleet_partitions_2024_06_hong_kong_one_hour_partition_size",
    "benchmarks__postgres_results/fleet_partitions_2024_06_amsterdam_one_hour_partition_size",
)
DATABASES = (
    "costs__node_requirements/status_production_store_db_digitalocean_host_2024_08_14",
    "costs__node_requirements/status_production_store_db_digitalocean_host_2024_08_28",
)
STORE_REQUESTS = "benchmarks__postgres_results/adoption_query_store_request_rate_upper"
DATA_CENTRES = "costs__node_requirements/status_production_data_centres"
FLEET_RATE = "status_1to1_fleet_message_rate"
RATE = f"costs__workload_parameters/{FLEET_RATE}"
CHECK_INTERVAL = "costs__workload_parameters/status_1to1_missing_message_check_interval"
FACTS = (RELAYED, *GROWTH, *DATABASES, STORE_REQUESTS, DATA_CENTRES, RATE, CHECK_INTERVAL)
"""Evidence that the model is compared with, besides the published costs of others, and what is said of it."""

FLEET_HOSTS = ("status_1to1_fleet_boot_nodes", "status_1to1_fleet_store_nodes", "status_1to1_fleet_database_hosts")
STATUS_SCENARIO = "status_one_to_one"
SECONDS_PER_HOUR = 3600
SECONDS_PER_MINUTE = 60
BYTES_PER_MB = 1e6
DRIVERS_NAMED = 3
LEAST_SHARE = 0.05
"""Of the spread of a figure: an input below it is not named."""
AGREES, DIFFERS = 1.5, 3.0
"""Most times that a median lies above or below the middle of what is known, to agree with it or only to differ."""

PARTS = {
    "compute": ("compute", "addresses"),
    "database": ("database",),
    "storage": ("archive_storage", "backups"),
    "egress": ("egress",),
}
"""By what a published figure is of, the parts of a bill that are compared with it."""
PER_USER = (
    "The model: the sum of these parts in every draw, divided by the users. The middles of the parts are shown, which "
    "add up only roughly. What is known: the published figure for a month in dollars, divided by its own users, who "
    "stand in its row. The multiple divides the one by the other; of a range, by the root of the product of its ends."
)

Verdict = Literal["agrees", "differs", "deviates", "circular"]


@dataclass(frozen=True)
class CheckStep:
    """A figure on the way to what the model gives."""

    title: str
    unit: str
    value: Quantity


@dataclass(frozen=True)
class Check:
    """One comparison: what the model gives, and the range in which the known value lies, in `unit`."""

    check_id: str
    title: str
    scenario_id: str | None
    with_rln: bool | None
    unit: str
    modelled: Quantity
    known_low: float
    known_high: float
    rule: str
    """How both sides are made, without figures."""
    explanation: str
    is_circular: bool = False
    """Whether an input of the model comes from what it is compared with."""
    steps: tuple[CheckStep, ...] = ()
    parts: tuple[str, ...] = ()
    """The parts of a bill that are added up, where it is of a bill."""

    @property
    def times_known(self) -> float:
        """The median, as a multiple of the middle of the known range: its geometric mean, as factors are compared."""
        return self.modelled.middle / math.sqrt(self.known_low * self.known_high)

    @property
    def verdict(self) -> Verdict:
        """`agrees` within 1.5 times the middle of what is known, above or below; `differs` within 3; else
        `deviates`. A circular comparison says nothing."""
        if self.is_circular:
            return "circular"
        apart = max(self.times_known, 1 / self.times_known) if self.times_known > 0 else math.inf
        return "agrees" if apart <= AGREES else "differs" if apart <= DIFFERS else "deviates"


@dataclass(frozen=True)
class StatusFleet:
    """The production fleet of Status, predicted from the messages that it relays."""

    users: Quantity
    """Who send so many messages."""
    connections: Quantity
    """At peak, all together."""
    connections_per_node: Quantity
    nodes: Quantity
    database_vcpus: Quantity
    """Of all databases together, with the copies of all data centres."""
    database_hosts: Quantity
    store_requests_per_min: Quantity


def checks(estimates: Sequence[Estimate], world: World) -> list[Check]:
    """Return every comparison for which both sides are known."""
    found = []
    for compare in (_relay, _growth, _hosts, _processors, _queries):
        try:
            found.append(compare(estimates, world.catalogue, world.draws))
        except MissingEvidence:
            continue
    for estimated in estimates:
        if not estimated.with_rln and estimated.best is not None and estimated.scenario.active_users:
            found.extend(_parts(estimated, estimated.best, world.catalogue.reality_figures))
    return found


def fleet(estimates: Sequence[Estimate], catalogue: CostCatalogue, draws: Draws) -> StatusFleet:
    """Predict the production fleet of Status from its message rate, its data centres and the size of its hosts.

    Raises `MissingEvidence`.

    Users: messages of the fleet a day / all messages of a user and day. Nodes: connections of these users at peak /
    those that a node takes, in each data centre. Databases: what the scenario's users ask of them, for so many users;
    each data centre writes a copy of its own; on hosts as large as production's.
    """
    status = _of_status(estimates)
    scenario, load = status.scenario, status.load
    database = needs_of(scenario, status.with_rln, load, draws).database if load else None
    if load is None or database is None or database.archive is None:
        raise MissingEvidence("load of Status chats")
    centres = catalogue.fact(DATA_CENTRES)
    in_each = Quantity(centres.low, centres.basis)
    users = draws[f"workload/{FLEET_RATE}"] * SECONDS_PER_DAY / sent_of(scenario, draws).per_day
    share = users / float(scenario.active_users or 1)
    connections = load.peak_connections * share
    swing = draws["assumption/month_swing"]
    each = connections_per_node(catalogue)
    nodes = computed(mean_whole, connections / each / in_each, swing) * in_each
    vcpus = (database.vcpus + database.archive.insert_vcpus * centres.low) * share
    largest = max(catalogue.fact(name).high for name in DATABASES)
    hosts = computed(mean_whole, vcpus / in_each / largest, swing) * in_each
    asked = total(rate for name, rate in load.peak_database_rates.items() if name != "insert")
    return StatusFleet(users, connections, each, nodes, vcpus, hosts, asked * share * SECONDS_PER_MINUTE)


def _relay(_: Sequence[Estimate], catalogue: CostCatalogue, draws: Draws) -> Check:
    known = catalogue.fact(RELAYED)
    if known.payload_bytes is None:
        raise MissingEvidence(f"payload of {RELAYED}")
    exact = Quantity(1.0, known.basis)
    month = SECONDS_PER_DAY * DAYS_PER_MONTH
    modelled = relayed_bytes(exact * month, exact * known.payload_bytes, draws) / (month * BYTES_PER_KB)
    return Check(
        "relay_traffic_at_1_message_per_s",
        "Sent by a relay node at 1 message of 1 KB a second",
        None,
        None,
        "KB/s",
        modelled,
        known.low,
        known.high,
        "One message a second, times its bytes, times the amplification of relay, and what gossip sends anyway; over "
        "what was measured.",
        "The upper end of the amplification comes from this measurement, with idle traffic counted again "
        "besides; the lower end from the published scaling model. " + _moved_by(modelled, draws),
        is_circular=True,
    )


def _growth(estimates: Sequence[Estimate], catalogue: CostCatalogue, draws: Draws) -> Check:
    known = [catalogue.fact(name) for name in GROWTH]
    scenario = _of_status(estimates).scenario
    sent = sent_of(scenario, draws)
    archived = sent.archived_per_day / sent.per_day
    per_hour = draws[f"workload/{FLEET_RATE}"] * SECONDS_PER_HOUR
    row_bytes = archived_row_bytes(scenario, sent, catalogue, draws, table_only=True)
    modelled = per_hour * archived * row_bytes / BYTES_PER_MB
    return Check(
        "archive_growth",
        "Growth of the message table of Status production in an hour",
        None,
        None,
        "MB/h",
        modelled.resting_on(*(Quantity(1.0, fact.basis) for fact in known)),
        min(fact.low for fact in known),
        max(fact.high for fact in known),
        "The message rate of the fleet in an hour, times the share of messages that is archived, times the bytes of a "
        "row without indexes; over the middle of what is known.",
        f"Known: {number(len(known))} hosts of the Status fleet, {known[0].condition}. Model: the rate published for "
        f"that fleet in {_month(catalogue.fact(RATE))}; of its messages {archived.middle:.0%} are archived, the others "
        f"are status broadcasts; {row_bytes.middle:,.0f} bytes each. " + _moved_by(modelled, draws),
        steps=(
            CheckStep("messages of the fleet", "messages an hour", per_hour),
            CheckStep("share of messages that is archived", "of one", archived),
            CheckStep("row without indexes", "bytes", row_bytes),
        ),
    )


def _processors(estimates: Sequence[Estimate], catalogue: CostCatalogue, draws: Draws) -> Check:
    known = [catalogue.fact(name) for name in DATABASES]
    centres = catalogue.fact(DATA_CENTRES).low
    predicted = fleet(estimates, catalogue, draws)
    modelled = predicted.database_vcpus / centres
    sizes = enumerated(f"{fact.condition} in {_month(fact)}" for fact in known)
    return Check(
        "database_host_of_status_production",
        "Processors of a database host of Status production",
        None,
        None,
        "vCPUs",
        modelled.resting_on(*(Quantity(1.0, fact.basis) for fact in known)),
        min(fact.low for fact in known),
        max(fact.high for fact in known),
        "Processors that databases need for the users of that fleet, over its data centres; over the middle of what is "
        "known.",
        f"Known: one database host in each of {number(centres)} data centres, {sizes}. Model: "
        "what the users of that fleet ask of today’s schema, with planned headroom. Production had an older schema, "
        "whose queries were many times as slow. " + _moved_by(modelled, draws),
        steps=(
            CheckStep("users who send what the fleet relays", "users", predicted.users),
            CheckStep("processors of all databases", "vCPUs", predicted.database_vcpus),
            CheckStep("data centres", "data centres", Quantity(centres, catalogue.fact(DATA_CENTRES).basis)),
        ),
    )


def _hosts(estimates: Sequence[Estimate], catalogue: CostCatalogue, draws: Draws) -> Check:
    predicted = fleet(estimates, catalogue, draws)
    known = total(draws[f"workload/{name}"] for name in FLEET_HOSTS)
    modelled = (predicted.nodes + predicted.database_hosts).resting_on(known)
    return Check(
        "hosts_of_status_production",
        "Hosts of Status production",
        None,
        None,
        "hosts",
        modelled,
        known.middle,
        known.middle,
        "Users are the message rate of the fleet over what a user sends. Nodes take their connections at peak, "
        "database hosts take what they ask of databases; both are whole in each data centre. Over the sum of the hosts "
        "that are known.",
        f"Known: boot, store and database hosts. Model: {predicted.users.middle:,.0f} users send what that fleet "
        f"relays; their connections at peak fill {predicted.nodes.middle:.1f} nodes, and the databases of "
        f"{number(catalogue.fact(DATA_CENTRES).low)} data centres take {predicted.database_hosts.middle:.1f} hosts. "
        + _moved_by(modelled, draws),
        steps=(
            CheckStep("users who send what the fleet relays", "users", predicted.users),
            CheckStep("their connections at peak", "connections", predicted.connections),
            CheckStep("connections that a node takes", "connections", predicted.connections_per_node),
            CheckStep("nodes", "hosts", predicted.nodes),
            CheckStep("database hosts", "hosts", predicted.database_hosts),
        ),
    )


def _queries(estimates: Sequence[Estimate], catalogue: CostCatalogue, draws: Draws) -> Check:
    known, asked = catalogue.fact(STORE_REQUESTS), catalogue.fact(CHECK_INTERVAL)
    predicted = fleet(estimates, catalogue, draws)
    modelled = predicted.store_requests_per_min
    return Check(
        "store_requests_of_status_production",
        "Store requests of Status production at peak",
        None,
        None,
        "requests/min",
        modelled.resting_on(Quantity(1.0, known.basis)),
        known.low,
        known.high,
        "Queries of the users of that fleet in a minute at peak; over what is known.",
        f"Known of the whole fleet: {known.condition}, in {_month(known)}. Model: the users who send what that fleet "
        f"relays. Its clients are those of {asked.known_on.year}, which ask every {asked.low:g} seconds for messages "
        f"that they missed; whether those of {known.known_on.year} did is not on record. Where clients ask less, the "
        "model errs to the high side. " + _moved_by(modelled, draws),
        steps=(
            CheckStep("users who send what the fleet relays", "users", predicted.users),
            CheckStep("their queries at peak", "queries a second", modelled / SECONDS_PER_MINUTE),
        ),
    )


def _month(fact: Fact) -> str:
    return f"{fact.known_on:%B %Y}"


def _moved_by(modelled: Quantity, draws: Draws) -> str:
    """Name the inputs that the spread of a figure comes from, by squared correlation over all draws."""
    value = np.asarray(modelled.value)
    if np.ptp(value) == 0:
        return ""
    shares = {
        known.label: float(np.corrcoef(value, np.asarray(draws.value(name)))[0, 1]) ** 2
        for name, known in draws.inputs.items()
        if not isinstance(known.distribution, Point)
    }
    strongest = sorted(shares.items(), key=lambda item: -item[1])[:DRIVERS_NAMED]
    named = ", ".join(f"{label} ({share:.0%})" for label, share in strongest if share >= LEAST_SHARE)
    return f"The model's spread comes from: {named}." if named else ""


def _parts(estimated: Estimate, bill: Bill, figures: Sequence[PublishedFigure]) -> Iterator[Check]:
    """Hold each part of a bill against the published cost of the same part, of the network nearest in users."""
    users = float(estimated.scenario.active_users or 1)
    infrastructure = [name for name in bill.parts if COMPONENTS[name].is_infrastructure]
    for component in (INFRASTRUCTURE, *PARTS):
        comparable = [figure for figure in figures if figure.component == component]
        if not comparable:
            continue
        nearest = min(comparable, key=lambda figure: (_apart(figure.users, users), figure.figure_id))
        held = [part for part in PARTS if part in {component, *nearest.includes}]
        names = infrastructure if component == INFRASTRUCTURE else [name for part in held for name in PARTS[part]]
        cost = total(bill.parts[name].cost_usd_per_month for name in names)
        if cost.middle <= 0:
            continue
        per_user = (cost / users).resting_on(Quantity(1.0, nearest.basis))
        yield Check(
            f"{component}_{estimated.scenario.id}",
            f"{component.capitalize()} for a user, against {nearest.system}",
            estimated.scenario.id,
            estimated.with_rln,
            "USD per user and month",
            per_user,
            nearest.low,
            nearest.high,
            PER_USER,
            f"Known: {nearest.said}. The figure includes {', '.join(nearest.includes)}.",
            parts=tuple(names),
        )


def _apart(users: float | None, ours: float) -> float:
    """Return how far two numbers of users are apart, as a factor; the farthest where one is not known."""
    return math.inf if not users else abs(math.log(users / ours))


def _of_status(estimates: Iterable[Estimate]) -> Estimate:
    for found in estimates:
        if found.scenario.id == STATUS_SCENARIO and not found.with_rln:
            return found
    raise MissingEvidence(f"scenario {STATUS_SCENARIO}")
