"""The model held against what is known: traffic of a node, growth of an archive, size of a fleet, cost of a user.

Belongs here: comparisons, and why one that deviates does. Does not belong here: estimates (`model.py`), drivers
(`sensitivity.py`). No estimate rests on anything here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from assets.costs.budget import BAND
from assets.costs.distributions import Point
from assets.costs.draws import Draws
from assets.costs.hosting import scenario_basis
from assets.costs.inputs import BYTES_PER_KB, DAYS_PER_MONTH, SECONDS_PER_DAY, Catalogue, Fact
from assets.costs.model import Estimate, World
from assets.costs.sensitivity import Driver
from assets.costs.sizing import DATABASE, host_needs
from assets.costs.workload import SECONDS_PER_MONTH, archived_bytes, relayed_bytes
from assets.evidence.quantity import MissingEvidence, Quantity, total

RELAYED = "benchmarks__network_results/dst_relay_bandwidth_1_msg_per_s_libp2p_out_per_node"
RELAYED_BYTES = 1024
"""Payload in that measurement."""
GROWTH = (
    "benchmarks__postgres_results/fleet_partitions_2024_06_hong_kong_one_hour_partition_size",
    "benchmarks__postgres_results/fleet_partitions_2024_06_amsterdam_one_hour_partition_size",
)
FLEET = (
    "costs__node_requirements/status_production_store_db_digitalocean_host_2024_08_14",
    "costs__node_requirements/status_production_store_db_digitalocean_host_2024_08_28",
)
STORE_REQUESTS = "benchmarks__postgres_results/adoption_query_store_request_rate_upper"
DATA_CENTRES = "costs__node_requirements/status_production_data_centres"
FACTS = (RELAYED, *GROWTH, *FLEET, STORE_REQUESTS, DATA_CENTRES, BAND)
"""Evidence that the model is held against."""

FLEET_RATE = "status_1to1_fleet_message_rate"
FLEET_HOSTS = ("status_1to1_fleet_boot_nodes", "status_1to1_fleet_store_nodes", "status_1to1_fleet_database_hosts")
IMPLIED_PAYLOAD = "status_1to1_payload_mean_bytes_implied"
STATUS_SCENARIO = "status_one_to_one"
SECONDS_PER_HOUR = 3600
SECONDS_PER_MINUTE = 60
BYTES_PER_MB = 1e6
DRIVERS_NAMED = 3
LEAST_SHARE = 0.05
"""Of the spread of a figure: an input below it is not named."""

Verdict = Literal["agrees", "overlaps", "deviates"]


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
    explanation: str

    @property
    def verdict(self) -> Verdict:
        """`agrees`: the median lies in the known range, or the one known value between percentiles 5 and 95.

        `overlaps`: only the ends of the two have a value in common. `deviates`: they have none.
        """
        low, middle, high = np.quantile(np.asarray(self.modelled.value), [0.05, 0.5, 0.95])
        is_point = self.known_low == self.known_high
        if self.known_low <= middle <= self.known_high or (is_point and low <= self.known_low <= high):
            return "agrees"
        return "overlaps" if low <= self.known_high and self.known_low <= high else "deviates"


def checks(
    estimates: Sequence[Estimate], drivers: Mapping[tuple[str, bool], Sequence[Driver]], world: World
) -> list[Check]:
    """Return every comparison for which both sides are known."""
    found = []
    for compare in (_relay, _growth, _hosts, _processors, _queries):
        try:
            found.append(compare(estimates, world.catalogue, world.draws))
        except MissingEvidence:
            continue
    band = world.catalogue.facts.get(BAND)
    if band is not None:
        found.extend(_bands(estimates, drivers, band, world.catalogue))
    return found


def _relay(_: Sequence[Estimate], catalogue: Catalogue, draws: Draws) -> Check:
    known = catalogue.fact(RELAYED)
    exact = Quantity(1.0, known.grade, known.evidence_ids)
    month = SECONDS_PER_DAY * DAYS_PER_MONTH
    modelled = relayed_bytes(exact * month, exact * RELAYED_BYTES, draws) / (month * BYTES_PER_KB)
    return Check(
        "relay_traffic_at_1_message_per_s",
        "Sent by a relay node at 1 message of 1 KB a second",
        None,
        None,
        "KB/s",
        modelled,
        known.low,
        known.high,
        "Circular: the upper end of the amplification comes from this measurement, with idle traffic counted again "
        "besides; the lower end from the published scaling model. That they agree proves nothing. "
        + _moved_by(modelled, draws),
    )


def _growth(estimates: Sequence[Estimate], catalogue: Catalogue, draws: Draws) -> Check:
    known = [catalogue.fact(name) for name in GROWTH]
    found = _of_status(estimates)
    payload = draws[f"workload/{found.scenario.message_bytes_id}"]
    per_hour = draws[f"workload/{FLEET_RATE}"] * SECONDS_PER_HOUR
    modelled = per_hour * archived_bytes(payload, catalogue.probes, table_only=True) / BYTES_PER_MB
    facts = [Quantity(1.0, fact.grade, fact.evidence_ids) for fact in known]
    return Check(
        "archive_growth",
        "Growth of the message table in an hour",
        None,
        None,
        "MB/h",
        modelled.resting_on(*facts),
        min(fact.low for fact in known),
        max(fact.high for fact in known),
        "Known: two hosts of the Status fleet in May 2024, tables without indexes. Model: the rate published for that "
        "fleet half a year before, half to twice, with the mean payload of the published scaling model as hex text. "
        f"{_implied(draws, payload)}{_moved_by(modelled, draws)}",
    )


def _processors(estimates: Sequence[Estimate], catalogue: Catalogue, draws: Draws) -> Check:
    known = [catalogue.fact(name) for name in FLEET]
    found = _of_status(estimates)
    if found.load is None:
        raise MissingEvidence("load of Status chats")
    need = next(
        (n for n in host_needs(found.scenario, with_rln=False, load=found.load, draws=draws) if n.role == DATABASE),
        None,
    )
    if need is None:
        raise MissingEvidence("database of Status chats")
    facts = [Quantity(1.0, fact.grade, fact.evidence_ids) for fact in known]
    return Check(
        "database_host_of_status_production",
        "Processors of a database host",
        found.scenario.id,
        None,
        "vCPUs",
        need.vcpus.resting_on(*facts),
        min(fact.low for fact in known),
        max(fact.high for fact in known),
        "Known: one database host in each of three data centres, before and after it was doubled for a release; one is "
        "not a copy of another. Model: the load of the scenario's users with planned headroom, processors from "
        f"{need.basis}. Production had an older schema then, its users are not known, and what a larger archive than "
        "the measured ones takes is not in it; memory decides which host is taken. " + _moved_by(need.vcpus, draws),
    )


def _hosts(estimates: Sequence[Estimate], catalogue: Catalogue, draws: Draws) -> Check:
    found = _of_status(estimates)
    centres = catalogue.fact(DATA_CENTRES)
    known = total(draws[f"workload/{name}"] for name in FLEET_HOSTS) / centres.low
    if found.best is None or found.best.place is None:
        raise MissingEvidence("a bill of Status chats")
    place, nodes = found.best.place, found.scenario.relay_nodes + found.scenario.store_nodes
    databases = place.databases[0].hosts if place.databases else 0
    basis = scenario_basis(found.scenario).resting_on(
        known, Quantity(1.0, centres.grade, centres.evidence_ids), *(choice.need.vcpus for choice in place.hosts)
    )
    return Check(
        "hosts_of_status_production",
        "Hosts in one data centre",
        found.scenario.id,
        None,
        "hosts",
        basis * float(nodes + databases),
        known.middle,
        known.middle,
        f"Known: boot, store and database hosts of Status production, shared by {centres.low:g} data centres. Model: "
        f"{nodes} nodes, which the scenario states after that fleet, so that they prove nothing; and {databases} for "
        "the database, the cheapest way to be large enough in nineteen of twenty draws. Production grew its one "
        "database host instead, and its users are not known.",
    )


def _queries(estimates: Sequence[Estimate], catalogue: Catalogue, draws: Draws) -> Check:
    known = catalogue.fact(STORE_REQUESTS)
    load = _of_status(estimates).load
    if load is None or load.peak_pages_per_s is None or load.peak_fetches_per_s is None:
        raise MissingEvidence("store queries of Status chats")
    queries_per_s = load.peak_pages_per_s + load.peak_fetches_per_s
    for_each_message = queries_per_s / (load.own_messages_per_month / SECONDS_PER_MONTH)
    modelled = for_each_message * draws[f"workload/{FLEET_RATE}"] * SECONDS_PER_MINUTE
    return Check(
        "store_requests_of_status_production",
        "Store requests at peak, at the fleet's message rate",
        STATUS_SCENARIO,
        None,
        "requests/min",
        modelled.resting_on(Quantity(1.0, known.grade, known.evidence_ids)),
        known.low,
        known.high,
        "Known: the usual ceiling of the whole fleet in November 2023. Model: the scenario's queries for each message, "
        "times that fleet's messages. Its clients are those of 2025, which ask every minute for messages that they "
        "missed; whether those of 2023 did is not on record. Where clients ask less, the model errs to the high side. "
        + _moved_by(modelled, draws),
    )


def _implied(draws: Draws, payload: Quantity) -> str:
    """Compare the payload that the partitions imply with that of the model."""
    name = f"workload/{IMPLIED_PAYLOAD}"
    if name not in draws.inputs:
        return ""
    return (
        f"At that rate the known partitions imply a mean payload of about {draws[name].middle:,.0f} bytes; the model's "
        f"median is {payload.middle:,.0f}. That fleet's many small control messages may be why. "
    )


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


def _bands(
    estimates: Iterable[Estimate],
    drivers: Mapping[tuple[str, bool], Sequence[Driver]],
    band: Fact,
    catalogue: Catalogue,
) -> Iterable[Check]:
    for found in estimates:
        best, users = found.best, found.scenario.active_users
        if best is None or best.total is None or users is None:
            continue
        per_user = (best.total / users).resting_on(Quantity(1.0, band.grade, band.evidence_ids))
        inside = float(np.mean((np.asarray(per_user.value) >= band.low) & (np.asarray(per_user.value) <= band.high)))
        parts = sorted(best.parts.items(), key=lambda item: -item[1].cost_usd_per_month.mean)
        largest = ", ".join(
            f"{name.replace('_', ' ')} {part.cost_usd_per_month.mean / best.total.mean:.0%}" for name, part in parts[:3]
        )
        named = ", ".join(
            f"{catalogue.inputs[driver.name].label} ({driver.total_index:.0%})"
            for driver in drivers.get((found.scenario.id, found.with_rln), ())[:DRIVERS_NAMED]
        )
        yield Check(
            f"sanity_band_{found.scenario.id}_{'rln' if found.with_rln else 'without_rln'}",
            "Cost of an active user, against comparable text-only hosting without people",
            found.scenario.id,
            found.with_rln,
            "USD per user and month",
            per_user,
            band.low,
            band.high,
            f"{inside:.0%} of draws are in the band. {_why(per_user, band, users)}"
            f"Largest parts of the bill: {largest}. Largest drivers of its uncertainty: {named or 'none'}.",
        )


def _why(per_user: Quantity, band: Fact, users: int) -> str:
    if per_user.middle > band.high:
        return f"Above it: the smallest complete fleet is shared by {users:,} users only. "
    if per_user.middle < band.low:
        return "Below it: no staff, no second data centre, and hosts that carry more users than these. "
    return ""


def _of_status(estimates: Iterable[Estimate]) -> Estimate:
    for found in estimates:
        if found.scenario.id == STATUS_SCENARIO and not found.with_rln:
            return found
    raise MissingEvidence(f"scenario {STATUS_SCENARIO}")
