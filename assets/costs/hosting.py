"""What one provider in one region takes for a scenario: servers, database, archive, backups, traffic.

Belongs here: the plan (which offers are taken) and its cost in every draw. Does not belong here: comparing providers,
chain costs and totals (`model.py`).

A plan is made once, from a sample, and priced many times: a buyer decides before he knows which draw comes true.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from assets.costs.draws import Draws
from assets.costs.inputs import AddressPrice, Catalogue, EgressTier, ManagedOffer, VolumePrice
from assets.costs.prices import MANAGED_AT, cheapest_volume, covers, drawn, sold_gb, tiered_cost
from assets.costs.sizing import DATABASE, HostChoice, HostNeed, billed_egress_gb, cheapest_host
from assets.costs.workload import Load
from assets.evidence.model import Grade
from assets.evidence.quantity import MissingEvidence, Quantity, computed, total
from assets.evidence.tables.costs import Scenario

SELF_MANAGED, MANAGED = "self_managed_postgresql", "managed_postgresql"


@dataclass(frozen=True)
class Part:
    """One line of the bill: USD a month in every draw, the amount that is bought, and what was chosen."""

    cost_usd_per_month: Quantity
    amount: Quantity | None
    note: str = ""
    choice_id: str | None = None


@dataclass(frozen=True)
class DatabaseOption:
    """One way to run the databases: on one's own hosts with volumes, or hosted by the provider."""

    kind: str
    hosts: int
    own: HostChoice | None
    hosted: ManagedOffer | None
    volume: VolumePrice | None
    backup: VolumePrice | None


@dataclass(frozen=True)
class Place:
    """One provider in one region, with what was chosen there."""

    provider: str
    region: str
    nodes: tuple[HostChoice, ...]
    address: AddressPrice
    """Of each node; a database host only talks to its neighbours and needs none."""
    tiers: tuple[EgressTier, ...]
    databases: tuple[DatabaseOption, ...]
    """Cheapest first, the first is taken; empty for a scenario without archive."""

    @property
    def hosts(self) -> tuple[HostChoice, ...]:
        """All hosts that are rented."""
        own = self.databases[0].own if self.databases else None
        return (*self.nodes, own) if own else self.nodes


def plan_place(
    place: tuple[str, str],
    scenario: Scenario,
    needs: Sequence[HostNeed],
    load: Load,
    confidence: float,
    catalogue: Catalogue,
    draws: Draws,
) -> Place:
    """Choose offers of one (provider, region). Raises `MissingEvidence` for what is needed and has no price."""
    provider, region = place
    offers = [offer for offer in catalogue.offers if (offer.provider, offer.region) == place]
    volumes = [price for price in catalogue.volume_prices if covers(price, provider, region)]
    disk = cheapest_volume(volumes, scenario.host_disk_gb)
    tiers = tuple(tier for tier in catalogue.egress_tiers if covers(tier, provider, region))
    nodes = tuple(cheapest_host(need, scenario, offers, disk, confidence) for need in needs if need.role != DATABASE)
    address = min(
        (price for price in catalogue.address_prices if covers(price, provider, region)),
        key=lambda price: (price.cost_usd_per_month.mean, price.price_id),
        default=None,
    )
    if address is None:
        raise MissingEvidence("price of a public IPv4 address")
    databases = [need for need in needs if need.role == DATABASE]
    if not databases:
        return Place(provider, region, nodes, address, tiers, ())
    volume = cheapest_volume(volumes, float(np.max(volume_gb(load, draws).value)))
    backup = min(
        (price for price in catalogue.backup_prices if covers(price, provider, region)),
        key=lambda price: (price.cost_usd_per_gb_month.mean, price.price_id),
        default=None,
    )
    options, obstacle = [], ""
    # The more hosts share the queries, the less each needs: what is missing last is missing in every case.
    for need in databases:
        options.extend(_hosted_options(place, scenario, need, confidence, catalogue))
        try:
            own = cheapest_host(need, scenario, offers, disk, confidence)
            options.append(DatabaseOption(SELF_MANAGED, need.hosts, own, None, volume, backup))
        except MissingEvidence as missing:
            obstacle = str(missing)
    priced = []
    for option in options:
        try:
            priced.append((option_cost(option, load, scenario, draws).mean, option.kind, option))
        except MissingEvidence as missing:
            obstacle = str(missing)
    if not priced:
        raise MissingEvidence(obstacle or "price of a database")
    ordered = sorted(priced, key=lambda found: found[:2])
    best_of_kind = {kind: option for _, kind, option in reversed(ordered)}
    chosen = sorted(best_of_kind.values(), key=lambda option: [o for *_, o in ordered].index(option))
    return Place(provider, region, nodes, address, tiers, tuple(chosen))


