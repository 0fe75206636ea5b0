"""The cheapest way to run everything at one place: node and database apart, or on one host.

Belongs here: the choice among all ways, in every draw or once for all of them. Does not belong here: what a way costs
(`hosting.py`), comparing places (`model.py`).

Sizes are chosen anew in every draw: who needs more rents more. So the interval of a bill holds how sure the sizes are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial

import numpy as np
from numpy.typing import NDArray

from assets.costs.draws import Draws
from assets.costs.hosting import Way, summed, ways_of
from assets.costs.places import ProviderRegion
from assets.costs.sizing import DATABASE, Need, Needs
from assets.evidence.quantity import MissingEvidence, Quantity, Value
from assets.evidence.tables.costs import Scenario


@dataclass(frozen=True)
class Bought:
    """The cheapest way in every draw, as amounts by component, and the ways that are taken in some draw."""

    costs: Mapping[str, Quantity]
    """USD a month by component; without those that cost nothing."""
    hosts: Mapping[str, Value]
    """By component: compute and database."""
    stored_gb: Value
    billed_gb: Value
    ways: tuple[Way, ...]
    """Those that are the cheapest in some draw, that with the lowest mean first."""
    databases: tuple[Way, ...] = ()
    """The cheapest way, on average, to run databases apart oneself, and hosted; whether or not it is taken."""

    @cached_property
    def total(self) -> Value:
        """USD a month, all components together."""
        return self.ways[0].total if len(self.ways) == 1 else summed(self.costs)


def cheapest(
    place: ProviderRegion, scenario: Scenario, needs: Needs, draws: Draws, *, held_at: float | None = None
) -> Bought:
    """Return the cheapest way to run everything at a place: node and database apart, or on one host.

    It is chosen anew in every draw or, with `held_at`, once for all of them, by its mean, among hosts that are large
    enough for what each takes by itself in this share of draws. Raises `MissingEvidence` where no way is known.
    """
    choose = _in_each_draw if held_at is None else partial(_once, confidence=held_at)
    nodes = ways_of(needs.node, place, scenario, draws, held_at)
    if needs.database is None or needs.shared is None:
        return choose([_as_bought(way) for way in nodes])
    obstacle = MissingEvidence("price of a database")
    together: list[Way] = []
    apart: list[Way] = []
    try:
        together = ways_of(needs.shared, place, scenario, draws, held_at)
    except MissingEvidence as unknown:
        obstacle = unknown
    try:
        apart = ways_of(needs.database, place, scenario, draws, held_at, managed=True)
    except MissingEvidence as unknown:
        obstacle = unknown
    options = [_as_bought(way) for way in together]
    is_option = held_at is not None or not together  # else only where it is less in some draw
    if apart and (is_option or np.any(_least_of(nodes) + _least_of(apart) < _least_of(together))):
        separate = (choose([_as_bought(way) for way in nodes]), choose([_as_bought(way) for way in apart]))
        options.append(_sum(*separate))
    if not options:
        raise obstacle
    best = {kind: [way for way in apart if way.is_managed == kind] for kind in (False, True)}
    databases = tuple(min(ways, key=lambda way: way.mean) for ways in best.values() if ways)
    return replace(choose(options), databases=databases)


def least_cost(place: ProviderRegion, scenario: Scenario, needs: Needs, draws: Draws) -> Value:
    """Return the total of `cheapest`, USD a month in every draw, and nothing else of it. Raises `MissingEvidence`."""
    nodes = _least(needs.node, place, scenario, draws)
    if needs.database is None or needs.shared is None:
        return nodes
    found: list[Value] = []
    obstacle = MissingEvidence("price of a database")
    try:
        found.append(_least(needs.shared, place, scenario, draws))
    except MissingEvidence as unknown:
        obstacle = unknown
    try:
        found.append(nodes + _least(needs.database, place, scenario, draws, managed=True))
    except MissingEvidence as unknown:
        obstacle = unknown
    if not found:
        raise obstacle
    return found[0] if len(found) == 1 else np.minimum(found[0], found[1])


def _least(need: Need, place: ProviderRegion, scenario: Scenario, draws: Draws, *, managed: bool = False) -> Value:
    def least() -> Value:
        return _least_of(ways_of(need, place, scenario, draws, managed=managed))

    return draws.once(("least", managed), least, need, place, scenario)


def _least_of(ways: Sequence[Way]) -> Value:
    """Return the least total of all ways in each draw."""
    least, *others = (way.total for way in ways)
    for other in others:
        least = np.minimum(least, other)
    return least


def _as_bought(way: Way) -> Bought:
    """Return what one way takes."""
    hosts = {"compute": 0.0, "database": 0.0} | {"database" if way.role == DATABASE else "compute": way.fleet.hosts}
    return Bought(way.costs, hosts, way.fleet.stored_gb, way.fleet.billed_gb, (way,))


def _sum(nodes: Bought, databases: Bought) -> Bought:
    """Return what both roles take together: they have no component in common."""
    return Bought(
        {**nodes.costs, **databases.costs},
        {"compute": nodes.hosts["compute"], "database": databases.hosts["database"]},
        databases.stored_gb,
        nodes.billed_gb,
        (*nodes.ways, *databases.ways),
    )


def _once(options: Sequence[Bought], confidence: float) -> Bought:
    """Return the option that is the cheapest on average. Raises `MissingEvidence` if no host is large enough."""
    large = [
        option
        for option in options
        if all(float(np.quantile(np.asarray(way.fleet.taken_by_each), confidence)) <= 1 for way in option.ways)
    ]
    if not large:
        raise MissingEvidence("a host that is large enough for one node")
    return min(large, key=lambda option: float(np.mean(option.total)))


def _in_each_draw(options: Sequence[Bought]) -> Bought:
    """Return what is the cheapest of the options in each draw; nothing of it is based on options that never are."""
    first, *others = sorted(options, key=lambda option: float(np.mean(option.total)))
    least, everywhere = first.total, np.ones(np.shape(first.total), dtype=np.bool_)
    better = [(first, everywhere)]
    for other in others:
        is_less = np.asarray(other.total < least)
        if np.any(is_less):
            least = np.minimum(least, other.total)
            better.append((other, is_less))
    taken: list[tuple[Bought, NDArray[np.bool_]]] = []
    is_open = everywhere
    for option, is_less in reversed(better):
        is_taken = is_less & is_open
        if np.any(is_taken):
            taken.append((option, is_taken))
            is_open = is_open & ~is_less
    best, _ = taken[-1]
    for other, is_taken in reversed(taken[:-1]):
        best = _where(is_taken, other, best)
    return best


def _where(is_other: NDArray[np.bool_], other: Bought, one: Bought) -> Bought:
    """Return `other` in the draws in which it is taken, `one` in all others."""

    def chosen(theirs: Value, ours: Value) -> Value:
        return ours if theirs is ours else np.where(is_other, theirs, ours)

    costs = {}
    for name in {**one.costs, **other.costs}:
        ours, theirs = one.costs.get(name), other.costs.get(name)
        value = chosen(theirs.value if theirs else 0.0, ours.value if ours else 0.0)
        known = [cost for cost in (ours, theirs) if cost is not None]
        costs[name] = known[0].having(value).resting_on(*known[1:])
    return Bought(
        costs,
        {name: chosen(other.hosts[name], one.hosts[name]) for name in one.hosts},
        chosen(other.stored_gb, one.stored_gb),
        chosen(other.billed_gb, one.billed_gb),
        (*one.ways, *other.ways),
    )
