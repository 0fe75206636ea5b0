"""Hetzner Cloud: https://docs.hetzner.cloud/#pricing. Needs a read-only token of any project.

Prices follow the currency of the project's owner; the net price is taken, since evidence is without value added tax.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from assets.common.answers import Client, RemoteError, document, moment, number, part, text
from assets.evidence.tables.pricing import COMPUTE, STORAGE
from assets.pricing.model import PriceObservation
from assets.refresh.interfaces import Clock

REGIONS = {"fsn1": "eu", "ash": "us", "sin": "sin"}
"""The location that stands for each region in which storage and traffic have one price."""

STORAGE_REGIONS = ("eu", "us")
"""Regions whose volumes, images and addresses are in evidence; the price list has one price of a GB for all."""

MAX_PAGES = 20


@dataclass(frozen=True)
class Hetzner:
    """Servers by location, volumes, snapshots, addresses and traffic."""

    token: str = field(repr=False)
    base_url: str = "https://api.hetzner.cloud"
    name: str = "hetzner"
    covers: str = "Hetzner Cloud servers, volumes, traffic"

    def observations(self, client: Client, clock: Clock) -> Iterator[PriceObservation]:
        types = self._types(client)
        answer = document(client.get(f"{self.base_url}/v1/pricing", token=self.token), "the price list of Hetzner")
        yield from parse_pricing(answer, types, clock(), f"{self.base_url}/v1/pricing")

    def _types(self, client: Client) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        page: Any = 1
        for _ in range(MAX_PAGES):
            params = {"page": str(page), "per_page": "50"}
            body = client.get(f"{self.base_url}/v1/server_types", params=params, token=self.token)
            answer = document(body, "the server types of Hetzner")
            kinds = part(answer, "server_types", list, "the server types of Hetzner")
            found |= {str(kind.get("name")): kind for kind in kinds}
            pagination = (answer.get("meta") or {}).get("pagination") or {}
            page = pagination.get("next_page")
            if not isinstance(page, int):
                return found
        raise RemoteError(f"the server types of Hetzner have more than {MAX_PAGES} pages, expected one or two")


def parse_pricing(
    answer: Any, types: dict[str, dict[str, Any]], now: datetime, source: str
) -> Iterator[PriceObservation]:
    """Yield all prices of `GET /pricing`: net, in the currency that it states. `types` is the other list, by name."""
    pricing = part(answer, "pricing", dict, "the price list of Hetzner")
    currency = text(pricing.get("currency"))

    def storage(region: str, item: str, unit: str, price: Any) -> PriceObservation:
        offer = (STORAGE, "hetzner_cloud", region, item, "")
        return PriceObservation(offer, number(_net(price)), unit, currency, now.date(), source)

    for kind in part(pricing, "server_types", list, "the price list of Hetzner"):
        described = types.get(str(kind.get("name")), {})
        same = {"vcpus": number(described.get("cores")), "memory_gib": number(described.get("memory"))}
        for price in kind.get("prices") or []:
            location, traffic = str(price.get("location")), number(price.get("included_traffic"))
            stated = {
                "price_per_hour": number(_net(price.get("price_hourly"))),
                "included_egress_tb_per_month": None if traffic is None else round(traffic / 1e12, 2),
            }
            is_orderable, remark = _sold(described, location, now)
            yield PriceObservation(
                offer=(COMPUTE, "hetzner_cloud", location, str(kind.get("name"))),
                price=number(_net(price.get("price_monthly"))),
                unit="month",
                currency=currency,
                day=now.date(),
                source=source,
                extras={name: value for name, value in stated.items() if value is not None},
                same={name: value for name, value in same.items() if value is not None},
                is_orderable=is_orderable,
                remark=remark,
            )
            if location in REGIONS:
                yield storage(REGIONS[location], "traffic_overage", "tb", price.get("price_per_tb_traffic"))
    for region in STORAGE_REGIONS:
        yield storage(region, "volume", "gb_month", (pricing.get("volume") or {}).get("price_per_gb_month"))
        yield storage(region, "snapshot_image", "gb_month", (pricing.get("image") or {}).get("price_per_gb_month"))
    for address in pricing.get("primary_ips") or []:
        for price in address.get("prices") or []:
            sold_in = REGIONS.get(str(price.get("location")))
            if address.get("type") == "ipv4" and sold_in in STORAGE_REGIONS:
                yield storage(sold_in, "primary_ipv4", "month", price.get("price_monthly"))


def _sold(kind: dict[str, Any], location: str, now: datetime) -> tuple[bool | None, str]:
    """Return whether a server type can be ordered in a location, and a remark on that; None where it is not said.

    A type has a list of its locations, each with its own deprecation, which counts before that of the type.
    """
    if not kind:
        return None, ""
    places = {place.get("name"): place for place in kind.get("locations") or []}
    if places and location not in places:
        return False, f"it is not sold in {location}"
    place = places.get(location, {})
    if place.get("available") is False:
        return False, f"it is not available in {location}"
    deprecation = place.get("deprecation", kind.get("deprecation")) or {}
    ends = moment(deprecation.get("unavailable_after"))
    if ends is not None:
        return (
            (False, f"sold until {ends:%Y-%m-%d}") if ends <= now else (True, f"deprecated, sold until {ends:%Y-%m-%d}")
        )
    return True, "deprecated" if deprecation or (not places and kind.get("deprecated") is True) else ""


def _net(price: Any) -> Any:
    return price.get("net") if isinstance(price, dict) else None
