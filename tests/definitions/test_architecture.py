"""The house: which room may know which is in the import contracts of pyproject.toml; these hold the contracts whole."""

from __future__ import annotations

import ast
import tomllib
from collections import defaultdict
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[2]
PRODUCT = ("assets", "checks", "orchestration")
TOOLS: dict[str, Any] = tomllib.loads((PROJECT / "pyproject.toml").read_text())["tool"]
CONTRACTS: list[dict[str, Any]] = TOOLS["importlinter"]["contracts"]


def rooms(folder: str) -> set[str]:
    """Return the modules and packages in a folder, by their dotted names."""
    inside = (PROJECT / folder).iterdir()
    return {
        f"{folder.replace('/', '.')}.{path.stem}"
        for path in inside
        if (path.suffix == ".py" and path.stem != "__init__") or (path / "__init__.py").exists()
    }


def test_every_room_is_on_a_floor() -> None:
    floors = [name.strip() for layer in CONTRACTS[0]["layers"] for name in layer.split("|")]
    assert CONTRACTS[0]["type"] == "layers"
    assert sorted(floors) == sorted({"checks", *rooms("orchestration"), *rooms("assets")})


def test_no_contract_has_exceptions() -> None:
    assert [contract["name"] for contract in CONTRACTS if "ignore_imports" in contract] == []


def test_a_class_has_a_name_of_its_own() -> None:
    """Two things with one name are taken for each other by whoever reads one of them first."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in (file for folder in PRODUCT for file in (PROJECT / folder).rglob("*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef):
                found[node.name].append(str(path.relative_to(PROJECT)))
    assert {name: places for name, places in found.items() if len(places) > 1} == {}


def test_functions_that_nobody_can_follow_do_not_pass() -> None:
    assert "C901" in TOOLS["ruff"]["lint"]["select"]
    assert TOOLS["ruff"]["lint"]["mccabe"]["max-complexity"] <= 20
    ignored = {rule for rules in TOOLS["ruff"]["lint"]["per-file-ignores"].values() for rule in rules}
    assert {"C901", "C90", "C"} & {*TOOLS["ruff"]["lint"]["ignore"], *ignored} == set()


def test_resources_have_types() -> None:
    """What is asked of `context.resources` is of type Any: a method that is not there is found when it is called."""
    sources = [file for folder in PRODUCT for file in (PROJECT / folder).rglob("*.py")]
    asked = [str(path) for path in sources if "context.resources" in path.read_text(encoding="utf-8")]
    assert asked == []
