"""What one provider in one region takes for a scenario: servers, databases, archive, backups, traffic.

Belongs here: every way to run the nodes and databases there, and the cheapest of them in every draw. Does not belong
here: comparing providers, chain costs and totals (`model.py`).

Sizes are chosen anew in every draw: who needs more rents more. So the interval of a bill holds how sure the sizes are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial

import numpy as np
from numpy.typing import NDArray

from assets.costs.draws import Draws
from assets.costs.inputs import AddressPrice, Catalogue, ComputeOffer, EgressTier, ManagedOffer, VolumePrice
from assets.costs.prices import MANAGED_AT, UNSUITABLE_VOLUMES, cheapest_volume, covers, drawn, tiered_cost
from assets.costs.sizing import DATABASE, Archive, Need, Needs
from assets.costs.whole import mean_whole
from assets.evidence.quantity import MissingEvidence, Quantity, Value
from assets.evidence.tables.costs import Scenario

SELF_MANAGED, MANAGED = "self_managed_postgresql", "managed_postgresql"

LEAST_ROOM = 0.25
"""Share of a host that is counted as room for what hosts share, at least."""

NO_ROOM_GB = 1e-6
"""Stands for no room at all in what a server includes: the hosts it takes to have room enough are never the
cheapest."""

ROUNDING = 1e-9
"""Of a need that is a whole number but for the last bits."""


@dataclass(frozen=True)
class Part:
    """One line of the bill: USD a month in every draw, the amount that is bought, and what was chosen."""

    cost_usd_per_month: Quantity
    amount: Quantity | None
    """What is bought, in the unit of the component. Of what a place decides: the mean over all draws."""
    note: str = ""
    choice_id: str | None = None


@dataclass(frozen=True)
class Place:
    """What one provider sells in one region that a scenario can use."""

    provider: str
    region: str
    offers: tuple[ComputeOffer, ...]
    """None of them costs more than another one that has no less of anything."""
    managed: tuple[ManagedOffer, ...]
    system_disk: VolumePrice | None
    """For servers without a disk of their own that is large enough."""
    volumes: tuple[VolumePrice, ...]
    backup: VolumePrice | None
    address: AddressPrice
    """Of each node; a host that is only a database talks to its neighbours and needs none."""
    tiers: tuple[EgressTier, ...]


@dataclass(frozen=True)
class Fleet:
    """Hosts of one size that carry a need."""

    hosts: Value
    need_of_hosts: Value
    """What is needed, in such hosts: how full they are is this / hosts."""
    taken_by_each: Value
    """Share of each host that it takes by itself, whatever they share; more than one if it cannot run there. Known
    for hosts that are held in every draw, else 0."""
    stored_gb: Value
    """Of volumes, over all copies; 0 where the archive lies on the disks of the servers."""
    billed_gb: Value
    """Traffic beyond what the servers' prices include, GB a month."""
    is_on_own_disks: bool


@dataclass(frozen=True)
class Way:
    """One way to run the hosts of a role: all of one kind, with its cost by component and what it rests on."""

    role: str
    choice_id: str
    fleet: Fleet
    costs: Mapping[str, Quantity]
    """USD a month by component; without those that cost nothing this way."""
    is_managed: bool = False

    @cached_property
    def total(self) -> Value:
        """USD a month, all components together."""
        return _summed(self.costs)

    @cached_property
    def mean(self) -> float:
        """The mean of the total over all draws."""
        return float(np.mean(self.total))


def place_of(place: tuple[str, str], scenario: Scenario, has_archive: bool, catalogue: Catalogue) -> Place:
    """Return what `place` (provider, region) sells. Raises `MissingEvidence` for a price that every bill there
    needs."""
    provider, region = place
    volumes = tuple(
        price
        for price in catalogue.volume_prices
        if covers(price, provider, region) and price.item not in UNSUITABLE_VOLUMES
    )
    disk = cheapest_volume(volumes, scenario.host_disk_gb)
    usable = [
        offer
        for offer in catalogue.offers
        if (offer.provider, offer.region) == place
        and offer.architecture == scenario.architecture
        and offer.vcpu_kind in scenario.vcpu_kinds
    ]
    offers = [offer for offer in usable if disk is not None or _own_disk_gb(offer, scenario) is not None]
    if usable and not offers:
        raise MissingEvidence("price of a volume for a system disk")
    if not offers:
        raise MissingEvidence(f"servers with {scenario.architecture} processors, {' or '.join(scenario.vcpu_kinds)}")
    address = min(
        (price for price in catalogue.address_prices if covers(price, provider, region)),
        key=lambda price: (price.cost_usd_per_month.mean, price.price_id),
        default=None,
    )
    if address is None:
        raise MissingEvidence("price of a public IPv4 address")
    backup = min(
        (price for price in catalogue.backup_prices if covers(price, provider, region)),
        key=lambda price: (price.cost_usd_per_gb_month.mean, price.price_id),
        default=None,
    )
    if has_archive and backup is None:
        raise MissingEvidence("price of storage for backups")
    managed = tuple(
        offer
        for offer in catalogue.managed_offers
        if has_archive
        and (MANAGED_AT.get(offer.provider), offer.region) == place
        and offer.vcpu_kind in scenario.vcpu_kinds
    )
    tiers = tuple(tier for tier in catalogue.egress_tiers if covers(tier, provider, region))
    return Place(provider, region, _undominated(offers, scenario, disk), managed, disk, volumes, backup, address, tiers)


