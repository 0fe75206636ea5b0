"""dbt in its own process, on a real database: each result as it comes, and what it says when something fails."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from multiprocessing import get_context
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from dbt.adapters.postgres.connections import PostgresConnectionManager, PostgresCredentials
from dbt_common.exceptions import DbtDatabaseError

from assets.common import helper_process
from orchestration.transforms.dbt import connection_environment
from orchestration.transforms.dbt_build import PARSED, RESULTS, BuildError, Dbt, parse
from orchestration.transforms.dbt_internals import keep_connections
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


def test_dbt_keeps_a_connection_and_its_role_from_one_node_to_the_next(
    warehouse_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # what they are now comes back afterwards
    monkeypatch.setattr(PostgresConnectionManager, "open", vars(PostgresConnectionManager)["open"])
    monkeypatch.setattr(PostgresConnectionManager, "release", PostgresConnectionManager.release)
    keep_connections()
    named = connection_environment(warehouse_url)
    credentials = PostgresCredentials(
        host=named["WAKU_FIT_DBT_HOST"], port=int(named["WAKU_FIT_DBT_PORT"]), user=named["WAKU_FIT_DBT_USER"],
        password=named["WAKU_FIT_DBT_PASSWORD"], database=named["WAKU_FIT_DBT_DATABASE"], schema="staging",
        role="waku_fit_transformer",
    )  # fmt: skip
    manager = PostgresConnectionManager(SimpleNamespace(credentials=credentials), get_context("spawn"))

    def node(name: str, query: str) -> tuple[object, ...]:
        manager.set_connection_name(name)
        try:
            _, cursor = manager.add_query(query)
            return tuple(cursor.fetchone())
        finally:
            manager.release()

    who = "select pg_backend_pid(), current_user, to_regclass('staging.left_open') is null"
    first = node("first", who)
    assert first[1:] == ("waku_fit_transformer", True)
    with pytest.raises(DbtDatabaseError, match="does not exist"):
        node("mistaken", "select nothing")
    node("unfinished", "create table staging.left_open (); select 1")
    assert node("next", who) == first
    with connect(warehouse_url, autocommit=True) as owner:
        owner.execute("select pg_terminate_backend(%s, 5000)", [first[0]])
    with pytest.raises(DbtDatabaseError):
        node("the server ended it", who)
    assert node("connected anew", who)[1:] == first[1:]
    manager.cleanup_all()
