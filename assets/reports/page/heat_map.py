"""The validation matrix as a map: selling points by segments.

Belongs here: which cells of the matrix stand in which field. Does not belong here: layout, judgement (the model).
"""

from __future__ import annotations

from dataclasses import dataclass

from assets.reports.page.cells import Cells

MATRIX = "validation_matrix"
STRONGEST = ("invalidated", "validated", "mixed", "untested")
"""Of several problems in one field, the status that the field has: what speaks against it is never hidden."""


@dataclass(frozen=True)
class Field:
    """One selling point in one segment."""

    heard: tuple[str, ...]
    """Keys of `validation_matrix` about which somebody spoke."""
    is_claimed: bool
    status: str


@dataclass(frozen=True)
class HeatMap:
    segments: tuple[str, ...]
    rows: dict[str, tuple[Field, ...]]
    """By selling point, a field for each segment."""


def heat_map(cells: Cells) -> HeatMap:
    """Return selling points and segments of which anything is claimed or was said."""
    found: dict[tuple[str, str], list[str]] = {}
    for key in cells.keys(MATRIX):
        usp, segment = (cells.value(MATRIX, key, name) for name in ("usp_id", "segment_id"))
        if usp is not None and segment is not None:
            found.setdefault((usp, segment), []).append(key)
    named = [segment for segment in cells.keys("segment_ranking") if any(of == segment for _, of in found)]
    segments = (*named, *sorted({segment for _, segment in found} - set(named)))
    usps = dict.fromkeys(usp for usp, _ in sorted(found))
    return HeatMap(
        segments, {usp: tuple(_field(cells, found.get((usp, segment), [])) for segment in segments) for usp in usps}
    )


def _field(cells: Cells, keys: list[str]) -> Field:
    heard = tuple(key for key in keys if cells.value(MATRIX, key, "sources"))
    statuses = {cells.value(MATRIX, key, "status") for key in heard}
    return Field(heard, bool(keys), next((status for status in STRONGEST if status in statuses), ""))