def _own_disk_gb(offer: ComputeOffer, scenario: Scenario) -> float | None:
    """Return what is left of a server's own disk for an archive, GB; None if it is too small for the system."""
    if offer.local_disk_gb is None or offer.local_disk_gb < scenario.host_disk_gb:
        return None
    return offer.local_disk_gb - scenario.host_disk_gb


def _undominated(
    offers: Sequence[ComputeOffer], scenario: Scenario, disk: VolumePrice | None
) -> tuple[ComputeOffer, ...]:
    """Leave out what costs no less than another offer and has no more of anything: it is never the cheapest.

    Only offers whose prices are equally sure are compared: they err and change together.
    """

    def merits(offer: ComputeOffer) -> tuple[float, ...]:
        own = _own_disk_gb(offer, scenario)
        price = offer.cost_usd_per_month.mean
        if own is None and disk is not None:
            price += disk.cost_usd_per_gb_month.mean * (disk.disk_gb or scenario.host_disk_gb)
        included = offer.included_egress_gb_per_month or 0.0
        return (-price, offer.vcpus, offer.memory_gib, own or 0.0, included)

    kept: list[ComputeOffer] = []
    for offer in sorted(offers, key=lambda known: (*(-merit for merit in merits(known)), known.offer_id)):
        mine = merits(offer)
        if not any(
            known.cost_usd_per_month.grade is offer.cost_usd_per_month.grade
            and all(theirs >= ours for theirs, ours in zip(merits(known), mine, strict=True))
            for known in kept
        ):
            kept.append(offer)
    return tuple(kept)


def ways_of(
    need: Need, place: Place, scenario: Scenario, draws: Draws, held_at: float | None = None, *, managed: bool = False
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
    need: Need, offer: ComputeOffer, place: Place, scenario: Scenario, draws: Draws, held_at: float | None
) -> Iterator[Way]:
    provider, own_gb = offer.provider, _own_disk_gb(offer, scenario)
    price = drawn(offer.cost_usd_per_month, provider, draws)
    if own_gb is None and place.system_disk is not None:
        disk = drawn(place.system_disk.cost_usd_per_gb_month, provider, draws)
        price = price + disk * (place.system_disk.disk_gb or scenario.host_disk_gb)
    price = price.resting_on(need.basis)
    component = "database" if need.role == DATABASE else "compute"
    for fleet in _fleets(need, offer, own_gb, draws, held_at):
        costs = {component: price * fleet.hosts}
        if need.sent_gb is not None:
            costs["addresses"] = drawn(place.address.cost_usd_per_month, provider, draws) * fleet.hosts
            if np.any(fleet.billed_gb):
                costs["egress"] = tiered_cost(need.sent_gb.having(fleet.billed_gb), place.tiers, draws)
        if need.archive is not None:
            if place.backup is None:
                raise MissingEvidence("price of storage for backups")
            costs["backups"] = _backups(need.archive, place.backup, provider, draws)
            if not fleet.is_on_own_disks:
                costs["archive_storage"] = _storage(fleet.stored_gb, fleet.hosts, need.archive, place, draws)
        yield Way(need.role, offer.offer_id, fleet, costs)


def _fleets(
    need: Need, offer: ComputeOffer, own_gb: float | None, draws: Draws, held_at: float | None
) -> tuple[Fleet, ...]:
    """Return how many hosts of an offer's size are rented, computed once for each size."""
    size = (offer.vcpus, offer.memory_gib, own_gb, offer.included_egress_gb_per_month, held_at)
    return draws.once(size, lambda: tuple(_fitted(need, offer, own_gb, draws, held_at)), need)


