"""Prices as evidence that is refreshed: all sources by name, what each needs from the environment, who judges them.

Belongs here: the list. A new source is a module in `sources/` and an entry here.
"""

from __future__ import annotations

from assets.evidence.packs import LIVE_PRICES
from assets.evidence.tables.pricing import REFRESHED_TABLES
from assets.pricing.model import PriceCatalogue, PriceObservation, judge_all
from assets.pricing.sources.aws import Aws
from assets.pricing.sources.azure import Azure
from assets.pricing.sources.coingecko import CoinGecko
from assets.pricing.sources.digitalocean import DigitalOcean
from assets.pricing.sources.ecb import Ecb
from assets.pricing.sources.gas import Gas
from assets.pricing.sources.hetzner import Hetzner
from assets.pricing.sources.scaleway import Scaleway
from assets.pricing.sources.vultr import Vultr
from assets.refresh.interfaces import Listed, Refreshed

ETHEREUM_NODE = "https://ethereum-rpc.publicnode.com"
LINEA_NODE = "https://rpc.linea.build"

SOURCES: tuple[Listed[PriceCatalogue, PriceObservation], ...] = (
    Listed("azure", lambda catalogue, _: Azure(catalogue)),
    Listed("aws", lambda catalogue, _: Aws(catalogue)),
    Listed("hetzner", lambda _, given: Hetzner(given["HCLOUD_TOKEN"]), "HCLOUD_TOKEN"),
    Listed(
        "digitalocean",
        lambda _, given: DigitalOcean(given["DIGITALOCEAN_ACCESS_TOKEN"]),
        "DIGITALOCEAN_ACCESS_TOKEN",
    ),
    Listed("vultr", lambda catalogue, _: Vultr(catalogue)),
    Listed("scaleway", lambda catalogue, _: Scaleway(catalogue)),
    Listed("ecb", lambda *_: Ecb()),
    Listed(
        "ethereum_gas",
        lambda _, given: Gas(
            "ethereum_mainnet", given.get("ETH_RPC_URL") or ETHEREUM_NODE, "ethereum_gas", "gas price of Ethereum"
        ),
    ),
    Listed(
        "linea_gas",
        lambda _, given: Gas(
            "linea_mainnet", given.get("LINEA_RPC_URL") or LINEA_NODE, "linea_gas", "gas price of Linea"
        ),
    ),
    Listed("eth_price", lambda *_: CoinGecko()),
)

PRICES: Refreshed[PriceCatalogue, PriceObservation] = Refreshed(
    pack=LIVE_PRICES,
    tables=REFRESHED_TABLES,
    looked_for="price",
    known=lambda evidence: PriceCatalogue(
        {key: [record.row for record in evidence.records[key]] for key in REFRESHED_TABLES}
    ),
    judge=judge_all,
    sources=SOURCES,
)
