"""dbt in this process, on a real database: each result as it comes, and what it says when something fails."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.dbt import connection_environment
from orchestration.dbt_build import PARSED, BuildError, read_project, run_dbt
from tests.integration.chain import PROJECT


@pytest.fixture
def build(parsed_state: Path, warehouse_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """The arguments of a build of one model, in an environment that names the database."""
    for name, value in connection_environment(warehouse_url).items():
        monkeypatch.setenv(name, value)
    folder, target = str(PROJECT / "dbt_project"), str(tmp_path)
    places = ["--project-dir", folder, "--profiles-dir", folder, "--target-path", target, "--log-path", target]
    return ["run", "--select", "stg_roadmap__deliverables", *places]


def test_a_model_that_cannot_be_built_is_told_with_what_postgresql_said(build: list[str], parsed_state: Path) -> None:
    told = []
    with pytest.raises(BuildError, match=r'relation "raw\.roadmap__deliverables" does not exist'):
        told.extend(run_dbt(read_project(parsed_state / "dbt" / PARSED), build))
    assert [event["data"]["node_info"]["node_status"] for event in told] == ["error"]
