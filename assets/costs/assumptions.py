"""How sure each row of evidence is: which shape its number gets, and under which name it is drawn.

Belongs here: the rules from rows of evidence to inputs, pure. Does not belong here: the widths themselves, which are
rows of `costs__assumptions`, and what is computed with the inputs.

| what a row says | shape |
|---|---|
| low, likeliest and high | triangular |
| the same, a factor or ten times from low to high | triangular in the logarithm |
| a range only | triangular around its middle, estimated at best |
| one number, measured | times `measured_width`, triangular in the logarithm |
| one number, estimated | times `estimated_width`, likewise |
| one number that is a rate of use | times `behaviour_width`, likewise, whatever its grade |
| one number, published: a price, a limit, a setting | a point |
| several measurements of one thing | each as likely as another |
| a capacity with the interval of its mean | triangular in the logarithm, however narrow (`capacity.py`) |
| gas and ether | a random walk without drift from the newest observation, as far as `fee_horizon`; both move together |
| gas or ether without a year of months | the newest observation in its own range, or times a width |
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import TypeAlias

from assets.costs.capacity import CapacityCurve, SizedCapacity, SizedInterval
from assets.costs.distributions import (
    Z90,
    Distribution,
    Empirical,
    LogNormal,
    LogTriangular,
    Point,
    Stated,
    Triangular,
    UncertainInput,
)
from assets.costs.inputs import CapacityInput, FeeRow, RangeRow, RlnRow
from assets.evidence.basis import Basis
from assets.evidence.model import Grade
from assets.evidence.quantity import Quantity

RATES_OF_USE = ("msg/", "req/", "runs/")
"""How units begin that say how much somebody uses Waku."""

FACTOR = "factor"
"""Unit of a width: another value is taken times it, so that half and twice are as far from it."""

CAPACITY = "1/s per vCPU"
"""Unit of a capacity: a geometric mean, whose interval is as wide below as above in the logarithm only."""

ORDER_OF_MAGNITUDE = 10
"""A range from one value to this many times as much is as uncertain in its size as a factor."""

CAPACITY_WORKLOADS = {
    "insert": "Archived messages",
    "first_page_20": "Queries by content topic",
    "by_hashes": "Queries by hash",
}
"""What a database does, as the benchmarks call it. A check for missing messages asks for pages by content topic that
hold hashes only; the capacity of a first page with contents stands for each, since that of hashes was not searched."""

EXCHANGE_RATES = "pricing__exchange_rates/"
MONTH = "month"
"""Period of a fee that is the mean of a whole month."""

MONTHS_OF_HISTORY = 12
"""Changes from month to month that the spread of a forecast is taken from."""

GWEI_PER_ETH = 1e9
Widths: TypeAlias = Mapping[str, RangeRow]
"""Rows of assumptions by name."""

CHAIN_NAMES = {"ethereum_mainnet": "Ethereum", "linea_mainnet": "Linea"}


def inputs_of(
    *,
    workload: Iterable[RangeRow] = (),
    assumptions: Iterable[RangeRow] = (),
    rln: Iterable[RlnRow] = (),
    fees: Iterable[FeeRow] = (),
    capacities: Iterable[CapacityInput] = (),
    prices: Iterable[tuple[str, Quantity]] = (),
) -> dict[str, UncertainInput]:
    """Return all inputs by name; what states no number, or needs a width that is not assumed, is left out.

    `prices` are pairs of provider and price, of which only the currency and the grade matter here.
    """
    widths = {row.name: row for row in assumptions}
    found = [
        *(_from_range(f"assumption/{row.name}", row, widths) for row in widths.values() if row.mid is not None),
        *(_from_range(f"workload/{row.name}", row, widths) for row in workload),
        *_rln_inputs(list(rln), widths),
        *_fee_inputs(list(fees), widths),
        *_capacity_inputs(list(capacities), widths),
        *_price_inputs(list(prices), widths),
        _width_input("archive/row_size", "Bytes in the archive, times the probe", widths.get("measured_width")),
    ]
    return {known.name: known for known in found if known is not None}


def price_input(provider: str) -> str:
    """Return the name under which errors of a provider's recalled and second-hand prices are drawn."""
    return f"price/{provider}"


def exchange_input(evidence_id: str) -> str:
    """Return the name under which the change of an exchange rate is drawn."""
    return f"exchange/{evidence_id.removeprefix(EXCHANGE_RATES)}"


