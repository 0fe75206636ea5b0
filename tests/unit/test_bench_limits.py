"""A limit of latency is a number with its percentile: when it is kept, and how many operations tell that."""

from __future__ import annotations

import csv
from dataclasses import replace

import pytest

from assets.benchmarks.archive.limits import Limit, limits_by_target
from assets.benchmarks.archive.requests import WORKLOADS, limits_of_workloads
from tests.places import FROZEN

P95 = Limit("hashes", 10.0, 95)
P90 = Limit("hour", 10.0, 90)
PUBLIC = FROZEN / "public/benchmarks/latency_targets.csv"


def targets() -> list[dict[str, object]]:
    with PUBLIC.open(newline="") as file:
        rows = list(csv.DictReader(file))
    numbers = {"value", "percentile"}
    return [{name: (float(v) if v else None) if name in numbers else v for name, v in row.items()} for row in rows]


@pytest.mark.parametrize(
    ("limit", "late_share", "is_kept"), [(P95, 0.05, True), (P95, 0.0501, False), (P90, 0.1, True)]
)
def test_a_percentile_allows_a_share_to_be_late(limit: Limit, late_share: float, is_kept: bool) -> None:
    assert limit.is_kept(late_share) is is_kept


@pytest.mark.parametrize(("percentile", "operations"), [(90, 70), (95, 160), (99, 800), (99.9, 8_000)])
def test_a_try_has_enough_operations_to_tell_twice_and_half_the_allowed_share_from_it(
    percentile: float, operations: int
) -> None:
    assert replace(P95, percentile=percentile).least_operations == operations


def test_ten_percent_late_pass_as_five_in_at_most_one_of_forty_tries() -> None:
    # of 160 operations 8 may be late; with 10 % late there are 8 or fewer in 1.7 of 100 tries, in 140 in 2.6
    binomial = [1.0]
    for _ in range(P95.least_operations):
        binomial = [0.9 * a + 0.1 * b for a, b in zip([*binomial, 0.0], [0.0, *binomial], strict=True)]
    assert sum(binomial[:9]) == pytest.approx(0.0174, abs=0.0001)


@pytest.mark.parametrize(
    ("limit", "late", "is_missed"), [(P95, 6, False), (P95, 7, True), (P90, 9, False), (P90, 10, True), (P95, 0, False)]
)
def test_of_32_operations_few_late_ones_may_be_chance(limit: Limit, late: int, is_missed: bool) -> None:
    assert limit.is_missed(late, 32) is is_missed


def test_each_workload_has_the_published_limits_and_declared_ones_where_none_was_published() -> None:
    found = {
        name: [(limit.ms, limit.percentile) for limit in of] for name, of in limits_of_workloads(targets()).items()
    }
    assert found["by_hashes"] == [(10, 95), (2000, 95)]
    assert found["first_page_20"] == [(10, 90), (2000, 95)]
    assert found["insert"] == [(400, 95)]
    assert found["no_time_range_20"] == [(2000, 95)]
    assert set(found) == set(WORKLOADS)


def test_what_was_published_without_a_percentile_is_no_limit() -> None:
    grades = {str(row["id"]): row["grade"] for row in targets()}
    known = limits_by_target(targets())
    assert set(known) == {target for workload in WORKLOADS.values() for target in workload.latency_targets}
    assert "store_typical_query_time" not in known
    assert {grades[target] for target in ("archive_insert_latency_p95", "store_typical_query_time_p95")} == {
        "estimated"
    }


def test_a_limit_may_be_in_seconds_and_a_missing_one_is_named() -> None:
    rows = targets()
    hour = next(row for row in rows if row["id"] == "store_time_range_query_latency_p90")
    assert limits_by_target([{**hour, "value": 0.5, "unit": "s"}])[str(hour["id"])].ms == 500
    with pytest.raises(ValueError, match="no latency limit with a percentile for store_time_range_query_latency_p90"):
        limits_of_workloads(row for row in rows if row is not hour)
    with pytest.raises(ValueError, match='has the unit "min"'):
        limits_by_target([{**hour, "unit": "min"}])
