"""When what an issue tracker says of the roadmap becomes evidence: pure, an observation and what is known in, rows out.

Belongs here: which state is news, the new rows. Does not belong here: how a tracker words it (`github.py`), HTTP
(`assets/common/http.py`), files (`assets/refresh`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from assets.evidence.model import Grade, Record
from assets.evidence.packs import LIVE_ROADMAP
from assets.evidence.tables import TABLES_BY_KEY
from assets.evidence.tables.roadmap import DELIVERABLES, STATES, Deliverable, DeliverableState
from assets.refresh.outcome import Accepted, Rejection, Verdicts

TrackedState = Literal["closed", "dropped", "superseded", "late", "not_done"]
"""The states of `roadmap/deliverable_states` that a tracker can tell apart."""

FITS: Mapping[TrackedState, frozenset[str]] = {
    "closed": frozenset({"closed", "done", "done_privately", "superseded"}),
    "dropped": frozenset({"descoped", "dropped", "not_planned"}),
    "superseded": frozenset({"closed", "descoped", "done", "dropped", "superseded"}),
    "late": frozenset({"descoped", "dropped", "late", "not_planned", "partial", "postponed"}),
    "not_done": frozenset(
        {"descoped", "dropped", "late", "not_done", "not_planned", "ongoing", "partial", "planned", "postponed"}
    ),
}
"""By what a tracker says, the states that a person may have written of the same: they say more than a tracker can.

