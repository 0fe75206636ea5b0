"""All sources of prices by name, and what each needs from the environment.

Belongs here: the list. A new source is a module in `sources/` and an entry here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from assets.pricing.interfaces import PriceSource
from assets.pricing.model import PriceCatalogue
from assets.pricing.sources.aws import Aws
from assets.pricing.sources.azure import Azure
from assets.pricing.sources.coingecko import CoinGecko
from assets.pricing.sources.digitalocean import DigitalOcean
from assets.pricing.sources.ecb import Ecb
from assets.pricing.sources.gas import Gas
from assets.pricing.sources.hetzner import Hetzner


@dataclass(frozen=True)
class Listed:
    """A source that can be asked. `build` takes the catalogue and the value of `variable`."""

    name: str
    build: Callable[[PriceCatalogue, str], PriceSource]
    variable: str = ""
    """Environment variable with a token or an address: secrets are in no argument, setting or message."""
    default: str = ""
    """What is used where the variable is not set; without one, the source is left out."""

    def source(self, catalogue: PriceCatalogue, environment: Mapping[str, str]) -> PriceSource | None:
        """Return the source, None if the variable that it needs is not set."""
        value = environment.get(self.variable) or self.default
        return None if self.variable and not value else self.build(catalogue, value)


SOURCES: tuple[Listed, ...] = (
    Listed("azure", lambda catalogue, _: Azure(catalogue)),
    Listed("aws", lambda catalogue, _: Aws(catalogue)),
    Listed("hetzner", lambda _, token: Hetzner(token), "HCLOUD_TOKEN"),
    Listed("digitalocean", lambda _, token: DigitalOcean(token), "DIGITALOCEAN_ACCESS_TOKEN"),
    Listed("ecb", lambda *_: Ecb()),
    Listed(
        "ethereum_gas",
        lambda _, url: Gas("ethereum_mainnet", url, "ethereum_gas", "gas price of Ethereum"),
        "ETH_RPC_URL",
        "https://ethereum-rpc.publicnode.com",
    ),
    Listed(
        "linea_gas",
        lambda _, url: Gas("linea_mainnet", url, "linea_gas", "gas price of Linea"),
        "LINEA_RPC_URL",
        "https://rpc.linea.build",
    ),
    Listed("eth_price", lambda *_: CoinGecko()),
)
