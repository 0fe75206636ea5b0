"""When an observed price becomes evidence: pure, a price and what is known in, a row or the reason against it out.

Belongs here: what a price is of, the bounds beyond which it is not accepted, the new row.
Does not belong here: how a source words its prices (`sources/`), HTTP (`assets/common/http.py`), files
(`assets/refresh`).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, Literal, TypeAlias

from pydantic import ValidationError

from assets.evidence.model import EvidenceRow, Grade
from assets.evidence.tables import TABLES_BY_KEY
from assets.evidence.tables.pricing import COMPUTE, FEES, OFFER_COLUMNS, RATES, REFRESHED_TABLES, STORAGE
from assets.refresh.outcome import Accepted, Rejection, Verdicts

Verdict: TypeAlias = Accepted | Rejection | None
"""What becomes of a price: a new row, why there is none, or None where the same is known already."""

HOURS_PER_MONTH = 730
CONFIRM_AFTER = timedelta(days=30)
"""A price that still holds becomes a row again after this long: often enough to see that it is not forgotten, rarely
enough that the history of an offer stays readable."""

NAMED = 5
"""Offers that one remark names."""

Offer: TypeAlias = tuple[str, ...]
"""What a price is of: the table, then the values of its key columns."""

Reason = Literal[
    "unknown_offer",
    "not_a_price",
    "wrong_unit",
    "wrong_currency",
    "jump",
    "another_thing",
    "contradiction",
    "part_of_a_ladder",
    "invalid",
]


@dataclass(frozen=True)
class Bound:
    """A price is not accepted if it is `factor` times the last known one or more, or that fraction of it or less."""

    factor: float
    reason: str


LIST_PRICE = Bound(2, "list prices seldom double; the rises of 2026 that did were looked at by a person")
BOUNDS: Mapping[tuple[str, ...], Bound] = {
    (COMPUTE,): LIST_PRICE,
    (STORAGE,): LIST_PRICE,
    (RATES,): Bound(1.25, "a reference rate of two large currencies does not move by a quarter between two looks"),
    (FEES, "eth_price"): Bound(3, "monthly means of ether moved by up to 2.6 times within half a year"),
    (FEES, "gas_price"): Bound(10, "monthly means of gas moved by up to 7.3 times within half a year"),
}
"""By table, and by metric where one table holds several."""


@dataclass(frozen=True)
class PriceObservation:
    """One price as a source states it. Nothing about it has been accepted yet.

    `unit` is in the words of the evidence: `hour` or `month` for a server, else the row's `unit`. None is not stated.
    """

    offer: Offer
    price: float | None
    unit: str | None
    currency: str | None
    day: date
    source: str
    """Where a reader can check it, without secrets."""
    extras: Mapping[str, Any] = field(default_factory=dict)
    """Further columns of the row that the source states besides the price."""
    same: Mapping[str, float] = field(default_factory=dict)
    """Columns that must agree with what is known, or the name means another thing by now."""
    is_orderable: bool | None = None
    """Whether a new customer can order a server; None where the source does not say."""
    remark: str = ""
    """What the source says of that: why it cannot be ordered, or until when it can."""


def offer_of(table: str, row: EvidenceRow) -> Offer:
    """Return what a row is a price of."""
    return (table, *(_word(getattr(row, column)) for column in OFFER_COLUMNS[table]))


def _word(value: Any) -> str:
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


class PriceCatalogue:
    """The last known row of each offer whose price can be refreshed."""

    def __init__(self, rows: Mapping[str, Iterable[EvidenceRow]]) -> None:
        self._last: dict[Offer, EvidenceRow] = {}
        for table in REFRESHED_TABLES:
            for row in rows.get(table, ()):
                if not _is_refreshable(table, row):
                    continue
                offer = offer_of(table, row)
                known = self._last.get(offer)
                if known is None or _newness(row) > _newness(known):
                    self._last[offer] = row

    def last(self, offer: Offer) -> EvidenceRow | None:
        return self._last.get(offer)

    def offers(self) -> Iterable[Offer]:
        return self._last.keys()

    def of_provider(self, table: str, provider: str, currency: str) -> list[EvidenceRow]:
        """Return the last rows of one provider in one currency."""
        rows = [row for offer, row in self._last.items() if offer[:2] == (table, provider)]
        return [row for row in rows if getattr(row, "currency", None) == currency]


def _is_refreshable(table: str, row: EvidenceRow) -> bool:
    if row.grade in (Grade.ILLUSTRATIVE, Grade.NOT_FOUND) or getattr(row, "vat_included", False):
        return False
    if table == COMPUTE:
        return getattr(row, "pricing_model", None) == "on_demand"
    # A year's mean ends on the day of its last month, and says less about today.
    return getattr(row, "period", None) != "year"


def _newness(row: EvidenceRow) -> tuple[date, date]:
    return (getattr(row, "rate_date", None) or getattr(row, "period_end", None) or row.as_of, row.as_of)


def judge_all(observations: Iterable[PriceObservation], catalogue: PriceCatalogue) -> Verdicts:
    """Judge what one source said in one answer. Two prices for one offer contradict each other: neither is accepted."""
    said: dict[Offer, list[PriceObservation]] = {}
    for observation in observations:
        said.setdefault(observation.offer, []).append(observation)
    verdicts = {offer: _judged(of_offer, catalogue.last(offer)) for offer, of_offer in said.items()}
    for ladder in ladders(said, catalogue):
        verdicts |= _whole(ladder, said, verdicts, catalogue)
    rejected = [verdict for verdict in verdicts.values() if isinstance(verdict, Rejection)]
    return Verdicts(
        accepted=[verdict for verdict in verdicts.values() if isinstance(verdict, Accepted)],
        rejected=[verdict for verdict in rejected if verdict.reason != "unknown_offer"],
        unchanged=sum(verdict is None for verdict in verdicts.values()),
        untracked=sorted(verdict.name for verdict in rejected if verdict.reason == "unknown_offer"),
        remarks=[*remarks({offer: of_offer[0] for offer, of_offer in said.items()}, catalogue)],
    )


def _judged(said: Sequence[PriceObservation], last: EvidenceRow | None) -> Verdict:
    prices = sorted({f"{o.price:g}" for o in said if o.price is not None})
    if len(prices) > 1 and last is not None:
        listed = ", ".join(prices[:5])
        return _rejection(said[0], "contradiction", f"{len(prices)} prices in one answer ({listed}), expected one")
    return judge(said[0], last)


def judge(said: PriceObservation, last: EvidenceRow | None) -> Verdict:
    """Return the new row, or why there is none, or None if the same price is known already.

    One price an offer and day: what is known of that day or a later one stays. What cannot be ordered keeps its price.
    """
    if last is None:
        return _rejection(said, "unknown_offer", "no row of evidence names this offer")
    if said.is_orderable is False:
        return _news(replace(said, price=_last_price(said, last), extras={}), last, CONFIRM_AFTER)
    return _doubt(said, last) or _news(said, last, CONFIRM_AFTER)


def ladders(said: Iterable[Offer], catalogue: PriceCatalogue) -> list[list[Offer]]:
    """Return the tiers of each item that are in an answer or known, item by item, where a tier of both is."""
    items: dict[Offer, set[Offer]] = {}
    for offer in (*said, *catalogue.offers()):
        if offer[0] == STORAGE and offer[-1]:
            items.setdefault(offer[:-1], set()).add(offer)
    return [
        sorted(items[item], key=lambda o: float(o[-1])) for item in dict.fromkeys(o[:-1] for o in said) if item in items
    ]


def _whole(
    ladder: Sequence[Offer],
    said: Mapping[Offer, Sequence[PriceObservation]],
    verdicts: Mapping[Offer, Verdict],
    catalogue: PriceCatalogue,
) -> dict[Offer, Verdict]:
    """Return other verdicts where a ladder of tiers would be accepted in part: all are new rows, or none is."""
    accepted = [offer for offer in ladder if isinstance(verdicts.get(offer), Accepted)]
    if not accepted:
        return {}
    if bad := [o for o in ladder if o not in said or isinstance(verdicts[o], Rejection)]:
        tiers = ", ".join(offer[-1] for offer in bad)
        message = f"its tiers are accepted together or not at all, and that from {tiers} TB is not as expected"
        return {offer: _rejection(said[offer][0], "part_of_a_ladder", message) for offer in accepted}
    again = {offer: (said[offer][0], catalogue.last(offer)) for offer in ladder if verdicts[offer] is None}
    return {offer: _news(one, last, timedelta(0)) for offer, (one, last) in again.items() if last is not None}


def remarks(said: Mapping[Offer, PriceObservation], catalogue: PriceCatalogue) -> Iterator[str]:
    """Yield what should be known of servers besides prices: which cannot be ordered any more, or not for long."""
    for offer, one in said.items():
        last = catalogue.last(offer)
        if last is None or one.is_orderable is None:
            continue
        name, because = " ".join(offer[1:]), f": {one.remark}" if one.remark else ""
        if one.is_orderable is not getattr(last, "is_orderable", None):
            can = (
                "can be ordered again" if one.is_orderable else "cannot be ordered any more, so no bill is built on it"
            )
            yield f"{name} {can}{because}"
        elif one.is_orderable and one.remark:
            yield f"{name} can still be ordered{because}"
    looked_at = {(offer[:3], one.currency) for offer, one in said.items() if offer[0] == COMPUTE}
    unnamed = [
        " ".join(offer[1:])
        for offer in catalogue.offers()
        if offer not in said
        and getattr(last := catalogue.last(offer), "is_orderable", False)
        and (offer[:3], getattr(last, "currency", None)) in looked_at
    ]
    if unnamed:
        more = f" and {len(unnamed) - NAMED} more" if len(unnamed) > NAMED else ""
        yield f"not in the answer, so look whether they are still sold: {', '.join(unnamed[:NAMED])}{more}"


def _doubt(said: PriceObservation, last: EvidenceRow) -> Rejection | None:
    """Return why a price is not accepted, the first reason that holds; None if it is."""
    return (
        _wrong_unit(said, last)
        or _wrong_currency(said, last)
        or _not_a_price(said, last)
        or _another_thing(said, last)
        or _jump(said, last)
    )


def _wrong_unit(said: PriceObservation, last: EvidenceRow) -> Rejection | None:
    column = _price_column(said)
    expected = _unit_of(said.offer, last, column or "price_per_month")
    if column is not None and said.unit == expected:
        return None
    return _rejection(said, "wrong_unit", f"the unit is {said.unit or 'missing'}, expected {expected}")


def _wrong_currency(said: PriceObservation, last: EvidenceRow) -> Rejection | None:
    currency = getattr(last, "currency", None)
    if said.currency == currency:
        return None
    return _rejection(said, "wrong_currency", f"the currency is {said.currency or 'missing'}, expected {currency}")


def _not_a_price(said: PriceObservation, last: EvidenceRow) -> Rejection | None:
    """Return a rejection of what is no number above 0. Zero is one where the last known price is zero."""
    price = said.price
    if price is not None and math.isfinite(price) and (price > 0 or (price == 0 and _last_price(said, last) == 0)):
        return None
    shown = "missing" if price is None else f"{price:g}"
    return _rejection(said, "not_a_price", f"the price is {shown}, expected a number above 0")


def _another_thing(said: PriceObservation, last: EvidenceRow) -> Rejection | None:
    """Return a rejection where a size that belongs to the offer differs by more than 2 % from the last row."""
    for name, value in said.same.items():
        if not math.isclose(value, (before := getattr(last, name)), rel_tol=0.02):
            return _rejection(said, "another_thing", f"{name} is {value:g}, expected {before:g} as in {last.id}")
    return None


def _jump(said: PriceObservation, last: EvidenceRow) -> Rejection | None:
    """Return a rejection of a price that is too far from the last known one; None where none is known."""
    price, known = said.price, _last_price(said, last)
    if known is None or price is None:
        return None
    bound = BOUNDS.get((said.offer[0],)) or BOUNDS[said.offer[0], said.offer[-1]]
    if known == price == 0 or (known and 1 / bound.factor < price / known < bound.factor):
        return None
    times = f"{price / known:.3g} times" if known else "not"
    return _rejection(
        said,
        "jump",
        f"the price is {price:g}, {times} the last known {known:g} of {last.as_of} ({last.id}); "
        f"expected between {known / bound.factor:g} and {known * bound.factor:g}, because {bound.reason}",
    )


def _last_price(said: PriceObservation, last: EvidenceRow) -> float | None:
    """Return the last known price in the unit of the observation, None where there is none.

    A month of 730 hours tells that of an hour.
    """
    column = _price_column(said)
    known = None if column is None else getattr(last, column)
    if known is None and column == "price_per_hour" and getattr(last, "month_basis", None) == "hour_x_730":
        month = getattr(last, "price_per_month", None)
        return None if month is None else float(month) / HOURS_PER_MONTH
    return known


def _news(said: PriceObservation, last: EvidenceRow, confirm_after: timedelta) -> Verdict:
    if said.day <= (getattr(last, "rate_date", None) or last.as_of):
        return None
    columns = _columns(said, last)
    is_same = all(getattr(last, name) == value for name, value in columns.items() if name != "rate_date")
    if is_same and said.day - last.as_of < confirm_after:
        return None
    values = {
        **last.model_dump(),
        **columns,
        "id": _new_id(said, last),
        "source": said.source,
        "as_of": said.day,
        "as_of_basis": "observed",
        "grade": Grade.PUBLISHED,
        "note": "; ".join(filter(None, [f"refreshed; follows {last.id}", said.remark])),
    }
    if "source_kind" in values:
        values["source_kind"] = "provider_api_copy"
    try:
        row = type(last).model_validate(values)
    except ValidationError as error:
        detail = error.errors(include_url=False)[0]
        where = ".".join(map(str, detail["loc"]))
        return _rejection(said, "invalid", f"the row would not be valid evidence: {where}: {detail['msg']}")
    column = _price_column(said)
    assert column is not None
    return Accepted(said.offer[0], row, getattr(last, column), getattr(row, column))


def _columns(said: PriceObservation, last: EvidenceRow) -> dict[str, Any]:
    """Return what the new row says otherwise than the last one; for fees all values of a period belong together."""
    column = _price_column(said)
    assert column is not None
    columns: dict[str, Any] = {column: said.price, **said.extras}
    if said.is_orderable is not None:
        columns["is_orderable"] = said.is_orderable
    table = said.offer[0]
    if column == "price_per_hour" and getattr(last, "month_basis", None) == "hour_x_730":
        assert said.price is not None
        columns["price_per_month"] = round(said.price * HOURS_PER_MONTH, 2)
    if table == RATES:
        columns["rate_date"] = said.day
    if table == FEES:
        statistics = ("value_min", "value_p10", "value_median", "value_p90", "value_max", "days_observed")
        columns = {**dict.fromkeys(statistics), "period": "point", "statistic": "point", "period_start": said.day,
                   "period_end": said.day, **columns}  # fmt: skip
    return columns


def _price_column(said: PriceObservation) -> str | None:
    if said.offer[0] == COMPUTE:
        return {"hour": "price_per_hour", "month": "price_per_month"}.get(said.unit or "")
    return {STORAGE: "price", FEES: "value", RATES: "rate"}[said.offer[0]]


def _unit_of(offer: Offer, last: EvidenceRow, column: str) -> str:
    if offer[0] == COMPUTE:
        return column.removeprefix("price_per_")
    return "rate" if offer[0] == RATES else str(getattr(last, "unit"))  # noqa: B009 - the row's type is not known here


def _new_id(said: PriceObservation, last: EvidenceRow) -> str:
    table, *key = said.offer
    day = f"{said.day:%Y_%m_%d}"
    if table == FEES:
        return f"{key[0].removesuffix('_mainnet')}_{key[1]}_{day}"
    if table == RATES:
        return f"{key[0]}_{key[1]}_{day}".lower()
    return f"{re.sub(r'_20[0-9]{2}(_[0-9]{2}){1,2}$', '', last.id)}_{day}"


def _rejection(said: PriceObservation, reason: Reason, message: str) -> Rejection:
    table, *parts = said.offer
    return Rejection(
        table,
        " ".join(filter(None, parts)),
        reason,
        message,
        f"the last known price stays; look at {said.source}, and if it is right, add a row to "
        f"evidence/public/{TABLES_BY_KEY[table].path}",
    )
