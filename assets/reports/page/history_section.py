"""What the section on past months shows: a row of marks for the verdict and for each gate, and what changed.

Belongs here: which rows, in which order. Does not belong here: layout (`history.html.j2`), judging (`assets.history`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from assets.reports.page.cells import Cells

VERDICTS, GATES = "verdict_history", "gate_history"


@dataclass(frozen=True)
class GateMonths:
    """A gate by month: keys of `gate_history`, None at a month-end at which there was no such gate."""

    keys: tuple[str | None, ...]

    @property
    def newest(self) -> str:
        """The newest key, which has the title."""
        return next(key for key in reversed(self.keys) if key is not None)


@dataclass(frozen=True)
class HistorySection:
    """Keys of rows of one milestone, in the order in which they are shown."""

    verdicts: tuple[str, ...]
    """Keys of `verdict_history`, the oldest first."""
    years: tuple[tuple[str, int], ...]
    """The first key of each year and how many there are of it."""
    gates: tuple[GateMonths, ...]
    changes: tuple[tuple[str, str], ...]
    """Keys of `gate_history` whose status or value is not that of the month-end before, each with that of then."""


def history_section(cells: Cells, milestone: str) -> HistorySection:
    """Return what the section on a milestone shows; every part is empty on a day before the first month-end."""
    verdicts = cells.keys(VERDICTS, milestone_id=milestone)
    days = [cells.value(VERDICTS, key, "month_end") for key in verdicts]
    by_gate: dict[str, dict[object, str]] = {}
    for key in cells.keys(GATES, milestone_id=milestone):
        by_gate.setdefault(cells.value(GATES, key, "gate_id"), {})[cells.value(GATES, key, "month_end")] = key
    strips = [GateMonths(tuple(of_gate.get(day) for day in days)) for of_gate in by_gate.values()]
    years = [list(of_year) for _, of_year in groupby(zip(days, verdicts, strict=True), key=lambda pair: pair[0].year)]
    return HistorySection(
        verdicts=tuple(verdicts),
        years=tuple((of_year[0][1], len(of_year)) for of_year in years),
        gates=tuple(strips),
        changes=tuple(sorted(_changes(cells, strips), key=lambda pair: cells.value(GATES, pair[0], "month_end"))),
    )


def _changes(cells: Cells, strips: Sequence[GateMonths]) -> list[tuple[str, str]]:
    def said(key: str) -> tuple[object, object]:
        return cells.value(GATES, key, "status"), cells.value(GATES, key, "value")

    return [
        (now, before)
        for strip in strips
        for before, now in pairwise(strip.keys)
        if before is not None and now is not None and said(before) != said(now)
    ]
