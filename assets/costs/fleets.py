"""How many hosts of one size carry a need: whole in each month, with what they store and send.

Belongs here: hosts, copies of the archive, billed traffic in every draw. Does not belong here: what is needed
(`sizing.py`), what hosts cost (`hosting.py`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from assets.costs.draws import Draws
from assets.costs.inputs import ServerOffer
from assets.costs.sizing import KeptArchive, Need
from assets.costs.whole import mean_whole
from assets.evidence.quantity import Quantity, Value

LEAST_ROOM = 0.25
"""Share of a host that is counted as room for what hosts share, at least."""

NO_ROOM_GB = 1e-6
"""Stands for no room at all in what a server includes: the hosts it takes to have room enough are never the
cheapest."""

ROUNDING = 1e-9
"""Of a need that is a whole number but for the last bits."""


@dataclass(frozen=True)
class Fleet:
    """Hosts of one size that carry a need."""

    hosts: Value
    need_of_hosts: Value
    """What is needed, in such hosts: how full they are is this / hosts."""
    taken_by_each: Value
    """Share of a host that the role uses on every host before any shared load; above one it does not fit there. Set
    for hosts that are held in every draw, else 0."""
    stored_gb: Value
    """Of volumes, over all copies; 0 where the archive lies on the disks of the servers."""
    billed_gb: Value
    """Traffic beyond what the servers' prices include, GB a month."""
    is_on_own_disks: bool


def fleets_of(
    need: Need, offer: ServerOffer, own_gb: float | None, draws: Draws, held_at: float | None
) -> tuple[Fleet, ...]:
    """Return every number of hosts of an offer's size to choose from, computed once for each size.

    With the archive on their own disks or on volumes; few hosts, or so many that their prices include all traffic.
    """
    size = (offer.vcpus, offer.memory_gib, own_gb, offer.included_egress_gb_per_month, held_at)
    return draws.once(size, lambda: tuple(_fitted(need, offer, own_gb, draws, held_at)), need)


def _fitted(
    need: Need, offer: ServerOffer, own_gb: float | None, draws: Draws, held_at: float | None
) -> Iterator[Fleet]:
    needed = needed_hosts(need, offer.vcpus, offer.memory_gib)
    taken: Value = 0.0
    if held_at is not None:
        taken = np.maximum(need.each_vcpus.value / offer.vcpus, need.each_memory_gib.value / offer.memory_gib)
    disks = [(needed, False)]
    if need.archive is not None and own_gb:
        for_disk = np.maximum(needed, volume_gb(need.archive, needed, draws) / own_gb)
        if np.array_equal(for_disk, needed):
            disks.clear()  # the same hosts, and volumes besides
        disks.append((for_disk, True))
    for rented, is_on_own_disks in disks:
        for count, billed in _counts(need, rented, offer, draws, held_at):
            on_volumes = need.archive is not None and not is_on_own_disks
            stored = volume_gb(need.archive, count, draws) if need.archive is not None and on_volumes else 0.0
            yield Fleet(count, rented, taken, stored, billed, is_on_own_disks)


def rented_hosts(needed: Value, draws: Draws, held_at: float | None) -> Value:
    """Return whole hosts for a need: of the mean month, or enough in a share of all draws."""
    if held_at is None:
        return mean_whole(needed, draws["assumption/month_swing"].value)
    return float(np.ceil(np.quantile(np.asarray(needed), held_at) - ROUNDING))


def _counts(
    need: Need, needed: Value, offer: ServerOffer, draws: Draws, held_at: float | None
) -> Iterator[tuple[Value, Value]]:
    """Yield the hosts that are needed, and as many as include all traffic in their prices, where that is more.

    With each number stands the traffic that is billed besides, GB a month.

    A host more may cost less than the traffic that its price includes; without this choice a bill would fall when a
    higher load takes one host more.
    """
    least = np.maximum(need.least_hosts.value, rented_hosts(needed, draws, held_at))
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


def _billed_gb(need: Need, offer: ServerOffer, count: Value) -> Value:
    """Return traffic beyond what the servers include, GB a month; an allowance that is not stated is not credited."""
    if need.relay_egress_gb is None or need.shared_egress_gb is None:
        return 0.0
    included = offer.included_egress_gb_per_month or 0.0
    beyond = need.shared_egress_gb.value + count * (need.relay_egress_gb.value - included)
    return np.where(np.asarray(beyond) > ROUNDING, beyond, 0.0)


def needed_hosts(need: Need, vcpus: float, memory_gib: float) -> Value:
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


def _copies(archive: KeptArchive, hosts: Value) -> Value:
    """Return how many copies of the archive lie on `hosts`: one for each data centre; more where hosts share a
    shard."""
    return np.maximum(hosts / archive.shards.value, float(archive.copies))


def volume_gb(archive: KeptArchive, hosts: Value, draws: Draws) -> Value:
    """Return what all copies on `hosts` take, GB: volumes are not filled to the last byte."""
    one_copy = draws.once("volume", lambda: archive.gb.value / draws["assumption/disk_fill"].value, archive)
    return one_copy * _copies(archive, hosts)


def backup_gb(archive: KeptArchive, draws: Draws) -> Quantity:
    """Return what backups take, GB: one archive is backed up, however many copies run."""
    return draws.once("backups", lambda: archive.gb * draws["assumption/backup_share"], archive)
