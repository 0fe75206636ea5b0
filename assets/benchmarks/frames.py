"""What is computed of a run, as tables: one row per result, each with its grade and evidence.

Belongs here: columns and their order. Does not belong here: any arithmetic.
"""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from assets.benchmarks.archive.stages import STAGES
from assets.benchmarks.archive.storage_stages import StageStorage
from assets.benchmarks.curves import CurvePoint
from assets.benchmarks.recommendation import Candidate, EncodingRatio, Saving
from assets.benchmarks.results import Capacity, Gain, MeasuredRun, Noise
from assets.common.intervals import Interval
from assets.evidence.basis import BASIS_COLUMNS

REAL, TEXT, WHOLE, TRUTH = "double precision", "text", "bigint", "boolean"
RUN = {"run_id": TEXT, "environment_id": TEXT, "is_newest": TRUTH, "is_current": TRUTH}

GAIN_COLUMNS: dict[str, str] = {
    "gain_id": TEXT,
    **RUN,
    "stage": TEXT,
    "base": TEXT,
    "workload": TEXT,
    "metric": TEXT,
    "clients": WHOLE,
    "archive_messages": WHOLE,
    "payload_bytes": WHOLE,
    "rate_per_s": REAL,
    "limit_ms": REAL,
    "percentile": REAL,
    "ratio_low": REAL,
    "ratio": REAL,
    "ratio_high": REAL,
    "rounds": WHOLE,
    "is_real": TRUTH,
    "effect": TEXT,
    **BASIS_COLUMNS,
}
CAPACITY_COLUMNS: dict[str, str] = {
    "capacity_id": TEXT,
    **RUN,
    "stage": TEXT,
    "is_released": TRUTH,
    "workload": TEXT,
    "operation": TEXT,
    "limit_ms": REAL,
    "percentile": REAL,
    "population": TEXT,
    "is_narrowest": TRUTH,
    "payload_bytes": WHOLE,
    "archive_messages": WHOLE,
    "per_vcpu_per_s_low": REAL,
    "per_vcpu_per_s": REAL,
    "per_vcpu_per_s_high": REAL,
    "rounds": WHOLE,
    "failed_rounds": WHOLE,
    "is_kept": TRUTH,
    "lowest_tried_per_s": REAL,
    "finding": TEXT,
    **BASIS_COLUMNS,
}
NOISE_COLUMNS: dict[str, str] = {
    **RUN,
    "repeated_figures": WHOLE,
    "variation_median": REAL,
    "variation_max": REAL,
    "harness_empty_per_s": REAL,
    "harness_select_1_per_s": REAL,
    "highest_throughput_per_s": REAL,
    "self_test_comparisons": WHOLE,
    "self_test_alarms": WHOLE,
    "placebo_comparisons": WHOLE,
    "placebo_alarms": WHOLE,
    **BASIS_COLUMNS,
}
SCALABILITY_COLUMNS: dict[str, str] = {
    "point_id": TEXT,
    "run_id": TEXT,
    "is_current": TRUTH,
    "stage": TEXT,
    "workload": TEXT,
    "axis": TEXT,
    "payload_bytes": WHOLE,
    "fixed": WHOLE,
    "x": REAL,
    "is_measured": TRUTH,
    "measured_per_s": REAL,
    "low_per_s": REAL,
    "fitted_per_s": REAL,
    "high_per_s": REAL,
    "is_extrapolated": TRUTH,
    "peak_clients": REAL,
    "relative_error": REAL,
    **BASIS_COLUMNS,
}
FORMULA = {"random_leaf_fill": REAL, "repeated_leaf_fill": REAL, "formula_largest_miss": REAL}
"""What is fitted of the storage formula, as shares: how full leaves are, and by how much it misses a total at most."""
RECOMMENDATION_COLUMNS: dict[str, str] = {
    "candidate": TEXT,
    "title": TEXT,
    "base": TEXT,
    "run_id": TEXT,
    "payload_bytes": WHOLE,
    "archive_messages": WHOLE,
    "bytes_per_message": REAL,
    "base_bytes_per_message": REAL,
    "formula_bytes_per_message": REAL,
    "formula_base_bytes_per_message": REAL,
    **FORMULA,
    "saved_share_low": REAL,
    "saved_share": REAL,
    "saved_share_high": REAL,
    "insert_ratio_low": REAL,
    "insert_ratio": REAL,
    "insert_ratio_high": REAL,
    "query_ratio_low": REAL,
    "query_ratio": REAL,
    "query_ratio_high": REAL,
    "worst_workload": TEXT,
    "worst_ratio_low": REAL,
    "worst_ratio": REAL,
    "worst_ratio_high": REAL,
    "losses": "text[]",
    "measured_losses": "text[]",
    "not_ruled_out": "text[]",
    "limits_gained": "text[]",
    "limits_missed": "text[]",
    "tolerated_ratio": REAL,
    "is_admissible": TRUTH,
    "is_proposed": TRUTH,
    "reason": TEXT,
    **BASIS_COLUMNS,
}
SAVING_COLUMNS: dict[str, str] = {
    "candidate": TEXT,
    "scenario_id": TEXT,
    "title": TEXT,
    "run_id": TEXT,
    "payload_bytes": REAL,
    "archive_gb": REAL,
    "cost_usd_per_month": REAL,
    "provider": TEXT,
    "saved_share_low": REAL,
    "saved_share": REAL,
    "saved_share_high": REAL,
    "saved_gb_low": REAL,
    "saved_gb": REAL,
    "saved_gb_high": REAL,
    "saved_usd_per_month_low": REAL,
    "saved_usd_per_month": REAL,
    "saved_usd_per_month_high": REAL,
    "messages_per_day": REAL,
    "base_bytes_per_message": REAL,
    "bytes_per_message": REAL,
    "base_gb_per_day": REAL,
    "gb_per_day": REAL,
    "limit_gb": REAL,
    "base_days_to_limit": REAL,
    "days_to_limit": REAL,
    "is_proposed": TRUTH,
    **BASIS_COLUMNS,
}
ENCODING_COLUMNS: dict[str, str] = {
    "run_id": TEXT,
    "payload_bytes": WHOLE,
    "hex_bytes": REAL,
    "bytea_bytes": REAL,
    "ratio_low": REAL,
    "ratio": REAL,
    "ratio_high": REAL,
    "basis": TEXT,
    "formula_hex_bytes": REAL,
    "formula_bytea_bytes": REAL,
    **FORMULA,
    "formula_error_share": REAL,
    "hex_wal_bytes": REAL,
    "bytea_wal_bytes": REAL,
    "is_near_two": TRUTH,
    "finding": TEXT,
    **BASIS_COLUMNS,
}
"""Each: column to PostgreSQL type, in the order of the table."""


