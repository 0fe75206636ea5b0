"""How throughput grows with clients: the Universal Scalability Law, fitted with a band, and where it peaks.

Belongs here: the fit, pure and deterministic. Does not belong here: measuring (`measuring/session_run.py`).
X(n) = lambda n / (1 + sigma (n - 1) + kappa n (n - 1)): lambda is the throughput of one client, sigma >= 0 the share
that waits for others, kappa >= 0 the cost of each pair of clients (Gunther, "A General Theory of Computational
Scalability Based on Rational Functions", 2008). Superlinear speed-up (sigma < 0) is outside of the model.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from assets.common.intervals import Interval

REACH = 2.0
"""Nothing is said beyond this many times the largest measured number of clients."""
BAND = (0.05, 0.95)
"""Quantiles of the bootstrap that bound the band: 90 % of the refits are inside."""
MIN_CLIENT_COUNTS = 3
MAX_STEPS = 100
CONVERGED = 1e-12

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Parameters:
    """The three figures of the law."""

    throughput_of_one: float
    """lambda, operations per second"""
    contention: float
    """sigma, 0 is perfect"""
    coherency: float
    """kappa, 0 is perfect"""

    def throughput(self, clients: float) -> float:
        slowdown = 1 + self.contention * (clients - 1) + self.coherency * clients * (clients - 1)
        return self.throughput_of_one * clients / slowdown

    @property
    def peak_clients(self) -> float:
        """Number of clients, >= 1, with the highest throughput; infinite if it grows for ever."""
        if self.contention >= 1:
            return 1.0
        return max(1.0, math.sqrt((1 - self.contention) / self.coherency)) if self.coherency > 0 else math.inf


@dataclass(frozen=True)
class Scalability:
    """A fitted law with its bootstrap refits."""

    best: Parameters
    refits: tuple[Parameters, ...]
    max_clients: float
    """Largest number of clients that was measured."""
    relative_error: float
    """Root mean square of the relative residuals."""

    @property
    def reach(self) -> float:
        return REACH * self.max_clients

    def throughput(self, clients: float) -> Interval:
        """Return operations per second. ValueError below one client and beyond twice the largest measured number."""
        if not 1 <= clients <= self.reach:
            raise ValueError(
                f"{clients:g} clients are outside of what the measurements can tell: from 1 to {self.reach:g}, "
                f"twice the largest measured number ({self.max_clients:g}); measure with more clients"
            )
        low, high = np.quantile([refit.throughput(clients) for refit in self.refits], BAND)
        mid = self.best.throughput(clients)
        return Interval(min(float(low), mid), mid, max(float(high), mid))

    @property
    def peak(self) -> tuple[float, Interval] | None:
        """Return clients and throughput of the peak, None if there is none within reach."""
        clients = self.best.peak_clients
        return (clients, self.throughput(clients)) if clients <= self.reach else None


def fit_scalability(
    clients: Sequence[float], throughputs: Sequence[float], *, seed: int, refits: int = 500
) -> Scalability:
    """Fit the law to pairs of clients and operations per second, several for each number of clients or one.

    Least squares of log throughput, because noise is a percentage of it; the band is a bootstrap of the residuals,
    widened by sqrt(n / (n - 3)) for the three parameters. ValueError for fewer than 3 different numbers of clients,
    fewer than 4 measurements, or values that are not positive.
    """
    counts, measured = np.asarray(clients, float), np.asarray(throughputs, float)
    if len(counts) != len(measured):
        raise ValueError(f"{len(counts)} numbers of clients, but {len(measured)} throughputs; expected pairs")
    if not (np.isfinite(counts).all() and np.isfinite(measured).all() and (counts >= 1).all() and (measured > 0).all()):
        raise ValueError("a number of clients is below 1 or a throughput is not positive; leave such rounds out")
    different = len(np.unique(counts))
    if different < MIN_CLIENT_COUNTS or len(counts) <= MIN_CLIENT_COUNTS:
        raise ValueError(
            f"{len(counts)} measurements at {different} numbers of clients cannot tell three parameters; "
            f"expected at least {MIN_CLIENT_COUNTS + 1} at {MIN_CLIENT_COUNTS} or more"
        )
    best = fit_parameters(counts, measured)
    fitted = np.array([best.throughput(n) for n in counts])
    residuals = np.log(measured / fitted)
    widened = (residuals - residuals.mean()) * math.sqrt(len(counts) / (len(counts) - MIN_CLIENT_COUNTS))
    source = np.random.default_rng(seed)
    drawn = source.choice(widened, size=(refits, len(counts)))
    return Scalability(
        best=best,
        refits=tuple(fit_parameters(counts, fitted * np.exp(noise)) for noise in drawn),
        max_clients=float(counts.max()),
        relative_error=float(np.sqrt(np.mean(residuals**2))),
    )


def _terms(clients: Floats) -> Floats:
    """Return 1, n - 1, n (n - 1): n / X is linear in them. Shape (n, 3)."""
    return np.stack([np.ones_like(clients), clients - 1, clients * (clients - 1)], axis=1)


def fit_parameters(clients: Floats, throughputs: Floats) -> Parameters:
    """Fit by Gauss-Newton in 1/lambda, sigma/lambda, kappa/lambda, each step a least squares with bounds at 0."""
    from scipy.optimize import nnls  # half a second to import, and most runs fit nothing

    terms = _terms(clients)
    target = clients / throughputs
    slowness = nnls(terms / target[:, None], np.ones_like(target))[0]
    for _ in range(MAX_STEPS):
        now = terms @ slowness
        step = nnls(terms / now[:, None], 1 + np.log(target / now))[0]
        is_converged = bool(np.all(np.abs(step - slowness) <= CONVERGED * slowness[0]))
        slowness = step
        if is_converged:
            break
    one, contention, coherency = (float(value) for value in slowness)
    return Parameters(1 / one, contention / one, coherency / one)
