"""The estimates as tables: one row per component, one row per scenario, each with its grade and evidence.

Belongs here: columns and their order. Does not belong here: any arithmetic but the figures per user and per message.
"""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from assets.costs.model import ScenarioEstimate
from assets.evidence.model import Grade
from assets.evidence.quantity import Quantity
from assets.evidence.tables.costs import Scenario

COMPONENT_COLUMNS: dict[str, str] = {
    "scenario_id": "text",
    "with_rln": "boolean",
    "component": "text",
    "cost_usd_per_month": "double precision",
    "quantity": "double precision",
    "unit": "text",
    "explanation": "text",
    "provider": "text",
    "choice_id": "text",
    "grade": "text",
    "evidence_ids": "text[]",
}
SCENARIO_COLUMNS: dict[str, str] = {
    "scenario_id": "text",
    "title": "text",
    "with_rln": "boolean",
    "provider": "text",
    "cost_usd_per_month": "double precision",
    "active_users": "bigint",
    "cost_usd_per_active_user_month": "double precision",
    "messages_per_month": "double precision",
    "cost_usd_per_million_messages": "double precision",
    "memberships_needed": "bigint",
    "memberships_available": "bigint",
    "is_feasible": "boolean",
    "status": "text",
    "reason": "text",
    "grade": "text",
    "evidence_ids": "text[]",
}


def cost_components_frame(estimates: Iterable[ScenarioEstimate]) -> pd.DataFrame:
    """One row for each scenario, with or without RLN, and component; columns as in `COMPONENT_COLUMNS`."""
    rows = [
        (
            found.scenario.id,
            found.with_rln,
            part.component,
            part.cost_usd_per_month.value if part.cost_usd_per_month else None,
            part.quantity,
            part.unit,
            part.explanation,
            part.provider,
            part.choice_id,
            *_provenance(part.cost_usd_per_month, found.scenario),
        )
        for found in estimates
        for part in found.components
    ]
    return pd.DataFrame(rows, columns=list(COMPONENT_COLUMNS), dtype=object)


def scenario_costs_frame(estimates: Iterable[ScenarioEstimate]) -> pd.DataFrame:
    """One row for each scenario, with or without RLN; columns as in `SCENARIO_COLUMNS`."""
    rows = []
    for found in estimates:
        cost, messages, users = found.cost_usd_per_month, found.messages_per_month, found.scenario.active_users
        rests_on = cost.resting_on(messages) if cost and messages else cost
        rows.append(
            (
                found.scenario.id,
                found.scenario.title,
                found.with_rln,
                found.provider,
                cost.value if cost else None,
                users,
                cost.value / users if cost and users else None,
                messages.value if messages else None,
                cost.value / messages.value * 1e6 if cost and messages else None,
                found.memberships.needed if found.memberships else None,
                found.memberships.available if found.memberships else None,
                found.is_feasible,
                "estimated" if cost else "unknown",
                found.reason,
                *_provenance(rests_on, found.scenario),
            )
        )
    return pd.DataFrame(rows, columns=list(SCENARIO_COLUMNS), dtype=object)


def _provenance(quantity: Quantity | None, scenario: Scenario) -> tuple[str, list[str]]:
    """Grade and evidence ids of a row; an unknown figure still names the scenario that asks for it."""
    if quantity is None:
        return Grade.NOT_FOUND.value, [f"costs__scenarios/{scenario.id}"]
    return quantity.grade.value, list(quantity.evidence_ids)
