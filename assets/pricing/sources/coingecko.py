"""The price of ether from CoinGecko, without a key: https://docs.coingecko.com/reference/simple-price."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from assets.common.answers import Client, document, number, part
from assets.evidence.tables.pricing import FEES
from assets.pricing.model import PriceObservation
from assets.refresh.interfaces import Clock


@dataclass(frozen=True)
class CoinGecko:
    """The price at the moment of the answer."""

    base_url: str = "https://api.coingecko.com"
    name: str = "eth_price"
    covers: str = "price of ether"

    def observations(self, client: Client, clock: Clock) -> Iterator[PriceObservation]:
        url = f"{self.base_url}/api/v3/simple/price"
        answer = document(client.get(url, params={"ids": "ethereum", "vs_currencies": "usd"}), "the price of ether")
        ether = part(answer, "ethereum", dict, "the price of ether")
        offer = (FEES, "ethereum_mainnet", "eth_price")
        unit = "usd_per_eth" if "usd" in ether else None
        yield PriceObservation(offer, number(ether.get("usd")), unit, None, clock().date(), url)
