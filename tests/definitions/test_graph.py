"""The graph as a whole: layers, keys, stubs, and what every asset must say of itself."""

from pathlib import Path

import dagster as dg
import pytest
from dagster._core.definitions.assets.graph.asset_graph import AssetGraph
from dagster._core.remote_representation.external_data import RepositorySnap

from assets.common import keys
from orchestration.definitions import build_definitions
from orchestration.errors import UserError
from orchestration.settings import Settings
from orchestration.staleness.freshness import Materialized, chain_nodes, stale

STUB = "dagster/auto_created_stub_asset"


def test_definitions_load_without_a_database(definitions: dg.Definitions) -> None:
    dg.Definitions.validate_loadable(definitions)


def test_the_ui_is_not_told_the_password(parsed_state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It shows the configuration of resources to whoever opens it."""
    given = {
        "WAKU_FIT_STATE_DIR": str(parsed_state),
        "WAKU_FIT_DATABASE_URL": "postgresql://ann:s3cret@db.example/waku_fit",  # which the models are parsed for
    }
    monkeypatch.setenv("WAKU_FIT_DATABASE_URL", given["WAKU_FIT_DATABASE_URL"])
    repository = build_definitions(Settings.from_environment(given)).get_repository_def()
    shown = dg.serialize_value(RepositorySnap.from_def(repository))
    assert "WAKU_FIT_DATABASE_URL" in shown
    assert "s3cret" not in shown


def test_a_url_that_cannot_be_read_is_not_repeated(parsed_state: Path) -> None:
    given = {"WAKU_FIT_STATE_DIR": str(parsed_state), "WAKU_FIT_DATABASE_URL": "postgresql://ann:se/cret@host/waku_fit"}
    with pytest.raises(UserError, match="expected postgresql://") as refused:
        build_definitions(Settings.from_environment(given))
    assert "cret" not in str(refused.value)


def test_data_flows_one_way(graph: AssetGraph) -> None:
    backwards = [
        f"{parent.to_user_string()} -> {key.to_user_string()}"
        for key in graph.get_all_asset_keys()
        for parent in graph.get(key).parent_keys
        if keys.LAYERS.index(keys.layer_of(parent)) > keys.LAYERS.index(keys.layer_of(key))
    ]
    assert backwards == []


def test_no_edge_ends_in_a_stub(graph: AssetGraph) -> None:
    stubs = [key.to_user_string() for key in graph.get_all_asset_keys() if STUB in graph.get(key).metadata]
    assert stubs == []


def test_the_group_of_an_asset_is_its_layer(graph: AssetGraph) -> None:
    astray = {
        k.to_user_string(): graph.get(k).group_name
        for k in graph.get_all_asset_keys()
        if graph.get(k).group_name != keys.layer_of(k)
    }
    assert astray == {}


@pytest.mark.parametrize(
    ("table", "page"), [("model/cost_summary", "costs.html"), ("marts/findings", "interviews.html")]
)
def test_a_released_table_names_its_page_of_the_report(graph: AssetGraph, table: str, page: str) -> None:
    latest = Settings.from_environment().latest
    assert graph.get(dg.AssetKey(table.split("/"))).metadata["page"] == dg.MetadataValue.path(latest / page)


def test_a_table_that_is_not_released_names_none(graph: AssetGraph) -> None:
    assert "page" not in graph.get(dg.AssetKey(["raw", "costs__node_requirements"])).metadata


@pytest.mark.parametrize("attribute", ["description", "owners", "kinds", "code_version"])
def test_every_asset_has_a(graph: AssetGraph, attribute: str) -> None:
    without = [key.to_user_string() for key in graph.get_all_asset_keys() if not getattr(graph.get(key), attribute)]
    assert without == []


def test_every_layer_but_the_first_rests_on_an_earlier_one(graph: AssetGraph) -> None:
    for layer in keys.LAYERS[1:]:
        members = [k for k in graph.get_all_asset_keys() if keys.layer_of(k) == layer]
        assert members, f"layer {layer} is empty"
        assert any(keys.layer_of(p) != layer for k in members for p in graph.get(k).parent_keys), layer


def test_the_report_rests_on_every_kind_of_evidence(graph: AssetGraph) -> None:
    seen, queue = set(), [keys.READINESS_REPORT]
    while queue:
        key = queue.pop()
        if key not in seen:
            seen.add(key)
            queue += graph.get(key).parent_keys
    from assets.evidence.tables import ALL_TABLES

    assert {keys.evidence_key(t.key) for t in ALL_TABLES if t.kind != "part"} <= seen


def test_raw_checks_block(graph: AssetGraph) -> None:
    checks = [graph.get(k) for k in graph.asset_check_keys if k.asset_key.path[0] == keys.RAW]
    assert checks
    assert all(check.blocking for check in checks)


def test_the_week_begins_with_the_chain(definitions: dg.Definitions) -> None:
    schedule = definitions.resolve_schedule_def(keys.WEEKLY_SCHEDULE)
    assert (schedule.cron_schedule, schedule.execution_timezone, schedule.job_name) == ("0 6 * * 1", "UTC", keys.JOB)


def test_nothing_asks_the_network_unless_somebody_turns_it_on(definitions: dg.Definitions) -> None:
    chain = definitions.resolve_job_def(keys.JOB).asset_layer.executable_asset_keys
    for asset, job, name, time in (
        (keys.LIVE_PRICES, keys.REFRESH_JOB, keys.REFRESH_SCHEDULE, "0 5 * * 1"),
        (keys.LIVE_ROADMAP, keys.ROADMAP_JOB, keys.ROADMAP_SCHEDULE, "15 5 * * 1"),
    ):
        assert asset not in chain
        assert set(definitions.resolve_job_def(job).asset_layer.executable_asset_keys) == {asset}
        schedule = definitions.resolve_schedule_def(name)
        assert schedule.default_status is dg.DefaultScheduleStatus.STOPPED
        assert schedule.cron_schedule == time


def test_what_is_refreshed_leads_to_the_tables_that_they_are_rows_of(graph: AssetGraph) -> None:
    assert {key.path[-1] for key in graph.get(keys.LIVE_PRICES).child_keys} == {
        "pricing__chain_fees",
        "pricing__compute_offers",
        "pricing__exchange_rates",
        "pricing__storage_and_egress_prices",
    }
    assert {key.path[-1] for key in graph.get(keys.LIVE_ROADMAP).child_keys} == {
        "roadmap__deliverable_states",
        "roadmap__deliverables",
    }


def test_whatever_table_of_evidence_changes_dagster_can_make_what_is_stale(
    definitions: dg.Definitions, graph: AssetGraph
) -> None:
    """An op that makes several tables makes all of them, also where only some are based on what changed."""
    nodes = chain_nodes(graph)
    raw = [node.key for node in nodes if keys.layer_of(node.key) == keys.RAW]
    assert len(raw) > 40
    made = {
        node.key: Materialized("old", node.code_version, dict.fromkeys(node.parents, "old"), is_sound=True)
        for node in nodes
    }
    assert stale(nodes, made) == {}
    job = definitions.resolve_job_def(keys.JOB)
    for key in raw:
        changed = made | {key: Materialized("old", "other code", {}, is_sound=True)}
        selection = frozenset(stale(nodes, changed))
        assert keys.RELEASE in selection, key
        assert job.get_subset(asset_selection=selection).asset_layer.selected_asset_keys == selection, key


def test_no_number_no_grade_and_no_gate_depends_on_a_mark_of_a_reader(graph: AssetGraph) -> None:
    """Tables that list all evidence show and count marks, and nothing is computed from these but other such lists."""
    listing = {keys.mart_key(name) for name in ("evidence_index", "open_questions")}
    found = graph.get(keys.staging_key("reviews__marks")).child_keys
    assert found == {*listing, keys.EVIDENCE_INDEX, keys.EVIDENCE_REVIEWS}
    assert {keys.layer_of(key) for key in graph.get(keys.EVIDENCE_REVIEWS).child_keys} == {keys.REPORTS}
