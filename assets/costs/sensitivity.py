"""What drives a cost: total Sobol indices, a tornado, the values at which another place is cheapest or a limit met.

Belongs here: the three methods. Does not belong here: the model, which they only call.

- Total index of an input: the share of the variance of the cost that it takes part in, alone or with others. Jansen's
  estimator, sum over draws of (f(A) - f(A with the input from B))^2 / (2 N Var f); M. Jansen, Computer Physics
  Communications 117 (1999) 35-43; A. Saltelli et al., Computer Physics Communications 181 (2010) 259-270, table 2 (f).
- Tornado: the cost with one input at its 5th and 95th percentile and all others at their median.
- Flip: all others at their median; the value nearest to the median at which another place is the cheapest. It is
  looked for in the range of the input and, since a range may be judged too narrow, beyond it up to `REACH` times its
  ends. Sizes follow the value.
- Limit: the same for the value at which the cost meets the budget of the scenario, where it has one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from assets.costs.components import ALL_IN, COMPONENTS, USED_TOTALS
from assets.costs.distributions import FloatArray, Point, UncertainInput
from assets.costs.draws import Draws, at_quantiles
from assets.costs.inputs import CostCatalogue
from assets.costs.model import Estimate, World, infrastructure_in, parts_in, total_in, users_in
from assets.costs.places import ProviderRegion
from assets.evidence.quantity import MissingEvidence

TOTAL = USED_TOTALS["sensitivity"]
LOW, HIGH = 0.05, 0.95
GRID = 33
"""Steps in which the range of a driver is searched, evenly in probability; odd: the middle one is the median."""

STEPS_BEYOND = 8
"""Steps on each side of the range, evenly in the logarithm."""

REACH = 10.0
"""Beyond its range a driver is searched down to its low end divided by this and up to its high end times this."""

MIDDLE = STEPS_BEYOND + GRID // 2
STEPS = GRID + 2 * STEPS_BEYOND


@dataclass(frozen=True)
class Driver:
    """What one input does to the cost of a scenario at its cheapest provider."""

    name: str
    total_index: float
    value_low: float
    value_mid: float
    value_high: float
    """The input at its percentiles 5, 50 and 95."""
    cost_low: float
    cost_mid: float
    cost_high: float
    """The cost at each of these, all else at its median, USD a month."""
    parts: Mapping[str, tuple[float, float, float]]
    """The parts of the bill that make these costs; those that are nothing at all three are left out."""
    searched_from: float
    searched_to: float
    """Values between which flip and limit were looked for."""
    flip_value: float | None
    """Where another place becomes the cheapest; None if nowhere between these."""
    flip_provider: str | None
    limit_value: float | None
    """Where the cost meets a limit; None if nowhere between these, or without a limit."""
    limit: str | None
    """Which limit it meets there."""


@dataclass(frozen=True)
class Turns:
    """What the search along one driver finds; see `Driver`."""

    searched_from: float
    searched_to: float
    flip_value: float | None = None
    flip_provider: str | None = None
    limit_value: float | None = None
    limit: str | None = None


def total_indices(
    function: Callable[[Mapping[str, FloatArray]], FloatArray],
    first: Mapping[str, FloatArray],
    second: Mapping[str, FloatArray],
) -> dict[str, float]:
    """Return the total Sobol index of every input of `function` from two independent samples of all inputs."""
    base = function(first)
    variance = float(np.var(base))
    if variance == 0:
        return dict.fromkeys(first, 0.0)
    return {
        name: float(np.mean((base - function({**first, name: second[name]})) ** 2)) / (2 * variance) for name in first
    }


def drivers(estimated: Estimate, world: World, second: Draws) -> tuple[Driver, ...]:
    """Return every input that the cheapest bill varies with, the strongest first; nothing if no bill is known.

    `second` is a sample that is independent of `world.draws`.
    """
    best = estimated.best
    if best is None or best.place is None or best.total(TOTAL) is None:
        return ()
    catalogue, place = world.catalogue, best.place
    # What the operator and what users pay each are based on inputs of their own: only what an input moves is computed.
    base = world.draws.with_values({})
    own = infrastructure_in(estimated, (place,), catalogue, base)
    of_own = frozenset(base.used)
    base.used.clear()
    users = users_in(estimated, (place,), catalogue, base)
    of_users = frozenset(base.used)
    names = sorted(name for name in of_own | of_users if not isinstance(base.inputs[name].distribution, Point))
    first = {name: np.asarray(base.value(name)) for name in names}

    def total(values: Mapping[str, FloatArray]) -> FloatArray:
        changed = {name for name in names if values[name] is not first[name]}
        moved = base.with_values({name: values[name] for name in changed})
        of_operator, of_all_users = own, users
        if changed & of_own:
            of_operator = infrastructure_in(estimated, (place,), catalogue, moved)
        if changed & of_users:
            of_all_users = users_in(estimated, (place,), catalogue, moved)
        return np.asarray(of_operator[0] + of_all_users[0], dtype=np.float64)

    indices = total_indices(total, first, {name: np.asarray(second.value(name)) for name in names})
    parts = _tornado(estimated, place, world, names)
    turns = _turns(estimated, world, names)
    found = []
    for index, name in enumerate(names):
        bill = {
            name: (float(costs[index]), float(costs[-1]), float(costs[len(names) + index]))
            for name, costs in parts.items()
            if costs[index] or costs[-1] or costs[len(names) + index]
        }
        cost_low, cost_mid, cost_high = (sum(costs[end] for costs in bill.values()) for end in range(3))
        value_low, value_mid, value_high = base.inputs[name].distribution.ppf(np.array([LOW, 0.5, HIGH]))
        found.append(
            Driver(
                name,
                indices[name],
                float(value_low),
                float(value_mid),
                float(value_high),
                cost_low,
                cost_mid,
                cost_high,
                bill,
                **vars(turns[name]),
            )
        )
    return tuple(sorted(found, key=lambda driver: (-driver.total_index, driver.name)))


def _tornado(estimated: Estimate, place: ProviderRegion, world: World, names: Sequence[str]) -> dict[str, FloatArray]:
    """Evaluate each part of the bill once: a draw for the low end of each input, one for each high end, the middle."""
    count = len(names)
    quantiles = {name: np.full(2 * count + 1, 0.5) for name in names}
    for index, name in enumerate(names):
        quantiles[name][index], quantiles[name][count + index] = LOW, HIGH
    draws = at_quantiles(world.draws.inputs, quantiles, 2 * count + 1)
    parts = parts_in(estimated, place, world.catalogue, draws)
    return {
        name: np.broadcast_to(cost, (2 * count + 1,))
        for name, cost in parts.items()
        if TOTAL == ALL_IN or COMPONENTS[name].is_infrastructure
    }


def _turns(estimated: Estimate, world: World, names: Sequence[str]) -> dict[str, Turns]:
    """Search all drivers at once: one draw for each step of each driver, evaluated at every place."""
    steps = {name: _steps(world.draws.inputs[name], estimated, world.catalogue) for name in names}
    places, costs = _costs_everywhere(estimated, world, steps)
    limits = _limits(estimated)
    best = places.index(estimated.best.place) if estimated.best and estimated.best.place else 0
    found = {}
    for index, name in enumerate(names):
        of_it = costs[:, index * STEPS : (index + 1) * STEPS]
        known = np.flatnonzero(~np.isnan(of_it[best]))
        values, of_it = steps[name][known], of_it[:, known]
        middle = int(np.searchsorted(known, MIDDLE))
        flip_value, flip_place = _flip(values, of_it, middle)
        limit_value, limit = _crossing(values, of_it[best], middle, limits)
        place = None if flip_place is None else f"{places[flip_place].provider}/{places[flip_place].region}"
        found[name] = Turns(float(values[0]), float(values[-1]), flip_value, place, limit_value, limit)
    return found


def _steps(known: UncertainInput, estimated: Estimate, catalogue: CostCatalogue) -> FloatArray:
    """Return the values of a driver to look at, ascending, shape (STEPS,). Nothing is looked at that cannot be.

    A share ends at 1, and the size of a message where rows of the archive were measured.
    """
    inside = np.asarray(known.distribution.ppf(np.linspace(LOW, HIGH, GRID)))
    beyond = np.geomspace(1.0, REACH, STEPS_BEYOND + 1)[1:]
    steps = np.concatenate([inside[0] / beyond[::-1], inside, inside[-1] * beyond])
    if known.unit.startswith("share"):
        steps = np.minimum(steps, 1.0)
    if known.name == f"workload/{estimated.scenario.message_bytes_id}" and catalogue.probes:
        probed = [probe.payload_bytes for probe in catalogue.probes]
        steps = np.clip(steps, min(*probed, inside[0]), max(*probed, inside[-1]))
    return steps


def _flip(values: FloatArray, costs: FloatArray, middle: int) -> tuple[float | None, int | None]:
    """Return the value nearest to the middle at which another row of `costs` (places x steps) is the least."""
    cheapest = np.nanargmin(costs, axis=0)
    changed = np.flatnonzero(cheapest != cheapest[middle])
    if not changed.size:
        return None, None
    step = int(changed[np.abs(changed - middle).argmin()])
    inner = step + (1 if step < middle else -1)
    gaps = costs[cheapest[step]] - costs[cheapest[inner]]
    return _zero(values[[inner, step]], gaps[[inner, step]]), int(cheapest[step])


def _crossing(
    values: FloatArray, costs: FloatArray, middle: int, limits: Mapping[str, float]
) -> tuple[float | None, str | None]:
    """Return the value nearest to the middle at which `costs` meets one of `limits`, and which."""
    found = []
    for name, limit in limits.items():
        gaps = costs - limit
        for step in np.flatnonzero(np.sign(gaps[:-1]) != np.sign(gaps[1:])):
            pair = slice(int(step), int(step) + 2)
            found.append((abs(int(step) + 0.5 - middle), _zero(values[pair], gaps[pair]), name))
    return min(found)[1:] if found else (None, None)


def _zero(values: FloatArray, gaps: FloatArray) -> float:
    """Return where a straight line through two points is zero, which it crosses between them."""
    return float(values[0] + (values[1] - values[0]) * gaps[0] / (gaps[0] - gaps[1]))


def _limits(estimated: Estimate) -> dict[str, float]:
    """Return what the cost is compared with, USD a month."""
    budget = estimated.scenario.budget_usd_per_month
    return {} if budget is None else {"budget": budget}


def _costs_everywhere(
    estimated: Estimate, world: World, steps: Mapping[str, FloatArray]
) -> tuple[list[ProviderRegion], FloatArray]:
    """Return each place with a bill and its cost at every step of every driver; NaN where a price ends before that."""
    length = STEPS * len(steps)
    middle = at_quantiles(world.draws.inputs, {}, length)
    varied = {}
    for index, (name, values) in enumerate(steps.items()):
        varied[name] = np.array(middle.value(name))
        varied[name][index * STEPS : (index + 1) * STEPS] = values
    together = middle.with_values(varied)
    places = [bill.place for bill in estimated.bills if bill.place is not None]
    costs = _costs(estimated, places, world, together, length)
    for place, row in zip(places, costs, strict=True):
        if np.isnan(row).all():
            row[:] = np.concatenate([_costs_along(estimated, world, place, name, steps[name]) for name in steps])
    return places, costs


def _costs(
    estimated: Estimate, places: Sequence[ProviderRegion], world: World, draws: Draws, length: int
) -> FloatArray:
    """Return the total at each place and draw; NaN where a price or size is missing for these draws."""
    try:
        found = total_in(estimated, places, TOTAL, world.catalogue, draws)
    except MissingEvidence:
        found = np.full((len(places), 1), np.nan)
    return np.array(np.broadcast_to(found, (len(places), length)))


def _costs_along(estimated: Estimate, world: World, place: ProviderRegion, name: str, values: FloatArray) -> FloatArray:
    """Return the cost at one place along one driver, in its range alone if the whole way is too far."""
    costs = np.full(STEPS, np.nan)
    for part in (slice(None), slice(STEPS_BEYOND, STEPS_BEYOND + GRID)):
        draws = at_quantiles(world.draws.inputs, {}, len(values[part])).with_values({name: values[part]})
        costs[part] = _costs(estimated, [place], world, draws, len(values[part]))[0]
        if not np.isnan(costs[part]).any():
            break
    return costs
