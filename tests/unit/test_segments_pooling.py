"""Shares of segments: by hand for one cell, against an independent grid for several that are pooled."""

from __future__ import annotations

import math

import numpy as np
import pytest

from assets.segments.pooling import Nodes, cell_shares, fine_nodes, group_shares, group_weights, pooling_nodes

ONE_POINT = Nodes(np.array([0.5]), np.array([2.0]), np.array([0.0]))
"""mu = 1/2 and k = 2 for certain: the prior of each cell is uniform."""


def test_three_of_four_by_hand() -> None:
    # uniform prior, three for and one against: Beta(4, 2), whose distribution function is 5 x^4 - 4 x^5
    shares = cell_shares(ONE_POINT, np.ones((1, 1)), np.array([3.0]), np.array([1.0]), 0.9)
    assert shares.mean[0] == pytest.approx(4 / 6, abs=1e-9)
    assert shares.above_half[0] == pytest.approx(1 - (5 / 16 - 4 / 32), abs=1e-9)
    for bound, below in ((shares.low[0], 0.05), (shares.high[0], 0.95)):
        assert 5 * bound**4 - 4 * bound**5 == pytest.approx(below, abs=1e-4)


def test_no_evidence_is_no_knowledge() -> None:
    shares = cell_shares(ONE_POINT, np.ones((1, 1)), np.zeros(1), np.zeros(1), 0.9)
    assert (shares.mean[0], shares.above_half[0]) == (0.5, 0.5)
    assert (shares.low[0], shares.high[0]) == (pytest.approx(0.05, abs=1e-4), pytest.approx(0.95, abs=1e-4))


A = (3.0, 1.5, 0.0, 0.0)
B = (0.5, 1.0, 2.0, 0.0)
"""Three segments that disagree and one that was not asked; weights, so no whole numbers."""


def brute_force(low: float, high: float) -> dict[str, list[float]]:
    """The joint density on equal steps of mu, k^(-1/2) and theta, without any formula for the posterior."""
    steps = 240
    # closer steps towards both ends, where the density of a cell with little evidence is infinite
    angles = np.pi / 2 * (np.arange(2000) + 0.5) / 2000
    thetas, widths = np.sin(angles) ** 2, np.sin(2 * angles)
    mass = np.zeros((len(A), len(thetas)))
    mean_mass = np.zeros(steps)
    for i in range(steps):
        mu = (i + 0.5) / steps
        for j in range(40):
            root = high**-0.5 + (low**-0.5 - high**-0.5) * (j + 0.5) / 40
            k = root**-2
            alpha, beta = mu * k, (1 - mu) * k
            normal = math.lgamma(k) - math.lgamma(alpha) - math.lgamma(beta)
            evidence = [
                math.lgamma(alpha + a) + math.lgamma(beta + b) - math.lgamma(k + a + b) + normal
                for a, b in zip(A, B, strict=True)
            ]
            total = math.exp(sum(evidence))
            mean_mass[i] += total
            for cell, (a, b) in enumerate(zip(A, B, strict=True)):
                density = thetas ** (alpha + a - 1) * (1 - thetas) ** (beta + b - 1) * widths
                mass[cell] += total * density / density.sum()
    mass /= mass.sum(axis=1, keepdims=True)
    below = np.cumsum(mass, axis=1)
    return {
        "mean": (mass @ thetas).tolist(),
        "above_half": mass[:, thetas > 0.5].sum(axis=1).tolist(),
        "low": [float(np.interp(0.05, row, thetas)) for row in below],
        "high": [float(np.interp(0.95, row, thetas)) for row in below],
        "mu": [float((mean_mass / mean_mass.sum()) @ ((np.arange(steps) + 0.5) / steps))],
    }


def test_pooled_segments_agree_with_an_independent_grid() -> None:
    a, b, group = np.array(A), np.array(B), np.zeros(4, dtype=int)
    nodes, fine = pooling_nodes(1, 64), fine_nodes(1, 64)
    shares = cell_shares(nodes, group_weights(nodes, group, 1, a, b)[group], a, b, 0.9)
    expected = brute_force(1, 64)
    assert shares.mean.tolist() == pytest.approx(expected["mean"], abs=1e-3)
    assert shares.above_half.tolist() == pytest.approx(expected["above_half"], abs=1e-3)
    assert shares.low.tolist() == pytest.approx(expected["low"], abs=1e-3)
    assert shares.high.tolist() == pytest.approx(expected["high"], abs=1e-3)
    common = group_shares(group_weights(fine, group, 1, a, b), 0.9)
    assert common.mean.tolist() == pytest.approx(expected["mu"], abs=1e-3)


def test_more_nodes_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    a, b, group = np.array(A), np.array(B), np.zeros(4, dtype=int)

    def means() -> list[float]:
        nodes = pooling_nodes(1, 64)
        return cell_shares(nodes, group_weights(nodes, group, 1, a, b)[group], a, b, 0.9).mean.tolist()

    few = means()
    monkeypatch.setattr("assets.segments.pooling.MEAN_NODES", 48)
    monkeypatch.setattr("assets.segments.pooling.CONCENTRATION_NODES", 16)
    assert means() == pytest.approx(few, abs=1e-4)


def test_a_segment_that_was_not_asked_learns_from_the_others_and_is_less_certain() -> None:
    a, b, group = np.array([4.0, 0.0, 0.0]), np.zeros(3), np.array([0, 0, 1])
    nodes = pooling_nodes(1, 64)
    shares = cell_shares(nodes, group_weights(nodes, group, 2, a, b)[group], a, b, 0.9)
    asked, same_group, other_group = shares.mean.tolist()
    assert asked > same_group > other_group == pytest.approx(0.5, abs=1e-6)
    assert shares.high[1] - shares.low[1] > shares.high[0] - shares.low[0]
