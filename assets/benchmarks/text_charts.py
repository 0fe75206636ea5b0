"""Results as pictures made of characters, for the UI: it shows no image that is not at a web address.

Belongs here: forest plot, latencies, bars and curves as text, pure. Does not belong here: the report.
"""

from __future__ import annotations

import math
import statistics
from collections import defaultdict
from collections.abc import Iterable, Sequence

from assets.benchmarks.archive.stages import STAGES
from assets.benchmarks.curves import CurvePoint
from assets.benchmarks.recommendation import KILOBYTE, Candidate
from assets.benchmarks.results import Capacity, Gain, Measurement, Noise

WIDTH = 49
"""Characters of a plot; odd, so that it has a middle."""
NAME = 74
"""Characters of the name of a line, the longest of which is cut."""
MAX_ROWS = 60
SMALLEST, LARGEST = 1 / 8, 8.0
"""Ends of the axis of ratios; what lies beyond is drawn at the end."""
FIRST_METRICS = ("throughput_per_s", "latency_ms_p95", "capacity_per_s", "total_bytes_per_message")
"""Shown, in this order."""
QUANTILES = {"latency_ms_p50": "●", "latency_ms_p95": "○", "latency_ms_p99": "|"}


def forest(gains: Iterable[Gain]) -> str:
    """Return a line for each ratio, on a logarithmic axis with 1 in the middle; `●` is real, `○` is not shown to be.

    Of a stage and workload the payload nearest to 1 kB with the most clients and the narrowest limit of latency is
    shown; self-tests are left out.
    """
    shown: dict[tuple[str, str, str], Gain] = {}
    for gain in sorted(gains, key=_standing_of):
        if gain.metric in FIRST_METRICS and gain.stage in STAGES and gain.low is not None and gain.high is not None:
            shown.setdefault((gain.metric, gain.setting.workload, gain.stage), gain)
    if not shown:
        return ""
    order = list(STAGES)
    lines = [f"{'':<{NAME}}{_axis()}"]
    for metric, workload, stage in sorted(shown, key=lambda k: (FIRST_METRICS.index(k[0]), k[1], order.index(k[2]))):
        gain = shown[metric, workload, stage]
        strip = [" "] * WIDTH
        strip[WIDTH // 2] = "│"
        low, mid, high = (_place(value) for value in (gain.low or 0, gain.ratio, gain.high or 0))
        strip[low : high + 1] = "─" * (high + 1 - low)
        strip[mid] = "●" if gain.is_real else "○"
        name = f"{stage} / {workload} / {metric}"
        lines.append(f"{name[: NAME - 1]:<{NAME}}{''.join(strip)} {gain.ratio:.2f} ({gain.low:.2f} to {gain.high:.2f})")
    return _cut(lines)


def latencies(measurements: Iterable[Measurement]) -> str:
    """Return a line for each stage and workload: ● half of the requests, ○ 95 %, | 99 %, on one logarithmic axis.

    A quantile that only some rounds report is omitted: those rounds are the fast ones.
    """
    found: dict[tuple[str, str], dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    shown: dict[tuple[str, str], tuple[int | None, ...]] = {}
    for row in sorted(measurements, key=lambda row: _standing(row.payload_bytes, row.clients)):
        is_closed_loop = row.rate_per_s is None and row.limit_ms is None
        if row.stage in STAGES and row.metric in QUANTILES and is_closed_loop and row.value:
            setting = (row.payload_bytes, row.archive_messages, row.clients)
            if shown.setdefault((row.workload, row.stage), setting) == setting:
                found[row.workload, row.stage][row.metric].append(row.value)
    medians = {
        at: {name: statistics.median(v) for name, v in of.items() if len(v) == max(map(len, of.values()))}
        for at, of in sorted(found.items())
    }
    values = [value for of in medians.values() for value in of.values()]
    if not values:
        return ""
    first, last = math.log10(min(values)), math.log10(max(values))
    lines = [f"{'milliseconds':<{NAME}}{min(values):<.3g}{max(values):>{WIDTH - 4}.3g}"]
    for (workload, stage), of in medians.items():
        strip = [" "] * WIDTH
        for name, mark in QUANTILES.items():
            if name in of:
                strip[round((math.log10(of[name]) - first) / max(1e-9, last - first) * (WIDTH - 1))] = mark
        lines.append(
            f"{f'{workload} / {stage}'[: NAME - 1]:<{NAME}}{''.join(strip)} {of.get('latency_ms_p50', math.nan):.2f}"
        )
    return _cut(lines)


def capacity(capacities: Iterable[Capacity]) -> str:
    """Return a bar for each stage, workload, archive and limit of the current run; a bound from above says so."""
    shown = [found for found in capacities if found.run.is_current]
    rows = [
        (
            f"{found.stage} / {found.workload} / {found.archive_messages} x {found.payload_bytes}"
            f" / p{found.percentile:g} < {found.limit_ms:g} ms"
            + ("" if found.per_vcpu_per_s is not None else " (at most)"),
            found.per_vcpu_per_s if found.per_vcpu_per_s is not None else found.high or 0.0,
        )
        for found in shown
    ]
    return _bars(rows, "a second and virtual CPU")


def certificate(certificates: Iterable[Noise]) -> str:
    """Return what each run says of its own trustworthiness, a line each."""
    lines = []
    for found in certificates:
        varies = "not repeated" if found.variation_median is None else f"{found.variation_median:.1%} (median)"
        alarms = f"{found.self_test_alarms} false of {found.self_test_comparisons} comparisons of equal stages"
        lines.append(f"{found.run.run_id}: rounds vary by {varies}; {alarms}")
    return "\n".join(lines)


def curves(points: Sequence[CurvePoint]) -> str:
    """Return a bar for each measured point of each curve of the current run, with the band of the fitted law."""
    shown = [point for point in points if point.run.is_current and point.is_measured]
    longest = max((point.high_per_s or point.measured_per_s or 0.0 for point in shown), default=0.0)
    if longest <= 0:
        return ""
    lines = [f"{'':<{NAME}}a second; █ measured, ░ band of nine in ten refits"]
    for point in shown:
        low, mid, high = (
            round((value or 0.0) / longest * (WIDTH - 1))
            for value in (point.low_per_s, point.measured_per_s, point.high_per_s)
        )
        strip = ["█" if place < mid else " " for place in range(WIDTH)]
        if point.high_per_s is not None:
            strip[low : high + 1] = "░" * (high + 1 - low)
        name = f"{point.stage} / {point.workload} / {point.payload_bytes} bytes / {point.x:.0f} {point.axis}"
        lines.append(f"{name[: NAME - 1]:<{NAME}}{''.join(strip)} {point.measured_per_s:,.0f}")
    return _cut(lines)


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
        f"{name[: NAME - 1]:<{NAME}}{'█' * max(1, round(value / longest * WIDTH)):<{WIDTH}} {value:,.0f}"
        for name, value in rows
    ]
    return _cut([f"{'':<{NAME}}{unit}", *lines])


def _cut(lines: list[str]) -> str:
    """Return the header and at most `MAX_ROWS` lines."""
    more = len(lines) - 1 - MAX_ROWS
    return "\n".join([*lines[: MAX_ROWS + 1], f"… and {more} more in the table"] if more > 0 else lines)


def _standing(payload_bytes: int | None, clients: int | None) -> tuple[float, int]:
    """Order what is shown: payloads near 1 kB first, then many clients."""
    return abs(math.log((payload_bytes or 1) / KILOBYTE)), -(clients or 0)


def _standing_of(gain: Gain) -> tuple[float, int, float]:
    """The same of a ratio, and the narrowest limit of latency first."""
    return *_standing(gain.setting.payload_bytes, gain.setting.clients), gain.setting.limit_ms or 0.0


def _axis() -> str:
    strip = [" "] * WIDTH
    for ratio, label in ((1 / 4, "¼"), (1 / 2, "½"), (1.0, "1"), (2.0, "2"), (4.0, "4")):
        strip[_place(ratio)] = label
    return "".join(strip)


def _place(ratio: float) -> int:
    inside = min(max(ratio, SMALLEST), LARGEST)
    return round(math.log(inside / SMALLEST) / math.log(LARGEST / SMALLEST) * (WIDTH - 1))
