"""Vultr: https://docs.vultr.com/api/. The list of plans needs no token and states prices in USD, without tax."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from assets.common.answers import Client, RemoteError, document, number, part, text
from assets.evidence.tables.pricing import COMPUTE
from assets.pricing.model import PriceCatalogue, PriceObservation
from assets.refresh.interfaces import Clock

PROVIDER = "vultr"
MAX_PAGES = 20


@dataclass(frozen=True)
class Vultr:
    """Cloud servers by location. A plan that is sold nowhere is told of in the regions that evidence has it in."""

    catalogue: PriceCatalogue
    base_url: str = "https://api.vultr.com"
    name: str = "vultr"
    covers: str = "Vultr servers"

    def observations(self, client: Client, clock: Clock) -> Iterator[PriceObservation]:
        source = f"{self.base_url}/v2/plans"
        params = {"type": "all", "per_page": "500"}
        for _ in range(MAX_PAGES):
            page = document(client.get(source, params=params), "the plans of Vultr")
            yield from parse_plans(page, self._regions(), clock().date(), source)
            cursor = text(((page.get("meta") or {}).get("links") or {}).get("next"))
            if cursor is None:
                return
            params = {**params, "cursor": cursor}
        raise RemoteError(f"the plans of Vultr have more than {MAX_PAGES} pages, expected one or two")

    def _regions(self) -> dict[str, set[str]]:
        """Return by plan the regions that evidence has it in."""
        found: dict[str, set[str]] = {}
        for _, provider, region, plan in (offer for offer in self.catalogue.offers() if offer[0] == COMPUTE):
            if provider == PROVIDER:
                found.setdefault(plan, set()).add(region)
        return found


def parse_plans(page: Any, known: dict[str, set[str]], today: date, source: str) -> Iterator[PriceObservation]:
    """Yield the price of each plan in each region that sells it, or that is `known` for it by plan.

    Memory is stated in MiB, traffic in GB a month. Some regions have prices of their own.
    """
    for plan in part(page, "plans", list, "the plans of Vultr"):
        if not isinstance(plan, dict) or (name := text(plan.get("id"))) is None:
            continue
        memory, traffic = number(plan.get("ram")), number(plan.get("bandwidth"))
        same = {"vcpus": number(plan.get("vcpu_count")), "memory_gib": None if memory is None else memory / 1024}
        sold_in = _texts(plan.get("locations"))
        by_contract = plan.get("deploy_ondemand") is False
        own = plan.get("location_cost")
        for region in sorted({*sold_in, *known.get(name, ())}):
            cost = own.get(region) if isinstance(own, dict) else None
            cost = cost if isinstance(cost, dict) else plan
            extras = {
                "price_per_hour": number(cost.get("hourly_cost")),
                "included_egress_tb_per_month": None if traffic is None else traffic / 1000,
            }
            yield PriceObservation(
                offer=(COMPUTE, PROVIDER, region, name),
                price=number(cost.get("monthly_cost")),
                unit="month",
                currency="USD",
                day=today,
                source=source,
                extras={column: value for column, value in extras.items() if value is not None},
                same={column: value for column, value in same.items() if value is not None},
                is_orderable=region in sold_in and not by_contract,
                remark=_remark(region in sold_in, by_contract, region),
            )


def _remark(is_sold_there: bool, by_contract: bool, region: str) -> str:
    if by_contract:
        return "it is not sold on demand"
    return "" if is_sold_there else f"it is not sold in {region} now"


def _texts(values: Any) -> Iterable[str]:
    return {value for value in values if isinstance(value, str)} if isinstance(values, list) else set()
