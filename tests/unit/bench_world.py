"""A small run of the benchmarks, typed by hand: two stages and a candidate, four rounds, round figures."""

from __future__ import annotations

from typing import Any

from assets.benchmarks.results import MeasuredRun, Measurement
from assets.evidence.model import Grade
from tests.unit.bases import based

RUN = MeasuredRun(
    "run_a", "e1", 2, 4, is_newest=True, is_current=True, basis=based("measured", "benchmarks__runs/run_a")
)
NOISE = (0.98, 1.0, 1.01, 1.02)
"""What each round is off by, for all stages alike: it cancels in a pair."""
WOBBLE = (1.01, 0.99, 1.0, 1.0)
"""What a round of the second stage is off by besides."""


def measurement(stage: str | None, workload: str, metric: str, value: float | None, **changes: Any) -> Measurement:
    fields: dict[str, Any] = {
        "run_id": RUN.run_id,
        "round": 0,
        "clients": 4,
        "archive_messages": 100_000,
        "payload_bytes": 1000,
        "rate_per_s": None,
        **({"limit_ms": 400.0, "percentile": 95.0} if metric == "capacity_per_s" else {}),
        "grade": Grade.MEASURED,
        **changes,
    }
    return Measurement(stage=stage, workload=workload, metric=metric, value=value, **fields)


def rounds(stage: str | None, workload: str, metric: str, value: float, **changes: Any) -> list[Measurement]:
    """Four rounds around `value`."""
    wobble = WOBBLE if stage == "bytea_payload" else (1.0,) * 4
    return [
        measurement(stage, workload, metric, value * noise * own, round=i, **changes)
        for i, (noise, own) in enumerate(zip(NOISE, wobble, strict=True), start=1)
    ]
