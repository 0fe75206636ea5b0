"""The dbt project, parsed once: what dbt itself makes of it, without a database."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

PROJECT = Path(__file__).parents[2] / "dbt_project"


@pytest.fixture(scope="session")
def project(parsed_state: Path) -> Path:
    """The folder of the dbt project, with the files that are written before it is parsed."""
    return PROJECT


@pytest.fixture(scope="session")
def manifest(parsed_state: Path) -> Mapping[str, Any]:
    """The parsed project."""
    parsed_project: Mapping[str, Any] = json.loads((parsed_state / "dbt" / "manifest.json").read_text())
    return parsed_project


@pytest.fixture(scope="session")
def models(manifest: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    """The models by name."""
    return {node["name"]: node for node in manifest["nodes"].values() if node["resource_type"] == "model"}


@pytest.fixture(scope="session")
def data_tests(manifest: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The generic tests."""
    tests = [node for node in manifest["nodes"].values() if node["resource_type"] == "test"]
    return [test for test in tests if test.get("test_metadata")]
