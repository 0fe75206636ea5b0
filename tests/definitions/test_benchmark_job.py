"""Benchmarks in the graph: evidence for the chain, started on their own, never two at once."""

from pathlib import Path

import dagster as dg
from dagster._core.definitions.assets.graph.asset_graph import AssetGraph

from assets.common import keys
from orchestration.instance import prepare_home


def selected(definitions: dg.Definitions, job: str) -> set[dg.AssetKey]:
    return set(definitions.resolve_job_def(job).asset_layer.executable_asset_keys)


def test_the_chain_does_not_measure_and_the_benchmarks_do_nothing_else(definitions: dg.Definitions) -> None:
    assert selected(definitions, keys.BENCHMARK_JOB) == {keys.ARCHIVE_BENCHMARKS}
    chain = selected(definitions, keys.JOB)
    assert keys.ARCHIVE_BENCHMARKS not in chain
    assert keys.raw_key("benchmarks__measurements") in chain


def test_results_are_upstream_of_the_evidence_that_they_become(graph: AssetGraph) -> None:
    children = graph.get(keys.ARCHIVE_BENCHMARKS).child_keys
    assert children == {keys.evidence_key("benchmarks__runs"), keys.evidence_key("benchmarks__measurements")}


def test_nothing_else_is_measured_while_something_is(graph: AssetGraph, tmp_path: Path) -> None:
    assert graph.get(keys.ARCHIVE_BENCHMARKS).pools == {keys.BENCHMARK_POOL}
    with dg.DagsterInstance.from_config(str(prepare_home(tmp_path))) as instance:
        concurrency = instance.get_concurrency_config()
        assert concurrency.pool_config.default_pool_limit == 1
        assert concurrency.run_queue_config is not None
        assert concurrency.run_queue_config.max_concurrent_runs == 1


def test_a_month_begins_with_the_full_grid_if_it_is_turned_on(definitions: dg.Definitions) -> None:
    schedule = definitions.resolve_schedule_def(keys.MONTHLY_SCHEDULE)
    assert (schedule.cron_schedule, schedule.job_name) == ("0 3 1 * *", keys.BENCHMARK_JOB)
    assert schedule.default_status is dg.DefaultScheduleStatus.STOPPED
