"""dbt in this process, on a real database: each result as it comes, and what it says when something fails."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from orchestration.dbt import connection_environment
from orchestration.dbt_build import PARSED, BuildError, read_project, run_dbt
from orchestration.warehouse.connection import connect
from tests.integration.chain import PROJECT


@pytest.fixture
def build(parsed_state: Path, warehouse_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """The arguments of a build of one model, in an environment that names the database."""
    for name, value in connection_environment(warehouse_url).items():
        monkeypatch.setenv(name, value)
    folder, target = str(PROJECT / "dbt_project"), str(tmp_path)
    places = ["--project-dir", folder, "--profiles-dir", folder, "--target-path", target, "--log-path", target]
    return ["run", *places, "--select", "stg_roadmap__deliverables"]


def test_a_model_that_cannot_be_built_is_told_with_what_postgresql_said(build: list[str], parsed_state: Path) -> None:
    told = []
    with pytest.raises(BuildError, match=r'relation "raw\.roadmap__deliverables" does not exist'):
        told.extend(run_dbt(read_project(parsed_state / "dbt" / PARSED), build))
    assert [event["data"]["node_info"]["node_status"] for event in told] == ["error"]


def test_what_is_closed_has_ended_even_if_it_waited_for_a_lock(
    build: list[str], parsed_state: Path, warehouse_url: str
) -> None:
    with connect(warehouse_url, autocommit=True) as owner, connect(warehouse_url) as other:
        owner.execute("create table raw.roadmap__milestones (milestone_id text)")
        try:
            other.execute("lock raw.roadmap__milestones")
            events = run_dbt(read_project(parsed_state / "dbt" / PARSED), [*build, "stg_roadmap__milestones"])
            assert next(events)["data"]["node_info"]["node_name"] == "stg_roadmap__deliverables"
            events.close()
            waiting = owner.execute("select query from pg_stat_activity where wait_event_type = 'Lock'").fetchall()
        finally:
            other.rollback()
            owner.execute("drop table raw.roadmap__milestones")
    assert waiting == []
    assert "dbt" not in {thread.name for thread in threading.enumerate()}
