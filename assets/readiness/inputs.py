"""What requirements are counted from: typed rows of the marts and of the models.

Belongs here: types. Does not belong here: SQL (`fetch.py`), counting (`measures.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from assets.costs.budget import BudgetState
from assets.evidence.basis import Basis
from assets.evidence.model import Grade
from assets.readiness.model import Milestone, Requirement

RPC_PROFILES = frozenset({"status_1to1", "community"})
"""Profiles whose cost must include RPC prices: the milestone says "Also cover RPC API prices"."""


@dataclass(frozen=True)
class ReadinessRow:
    """What every row of a mart has."""

    basis: Basis


@dataclass(frozen=True)
class MilestoneDeliverable(ReadinessRow):
    """A row of `marts.milestone_deliverables`; `actual_value` is None where no count is reported.

    `stated` says whether the state was `reported`, `judged` by us, or is `inferred_from_absence`; None without a state.
    """

    deliverable_id: str
    title: str
    status: str
    actual_value: float | None
    stated: str | None = "reported"
    contradicting_ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class NewestProgress(ReadinessRow):
    """A row of `marts.milestone_progress`: the newest report of a metric; no value where it was not found."""

    deliverable_id: str
    metric: str
    value: float | None
    segment_ids: tuple[str, ...]
    contradicting_ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class Conversations(ReadinessRow):
    """A row of `marts.conversations_held`: interviews or sessions in packs, all segments together.

    `questions` are those of the longest set that was used; None where none is stated. `events` are those at which they
    were held, each as often as one was.
    """

    kind: str
    held: int
    held_after_report: int
    segments: int
    segments_with_reported: int
    held_with_engineer: int = 0
    questions: int | None = None
    events: tuple[str, ...] = ()


@dataclass(frozen=True)
class SegmentCapture(ReadinessRow):
    """A row of `marts.segment_capture`."""

    segment_id: str
    has_all_items: bool


@dataclass(frozen=True)
class RegisteredUsp(ReadinessRow):
    """A row of `marts.usp_register`; `is_on_site` where a card of the website's first page names it."""

    is_on_site: bool


@dataclass(frozen=True)
class CrmOrganisation(ReadinessRow):
    """A row of `marts.organisations` that the team's CRM has."""

    has_segment: bool


@dataclass(frozen=True)
class KnownQuestionSet(ReadinessRow):
    """A row of `marts.question_sets`."""

    questions: int


@dataclass(frozen=True)
class SegmentRank(ReadinessRow):
    """A row of `model.segment_ranking`; `is_decided` where evidence is enough to pursue or to drop it."""

    is_decided: bool


@dataclass(frozen=True)
class CostCell(ReadinessRow):
    """A row of `model.cost_summary`: a scenario that the milestone asks for, with or without RLN.

    `is_feasible` is None where that is not known; `rpc_usd_per_month` where RPC is not priced.
    """

    profile_id: str
    is_estimated: bool
    is_feasible: bool | None
    rpc_usd_per_month: float | None
    reason: str = ""

    @property
    def lacks(self) -> str:
        """Why the case cannot be judged, as the end of a sentence; empty where it can be."""
        if self.is_feasible is False:
            return ""
        if not self.is_estimated:
            wanted = self.reason.removeprefix("missing: ")
            return f"for want of {wanted}" if wanted else "because its cost is not known"
        if self.is_feasible is None:
            return "because it is not known whether it can run"
        if self.profile_id in RPC_PROFILES and self.rpc_usd_per_month is None:
            return "because RPC is not priced"
        return ""


@dataclass(frozen=True)
class BudgetCell(ReadinessRow):
    """A scenario with a budget, with or without RLN; `state` compares its median cost with it."""

    state: BudgetState


@dataclass(frozen=True)
class MatrixCell(ReadinessRow):
    """A row of `model.validation_matrix`; `is_decided` where enough was said for a verdict."""

    is_decided: bool
    interviews: int = 0


@dataclass(frozen=True)
class ReadinessInputs:
    """What is asked for and all that it is counted from, with grade and day of each single row of evidence."""

    milestones: Sequence[Milestone]
    requirements: Sequence[Requirement]
    deliverables: Sequence[MilestoneDeliverable] = ()
    progress: Sequence[NewestProgress] = ()
    conversations: Sequence[Conversations] = ()
    segments: Sequence[SegmentCapture] = ()
    usps: Sequence[RegisteredUsp] = ()
    matrix: Sequence[MatrixCell] = ()
    cost_cells: Sequence[CostCell] = ()
    budget_cells: Sequence[BudgetCell] = ()
    """Of scenarios that are no made-up ones."""
    archive_capacities: Sequence[ReadinessRow] = ()
    """Rows of `marts.archive_capacity` of released stages in the current run: our own, one machine, never imported."""
    crm_organisations: Sequence[CrmOrganisation] = ()
    question_sets: Sequence[KnownQuestionSet] = ()
    ranking: Sequence[SegmentRank] = ()
    evidence_grades: Mapping[str, Grade] = field(default_factory=dict)
    evidence_days: Mapping[str, date | None] = field(default_factory=dict)
    """Day of the observation; None for conversations, whose day is not published."""
