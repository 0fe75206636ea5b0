"""Draws of all inputs at once, and what is read off them: scrambled Sobol points, quantiles, and their own error.

Belongs here: sampling and summaries, pure: the seed decides everything. Does not belong here: what is drawn
(`assumptions.py`), what is computed from it (`model.py`).

Points are scrambled Sobol sequences (Owen scrambling, as in scipy.stats.qmc), one dimension for each input that varies.
A sample consists of a few independent scrambles: the spread of a quantile over them estimates its numerical error.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from assets.costs.distributions import FloatArray, Point, UncertainInput
from assets.evidence.quantity import MissingEvidence, Quantity, Value

if TYPE_CHECKING:
    from scipy.stats import qmc

SEED = 20261123
"""Fixed: the same evidence gives the same bits on one machine."""

SCRAMBLES = 8
DRAWS_PER_SCRAMBLE = 1024
"""A power of two, as Sobol points need. 8 x 1,024 = 8,192 draws."""

PERCENTILES = (5.0, 50.0, 95.0)

T = TypeVar("T")


@dataclass(frozen=True)
class _Found:
    """What was computed of draws, with the inputs that it asked for."""

    result: Any
    used: frozenset[str]
    of: tuple[object, ...]
    """Held, so that nothing else can take their identity."""


class Draws:
    """The drawn value of every input by name, as a `Quantity`. Remembers which inputs were asked for, and what was
    computed of them (`once`)."""

    def __init__(self, inputs: Mapping[str, UncertainInput], values: Mapping[str, Value]) -> None:
        self.inputs = inputs
        self.used: set[str] = set()
        self._values = dict(values)
        self._quantities: dict[str, Quantity] = {}
        self._found: dict[tuple[Hashable, ...], _Found] = {}
        self._origin: Draws | None = None
        self._changed: frozenset[str] = frozenset()

    def __getitem__(self, name: str) -> Quantity:
        """Return an input's values. Raises `MissingEvidence` for one that is not known."""
        self.used.add(name)
        found = self._quantities.get(name)
        if found is None:
            if name not in self.inputs:
                raise MissingEvidence(f"value of {name}")
            known = self.inputs[name]
            found = self._quantities[name] = Quantity(self._values[name], known.basis)
        return found

    def value(self, name: str) -> Value:
        """Return the bare values, without counting as use."""
        return self._values[name]

    def with_values(self, values: Mapping[str, Value]) -> Draws:
        """Return the same draws but for some inputs; what was asked for starts anew."""
        moved = Draws(self.inputs, {**self._values, **values})
        moved._origin, moved._changed = self, frozenset(values)
        return moved

    def first(self, count: int) -> Draws:
        """Return the first `count` draws alone, all of them if there are fewer: of a scramble, a power of two is
        balanced."""
        taken = {
            name: value[:count] if isinstance(value, np.ndarray) else value for name, value in self._values.items()
        }
        return Draws(self.inputs, taken)

    def once(self, name: Hashable, compute: Callable[[], T], *of: object) -> T:
        """Return what `compute` makes of these draws and of the objects `of`, computed once.

        Draws `with_values` take it over where it asked for none of the inputs that they change. `name` tells apart
        what is computed of the same objects, and holds all else that decides it. Objects are distinguished by identity.
        """
        key = (name, *map(id, of))
        found = self._found.get(key) or self._unchanged(key)
        if found is None:
            used, self.used = self.used, set()
            try:
                result = compute()
                found = _Found(result, frozenset(self.used), of)
            finally:
                self.used |= used
        self._found[key] = found
        self.used |= found.used
        return found.result  # type: ignore[no-any-return]

    def _unchanged(self, key: tuple[Hashable, ...]) -> _Found | None:
        """Return what was found for the draws that these were made of, if it holds for these as well."""
        found = self._origin._found.get(key) if self._origin is not None else None
        return found if found is not None and found.used.isdisjoint(self._changed) else None


def _sobol(dimensions: int, seed: int | tuple[int, ...]) -> qmc.Sobol:
    from scipy.stats import qmc  # takes a second to import, and a run that leaves costs alone needs none of it

    return qmc.Sobol(max(dimensions, 1), scramble=True, rng=np.random.default_rng(seed))


@lru_cache(maxsize=4)
def _scrambled(dimensions: int, seed: int, scrambles: int, per_scramble: int) -> FloatArray:
    """Return the points of a sample by dimension, the same for each sample of so many inputs: a run takes one for each
    month of the history."""
    points = np.concatenate(
        [_sobol(dimensions, (seed, scramble)).random(per_scramble) for scramble in range(scrambles)]
    ).T
    points.setflags(write=False)
    return points


