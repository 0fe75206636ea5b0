"""What it costs a month to self-host a scenario, as a distribution: every place, every component, with RLN or without.

Belongs here: the bill of a scenario at every place, draw by draw, its two totals, and which place is cheapest. Does not
belong here: loads and needs (`workload.py`, `sizing.py`), what one place takes (`hosting.py`), RPC and RLN
(`chain.py`), what drives the cost (`sensitivity.py`), tables (`frames.py`). Something needed and not known makes a bill
`unknown` with a reason; never zero.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial

import numpy as np

from assets.costs import chain
from assets.costs.distributions import FloatArray
from assets.costs.draws import SCRAMBLES, Draws, Summary, summarise
from assets.costs.hosting import (
    MANAGED,
    SELF_MANAGED,
    Bought,
    Part,
    Place,
    Way,
    backup_gb,
    cheapest,
    least_cost,
    place_of,
)
from assets.costs.inputs import DAYS_PER_MONTH, Catalogue
from assets.costs.sizing import DATABASE, NODE, Need, Needs, capacity_basis, needs_of, scenario_basis
from assets.costs.whole import mean_whole
from assets.costs.workload import Load, load_of, sent_of
from assets.evidence.quantity import MissingEvidence, Quantity, Value, computed, total
from assets.evidence.tables.costs import Scenario

INFRASTRUCTURE, ALL_IN = "infrastructure", "all_in"
"""The two totals: what whoever runs the fleet pays; and that with all that its users pay besides."""

OPERATOR, MEMBERS, WALLET_OWNERS = "operator", "members", "wallet owners"


@dataclass(frozen=True)
class Component:
    """One line of a bill: what is bought, by whom, and in which totals it counts."""

    unit: str
    payer: str

    @property
    def is_infrastructure(self) -> bool:
        """Whether it counts in the infrastructure: what the operator pays."""
        return self.payer == OPERATOR


COMPONENTS = {
    "compute": Component("hosts", OPERATOR),
    "addresses": Component("addresses", OPERATOR),
    "database": Component("hosts", OPERATOR),
    "archive_storage": Component("GB in all copies", OPERATOR),
    "backups": Component("GB", OPERATOR),
    "egress": Component("GB a month", OPERATOR),
    "rpc": Component("calls a month", OPERATOR),
    "rln_gas": Component("gas a month", MEMBERS),
    "capital_cost": Component("USD of deposits", MEMBERS),
    "rpc_rln_clients": Component("calls a month", MEMBERS),
    "rpc_wallet": Component("calls a month", WALLET_OWNERS),
}
"""The parts of a bill in its order. All of them add up to `all_in` in every draw."""

USED_TOTALS = {"gates": ALL_IN, "sensitivity": ALL_IN, "alternatives": INFRASTRUCTURE}
"""Which total each of these uses. No seller of hosted messaging sells what users pay; the gates and the drivers are
about everything that is paid."""

CONFIDENCE = 0.95
"""Hosts that are named as what to rent are large enough in this share of all draws."""


@dataclass(frozen=True)
class Rented:
    """Whole hosts of one role that are large enough at a confidence."""

    role: str
    choice_id: str
    hosts: int
    need_share: float
    """Of these hosts that is needed in the draw at the confidence."""

    def __str__(self) -> str:
        return f"{self.hosts:,} x {self.choice_id} ({self.role})"


@dataclass(frozen=True)
class Plan:
    """Whole hosts that are large enough at a confidence, and the infrastructure with them, USD a month in every
    draw."""

    rented: tuple[Rented, ...]
    cost_usd_per_month: Quantity

    @property
    def fullest(self) -> Rented:
        """The role that has the least left."""
        return max(self.rented, key=lambda hosts: hosts.need_share)


@dataclass(frozen=True)
class Bill:
    """The bill of a scenario at one place. Without parts where something is missing, which `missing` then names."""

    provider: str
    region: str
    place: Place | None
    parts: Mapping[str, Part]
    databases: Mapping[str, Part]
    """One's own or hosted PostgreSQL with storage and backups, for comparison: one of them is in the parts."""
    missing: str
    missing_all_in: str = ""
    """What is not known of what users pay."""

    @cached_property
    def infrastructure(self) -> Quantity | None:
        """The sum of what the operator pays in every draw, None if a part is unknown."""
        own = [part for name, part in self.parts.items() if COMPONENTS[name].is_infrastructure]
        return total(part.cost_usd_per_month for part in own) if own else None

    @cached_property
    def month(self) -> Summary | None:
        """The infrastructure in figures, None if a part is unknown."""
        return None if self.infrastructure is None else summarise(self.infrastructure.value, SCRAMBLES)

    @property
    def all_in(self) -> Quantity | None:
        """The sum of all parts in every draw, None if one is unknown. Not kept: it is asked for once at most places."""
        if not self.parts or self.missing_all_in:
            return None
        besides = [
            part.cost_usd_per_month for name, part in self.parts.items() if not COMPONENTS[name].is_infrastructure
        ]
        if self.infrastructure is None or not any(np.any(cost.value) for cost in besides):
            return self.infrastructure
        return total((self.infrastructure, *besides))

    def total(self, name: str) -> Quantity | None:
        """Return one of the two totals."""
        return self.infrastructure if name == INFRASTRUCTURE else self.all_in


