"""The tables that readers get: the one list of them, with what names a row of each.

Belongs here: layer, key, what a row is about. Does not belong here: columns and their types, which are declared where a
table is made (the contract of a mart in dbt, `land_table` in Python) and copied as they are (`release/publish.py`).
"""

from __future__ import annotations

from dataclasses import dataclass

MARTS, MODEL, READINESS = "marts", "model", "readiness"
"""Schemas, by the names of the layers (`assets/common/keys.py`)."""


@dataclass(frozen=True)
class ReleasedTable:
    """A table that is copied into each release."""

    layer: str
    """The schema that it is copied from."""
    key: tuple[str, ...]
    """The columns that name a row; a table without any has one row."""
    about: tuple[str, ...] = ()
    """Columns that say in words what a row is about, where its key does not."""
    row_of: str = ""
    """The table of evidence that a row shows a row of, whose id is its key."""


RELEASED_TABLES: dict[str, ReleasedTable] = {
    "address_prices": ReleasedTable(MARTS, ("price_id",)),
    "archive_benchmarks": ReleasedTable(MARTS, ("figure_id",), about=("stage", "workload", "metric")),
    "archive_bytes_per_message": ReleasedTable(
        MARTS,
        ("study", "system", "stage", "archive_messages", "payload_bytes"),
        about=("stage", "payload_bytes"),
    ),
    "archive_capacity": ReleasedTable(
        MARTS, ("capacity_id",), about=("stage", "workload", "archive_messages", "payload_bytes")
    ),
    "archive_noise": ReleasedTable(MARTS, ("run_id",)),
    "archive_runs": ReleasedTable(MARTS, ("run_id",)),
    "archive_stage_gains": ReleasedTable(MARTS, ("gain_id",), about=("stage", "workload", "metric")),
    "assumptions": ReleasedTable(MARTS, ("assumption_id",)),
    "backup_prices": ReleasedTable(MARTS, ("price_id",)),
    "competitors": ReleasedTable(MARTS, ("segment_competitor_id",)),
    "compute_offer_history": ReleasedTable(MARTS, ("offer_id",)),
    "compute_offers": ReleasedTable(MARTS, ("offer_id",)),
    "conversations_held": ReleasedTable(MARTS, ("kind", "is_illustrative")),
    "customer_problems": ReleasedTable(MARTS, ("problem_id",)),
    "decision_rules": ReleasedTable(MARTS, ("rule_id",)),
    "deliverable_history": ReleasedTable(MARTS, ("deliverable_state_id",)),
    "egress_tiers": ReleasedTable(MARTS, ("price_id",)),
    "finding_tags": ReleasedTable(MARTS, ("tag",)),
    "findings": ReleasedTable(MARTS, ("finding_id",)),
    "gate_requirements": ReleasedTable(MARTS, ("requirement_id",)),
    "integrations": ReleasedTable(MARTS, ("integration_id",)),
    "interview_counts": ReleasedTable(MARTS, ("attribute", "value", "is_illustrative")),
    "limit_sources": ReleasedTable(MARTS, ("system", "parameter", "condition", "stated_in", "as_of")),
    "managed_postgres_offers": ReleasedTable(MARTS, ("offer_id",)),
    "market_sizes": ReleasedTable(MARTS, ("market_size_id",), row_of="segments__market_sizes"),
    "messaging_alternatives": ReleasedTable(MARTS, ("alternative_id",)),
    "milestone_deliverables": ReleasedTable(MARTS, ("deliverable_id",)),
    "milestone_progress": ReleasedTable(MARTS, ("deliverable_id", "metric")),
    "milestones": ReleasedTable(MARTS, ("milestone_id",)),
    "network_fee_history": ReleasedTable(MARTS, ("chain", "metric", "period", "period_start")),
    "network_fees": ReleasedTable(MARTS, ("chain", "metric")),
    "open_questions": ReleasedTable(MARTS, ("evidence_id",)),
    "organisations": ReleasedTable(MARTS, ("organisation_id",)),
    "price_dates": ReleasedTable(MARTS, ("table_key", "price_source")),
    "question_sets": ReleasedTable(MARTS, ("question_set_id",)),
    "reality_figures": ReleasedTable(MARTS, ("reality_figure_id",)),
    "requirement_completion": ReleasedTable(MARTS, ("requirement_class",)),
    "rln_parameters": ReleasedTable(MARTS, ("parameter", "condition", "stated_in")),
    "roadmap_deliverables": ReleasedTable(MARTS, ("deliverable_id",)),
    "rpc_method_credits": ReleasedTable(MARTS, ("provider", "chain", "method")),
    "rpc_plans": ReleasedTable(MARTS, ("plan_id",)),
    "rpc_usage": ReleasedTable(MARTS, ("component", "rpc_method", "condition")),
    "scenarios": ReleasedTable(MARTS, ("scenario_id",), row_of="costs__scenarios"),
    "segment_capture": ReleasedTable(MARTS, ("segment_id",)),
    "segment_learnings": ReleasedTable(MARTS, ("segment_learning_id",)),
    "segment_profiles": ReleasedTable(MARTS, ("segment_id",), row_of="segments__segments"),
    "segment_rules": ReleasedTable(MARTS, ("rule_id",)),
    "usp_claims": ReleasedTable(MARTS, ("usp_id", "problem_id", "segment_id")),
    "usp_measurements": ReleasedTable(MARTS, ("usp_evidence_id",), row_of="segments__usp_evidence"),
    "usp_register": ReleasedTable(MARTS, ("usp_id",)),
    "volume_prices": ReleasedTable(MARTS, ("price_id",)),
    "workload_parameters": ReleasedTable(MARTS, ("profile_id", "parameter")),
    "archive_encoding": ReleasedTable(MODEL, ("payload_bytes",)),
    "archive_recommendation": ReleasedTable(MODEL, ("candidate",), about=("title",)),
    "archive_savings": ReleasedTable(MODEL, ("candidate", "scenario_id")),
    "archive_scalability": ReleasedTable(MODEL, ("point_id",), about=("stage", "workload", "axis")),
    "cost_alternatives": ReleasedTable(MODEL, ("scenario_id", "provider", "product")),
    "cost_facts": ReleasedTable(MODEL, ("fact_id",)),
    "cost_of_confidence": ReleasedTable(
        MODEL, ("scenario_id", "with_rln", "confidence"), about=("scenario_id", "with_rln")
    ),
    "cost_reality_checks": ReleasedTable(MODEL, ("check_id",)),
    "cost_reality_steps": ReleasedTable(MODEL, ("check_id", "title")),
    "cost_sensitivity": ReleasedTable(MODEL, ("scenario_id", "with_rln", "input")),
    "cost_sensitivity_parts": ReleasedTable(MODEL, ("scenario_id", "with_rln", "input", "component")),
    "cost_summary": ReleasedTable(MODEL, ("scenario_id", "with_rln"), about=("title", "with_rln")),
    "evidence_index": ReleasedTable(MODEL, ("evidence_id",)),
    "mvp_gaps": ReleasedTable(MODEL, ("deliverable_id",)),
    "mvp_outline": ReleasedTable(MODEL, ("outline",)),
    "mvp_sets": ReleasedTable(MODEL, ("outline", "position")),
    "mvp_usps": ReleasedTable(MODEL, ("outline", "usp_id")),
    "opportunities": ReleasedTable(MODEL, ("problem_id",)),
    "saturation": ReleasedTable(MODEL, ("run",)),
    "scenario_cost": ReleasedTable(MODEL, ("scenario_id", "with_rln", "provider", "region", "component")),
    "scenario_load": ReleasedTable(
        MODEL, ("scenario_id", "with_rln", "quantity"), about=("scenario_id", "with_rln", "title")
    ),
    "segment_criteria": ReleasedTable(MODEL, ("segment_id", "criterion"), about=("segment_id", "title")),
    "segment_ranking": ReleasedTable(MODEL, ("segment_id",)),
    "themes": ReleasedTable(MODEL, ("tag", "segment_id")),
    "validation_findings": ReleasedTable(
        MODEL, ("usp_id", "problem_id", "finding_id"), about=("kind", "relation", "segment_id")
    ),
    "validation_matrix": ReleasedTable(MODEL, ("usp_id", "problem_id", "segment_id")),
    "validation_summary": ReleasedTable(MODEL, ("usp_id", "problem_id")),
    "requirement_results": ReleasedTable(READINESS, ("requirement_id",)),
    "gates": ReleasedTable(READINESS, ("gate_id",), about=("title",)),
    "requirement_certainty": ReleasedTable(READINESS, ("requirement_id",)),
    "gate_certainty": ReleasedTable(READINESS, ("gate_id",)),
    "verdict_certainty": ReleasedTable(READINESS, ("milestone_id",)),
    "next_evidence": ReleasedTable(READINESS, ("rank",)),
    "verdict_history": ReleasedTable(READINESS, ("month_end", "milestone_id")),
    "gate_history": ReleasedTable(READINESS, ("month_end", "gate_id"), about=("title", "month_end")),
    "verdict": ReleasedTable(READINESS, ("milestone_id",), about=("title",)),
}
"""By name. A table in this list is copied and written as CSV and Parquet. No two of its rows have one key, and it names
no evidence that is not in the index: both are checked before a release."""

RELEASED: dict[str, tuple[str, ...]] = {
    layer: tuple(name for name, table in RELEASED_TABLES.items() if table.layer == layer)
    for layer in dict.fromkeys(table.layer for table in RELEASED_TABLES.values())
}
"""The names by layer."""
