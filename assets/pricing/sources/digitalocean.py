"""DigitalOcean: https://docs.digitalocean.com/reference/api/reference/sizes/. Needs a read-only token."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from assets.common.answers import Client, RemoteError, document, number, part, same_host, text
from assets.evidence.tables.pricing import COMPUTE
from assets.pricing.model import PriceObservation
from assets.refresh.interfaces import Clock

MAX_PAGES = 20


@dataclass(frozen=True)
class DigitalOcean:
    """Droplets, at one price in all regions, in USD (the interface states no currency; the price list is in USD)."""

    token: str = field(repr=False)
    base_url: str = "https://api.digitalocean.com"
    name: str = "digitalocean"
    covers: str = "DigitalOcean servers"

    def observations(self, client: Client, clock: Clock) -> Iterator[PriceObservation]:
        source = f"{self.base_url}/v2/sizes"
        url, params = source, {"per_page": "200"}
        for _ in range(MAX_PAGES):
            page = document(client.get(url, params=params, token=self.token), "the sizes of DigitalOcean")
            yield from parse_sizes(page, clock().date(), source)
            pages = (page.get("links") or {}).get("pages") or {}
            link = text(pages.get("next"))
            if link is None:
                return
            # The token goes with the request: only to the host that it is meant for.
            if not same_host(link, self.base_url):
                raise RemoteError("the sizes of DigitalOcean continue on another host, which is not followed")
            url, params = link, {}
        raise RemoteError(f"the sizes of DigitalOcean have more than {MAX_PAGES} pages, expected one or two")


def parse_sizes(page: Any, today: date, source: str) -> Iterator[PriceObservation]:
    """Yield the price of each size; memory is stated in MiB, transfer in TB a month."""
    for size in part(page, "sizes", list, "the sizes of DigitalOcean"):
        memory, vcpus, transfer = (number(size.get(name)) for name in ("memory", "vcpus", "transfer"))
        same = {"vcpus": vcpus, "memory_gib": None if memory is None else memory / 1024}
        is_sold = size.get("available") is not False and size.get("regions") != []
        extras = {"price_per_hour": number(size.get("price_hourly")), "included_egress_tb_per_month": transfer}
        yield PriceObservation(
            offer=(COMPUTE, "digitalocean", "all", str(size.get("slug"))),
            price=number(size.get("price_monthly")),
            unit="month",
            currency="USD",
            day=today,
            source=source,
            extras={name: value for name, value in extras.items() if value is not None},
            same={name: value for name, value in same.items() if value is not None},
            is_orderable=is_sold,
            remark="" if is_sold else "the provider says that it is not available or names no region",
        )
