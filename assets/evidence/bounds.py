"""Bounds of single columns that the check of a file and the checks of the loaded tables share.

Belongs here: numbers with their reason, pure. Does not belong here: whether a number is likely, which only warns.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

BOUNDS: dict[str, dict[str, tuple[float, float]]] = {
    # An order of magnitude beyond today's extremes: they catch a slipped decimal, not a dear offer.
    "pricing__compute_offers": {
        "vcpus": (1, 512),
        "memory_gib": (0.25, 4096),
        "price_per_month": (0.5, 50_000),
    },
    "pricing__exchange_rates": {"rate": (0.5, 2.0)},
    "pricing__rpc_plans": {"price_per_month": (0, 20_000)},
}
"""By table and column, the lowest and the highest value."""


HOURLY = "pricing__compute_offers"
"""Has a price of an hour and of a month."""


def beyond_bounds(table_key: str, row: Any) -> Iterator[tuple[str, str, str]]:
    """Yield column, what is wrong and what was expected for each value of a row beyond its bounds."""
    if table_key not in BOUNDS:
        return
    if table_key == HOURLY and None not in (prices := (row.price_per_hour, row.price_per_month)):
        hourly, monthly = prices
        if hourly > monthly:
            message = f"{hourly:g} an hour is above price_per_month, {monthly:g}"
            yield "price_per_hour", message, f"the two the other way round: {monthly:g} an hour and {hourly:g} a month"
            return
    for column, (low, high) in BOUNDS[table_key].items():
        value = getattr(row, column)
        if value is not None and not low <= value <= high:
            yield column, f"{value:g} is out of bounds", f"{low:,g} to {high:,g}"
