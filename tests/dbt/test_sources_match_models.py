"""Where the dbt project repeats what the pydantic models of the evidence say, both must say the same."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from assets.evidence.model import GRADE_ORDER, PROVENANCE, PROVENANCE_COMMENTS, SCOPE, StandingRow, Table
from assets.evidence.packs import LIVE_PRICES
from assets.evidence.tables import ALL_TABLES, TABLES_BY_KEY

EVERY_TABLE = pytest.mark.parametrize("table", ALL_TABLES, ids=lambda table: table.key)
GRADES = ["measured", "published", "estimated", "illustrative", "not_found"]


def _renamed(sql: str) -> dict[str, str]:
    """Map each column that a staging model gives to the column that it reads, as far as a consent covers it."""
    lines = sql.split("renamed as (")[1].split("from source")[0].splitlines()
    columns = [re.fullmatch(r"\s+(\w+)(?: as (\w+))?,?", line) for line in lines if line.strip() not in ("", "select")]
    return {match[2] or match[1]: match[1].removeprefix("consented_") for match in columns if match}


def _listed_tables(project: Path) -> dict[str, dict[str, Any]]:
    """Read the list that `evidence_tables` returns."""
    text = (project / "macros" / "evidence_tables.sql").read_text()
    rows = ast.literal_eval(text.split("return(")[1].split(")")[0].strip())
    return {row["key"]: row for row in rows}


@pytest.fixture(scope="module")
def sources(manifest: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    """The raw tables that dbt knows, by name."""
    return {source["name"]: source for source in manifest["sources"].values() if source["schema"] == "raw"}


def test_every_table_is_a_source_and_a_staging_model(
    sources: Mapping[str, Any], models: Mapping[str, Mapping[str, Any]]
) -> None:
    tables = {table.key for table in ALL_TABLES}
    assert set(sources) == tables | {"evidence_scope"}
    assert {name for name in models if name.startswith("stg_")} == {f"stg_{key}" for key in tables} | {
        "stg_evidence__scope"
    }


def test_the_scope_of_a_load_is_a_source(sources: Mapping[str, Mapping[str, Any]]) -> None:
    columns = sources["evidence_scope"]["columns"].values()
    assert {column["name"]: column["data_type"] for column in columns} == SCOPE


@EVERY_TABLE
def test_a_source_has_the_columns_of_its_model(table: Table, sources: Mapping[str, Mapping[str, Any]]) -> None:
    source = sources[table.key]
    documented = {column["name"]: column["data_type"] for column in source["columns"].values()}
    assert documented == table.columns() | PROVENANCE
    assert list(documented) == [*table.columns(), *PROVENANCE]


@EVERY_TABLE
def test_a_source_is_described_as_its_model_is(table: Table, sources: Mapping[str, Mapping[str, Any]]) -> None:
    source = sources[table.key]
    assert source["description"] == " ".join((inspect.getdoc(table.model) or "").split())
    described = {name: column["description"] for name, column in source["columns"].items()}
    assert described == {n: i.description for n, i in table.model.model_fields.items()} | PROVENANCE_COMMENTS


@EVERY_TABLE
def test_a_staging_model_reads_its_table_as_known_on_the_date(table: Table, project: Path) -> None:
    sql = (project / "models" / "staging" / f"stg_{table.key}.sql").read_text()
    standing = ", is_standing=True" if issubclass(table.model, StandingRow) else ""
    assert f"{{{{ as_known_on(source('raw', '{table.key}'){standing}) }}}}" in sql


@EVERY_TABLE
def test_a_staging_model_passes_every_column_on(
    table: Table, project: Path, models: Mapping[str, Mapping[str, Any]]
) -> None:
    renamed = _renamed((project / "models" / "staging" / f"stg_{table.key}.sql").read_text())
    assert set(renamed.values()) == set(table.columns()) | set(PROVENANCE)
    assert list(models[f"stg_{table.key}"]["columns"]) == list(renamed)


@EVERY_TABLE
def test_every_reference_of_a_model_is_a_test_of_its_staging_model(
    table: Table, data_tests: list[Mapping[str, Any]]
) -> None:
    tested = {
        test["test_metadata"]["kwargs"]["column_name"]: test["test_metadata"]["kwargs"]["to"]
        for test in data_tests
        if test["attached_node"] == f"model.waku_fit.stg_{table.key}"
        and test["test_metadata"]["name"] in ("relationships", "each_relates_to")
    }
    assert tested == {column: f"source('raw', '{to.table}')" for column, to in table.references().items()}


@EVERY_TABLE
def test_ids_and_grades_of_every_staging_model_are_tested(
    table: Table, project: Path, data_tests: list[Mapping[str, Any]]
) -> None:
    renamed = _renamed((project / "models" / "staging" / f"stg_{table.key}.sql").read_text())
    own = {column: name for name, column in renamed.items()}["id"]
    of_model = [t["test_metadata"] for t in data_tests if t["attached_node"] == f"model.waku_fit.stg_{table.key}"]
    assert {t["name"] for t in of_model if t["kwargs"]["column_name"] == own} == {"not_null", "unique"}
    (grades,) = [t["kwargs"]["values"] for t in of_model if t["name"] == "accepted_values"]
    assert grades == GRADES


def test_the_grades_rank_alike_in_sql_and_python(project: Path) -> None:
    macro = (project / "macros" / "grades.sql").read_text()
    order = re.search(r"macro grade_order\(\) -%}\narray(\[.*\])", macro)
    assert order is not None
    assert ast.literal_eval(order[1]) == GRADES == [str(grade) for grade in GRADE_ORDER]


def test_the_list_of_tables_is_complete(project: Path) -> None:
    listed = _listed_tables(project)
    assert {key: row["title"] for key, row in listed.items()} == {table.key: table.title for table in ALL_TABLES}


def test_the_list_of_tables_knows_which_rows_hold_from_a_day_of_their_own(project: Path) -> None:
    listed = {key for key, row in _listed_tables(project).items() if row.get("is_standing")}
    assert listed == {table.key for table in ALL_TABLES if issubclass(table.model, StandingRow)}


def test_what_a_row_is_about_is_said_by_columns_of_its_staging_model(
    project: Path, models: Mapping[str, Mapping[str, Any]]
) -> None:
    for key, row in _listed_tables(project).items():
        assert set(row["subject"]) <= set(models[f"stg_{key}"]["columns"]), key


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
