"""What it costs a month to self-host a scenario, as a distribution: every place, every component, with RLN or without.

Belongs here: the bill of a scenario at every place, draw by draw, and which place is cheapest. Does not belong here:
loads and hosts (`workload.py`, `sizing.py`), prices of one place (`hosting.py`), RPC and RLN (`chain.py`), what drives
the cost (`sensitivity.py`), tables (`frames.py`).
Something needed and not known makes a bill `unknown` with a reason; never zero.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np

from assets.costs import chain
from assets.costs.distributions import FloatArray
from assets.costs.draws import Draws
from assets.costs.hosting import Part, Place, option_cost, place_parts, plan_place, scenario_basis
from assets.costs.inputs import DAYS_PER_MONTH, Catalogue
from assets.costs.sizing import HostNeed, host_needs
from assets.costs.workload import Load, load_of
from assets.evidence.quantity import MissingEvidence, Quantity, total
from assets.evidence.tables.costs import Scenario

CONFIDENCE = 0.95
"""A chosen host is large enough, and a quota of RPC calls is kept, in this share of all draws."""

COMPONENT_UNITS = {
    "compute": "hosts",
    "addresses": "addresses",
    "database": "hosts",
    "archive_storage": "GB",
    "backups": "GB",
    "egress": "GB a month",
    "rpc": "calls a month",
    "rln_gas": "gas a month",
    "capital_cost": "USD of deposits",
}
"""The parts of the bill in its order, and the unit of what is bought. They add up to the total in every draw."""

BESIDE_UNITS = {
    "rpc_wallet": "calls a month",
    "rpc_rln_clients": "calls a month",
    "self_managed_postgresql": "hosts",
    "managed_postgresql": "hosts",
}
"""What is shown beside the bill and is not part of its total."""


@dataclass(frozen=True)
class Bill:
    """The bill of a scenario at one place. Without parts where something is missing, which `missing` then names."""

    provider: str
    region: str
    place: Place | None
    parts: dict[str, Part]
    beside: dict[str, Part]
    missing: str

    @cached_property
    def total(self) -> Quantity | None:
        """The sum of all parts in every draw, None if one is unknown."""
        return total(part.cost_usd_per_month for part in self.parts.values()) if self.parts else None


@dataclass(frozen=True)
class Estimate:
    """A scenario with or without RLN at every place."""

    scenario: Scenario
    with_rln: bool
    confidence: float
    load: Load | None
    bills: tuple[Bill, ...]
    market: chain.RpcMarket | None
    """None where the nodes call no chain, or nothing can be priced."""
    memberships: chain.Memberships | None
    missing: tuple[str, ...]

    @cached_property
    def best(self) -> Bill | None:
        """The bill with the lowest median, None if none is known."""
        known = [bill for bill in self.bills if bill.total is not None]
        return min(known, key=lambda bill: (bill.total.middle, bill.provider, bill.region), default=None)  # type: ignore[union-attr]

    @property
    def is_feasible(self) -> bool | None:
        """Whether memberships allow the scenario as specified; None where that is unknown."""
        if not self.with_rln:
            return True
        return not self.memberships.obstacles(self.confidence) if self.memberships else None

    @property
    def reason(self) -> str:
        """What is missing; why it cannot run as specified; which prices could not be compared."""
        parts = ["missing: " + "; ".join(self.missing)] if self.missing else []
        if self.memberships:
            parts.extend(self.memberships.obstacles(self.confidence))
            parts.extend(filter(None, (self.memberships.disagreement,)))
        left_out = Counter(bill.missing for bill in self.bills if bill.missing)
        if left_out and not self.missing:
            named = ", ".join(f"{what} ({count})" for what, count in sorted(left_out.items()))
            parts.append(f"{left_out.total()} of {len(self.bills)} provider regions left out for want of: {named}")
        return "; ".join(parts)

    def cheapest_shares(self) -> dict[tuple[str, str], float]:
        """Return for each known place the share of draws in which it is the cheapest."""
        known = [bill for bill in self.bills if bill.total is not None]
        if not known:
            return {}
        length = max(np.size(bill.total.value) for bill in known if bill.total)
        totals = np.stack([np.broadcast_to(np.asarray(bill.total.value), (length,)) for bill in known if bill.total])
        counts = np.bincount(totals.argmin(axis=0), minlength=len(known))
        return {(bill.provider, bill.region): float(n / length) for bill, n in zip(known, counts, strict=True)}


@dataclass(frozen=True)
class World:
    """What every estimate is made from: all that is known, and one sample of it that decides what is bought."""

    catalogue: Catalogue
    draws: Draws


def estimate(scenario: Scenario, with_rln: bool, world: World, confidence: float = CONFIDENCE) -> Estimate:
    """Estimate `scenario` at every place that rents servers; never raises for missing evidence, see `Bill.missing`."""
    catalogue, draws = world.catalogue, world.draws
    missing: list[str] = []
    load = market = held = None
    needs: Sequence[HostNeed] = ()
    shared: dict[str, Part] = {}
    try:
        load = load_of(scenario, with_rln, catalogue, draws)
        needs = host_needs(scenario, with_rln, load, draws)
    except MissingEvidence as unknown:
        missing.append(str(unknown))
    try:
        market = _market(scenario, with_rln, confidence, catalogue, draws)
        shared["rpc"] = _rpc_part(scenario, with_rln, market, catalogue, draws)
    except MissingEvidence as unknown:
        missing.append(str(unknown))
    try:
        if load is not None:
            held = chain.memberships(scenario, load, draws) if with_rln else None
            shared |= _rln_parts(scenario, held, draws)
    except MissingEvidence as unknown:
        missing.append(str(unknown))
    beside = _client_parts(scenario, with_rln, confidence, catalogue, draws)
    bills = []
    for place in sorted({(offer.provider, offer.region) for offer in catalogue.offers}):
        if missing or load is None:
            bills.append(Bill(*place, None, {}, {}, "; ".join(missing)))
            continue
        try:
            planned = plan_place(place, scenario, needs, load, confidence, catalogue, draws)
            parts = {**place_parts(planned, load, scenario, draws), **shared}
            options = {
                option.kind: Part(
                    option_cost(option, load, scenario, draws),
                    scenario_basis(scenario) * option.hosts,
                    "database, its storage and backups",
                )
                for option in planned.databases
            }
            bills.append(Bill(*place, planned, parts, {**beside, **options}, ""))
        except MissingEvidence as unknown:
            bills.append(Bill(*place, None, {}, {}, str(unknown)))
    return Estimate(scenario, with_rln, confidence, load, tuple(bills), market, held, tuple(dict.fromkeys(missing)))


def total_in(estimated: Estimate, place: Place, catalogue: Catalogue, draws: Draws) -> FloatArray:
    """Return the total at `place` in other draws, USD a month, with what was bought held as it is."""
    scenario, with_rln = estimated.scenario, estimated.with_rln
    load = load_of(scenario, with_rln, catalogue, draws)
    parts = place_parts(place, load, scenario, draws)
    values = [part.cost_usd_per_month.value for part in parts.values()]
    if estimated.market is not None:
        values.append(_rpc_cost(scenario, estimated, catalogue, draws).value)
    if with_rln:
        held = chain.memberships(scenario, load, draws)
        values.extend(part.cost_usd_per_month.value for part in _rln_parts(scenario, held, draws).values())
    result = values[0]
    for value in values[1:]:
        result = result + value
    return np.asarray(result, dtype=np.float64)


def _calls(scenario: Scenario, with_rln: bool, catalogue: Catalogue, draws: Draws) -> tuple[chain.Calls, ...]:
    component = scenario.node_rpc_component if with_rln else chain.WITHOUT_RLN
    return chain.node_calls(component, scenario.relay_nodes + scenario.store_nodes, catalogue, draws)


def _market(
    scenario: Scenario, with_rln: bool, confidence: float, catalogue: Catalogue, draws: Draws
) -> chain.RpcMarket | None:
    calls = _calls(scenario, with_rln, catalogue, draws)
    if total(call.per_day for call in calls).mean == 0:
        return None
    return chain.rpc_market(calls, scenario.rln_chain, confidence, catalogue, draws)


def _rpc_cost(scenario: Scenario, estimated: Estimate, catalogue: Catalogue, draws: Draws) -> Quantity:
    """Price the calls in the plan that was chosen before."""
    if estimated.market is None:
        raise MissingEvidence("plan for RPC calls")
    plan = estimated.market.best.plan
    need = total(
        call.per_day
        if plan.is_flat_rate
        else call.per_day * chain.credits_of(call.method, plan.provider, scenario.rln_chain, catalogue.method_credits)
        for call in _calls(scenario, estimated.with_rln, catalogue, draws)
    )
    cost = chain.plan_cost(plan, need, 0.0, draws)
    if cost is None:
        raise MissingEvidence(f"price of {plan.plan_id}")
    return cost


def _rpc_part(
    scenario: Scenario, with_rln: bool, market: chain.RpcMarket | None, catalogue: Catalogue, draws: Draws
) -> Part:
    calls = total(call.per_day for call in _calls(scenario, with_rln, catalogue, draws)) * DAYS_PER_MONTH
    basis = scenario_basis(scenario)
    if market is None:
        return Part((calls * 0.0).resting_on(basis), calls, "the nodes call no chain")
    return Part(
        market.best.cost_usd_per_month.resting_on(basis),
        calls,
        f"{market.best.note}; {market.left_out} plans left out, their quota or credits are not known",
        market.best.plan.plan_id,
    )


def _rln_parts(scenario: Scenario, held: chain.Memberships | None, draws: Draws) -> dict[str, Part]:
    basis = scenario_basis(scenario)
    if held is None:
        nothing = Part(basis * 0.0, basis * 0.0, "no memberships without RLN")
        return {"rln_gas": nothing, "capital_cost": nothing}
    gas = chain.gas_per_month(scenario, draws)
    return {
        "rln_gas": Part(
            (gas * chain.usd_per_gas(scenario.rln_chain, draws)).resting_on(basis, held.deposit_usd),
            gas,
            f"{held.needed:,} x membership, registered once, extended {scenario.rln_extensions} x",
        ),
        "capital_cost": Part(
            chain.capital_cost(held.deposit_usd, draws).resting_on(basis),
            held.deposit_usd,
            "what the refundable deposits could earn elsewhere; the deposits themselves come back and are no cost",
        ),
    }


def _client_parts(
    scenario: Scenario, with_rln: bool, confidence: float, catalogue: Catalogue, draws: Draws
) -> dict[str, Part]:
    """Price what the users' own software calls: beside the bill, since the fleet does not call for them."""
    wallets, members = scenario.client_rpc_component, scenario.own_senders
    wanted = []
    if scenario.active_users and wallets:
        calls = partial(chain.wallet_calls, wallets, scenario.active_users)
        wanted.append(("rpc_wallet", calls, chain.ETHEREUM, "calls of wallets, which messages do not need"))
    if scenario.active_users and with_rln:
        calls = partial(chain.member_calls, scenario.node_rpc_component, members)
        note = f"{members:,} members, each with a node that checks the list of members while it runs"
        wanted.append(("rpc_rln_clients", calls, scenario.rln_chain, note))
    found = {}
    for name, calls, of_chain, note in wanted:
        try:
            called = calls(catalogue, draws)
            best = chain.rpc_market(called, of_chain, confidence, catalogue, draws).best
        except MissingEvidence:
            continue
        cost = best.cost_usd_per_month.resting_on(scenario_basis(scenario))
        per_month = total(call.per_day for call in called) * DAYS_PER_MONTH
        found[name] = Part(cost, per_month, f"{note}; {best.note}", best.plan.plan_id)
    return found


def estimates(scenarios: Iterable[Scenario], world: World, confidence: float = CONFIDENCE) -> list[Estimate]:
    """Estimate every scenario without and with RLN."""
    return [estimate(scenario, rln, world, confidence) for scenario in scenarios for rln in (False, True)]
