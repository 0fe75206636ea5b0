"""When the chain is looked at again: every Monday, if something changed; and, once wanted, prices and benchmarks.

Belongs here: schedules. Does not belong here: what counts as changed (`freshness.py`, `fast_path.py`).
"""

from __future__ import annotations

from collections.abc import Iterator

import dagster as dg

from orchestration import keys
from orchestration.fast_path import Request, unchanged_release
from orchestration.settings import Settings


@dg.schedule(
    name=keys.WEEKLY_SCHEDULE,
    job_name=keys.JOB,
    cron_schedule="0 6 * * 1",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Mondays at 06:00 UTC: publish a new release if evidence or code changed.",
)
def weekly_readiness() -> Iterator[dg.RunRequest | dg.SkipReason]:
    """Ask for a run unless the latest release was made from exactly what is there now."""
    settings = Settings.from_environment()
    if unchanged := unchanged_release(settings, Request.of(settings)):
        yield dg.SkipReason(f"nothing changed since release {unchanged['release_id']}")
    else:
        yield dg.RunRequest()


@dg.schedule(
    name=keys.MONTHLY_SCHEDULE,
    job_name=keys.BENCHMARK_JOB,
    cron_schedule="0 3 1 * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.STOPPED,
    description="On the first of a month at 03:00 UTC: the full grid, up to 40 minutes. Off until it is turned on.",
)
def monthly_benchmarks() -> dg.RunRequest:
    """Ask for a full grid; an unfinished one of the same environment is gone on with."""
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
