"""AWS price list files: https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/price-changes.html, no key.

The file of EC2 in one region has about 290 MB: it is read as it arrives, and only what is in evidence is kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

import ijson

from assets.common.answers import Client, RemoteError, number
from assets.evidence.tables.pricing import COMPUTE, STORAGE
from assets.pricing.model import Offer, PriceCatalogue, PriceObservation
from assets.refresh.interfaces import Clock

GB_PER_TB = 1000
"""Evidence has tiers in decimal TB. What AWS calls the first 10 TB ends at 10,240 GB in its price list: at 10.24."""

SERVER = {
    "operatingSystem": "Linux",
    "tenancy": "Shared",
    "preInstalledSw": "NA",
    "capacitystatus": "Used",
    "licenseModel": "No License required",
}
"""A plain server on demand: other products of the same type contain Windows, databases or a reservation."""

TO_INTERNET = {"transferType": "AWS Outbound", "toLocation": "External"}
"""Traffic that leaves AWS: the same file prices traffic between its regions."""

OF_THE_REGION = re.compile(r"([A-Z]+[0-9]*-)?(BoxUsage|EBS:VolumeUsage|EBS:SnapshotUsage|DataTransfer-Out-Bytes)\b")
"""Usage types of the region's own products. Those of its local zones (`USE1-ATL1-…`) and others (`USE1-Other-…`) have a
second prefix."""

UNITS = {"Hrs": "hour", "GB-Mo": "gb_month", "GB": "gb"}


@dataclass(frozen=True)
class Aws:
    """Servers, volumes and snapshots, and traffic to the internet, in the regions whose rows are in USD."""

    catalogue: PriceCatalogue
    base_url: str = "https://pricing.us-east-1.amazonaws.com"
    name: str = "aws"
    covers: str = "AWS servers, volumes, traffic"

    def observations(self, client: Client, clock: Clock) -> Iterator[PriceObservation]:
        today = clock().date()
        servers = self.catalogue.of_provider(COMPUTE, "aws", "USD")
        traffic = [r for r in self.catalogue.of_provider(STORAGE, "aws", "USD") if _of(r, "category") == "egress"]
        for service, rows in (("AmazonEC2", servers), ("AWSDataTransfer", traffic)):
            for region in sorted({_of(row, "region") for row in rows}):
                url = f"{self.base_url}/offers/v1.0/aws/{service}/current/{region}/index.json"
                found = client.stream(url, partial(read_price_list, region=region))
                yield from (said for product in found for said in observed(product, today, url))


def _of(row: Any, column: str) -> str:
    return str(getattr(row, column))


@dataclass
class Product:
    """A product that is in the words of the evidence, and its prices on demand once they have been met."""

    offer: Offer
    is_own: bool
    """Whether its usage type is the region's own."""
    same: dict[str, float] = field(default_factory=dict)
    prices: list[Any] = field(default_factory=list)


def read_price_list(pieces: Iterable[bytes], region: str) -> list[Product]:
    """Read one file in constant memory. Raises `RemoteError` if it is not JSON or ends before its end."""
    products: dict[str, Product] = {}

    def product(sku: str, value: Any) -> None:
        attributes = value.get("attributes") if isinstance(value, dict) else None
        if isinstance(attributes, dict) and (found := _product(str(value.get("productFamily")), attributes, region)):
            products[sku] = found

    def term(sku: str, value: Any) -> None:
        if sku in products and isinstance(value, dict):
            for offer in value.values():
                dimensions = offer.get("priceDimensions") if isinstance(offer, dict) else None
                products[sku].prices += dimensions.values() if isinstance(dimensions, dict) else [None]

    readers = [ijson.kvitems_coro(_each(product), "products"), ijson.kvitems_coro(_each(term), "terms.OnDemand")]
    try:
        for piece in pieces:
            for reader in readers:
                reader.send(piece)
        for reader in readers:
            reader.close()
    except ijson.JSONError as error:
        raise RemoteError(f"the price list of AWS is not whole JSON ({type(error).__name__})") from None
    own = {found.offer for found in products.values() if found.is_own}
    return [found for found in products.values() if found.is_own or found.offer not in own]


class _each:  # noqa: N801 - stands for a generator, which could not be sent to before its first step
    """What ijson sends pairs to."""

    def __init__(self, take: Callable[[str, Any], None]) -> None:
        self._take = take

    def send(self, pair: tuple[str, Any]) -> None:
        self._take(*pair)

    def close(self) -> None:
        """There is nothing to end."""


def _product(family: str, attributes: dict[str, Any], region: str) -> Product | None:
    stated_in = "fromRegionCode" if family == "Data Transfer" else "regionCode"
    if attributes.get(stated_in) != region:
        return None
    usage = str(attributes.get("usagetype"))
    is_own = OF_THE_REGION.match(usage) is not None
    if family == "Compute Instance" and _has(attributes, SERVER) and attributes.get("operation") == "RunInstances":
        same = {"vcpus": number(attributes.get("vcpu")), "memory_gib": _gib(attributes.get("memory"))}
        known = {name: value for name, value in same.items() if value is not None}
        return Product((COMPUTE, "aws", region, str(attributes.get("instanceType"))), is_own, known)
    if family == "Storage" and "EBS:VolumeUsage." in usage:
        return Product((STORAGE, "aws", region, f"{attributes.get('volumeApiName')}_storage", ""), is_own)
    if family == "Storage Snapshot" and usage.endswith("EBS:SnapshotUsage"):
        return Product((STORAGE, "aws", region, "ebs_snapshot", ""), is_own)
    if family == "Data Transfer" and _has(attributes, TO_INTERNET):
        return Product((STORAGE, "aws", region, "internet_egress", ""), is_own)
    return None


def _has(attributes: dict[str, Any], expected: dict[str, str]) -> bool:
    return all(attributes.get(name) == value for name, value in expected.items())


def _gib(memory: Any) -> float | None:
    """Return `8 GiB` as 8."""
    words = str(memory).replace(",", "").split()
    return number(words[0]) if len(words) == 2 and words[1] == "GiB" else None


def observed(product: Product, today: date, source: str) -> Iterator[PriceObservation]:
    """Yield the prices of a product; tiers of one product are offers of their own."""
    for price in product.prices or [None]:
        plain: dict[str, Any] = price if isinstance(price, dict) else {}
        amounts = plain.get("pricePerUnit")
        offer = product.offer
        if offer[3] == "internet_egress":
            start = number(plain.get("beginRange"))
            offer = (*offer[:4], "" if start is None else f"{start / GB_PER_TB:g}")
        # rows that are refreshed are in USD; a price may be stated in several currencies
        currency = ("USD" if "USD" in amounts else next(iter(amounts), None)) if isinstance(amounts, dict) else None
        unit = plain.get("unit")
        yield PriceObservation(
            offer=offer,
            price=number(amounts[currency]) if isinstance(amounts, dict) and currency else None,
            unit=UNITS.get(unit, unit) if isinstance(unit, str) else None,
            currency=currency,
            day=today,
            source=source,
            same=product.same,
        )
