"""The code behind each dbt model: what is made, what tests it, and the macros that both call.

Belongs here: which parts of a parsed project are behind a model. Does not belong here: files, Dagster.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from orchestration.staleness.source_code import named

OWN = "waku_fit"
MODEL = ("raw_code", "config", "columns", "constraints", "description", "contract")
"""Of a model all that ends up in the database: its rows, its constraints, and its descriptions as comments."""
TEST = ("name", "raw_code", "config", "test_metadata")

Node = Mapping[str, Any]


def model_versions(manifest: Mapping[str, Any], libraries: Mapping[str, str]) -> dict[str, str]:
    """Map the unique id of each model to a name for its code.

    `libraries` are those of dbt, whose own macros count as part of them.
    """
    macros: Mapping[str, Node] = manifest["macros"]
    everywhere = _closure(macros, _overriding(macros))
    tests: dict[str, list[Node]] = {}
    for test in manifest["nodes"].values():
        if test["resource_type"] == "test":
            for model in tested_by(test):
                tests.setdefault(model, []).append(test)

    def code_of(node: Node, parts: Iterable[str]) -> list[Any]:
        called = {*everywhere, *_closure(macros, node["depends_on"]["macros"])}
        return [[node.get(part) for part in parts], [[name, macros[name]["macro_sql"]] for name in sorted(called)]]

    return {
        name: named(
            libraries,
            code_of(node, MODEL),
            [code_of(test, TEST) for test in sorted(tests.get(name, ()), key=lambda test: str(test["unique_id"]))],
        )
        for name, node in manifest["nodes"].items()
        if node["resource_type"] == "model"
    }


def tested_by(test: Node) -> list[str]:
    """Return the models that a test is a check of: as Dagster shows it, or all of a test that it does not show."""
    nodes = [node for node in test["depends_on"]["nodes"] if node.startswith("model.")]
    shown_at = test["config"].get("meta", {}).get("dagster", {}).get("ref", {}).get("name")
    if shown_at:
        return [f"model.{OWN}.{shown_at}"]
    return [test["attached_node"]] if test.get("attached_node") in nodes else nodes


def _overriding(macros: Mapping[str, Node]) -> Iterator[str]:
    """Yield our macros that dbt calls in place of its own, whatever it builds."""
    theirs = {macro["name"].rpartition("__")[2] for macro in macros.values() if macro["package_name"] != OWN}
    for name, macro in macros.items():
        if macro["package_name"] == OWN and macro["name"].rpartition("__")[2] in theirs:
            yield name


def _closure(macros: Mapping[str, Node], called: Iterable[str]) -> set[str]:
    """Return our macros among `called` and what they call, in turn, also by way of dbt's own."""
    seen: set[str] = set()
    queue = list(called)
    while queue:
        name = queue.pop()
        if name in seen or name not in macros:
            continue
        seen.add(name)
        queue += macros[name]["depends_on"]["macros"]
    return {name for name in seen if macros[name]["package_name"] == OWN}
