"""The project as Dagster sees it, put together in one place.

Belongs here: `build_definitions` and the one `defs`. Does not belong here: what an asset does.
Importing this module does no input or output; Dagster calls `defs` when it loads the project.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import dagster as dg

from assets.benchmarks.assets import archive_proposal, archive_results, archive_scalability
from assets.benchmarks.measuring.assets import measured_archive
from assets.costs.assets import cost_tables
from assets.decision.assets import decision_tables
from assets.evidence.assets import evidence_specs, raw_tables
from assets.evidence.index_asset import indexed_evidence
from assets.history.assets import history_tables
from assets.pricing.assets import live_prices
from assets.readiness.assets import readiness_tables
from assets.reports.release.assets import published_release
from assets.reports.released import RELEASED_TABLES
from assets.roadmap.assets import mvp_tables
from assets.roadmap.live.assets import live_roadmap
from assets.segments.assets import market_tables
from checks.raw import raw_checks
from checks.readiness import readiness_checks
from checks.segments import segment_checks
from orchestration.jobs import archive_benchmarks, price_refresh, readiness_chain, roadmap_refresh
from orchestration.resources import EvidenceResource, ReleaseResource, WarehouseResource
from orchestration.schedules import (
    monthly_benchmarks,
    weekly_price_refresh,
    weekly_readiness,
    weekly_roadmap_refresh,
)
from orchestration.sensors import abandoned_runs, leading_benchmark
from orchestration.settings import Settings
from orchestration.staleness.code_versions import checked_with, made_with, with_checks
from orchestration.staleness.fingerprints import code_version
from orchestration.staleness.source_code import Code
from orchestration.transforms.compiled import CompiledModelsResource
from orchestration.transforms.dbt import build_dbt_assets

ASSETS: dict[str, tuple[dg.AssetsDefinition, ...]] = {
    "assets.pricing.assets": (live_prices,),
    "assets.roadmap.live.assets": (live_roadmap,),
    "assets.evidence.assets": (raw_tables,),
    "assets.evidence.index_asset": (indexed_evidence,),
    "assets.benchmarks.measuring.assets": (measured_archive,),
    "assets.benchmarks.assets": (archive_results, archive_scalability, archive_proposal),
    "assets.costs.assets": (cost_tables,),
    "assets.segments.assets": (market_tables,),
    "assets.roadmap.assets": (mvp_tables,),
    "assets.readiness.assets": (readiness_tables,),
    "assets.decision.assets": (decision_tables,),
    "assets.history.assets": (history_tables,),
    "assets.reports.release.assets": (published_release,),
}
"""The Python assets by the module that they are in."""


def build_definitions(settings: Settings, **overrides: Any) -> dg.Definitions:
    """Return all definitions; `overrides` replace resources by name (tests, other executors)."""
    code = Code(settings.project_dir)
    checked = checked_with(code)
    dbt_models, dbt = build_dbt_assets(settings, checked)
    resources = {
        "warehouse": WarehouseResource(
            state_dir=str(settings.state_dir),
            # by name: the UI shows the configuration of resources, and the URL holds a password
            database_url=dg.EnvVar("WAKU_FIT_DATABASE_URL") if settings.database_url else None,
        ),
        "evidence": EvidenceResource(
            evidence_dir=str(settings.evidence_dir), packs=list(settings.packs), state_dir=str(settings.state_dir)
        ),
        "release": ReleaseResource(
            releases_dir=str(settings.releases_dir),
            reports_dir=str(settings.reports_dir),
            decisions=str(settings.decisions),
            code_version=code_version(settings),
        ),
        "dbt": dbt,
        "compiled": CompiledModelsResource(project_dir=str(settings.dbt_project_dir), target=dbt.target),
    }
    return dg.Definitions(
        assets=_with_pages(
            [
                *evidence_specs(),
                dbt_models,
                *(
                    _with_code_versions(asset, with_checks(made_with(code, module, asset.keys), checked))
                    for module, assets in ASSETS.items()
                    for asset in assets
                ),
            ],
            settings.latest,
        ),
        asset_checks=[raw_checks, segment_checks, *readiness_checks],
        jobs=[readiness_chain, archive_benchmarks, price_refresh, roadmap_refresh],
        schedules=[weekly_readiness, monthly_benchmarks, weekly_price_refresh, weekly_roadmap_refresh],
        sensors=[abandoned_runs, leading_benchmark],
        resources={**resources, **overrides},
        # Steps share one PostgreSQL and last a second or less: a process for each costs 2 to 4 s.
        executor=dg.in_process_executor,
    )


def _with_code_versions(asset: dg.AssetsDefinition, versions: Mapping[dg.AssetKey, str]) -> dg.AssetsDefinition:
    (mapped,) = dg.map_asset_specs(lambda spec: spec.replace_attributes(code_version=versions[spec.key]), [asset])
    return mapped


def _with_pages(
    assets: Sequence[dg.AssetSpec | dg.AssetsDefinition], latest: Path
) -> Sequence[dg.AssetSpec | dg.AssetsDefinition]:
    """Tell of each table that is released on which page of the report it stands."""
    pages = {dg.AssetKey([table.layer, name]): table.page for name, table in RELEASED_TABLES.items()}

    def with_page(spec: dg.AssetSpec) -> dg.AssetSpec:
        page = pages.get(spec.key)
        # a path: browsers do not follow a link from a server to a file
        return spec.merge_attributes(metadata={"page": dg.MetadataValue.path(latest / page)}) if page else spec

    return dg.map_asset_specs(with_page, assets)


@dg.definitions
def defs() -> dg.Definitions:
    """The definitions for this machine."""
    return _built(Settings.from_environment())


@cache
def _built(settings: Settings) -> dg.Definitions:
    """Dagster asks several times in one process, which keeps the code that it was started with."""
    return build_definitions(settings)
