"""Azure Retail Prices: https://learn.microsoft.com/rest/api/cost-management/retail-prices/azure-retail-prices, no key.

One server type has up to a dozen meters (Windows, Spot, Low Priority, Cloud Services); only the plain Linux one counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from assets.common.answers import Client, RemoteError, document, moment, number, part, same_host, text
from assets.evidence.tables.pricing import COMPUTE
from assets.pricing.model import PriceCatalogue, PriceObservation
from assets.refresh.interfaces import Clock

MAX_PAGES = 100
UNITS = {"1 Hour": "hour"}
OTHER_METERS = ("windows", "spot", "low priority", "cloud services", "cloudservices", "dedicated")


@dataclass(frozen=True)
class Azure:
    """Prices of the server types that are in evidence, region by region."""

    catalogue: PriceCatalogue
    base_url: str = "https://prices.azure.com"
    name: str = "azure"
    covers: str = "Azure servers"

    def observations(self, client: Client, clock: Clock) -> Iterator[PriceObservation]:
        now = clock()
        rows = self.catalogue.of_provider(COMPUTE, "azure", "USD")
        offers = sorted((str(getattr(row, "region")), str(getattr(row, "instance_type"))) for row in rows)  # noqa: B009
        for region, types in groupby(offers, key=lambda offer: offer[0]):
            yield from self._of_region(client, region, [kind for _, kind in types], now)

    def _of_region(self, client: Client, region: str, types: list[str], now: datetime) -> Iterator[PriceObservation]:
        wanted = " or ".join(f"armSkuName eq '{kind}'" for kind in types)
        query = f"serviceName eq 'Virtual Machines' and armRegionName eq '{region}' and priceType eq 'Consumption'"
        url = f"{self.base_url}/api/retail/prices"
        params: dict[str, str] | None = {
            "api-version": "2023-01-01-preview",
            "currencyCode": "USD",
            "$filter": f"{query} and ({wanted})",
        }
        meters: list[dict[str, Any]] = []
        for _ in range(MAX_PAGES):
            page = document(client.get(url, params=params), "the price list of Azure")
            meters += plain_meters(page, region)
            link = text(page.get("NextPageLink"))
            if link is None:
                yield from observed(meters, region, now, f"{self.base_url}/api/retail/prices, region {region}")
                return
            if not same_host(link, self.base_url):
                raise RemoteError("the price list of Azure continues on another host, which is not followed")
            url, params = link, None
        raise RemoteError(f"the price list of Azure has more than {MAX_PAGES} pages, expected one or two")


def plain_meters(page: Any, region: str) -> Iterator[dict[str, Any]]:
    """Yield what a page says of plain Linux servers. Names may have blanks at their ends."""
    for stated in part(page, "Items", list, "the price list of Azure"):
        if not isinstance(stated, dict):
            continue
        item = {name: value.strip() if isinstance(value, str) else value for name, value in stated.items()}
        kind = text(item.get("armSkuName"))
        if kind and _is_plain_linux(item, kind, region):
            yield item


def observed(meters: list[dict[str, Any]], region: str, now: datetime, source: str) -> Iterator[PriceObservation]:
    """Yield the price of each server that is in effect, in the currency and unit that the answer states."""
    held = sorted((meter for meter in meters if _is_in_effect(meter, now)), key=itemgetter("armSkuName"))
    for kind, of_kind in groupby(held, key=itemgetter("armSkuName")):
        for meter in _that_count(list(of_kind)):
            unit = text(meter.get("unitOfMeasure"))
            yield PriceObservation(
                offer=(COMPUTE, "azure", region, kind),
                price=number(meter.get("retailPrice")),
                unit=UNITS.get(unit, unit) if unit else None,
                currency=text(meter.get("currencyCode")),
                day=now.date(),
                source=source,
            )


def _is_in_effect(meter: dict[str, Any], now: datetime) -> bool:
    """Tell whether a price holds now: a list also has ended ones and ones to come."""
    start, end = moment(meter.get("effectiveStartDate")), moment(meter.get("effectiveEndDate"))
    return (start is None or start <= now) and (end is None or now <= end)


def _that_count(meters: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the primary meters of a server, or all where none is; of each the price that began last."""
    primary = [meter for meter in meters if meter.get("isPrimaryMeterRegion") is not False] or meters
    began: dict[str, str] = {}
    for meter in primary:
        name, start = str(meter.get("meterId")), str(meter.get("effectiveStartDate"))
        began[name] = max(start, began.get(name, ""))
    return [m for m in primary if not m.get("meterId") or m.get("effectiveStartDate") == began[str(m["meterId"])]]


def _is_plain_linux(item: dict[str, Any], kind: str, region: str) -> bool:
    names = f"{item.get('productName')} {item.get('skuName')} {item.get('meterName')}".lower()
    return (
        item.get("type") == "Consumption"
        and item.get("armRegionName") == region
        and item.get("meterName") == kind.removeprefix("Standard_").replace("_", " ")
        and not any(other in names for other in OTHER_METERS)
    )
