"""Gains, capacity and noise of a run, with figures that can be checked by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assets.benchmarks.archive.limits import Limit
from assets.benchmarks.archive.stages import ALL_STAGES
from assets.benchmarks.frames import (
    CAPACITY_COLUMNS,
    GAIN_COLUMNS,
    NOISE_COLUMNS,
    capacity_frame,
    gains_frame,
    noise_frame,
)
from assets.benchmarks.results import Gain, KnownLimit, capacities, mean_interval, noise, stage_gains
from assets.evidence.model import Grade
from tests.unit.bases import based
from tests.unit.bench_world import RUN, measurement, rounds

BASES = {"lookup_partitioned": "lookup_table", "bytea_payload": "lookup_partitioned", "self_test_b": "self_test_a"}


def gain(*measured: object) -> Gain:
    (found,) = stage_gains(RUN, list(measured), BASES)  # type: ignore[arg-type]
    return found


def test_a_stage_that_is_a_tenth_faster_in_every_round_is_really_faster() -> None:
    found = gain(
        *rounds("lookup_table", "insert", "throughput_per_s", 1000),
        *rounds("lookup_partitioned", "insert", "throughput_per_s", 1100),
    )
    assert (found.stage, found.base, found.rounds) == ("lookup_partitioned", "lookup_table", 4)
    # The noise of a round is in both, so that it cancels and nothing is left of it.
    assert (found.low, found.ratio, found.high) == pytest.approx((1.1, 1.1, 1.1))
    assert (found.is_real, found.effect) == (True, "gain")
    assert found.basis.ids == {"benchmarks__runs/run_a"}


def test_an_interval_around_one_shows_nothing() -> None:
    found = gain(
        *rounds("lookup_partitioned", "insert", "throughput_per_s", 1000),
        *rounds("bytea_payload", "insert", "throughput_per_s", 1000),
    )
    assert found.low is not None
    assert found.high is not None
    assert found.low < 1 < found.high
    assert (found.is_real, found.effect) == (False, "no difference shown")


def test_less_latency_is_a_gain_and_less_throughput_is_a_loss() -> None:
    for metric, effect in (
        ("latency_ms_p95", "gain"),
        ("throughput_per_s", "loss"),
        ("total_bytes_per_message", "gain"),
    ):
        found = gain(*rounds("lookup_table", "insert", metric, 10), *rounds("lookup_partitioned", "insert", metric, 5))
        assert (found.ratio, found.effect) == (pytest.approx(0.5), effect)


def test_what_was_not_repeated_has_a_ratio_and_no_interval() -> None:
    found = gain(
        measurement("lookup_partitioned", "storage", "total_bytes_per_message", 3600),
        measurement("bytea_payload", "storage", "total_bytes_per_message", 1800),
    )
    assert (found.ratio, found.low, found.high, found.is_real, found.effect) == (0.5, None, None, None, "not repeated")


@pytest.mark.parametrize(
    "change", [{"run_id": "run_b"}, {"clients": 8}, {"rate_per_s": 50.0}, {"round": 2}, {"limit_ms": 10.0}]
)
def test_only_like_is_compared_with_like(change: dict[str, object]) -> None:
    base = measurement("lookup_table", "insert", "throughput_per_s", 1000, round=1)
    other = measurement("lookup_partitioned", "insert", "throughput_per_s", 1100, **{"round": 1, **change})
    of_run = [row for row in (base, other) if row.run_id == RUN.run_id]
    assert stage_gains(RUN, of_run, BASES) == []


def test_a_table_that_is_not_there_has_no_ratio() -> None:
    none = measurement("lookup_table", "storage", "lookup_bytes_per_message", 0.0)
    some = measurement("lookup_partitioned", "storage", "lookup_bytes_per_message", 100.0)
    assert stage_gains(RUN, [none, some], BASES) == []


P95 = Limit("older", 400.0, 95)
LIMITS = {"insert": (KnownLimit(P95, "inserts", based("published", "benchmarks__latency_targets/older")),)}


def test_capacity_is_the_geometric_mean_of_the_rounds_divided_by_the_cores() -> None:
    values = [800.0, 1000.0, 1250.0]
    measured = [measurement("lookup_table", "insert", "capacity_per_s", v, round=i) for i, v in enumerate(values, 1)]
    (found,) = capacities(RUN, measured, LIMITS)
    assert found.per_vcpu_per_s == pytest.approx(500)
    assert (found.operation, found.rounds) == ("insert", 3)
    assert (found.limit_ms, found.percentile, found.population, found.is_narrowest) == (400, 95, "inserts", True)
    # logarithms differ by ln 1.25 = 0.2231, which is their standard deviation: 4.303 x 0.2231 / sqrt(3) = 0.5544
    assert (found.low, found.high) == pytest.approx((500 / 1.741, 500 * 1.741), rel=1e-3)
    assert (found.failed_rounds, found.lowest_tried_per_s, found.finding) == (0, None, "limit kept")
    assert found.basis.grade is Grade.PUBLISHED
    assert found.basis.ids == {"benchmarks__latency_targets/older", "benchmarks__runs/run_a"}


def test_one_capacity_has_no_interval_and_unknown_cores_or_limits_no_capacity() -> None:
    measured = [measurement("lookup_table", "insert", "capacity_per_s", 1000.0)]
    (found,) = capacities(RUN, measured, LIMITS)
    assert (found.per_vcpu_per_s, found.low, found.high) == (pytest.approx(500), None, None)
    assert capacities(replace(RUN, cpu_cores=None), measured, LIMITS) == []
    assert capacities(RUN, measured, {}) == []


def test_a_rate_that_was_too_much_at_its_lowest_is_a_bound_and_no_capacity() -> None:
    too_much = measurement("lookup_table", "insert", "capacity_per_s", None, value_high=24.0, round=1)
    found_once = measurement("lookup_table", "insert", "capacity_per_s", 500.0, round=2)
    (found,) = capacities(RUN, [too_much], LIMITS)
    assert (found.per_vcpu_per_s, found.low, found.high) == (None, None, 12)
    assert (found.failed_rounds, found.lowest_tried_per_s) == (1, 24)
    assert found.finding == "limit not kept in every round at the lowest rate tried"
    (found,) = capacities(RUN, [too_much, found_once], LIMITS)
    assert (found.per_vcpu_per_s, found.low, found.high, found.failed_rounds) == (None, None, 250, 1)
    assert found.finding == "limit not kept in some round at the lowest rate tried"


def test_each_limit_of_a_workload_has_its_capacity_and_an_old_percentile_has_none() -> None:
    wide = KnownLimit(
        Limit("typical", 2000.0, 95), "any query", based("estimated", "benchmarks__latency_targets/typical")
    )
    limits = {"insert": (*LIMITS["insert"], wide)}
    measured = [
        measurement("lookup_table", "insert", "capacity_per_s", None, value_high=24.0),
        measurement("lookup_table", "insert", "capacity_per_s", 90.0, limit_ms=2000.0),
        measurement("lookup_table", "insert", "capacity_per_s", 50.0, percentile=99.9),
    ]
    narrow, wider = capacities(RUN, measured, limits)
    assert (narrow.limit_ms, narrow.is_narrowest, narrow.is_kept, narrow.high) == (400, True, False, 12)
    assert (wider.limit_ms, wider.is_narrowest, wider.is_kept) == (2000, False, True)
    assert wider.per_vcpu_per_s == pytest.approx(45)
    assert wider.basis.grade is Grade.ESTIMATED
    assert capacity_frame([narrow, wider])["capacity_id"].tolist() == [
        "run_a|lookup_table|insert|1000|100000|p95 below 400 ms",
        "run_a|lookup_table|insert|1000|100000|p95 below 2000 ms",
    ]


def test_a_metric_that_is_a_bound_in_some_round_has_no_ratio() -> None:
    base = rounds("lookup_table", "insert", "capacity_per_s", 500)
    other = rounds("lookup_partitioned", "insert", "capacity_per_s", 600)
    bound = measurement("lookup_partitioned", "insert", "capacity_per_s", None, value_high=24.0, round=4)
    assert len(stage_gains(RUN, [*base, *other], BASES)) == 1
    assert stage_gains(RUN, [*base, *other[:3], bound], BASES) == []


def test_the_interval_of_a_mean_is_students() -> None:
    found = mean_interval([1.0, 10.0])
    # logarithms 0 and 2.303: mean 1.151, standard deviation 1.628, 12.706 x 1.628 / sqrt(2) = 14.63
    assert found.mid == pytest.approx(10**0.5)
    assert found.high / found.mid == pytest.approx(2.25e6, rel=0.01)
    assert mean_interval([3.0]).mid == pytest.approx(3.0)
    with pytest.raises(ValueError, match="at least one"):
        mean_interval([])


def test_the_certificate_of_a_run() -> None:
    throughputs = {
        "lookup_table": (90, 100, 110),
        "bytea_payload": (99, 99, 99),
        "self_test_a": (90, 100, 110),
        "self_test_b": (95, 100, 105),
    }
    measured = [
        *(
            measurement(stage, "insert", "throughput_per_s", value, round=i)
            for stage, values in throughputs.items()
            for i, value in enumerate(values, 1)
        ),
        measurement(None, "harness_empty", "throughput_per_s", 50_000, clients=1),
        measurement(None, "harness_empty", "throughput_per_s", 90_000, clients=4),
        measurement(None, "harness_select_1", "throughput_per_s", 20_000, clients=4),
    ]
    found = noise(RUN, measured, stage_gains(RUN, measured, BASES))
    # standard deviation 10 of a mean of 100, and none at all
    assert (found.repeated_figures, found.variation_max, found.variation_median) == (2, 0.1, 0.05)
    assert (found.harness_empty_per_s, found.harness_select_1_per_s) == (90_000, 20_000)
    assert found.highest_throughput_per_s == 100
    assert (found.self_test_comparisons, found.self_test_alarms) == (1, 0)
    assert (found.placebo_comparisons, found.placebo_alarms) == (0, 0)


def test_a_run_without_rounds_does_not_claim_to_be_quiet() -> None:
    found = noise(RUN, [measurement("lookup_table", "insert", "throughput_per_s", 1000)], [])
    assert (found.repeated_figures, found.variation_median, found.variation_max) == (0, None, None)
    assert found.harness_empty_per_s is None


def test_frames_have_the_columns_that_are_declared_and_unique_names() -> None:
    measured = [
        *rounds("lookup_table", "insert", "throughput_per_s", 1000),
        *rounds("lookup_partitioned", "insert", "throughput_per_s", 1100),
        *rounds("lookup_table", "insert", "capacity_per_s", 800),
    ]
    gains = stage_gains(RUN, measured, BASES)
    assert list(gains_frame(gains)) == list(GAIN_COLUMNS)
    assert gains_frame(gains)["gain_id"].tolist() == ["run_a|lookup_partitioned|insert|throughput_per_s|4|100000|1000"]
    assert list(capacity_frame(capacities(RUN, measured, LIMITS))) == list(CAPACITY_COLUMNS)
    assert list(noise_frame([noise(RUN, measured, gains)])) == list(NOISE_COLUMNS)


def test_equal_stages_are_compared_in_every_metric_and_a_placebo_by_its_queries() -> None:
    measured = [
        *(
            row
            for stage in ("self_test_a", "self_test_b")
            for metric, value in (("throughput_per_s", 300.0), ("latency_ms_p95", 4.0))
            for row in rounds(stage, "insert", metric, value)
        ),
        *rounds("self_test_c", "insert", "latency_ms_p95", 4.0),
        *rounds("self_test_d", "insert", "latency_ms_p95", 5.0),
        *rounds("lookup_partitioned", "first_page_20", "throughput_per_s", 300.0),
        *rounds("no_compression", "first_page_20", "throughput_per_s", 400.0),
        *rounds("lookup_partitioned", "insert", "throughput_per_s", 300.0),
        *rounds("no_compression", "insert", "throughput_per_s", 400.0),
    ]
    bases = {stage.id: stage.base for stage in ALL_STAGES.values()}
    certificate = noise(RUN, measured, stage_gains(RUN, measured, bases))
    assert (certificate.self_test_comparisons, certificate.self_test_alarms) == (3, 1)
    assert (certificate.placebo_comparisons, certificate.placebo_alarms) == (1, 1)
    assert certificate.holds
    assert not replace(certificate, self_test_comparisons=100, self_test_alarms=6).holds
