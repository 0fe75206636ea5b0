"""What a kind of use costs with any number of users: points of the cost model, and the error of interpolation.

Belongs here: kinds of use, the points, interpolation and its error. Does not belong here: what one bill costs
(`model.py`), tables (`response_frames.py`), the script that interpolates for a reader (`assets/reports/page`).

Each point is the model's own estimate, in the same draws as the scenarios, at the places that may be the cheapest.
Between two points the logarithm of a cost is a straight line over the logarithm of the users. The error of that is
measured: the model is also run at held-out numbers of users, one between each two points.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from assets.costs.components import ALL_IN, INFRASTRUCTURE
from assets.costs.draws import QuantitySummary, summarise
from assets.costs.model import Estimate, World, estimate, infrastructure_in
from assets.costs.rpc_and_rln import Memberships
from assets.evidence.basis import Basis
from assets.evidence.model import StandingRow
from assets.evidence.quantity import MissingEvidence
from assets.evidence.tables.costs import Scenario

USERS = (
    *(1_000, 2_000, 5_000, 10_000, 20_000, 50_000),
    *(100_000, 300_000, 1_000_000, 3_000_000, 10_000_000),
)
"""Numbers of users of the points: closer where one server more counts, and where another place becomes the cheapest."""

SCREENED = (1_000, 10_000, 100_000, 1_000_000, 10_000_000)
"""Numbers of users for which all places are compared, in few draws, to leave out those that are never the cheapest."""
FEW_DRAWS = 256
NEAR = 1.15
"""Times the least cost, in these few draws, up to which a place may be the cheapest."""

TOTALS = (INFRASTRUCTURE, ALL_IN)
DESCRIPTIVE = frozenset(
    {"id", "title", "description", "is_milestone", "budget_usd_per_month", *StandingRow.model_fields}
)
"""Fields of a scenario that change no cost, or say how sure it is."""

Place = tuple[str, str]
"""Provider and region."""
Spread = tuple[float, float, float]
"""Percentiles 5, 50 and 95, USD a month."""


@dataclass(frozen=True)
class Kind:
    """A way of using Waku whose number of users is open."""

    name: str
    """Its profile; the id of its scenario where another kind has the same profile."""
    scenario: Scenario
    """The largest scenario of this kind."""

    def of(self, users: int) -> Scenario:
        """Return its scenario with another number of users."""
        return with_users(self.scenario, users)


@dataclass(frozen=True)
class CostPoint:
    """What the model says of a number of users at one place."""

    users: int
    place: Place
    is_cheapest: bool
    """Whether no other place has a lower median of its infrastructure."""
    totals: Mapping[str, QuantitySummary]
    """Those that are known."""
    memberships: Memberships | None
    """Needed and available; None without RLN, or where that is not known."""
    is_feasible: bool | None
    basis: Basis

    def spread(self, total: str) -> Spread | None:
        """Return the percentiles of a total, None where it is not known."""
        found = self.totals.get(total)
        return None if found is None else (found.p5, found.p50, found.p95)


@dataclass(frozen=True)
class InterpolationError:
    """The largest error of a total: at the held-out number of users and the percentile where it is the worst."""

    total: str
    users: int
    percentile: int
    modelled: float
    interpolated: float
    held_out: int
    """Numbers of users at which the model was run to find it."""

    @property
    def share(self) -> float:
        """Of the modelled cost."""
        return abs(self.interpolated / self.modelled - 1.0)


@dataclass(frozen=True)
class Response:
    """The costs of a kind, with or without RLN, by number of users."""

    kind: Kind
    with_rln: bool
    points: tuple[CostPoint, ...]
    errors: tuple[InterpolationError, ...] = ()

    def at(self, users: float) -> dict[Place, dict[str, Spread]]:
        """Return the totals at every place that is known on both sides of a number of users, the cheapest place first.

        Nothing for numbers beyond the points.
        """
        known = sorted({point.users for point in self.points})
        low = max((each for each in known if each <= users), default=None)
        high = min((each for each in known if each >= users), default=None)
        if low is None or high is None:
            return {}
        ends = {end: {point.place: point for point in self.points if point.users == end} for end in (low, high)}
        found = {
            place: {
                total: between(users, (low, one), (high, other))
                for total in TOTALS
                if (one := point.spread(total)) and (other := ends[high][place].spread(total))
            }
            for place, point in ends[low].items()
            if place in ends[high]
        }
        return dict(sorted(found.items(), key=lambda one: (one[1][INFRASTRUCTURE][1], one[0])))


def between(users: float, low: tuple[float, Spread], high: tuple[float, Spread]) -> Spread:
    """Return each percentile on a straight line between two points: logarithm of cost over logarithm of users."""
    (start, first), (end, last) = low, high
    if users in (start, end):
        return first if users == start else last
    share = math.log(users / start) / math.log(end / start)
    p5, p50, p95 = (
        math.exp(math.log(a) * (1.0 - share) + math.log(b) * share) for a, b in zip(first, last, strict=True)
    )
    return p5, p50, p95


def with_users(scenario: Scenario, users: int) -> Scenario:
    """Return a scenario with another number of users: senders grow in proportion.

    So do receivers of a message where all users receive each.
    """
    before = scenario.active_users
    if before is None:
        raise ValueError(f"{scenario.id} has no active users, so their number cannot be another")
    senders = {
        name: max(round(getattr(scenario, name) * users / before), 1) for name in ("own_senders", "network_senders")
    }
    everybody = scenario.receivers_per_message == before
    receivers = float(users) if everybody else scenario.receivers_per_message
    return scenario.model_copy(update={"active_users": users, "receivers_per_message": receivers, **senders})


def kinds_of(scenarios: Iterable[Scenario]) -> tuple[Kind, ...]:
    """Return the kinds among scenarios: those that differ in the number of users alone are one.

    Scenarios without users are of no kind.
    """
    alike: dict[str, list[Scenario]] = {}
    for scenario in scenarios:
        if scenario.active_users:
            same = with_users(scenario, SCREENED[-1]).model_dump_json(exclude=set(DESCRIPTIVE))
            alike.setdefault(same, []).append(scenario)
    largest = [max(family, key=lambda one: (one.active_users or 0, one.id)) for family in alike.values()]
    profiles = Counter(scenario.profile_id for scenario in largest)
    return tuple(
        Kind(scenario.profile_id if profiles[scenario.profile_id] == 1 else scenario.id, scenario)
        for scenario in largest
    )


def responses(scenarios: Iterable[Scenario], world: World) -> list[Response]:
    """Return the response of every kind without and with RLN; one without points where something needed is not
    known."""
    found = []
    for kind in kinds_of(scenarios):
        screened = _screened(kind, world)
        for with_rln in (False, True):
            points = Response(kind, with_rln, tuple(_points(kind, with_rln, world, screened)))
            found.append(replace(points, errors=tuple(_errors(points, world))))
    return found


def _points(
    kind: Kind, with_rln: bool, world: World, screened: Mapping[int, Mapping[Place, float]]
) -> Iterator[CostPoint]:
    for index, users in enumerate(USERS):
        # The places of both neighbours too: interpolation takes the same place on both sides.
        around = USERS[max(index - 1, 0) : index + 2]
        places = frozenset().union(*(_near(each, screened) for each in around))
        found = estimate(kind.of(users), with_rln, _only(places, world))
        for bill in found.ranked:
            totals = {name: total for name in TOTALS if (total := bill.total(name)) is not None}
            yield CostPoint(
                users,
                (bill.provider, bill.region),
                bill is found.best,
                {
                    name: bill.month if name == INFRASTRUCTURE and bill.month else summarise(total.value)
                    for name, total in totals.items()
                },
                found.memberships,
                found.is_feasible,
                Basis.all_of(total.basis for total in totals.values()),
            )


def _errors(response: Response, world: World) -> Iterator[InterpolationError]:
    """Yield the largest error of each total over the held-out numbers of users."""
    tried: dict[str, list[tuple[int, Spread, Spread]]] = {total: [] for total in TOTALS}
    for users in held_out({point.users for point in response.points}):
        expected = response.at(users)
        if not expected:
            continue
        least = min(totals[INFRASTRUCTURE][1] for totals in expected.values())
        near = frozenset(place for place, totals in expected.items() if totals[INFRASTRUCTURE][1] <= NEAR * least)
        for total, modelled in _at_best(estimate(response.kind.of(users), response.with_rln, _only(near, world))):
            cheapest = next(iter(expected.values()))
            if total in cheapest:
                tried[total].append((users, modelled, cheapest[total]))
    for total, found in tried.items():
        each = [
            InterpolationError(total, users, percentile, one, other, len(found))
            for users, modelled, interpolated in found
            for percentile, one, other in zip((5, 50, 95), modelled, interpolated, strict=True)
        ]
        if each:
            yield max(each, key=lambda error: error.share)


def held_out(users: Iterable[int]) -> tuple[int, ...]:
    """Return a number between each two: their geometric mean, with two digits."""
    return tuple(_two_digits(math.sqrt(low * high)) for low, high in pairwise(sorted(users)))


def _two_digits(value: float) -> int:
    return int(round(value, 1 - math.floor(math.log10(value))))


def _at_best(found: Estimate) -> Iterator[tuple[str, Spread]]:
    """Yield the totals at the cheapest place, as far as they are known."""
    for name in TOTALS:
        total = found.best.total(name) if found.best else None
        if total is not None:
            summary = summarise(total.value)
            yield name, (summary.p5, summary.p50, summary.p95)


def _screened(kind: Kind, world: World) -> dict[int, dict[Place, float]]:
    """Return by number of users what infrastructure costs at every place, without RLN and in few draws."""
    catalogue, few = world.catalogue, world.draws.first(FEW_DRAWS)
    names = sorted({(offer.provider, offer.region) for offer in catalogue.offers})
    found: dict[int, dict[Place, float]] = {}
    for users in SCREENED:
        scenario, sold = kind.of(users), {}
        for name in names:
            try:
                sold[name] = world.place(name, scenario, scenario.retention_days_id is not None)
            except MissingEvidence:
                continue  # never the cheapest: it has no bill
        try:
            asked = Estimate(scenario, with_rln=False, load=None, bills=(), memberships=None, missing=())
            costs = infrastructure_in(asked, list(sold.values()), catalogue, few.with_values({})) if sold else ()
        except MissingEvidence:
            costs = ()  # nowhere is there a bill
        medians = {name: float(np.median(cost)) for name, cost in zip(sold, costs, strict=False)}
        found[users] = {name: median for name, median in medians.items() if not math.isnan(median)}
    return found


def _near(users: int, screened: Mapping[int, Mapping[Place, float]]) -> frozenset[Place]:
    """Return the places that may be the cheapest: near the least cost, interpolated between what was screened."""
    low = max(each for each in screened if each <= users)
    high = min(each for each in screened if each >= users)
    costs = {}
    for place in {**screened[low], **screened[high]}:
        ends = [screened[end].get(place) for end in (low, high)]
        known = [cost for cost in ends if cost is not None]
        one, other = known[0], known[-1]
        costs[place] = between(users, (low, (one,) * 3), (high, (other,) * 3))[1]
    least = min(costs.values(), default=0.0)
    return frozenset(place for place, cost in costs.items() if cost <= NEAR * least)


def _only(places: frozenset[Place], world: World) -> World:
    """Return the same world with these places alone."""
    offers = tuple(offer for offer in world.catalogue.offers if (offer.provider, offer.region) in places)
    return replace(world, catalogue=replace(world.catalogue, offers=offers))