def usd_per_gas_input(chain: str) -> str:
    """Return the name of the price of gas in USD, where gas and ether of the same months are known."""
    return f"fee/{chain}/usd_per_gas"


def _width_name(unit: str, grade: Grade) -> str | None:
    """Name the assumption about how far off a single number may be; None for one that is taken as it is."""
    if unit.startswith(RATES_OF_USE):
        return "behaviour_width"
    return {Grade.MEASURED: "measured_width", Grade.ESTIMATED: "estimated_width"}.get(grade)


def _input(name: str, row: RangeRow, width_name: str | None, widths: Widths) -> UncertainInput | None:
    """Return the input of a row of evidence, None where the row has no number or the width is not assumed."""
    distribution: Distribution
    basis = row.basis
    if basis.grade is Grade.NOT_FOUND:
        return None
    if row.low is not None and row.high is not None and row.low < row.high:
        basis = basis if row.mid is not None else basis.at_best(Grade.ESTIMATED)
        middle = (row.low + row.high) / 2 if row.mid is None else row.mid
        distribution = _triangular(row.low, middle, row.high, row.unit)
    elif row.mid is None:
        return None
    elif width_name is None or row.mid == 0:
        distribution = Point(row.mid)
    else:
        width = widths.get(width_name)
        if width is None or width.low is None or width.mid is None or width.high is None:
            return None
        distribution = _triangular(row.mid * width.low, row.mid * width.mid, row.mid * width.high, width.unit)
        basis &= width.basis
    return UncertainInput(name, row.label, row.unit, distribution, basis)


def _triangular(low: float, mid: float, high: float, unit: str) -> Distribution:
    """Return a triangular shape, in the logarithm for a factor, a capacity and a range over an order of magnitude."""
    if low > 0 and (unit in (FACTOR, CAPACITY) or high >= ORDER_OF_MAGNITUDE * low):
        return LogTriangular(low, mid, high)
    return Triangular(low, mid, high)


def _from_range(name: str, row: RangeRow, widths: Widths) -> UncertainInput | None:
    return _input(name, row, _width_name(row.unit, row.basis.grade), widths)


def _rln_inputs(rows: list[RlnRow], widths: Widths) -> Iterator[UncertainInput | None]:
    for parameter in dict.fromkeys(row.parameter for row in rows):
        of_it = sorted((row for row in rows if row.parameter == parameter), key=lambda row: (row.authority, row.as_of))
        name, label, newest = f"rln/{parameter}", f"RLN: {parameter.replace('_', ' ')}", of_it[-1]
        values = tuple(row.value for row in of_it if row.value is not None and row.basis.grade is Grade.MEASURED)
        if len(values) > 1 and len(values) == len(of_it):
            basis = Basis.all_of(row.basis for row in of_it)
            yield UncertainInput(name, label, newest.unit or "", Empirical(values), basis)
        else:
            ends = newest.low, newest.value, newest.high
            row = RangeRow(newest.basis, parameter, label, newest.unit or "", *ends)
            # A limit of messages for each epoch is a setting, not a rate of use: only its grade counts.
            found = _input(name, row, _width_name("", newest.basis.grade), widths)
            yield replace(found, stated=_disagreement(of_it)) if found else None


def _disagreement(rows: list[RlnRow]) -> tuple[Stated, ...]:
    """Return what published sources say, the one that counts first; nothing where they say the same."""
    said = [
        Stated(row.value, row.stated_in, row.as_of)
        for row in reversed(rows)
        if row.value is not None and row.basis.grade is Grade.PUBLISHED
    ]
    return tuple(said) if len({each.value for each in said}) > 1 else ()


def _fee_inputs(rows: list[FeeRow], widths: Widths) -> Iterator[UncertainInput | None]:
    series: dict[tuple[str, str], list[FeeRow]] = {}
    for fee in sorted(rows, key=lambda fee: (fee.observed_until, fee.as_of)):
        series.setdefault((fee.chain, fee.metric), []).append(fee)
    for chain in dict.fromkeys(row.chain for row in rows):
        gas, ether = (series.get((chain, metric), []) for metric in ("gas_price", "eth_price"))
        yield _forecast(
            usd_per_gas_input(chain),
            f"Price of gas of {CHAIN_NAMES.get(chain, chain)}",
            "USD per gas",
            [gas, ether],
            widths,
        )
    for (chain, metric), of_it in series.items():
        name, newest = f"fee/{chain}/{metric}", of_it[-1]
        label = "Price of ether" if metric == "eth_price" else f"Gas price of {CHAIN_NAMES.get(chain, chain)}"
        forecast = _forecast(name, label, newest.unit, [of_it], widths)
        if forecast is not None:
            yield forecast
        elif newest.median is not None and newest.p90 is not None and 0 < newest.median < newest.p90:
            shape = LogNormal(newest.median, newest.p90)
            yield UncertainInput(name, label, newest.unit, shape, newest.basis)
        else:
            row = RangeRow(newest.basis, name, label, newest.unit, newest.low, newest.value, newest.high)
            yield _input(name, row, "estimated_width", widths)


