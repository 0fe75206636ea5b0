"""The section on the PostgreSQL archive: which rows it shows, and where a picture puts them.

Belongs here: selection and positions. Does not belong here: SVG (`templates/benchmarks.html.j2`), and numbers that are
read: axes are named in words, and every figure beside a picture is a cell.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assets.benchmarks.stages import STAGES
from assets.reports.cells import Cells

GAINS, FIGURES, BYTES, CURVES = (
    "archive_stage_gains",
    "archive_benchmarks",
    "archive_bytes_per_message",
    "archive_scalability",
)
STAGE_ORDER = {name: number for number, name in enumerate(STAGES)}

GAIN_METRICS = {
    "throughput_per_s": "Throughput",
    "latency_ms_p95": "Latency that all but one in twenty keep",
    "capacity_per_s": "Highest rate within the latency limit",
}
"""Shown as gains, the first one at once."""

RATIO_AXES = {
    2: ("half", "twice"),
    4: ("a quarter", "four times"),
    8: ("an eighth", "eight times"),
    32: ("less than a tenth", "more than ten times"),
}
"""Ends of the axis of ratios, and what they are called."""

DECADES = {
    -2: "a hundredth of a millisecond",
    -1: "a tenth of a millisecond",
    0: "a millisecond",
    1: "ten milliseconds",
    2: "a tenth of a second",
    3: "a second",
    4: "ten seconds",
    5: "a hundred seconds",
}
"""Powers of ten of a millisecond."""

PARTS = {
    "heap_bytes": "Rows",
    "toast_bytes": "Payloads moved out (TOAST)",
    "index_bytes": "Indices",
    "lookup_bytes": "Lookup table",
}
"""Columns of a bar of bytes, and what they are."""

QUANTILES = ("latency_ms_p50", "latency_ms_p95", "latency_ms_p99")

PUBLISHED_METRICS = ("throughput_per_s", *QUANTILES, "latency_mean", "query_latency_before", "query_latency_after")
"""Published figures that our own can be laid beside."""

PANEL_WIDTH, PANEL_HEIGHT = 320.0, 190.0
LEFT, RIGHT, TOP, BOTTOM = 8.0, 12.0, 18.0, 24.0


@dataclass(frozen=True)
class Strip:
    """A row of a plot: positions in percent of its width, and what is said of it."""

    key: str
    low: float
    mid: float
    high: float
    tone: str


@dataclass(frozen=True)
class Forest:
    """Ratios of one metric on one logarithmic axis, by stage."""

    metric: str
    title: str
    ends: tuple[str, str]
    stages: Mapping[str, tuple[Strip, ...]]


@dataclass(frozen=True)
class LatencyRow:
    """Quantiles of one stage: keys of the figures and positions in percent, p50, p95, p99."""

    stage: str
    keys: Mapping[str, str]
    places: Mapping[str, float]


@dataclass(frozen=True)
class Latencies:
    """Latencies of one workload by stage."""

    workload: str
    rows: tuple[LatencyRow, ...]

    @property
    def first(self) -> str:
        """Key of a figure of the workload."""
        return self.rows[0].keys[QUANTILES[0]]


@dataclass(frozen=True)
class Stack:
    """Bytes of one stage: its width and its parts in percent of the widest."""

    key: str
    parts: tuple[tuple[str, float, float], ...]
    """Column, left, width."""


@dataclass(frozen=True)
class Label:
    """A cell of a curve to be written at a place."""

    key: str
    column: str
    x: float
    y: float


@dataclass(frozen=True)
class Panel:
    """One curve: measured points, fitted line, line beyond the measurements, band; in the units of the drawing."""

    stage: str
    workload: str
    axis: str
    first: str
    """Key of its first point, for what holds for all of them."""
    points: tuple[tuple[float, float], ...]
    line: str
    beyond: str
    band: str
    labels: tuple[Label, ...]
    guides: tuple[float, ...]


@dataclass(frozen=True)
class ArchiveSection:
    """All that the section shows. `run` is None where no run of our own is on record."""

    run: str | None
    proposed: str | None
    candidates: tuple[str, ...]
    savings: tuple[str, ...]
    encodings: tuple[str, ...]
    kilobyte: str | None
    """Key of the comparison of encodings at 1 kB."""
    forests: tuple[Forest, ...]
    latencies: tuple[Latencies, ...]
    decades: tuple[tuple[str, float], ...]
    stacks: tuple[Stack, ...]
    parts: Mapping[str, str]
    panels: tuple[Panel, ...]
    capacities: tuple[str, ...]
    limits: tuple[str, ...]
    """Evidence of the current run and of the latency limits."""
    published: tuple[str, ...]


def archive_section(cells: Cells) -> ArchiveSection:
    """Choose what is shown: the current run, the largest archive and number of clients where there are several."""
    run = next(iter(cells.keys("archive_runs", is_current=True)), None)
    candidates = cells.keys("archive_recommendation")
    proposed = next((key for key in candidates if cells.value("archive_recommendation", key, "is_proposed")), None)
    latencies, decades = _latencies(cells, cells.keys(FIGURES, run_id=run) if run else [])
    capacities = _by_stage(cells, "archive_capacity", cells.keys("archive_capacity", is_current=True))
    rests_on = {
        evidence_id
        for table, keys in (("archive_capacity", capacities), ("archive_runs", [run] if run else []))
        for key in keys
        for evidence_id in cells.evidence_of(table, key)
    }
    encodings = cells.keys("archive_encoding")
    return ArchiveSection(
        run=run,
        proposed=proposed,
        candidates=tuple(candidates),
        savings=tuple(cells.keys("archive_savings", is_proposed=True)),
        encodings=tuple(encodings),
        kilobyte=next(
            (key for key in encodings if cells.value("archive_encoding", key, "payload_bytes") == 1000), None
        ),
        forests=tuple(_forests(cells, cells.keys(GAINS, is_current=True))),
        latencies=latencies,
        decades=decades,
        stacks=_stacks(cells),
        parts=PARTS,
        panels=tuple(_panels(cells)),
        capacities=capacities,
        limits=tuple(sorted(rests_on)),
        published=tuple(
            key
            for key in cells.keys(FIGURES, origin="published")
            if cells.value(FIGURES, key, "metric") in PUBLISHED_METRICS
        ),
    )


def _by_stage(cells: Cells, table: str, keys: Iterable[str]) -> tuple[str, ...]:
    known = [key for key in keys if cells.value(table, key, "stage") in STAGE_ORDER]
    return tuple(
        sorted(
            known, key=lambda key: (cells.value(table, key, "workload"), STAGE_ORDER[cells.value(table, key, "stage")])
        )
    )


def _largest(cells: Cells, table: str, keys: Iterable[str], by: Sequence[str]) -> list[str]:
    """Keep, of the rows that agree in `by`, the one with the largest archive and the most clients in a closed loop."""

    def size(key: str) -> tuple[int, float, int, str]:
        numbers = [cells.value(table, key, name) or 0 for name in ("archive_messages", "clients")]
        payload = cells.value(table, key, "payload_bytes") or 1
        is_closed = cells.value(table, key, "rate_per_s") is None
        return (int(is_closed) * 10 + 1, -abs(math.log(payload / 1000)), numbers[0] * 10_000 + numbers[1], key)

    best: dict[tuple[Any, ...], str] = {}
    for key in keys:
        group = tuple(cells.value(table, key, name) for name in by)
        if group not in best or size(key) > size(best[group]):
            best[group] = key
    return list(best.values())


def _forests(cells: Cells, keys: Sequence[str]) -> Iterable[Forest]:
    for metric, title in GAIN_METRICS.items():
        of_metric = [
            key
            for key in keys
            if cells.value(GAINS, key, "metric") == metric
            and cells.value(GAINS, key, "stage") in STAGE_ORDER
            and cells.value(GAINS, key, "ratio_low") is not None
        ]
        shown = _by_stage(cells, GAINS, _largest(cells, GAINS, of_metric, ("stage", "workload")))
        if not shown:
            continue
        ratios = [cells.value(GAINS, key, name) for key in shown for name in ("ratio_low", "ratio_high")]
        reach = max(max(ratio, 1 / ratio) for ratio in ratios if ratio > 0)
        bound = next((bound for bound in RATIO_AXES if reach <= bound), max(RATIO_AXES))
        stages: dict[str, list[Strip]] = {}
        for key in sorted(shown, key=lambda key: STAGE_ORDER[cells.value(GAINS, key, "stage")]):
            low, mid, high = (cells.value(GAINS, key, name) for name in ("ratio_low", "ratio", "ratio_high"))
            effect = str(cells.value(GAINS, key, "effect"))
            tone = {"gain": "pass", "loss": "fail"}.get(effect, "open")
            places = [_log_place(value, 1 / bound, bound) for value in (low, mid, high)]
            strip = Strip(key, places[0], places[1], places[2], tone)
            stages.setdefault(cells.value(GAINS, key, "stage"), []).append(strip)
        yield Forest(metric, title, RATIO_AXES[bound], {name: tuple(strips) for name, strips in stages.items()})


def _latencies(cells: Cells, keys: Sequence[str]) -> tuple[tuple[Latencies, ...], tuple[tuple[str, float], ...]]:
    figures = [
        key
        for key in keys
        if cells.value(FIGURES, key, "metric") in QUANTILES and cells.value(FIGURES, key, "stage") in STAGE_ORDER
    ]
    shown = _largest(cells, FIGURES, figures, ("stage", "workload", "metric"))
    values = [value for key in shown if (value := cells.value(FIGURES, key, "value"))]
    if not values:
        return (), ()
    first, last = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    low, high = 10.0**first, 10.0 ** max(last, first + 1)
    grouped: dict[str, dict[str, dict[str, str]]] = {}
    for key in _by_stage(cells, FIGURES, shown):
        workload, stage = (cells.value(FIGURES, key, name) for name in ("workload", "stage"))
        grouped.setdefault(workload, {}).setdefault(stage, {})[cells.value(FIGURES, key, "metric")] = key
    found = tuple(
        Latencies(
            workload,
            tuple(
                LatencyRow(
                    stage,
                    of_stage,
                    {name: _log_place(cells.value(FIGURES, key, "value"), low, high) for name, key in of_stage.items()},
                )
                for stage, of_stage in stages.items()
                if set(of_stage) == set(QUANTILES)
            ),
        )
        for workload, stages in grouped.items()
    )
    decades = tuple(
        (name, _log_place(10.0**power, low, high)) for power, name in DECADES.items() if low <= 10.0**power <= high
    )
    return tuple(latency for latency in found if latency.rows), decades


def _stacks(cells: Cells) -> tuple[Stack, ...]:
    own = [key for key in cells.keys(BYTES, is_current=True) if cells.value(BYTES, key, "stage") in STAGE_ORDER]
    nearest: dict[str, str] = {}
    for key in own:
        stage = cells.value(BYTES, key, "stage")
        if stage not in nearest or _distance(cells, key) < _distance(cells, nearest[stage]):
            nearest[stage] = key
    shown = sorted(nearest.values(), key=lambda key: STAGE_ORDER[cells.value(BYTES, key, "stage")])
    widest = max((cells.value(BYTES, key, "total_bytes") or 0 for key in shown), default=0)
    stacks = []
    for key in shown:
        left, parts = 0.0, []
        for column in PARTS:
            width = (cells.value(BYTES, key, column) or 0) / widest * 100
            if width:
                parts.append((column, round(left, 3), round(width, 3)))
            left += width
        stacks.append(Stack(key, tuple(parts)))
    return tuple(stacks)


def _distance(cells: Cells, key: str) -> tuple[float, int]:
    """How far a payload is from 1 kB; of equals the largest archive is the nearest."""
    payload, messages = (cells.value(BYTES, key, name) or 1 for name in ("payload_bytes", "archive_messages"))
    return abs(math.log(payload / 1000)), -int(messages)


def _panels(cells: Cells) -> Iterable[Panel]:
    curves: dict[tuple[Any, ...], list[str]] = {}
    for key in cells.keys(CURVES, is_current=True):
        if cells.value(CURVES, key, "stage") in STAGE_ORDER:
            names = ("axis", "workload", "stage", "fixed")
            curves.setdefault(tuple(cells.value(CURVES, key, name) for name in names), []).append(key)
    largest: dict[tuple[Any, ...], tuple[Any, list[str]]] = {}
    for (*name, fixed), keys in curves.items():
        if tuple(name) not in largest or fixed > largest[tuple(name)][0]:
            largest[tuple(name)] = (fixed, keys)
    for (axis, workload, stage), (_, keys) in sorted(
        largest.items(), key=lambda item: (item[0][0] != "clients", item[0][1], STAGE_ORDER[item[0][2]])
    ):
        yield _panel(cells, stage, workload, axis, keys)


def _panel(cells: Cells, stage: str, workload: str, axis: str, keys: Sequence[str]) -> Panel:
    rows = [{name: cells.value(CURVES, key, name) for name in _CURVE_COLUMNS} for key in keys]
    top = max(row[name] or 0 for row in rows for name in ("measured_per_s", "high_per_s", "fitted_per_s"))
    xs = [row["x"] for row in rows]
    scale = math.log if axis == "archive_messages" else float

    def x_of(x: float) -> float:
        span = scale(max(xs)) - scale(min(xs))
        return round(LEFT + (scale(x) - scale(min(xs))) / span * (PANEL_WIDTH - LEFT - RIGHT), 1)

    def y_of(y: float) -> float:
        return round(PANEL_HEIGHT - BOTTOM - y / top * (PANEL_HEIGHT - TOP - BOTTOM), 1)

    measured = [(key, row) for key, row in zip(keys, rows, strict=True) if row["is_measured"]]
    fitted = [row for row in rows if row["fitted_per_s"] is not None]
    within = [row for row in fitted if not row["is_extrapolated"]]
    beyond = [*within[-1:], *(row for row in fitted if row["is_extrapolated"])]
    upper = [(x_of(row["x"]), y_of(row["high_per_s"])) for row in fitted]
    lower = [(x_of(row["x"]), y_of(row["low_per_s"])) for row in reversed(fitted)]
    labels = [Label(key, "x", x_of(row["x"]), PANEL_HEIGHT - 7) for key, row in _apart(measured, x_of)]
    best = max(measured, key=lambda pair: pair[1]["measured_per_s"])
    labels.append(Label(best[0], "measured_per_s", x_of(best[1]["x"]), max(12.0, y_of(best[1]["measured_per_s"]) - 8)))
    return Panel(
        stage=stage,
        workload=workload,
        axis=axis,
        first=keys[0],
        points=tuple((x_of(row["x"]), y_of(row["measured_per_s"])) for _, row in measured),
        line=_polyline((x_of(row["x"]), y_of(row["fitted_per_s"])) for row in within),
        beyond=_polyline((x_of(row["x"]), y_of(row["fitted_per_s"])) for row in beyond),
        band=_polyline([*upper, *lower]),
        labels=tuple(labels),
        guides=tuple(x_of(row["x"]) for _, row in measured),
    )


_CURVE_COLUMNS = (
    "x",
    "is_measured",
    "measured_per_s",
    "low_per_s",
    "fitted_per_s",
    "high_per_s",
    "is_extrapolated",
)


def _apart(measured: Sequence[tuple[str, dict[str, Any]]], x_of: Any) -> Iterable[tuple[str, dict[str, Any]]]:
    """Leave out labels that would run into the one before."""
    last = -math.inf
    for key, row in measured:
        if x_of(row["x"]) - last >= 7 * len(f"{row['x']:,.0f}") + 6:
            last = x_of(row["x"])
            yield key, row


def _polyline(points: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{x:g},{y:g}" for x, y in points)


def _log_place(value: float, low: float, high: float) -> float:
    """Return where a value is on a logarithmic axis, percent; what is beyond an end is drawn at it."""
    inside = min(max(value, low), high)
    return round(math.log(inside / low) / math.log(high / low) * 100, 2)
