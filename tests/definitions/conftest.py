"""The project as Dagster sees it. A parse of the dbt project takes 10 s, so that all workers of a session share one."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.definitions.assets.graph.asset_graph import AssetGraph

from orchestration.dbt import prepare_manifest
from orchestration.definitions import build_definitions
from orchestration.settings import Settings
from tests.conftest import COMMON_FOLDER


@pytest.fixture(scope="session")
def state() -> Path:
    """A state folder in which the dbt project has been parsed."""
    folder = Path(os.environ[COMMON_FOLDER])
    folder.mkdir(mode=0o711, exist_ok=True)
    with (folder / "definitions.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        prepare_manifest(Settings.from_environment({"WAKU_FIT_STATE_DIR": str(folder / "definitions")}))
    return folder / "definitions"


@pytest.fixture(scope="session")
def definitions(state: Path) -> dg.Definitions:
    return build_definitions(Settings.from_environment({"WAKU_FIT_STATE_DIR": str(state)}))


@pytest.fixture(scope="session")
def graph(definitions: dg.Definitions) -> AssetGraph:
    return definitions.resolve_asset_graph()
