"""The models of the evidence tables, and the public pack against them.

Belongs here: what holds for every table, and rules that one table adds.
Does not belong here: how text becomes rows (`test_evidence_parsing.py`).
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from assets.evidence.model import Table
from assets.evidence.tables import ALL_TABLES, TABLES_BY_KEY

PUBLIC = Path(__file__).parents[2] / "evidence" / "public"
CSV_TABLES = [table for table in ALL_TABLES if table.kind == "csv" and not table.may_be_missing]
EVERY_TABLE = pytest.mark.parametrize("table", ALL_TABLES, ids=lambda table: table.key)
EVERY_CSV_TABLE = pytest.mark.parametrize("table", CSV_TABLES, ids=lambda table: table.key)

ROWS = {
    "benchmarks__archive_columns": 11,
    "benchmarks__archive_notes": 68,
    "benchmarks__archive_query_shapes": 11,
    "benchmarks__archive_retention_policies": 3,
    "benchmarks__archive_schema_versions": 8,
    "benchmarks__latency_targets": 6,
    "benchmarks__measurements": 4565,
    "benchmarks__network_results": 115,
    "benchmarks__postgres_results": 173,
    "benchmarks__runs": 1,
    "costs__assumptions": 17,
    "costs__node_requirements": 55,
    "costs__reality_figures": 30,
    "costs__rln_parameters": 46,
    "costs__rpc_usage": 34,
    "costs__workload_parameters": 67,
    "interviews__signals": 23,
    "interviews__tags": 24,
    "pricing__chain_fees": 97,
    "pricing__compute_offers": 156,
    "pricing__exchange_rates": 3,
    "pricing__managed_postgres_offers": 34,
    "pricing__messaging_alternatives": 59,
    "pricing__rpc_method_credits": 108,
    "pricing__rpc_plans": 23,
    "pricing__storage_and_egress_prices": 73,
    "readiness__gate_requirements": 33,
    "readiness__gates": 17,
    "readiness__milestones": 3,
    "roadmap__deliverable_states": 114,
    "roadmap__deliverables": 54,
    "roadmap__milestone_progress": 37,
    "roadmap__milestone_values": 34,
    "roadmap__requirement_completion": 90,
    "segments__competitors": 26,
    "segments__integrations": 13,
    "segments__market_sizes": 41,
    "segments__problems": 18,
    "segments__rules": 20,
    "segments__segments": 17,
    "segments__usp_evidence": 42,
    "segments__usp_states": 30,
    "segments__usps": 14,
}
"""Rows of the public pack on 2026-11-23. It may grow; it may not shrink unnoticed."""


def rows_of(key: str) -> list[dict[str, str]]:
    with (PUBLIC / TABLES_BY_KEY[key].path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def row_of(key: str, row_id: str) -> dict[str, Any]:
    """The filled cells of one public row."""
    (row,) = (row for row in rows_of(key) if row["id"] == row_id)
    return {name: cell for name, cell in row.items() if cell}


def referred(row: dict[str, str], column: str) -> list[str]:
    return [part.strip() for part in row[column].split(";") if part.strip()]


def test_tables_are_sorted_and_keys_are_unique() -> None:
    keys = [table.key for table in ALL_TABLES]
    assert keys == sorted(set(keys))
    assert list(TABLES_BY_KEY) == keys


@EVERY_TABLE
def test_every_column_is_described(table: Table) -> None:
    assert [name for name, info in table.model.model_fields.items() if not info.description] == []


@EVERY_TABLE
def test_value_columns_are_columns(table: Table) -> None:
    assert set(table.model.value_columns) <= set(table.columns())


@EVERY_TABLE
def test_references_name_a_table(table: Table) -> None:
    assert {reference.table for reference in table.references().values()} <= set(TABLES_BY_KEY)


def test_row_counts_cover_every_csv_table() -> None:
    assert set(ROWS) == {table.key for table in CSV_TABLES}


@EVERY_CSV_TABLE
def test_the_public_pack_has_lost_no_row(table: Table) -> None:
    assert len(rows_of(table.key)) >= ROWS[table.key]


@EVERY_CSV_TABLE
def test_public_header_is_id_then_own_columns_then_common_ones(table: Table) -> None:
    header = list(rows_of(table.key)[0])
    assert set(header) == set(table.columns())
    assert header[0] == "id"
    assert header[-5:] == ["source", "as_of", "as_of_basis", "grade", "note"]


@EVERY_CSV_TABLE
def test_public_rows_are_valid_and_ids_unique(table: Table) -> None:
    rows = rows_of(table.key)
    for row in rows:
        table.model.model_validate({name: cell for name, cell in row.items() if cell})
    assert len({row["id"] for row in rows}) == len(rows)


@EVERY_CSV_TABLE
def test_public_references_resolve(table: Table) -> None:
    for column, reference in table.references().items():
        known = {row["id"] for row in rows_of(reference.table)} | set(reference.besides)
        dangling = [(row["id"], value) for row in rows_of(table.key) for value in referred(row, column)]
        assert [(row_id, value) for row_id, value in dangling if value not in known] == []


@EVERY_CSV_TABLE
def test_public_files_are_utf8_with_line_feeds(table: Table) -> None:
    content = (PUBLIC / table.path).read_bytes()
    assert b"\r" not in content
    assert content.decode("utf-8").endswith("\n")


def test_open_questions_of_the_public_pack() -> None:
    counts = {key: sum(row["grade"] == "not_found" for row in rows_of(key)) for key in ROWS}
    assert {key: count for key, count in counts.items() if count} == {
        "benchmarks__postgres_results": 1,
        "costs__reality_figures": 2,
        "costs__rpc_usage": 1,
        "costs__workload_parameters": 3,
        "roadmap__milestone_progress": 9,
        "roadmap__requirement_completion": 25,
    }


def test_a_compute_price_is_identified_by_offer_and_date() -> None:
    rows = rows_of("pricing__compute_offers")
    assert len({(row["provider"], row["region"], row["instance_type"], row["as_of"]) for row in rows}) == len(rows)


def test_interview_segments_are_those_the_reports_name() -> None:
    rows = [row for row in rows_of("roadmap__milestone_progress") if row["metric"] == "interviews_held_cumulative"]
    assert [(row["observed_on"], row["value"], row["segment_ids"]) for row in rows] == [
        ("2024-10-14", "1", "zk_identity"),
        ("2024-11-04", "2", "zk_identity;gaming"),
    ]


def test_gate_thresholds() -> None:
    columns = ("comparison", "threshold", "threshold_high", "tolerance")
    assert {
        (row["gate_id"], row["metric"]): tuple(row[column] for column in columns)
        for row in rows_of("readiness__gate_requirements")
    } == {
        ("cost", "cells_estimated"): ("at_least", "8", "", ""),
        ("cost", "postgres_phase_2_results"): ("at_least", "1", "", ""),
        ("whitepaper", "whitepapers"): ("at_least", "1", "", ""),
        ("whitepaper", "pages"): ("within", "15", "", "2"),
        ("usps", "register_entries"): ("at_least", "1", "", ""),
        ("usps", "validation_matrix"): ("at_least", "1", "", ""),
        ("usps", "usps_named_on_site"): ("all", "", "", ""),
        ("target_customers", "segments_identified"): ("at_least", "5", "", "1"),
        ("target_customers", "segments_fully_captured"): ("at_least", "5", "", "1"),
        ("target_customers", "segment_documents"): ("at_least", "1", "", ""),
        ("target_customers", "crm_organisations_with_segment"): ("at_least", "1", "", ""),
        ("interviews", "interviews_held"): ("at_least", "10", "", "2"),
        ("interviews", "interview_segments"): ("at_least", "5", "", "1"),
        ("interviews", "interview_questions"): ("at_least", "5", "", "1"),
        ("interviews", "interviews_captured"): ("at_least", "1", "", ""),
        ("interviews", "segment_reviews"): ("at_least", "1", "", ""),
        ("codesign", "sessions_held"): ("between", "3", "4", ""),
        ("codesign", "sessions_at_devcon_2024"): ("between", "3", "4", ""),
        ("codesign", "sessions_with_engineer"): ("between", "3", "4", ""),
        ("mvp_review", "mvp_outlines"): ("at_least", "1", "", ""),
        ("mvp_review", "mvp_gaps"): ("at_least", "1", "", ""),
        ("mvp_review", "mvp_customers_told"): ("at_least", "1", "", ""),
        ("rln_v2", "rln_v2_deliveries"): ("at_least", "1", "", ""),
        ("rln_parameters", "rln_parameter_reviews"): ("at_least", "1", "", ""),
        ("rln_light_push", "rln_light_push_protocols"): ("at_least", "1", "", ""),
        ("rln_contract", "rln_contracts"): ("at_least", "1", "", ""),
        ("rln_audit", "rln_audits"): ("at_least", "1", "", ""),
        ("rln_on_l2", "rln_mainnet_deployments"): ("at_least", "1", "", ""),
        ("rln_web_app", "rln_web_apps"): ("at_least", "1", "", ""),
        ("first_customers", "customers_counted"): ("at_least", "10", "", ""),
        ("qualified_leads", "leads_in_solution_engineering"): ("between", "5", "10", ""),
        ("review_integrations", "integration_reviews"): ("at_least", "1", "", ""),
        ("review_integrations", "customers_told_of_rln"): ("at_least", "1", "", ""),
    }


def test_the_milestone_of_the_project_is_the_default_one() -> None:
    defaults = [row["id"] for row in rows_of("readiness__milestones") if row["is_default"] == "true"]
    assert defaults == ["demonstrate_product_market_fit"]


def test_gates_of_the_milestone_are_called_like_their_deliverables() -> None:
    titles = {row["id"]: row["title"] for row in rows_of("roadmap__deliverables")}
    for row in rows_of("readiness__gates"):
        if row["milestone_id"] == "demonstrate_product_market_fit":
            assert row["title"] == titles[row["deliverable_id"]]


def test_every_requirement_holds_from_the_day_of_the_milestone_and_declares_an_age_with_a_note() -> None:
    for row in rows_of("readiness__gate_requirements"):
        assert row["holds_from"] == "2024-09-07", row["id"]
        assert f"Stale after {row['stale_after_days']} days" in row["note"], row["id"]
        assert not row["tolerance"] or "tolerance" in row["note"], row["id"]


def test_every_deliverable_has_a_history_that_begins_with_its_plan() -> None:
    states: dict[str, list[str]] = {}
    for row in rows_of("roadmap__deliverable_states"):
        states.setdefault(row["deliverable_id"], []).append(row["as_of"])
    for row in rows_of("roadmap__deliverables"):
        assert row["as_of"] in states[row["id"]] or row["as_of"] > min(states[row["id"]]), row["id"]


def test_states_of_the_named_input() -> None:
    rows = [row for row in rows_of("roadmap__deliverable_states") if row["deliverable_id"] == "postgres_opt_phase_2"]
    assert [(row["as_of"], row["status"], row["basis"]) for row in rows] == [
        ("2024-09-25", "planned", "reported"),
        ("2024-10-06", "planned", "reported"),
        ("2025-06-16", "unknown", "judged"),
    ]


@pytest.mark.parametrize(
    ("key", "row_id", "change", "message"),
    [
        ("pricing__compute_offers", "hetzner_cloud_fsn1_cx23", {"currency": "eur"}, "'USD' or 'EUR'"),
        ("pricing__compute_offers", "hetzner_cloud_fsn1_cx23", {"price_per_month": "-1"}, "greater than"),
        (
            "pricing__storage_and_egress_prices",
            "hetzner_cloud_eu_server_backup",
            {"currency": "EUR"},
            "currency is empty",
        ),
        (
            "benchmarks__network_results",
            "dst_propagation_churn_propagation_max",
            {"unit": "seconds"},
            "Input should be",
        ),
        ("benchmarks__postgres_results", "adoption_insert_burst_duration", {"grade": "not_found"}, "value has a value"),
        ("costs__rln_parameters", "gas_register_call", {"value_high": "100000"}, "value_low 200000 is above"),
        ("costs__workload_parameters", "community_message_rate", {"low": "2"}, "not in ascending order"),
        (
            "costs__workload_parameters",
            "railgun_broadcasters_online",
            {"grade": "published"},
            "grade the row not_found",
        ),
        ("readiness__gate_requirements", "whitepaper_pages", {"comparison": "between"}, "leave it empty"),
        ("readiness__gate_requirements", "usps_register_entries", {"comparison": "within"}, "needs a tolerance"),
        ("readiness__gate_requirements", "usps_register_entries", {"comparison": "all"}, "leave threshold empty"),
        ("readiness__gate_requirements", "usps_register_entries", {"threshold_high": "2"}, "empty for the others"),
        ("readiness__gate_requirements", "codesign_sessions_held", {"threshold_high": "2"}, "is below threshold"),
        ("readiness__gate_requirements", "usps_register_entries", {"grade": "not_found"}, "threshold is filled"),
        ("readiness__gate_requirements", "usps_register_entries", {"holds_from": "2024-09-08"}, "is after as_of"),
        ("roadmap__deliverable_states", "whitepaper_2025_07_30", {"actual_value": "0"}, "leave actual_value empty"),
        ("roadmap__deliverable_states", "whitepaper_2025_07_30", {"grade": "published"}, "has grade estimated"),
    ],
)
def test_a_mistake_in_a_row_is_an_error(key: str, row_id: str, change: dict[str, str], message: str) -> None:
    model = TABLES_BY_KEY[key].model
    row = row_of(key, row_id)
    model.model_validate(row)
    with pytest.raises(ValidationError, match=message):
        model.model_validate(row | change)