@dataclass(frozen=True)
class Estimate:
    """A scenario with or without RLN at every place."""

    scenario: Scenario
    with_rln: bool
    load: Load | None
    bills: tuple[Bill, ...]
    memberships: chain.Memberships | None
    missing: tuple[str, ...]

    @cached_property
    def ranked(self) -> tuple[Bill, ...]:
        """The known bills, that with the lowest median of its infrastructure first."""
        known = [(bill.month.p50, bill) for bill in self.bills if bill.month is not None]
        return tuple(bill for _, bill in sorted(known, key=lambda one: (one[0], one[1].provider, one[1].region)))

    @property
    def best(self) -> Bill | None:
        """The cheapest bill, None if none is known."""
        return self.ranked[0] if self.ranked else None

    @property
    def is_feasible(self) -> bool | None:
        """Whether memberships allow the scenario as specified; None where that is unknown."""
        if not self.with_rln:
            return True
        return not self.memberships.obstacles(CONFIDENCE) if self.memberships else None

    @property
    def reason(self) -> str:
        """What is missing; why it cannot run as specified; which prices could not be compared."""
        parts = ["missing: " + "; ".join(self.missing)] if self.missing else []
        if self.memberships:
            parts.extend(self.memberships.obstacles(CONFIDENCE))
            parts.extend(filter(None, (self.memberships.disagreement,)))
        if self.best is not None and self.best.missing_all_in:
            parts.append(f"what users pay is not known: missing {self.best.missing_all_in}")
        left_out = Counter(bill.missing for bill in self.bills if bill.missing)
        if left_out and not self.missing:
            named = ", ".join(f"{what} ({count})" for what, count in sorted(left_out.items()))
            parts.append(f"{left_out.total()} of {len(self.bills)} provider regions left out for want of: {named}")
        return "; ".join(parts)

    def cheapest_shares(self) -> dict[tuple[str, str], float]:
        """Return for each known place the share of draws in which its infrastructure is the cheapest."""
        known = self.ranked
        if not known:
            return {}
        totals = np.stack(np.broadcast_arrays(*(np.asarray(bill.infrastructure.value) for bill in known)))  # type: ignore[union-attr]
        counts = np.bincount(totals.argmin(axis=0).ravel(), minlength=len(known))
        return {(b.provider, b.region): float(n / counts.sum()) for b, n in zip(known, counts, strict=True)}


@dataclass(frozen=True)
class World:
    """What every estimate is made from: all that is known, and one sample of it."""

    catalogue: Catalogue
    draws: Draws
    _places: dict[tuple[object, ...], Place | MissingEvidence] = field(default_factory=dict, compare=False, repr=False)

    def place(self, name: tuple[str, str], scenario: Scenario, has_archive: bool) -> Place:
        """Return `place_of`, found once for all scenarios that ask for hosts alike. Raises `MissingEvidence`."""
        asked = (name, has_archive, scenario.host_disk_gb, scenario.architecture, *scenario.vcpu_kinds)
        if asked not in self._places:
            try:
                self._places[asked] = place_of(name, scenario, has_archive, self.catalogue)
            except MissingEvidence as unknown:
                self._places[asked] = unknown
        found = self._places[asked]
        if isinstance(found, MissingEvidence):
            raise found
        return found


