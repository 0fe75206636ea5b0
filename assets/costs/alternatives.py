"""What the same users would cost on hosted messaging: by active user, by message, by connection.

Belongs here: from published prices of hosted products to a month of a scenario. Does not belong here: what self-hosting
costs (`model.py`).

A product is never made to look cheaper than its published prices: where these end below what is needed, or need a plan
that is not on record, there is no cost but a reason; where more is billed than is counted, the cost is a lower bound.
Nor is it made to look dearer: of several ways to buy it the cheapest counts, tier by tier, free amounts are credited.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from assets.costs.draws import Draws
from assets.costs.inputs import MINUTES_PER_MONTH, Alternative, CostCatalogue
from assets.costs.prices import drawn
from assets.costs.sizing import scenario_basis
from assets.costs.workload import ScenarioLoad
from assets.evidence.quantity import MissingEvidence, Quantity, computed, total
from assets.evidence.tables.costs import Scenario

SUBSCRIPTION = "subscription"
BY_USE = ("mau", "message", "connection_minute", "concurrent_connection")
"""What a price by use is counted in here; storage and traffic by the GB, and minutes of channels, are not."""

CONFIDENCE = 0.95
"""A subscription must carry users, messages and connections in this share of all draws."""

NOUNS = {"mau": "users", "message": "messages"}
"""What tiers are counted in."""

Schedules: TypeAlias = Mapping[tuple[str, str | None], Sequence[Alternative]]
"""Prices by use of one product, by what they bill and which messages they count: tiers of one price, or rivals."""


@dataclass(frozen=True)
class HostedCost:
    """A month of a scenario on one hosted product."""

    scenario: Scenario
    provider: str
    product: str
    plans: tuple[str, ...]
    cost_usd_per_month: Quantity | None
    """None where it cannot be priced, which `reason` explains."""
    reason: str
    billed_besides: str
    """What is billed besides: if there is anything, the cost is a lower bound."""
    lacks: tuple[str, ...]
    evidence_ids: frozenset[str]
    """The prices that were looked at."""


@dataclass(frozen=True)
class Demand:
    """What a hosted product bills in a month."""

    users: Quantity
    messages: Mapping[str, Quantity]
    """Messages sent, delivered (one for each receiver), and both together, by `Alternative.counted_messages`."""
    minutes: Quantity
    """Of connections."""
    connections: Quantity
    """At one time, at peak."""

    def amount(self, row: Alternative) -> Quantity:
        """Return how much of what `row` bills by use there is."""
        if row.price_basis == "message":
            return self.counted(row)
        return {"mau": self.users, "connection_minute": self.minutes, "concurrent_connection": self.connections}[
            row.price_basis
        ]

    def counted(self, row: Alternative) -> Quantity:
        """Return the messages as `row` counts them."""
        return self.messages[row.counted_messages or ""]


def demand_of(scenario: Scenario, load: ScenarioLoad, draws: Draws) -> Demand:
    """Return what is billed in a month. Raises `MissingEvidence` for a scenario without a number of users."""
    if scenario.active_users is None:
        raise MissingEvidence(f"active users of {scenario.id}")
    users = scenario_basis(scenario) * scenario.active_users
    online = users * draws["assumption/client_online_share"]
    sent = load.own_messages_per_month
    delivered = sent * scenario.receivers_per_message
    return Demand(
        users=users,
        messages={"sent": sent, "delivered": delivered, "sent_and_delivered": sent + delivered},
        minutes=online * MINUTES_PER_MONTH,
        connections=computed(np.minimum, online * draws["assumption/peak_factor"], users),
    )


def hosted_costs(scenario: Scenario, load: ScenarioLoad, catalogue: CostCatalogue, draws: Draws) -> list[HostedCost]:
    """Return every product, the cheapest first, those without a cost last; nothing for a scenario without users."""
    try:
        demand = demand_of(scenario, load, draws)
    except MissingEvidence:
        return []
    found = []
    for provider, product in sorted({(row.provider, row.product) for row in catalogue.alternatives}):
        rows = [row for row in catalogue.alternatives if (row.provider, row.product) == (provider, product)]
        plans: tuple[str, ...] = ()
        cost, reason = None, ""
        try:
            plans, cost = _cheapest(rows, demand, draws)
        except MissingEvidence as unknown:
            reason = str(unknown)
        found.append(
            HostedCost(
                scenario,
                provider,
                product,
                plans,
                cost,
                reason,
                "; ".join(dict.fromkeys(row.billed_besides for row in rows if row.billed_besides)),
                tuple(dict.fromkeys(lack for row in rows for lack in row.lacks)),
                frozenset[str]().union(*(row.cost_usd.basis.ids for row in rows)),
            )
        )
    return sorted(found, key=_order)


def _order(hosted: HostedCost) -> tuple[float, str, str]:
    cost = hosted.cost_usd_per_month
    return (math.inf if cost is None else cost.middle, hosted.provider, hosted.product)


def _cheapest(rows: Sequence[Alternative], demand: Demand, draws: Draws) -> tuple[tuple[str, ...], Quantity]:
    """Return the plans and the cost of the cheapest way to buy a product; raises `MissingEvidence`."""
    usable = [row for row in rows if not row.is_trial]
    schedules: dict[tuple[str, str | None], list[Alternative]] = {}
    for row in usable:
        if row.price_basis in BY_USE and not row.needs_base_plan:
            schedules.setdefault((row.price_basis, row.counted_messages), []).append(row)
    plans: list[Alternative | None] = [*sorted((r for r in usable if r.price_basis == SUBSCRIPTION), key=_unit_price)]
    if not plans and not schedules:
        raise MissingEvidence(_why_nothing_is_sold(usable))
    options, obstacle = [], MissingEvidence("a plan")
    for plan in plans or [None]:
        try:
            options.append(_bought(plan, schedules, demand, draws))
        except MissingEvidence as unknown:
            obstacle = unknown
    if not options:
        raise obstacle
    return min(options, key=lambda option: (option[1].mean, option[0]))


def _why_nothing_is_sold(usable: Sequence[Alternative]) -> str:
    if not usable:
        return "only a trial has a public price"
    if any(row.needs_base_plan for row in usable):
        return "the price of a paid plan is not public"
    named = " and ".join(sorted({row.price_basis.replace("_", " ") for row in usable}))
    return f"billed by {named}, which is not counted here"


def _bought(
    plan: Alternative | None, schedules: Schedules, demand: Demand, draws: Draws
) -> tuple[tuple[str, ...], Quantity]:
    """Price one plan with what is used beyond it. A plan that is free ends where its contents end."""
    sold: Schedules = {} if plan is not None and plan.cost_usd.mean == 0 else schedules
    units = 1 if plan is None else _units(plan, {basis for basis, _ in sold}, demand)
    parts = [] if plan is None else [drawn(plan.cost_usd, plan.provider, draws) * units]
    names = [] if plan is None else [plan.plan]
    for rows in sold.values():
        free = units * _included(plan, rows[0].price_basis)
        share = max(row.included_connections_per_mau or 0.0 for row in rows)
        beyond = computed(
            lambda amount, users, quota=free, share=share: np.maximum(amount - quota - share * users, 0.0),
            demand.amount(rows[0]),
            demand.users,
        )
        for row, cost in _by_use(rows, beyond, draws):
            parts.append(cost)
            names.append(row.plan)
    return tuple(dict.fromkeys(names)), total(parts).resting_on(demand.users)


def _units(plan: Alternative, sold_beyond: set[str], demand: Demand) -> int:
    """Return how many of a plan carry what is not sold beyond it. Raises `MissingEvidence` if one is not enough."""
    units = 1
    for basis, quota, need, what in (
        ("mau", plan.included_mau, demand.users, "users a month"),
        ("concurrent_connection", plan.included_connections, demand.connections, "connections"),
        (
            "message",
            plan.included_messages_per_month,
            demand.counted(plan) if plan.counted_messages else demand.users,
            "messages a month",
        ),
    ):
        if quota is None or basis in sold_beyond:
            continue
        needed = float(np.quantile(need.value, CONFIDENCE))
        if plan.is_sold_in_units:
            units = max(units, math.ceil(needed / quota))
        elif needed > quota:
            raise MissingEvidence(f"public plans end at {quota:,.0f} {what}; {needed:,.0f} are needed")
    return units


def _included(plan: Alternative | None, basis: str) -> float:
    if plan is None:
        return 0.0
    contents = {
        "mau": plan.included_mau,
        "message": plan.included_messages_per_month,
        "concurrent_connection": plan.included_connections,
    }
    return contents.get(basis) or 0.0


def _by_use(rows: Sequence[Alternative], amount: Quantity, draws: Draws) -> Iterator[tuple[Alternative, Quantity]]:
    """Price `amount` tier by tier, or at the cheapest of several prices. Raises `MissingEvidence` beyond all tiers."""
    tiers = sorted((row for row in rows if row.tier_from is not None), key=lambda row: row.tier_from or 0.0)
    if not tiers:
        row = min(rows, key=_unit_price)
        yield row, amount * drawn(row.cost_usd, row.provider, draws) / row.unit_quantity
        return
    most, end = float(np.max(amount.value)), tiers[-1].tier_to
    if end is not None and most > end:
        what = NOUNS[tiers[0].price_basis]
        raise MissingEvidence(f"public prices end at {end:,.0f} {what} a month; up to {most:,.0f} are needed")
    for row in tiers:
        low, high = row.tier_from or 0.0, row.tier_to
        if most > low:
            inside = computed(lambda value, low=low, high=high: np.clip(value, low, high) - low, amount)
            yield row, inside * drawn(row.cost_usd, row.provider, draws) / row.unit_quantity


def _unit_price(row: Alternative) -> float:
    return row.cost_usd.mean / row.unit_quantity
