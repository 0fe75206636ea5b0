"""What of a parsed dbt project is behind a model: its own text, its tests, the macros of both, dbt."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from orchestration.transforms.dbt_code import model_versions

Manifest = dict[str, Any]


def node(kind: str, name: str, macros: tuple[str, ...] = (), nodes: tuple[str, ...] = (), **more: Any) -> Manifest:
    depends_on = {"macros": list(macros), "nodes": list(nodes)}
    return {"resource_type": kind, "unique_id": f"{kind}.waku_fit.{name}", "name": name, "raw_code": f"{kind} {name}",
            "config": {"severity": "error"}, "depends_on": depends_on, "created_at": 1.0, **more}  # fmt: skip


def macro(name: str, package: str = "waku_fit", calls: tuple[str, ...] = ()) -> Manifest:
    return {"name": name, "package_name": package, "macro_sql": f"macro {name}", "depends_on": {"macros": list(calls)}}


A, B, C = (f"model.waku_fit.{name}" for name in "abc")
UNIQUE = {"name": "unique", "kwargs": {"column_name": "id"}}
MANIFEST: Manifest = {
    "nodes": {
        item["unique_id"]: item
        for item in (
            node("model", "a", ("macro.waku_fit.weakest",), columns={"id": {"data_type": "text"}}, constraints=[]),
            node("model", "b", (), (A,)),
            node("model", "c", (), (B,)),
            node("test", "unique_a_id", ("macro.dbt.test_unique",), (A,), attached_node=A, test_metadata=UNIQUE),
            node("test", "relates_b", ("macro.waku_fit.test_relates",), (A, B), attached_node=B),
            node("test", "singular_c", (), (C,)),
            node("test", "shown_at_b", (), (A, B), config={"meta": {"dagster": {"ref": {"name": "b"}}}}),
            node("test", "of_both", (), (B, C)),
        )
    },
    "macros": {
        "macro.waku_fit.weakest": macro("weakest", calls=("macro.dbt.helper",)),
        "macro.dbt.helper": macro("helper", "dbt", calls=("macro.waku_fit.order",)),
        "macro.waku_fit.order": macro("order"),
        "macro.waku_fit.test_relates": macro("test_relates"),
        "macro.waku_fit.unused": macro("unused"),
        "macro.dbt.generate_schema_name": macro("generate_schema_name", "dbt"),
        "macro.waku_fit.generate_schema_name": macro("generate_schema_name"),
        "macro.waku_fit.postgres__get_columns": macro("postgres__get_columns"),
        "macro.dbt_postgres.postgres__get_columns": macro("postgres__get_columns", "dbt_postgres"),
        "macro.dbt.test_unique": macro("test_unique", "dbt"),
    },
}


def changed(change: Callable[[Manifest], object]) -> set[str]:
    """The models whose code is another one after `change`."""
    edited = copy.deepcopy(MANIFEST)
    change(edited)
    before, after = model_versions(MANIFEST, {"dbt-core": "1"}), model_versions(edited, {"dbt-core": "1"})
    return {name.rpartition(".")[2] for name in before if before[name] != after[name]}


def edit(kind: str, name: str, **values: Any) -> Callable[[Manifest], object]:
    return lambda manifest: manifest["nodes"][f"{kind}.waku_fit.{name}"].update(values)


def edit_macro(name: str) -> Callable[[Manifest], object]:
    return lambda manifest: manifest["macros"][f"macro.{name}"].update(macro_sql="another")


@pytest.mark.parametrize(
    ("change", "models"),
    [
        (edit("model", "b", raw_code="another"), "b"),
        (edit("model", "a", columns={"id": {"data_type": "bigint"}}), "a"),
        (edit("model", "a", constraints=[{"expression": "id is not null"}]), "a"),
        (edit("model", "c", description="said in the database"), "c"),
        (edit("model", "a", created_at=2.0), ""),
        # generic tests, where they are attached; singular ones, where Dagster shows them, or at all that they read
        (edit("test", "unique_a_id", test_metadata={**UNIQUE, "kwargs": {"column_name": "name"}}), "a"),
        (edit("test", "relates_b", config={"severity": "warn"}), "b"),
        (edit("test", "singular_c", raw_code="another"), "c"),
        (edit("test", "shown_at_b", raw_code="another"), "b"),
        (edit("test", "of_both", raw_code="another"), "bc"),
        (lambda manifest: manifest["nodes"].pop("test.waku_fit.unique_a_id"), "a"),
        (edit_macro("waku_fit.weakest"), "a"),
        (edit_macro("waku_fit.order"), "a"),
        (edit_macro("waku_fit.test_relates"), "b"),
        (edit_macro("waku_fit.unused"), ""),
        # what dbt calls in place of its own, whatever it builds
        (edit_macro("waku_fit.generate_schema_name"), "abc"),
        (edit_macro("waku_fit.postgres__get_columns"), "abc"),
        # those of dbt are a matter of its version
        (edit_macro("dbt.test_unique"), ""),
    ],
)
def test_a_change_is_one_of_the_models_that_it_is_behind(change: Callable[[Manifest], object], models: str) -> None:
    assert changed(change) == set(models)


def test_another_version_of_dbt_is_a_change_of_all() -> None:
    before, after = model_versions(MANIFEST, {"dbt-core": "1"}), model_versions(MANIFEST, {"dbt-core": "2"})
    assert all(before[name] != after[name] for name in (A, B, C))
