"""The roadmap as a graph: which deliverable needs which, how far each is, and what is left to do for some of them.

Belongs here: types and what follows from them; pure. Does not belong here: which USPs to choose (`outline.py`), SQL.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from assets.evidence.basis import Basis

DAYS_A_WEEK: Final = 7


class Standing(StrEnum):
    """What a state of a deliverable means for whoever needs it."""

    DONE = "done"
    MUST_COMPLETE = "planned, must complete"
    NOT_PLANNED = "gap without a deliverable"
    """Wanted, and no plan has it."""
    DROPPED = "dropped but demanded"
    UNKNOWN = "state not known"


STANDINGS: Final[Mapping[str, Standing]] = {
    "closed": Standing.DONE,
    "done": Standing.DONE,
    "done_privately": Standing.DONE,
    "superseded": Standing.DONE,
    "late": Standing.MUST_COMPLETE,
    "not_done": Standing.MUST_COMPLETE,
    "ongoing": Standing.MUST_COMPLETE,
    "partial": Standing.MUST_COMPLETE,
    "planned": Standing.MUST_COMPLETE,
    "postponed": Standing.MUST_COMPLETE,
    "not_planned": Standing.NOT_PLANNED,
    "descoped": Standing.DROPPED,
    "dropped": Standing.DROPPED,
    "unknown": Standing.UNKNOWN,
}
"""By state of `roadmap/deliverable_states`. What was superseded is done by something else."""


@dataclass(frozen=True)
class RoadmapItem:
    """A row of `marts.roadmap_deliverables`. `status` is None where no state is on record."""

    deliverable_id: str
    title: str
    status: str | None
    status_on: date | None
    is_of_milestone: bool
    """Asked for by a milestone itself, which has a gate for it: work of the team and no part of a product."""
    is_inferred: bool
    """Named by us, since the roadmap has no item for it."""
    needs: frozenset[str]
    """Deliverables that have to be done before."""
    usp_ids: frozenset[str]
    """USPs that need it."""
    segment_ids: frozenset[str]
    """Segments that need it."""
    planned_start: date | None
    planned_end: date | None
    effort_weeks: float | None
    """What somebody said that it takes."""
    basis: Basis

    @property
    def standing(self) -> Standing:
        """What its state means; an item that we inferred and that is not done is in no plan."""
        found = STANDINGS[self.status or "unknown"]
        return Standing.NOT_PLANNED if self.is_inferred and found is Standing.MUST_COMPLETE else found

    @property
    def weeks(self) -> float | None:
        """What it takes: as stated, else as long as it was planned for; None where nothing says."""
        if self.effort_weeks is not None:
            return self.effort_weeks
        if self.planned_start is None or self.planned_end is None:
            return None
        return ((self.planned_end - self.planned_start).days + 1) / DAYS_A_WEEK


@dataclass(frozen=True)
class RoadmapGraph:
    """All deliverables by id. What one needs is among them, and nothing needs itself: evidence is refused otherwise."""

    deliverables: Mapping[str, RoadmapItem]

    def left_for(self, wanted: Iterable[str]) -> frozenset[str]:
        """Return what is not done of some deliverables and of all that they need.

        What a deliverable needed is not asked of one that is done.
        """
        left: set[str] = set()
        open_ = [name for name in wanted if self._is_left(name)]
        while open_:
            name = open_.pop()
            if name not in left:
                left.add(name)
                open_ += [other for other in self.deliverables[name].needs if self._is_left(other)]
        return frozenset(left)

    def of_usp(self, usp_id: str) -> frozenset[str]:
        """Return the deliverables that a USP needs directly."""
        return frozenset(name for name, one in self.deliverables.items() if usp_id in one.usp_ids)

    def of_segment(self, segment_id: str) -> frozenset[str]:
        """Return the deliverables that a segment needs directly."""
        return frozenset(name for name, one in self.deliverables.items() if segment_id in one.segment_ids)

    def known_weeks(self) -> tuple[float, ...]:
        """Return how long deliverables take of which that is known, sorted."""
        return tuple(sorted(weeks for one in self.deliverables.values() if (weeks := one.weeks) is not None))

    def _is_left(self, name: str) -> bool:
        return self.deliverables[name].standing is not Standing.DONE
