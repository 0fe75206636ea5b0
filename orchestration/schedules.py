"""When the chain is looked at again: every Monday, if something changed; and, once wanted, what makes evidence.

Belongs here: schedules. Does not belong here: what counts as changed (`staleness/freshness.py`,
`staleness/fingerprints.py`).
"""

from __future__ import annotations

from collections.abc import Iterator

import dagster as dg

from assets.common import keys
from orchestration.settings import Settings
from orchestration.staleness.evidence import read_evidence
from orchestration.staleness.fingerprints import Request, fingerprint, latest_release_id, remember, unchanged_release
from orchestration.staleness.plan import Held, make_plan
from orchestration.warehouse.connection import connect, open_warehouse


@dg.schedule(
    name=keys.WEEKLY_SCHEDULE,
    job_name=keys.JOB,
    cron_schedule="0 6 * * 1",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Mondays at 06:00 UTC: publish a new release if evidence or code changed.",
)
def weekly_readiness(context: dg.ScheduleEvaluationContext) -> Iterator[dg.RunRequest | dg.SkipReason]:
    """Ask for a run of what is out of date, as `waku-fit run` does; of everything where the evidence has mistakes.

    That run fails, and says at which file and line: a failed run is seen, a skipped one is not.
    """
    settings = Settings.from_environment()
    request = Request.of(settings)
    before, latest = fingerprint(settings, request), latest_release_id(settings)
    if unchanged := unchanged_release(settings, request):
        yield dg.SkipReason(f"nothing changed since release {unchanged['release_id']}")
        return
    evidence = read_evidence(settings, request.packs)
    if evidence.problems:
        yield dg.RunRequest()
        return
    with open_warehouse(settings.database_url, settings.state_dir) as database, connect(database.url) as connection:
        held = Held.by(connection)
    plan = make_plan(settings, request, evidence, context.instance, context.repository_def.asset_graph, held)
    if plan.reasons:
        yield dg.RunRequest(asset_selection=list(plan.reasons))
    else:
        remember(settings, request, before, held.warehouse, latest)
        yield dg.SkipReason(f"no number depends on what has changed since release {latest}")


@dg.schedule(
    name=keys.MONTHLY_SCHEDULE,
    job_name=keys.BENCHMARK_JOB,
    cron_schedule="0 3 1 * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.STOPPED,
    description="On the first of a month at 03:00 UTC: the full grid, up to 40 minutes. Off until it is turned on.",
)
def monthly_benchmarks() -> dg.RunRequest:
    """Ask for a full grid; an unfinished one of the same environment is resumed."""
    return dg.RunRequest()


weekly_price_refresh = dg.ScheduleDefinition(
    name=keys.REFRESH_SCHEDULE,
    job_name=keys.REFRESH_JOB,
    cron_schedule="0 5 * * 1",
    execution_timezone="UTC",
    # Nothing asks the network unless somebody turns it on.
    default_status=dg.DefaultScheduleStatus.STOPPED,
    description="Mondays at 05:00 UTC, an hour before the chain: ask providers for their prices. Off until started.",
)

weekly_roadmap_refresh = dg.ScheduleDefinition(
    name=keys.ROADMAP_SCHEDULE,
    job_name=keys.ROADMAP_JOB,
    cron_schedule="15 5 * * 1",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.STOPPED,
    description="Mondays at 05:15 UTC, before the chain: ask GitHub for the state of the roadmap. Off until started.",
)