def _hosted_options(
    place: tuple[str, str], scenario: Scenario, need: HostNeed, confidence: float, catalogue: Catalogue
) -> list[DatabaseOption]:
    return [
        DatabaseOption(MANAGED, need.hosts, None, offer, None, None)
        for offer in catalogue.managed_offers
        if (MANAGED_AT.get(offer.provider), offer.region) == place
        and offer.vcpu_kind in scenario.vcpu_kinds
        and need.probability(offer.vcpus, offer.memory_gib) >= confidence
    ]


def option_cost(option: DatabaseOption, load: Load, scenario: Scenario, draws: Draws) -> Quantity:
    """Return database, storage and backups together, USD a month."""
    return total(part.cost_usd_per_month for part in database_parts(option, load, scenario, draws).values())


def volume_gb(load: Load, draws: Draws) -> Quantity:
    """Return the volume that one copy of the archive needs, GB: it is not filled to the last byte."""
    if load.archive_gb is None:
        raise MissingEvidence("size of the archive")
    return load.archive_gb / draws["assumption/disk_fill"]


def database_parts(option: DatabaseOption, load: Load, scenario: Scenario, draws: Draws) -> dict[str, Part]:
    """Return database, archive_storage and backups of one way to run them. Raises `MissingEvidence` for a price."""
    if load.archive_gb is None:
        raise MissingEvidence("size of the archive")
    needed_gb = volume_gb(load, draws)
    backup_gb = load.archive_gb * draws["assumption/backup_share"] * option.hosts
    if option.hosted is not None:
        return _hosted_parts(option.hosted, option.hosts, needed_gb, backup_gb, draws)
    if option.own is None or option.volume is None:
        raise MissingEvidence("price of a volume for the archive")
    if option.backup is None:
        raise MissingEvidence("price of storage for backups")
    provider, volume, backup = option.own.offer.provider, option.volume, option.backup
    hosts = scenario_basis(scenario) * option.hosts
    stored_gb = sold_gb(volume, needed_gb) * option.hosts
    return {
        "database": Part(
            hosts_cost([option.own], scenario, draws),
            hosts,
            f"self-managed PostgreSQL on {_named(option.own)}; processors from {option.own.need.basis}",
            option.own.offer.offer_id,
        ),
        "archive_storage": Part(
            stored_gb * drawn(volume.cost_usd_per_gb_month, provider, draws),
            stored_gb,
            f"volumes at USD {volume.cost_usd_per_gb_month.mean:.4f} a GB and month, not filled to the last byte",
            volume.price_id,
        ),
        "backups": Part(
            backup_gb * drawn(backup.cost_usd_per_gb_month, provider, draws),
            backup_gb,
            f"at USD {backup.cost_usd_per_gb_month.mean:.4f} a GB and month",
            backup.price_id,
        ),
    }