def gains_frame(gains: Iterable[Gain]) -> pd.DataFrame:
    """One row per run, stage, setting and metric; columns as in `GAIN_COLUMNS`."""
    return _frame(
        GAIN_COLUMNS,
        (
            (
                _name(
                    gain.run.run_id,
                    gain.stage,
                    gain.setting.workload,
                    gain.metric,
                    *gain.setting[1:],
                ),
                *_run(gain.run),
                gain.stage,
                gain.base,
                gain.setting.workload,
                gain.metric,
                *gain.setting[1:],
                gain.low,
                gain.ratio,
                gain.high,
                gain.rounds,
                gain.is_real,
                gain.effect,
                *gain.basis.cells,
            )
            for gain in gains
        ),
    )


def capacity_frame(capacities: Iterable[Capacity]) -> pd.DataFrame:
    """One row per run, stage, workload and size; columns as in `CAPACITY_COLUMNS`."""
    return _frame(
        CAPACITY_COLUMNS,
        (
            (
                _name(
                    *(found.run.run_id, found.stage, found.workload, found.payload_bytes, found.archive_messages),
                    f"p{found.percentile:g} below {found.limit_ms:g} ms",
                ),
                *_run(found.run),
                found.stage,
                found.stage in STAGES and STAGES[found.stage].since is not None,
                found.workload,
                found.operation,
                found.limit_ms,
                found.percentile,
                found.population,
                found.is_narrowest,
                found.payload_bytes,
                found.archive_messages,
                found.low,
                found.per_vcpu_per_s,
                found.high,
                found.rounds,
                found.failed_rounds,
                found.is_kept,
                found.lowest_tried_per_s,
                found.finding,
                *found.basis.cells,
            )
            for found in capacities
        ),
    )


def noise_frame(certificates: Iterable[Noise]) -> pd.DataFrame:
    """One row per run; columns as in `NOISE_COLUMNS`."""
    return _frame(
        NOISE_COLUMNS,
        (
            (
                *_run(found.run),
                found.repeated_figures,
                found.variation_median,
                found.variation_max,
                found.harness_empty_per_s,
                found.harness_select_1_per_s,
                found.highest_throughput_per_s,
                found.self_test_comparisons,
                found.self_test_alarms,
                found.placebo_comparisons,
                found.placebo_alarms,
                *found.basis.cells,
            )
            for found in certificates
        ),
    )


