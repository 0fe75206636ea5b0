"""What a finished session says by itself, before anything is loaded: gains over the stage before, and its noise.

Belongs here: from the rows of a session's files to the statistics of `results.py`, pure. Does not belong here: the
statistics, which are those of the tables, so that terminal and report cannot differ.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from assets.benchmarks.archive.stages import ALL_STAGES, STAGES
from assets.benchmarks.results import Gain, MeasuredRun, Measurement, Noise, noise, stage_gains
from assets.evidence.basis import Basis
from assets.evidence.model import Grade


class SessionResults(NamedTuple):
    """What is printed at the end of a session."""

    gains: list[Gain]
    """Throughputs in a closed loop, stage after stage."""
    noise: Noise


def session_results(run: Mapping[str, str], rows: Iterable[Mapping[str, str]]) -> SessionResults:
    """Return gains and noise of a session; `run` and `rows` are those of its two files."""
    known = MeasuredRun(
        run_id=run["id"],
        environment_id=run["id"],  # a session has one environment, whatever it is called
        cpu_cores=int(run["cpu_cores"]),
        rounds=int(run["rounds"]),
        is_newest=True,
        is_current=True,
        basis=Basis(Grade(run["grade"]), frozenset({f"benchmarks__runs/{run['id']}"})),
    )
    measured = [measurement_of(row) for row in rows]
    gains = stage_gains(known, measured, {stage.id: stage.base for stage in ALL_STAGES.values()})
    order = list(STAGES)
    shown = [
        gain
        for gain in gains
        if gain.stage in STAGES and gain.metric == "throughput_per_s" and gain.setting.rate_per_s is None
    ]
    shown.sort(key=lambda gain: order.index(gain.stage))
    return SessionResults(shown, noise(known, measured, gains))


def measurement_of(row: Mapping[str, str]) -> Measurement:
    """Return a row of a session's file with its types."""

    def whole(column: str) -> int | None:
        return int(row[column]) if row[column] else None

    def real(column: str) -> float | None:
        return float(row[column]) if row[column] else None

    return Measurement(
        run_id=row["run_id"],
        round=int(row["round"]),
        stage=row["stage"] or None,
        workload=row["workload"],
        clients=whole("clients"),
        archive_messages=whole("archive_messages"),
        payload_bytes=whole("payload_bytes"),
        rate_per_s=real("rate_per_s"),
        metric=row["metric"],
        value=real("value"),
        value_high=real("value_high"),
        limit_ms=real("limit_ms"),
        percentile=real("percentile"),
        grade=Grade(row["grade"]),
    )
