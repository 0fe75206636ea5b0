"""The released tables of a small benchmark run, for the page that shows them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

import pandas as pd

from assets.benchmarks import frames
from assets.benchmarks.archive.limits import Limit
from assets.benchmarks.archive.stages import ALL_STAGES
from assets.benchmarks.archive.storage_stages import MeasuredStage, StageStorage, fit_stages
from assets.benchmarks.curves import throughput_curves
from assets.benchmarks.recommendation import (
    TOLERATED_RATIO,
    ArchiveCost,
    candidates,
    encoding_ratios,
    savings,
    with_proposal,
)
from assets.benchmarks.results import KnownLimit, capacities, noise, stage_gains
from tests.unit.bases import based
from tests.unit.bench_world import RUN, measurement, rounds

RUN_EVIDENCE = "benchmarks__runs/run_a"
LIMIT = "benchmarks__latency_targets/older"
PUBLISHED = "benchmarks__postgres_results/jmeter_p95"
SCENARIO = "costs__scenarios/scenario_1"
MEASUREMENT = "benchmarks__measurements/run_a_1"
EVIDENCE = {
    RUN_EVIDENCE: "measured",
    LIMIT: "published",
    PUBLISHED: "measured",
    SCENARIO: "estimated",
    MEASUREMENT: "measured",
}
"""Rows of evidence under these tables."""

STAGES = ("lookup_table", "lookup_partitioned", "bytea_payload", "lz4_compression")
TOTALS = (3700.0, 3400.0, 1650.0, 3400.0)
WORKLOADS = ("insert", "first_page_20")


@cache
def bench_tables(*, has_run: bool = True) -> dict[str, pd.DataFrame]:
    """Return the tables; without a run only what was published is in them."""
    measured = [
        *(
            row
            for number, stage in enumerate(STAGES)
            for clients in (1, 2, 4)
            for workload in WORKLOADS
            for row in rounds(stage, workload, "throughput_per_s", (900 + 90 * number) * clients**0.5, clients=clients)
        ),
        *(row for stage in STAGES for row in rounds(stage, "insert", "capacity_per_s", 1500)),
        measurement("lookup_partitioned", "first_page_20", "capacity_per_s", None, value_high=24.0),
        *(row for stage in ("self_test_a", "self_test_b") for row in rounds(stage, "insert", "throughput_per_s", 900)),
        measurement(None, "harness_select_1", "throughput_per_s", 20_000),
    ] if has_run else []  # fmt: skip
    gains = stage_gains(RUN, measured, {stage.id: stage.base for stage in ALL_STAGES.values()})
    sizes = [
        MeasuredStage(ALL_STAGES[stage], 1000, 100_000, None, 300, 200, total)
        for stage, total in zip(STAGES, TOTALS, strict=True)
    ]
    storage = StageStorage(fit_stages(sizes).fit, 0.01)
    judged = candidates(RUN, measured, gains, sizes, storage) if has_run else []
    cost = ArchiveCost(
        *("community", "A community", 2048.0, 100.0, 8.0, "cloud", 1_000_000, 30, 32.2),
        based("estimated", SCENARIO),
    )
    saved = savings(judged, [cost], storage)
    found = with_proposal(judged, saved)
    ratios = encoding_ratios(RUN, sizes) if has_run else []
    limits = dict.fromkeys(WORKLOADS, (KnownLimit(Limit("older", 400.0, 95), "requests", based("published", LIMIT)),))
    return {
        "archive_benchmarks": _figures(has_run),
        "archive_capacity": frames.capacity_frame(capacities(RUN, measured, limits)),
        "archive_encoding": frames.encoding_frame(ratios),
        "archive_noise": frames.noise_frame([noise(RUN, measured, gains)] if has_run else []),
        "archive_recommendation": frames.recommendation_frame(found, TOLERATED_RATIO),
        "archive_runs": _runs(has_run),
        "archive_savings": frames.savings_frame(saved, "bytea_payload"),
        "archive_scalability": frames.scalability_frame(throughput_curves(RUN, measured)),
        "archive_stage_gains": frames.gains_frame(gains),
    }


def own_bytes() -> list[Mapping[str, Any]]:
    """Return rows of `archive_bytes_per_message` that the run measured."""
    return [
        {
            "study": "run_a",
            "system": "PostgreSQL 18.4",
            "stage": stage,
            "encoding": "bytea" if stage == "bytea_payload" else "hex",
            "archive_messages": 100_000,
            "payload_bytes": 1000,
            "heap_bytes": 180.0,
            "toast_bytes": total - 680.0,
            "table_bytes": total - 500.0,
            "index_bytes": 300.0,
            "lookup_bytes": 200.0,
            "total_bytes": total,
            "is_current": True,
            "grade": "measured",
            "evidence_ids": [MEASUREMENT, RUN_EVIDENCE],
        }
        for stage, total in zip(STAGES, TOTALS, strict=True)
    ]


def _figures(has_run: bool) -> pd.DataFrame:
    columns = (
        "figure_id", "origin", "study", "run_id", "stage", "system", "workload", "clients", "archive_messages",
        "payload_bytes", "rate_per_s", "limit_ms", "percentile", "metric", "unit", "value", "environment", "grade",
        "evidence_ids",
    )  # fmt: skip
    rows: list[tuple[Any, ...]] = [
        (PUBLISHED, "published", "jmeter", None, None, "PostgreSQL", "queries", 10, *[None] * 5,
         "latency_ms_p95", "ms", 85.0, "a laptop", "measured", [PUBLISHED])
    ]  # fmt: skip
    if has_run:
        rows += [
            (
                *(f"run_a|{stage}|{workload}|{metric}", "own", "run_a", "run_a", stage, "PostgreSQL 18.4", workload),
                *(4, 100_000, 1000, None, None, None, metric, "ms", value, "a machine", "measured"),
                [MEASUREMENT, RUN_EVIDENCE],
            )
            for stage in STAGES
            for workload in WORKLOADS
            for metric, value in (("latency_ms_p50", 1.5), ("latency_ms_p95", 4.0), ("latency_ms_p99", 12.0))
        ]
    return pd.DataFrame(rows, columns=list(columns), dtype=object)


def _runs(has_run: bool) -> pd.DataFrame:
    row = {
        "run_id": "run_a",
        "is_current": True,
        "grid": "full",
        "rounds": 4,
        "duration_seconds": 900.0,
        "cpu_model": "EPYC 7B13",
        "cpu_cores": 2,
        "memory_gib": 8.0,
        "operating_system": "Linux 6.8",
        "file_system": "ext4",
        "postgres_version": "18.4",
        "load_generator": "pgbench 18.4",
        "code_version": "abc123",
        "git_commit": "def456",
        "changed_settings": ["shared_buffers=128MB"],
        "measured_on": date(2026, 11, 23),
        "grade": "measured",
        "evidence_ids": [RUN_EVIDENCE],
    }
    return pd.DataFrame([row] if has_run else [], columns=list(row), dtype=object)
