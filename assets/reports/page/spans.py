"""Where intervals lie in figures of pages and of the board PDF.

Belongs here: positions in percent of the width of a figure. Does not belong here: drawing (`templates/`), and numbers
that are read: those stand beside each figure, and in the tooltips of a page.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Span:
    """An interval and the value in its middle, each as percent of the width."""

    left: float
    right: float
    middle: float


@dataclass(frozen=True)
class FactorScale:
    """A scale on which the same factor is always the same distance; nothing, and less than it begins with, is zero."""

    first: float
    last: float

    @classmethod
    def over(cls, values: Iterable[float]) -> FactorScale:
        """Return the scale from the power of ten below all positive values to the one above."""
        exponents = [math.log10(value) for value in values if value > 0]
        first, last = math.floor(min(exponents, default=0)), math.ceil(max(exponents, default=0))
        return cls(first, max(last, first + 1))

    def span(self, low: float, middle: float, high: float) -> Span:
        """Return where an interval lies."""
        return Span(self._at(low), self._at(high), self._at(middle))

    def tens(self) -> Sequence[float]:
        """Return where the powers of ten lie between both ends."""
        return [self._at(10**power) for power in range(int(self.first) + 1, int(self.last))]

    def _at(self, value: float) -> float:
        if value <= 0:
            return 0.0
        place = (math.log10(value) - self.first) / (self.last - self.first)
        return round(100 * min(max(place, 0.0), 1.0), 3)


def range_spans(ends: Mapping[str, tuple[float, float]]) -> dict[str, Span]:
    """Return where ranges lie on one even scale, from the lowest end of all to the highest; either end may be lower."""
    values = [value for pair in ends.values() for value in pair]
    lowest, width = min(values, default=0.0), max(values, default=0.0) - min(values, default=0.0)

    def at(value: float) -> float:
        return round(100 * (value - lowest) / width, 3) if width else 0.0

    return {key: Span(at(min(pair)), at(max(pair)), at(sum(pair) / 2)) for key, pair in ends.items()}


def share_span(low: float, middle: float, high: float) -> Span:
    """Return where an interval of shares lies, from none to all."""
    return Span(*(round(100 * share, 3) for share in (low, high, middle)))
