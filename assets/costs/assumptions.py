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
| a capacity with the interval of its mean | triangular in the logarithm, however narrow |
| monthly means | the last twelve, each as likely as another; gas and ether of one month stay together |
| a week or a moment of gas or ether | in place of months that are unknown or a month old: its own range or a width |
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import TypeAlias

from assets.costs.distributions import (
    Distribution,
    Empirical,
    Input,
    LogNormal,
    LogTriangular,
    Point,
    Stated,
    Triangular,
)
from assets.costs.inputs import CapacityInput, FeeRow, RangeRow, RlnRow
from assets.evidence.model import Grade, weakest
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
MONTHS_UNTIL_STALE = 2
"""From the beginning of the last month that is known: a whole one has passed since its end."""

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
) -> dict[str, Input]:
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


def _input(name: str, row: RangeRow, width_name: str | None, widths: Widths) -> Input | None:
    """Return the input of a row of evidence, None where the row has no number or the width is not assumed."""
    distribution: Distribution
    grade, ids = row.grade, row.evidence_ids
    if grade is Grade.NOT_FOUND:
        return None
    if row.low is not None and row.high is not None and row.low < row.high:
        grade = grade if row.mid is not None else weakest((grade, Grade.ESTIMATED))
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
        grade, ids = weakest((grade, width.grade)), ids | width.evidence_ids
    return Input(name, row.label, row.unit, distribution, grade, ids)


def _triangular(low: float, mid: float, high: float, unit: str) -> Distribution:
    """Return a triangular shape, in the logarithm for a factor, a capacity and a range over an order of magnitude."""
    if low > 0 and (unit in (FACTOR, CAPACITY) or high >= ORDER_OF_MAGNITUDE * low):
        return LogTriangular(low, mid, high)
    return Triangular(low, mid, high)


def _from_range(name: str, row: RangeRow, widths: Widths) -> Input | None:
    return _input(name, row, _width_name(row.unit, row.grade), widths)


def _rln_inputs(rows: list[RlnRow], widths: Widths) -> Iterator[Input | None]:
    for parameter in dict.fromkeys(row.parameter for row in rows):
        of_it = sorted((row for row in rows if row.parameter == parameter), key=authority)
        name, label, newest = f"rln/{parameter}", f"RLN: {parameter.replace('_', ' ')}", of_it[-1]
        values = tuple(row.value for row in of_it if row.value is not None and row.grade is Grade.MEASURED)
        if len(values) > 1 and len(values) == len(of_it):
            ids = frozenset(i for row in of_it for i in row.evidence_ids)
            yield Input(name, label, newest.unit or "", Empirical(values), Grade.MEASURED, ids)
        else:
            row = RangeRow(
                newest.grade,
                newest.evidence_ids,
                parameter,
                label,
                newest.unit or "",
                newest.low,
                newest.value,
                newest.high,
            )
            # A limit of messages for each epoch is a setting, not a rate of use: only its grade counts.
            found = _input(name, row, _width_name("", newest.grade), widths)
            yield replace(found, stated=_disagreement(of_it)) if found else None


def authority(row: RlnRow) -> tuple[int, date]:
    """Return how much a source counts: what runs or would be run, what is specified, what is planned; then its date.

    As the macro `most_authoritative_first`.
    """
    return {"plan": 1, "specification": 2}.get(row.stated_in or "", 3), row.as_of


def _disagreement(rows: list[RlnRow]) -> tuple[Stated, ...]:
    """Return what published sources say, the one that counts first; nothing where they say the same."""
    said = [
        Stated(row.value, row.stated_in, row.as_of)
        for row in reversed(rows)
        if row.value is not None and row.grade is Grade.PUBLISHED
    ]
    return tuple(said) if len({each.value for each in said}) > 1 else ()


def _fee_inputs(rows: list[FeeRow], widths: Widths) -> Iterator[Input | None]:
    found: dict[tuple[str, str], list[FeeRow]] = {}
    for fee in sorted(rows, key=lambda fee: (fee.period_start, fee.as_of)):
        found.setdefault((fee.chain, fee.metric), []).append(fee)
    for chain in dict.fromkeys(row.chain for row in rows):
        yield _usd_per_gas(chain, found)
    for (chain, metric), of_it in found.items():
        taken, name = _observed(of_it), f"fee/{chain}/{metric}"
        newest = taken[-1]
        label = "Price of ether" if metric == "eth_price" else f"Gas price of {CHAIN_NAMES.get(chain, chain)}"
        if len(taken) > 1:
            ids = frozenset(i for row in taken for i in row.evidence_ids)
            grade = weakest(row.grade for row in taken)
            yield Input(name, label, newest.unit, Empirical(tuple(row.value for row in taken)), grade, ids)
        elif newest.median is not None and newest.p90 is not None and 0 < newest.median < newest.p90:
            shape = LogNormal(newest.median, newest.p90)
            yield Input(name, label, newest.unit, shape, newest.grade, newest.evidence_ids)
        else:
            row = RangeRow(
                newest.grade, newest.evidence_ids, name, label, newest.unit, newest.low, newest.value, newest.high
            )
            yield _input(name, row, "estimated_width", widths)


