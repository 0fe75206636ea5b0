"""The tables that readers get: the one list of them, with what names a row of each.

Belongs here: layer, key, what a row is about, its page. Does not belong here: columns and types, which are declared
where a table is made (the contract of a mart in dbt, `land_table` in Python) and copied as is (`release/publish.py`).
"""

from __future__ import annotations

from dataclasses import dataclass

GATES, COSTS, ARCHIVE, SEGMENTS, USPS, INTERVIEWS, MVP, HISTORY, QUALITY, SOURCES = (
    f"{name}.html"
    for name in (
        *("gates", "costs", "archive", "segments", "usps", "interviews", "mvp", "history", "quality", "sources"),
    )
)
"""Pages of the report, by their paths in a release."""

MARTS, MODEL, READINESS, REPORTS = "marts", "model", "readiness", "reports"
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
    page: str = SOURCES
    """The page of the report that says what its numbers are made of."""


RELEASED_TABLES: dict[str, ReleasedTable] = {
    "address_prices": ReleasedTable(MARTS, ("price_id",), page=COSTS),
    "archive_benchmarks": ReleasedTable(MARTS, ("figure_id",), about=("stage", "workload", "metric"), page=ARCHIVE),
    "archive_bytes_per_message": ReleasedTable(
        MARTS,
        ("study", "system", "stage", "archive_messages", "payload_bytes"),
        about=("stage", "payload_bytes"),
        page=ARCHIVE,
    ),
    "archive_capacity": ReleasedTable(
        MARTS, ("capacity_id",), about=("stage", "workload", "archive_messages", "payload_bytes"), page=ARCHIVE
    ),
    "archive_noise": ReleasedTable(MARTS, ("run_id",), page=ARCHIVE),
    "archive_runs": ReleasedTable(MARTS, ("run_id",), page=ARCHIVE),
    "archive_stage_gains": ReleasedTable(MARTS, ("gain_id",), about=("stage", "workload", "metric"), page=ARCHIVE),
    "assumptions": ReleasedTable(MARTS, ("assumption_id",), page=COSTS),
    "backup_prices": ReleasedTable(MARTS, ("price_id",), page=COSTS),
    "competitors": ReleasedTable(MARTS, ("segment_competitor_id",), page=SEGMENTS),
    "compute_offer_history": ReleasedTable(MARTS, ("offer_id",), page=COSTS),
    "compute_offers": ReleasedTable(MARTS, ("offer_id",), page=COSTS),
    "conversations_held": ReleasedTable(MARTS, ("kind", "is_illustrative"), page=INTERVIEWS),
    "customer_problems": ReleasedTable(MARTS, ("problem_id",), page=USPS),
    "decision_rules": ReleasedTable(MARTS, ("rule_id",), page=MVP),
    "deliverable_history": ReleasedTable(MARTS, ("deliverable_state_id",), page=HISTORY),
    "egress_tiers": ReleasedTable(MARTS, ("price_id",), page=COSTS),
    "finding_tags": ReleasedTable(MARTS, ("tag",), page=INTERVIEWS),
    "findings": ReleasedTable(MARTS, ("finding_id",), page=INTERVIEWS),
    "gate_requirements": ReleasedTable(MARTS, ("requirement_id",), page=GATES),
    "integrations": ReleasedTable(MARTS, ("integration_id",)),
    "interview_counts": ReleasedTable(MARTS, ("attribute", "value", "is_illustrative"), page=INTERVIEWS),
    "limit_sources": ReleasedTable(MARTS, ("system", "parameter", "condition", "stated_in", "as_of"), page=COSTS),
    "managed_postgres_offers": ReleasedTable(MARTS, ("offer_id",), page=COSTS),
    "market_sizes": ReleasedTable(MARTS, ("market_size_id",), row_of="segments__market_sizes", page=SEGMENTS),
    "messaging_alternatives": ReleasedTable(MARTS, ("alternative_id",), page=COSTS),
    "milestone_deliverables": ReleasedTable(MARTS, ("deliverable_id",), page=HISTORY),
    "milestone_progress": ReleasedTable(MARTS, ("deliverable_id", "metric"), page=HISTORY),
    "milestones": ReleasedTable(MARTS, ("milestone_id",), page=HISTORY),
    "network_fee_history": ReleasedTable(MARTS, ("chain", "metric", "period", "period_start"), page=COSTS),
    "network_fees": ReleasedTable(MARTS, ("chain", "metric"), page=COSTS),
    "open_questions": ReleasedTable(MARTS, ("evidence_id",), page=QUALITY),
    "organisations": ReleasedTable(MARTS, ("organisation_id",)),
    "price_dates": ReleasedTable(MARTS, ("table_key", "price_source"), page=QUALITY),
    "protocol_parameters": ReleasedTable(MARTS, ("parameter", "condition", "document")),
    "question_sets": ReleasedTable(MARTS, ("question_set_id",), page=INTERVIEWS),
    "reality_figures": ReleasedTable(MARTS, ("reality_figure_id",), page=COSTS),
    "requirement_completion": ReleasedTable(MARTS, ("requirement_class",), page=MVP),
    "rln_parameters": ReleasedTable(MARTS, ("parameter", "condition", "stated_in"), page=COSTS),
    "roadmap_deliverables": ReleasedTable(MARTS, ("deliverable_id",), page=MVP),
    "rpc_method_credits": ReleasedTable(MARTS, ("provider", "chain", "method"), page=COSTS),
    "rpc_plans": ReleasedTable(MARTS, ("plan_id",), page=COSTS),
    "rpc_usage": ReleasedTable(MARTS, ("component", "rpc_method", "condition"), page=COSTS),
    "scenarios": ReleasedTable(MARTS, ("scenario_id",), row_of="costs__scenarios", page=COSTS),
    "segment_capture": ReleasedTable(MARTS, ("segment_id",), page=SEGMENTS),
    "segment_learnings": ReleasedTable(MARTS, ("segment_learning_id",), page=SEGMENTS),
    "segment_profiles": ReleasedTable(MARTS, ("segment_id",), row_of="segments__segments", page=SEGMENTS),
    "segment_rules": ReleasedTable(MARTS, ("rule_id",), page=SEGMENTS),
    "usp_claims": ReleasedTable(MARTS, ("usp_id", "problem_id", "segment_id"), page=USPS),
    "usp_measurements": ReleasedTable(MARTS, ("usp_evidence_id",), row_of="segments__usp_evidence", page=USPS),
    "usp_register": ReleasedTable(MARTS, ("usp_id",), page=USPS),
    "volume_prices": ReleasedTable(MARTS, ("price_id",), page=COSTS),
    "workload_parameters": ReleasedTable(MARTS, ("profile_id", "parameter"), page=COSTS),
    "archive_encoding": ReleasedTable(MODEL, ("payload_bytes",), page=ARCHIVE),
    "archive_recommendation": ReleasedTable(MODEL, ("candidate",), about=("title",), page=ARCHIVE),
    "archive_savings": ReleasedTable(MODEL, ("candidate", "scenario_id"), page=ARCHIVE),
    "archive_scalability": ReleasedTable(MODEL, ("point_id",), about=("stage", "workload", "axis"), page=ARCHIVE),
    "cost_alternatives": ReleasedTable(MODEL, ("scenario_id", "provider", "product"), page=COSTS),
    "cost_facts": ReleasedTable(MODEL, ("fact_id",), page=COSTS),
    "cost_of_confidence": ReleasedTable(
        MODEL, ("scenario_id", "with_rln", "confidence"), about=("scenario_id", "with_rln"), page=COSTS
    ),
    "cost_reality_checks": ReleasedTable(MODEL, ("check_id",), page=COSTS),
    "cost_reality_steps": ReleasedTable(MODEL, ("check_id", "title"), page=COSTS),
    "cost_response": ReleasedTable(
        MODEL, ("kind", "with_rln", "users", "provider", "region"), about=("kind", "with_rln"), page=COSTS
    ),
    "cost_response_error": ReleasedTable(MODEL, ("kind", "with_rln", "total"), page=COSTS),
    "cost_sensitivity": ReleasedTable(MODEL, ("scenario_id", "with_rln", "input"), page=COSTS),
    "cost_sensitivity_parts": ReleasedTable(MODEL, ("scenario_id", "with_rln", "input", "component"), page=COSTS),
    "cost_summary": ReleasedTable(MODEL, ("scenario_id", "with_rln"), about=("title", "with_rln"), page=COSTS),
    "evidence_index": ReleasedTable(MODEL, ("evidence_id",)),
    "evidence_reviews": ReleasedTable(MODEL, ("table_key",), page=QUALITY),
    "mvp_gaps": ReleasedTable(MODEL, ("deliverable_id",), page=MVP),
    "mvp_outline": ReleasedTable(MODEL, ("outline",), page=MVP),
    "mvp_sets": ReleasedTable(MODEL, ("outline", "position"), page=MVP),
    "mvp_usps": ReleasedTable(MODEL, ("outline", "usp_id"), page=MVP),
    "opportunities": ReleasedTable(MODEL, ("problem_id",), page=INTERVIEWS),
    "saturation": ReleasedTable(MODEL, ("run",), page=INTERVIEWS),
    "scenario_cost": ReleasedTable(MODEL, ("scenario_id", "with_rln", "provider", "region", "component"), page=COSTS),
    "scenario_load": ReleasedTable(
        MODEL, ("scenario_id", "with_rln", "quantity"), about=("scenario_id", "with_rln", "title"), page=COSTS
    ),
    "segment_criteria": ReleasedTable(MODEL, ("segment_id", "criterion"), about=("segment_id", "title"), page=SEGMENTS),
    "segment_ranking": ReleasedTable(MODEL, ("segment_id",), page=SEGMENTS),
    "themes": ReleasedTable(MODEL, ("tag", "segment_id"), page=INTERVIEWS),
    "validation_findings": ReleasedTable(
        MODEL, ("usp_id", "problem_id", "finding_id"), about=("kind", "relation", "segment_id"), page=USPS
    ),
    "validation_matrix": ReleasedTable(MODEL, ("usp_id", "problem_id", "segment_id"), page=USPS),
    "validation_summary": ReleasedTable(MODEL, ("usp_id", "problem_id"), page=USPS),
    "requirement_results": ReleasedTable(READINESS, ("requirement_id",), page=GATES),
    "gates": ReleasedTable(READINESS, ("gate_id",), about=("title",), page=GATES),
    "requirement_certainty": ReleasedTable(READINESS, ("requirement_id",), page=GATES),
    "gate_certainty": ReleasedTable(READINESS, ("gate_id",), page=GATES),
    "verdict_certainty": ReleasedTable(READINESS, ("milestone_id",), page=GATES),
    "next_evidence": ReleasedTable(READINESS, ("rank",), page=MVP),
    "verdict_history": ReleasedTable(READINESS, ("month_end", "milestone_id"), page=HISTORY),
    "gate_history": ReleasedTable(READINESS, ("month_end", "gate_id"), about=("title", "month_end"), page=HISTORY),
    "verdict": ReleasedTable(READINESS, ("milestone_id",), about=("title",), page=GATES),
    "release_changes": ReleasedTable(REPORTS, ("position",), about=("title",), page=HISTORY),
    "release_checks": ReleasedTable(REPORTS, ("layer", "table_name", "check_name"), page=QUALITY),
}
"""By name. A table in this list is copied and written as CSV and Parquet. No two of its rows have one key, and it names
no evidence that is not in the index: both are checked before a release."""

RELEASED: dict[str, tuple[str, ...]] = {
    layer: tuple(name for name, table in RELEASED_TABLES.items() if table.layer == layer)
    for layer in dict.fromkeys(table.layer for table in RELEASED_TABLES.values())
}
"""The names by layer."""