def _forecast(name: str, label: str, unit: str, factors: list[list[FeeRow]], widths: Widths) -> UncertainInput | None:
    """Forecast the product of one or two series, each in order of time: a random walk of its logarithm without drift.

    It starts from the newest observation of each series, whatever period that is of. The variance of a month is that of
    the changes between the means of the last twelve whole months that all series have, and grows with the months ahead.
    None where no year of months is known, or the months ahead are not assumed.
    """
    horizon, months = widths.get("fee_horizon"), _year_of_months(factors)
    if horizon is None or horizon.mid is None or not months:
        return None
    deviation = _monthly_deviation(months) * math.sqrt(horizon.mid)
    newest = [rows[-1] for rows in factors]
    start = math.prod(row.value for row in newest) * (1.0 if len(factors) == 1 else 1 / GWEI_PER_ETH)
    used = [*(row for month in months for row in month), *newest]
    basis = Basis.all_of([horizon.basis, *(row.basis for row in used)])
    observed = max(row.observed_until for row in newest)
    remark = f"from {observed:%d %B %Y}".replace("from 0", "from ") + f", {horizon.mid:g} months ahead"
    high = start * math.exp(deviation * Z90)
    shape: Distribution = LogNormal(start, high) if high > start else Point(start)
    return UncertainInput(name, label, unit, shape, basis, remark)


def _year_of_months(factors: list[list[FeeRow]]) -> list[tuple[FeeRow, ...]]:
    """Return the last thirteen whole months that all series have, oldest first, with a row of each series.

    Empty where there are fewer: twelve changes are needed.
    """
    months = [{row.period_start: row for row in rows if row.period == MONTH} for rows in factors]
    known = sorted(set.intersection(*(set(of_it) for of_it in months)))[-MONTHS_OF_HISTORY - 1 :]
    return [tuple(of_it[month] for of_it in months) for month in known] if len(known) > MONTHS_OF_HISTORY else []


def _monthly_deviation(months: list[tuple[FeeRow, ...]]) -> float:
    """Return the standard deviation of the change from month to month in the logarithm of the product of all series."""
    logs = [sum(math.log(row.value) for row in month) for month in months]
    return statistics.stdev([later - earlier for earlier, later in pairwise(logs)])


def _capacity_inputs(rows: list[CapacityInput], widths: Widths) -> Iterator[UncertainInput | None]:
    """Take each load's capacity on the newest stage where it is known, at the largest archive, with its curve of sizes.

    It is that within the limit of latency that was kept at most sizes of archive, of several the narrowest: one limit,
    since a curve of two would be none.
    """
    for workload, what in CAPACITY_WORKLOADS.items():
        of_load = [row for row in rows if row.workload == workload]
        since = max((row.released_on for row in of_load if row.per_vcpu_per_s is not None), default=None)
        if since is None:
            continue
        of_stage = [row for row in of_load if row.released_on == since]
        taken, missed = _kept_at_most_sizes(of_stage), _missed_by_the_newest(of_load)
        label = f"{what} a second and vCPU, in the schema of {since:%Y-%m}"
        known = [found for row in taken if (found := _capacity_input(row, label, widths)) is not None]
        if len(known) < len(taken):  # a width that is not assumed
            continue
        sizes = tuple(_sized(row, of_row.distribution) for row, of_row in zip(taken, known, strict=True))
        curve = CapacityCurve(sizes, _unknown_from(of_stage, taken))
        yield SizedCapacity(
            name=f"capacity/{workload}",
            label=label,
            unit=CAPACITY,
            distribution=_shape_of(curve.at_largest),
            basis=Basis.all_of(of_row.basis for of_row in known).also(i for row in missed for i in row.basis.ids),
            remark=f"{what.lower()} in the schema of {since:%Y-%m}, {taken[0].limit}, with {_sizes(taken)}"
            + _bounds(missed, since),
            curve=curve,
        )


