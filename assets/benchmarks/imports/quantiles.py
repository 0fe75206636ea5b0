"""Quantiles of more values than memory holds: exact up to a bound, beyond it within 1 %.

Belongs here: collecting numbers and asking for their quantiles, pure. Does not belong here: files (`summary.py`).
The quantile q of n values is the smallest of them that at least q x n values do not exceed (nearest rank): always a
value that occurred. The histogram is that of DDSketch (Masson, Rim, Lee, VLDB 2019) without a limit of its buckets:
nanoseconds to days in milliseconds are 1,800 of them.
"""

from __future__ import annotations

import math
from array import array
from collections import Counter
from typing import Literal

import numpy as np
import numpy.typing as npt

RELATIVE_ERROR = 0.01
EXACT_LIMIT = 100_000
"""Values that are kept one by one; 800 kB."""
BATCH = 16_384
SMALLEST = 1e-6
"""Smaller values are counted as 0: a nanosecond, in milliseconds."""

Method = Literal["exact", "sketch"]


def rank(share: float, count: int) -> int:
    """Return the position, from 1, of a quantile among `count` sorted values. ValueError for what is no quantile."""
    if not 0 < share <= 1 or count < 1:
        raise ValueError(f"quantile {share:g} of {count} values; expected 0 < quantile <= 1 and at least one value")
    # 0.95 x 20 is 19.000000000000004 in binary; that is rank 19.
    return max(1, math.ceil(share * count - 1e-9 * count))


class LogHistogram:
    """Counts of values >= 0 in buckets whose bounds grow by a factor; a quantile is off by `relative_error` at most."""

    def __init__(self, relative_error: float = RELATIVE_ERROR) -> None:
        self.relative_error = relative_error
        self.growth = (1 + relative_error) / (1 - relative_error)
        self.zeros = 0
        self.counts: Counter[int] = Counter()

    @property
    def count(self) -> int:
        return self.zeros + self.counts.total()

    def add(self, values: npt.NDArray[np.float64]) -> None:
        """Count values, shape (n,)."""
        positive = values[values >= SMALLEST]
        self.zeros += len(values) - len(positive)
        keys = np.ceil(np.log(positive) / math.log(self.growth)).astype(np.int64)
        for key, count in zip(*np.unique(keys, return_counts=True), strict=True):
            self.counts[int(key)] += int(count)

    def quantile(self, share: float) -> float:
        """Return the middle of the bucket, by ratio, that holds the quantile."""
        left = rank(share, self.count) - self.zeros
        if left <= 0:
            return 0.0
        for key in sorted(self.counts):
            left -= self.counts[key]
            if left <= 0:
                break
        return float(2 * self.growth**key / (self.growth + 1))


class Quantiles:
    """Numbers >= 0 as they come, and their quantiles."""

    def __init__(self, exact_limit: int = EXACT_LIMIT) -> None:
        self.exact_limit = exact_limit
        self.maximum = 0.0
        self.values = array("d")
        self.histogram: LogHistogram | None = None

    @property
    def count(self) -> int:
        return len(self.values) + (self.histogram.count if self.histogram else 0)

    @property
    def method(self) -> Method:
        return "sketch" if self.histogram else "exact"

    def add(self, value: float) -> None:
        self.maximum = max(self.maximum, value)
        self.values.append(value)
        if len(self.values) > (BATCH if self.histogram else self.exact_limit):
            self._flush()

    def _flush(self) -> None:
        self.histogram = self.histogram or LogHistogram()
        self.histogram.add(np.frombuffer(self.values, dtype=np.float64))
        self.values = array("d")

    def quantiles(self, *shares: float) -> tuple[float, ...]:
        """Return several quantiles. ValueError if there are no values."""
        if self.histogram is None:
            ordered = sorted(self.values)
            return tuple(ordered[rank(share, len(ordered)) - 1] for share in shares)
        if self.values:
            self._flush()
        return tuple(min(self.histogram.quantile(share), self.maximum) for share in shares)
