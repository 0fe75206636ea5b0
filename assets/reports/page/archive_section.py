"""The section on the PostgreSQL archive: which rows it shows, and where a picture puts them.

Belongs here: selection and positions. Does not belong here: SVG (`templates/benchmarks.html.j2`), and numbers that are
read: axes are named in words, and every figure beside a picture is a cell.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assets.benchmarks.archive.grids import CURRENT
from assets.benchmarks.archive.requests import INSERT_PREFIX
from assets.reports.page.archive_curves import STAGE_ORDER, Panel, curve_panels
from assets.reports.page.cells import Cells
from assets.reports.page.cost_section import scenarios_by_users

GAINS, FIGURES, BYTES = "archive_stage_gains", "archive_benchmarks", "archive_bytes_per_message"

GAIN_METRICS = {
    "throughput_per_s": "Throughput",
    "latency_ms_p95": "Latency that all but one in twenty keep",
    "capacity_per_s": "Highest rate within the limit of latency",
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
    """By quantile; a high one is not there where too few requests were made to tell it."""
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
class ArchiveSection:
    """All that the section shows. `run` is None where no run of our own is on record."""

    run: str | None
    proposed: str | None
    largest: str | None
    """The candidate that saves most storage, whether it is proposed or not."""
    carries: tuple[str, ...]
    """What the newest release carries of each workload: the narrowest limit in the largest archive that keeps it."""
    fastest: str | None
    """The gain in throughput of the change that helped a query most, of those shown."""
    candidates: tuple[str, ...]
    passed_over: tuple[str, ...]
    """Candidates that save more storage than the proposed one, the largest saving first."""
    dearest: str | None
    """Where the proposed candidate, else that one, saves most money."""
    savings: tuple[str, ...]
    encodings: tuple[str, ...]
    kilobyte: str | None
    """Key of the comparison of encodings at 1 kB."""
    forests: tuple[Forest, ...]
    latencies: tuple[Latencies, ...]
    decades: tuple[tuple[str, float], ...]
    stacks: tuple[Stack, ...]
    parts: Mapping[str, str]
    panels: tuple[tuple[Panel, ...], ...]
    """By workload and axis."""
    capacities: tuple[str, ...]
    missed: Mapping[str, tuple[str, ...]]
    """Capacities of the newest release whose limit was not kept at any rate that was tried, in some round; each with
    those of earlier releases that keep it."""
    limits: tuple[str, ...]
    """Evidence of the current run and of the latency limits."""
    published: tuple[str, ...]


def archive_section(cells: Cells) -> ArchiveSection:
    """Choose what is shown: the current run, the largest archive and number of clients where there are several."""
    run = next(iter(cells.keys("archive_runs", is_current=True)), None)
    candidates = cells.keys("archive_recommendation")
    proposed = next((key for key in candidates if cells.value("archive_recommendation", key, "is_proposed")), None)
    latencies, decades = _latencies(cells, cells.keys(FIGURES, run_id=run) if run else [])

    def saved(key: str) -> float:
        return float(cells.value("archive_recommendation", key, "saved_share"))

    largest = max(candidates, key=saved, default=None)
    told = proposed or largest
    # The key of a recommendation is its candidate.
    savings = [
        key
        for scenario in scenarios_by_users(cells)
        for key in cells.keys("archive_savings", candidate=told, scenario_id=scenario)
    ]
    capacities = _by_stage(cells, "archive_capacity", cells.keys("archive_capacity", is_current=True))
    encodings = cells.keys("archive_encoding")
    forests = tuple(_forests(cells, cells.keys(GAINS, is_current=True)))
    return ArchiveSection(
        run=run,
        proposed=proposed,
        largest=largest,
        carries=_carried(cells, capacities),
        fastest=_fastest(cells, forests),
        candidates=tuple(candidates),
        passed_over=tuple(
            key for key in sorted(candidates, key=saved, reverse=True) if proposed and saved(key) > saved(proposed)
        ),
        dearest=_dearest(cells, savings),
        savings=tuple(savings),
        encodings=tuple(encodings),
        kilobyte=next(
            (key for key in encodings if cells.value("archive_encoding", key, "payload_bytes") == 1000), None
        ),
        forests=forests,
        latencies=latencies,
        decades=decades,
        stacks=_stacks(cells),
        parts=PARTS,
        panels=tuple(
            tuple(group)
            for _, group in itertools.groupby(curve_panels(cells), key=lambda panel: (panel.axis, panel.workload))
        ),
        capacities=capacities,
        missed=_missed(cells, capacities),
        limits=tuple(sorted(_evidence_of(cells, capacities, run))),
        published=tuple(
            key
            for key in cells.keys(FIGURES, origin="published")
            if cells.value(FIGURES, key, "metric") in PUBLISHED_METRICS
        ),
    )


def _dearest(cells: Cells, savings: Iterable[str]) -> str | None:
    """Return where most money is saved, of the scenarios whose archive has a price."""
    saved = {key: cells.value("archive_savings", key, "saved_usd_per_month") for key in savings}
    priced = {key: money for key, money in saved.items() if money is not None}
    return max(priced, key=lambda key: priced[key], default=None)


def _carried(cells: Cells, capacities: Sequence[str]) -> tuple[str, ...]:
    """Return what the newest release carries of each workload, in the largest archive in which it keeps a limit."""
    table = "archive_capacity"
    found: dict[str, str] = {}
    for key in capacities:  # those of one size stand in the order of their limits
        row = cells.row(table, key)
        if row["stage"] != CURRENT or not row["is_kept"]:
            continue
        best = found.setdefault(row["workload"], key)
        if row["archive_messages"] > cells.value(table, best, "archive_messages"):
            found[row["workload"]] = key
    return tuple(found.values())


def _fastest(cells: Cells, forests: Sequence[Forest]) -> str | None:
    """Return the largest gain in throughput of a query."""
    shown = [strip.key for strips in forests[0].stages.values() for strip in strips] if forests else []
    gains = [
        key
        for key in shown
        if cells.value(GAINS, key, "effect") == "gain"
        and not cells.value(GAINS, key, "workload").startswith(INSERT_PREFIX)
    ]
    return max(gains, key=lambda key: float(cells.value(GAINS, key, "ratio")), default=None)


def _missed(cells: Cells, capacities: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return the capacities of the newest release whose limit was not kept, with those of earlier ones that keep it."""
    return {
        key: _kept_by_others(cells, key, capacities)
        for key in capacities
        if not cells.value("archive_capacity", key, "is_kept")
        and cells.value("archive_capacity", key, "stage") == CURRENT
    }


