"""Where what is written by hand in the dbt project repeats the pydantic models of the evidence, both must say the same.

What follows from the models is in `tests/unit/test_dbt_files.py`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from assets.evidence.model import GRADE_ORDER, PROVENANCE, Table
from assets.evidence.packs import LIVE_PRICES
from assets.evidence.tables import ALL_TABLES, TABLES_BY_KEY

UNDER_CONSENT = [table for table in ALL_TABLES if table.is_under_consent]


def _renamed(sql: str) -> dict[str, str]:
    """Map each column that a staging model gives to the column that it reads, as far as a consent covers it."""
    lines = sql.split("renamed as (")[1].split("from source")[0].splitlines()
    columns = [re.fullmatch(r"\s+(\w+)(?: as (\w+))?,?", line) for line in lines if line.strip() not in ("", "select")]
    return {match[2] or match[1]: match[1].removeprefix("consented_") for match in columns if match}


def test_every_table_is_a_staging_model(models: Mapping[str, Mapping[str, Any]]) -> None:
    staging = {name for name in models if name.startswith("stg_")}
    assert staging == {f"stg_{table.key}" for table in ALL_TABLES} | {"stg_evidence__scope"}


@pytest.mark.parametrize("table", UNDER_CONSENT, ids=lambda table: table.key)
def test_a_staging_model_with_consent_passes_every_column_on_that_was_known_on_the_date(
    table: Table, project: Path, models: Mapping[str, Mapping[str, Any]]
) -> None:
    sql = (project / "models" / "staging" / f"stg_{table.key}.sql").read_text()
    assert f"{{{{ as_known_on(source('raw', '{table.key}')) }}}}" in sql
    assert not table.is_standing
    renamed = _renamed(sql)
    assert set(renamed.values()) == set(table.columns()) | set(PROVENANCE)
    assert set(models[f"stg_{table.key}"]["columns"]) == set(renamed)


def test_the_grades_rank_alike_in_sql_and_python(project: Path) -> None:
    macro = (project / "macros" / "grades.sql").read_text()
    order = re.search(r"macro grade_order\(\) -%}\narray(\[.*\])", macro)
    assert order is not None
    assert ast.literal_eval(order[1]) == [str(grade) for grade in GRADE_ORDER]


@pytest.mark.parametrize("mart", ["evidence_index", "open_questions"])
def test_no_table_of_evidence_is_left_out_of(mart: str, models: Mapping[str, Mapping[str, Any]]) -> None:
    staging = {model["unique_id"] for name, model in models.items() if name.startswith("stg_")}
    scope = {"model.waku_fit.stg_evidence__scope"}
    assert set(models[mart]["depends_on"]["nodes"]) - scope == staging - scope


def test_the_mart_of_scenarios_has_the_columns_of_the_document(models: Mapping[str, Mapping[str, Any]]) -> None:
    mart = {column["name"]: column["data_type"] for column in models["scenarios"]["columns"].values()}
    document = TABLES_BY_KEY["costs__scenarios"].columns()
    assert mart == {"scenario_id": document.pop("id"), **document, "evidence_ids": "text[]"}


def test_the_pack_of_refreshed_prices_is_called_alike_in_sql_and_python(project: Path) -> None:
    sql = (project / "models" / "marts" / "price_dates.sql").read_text()
    assert f"case when pack = '{LIVE_PRICES}' then 'live'" in sql
