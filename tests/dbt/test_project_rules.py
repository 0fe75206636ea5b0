"""What holds for every model of the dbt project, whatever it computes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from assets.evidence.tables import ALL_TABLES
from orchestration.transforms.dbt import connection_environment

STAGING = "models/staging/generated"
LAYERS = ("staging", "intermediate", "marts")


def _layer(model: Mapping[str, Any]) -> str:
    return str(model["fqn"][1])


def test_the_project_parses_without_a_warning(project: Path, tmp_path: Path) -> None:
    command = [str(Path(sys.executable).parent / "dbt"), "--warn-error", "parse", "--profiles-dir", str(project)]
    done = subprocess.run(
        [*command, "--target-path", str(tmp_path), "--log-path", str(tmp_path)],
        cwd=project,
        env={**os.environ, **connection_environment("postgresql://nobody@nowhere/nothing")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_schema_of_a_model_is_its_layer(models: Mapping[str, Mapping[str, Any]]) -> None:
    astray = {name: model["schema"] for name, model in models.items() if model["schema"] != _layer(model)}
    assert astray == {}
    assert {_layer(model) for model in models.values()} == set(LAYERS)


@pytest.mark.parametrize(
    ("layer", "materialization"), [("staging", "view"), ("intermediate", "view"), ("marts", "table")]
)
def test_a_layer_is_built_in_one_way(models: Mapping[str, Mapping[str, Any]], layer: str, materialization: str) -> None:
    ways = {name: model["config"]["materialized"] for name, model in models.items() if _layer(model) == layer}
    assert set(ways.values()) == {materialization}, ways


def test_every_model_and_column_is_described(models: Mapping[str, Mapping[str, Any]]) -> None:
    silent = [name for name, model in models.items() if not model["description"] or not model["columns"]]
    silent += [f"{n}.{c}" for n, m in models.items() for c, column in m["columns"].items() if not column["description"]]
    assert silent == []


def test_every_model_has_a_file_of_descriptions_beside_it(models: Mapping[str, Mapping[str, Any]]) -> None:
    beside = {
        name: f"waku_fit://{Path(model['original_file_path']).with_suffix('.yml')}" for name, model in models.items()
    }
    # written by hand, described as its table is
    beside |= {f"stg_{t.key}": f"waku_fit://{STAGING}/stg_{t.key}.yml" for t in ALL_TABLES if t.is_under_consent}
    astray = {name: model["patch_path"] for name, model in models.items() if model["patch_path"] != beside[name]}
    assert astray == {}


def test_every_mart_keeps_a_contract(models: Mapping[str, Mapping[str, Any]]) -> None:
    marts = {name: model for name, model in models.items() if _layer(model) == "marts"}
    assert [name for name, model in marts.items() if not model["config"]["contract"]["enforced"]] == []
    untyped = [f"{n}.{c}" for n, m in marts.items() for c, column in m["columns"].items() if not column["data_type"]]
    assert untyped == []


def test_every_row_of_a_mart_says_what_it_rests_on(models: Mapping[str, Mapping[str, Any]]) -> None:
    for name, model in models.items():
        columns = model["columns"]
        if _layer(model) != "marts" or "evidence_id" in columns:
            continue
        assert columns["grade"]["data_type"] == "text", name
        assert columns["evidence_ids"]["data_type"] == "text[]", name
        assert "cardinality(evidence_ids) > 0" in {c["expression"] for c in model["constraints"]}, name


def test_every_model_that_decides_something_has_a_unit_test(
    manifest: Mapping[str, Any], models: Mapping[str, Mapping[str, Any]]
) -> None:
    tested = {test["model"] for test in manifest["unit_tests"].values()}
    decisive = [n for n, m in models.items() if re.search("newest_first|weakest_grade|grade_rank", m["raw_code"])]
    assert sorted(set(decisive) - tested) == []


def test_only_staging_reads_raw_tables(models: Mapping[str, Mapping[str, Any]]) -> None:
    readers = {n for n, m in models.items() if any(d.startswith("source.") for d in m["depends_on"]["nodes"])}
    assert readers == {name for name, model in models.items() if _layer(model) == "staging"}


def test_a_failed_test_blocks(data_tests: list[Mapping[str, Any]]) -> None:
    assert {test["config"]["severity"].lower() for test in data_tests} == {"error"}


def test_the_exposures_cover_all_marts(manifest: Mapping[str, Any], models: Mapping[str, Mapping[str, Any]]) -> None:
    marts = {model["unique_id"] for model in models.values() if _layer(model) == "marts"}
    for exposure in manifest["exposures"].values():
        assert set(exposure["depends_on"]["nodes"]) == marts, exposure["name"]
