"""The highest rate at which an archive answers in time.

Belongs here: the search, pure: its caller says of each rate whether it passed. Does not belong here: offering a rate,
and when one passes (`archive/limits.py`).
"""

from __future__ import annotations

from collections.abc import Callable

FLOOR = 0.1
"""The search ends at a tenth of the closed-loop throughput, below which a stage is of no use."""


def search_capacity(
    closed_loop_per_s: float, steps: int, passes: Callable[[float], bool], *, from_top: bool = False
) -> float | None:
    """Return the highest rate that passed, 1/s, or None if none did.

    The rates are closed_loop_per_s x FLOOR ** (i / 2 ** steps) for i = 1, 2 ... 2 ** steps - 1: neither a tenth of the
    closed-loop throughput nor all of it is tried. At first the distance between the highest rate that passed and the
    lowest that did not is halved again and again; with `from_top` the highest of all is tried before, so that a stage
    that is never late needs one try. The true capacity is less than FLOOR ** -(2 ** -steps) times the result.
    """
    passed, failed = 2**steps, 0
    place = 1 if from_top else passed // 2
    while passed - failed > 1:
        if passes(_rate(closed_loop_per_s, steps, place)):
            passed = place
        else:
            failed = place
        place = (passed + failed) // 2
    return None if passed == 2**steps else _rate(closed_loop_per_s, steps, passed)


def _rate(closed_loop_per_s: float, steps: int, place: int) -> float:
    return float(closed_loop_per_s * FLOOR ** (place / 2**steps))
