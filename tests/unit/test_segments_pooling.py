"""Shares of segments: by hand for one cell, against an independent grid for several that are pooled."""

from __future__ import annotations

import math

import numpy as np
import pytest

from assets.segments.pooling import Nodes, Shares, cell_shares, fine_nodes, group_shares, group_weights, pooling_nodes

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
MEAN_SHAPE = 3.753
"""c of mu ~ Beta(c, c) for 1 <= k <= 64: the mean of r^2 / (1 + r^2) over r from 1/8 to 1 is 0.2445."""


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
            prior = (mu * (1 - mu)) ** (MEAN_SHAPE - 1)
            evidence = [
                math.lgamma(alpha + a) + math.lgamma(beta + b) - math.lgamma(k + a + b) + normal
                for a, b in zip(A, B, strict=True)
            ]
            total = prior * math.exp(sum(evidence))
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


@pytest.mark.parametrize(
    ("a", "b", "mean"),
    [(0, 0, 1 / 2), (1, 0, 2 / 3), (0, 1, 1 / 3), (2, 0, 3 / 4), (1, 1, 1 / 2)],
)
def test_a_segment_by_itself_has_the_mean_of_a_uniform_prior(a: float, b: float, mean: float) -> None:
    # up to two voices the mean follows from mean and variance of the prior, 1/2 and 1/12, alone: Beta(1 + a, 1 + b)
    shares = alone(a, b)
    assert shares.mean[0] == pytest.approx(mean, abs=1e-3)


@pytest.mark.parametrize(("a", "b", "above_half"), [(0, 0, 0.5), (1, 0, 0.75), (2, 0, 0.875), (3, 1, 0.8125)])
def test_a_segment_by_itself_is_judged_about_as_with_a_uniform_prior(a: float, b: float, above_half: float) -> None:
    # the distribution function of Beta(1 + a, 1 + b) at one half; the prior has its first two moments, not its shape
    assert alone(a, b).above_half[0] == pytest.approx(above_half, abs=0.02)


def test_of_what_nobody_spoke_about_hardly_any_share_is_out_of_the_question() -> None:
    # 90 % of a uniform share lie between 0.05 and 0.95
    shares = alone(0, 0)
    assert (shares.low[0], shares.high[0]) == (pytest.approx(0.05, abs=0.025), pytest.approx(0.95, abs=0.025))


def test_one_voice_decides_nothing_whatever_the_threshold_of_evidence() -> None:
    assert alone(1, 0).above_half[0] < 0.8 < alone(2, 0).above_half[0]


def test_bounds_that_put_shares_at_their_ends_are_refused() -> None:
    with pytest.raises(ValueError, match="raise them"):
        pooling_nodes(0.5, 2)


def test_intervals_hold_and_few_verdicts_are_wrong_where_segments_have_something_in_common() -> None:
    # 200 groups of four segments, up to three interviews each; what is true is drawn, and so is what they say
    random = np.random.default_rng(20261125)
    mean = random.random((200, 1))
    truth = random.beta(16 * mean, 16 * (1 - mean), (200, 4)).ravel()
    asked = random.integers(0, 4, truth.size)
    a = random.binomial(asked, truth).astype(float)
    b, group = asked - a, np.repeat(np.arange(200), 4)
    nodes = pooling_nodes(1, 64)
    shares = cell_shares(nodes, group_weights(nodes, group, 200, a, b)[group], a, b, 0.9)
    holds = (shares.low <= truth) & (truth <= shares.high)
    validated = (shares.above_half >= 0.8) & (asked >= 2)
    assert 0.87 < holds.mean() < 0.96
    assert (truth[validated] <= 0.5).mean() < 0.2  # as the threshold of 0.8 promises


def alone(a: float, b: float) -> Shares:
    """A group of one segment, by the prior that production has."""
    nodes, group = pooling_nodes(1, 64), np.zeros(1, dtype=int)
    for_it, against = np.array([float(a)]), np.array([float(b)])
    return cell_shares(nodes, group_weights(nodes, group, 1, for_it, against), for_it, against, 0.9)


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
