"""What holds of the rows of the public pack, whatever is added to it."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from assets.evidence.model import Grade, Table
from assets.evidence.packs import Pack
from assets.evidence.read_packs import read_packs
from assets.evidence.tables import TABLES_BY_KEY
from tests.evidence.additions import PUBLIC_TABLES, Row
from tests.places import FROZEN

LAST_DAY = "2025-12-31"
"""Of the record that was searched through: what is stated of days up to it is stated here."""
DEFAULT = "demonstrate_product_market_fit"
MILESTONE = "2024-09-07"
MEASURED_AGAIN = ("benchmarks__runs", "benchmarks__measurements")
TODAY = date(2026, 12, 31)
CSV_TABLES = [table for table in PUBLIC_TABLES if table.kind == "csv"]
EVERY_CSV_TABLE = pytest.mark.parametrize("table", CSV_TABLES, ids=lambda table: table.key)


def rows_of(pack: Path, key: str) -> list[Row]:
    with (pack / TABLES_BY_KEY[key].path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def referred(row: Row, column: str) -> list[str]:
    return [part.strip() for part in row[column].split(";") if part.strip()]


def test_the_pack_has_no_mistake(public: Path) -> None:
    evidence = read_packs([Pack("public", public)], today=TODAY)
    assert evidence.problems == []
    assert all(evidence.records[table.key] for table in PUBLIC_TABLES)


@EVERY_CSV_TABLE
def test_no_row_is_lost(table: Table, public: Path) -> None:
    """The id of a row is never changed once it is published; an older pack is so a part of a newer one."""
    if table.key not in MEASURED_AGAIN:
        older = {row["id"] for row in rows_of(FROZEN / "public", table.key) if row["grade"] != Grade.ILLUSTRATIVE}
        assert older - {row["id"] for row in rows_of(public, table.key)} == set()


@EVERY_CSV_TABLE
def test_header_is_id_then_own_columns_then_common_ones(table: Table, public: Path) -> None:
    header = list(rows_of(public, table.key)[0])
    assert set(header) == set(table.columns())
    assert header[0] == "id"
    assert header[-5:] == ["source", "as_of", "as_of_basis", "grade", "note"]


@EVERY_CSV_TABLE
def test_rows_are_valid_and_ids_unique(table: Table, public: Path) -> None:
    rows = rows_of(public, table.key)
    for row in rows:
        table.model.model_validate({name: cell for name, cell in row.items() if cell})
    assert len({row["id"] for row in rows}) == len(rows)


@EVERY_CSV_TABLE
def test_references_resolve(table: Table, public: Path) -> None:
    for column, reference in table.references().items():
        known = {row["id"] for row in rows_of(public, reference.table)} | set(reference.besides)
        dangling = [(row["id"], value) for row in rows_of(public, table.key) for value in referred(row, column)]
        assert [(row_id, value) for row_id, value in dangling if value not in known] == []


@EVERY_CSV_TABLE
def test_files_are_utf8_with_line_feeds(table: Table, public: Path) -> None:
    content = (public / table.path).read_bytes()
    assert b"\r" not in content
    assert content.decode("utf-8").endswith("\n")


def test_a_compute_price_is_identified_by_offer_and_date(public: Path) -> None:
    rows = rows_of(public, "pricing__compute_offers")
    assert len({(row["provider"], row["region"], row["instance_type"], row["as_of"]) for row in rows}) == len(rows)


def test_interview_segments_are_those_the_reports_name(public: Path) -> None:
    rows = [
        row for row in rows_of(public, "roadmap__milestone_progress") if row["metric"] == "interviews_held_cumulative"
    ]
    rows = [row for row in rows if row["as_of"] <= LAST_DAY]
    assert [(row["observed_on"], row["value"], row["segment_ids"]) for row in rows] == [
        ("2024-10-14", "1", "zk_identity"),
        ("2024-11-04", "2", "zk_identity;gaming"),
    ]


def test_thresholds_of_the_milestone(public: Path) -> None:
    columns = ("comparison", "threshold", "threshold_high", "tolerance")
    milestones = {row["id"]: row["milestone_id"] for row in rows_of(public, "readiness__gates")}
    assert {
        (row["gate_id"], row["metric"]): tuple(row[column] for column in columns)
        for row in rows_of(public, "readiness__gate_requirements")
        if row["holds_from"] == MILESTONE and milestones[row["gate_id"]] == DEFAULT
    } == {
        ("cost", "cells_estimated"): ("at_least", "8", "", ""),
        ("cost", "cells_within_budget"): ("all", "", "", ""),
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
    }


def test_every_requirement_declares_an_age_with_a_note(public: Path) -> None:
    for row in rows_of(public, "readiness__gate_requirements"):
        assert f"Stale after {row['stale_after_days']} days" in row["note"], row["id"]
        assert not row["tolerance"] or "tolerance" in row["note"], row["id"]


def test_a_deliverable_with_a_history_has_one_that_begins_with_its_plan(public: Path) -> None:
    states: dict[str, list[str]] = {}
    for row in rows_of(public, "roadmap__deliverable_states"):
        states.setdefault(row["deliverable_id"], []).append(row["as_of"])
    for row in rows_of(public, "roadmap__deliverables"):
        days = states.get(row["id"], [])
        assert days or row["as_of"] > LAST_DAY, row["id"]
        assert not days or row["as_of"] in days or row["as_of"] > min(days), row["id"]


def test_states_of_the_named_input(public: Path) -> None:
    rows = [
        row for row in rows_of(public, "roadmap__deliverable_states") if row["deliverable_id"] == "postgres_opt_phase_2"
    ]
    rows = [row for row in rows if row["as_of"] <= LAST_DAY]
    assert [(row["as_of"], row["status"], row["basis"]) for row in rows] == [
        ("2024-09-25", "planned", "reported"),
        ("2024-10-06", "planned", "reported"),
        ("2025-06-16", "unknown", "judged"),
    ]