def _usd_per_gas(chain: str, rows: Mapping[tuple[str, str], list[FeeRow]]) -> Input | None:
    """Price gas month by month where the chain has both series: a month of dear gas was a month of its own ether."""
    gas, ether = (
        {row.period_start: row for row in _observed(rows.get((chain, metric), []))}
        for metric in ("gas_price", "eth_price")
    )
    months = sorted(gas.keys() & ether.keys())
    if len(months) < 2:
        return None
    values = tuple(gas[month].value / GWEI_PER_ETH * ether[month].value for month in months)
    used = [row for month in months for row in (gas[month], ether[month])]
    return Input(
        usd_per_gas_input(chain),
        f"Price of gas of {CHAIN_NAMES.get(chain, chain)}",
        "USD per gas",
        Empirical(values),
        weakest(row.grade for row in used),
        frozenset(i for row in used for i in row.evidence_ids),
    )


def _observed(rows: list[FeeRow]) -> list[FeeRow]:
    """Return the months of the last year, or the newest week or moment alone where these are unknown or stale.

    The rule is that of the mart `network_fees`: a refresh adds many weeks, and none of them is another month.
    `rows` are in order of time.
    """
    months = [row for row in rows if row.period == MONTH]
    usable = [
        row
        for row in rows
        if row.period == MONTH or not months or _months_since(months[-1], row.as_of) >= MONTHS_UNTIL_STALE
    ]
    if usable and usable[-1].period != MONTH:
        return usable[-1:]
    return [row for row in months if _months_since(row, months[-1].period_start) < MONTHS_OF_HISTORY]


def _months_since(row: FeeRow, day: date) -> int:
    return (day.year - row.period_start.year) * 12 + day.month - row.period_start.month


def _capacity_inputs(rows: list[CapacityInput], widths: Widths) -> Iterator[Input | None]:
    """Take each load's capacity on the newest stage where it is known; the lowest, of several sizes of archive."""
    for workload, what in CAPACITY_WORKLOADS.items():
        of_load = [row for row in rows if row.workload == workload]
        known = [(row.per_vcpu_per_s, row) for row in of_load if row.per_vcpu_per_s is not None]
        if known:
            since = max(row.released_on for _, row in known)
            rate, taken = min((pair for pair in known if pair[1].released_on == since), key=lambda pair: pair[0])
            missed = _missed_by_the_newest(of_load)
            ids = taken.evidence_ids.union(*(row.evidence_ids for row in missed))
            label = f"{what} a second and vCPU, in the schema of {since:%Y-%m}"
            low, high = taken.per_vcpu_per_s_low, taken.per_vcpu_per_s_high
            row = RangeRow(taken.grade, ids, workload, label, CAPACITY, low, rate, high)
            found = _input(f"capacity/{workload}", row, "measured_width", widths)
            remark = f"{what.lower()} in the schema of {since:%Y-%m} with {taken.archive_messages:,.0f} messages"
            yield replace(found, remark=remark + _bounds(missed, since)) if found else None


def _missed_by_the_newest(rows: list[CapacityInput]) -> list[CapacityInput]:
    """Return what is known from above only of the newest stage: the lowest for each size of archive, in their order."""
    newest = max(row.released_on for row in rows)
    missed = [row for row in rows if row.released_on == newest and row.per_vcpu_per_s is None]
    lowest = {row.archive_messages: row for row in sorted(missed, key=_most, reverse=True)}
    return [lowest[size] for size in sorted(lowest)]


def _most(row: CapacityInput) -> float:
    return row.per_vcpu_per_s_high or 0.0


def _bounds(missed: list[CapacityInput], since: date) -> str:
    """Say where the newest stage did not keep the limit of latency: an older one is taken, or a smaller archive."""
    if not missed:
        return ""
    newest = missed[0].released_on
    which = "it" if newest == since else f"that of {newest:%Y-%m}"
    bounds = ", ".join(f"{_most(row):,.1f} with {row.archive_messages:,.0f} messages" for row in missed)
    return f", while {which} did not keep the limit of latency: at most {bounds}, a second and vCPU"


def _price_inputs(prices: list[tuple[str, Quantity]], widths: Widths) -> Iterator[Input | None]:
    for provider, price in prices:
        if price.grade not in (Grade.MEASURED, Grade.PUBLISHED):
            label = f"Recalled and second-hand prices of {provider.replace('_', ' ')}"
            yield _width_input(price_input(provider), label, widths.get("estimated_price_width"))
        for evidence_id in price.evidence_ids:
            if evidence_id.startswith(EXCHANGE_RATES):
                pair = evidence_id.removeprefix(EXCHANGE_RATES)[:7].replace("_", "/").upper()
                label = f"Exchange rate {pair}, times the newest"
                rate = frozenset({evidence_id})
                yield _width_input(exchange_input(evidence_id), label, widths.get("exchange_rate_width"), rate)


def _width_input(name: str, label: str, width: RangeRow | None, also: frozenset[str] = frozenset()) -> Input | None:
    """Return an input that is nothing but a width: another value is taken times it."""
    if width is None:
        return None
    row = RangeRow(width.grade, width.evidence_ids | also, name, label, width.unit, width.low, width.mid, width.high)
    return _input(name, row, None, {})
