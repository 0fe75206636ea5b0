"""dbt in its own process, on a real database: each result as it comes, and what it says when something fails."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from assets.common import helper_process
from orchestration.transforms.dbt import connection_environment
from orchestration.transforms.dbt_build import PARSED, RESULTS, BuildError, Dbt, parse
from orchestration.warehouse.connection import connect
from tests.places import PROJECT


@pytest.fixture
def build(tmp_path: Path) -> list[str]:
    """The arguments of a build of one model."""
    folder, target = str(PROJECT / "dbt_project"), str(tmp_path)
    places = ["--project-dir", folder, "--profiles-dir", folder, "--target-path", target, "--log-path", target]
    return ["run", *places, "--select", "stg_roadmap__deliverables"]


def results(events: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """What became of each node."""
    return (event["data"]["node_info"] for event in events if event["info"]["name"] in RESULTS)


def test_a_model_that_cannot_be_built_is_told_with_what_postgresql_said(
    build: list[str], parsed_state: Path, warehouse_url: str
) -> None:
    told = []
    with (
        closing(Dbt(parsed_state / "dbt" / PARSED)) as dbt,
        pytest.raises(BuildError, match=r'relation "raw\.roadmap__deliverables" does not exist'),
    ):
        told.extend(results(dbt.run(build, connection_environment(warehouse_url))))
    assert [node["node_status"] for node in told] == ["error"]


def test_what_is_closed_has_ended_even_if_it_waited_for_a_lock(
    build: list[str], parsed_state: Path, warehouse_url: str
) -> None:
    with connect(warehouse_url, autocommit=True) as owner, connect(warehouse_url) as other:
        owner.execute("create table raw.roadmap__milestones (milestone_id text)")
        try:
            other.execute("lock raw.roadmap__milestones")
            with closing(Dbt(parsed_state / "dbt" / PARSED)) as dbt:
                nodes = results(dbt.run([*build, "stg_roadmap__milestones"], connection_environment(warehouse_url)))
                assert next(nodes)["node_name"] == "stg_roadmap__deliverables"
            waiting = owner.execute("select query from pg_stat_activity where wait_event_type = 'Lock'").fetchall()
        finally:
            other.rollback()
            owner.execute("drop table raw.roadmap__milestones")
    assert waiting == []


def test_a_project_that_is_not_there_is_told(tmp_path: Path) -> None:
    with closing(Dbt(tmp_path / "gone")) as dbt, pytest.raises(RuntimeError, match="gone"):
        next(dbt.run(["run"], {}))


def test_what_does_not_parse_is_told_in_the_words_of_dbt(tmp_path: Path) -> None:
    (tmp_path / "dbt_project.yml").write_text("name: broken\nprofile: nobody\n")
    folders = [word for name in ("project", "profiles") for word in (f"--{name}-dir", str(tmp_path))]
    with pytest.raises(BuildError, match="Could not find profile named 'nobody'"):
        parse(folders, {})


def test_a_helper_that_was_started_ahead_builds_what_it_has_parsed(
    build: list[str], tmp_path: Path, warehouse_url: str
) -> None:
    environment = connection_environment(warehouse_url)
    helper_process.start("orchestration.transforms.dbt_build")
    parse(build[1:-2], environment)
    with closing(Dbt(tmp_path / "gone")) as dbt, pytest.raises(BuildError, match="does not exist"):
        list(dbt.run(build, environment))
