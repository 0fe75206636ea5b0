"""Whether two systems differ: the ratio of figures that were measured in pairs, with an interval.

Belongs here: statistics of pairs, pure. Does not belong here: which systems are compared (`archive/grids.py`), rows.
A small shared machine varies by 10 to 30 % from one minute to the next. Within a round both systems meet the same
minute, so that only the ratio within rounds is a result.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from assets.common.intervals import Interval

RESAMPLES = 2_000
COVERAGE = (0.025, 0.975)
"""Quantiles that bound an interval of 95 %."""

DIFFERENCE = 0.02
"""Below 2 % a difference changes no decision, and two builds of one program may differ as much."""

NORMAL_975 = 1.959964
STUDENT_975 = (
    *(12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131),
    *(2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042),
)
"""97.5 % quantile of Student's t for 1, 2 ... 30 degrees of freedom; the last also stands for more."""


def differs(ratio: Interval) -> bool:
    """Tell whether a ratio is not 1, by more than `DIFFERENCE`; said wrongly of less than 5 in 100 equal pairs."""
    return ratio.low > 1 + DIFFERENCE or ratio.high < 1 / (1 + DIFFERENCE)


def paired_ratio(base: ArrayLike, other: ArrayLike, seed: int) -> Interval:
    """Return the geometric mean of other / base over rounds, with a bootstrap interval of 95 %.

    `base` and `other` have one positive figure for each round, two rounds at least (ValueError otherwise).
    Rounds are drawn with replacement. With few of them the percentiles alone are too narrow, so that their distances
    from the estimate are stretched by sqrt(n / (n - 1)), because the spread of a sample is below that of what it was
    taken from, and by t(n - 1) / z, because it is itself uncertain (T. Hesterberg, What Teachers Should Know About
    the Bootstrap, 2015, names both). The larger distance is taken on both sides: five numbers cannot show a skew.
    """
    logs = _logs(base, other)
    count = len(logs)
    drawn = np.random.default_rng(seed).choice(logs, size=(RESAMPLES, count)).mean(axis=1)
    mid = float(logs.mean())
    low, high = np.quantile(drawn, COVERAGE)
    reach = max(mid - low, high - mid) * np.sqrt(count / (count - 1)) * student_975(count - 1) / NORMAL_975
    return Interval(float(np.exp(mid - reach)), float(np.exp(mid)), float(np.exp(mid + reach)))


def student_975(freedom: int) -> float:
    """Return the 97.5 % quantile of Student's t for one degree of freedom or more."""
    return STUDENT_975[min(freedom, len(STUDENT_975)) - 1]


def variation(values: Sequence[float]) -> float:
    """Return the coefficient of variation of two positive figures or more: standard deviation over mean."""
    return float(np.std(values, ddof=1) / np.mean(values))


def _logs(base: ArrayLike, other: ArrayLike) -> NDArray[np.float64]:
    pair = np.asarray(base, dtype=float), np.asarray(other, dtype=float)
    if pair[0].shape != pair[1].shape or pair[0].ndim != 1 or len(pair[0]) < 2:
        raise ValueError(f"rounds of {pair[0].shape} and {pair[1].shape} figures; expected as many, two at least")
    if not (np.all(pair[0] > 0) and np.all(pair[1] > 0)):
        raise ValueError("a figure is not above zero; a ratio needs positive ones")
    logs: NDArray[np.float64] = np.log(pair[1] / pair[0])
    return logs
