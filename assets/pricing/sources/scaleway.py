"""Scaleway: https://www.scaleway.com/en/developers/api/instances/. The two lists need no token; prices are in EUR, net.

A region of evidence is several zones. Each has a list of server types with prices, and one of their stock.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from assets.common.answers import Client, RemoteError, document, number, part, text
from assets.evidence.tables.pricing import COMPUTE
from assets.pricing.model import PriceCatalogue, PriceObservation
from assets.refresh.interfaces import Clock

PROVIDER = "scaleway"
ZONES: Mapping[str, tuple[str, ...]] = {
    "fr_par": ("fr-par-1", "fr-par-2", "fr-par-3"),
    "nl_ams": ("nl-ams-1", "nl-ams-2", "nl-ams-3"),
    "pl_waw": ("pl-waw-1", "pl-waw-2", "pl-waw-3"),
}
"""By region, as evidence spells it."""

MAX_PAGES = 20

Types = Mapping[str, Mapping[str, Any]]
"""By the name of a server type, what a list says of it."""


@dataclass(frozen=True)
class Scaleway:
    """Instances in the regions that evidence has."""

    catalogue: PriceCatalogue
    base_url: str = "https://api.scaleway.com"
    name: str = "scaleway"
    covers: str = "Scaleway servers"

    def observations(self, client: Client, clock: Clock) -> Iterator[PriceObservation]:
        known = {offer[2] for offer in self.catalogue.offers() if offer[:2] == (COMPUTE, PROVIDER)}
        for region in sorted(known & ZONES.keys()):
            zones = {}
            for zone in ZONES[region]:
                sold = self._list(client, f"{zone}/products/servers", f"the server types of Scaleway in {zone}")
                stock = self._list(client, f"{zone}/products/servers/availability", f"the stock of Scaleway in {zone}")
                zones[zone] = (sold, stock)
            source = f"{self.base_url}/instance/v1/zones/{ZONES[region][0]}/products/servers"
            yield from parse_zones(region, zones, clock().date(), source)

    def _list(self, client: Client, path: str, what: str) -> Types:
        """Return all pages of a list: it ends with one that names nothing new, since no total is stated."""
        found: dict[str, Mapping[str, Any]] = {}
        for page in range(1, MAX_PAGES + 1):
            params = {"page": str(page), "per_page": "100"}
            answer = document(client.get(f"{self.base_url}/instance/v1/zones/{path}", params=params), what)
            servers = part(answer, "servers", dict, what)
            if servers.keys() <= found.keys():
                return found
            found |= {name: said for name, said in servers.items() if isinstance(said, dict)}
        raise RemoteError(f"{what} are on more than {MAX_PAGES} pages, expected one or two")


def parse_zones(
    region: str, zones: Mapping[str, tuple[Types, Types]], today: date, source: str
) -> Iterator[PriceObservation]:
    """Yield the hourly price of each type as each zone of a region states it; memory is stated in bytes.

    A type can be ordered in a region if one of its zones has it in stock.
    """
    names = list(dict.fromkeys(name for sold, _ in zones.values() for name in sold))
    for name in names:
        is_orderable, remark = _sold(name, zones)
        for sold, _ in zones.values():
            if name not in sold:
                continue
            said = sold[name]
            memory = number(said.get("ram"))
            same = {"vcpus": number(said.get("ncpus")), "memory_gib": None if memory is None else memory / 2**30}
            alternatives = said.get("alt_names")
            others = alternatives if isinstance(alternatives, list) else []
            for called in (name, *(other for other in others if other not in names)):
                yield PriceObservation(
                    offer=(COMPUTE, PROVIDER, region, str(called)),
                    price=number(said.get("hourly_price")),
                    unit="hour",
                    currency="EUR",
                    day=today,
                    source=source,
                    same={column: value for column, value in same.items() if value is not None},
                    is_orderable=is_orderable,
                    remark=remark,
                )


def _sold(name: str, zones: Mapping[str, tuple[Types, Types]]) -> tuple[bool | None, str]:
    """Return whether a type can be ordered in one of the zones, and a remark; None where no zone says it."""
    stock = {zone: text(held.get(name, {}).get("availability")) for zone, (sold, held) in zones.items() if name in sold}
    ends = any(sold[name].get("end_of_service") is True for sold, _ in zones.values() if name in sold)
    if not {"available", "scarce"} & set(stock.values()):
        return (False, f"out of stock in {', '.join(stock)}") if set(stock.values()) == {"shortage"} else (None, "")
    scarce = "" if "available" in stock.values() else "stock is scarce"
    return True, "; ".join(filter(None, ["its end of service is announced" if ends else "", scarce]))