A plan drops work whose issue stays open.
"""
SETTLED = frozenset({"closed", "descoped", "done", "dropped", "not_planned"})
"""States that no tracker takes back: whoever closes an issue of dropped work seldom says why, and it is not done."""

NOT_THE_WORK = ("derived_gap", "measurement")
"""Kinds of deliverables that only refer to an issue: the issue is not about them."""


@dataclass(frozen=True)
class WorkObservation:
    """An issue or a milestone as its tracker states it. Nothing about it has been accepted yet."""

    url: str
    """Its page, where a reader can check it."""
    title: str
    status: TrackedState
    since: date | None
    """Day from which the state holds; None where the tracker does not say."""
    seen: date
    """Day on which the tracker was asked."""
    milestone: str | None
    """Title of the milestone that an issue belongs to."""
    due: date | None
    """Day on which the work is due."""
    labels: Sequence[str] = ()

    @property
    def is_open(self) -> bool:
        return self.status in ("late", "not_done")


@dataclass(frozen=True)
class Tracked:
    """A deliverable that has a page, and its newest state."""

    deliverable_id: str
    last: DeliverableState | None
    is_ours: bool
    """The state was written by a refresh and not by a person."""


class KnownRoadmap:
    """The deliverables by the address of their page, each with its newest state."""

    def __init__(self, deliverables: Iterable[Record], states: Iterable[Record]) -> None:
        newest: dict[str, Record] = {}
        for record in states:
            state = record.row
            if isinstance(state, DeliverableState) and state.grade not in (Grade.ILLUSTRATIVE, Grade.NOT_FOUND):
                known = newest.get(state.deliverable_id)
                if known is None or (state.as_of, known.row.id) > (known.row.as_of, state.id):
                    newest[state.deliverable_id] = record
        self._by_page: dict[str, list[Tracked]] = {}
        for record in deliverables:
            work = record.row
            if isinstance(work, Deliverable) and work.kind not in NOT_THE_WORK:
                found = newest.get(work.id)
                last = found.row if found is not None and isinstance(found.row, DeliverableState) else None
                tracked = Tracked(work.id, last, found is not None and found.pack == LIVE_ROADMAP)
                self._by_page.setdefault(_page(work.url), []).append(tracked)

    def at(self, url: str) -> Sequence[Tracked]:
        """Return the deliverables whose page this is."""
        return self._by_page.get(_page(url), ())


def _page(url: str) -> str:
    """Return what tells a page from others: names of owners and repositories are the same in any case."""
    return url.lower().rstrip("/")


def judge_roadmap(observations: Iterable[WorkObservation], known: KnownRoadmap) -> Verdicts:
    """Judge what one tracker said. What nobody tracks becomes a deliverable where it is open and in a milestone."""
    accepted: list[Accepted] = []
    rejected: list[Rejection] = []
    untracked: list[str] = []
    unchanged = 0
    by_page: dict[str, list[WorkObservation]] = {}
    for said in observations:
        by_page.setdefault(_page(said.url), []).append(said)
    for page, all_said in by_page.items():
        said, tracked = all_said[0], known.at(page)
        if not tracked:
            if said.is_open and said.milestone:
                accepted += _new_work(said)
            else:
                untracked.append(said.url)
        for one in tracked:
            if len({other.status for other in all_said}) > 1:
                verdict: Accepted | Rejection | None = _rejection(
                    one, said, "contradiction", "one answer gives it two states, expected one"
                )
            else:
                verdict = judge_state(said, one)
            if isinstance(verdict, Accepted):
                accepted.append(verdict)
            elif isinstance(verdict, Rejection):
                rejected.append(verdict)
            else:
                unchanged += 1
    return Verdicts(accepted, rejected, unchanged, sorted(untracked))


def judge_state(said: WorkObservation, tracked: Tracked) -> Accepted | Rejection | None:
    """Return the new state, or why there is none, or None if what is known says the same or is newer.

    A person who wrote a state after the tracker had its own knew of it: that of the person stays. What a refresh wrote
    is followed by whatever the tracker says next.
    """
    last = tracked.last
    if last is not None and said.status == last.status:
        return None
    if last is not None and not tracked.is_ours:
        is_known = not said.is_open and said.since is not None and said.since < last.as_of
        if is_known or last.status in FITS[said.status]:
            return None
        if last.status in SETTLED:
            message = f"it is {'open' if said.is_open else 'closed'}, and {last.status} on record since {last.as_of}"
            return _rejection(tracked, said, "contradiction", f"{message} ({last.id})")
        if said.since is not None and said.since < last.as_of:
            return None
    day = said.since if said.since is not None and (last is None or said.since > last.as_of) else said.seen
    if last is not None and day <= last.as_of:
        return None
    return Accepted(STATES, _state(tracked.deliverable_id, said, day), last.status if last else None, said.status)


def _new_work(said: WorkObservation) -> Iterator[Accepted]:
    """Yield the rows of a deliverable that is not on record, and of its state."""
    name = _identifier(re.sub(r"^https://[^/]+/", "", said.url))
    row = Deliverable.model_validate(
        {
            "id": name,
            "title": said.title,
            "url": said.url,
            "kind": "roadmap_item",
            "milestone": _identifier(said.milestone or "") or "unnamed",
            "planned_end": said.due,
            "mvp_relevance": "context",
            "source": said.url,
            "as_of": said.seen,
            "as_of_basis": "observed",
            "grade": Grade.PUBLISHED,
            "note": _note(said),
        }
    )
    yield Accepted(DELIVERABLES, row, None, said.title)
    yield Accepted(STATES, _state(name, said, said.since or said.seen), None, said.status)


def _state(deliverable_id: str, said: WorkObservation, day: date) -> DeliverableState:
    return DeliverableState.model_validate(
        {
            "id": f"{deliverable_id}_{day:%Y_%m_%d}",
            "deliverable_id": deliverable_id,
            "status": said.status,
            "basis": "reported",
            "source": said.url,
            "as_of": day,
            "as_of_basis": "source_date" if day == said.since else "observed",
            "grade": Grade.PUBLISHED,
            "note": _note(said),
        }
    )


def _note(said: WorkObservation) -> str:
    due = [f"planned until {said.due}"] if said.due else []
    labels = [f"labels: {', '.join(said.labels)}"] if said.labels else []
    return "; ".join(["refreshed", *due, *labels])


def _identifier(text: str) -> str:
    return "_".join(re.findall(r"[a-z0-9]+", text.lower()))


def _rejection(tracked: Tracked, said: WorkObservation, reason: str, message: str) -> Rejection:
    return Rejection(
        STATES,
        tracked.deliverable_id,
        reason,
        message,
        f"the last known state stays; look at {said.url}, and if it is right, add a row to "
        f"evidence/public/{TABLES_BY_KEY[STATES].path}",
    )
