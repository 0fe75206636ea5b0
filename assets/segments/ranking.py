"""Which segments to pursue: in how many plausible weightings of the criteria a segment is first, or among the first.

Belongs here: criteria from evidence, and stochastic multicriteria acceptability analysis (SMAA-2: Lahdelma and Salminen
2001, Operations Research 49(3)), pure. Does not belong here: reasons in words (evidence), tables.

Nobody has said how much a criterion weighs, so no weights are chosen: all are tried, uniformly over the simplex. What
is not known of a segment is drawn from its whole range, 0 to 1, and never taken as zero.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy.special import betaincinv

from assets.segments.inputs import OTHER_SEGMENTS, CodedFinding, MarketFigure, Rules, SegmentRecord
from assets.segments.matrix import GroupKey, Matrix, Share, ValidationCell
from assets.segments.pooling import Array

DRAWS = 10_000
"""An acceptability is then known to one in a hundred."""
SEED = 20261123
LEVELS = np.linspace(0.0, 1.0, 41)
"""Probabilities at which the distribution of a criterion is tabulated; between them it is interpolated."""

RULES: dict[str, str] = {
    "market_size": "Each figure of the segment lies on a logarithmic scale from the smallest to the largest figure of "
    "its family over all segments, and is taken to be right within the size factor. The range goes from the least to "
    "the most of all figures of the segment.",
    "problem_strength": "A beta distribution that begins with one for and one against. Each source adds its weight, "
    "split by how strongly it put the problem.",
    "usp_fit": "The mean over the cells of the segment in the validation matrix, of the share that agrees.",
    "technical_gaps": "One over one more than the gaps that are open; a gap whose state is not known may be open or "
    "closed.",
    "integrations": "A beta distribution of one more than the projects that use it, and one more than those that left.",
}
"""By criterion, how its value between nothing and best is made, without figures."""

CRITERIA: dict[str, str] = {
    "market_size": "Size of the market",
    "problem_strength": "Strength of the problem",
    "usp_fit": "Fit of the USPs",
    "technical_gaps": "Few technical gaps",
    "integrations": "Integrations that stay",
}


class Decision(StrEnum):
    """What the ranking suggests; people decide."""

    PURSUE = "pursue"
    UNDECIDED = "undecided"
    DROP = "drop"


@dataclass(frozen=True)
class Criterion:
    """How good a segment is by one criterion, 0 (worst) to 1 (best): values at `LEVELS`, shape (41,).

    `things` is how many things of evidence it is based on; none means that the whole range is open. `is_known` tells
    whether that is enough for a decision: of what was said as much as one strong interview is worth, else one fact.
    """

    name: str
    quantiles: Array
    things: int
    is_known: bool
    evidence_ids: frozenset[str]

    @property
    def middle(self) -> float:
        return float(np.interp(0.5, LEVELS, self.quantiles))

    def bounds(self, probability: float) -> tuple[float, float]:
        tail = (1 - probability) / 2
        low, high = np.interp([tail, 1 - tail], LEVELS, self.quantiles)
        return float(low), float(high)


@dataclass(frozen=True)
class RankedSegment:
    """A segment with its acceptabilities: shares of weightings and draws in which it has each rank, first to last."""

    segment_id: str
    position: int
    acceptabilities: tuple[float, ...]
    among_first: float
    """Share in which it is one of the `pursue_segments` first."""
    expected_rank: float
    decision: Decision
    criteria: tuple[Criterion, ...]


def rank_segments(
    records: Sequence[SegmentRecord],
    findings: Iterable[CodedFinding],
    figures: Iterable[MarketFigure],
    matrix: Matrix,
    rules: Rules,
) -> tuple[RankedSegment, ...]:
    """Rank all segments, the most acceptable first."""
    if not records:
        return ()
    ordered = sorted(records, key=lambda record: record.segment_id)
    criteria = criteria_of(ordered, list(findings), list(figures), matrix, rules)
    table = np.array([[criterion.quantiles for criterion in row] for row in criteria])
    counts = rank_acceptabilities(table)
    wanted = min(int(rules.pursue_segments), len(ordered))
    among_first = counts[:, :wanted].sum(axis=1)
    ranks = counts @ np.arange(1, len(ordered) + 1)
    order = sorted(range(len(ordered)), key=lambda i: (-among_first[i], ranks[i], ordered[i].segment_id))
    known = [sum(criterion.is_known for criterion in criteria[i]) for i in order]
    decisions = decisions_of([float(among_first[i]) for i in order], known, rules)
    return tuple(
        RankedSegment(
            segment_id=ordered[i].segment_id,
            position=position,
            acceptabilities=tuple(counts[i].tolist()),
            among_first=float(among_first[i]),
            expected_rank=float(ranks[i]),
            decision=decisions[position - 1],
            criteria=tuple(criteria[i]),
        )
        for position, i in enumerate(order, start=1)
    )


def decisions_of(among_first: Sequence[float], known: Sequence[int], rules: Rules) -> list[Decision]:
    """Suggest what to do with each segment, given in the order of the ranking.

    Pursue the first ones, drop those that hardly any weighting puts among the first. Of a segment with fewer known
    criteria than asked for, neither: its place comes from what is not known.
    """
    found = []
    for share, criteria in zip(among_first, known, strict=True):
        if criteria < rules.pursue_known_criteria:
            found.append(Decision.UNDECIDED)
        elif found.count(Decision.PURSUE) < rules.pursue_segments and share >= rules.drop_acceptability:
            found.append(Decision.PURSUE)
        else:
            found.append(Decision.DROP if share < rules.drop_acceptability else Decision.UNDECIDED)
    return found


def rank_acceptabilities(quantiles: Array, draws: int = DRAWS) -> Array:
    """Return the share of draws in which each segment has each rank, shape (segments, segments).

    `quantiles` has the distribution of each criterion at `LEVELS`, shape (segments, criteria, levels). A draw takes
    weights uniformly from the simplex (a Dirichlet distribution with all parameters one) and each value from its
    distribution, independently.
    """
    values, weights = drawn_criteria(quantiles, draws)
    ranks = np.argsort(np.argsort(-utilities(values, weights), axis=0), axis=0)
    return np.array([np.bincount(row, minlength=len(ranks)) / draws for row in ranks])


def drawn_criteria(quantiles: Array, draws: int = DRAWS) -> tuple[Array, Array]:
    """Draw the criteria of each segment, shape (segments, criteria, draws), and weightings, shape (draws, criteria)."""
    segments, criteria, _ = quantiles.shape
    random = np.random.default_rng(SEED)
    weights = random.dirichlet(np.ones(criteria), size=draws)
    values = np.empty((segments, criteria, draws))
    for segment in range(segments):
        for criterion in range(criteria):
            values[segment, criterion] = np.interp(random.random(draws), LEVELS, quantiles[segment, criterion])
    return values, weights


def utilities(values: Array, weights: Array) -> Array:
    """Return how good each segment is in each draw: the weighted sum of its criteria, shape (segments, draws)."""
    return np.asarray(np.einsum("scd,dc->sd", values, weights))


def criteria_of(
    records: Sequence[SegmentRecord],
    findings: Sequence[CodedFinding],
    figures: Sequence[MarketFigure],
    matrix: Matrix,
    rules: Rules,
) -> list[list[Criterion]]:
    """Return the criteria of each segment, in the order of `CRITERIA`."""
    sizes = market_sizes(figures, rules)
    heard = {
        record.segment_id: [finding for finding in findings if finding.segment_id == record.segment_id]
        for record in records
    }
    said = matrix.said()
    cells: dict[str, list[ValidationCell]] = {}
    for cell in matrix.cells:
        if cell.key[1] != OTHER_SEGMENTS and cell.key[0] is not None:
            cells.setdefault(cell.key[1], []).append(cell)
    return [
        [
            sizes.get(record.segment_id, _open("market_size")),
            problem_strength(heard[record.segment_id], rules),
            usp_fit(cells.get(record.segment_id, []), said, rules),
            technical_gaps(record),
            integrations(record),
        ]
        for record in records
    ]


def market_sizes(figures: Sequence[MarketFigure], rules: Rules) -> dict[str, Criterion]:
    """Place each segment by all of its figures, from the lowest to the highest: figures are kept, not averaged.

    Figures of one family lie on one logarithmic scale from the smallest to the largest of all segments; a family of one
    segment compares nothing. Each is taken to be right within `size_factor`, by which trackers of one thing differ.
    """
    placed: dict[str, list[float]] = {}
    ids: dict[str, set[str]] = {}
    counted: dict[str, int] = {}
    for family in sorted({figure.family for figure in figures}):
        members = [figure for figure in figures if figure.family == family and figure.value > 0]
        logs = np.log10([figure.value for figure in members])
        if len({figure.segment_id for figure in members}) < 2 or logs.min() == logs.max():
            continue
        spread = np.log10(rules.size_factor)
        ends_of_scale = {i for end in (logs.argmin(), logs.argmax()) for i in members[int(end)].basis.ids}
        for figure, value in zip(members, logs, strict=True):
            ends = (np.array([value - spread, value + spread]) - logs.min()) / (logs.max() - logs.min())
            placed.setdefault(figure.segment_id, []).extend(np.clip(ends, 0, 1).tolist())
            ids.setdefault(figure.segment_id, set()).update(figure.basis.ids, ends_of_scale)
            counted[figure.segment_id] = counted.get(figure.segment_id, 0) + 1
    return {
        segment: _between("market_size", min(ends), max(ends), counted[segment], frozenset(ids[segment]))
        for segment, ends in placed.items()
    }


def problem_strength(findings: Sequence[CodedFinding], rules: Rules) -> Criterion:
    """How strongly those who spoke put their problems; who denies a problem counts against it.

    Beta(1 + s, 1 + f): each source adds its weight, split by the strength of what it put most strongly.
    """
    by_source: dict[str, list[CodedFinding]] = {}
    for finding in findings:
        if finding.problem_id is not None:
            by_source.setdefault(finding.organisation_key, []).append(finding)
    for_it = against = 0.0
    ids: set[str] = set()
    for said in by_source.values():
        has = [f for f in said if not (f.usp_id is None and f.relation == "contradicts")]
        best = max(has or said, key=rules.strength)
        weight = rules.weight(best) / rules.strength(best)
        strength = rules.strength(best) if has else 0.0
        for_it, against = for_it + weight * strength, against + weight * (1 - strength)
        ids.update(evidence_id for finding in said for evidence_id in finding.basis.ids)
    is_known = _has_said_enough((finding for said in by_source.values() for finding in said), rules)
    return _beta("problem_strength", for_it, against, len(by_source), is_known, frozenset(ids))


def usp_fit(cells: Sequence[ValidationCell], said: Mapping[GroupKey, Collection[str]], rules: Rules) -> Criterion:
    """The mean share over the cells of a segment; all of them are taken to be high or low together.

    `said` maps each group to its evidence (`Matrix.said`). By pooling, a cell uses all evidence of its group.
    Taking them as independent would make many untested cells look like one that is known to be average.
    """
    if not cells:
        return _open("usp_fit")
    quantiles = np.mean([share_quantiles(cell.share, rules.interval_probability) for cell in cells], axis=0)
    voices = {voice.organisation_key for cell in cells for voice in cell.voices}
    ids = {evidence_id for cell in cells for evidence_id in said[cell.key[0], cell.key[2]]}
    ids |= {evidence_id for cell in cells if cell.claim for evidence_id in cell.claim.basis.ids}
    is_known = _has_said_enough((f for cell in cells for voice in cell.voices for f in voice.findings), rules)
    return Criterion("usp_fit", quantiles, len(voices), is_known, frozenset(ids))


def share_quantiles(share: Share, interval: float) -> Array:
    """Return a share as a distribution over 0 to 1: its mean in the middle, its interval, straight lines between."""
    tail = (1 - interval) / 2
    return np.interp(LEVELS, [0.0, tail, 0.5, 1 - tail, 1.0], [0.0, share.low, share.mean, share.high, 1.0])


def technical_gaps(record: SegmentRecord) -> Criterion:
    """1 / (1 + gaps that are open); a gap of which the state is not known may be open or closed.

    Where nobody has looked for gaps nothing is known: an empty list is no merit.
    """
    if record.open_gaps is None or record.unknown_gaps is None:
        return _open("technical_gaps")
    low, high = 1 / (1 + record.open_gaps + record.unknown_gaps), 1 / (1 + record.open_gaps)
    return _between("technical_gaps", low, high, 1, record.basis.ids)


def integrations(record: SegmentRecord) -> Criterion:
    """Beta(1 + projects that use it, 1 + projects that left)."""
    projects = record.users + record.leavers
    return _beta("integrations", record.users, record.leavers, projects, projects > 0, record.basis.ids)


def _has_said_enough(findings: Iterable[CodedFinding], rules: Rules) -> bool:
    """Whether what was said is worth `known_effective_n`, each organisation counted once."""
    best: dict[str, float] = {}
    for finding in findings:
        best[finding.organisation_key] = max(best.get(finding.organisation_key, 0.0), rules.weight(finding))
    return sum(best.values()) > rules.known_effective_n - 1e-9


def _between(name: str, low: float, high: float, things: int, evidence_ids: frozenset[str]) -> Criterion:
    return Criterion(name, low + (high - low) * LEVELS, things, things > 0, evidence_ids)


def _open(name: str) -> Criterion:
    return _between(name, 0.0, 1.0, 0, frozenset())


def _beta(
    name: str, for_it: float, against: float, things: int, is_known: bool, evidence_ids: frozenset[str]
) -> Criterion:
    return Criterion(name, np.asarray(betaincinv(1 + for_it, 1 + against, LEVELS)), things, is_known, evidence_ids)
