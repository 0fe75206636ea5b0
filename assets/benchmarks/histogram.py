"""Quantiles of studies that published only how many operations fell into each range of latency.

Belongs here: shares per range become an interval for each quantile, pure.
Does not belong here: runs with a log (`imports.py`).
Where in its range an operation was is not known, and what the shares leave out may be anywhere outside the published
ranges. An interval therefore holds every value that the quantile can have; a point inside a range is never made up.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assets.evidence.model import Grade, weakest
from assets.evidence.tables.benchmarks import PostgresResult

METRIC = re.compile(r"share_of_(?P<operation>[a-z]+)_in_(?P<low>\d+)_(?P<high>\d+|inf)_ms")
SIGNIFICANT_DIGITS = 3
"""Of the published shares."""


@dataclass(frozen=True)
class Bucket:
    """A range of latency, milliseconds, and the share of operations in it, 0 to 1. `high_ms` may be infinite."""

    low_ms: float
    high_ms: float
    share: float

    @property
    def rounding(self) -> float:
        """Return by how much the exact share may differ."""
        return 0.5 * 10 ** (math.floor(math.log10(self.share)) + 1 - SIGNIFICANT_DIGITS) if self.share else 0.0


@dataclass(frozen=True)
class QuantileInterval:
    """The quantile `share` is between the two, milliseconds; `high_ms` None where nothing bounds it from above."""

    share: float
    low_ms: float
    high_ms: float | None


@dataclass(frozen=True)
class PublishedLatency:
    """One histogram of one study."""

    study: str
    system: str
    workload: str
    operation: str
    """queries or inserts"""
    quantiles: tuple[QuantileInterval, ...]
    unknown_share: float
    """Of operations outside all published ranges."""
    grade: Grade
    evidence_ids: tuple[str, ...]


def quantile_interval(buckets: Sequence[Bucket], share: float) -> QuantileInterval:
    """Return the interval of a quantile, the smallest latency that at least `share` of the operations do not exceed.

    ValueError if ranges overlap, if the shares exceed 1 by more than rounding, or if `share` is no quantile.
    """
    if not 0 < share < 1:
        raise ValueError(f"{share:g} is not a quantile; expected 0 < quantile < 1")
    ordered = sorted(buckets, key=lambda bucket: bucket.low_ms)
    gaps = _gaps(ordered)
    rounding = sum(bucket.rounding for bucket in ordered)
    known = sum(bucket.share for bucket in ordered)
    if known > 1 + rounding:
        raise ValueError(f"the shares sum to {known:.4g}; expected at most 1")
    rest = max(0.0, 1 - known)
    earliest = [(bucket.low_ms, bucket.share) for bucket in ordered] + [(low, rest) for low, _ in gaps[:1]]
    latest = [(bucket.high_ms, bucket.share) for bucket in ordered] + [(high, rest) for _, high in gaps[-1:]]
    low_ms = _reached(earliest, share - rounding)
    high_ms = _reached(latest, share + rounding)
    return QuantileInterval(share, low_ms, None if math.isinf(high_ms) else high_ms)


def _gaps(ordered: Sequence[Bucket]) -> list[tuple[float, float]]:
    """Return the ranges from 0 to infinity that were not published."""
    gaps, reached = [], 0.0
    for bucket in ordered:
        if bucket.low_ms < reached:
            raise ValueError(f"the range from {bucket.low_ms:g} ms overlaps one that ends at {reached:g} ms")
        if bucket.low_ms > reached:
            gaps.append((reached, bucket.low_ms))
        reached = bucket.high_ms
    return gaps if math.isinf(reached) else [*gaps, (reached, math.inf)]


def _reached(masses: Iterable[tuple[float, float]], share: float) -> float:
    """Return where the shares that are piled up at single points reach `share`; the last point if they do not."""
    total = 0.0
    points = sorted(masses)
    for point, mass in points:
        total += mass
        if total >= share:
            return point
    return points[-1][0]


def published_latencies(rows: Iterable[PostgresResult], shares: Sequence[float]) -> list[PublishedLatency]:
    """Return an interval for each of `shares` and each histogram in the table; rows of other metrics are left aside."""
    grouped: dict[tuple[str, str, str, str], list[tuple[PostgresResult, Bucket]]] = defaultdict(list)
    for row in rows:
        found = METRIC.fullmatch(row.metric)
        if found and row.value is not None:
            if row.unit != "percent":
                raise ValueError(f"{row.id}: the unit of a share is {row.unit}; expected percent")
            bucket = Bucket(float(found["low"]), float(found["high"]), row.value / 100)
            grouped[row.study, row.system, row.workload, found["operation"]].append((row, bucket))
    latencies = []
    for (study, system, workload, operation), members in sorted(grouped.items()):
        buckets = [bucket for _, bucket in members]
        latencies.append(
            PublishedLatency(
                study=study,
                system=system,
                workload=workload,
                operation=operation,
                quantiles=tuple(quantile_interval(buckets, share) for share in shares),
                unknown_share=max(0.0, 1 - sum(bucket.share for bucket in buckets)),
                grade=weakest(row.grade for row, _ in members),
                evidence_ids=tuple(sorted(f"benchmarks__postgres_results/{row.id}" for row, _ in members)),
            )
        )
    return latencies
