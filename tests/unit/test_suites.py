"""Expectations of the raw evidence name columns that exist, as numbers where they bound one."""

from __future__ import annotations

import pytest

from assets.evidence.tables import TABLES_BY_KEY
from checks.suites import BOUNDS, SUITES

LOADED = {"evidence_id", "pack", "file", "line"}


@pytest.mark.parametrize("table", sorted(SUITES))
def test_every_expectation_names_a_column_of_its_table(table: str) -> None:
    columns = set(TABLES_BY_KEY[table].model.model_fields) | LOADED
    assert {str(expectation.arguments["column"]) for expectation in SUITES[table]} <= columns


def test_every_table_has_a_suite_and_every_bound_a_table() -> None:
    assert set(SUITES) == set(TABLES_BY_KEY)
    assert set(BOUNDS) <= set(SUITES)
