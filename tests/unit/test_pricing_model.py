"""When an observed price becomes evidence, and why not. No network, no files."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from assets.evidence.model import EvidenceRow
from assets.evidence.tables.pricing import (
    COMPUTE,
    FEES,
    RATES,
    STORAGE,
    ChainFee,
    ComputeOffer,
    ExchangeRate,
    StorageOrEgressPrice,
)
from assets.pricing.model import PriceCatalogue, PriceObservation, judge, judge_all
from assets.refresh.outcome import Accepted, Rejection

TODAY = date(2026, 11, 23)
COMMON = {"source": "a page", "as_of": "2026-09-29", "as_of_basis": "observed", "grade": "published"}
CPX22 = ComputeOffer.model_validate(
    {
        **COMMON,
        "id": "hetzner_cloud_fsn1_cpx22",
        "provider": "hetzner_cloud",
        "region": "fsn1",
        "instance_type": "cpx22",
        "vcpus": 2,
        "vcpu_kind": "shared",
        "architecture": "x86_64",
        "memory_gib": 4,
        "included_egress_tb_per_month": 21.99,
        "price_per_hour": 0.0312,
        "price_per_month": 19.49,
        "currency": "EUR",
        "month_basis": "provider_monthly_cap",
        "vat_included": False,
        "pricing_model": "on_demand",
        "is_orderable": True,
        "source_kind": "provider_api_copy",
    }
)
D2S = CPX22.model_copy(
    update={
        "id": "azure_eastus_standard_d2s_v5",
        "provider": "azure",
        "region": "eastus",
        "instance_type": "Standard_D2s_v5",
        "price_per_hour": 0.096,
        "price_per_month": 70.08,
        "currency": "USD",
        "month_basis": "hour_x_730",
    }
)
EGRESS = StorageOrEgressPrice.model_validate(
    {
        **COMMON,
        "id": "aws_us_east_1_internet_egress_from_10",
        "provider": "aws",
        "region": "us-east-1",
        "category": "egress",
        "item": "internet_egress",
        "unit": "gb",
        "price": 0.085,
        "currency": "USD",
        "tier_from_tb_per_month": 10,
        "tier_to_tb_per_month": 50,
        "vat_included": False,
        "source_kind": "provider_api_copy",
    }
)
GAS = ChainFee.model_validate(
    {
        **COMMON,
        "id": "ethereum_gas_price_2026_08",
        "chain": "ethereum_mainnet",
        "metric": "gas_price",
        "unit": "gwei",
        "period": "month",
        "period_start": "2026-08-01",
        "period_end": "2026-08-31",
        "statistic": "mean_of_daily",
        "value": 1.0,
        "value_p90": 1.8,
        "source_kind": "explorer_export",
    }
)
EURO = ExchangeRate.model_validate(
    {**COMMON, "id": "eur_usd_2026_10_28", "base_currency": "EUR", "quote_currency": "USD", "rate": 1.1133,
     "rate_date": "2026-10-28", "as_of": "2026-10-28"}
)  # fmt: skip

SERVER = PriceObservation(
    offer=(COMPUTE, "hetzner_cloud", "fsn1", "cpx22"),
    price=21.99,
    unit="month",
    currency="EUR",
    day=TODAY,
    source="https://api.hetzner.cloud/v1/pricing",
    extras={"price_per_hour": 0.0352},
    same={"vcpus": 2, "memory_gib": 4},
)
OTHERS: dict[str, tuple[PriceObservation, EvidenceRow]] = {
    "hourly server": (
        PriceObservation((COMPUTE, "azure", "eastus", "Standard_D2s_v5"), 0.1, "hour", "USD", TODAY, "azure"),
        D2S,
    ),
    "traffic": (
        PriceObservation((STORAGE, "aws", "us-east-1", "internet_egress", "10"), 0.08, "gb", "USD", TODAY, "aws"),
        EGRESS,
    ),
    "gas": (PriceObservation((FEES, "ethereum_mainnet", "gas_price"), 1.2, "gwei", None, TODAY, "a node"), GAS),
    "rate": (PriceObservation((RATES, "EUR", "USD"), 1.12, "rate", None, TODAY, "ecb"), EURO),
}


def accepted(said: PriceObservation, last: EvidenceRow) -> Any:
    verdict = judge(said, last)
    assert isinstance(verdict, Accepted), verdict
    return verdict.row


def test_a_believed_price_is_a_later_row_of_the_same_offer() -> None:
    row = accepted(SERVER, CPX22)
    assert (row.id, row.price_per_month, row.price_per_hour) == ("hetzner_cloud_fsn1_cpx22_2026_11_23", 21.99, 0.0352)
    assert (row.as_of, row.as_of_basis, row.grade) == (TODAY, "observed", "published")
    assert (row.source, row.note) == (
        "https://api.hetzner.cloud/v1/pricing",
        "refreshed; follows hetzner_cloud_fsn1_cpx22",
    )
    assert (row.memory_gib, row.included_egress_tb_per_month, row.currency) == (4, 21.99, "EUR")


@pytest.mark.parametrize(
    ("name", "row_id", "column", "value"),
    [
        ("hourly server", "azure_eastus_standard_d2s_v5_2026_11_23", "price_per_month", 73.0),
        ("traffic", "aws_us_east_1_internet_egress_from_10_2026_11_23", "price", 0.08),
        ("gas", "ethereum_gas_price_2026_11_23", "value", 1.2),
        ("rate", "eur_usd_2026_11_23", "rate", 1.12),
    ],
)
def test_every_kind_of_price_becomes_a_row(name: str, row_id: str, column: str, value: float) -> None:
    row = accepted(*OTHERS[name])
    assert (row.id, getattr(row, column)) == (row_id, value)


def test_statistics_of_an_earlier_period_are_not_carried_over() -> None:
    row = accepted(*OTHERS["gas"])
    assert (row.value_p90, row.period, row.period_start, row.period_end) == (None, "point", TODAY, TODAY)


def test_the_name_of_a_refreshed_row_does_not_grow() -> None:
    first = accepted(SERVER, CPX22)
    second = accepted(replace(SERVER, price=22.5, day=date(2026, 12, 1)), first)
    assert second.id == "hetzner_cloud_fsn1_cpx22_2026_12_01"


@pytest.mark.parametrize(
    ("change", "reason", "message"),
    [
        ({"price": 194.9}, "jump", "the price is 194.9, 10 times the last known 19.49 of 2026-09-29"),
        ({"price": 1.949}, "jump", "the price is 1.949, 0.1 times the last known 19.49"),
        ({"price": 38.98}, "jump", "expected between 9.745 and 38.98, because list prices seldom double"),
        ({"price": -19.49}, "not_a_price", "the price is -19.49, expected a number above 0"),
        ({"price": 0.0}, "not_a_price", "the price is 0, expected a number above 0"),
        ({"price": None}, "not_a_price", "the price is missing"),
        ({"price": float("nan")}, "not_a_price", "the price is nan"),
        ({"price": float("inf")}, "not_a_price", "the price is inf"),
        ({"unit": None}, "wrong_unit", "the unit is missing, expected month"),
        ({"unit": "100 Hours"}, "wrong_unit", "the unit is 100 Hours, expected month"),
        ({"currency": "USD"}, "wrong_currency", "the currency is USD, expected EUR"),
        ({"currency": None}, "wrong_currency", "the currency is missing, expected EUR"),
        ({"same": {"memory_gib": 8}}, "another_thing", "memory_gib is 8, expected 4 as in hetzner_cloud_fsn1_cpx22"),
        ({"extras": {"price_per_hour": -1}}, "invalid", "the row would not be valid evidence: price_per_hour"),
    ],
)
def test_a_price_that_is_not_believed_says_why(change: dict[str, Any], reason: str, message: str) -> None:
    verdict = judge(replace(SERVER, **change), CPX22)
    assert isinstance(verdict, Rejection)
    assert verdict.reason == reason
    assert message in verdict.message
    assert "the last known price stays; look at https://api.hetzner.cloud/v1/pricing" in verdict.next_step
    assert "evidence/public/pricing/compute_offers.csv" in verdict.next_step


@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.parametrize("factor", [10, 0.1])
def test_ten_times_and_a_tenth_are_never_believed(name: str, factor: float) -> None:
    said, last = OTHERS[name]
    known = {"hourly server": 0.096, "traffic": 0.085, "gas": 1.0, "rate": 1.1133}[name]
    verdict = judge(replace(said, price=known * factor), last)
    assert isinstance(verdict, Rejection)
    assert verdict.reason == "jump"


def test_gas_may_move_where_a_list_price_may_not() -> None:
    said, last = OTHERS["gas"]
    assert accepted(replace(said, price=6.0), last).value == 6.0


def test_an_offer_that_no_row_names_is_not_believed() -> None:
    verdict = judge(SERVER, None)
    assert isinstance(verdict, Rejection)
    assert verdict.reason == "unknown_offer"


def test_the_same_price_soon_after_is_no_news() -> None:
    assert judge(replace(SERVER, price=19.49, extras={}, day=date(2026, 10, 20)), CPX22) is None


def test_the_same_price_a_month_later_is_a_confirmation() -> None:
    row = accepted(replace(SERVER, price=19.49, extras={}, day=date(2026, 10, 29)), CPX22)
    assert (row.price_per_month, row.as_of) == (19.49, date(2026, 10, 29))


def test_what_is_known_of_the_same_day_stays() -> None:
    first = accepted(SERVER, CPX22)
    assert judge(replace(SERVER, price=30.0), first) is None


def test_a_rate_of_the_day_that_is_known_is_no_news() -> None:
    said, last = OTHERS["rate"]
    assert judge(replace(said, day=date(2026, 10, 28)), last) is None


def test_a_tier_that_is_free_stays_free_or_is_looked_at() -> None:
    free = EGRESS.model_copy(update={"price": 0.0, "tier_from_tb_per_month": 0.0})
    said = replace(OTHERS["traffic"][0], offer=(STORAGE, "aws", "us-east-1", "internet_egress", "0"))
    assert accepted(replace(said, price=0.0), free).price == 0
    verdict = judge(replace(said, price=0.09), free)
    assert isinstance(verdict, Rejection)
    assert verdict.reason == "jump"


def test_two_prices_for_one_offer_in_one_answer_contradict_each_other() -> None:
    catalogue = PriceCatalogue({COMPUTE: [CPX22]})
    verdicts = judge_all([SERVER, replace(SERVER, price=50.0), replace(SERVER, price=21.99)], catalogue)
    assert [r.reason for r in verdicts.rejected] == ["contradiction"]
    assert "2 prices in one answer (21.99, 50), expected one" in verdicts.rejected[0].message
    assert verdicts.accepted == []


def test_offers_that_nobody_tracks_are_counted_apart() -> None:
    catalogue = PriceCatalogue({COMPUTE: [CPX22]})
    stranger = replace(SERVER, offer=(COMPUTE, "hetzner_cloud", "hel1", "cpx22"))
    verdicts = judge_all([SERVER, stranger], catalogue)
    assert (len(verdicts.accepted), verdicts.rejected) == (1, [])
    assert verdicts.untracked == ["hetzner_cloud hel1 cpx22"]


def test_the_newest_row_is_the_one_that_counts() -> None:
    march = CPX22.model_copy(
        update={"id": "hetzner_cloud_fsn1_cpx22_2026_03", "as_of": date(2026, 3, 3), "price_per_month": 6.99}
    )
    for rows in ([march, CPX22], [CPX22, march]):
        assert PriceCatalogue({COMPUTE: rows}).last(SERVER.offer) is CPX22


def test_illustrative_rows_are_compared_with_nothing() -> None:
    made_up = CPX22.model_copy(update={"grade": "illustrative", "as_of": date(2026, 11, 1)})
    assert PriceCatalogue({COMPUTE: [made_up]}).last(SERVER.offer) is None


# ---------------------------------------------------------------- what is no longer sold

RETIRED = CPX22.model_copy(update={"is_orderable": False})
NAME = "hetzner_cloud fsn1 cpx22"


@pytest.mark.parametrize(
    ("last", "change", "row", "remarks"),
    [
        (
            CPX22,
            {"is_orderable": False, "remark": "sold until 2026-11-01"},
            (False, 19.49),
            [f"{NAME} cannot be ordered any more, so no bill is built on it: sold until 2026-11-01"],
        ),
        (
            CPX22,
            {"is_orderable": False, "price": None},
            (False, 19.49),
            [f"{NAME} cannot be ordered any more, so no bill is built on it"],
        ),
        (
            CPX22,
            {"is_orderable": False, "price": 0.0},
            (False, 19.49),
            [f"{NAME} cannot be ordered any more, so no bill is built on it"],
        ),
        (RETIRED, {"is_orderable": True}, (True, 21.99), [f"{NAME} can be ordered again"]),
        (RETIRED, {"is_orderable": False}, (False, 19.49), []),
        (RETIRED, {}, (False, 21.99), []),
        (CPX22, {}, (True, 21.99), []),
        (
            CPX22,
            {"is_orderable": True, "remark": "deprecated, sold until 2026-12-31"},
            (True, 21.99),
            [f"{NAME} can still be ordered: deprecated, sold until 2026-12-31"],
        ),
    ],
)
def test_what_cannot_be_ordered_is_a_row_that_says_so(
    last: ComputeOffer, change: dict[str, Any], row: tuple[bool, float], remarks: list[str]
) -> None:
    verdicts = judge_all([replace(SERVER, **change)], PriceCatalogue({COMPUTE: [last]}))
    (found,) = verdicts.accepted
    assert isinstance(found.row, ComputeOffer)
    assert (found.row.is_orderable, found.row.price_per_month) == row
    assert verdicts.remarks == remarks
    assert found.row.note.endswith(change.get("remark", last.id))


def test_the_same_server_that_cannot_be_ordered_is_no_news_a_week_later() -> None:
    gone = replace(SERVER, is_orderable=False)
    first = accepted(gone, CPX22)
    assert judge(replace(gone, day=date(2026, 11, 30)), first) is None
    again = judge(replace(SERVER, day=date(2026, 11, 30), price=19.49, extras={}, is_orderable=True), first)
    assert isinstance(again, Accepted)


def test_a_deprecated_server_whose_price_is_rejected_is_still_told_of() -> None:
    said = replace(SERVER, price=194.9, is_orderable=True, remark="deprecated")
    verdicts = judge_all([said], PriceCatalogue({COMPUTE: [CPX22]}))
    assert [r.reason for r in verdicts.rejected] == ["jump"]
    assert verdicts.remarks == [f"{NAME} can still be ordered: deprecated"]


def test_servers_that_an_answer_does_not_name_are_told_of() -> None:
    def other(**update: Any) -> ComputeOffer:
        return CPX22.model_copy(update={"id": "other", **update})

    known = [
        CPX22,
        other(instance_type="cpx32"),
        other(instance_type="cpx11", is_orderable=False),
        other(instance_type="ccx13", currency="USD"),
        other(region="ash", instance_type="cpx41"),
    ]
    assert judge_all([SERVER], PriceCatalogue({COMPUTE: known})).remarks == [
        "not in the answer, so look whether they are still sold: hetzner_cloud fsn1 cpx32"
    ]


# ---------------------------------------------------------------- ladders of tiers


def tier(start: float, price: float, as_of: date = date(2026, 9, 29)) -> StorageOrEgressPrice:
    name = f"egress_from_{start:.0f}"
    return EGRESS.model_copy(update={"id": name, "tier_from_tb_per_month": start, "price": price, "as_of": as_of})


def said_of(start: float, price: float | None) -> PriceObservation:
    offer = (STORAGE, "aws", "us-east-1", "internet_egress", f"{start:g}")
    return PriceObservation(offer, price, "gb", "USD", TODAY, "aws")


KNOWN_LADDER = [tier(0, 0.09), tier(10.24, 0.085), tier(51.2, 0.07)]
LADDER = [said_of(0, 0.091), said_of(10.24, 0.085), said_of(51.2, 0.07)]


@pytest.mark.parametrize(
    ("said", "new", "reasons"),
    [
        (LADDER, 3, []),
        ([*LADDER, said_of(0, 0.12)], 0, ["contradiction", "part_of_a_ladder", "part_of_a_ladder"]),
        ([*LADDER[:2], said_of(51.2, 0.7)], 0, ["jump", "part_of_a_ladder", "part_of_a_ladder"]),
        ([*LADDER[:2], said_of(51.2, None)], 0, ["not_a_price", "part_of_a_ladder", "part_of_a_ladder"]),
        (LADDER[:2], 0, ["part_of_a_ladder", "part_of_a_ladder"]),
        ([*LADDER, said_of(153.6, 0.05)], 0, ["part_of_a_ladder"] * 3),
        ([*LADDER, LADDER[0]], 3, []),
    ],
    ids=["whole", "contradiction", "jump", "no price", "a tier less", "a tier more", "the same twice"],
)
def test_the_tiers_of_an_item_are_accepted_together(said: list[PriceObservation], new: int, reasons: list[str]) -> None:
    verdicts = judge_all(said, PriceCatalogue({STORAGE: KNOWN_LADDER}))
    assert len(verdicts.accepted) == new
    assert sorted(r.reason for r in verdicts.rejected) == reasons


def test_tiers_whose_price_is_as_before_are_confirmed_with_the_one_that_moved() -> None:
    recent = [tier(row.tier_from_tb_per_month or 0, row.price or 0, date(2026, 11, 20)) for row in KNOWN_LADDER]
    moved = judge_all(LADDER, PriceCatalogue({STORAGE: recent}))
    assert [a.after for a in moved.accepted] == [0.091, 0.085, 0.07]
    as_before = [said_of(0, 0.09), *LADDER[1:]]
    assert judge_all(as_before, PriceCatalogue({STORAGE: recent})).unchanged == 3


def test_a_ladder_that_is_refused_names_the_tier() -> None:
    verdicts = judge_all([*LADDER[:2], said_of(51.2, 0.7)], PriceCatalogue({STORAGE: KNOWN_LADDER}))
    message = next(r.message for r in verdicts.rejected if r.reason == "part_of_a_ladder")
    assert message == "its tiers are accepted together or not at all, and that from 51.2 TB is not as expected"
