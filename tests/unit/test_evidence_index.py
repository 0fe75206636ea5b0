"""What a row of evidence says, of every table: the columns that its model names, and nothing of people beside them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from assets.evidence.index import INDEX_COLUMNS, Said, index_rows, said, stated_columns, value_columns
from assets.evidence.model import Table
from assets.evidence.tables import ALL_TABLES, TABLES_BY_KEY

UNPUBLISHED = {
    "interviews__answers",
    "interviews__interviews",
    "interviews__sessions",
    "segments__organisations",
}
"""Conversations themselves, and where an organisation stood once: the release has no table with their words."""


def row(table: Table, **values: Any) -> dict[str, Any]:
    return dict.fromkeys(stated_columns(table)) | values


@pytest.mark.parametrize("table", ALL_TABLES, ids=lambda table: table.key)
def test_a_statement_is_made_of_columns_of_its_table(table: Table) -> None:
    assert set(stated_columns(table)) <= set(table.model.model_fields)
    assert bool(value_columns(table)) == (table.key not in UNPUBLISHED)


def test_of_what_people_said_only_what_is_released_is_in_the_index() -> None:
    personal = {table.key: stated_columns(table) for table in ALL_TABLES if table.is_personal}
    assert personal == {
        **dict.fromkeys(UNPUBLISHED, ()),
        "interviews__findings": ("tag", "relation", "strength", "quote"),
        "interviews__signals": ("statement", "kind", "relation", "strength"),
    }


@pytest.mark.parametrize(
    ("key", "values", "expected"),
    [
        ("segments__rules", {"value": 2.0, "unit": "interviews", "title": "Needed"}, Said("2", "interviews", "Needed")),
        (
            "costs__assumptions",
            {"low": 0.5, "mid": 1.0, "high": 2.25, "unit": "factor", "title": "Backups"},
            Said("low 0.5; mid 1; high 2.25", "factor", "Backups"),
        ),
        (
            "pricing__compute_offers",
            {"price_per_month": 13.99, "currency": "EUR", "vcpus": 4.0, "memory_gib": 8.0},
            Said("vCPUs 4; memory GiB 8; price per month 13.99", "EUR", None),
        ),
        (
            "costs__rln_parameters",
            {"value": 20000.0, "value_low": 1e-05, "unit": "msg/epoch", "parameter": "rate", "condition": "all  of it"},
            Said("20000; low 1e-05", "msg/epoch", "parameter rate; all of it"),
        ),
        (
            "roadmap__milestone_progress",
            {"value": 0.0, "unit": "calls", "observed_on": date(2024, 9, 30), "segment_ids": ["a", "b"]},
            Said("0", "calls", "observed on 2024-09-30; segment ids a, b"),
        ),
        ("interviews__findings", {"tag": "cost", "quote": "It is dear"}, Said("cost", None, "It is dear")),
        # looked for and not found: there is no value, and so no unit
        ("segments__rules", {"unit": "interviews", "title": "Needed"}, Said(None, None, "Needed")),
    ],
)
def test_what_a_row_says(key: str, values: dict[str, Any], expected: Said) -> None:
    assert said(TABLES_BY_KEY[key], row(TABLES_BY_KEY[key], **values)) == expected


def test_the_index_has_statement_and_link_of_each_row() -> None:
    typed = dict.fromkeys(INDEX_COLUMNS) | {"evidence_id": "a/b", "source": "x/y c.md @1234567", "line": 7}
    silent = typed | {"evidence_id": "a/c", "source": None}
    rows = [
        dict(zip(INDEX_COLUMNS, values, strict=True))
        for values in index_rows([typed, silent], {"a/b": Said("2", "GB", "each")}, {})
    ]
    assert rows == [
        typed | {"value": "2", "unit": "GB", "condition": "each", "url": "https://github.com/x/y/blob/1234567/c.md"},
        silent,
    ]
