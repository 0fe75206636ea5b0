"""What one provider sells in one region that a scenario can use.

Belongs here: offers and prices of a place, without those that can never be the cheapest. Does not belong here: how many
hosts are rented (`fleets.py`), what they cost (`hosting.py`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from assets.costs.inputs import AddressPrice, CostCatalogue, EgressTier, ManagedOffer, ServerOffer, VolumePrice
from assets.costs.prices import cheapest_volume
from assets.evidence.quantity import MissingEvidence
from assets.evidence.tables.costs import Scenario

P = TypeVar("P", AddressPrice, EgressTier, VolumePrice)


@dataclass(frozen=True)
class ProviderRegion:
    """What one provider sells in one region that a scenario can use."""

    provider: str
    region: str
    offers: tuple[ServerOffer, ...]
    """None of them costs more than another one that has no less of anything."""
    managed: tuple[ManagedOffer, ...]
    system_disk: VolumePrice | None
    """For servers without a disk of their own that is large enough."""
    volumes: tuple[VolumePrice, ...]
    backup: VolumePrice | None
    address: AddressPrice
    """Of each node; a host that is only a database talks to its neighbours and needs none."""
    tiers: tuple[EgressTier, ...]


def place_of(place: tuple[str, str], scenario: Scenario, has_archive: bool, catalogue: CostCatalogue) -> ProviderRegion:
    """Return what `place` (provider, region) sells. Raises `MissingEvidence` for a price that every bill there
    needs."""
    provider, region = place
    here = [offer for offer in catalogue.offers if (offer.provider, offer.region) == place]
    regions = {"all", region, *(offer.price_region for offer in here)}

    def sold(prices: Iterable[P]) -> list[P]:
        return [price for price in prices if price.provider == provider and price.region in regions]

    volumes = tuple(price for price in sold(catalogue.volume_prices) if not price.unsuitable_because)
    disk = cheapest_volume(volumes, scenario.host_disk_gb)
    offers = _servers(here, scenario, disk)
    address = _address(sold(catalogue.address_prices))
    backup = _backup(sold(catalogue.backup_prices))
    if has_archive and backup is None:
        raise MissingEvidence("price of storage for backups")
    managed = _managed(place, scenario, catalogue) if has_archive else ()
    tiers = tuple(sold(catalogue.egress_tiers))
    return ProviderRegion(provider, region, offers, managed, disk, volumes, backup, address, tiers)


def _servers(here: Iterable[ServerOffer], scenario: Scenario, disk: VolumePrice | None) -> tuple[ServerOffer, ...]:
    """Return the servers that a scenario accepts, with a disk for the system: their own, or `disk`.

    Raises `MissingEvidence` where there is none.
    """
    accepted = [
        offer
        for offer in here
        if offer.architecture == scenario.architecture and offer.vcpu_kind in scenario.vcpu_kinds
    ]
    if not accepted:
        raise MissingEvidence(f"servers with {scenario.architecture} processors, {' or '.join(scenario.vcpu_kinds)}")
    usable = [offer for offer in accepted if disk is not None or own_disk_gb(offer, scenario) is not None]
    if not usable:
        raise MissingEvidence("price of a volume for a system disk")
    return _undominated(usable, scenario, disk)


def _address(known: Collection[AddressPrice]) -> AddressPrice:
    """Return the cheapest public IPv4 address. Raises `MissingEvidence` where none has a price."""
    if not known:
        raise MissingEvidence("price of a public IPv4 address")
    return min(known, key=lambda price: (price.cost_usd_per_month.mean, price.price_id))


def _backup(known: Collection[VolumePrice]) -> VolumePrice | None:
    """Return the cheapest storage for backups, by the GB and month; None where none has a price."""
    return min(known, key=lambda price: (price.cost_usd_per_gb_month.mean, price.price_id), default=None)


def _managed(place: tuple[str, str], scenario: Scenario, catalogue: CostCatalogue) -> tuple[ManagedOffer, ...]:
    """Return hosted PostgreSQL that stands beside the servers, on processors that the scenario accepts."""
    return tuple(
        offer
        for offer in catalogue.managed_offers
        if (offer.servers_of, offer.region) == place and offer.vcpu_kind in scenario.vcpu_kinds
    )


def own_disk_gb(offer: ServerOffer, scenario: Scenario) -> float | None:
    """Return what is left of a server's own disk for an archive, GB; None if it is too small for the system."""
    if offer.local_disk_gb is None or offer.local_disk_gb < scenario.host_disk_gb:
        return None
    return offer.local_disk_gb - scenario.host_disk_gb


def _undominated(
    offers: Sequence[ServerOffer], scenario: Scenario, disk: VolumePrice | None
) -> tuple[ServerOffer, ...]:
    """Leave out what costs no less than another offer and has no more of anything: it is never the cheapest.

    Only offers whose prices are equally sure are compared: they err and change together.
    """

    def merits(offer: ServerOffer) -> tuple[float, ...]:
        own = own_disk_gb(offer, scenario)
        price = offer.cost_usd_per_month.mean
        if own is None and disk is not None:
            price += disk.cost_usd_per_gb_month.mean * (disk.disk_gb or scenario.host_disk_gb)
        included = offer.included_egress_gb_per_month or 0.0
        return (-price, offer.vcpus, offer.memory_gib, own or 0.0, included)

    kept: list[ServerOffer] = []
    for offer in sorted(offers, key=lambda known: (*(-merit for merit in merits(known)), known.offer_id)):
        mine = merits(offer)
        if not any(
            known.cost_usd_per_month.basis.grade is offer.cost_usd_per_month.basis.grade
            and all(theirs >= ours for theirs, ours in zip(merits(known), mine, strict=True))
            for known in kept
        ):
            kept.append(offer)
    return tuple(kept)
