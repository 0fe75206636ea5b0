"""What a vCPU of a database does at the size of archive that is kept: measured, between, beyond."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from assets.costs.assumptions import inputs_of
from assets.costs.capacity import SLOPE_FACTOR, CapacityCurve, SizedCapacity, SizedInterval, capacity_at
from assets.costs.distributions import LogTriangular
from assets.costs.draws import Draws, sample
from assets.costs.inputs import CapacityInput, RangeRow
from assets.evidence.basis import Basis
from assets.evidence.model import Grade
from assets.evidence.quantity import MissingEvidence, Quantity

SMALL, LARGE = SizedInterval(100_000, 300, 400, 500), SizedInterval(1_000_000, 160, 200, 250)
CURVE = CapacityCurve((SMALL, LARGE))
NEWER = date(2026, 8, 19)
SLOPE = RangeRow(Basis(Grade.ESTIMATED, frozenset({"a/slope"})), "capacity_slope_factor", "Slope", "factor", 0, 1, 2)


@pytest.mark.parametrize(
    ("messages", "low", "mid", "high"),
    [
        (1, 300, 400, 500),
        (100_000, 300, 400, 500),
        (316_228, 219.1, 282.8, 353.6),  # half of the way in logarithms: the geometric means
        (1_000_000, 160, 200, 250),
        (10_000_000, 40, 100, 250),  # the middle halves once more, the low end twice, the high end stays
    ],
)
def test_capacity_is_straight_in_logarithms_and_drifts_apart_beyond_what_was_measured(
    messages: float, low: float, mid: float, high: float
) -> None:
    assert CURVE.interval(messages) == pytest.approx((messages, low, mid, high), rel=1e-3)


def test_no_archive_is_credited_with_more_than_a_smaller_one_carried() -> None:
    lucky = CapacityCurve((SizedInterval(50_000, 100, 150, 200), SMALL, LARGE))
    assert lucky.interval(100_000) == pytest.approx((100_000, 100, 150, 200))
    assert lucky.interval(1_000_000) == pytest.approx((1_000_000, 100, 150, 200))


def test_a_draw_of_an_archive_that_carried_more_than_a_smaller_one_is_of_the_smaller_one() -> None:
    found = known(row(100_000, 100.0), row(1_000_000, 150.0))
    assert found.distribution == LogTriangular(80.0, 100.0, 125.0)
    drawn = sample([found], per_scramble=64)[0][found.name].value
    for messages in (100_000.0, 1_000_000.0):
        assert float(np.median(found.curve.at_size(drawn, messages))) == pytest.approx(100.0, rel=0.02)


@pytest.mark.parametrize(("sizes", "at_ten_times"), [((SMALL, SMALL._replace(messages=1e6)), 317.7), ((LARGE,), 63.2)])
def test_beyond_one_size_or_flat_ones_capacity_falls_all_the_same(
    sizes: tuple[SizedInterval, ...], at_ten_times: float
) -> None:
    # by a tenth of a power of ten, 10 ** -0.1, and by half of one, 10 ** -0.5
    assert CapacityCurve(sizes).interval(10_000_000).mid == pytest.approx(at_ten_times, rel=1e-3)


def test_a_draw_keeps_its_place_in_the_interval_at_every_size() -> None:
    # half of the way from the middle to the high end, in logarithms
    middle_to_high = (200 * 250) ** 0.5
    assert float(CURVE.at_size(middle_to_high, 100_000)) == pytest.approx((400 * 500) ** 0.5)
    assert float(CURVE.at_size(160, 100_000)) == pytest.approx(300)
    assert float(CURVE.at_size(193.0, 1_000_000)) == pytest.approx(193.0)


@pytest.mark.parametrize("drawn", [160.0, 190.0, 200.0, 210.0, 250.0])
@pytest.mark.parametrize("factor", [0.0, 1.0, 2.0])
def test_capacity_never_rises_with_the_archive_and_never_jumps(drawn: float, factor: float) -> None:
    messages = np.geomspace(1, 1e9, 2_084)  # in steps of 1 %
    steps = np.diff(np.log(CURVE.at_size(drawn, messages, factor)))
    assert steps.max() <= 1e-9
    assert steps.min() > -0.01


def row(messages: float, mid: float | None, limit_ms: float = 10.0, is_narrowest: bool = True) -> CapacityInput:
    ends = (None, None, 30.0) if mid is None else (mid * 0.8, mid, mid * 1.25)
    ids = frozenset({f"m/{messages:.0f}_{limit_ms:.0f}"})
    return CapacityInput(Basis(Grade.MEASURED, ids), "by_hashes", NEWER, messages, *ends, limit_ms, 95, is_narrowest)


def known(*rows: CapacityInput) -> SizedCapacity:
    found = inputs_of(capacities=rows)["capacity/by_hashes"]
    assert isinstance(found, SizedCapacity)
    return found


def test_where_the_narrowest_limit_is_not_kept_at_every_size_the_wider_one_says_what_can_be_had() -> None:
    rows = [
        row(100_000, 60.0),
        row(100_000, 100.0, 2000.0, is_narrowest=False),
        row(1_000_000, None),
        row(1_000_000, 50.0, 2000.0, is_narrowest=False),
    ]
    found = known(*rows)
    assert [size[0:3:2] for size in found.curve.sizes] == [(100_000, 100), (1_000_000, 50)]
    assert found.remark == (
        "queries by hash in the schema of 2026-08, p95 below 2,000 ms, with 100,000 to 1,000,000 messages, while it "
        "did not keep p95 below 10 ms: at most 30.0 with 1,000,000 messages, a second and vCPU"
    )
    assert found.basis.ids == {"m/100000_2000", "m/1000000_2000", "m/1000000_10"}


def test_of_limits_that_are_kept_at_every_size_the_narrowest_is_taken() -> None:
    found = known(row(100_000, 60.0), row(100_000, 100.0, 2000.0, is_narrowest=False))
    assert found.curve.sizes[0].mid == 60
    assert found.remark == "queries by hash in the schema of 2026-08, p95 below 10 ms, with 100,000 messages"


def draws_of(found: SizedCapacity) -> Draws:
    inputs = inputs_of(assumptions=[SLOPE]) | {found.name: found}
    return sample(inputs.values(), per_scramble=2)[0]


def test_the_cost_model_is_told_at_the_size_of_each_draw_and_beyond_the_largest_it_is_an_estimate() -> None:
    draws = draws_of(known(row(100_000, 100.0), row(1_000_000, 50.0)))
    ids = frozenset({"w/messages"})
    inside = capacity_at(draws, "by_hashes", Quantity(np.full(16, 1e6), Basis(Grade.MEASURED, ids)))
    assert np.allclose(inside.value, draws["capacity/by_hashes"].value)
    assert inside.basis.grade is Grade.MEASURED
    beyond = capacity_at(draws, "by_hashes", Quantity(np.linspace(1e6, 1e7, 16), Basis(Grade.MEASURED, ids)))
    assert beyond.basis.grade is Grade.ESTIMATED
    assert {"a/slope", "w/messages"} <= beyond.basis.ids
    assert SLOPE_FACTOR in draws.used


def test_beyond_a_size_at_which_no_limit_was_kept_nothing_is_known() -> None:
    draws = draws_of(known(row(100_000, 100.0), row(1_000_000, None)))
    messages = Quantity(1_000_000.0, Basis(Grade.MEASURED, frozenset({"w/messages"})))
    with pytest.raises(MissingEvidence, match="capacity of by_hashes with 1,000,000 messages, where no limit is kept"):
        capacity_at(draws, "by_hashes", messages)
    smaller = capacity_at(draws, "by_hashes", replace(messages, value=999_999.0))
    assert smaller.middle > 0
