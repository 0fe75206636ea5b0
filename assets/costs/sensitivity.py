"""What drives a cost: total Sobol indices, a tornado, and the value of a driver at which the cheapest provider changes.

Belongs here: the three methods. Does not belong here: the model, which they only call.

- Total index of an input: the share of the variance of the cost that it takes part in, alone or with others. Jansen's
  estimator, sum over draws of (f(A) - f(A with the input from B))^2 / (2 N Var f); M. Jansen, Computer Physics
  Communications 117 (1999) 35-43; A. Saltelli et al., Computer Physics Communications 181 (2010) 259-270, table 2 (f).
- Tornado: the cost with one input at its 5th and 95th percentile and all others at their median.
- Flip: all others at their median; the value nearest to the median at which another provider is the cheapest.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from assets.costs.distributions import FloatArray, Point
from assets.costs.draws import Draws, at_quantiles
from assets.costs.model import Estimate, World, total_in
from assets.evidence.quantity import MissingEvidence

LOW, HIGH = 0.05, 0.95
GRID = 33
"""Steps in which the range of a driver is searched for a flip, before the step with one is cut finer."""

GRID_RANGE = (0.001, 0.999)


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
    cost_high: float
    """The cost at the first and the last of these, all else at its median, USD a month."""
    flip_value: float | None
    """Where another provider becomes the cheapest; None if nowhere in the range of the input."""
    flip_provider: str | None


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
    if best is None or best.place is None:
        return ()
    catalogue, place = world.catalogue, best.place
    base = world.draws.with_values({})
    total_in(estimated, place, catalogue, base)
    names = sorted(name for name in base.used if not isinstance(base.inputs[name].distribution, Point))
    indices = total_indices(
        lambda values: total_in(estimated, place, catalogue, base.with_values(values)),
        {name: np.asarray(base.value(name)) for name in names},
        {name: np.asarray(second.value(name)) for name in names},
    )
    lows, highs = _tornado(estimated, world, names)
    flips = _flips(estimated, world, names)
    found = []
    for index, name in enumerate(names):
        value_low, value_mid, value_high = base.inputs[name].distribution.ppf(np.array([LOW, 0.5, HIGH]))
        found.append(
            Driver(
                name,
                indices[name],
                float(value_low),
                float(value_mid),
                float(value_high),
                lows[index],
                highs[index],
                *flips[name],
            )
        )
    return tuple(sorted(found, key=lambda driver: (-driver.total_index, driver.name)))


def _tornado(estimated: Estimate, world: World, names: Sequence[str]) -> tuple[list[float], list[float]]:
    """Evaluate the model once, with one draw for each end of each input."""
    count = len(names)
    quantiles = {name: np.full(2 * count, 0.5) for name in names}
    for index, name in enumerate(names):
        quantiles[name][index], quantiles[name][count + index] = LOW, HIGH
    costs = _costs_of_best(estimated, world, quantiles, 2 * count)
    return costs[:count].tolist(), costs[count:].tolist()


def _costs_of_best(estimated: Estimate, world: World, quantiles: Mapping[str, FloatArray], length: int) -> FloatArray:
    if estimated.best is None or estimated.best.place is None:
        raise MissingEvidence("a bill")
    draws = at_quantiles(world.draws.inputs, quantiles, length)
    return np.broadcast_to(total_in(estimated, estimated.best.place, world.catalogue, draws), (length,))


def _flips(estimated: Estimate, world: World, names: Sequence[str]) -> dict[str, tuple[float | None, str | None]]:
    """Search all inputs at once: one draw for each step of each input, evaluated at every provider."""
    steps = np.linspace(*GRID_RANGE, GRID)
    length = GRID * len(names)
    quantiles = {name: np.full(length, 0.5) for name in names}
    for index, name in enumerate(names):
        quantiles[name][index * GRID : (index + 1) * GRID] = steps
    places, costs = _costs_everywhere(estimated, world, at_quantiles(world.draws.inputs, quantiles, length), length)
    found: dict[str, tuple[float | None, str | None]] = {}
    for index, name in enumerate(names):
        found[name] = (None, None)
        cheapest = costs[:, index * GRID : (index + 1) * GRID].argmin(axis=0)
        middle = GRID // 2
        changed = np.flatnonzero(cheapest != cheapest[middle])
        if changed.size:
            step = int(changed[np.abs(changed - middle).argmin()])
            inner = step + (1 if step < middle else -1)
            values = world.draws.inputs[name].distribution.ppf(steps[[inner, step]])
            gaps = (
                costs[cheapest[step], index * GRID + np.array([inner, step])]
                - costs[cheapest[inner], index * GRID + np.array([inner, step])]
            )
            share = float(gaps[0] / (gaps[0] - gaps[1]))
            found[name] = (float(values[0] + share * (values[1] - values[0])), places[int(cheapest[step])])
    return found


def _costs_everywhere(estimated: Estimate, world: World, draws: Draws, length: int) -> tuple[list[str], FloatArray]:
    names, costs = [], []
    for bill in estimated.bills:
        if bill.place is not None:
            try:
                cost = total_in(estimated, bill.place, world.catalogue, draws)
            except MissingEvidence:
                continue
            names.append(f"{bill.provider}/{bill.region}")
            costs.append(np.broadcast_to(cost, (length,)))
    return names, np.stack(costs)