def _sized(row: CapacityInput, shape: Distribution) -> SizedInterval:
    """Return the interval of a capacity at its size of archive; rounds that agree leave none."""
    if isinstance(shape, LogTriangular):
        return SizedInterval(row.archive_messages, shape.low, shape.mid, shape.high)
    assert isinstance(shape, Point), shape
    return SizedInterval(row.archive_messages, shape.value, shape.value, shape.value)


def _shape_of(size: SizedInterval) -> Distribution:
    _, low, mid, high = size
    return LogTriangular(low, mid, high) if low < high else Point(mid)


def _kept_at_most_sizes(rows: Iterable[CapacityInput]) -> list[CapacityInput]:
    """Return the capacities within one limit, sizes ascending, of each size the lowest."""
    by_limit: dict[float, dict[float, CapacityInput]] = {}
    for row in sorted(rows, key=lambda row: -(row.per_vcpu_per_s or 0.0)):
        if row.per_vcpu_per_s is not None:
            by_limit.setdefault(row.limit_ms, {})[row.archive_messages] = row
    taken = by_limit[max(by_limit, key=lambda limit: (len(by_limit[limit]), -limit))]
    return [taken[size] for size in sorted(taken)]


def _unknown_from(rows: Iterable[CapacityInput], taken: list[CapacityInput]) -> float | None:
    """Return the size of archive beyond those that are known at which no limit was kept."""
    missed = (row.archive_messages for row in rows if row.archive_messages > taken[-1].archive_messages)
    return min(missed, default=None)


def _capacity_input(row: CapacityInput, label: str, widths: Widths) -> UncertainInput | None:
    low, mid, high = row.per_vcpu_per_s_low, row.per_vcpu_per_s, row.per_vcpu_per_s_high
    shape = RangeRow(row.basis, row.workload, label, CAPACITY, low, mid, high)
    return _input(f"capacity/{row.workload}", shape, "measured_width", widths)


def _sizes(taken: list[CapacityInput]) -> str:
    """Say how many messages the archives had."""
    smallest, largest = taken[0].archive_messages, taken[-1].archive_messages
    return f"{largest:,.0f} messages" if len(taken) < 2 else f"{smallest:,.0f} to {largest:,.0f} messages"


def _missed_by_the_newest(rows: list[CapacityInput]) -> list[CapacityInput]:
    """Return the narrowest limits that the newest stage missed: the lowest bound for each size, in their order."""
    newest = max(row.released_on for row in rows)
    missed = [row for row in rows if row.released_on == newest and row.per_vcpu_per_s is None and row.is_narrowest]
    lowest = {row.archive_messages: row for row in sorted(missed, key=_most, reverse=True)}
    return [lowest[size] for size in sorted(lowest)]


def _most(row: CapacityInput) -> float:
    return row.per_vcpu_per_s_high or 0.0


def _bounds(missed: list[CapacityInput], since: date) -> str:
    """Say where the newest stage did not keep its narrowest limit of latency."""
    if not missed:
        return ""
    newest = missed[0].released_on
    which = "it" if newest == since else f"that of {newest:%Y-%m}"
    bounds = ", ".join(f"{_most(row):,.1f} with {row.archive_messages:,.0f} messages" for row in missed)
    limits = ", ".join(sorted({row.limit for row in missed}))
    return f", while {which} did not keep {limits}: at most {bounds}, a second and vCPU"


def _price_inputs(prices: list[tuple[str, Quantity]], widths: Widths) -> Iterator[UncertainInput | None]:
    for provider, price in prices:
        if price.basis.grade not in (Grade.MEASURED, Grade.PUBLISHED):
            label = f"Recalled and second-hand prices of {provider.replace('_', ' ')}"
            yield _width_input(price_input(provider), label, widths.get("estimated_price_width"))
        for evidence_id in price.basis.ids:
            if evidence_id.startswith(EXCHANGE_RATES):
                pair = evidence_id.removeprefix(EXCHANGE_RATES)[:7].replace("_", "/").upper()
                label = f"Exchange rate {pair}, times the newest"
                yield _width_input(exchange_input(evidence_id), label, widths.get("exchange_rate_width"), [evidence_id])


def _width_input(name: str, label: str, width: RangeRow | None, also: Iterable[str] = ()) -> UncertainInput | None:
    """Return an input that is nothing but a width: another value is taken times it."""
    if width is None:
        return None
    return _input(name, replace(width, basis=width.basis.also(also), name=name, label=label), None, {})
