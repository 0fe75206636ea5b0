"""What people said about Waku, in private or in public: interviews, co-design sessions, public signals.

Belongs here: the columns of `<pack>/interviews/`, with the vocabularies that they use.
Does not belong here: who may see what of it (staging), how it is searched for identities
(`assets.privacy.identities`), what follows from it.
"""

import re
from collections.abc import Callable
from datetime import date
from typing import Annotated, ClassVar, Literal, Self, TypeVar

from pydantic import Field, ValidationInfo, field_validator, model_validator

from assets.evidence.model import EvidenceRow, Identifier, Part, Reference, Says, Table, TextList

Strength = Literal["weak", "medium", "strong"]
"""Of what was said: mentioned when asked; explained; raised unasked, or with a cost or a decision behind it."""

Relation = Literal["supports", "contradicts"]

Score = Annotated[float, Field(ge=0, le=10)]

_PRODUCT = re.compile(
    # whatever their case
    r"(?i:\b(?:\w*waku\w*|twn|rln|sds|light ?push|libp2p|gossipsub|graphcast|nimbus|nomos)\b)"
    r"|(?i:\b(?:relay|store|filter|peer exchange)\s+(?:protocol|node)s?\b)"
    # words of every day, names with a capital; the last ones only where no sentence begins
    r"|\b(?:Logos|Vac|VAC|Codex)\b"
    r"|(?<=[^.?!:\s]\s)(?:Status|Relay|Store|Filter|Peer Exchange)\b"
)
"""Waku, what it is built on, its implementations, protocols and sister projects: the milestone wants questions that are
detached from them. Who filters, stores or asks for a status names none of them."""

_SEGMENT = Reference("segments__segments")
_USP = Reference("segments__usps")
_PROBLEM = Reference("segments__problems")
_TAG = Reference("interviews__tags")


class Tag(EvidenceRow):
    """One word of the vocabulary that findings and signals are coded with."""

    says: ClassVar[Says] = Says(("title", "theme"), conditions=("description",))
    id_as: ClassVar[str] = "tag"
    subject: ClassVar[tuple[str, ...]] = ("title",)

    title: str = Field(description="Name for readers")
    theme: Literal["privacy", "reliability", "cost", "developer_experience", "trust", "market"] = Field(
        description="Theme that the tag belongs to"
    )
    description: str = Field(description="What is coded with it")


class QuestionSet(EvidenceRow):
    """One version of the questions of an interview. They are detached from Waku: none names it or its protocols."""

    says: ClassVar[Says] = Says(("title", "version"))
    subject: ClassVar[tuple[str, ...]] = ("title",)

    title: str = Field(description="Name for readers")
    version: int = Field(ge=1, description="Version; a changed question is a new version")


class Question(EvidenceRow):
    """One question of a question set."""

    says: ClassVar[Says] = Says(("text",))
    id_as: ClassVar[str] = "question_row_id"
    subject: ClassVar[tuple[str, ...]] = ("question_set_id", "question")

    question_set_id: Annotated[str, Reference("interviews__question_sets")] = Field(description="Question set")
    question: Identifier = Field(description="Name of the question, which an interview answers")
    text: str = Field(description="What is asked, without naming Waku or its protocols")

    @model_validator(mode="after")
    def _is_detached(self) -> Self:
        if found := _PRODUCT.search(self.text):
            raise ValueError(
                f"the question names {found[0]}; ask for the need, in words that name no product or protocol"
            )
        return self


class _FromInterview(EvidenceRow):
    """What every row has that is part of an interview."""

    interview_id: Annotated[str, Reference("interviews__interviews")] = Field(description="Interview")
    segment_id: Annotated[str, _SEGMENT] = Field(description="Segment of the interview")
    consent: Literal["quote", "summary", "none"] = Field(description="What the interviewed person agreed to")
    consent_withdrawn_on: date | None = Field(default=None, description="Day on which the consent was withdrawn")


class Coded(EvidenceRow):
    """What a statement says, in the words of the vocabularies."""

    tag: Annotated[str, _TAG] = Field(description="What it is about")
    strength: Strength = Field(description="How strongly it was said or done")
    relation: Relation | None = Field(default=None, description="Whether it speaks for or against usp_id or problem_id")
    usp_id: Annotated[str | None, _USP] = Field(default=None, description="USP that it speaks for or against")
    problem_id: Annotated[str | None, _PROBLEM] = Field(
        default=None,
        description="Problem that it is about: whether they have it, and with usp_id whether the USP meets it",
    )

    @model_validator(mode="after")
    def _relation_has_an_object(self) -> Self:
        if (self.relation is not None) != bool(self.usp_id or self.problem_id):
            raise ValueError("relation goes with usp_id, problem_id or both; fill it and one of them, or none")
        return self


