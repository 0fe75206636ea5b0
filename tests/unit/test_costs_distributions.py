"""Which shape a row of evidence gets, and what a shape says: quantiles worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from assets.costs.assumptions import inputs_of
from assets.costs.chain import usd_per_gas
from assets.costs.distributions import Empirical, Input, LogNormal, LogTriangular, Point, Triangular
from assets.costs.draws import sample
from assets.costs.inputs import FeeRow, RangeRow, RlnRow
from assets.costs.prices import drawn
from assets.evidence.model import Grade
from assets.evidence.quantity import Quantity


def ranged(name: str, low: float | None, mid: float | None, high: float | None, unit: str) -> RangeRow:
    return RangeRow(Grade.PUBLISHED, frozenset({f"t/{name}"}), name, name, unit, low, mid, high)


WIDTHS = (ranged("behaviour_width", 0.5, 1, 2, "factor"), ranged("exchange_rate_width", 0.8, 1, 1.25, "factor"))


@pytest.mark.parametrize(
    ("shape", "quantiles"),
    [
        # A parabola on either side of the mode: a quarter of the way up is half of the distance.
        (Triangular(0, 1, 2), {0.0: 0, 0.125: 0.5, 0.5: 1, 0.875: 1.5}),
        # The same in powers of two: -1, -1/2, 0, 1/2.
        (LogTriangular(0.5, 1, 2), {0.0: 0.5, 0.125: 2**-0.5, 0.5: 1, 0.875: 2**0.5}),
        # The logarithm is normal around that of the median; 0.1 lies as far below as 0.9 above.
        (LogNormal(median=2, p90=6), {0.1: 2 / 3, 0.5: 2, 0.9: 6}),
        # Four values stand for the quantiles 1/8, 3/8, 5/8, 7/8; nothing lies beyond the ends.
        (Empirical((4, 1, 2, 3)), {0.0: 1, 0.125: 1, 0.25: 1.5, 0.5: 2.5, 0.875: 4, 0.99: 4}),
    ],
)
def test_quantiles(shape: Triangular | LogTriangular | LogNormal | Empirical, quantiles: dict[float, float]) -> None:
    assert shape.ppf(np.array(list(quantiles))) == pytest.approx(list(quantiles.values()))


def test_half_to_twice_has_its_middle_in_the_middle() -> None:
    found = inputs_of(workload=[ranged("rate", None, 5, None, "msg/h")], assumptions=WIDTHS)["workload/rate"]
    assert found.distribution == LogTriangular(2.5, 5, 10)
    assert found.distribution.ppf(np.array([0.5])) == pytest.approx(5)


@pytest.mark.parametrize(
    ("unit", "high", "shape"),
    [
        ("share", 0.5, LogTriangular(0.04, 0.17, 0.5)),
        ("share", 0.3, Triangular(0.04, 0.17, 0.3)),
        ("factor", 0.3, LogTriangular(0.04, 0.17, 0.3)),
    ],
)
def test_a_factor_and_a_range_over_an_order_of_magnitude_are_triangular_in_the_logarithm(
    unit: str, high: float, shape: Triangular | LogTriangular
) -> None:
    found = inputs_of(workload=[ranged("online", 0.04, 0.17, high, unit)])
    assert found["workload/online"].distribution == shape


def test_a_published_number_is_a_point() -> None:
    found = inputs_of(workload=[ranged("size", None, 5, None, "bytes")], assumptions=WIDTHS)["workload/size"]
    assert found.distribution == Point(5)


def fee(metric: str, month: int, value: float, period: str = "month", day: int = 1) -> FeeRow:
    """The mean of a month of 2026, or a week or moment that began on a `day` of it and was looked up a week later."""
    ids = frozenset({f"fees/{metric}_{month}" if period == "month" else f"fees/{metric}_{month}_{day}"})
    start, as_of = date(2026, month, day), date(2026, month, day) + timedelta(days=7)
    nothing = (None, None, None, None)
    return FeeRow(Grade.PUBLISHED, ids, "ethereum_mainnet", metric, "", period, start, as_of, value, *nothing)


def gas(*series: FeeRow) -> Input:
    width = ranged("estimated_width", 0.5, 1, 2, "factor")
    return inputs_of(fees=series, assumptions=[width])["fee/ethereum_mainnet/gas_price"]


MONTHS = (fee("gas_price", 4, 1.4), fee("gas_price", 5, 1.0))


def test_weeks_beside_known_months_have_no_vote() -> None:
    # The week ends before the whole of June has passed.
    weeks = (fee("gas_price", 6, 9.0, "week", 1), fee("gas_price", 6, 9.0, "week", 20))
    found = gas(*MONTHS, *weeks)
    assert found.distribution == Empirical((1.4, 1.0))
    assert found.evidence_ids == {"fees/gas_price_4", "fees/gas_price_5"}


@pytest.mark.parametrize("months", [MONTHS, ()])
def test_the_newest_week_stands_alone_where_a_whole_month_has_passed_or_none_is_known(
    months: tuple[FeeRow, ...],
) -> None:
    found = gas(*months, fee("gas_price", 10, 9.0, "week", 20), fee("gas_price", 11, 0.7, "week", 16))
    assert found.distribution == LogTriangular(0.35, 0.7, 1.4)
    assert "fees/gas_price_11_16" in found.evidence_ids
    assert "fees/gas_price_5" not in found.evidence_ids


def test_a_week_of_gas_is_not_paired_with_a_month_of_ether() -> None:
    series = [*MONTHS, fee("gas_price", 11, 0.7, "week", 16), fee("eth_price", 4, 1000), fee("eth_price", 5, 2000)]
    assert "fee/ethereum_mainnet/usd_per_gas" not in inputs_of(fees=series)


def test_gas_and_ether_of_one_month_stay_together() -> None:
    # Gas is dear while ether is cheap: 1 gwei x USD 4,000 and 4 gwei x USD 1,000 are USD 4e-6 both. Apart they would
    # reach from 1e-6 to 16e-6.
    series = [fee("gas_price", 1, 1), fee("eth_price", 1, 4000), fee("gas_price", 2, 4), fee("eth_price", 2, 1000)]
    draws, _ = sample(inputs_of(fees=series).values())
    found = usd_per_gas("ethereum_mainnet", draws)
    assert found.value == pytest.approx(np.full(8192, 4e-6))
    assert found.evidence_ids == {"fees/gas_price_1", "fees/gas_price_2", "fees/eth_price_1", "fees/eth_price_2"}


def test_without_a_month_in_common_gas_and_ether_are_drawn_apart() -> None:
    series = [fee("gas_price", 1, 2), fee("gas_price", 2, 2), fee("eth_price", 3, 1000), fee("eth_price", 4, 1000)]
    assert "fee/ethereum_mainnet/usd_per_gas" not in inputs_of(fees=series)
    draws, _ = sample(inputs_of(fees=series).values())
    assert usd_per_gas("ethereum_mainnet", draws).mean == pytest.approx(2e-6)


def test_prices_in_one_currency_change_together_and_dollars_not_at_all() -> None:
    rate = "pricing__exchange_rates/eur_usd_2026_10_28"
    dollars = Quantity(20.0, Grade.PUBLISHED, frozenset({"offers/in_usd"}))
    euros = replace(dollars, evidence_ids=frozenset({"offers/in_eur", rate}))
    draws, _ = sample(inputs_of(assumptions=WIDTHS, prices=[("p", dollars), ("q", euros)]).values())
    first, second = drawn(euros, "p", draws), drawn(euros * 2, "q", draws)
    assert np.array_equal(np.asarray(first.value) * 2, second.value)
    assert (np.min(first.value), np.max(first.value)) == pytest.approx((16, 25), abs=0.2)
    assert first.middle == pytest.approx(20, abs=0.01)
    assert drawn(dollars, "p", draws).value == 20


def test_recalled_prices_of_one_provider_err_together() -> None:
    recalled = Quantity(10.0, Grade.ESTIMATED, frozenset({"offers/recalled"}))
    width = ranged("estimated_price_width", 0.8, 1, 1.3, "factor")
    known = inputs_of(assumptions=[width], prices=[("p", recalled), ("q", recalled)])
    assert {name for name in known if name.startswith("price/")} == {"price/p", "price/q"}
    draws, _ = sample(known.values())
    of_p, of_q = (np.asarray(drawn(recalled, provider, draws).value) for provider in ("p", "q"))
    assert np.array_equal(of_p, drawn(recalled, "p", draws).value)
    assert abs(np.corrcoef(of_p, of_q)[0, 1]) < 0.05


def cap(value: float, stated_in: str | None, day: date) -> RlnRow:
    return RlnRow(Grade.PUBLISHED, frozenset({f"r/{day}"}), "cap", "msg/epoch", value, None, None, day, stated_in)


SCRIPT = cap(1_000_000, "deploy_script", date(2025, 11, 25))
SPECIFIED = cap(160_000, "specification", date(2025, 5, 28))


def test_what_would_be_run_goes_before_a_newer_specification_and_that_before_a_newer_plan() -> None:
    later = cap(160_000, "specification", date(2026, 5, 28))
    planned = cap(5_000, "plan", date(2026, 6, 1))
    for rows in ([SCRIPT, later, planned], [planned, later, SCRIPT]):
        assert inputs_of(rln=rows)["rln/cap"].distribution == Point(1_000_000)
    assert inputs_of(rln=[planned, SPECIFIED])["rln/cap"].distribution == Point(160_000)


def test_the_newest_of_equals_counts_and_a_source_of_unknown_kind_is_as_good_as_code() -> None:
    unknown = cap(500_000, None, date(2025, 12, 1))
    assert inputs_of(rln=[unknown, SCRIPT])["rln/cap"].distribution == Point(500_000)


def test_sources_that_disagree_are_kept_with_the_input_and_those_that_agree_are_not() -> None:
    told = inputs_of(rln=[SPECIFIED, SCRIPT])["rln/cap"].stated
    assert [(each.value, each.source) for each in told] == [
        (1_000_000, "the deploy script of 2025-11-25"),
        (160_000, "the specification of 2025-05-28"),
    ]
    assert inputs_of(rln=[SPECIFIED, cap(160_000, "code", date(2025, 9, 30))])["rln/cap"].stated == ()
