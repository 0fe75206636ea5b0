"""What a virtual CPU of a database does a second, at the size of archive that a scenario keeps.

Belongs here: the declared model of capacity between and beyond the sizes that were measured, pure. Does not belong
here: which rows are measured (`assets/benchmarks`), how sure one size is (`assumptions.py`), processors (`sizing.py`).

| archive | capacity |
|---|---|
| smaller than the smallest that was measured | that of the smallest |
| between two sizes | a power of the messages: straight in logarithms, each end of the interval by itself |
| larger than the largest | falls by the power between the two largest sizes, times `capacity_slope_factor` |

Capacity never rises with the archive: at each size it is no more than at any smaller one that was measured.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from assets.costs.distributions import FloatArray, UncertainInput
from assets.costs.draws import Draws
from assets.evidence.quantity import MissingEvidence, Quantity, computed

SLOPE_FACTOR = "assumption/capacity_slope_factor"
"""Input by which the fall of capacity beyond the largest measured archive is uncertain, from none to twice as steep."""

LEAST_SLOPE = 0.1
"""Power by which capacity is taken to fall beyond the largest archive at least, however flat it was measured: a fifth
for ten times the messages."""

UNKNOWN_SLOPE = 0.5
"""The same where one size was measured: half a power of ten for ten times the messages, as queries by hash fell."""


class SizedInterval(NamedTuple):
    """Capacity at one size of archive, with the ends of its interval; 1/s and vCPU."""

    messages: float
    low: float
    mid: float
    high: float


@dataclass(frozen=True)
class CapacityCurve:
    """Capacity of one load in one schema against the size of the archive. Sizes are in ascending order, one or more."""

    sizes: tuple[SizedInterval, ...]
    ends_at: float | None = None
    """Messages from which on no limit of latency was kept, so that nothing is known; None is nowhere."""
    _logs: FloatArray = field(init=False, repr=False, compare=False)
    """Logarithms of messages, low, mid and high, each never above the one before."""

    def __post_init__(self) -> None:
        logs = np.log(np.asarray(self.sizes, dtype=float)).T
        logs[1:] = np.minimum.accumulate(logs[1:], axis=1)
        object.__setattr__(self, "_logs", logs)

    @property
    def at_largest(self) -> SizedInterval:
        """What is credited with the largest archive: what was measured there, or at a smaller one that carried less."""
        low, mid, high = (min(getattr(size, name) for size in self.sizes) for name in ("low", "mid", "high"))
        return SizedInterval(self.largest, low, mid, high)

    @property
    def largest(self) -> float:
        """Messages in the largest archive that was measured."""
        return self.sizes[-1].messages

    @property
    def slope(self) -> float:
        """Power by which capacity falls beyond the largest archive, positive."""
        if len(self.sizes) < 2:
            return UNKNOWN_SLOPE
        (x0, x1), (y0, y1) = self._logs[0, -2:], self._logs[2, -2:]
        return max(LEAST_SLOPE, float((y0 - y1) / (x1 - x0)))

    def at_size(self, at_largest: ArrayLike, messages: ArrayLike, slope_factor: ArrayLike = 1.0) -> FloatArray:
        """Return the capacity with `messages` in the archive, 1/s and vCPU, draw by draw.

        `at_largest` is the capacity that was drawn for the largest measured archive. It has a place in the interval
        there, and takes the same place in the interval of the size that is asked for.
        """
        asked = np.log(np.maximum(messages, 1.0))
        inside = np.minimum(asked, self._logs[0, -1])
        low, mid, high = (np.interp(inside, self._logs[0], logs) for logs in self._logs[1:])
        off = np.log(at_largest) - self._logs[2, -1]
        below, above = self._logs[2, -1] - self._logs[1, -1], self._logs[3, -1] - self._logs[2, -1]
        place = np.where(off < 0, off / (below or 1.0), off / (above or 1.0))
        found = mid + place * np.where(off < 0, mid - low, high - mid)
        return np.asarray(np.exp(found - self.slope * np.asarray(slope_factor) * (asked - inside)))

    def interval(self, messages: float) -> SizedInterval:
        """Return middle and ends at a size. Beyond the largest they drift apart: the fall is none, as is, twice."""
        ends = np.exp(self._logs[1:, -1])
        low, mid, high = (
            float(self.at_size(end, messages, factor)) for end, factor in zip(ends, (2, 1, 0), strict=True)
        )
        return SizedInterval(messages, low, mid, high)


@dataclass(frozen=True)
class SizedCapacity(UncertainInput):
    """A capacity at the largest archive that was measured, with what is known of other sizes."""

    curve: CapacityCurve = field(kw_only=True)


def capacity_at(draws: Draws, workload: str, messages: Quantity) -> Quantity:
    """Return what a vCPU does a second of `workload` with `messages` in the archive; each draw has its size.

    Beyond the largest archive that was measured it is estimated, because it is based on `SLOPE_FACTOR` there. An input
    without a curve is the same at all sizes. Raises `MissingEvidence` if nothing is known at that size.
    """
    name = f"capacity/{workload}"
    drawn, known = draws[name], draws.inputs[name]
    if not isinstance(known, SizedCapacity):
        return drawn
    if known.curve.ends_at is not None and messages.middle >= known.curve.ends_at:
        raise MissingEvidence(f"capacity of {workload} with {messages.middle:,.0f} messages, where no limit is kept")
    if np.max(messages.value) <= known.curve.largest:
        return computed(known.curve.at_size, drawn, messages)
    return computed(known.curve.at_size, drawn, messages, draws[SLOPE_FACTOR])
