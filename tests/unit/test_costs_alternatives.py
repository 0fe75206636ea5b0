"""The same users on hosted messaging: by user, by message, by subscription."""

from __future__ import annotations

from typing import Any

import pytest

from assets.costs.alternatives import hosted_costs
from assets.costs.draws import sample
from assets.costs.inputs import Alternative
from assets.costs.workload import load_of
from tests.unit.costs_world import broadcaster, known, scenario, world


def price(provider: str, plan: str, basis: str, cost: float, unit: float = 1, **changes: Any) -> Alternative:
    fields: dict[str, Any] = {
        "included_mau": None,
        "included_messages_per_month": None,
        "included_connections": None,
        "end_to_end_encrypted": False,
    }
    return Alternative(
        f"{provider}_{plan}", provider, "chat", plan, basis, unit, cost_usd=known(cost), **(fields | changes)
    )


ROWS = (
    price("by_user", "first_200", "mau", 0.0, included_mau=200),
    price("by_user", "rest", "mau", 0.05),
    price("by_message", "usage", "message", 1.0, 1e6, end_to_end_encrypted=True),
    price("flat", "small", "subscription", 9, included_mau=500),
    price("flat", "large", "subscription", 99, included_mau=5_000),
    price("tiny", "only", "subscription", 1, included_connections=10),
)


def test_each_product_is_priced_by_what_it_bills() -> None:
    # 1,000 users, 200 of them free; 1.46 million messages, published once and delivered to 2
    catalogue = world(alternatives=ROWS)
    draws, _ = sample(catalogue.inputs.values())
    of = scenario()
    found = hosted_costs(of, load_of(of, with_rln=False, catalogue=catalogue, draws=draws), catalogue, draws)
    assert {hosted.provider: hosted.cost_usd_per_month.mean for hosted in found} == pytest.approx(
        {"by_message": 4.38, "by_user": 40.0, "flat": 99.0}
    )
    assert [hosted.lacks for hosted in found] == ["", "end-to-end encryption", "end-to-end encryption"]


def test_without_a_number_of_users_nothing_is_compared() -> None:
    catalogue = world(alternatives=ROWS)
    draws, _ = sample(catalogue.inputs.values())
    of = broadcaster()
    assert hosted_costs(of, load_of(of, with_rln=False, catalogue=catalogue, draws=draws), catalogue, draws) == []
