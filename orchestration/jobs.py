"""The one job: the whole chain, from evidence to the published report."""

from __future__ import annotations

import dagster as dg

from orchestration import keys

readiness_chain = dg.define_asset_job(
    keys.JOB,
    selection=dg.AssetSelection.all(),
    description="Evidence → raw → dbt models → costs → gates → verdict → a published release.",
)
