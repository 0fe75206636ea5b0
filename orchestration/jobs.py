"""The jobs: the whole chain, from evidence to the published report; and benchmarks, which are evidence for it."""

from __future__ import annotations

import dagster as dg

from orchestration import keys

readiness_chain = dg.define_asset_job(
    keys.JOB,
    selection=dg.AssetSelection.all() - dg.AssetSelection.assets(keys.ARCHIVE_BENCHMARKS),
    description="Evidence → raw → dbt models → costs → gates → verdict → a published release.",
)

archive_benchmarks = dg.define_asset_job(
    keys.BENCHMARK_JOB,
    selection=dg.AssetSelection.assets(keys.ARCHIVE_BENCHMARKS),
    description="Measures the message archive on PostgreSQL; the next run of the chain uses the results.",
)
