"""What the milestone asks for: the model of the evidence table of gate requirements.

Belongs here: the columns of `evidence/public/readiness/*.csv`.
Does not belong here: whether a requirement is met (`assets.readiness`), the state of a deliverable (`roadmap`).
"""

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from assets.evidence.model import EvidenceRow, Identifier, NonNegative, Reference, Says, Table


class GateRequirement(EvidenceRow):
    """One thing that must hold for a deliverable of the milestone to count as reached."""

    value_columns: ClassVar[tuple[str, ...]] = ("threshold",)
    says: ClassVar[Says] = Says(("threshold", "tolerance"), conditions=("title", "comparison"))

    gate_id: Literal["cost", "whitepaper", "usps", "target_customers", "interviews", "codesign", "mvp_review"] = Field(
        description="Gate that the requirement belongs to; a gate passes when all its requirements do"
    )
    deliverable_id: Annotated[str, Reference("roadmap__deliverables")] = Field(
        description="Deliverable that the gate decides"
    )
    title: str = Field(description="The requirement for readers")
    metric: Identifier = Field(description="What is counted")
    comparison: Literal["at_least", "within"] = Field(
        description="at_least: the metric reaches threshold; within: it is no further from it than tolerance"
    )
    threshold: NonNegative | None = Field(default=None, description="What is asked for, in `unit`")
    tolerance: NonNegative | None = Field(default=None, description="Allowed distance for comparison within, in `unit`")
    unit: Identifier = Field(description="Unit of threshold and tolerance")

    @model_validator(mode="after")
    def _only_within_has_a_tolerance(self) -> Self:
        if (self.comparison == "within") != (self.tolerance is not None):
            raise ValueError("tolerance is filled for comparison within and empty for at_least")
        return self


TABLES: tuple[Table, ...] = (Table("readiness", "gate_requirements", GateRequirement, "Requirements of the milestone"),)
