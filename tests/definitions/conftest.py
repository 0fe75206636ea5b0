"""The project as Dagster sees it."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import pytest
from dagster._core.definitions.assets.graph.asset_graph import AssetGraph

from orchestration.definitions import build_definitions
from orchestration.settings import Settings


@pytest.fixture(scope="session")
def definitions(parsed_state: Path) -> dg.Definitions:
    return build_definitions(Settings.from_environment({"WAKU_FIT_STATE_DIR": str(parsed_state)}))


@pytest.fixture(scope="session")
def graph(definitions: dg.Definitions) -> AssetGraph:
    return definitions.resolve_asset_graph()
