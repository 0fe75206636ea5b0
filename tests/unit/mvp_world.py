"""What an MVP is chosen from, in small and without anything left to chance: a base that tests change one thing of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from assets.roadmap.graph import RoadmapGraph
from assets.roadmap.inputs import DecisionRules, Spread
from assets.roadmap.mvp import Choosable
from assets.segments.inputs import Claim
from assets.segments.matrix import CellKey, CellStatus, Share, ValidationCell, Voice
from assets.segments.ranking import CRITERIA, LEVELS, Criterion, Decision, RankedSegment
from tests.unit.bases import based
from tests.unit.segments_world import RULES, finding
from tests.unit.test_roadmap_graph import graph, item

ROADMAP = graph(
    item("mixnet", "partial", usp_ids=frozenset({"privacy"}), effort_weeks=30.0),
    item("sync", "dropped", usp_ids=frozenset({"storage"}), effort_weeks=10.0),
)
"""What two selling points lack."""

VALUES = {"weight_demand": 0.7, "weight_effort": 0.3, "most_usps": 2.0}


def rules(**values: float) -> DecisionRules:
    """Rules of the decision, each without a range and with a row of its own."""
    all_values = VALUES | values
    return DecisionRules(
        {name: Spread(value, value, value) for name, value in all_values.items()},
        {name: based("published", f"readiness__decision_rules/{name}") for name in all_values},
    )


def criterion(name: str, value: float, *, is_known: bool = True) -> Criterion:
    """A criterion that is known exactly."""
    return Criterion(name, np.full(len(LEVELS), value), 1, is_known, frozenset({f"criteria/{name}"}))


def segment(name: str, value: float, decision: Decision = Decision.PURSUE, **changes: Criterion) -> RankedSegment:
    """A segment that is as good by each criterion as `value` says."""
    criteria = tuple(changes.get(each) or criterion(each, value) for each in CRITERIA)
    return RankedSegment(name, 1, (1.0,), 1.0, 1.0, decision, criteria)


def voice(name: str, **changes: Any) -> Voice:
    """One organisation that agrees."""
    return Voice(name, 1.0, 0.0, (finding(name, **changes),))


def cell(
    usp: str | None,
    segment_id: str,
    problem: str | None,
    share: float,
    status: CellStatus = CellStatus.VALIDATED,
    voices: tuple[Voice, ...] = (),
    *,
    is_claimed: bool = True,
) -> ValidationCell:
    """A selling point for a problem of a segment, of which the share that agrees is known."""
    claim = Claim(str(usp), segment_id, problem, based("published", f"claims/{usp}_{segment_id}"))
    return ValidationCell(
        (usp, segment_id, problem), claim if is_claimed else None, voices, {}, Share(share, share, share, 1.0), status
    )


SEGMENTS = (segment("chat", 0.75), segment("games", 0.25))
CELLS = (
    cell("privacy", "chat", "exposed", 0.8),
    cell("privacy", "games", "exposed", 0.6),
    cell("storage", "games", "offline", 0.9),
)


def choosable(
    cells: Iterable[ValidationCell] = CELLS,
    ranked: tuple[RankedSegment, ...] = SEGMENTS,
    roadmap: RoadmapGraph = ROADMAP,
    draws: int = 20,
    drawn: Mapping[CellKey, np.ndarray] | None = None,
    **values: float,
) -> Choosable:
    """Chat has three quarters of the demand and one problem, games a quarter and two."""
    listed = tuple(cells)
    constant = {each.key: np.full(draws, each.share.mean) for each in listed}
    return Choosable(roadmap, rules(**values), RULES, listed, {**constant, **(drawn or {})}, ranked, draws)
