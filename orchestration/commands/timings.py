"""Where the time of a run goes, for `waku-fit run --timings`.

Belongs here: seconds by step and by table, from Dagster's events. Does not belong here: progress (`run.py`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import dagster as dg

SHOWN = 0.05
"""Seconds: what takes less is summed up in one line."""


@dataclass
class Timings:
    """Seconds of the wall clock. `started` is when the command was, on the clock of `tell`."""

    started: float
    stages: dict[str, float] = field(default_factory=dict)
    tables: dict[str, float] = field(default_factory=dict)
    """A step that makes several tables may do all of its work before the first."""
    _last: float | None = None

    def tell(self, event: dg.DagsterEvent, at: float) -> None:
        """Take note of an event that happened at `at`."""
        if event.is_step_start:
            if self._last is None:
                self.stages["start"] = at - self.started
            self._last = at
        elif event.is_step_materialization and event.asset_key is not None and self._last is not None:
            self.tables[event.asset_key.to_user_string()] = at - self._last
            self._last = at
        elif event.is_step_success and event.step_key is not None:
            self.stages[event.step_key] = event.step_success_data.duration_ms / 1000

    def lines(self) -> Iterator[str]:
        """Yield a table of stages and one of tables, the slowest first."""
        for title, seconds in (("stage", self.stages), ("table", self.tables)):
            yield f"\n{'seconds':>8}  {title}"
            ordered = sorted(seconds.items(), key=lambda one: (-one[1], one[0]))
            yield from (f"{taken:8.2f}  {name}" for name, taken in ordered if taken >= SHOWN)
            if quick := [taken for _, taken in ordered if taken < SHOWN]:
                yield f"{sum(quick):8.2f}  {len(quick)} others, less than {SHOWN:g} s each"
