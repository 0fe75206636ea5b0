"""What a cost is compared with: the budget of its scenario. Pure."""

from __future__ import annotations

from typing import Literal

BudgetState = Literal["within", "over", "unknown"]


def budget_state(cost_usd_per_month: float | None, budget_usd_per_month: float | None) -> BudgetState | None:
    """Return how a cost compares with a budget, both USD a month; None without a budget. A cost may be a median."""
    if budget_usd_per_month is None:
        return None
    if cost_usd_per_month is None:
        return "unknown"
    return "within" if cost_usd_per_month <= budget_usd_per_month else "over"
