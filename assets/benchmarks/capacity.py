"""The highest rate at which an archive answers in time.

Belongs here: the search, pure: it is told for each rate whether it passed. Does not belong here: offering a rate.
"""

from __future__ import annotations

from collections.abc import Callable

LATE_SHARE = 0.001
"""At most one operation in a thousand may be late or left out."""

FLOOR = 0.1
"""The search begins at a tenth of the closed-loop throughput, below which a stage is of no use."""


def search_capacity(closed_loop_per_s: float, steps: int, passes: Callable[[float], bool]) -> float | None:
    """Return the highest rate that passed, 1/s, or None if none did.

    Halves the distance between the highest rate that passed and the lowest that did not, as a factor. At first these
    are a tenth of the closed-loop throughput and all of it, neither of which is tried: a closed loop waits for its
    answers, so that nothing is ever late in it. With n steps the true capacity is less than FLOOR ** -(2 ** -n) times
    the result.
    """
    low, high = FLOOR * closed_loop_per_s, closed_loop_per_s
    found = None
    for _ in range(steps):
        rate = float((low * high) ** 0.5)
        if passes(rate):
            low = found = rate
        else:
            high = rate
    return found
