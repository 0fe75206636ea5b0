"""Which evidence to get next: what each piece is worth to the decisions, and what it takes to get it.

Belongs here: which pieces there are, and their worth; pure. Does not belong here: the value of information itself
(`information.py`), what is not known of a gate (`certainty.py`), tables.

Three decisions are looked at: whether each gate of the milestone passes, which segments to pursue, and which USPs make
the MVP. Of each, the worth of a piece is the share that it takes away of the loss that is expected of deciding now.
The three shares are weighted by declared weights, and the sum is divided by declared hours.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, Literal

import numpy as np

from assets.decision.certainty import Array, counts_what, gate_probability
from assets.decision.information import value_of_information, value_of_perfect_information
from assets.evidence import counters
from assets.evidence.basis import Basis
from assets.readiness.counting import PRIVATE
from assets.readiness.measures import WITHIN_BUDGET
from assets.readiness.model import GateStatus, RequirementResult, Verdict
from assets.roadmap.inputs import DecisionRules, Spread
from assets.roadmap.mvp import Choosable, OutlineOf
from assets.roadmap.outline import Choice, benefits
from assets.segments.matrix import ValidationCell
from assets.segments.ranking import CRITERIA, utilities

DRAWS: Final = 1000
"""Of segments and USPs: a share of loss is then known to a few hundredths."""
SEED: Final = 20261130
MOST_ASKED: Final = 2
"""Problems that an interview is said to be about."""

Kind = Literal["interview", "session", "public_source", "benchmark", "price"]
PRICED: Final[tuple[Kind, ...]] = ("price", "benchmark")
"""What tells of costs: they decide something only where a scenario has a budget."""
SAID: Final = ("problem_strength", "usp_fit")
"""Criteria of a segment that a conversation tells something of."""
LOOKED_UP: Final = ("market_size", "technical_gaps", "integrations")
"""Criteria that a public source may tell."""


@dataclass(frozen=True)
class Worth:
    """The shares of the expected loss that a piece of evidence takes away, each 0 to 1."""

    gates: float = 0.0
    segments: float = 0.0
    usps: float = 0.0


@dataclass(frozen=True)
class NextEvidence:
    """One piece of evidence that one could go and get."""

    kind: Kind
    segment_id: str | None
    problem_ids: tuple[str, ...]
    """What to ask about, the most telling first."""
    criterion: str | None
    """What to look up of the segment."""
    requirement_ids: tuple[str, ...]
    """Requirements that it tells of, or counts for."""
    hours: Spread
    worth: Worth
    value: float
    """The weighted sum of its worth."""
    basis: Basis

    @property
    def value_per_hour(self) -> float:
        return self.value / self.hours.mid


def next_evidence(
    verdict: Verdict, probabilities: Mapping[str, Array], world: Choosable, sets: Sequence[Choice]
) -> tuple[NextEvidence, ...]:
    """Return all pieces, the one with the most value for an hour first.

    `probabilities` are those of `certainty.probabilities_of`; `sets` are the choices of USPs that are the best in some
    draw of what `world` chooses from.
    """
    gates, segments, usps = _Gates(verdict, probabilities), _Segments(world), _Usps(world, sets)
    piece = partial(_piece, world.rules)
    efforts = world.rules.basis("effort_")
    conversations: tuple[tuple[Kind, float], ...] = (
        ("interview", world.market.weight_interview),
        ("session", world.market.weight_session),
    )
    found = []
    for segment in world.ranked:
        name = segment.segment_id
        cells = [cell for cell in usps.cells if cell.key[1] == name]
        claims = Basis.all_of([efforts, *(cell.claim.basis for cell in cells if cell.claim is not None)])
        for kind, weight in conversations:
            worth = Worth(segments=segments.worth_of_talk(name, weight), usps=usps.worth_of_talk(cells, weight))
            problems = usps.most_telling(cells, weight) or _least_known(world, name)
            counted = tuple(_counted_by(kind, verdict))
            found.append(piece(kind, worth, claims, name, problem_ids=problems, requirement_ids=counted))
        for criterion in segment.criteria:
            if criterion.name in LOOKED_UP and not criterion.is_known:
                told = world.rules.value("found_segment_fact") * segments.worth_of_source(name, criterion.name)
                worth = Worth(segments=told)
                found.append(piece("public_source", worth, efforts, name, criterion=criterion.name))
    for result in gates.open():
        requirement, ids = result.requirement, (result.requirement.requirement_id,)
        told = gates.worth(requirement.requirement_id)
        if requirement.counter == WITHIN_BUDGET:
            found += [piece(kind, Worth(gates=told), result.basis, requirement_ids=ids) for kind in PRICED]
        elif result.measurement.reason != PRIVATE:  # else nothing public can tell
            chance = world.rules.value(f"found_{result.measurement.origin.value}")
            found.append(piece("public_source", Worth(gates=chance * told), result.basis, requirement_ids=ids))
    asked_for = {one.kind for one in found}
    found += [piece(kind, Worth(), efforts) for kind in PRICED if kind not in asked_for]
    return tuple(sorted(found, key=_order))


def _piece(
    rules: DecisionRules,
    kind: Kind,
    worth: Worth,
    basis: Basis,
    segment_id: str | None = None,
    *,
    problem_ids: tuple[str, ...] = (),
    criterion: str | None = None,
    requirement_ids: tuple[str, ...] = (),
) -> NextEvidence:
    """Return one piece with its declared hours and the weighted sum of its worth."""
    shares = {"gates": worth.gates, "segments": worth.segments, "usps": worth.usps}
    value = sum(rules.value(f"weight_{name}") * share for name, share in shares.items())
    based_on = basis & rules.basis("weight_gates", "weight_segments", "weight_usps")
    hours = rules.spread(f"effort_{kind}")
    return NextEvidence(kind, segment_id, problem_ids, criterion, requirement_ids, hours, worth, value, based_on)


def _order(piece: NextEvidence) -> tuple[object, ...]:
    return -piece.value_per_hour, piece.kind, piece.segment_id or "", piece.requirement_ids


class _Gates:
    """Whether each gate passes, with a loss of one for a wrong answer."""

    def __init__(self, verdict: Verdict, probabilities: Mapping[str, Array]) -> None:
        self._verdict = verdict
        draws = len(next(iter(probabilities.values()), np.zeros(1)))
        random = np.random.default_rng(SEED)
        # one draw for all that count the same conversations: what is not met of the one is not met of the other
        drawn: dict[str, Array] = {}
        self._met = {}
        for gate in verdict.gates:
            for result in gate.results:
                name = result.requirement.requirement_id
                at = drawn.setdefault(f"{gate.gate_id}/{counts_what(result.requirement)}", random.random(draws))
                self._met[name] = (at < probabilities[name]).astype(float)
        self._loss = 0.0
        for gate in verdict.gates:
            passes = float(gate_probability(gate, probabilities).mean())
            self._loss += min(passes, 1 - passes)

    def open(self) -> Iterator[RequirementResult]:
        """Yield the requirements of which it is not settled whether they are met."""
        for gate in self._verdict.gates:
            yield from (result for result in gate.results if result.status is not GateStatus.PASS)

    def worth(self, requirement_id: str) -> float:
        """Return what it takes away of the loss to know whether a requirement is met."""
        gate = next(
            gate
            for gate in self._verdict.gates
            if any(result.requirement.requirement_id == requirement_id for result in gate.results)
        )
        passes = np.prod([self._met[result.requirement.requirement_id] for result in gate.results], axis=0)
        worth = value_of_information(np.column_stack([passes, 1 - passes]), self._met[requirement_id][:, None])
        return worth / self._loss if self._loss else 0.0


class _Segments:
    """Which segments to pursue: as many as the rules say, by how good they are."""

    def __init__(self, world: Choosable) -> None:
        self._names = [segment.segment_id for segment in world.ranked]
        self._criteria = list(CRITERIA)
        self._values, weights = world.criteria_drawn
        # No evidence tells how to weigh criteria: what it may tell is judged at the mean of all weightings.
        self._benefits = utilities(self._values, np.broadcast_to(weights.mean(axis=0), weights.shape)).T
        self._take = min(int(world.market.pursue_segments), len(self._names))
        self._loss = value_of_perfect_information(self._benefits, self._take)
        sizes = [
            self._values[i, self._criteria.index("market_size")].var()
            for i, segment in enumerate(world.ranked)
            if any(one.name == "market_size" and one.is_known for one in segment.criteria)
        ]
        self._spread_of_known_size = float(np.mean(sizes)) if sizes else 0.0

    def worth_of_talk(self, segment: str, weight: float) -> float:
        """Return what one conversation of this weight takes away of the loss."""
        known = self._known(segment, SAID)
        return self._worth(known, float(np.mean([resolved_by(column, weight) for column in known.T])))

    def worth_of_source(self, segment: str, criterion: str) -> float:
        """Return what a public source takes away of the loss; a size stays as vague as those that are known."""
        known = self._known(segment, (criterion,))
        left = self._spread_of_known_size / known.var() if criterion == "market_size" and known.var() else 0.0
        return self._worth(known, max(0.0, 1 - left))

    def _known(self, segment: str, criteria: Sequence[str]) -> Array:
        of_segment = self._values[self._names.index(segment)]
        return np.asarray(of_segment[[self._criteria.index(name) for name in criteria]].T)

    def _worth(self, known: Array, resolved: float) -> float:
        worth = value_of_information(self._benefits, known, self._take, resolved)
        return worth / self._loss if self._loss else 0.0


class _Usps:
    """Which USPs make the MVP: those of the outline that is based on what is validated, else on the leads."""

    def __init__(self, world: Choosable, sets: Sequence[Choice]) -> None:
        of = OutlineOf.VALIDATED if world.choosable(OutlineOf.VALIDATED)[1] else OutlineOf.LEADS
        _, self.cells = world.choosable(of)
        self._shares = {cell.key: world.drawn[cell.key] for cell in self.cells}
        options = world.options(self.cells)
        self._benefits = benefits(sets, options, list(world.values_drawn(options, self.cells, all_weights=False)))
        self._loss = value_of_perfect_information(self._benefits)

    def worth_of_talk(self, cells: Sequence[ValidationCell], weight: float) -> float:
        """Return what one conversation about some cells takes away of the loss."""
        if not cells or not self._loss:
            return 0.0
        known = np.column_stack([self._shares[cell.key] for cell in cells])
        resolved = float(np.mean([resolved_by(column, weight) for column in known.T]))
        return value_of_information(self._benefits, known, resolved=resolved) / self._loss

    def most_telling(self, cells: Sequence[ValidationCell], weight: float) -> tuple[str, ...]:
        """Return the problems to ask about: those whose cells tell most, each once."""
        order = sorted(cells, key=lambda cell: (-self.worth_of_talk([cell], weight), cell.key[2] or ""))
        problems = dict.fromkeys(cell.key[2] for cell in order if cell.key[2] is not None)
        return tuple(problems)[:MOST_ASKED]


def resolved_by(shares: Array, weight: float) -> float:
    """Return the share of the variance of a share that one more voice of this weight takes away.

    A beta distribution worth n voices loses weight / (n + weight) of its variance, on average; n follows from its mean
    and variance as mean (1 - mean) / variance - 1.
    """
    mean, variance = float(shares.mean()), float(shares.var())
    if not variance:
        return 0.0
    voices = max(0.0, mean * (1 - mean) / variance - 1)
    return weight / (voices + weight)


def _least_known(world: Choosable, segment_id: str) -> tuple[str, ...]:
    """Return the problems of a segment of which least is known, each once."""
    claimed = [cell for cell in world.cells if cell.key[1] == segment_id and cell.claim is not None]
    order = sorted(claimed, key=lambda cell: (-float(world.drawn[cell.key].var()), cell.key[2] or ""))
    return tuple(dict.fromkeys(cell.key[2] for cell in order if cell.key[2] is not None))[:MOST_ASKED]


def _counted_by(kind: str, verdict: Verdict) -> Iterator[str]:
    """Yield the requirements that are not met and that a conversation of this kind counts for."""
    for gate in verdict.gates:
        for result in gate.results:
            asked = result.requirement.counter
            is_of_kind = isinstance(asked, counters.ConversationsCounter) and asked.kind == kind
            is_session = isinstance(asked, counters.SessionsAtEventCounter) and kind == "session"
            if (is_of_kind or is_session) and result.status is not GateStatus.PASS:
                yield result.requirement.requirement_id
