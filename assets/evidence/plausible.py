"""Rows that may be right and look wrong: a warning names them and what is usual. Nothing is refused for one.

Belongs here: comparing rows with each other and columns of a row, pure. Does not belong here: what is compared with
what (`usual.py`), mistakes (`rows.py`, `bounds.py`), prices that a source states (`assets.pricing.model`).

A row that somebody marked as reviewed is not asked about again (`marks.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assets.evidence.marks import MARKS, marks_that_count
from assets.evidence.model import Record
from assets.evidence.packs import LOCAL_PACKS
from assets.evidence.usual import (
    ALTERNATIVES,
    COMPUTE,
    HOURS_PER_MONTH,
    MANAGED,
    ONE_UNIT,
    RPC_PLANS,
    STORAGE,
    TOGETHER,
    USUAL,
    Usual,
)

COMPARED = frozenset({*USUAL, *TOGETHER, *ONE_UNIT})
"""Tables whose rows are compared with each other."""

SIGN_OFF = (
    "A warning stops nothing. Where such a row is right, mark it as reviewed (`waku-fit new mark`, docs/analysts.md):"
    " it is not asked about again."
)

TAXES = (17, 18, 19, 20, 21, 22, 23, 24, 25, 25.5, 27)
"""Value added tax in countries of the European Union, percent."""
EVEN_TAXES = (20, 25)
"""Which a plain rise of a round price looks like."""

HOURS_OF = {"hour_x_730": (HOURS_PER_MONTH, HOURS_PER_MONTH), "provider_monthly_cap": (600, 744)}
"""By what a month is, for how many hours it is paid. Caps that exist are 624, 667, 672 and 730."""

DAYS_PER_MONTH = 365 / 12
NAMED = 2
"""Rows of those that are alike that a warning names."""


@dataclass(frozen=True)
class Warned:
    """One row with what looks wrong in a column."""

    record: Record
    column: str
    text: str

    def __str__(self) -> str:
        return f"{_place(self.record)}: {self.column}: {self.text}"


def warnings(records: Mapping[str, Sequence[Record]], file: str = "") -> list[str]:
    """Return a line for each oddity in rows that people typed, of one file if it is given, then what to do about them.

    The list is empty if nothing is odd.
    """
    found = [(key, one) for key, of_table in records.items() for one in _of_table(key, of_table)]
    found = [(key, one) for key, one in found if file in ("", one.record.file)]
    reviewed = _reviewed(records) if found else set()
    asked = [one for key, one in found if f"{key}/{one.record.row.id}" not in reviewed]
    asked.sort(key=lambda one: (one.record.file, one.record.line))
    return [*map(str, asked), SIGN_OFF] if asked else []


def _of_table(key: str, records: Sequence[Record]) -> Iterator[Warned]:
    odd: dict[tuple[str, str], Warned] = {}
    for usual in USUAL.get(key, ()):
        rows = {row_id for row_id, _ in odd}
        for warned in _beyond_usual(usual, records):
            if not (usual.follows and warned.record.row.id in rows):
                odd.setdefault((warned.record.row.id, warned.column), warned)
    yield from odd.values()
    for find in _BY_TABLE.get(key, ()):
        yield from find(records)
    if key in TOGETHER:
        yield from _units_apart(key, records)
    if key in ONE_UNIT:
        yield from _two_units(ONE_UNIT[key], records)


def _reviewed(records: Mapping[str, Sequence[Record]]) -> set[str]:
    marks = [
        {"evidence_id": f"{MARKS}/{one.row.id}", **one.row.model_dump(include={"marked_row", "mark", "role", "as_of"})}
        for one in records.get(MARKS, ())
    ]
    if not marks:
        return set()
    days = {f"{key}/{one.row.id}": one.row.as_of for key, of_table in records.items() for one in of_table}
    return {row for row, found in marks_that_count(marks, days).items() if found.mark == "reviewed"}


def _beyond_usual(usual: Usual, records: Sequence[Record]) -> Iterator[Warned]:
    """Yield rows whose value is far beyond the range of those that are most alike. Of two, the later one is asked."""
    valued = [(value, record) for record in records if (value := usual.value(record.row))]
    groups: list[dict[tuple[Any, ...], list[tuple[float, Record]]]] = [{} for _ in usual.alike]
    for group, (columns, _) in zip(groups, usual.alike, strict=True):
        for value, record in valued:
            group.setdefault(_values(record, columns), []).append((value, record))
    for value, record in valued:
        if record.pack in LOCAL_PACKS:
            continue
        for group, (columns, factor) in zip(groups, usual.alike, strict=True):
            of_group = group[_values(record, columns)]
            others = sorted((one for one in of_group if one[1] is not record), key=lambda one: one[0])
            if others:
                is_first_of_two = len(others) == 1 and of_group[0][1] is record
                if not is_first_of_two and not others[0][0] / factor <= value <= others[-1][0] * factor:
                    yield Warned(record, usual.column, _unusual(usual, record, value, others, columns))
                break


def _unusual(
    usual: Usual, record: Record, value: float, others: Sequence[tuple[float, Record]], columns: Sequence[str]
) -> str:
    low, high = others[0][0], others[-1][0]
    is_high = value > high
    measure = f" {usual.what}" if usual.what else ""
    alike = ", ".join(f"{column} {_shown(getattr(record.row, column))}" for column in columns)
    of = f"of the rows with {alike}" if alike else "of all rows"
    near = [others[-1], others[0]] if is_high else [others[0], others[-1]]
    shown = [f"{_number(v)} in {_place(one)}" for v, one in near[: min(NAMED, len(others))]]
    times = (
        f"it is {value / high:.3g} times the highest {of}" if is_high else f"the lowest {of} is {_times(low, value)}"
    )
    hint = _other_unit(usual, record, low, high)
    return f"{_number(value)}{measure} looks wrong: {times}, such as {' and '.join(shown)}{hint}"


def _times(low: float, value: float) -> str:
    return f"{low / value:.3g} times as much" if value else "above 0"


def _other_unit(usual: Usual, record: Record, low: float, high: float) -> str:
    """Say what a size of memory would be if it was meant in MiB, where that is as usual."""
    memory = getattr(record.row, "memory_gib", None)
    if usual.column != "memory_gib" or memory is None or memory < 1024 or memory % 512:
        return ""
    value = usual.value(record.row)
    return f"; {_number(memory)} MiB are {_number(memory / 1024)} GiB" if value and low <= value / 1024 <= high else ""


def _month_that_does_not_follow(records: Sequence[Record]) -> Iterator[Warned]:
    for record in _typed(records):
        row: Any = record.row
        hourly, monthly, basis = row.price_per_hour, row.price_per_month, row.month_basis
        if not hourly or not monthly or basis not in HOURS_OF:
            continue
        low, high = HOURS_OF[basis]
        rounded = 0.5 * 10 ** -max(3, _decimals(hourly))
        if 0.99 * low * (hourly - rounded) <= monthly <= 1.01 * high * (hourly + rounded):
            continue
        hours = f"{low}" if low == high else f"{low} to {high}"
        months = " to ".join(dict.fromkeys(_number(round(n * hourly, 2)) for n in (low, high)))
        text = f"{_number(monthly)} does not follow from price_per_hour, {_number(hourly)}: {basis} is {hours} hours,"
        yield Warned(record, "price_per_month", f"{text} which are {months}")


def _credits_that_do_not_follow(records: Sequence[Record]) -> Iterator[Warned]:
    for record in _typed(records):
        row: Any = record.row
        period, month = row.included_credits_per_period, row.included_credits_per_month
        factor = DAYS_PER_MONTH if row.included_period == "day" else 1
        if period and month and not 0.97 * factor <= month / period <= 1.03 * factor:
            text = f"{_number(month)} does not follow from {_number(period)} a {row.included_period}"
            yield Warned(record, "included_credits_per_month", f"{text}, which is {_number(round(period * factor))}")


def _price_per_user_that_does_not_follow(records: Sequence[Record]) -> Iterator[Warned]:
    for record in _typed(records):
        row: Any = record.row
        if row.derived_price_per_mau and row.included_mau and row.price and row.billing_period == "month":
            is_from = row.price / row.included_mau
            if not 0.98 <= row.derived_price_per_mau / is_from <= 1.02:
                text = f"{_number(row.derived_price_per_mau)} is not price divided by included_mau"
                yield Warned(record, "derived_price_per_mau", f"{text}, which is {_number(float(f'{is_from:.3g}'))}")


def _taxed(column: str, offer: Sequence[str]) -> Callable[[Sequence[Record]], Iterator[Warned]]:
    """Return what finds prices that are those of another row of the same offer with value added tax, to the cent."""

    def find(records: Sequence[Record]) -> Iterator[Warned]:
        groups: dict[tuple[Any, ...], list[Record]] = {}
        for record in records:
            if getattr(record.row, column) and not getattr(record.row, "vat_included", False):
                groups.setdefault(_values(record, (*offer, "currency")), []).append(record)
        for group in groups.values():
            for record in _typed(group):
                price = getattr(record.row, column)
                for other in group:
                    if (tax := _tax(getattr(other.row, column), price)) is not None:
                        net = _number(getattr(other.row, column))
                        text = f"{_number(price)} is {net} of {_place(other)} with {tax:g} % on it, to the cent"
                        yield Warned(record, column, f"{text}: prices are without value added tax")
                        break

    return find


def _tax(net: float, price: float) -> float | None:
    """Return the rate of value added tax that makes one price the other, None if there is none."""
    if price <= net or len(f"{price:g}".replace(".", "").strip("0")) < 3:
        return None
    rounded = 0.5 * 10 ** -max(2, _decimals(price)) + 1e-9
    are_round = float(net).is_integer() and float(price).is_integer()
    for tax in TAXES:
        if abs(net * (1 + tax / 100) - price) <= rounded and not (are_round and tax in EVEN_TAXES):
            return tax
    return None


def _units_apart(key: str, records: Sequence[Record]) -> Iterator[Warned]:
    together = TOGETHER[key]
    for record in _typed(records):
        row: Any = record.row
        value = getattr(row, together.column)
        units = together.units.get(value, (row.unit,))
        if row.unit is not None and row.unit not in units:
            text = f'"{row.unit}" does not go with {together.column} {value}, which is in {_one_of(units)}'
            yield Warned(record, "unit", text)


def _two_units(column: str, records: Sequence[Record]) -> Iterator[Warned]:
    first: dict[Any, Record] = {}
    for record in records:
        row: Any = record.row
        if row.unit is None:
            continue
        other: Any = first.setdefault(getattr(row, column), record)
        if other.row.unit != row.unit and record.pack not in LOCAL_PACKS:
            text = f'"{row.unit}", but {getattr(row, column)} is in "{other.row.unit}" in {_place(other)}'
            yield Warned(record, "unit", text)


def _typed(records: Iterable[Record]) -> Iterator[Record]:
    """Yield the rows that people typed: what a source says was compared when it was asked."""
    return (record for record in records if record.pack not in LOCAL_PACKS)


def _values(record: Record, columns: Sequence[str]) -> tuple[Any, ...]:
    return tuple(getattr(record.row, column) for column in columns)


def _decimals(number: float) -> int:
    return len(f"{number:.10f}".rstrip("0").partition(".")[2])


def _number(value: float) -> str:
    return f"{value:,.10g}" if abs(value) >= 1000 else f"{value:.6g}"


def _shown(value: Any) -> str:
    return _number(value) if isinstance(value, float) else str(value)


def _one_of(units: Sequence[str]) -> str:
    return " or ".join(units) if len(units) < 3 else f"one of {', '.join(units)}"


def _place(record: Record) -> str:
    return f"{record.file}:{record.line}"


_BY_TABLE: Mapping[str, tuple[Callable[[Sequence[Record]], Iterator[Warned]], ...]] = {
    COMPUTE: (
        _month_that_does_not_follow,
        _taxed("price_per_month", ("provider", "region", "instance_type", "pricing_model")),
    ),
    STORAGE: (_taxed("price", ("provider", "region", "item", "unit", "tier_from_tb_per_month")),),
    MANAGED: (_taxed("price_per_month", ("provider", "region", "plan", "high_availability")),),
    RPC_PLANS: (_credits_that_do_not_follow,),
    ALTERNATIVES: (_price_per_user_that_does_not_follow,),
}