def scalability_frame(points: Iterable[CurvePoint]) -> pd.DataFrame:
    """One row per point of a curve; columns as in `SCALABILITY_COLUMNS`."""
    return _frame(
        SCALABILITY_COLUMNS,
        (
            (
                _name(
                    *(point.run.run_id, point.stage, point.workload, point.axis),
                    *(point.payload_bytes, point.fixed, f"{point.x:.0f}"),
                ),
                point.run.run_id,
                point.run.is_current,
                point.stage,
                point.workload,
                point.axis,
                point.payload_bytes,
                point.fixed,
                point.x,
                point.is_measured,
                point.measured_per_s,
                point.low_per_s,
                point.fitted_per_s,
                point.high_per_s,
                point.is_extrapolated,
                point.peak_clients,
                point.relative_error,
                *point.basis.cells,
            )
            for point in points
        ),
    )


def recommendation_frame(candidates: Iterable[Candidate], tolerated_ratio: float) -> pd.DataFrame:
    """One row per candidate; columns as in `RECOMMENDATION_COLUMNS`."""
    return _frame(
        RECOMMENDATION_COLUMNS,
        (
            (
                found.stage.id,
                found.stage.title,
                found.stage.base,
                found.run.run_id,
                found.payload_bytes,
                found.archive_messages,
                found.bytes_per_message,
                found.base_bytes_per_message,
                found.formula_bytes_per_message,
                found.formula_base_bytes_per_message,
                *_formula(found.formula),
                *_interval(found.saved),
                *_interval(found.inserts),
                *_interval(found.queries),
                found.worst_workload,
                *_interval(found.worst),
                list(found.losses),
                list(found.measured_losses),
                list(found.not_ruled_out),
                list(found.limits_gained),
                list(found.limits_missed),
                tolerated_ratio,
                found.is_admissible,
                found.is_proposed,
                found.reason,
                *found.basis.cells,
            )
            for found in candidates
        ),
    )


def savings_frame(savings: Iterable[Saving], proposed: str | None) -> pd.DataFrame:
    """One row per candidate and scenario; columns as in `SAVING_COLUMNS`."""
    return _frame(
        SAVING_COLUMNS,
        (
            (
                found.candidate,
                found.cost.scenario_id,
                found.cost.title,
                found.run.run_id,
                found.cost.payload_bytes,
                found.cost.archive_gb,
                found.cost.cost_usd_per_month,
                found.cost.provider,
                *_interval(found.share),
                *_interval(found.of(found.cost.archive_gb)),
                *_interval(found.of(found.cost.cost_usd_per_month)),
                found.cost.messages_per_day,
                found.base_bytes_per_message,
                found.bytes_per_message,
                found.base_gb_per_day,
                found.gb_per_day,
                found.cost.limit_gb,
                found.base_days_to_limit,
                found.days_to_limit,
                found.candidate == proposed,
                *found.basis.cells,
            )
            for found in savings
        ),
    )


def encoding_frame(ratios: Iterable[EncodingRatio]) -> pd.DataFrame:
    """One row per size of payload; columns as in `ENCODING_COLUMNS`."""
    return _frame(
        ENCODING_COLUMNS,
        (
            (
                found.run.run_id,
                found.payload_bytes,
                found.hex_bytes,
                found.bytea_bytes,
                *_interval(found.ratio),
                "measured" if found.is_measured else "computed",
                found.formula_hex_bytes,
                found.formula_bytea_bytes,
                *_formula(found.formula),
                found.formula_error,
                found.hex_wal_bytes,
                found.bytea_wal_bytes,
                found.is_near_two,
                "near twice" if found.is_near_two else "not near twice",
                *found.basis.cells,
            )
            for found in ratios
        ),
    )


def _frame(columns: dict[str, str], rows: Iterable[tuple[object, ...]]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=list(columns), dtype=object)


def _name(*parts: object) -> str:
    """Name a row by what it is about; what does not apply is left out."""
    return "|".join(str(part) for part in parts if part is not None)


def _run(run: MeasuredRun) -> tuple[object, ...]:
    return run.run_id, run.environment_id, run.is_newest, run.is_current


def _interval(interval: Interval | None) -> tuple[float | None, ...]:
    return (None, None, None) if interval is None else (interval.low, interval.mid, interval.high)


def _formula(formula: StageStorage) -> tuple[float, ...]:
    return formula.fit.random_leaf_fill, formula.fit.repeated_leaf_fill, formula.relative_error
