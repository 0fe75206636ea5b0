"""The models of the evidence tables.

Belongs here: what holds for every table, and rules that one table adds.
Does not belong here: how text becomes rows (`test_evidence_parsing.py`).
"""

from __future__ import annotations

import csv
from typing import Any

import pytest
from pydantic import ValidationError

from assets.evidence.model import Table
from assets.evidence.tables import ALL_TABLES, TABLES_BY_KEY
from tests.places import FROZEN

PUBLIC = FROZEN / "public"
EVERY_TABLE = pytest.mark.parametrize("table", ALL_TABLES, ids=lambda table: table.key)


def rows_of(key: str) -> list[dict[str, str]]:
    with (PUBLIC / TABLES_BY_KEY[key].path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def row_of(key: str, row_id: str) -> dict[str, Any]:
    """The filled cells of one public row."""
    (row,) = (row for row in rows_of(key) if row["id"] == row_id)
    return {name: cell for name, cell in row.items() if cell}


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
