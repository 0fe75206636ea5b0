"""What is missing for the MVP as a graph: which deliverable needs which, drawn in layers from left to right.

Belongs here: which deliverables are in it, and where boxes and arrows are. Does not belong here: SVG (`templates/`),
what is missing (`assets.roadmap`).

A deliverable stands one layer behind the last one that it needs, and what needs nothing one layer before the first
that needs it. An arrow over several layers goes through a gap in each of them. Boxes of a layer are ordered by the
middle of their neighbours (Sugiyama, Tagawa and Toda 1981).
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from assets.reports.page.cells import Cells
from assets.reports.page.formats import shortened
from assets.roadmap.graph import STANDINGS, Standing

GAPS, ROADMAP = "mvp_gaps", "roadmap_deliverables"
WIDTH, BETWEEN, APART, PAD, LINE = 184, 48, 12, 8, 15
"""Pixels: of a box, between layers, between boxes, around text, of a line of text."""
LETTERS, LONGEST, SWEEPS = 22, 64, 8
LOOKS: Mapping[Standing, str] = {
    Standing.DONE: "done",
    Standing.MUST_COMPLETE: "open",
    Standing.NOT_PLANNED: "unplanned",
    Standing.DROPPED: "dropped",
    Standing.UNKNOWN: "unclear",
}


@dataclass(frozen=True)
class Box:
    """A deliverable: the row that it is, its title in lines, and its place in pixels."""

    table: str
    key: str
    look: str
    lines: tuple[str, ...]
    x: float
    y: float
    height: float


@dataclass(frozen=True)
class RoadmapDrawing:
    """All boxes from left to right, arrows as paths of SVG, and what each gap needs."""

    boxes: tuple[Box, ...] = ()
    arrows: tuple[str, ...] = ()
    needs: Mapping[str, tuple[str, ...]] | None = None
    width: float = 0
    height: float = 0


def roadmap_drawing(cells: Cells) -> RoadmapDrawing:
    """Return everything that is missing with what it needs directly; nothing where nothing is missing.

    What a deliverable needed that is done is left out.
    """
    known, gaps = set(cells.keys(ROADMAP)), cells.keys(GAPS)
    needs = {
        gap: tuple(name for name in cells.value(ROADMAP, gap, "needs") or () if name in known) if gap in known else ()
        for gap in gaps
    }
    before = {**{name: () for of_gap in needs.values() for name in of_gap}, **needs}
    lines = {name: _lines(cells, name, name in needs) for name in before}
    places = _placed(before, {name: 2 * PAD + LINE * (len(of_box) + 1) for name, of_box in lines.items()})
    boxes = [
        Box(GAPS if name in needs else ROADMAP, name, _look(cells, name, name in needs), lines[name], *places[name])
        for name in sorted(before, key=lambda name: (places[name][:2], name))
    ]
    return RoadmapDrawing(
        tuple(boxes),
        tuple(_arrows(before, places)),
        needs,
        max((box.x + WIDTH for box in boxes), default=0),
        max((box.y + box.height for box in boxes), default=0),
    )


def _lines(cells: Cells, name: str, is_gap: bool) -> tuple[str, ...]:
    title = cells.text(GAPS if is_gap else ROADMAP, name, "title")
    return tuple(textwrap.wrap(shortened(title, LONGEST), LETTERS, break_on_hyphens=False)) or ("",)


def _look(cells: Cells, name: str, is_gap: bool) -> str:
    if is_gap:
        return LOOKS[Standing(cells.value(GAPS, name, "standing"))]
    return LOOKS[STANDINGS[cells.value(ROADMAP, name, "status") or "unknown"]]


def layers_of(before: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Return the layer of each name, the first one for what needs nothing and is needed by nothing."""
    layers: dict[str, int] = {}

    def layer(name: str) -> int:
        if name not in layers:
            layers[name] = max((layer(other) + 1 for other in before[name]), default=0)
        return layers[name]

    for name in before:
        layer(name)
    first = {
        start: min(layers[name] for name in before if start in before[name]) for of in before.values() for start in of
    }
    return layers | {start: at - 1 for start, at in first.items() if not before[start]}


def _gap_in(start: str, end: str, layer: int) -> str:
    """Name the gap that an arrow goes through in a layer; no name of a deliverable has a space."""
    return f"{start} {end} {layer}"


def _placed(before: Mapping[str, Sequence[str]], heights: Mapping[str, float]) -> dict[str, tuple[float, float, float]]:
    """Return left, top and height of each box, and of each gap that an arrow goes through."""
    layers = layers_of(before)
    columns: list[list[str]] = [[] for _ in range(max(layers.values(), default=-1) + 1)]
    links: list[tuple[str, str]] = []
    for name in before:
        columns[layers[name]].append(name)
        for start in before[name]:
            passed = [_gap_in(start, name, layer) for layer in range(layers[start] + 1, layers[name])]
            for layer, gap in enumerate(passed, layers[start] + 1):
                columns[layer].append(gap)
            links += zip([start, *passed], [*passed, name], strict=True)
    _order(columns, links)
    places: dict[str, tuple[float, float, float]] = {}
    for layer, column in [*enumerate(columns), *reversed(list(enumerate(columns[:-1])))]:
        free = 0.0
        for name in column:
            height = heights.get(name, 0.0)
            beside = [pair[1 - pair.index(name)] for pair in links if name in pair]
            wanted = [places[other][1] + places[other][2] / 2 for other in beside if other in places]
            top = max(free, fmean(wanted) - height / 2) if wanted else free
            places[name] = (layer * (WIDTH + BETWEEN), top, height)
            free = top + height + APART
    highest = min((top for _, top, _ in places.values()), default=0.0)
    return {name: (left, round(top - highest, 1), height) for name, (left, top, height) in places.items()}


def _order(columns: list[list[str]], links: Sequence[tuple[str, str]]) -> None:
    """Order each layer by the middle of its neighbours in the layer before, then behind, several times."""
    for sweep in range(SWEEPS):
        forward = sweep % 2 == 0
        for column, beside in zip(columns[1:], columns, strict=False) if forward else _backward(columns):
            at = {name: float(place) for place, name in enumerate(beside)}
            near = {
                name: [at[start if forward else end] for start, end in links if name == (end if forward else start)]
                for name in column
            }
            place = {name: fmean(found) if found else len(beside) for name, found in near.items()}
            column.sort(key=place.__getitem__)


def _backward(columns: Sequence[list[str]]) -> Iterable[tuple[list[str], list[str]]]:
    return zip(columns[-2::-1], columns[:0:-1], strict=True)


def _arrows(before: Mapping[str, Sequence[str]], places: Mapping[str, tuple[float, float, float]]) -> Iterable[str]:
    layers = layers_of(before)
    for name in before:
        for start in before[name]:
            passed = [places[_gap_in(start, name, layer)] for layer in range(layers[start] + 1, layers[name])]
            x, y, height = places[start]
            path = f"M{x + WIDTH:g} {y + height / 2:g}"
            for left, top, tall in [*passed, places[name]]:
                middle, bend = top + tall / 2, left - BETWEEN / 2
                path += f"C{bend:g} {y + height / 2:g} {bend:g} {middle:g} {left:g} {middle:g}"
                path += f"H{left + WIDTH:g}" if tall == 0 else ""
                y, height = top, tall
            yield path + "m-6 -4l6 4l-6 4"