def estimate(scenario: Scenario, with_rln: bool, world: World) -> Estimate:
    """Estimate `scenario` at every place that rents servers; never raises for missing evidence, see `Bill.missing`."""
    catalogue, draws = world.catalogue, world.draws.with_values({})  # what is found on the way is let go with these
    missing: list[str] = []
    load = needs = held = None
    shared: dict[str, Part] = {}
    missing_all_in = ""
    try:
        load = _load(scenario, with_rln, catalogue, draws)
        needs = needs_of(scenario, with_rln, load, draws)
        shared["rpc"] = _rpc_part(scenario, with_rln, needs.node, catalogue, draws)
    except MissingEvidence as unknown:
        missing.append(str(unknown))
    if load is not None:
        try:
            held = chain.memberships(scenario, load.messages_per_sender_day, draws) if with_rln else None
            shared |= _user_parts(scenario, with_rln, held, catalogue, draws)
        except MissingEvidence as unknown:
            missing_all_in = str(unknown)
    bills = []
    for place in sorted({(offer.provider, offer.region) for offer in catalogue.offers}):
        if missing or load is None or needs is None:
            bills.append(Bill(*place, None, {}, {}, "; ".join(missing)))
            continue
        try:
            sold = world.place(place, scenario, load.archive_gb is not None)
            bought = cheapest(sold, scenario, needs, draws)
            parts = {**_place_parts(scenario, sold, bought, needs, load, draws), **shared}
            bills.append(Bill(*place, sold, parts, _databases(bought, needs), "", missing_all_in))
        except MissingEvidence as unknown:
            bills.append(Bill(*place, None, {}, {}, str(unknown)))
    return Estimate(scenario, with_rln, load, tuple(bills), held, tuple(dict.fromkeys(missing)))


def plan(estimated: Estimate, world: World, confidence: float = CONFIDENCE) -> Plan | None:
    """Return whole hosts at the cheapest place that are large enough in `confidence` of all draws; None without a bill.

    One kind of host for each role, held in every draw: what is needed less is paid nevertheless.
    """
    best = estimated.best
    if best is None or best.place is None or estimated.load is None or best.infrastructure is None:
        return None

    scenario, draws = estimated.scenario, world.draws.with_values({})
    try:
        needs = needs_of(scenario, estimated.with_rln, estimated.load, draws)
        bought = cheapest(best.place, scenario, needs, draws, held_at=confidence)
    except MissingEvidence:
        return None
    rented = tuple(
        Rented(
            way.role,
            way.choice_id,
            math.ceil(float(np.max(way.fleet.hosts))),
            float(np.quantile(np.asarray(way.fleet.need_of_hosts / way.fleet.hosts), confidence)),
        )
        for way in bought.ways
    )
    cost = best.infrastructure.having(bought.total) + best.parts["rpc"].cost_usd_per_month
    return Plan(rented, cost)


def total_in(estimated: Estimate, places: Sequence[Place], name: str, catalogue: Catalogue, draws: Draws) -> FloatArray:
    """Return a total at each of `places` in other draws, USD a month, shape (places, draws).

    Sizes and plans are chosen anew. NaN at a place where a price is missing for the draws. Raises `MissingEvidence`
    where that holds for what is the same at every place.
    """
    own = infrastructure_in(estimated, places, catalogue, draws)
    return own + users_in(estimated, places, catalogue, draws) if name == ALL_IN else own


def users_in(estimated: Estimate, places: Sequence[Place], catalogue: Catalogue, draws: Draws) -> FloatArray:
    """Return what users pay in other draws, the same at every place; see `total_in`."""
    scenario, with_rln = estimated.scenario, estimated.with_rln
    held = chain.memberships(scenario, sent_of(scenario, draws).per_day, draws) if with_rln else None
    parts = _user_parts(scenario, with_rln, held, catalogue, draws)
    paid = sum((part.cost_usd_per_month.value for part in parts.values()), np.float64(0.0))
    return np.stack([np.atleast_1d(paid)] * len(places))


