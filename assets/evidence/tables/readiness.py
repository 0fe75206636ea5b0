"""What milestones ask for: the models of the evidence tables of milestones, their gates and the requirements of these.

Belongs here: the columns of `evidence/public/readiness/*.csv`, and what must hold between these tables.
Does not belong here: whether a requirement is met (`assets.readiness`), the state of a deliverable (`roadmap`), what
counters take (`assets.evidence.counters`).
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator

from assets.evidence.counters import COUNTERS, StandIn, parameters_of
from assets.evidence.model import (
    EvidenceRow,
    Grade,
    Identifier,
    NonNegative,
    Problem,
    Record,
    Reference,
    Says,
    StandingRow,
    Table,
    TextList,
)
from assets.evidence.wording import with_suggestion


class MilestoneAsked(StandingRow):
    """A milestone that is judged: it has a verdict and a page of its own."""

    says: ClassVar[Says] = Says(("title",), conditions=("question", "is_default"))
    subject: ClassVar[tuple[str, ...]] = ("title",)

    title: str = Field(description="Name for readers")
    question: str = Field(description="Question that the verdict answers with ready, not ready or not known")
    is_default: bool = Field(
        description="Whether its verdict is the one that a run shows first; true for one milestone"
    )


class GateAsked(StandingRow):
    """One thing that a milestone must reach. It passes when all its requirements do."""

    says: ClassVar[Says] = Says(("title",), conditions=("milestone_id", "deliverable_id"))
    subject: ClassVar[tuple[str, ...]] = ("title",)

    milestone_id: Annotated[str, Reference("readiness__milestones")] = Field(
        description="Milestone that the gate belongs to"
    )
    deliverable_id: Annotated[str, Reference("roadmap__deliverables")] = Field(
        description="Deliverable whose record the gate goes by"
    )
    title: str = Field(description="Name for readers")


class GateRequirement(StandingRow):
    """One thing that must hold for a gate to pass."""

    says: ClassVar[Says] = Says(
        ("comparison", "stale_after_days", "tolerance", "threshold_high", "threshold"), conditions=("title", "quote")
    )
    id_as: ClassVar[str] = "requirement_id"
    subject: ClassVar[tuple[str, ...]] = ("title",)

    gate_id: Annotated[str, Reference("readiness__gates")] = Field(
        description="Gate that the requirement belongs to; a gate passes when all its requirements do"
    )
    title: str = Field(description="The requirement for readers")
    quote: str = Field(
        description="Words of the milestone document that it is based on, exactly as they stand there;"
        " points of a list are joined with semicolons"
    )
    metric: Identifier = Field(description="What is counted")
    noun: str = Field(description="What is counted in words, of one: 'interview', as in 'one interview is on record'")
    nouns: str = Field(description="The same of several: 'interviews'")
    predicate: str = Field(description="What is said of those that count: 'on record'")
    counter: str = Field(description=f"What counts it: {', '.join(COUNTERS)}")
    parameters: TextList = Field(default=[], validate_default=True, description="What the counter gets, as name=value")
    stand_in: StandIn | None = Field(
        default=None, description="What is shown beside while nothing is counted, and never counted itself"
    )
    comparison: Literal["at_least", "within", "between", "all"] = Field(
        description="at_least: threshold, less the tolerance if there is one; within: no further from threshold than"
        " tolerance; between: threshold to threshold_high were asked for, and more is enough too; all: every one that"
        " there is"
    )
    threshold: NonNegative | None = Field(
        default=None, description="What is asked for, in `unit`; empty for comparison all"
    )
    threshold_high: NonNegative | None = Field(
        default=None, description="Upper end of what is asked for, in `unit`, for comparison between"
    )
    tolerance: NonNegative | None = Field(
        default=None, description="How much less is enough (at_least) or how far off may be (within), in `unit`"
    )
    unit: Identifier = Field(description="Unit of threshold and tolerance")
    stale_after_days: int = Field(ge=1, description="Age of the newest evidence from which it is stale, days")

    @field_validator("counter")
    @classmethod
    def _counter_is_known(cls, counter: str) -> str:
        if counter not in COUNTERS:
            expected = with_suggestion(f"one of {', '.join(COUNTERS)}", counter, COUNTERS)
            raise ValueError(f'"{counter}" is not a counter; expected {expected}')
        return counter

    @field_validator("parameters", mode="after")
    @classmethod
    def _parameters_fit_the_counter(cls, parameters: list[str], info: ValidationInfo) -> list[str]:
        if "counter" in info.data:
            parameters_of(info.data["counter"], parameters)
        return parameters

    @model_validator(mode="after")
    def _numbers_fit_the_comparison(self) -> Self:
        if self.comparison == "within" and self.tolerance is None:
            raise ValueError("comparison within needs a tolerance")
        if self.comparison in ("between", "all") and self.tolerance is not None:
            raise ValueError("tolerance is for comparison at_least and within; leave it empty")
        if (self.comparison == "between") != (self.threshold_high is not None):
            raise ValueError("threshold_high is filled for comparison between and empty for the others")
        if self.comparison != "all" and (self.threshold is None) != (self.grade is Grade.NOT_FOUND):
            raise ValueError("threshold is filled, or empty with grade not_found; only comparison all has none")
        if self.comparison == "all" and self.threshold is not None:
            raise ValueError("comparison all asks for every one that there is; leave threshold empty")
        if self.threshold is not None and self.threshold_high is not None and self.threshold_high < self.threshold:
            raise ValueError("threshold_high is below threshold")
        return self

    def refers_to(self) -> Iterator[tuple[str, str, Reference]]:
        for value, reference in parameters_of(self.counter, self.parameters).references():
            yield "parameters", value, reference


class DecisionRule(EvidenceRow):
    """One weight, limit, prior or effort by which evidence becomes a decision. The note says why it is what it is."""

    value_columns: ClassVar[tuple[str, ...]] = ("value",)
    says: ClassVar[Says] = Says(("low", "value", "high"), conditions=("title",))
    subject: ClassVar[tuple[str, ...]] = ("title",)

    title: str = Field(description="Name for readers")
    low: NonNegative | None = Field(default=None, description="Lowest value, in `unit`; empty for what is one value")
    value: NonNegative | None = Field(default=None, description="The value, or the most likely one, in `unit`")
    high: NonNegative | None = Field(default=None, description="Highest value, in `unit`; empty for what is one value")
    unit: Literal["hours", "share", "times", "usps"] = Field(description="Unit of the values")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if (self.low is None) != (self.high is None):
            raise ValueError("low and high are both filled, or both empty")
        known = [value for value in (self.low, self.value, self.high) if value is not None]
        if known != sorted(known):
            raise ValueError("low, value and high do not ascend")
        if self.unit == "share" and known and known[-1] > 1:
            raise ValueError("a share is at most 1")
        return self


WEIGHTS_TOGETHER = (
    ("weight_demand", "weight_effort"),
    ("weight_gates", "weight_segments", "weight_usps"),
)
"""Decision rules that share one whole."""

DECISION_RULES = Table("readiness", "decision_rules", DecisionRule, "Weights and priors of the decision")

TABLES: tuple[Table, ...] = (
    Table("readiness", "milestones", MilestoneAsked, "Milestones that are judged"),
    Table("readiness", "gates", GateAsked, "Gates of the milestones"),
    Table("readiness", "gate_requirements", GateRequirement, "Requirements of the gates"),
    DECISION_RULES,
)


def contradictions(records: Mapping[str, Sequence[Record]]) -> Iterator[Problem]:
    """Yield what is wrong between milestones, gates and requirements that are each sound by themselves."""
    milestones, gates, requirements, rules = (records[table.key] for table in TABLES)
    defaults = [record for record in milestones if isinstance(record.row, MilestoneAsked) and record.row.is_default]
    for record in defaults[1:]:
        message = f"{defaults[0].file}:{defaults[0].line} is the default already"
        yield Problem(record.file, record.line, "is_default", message, "true for one milestone of all packs")
    for parents, children, column in ((milestones, gates, "milestone_id"), (gates, requirements, "gate_id")):
        yield from _contradictions(parents, children, column)
    yield from _weights(rules)


def _weights(rules: Sequence[Record]) -> Iterator[Problem]:
    """Yield where weights that share one whole do not sum to one."""
    for together in WEIGHTS_TOGETHER:
        found = {record.row.id: record for record in rules if record.row.id in together}
        values = [getattr(record.row, "value", None) for record in found.values()]
        known = [value for value in values if value is not None]
        if known and (len(known) < len(together) or not math.isclose(sum(known), 1.0, abs_tol=1e-9)):
            last = found[max(found, key=lambda name: found[name].line)]
            message = f"{', '.join(together)} sum to {sum(known):g}"
            yield Problem(last.file, last.line, "value", message, "a sum of 1")


def _contradictions(parents: Sequence[Record], children: Sequence[Record], column: str) -> Iterator[Problem]:
    of_parent: dict[str, list[Record]] = {}
    for child in children:
        of_parent.setdefault(getattr(child.row, column), []).append(child)
    wanted = "a gate" if column == "milestone_id" else "a requirement"
    for parent in parents:
        if parent.row.id not in of_parent:
            message = f'nothing is asked for by "{parent.row.id}"'
            yield Problem(parent.file, parent.line, "id", message, f"{wanted} that names it as {column}")
        for child in of_parent.get(parent.row.id, ()):
            if parent.row.grade is Grade.ILLUSTRATIVE and child.row.grade is not Grade.ILLUSTRATIVE:
                message = f'"{parent.row.id}" is made up, and this is not'
                yield Problem(child.file, child.line, "grade", message, "illustrative")
