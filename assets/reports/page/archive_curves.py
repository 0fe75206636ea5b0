"""Curves of throughput in the report: which ones it shows, and where a drawing puts their points.

Belongs here: selection and positions of curves. Does not belong here: the fit (`assets/benchmarks`), SVG.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assets.benchmarks.archive.stages import STAGES
from assets.reports.page.cells import Cells

CURVES = "archive_scalability"
STAGE_ORDER = {name: number for number, name in enumerate(STAGES)}

PANEL_WIDTH, PANEL_HEIGHT = 320.0, 190.0
LEFT, RIGHT, TOP, BOTTOM = 44.0, 12.0, 12.0, 24.0
LINE_HEIGHT = 14.0
"""Labels closer than this would touch."""


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
    x_labels: tuple[Label, ...]
    y_labels: tuple[Label, ...]
    """Left of the axis, where no curve runs: the highest measured figure, and the lowest where there is room."""
    guides: tuple[float, ...]
    """Heights of the lines to these labels."""


def curve_panels(cells: Cells) -> Iterable[Panel]:
    """Yield the curves of the current run by axis, workload, payload, stage, at the largest value of the other axis."""
    curves: dict[tuple[Any, ...], list[str]] = {}
    for key in cells.keys(CURVES, is_current=True):
        if cells.value(CURVES, key, "stage") in STAGE_ORDER:
            names = ("axis", "workload", "payload_bytes", "stage", "fixed")
            curves.setdefault(tuple(cells.value(CURVES, key, name) for name in names), []).append(key)
    largest: dict[tuple[Any, ...], tuple[Any, list[str]]] = {}
    for (*name, fixed), keys in curves.items():
        if tuple(name) not in largest or fixed > largest[tuple(name)][0]:
            largest[tuple(name)] = (fixed, keys)
    for (axis, workload, _, stage), (_, keys) in sorted(
        largest.items(), key=lambda item: (item[0][0] != "clients", *item[0][1:3], STAGE_ORDER[item[0][3]])
    ):
        yield _panel(cells, stage, workload, axis, keys)


def _panel(cells: Cells, stage: str, workload: str, axis: str, keys: Sequence[str]) -> Panel:
    rows = [{name: cells.value(CURVES, key, name) for name in _CURVE_COLUMNS} for key in keys]
    drawing = _Drawing.of(rows, axis)
    measured = [(key, row) for key, row in zip(keys, rows, strict=True) if row["is_measured"]]
    fitted = [row for row in rows if row["fitted_per_s"] is not None]
    within = [row for row in fitted if not row["is_extrapolated"]]
    beyond = [*within[-1:], *(row for row in fitted if row["is_extrapolated"])]
    heights = _label_heights(measured, drawing)
    return Panel(
        stage=stage,
        workload=workload,
        axis=axis,
        first=keys[0],
        points=tuple(drawing.points([row for _, row in measured], "measured_per_s")),
        line=_polyline(drawing.points(within, "fitted_per_s")),
        beyond=_polyline(drawing.points(beyond, "fitted_per_s")),
        band=_polyline([*drawing.points(fitted, "high_per_s"), *drawing.points(fitted[::-1], "low_per_s")]),
        x_labels=tuple(
            Label(key, "x", drawing.x_of(row["x"]), PANEL_HEIGHT - 7) for key, row in _apart(measured, drawing.x_of)
        ),
        y_labels=tuple(Label(key, "measured_per_s", LEFT - 8, height + 4) for key, height in heights.items()),
        guides=tuple(heights.values()),
    )


@dataclass(frozen=True)
class _Drawing:
    """Where values are in a panel: `top` is its highest, `left` and `right` the ends of its other axis."""

    top: float
    left: float
    right: float
    is_logarithmic: bool

    @classmethod
    def of(cls, rows: Sequence[Mapping[str, Any]], axis: str) -> _Drawing:
        """Make room for everything that is drawn of `rows`."""
        top = max(row[name] or 0 for row in rows for name in ("measured_per_s", "high_per_s", "fitted_per_s"))
        xs = [row["x"] for row in rows]
        return cls(top, min(xs), max(xs), axis == "archive_messages")

    def x_of(self, x: float) -> float:
        scale = math.log if self.is_logarithmic else float
        share = (scale(x) - scale(self.left)) / (scale(self.right) - scale(self.left))
        return round(LEFT + share * (PANEL_WIDTH - LEFT - RIGHT), 1)

    def y_of(self, y: float) -> float:
        return round(PANEL_HEIGHT - BOTTOM - y / self.top * (PANEL_HEIGHT - TOP - BOTTOM), 1)

    def points(self, rows: Iterable[Mapping[str, Any]], column: str) -> list[tuple[float, float]]:
        return [(self.x_of(row["x"]), self.y_of(row[column])) for row in rows]


def _label_heights(measured: Sequence[tuple[str, dict[str, Any]]], drawing: _Drawing) -> dict[str, float]:
    """Return the heights of the highest measured figure and, where there is room for it, of the lowest, by key."""
    by_height = sorted(measured, key=lambda pair: pair[1]["measured_per_s"])
    heights = {key: drawing.y_of(row["measured_per_s"]) for key, row in (by_height[-1], by_height[0])}
    if max(heights.values()) - min(heights.values()) < LINE_HEIGHT:
        return {by_height[-1][0]: min(heights.values())}
    return heights


_CURVE_COLUMNS = (
    "x",
    "is_measured",
    "measured_per_s",
    "low_per_s",
    "fitted_per_s",
    "high_per_s",
    "is_extrapolated",
)


def _apart(
    measured: Sequence[tuple[str, dict[str, Any]]], x_of: Callable[[float], float]
) -> Iterable[tuple[str, dict[str, Any]]]:
    """Leave out labels that would run into the one before."""
    last = -math.inf
    for key, row in measured:
        if x_of(row["x"]) - last >= 7 * len(f"{row['x']:,.0f}") + 6:
            last = x_of(row["x"])
            yield key, row


def _polyline(points: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{x:g},{y:g}" for x, y in points)
