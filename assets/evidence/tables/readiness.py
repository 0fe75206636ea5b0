"""What the milestone asks for: the model of the evidence table of gate requirements.

Belongs here: the columns of `evidence/public/readiness/*.csv`.
Does not belong here: whether a requirement is met (`assets.readiness`), the state of a deliverable (`roadmap`).
"""

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from assets.evidence.model import Grade, Identifier, NonNegative, Reference, Says, StandingRow, Table


class GateRequirement(StandingRow):
    """One thing that must hold for a deliverable of the milestone to count as reached."""

    says: ClassVar[Says] = Says(
        ("comparison", "threshold", "threshold_high", "tolerance", "stale_after_days"), conditions=("title", "quote")
    )
    id_as: ClassVar[str] = "requirement_id"
    subject: ClassVar[tuple[str, ...]] = ("title",)

    gate_id: Literal["cost", "whitepaper", "usps", "target_customers", "interviews", "codesign", "mvp_review"] = Field(
        description="Gate that the requirement belongs to; a gate passes when all its requirements do"
    )
    deliverable_id: Annotated[str, Reference("roadmap__deliverables")] = Field(
        description="Deliverable that the gate decides"
    )
    title: str = Field(description="The requirement for readers")
    quote: str = Field(
        description="Words of the milestone document that it rests on, exactly as they stand there;"
        " points of a list are joined with semicolons"
    )
    metric: Identifier = Field(description="What is counted")
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


TABLES: tuple[Table, ...] = (Table("readiness", "gate_requirements", GateRequirement, "Requirements of the milestone"),)
