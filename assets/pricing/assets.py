"""Refreshed prices as a Dagster asset. Does not belong here: a refresh itself (`assets/refresh`)."""

import dagster as dg

from assets.common import keys
from assets.pricing.registry import PRICES
from assets.refresh.assets import live_asset

CHECK = dg.AssetCheckSpec(
    "prices_are_accepted",
    asset=keys.LIVE_PRICES,
    description="Every source answers, and what it says is near what is known",
)
live_prices = live_asset(
    keys.LIVE_PRICES,
    PRICES,
    "Prices as providers state them now: later rows of the same offers, laid over the public evidence.",
    CHECK,
)
