"""Azure Retail Prices: https://learn.microsoft.com/rest/api/cost-management/retail-prices/azure-retail-prices, no key.

One server type has up to a dozen meters (Windows, Spot, Low Priority, Cloud Services); only the plain Linux one counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from assets.common.answers import Client, RemoteError, document, number, part, same_host, text
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
        today = clock().date()
        rows = self.catalogue.of_provider(COMPUTE, "azure", "USD")
        offers = sorted((str(getattr(row, "region")), str(getattr(row, "instance_type"))) for row in rows)  # noqa: B009
        for region, types in groupby(offers, key=lambda offer: offer[0]):
            yield from self._of_region(client, region, [kind for _, kind in types], today)

    def _of_region(self, client: Client, region: str, types: list[str], today: date) -> Iterator[PriceObservation]:
        wanted = " or ".join(f"armSkuName eq '{kind}'" for kind in types)
        query = f"serviceName eq 'Virtual Machines' and armRegionName eq '{region}' and priceType eq 'Consumption'"
        url = f"{self.base_url}/api/retail/prices"
        params: dict[str, str] | None = {
            "api-version": "2023-01-01-preview",
            "currencyCode": "USD",
            "$filter": f"{query} and ({wanted})",
        }
        for _ in range(MAX_PAGES):
            page = document(client.get(url, params=params), "the price list of Azure")
            yield from parse_page(page, region, today, f"{self.base_url}/api/retail/prices, region {region}")
            link = text(page.get("NextPageLink"))
            if link is None:
                return
            if not same_host(link, self.base_url):
                raise RemoteError("the price list of Azure continues on another host, which is not followed")
            url, params = link, None
        raise RemoteError(f"the price list of Azure has more than {MAX_PAGES} pages, expected one or two")


def parse_page(page: Any, region: str, today: date, source: str) -> Iterator[PriceObservation]:
    """Yield the price of each plain Linux server of a page, in the currency and unit that the answer states."""
    for item in part(page, "Items", list, "the price list of Azure"):
        kind = text(item.get("armSkuName")) if isinstance(item, dict) else None
        if (
            kind
            and _is_plain_linux(item, kind, region)
            and str(item.get("effectiveStartDate") or "")[:10] <= str(today)
        ):
            unit = text(item.get("unitOfMeasure"))
            yield PriceObservation(
                offer=(COMPUTE, "azure", region, kind),
                price=number(item.get("retailPrice")),
                unit=UNITS.get(unit, unit) if unit else None,
                currency=text(item.get("currencyCode")),
                day=today,
                source=source,
            )


def _is_plain_linux(item: dict[str, Any], kind: str, region: str) -> bool:
    names = f"{item.get('productName')} {item.get('skuName')} {item.get('meterName')}".lower()
    return (
        item.get("type") == "Consumption"
        and item.get("armRegionName") == region
        and item.get("meterName") == kind.removeprefix("Standard_").replace("_", " ")
        and not any(other in names for other in OTHER_METERS)
    )
