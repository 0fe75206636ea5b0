"""What it costs a month to self-host a scenario, as a distribution: every place, every component, with RLN or without.

Belongs here: the bill of a scenario at every place, draw by draw, which place is cheapest, and what to rent there. Does
not belong here: loads and needs (`workload.py`, `sizing.py`), what one place takes (`hosting.py`), the lines of a bill
(`bill.py`), what drives the cost (`sensitivity.py`), tables (`frames.py`). Something needed and not known makes a bill
`unknown` with a reason; never zero.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial

import numpy as np

from assets.costs import rpc_and_rln
from assets.costs.bill import Bill, BillLine, database_parts, place_parts, rpc_part, user_parts
from assets.costs.cheapest import cheapest, least_cost
from assets.costs.components import ALL_IN, CONFIDENCE
from assets.costs.distributions import FloatArray
from assets.costs.draws import Draws
from assets.costs.inputs import CostCatalogue
from assets.costs.places import ProviderRegion, place_of
from assets.costs.sizing import needs_of
from assets.costs.workload import ScenarioLoad, load_of, sent_of
from assets.evidence.quantity import MissingEvidence, Quantity, Value
from assets.evidence.tables.costs import Scenario


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
class RentalPlan:
    """Whole hosts that are large enough at a confidence, and the infrastructure with them, USD a month in every
    draw."""

    rented: tuple[Rented, ...]
    servers_usd_per_month: float
    """Of these hosts alone: the mean of all draws."""
    cost_usd_per_month: Quantity

    @property
    def fullest(self) -> Rented:
        """The role that has the least left."""
        return max(self.rented, key=lambda hosts: hosts.need_share)


@dataclass(frozen=True)
class Estimate:
    """A scenario with or without RLN at every place."""

    scenario: Scenario
    with_rln: bool
    load: ScenarioLoad | None
    bills: tuple[Bill, ...]
    memberships: rpc_and_rln.Memberships | None
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

    catalogue: CostCatalogue
    draws: Draws
    _places: dict[tuple[object, ...], ProviderRegion | MissingEvidence] = field(
        default_factory=dict, compare=False, repr=False
    )

    def place(self, name: tuple[str, str], scenario: Scenario, has_archive: bool) -> ProviderRegion:
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
    shared: dict[str, BillLine] = {}
    missing_all_in = ""
    try:
        load = _load(scenario, with_rln, catalogue, draws)
        needs = needs_of(scenario, with_rln, load, draws)
        shared["rpc"] = rpc_part(scenario, with_rln, needs.node, catalogue, draws)
    except MissingEvidence as unknown:
        missing.append(str(unknown))
    if load is not None:
        try:
            held = rpc_and_rln.memberships(scenario, load.messages_per_sender_day, draws) if with_rln else None
            shared |= user_parts(scenario, with_rln, held, catalogue, draws)
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
            parts = {**place_parts(scenario, sold, bought, needs, load, draws), **shared}
            bills.append(Bill(*place, sold, parts, database_parts(bought), "", missing_all_in))
        except MissingEvidence as unknown:
            bills.append(Bill(*place, None, {}, {}, str(unknown)))
    return Estimate(scenario, with_rln, load, tuple(bills), held, tuple(dict.fromkeys(missing)))


def plan(estimated: Estimate, world: World, confidence: float = CONFIDENCE) -> RentalPlan | None:
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
    servers = sum(cost.mean for name, cost in bought.costs.items() if name in ("compute", "database"))
    return RentalPlan(rented, servers, cost)


def total_in(
    estimated: Estimate, places: Sequence[ProviderRegion], name: str, catalogue: CostCatalogue, draws: Draws
) -> FloatArray:
    """Return a total at each of `places` in other draws, USD a month, shape (places, draws).

    Sizes and plans are chosen anew. NaN at a place where a price is missing for the draws. Raises `MissingEvidence`
    where that holds for what is the same at every place.
    """
    own = infrastructure_in(estimated, places, catalogue, draws)
    return own + users_in(estimated, places, catalogue, draws) if name == ALL_IN else own


def parts_in(
    estimated: Estimate, place: ProviderRegion, catalogue: CostCatalogue, draws: Draws
) -> dict[str, FloatArray]:
    """Return each part of the bill at a place in other draws, USD a month. Raises `MissingEvidence`."""
    scenario, with_rln = estimated.scenario, estimated.with_rln
    load = _load(scenario, with_rln, catalogue, draws)
    needs = needs_of(scenario, with_rln, load, draws)
    held = rpc_and_rln.memberships(scenario, load.messages_per_sender_day, draws) if with_rln else None
    lines = {
        **place_parts(scenario, place, cheapest(place, scenario, needs, draws), needs, load, draws),
        "rpc": rpc_part(scenario, with_rln, needs.node, catalogue, draws),
        **user_parts(scenario, with_rln, held, catalogue, draws),
    }
    return {name: np.asarray(line.cost_usd_per_month.value) for name, line in lines.items()}


def users_in(
    estimated: Estimate, places: Sequence[ProviderRegion], catalogue: CostCatalogue, draws: Draws
) -> FloatArray:
    """Return what users pay in other draws, the same at every place; see `total_in`."""
    scenario, with_rln = estimated.scenario, estimated.with_rln
    held = rpc_and_rln.memberships(scenario, sent_of(scenario, draws).per_day, draws) if with_rln else None
    parts = user_parts(scenario, with_rln, held, catalogue, draws)
    paid = sum((part.cost_usd_per_month.value for part in parts.values()), np.float64(0.0))
    return np.stack([np.atleast_1d(paid)] * len(places))


def infrastructure_in(
    estimated: Estimate, places: Sequence[ProviderRegion], catalogue: CostCatalogue, draws: Draws
) -> FloatArray:
    """Return what the operator pays at each of `places` in other draws; see `total_in`."""
    scenario, with_rln = estimated.scenario, estimated.with_rln
    needs = needs_of(scenario, with_rln, _load(scenario, with_rln, catalogue, draws), draws)
    shared = rpc_part(scenario, with_rln, needs.node, catalogue, draws).cost_usd_per_month.value
    found: list[Value] = []
    for place in places:
        try:
            found.append(least_cost(place, scenario, needs, draws) + shared)
        except MissingEvidence:
            found.append(np.float64(np.nan))
    return np.stack(np.broadcast_arrays(*(np.atleast_1d(cost) for cost in found)))


def _load(scenario: Scenario, with_rln: bool, catalogue: CostCatalogue, draws: Draws) -> ScenarioLoad:
    """Return the load, computed once for these draws. Raises `MissingEvidence`."""
    of_scenario = partial(load_of, scenario, with_rln, catalogue, draws)
    return draws.once(("load", with_rln), of_scenario, scenario, catalogue)


def estimates(scenarios: Iterable[Scenario], world: World) -> list[Estimate]:
    """Estimate every scenario without and with RLN."""
    return [estimate(scenario, rln, world) for scenario in scenarios for rln in (False, True)]