def infrastructure_in(estimated: Estimate, places: Sequence[Place], catalogue: Catalogue, draws: Draws) -> FloatArray:
    """Return what the operator pays at each of `places` in other draws; see `total_in`."""
    scenario, with_rln = estimated.scenario, estimated.with_rln
    needs = needs_of(scenario, with_rln, _load(scenario, with_rln, catalogue, draws), draws)
    shared = _rpc_part(scenario, with_rln, needs.node, catalogue, draws).cost_usd_per_month.value
    found: list[Value] = []
    for place in places:
        try:
            found.append(least_cost(place, scenario, needs, draws) + shared)
        except MissingEvidence:
            found.append(np.float64(np.nan))
    return np.stack(np.broadcast_arrays(*(np.atleast_1d(cost) for cost in found)))


def _load(scenario: Scenario, with_rln: bool, catalogue: Catalogue, draws: Draws) -> Load:
    of_scenario = partial(load_of, scenario, with_rln, catalogue, draws)
    return draws.once(("load", with_rln), of_scenario, scenario, catalogue)


def _place_parts(
    scenario: Scenario, place: Place, bought: Bought, needs: Needs, load: Load, draws: Draws
) -> dict[str, Part]:
    """Return the parts of the bill that the place decides, in every draw."""
    none = scenario_basis(scenario) * 0.0
    by_component = {
        "compute": [way for way in bought.ways if way.role != DATABASE],
        "database": [way for way in bought.ways if way.role == DATABASE],
    }
    nodes, hosts = bought.hosts["compute"], bought.hosts["database"]
    archive = None if needs.database is None else needs.database.archive
    stored = " and ".join(
        dict.fromkeys(
            "on volumes, not filled to the last byte" if np.any(way.fleet.stored_gb) else "on the servers' own disks"
            for way in bought.ways
            if needs.database is not None and way.role != NODE
        )
    )
    notes = {
        "compute": _named(by_component["compute"]),
        "addresses": "a public IPv4 address for each node, none for a host that is only a database",
        "database": f"{_named(by_component['database'])}; processors from {capacity_basis(load, draws)}"
        if by_component["database"]
        else "databases run on the nodes"
        if needs.database is not None
        else "no archive",
        "archive_storage": stored or "no archive",
        "backups": "one archive is backed up, however many copies run" if needs.database is not None else "no archive",
        "egress": "beyond what the servers' prices include",
    }
    amounts: dict[str, Value] = {
        "compute": nodes,
        "addresses": nodes,
        "database": hosts,
        "archive_storage": bought.stored_gb,
        "backups": backup_gb(archive, draws).value if archive is not None else 0.0,
        "egress": bought.billed_gb,
    }
    choices: dict[str, str | None] = {
        "compute": "; ".join(dict.fromkeys(way.choice_id for way in by_component["compute"])),
        "database": "; ".join(dict.fromkeys(way.choice_id for way in by_component["database"])) or None,
        "addresses": place.address.price_id,
        "backups": place.backup.price_id if place.backup and needs.database is not None else None,
        "egress": "; ".join(tier.price_id for tier in place.tiers) if np.any(bought.billed_gb) else None,
    }
    return {
        name: Part(
            cost := bought.costs.get(name, none).resting_on(none),
            cost.having(float(np.mean(amount))),  # of which tables print the mean alone
            notes[name],
            choices.get(name),
        )
        for name, amount in amounts.items()
    }


def _named(ways: Sequence[Way]) -> str:
    """Name the kind of host that is the cheapest on average, and say how many others are taken in some draws."""
    if not ways:
        return ""
    first, *others = ways
    more = len({(way.choice_id, way.role) for way in others} - {(first.choice_id, first.role)})
    also = f"; {more} other kind{'s' if more > 1 else ''} of host in some draws" if more else ""
    return f"cheapest on average: {first.choice_id} ({first.role}){also}"


def _databases(bought: Bought, needs: Needs) -> dict[str, Part]:
    if needs.database is None:
        return {}
    found = {}
    for way in bought.databases:
        cost = total(way.costs.values())
        note = f"database, its storage and backups: {way.choice_id}"
        found[MANAGED if way.is_managed else SELF_MANAGED] = Part(
            cost, cost.having(float(np.mean(way.fleet.hosts))), note, way.choice_id
        )
    return found


