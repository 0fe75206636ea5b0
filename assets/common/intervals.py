"""A value and how far off it may be.

Belongs here: the type. Does not belong here: how an interval is drawn and how sure it is, which whoever draws it says.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Interval:
    """An estimate between the ends of an interval around it."""

    low: float
    mid: float
    high: float
