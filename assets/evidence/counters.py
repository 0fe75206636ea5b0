"""What a requirement can be counted by: the names of the counters, and the parameters that each takes.

Belongs here: what may be typed in `readiness/gate_requirements.csv`. Does not belong here: how a counter counts
(`assets.readiness.measures`), what is asked for (evidence).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from assets.evidence.column_types import marks
from assets.evidence.model import Identifier, Reference

StandIn = Literal["archive_capacities", "captured_segments", "question_sets", "reworked_matrix", "segment_ranking"]
"""What looks like an answer and is none: substitutes of ours, and reports of what nobody outside can read."""


class CounterParameters(BaseModel):
    """The parameters of a counter. `what` is which of its counts is meant."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    def references(self) -> Iterator[tuple[str, Reference]]:
        """Yield each value that has to be an id of another table, with that table."""
        for name, info in type(self).model_fields.items():
            for mark in marks(info):
                if isinstance(mark, Reference) and (value := getattr(self, name)):
                    yield value, mark


class DeliverableCounter(CounterParameters):
    """Of a counter that looks at one deliverable; without a name at that of the gate."""

    deliverable_id: Annotated[str | None, Reference("roadmap__deliverables")] = None


class CostCellsCounter(CounterParameters):
    """Cost cases that a milestone asks for: each scenario, without and with RLN."""

    what: Literal["estimated", "within_budget"]


class DeliverableStateCounter(DeliverableCounter):
    """What the newest state of a deliverable says: an amount, or one when it is done, or either."""

    what: Literal["amount", "done", "amount_or_done"]


class ReportedProgressCounter(DeliverableCounter):
    """The newest report of a metric of `roadmap/milestone_progress`."""

    metric: Identifier


class UspsCounter(CounterParameters):
    """USPs in the register, or those of them that the website names."""

    what: Literal["in_register", "on_site"]


class SegmentsCounter(CounterParameters):
    """Segments captured with all items."""

    what: Literal["captured"]


class SegmentReviewsCounter(DeliverableCounter):
    """Reviews of the segments: reported as `metric`, or ours where it decides one and interviews are on record."""

    metric: Identifier


class CrmOrganisationsCounter(DeliverableCounter):
    """Organisations with a segment in the CRM: those in packs, else what is reported as `metric`."""

    metric: Identifier


class ConversationsCounter(DeliverableCounter):
    """Interviews or sessions in packs beside those reported as `metric`, or a property of them."""

    kind: Literal["interview", "session"]
    what: Literal["held", "segments", "questions", "with_engineer"]
    metric: Identifier


class SessionsAtEventCounter(DeliverableCounter):
    """Sessions in packs that were held at an event, or those reported as `metric`."""

    event: Annotated[Identifier, Field(examples=["devcon_2024"])]
    metric: Identifier


class MatrixCounter(DeliverableCounter):
    """The validation matrix: ours with a decided cell, or filled from interviews; or what is reported as `metric`."""

    what: Literal["decided", "filled_by_interviews"]
    metric: Identifier


COUNTERS: dict[str, type[CounterParameters]] = {
    "cost_cells": CostCellsCounter,
    "deliverable_state": DeliverableStateCounter,
    "reported_progress": ReportedProgressCounter,
    "usps": UspsCounter,
    "segments": SegmentsCounter,
    "segment_reviews": SegmentReviewsCounter,
    "crm_organisations": CrmOrganisationsCounter,
    "conversations": ConversationsCounter,
    "sessions_at_event": SessionsAtEventCounter,
    "matrix": MatrixCounter,
}


def parameters_of(counter: str, typed: Sequence[str]) -> CounterParameters:
    """Return what is typed as `name=value` as parameters of a counter. Raises `ValueError` that says what is wrong."""
    if counter not in COUNTERS:
        raise ValueError(f'"{counter}" is not a counter; expected one of {", ".join(COUNTERS)}')
    given: dict[str, str] = {}
    for part in typed:
        name, is_pair, value = (text.strip() for text in part.partition("="))
        if not (name and is_pair and value):
            raise ValueError(f'"{part}" is not a parameter; expected name=value, such as {_such_as(counter)}')
        if name in given:
            raise ValueError(f"the parameter {name} is given twice")
        given[name] = value
    try:
        return COUNTERS[counter].model_validate(given)
    except ValidationError as error:
        raise ValueError("; ".join(_explained(counter, detail) for detail in error.errors())) from None


def _explained(counter: str, detail: ErrorDetails) -> str:
    name = str(detail["loc"][0])
    if detail["type"] == "extra_forbidden":
        return f"{counter} has no parameter {name}; expected {', '.join(COUNTERS[counter].model_fields)}"
    if detail["type"] == "missing":
        return f"{counter} needs the parameter {name}; expected something such as {_such_as(counter)}"
    expected = str(detail.get("ctx", {}).get("expected", "lower_snake_case")).replace("'", "")
    return f'"{detail["input"]}" is not allowed for the parameter {name}; expected {expected}'


def _such_as(counter: str) -> str:
    fields = COUNTERS[counter].model_fields.items()
    return "; ".join(f"{name}={_example(info)}" for name, info in fields if info.is_required())


def _example(field: FieldInfo) -> str:
    examples = field.examples or get_args(field.annotation) or ("interviews_held_cumulative",)
    return str(examples[0])
