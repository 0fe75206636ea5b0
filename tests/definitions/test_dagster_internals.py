"""What is used of Dagster and is not public: in one module, and as it was when that module was written."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage
from dagster._core.workspace.load import location_origins_from_yaml_paths

from orchestration.dagster_internals import (
    ReconstructableJob,
    ReconstructableRepository,
    execute_run_iterator,
    job_origin,
)
from orchestration.instance import prepare_home

PROJECT = Path(__file__).resolve().parents[2]
PRODUCT = [path for name in ("assets", "checks", "orchestration") for path in (PROJECT / name).rglob("*.py")]


def test_one_module_knows_what_is_not_public() -> None:
    private = re.compile(r"^\s*(from|import) (dagster\._|dagster_shared|dagster_dbt\.)", re.MULTILINE)
    found = {path.name for path in PRODUCT if private.search(path.read_text(encoding="utf-8"))}
    assert found == {"dagster_internals.py", "dagster_dbt_without_dbt.py"}


@pytest.mark.parametrize(
    ("function", "parameters"),
    [
        (execute_run_iterator, ["job", "dagster_run", "instance"]),
        (location_origins_from_yaml_paths, ["yaml_paths"]),
        (ReconstructableRepository.for_module, ["module", "fn_name", "working_directory", "container_image"]),
        (ReconstructableJob.get_subset, ["self", "op_selection", "asset_selection", "asset_check_selection"]),
        (SqliteEventLogStorage._connect, ["self", "shard"]),
        (SqliteEventLogStorage._initdb, ["self", "engine"]),
        (SqliteEventLogStorage.conn_string_for_shard, ["self", "shard_name"]),
        (SqliteEventLogStorage.has_table, ["self", "table_name"]),
    ],
    ids=lambda given: getattr(given, "__qualname__", ""),
)
def test_it_is_called_as_it_was(function: Callable[..., Any], parameters: list[str]) -> None:
    found = list(inspect.signature(function).parameters)
    assert found[: len(parameters)] == parameters


def test_a_job_is_named_as_the_workspace_names_it() -> None:
    origin = job_origin(PROJECT / "workspace.yaml", "readiness_chain")
    assert (origin.job_name, origin.repository_origin.repository_name) == ("readiness_chain", "__repository__")
    assert origin.repository_origin.code_location_origin.location_name == "waku-fit"


def test_the_history_of_an_instance_is_the_storage_that_is_changed(tmp_path: Path) -> None:
    with dg.DagsterInstance.from_config(str(prepare_home(tmp_path))) as instance:
        storage = instance.event_log_storage
        assert isinstance(storage, SqliteEventLogStorage)
        assert isinstance(storage._initialized_dbs, set)
        assert hasattr(storage._db_lock, "acquire")