def _fitted(
    need: Need, offer: ComputeOffer, own_gb: float | None, draws: Draws, held_at: float | None
) -> Iterator[Fleet]:
    needed = _needed(need, offer.vcpus, offer.memory_gib)
    taken: Value = 0.0
    if held_at is not None:
        taken = np.maximum(need.each_vcpus.value / offer.vcpus, need.each_memory_gib.value / offer.memory_gib)
    disks = [(needed, False)]
    if need.archive is not None and own_gb:
        for_disk = np.maximum(needed, _volume_gb(need.archive, needed, draws) / own_gb)
        if np.array_equal(for_disk, needed):
            disks.clear()  # the same hosts, and volumes besides
        disks.append((for_disk, True))
    for rented, is_on_own_disks in disks:
        for count, billed in _counts(need, rented, offer, draws, held_at):
            on_volumes = need.archive is not None and not is_on_own_disks
            stored = _volume_gb(need.archive, count, draws) if need.archive is not None and on_volumes else 0.0
            yield Fleet(count, rented, taken, stored, billed, is_on_own_disks)


def _rented(needed: Value, draws: Draws, held_at: float | None) -> Value:
    """Return whole hosts for a need: of the mean month, or enough in a share of all draws."""
    if held_at is None:
        return mean_whole(needed, draws["assumption/month_swing"].value)
    return float(np.ceil(np.quantile(np.asarray(needed), held_at) - ROUNDING))


def _counts(
    need: Need, needed: Value, offer: ComputeOffer, draws: Draws, held_at: float | None
) -> Iterator[tuple[Value, Value]]:
    """Yield the hosts that are needed, and as many as include all traffic in their prices, where that is more.

    With each number stands the traffic that is billed besides, GB a month.

    A host more may cost less than the traffic that its price includes; without this choice a bill would fall when a
    higher load takes one host more.
    """
    least = np.maximum(need.least_hosts.value, _rented(needed, draws, held_at))
    if need.relay_egress_gb is None or need.shared_egress_gb is None:
        yield least, 0.0
        return
    billed = _billed_gb(need, offer, least)
    yield least, billed
    if held_at is not None or not np.any(billed):
        return  # hosts that are the same in all draws: what is sent beyond their prices is paid
    room = np.maximum((offer.included_egress_gb_per_month or 0.0) - np.asarray(need.relay_egress_gb.value), NO_ROOM_GB)
    if np.any(room > NO_ROOM_GB):
        more = np.maximum(least, need.shared_egress_gb.value / room)
        yield more, _billed_gb(need, offer, more)


def _billed_gb(need: Need, offer: ComputeOffer, count: Value) -> Value:
    """Return traffic beyond what the servers include, GB a month; an allowance that is not stated is not credited."""
    if need.relay_egress_gb is None or need.shared_egress_gb is None:
        return 0.0
    included = offer.included_egress_gb_per_month or 0.0
    return np.maximum(need.shared_egress_gb.value + count * (need.relay_egress_gb.value - included), 0.0)


def _on_managed(need: Need, offer: ManagedOffer, draws: Draws, held_at: float | None) -> Way:
    if need.archive is None:
        raise MissingEvidence("an archive")
    if offer.backup_usd_per_gb_month is None:
        raise MissingEvidence(f"price of backups of {offer.offer_id}")
    price = drawn(offer.cost_usd_per_month, offer.provider, draws)
    unit = price / offer.cost_usd_per_month.mean  # its other prices err and change as the price of the plan does
    needed = _needed(need, offer.vcpus, offer.memory_gib)
    count = np.maximum(need.least_hosts.value, _rented(needed, draws, held_at))
    stored = np.maximum(_volume_gb(need.archive, count, draws) - offer.included_storage_gb * count, 0.0)
    if offer.storage_usd_per_gb_month is None and np.any(stored):
        raise MissingEvidence(f"price of further storage of {offer.offer_id}")
    costs = {
        "database": price.resting_on(need.basis) * count,
        "archive_storage": (unit * stored * (offer.storage_usd_per_gb_month or 0.0)).resting_on(need.archive.gb),
        "backups": backup_gb(need.archive, draws) * unit * offer.backup_usd_per_gb_month,
    }
    fleet = Fleet(count, needed, 0.0, stored, 0.0, is_on_own_disks=False)
    return Way(need.role, offer.offer_id, fleet, costs, is_managed=True)


def _needed(need: Need, vcpus: float, memory_gib: float) -> Value:
    """Return how many hosts of a size a need fills, not whole.

    Every host with a copy of the archive writes all of it: what that takes is added for each copy.
    """
    shared = need.vcpus.value
    memory = _filled(need.memory_gib.value, need.each_memory_gib.value, memory_gib)
    if need.archive is not None:
        read_hosts = np.maximum(_filled(shared, need.each_vcpus.value, vcpus), memory)
        shared = shared + need.archive.insert_vcpus.value * _copies(need.archive, read_hosts)
    filled = np.maximum(_filled(shared, need.each_vcpus.value, vcpus), memory)
    return np.maximum(filled, need.connected_hosts.value)