def sample(
    inputs: Iterable[UncertainInput],
    *,
    seed: int = SEED,
    scrambles: int = SCRAMBLES,
    per_scramble: int = DRAWS_PER_SCRAMBLE,
) -> tuple[Draws, Draws]:
    """Return two samples A and B that are independent of each other, each of `scrambles` x `per_scramble` draws.

    Draws are ordered by scramble. `per_scramble` must be a power of two, else scipy warns that points are unbalanced.
    """
    by_name = {known.name: known for known in inputs}
    varying = [name for name, known in by_name.items() if not isinstance(known.distribution, Point)]
    points = _scrambled(2 * len(varying), seed, scrambles, per_scramble)
    first = _values(by_name, dict(zip(varying, points[: len(varying)], strict=False)))
    second = _values(by_name, dict(zip(varying, points[len(varying) :], strict=False)))
    return Draws(by_name, first), Draws(by_name, second)


def chunks(inputs: Iterable[UncertainInput], draws: int, chunk: int, *, seed: int = SEED) -> Iterator[Draws]:
    """Yield one sequence of `draws` points piece by piece, so that memory does not grow with their number."""
    by_name = {known.name: known for known in inputs}
    varying = [name for name, known in by_name.items() if not isinstance(known.distribution, Point)]
    engine = _sobol(len(varying), seed)
    for start in range(0, draws, chunk):
        points = np.ascontiguousarray(engine.random(min(chunk, draws - start)).T)
        yield Draws(by_name, _values(by_name, dict(zip(varying, points, strict=False))))


def at_quantiles(inputs: Mapping[str, UncertainInput], quantiles: Mapping[str, FloatArray], length: int) -> Draws:
    """Return draws in which each input is at its median but for those in `quantiles`, arrays of `length` each."""
    middle = np.full(length, 0.5)
    return Draws(inputs, _values(inputs, {name: quantiles.get(name, middle) for name in inputs}))


def _values(inputs: Mapping[str, UncertainInput], points: Mapping[str, FloatArray]) -> dict[str, Value]:
    values: dict[str, Value] = {}
    for name, known in inputs.items():
        fixed = isinstance(known.distribution, Point)
        values[name] = known.distribution.value if fixed else known.distribution.ppf(points[name])  # type: ignore[union-attr]
    return values


@dataclass(frozen=True)
class QuantitySummary:
    """What is printed of one quantity: mean, percentiles 5, 50 and 95, and the numerical error of the percentiles."""

    mean: float
    p5: float
    p50: float
    p95: float
    errors: tuple[float, float, float] | None = None
    """Standard error of p5, p50 and p95 over independent scrambles."""


def summarise(value: Value, scrambles: int | None = None) -> QuantitySummary:
    """Return the summary of all draws; with `scrambles`, the number of them that the draws consist of, also the errors.

    Percentiles interpolate linearly between ordered draws. The error is the standard deviation of a percentile over the
    scrambles divided by the root of their number.
    """
    if not isinstance(value, np.ndarray):
        return QuantitySummary(value, value, value, value, (0.0, 0.0, 0.0) if scrambles else None)
    errors = None
    if scrambles:
        each = np.sort(value.reshape(scrambles, -1), axis=1)
        deviation = np.std(_percentiles(each), axis=0, ddof=1) / np.sqrt(scrambles)
        errors = (float(deviation[0]), float(deviation[1]), float(deviation[2]))
        ordered = np.sort(each, axis=None, kind="stable")  # merges what is in order already
    else:
        below, above, _ = _around(value.size)
        ordered = np.partition(value, [*below, *above])  # puts these places alone in order
    p5, p50, p95 = _percentiles(ordered)
    return QuantitySummary(float(value.mean()), float(p5), float(p50), float(p95), errors)


def _percentiles(ordered: FloatArray) -> FloatArray:
    """Return the percentiles along the last axis, of values that are in order at the places `_around` them."""
    below, above, share = _around(ordered.shape[-1])
    return np.asarray(ordered[..., below] * (1.0 - share) + ordered[..., above] * share)


@cache
def _around(count: int) -> tuple[NDArray[np.int64], NDArray[np.int64], FloatArray]:
    """Return the places below and above each percentile among `count` values, and its share of the way between."""
    positions = np.asarray(PERCENTILES) / 100.0 * (count - 1)
    below = np.floor(positions).astype(np.int64)
    return below, np.minimum(below + 1, count - 1), positions - below
