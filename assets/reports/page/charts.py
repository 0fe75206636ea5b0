"""The geometry of the two charts: bars of costs, and marks that show how many of how many.

Belongs here: positions. Does not belong here: SVG (`templates/`), and numbers that are read: a chart is a picture of
the cells beside it and has no text of its own, because a number on an axis would be a number without a source.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate

MAX_MARKS = 20
"""More marks than this are not counted at a glance."""


@dataclass(frozen=True)
class BarPart:
    """A part of a bar: where it starts and how wide it is, both in percent of the bar."""

    component: str
    left: float
    width: float


@dataclass(frozen=True)
class Bar:
    """A bar: how long it is in percent of the longest one, and its parts."""

    width: float
    segments: tuple[BarPart, ...]


def stacked_bars(costs: Mapping[str, Mapping[str, float]]) -> dict[str, Bar]:
    """Return a bar for each key, of its costs by component, all on one scale; a part that costs nothing is left out."""
    totals = {key: sum(parts.values()) for key, parts in costs.items()}
    longest = max(totals.values(), default=0.0)
    bars = {}
    for key, parts in costs.items():
        total, segments = totals[key], []
        for (component, part), end in zip(parts.items(), accumulate(parts.values()), strict=True):
            if part > 0:
                segments.append(BarPart(component, _percent(end - part, total), _percent(part, total)))
        bars[key] = Bar(_percent(total, longest), tuple(segments))
    return bars


def marks(value: float | None, threshold: float | None, most: float | None = None) -> list[str]:
    """Return one mark for each thing asked for: `full`, `empty`, or `unknown`. No marks where they would not help.

    Things between the threshold and `most`, which may be there or not, are `spare`.
    """
    if threshold is None or not float(threshold).is_integer() or not 1 <= threshold <= MAX_MARKS:
        return []
    asked = int(most or threshold)
    spare = ["spare"] * (asked - int(threshold))
    if value is None:
        return ["unknown"] * int(threshold) + spare
    full = min(int(value), asked)
    return (["full"] * full + (["empty"] * int(threshold) + spare)[full:])[:asked]


def _percent(part: float, whole: float) -> float:
    return round(part / whole * 100, 3) if whole else 0.0
