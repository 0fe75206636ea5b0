"""What the models of market evidence take in: findings, claims, the record of each segment, and the rules.

Belongs here: types, pure. Does not belong here: SQL (`fetch.py`), what follows from them (the other modules).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Literal, TypeAlias, get_args

from assets.evidence.basis import Basis
from assets.evidence.model import Grade

OTHER_SEGMENTS = "other"
"""Stands for segments of which fewer conversations are on record than a published group may have."""

Kind = Literal["interview", "session", "signal"]
KINDS: tuple[Kind, ...] = get_args(Kind)
Relation = Literal["supports", "contradicts"]


@dataclass(frozen=True)
class CodedFinding:
    """One thing that somebody said or did: a row of `marts.findings`.

    `source_key` is who it comes from (an interview, a project, a report); `organisation_key` is the organisation behind
    that, if it was typed, else the same: two people of one are not independent. `importance` and `satisfaction` are
    0 to 10.
    """

    finding_id: str
    kind: Kind
    source_key: str
    organisation_key: str
    segment_id: str
    tag: str | None
    usp_id: str | None
    problem_id: str | None
    relation: Relation | None
    strength: str
    basis: Basis
    importance: float | None = None
    satisfaction: float | None = None


@dataclass(frozen=True)
class Claim:
    """A USP that is claimed for a problem of a segment, before anybody was asked. Without a problem: none is worded."""

    usp_id: str
    segment_id: str
    problem_id: str | None
    basis: Basis


@dataclass(frozen=True)
class SegmentRecord:
    """What is on record of a segment besides what was said: a row of `marts.segment_profiles`."""

    segment_id: str
    usp_ids: tuple[str, ...]
    open_gaps: int | None
    """Deliverables that the segment lacks and that are not done; None where nobody has looked for any."""
    unknown_gaps: int | None
    """Deliverables that the segment lacks and of which the state is not known; None likewise."""
    users: int
    """Projects that use it, or have begun to."""
    leavers: int
    """Projects that left, or ended a trial."""
    basis: Basis


@dataclass(frozen=True)
class MarketFigure:
    """One figure of the size of a market; those of one `family`, such as value held, lie on one scale."""

    segment_id: str
    family: str
    value: float
    basis: Basis


@dataclass(frozen=True)
class Rules:
    """What was decided about weights and thresholds: rows of `evidence/public/segments/rules.csv`, reasons there."""

    weight_interview: float
    weight_session: float
    weight_signal: float
    weight_strong: float
    weight_medium: float
    weight_weak: float
    weight_estimated: float
    weight_illustrative: float
    decision_effective_n: float
    decision_probability: float
    interval_probability: float
    pooling_concentration_low: float
    pooling_concentration_high: float
    pursue_segments: float
    pursue_known_criteria: float
    known_effective_n: float
    drop_acceptability: float
    size_factor: float
    saturation_run: float
    saturation_new_share: float

    @classmethod
    def of(cls, values: Mapping[str, float]) -> Rules:
        """Return the rules by name. Raises `ValueError` for one that is missing."""
        if missing := [field.name for field in fields(cls) if field.name not in values]:
            raise ValueError(f"evidence/public/segments/rules.csv lacks {', '.join(missing)}; add a row for each")
        return cls(**{field.name: values[field.name] for field in fields(cls)})

    def weight(self, finding: CodedFinding) -> float:
        """Return what a finding is worth, in strong findings of an interview: kind times strength times grade."""
        kind = {"interview": self.weight_interview, "session": self.weight_session, "signal": self.weight_signal}
        graded = {Grade.ESTIMATED: self.weight_estimated, Grade.ILLUSTRATIVE: self.weight_illustrative}
        return kind[finding.kind] * self.strength(finding) * graded.get(finding.basis.grade, 1.0)

    def strength(self, finding: CodedFinding) -> float:
        """Return how strongly something was said, above 0 to 1: its points of those of a strong finding."""
        points = {"strong": self.weight_strong, "medium": self.weight_medium, "weak": self.weight_weak}
        return points[finding.strength] / self.weight_strong

    def is_enough(self, effective_n: float) -> bool:
        """Whether so much evidence suffices for a status. Thirds of a finding do not sum up exactly."""
        return effective_n > self.decision_effective_n - 1e-9


@dataclass(frozen=True)
class Order:
    """The tags of one interview; interviews are in the order in which they were held."""

    tags: frozenset[str]
    basis: Basis


MarketRow: TypeAlias = CodedFinding | Claim | SegmentRecord | MarketFigure | Order


@dataclass(frozen=True)
class MarketInputs:
    """All that the models take in. `rules` is None on a day before there were any: then nothing is computed."""

    findings: tuple[CodedFinding, ...]
    claims: tuple[Claim, ...]
    profiles: tuple[SegmentRecord, ...]
    figures: tuple[MarketFigure, ...]
    order: tuple[Order, ...]
    rules: Rules | None
    rule_rows: Mapping[str, Basis]
    """What each rule is based on, by its name."""
