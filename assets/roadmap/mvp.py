"""The MVP as an outline: the USPs that serve the chosen segments, and what is missing for them.

Belongs here: what may be chosen on which evidence, and what follows; pure. Does not belong here: the optimisation
(`outline.py`), the roadmap itself (`graph.py`), tables (`frames.py`).

Two outlines are made. The first is based on what is validated: cells of the matrix with enough evidence, and segments
that the ranking decides to pursue. The second is what would be the outline under the leads alone: every claim that
nobody has refuted, and the segments that come first. A lead is no fact, and the second outline is never one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Final

import numpy as np

from assets.evidence.basis import Basis
from assets.roadmap.graph import RoadmapGraph, RoadmapItem, Standing
from assets.roadmap.inputs import DecisionRules, RoadmapInputs
from assets.roadmap.outline import (
    Acceptability,
    Array,
    DemandCell,
    Options,
    Outline,
    Values,
    acceptability,
    outline,
    realised,
)
from assets.segments.inputs import OTHER_SEGMENTS, Rules
from assets.segments.matrix import CellKey, CellStatus, ValidationCell, drawn_shares, validation_matrix
from assets.segments.ranking import Decision, RankedSegment, drawn_criteria, rank_segments, utilities

DRAWS: Final = 200
"""How often a set wins is then known to seven in a hundred, at nineteen of twenty."""
SEED: Final = 20261130
LEFT: Final = (Standing.DROPPED, Standing.NOT_PLANNED, Standing.MUST_COMPLETE, Standing.UNKNOWN)
"""What is not done, in the order in which readers get it."""


class OutlineOf(StrEnum):
    """What an outline is based on."""

    VALIDATED = "validated"
    LEADS = "leads"


@dataclass(frozen=True)
class MvpOutline:
    """One outline, with how often it wins. `cells` are those that it may serve."""

    of: OutlineOf
    options: Options
    values: Values
    outline: Outline
    accepted: Acceptability
    cells: tuple[ValidationCell, ...]
    segments: tuple[RankedSegment, ...]
    left_out: str
    """Why there is nothing to choose from; empty where there is."""

    @property
    def usps(self) -> frozenset[str]:
        return self.outline.best.choice.usps

    @cached_property
    def win_share(self) -> float | None:
        """In what share of draws the same USPs are the best; None where there is nothing to choose."""
        shares = {choice.usps: share for choice, share in self.accepted.sets}
        return None if self.left_out else shares.get(self.usps, 0.0)

    @property
    def weeks(self) -> float:
        """Weeks of all that it needs and that is not done; what nobody knows is taken as the middle of others."""
        needed = self.options.needed(self.outline.best.choice)
        return sum(
            float(week)
            for name, week in zip(self.options.deliverables, self.values.weeks, strict=True)
            if name in needed
        )

    @property
    def weeks_share(self) -> float:
        """Its weeks, of those of everything that could be chosen."""
        return self.weeks / (float(self.values.weeks.sum()) or 1.0)

    @property
    def demand_share(self) -> float:
        """The demand that it serves, of all."""
        effort = self.values.weight_effort * self.weeks_share
        return (self.outline.best.value + effort) / self.values.weight_demand if self.values.weight_demand else 0.0

    @cached_property
    def realised(self) -> Mapping[str, float]:
        """By USP, the share of all demand that it serves already, where nothing is missing for it."""
        return realised(self.options, self.values)

    @property
    def realised_share(self) -> float | None:
        """The demand that is served already, of all; None where there is nothing to choose."""
        return None if self.left_out else sum(self.realised.values())

    @property
    def served(self) -> tuple[ValidationCell, ...]:
        """The cells of its USPs and segments."""
        choice = self.outline.best.choice
        return tuple(cell for cell in self.cells if cell.key[0] in choice.usps and cell.key[1] in choice.segments)


@dataclass(frozen=True)
class Missing:
    """A deliverable that is not done and that USPs or segments need, directly or for something that they need."""

    item: RoadmapItem
    usps: tuple[str, ...]
    segments: tuple[str, ...]
    """Segments that name it as a gap, or that one of these USPs is claimed for."""
    outlines: tuple[OutlineOf, ...]
    """The outlines that need it."""
    demand: Basis
    """The best of what says that it is wanted; at best estimated where somebody does not want it."""


@dataclass(frozen=True)
class Decided:
    """Both outlines and all that is missing."""

    outlines: tuple[MvpOutline, ...]
    missing: tuple[Missing, ...]


def decide(inputs: RoadmapInputs) -> Decided:
    """Return the outlines of the MVP and what is missing; nothing on a day before there were rules."""
    world = world_of(inputs, DRAWS)
    if world is None:
        return Decided((), ())
    outlines = tuple(world.outline(of) for of in OutlineOf)
    return Decided(outlines, tuple(_missing(inputs, world.cells, outlines)))


def world_of(inputs: RoadmapInputs, draws: int) -> Choosable | None:
    """Return what is chosen from, with so many draws of it; None before there were rules and segments."""
    rules, market = inputs.rules, inputs.market.rules
    if rules is None or market is None:
        return None
    matrix = validation_matrix(inputs.market.findings, inputs.market.claims, market)
    ranked = rank_segments(inputs.market.profiles, inputs.market.findings, inputs.market.figures, matrix, market)
    if not ranked:
        return None
    shares = drawn_shares(matrix, market, draws, np.random.default_rng(SEED))
    drawn = {cell.key: row for cell, row in zip(matrix.cells, shares, strict=True)}
    return Choosable(inputs.graph, rules, market, matrix.cells, drawn, ranked, draws)


@dataclass(frozen=True)
class Choosable:
    """All that both outlines choose from."""

    graph: RoadmapGraph
    rules: DecisionRules
    market: Rules
    cells: Sequence[ValidationCell]
    drawn: Mapping[CellKey, Array]
    ranked: Sequence[RankedSegment]
    draws: int

    def outline(self, of: OutlineOf) -> MvpOutline:
        """Choose on one kind of evidence."""
        segments, cells = self.choosable(of)
        left_out = "" if cells else self._why_nothing(of, segments)
        options = self.options(cells)
        draws = [] if left_out else list(self.values_drawn(options, cells))
        middle = self._middle(options, cells)
        return MvpOutline(
            of, options, middle, outline(options, middle), acceptability(options, draws), cells, segments, left_out
        )

    def choosable(self, of: OutlineOf) -> tuple[tuple[RankedSegment, ...], tuple[ValidationCell, ...]]:
        """Return the segments that may be served on one kind of evidence, and the cells that may be chosen in them."""
        segments = tuple(self._segments(of))
        chosen = {segment.segment_id for segment in segments}
        return segments, tuple(cell for cell in self.cells if cell.key[1] in chosen and self._counts(cell, of))

    def _segments(self, of: OutlineOf) -> Iterator[RankedSegment]:
        if of is OutlineOf.VALIDATED:
            yield from (segment for segment in self.ranked if segment.decision is Decision.PURSUE)
        else:
            yield from self.ranked[: int(self.market.pursue_segments)]

    @staticmethod
    def _counts(cell: ValidationCell, of: OutlineOf) -> bool:
        usp_id, segment_id, _ = cell.key
        if usp_id is None or segment_id == OTHER_SEGMENTS:
            return False
        if of is OutlineOf.VALIDATED:
            return cell.status is CellStatus.VALIDATED
        return cell.claim is not None and cell.status is not CellStatus.INVALIDATED

    @staticmethod
    def _why_nothing(of: OutlineOf, segments: Sequence[RankedSegment]) -> str:
        if of is OutlineOf.LEADS:
            return "no selling point is claimed for a segment that comes first"
        if not segments:
            return "no segment is decided to be pursued"
        return "no selling point is validated for a segment that is decided to be pursued"

    def options(self, cells: Sequence[ValidationCell]) -> Options:
        """Return what may be chosen, with what is missing for it."""
        usps = sorted({str(cell.key[0]) for cell in cells})
        segments = sorted({cell.key[1] for cell in cells})
        of_usp = {usp: self.graph.left_for(self.graph.of_usp(usp)) for usp in usps}
        of_segment = {segment: self.graph.left_for(self.graph.of_segment(segment)) for segment in segments}
        return Options(
            cells=tuple(DemandCell(str(cell.key[0]), cell.key[1], cell.key[2]) for cell in cells),
            of_usp=of_usp,
            of_segment=of_segment,
            deliverables=tuple(sorted(frozenset().union(*of_usp.values(), *of_segment.values()))),
            most_usps=int(self.rules.value("most_usps")),
        )

    @cached_property
    def criteria_drawn(self) -> tuple[Array, Array]:
        """The criteria of the segments, in the order of `ranked`, and their weights; see `drawn_criteria`."""
        table = np.array([[criterion.quantiles for criterion in segment.criteria] for segment in self.ranked])
        return drawn_criteria(table, self.draws)

    @cached_property
    def _utilities(self) -> dict[str, Array]:
        """How good each segment is, in each draw of its criteria and of their weights."""
        found = utilities(*self.criteria_drawn)
        return {segment.segment_id: row for segment, row in zip(self.ranked, found, strict=True)}

    def _middle(self, options: Options, cells: Sequence[ValidationCell]) -> Values:
        known = self.graph.known_weeks()
        typical = float(np.median(known)) if known else 1.0
        stated = [self.graph.deliverables[name].weeks for name in options.deliverables]
        return Values(
            shares=np.array([cell.share.mean for cell in cells]),
            segment_weights=np.array([self._utilities[segment].mean() for segment in options.segments]),
            weeks=np.array([typical if weeks is None else weeks for weeks in stated]),
            weight_demand=self.rules.value("weight_demand"),
        )

    def values_drawn(
        self, options: Options, cells: Sequence[ValidationCell], *, all_weights: bool = True
    ) -> Iterator[Values]:
        """Yield draws of all that is not known: shares, segments, and weeks from those that are known.

        With `all_weights` the weights are drawn too, from none to all on demand; else they are the declared ones.
        """
        random = np.random.default_rng(SEED)
        middle = self._middle(options, cells)
        is_known = np.array(
            [self.graph.deliverables[name].weeks is not None for name in options.deliverables], dtype=bool
        )
        known = np.array(self.graph.known_weeks() or (1.0,))
        for draw in range(self.draws):
            yield Values(
                shares=np.array([self.drawn[cell.key][draw] for cell in cells]),
                segment_weights=np.array([self._utilities[segment][draw] for segment in options.segments]),
                weeks=np.where(is_known, middle.weeks, random.choice(known, len(is_known))),
                weight_demand=float(random.random()) if all_weights else middle.weight_demand,
            )


def _missing(
    inputs: RoadmapInputs, cells: Sequence[ValidationCell], outlines: Sequence[MvpOutline]
) -> Iterator[Missing]:
    """Yield what is not done and demanded, what is in no plan first, then what most segments need."""
    claims: dict[str, list[ValidationCell]] = {}
    for cell in cells:
        usp_id, segment_id, _ = cell.key
        if usp_id is not None and segment_id != OTHER_SEGMENTS and cell.claim is not None:
            claims.setdefault(usp_id, []).append(cell)
    profiles = {profile.segment_id: profile.basis for profile in inputs.market.profiles}
    graph = inputs.graph
    of_usps = {usp: graph.left_for(graph.of_usp(usp)) for usp in claims}
    of_segments = {segment: graph.left_for(graph.of_segment(segment)) for segment in profiles}
    needed = {each.of: each.options.needed(each.outline.best.choice) for each in outlines}
    found = []
    for name, item in graph.deliverables.items():
        usps = sorted(usp for usp, left in of_usps.items() if name in left)
        lacking = {segment for segment, left in of_segments.items() if name in left}
        if item.is_of_milestone or (not usps and not lacking):
            continue
        claimed = [cell for usp in usps for cell in claims[usp]]
        segments = sorted(lacking | {cell.key[1] for cell in claimed})
        said = [finding for cell in claimed for voice in cell.voices for finding in voice.findings]
        # One who wants it is enough, so that these are alternatives; who does not want it contradicts them.
        demand = Basis.any_of(
            [
                *(cell.claim.basis for cell in claimed if cell.claim is not None),
                *(finding.basis for finding in said if finding.relation != "contradicts"),
                *(profiles[segment] for segment in sorted(lacking)),
            ]
        )
        for finding in said:
            if finding.relation == "contradicts":
                demand = demand.contradicted(finding.basis)
        in_outlines = tuple(of for of, names in needed.items() if name in names)
        found.append(Missing(item, tuple(usps), tuple(segments), in_outlines, demand))
    yield from sorted(
        found, key=lambda one: (LEFT.index(one.item.standing), -len(one.segments), one.item.deliverable_id)
    )