def _rpc_part(scenario: Scenario, with_rln: bool, need: Need, catalogue: Catalogue, draws: Draws) -> Part:
    """Price what the nodes call, as many as connections take: nothing without RLN. Raises `MissingEvidence`."""
    of_nodes = partial(_node_calls, scenario, with_rln, need, catalogue, draws)
    return draws.once(("rpc", with_rln), of_nodes, scenario, need, catalogue)


def _node_calls(scenario: Scenario, with_rln: bool, need: Need, catalogue: Catalogue, draws: Draws) -> Part:
    basis = scenario_basis(scenario)
    component = scenario.node_rpc_component if with_rln else chain.WITHOUT_RLN
    whole = computed(mean_whole, need.connected_hosts, draws["assumption/month_swing"])
    calls = chain.node_calls(component, computed(np.maximum, whole, need.least_hosts), catalogue, draws)
    called = total(call.per_day for call in calls) * DAYS_PER_MONTH
    if not np.any(called.value):
        return Part(called * 0.0, called, "the nodes call no chain")
    cost = chain.rpc_cost(calls, scenario.rln_chain, catalogue, draws)
    left_out = f"{cost.left_out} plans left out, their quota or credits are not known"
    return Part(cost.cost_usd_per_month.resting_on(basis), called, f"{cost.note}; {left_out}", cost.plan_id)


def _user_parts(
    scenario: Scenario, with_rln: bool, held: chain.Memberships | None, catalogue: Catalogue, draws: Draws
) -> dict[str, Part]:
    """Return what users pay: memberships and calls of their own software. Raises `MissingEvidence`."""
    basis = scenario_basis(scenario)
    nothing = Part(basis * 0.0, basis * 0.0, "no memberships without RLN")
    parts = {"rln_gas": nothing, "capital_cost": nothing, "rpc_rln_clients": nothing}
    parts["rpc_wallet"] = Part(basis * 0.0, basis * 0.0, "no wallets in this scenario")
    if held is not None:
        gas = chain.gas_per_month(scenario, draws)
        parts["rln_gas"] = Part(
            (gas * chain.usd_per_gas(scenario.rln_chain, draws)).resting_on(basis, held.deposit_usd),
            gas,
            f"{held.needed:,} x membership, registered once, extended {scenario.rln_extensions} x",
        )
        parts["capital_cost"] = Part(
            chain.capital_cost(held.deposit_usd, draws).resting_on(basis),
            held.deposit_usd,
            "what the refundable deposits could earn elsewhere; the deposits themselves come back and are no cost",
        )
    if scenario.active_users and with_rln:
        members = scenario.own_senders
        called = partial(chain.member_calls, scenario.node_rpc_component, members)
        note = f"{members:,} members, each with a node that checks the list of members while it runs"
        parts["rpc_rln_clients"] = _called(
            called(catalogue, draws), scenario.rln_chain, note, scenario, catalogue, draws
        )
    if scenario.active_users and scenario.client_rpc_component:
        wallets = chain.wallet_calls(scenario.client_rpc_component, scenario.active_users, catalogue, draws)
        note = "calls of wallets, which messages do not need"
        parts["rpc_wallet"] = _called(wallets, chain.ETHEREUM, note, scenario, catalogue, draws)
    return parts


def _called(
    calls: tuple[chain.Calls, ...], of_chain: str, note: str, scenario: Scenario, catalogue: Catalogue, draws: Draws
) -> Part:
    cost = chain.rpc_cost(calls, of_chain, catalogue, draws)
    per_month = total(call.per_day for call in calls) * DAYS_PER_MONTH
    basis = scenario_basis(scenario)
    return Part(cost.cost_usd_per_month.resting_on(basis), per_month, f"{note}; {cost.note}", cost.plan_id)


def estimates(scenarios: Iterable[Scenario], world: World) -> list[Estimate]:
    """Estimate every scenario without and with RLN."""
    return [estimate(scenario, rln, world) for scenario in scenarios for rln in (False, True)]
