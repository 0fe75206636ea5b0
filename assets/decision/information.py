"""What it is worth to know more before a decision: expected value of perfect and of sample information.

Belongs here: arithmetic on draws, pure. Does not belong here: which decisions there are and what would be asked
(`next_evidence.py`).

A decision takes one option, or the best few, by what it brings on average. To know some of what is uncertain brings

    E[ best option, given what is known ] - best option now

The mean of each option given what is known is a regression of its draws on those of what would be known (Strong, Oakley
and Brennan 2014, Medical Decision Making 34(3)). One more sample resolves a part of that: the fitted means are drawn
together by the root of the share of variance that it takes away (moment matching: Heath, Manolopoulou and Baio 2018,
Medical Decision Making 38(2)).
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

DEGREE: Final = 3
"""Of the polynomial in each thing that would be known."""


def value_now(benefits: Array, take: int = 1) -> float:
    """Return what the best `take` options bring together on average; `benefits` has shape (draws, options)."""
    return _best(benefits.mean(axis=0)[None, :], take)


def value_of_perfect_information(benefits: Array, take: int = 1) -> float:
    """Return what it is worth to know all: the loss that is expected of deciding now."""
    return _best(benefits, take) - value_now(benefits, take)


def value_of_information(benefits: Array, known: Array, take: int = 1, resolved: float = 1.0) -> float:
    """Return what it is worth to know `known`, shape (draws, things), before `take` options are chosen.

    `resolved` is the share of its variance that would be taken away, 1 for knowing it exactly. Never below zero.
    """
    means = benefits.mean(axis=0)
    fitted = means + np.sqrt(resolved) * (_fitted(benefits, known) - means)
    return max(0.0, _best(fitted, take) - _best(means[None, :], take))


def _best(benefits: Array, take: int) -> float:
    """Return the mean over rows of the sum of the `take` highest values."""
    options = benefits.shape[1]
    if take >= options:
        return float(benefits.sum(axis=1).mean())
    return float(np.partition(benefits, options - take, axis=1)[:, options - take :].sum(axis=1).mean())


def _fitted(benefits: Array, known: Array) -> Array:
    """Return the least squares fit of each option by powers of what is known and by products of pairs."""
    spread = known.std(axis=0)
    varied = known[:, spread > 0]
    if not varied.size:
        return np.broadcast_to(benefits.mean(axis=0), benefits.shape)
    scaled = (varied - varied.mean(axis=0)) / varied.std(axis=0)
    things = scaled.shape[1]
    columns = [np.ones(len(scaled)), *(scaled[:, i] ** power for i in range(things) for power in range(1, DEGREE + 1))]
    columns += [scaled[:, i] * scaled[:, j] for i in range(things) for j in range(i)]
    basis = np.column_stack(columns)
    coefficients, *_ = np.linalg.lstsq(basis, benefits, rcond=None)
    return np.asarray(basis @ coefficients)
