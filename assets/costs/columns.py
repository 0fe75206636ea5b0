"""The columns of the cost tables, with their types in PostgreSQL, in the order in which they are written.

Belongs here: names and types. Does not belong here: what fills them (`frames.py`).
"""

from __future__ import annotations

from assets.costs.components import ALL_IN, INFRASTRUCTURE
from assets.evidence.basis import BASIS_COLUMNS

TEXT, REAL, WHOLE, TRUTH = "text", "double precision", "bigint", "boolean"
CELL = {"scenario_id": TEXT, "with_rln": TRUTH}

MONEY = {
    f"p{percent}_usd_per_{unit}": REAL
    for unit in ("month", "active_user_month", "million_messages")
    for percent in (5, 50, 95)
}
"""Percentiles 5, 50 and 95 of a cost for a month, for an active user and month, for a million messages."""
TOTALS = {f"{total}_{name}": kind for total in (INFRASTRUCTURE, ALL_IN) for name, kind in MONEY.items()}
"""The same of both totals."""

COST_COLUMNS: dict[str, str] = {
    **CELL,
    "provider": TEXT,
    "region": TEXT,
    "component": TEXT,
    "is_total": TRUTH,
    "counts_in": TEXT,
    "payer": TEXT,
    "is_cheapest": TRUTH,
    **MONEY,
    "mean_usd_per_month": REAL,
    "sampling_error_usd_per_month": REAL,
    "quantity": REAL,
    "unit": TEXT,
    "explanation": TEXT,
    "choice_id": TEXT,
    **BASIS_COLUMNS,
}
SUMMARY_COLUMNS: dict[str, str] = {
    **CELL,
    "title": TEXT,
    "is_milestone": TRUTH,
    "provider": TEXT,
    "region": TEXT,
    "cheapest_share": REAL,
    "second_provider": TEXT,
    "second_region": TEXT,
    "second_times_cheapest": REAL,
    **TOTALS,
    "sampling_error_usd_per_month": REAL,
    "rpc_p50_usd_per_month": REAL,
    "declared_total": TEXT,
    "rent": TEXT,
    "fullest_role": TEXT,
    "fullest_share": REAL,
    "active_users": WHOLE,
    "messages_per_month": REAL,
    "message_bytes": REAL,
    "archived_messages_per_day": REAL,
    "archive_gb": REAL,
    "memberships_needed": WHOLE,
    "memberships_available": WHOLE,
    "deposit_usd": REAL,
    "is_feasible": TRUTH,
    "status": TEXT,
    "reason": TEXT,
    **BASIS_COLUMNS,
}
LOAD_COLUMNS: dict[str, str] = {
    **CELL,
    "quantity": TEXT,
    "title": TEXT,
    "unit": TEXT,
    "p5": REAL,
    "p50": REAL,
    "p95": REAL,
    "mean": REAL,
    "rule": TEXT,
    "made_of": "text[]",
    "of_scenario": "text[]",
    **BASIS_COLUMNS,
}
SENSITIVITY_COLUMNS: dict[str, str] = {
    **CELL,
    "rank": WHOLE,
    "input": TEXT,
    "title": TEXT,
    "unit": TEXT,
    "total_index": REAL,
    "value_p5": REAL,
    "value_p50": REAL,
    "value_p95": REAL,
    "usd_per_month_at_p5": REAL,
    "usd_per_month_at_p50": REAL,
    "usd_per_month_at_p95": REAL,
    "searched_from": REAL,
    "searched_to": REAL,
    "flip_value": REAL,
    "flip_provider": TEXT,
    "limit_value": REAL,
    "limit_met": TEXT,
    **BASIS_COLUMNS,
}
SENSITIVITY_PART_COLUMNS: dict[str, str] = {
    **CELL,
    "input": TEXT,
    "component": TEXT,
    "usd_per_month_at_p5": REAL,
    "usd_per_month_at_p50": REAL,
    "usd_per_month_at_p95": REAL,
    **BASIS_COLUMNS,
}
CONFIDENCE_COLUMNS: dict[str, str] = {
    **CELL,
    "confidence": REAL,
    "provider": TEXT,
    "region": TEXT,
    "servers_usd_per_month": REAL,
    "p5_usd_per_month": REAL,
    "p50_usd_per_month": REAL,
    "p95_usd_per_month": REAL,
    "times_headline": REAL,
    "hosts": TEXT,
    "fullest_role": TEXT,
    "fullest_share": REAL,
    **BASIS_COLUMNS,
}
RESPONSE_COLUMNS: dict[str, str] = {
    "kind": TEXT,
    "with_rln": TRUTH,
    "users": WHOLE,
    "provider": TEXT,
    "region": TEXT,
    "scenario_id": TEXT,
    "is_cheapest": TRUTH,
    **{name: kind for name, kind in TOTALS.items() if not name.endswith("_million_messages")},
    "memberships_needed": WHOLE,
    "memberships_available": WHOLE,
    "is_feasible": TRUTH,
    **BASIS_COLUMNS,
}
RESPONSE_ERROR_COLUMNS: dict[str, str] = {
    "kind": TEXT,
    "with_rln": TRUTH,
    "total": TEXT,
    "error_share": REAL,
    "users": WHOLE,
    "percentile": WHOLE,
    "modelled_usd_per_month": REAL,
    "interpolated_usd_per_month": REAL,
    "held_out_points": WHOLE,
    **BASIS_COLUMNS,
}
ALTERNATIVE_COLUMNS: dict[str, str] = {
    "scenario_id": TEXT,
    "provider": TEXT,
    "product": TEXT,
    "plans": TEXT,
    "p5_usd_per_month": REAL,
    "p50_usd_per_month": REAL,
    "p95_usd_per_month": REAL,
    "p50_usd_per_active_user_month": REAL,
    "times_self_hosting": REAL,
    "is_lower_bound": TRUTH,
    "billed_besides": TEXT,
    "is_chat": TRUTH,
    "lacks": TEXT,
    "reason": TEXT,
    **BASIS_COLUMNS,
}
REALITY_COLUMNS: dict[str, str] = {
    "check_id": TEXT,
    "title": TEXT,
    "scenario_id": TEXT,
    "with_rln": TRUTH,
    "unit": TEXT,
    "model_p5": REAL,
    "model_p50": REAL,
    "model_p95": REAL,
    "known_low": REAL,
    "known_high": REAL,
    "times_known": REAL,
    "verdict": TEXT,
    "rule": TEXT,
    "explanation": TEXT,
    "parts": "text[]",
    **BASIS_COLUMNS,
}
FACT_COLUMNS: dict[str, str] = {
    "fact_id": TEXT,
    "low": REAL,
    "high": REAL,
    "known_on": "date",
    "condition": TEXT,
    "payload_bytes": REAL,
    **BASIS_COLUMNS,
}
REALITY_STEP_COLUMNS: dict[str, str] = {
    "check_id": TEXT,
    "title": TEXT,
    "unit": TEXT,
    "p5": REAL,
    "p50": REAL,
    "p95": REAL,
    **BASIS_COLUMNS,
}
