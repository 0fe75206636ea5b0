"""Which shape a row of evidence gets, and what a shape says: quantiles worked out by hand."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from assets.costs.assumptions import inputs_of
from assets.costs.distributions import Empirical, LogNormal, LogTriangular, Point, Triangular, UncertainInput
from assets.costs.draws import Draws, sample
from assets.costs.inputs import FeeRow, RangeRow, RlnRow
from assets.costs.prices import drawn
from assets.costs.rpc_and_rln import usd_per_gas
from assets.evidence.basis import Basis
from assets.evidence.model import Grade
from assets.evidence.quantity import Quantity
from tests.unit.costs_world import all_inputs


def ranged(name: str, low: float | None, mid: float | None, high: float | None, unit: str) -> RangeRow:
    return RangeRow(Basis(Grade.PUBLISHED, frozenset({f"t/{name}"})), name, name, unit, low, mid, high)


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


def fee(metric: str, month: int, value: float, period: str = "month", day: int = 28) -> FeeRow:
    """The mean of a month since January 2025, or a week or moment that ended on a `day` of it."""
    first = date(2025 + (month - 1) // 12, (month - 1) % 12 + 1, 1)
    last = first.replace(day=day)
    nothing = (None, None, None, None)
    ids = frozenset({f"fees/{metric}_{month}" if period == "month" else f"fees/{metric}_{month}_{day}"})
    return FeeRow(
        Basis(Grade.PUBLISHED, ids),
        "ethereum_mainnet",
        metric,
        "",
        period,
        first,
        last,
        last + timedelta(days=7),
        value,
        *nothing,
    )


FORECAST = [ranged("estimated_width", 0.5, 1, 2, "factor"), ranged("fee_horizon", None, 6, None, "months")]
E = math.e


def gas(*series: FeeRow) -> UncertainInput:
    return inputs_of(fees=series, assumptions=FORECAST)["fee/ethereum_mainnet/gas_price"]


def up_and_down(metric: str, months: int, low: float = 1.0) -> list[FeeRow]:
    """Months that go up and down by a factor of e: changes of the logarithm of +1, -1, +1 ..."""
    return [fee(metric, month, low * E ** (month % 2)) for month in range(1, months + 1)]


def test_a_forecast_starts_from_the_newest_price_and_spreads_with_the_changes_of_a_year() -> None:
    # 13 months: 12 changes of +-1, whose standard deviation is sqrt(12 / 11); six months ahead sqrt(6) times as far.
    newest = fee("gas_price", 14, 7.0, "part", day=2)
    found = gas(*up_and_down("gas_price", 13), newest)
    draws, _ = sample([found])
    logarithms = np.log(np.asarray(draws["fee/ethereum_mainnet/gas_price"].value) / 7.0)
    assert float(np.median(logarithms)) == pytest.approx(0, abs=0.01)
    assert float(np.std(logarithms)) == pytest.approx(math.sqrt(12 / 11 * 6), rel=0.01)
    assert {"fees/gas_price_14_2", "fees/gas_price_13", "fees/gas_price_1", "t/fee_horizon"} <= found.basis.ids


def test_only_the_last_year_of_changes_counts() -> None:
    quiet = [fee("gas_price", month, 2.0 + month / 1e6) for month in range(14, 27)]
    found = gas(*up_and_down("gas_price", 13), *quiet)
    assert "fees/gas_price_13" not in found.basis.ids
    draws, _ = sample([found])
    assert np.std(np.asarray(draws["fee/ethereum_mainnet/gas_price"].value)) < 0.001


def test_without_a_year_of_months_the_newest_observation_has_a_width() -> None:
    found = gas(*up_and_down("gas_price", 12), fee("gas_price", 13, 0.7, "week"))
    assert found.distribution == LogTriangular(0.35, 0.7, 1.4)
    assert found.basis.ids >= {"fees/gas_price_13_28"}


def test_gas_and_ether_are_forecast_as_one_price() -> None:
    # Gas is dear while ether is cheap: their product never changes, and so is certain. Apart it would not be.
    ether = [fee("eth_price", month, 1000 * E ** ((month + 1) % 2)) for month in range(1, 14)]
    draws, _ = sample(inputs_of(fees=[*up_and_down("gas_price", 13), *ether], assumptions=FORECAST).values())
    found = usd_per_gas("ethereum_mainnet", draws)
    assert found.value == pytest.approx(np.full(8192, E * 1000 * 1e-9), rel=1e-6)


def test_without_a_year_in_common_gas_and_ether_are_drawn_apart() -> None:
    series = [fee("gas_price", 1, 2), fee("eth_price", 3, 1000)]
    known = inputs_of(fees=series, assumptions=FORECAST)
    assert "fee/ethereum_mainnet/usd_per_gas" not in known
    draws, _ = sample(known.values())
    assert usd_per_gas("ethereum_mainnet", draws).middle == pytest.approx(2e-6, rel=0.05)


def test_prices_in_one_currency_change_together_and_dollars_not_at_all() -> None:
    rate = "pricing__exchange_rates/eur_usd_2026_10_28"
    dollars = Quantity(20.0, Basis(Grade.PUBLISHED, frozenset({"offers/in_usd"})))
    euros = replace(dollars, basis=Basis(Grade.PUBLISHED, frozenset({"offers/in_eur", rate})))
    draws, _ = sample(inputs_of(assumptions=WIDTHS, prices=[("p", dollars), ("q", euros)]).values())
    first, second = drawn(euros, "p", draws), drawn(euros * 2, "q", draws)
    assert np.array_equal(np.asarray(first.value) * 2, second.value)
    assert (np.min(first.value), np.max(first.value)) == pytest.approx((16, 25), abs=0.2)
    assert first.middle == pytest.approx(20, abs=0.01)
    assert drawn(dollars, "p", draws).value == 20


def test_recalled_prices_of_one_provider_err_together() -> None:
    recalled = Quantity(10.0, Basis(Grade.ESTIMATED, frozenset({"offers/recalled"})))
    width = ranged("estimated_price_width", 0.8, 1, 1.3, "factor")
    known = inputs_of(assumptions=[width], prices=[("p", recalled), ("q", recalled)])
    assert {name for name in known if name.startswith("price/")} == {"price/p", "price/q"}
    draws, _ = sample(known.values())
    of_p, of_q = (np.asarray(drawn(recalled, provider, draws).value) for provider in ("p", "q"))
    assert np.array_equal(of_p, drawn(recalled, "p", draws).value)
    assert abs(np.corrcoef(of_p, of_q)[0, 1]) < 0.05


def cap(value: float, authority: int, stated_in: str | None, day: date) -> RlnRow:
    basis = Basis(Grade.PUBLISHED, frozenset({f"r/{day}"}))
    return RlnRow(basis, "cap", "msg/epoch", value, None, None, day, authority, stated_in)


SCRIPT = cap(1_000_000, 3, "deploy_script", date(2025, 11, 25))
SPECIFIED = cap(160_000, 2, "specification", date(2025, 5, 28))


def test_the_source_of_most_authority_is_used_however_new_others_are() -> None:
    later = cap(160_000, 2, "specification", date(2026, 5, 28))
    planned = cap(5_000, 1, "plan", date(2026, 6, 1))
    for rows in ([SCRIPT, later, planned], [planned, later, SCRIPT]):
        assert inputs_of(rln=rows)["rln/cap"].distribution == Point(1_000_000)
    assert inputs_of(rln=[planned, SPECIFIED])["rln/cap"].distribution == Point(160_000)


def test_of_sources_of_equal_authority_the_newest_is_used() -> None:
    unknown = cap(500_000, 3, None, date(2025, 12, 1))
    assert inputs_of(rln=[unknown, SCRIPT])["rln/cap"].distribution == Point(500_000)


def test_sources_that_disagree_are_kept_with_the_input_and_those_that_agree_are_not() -> None:
    told = inputs_of(rln=[SPECIFIED, SCRIPT])["rln/cap"].stated
    assert [(each.value, each.source) for each in told] == [
        (1_000_000, "the deploy script of 2025-11-25"),
        (160_000, "the specification of 2025-05-28"),
    ]
    assert inputs_of(rln=[SPECIFIED, cap(160_000, 3, "code", date(2025, 9, 30))])["rln/cap"].stated == ()


def test_what_rests_on_unchanged_inputs_is_computed_once() -> None:
    draws, _ = sample(all_inputs().values())
    computed = []

    def of(moved: Draws, name: str, subject: object) -> float:
        def compute() -> float:
            computed.append(name)
            return moved[name].mean

        return moved.once(name, compute, subject)

    one, other = object(), object()
    assert [of(draws, "workload/rate", one), of(draws, "workload/rate", one)] == [2, 2]
    assert computed == ["workload/rate"]
    of(draws, "workload/rate", other)
    assert len(computed) == 2

    faster = draws.with_values({"workload/rate": 3.0})
    larger = draws.with_values({"workload/bytes": 500.0})
    assert (of(faster, "workload/rate", one), of(larger, "workload/rate", one)) == (3, 2)
    assert len(computed) == 3
    # What was taken over still counts as used, by itself and as a part of something else.
    assert larger.used == {"workload/rate"}
    assert larger.once("twice", lambda: 2 * of(larger, "workload/rate", one)) == 4
    assert larger.with_values({"workload/rate": 3.0}).once("twice", lambda: 6.0) == 6
