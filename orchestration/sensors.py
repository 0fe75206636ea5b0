"""What is looked at again and again while the daemon runs.

Belongs here: sensors. Does not belong here: how a dead run is distinguished from a living one (`abandoned_runs.py`),
which evidence to get next (`assets/decision/next_evidence.py`).
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Mapping

import dagster as dg

from assets.common import keys
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


@dg.sensor(
    name=keys.LEADING_BENCHMARK_SENSOR,
    job_name=keys.BENCHMARK_JOB,
    minimum_interval_seconds=3600,
    # A grid takes up to 40 minutes: nothing is measured unless somebody turns it on.
    default_status=dg.DefaultSensorStatus.STOPPED,
    description="Measures a full grid when a benchmark leads the list of evidence to get next. Off until started.",
)
def leading_benchmark() -> dg.RunRequest | dg.SkipReason:
    """Ask for a benchmark once for each question that one leads the list with; say why not otherwise."""
    path = Settings.from_environment().latest / "data" / "next_evidence.csv"
    if not path.exists():
        return dg.SkipReason("there is no release yet; `waku-fit run` makes the first one")
    with path.open(newline="", encoding="utf-8") as file:
        first = next(csv.DictReader(file), None)
    if first is None:
        return dg.SkipReason("the latest release has no list of evidence to get next")
    kind = first["kind"].replace("_", " ")
    if kind != "benchmark":
        return dg.SkipReason(f"the evidence to get next is of kind {kind}, which no run can get")
    if not float(first["value"]):
        return dg.SkipReason("a benchmark leads the list, but no decision depends on it today")
    return dg.RunRequest(run_key=_question(first))


def _question(row: Mapping[str, str]) -> str:
    """Name what a piece of evidence is to tell. What benchmarks have measured since makes it no other question."""
    based_on = [i for i in row["evidence_ids"].split(";") if not i.startswith("benchmarks__")]
    asked = [row[name] for name in ("kind", "segment_id", "criterion", "requirement_ids")]
    return hashlib.sha256(json.dumps([asked, based_on]).encode()).hexdigest()
