"""What providers take for an amount: prices in draws, storage by the gigabyte, traffic by tiers.

Belongs here: arithmetic on single prices. Does not belong here: how much is needed (`workload.py`), which server is
large enough (`fleets.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from itertools import pairwise

import numpy as np

from assets.costs.assumptions import EXCHANGE_RATES, exchange_input, price_input
from assets.costs.draws import Draws
from assets.costs.inputs import EgressTier, VolumePrice
from assets.evidence.model import Grade
from assets.evidence.quantity import MissingEvidence, Quantity, computed, total


def drawn(price: Quantity, provider: str, draws: Draws) -> Quantity:
    """Return `price` in every draw: times the change of its exchange rate, and its own error where it is estimated."""
    in_usd = price
    for rate in _exchange_inputs(price.basis.ids):
        in_usd = in_usd * draws[rate]
    if price.basis.grade in (Grade.MEASURED, Grade.PUBLISHED):
        return in_usd
    return in_usd * draws[price_input(provider)]


@cache
def _exchange_inputs(evidence_ids: frozenset[str]) -> tuple[str, ...]:
    """Return the inputs of the exchange rates among what a price is based on: every draw and place asks anew."""
    return tuple(exchange_input(known) for known in sorted(evidence_ids) if known.startswith(EXCHANGE_RATES))


def cheapest_volume(prices: Iterable[VolumePrice], gb: float) -> VolumePrice | None:
    """Return the cheapest volume that holds `gb`, None if none is known."""
    usable = (price for price in prices if price.disk_gb is None or price.disk_gb >= gb)
    return min(
        usable,
        key=lambda price: (price.cost_usd_per_gb_month.mean * (price.disk_gb or gb), price.price_id),
        default=None,
    )


def tiered_cost(gb: Quantity, tiers: Sequence[EgressTier], draws: Draws) -> Quantity:
    """Price `gb` of a month tier by tier, USD: the sum over tiers of price x GB that fall into the tier.

    Raises `MissingEvidence` if in any draw the tiers end before `gb` or have a gap, and if two tiers overlap: of two
    prices for the same gigabyte neither is known to be billed, and both would be.
    """
    most = float(np.max(gb.value))
    costs: list[Quantity] = []
    reached = 0.0
    ordered = sorted(tiers, key=lambda tier: tier.from_gb_per_month)
    for tier, following in pairwise(ordered):
        if tier.to_gb_per_month is None or following.from_gb_per_month < tier.to_gb_per_month:
            raise MissingEvidence(
                f"one price of egress above {following.from_gb_per_month:,.0f} GB a month, "
                f"where {tier.price_id} and {following.price_id} overlap"
            )
    for tier in ordered:
        start, end = tier.from_gb_per_month, tier.to_gb_per_month
        if reached >= most or start > reached:
            break
        is_all = start == 0.0 and (end is None or end >= most)
        inside = gb if is_all else computed(lambda value, low=start, high=end: np.clip(value, low, high) - low, gb)
        costs.append(inside * drawn(tier.cost_usd_per_gb, tier.provider, draws))
        reached = most if end is None else end
    if reached < most:
        raise MissingEvidence(f"price of egress above {reached:,.0f} GB a month")
    return total(costs) if costs else gb * 0.0
