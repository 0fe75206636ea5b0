"""What changed since the release before, as documents show it: only what readers of both releases see differ.

Belongs here: which rows of `release_changes`, in which order. Does not belong here: comparing (`difference/`), layout.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from assets.reports.page.cells import Cells

CHANGES = "release_changes"
FIRST_SHOWN = 4
"""Changes of a milestone on the page of its verdict, besides what is said of the evidence."""
FORMS = {"cost": "usd"}
"""How the numbers of a kind of change are written, if not as counts."""


@dataclass(frozen=True)
class ChangesSection:
    """Keys of `release_changes`."""

    of_it: tuple[str, ...]
    """Of a milestone: its verdict, its gates, then costs, the one that moved most first."""
    first: tuple[str, ...]
    """Those that the page of its verdict shows."""
    has_more: bool
    told: tuple[str, ...]
    """What is said of code and evidence."""
    every: tuple[str, ...]


def changes_section(cells: Cells, milestone: str) -> ChangesSection:
    """Return what changed of a milestone and of costs, first what decides most; every part may be empty."""
    seen = [key for key in cells.keys(CHANGES) if state_differs(cells, key) or value_differs(cells, key)]
    of_it = (
        *_of(cells, seen, "verdict", milestone),
        *_of(cells, seen, "gate", milestone),
        *sorted(_of(cells, seen, "feasibility") + _of(cells, seen, "cost"), key=lambda key: -_factor(cells, key)),
    )
    told = [key for key in cells.keys(CHANGES) if cells.value(CHANGES, key, "kind") in ("code", "evidence")]
    first = of_it[:FIRST_SHOWN]
    return ChangesSection(of_it, first, len(seen) > len(first), tuple(told), tuple(seen))


def _factor(cells: Cells, key: str) -> float:
    """Return by how much a number moved, the larger of both over the smaller; what is not known moved most."""
    before, after = (cells.value(CHANGES, key, f"value_{when}") for when in ("before", "after"))
    return max(before, after) / min(before, after) if before and after else math.inf


def _of(cells: Cells, keys: Sequence[str], kind: str, milestone: str | None = None) -> list[str]:
    asked = {"kind": kind, "milestone_id": milestone}
    return [key for key in keys if all(cells.value(CHANGES, key, name) == value for name, value in asked.items())]


def form_of(cells: Cells, key: str) -> str:
    """Return how the numbers of a row are written."""
    return FORMS.get(cells.value(CHANGES, key, "kind"), "count")


def state_differs(cells: Cells, key: str) -> bool:
    """Return whether a row has another state than before."""
    return bool(cells.value(CHANGES, key, "state_before") != cells.value(CHANGES, key, "state_after"))


def value_differs(cells: Cells, key: str) -> bool:
    """Return whether a reader sees another number than before."""
    form = form_of(cells, key)
    before, after = (cells.text(CHANGES, key, f"value_{when}", form) for when in ("before", "after"))
    return before != after