class Finding(_FromInterview, Coded):
    """One thing that an interview showed: a tag, how strongly, and which USP or problem it supports or contradicts."""

    says: ClassVar[Says] = Says(("tag", "relation", "strength"), conditions=("quote",))
    subject: ClassVar[tuple[str, ...]] = ("interview_id", "tag")

    finding_no: int = Field(ge=1, description="Number in the interview, from 1")
    quote: str | None = Field(
        default=None,
        description="A few words of the person; published with consent `quote` only",
        examples=["We would pay for somebody else to run the nodes"],
    )
    importance: Score | None = Field(
        default=None, description="How much the problem matters to them, 0 to 10", examples=["8"]
    )
    satisfaction: Score | None = Field(
        default=None, description="How well it is solved for them today, 0 to 10", examples=["3"]
    )


class Answer(_FromInterview):
    """What was answered to one question of one interview."""

    subject: ClassVar[tuple[str, ...]] = ("interview_id", "question")

    question_id: Annotated[str, Reference("interviews__questions")] = Field(
        description="Question, <question set>_<question>"
    )
    question: Identifier = Field(description="Name of the question in its set")
    answer: str = Field(
        description="The answer in the analyst's words; published with consent `quote` or `summary` only",
        examples=["They run three servers of their own."],
    )


def _not_before(column: str) -> Callable[[date | None, ValidationInfo], date | None]:
    def check(value: date | None, info: ValidationInfo) -> date | None:
        if value and column in info.data and value < info.data[column]:
            raise ValueError(f"the day is before {column}; expected that day or a later one")
        return value

    return check


Row = TypeVar("Row", bound=EvidenceRow)


def _observed_since(row: Row, column: str, day: date) -> Row:
    """Return a row that was not observed before the day of its conversation: --as-of would count it too early."""
    if row.as_of < day:
        raise ValueError(f"as_of {row.as_of} is before {column} {day}; expected that day or a later one")
    return row


class _Conversation(EvidenceRow):
    """What every conversation has of its own making: nobody but the team can check it."""

    id: Identifier = Field(
        description="Code that does not tell who was there; never changed once published", examples=["p4821"]
    )
    source: str = Field(
        min_length=1,
        description="Where the team can check the row, such as `our notes of 2026-11-20`; no name",
        examples=["our notes of 2026-11-20"],
    )


class Interview(_Conversation):
    """One interview. Its id is a code that says nothing about the person."""

    segment_id: Annotated[str, _SEGMENT] = Field(description="Segment of the interviewed person's project")
    role_class: Literal["founder", "product", "engineering", "operations", "research", "business", "community"] = Field(
        description="What the person does there, as a class and never as a title"
    )
    interviewed_on: date = Field(description="Day of the interview")
    channel: Literal["video_call", "voice_call", "in_person", "chat", "written"] = Field(description="How it was held")
    consent: Literal["quote", "summary", "none"] = Field(
        description="quote: may be quoted; summary: findings and answers may be used without quotes; none: counted only"
    )
    consent_withdrawn_on: date | None = Field(default=None, description="Day on which the consent was withdrawn")
    question_set_id: Annotated[str, Reference("interviews__question_sets")] = Field(description="Questions asked")
    organisation_code: Identifier | None = Field(
        default=None,
        description="Code of the organisation, the same in all its interviews and sessions, or its id in integrations:"
        " it then counts as one source; never published",
        examples=["org_k4"],
    )

    @model_validator(mode="after")
    def _code_says_nothing(self) -> Self:
        if self.segment_id in self.id or self.role_class in self.id.split("_"):
            raise ValueError("the id names the segment or the role; use a code that says nothing, such as p07")
        return self

    @model_validator(mode="after")
    def _is_observed_then(self) -> Self:
        return _observed_since(self, "interviewed_on", self.interviewed_on)

    _is_withdrawn_later = field_validator("consent_withdrawn_on")(_not_before("interviewed_on"))


