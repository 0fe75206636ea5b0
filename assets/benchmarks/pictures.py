"""Results as pictures made of characters, for the UI: it shows no image that is not at a web address.

Belongs here: forest plot, bars and curves as text, pure. Does not belong here: the report (`assets/reports`).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from assets.benchmarks.curves import CurvePoint
from assets.benchmarks.recommendation import Candidate
from assets.benchmarks.results import Capacity, Gain, Noise

WIDTH = 49
"""Characters of a plot; odd, so that it has a middle."""
MAX_ROWS = 60
SMALLEST, LARGEST = 1 / 8, 8.0
"""Ends of the axis of ratios; what lies beyond is drawn at the end."""
SHOWN_METRICS = ("throughput_per_s", "latency_ms_p95", "capacity_per_s", "total_bytes_per_message")


def forest(gains: Iterable[Gain]) -> str:
    """Return a line for each ratio, on a logarithmic axis with 1 in the middle; `●` is real, `○` is not shown to be."""
    shown = [gain for gain in gains if gain.metric in SHOWN_METRICS and gain.low is not None and gain.high is not None]
    if not shown:
        return ""
    lines = [f"{'':<58}{_axis()}"]
    for gain in sorted(shown, key=lambda gain: (gain.metric, gain.setting.workload))[:MAX_ROWS]:
        strip = [" "] * WIDTH
        strip[WIDTH // 2] = "│"
        low, mid, high = (_place(value) for value in (gain.low or 0, gain.ratio, gain.high or 0))
        strip[low : high + 1] = "─" * (high + 1 - low)
        strip[mid] = "●" if gain.is_real else "○"
        name = f"{gain.stage} / {gain.setting.workload} / {gain.metric}"
        lines.append(f"{name[:57]:<58}{''.join(strip)} {gain.ratio:.2f} ({gain.low:.2f} to {gain.high:.2f})")
    return _cut(lines, len(shown))


def capacity(capacities: Iterable[Capacity]) -> str:
    """Return a bar for each stage and workload of the current run."""
    shown = [found for found in capacities if found.run.is_current]
    rows = [(f"{found.stage} / {found.workload}", found.per_vcpu_per_s) for found in shown]
    return _bars(rows, "a second and virtual CPU")


def certificate(certificates: Iterable[Noise]) -> str:
    """Return what each run says of its own trustworthiness, a line each."""
    lines = []
    for found in certificates:
        varies = "not repeated" if found.variation_median is None else f"{found.variation_median:.1%} (median)"
        alarms = f"{found.self_test_alarms} false of {found.self_test_comparisons} comparisons of a stage with itself"
        lines.append(f"{found.run.run_id}: rounds vary by {varies}; {alarms}")
    return "\n".join(lines)


def curves(points: Sequence[CurvePoint]) -> str:
    """Return a bar for each measured point of each curve over clients of the current run."""
    shown = [point for point in points if point.run.is_current and point.is_measured and point.axis == "clients"]
    rows = [
        (f"{point.stage} / {point.workload} / {point.x:.0f} clients", point.measured_per_s or 0.0) for point in shown
    ]
    return _bars(rows, "a second")


def storage(candidates: Sequence[Candidate]) -> str:
    """Return a bar for each candidate, the proposed one marked."""
    rows = [(f"{'→ ' if found.is_proposed else ''}{found.stage.id}", found.bytes_per_message) for found in candidates]
    if candidates:
        rows.insert(0, (f"{candidates[0].stage.base} (newest release)", candidates[0].base_bytes_per_message))
    return _bars(rows, "bytes a message")


def _bars(rows: Sequence[tuple[str, float]], unit: str) -> str:
    longest = max((value for _, value in rows), default=0.0)
    if longest <= 0:
        return ""
    lines = [
        f"{name[:57]:<58}{'█' * max(1, round(value / longest * WIDTH)):<{WIDTH}} {value:,.0f}"
        for name, value in rows[:MAX_ROWS]
    ]
    return _cut([f"{'':<58}{unit}", *lines], len(rows))


def _cut(lines: list[str], total: int) -> str:
    return "\n".join([*lines, f"… and {total - MAX_ROWS} more in the table"] if total > MAX_ROWS else lines)


def _axis() -> str:
    strip = [" "] * WIDTH
    for ratio, label in ((1 / 4, "¼"), (1 / 2, "½"), (1.0, "1"), (2.0, "2"), (4.0, "4")):
        strip[_place(ratio)] = label
    return "".join(strip)


def _place(ratio: float) -> int:
    inside = min(max(ratio, SMALLEST), LARGEST)
    return round(math.log(inside / SMALLEST) / math.log(LARGEST / SMALLEST) * (WIDTH - 1))
