"""How uncertain a number is: the few shapes that an input can have, and the input itself.

Belongs here: shapes and their quantile functions, pure. Does not belong here: which shape a row of evidence gets
(`assumptions.py`), how draws are made (`draws.py`).

Every shape gives `ppf(u)`, its quantile function: u in [0, 1), an array of any length, to values of the same length.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from assets.evidence.basis import Basis

FloatArray: TypeAlias = NDArray[np.float64]

Z90 = 1.2815515655446004
"""The standard normal quantile at 0.9."""


@dataclass(frozen=True)
class Point:
    """A number that is known, or set by whoever runs the deployment: the same in every draw."""

    value: float

    def ppf(self, u: FloatArray) -> FloatArray:
        """Return the one value for every u."""
        return np.full_like(u, self.value)


@dataclass(frozen=True)
class Triangular:
    """A least, a likeliest and a greatest value (mode `mid`). Raises `ValueError` if they are not in order."""

    low: float
    mid: float
    high: float

    def __post_init__(self) -> None:
        if not self.low <= self.mid <= self.high or self.low == self.high:
            raise ValueError(
                f"expected low <= mid <= high and low < high, got {self.low:g}, {self.mid:g}, {self.high:g}"
            )

    def ppf(self, u: FloatArray) -> FloatArray:
        """Invert the distribution function, which is a parabola on either side of the mode."""
        width, left, right = self.high - self.low, self.mid - self.low, self.high - self.mid
        below = self.low + np.sqrt(u * (width * left))
        above = self.high - np.sqrt((1.0 - u) * (width * right))
        return np.where(u * width < left, below, above)


@dataclass(frozen=True)
class LogTriangular:
    """A positive value whose logarithm is triangular: half and twice are equally far from once, and as likely.

    With high / mid = mid / low its median is `mid`. Raises `ValueError` if they are not positive and in order.
    """

    low: float
    mid: float
    high: float

    def __post_init__(self) -> None:
        if not 0 < self.low <= self.mid <= self.high or self.low == self.high:
            raise ValueError(
                f"expected 0 < low <= mid <= high and low < high, got {self.low:g}, {self.mid:g}, {self.high:g}"
            )

    def ppf(self, u: FloatArray) -> FloatArray:
        """Return the exponential of the triangular quantile function of the logarithms."""
        logarithms = Triangular(math.log(self.low), math.log(self.mid), math.log(self.high))
        return np.asarray(np.exp(logarithms.ppf(u)))


@dataclass(frozen=True)
class LogNormal:
    """A positive value whose logarithm is normal, from its median and its quantile at 0.9."""

    median: float
    p90: float

    def __post_init__(self) -> None:
        if not 0 < self.median < self.p90:
            raise ValueError(f"expected 0 < median < p90, got {self.median:g}, {self.p90:g}")

    def ppf(self, u: FloatArray) -> FloatArray:
        """Return median x exp(sigma z), with sigma from the two quantiles."""
        sigma = math.log(self.p90 / self.median) / Z90
        return np.asarray(self.median * np.exp(sigma * ndtri(u)))


@dataclass(frozen=True)
class Empirical:
    """Values that were observed, each as likely as another; between them the quantile function is linear.

    The i-th of n ordered values is the quantile at (i - 0.5) / n (Hazen); nothing is drawn beyond the ends.
    """

    values: tuple[float, ...]

    def __post_init__(self) -> None:
        if len(self.values) < 2:
            raise ValueError(f"expected two observed values or more, got {len(self.values)}")

    def ppf(self, u: FloatArray) -> FloatArray:
        """Interpolate between the ordered values."""
        ordered = np.sort(np.asarray(self.values, dtype=np.float64))
        positions = (np.arange(ordered.size) + 0.5) / ordered.size
        return np.interp(u, positions, ordered)


Distribution: TypeAlias = Point | Triangular | LogTriangular | LogNormal | Empirical


@dataclass(frozen=True)
class Stated:
    """What one public source says of an input, in the unit of the input."""

    value: float
    stated_in: str | None
    as_of: date

    @property
    def source(self) -> str:
        """The source in words: its kind and its date."""
        return f"the {(self.stated_in or 'source').replace('_', ' ')} of {self.as_of}"


@dataclass(frozen=True)
class UncertainInput:
    """One thing that the model does not know exactly, drawn once and shared by everything that uses it."""

    name: str
    label: str
    """What a reader calls it."""
    unit: str
    distribution: Distribution
    basis: Basis
    remark: str = ""
    """What a reader must know besides, where the number is used."""
    stated: tuple[Stated, ...] = ()
    """What public sources say where they disagree, the one that is used first; empty where they agree."""