def _filled(shared: Value, each: Value, size: float) -> Value:
    """Return how many hosts of `size` hold `shared` in all and `each` on every one, not whole.

    One host is as full as the sum of both; several have `size` - `each` for what they share. Where `each` takes nearly
    all of a host, a quarter is counted as room, so that there is no cliff: such hosts are never the cheapest for a real
    need.
    """
    if not isinstance(each, np.ndarray) and each == 0.0:
        return shared / size
    return np.maximum((shared + each) / size, shared / np.maximum(size - each, LEAST_ROOM * size))


def _copies(archive: Archive, hosts: Value) -> Value:
    """Return how many copies of the archive lie on `hosts`: one for each data centre; more where hosts share a
    shard."""
    return np.maximum(hosts / archive.shards.value, float(archive.copies))


def _volume_gb(archive: Archive, hosts: Value, draws: Draws) -> Value:
    """Return what all copies on `hosts` take, GB: volumes are not filled to the last byte."""
    one_copy = draws.once("volume", lambda: archive.gb.value / draws["assumption/disk_fill"].value, archive)
    return one_copy * _copies(archive, hosts)


def backup_gb(archive: Archive, draws: Draws) -> Quantity:
    """Return what backups take, GB: one archive is backed up, however many copies run."""
    return draws.once("backups", lambda: archive.gb * draws["assumption/backup_share"], archive)


def _backups(archive: Archive, price: VolumePrice, provider: str, draws: Draws) -> Quantity:
    """Price the backups, which are the same for every kind of host."""

    def cost() -> Quantity:
        return backup_gb(archive, draws) * drawn(price.cost_usd_per_gb_month, provider, draws)

    return draws.once(("backups", provider), cost, archive, price)


def _storage(stored_gb: Value, hosts: Value, archive: Archive, place: Place, draws: Draws) -> Quantity:
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
        least = np.minimum(least, other.value)
    return cheapest.having(least).resting_on(archive.gb, draws["assumption/disk_fill"])


def _summed(costs: Mapping[str, Quantity]) -> Value:
    first, *others = (cost.value for cost in costs.values())
    return sum(others, first)


@dataclass(frozen=True)
class Bought:
    """The cheapest way in every draw, as amounts by component, and the ways that are taken in some draw."""

    costs: Mapping[str, Quantity]
    """USD a month by component; without those that cost nothing."""
    hosts: Mapping[str, Value]
    """By component: compute and database."""
    stored_gb: Value
    billed_gb: Value
    ways: tuple[Way, ...]
    """Those that are the cheapest in some draw, that with the lowest mean first."""
    databases: tuple[Way, ...] = ()
    """The cheapest way, on average, to run databases apart oneself, and hosted; whether or not it is taken."""

    @cached_property
    def total(self) -> Value:
        """USD a month, all components together."""
        return self.ways[0].total if len(self.ways) == 1 else _summed(self.costs)


def cheapest(place: Place, scenario: Scenario, needs: Needs, draws: Draws, *, held_at: float | None = None) -> Bought:
    """Return the cheapest way to run everything at a place: node and database apart, or on one host.

    It is chosen anew in every draw or, with `held_at`, once for all of them, by its mean, among hosts that are large
    enough for what each takes by itself in this share of draws. Raises `MissingEvidence` where no way is known.
    """
    choose = _in_each_draw if held_at is None else partial(_once, confidence=held_at)
    nodes = ways_of(needs.node, place, scenario, draws, held_at)
    if needs.database is None or needs.shared is None:
        return choose([_as_bought(way) for way in nodes])
    obstacle = MissingEvidence("price of a database")
    together: list[Way] = []
    apart: list[Way] = []
    try:
        together = ways_of(needs.shared, place, scenario, draws, held_at)
    except MissingEvidence as unknown:
        obstacle = unknown
    try:
        apart = ways_of(needs.database, place, scenario, draws, held_at, managed=True)
    except MissingEvidence as unknown:
        obstacle = unknown
    options = [_as_bought(way) for way in together]
    is_option = held_at is not None or not together  # else only where it is less in some draw
    if apart and (is_option or np.any(_least_of(nodes) + _least_of(apart) < _least_of(together))):
        separate = (choose([_as_bought(way) for way in nodes]), choose([_as_bought(way) for way in apart]))
        options.append(_sum(*separate))
    if not options:
        raise obstacle
    best = {kind: [way for way in apart if way.is_managed == kind] for kind in (False, True)}
    databases = tuple(min(ways, key=lambda way: way.mean) for ways in best.values() if ways)
    return replace(choose(options), databases=databases)


