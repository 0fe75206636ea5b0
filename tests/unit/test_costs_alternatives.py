"""The same users on hosted messaging: by user, by message, by connection, by subscription."""

from __future__ import annotations

from typing import Any

import pytest

from assets.costs.alternatives import HostedCost, hosted_costs
from assets.costs.draws import sample
from assets.costs.inputs import Alternative
from assets.costs.workload import load_of
from assets.evidence.tables.costs import Scenario
from tests.unit.costs_world import broadcaster, known, scenario, world


def price(plan: str, basis: str, cost: float, unit: float = 1, **changes: Any) -> Alternative:
    fields: dict[str, Any] = {
        "included_mau": None,
        "included_messages_per_month": None,
        "included_connections": None,
        "included_connections_per_mau": None,
        "counted_messages": None,
        "tier_from": None,
        "tier_to": None,
        "is_sold_in_units": False,
        "is_trial": False,
        "needs_base_plan": False,
        "billed_besides": "",
        "lacks": (),
    }
    return Alternative(f"p_{plan}", "p", "chat", plan, basis, unit, cost_usd=known(cost), **(fields | changes))


def priced(*rows: Alternative, of: Scenario | None = None) -> list[HostedCost]:
    """1,000 users, all online, who send 1.46 million messages a month to 2 receivers each."""
    catalogue = world(alternatives=rows)
    draws, _ = sample(catalogue.inputs.values(), per_scramble=128)
    of = of or scenario()
    return hosted_costs(of, load_of(of, with_rln=False, catalogue=catalogue, draws=draws), catalogue, draws)


def cost(*rows: Alternative) -> float | None:
    (found,) = priced(*rows)
    return found.cost_usd_per_month.mean if found.cost_usd_per_month else None


def reason(*rows: Alternative) -> str:
    (found,) = priced(*rows)
    assert found.cost_usd_per_month is None
    return found.reason


@pytest.mark.parametrize(("counted", "usd"), [("sent", 1.46), ("delivered", 2.92), ("sent_and_delivered", 4.38)])
def test_messages_count_as_the_seller_counts_them(counted: str, usd: float) -> None:
    # 1.46 million sent, 2.92 million delivered, USD 1 a million
    assert cost(price("usage", "message", 1.0, 1e6, counted_messages=counted)) == pytest.approx(usd)


def test_sending_and_delivering_may_have_a_price_each() -> None:
    # 1.46 x USD 4 + 2.92 x USD 2
    rows = (
        price("send", "message", 4.0, 1e6, counted_messages="sent"),
        price("receive", "message", 2.0, 1e6, counted_messages="delivered"),
    )
    assert cost(*rows) == pytest.approx(11.68)


def test_users_are_priced_tier_by_tier() -> None:
    # 200 free, 300 at USD 0.05, 500 at USD 0.04
    tiers = (
        price("first", "mau", 0.0, tier_from=0, tier_to=200),
        price("second", "mau", 0.05, tier_from=200, tier_to=500),
        price("third", "mau", 0.04, tier_from=500, tier_to=2000),
    )
    assert cost(*tiers) == pytest.approx(35.0)


def test_what_lies_below_the_first_tier_is_free() -> None:
    # 460,000 of 1.46 million at USD 1 a million
    row = price("usage", "message", 1.0, 1e6, counted_messages="sent", tier_from=1e6)
    assert cost(row) == pytest.approx(0.46)


def test_beyond_the_last_public_tier_nothing_is_guessed() -> None:
    row = price("only", "mau", 0.05, tier_from=0, tier_to=500)
    assert reason(row) == "public prices end at 500 users a month; up to 1,000 are needed"


def test_the_cheapest_plan_that_carries_the_demand_is_taken() -> None:
    plans = (price("small", "subscription", 9, included_mau=500), price("large", "subscription", 99, included_mau=5000))
    assert cost(*plans) == pytest.approx(99.0)
    assert reason(plans[0]) == "public plans end at 500 users a month; 1,000 are needed"


def test_a_plan_is_extended_by_prices_by_use_unless_it_is_free() -> None:
    # USD 10 with a million messages, 460,000 more at USD 1 a million
    usage = price("usage", "message", 1.0, 1e6, counted_messages="sent")
    paid = price("paid", "subscription", 10, included_messages_per_month=1e6, counted_messages="sent")
    free = price("free", "subscription", 0, included_messages_per_month=1e6, counted_messages="sent")
    assert cost(paid, usage) == pytest.approx(10.46)
    assert cost(free, paid, usage) == pytest.approx(10.46)


def test_units_are_bought_until_they_carry_the_connections() -> None:
    # 1,000 connections, 400 in a unit: three units
    assert cost(price("unit", "subscription", 50, included_connections=400, is_sold_in_units=True)) == 150


def test_connections_beyond_a_share_of_users_are_billed() -> None:
    # 1,000 connections, 50 of them (5 % of 1,000 users) in the price
    row = price("overage", "concurrent_connection", 1.0, included_connections_per_mau=0.05)
    assert cost(row) == pytest.approx(950.0)


def test_what_exceeds_an_unknown_plan_is_not_taken_for_its_price() -> None:
    users = price("overage", "mau", 0.1, needs_base_plan=True, billed_besides="a paid plan")
    connections = price("more", "concurrent_connection", 1.0, included_connections_per_mau=0.05)
    (found,) = priced(users, connections)
    assert found.cost_usd_per_month is not None
    assert found.cost_usd_per_month.mean == pytest.approx(950.0)
    assert found.billed_besides == "a paid plan"
    assert reason(users) == "the price of a paid plan is not public"


def test_a_trial_is_no_price() -> None:
    assert reason(price("trial", "subscription", 0, is_trial=True)) == "only a trial has a public price"


def test_what_is_not_counted_is_named() -> None:
    assert reason(price("usage", "download_gb", 1.0)) == "billed by download gb, which is not counted here"


def test_a_product_lacks_what_any_of_its_prices_says() -> None:
    (found,) = priced(price("free", "mau", 0.0, lacks=("history",)), price("paid", "storage_gb", 1.0))
    assert found.lacks == ("history",)


def test_without_a_number_of_users_nothing_is_compared() -> None:
    assert priced(price("usage", "mau", 1.0), of=broadcaster()) == []
