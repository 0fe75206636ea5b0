"""What is looked at every minute while the daemon runs.

Belongs here: sensors. Does not belong here: how a dead run is distinguished from a living one (`abandoned_runs.py`).
"""

from __future__ import annotations

import dagster as dg

from orchestration.abandoned_runs import close_abandoned
from orchestration.settings import Settings


@dg.sensor(
    name="abandoned_runs",
    minimum_interval_seconds=60,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Closes runs of the command line whose process was killed; they would keep others waiting.",
)
def abandoned_runs(context: dg.SensorEvaluationContext) -> dg.SkipReason:
    closed = close_abandoned(context.instance, Settings.from_environment().state_dir)
    return dg.SkipReason(f"closed {', '.join(closed)}" if closed else "no run was abandoned")
