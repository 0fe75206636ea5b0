"""What makes a dbt model one to be built again: its own code and what it may call, nothing else."""

from typing import Any

from orchestration.transforms.dbt import LayeredTranslator


def macro(path: str, sql: str) -> dict[str, Any]:
    return {"package_name": "waku_fit", "path": path, "macro_sql": sql}


WRITTEN = {"macro.waku_fit.as_known_on": macro("macros/as_known_on.sql", "select")}
LISTED = {"macro.waku_fit.evidence_tables": macro("macros/generated/evidence_tables.sql", "ships")}
MACROS = WRITTEN | LISTED
VIEW = {"raw_code": "select 1", "config": {}, "depends_on": {"macros": ["macro.waku_fit.as_known_on"]}}
OVER_ALL_TABLES = {**VIEW, "depends_on": {"macros": ["macro.waku_fit.evidence_tables"]}}


def versions(macros: dict[str, Any], *models: dict[str, Any]) -> list[str]:
    translator = LayeredTranslator(macros)
    return [translator.get_code_version(model) for model in models]


def test_another_table_changes_only_the_models_over_all_tables() -> None:
    longer = WRITTEN | {"macro.waku_fit.evidence_tables": macro("macros/generated/evidence_tables.sql", "ships, yards")}
    view, over_all = versions(MACROS, VIEW, OVER_ALL_TABLES)
    assert versions(longer, VIEW) == [view]
    assert versions(longer, OVER_ALL_TABLES) != [over_all]


def test_a_macro_that_is_written_by_hand_changes_every_model() -> None:
    other = LISTED | {"macro.waku_fit.as_known_on": macro("macros/as_known_on.sql", "select distinct")}
    before, after = versions(MACROS, VIEW, OVER_ALL_TABLES), versions(other, VIEW, OVER_ALL_TABLES)
    assert not set(before) & set(after)


def test_the_code_of_a_view_is_its_sql_and_not_what_describes_it() -> None:
    assert versions(MACROS, {**VIEW, "raw_code": "select 2"}) != versions(MACROS, VIEW)
    assert versions(MACROS, {**VIEW, "description": "Ships", "columns": {"name": {}}}) == versions(MACROS, VIEW)
