"""The dbt project, parsed once: what dbt itself makes of it, without a database."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

PROJECT = Path(__file__).parents[2] / "dbt_project"
PROFILE = {
    "WAKU_FIT_DBT_HOST": "nowhere",
    "WAKU_FIT_DBT_PORT": "5432",
    "WAKU_FIT_DBT_USER": "nobody",
    "WAKU_FIT_DBT_PASSWORD": "",
    "WAKU_FIT_DBT_DATABASE": "nothing",
}


@pytest.fixture(scope="session")
def project() -> Path:
    """The folder of the dbt project."""
    return PROJECT


@pytest.fixture(scope="session")
def parsed(tmp_path_factory: pytest.TempPathFactory) -> tuple[subprocess.CompletedProcess[str], Path]:
    """What `dbt parse` said with each warning taken as an error, and the folder that it wrote to."""
    target = tmp_path_factory.mktemp("dbt")
    command = [str(Path(sys.executable).parent / "dbt"), "--warn-error", "parse", "--profiles-dir", str(PROJECT)]
    done = subprocess.run(
        [*command, "--target-path", str(target), "--log-path", str(target)],
        cwd=PROJECT,
        env={**os.environ, **PROFILE, "DO_NOT_TRACK": "1", "DBT_USE_COLORS": "false"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done, target


@pytest.fixture(scope="session")
def manifest(parsed: tuple[subprocess.CompletedProcess[str], Path]) -> Mapping[str, Any]:
    """The parsed project."""
    done, target = parsed
    if done.returncode != 0:
        pytest.fail(f"dbt parse: {done.stdout}{done.stderr}")
    parsed_project: Mapping[str, Any] = json.loads((target / "manifest.json").read_text())
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
