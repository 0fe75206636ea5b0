"""Throughput against clients and against the size of the archive, as rows of a table: measured points and fitted curve.

Belongs here: which measurements belong to one curve, and the points at which a fit is read off; pure.
Does not belong here: the law of clients itself (`scalability.py`), drawing.
"""

from __future__ import annotations

import itertools
import statistics
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from assets.benchmarks.paired_ratios import RESAMPLES
from assets.benchmarks.results import SEED, MeasuredRun, Measurement
from assets.benchmarks.scalability import BAND, REACH, fit_scalability
from assets.evidence.basis import Basis

POINTS = 24
"""At which a curve is read off, from its first measured point to twice its last one."""
REFITS = 200
"""Of the law of clients, 0.1 s in all; a band of 90 % does not move by more than the width of a line with more."""
MIN_POINTS = 3
"""Different numbers of clients or messages that a fit needs."""


Curves = dict[tuple[str, str, int | None, int | None], dict[int, list[float]]]
"""Throughputs by stage, workload, payload and what is held on the other axis, then by what the axis counts."""


class _Fit(NamedTuple):
    at: Callable[[float], tuple[float, float, float]]
    """Low, middle and high at one x; the band holds 90 % of the refits."""
    peak: float | None
    relative_error: float


@dataclass(frozen=True)
class CurvePoint:
    """Throughput at one number of clients or messages: measured, fitted (with a band of 90 %) or both."""

    run: MeasuredRun
    stage: str
    workload: str
    axis: Literal["clients", "archive_messages"]
    payload_bytes: int | None
    fixed: int | None
    """What was held on the other axis."""
    x: float
    is_measured: bool
    measured_per_s: float | None
    """Median of the rounds."""
    low_per_s: float | None
    fitted_per_s: float | None
    high_per_s: float | None
    is_extrapolated: bool
    """Beyond the largest measured point; never beyond twice it."""
    peak_clients: float | None
    """Where the fitted law peaks, if within reach."""
    relative_error: float | None
    """Root mean square of the relative residuals of the fit."""
    basis: Basis


def throughput_curves(run: MeasuredRun, measurements: Sequence[Measurement]) -> list[CurvePoint]:
    """Return the curves of closed-loop throughput of a run; with fewer than three points, the measured points only.

    A curve is of one payload. A larger archive also covers more hours and has more partitions: both are in its curve.
    """
    of_clients: Curves = defaultdict(lambda: defaultdict(list))
    of_size: Curves = defaultdict(lambda: defaultdict(list))
    kept = []
    for found in measurements:
        if found.metric != "throughput_per_s" or found.rate_per_s is not None or found.stage is None:
            continue
        if not found.value or found.clients is None or found.archive_messages is None:
            continue
        kept.append(found)
        what = found.stage, found.workload, found.payload_bytes
        of_clients[*what, found.archive_messages][found.clients].append(found.value)
        of_size[*what, found.clients][found.archive_messages].append(found.value)
    basis = run.basis.at_best(*(found.grade for found in kept))
    return [
        *_curves(run, "clients", of_clients, basis),
        *_curves(run, "archive_messages", of_size, basis),
    ]


def _curves(
    run: MeasuredRun,
    axis: Literal["clients", "archive_messages"],
    curves: Curves,
    basis: Basis,
) -> list[CurvePoint]:
    points = []
    for (stage, workload, payload_bytes, fixed), rounds in sorted(
        curves.items(), key=lambda item: tuple(map(str, item[0]))
    ):
        if len(rounds) < 2:
            continue
        fit = _fit_clients(rounds) if axis == "clients" else _fit_size(rounds)
        last = max(rounds)
        for x in sorted({*map(float, rounds), *(_grid(min(rounds), REACH * last, axis) if fit else ())}):
            low, mid, high = fit.at(x) if fit else (None, None, None)
            points.append(
                CurvePoint(
                    run=run,
                    stage=stage,
                    workload=workload,
                    axis=axis,
                    payload_bytes=payload_bytes,
                    fixed=fixed,
                    x=x,
                    is_measured=x in rounds,
                    measured_per_s=statistics.median(rounds[int(x)]) if x in rounds else None,
                    low_per_s=low,
                    fitted_per_s=mid,
                    high_per_s=high,
                    is_extrapolated=x > last,
                    peak_clients=fit.peak if fit else None,
                    relative_error=fit.relative_error if fit else None,
                    basis=basis,
                )
            )
    return points


def _grid(first: float, last: float, axis: str) -> list[float]:
    """Return points of even distance: of clients whole ones, of sizes by their logarithm."""
    if axis == "clients":
        step = max(1, round((last - first) / POINTS))
        return [float(x) for x in itertools.takewhile(lambda x: x < last, itertools.count(int(first), step))] + [last]
    return [float(round(x, -int(np.floor(np.log10(x))) + 2)) for x in np.geomspace(first, last, POINTS)[1:-1]] + [last]


def _fit_clients(rounds: Mapping[int, Sequence[float]]) -> _Fit | None:
    """Fit the law of clients; None where there are too few points for it."""
    pairs = [(clients, value) for clients, values in rounds.items() for value in values]
    if len(rounds) < MIN_POINTS or len(pairs) <= MIN_POINTS:
        return None
    found = fit_scalability([clients for clients, _ in pairs], [value for _, value in pairs], seed=SEED, refits=REFITS)

    def at(clients: float) -> tuple[float, float, float]:
        band = found.throughput(clients)
        return band.low, band.mid, band.high

    return _Fit(at, found.peak[0] if found.peak else None, found.relative_error)


def _fit_size(rounds: Mapping[int, Sequence[float]]) -> _Fit | None:
    """Fit X = a N^b by least squares of logarithms, with a bootstrap of residuals; None below three sizes."""
    pairs = [(size, value) for size, values in rounds.items() for value in values]
    if len(rounds) < MIN_POINTS or len(pairs) <= MIN_POINTS:
        return None
    logs = np.log(np.array(pairs, float))
    terms = np.stack([np.ones(len(logs)), logs[:, 0]], axis=1)
    best, *_ = np.linalg.lstsq(terms, logs[:, 1], rcond=None)
    residuals = logs[:, 1] - terms @ best
    widened = residuals * np.sqrt(len(logs) / (len(logs) - terms.shape[1]))
    drawn = np.random.default_rng(SEED).choice(widened, size=(RESAMPLES, len(logs)))
    refits, *_ = np.linalg.lstsq(terms, (terms @ best + drawn).T, rcond=None)

    def at(size: float) -> tuple[float, float, float]:
        term = np.array([1.0, np.log(size)])
        mid = float(np.exp(term @ best))
        low, high = np.exp(np.quantile(term @ refits, BAND))
        return min(float(low), mid), mid, max(float(high), mid)

    return _Fit(at, None, float(np.sqrt(np.mean(residuals**2))))
