"""What the same users would cost on hosted messaging: by active user, by message, by connection.

Belongs here: from published prices of hosted products to a month of a scenario. Does not belong here: what self-hosting
costs (`model.py`).

A product is never made to look dearer than it is: the lowest price of each basis counts for the whole amount, and free
amounts are credited. Messages are billed once when published and once for each receiver.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from assets.costs.draws import Draws
from assets.costs.hosting import scenario_basis
from assets.costs.inputs import MINUTES_PER_MONTH, Alternative, Catalogue
from assets.costs.prices import drawn
from assets.costs.workload import Load
from assets.evidence.quantity import MissingEvidence, Quantity, computed, total
from assets.evidence.tables.costs import Scenario

SUBSCRIPTION = "subscription"
USES = ("mau", "message", "connection_minute")
CONFIDENCE = 0.95
"""A subscription must carry users, messages and connections in this share of all draws."""


@dataclass(frozen=True)
class HostedCost:
    """A month of a scenario on one hosted product."""

    scenario: Scenario
    provider: str
    product: str
    plans: tuple[str, ...]
    cost_usd_per_month: Quantity
    lacks: str


@dataclass(frozen=True)
class Demand:
    """What a hosted product bills: active users, messages published and delivered, connection minutes, connections."""

    users: Quantity
    messages: Quantity
    minutes: Quantity
    connections: Quantity


def demand_of(scenario: Scenario, load: Load, draws: Draws) -> Demand:
    """Return what is billed in a month. Raises `MissingEvidence` for a scenario without a number of users."""
    if scenario.active_users is None:
        raise MissingEvidence(f"active users of {scenario.id}")
    users = scenario_basis(scenario) * scenario.active_users
    online = users * draws["assumption/client_online_share"]
    return Demand(
        users=users,
        messages=load.own_messages_per_month * (1 + scenario.receivers_per_message),
        minutes=online * MINUTES_PER_MONTH,
        connections=computed(np.minimum, online * draws["assumption/peak_factor"], users),
    )


def hosted_costs(scenario: Scenario, load: Load, catalogue: Catalogue, draws: Draws) -> list[HostedCost]:
    """Return every product that can carry the scenario, cheapest first; nothing for a scenario without users."""
    try:
        demand = demand_of(scenario, load, draws)
    except MissingEvidence:
        return []
    found = []
    for provider, product in sorted({(row.provider, row.product) for row in catalogue.alternatives}):
        rows = [row for row in catalogue.alternatives if (row.provider, row.product) == (provider, product)]
        priced = _cheapest(rows, demand, draws)
        if priced is not None:
            plans, cost = priced
            lacks = "" if all(row.end_to_end_encrypted for row in rows) else "end-to-end encryption"
            found.append(HostedCost(scenario, provider, product, plans, cost, lacks))
    return sorted(found, key=lambda hosted: (hosted.cost_usd_per_month.middle, hosted.provider, hosted.product))


def _cheapest(rows: Sequence[Alternative], demand: Demand, draws: Draws) -> tuple[tuple[str, ...], Quantity] | None:
    """Return the plans and the cost of the cheapest way to buy a product; None if none carries the demand."""
    uses = {basis: [row for row in rows if row.price_basis == basis] for basis in USES}
    bases = [row for row in rows if row.price_basis == SUBSCRIPTION]
    options = []
    choices: Sequence[Alternative | None] = bases or [None]
    for base in choices:
        parts = [drawn(base.cost_usd, base.provider, draws)] if base else []
        plans = [base.plan] if base else []
        if base and not _carries(base, demand, is_message_sold=bool(uses["message"])):
            continue
        for basis, amount in (
            ("mau", demand.users),
            ("message", demand.messages),
            ("connection_minute", demand.minutes),
        ):
            if uses[basis]:
                paid = min(
                    (row for row in uses[basis] if row.cost_usd.mean > 0),
                    key=lambda row: row.cost_usd.mean / row.unit_quantity,
                    default=uses[basis][0],
                )
                free = _free(base, uses[basis], basis)
                billed = computed(lambda value, quota=free: np.maximum(value - quota, 0.0), amount)
                parts.append(billed / paid.unit_quantity * drawn(paid.cost_usd, paid.provider, draws))
                plans.append(paid.plan)
        if parts:
            cost = total(parts).resting_on(demand.users)
            options.append((cost.mean, tuple(dict.fromkeys(plans)), cost))
    if not options:
        return None
    _, plans_of_it, cost = min(options, key=lambda option: option[:2])
    return plans_of_it, cost


def _free(base: Alternative | None, rows: Sequence[Alternative], basis: str) -> float:
    """Return how much of a basis is in the price of a subscription, or free for everybody."""
    if basis == "mau":
        return max((row.included_mau or 0.0 for row in (*rows, *([base] if base else []))), default=0.0)
    if basis == "message" and base is not None:
        return base.included_messages_per_month or 0.0
    return 0.0


def _carries(base: Alternative, demand: Demand, *, is_message_sold: bool) -> bool:
    needs = [(base.included_mau, demand.users), (base.included_connections, demand.connections)]
    if not is_message_sold:
        needs.append((base.included_messages_per_month, demand.messages))
    return all(quota is None or float(np.mean(np.asarray(need.value) <= quota)) >= CONFIDENCE for quota, need in needs)