def _hosted_parts(
    offer: ManagedOffer, hosts: int, needed_gb: Quantity, backup_gb: Quantity, draws: Draws
) -> dict[str, Part]:
    price = drawn(offer.cost_usd_per_month, offer.provider, draws)
    unit = price / offer.cost_usd_per_month.mean  # its other prices err and change as the price of the plan does
    beyond = computed(lambda gb: np.maximum(gb - offer.included_storage_gb, 0.0), needed_gb)
    if offer.storage_usd_per_gb_month is None and float(np.max(beyond.value)) > 0:
        raise MissingEvidence(f"price of further storage of {offer.offer_id}")
    if offer.backup_usd_per_gb_month is None:
        raise MissingEvidence(f"price of backups of {offer.offer_id}")
    return {
        "database": Part(
            price * hosts, price * 0.0 + hosts, f"hosted PostgreSQL, {hosts} x {offer.offer_id}", offer.offer_id
        ),
        "archive_storage": Part(
            beyond * unit * ((offer.storage_usd_per_gb_month or 0.0) * hosts),
            beyond * hosts,
            f"beyond the {offer.included_storage_gb:,.0f} GB in the price of the plan",
            offer.offer_id,
        ),
        "backups": Part(
            backup_gb * unit * offer.backup_usd_per_gb_month,
            backup_gb,
            f"at USD {offer.backup_usd_per_gb_month:.4f} a GB and month",
            offer.offer_id,
        ),
    }


def hosts_cost(choices: Sequence[HostChoice], scenario: Scenario, draws: Draws) -> Quantity:
    """Return what hosts cost with their system disks, USD a month: hosts x (server + GB of disk x price of a GB)."""
    costs = []
    for choice in choices:
        provider = choice.offer.provider
        each = drawn(choice.offer.cost_usd_per_month, provider, draws)
        if choice.system_disk is not None:
            disk = drawn(choice.system_disk.cost_usd_per_gb_month, provider, draws)
            each = each + disk * (choice.system_disk.disk_gb or scenario.host_disk_gb)
        costs.append((each * choice.need.hosts).resting_on(choice.need.vcpus, choice.need.memory_gib))
    return total(costs)


def place_parts(place: Place, load: Load, scenario: Scenario, draws: Draws) -> dict[str, Part]:
    """Return all parts of the bill that the place decides, in every draw. Raises `MissingEvidence` for a price."""
    none = scenario_basis(scenario) * 0.0
    nodes = none + float(sum(choice.need.hosts for choice in place.nodes))
    parts = {
        "compute": Part(
            hosts_cost(place.nodes, scenario, draws),
            nodes,
            ", ".join(_named(choice) for choice in place.nodes),
            "; ".join(dict.fromkeys(choice.offer.offer_id for choice in place.nodes)),
        ),
        "addresses": Part(
            drawn(place.address.cost_usd_per_month, place.provider, draws) * nodes,
            nodes,
            "a public IPv4 address for each node, none for a database",
            place.address.price_id,
        ),
        **{name: Part(none, none, "no archive") for name in ("database", "archive_storage", "backups")},
    }
    if place.databases:
        parts |= database_parts(place.databases[0], load, scenario, draws)
    sent = {"relay": load.relay_egress_gb, "store": load.store_egress_gb}
    senders = [replace(choice, need=replace(choice.need, egress_gb=sent[choice.need.role])) for choice in place.nodes]
    billed = billed_egress_gb(senders) or none
    parts["egress"] = Part(
        tiered_cost(billed, place.tiers, draws),
        billed,
        "beyond what the servers' prices include",
        "; ".join(tier.price_id for tier in place.tiers) if billed.mean > 0 else None,
    )
    return {
        name: replace(part, cost_usd_per_month=part.cost_usd_per_month.resting_on(none)) for name, part in parts.items()
    }


def scenario_basis(scenario: Scenario) -> Quantity:
    """The scenario as evidence: every figure rests on its assumptions."""
    return Quantity(1.0, Grade(scenario.grade), frozenset({f"costs__scenarios/{scenario.id}"}))


def _named(choice: HostChoice) -> str:
    return f"{choice.need.hosts} x {choice.offer.offer_id} ({choice.need.role})"
