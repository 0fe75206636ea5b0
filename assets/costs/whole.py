"""From a need to whole units: hosts, disks, subscriptions, pages. Pure; one rule for all of them."""

from __future__ import annotations

import numpy as np

from assets.evidence.quantity import Value


def mean_whole(needed: Value, swing: Value) -> Value:
    """Return how many whole units cover a need in the mean month of a year in which it varies; one at least.

    The need of a month is evenly likely anywhere between (1 - swing) and (1 + swing) times `needed`, units that need
    not be whole; a month takes the next whole number of them. With F(x) the integral of max(1, ceil(t)) from 0 to x,
    which is k (k + 1) / 2 + (x - k) (k + 1) for k = floor(x), the mean is (F(needed (1 + swing)) - F(needed (1 -
    swing))) / (2 needed swing). It never falls when the need rises, has no steps, and is never below the need.
    """
    middle = np.maximum(needed, 1e-9)
    high = middle * (1.0 + swing)
    if np.max(high) <= 1.0:
        return 1.0
    low = middle * (1.0 - swing)
    mean = (_integral(high) - _integral(low)) / (high - low)
    return mean if isinstance(needed, np.ndarray) or isinstance(swing, np.ndarray) else float(mean)


def _integral(end: Value) -> Value:
    whole = np.floor(end)
    return (whole + 1.0) * (end - whole / 2.0)
