"""The jobs: the whole chain, from evidence to the published report; and what makes evidence."""

from __future__ import annotations

import dagster as dg

from assets.common import keys

readiness_chain = dg.define_asset_job(
    keys.JOB,
    selection=dg.AssetSelection.all()
    - dg.AssetSelection.assets(keys.ARCHIVE_BENCHMARKS, keys.LIVE_PRICES, keys.LIVE_ROADMAP),
    description="Evidence → raw → dbt models → costs → gates → verdict → a published release.",
)

archive_benchmarks = dg.define_asset_job(
    keys.BENCHMARK_JOB,
    selection=dg.AssetSelection.assets(keys.ARCHIVE_BENCHMARKS),
    description="Measures the message archive on PostgreSQL; the next run of the chain uses the results.",
)

price_refresh = dg.define_asset_job(
    keys.REFRESH_JOB,
    selection=dg.AssetSelection.assets(keys.LIVE_PRICES),
    description="Asks providers for their prices and adds what is accepted to the pack of refreshed prices.",
)

roadmap_refresh = dg.define_asset_job(
    keys.ROADMAP_JOB,
    selection=dg.AssetSelection.assets(keys.LIVE_ROADMAP),
    description="Asks GitHub for issues and milestones and adds what is news to the pack of the refreshed roadmap.",
)
