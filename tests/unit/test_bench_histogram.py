"""Published shares per range of latency bound a quantile; they never give a point."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from assets.benchmarks.histogram import Bucket, QuantileInterval, published_latencies, quantile_interval
from assets.evidence.model import Grade
from assets.evidence.parsing import parse_csv
from assets.evidence.tables import TABLES_BY_KEY
from assets.evidence.tables.benchmarks import PostgresResult

INF = float("inf")
KEY = "benchmarks__postgres_results"
PUBLISHED = Path(__file__).parents[2] / "evidence/public/benchmarks/postgres_results.csv"


def interval(buckets: list[Bucket], share: float) -> tuple[float, float | None]:
    found = quantile_interval(buckets, share)
    return found.low_ms, found.high_ms


def test_complete_histogram() -> None:
    buckets = [Bucket(0, 5, 0.25), Bucket(5, 10, 0.5), Bucket(10, INF, 0.25)]
    assert interval(buckets, 0.2) == (0, 5)
    assert interval(buckets, 0.5) == (5, 10)
    assert interval(buckets, 0.9) == (10, None)


def test_rest_may_be_below_or_above() -> None:
    # 80 % in 10 to 25 ms; the other 20 % may be at 0 ms or beyond any bound.
    buckets = [Bucket(10, 25, 0.8)]
    assert interval(buckets, 0.1) == (0, 25)
    assert interval(buckets, 0.5) == (10, 25)
    assert interval(buckets, 0.9) == (10, None)


def test_rest_is_only_where_nothing_was_published() -> None:
    # All but 5 to 10 ms is published, so the missing 10 % is there.
    buckets = [Bucket(0, 5, 0.6), Bucket(10, INF, 0.3)]
    assert interval(buckets, 0.65) == (5, 10)
    assert interval(buckets, 0.5) == (0, 5)


def test_rounding_widens_the_interval_at_an_edge() -> None:
    # 0.500 may be 0.4995: the median may be in either range.
    buckets = [Bucket(0, 5, 0.5), Bucket(5, INF, 0.5)]
    assert interval(buckets, 0.5) == (0, None)
    assert interval(buckets, 0.498) == (0, 5)


def test_exact_values_lie_inside() -> None:
    values = [float(value) for value in (1, 2, 3, 7, 8, 12, 14, 20, 26, 40)]
    edges = [0, 5, 10, 25, INF]
    buckets = [Bucket(low, high, sum(low < value <= high for value in values) / 10) for low, high in pairwise(edges)]
    for kept in (buckets, buckets[1:], buckets[:-1], buckets[::2]):
        for k in range(1, 10):
            low, high = interval(kept, k / 10)
            assert low <= values[k - 1] <= (INF if high is None else high)


@pytest.mark.parametrize(
    ("buckets", "share", "message"),
    [
        ([Bucket(0, 5, 0.6), Bucket(4, 10, 0.2)], 0.5, "overlaps"),
        ([Bucket(0, 5, 0.6), Bucket(5, 10, 0.6)], 0.5, "sum to 1.2"),
        ([Bucket(0, 5, 0.6)], 95, "0 < quantile < 1"),
    ],
)
def test_what_is_no_histogram(buckets: list[Bucket], share: float, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        quantile_interval(buckets, share)


def published() -> list[PostgresResult]:
    today = date(2026, 11, 23)
    parsed = parse_csv(TABLES_BY_KEY[KEY], PUBLISHED.read_text(), file=PUBLISHED.name, pack="public", today=today)
    return [record.row for record in parsed.records if isinstance(record.row, PostgresResult)]


def test_published_studies() -> None:
    found = published_latencies(published(), (0.5, 0.95))
    latencies = {(latency.study, latency.system, latency.operation): latency for latency in found}
    # 35 % of the inserts took more than 10 s; see the share of 10,000 ms to infinity.
    slow = latencies["shared-db-3", "PostgreSQL", "inserts"]
    assert slow.quantiles[1] == QuantileInterval(0.95, 10_000, None)
    # 8.62 + 15.7 % below 10 ms, 72.6 % in 10 to 25 ms, 2.71 % in 25 to 50 ms, 0.37 % unknown
    inserts = latencies["store-scenario-2-after", "PostgreSQL", "inserts"]
    assert inserts.quantiles == (QuantileInterval(0.5, 10, 25), QuantileInterval(0.95, 10, 25))
    assert inserts.unknown_share == pytest.approx(0.0037)
    assert inserts.grade is Grade.MEASURED
    assert len(inserts.evidence_ids) == 4
    # 10.3 % in 75 to 100, 79.0 % in 100 to 250 ms: the 95th percentile may be anything above 100 ms.
    assert latencies["store-scenario-3-before", "PostgreSQL", "inserts"].quantiles[1] == QuantileInterval(
        0.95, 100, None
    )


def test_every_published_share_is_used_once() -> None:
    used = [evidence_id for latency in published_latencies(published(), (0.5,)) for evidence_id in latency.evidence_ids]
    shares = [f"{KEY}/{row.id}" for row in published() if row.metric.startswith("share_of_") and row.value is not None]
    assert sorted(used) == sorted(shares)
    assert len(shares) == 80
