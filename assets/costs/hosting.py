"""Every way to run the nodes or databases of a scenario at one place, with what it costs.

Belongs here: the price of hosts of one kind with their archive, backups and traffic. Does not belong here: what a place
sells (`places.py`), how many hosts are rented (`fleets.py`), which way is the cheapest (`cheapest.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from assets.costs.draws import Draws
from assets.costs.fleets import Fleet, backup_gb, fleets_of, needed_hosts, rented_hosts, volume_gb
from assets.costs.inputs import ManagedOffer, ServerOffer, VolumePrice
from assets.costs.places import ProviderRegion, own_disk_gb
from assets.costs.prices import drawn, tiered_cost
from assets.costs.sizing import DATABASE, KeptArchive, Need
from assets.costs.whole import mean_whole
from assets.evidence.quantity import MissingEvidence, Quantity, Value
from assets.evidence.tables.costs import Scenario


@dataclass(frozen=True)
class Way:
    """One way to run the hosts of a role: all of one kind, with its cost by component and what it is based on."""

    role: str
    choice_id: str
    fleet: Fleet
    costs: Mapping[str, Quantity]
    """USD a month by component; without those that cost nothing this way."""
    is_managed: bool = False

    @cached_property
    def total(self) -> Value:
        """USD a month, all components together."""
        return summed(self.costs)

    @cached_property
    def mean(self) -> float:
        """The mean of the total over all draws."""
        return float(np.mean(self.total))


def ways_of(
    need: Need,
    place: ProviderRegion,
    scenario: Scenario,
    draws: Draws,
    held_at: float | None = None,
    *,
    managed: bool = False,
) -> list[Way]:
    """Return every way to run the hosts of a role, each of one kind of server. Raises `MissingEvidence` if there is
    none.

    Hosts are those of the mean month of each draw or, with `held_at`, those that are enough in this share of draws.
    With `managed`, also PostgreSQL that the provider runs.
    """
    found: list[Way] = []
    missing = ""
    for offer in place.offers:
        if offer.vcpus < need.least_vcpus or offer.memory_gib < need.least_memory_gib:
            continue
        try:
            found.extend(_on_servers(need, offer, place, scenario, draws, held_at))
        except MissingEvidence as unknown:
            missing = str(unknown)
    for hosted in place.managed if managed else ():
        if hosted.vcpus < need.least_vcpus or hosted.memory_gib < need.least_memory_gib:
            continue
        try:
            found.append(_on_managed(need, hosted, draws, held_at))
        except MissingEvidence as unknown:
            missing = str(unknown)
    if not found:
        least = f"{need.least_vcpus:g} vCPUs and {need.least_memory_gib:g} GiB"
        raise MissingEvidence(missing or f"offer with {least} or more ({need.role})")
    return found


def _on_servers(
    need: Need, offer: ServerOffer, place: ProviderRegion, scenario: Scenario, draws: Draws, held_at: float | None
) -> Iterator[Way]:
    provider, own_gb = offer.provider, own_disk_gb(offer, scenario)
    price = drawn(offer.cost_usd_per_month, provider, draws)
    if own_gb is None and place.system_disk is not None:
        disk = drawn(place.system_disk.cost_usd_per_gb_month, provider, draws)
        price = price + disk * (place.system_disk.disk_gb or scenario.host_disk_gb)
    decided = _hosts_decided(need, draws, held_at)
    price = price.resting_on(decided)
    component = "database" if need.role == DATABASE else "compute"
    for fleet in fleets_of(need, offer, own_gb, draws, held_at):
        costs = {component: price * fleet.hosts}
        if need.sent_gb is not None:
            address = drawn(place.address.cost_usd_per_month, provider, draws)
            costs["addresses"] = address.resting_on(decided) * fleet.hosts
            if np.any(fleet.billed_gb):
                costs["egress"] = tiered_cost(need.sent_gb.having(fleet.billed_gb), place.tiers, draws)
        if need.archive is not None:
            if place.backup is None:
                raise MissingEvidence("price of storage for backups")
            costs["backups"] = _backups(need.archive, place.backup, provider, draws)
            if not fleet.is_on_own_disks:
                storage = _storage(fleet.stored_gb, fleet.hosts, need.archive, place, draws)
                costs["archive_storage"] = storage.resting_on(decided)
        yield Way(need.role, offer.offer_id, fleet, costs)


def _on_managed(need: Need, offer: ManagedOffer, draws: Draws, held_at: float | None) -> Way:
    if need.archive is None:
        raise MissingEvidence("an archive")
    if offer.backup_usd_per_gb_month is None:
        raise MissingEvidence(f"price of backups of {offer.offer_id}")
    price = drawn(offer.cost_usd_per_month, offer.provider, draws)
    unit = price / offer.cost_usd_per_month.mean  # its other prices err and change as the price of the plan does
    needed = needed_hosts(need, offer.vcpus, offer.memory_gib)
    count = np.maximum(need.least_hosts.value, rented_hosts(needed, draws, held_at))
    stored = np.maximum(volume_gb(need.archive, count, draws) - offer.included_storage_gb * count, 0.0)
    if offer.storage_usd_per_gb_month is None and np.any(stored):
        raise MissingEvidence(f"price of further storage of {offer.offer_id}")
    decided = _hosts_decided(need, draws, held_at)
    costs = {
        "database": price.resting_on(decided) * count,
        "archive_storage": (unit * stored * (offer.storage_usd_per_gb_month or 0.0)).resting_on(
            decided, need.archive.gb, draws["assumption/disk_fill"]
        ),
        "backups": backup_gb(need.archive, draws) * unit * offer.backup_usd_per_gb_month,
    }
    fleet = Fleet(count, needed, 0.0, stored, 0.0, is_on_own_disks=False)
    return Way(need.role, offer.offer_id, fleet, costs, is_managed=True)


def _hosts_decided(need: Need, draws: Draws, held_at: float | None) -> Quantity:
    """Return what the number of hosts is based on; its value means nothing. They are whole in every month unless
    held."""
    if held_at is not None:
        return need.basis
    return draws.once("hosts", lambda: need.basis.resting_on(draws["assumption/month_swing"]), need)


def _backups(archive: KeptArchive, price: VolumePrice, provider: str, draws: Draws) -> Quantity:
    """Price the backups, which are the same for every kind of host."""

    def cost() -> Quantity:
        return backup_gb(archive, draws) * drawn(price.cost_usd_per_gb_month, provider, draws)

    return draws.once(("backups", provider), cost, archive, price)


def _storage(stored_gb: Value, hosts: Value, archive: KeptArchive, place: ProviderRegion, draws: Draws) -> Quantity:
    """Price volumes for `stored_gb` on `hosts`: by the gigabyte, or in disks of a size, whichever is cheaper."""
    found = []
    for volume in place.volumes:
        price = drawn(volume.cost_usd_per_gb_month, place.provider, draws)
        if volume.disk_gb is None:
            amount = stored_gb
        else:
            swing = draws["assumption/month_swing"].value
            amount = mean_whole(np.asarray(stored_gb / hosts / volume.disk_gb), swing) * volume.disk_gb * hosts
        found.append(price.having(price.value * amount))
    if not found:
        raise MissingEvidence("price of a volume for the archive")
    # The cheapest kind of volume on average: prices of one provider err and change together.
    cheapest = min(found, key=lambda cost: cost.mean) if len(found) > 1 else found[0]
    least = cheapest.value
    for other in found:
        if other is not cheapest:
            least = np.minimum(least, other.value)
    return cheapest.having(least).resting_on(archive.gb, draws["assumption/disk_fill"])


def summed(costs: Mapping[str, Quantity]) -> Value:
    """Return the sum of at least one component, USD a month."""
    first, *others = (cost.value for cost in costs.values())
    return sum(others, first)