class Session(_Conversation):
    """One co-design session with a project."""

    segment_id: Annotated[str, _SEGMENT] = Field(description="Segment of the project")
    project_code: Identifier = Field(
        description="Code of the project, the same in all its sessions; never its name", examples=["project_k4"]
    )
    organisation_code: Identifier | None = Field(
        default=None,
        description="Code of the organisation, the same in all its interviews and sessions, or its id in integrations:"
        " it then counts as one source; never published",
        examples=["org_k4"],
    )
    held_on: date = Field(description="Day of the session")
    topics: Annotated[TextList, Field(min_length=1)] = Field(
        description="What was worked on", examples=["reconnecting in the browser; who runs the nodes"]
    )
    event: Identifier | None = Field(
        default=None,
        description="Event that it was held at, such as devcon_2024; empty if at none",
        examples=["devcon_2024"],
    )
    engineer_attended: bool = Field(description="Whether an engineer took part")
    outcome: str = Field(description="What came out", examples=["A client that reconnects by itself was sketched."])
    blockers: TextList = Field(
        default=[], description="What stands in the way", examples=["the network has no client for browsers yet"]
    )
    commitment_stage: Literal["initial_discussion", "solution_design", "commitment", "building", "ongoing"] = Field(
        description="How far the project is committed after it"
    )
    roadmap_gaps: Annotated[TextList, Reference("roadmap__deliverables")] = Field(
        default=[], description="Deliverables that the project lacks"
    )
    consent: Literal["summary", "none"] = Field(description="none: the session is counted, nothing of it is published")
    consent_withdrawn_on: date | None = Field(default=None, description="Day on which the consent was withdrawn")

    @model_validator(mode="after")
    def _is_observed_then(self) -> Self:
        return _observed_since(self, "held_on", self.held_on)

    _is_withdrawn_later = field_validator("consent_withdrawn_on")(_not_before("held_on"))


class Signal(Coded):
    """One thing that a customer said or did in public. Weaker than an interview: nobody was asked."""

    says: ClassVar[Says] = Says(("statement",), conditions=("kind", "relation", "strength"))
    subject: ClassVar[tuple[str, ...]] = ("segment_id", "statement")

    segment_id: Annotated[str, _SEGMENT] = Field(description="Segment of the customer")
    kind: Literal[
        "integration_live",
        "integration_lost",
        "trial_ended",
        "issue",
        "forum_post",
        "documentation",
        "commitment",
        "interest",
        "rejection",
    ] = Field(description="What it is")
    statement: str = Field(description="What was said or done, in short")
    integration_id: Annotated[str | None, Reference("segments__integrations")] = Field(
        default=None, description="Integration whose row has the facts, if one has"
    )
    progress_id: Annotated[str | None, Reference("roadmap__milestone_progress")] = Field(
        default=None, description="Reported progress that mentions it, if one does"
    )


_PERSON = ("segment_id", "consent", "consent_withdrawn_on")

QUESTIONS = Table("interviews", "questions", Question, "Questions of interviews", kind="part")
FINDINGS = Table("interviews", "findings", Finding, "Findings of interviews", kind="part", is_personal=True)
ANSWERS = Table("interviews", "answers", Answer, "Answers of interviews", kind="part", is_personal=True)

TABLES: tuple[Table, ...] = (
    Table("interviews", "tags", Tag, "Vocabulary of findings"),
    Table(
        "interviews",
        "question_sets",
        QuestionSet,
        "Sets of questions",
        kind="yaml",
        parts=(Part("questions", QUESTIONS, "question_set_id", "question", entry_key="id"),),
    ),
    QUESTIONS,
    Table(
        "interviews",
        "interviews",
        Interview,
        "Interviews",
        kind="yaml",
        parts=(
            Part(
                "answers",
                ANSWERS,
                "interview_id",
                "question",
                inherits=_PERSON,
                value_column="answer",
                refers_by=("question_id", "question_set_id"),
            ),
            Part("findings", FINDINGS, "interview_id", "finding_no", inherits=_PERSON),
        ),
        is_personal=True,
        may_be_missing=True,
    ),
    FINDINGS,
    ANSWERS,
    Table("interviews", "sessions", Session, "Co-design sessions", kind="yaml", is_personal=True, may_be_missing=True),
    Table("interviews", "signals", Signal, "Public signals", is_personal=True),
)
