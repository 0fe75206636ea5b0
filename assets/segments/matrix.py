"""The validation matrix: which USP holds for which problem of which segment, as far as anybody said or showed it.

Belongs here: which finding speaks about which cell, how much it counts, and the status that follows; pure.
Does not belong here: the statistical model (`pooling.py`), thresholds (evidence, see `Rules`), tables (`frames.py`).
A status is computed and never typed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from assets.segments.inputs import KINDS, OTHER_SEGMENTS, Claim, CodedFinding, Kind, Relation, Rules
from assets.segments.pooling import Array, Shares, cell_shares, fine_nodes, group_shares, group_weights, pooling_nodes

CellKey = tuple[str | None, str, str | None]
"""USP, segment, problem. No USP: a problem that none is claimed for. No problem: a USP for none that is worded."""
GroupKey = tuple[str | None, str | None]
"""USP and problem, over all segments."""


class CellStatus(StrEnum):
    """Of a cell."""

    UNTESTED = "untested"
    """Claimed, and nothing or too little was said about it."""
    VALIDATED = "validated"
    INVALIDATED = "invalidated"
    MIXED = "mixed"
    """Enough was said, and it does not point one way."""
    NEW = "new"
    """Nobody had claimed it; it came up, and too little was said about it yet."""


@dataclass(frozen=True)
class Share:
    """Of those who are like those that spoke, how many would support it: mean and interval, 0 to 1."""

    mean: float
    low: float
    high: float
    above_half: float


@dataclass(frozen=True)
class Count:
    """Of those of one kind who spoke: how many agree on balance. An organisation may have spoken in several kinds."""

    agree: int
    said: int


@dataclass(frozen=True)
class Voice:
    """One organisation in one cell. One that says both is split; weights are in strong findings of an interview."""

    organisation_key: str
    supporting_weight: float
    contradicting_weight: float
    findings: tuple[CodedFinding, ...]

    @property
    def supports(self) -> bool:
        return self.supporting_weight > self.contradicting_weight


@dataclass(frozen=True)
class ValidationCell:
    """One cell of the matrix. `supporting` of `sources` independent sources support it on balance."""

    key: CellKey
    claim: Claim | None
    voices: tuple[Voice, ...]
    counts: Mapping[Kind, Count]
    share: Share
    status: CellStatus

    @property
    def supporting(self) -> int:
        return sum(voice.supports for voice in self.voices)

    @property
    def sources(self) -> int:
        return len(self.voices)

    @property
    def effective_n(self) -> float:
        """What all sources are worth together, in strong findings of interviews."""
        return _sum(self.voices, "supports") + _sum(self.voices, "contradicts")


@dataclass(frozen=True)
class Group:
    """A USP for a problem over all segments: the sum of its cells."""

    key: GroupKey
    cells: tuple[ValidationCell, ...]
    supporting: int
    sources: int
    counts: Mapping[Kind, Count]
    segments_supporting: int
    segments: int
    effective_n: float
    share: Share
    status: CellStatus


@dataclass(frozen=True)
class Matrix:
    """All cells, claimed or spoken about, and their groups; both sorted by key."""

    cells: tuple[ValidationCell, ...]
    groups: tuple[Group, ...]

    def said(self) -> dict[GroupKey, frozenset[str]]:
        """Return by group the evidence of all that was said in it: by pooling each of its cells is based on that."""
        return {
            group.key: frozenset(
                evidence_id
                for cell in group.cells
                for voice in cell.voices
                for finding in voice.findings
                for evidence_id in finding.basis.ids
            )
            for group in self.groups
        }


def validation_matrix(findings: Iterable[CodedFinding], claims: Iterable[Claim], rules: Rules) -> Matrix:
    """Compute every cell that is claimed or that somebody spoke about."""
    claimed: dict[CellKey, Claim] = {(claim.usp_id, claim.segment_id, claim.problem_id): claim for claim in claims}
    spoken = spoken_cells(findings, claimed)
    keys = sorted({*claimed, *spoken}, key=_sort_key)
    if not keys:
        return Matrix((), ())
    group_keys = sorted({(usp, problem) for usp, _, problem in keys}, key=_sort_key)
    voices = {key: voices_of(spoken.get(key, ()), rules) for key in keys}
    voices = _each_source_once_a_group(voices)
    group = np.array([group_keys.index((usp, problem)) for usp, _, problem in keys])
    a = np.array([_sum(voices[key], "supports") for key in keys])
    b = np.array([_sum(voices[key], "contradicts") for key in keys])
    bounds = (rules.pooling_concentration_low, rules.pooling_concentration_high)
    coarse, fine = pooling_nodes(*bounds), fine_nodes(*bounds)
    weights = group_weights(coarse, group, len(group_keys), a, b)
    shares = _shares(cell_shares(coarse, weights[group], a, b, rules.interval_probability))
    common = _shares(group_shares(group_weights(fine, group, len(group_keys), a, b), rules.interval_probability))
    is_claimed = {key: _is_claimed(key, claimed) for key in keys}
    cells = tuple(
        ValidationCell(
            key=key,
            claim=claimed.get(key),
            voices=voices[key],
            counts=counts_of(spoken.get(key, ()), rules),
            share=share,
            status=status_of(n, share.above_half, is_claimed[key], rules),
        )
        for key, share, n in zip(keys, shares, (a + b).tolist(), strict=True)
    )
    members: dict[GroupKey, list[ValidationCell]] = {}
    for cell in cells:
        members.setdefault((cell.key[0], cell.key[2]), []).append(cell)
    return Matrix(
        cells,
        tuple(
            _group(key, members[key], share, any(is_claimed[cell.key] for cell in members[key]), rules)
            for key, share in zip(group_keys, common, strict=True)
        ),
    )


def drawn_shares(matrix: Matrix, rules: Rules, draws: int, random: np.random.Generator) -> Array:
    """Draw the shares of all cells from what is known of them, shape (cells, draws).

    Cells of one USP and problem are drawn together: what their segments have in common is the same in a draw.
    """
    if not matrix.cells:
        return np.empty((0, draws))
    groups = {group.key: position for position, group in enumerate(matrix.groups)}
    group = np.array([groups[cell.key[0], cell.key[2]] for cell in matrix.cells])
    a = np.array([_sum(cell.voices, "supports") for cell in matrix.cells])
    b = np.array([_sum(cell.voices, "contradicts") for cell in matrix.cells])
    nodes = pooling_nodes(rules.pooling_concentration_low, rules.pooling_concentration_high)
    chosen = np.stack([random.choice(len(row), draws, p=row) for row in group_weights(nodes, group, len(groups), a, b)])
    alpha, beta = nodes.mean * nodes.concentration, (1 - nodes.mean) * nodes.concentration
    return np.asarray(random.beta(alpha[chosen][group] + a[:, None], beta[chosen][group] + b[:, None]))


def spoken_cells(
    findings: Iterable[CodedFinding], claimed: Mapping[CellKey, Claim]
) -> dict[CellKey, list[CodedFinding]]:
    """Return the findings by the cells that they speak about.

    One that names only a USP speaks about every claimed cell of its segment that has it. So does one that denies a
    problem: who does not have it needs no USP for it. An unknown segment counts for all segments. A problem
    without a USP is a cell of its own, as is a pair that no claim covers.
    """
    cells: dict[CellKey, list[CodedFinding]] = {}
    for finding in findings:
        if finding.relation is None:
            continue
        own = (finding.usp_id, finding.segment_id, finding.problem_id)
        found: list[CellKey] = [own]
        if finding.problem_id is None or (finding.usp_id is None and finding.relation == "contradicts"):
            covered = [key for key in claimed if _covers(finding, key)]
            found = sorted({(usp, finding.segment_id, problem) for usp, _, problem in covered}, key=_sort_key) or [own]
        for key in found:
            cells.setdefault(key, []).append(finding)
    return cells


def voices_of(findings: Iterable[CodedFinding], rules: Rules) -> tuple[Voice, ...]:
    """Count each organisation once: with its weightiest finding, shared between the sides if it says both."""
    by_organisation: dict[str, list[CodedFinding]] = {}
    for finding in findings:
        by_organisation.setdefault(finding.organisation_key, []).append(finding)
    voices = []
    for organisation, said in sorted(by_organisation.items()):
        best = _best_of_each_side(said, rules)
        scale = max(best.values()) / sum(best.values())
        voices.append(Voice(organisation, best["supports"] * scale, best["contradicts"] * scale, tuple(said)))
    return tuple(voices)


def counts_of(findings: Iterable[CodedFinding], rules: Rules) -> dict[Kind, Count]:
    """Count those who spoke by kind: each interview, project and report once, whoever it belongs to."""
    spoken: dict[Kind, dict[str, list[CodedFinding]]] = {kind: {} for kind in KINDS}
    for finding in findings:
        spoken[finding.kind].setdefault(finding.source_key, []).append(finding)
    return {
        kind: Count(sum(_agrees(_best_of_each_side(said, rules)) for said in sources.values()), len(sources))
        for kind, sources in spoken.items()
    }


def status_of(effective_n: float, above_half: float, is_claimed: bool, rules: Rules) -> CellStatus:
    """Return what follows: a verdict needs both enough evidence and enough probability."""
    if not rules.is_enough(effective_n):
        return CellStatus.UNTESTED if is_claimed else CellStatus.NEW
    if above_half >= rules.decision_probability:
        return CellStatus.VALIDATED
    return CellStatus.INVALIDATED if 1 - above_half >= rules.decision_probability else CellStatus.MIXED


def _best_of_each_side(said: Iterable[CodedFinding], rules: Rules) -> dict[Relation, float]:
    best: dict[Relation, float] = {"supports": 0.0, "contradicts": 0.0}
    for finding in said:
        if finding.relation is not None:
            best[finding.relation] = max(best[finding.relation], rules.weight(finding))
    return best


def _agrees(best: Mapping[Relation, float]) -> bool:
    return best["supports"] > best["contradicts"]


def _covers(finding: CodedFinding, key: CellKey) -> bool:
    usp_id, segment_id, problem_id = key
    named = usp_id == finding.usp_id if finding.problem_id is None else problem_id == finding.problem_id
    return named and finding.segment_id in (OTHER_SEGMENTS, segment_id)


def _is_claimed(key: CellKey, claimed: Iterable[CellKey]) -> bool:
    """Whether the register claims a cell; of what is not told (a problem, which of the segments) whether it may be."""
    usp_id, segment_id, problem_id = key
    return any(
        usp == usp_id and problem_id in (None, problem) and segment_id in (OTHER_SEGMENTS, segment)
        for usp, segment, problem in claimed
    )


def _each_source_once_a_group(voices: Mapping[CellKey, tuple[Voice, ...]]) -> dict[CellKey, tuple[Voice, ...]]:
    """Split the weight of an organisation over its segments, so that it counts once."""
    spoken: dict[tuple[GroupKey, str], int] = {}
    for (usp, _, problem), members in voices.items():
        for voice in members:
            key = ((usp, problem), voice.organisation_key)
            spoken[key] = spoken.get(key, 0) + 1
    return {
        (usp, segment, problem): tuple(
            Voice(
                voice.organisation_key,
                voice.supporting_weight / spoken[(usp, problem), voice.organisation_key],
                voice.contradicting_weight / spoken[(usp, problem), voice.organisation_key],
                voice.findings,
            )
            for voice in members
        )
        for (usp, segment, problem), members in voices.items()
    }


def _group(key: GroupKey, cells: Sequence[ValidationCell], share: Share, is_claimed: bool, rules: Rules) -> Group:
    with_voices = [cell for cell in cells if cell.voices]
    balance: dict[str, float] = {}
    all_voices = [voice for cell in with_voices for voice in cell.voices]
    for voice in all_voices:
        balance[voice.organisation_key] = (
            balance.get(voice.organisation_key, 0.0) + voice.supporting_weight - voice.contradicting_weight
        )
    effective_n = sum(cell.effective_n for cell in with_voices)
    return Group(
        key=key,
        cells=tuple(cells),
        supporting=sum(value > 0 for value in balance.values()),
        sources=len(balance),
        counts=counts_of((finding for voice in all_voices for finding in voice.findings), rules),
        segments_supporting=sum(
            _sum(cell.voices, "supports") > _sum(cell.voices, "contradicts") for cell in with_voices
        ),
        segments=len(with_voices),
        effective_n=effective_n,
        share=share,
        status=status_of(effective_n, share.above_half, is_claimed, rules),
    )


def _sum(voices: Iterable[Voice], side: Relation) -> float:
    return sum(voice.supporting_weight if side == "supports" else voice.contradicting_weight for voice in voices)


def _shares(shares: Shares) -> list[Share]:
    columns = (shares.mean.tolist(), shares.low.tolist(), shares.high.tolist(), shares.above_half.tolist())
    return [Share(*values) for values in zip(*columns, strict=True)]


def _sort_key(key: Sequence[str | None]) -> tuple[str, ...]:
    return tuple("~" if part is None else part for part in key)
