"""A share that differs from segment to segment, and what each segment tells about the others.

Belongs here: the Beta-binomial model with partial pooling, as arithmetic on arrays. Does not belong here: what the
shares are of (`matrix.py`).

The model, for groups of cells (a USP for a problem) with one cell per segment s:

    supporting weight a_s, contradicting weight b_s      likelihood  theta_s^a_s (1 - theta_s)^b_s
    theta_s ~ Beta(mu k, (1 - mu) k)                     each segment has its own share
    mu ~ Beta(c, c),  k^(-1/2) ~ Uniform                 what segments have in common, and how much

(Gelman et al., Bayesian Data Analysis, 3rd ed., section 5.3, whose prior on the concentration k this is, here with
bounds; weights as powers of the likelihood: Ibrahim and Chen 2000, "Power prior distributions".) c follows from the
bounds of k: a segment by itself has the mean and the variance of a uniform share, 1/2 and 1/12, so that one who agrees
makes 2/3 of it and two make 3/4, as with Beta(1, 1). A uniform mu would put most of theta at its ends. mu and k are
integrated on a grid, so nothing is drawn at random and the same evidence gives the same numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import betainc, betaln, logsumexp

Array = npt.NDArray[np.float64]

MEAN_NODES, CONCENTRATION_NODES = 24, 8
"""Gauss-Legendre nodes: twice as many of each change no result in its fifth digit."""
FINE_MEAN_NODES = 400
"""Steps for the distribution of mu itself, of which quantiles are read."""
BISECTIONS = 18
"""A quantile is then known to four millionths."""


@dataclass(frozen=True)
class Nodes:
    """Points (mu, k) with log weights that sum to one: the prior. All of shape (K,)."""

    mean: Array
    concentration: Array
    log_weight: Array


@dataclass(frozen=True)
class Shares:
    """Distributions of shares, one per entry: mean, bounds of the interval, probability of more than one half."""

    mean: Array
    low: Array
    high: Array
    above_half: Array


def pooling_nodes(low: float, high: float, means: tuple[Array, Array] | None = None) -> Nodes:
    """Return the prior on mu and k with `low` <= k <= `high`; `means` are nodes and weights on (0, 1).

    Raises `ValueError` for bounds so low that a segment by itself varies more than a uniform share, whatever mu.
    """
    # uniform in k^(-1/2): the spread of the shares over segments is about as likely to be small as large
    root, root_weight = _legendre(high**-0.5, low**-0.5, CONCENTRATION_NODES)
    root_weight = root_weight / root_weight.sum()
    mean, mean_weight = means or _legendre(0.0, 1.0, MEAN_NODES)
    shape = _mean_shape(float(root_weight @ (1 / (1 + root**-2))))
    mean_weight = mean_weight * (mean * (1 - mean)) ** (shape - 1)
    weight = np.outer(mean_weight / mean_weight.sum(), root_weight).ravel()
    mean_grid, root_grid = np.meshgrid(mean, root, indexing="ij")
    return Nodes(mean_grid.ravel(), root_grid.ravel() ** -2, np.log(weight))


def fine_nodes(low: float, high: float) -> Nodes:
    """Return the same prior with equal steps in mu, in whose order its distribution can be summed."""
    steps = (np.arange(FINE_MEAN_NODES) + 0.5) / FINE_MEAN_NODES
    return pooling_nodes(low, high, (steps, np.full(FINE_MEAN_NODES, 1 / FINE_MEAN_NODES)))


def group_weights(nodes: Nodes, group: npt.NDArray[np.intp], groups: int, a: Array, b: Array) -> Array:
    """Return the posterior weight of each node for each group, shape (groups, K), rows summing to one.

    `group` has the group of each cell, `a` and `b` its supporting and contradicting weight, all of shape (C,).
    """
    alpha, beta = nodes.mean * nodes.concentration, (1 - nodes.mean) * nodes.concentration
    has_evidence = a + b > 0
    evidence = betaln(alpha + a[has_evidence, None], beta + b[has_evidence, None]) - betaln(alpha, beta)
    total = np.tile(nodes.log_weight, (groups, 1))
    np.add.at(total, group[has_evidence], evidence)
    return np.asarray(np.exp(total - logsumexp(total, axis=1, keepdims=True)))


def cell_shares(nodes: Nodes, weights: Array, a: Array, b: Array, interval: float) -> Shares:
    """Return the share of each cell, a mixture of Beta distributions. `weights` (C, K) are those of its group."""
    # cells alike in group and evidence have the same answer; most are cells without evidence
    rows, back = np.unique(np.column_stack([weights, a, b]), axis=0, return_inverse=True)
    back = np.ravel(back)
    mix, own_a, own_b = rows[:, :-2], rows[:, -2:-1], rows[:, -1:]
    alpha = nodes.mean * nodes.concentration + own_a
    beta = (1 - nodes.mean) * nodes.concentration + own_b

    def below(share: Array) -> Array:
        return np.asarray((mix * betainc(alpha, beta, share[:, None])).sum(axis=1))

    tail = (1 - interval) / 2
    mean = (mix * alpha / (alpha + beta)).sum(axis=1)
    half = np.full(len(rows), 0.5)
    found = (mean, _inverse(below, tail, len(rows)), _inverse(below, 1 - tail, len(rows)), 1 - below(half))
    return Shares(*(np.asarray(values[back]) for values in found))


def group_shares(weights: Array, interval: float) -> Shares:
    """Return mu of each group, the share that the segments have in common. `weights` are those of `fine_nodes`."""
    by_mean = weights.reshape(len(weights), FINE_MEAN_NODES, -1).sum(axis=2)
    steps = (np.arange(FINE_MEAN_NODES) + 0.5) / FINE_MEAN_NODES
    edges = np.linspace(0, 1, FINE_MEAN_NODES + 1)
    below = np.concatenate([np.zeros((len(weights), 1)), np.cumsum(by_mean, axis=1)], axis=1)
    tail = (1 - interval) / 2
    low, high = (np.array([np.interp(p, row, edges) for row in below]) for p in (tail, 1 - tail))
    return Shares(by_mean @ steps, low, high, 1 - below[:, FINE_MEAN_NODES // 2])


def _mean_shape(own: float) -> float:
    """Return c of mu ~ Beta(c, c) by which theta has the variance of a uniform share; `own` is the mean of 1/(k + 1).

    Var theta = Var mu + own (1/4 - Var mu) = 1/12 and Var mu = 1 / (4 (2 c + 1)).
    """
    if own >= 1 / 3:
        raise ValueError("pooling_concentration_low and _high are so low that shares lie at their ends; raise them")
    variance = (1 / 12 - own / 4) / (1 - own)
    return (1 / (4 * variance) - 1) / 2


def _inverse(below: Callable[[Array], Array], probability: float, size: int) -> Array:
    low, high = np.zeros(size), np.ones(size)
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        is_left = below(middle) < probability
        low, high = np.where(is_left, middle, low), np.where(is_left, high, middle)
    return (low + high) / 2


def _legendre(low: float, high: float, points: int) -> tuple[Array, Array]:
    nodes, weights = np.polynomial.legendre.leggauss(points)
    return (high - low) / 2 * nodes + (high + low) / 2, (high - low) / 2 * weights