def _evidence_of(cells: Cells, capacities: Iterable[str], run: str | None) -> set[str]:
    """Return the evidence of capacities and of a run."""
    rows = [*(("archive_capacity", key) for key in capacities), *([("archive_runs", run)] if run else [])]
    return {evidence_id for table, key in rows for evidence_id in cells.evidence_ids(table, key)}


def _kept_by_others(cells: Cells, missed: str, capacities: Iterable[str]) -> tuple[str, ...]:
    """Return the capacities of released stages that keep the limit which `missed` does not, in the same archive."""

    def asked(key: str) -> tuple[Any, ...]:
        names = ("workload", "archive_messages", "payload_bytes", "limit_ms", "percentile")
        return tuple(cells.value("archive_capacity", key, name) for name in names)

    return tuple(
        key
        for key in capacities
        if asked(key) == asked(missed)
        and cells.value("archive_capacity", key, "is_released")
        and cells.value("archive_capacity", key, "is_kept")
    )


def _by_stage(cells: Cells, table: str, keys: Iterable[str]) -> tuple[str, ...]:
    known = [key for key in keys if cells.value(table, key, "stage") in STAGE_ORDER]
    return tuple(
        sorted(
            known,
            key=lambda key: (
                cells.value(table, key, "workload"),
                STAGE_ORDER[cells.value(table, key, "stage")],
                cells.value(table, key, "archive_messages") or 0,
                cells.value(table, key, "limit_ms") or 0.0,
            ),
        )
    )


def _largest(cells: Cells, table: str, keys: Iterable[str], by: Sequence[str]) -> list[str]:
    """Keep, of the rows that agree in `by`, the one with the largest archive and the most clients in a closed loop.

    Of several limits of latency the narrowest is kept.
    """

    def size(key: str) -> tuple[int, float, float, int, str]:
        numbers = [cells.value(table, key, name) or 0 for name in ("archive_messages", "clients")]
        payload = cells.value(table, key, "payload_bytes") or 1
        is_closed = cells.value(table, key, "rate_per_s") is None
        narrowness = -(cells.value(table, key, "limit_ms") or 0.0)
        largest = numbers[0] * 10_000 + numbers[1]
        return (int(is_closed) * 10 + 1, -abs(math.log(payload / 1000)), narrowness, largest, key)

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
    shown = _shown_quantiles(cells, keys)
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
                if QUANTILES[0] in of_stage
            ),
        )
        for workload, stages in grouped.items()
    )
    decades = tuple(
        (name, _log_place(10.0**power, low, high)) for power, name in DECADES.items() if low <= 10.0**power <= high
    )
    return tuple(latency for latency in found if latency.rows), decades


def _shown_quantiles(cells: Cells, keys: Sequence[str]) -> list[str]:
    """Choose the quantiles of each stage and workload; those of a row are of one measurement."""
    figures = [
        key
        for key in keys
        if cells.value(FIGURES, key, "metric") in QUANTILES
        and cells.value(FIGURES, key, "stage") in STAGE_ORDER
        and cells.value(FIGURES, key, "limit_ms") is None
    ]
    shown = _largest(cells, FIGURES, figures, ("stage", "workload", "metric"))
    medians = [key for key in shown if cells.value(FIGURES, key, "metric") == QUANTILES[0]]
    settings = {_setting(cells, key) for key in medians}
    return [key for key in shown if _setting(cells, key) in settings]


def _setting(cells: Cells, key: str) -> tuple[Any, ...]:
    names = ("stage", "workload", "clients", "archive_messages", "payload_bytes", "rate_per_s")
    return tuple(cells.value(FIGURES, key, name) for name in names)


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


def _log_place(value: float, low: float, high: float) -> float:
    """Return where a value is on a logarithmic axis, percent; what is beyond an end is drawn at it."""
    inside = min(max(value, low), high)
    return round(math.log(inside / low) / math.log(high / low) * 100, 2)
