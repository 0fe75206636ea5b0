"""Known parameters are found again; what was not measured is not claimed."""

from __future__ import annotations

import math

import numpy as np
import pytest

from assets.benchmarks.scalability import (
    Parameters,
    fit_scalability,
)

CLIENTS = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0]
KNOWN = [
    Parameters(1_000, 0.05, 0.001),
    Parameters(1_000, 0.1, 0.0),
    Parameters(1_000, 0.0, 0.002),
    Parameters(1_000, 0.0, 0.0),
    Parameters(3_830, 0.6, 0.02),
]


def noisy(known: Parameters, rounds: int, cv: float, seed: int) -> tuple[list[float], list[float]]:
    clients = CLIENTS * rounds
    noise = np.exp(np.random.default_rng(seed).normal(0, cv, len(clients)))
    return clients, [known.throughput(n) * factor for n, factor in zip(clients, noise, strict=True)]


def test_the_law_by_hand() -> None:
    # 1,000 x 4 / (1 + 0.1 x 3 + 0.01 x 4 x 3) = 4,000 / 1.42; peak at sqrt(0.9 / 0.01)
    law = Parameters(1_000, 0.1, 0.01)
    assert law.throughput(1) == 1_000
    assert law.throughput(4) == pytest.approx(2_816.90, abs=0.01)
    assert law.peak_clients == pytest.approx(9.4868, abs=1e-4)
    assert Parameters(1_000, 0.1, 0.0).peak_clients == math.inf
    assert Parameters(1_000, 1.2, 0.1).peak_clients == 1.0


@pytest.mark.parametrize("known", KNOWN)
def test_known_parameters_are_found(known: Parameters) -> None:
    exact = [known.throughput(n) for n in CLIENTS]
    found = fit_scalability(CLIENTS, exact, seed=1, refits=20).best
    assert found.throughput_of_one == pytest.approx(known.throughput_of_one, rel=1e-6)
    assert found.contention == pytest.approx(known.contention, abs=1e-8)
    assert found.coherency == pytest.approx(known.coherency, abs=1e-8)


@pytest.mark.parametrize("known", KNOWN)
def test_noisy_measurements_give_the_law_within_a_tenth(known: Parameters) -> None:
    clients, throughputs = noisy(known, rounds=10, cv=0.05, seed=7)
    best = fit_scalability(clients, throughputs, seed=1, refits=20).best
    for n in CLIENTS:
        assert best.throughput(n) == pytest.approx(known.throughput(n), rel=0.1)


def test_parameters_are_never_negative() -> None:
    # Superlinear: each client is faster than one alone.
    best = fit_scalability([1, 2, 4, 8], [1_000, 2_200, 4_900, 10_400], seed=1, refits=20).best
    assert (best.contention, best.coherency) == (0.0, 0.0)


def test_band_covers_the_truth_about_as_often_as_it_says() -> None:
    known = Parameters(1_000, 0.05, 0.001)
    covered = 0
    for seed in range(40):
        clients, throughputs = noisy(known, rounds=3, cv=0.1, seed=seed)
        band = fit_scalability(clients, throughputs, seed=seed, refits=60).throughput(16)
        covered += band.low <= known.throughput(16) <= band.high
    assert 32 <= covered <= 40  # of 40, 36 are expected from a band of 90 %


def test_same_seed_same_band() -> None:
    clients, throughputs = noisy(KNOWN[0], rounds=3, cv=0.1, seed=3)
    first, again = (fit_scalability(clients, throughputs, seed=5, refits=50).throughput(20) for _ in range(2))
    assert first == again
    assert first.low < first.mid < first.high


def test_nothing_is_said_beyond_twice_the_largest_measured_number() -> None:
    fitted = fit_scalability(CLIENTS, [KNOWN[0].throughput(n) for n in CLIENTS], seed=1, refits=20)
    assert fitted.throughput(64).mid == pytest.approx(KNOWN[0].throughput(64))
    for clients in (64.1, 0.5):
        with pytest.raises(ValueError, match=r"from 1 to 64, twice the largest measured number \(32\)"):
            fitted.throughput(clients)


def test_peak_within_and_beyond_reach() -> None:
    near = fit_scalability(CLIENTS, [KNOWN[0].throughput(n) for n in CLIENTS], seed=1, refits=20)
    assert near.peak is not None
    assert near.peak[0] == pytest.approx(math.sqrt(0.95 / 0.001))
    far = fit_scalability([1, 2, 4, 8], [KNOWN[0].throughput(n) for n in (1, 2, 4, 8)], seed=1, refits=20)
    assert far.peak is None


@pytest.mark.parametrize(
    ("clients", "throughputs", "message"),
    [
        ([1, 2, 4], [1, 2, 3], "3 measurements at 3 numbers of clients"),
        ([1, 1, 2, 2], [1, 1, 2, 2], "4 measurements at 2 numbers of clients"),
        ([1, 2, 4, 8], [1, 2, 3], "expected pairs"),
        ([1, 2, 4, 8], [1, 2, 0, 4], "not positive"),
        ([0, 2, 4, 8], [1, 2, 3, 4], "below 1"),
        ([1, 2, 4, 8], [1, 2, float("nan"), 4], "not positive"),
    ],
)
def test_too_little_is_refused(clients: list[float], throughputs: list[float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        fit_scalability(clients, throughputs, seed=1)
