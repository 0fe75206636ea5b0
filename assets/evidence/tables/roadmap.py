"""What the project planned and did: one model per evidence table of the roadmap.

Belongs here: the columns of `evidence/public/roadmap/*.csv`.
Does not belong here: what a deliverable must reach (`readiness`), which progress is the newest (dbt).
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from graphlib import CycleError, TopologicalSorter
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from assets.evidence.model import (
    AddedLater,
    EvidenceRow,
    Grade,
    Identifier,
    NonNegative,
    Planned,
    Positive,
    Problem,
    Record,
    Reference,
    Says,
    Table,
    TextList,
)

DELIVERABLES = "roadmap__deliverables"
STATES = "roadmap__deliverable_states"
REFRESHED_TABLES = (DELIVERABLES, STATES)
"""The tables that GitHub can be asked for."""


class Deliverable(EvidenceRow):
    """One piece of work of the roadmap, as planned. How far it is, day by day, is in `deliverable_states`."""

    says: ClassVar[Says] = Says(
        ("planned_start", "planned_end", "effort_weeks", "mvp_relevance", "target_value"),
        unit="target_unit",
        conditions=("title",),
    )
    subject: ClassVar[tuple[str, ...]] = ("title",)

    pm_issue: int | None = Field(default=None, ge=1, description="Number of the issue in waku-org/pm")
    title: str = Field(description="Name for readers")
    url: str = Field(pattern=r"^https://\S+$", description="Page of the deliverable")
    kind: Literal["milestone_deliverable", "roadmap_item", "derived_gap", "measurement"] = Field(
        description="Whether it belongs to the milestone in question, to the roadmap, or was inferred by us"
    )
    milestone: Identifier = Field(description="Milestone that it belongs to")
    planned_start: Annotated[date | None, Planned()] = Field(default=None, description="Planned first day")
    planned_end: Annotated[date | None, Planned()] = Field(default=None, description="Planned last day")
    depends_on: Annotated[TextList, Reference("roadmap__deliverables")] = Field(
        default=[], description="Deliverables that it needs"
    )
    unblocks: Annotated[TextList, Reference("roadmap__deliverables")] = Field(
        default=[], description="Deliverables that need it"
    )
    unblocks_segment_ids: Annotated[TextList, Reference("segments__segments")] = Field(
        default=[], description="Segments that need it"
    )
    unblocks_usp_ids: Annotated[TextList, Reference("segments__usps")] = Field(
        default=[], description="USPs that need it"
    )
    target_value: NonNegative | None = Field(default=None, description="What it should reach, in `target_unit`")
    target_unit: str | None = Field(default=None, description="Unit of target_value, and of what it reached")
    effort_weeks: Annotated[Positive | None, AddedLater()] = Field(
        default=None, description="Weeks of work that somebody stated; empty where nobody does"
    )
    mvp_relevance: Literal["core", "blocker", "supporting", "context"] = Field(description="What it means for the MVP")

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        if self.planned_start and self.planned_end and self.planned_end < self.planned_start:
            raise ValueError("planned_end lies before planned_start")
        return self


class DeliverableState(EvidenceRow):
    """How far one deliverable was on the day of the observation. The newest row tells how far it is."""

    says: ClassVar[Says] = Says(("status", "actual_value"), conditions=("deliverable_id", "basis"))
    subject: ClassVar[tuple[str, ...]] = ("deliverable_id", "status")

    deliverable_id: Annotated[str, Reference("roadmap__deliverables")] = Field(description="Deliverable")
    status: Literal[
        "closed",
        "descoped",
        "done",
        "done_privately",
        "dropped",
        "late",
        "not_done",
        "not_planned",
        "ongoing",
        "partial",
        "planned",
        "postponed",
        "superseded",
        "unknown",
    ] = Field(description="State on that day")
    basis: Literal["reported", "judged", "inferred_from_absence"] = Field(
        description="reported: the source says so; judged: we read it from what the source reports;"
        " inferred_from_absence: nothing that was read says so, and it follows from that alone"
    )
    actual_value: NonNegative | None = Field(
        default=None, description="What it had reached, in the deliverable's `target_unit`; empty where nobody says"
    )

    @model_validator(mode="after")
    def _what_is_inferred_is_no_count(self) -> Self:
        if self.basis == "inferred_from_absence" and self.actual_value is not None:
            raise ValueError("nobody counted what is inferred from absence; leave actual_value empty")
        if self.basis != "reported" and self.grade in (Grade.MEASURED, Grade.PUBLISHED):
            raise ValueError("what is judged or inferred has grade estimated")
        return self


class MilestoneValue(EvidenceRow):
    """What the project thought a milestone worth, or gave to it."""

    value_columns: ClassVar[tuple[str, ...]] = ("value",)
    says: ClassVar[Says] = Says(conditions=("milestone", "metric"))
    subject: ClassVar[tuple[str, ...]] = ("milestone", "metric")

    milestone_id: Identifier = Field(description="Milestone, made from its title")
    milestone: str = Field(description="Title of the milestone in the source")
    metric: Literal["planned_business_value", "planned_capacity", "realised_value"] = Field(
        description="What the value is"
    )
    value: NonNegative | None = Field(default=None, description="The value, in `unit`")
    unit: Literal["score", "people over 6 months"] = Field(description="Unit of the value")
    scale_max: NonNegative | None = Field(default=None, description="Best score that can be given, score")


class RequirementCompletion(EvidenceRow):
    """How many requirements of one class a milestone met."""

    value_columns: ClassVar[tuple[str, ...]] = ("met", "planned")
    says: ClassVar[Says] = Says(conditions=("milestone", "requirement_class"))
    subject: ClassVar[tuple[str, ...]] = ("milestone", "requirement_class")

    milestone_id: Identifier = Field(description="Milestone, made from its title")
    milestone: str = Field(description="Title of the milestone in the source")
    requirement_class: Literal["functionality", "usability", "reliability", "performance", "supportability"] = Field(
        description="Class of the requirements"
    )
    met: int | None = Field(default=None, ge=0, description="Requirements met, requirements")
    planned: int | None = Field(default=None, ge=0, description="Requirements planned, requirements")

    @model_validator(mode="after")
    def _no_more_are_met_than_planned(self) -> Self:
        if self.met is not None and self.planned is not None and self.met > self.planned:
            raise ValueError(f"met {self.met} is above planned {self.planned}")
        return self


class MilestoneProgress(EvidenceRow):
    """One reported step of a deliverable. Metrics that end in `_cumulative` replace their earlier rows."""

    value_columns: ClassVar[tuple[str, ...]] = ("value",)
    says: ClassVar[Says] = Says(conditions=("metric", "observed_on", "segment_ids"))
    id_as: ClassVar[str] = "progress_id"
    subject: ClassVar[tuple[str, ...]] = ("deliverable_id", "metric")

    deliverable_id: Annotated[str, Reference("roadmap__deliverables")] = Field(description="Deliverable")
    observed_on: date = Field(description="Day of the report")
    metric: Identifier = Field(description="What is counted")
    value: NonNegative | None = Field(default=None, description="The count, in `unit`")
    unit: Literal[
        "calls",
        "cards",
        "customers",
        "deals",
        "deliverables",
        "documents",
        "event teams",
        "interviews",
        "leads",
        "matrices",
        "messages",
        "milestones",
        "project kinds",
        "projects",
        "reviews",
        "reworks",
        "segments",
        "sessions",
        "set",
        "updates",
        "use case",
    ] = Field(description="Unit of the value")
    segment_ids: Annotated[TextList, Reference("segments__segments")] = Field(
        default=[], description="Segments of what is counted, only where the report names them"
    )


def contradictions(records: Mapping[str, Sequence[Record]]) -> Iterator[Problem]:
    """Yield where deliverables need each other in a circle: none of them could ever be begun."""
    found = {record.row.id: record for record in records["roadmap__deliverables"]}
    needs: dict[str, set[str]] = {name: set() for name in found}
    for name, record in found.items():
        if isinstance(record.row, Deliverable):
            needs[name].update(record.row.depends_on)
            for later in record.row.unblocks:
                needs[later].add(name)
    try:
        TopologicalSorter(needs).prepare()
    except CycleError as error:
        circle = list(reversed(error.args[1]))[:-1]  # it ends where it begins
        last = found[max(circle, key=lambda name: (found[name].file, found[name].line))]
        start = circle.index(last.row.id)
        order = [*circle[start:], *circle[:start], last.row.id]
        message = f"this needs itself: {' needs '.join(order)}"
        yield Problem(last.file, last.line, "depends_on", message, "an order in which all can be done")


TABLES: tuple[Table, ...] = (
    Table("roadmap", "deliverables", Deliverable, "Work of the roadmap"),
    Table("roadmap", "deliverable_states", DeliverableState, "States of work of the roadmap, day by day"),
    Table("roadmap", "milestone_values", MilestoneValue, "Worth and capacity of milestones"),
    Table("roadmap", "requirement_completion", RequirementCompletion, "Requirements met by milestones"),
    Table("roadmap", "milestone_progress", MilestoneProgress, "Reported progress of deliverables"),
)
