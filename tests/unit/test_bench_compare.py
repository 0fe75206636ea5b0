"""Ratios of pairs: figures that can be checked by hand, and a simulation of what 95 % means with few rounds."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from assets.benchmarks.archive.grids import FULL, QUICK
from assets.benchmarks.paired_ratios import differs, paired_ratio, variation
from assets.common.intervals import Interval

SESSIONS = 600
MINUTE, OWN = 0.2, 0.1
"""Spread of log throughput from one round to the next, which pairs share, and of one measurement."""


def noise(kind: str, rounds: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Log throughput of two systems that do not differ, a row each."""
    own = rng.normal(0, OWN, (2, rounds))
    if kind == "stalls":  # one measurement in ten is hit by something that takes a third of it away
        own = own / 2 - (rng.random((2, rounds)) < 0.1) * rng.exponential(0.3, (2, rounds))
    return own + rng.normal(0, MINUTE, rounds)


def test_what_a_round_does_to_both_cancels() -> None:
    found = paired_ratio([100, 50, 200], [110, 55, 220], seed=1)
    assert (found.low, found.mid, found.high) == pytest.approx((1.1, 1.1, 1.1))
    assert differs(found)


def test_ratio_is_the_geometric_mean_and_the_reverse_is_its_inverse() -> None:
    base, other = [100.0, 100.0, 100.0, 100.0], [50.0, 200.0, 100.0, 100.0]
    found = paired_ratio(base, other, seed=1)
    assert found.mid == pytest.approx(1.0)
    reverse = paired_ratio(other, base, seed=1)
    assert (reverse.low, reverse.high) == pytest.approx((1 / found.high, 1 / found.low), rel=0.05)
    assert not differs(found)


@pytest.mark.parametrize(
    ("interval", "is_different"),
    [
        (Interval(1.03, 1.1, 1.2), True),
        (Interval(0.8, 0.9, 0.97), True),
        (Interval(0.99, 1.1, 1.2), False),
        (Interval(1.01, 1.02, 1.03), False),  # real perhaps, and of no use
    ],
)
def test_a_difference_is_beyond_two_percent(interval: Interval, is_different: bool) -> None:
    assert differs(interval) is is_different


@pytest.mark.parametrize("rounds", sorted({QUICK.rounds, FULL.rounds}))
@pytest.mark.parametrize("kind", ["normal", "stalls"])
def test_interval_holds_the_truth_in_at_least_93_of_100_sessions(kind: str, rounds: int) -> None:
    rng = np.random.default_rng(2026)
    held = 0
    for session in range(SESSIONS):
        base, other = np.exp(noise(kind, rounds, rng))
        found = paired_ratio(base, 1.3 * other, seed=session)
        held += found.low <= 1.3 <= found.high
    assert held / SESSIONS >= 0.93


def test_percentiles_alone_would_be_too_narrow() -> None:
    """The reason for the correction: with four rounds a plain bootstrap misses the truth three times as often."""
    rng, held = np.random.default_rng(2026), 0
    for _ in range(SESSIONS):
        base, other = noise("normal", 4, rng)
        drawn = rng.choice(other - base, (500, 4)).mean(axis=1)
        low, high = np.quantile(drawn, (0.025, 0.975))
        held += low <= 0 <= high
    assert held / SESSIONS < 0.88


@pytest.mark.parametrize(
    ("base", "other", "message"),
    [
        ([1.0], [1.0], "two at least"),
        ([1.0, 2.0], [1.0, 2.0, 3.0], "as many"),
        ([1.0, 0.0], [1.0, 2.0], "above zero"),
        ([1.0, 2.0], [1.0, float("nan")], "above zero"),
    ],
)
def test_what_is_no_pair_is_refused(base: list[float], other: list[float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        paired_ratio(base, other, seed=1)


def test_variation_is_the_standard_deviation_over_the_mean() -> None:
    assert variation([90.0, 100.0, 110.0]) == pytest.approx(0.1)