def least_cost(place: Place, scenario: Scenario, needs: Needs, draws: Draws) -> Value:
    """Return the total of `cheapest`, USD a month in every draw, and nothing else of it. Raises `MissingEvidence`."""
    nodes = _least(needs.node, place, scenario, draws)
    if needs.database is None or needs.shared is None:
        return nodes
    found: list[Value] = []
    obstacle = MissingEvidence("price of a database")
    try:
        found.append(_least(needs.shared, place, scenario, draws))
    except MissingEvidence as unknown:
        obstacle = unknown
    try:
        found.append(nodes + _least(needs.database, place, scenario, draws, managed=True))
    except MissingEvidence as unknown:
        obstacle = unknown
    if not found:
        raise obstacle
    return found[0] if len(found) == 1 else np.minimum(found[0], found[1])


def _least(need: Need, place: Place, scenario: Scenario, draws: Draws, *, managed: bool = False) -> Value:
    def least() -> Value:
        return _least_of(ways_of(need, place, scenario, draws, managed=managed))

    return draws.once(("least", managed), least, need, place, scenario)


def _least_of(ways: Sequence[Way]) -> Value:
    """Return the least total of all ways in each draw."""
    least, *others = (way.total for way in ways)
    for other in others:
        least = np.minimum(least, other)
    return least


def _as_bought(way: Way) -> Bought:
    """Return what one way takes."""
    hosts = {"compute": 0.0, "database": 0.0} | {"database" if way.role == DATABASE else "compute": way.fleet.hosts}
    return Bought(way.costs, hosts, way.fleet.stored_gb, way.fleet.billed_gb, (way,))


def _sum(nodes: Bought, databases: Bought) -> Bought:
    """Return what both roles take together: they have no component in common."""
    return Bought(
        {**nodes.costs, **databases.costs},
        {"compute": nodes.hosts["compute"], "database": databases.hosts["database"]},
        databases.stored_gb,
        nodes.billed_gb,
        (*nodes.ways, *databases.ways),
    )


def _once(options: Sequence[Bought], confidence: float) -> Bought:
    """Return the option that is the cheapest on average. Raises `MissingEvidence` if no host is large enough."""
    large = [
        option
        for option in options
        if all(float(np.quantile(np.asarray(way.fleet.taken_by_each), confidence)) <= 1 for way in option.ways)
    ]
    if not large:
        raise MissingEvidence("a host that is large enough for one node")
    return min(large, key=lambda option: float(np.mean(option.total)))


def _in_each_draw(options: Sequence[Bought]) -> Bought:
    """Return what is the cheapest of the options in each draw; nothing of it rests on options that never are."""
    first, *others = sorted(options, key=lambda option: float(np.mean(option.total)))
    least, everywhere = first.total, np.ones(np.shape(first.total), dtype=np.bool_)
    better = [(first, everywhere)]
    for other in others:
        is_less = np.asarray(other.total < least)
        if np.any(is_less):
            least = np.minimum(least, other.total)
            better.append((other, is_less))
    taken: list[tuple[Bought, NDArray[np.bool_]]] = []
    is_open = everywhere
    for option, is_less in reversed(better):
        is_taken = is_less & is_open
        if np.any(is_taken):
            taken.append((option, is_taken))
            is_open = is_open & ~is_less
    best, _ = taken[-1]
    for other, is_taken in reversed(taken[:-1]):
        best = _where(is_taken, other, best)
    return best


def _where(is_other: NDArray[np.bool_], other: Bought, one: Bought) -> Bought:
    """Return `other` in the draws in which it is taken, `one` in all others."""

    def chosen(theirs: Value, ours: Value) -> Value:
        return ours if theirs is ours else np.where(is_other, theirs, ours)

    costs = {}
    for name in {**one.costs, **other.costs}:
        ours, theirs = one.costs.get(name), other.costs.get(name)
        value = chosen(theirs.value if theirs else 0.0, ours.value if ours else 0.0)
        known = [cost for cost in (ours, theirs) if cost is not None]
        costs[name] = known[0].having(value).resting_on(*known[1:])
    return Bought(
        costs,
        {name: chosen(other.hosts[name], one.hosts[name]) for name in one.hosts},
        chosen(other.stored_gb, one.stored_gb),
        chosen(other.billed_gb, one.billed_gb),
        (*one.ways, *other.ways),
    )
