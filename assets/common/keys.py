"""Layers, asset keys, groups and owners: the only place where a key is spelt.

Belongs here: names. Does not belong here: anything that computes or connects.
"""

from __future__ import annotations

from dagster import AssetKey

EVIDENCE = "evidence"
RAW = "raw"
STAGING = "staging"
INTERMEDIATE = "intermediate"
MARTS = "marts"
MODEL = "model"
READINESS = "readiness"
REPORTS = "reports"

LAYERS = (EVIDENCE, RAW, STAGING, INTERMEDIATE, MARTS, MODEL, READINESS, REPORTS)
"""In the direction in which data flows: an edge never leads to an earlier layer."""

JOB = "readiness_chain"
WEEKLY_SCHEDULE = "weekly_readiness"
BENCHMARK_JOB = "archive_benchmarks"
MONTHLY_SCHEDULE = "monthly_benchmarks"
REFRESH_JOB = "price_refresh"
REFRESH_SCHEDULE = "weekly_price_refresh"
ROADMAP_JOB = "roadmap_refresh"
ROADMAP_SCHEDULE = "weekly_roadmap_refresh"
LEADING_BENCHMARK_SENSOR = "leading_benchmark"
BENCHMARK_POOL = "benchmarks"
"""Of one: nothing else is measured while something is measured."""

OWNERS = {
    EVIDENCE: "team:analysts",
    RAW: "team:analysts",
    STAGING: "team:engineers",
    INTERMEDIATE: "team:engineers",
    MARTS: "team:engineers",
    MODEL: "team:engineers",
    READINESS: "team:stakeholders",
    REPORTS: "team:stakeholders",
}

ARCHIVE_BENCHMARKS = AssetKey([EVIDENCE, "archive_benchmarks"])
LIVE_PRICES = AssetKey([EVIDENCE, "live_prices"])
LIVE_ROADMAP = AssetKey([EVIDENCE, "live_roadmap"])
EVIDENCE_SCOPE = AssetKey([RAW, "evidence_scope"])
EVIDENCE_INDEX = AssetKey([MODEL, "evidence_index"])
EVIDENCE_REVIEWS = AssetKey([MODEL, "evidence_reviews"])
ARCHIVE_GAINS = AssetKey([MARTS, "archive_stage_gains"])
ARCHIVE_CAPACITY = AssetKey([MARTS, "archive_capacity"])
ARCHIVE_NOISE = AssetKey([MARTS, "archive_noise"])
ARCHIVE_SCALABILITY = AssetKey([MODEL, "archive_scalability"])
ARCHIVE_RECOMMENDATION = AssetKey([MODEL, "archive_recommendation"])
ARCHIVE_SAVINGS = AssetKey([MODEL, "archive_savings"])
ARCHIVE_ENCODING = AssetKey([MODEL, "archive_encoding"])
SCENARIO_COST = AssetKey([MODEL, "scenario_cost"])
COST_SUMMARY = AssetKey([MODEL, "cost_summary"])
SCENARIO_LOAD = AssetKey([MODEL, "scenario_load"])
COST_SENSITIVITY = AssetKey([MODEL, "cost_sensitivity"])
COST_SENSITIVITY_PARTS = AssetKey([MODEL, "cost_sensitivity_parts"])
COST_OF_CONFIDENCE = AssetKey([MODEL, "cost_of_confidence"])
COST_ALTERNATIVES = AssetKey([MODEL, "cost_alternatives"])
COST_FACTS = AssetKey([MODEL, "cost_facts"])
COST_RESPONSE = AssetKey([MODEL, "cost_response"])
COST_RESPONSE_ERROR = AssetKey([MODEL, "cost_response_error"])
COST_REALITY_STEPS = AssetKey([MODEL, "cost_reality_steps"])
COST_REALITY_CHECKS = AssetKey([MODEL, "cost_reality_checks"])
VALIDATION_MATRIX = AssetKey([MODEL, "validation_matrix"])
VALIDATION_SUMMARY = AssetKey([MODEL, "validation_summary"])
VALIDATION_FINDINGS = AssetKey([MODEL, "validation_findings"])
THEMES = AssetKey([MODEL, "themes"])
OPPORTUNITIES = AssetKey([MODEL, "opportunities"])
SATURATION = AssetKey([MODEL, "saturation"])
SEGMENT_RANKING = AssetKey([MODEL, "segment_ranking"])
SEGMENT_CRITERIA = AssetKey([MODEL, "segment_criteria"])
MVP_OUTLINE = AssetKey([MODEL, "mvp_outline"])
MVP_SETS = AssetKey([MODEL, "mvp_sets"])
MVP_USPS = AssetKey([MODEL, "mvp_usps"])
MVP_GAPS = AssetKey([MODEL, "mvp_gaps"])
REQUIREMENT_RESULTS = AssetKey([READINESS, "requirement_results"])
REQUIREMENT_CERTAINTY = AssetKey([READINESS, "requirement_certainty"])
GATE_CERTAINTY = AssetKey([READINESS, "gate_certainty"])
VERDICT_CERTAINTY = AssetKey([READINESS, "verdict_certainty"])
NEXT_EVIDENCE = AssetKey([READINESS, "next_evidence"])
GATES = AssetKey([READINESS, "gates"])
GATE_HISTORY = AssetKey([READINESS, "gate_history"])
VERDICT_HISTORY = AssetKey([READINESS, "verdict_history"])
VERDICT = AssetKey([READINESS, "verdict"])
RELEASE_CHANGES = AssetKey([REPORTS, "release_changes"])
RELEASE_CHECKS = AssetKey([REPORTS, "release_checks"])
RELEASE = AssetKey([REPORTS, "release"])
READINESS_REPORT = AssetKey([REPORTS, "readiness_report"])
LATEST = AssetKey([REPORTS, "latest"])


def layer_of(key: AssetKey) -> str:
    """Return the layer of `key`, its first part; a key without a known layer is a mistake."""
    layer = key.path[0]
    if layer not in LAYERS or len(key.path) != 2:
        raise ValueError(f"asset key {key.to_user_string()} is not <layer>/<name> with a layer of {', '.join(LAYERS)}")
    return layer


def evidence_key(table_key: str) -> AssetKey:
    """The file or folder that people edit."""
    return AssetKey([EVIDENCE, table_key])


def raw_key(table_key: str) -> AssetKey:
    """The table that it is loaded into."""
    return AssetKey([RAW, table_key])


def staging_key(table_key: str) -> AssetKey:
    """The view on a raw table that everything behind it reads."""
    return AssetKey([STAGING, f"stg_{table_key}"])


def mart_key(name: str) -> AssetKey:
    return AssetKey([MARTS, name])
