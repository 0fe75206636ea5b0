"""Who might use Waku and why: one model per evidence table of market segments.

Belongs here: the columns of `evidence/public/segments/*.csv`, with references between segments, USPs and deliverables.
Does not belong here: interviews (documents of their own), how far a segment is captured (dbt), its rank.
"""

from datetime import date
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from assets.evidence.model import (
    AddedLater,
    DatePrecision,
    EvidenceRow,
    Identifier,
    NonNegative,
    Reference,
    Says,
    StandingRow,
    Table,
    TextList,
)

OrganisationStage = Literal["initial_discussion", "solution_design", "commitment", "building", "ongoing", "lost"]
"""How far an organisation and the project have come: the stages of a co-design session, and that it left."""


class Segment(EvidenceRow):
    """One group of possible customers."""

    says: ClassVar[Says] = Says(
        ("segment_status", "public_leads", "technical_gaps", "market_value"),
        unit="market_unit",
        conditions=("name", "problem"),
    )
    subject: ClassVar[tuple[str, ...]] = ("name",)

    name: str = Field(description="Name for readers")
    named_in: TextList = Field(
        description="Where the segment comes from: seed (milestone document), weekly (updates), docs, estimate (ours)"
    )
    interest_signals: TextList = Field(default=[], description="Signs of interest that are public")
    public_leads: int = Field(ge=0, description="Leads that are public, leads")
    problem: str | None = Field(default=None, description="What the segment needs messaging for")
    relevant_usps: Annotated[TextList, Reference("segments__usps")] = Field(
        default=[], description="USPs that meet the problem"
    )
    segment_status: Literal["existing", "core_candidate", "candidate", "weak_candidate", "watch"] = Field(
        description="How the segment stands in the choice"
    )
    market_metric: Identifier | None = Field(default=None, description="Figure that stands for the size of the market")
    market_value: NonNegative | None = Field(default=None, description="Size of the market, in `market_unit`")
    market_unit: (
        Literal["queries", "USD", "USD per month", "USD per quarter", "users", "wallets", "wallets per day"] | None
    ) = Field(default=None, description="Unit of market_value")
    rationale_for: str | None = Field(default=None, description="Why to pursue the segment")
    rationale_against: str | None = Field(default=None, description="Why not to pursue the segment")
    technical_gaps: Annotated[TextList, Reference("roadmap__deliverables", besides=("none",))] = Field(
        default=[],
        description="Deliverables that the segment lacks; 'none': looked for and none found; empty: not known",
    )


class MarketSize(EvidenceRow):
    """One figure of the size of a segment's market. Figures of one segment need not agree or add up."""

    value_columns: ClassVar[tuple[str, ...]] = ("value",)
    says: ClassVar[Says] = Says(conditions=("metric", "family", "what_it_measures"))
    subject: ClassVar[tuple[str, ...]] = ("segment_id", "metric")

    segment_id: Annotated[str, Reference("segments__segments")] = Field(description="Segment")
    metric: Identifier = Field(description="What is counted")
    value: NonNegative | None = Field(default=None, description="The figure, in `unit`")
    unit: Literal[
        "accounts",
        "connections",
        "deposits",
        "downloads",
        "identities",
        "keys",
        "networks",
        "operators",
        "percent",
        "projects",
        "proposals",
        "queries per quarter",
        "USD",
        "USD per million messages",
        "USD per month",
        "USD per quarter",
        "users",
        "votes",
        "wallets",
        "wallets per day",
    ] = Field(description="Unit of the value")
    family: Literal["held", "traded", "raised", "earned", "token_value", "daily_users", "registered_users", "other"] = (
        Field(
            description="What it can be compared with: value held; traded or earned over a time; capital raised;"
            " value of tokens; users of a day or registered; other: nothing"
        )
    )
    what_it_measures: str = Field(description="What the figure covers")
    source_quality: Literal["primary", "primary_undated", "secondary", "own_claim", "rival_claim", "user_post"] = Field(
        description="How close the source is to the figure"
    )


class Competitor(EvidenceRow):
    """What one segment uses or might use instead of Waku. A competitor has one row for each segment."""

    says: ClassVar[Says] = Says(("strength", "weakness", "kind"), conditions=("name", "segment_id"))
    id_as: ClassVar[str] = "segment_competitor_id"
    subject: ClassVar[tuple[str, ...]] = ("segment_id", "name")

    segment_id: Annotated[str, Reference("segments__segments", besides=("any",))] = Field(
        description="Segment, or 'any' for all"
    )
    competitor_id: Identifier = Field(description="Competitor; the same in all its rows")
    name: str = Field(description="Name for readers")
    kind: Literal[
        "blockchain",
        "building_block",
        "centralised",
        "centralised_relay",
        "decentralising_network",
        "federated",
        "incentivised_nodes",
        "notification_network",
        "pubsub_network",
        "relay_network",
        "vertical_platform",
    ] = Field(description="How it works")
    strength: str | None = Field(default=None, description="What it does better")
    weakness: str | None = Field(default=None, description="What it does worse")


class Integration(EvidenceRow):
    """One project that uses, used or tried Waku."""

    says: ClassVar[Says] = Says(
        ("status", "pain_reported", "figure_value"), unit="figure_unit", conditions=("name", "uses_waku_for", "since")
    )
    subject: ClassVar[tuple[str, ...]] = ("name",)

    name: str = Field(description="Name for readers")
    segment_ids: Annotated[TextList, Reference("segments__segments", besides=("any", "unknown"))] = Field(
        description="Segments that it belongs to, 'any' or 'unknown'"
    )
    uses_waku_for: str = Field(description="What Waku does in it")
    protocols: TextList = Field(
        default=[], description="Protocols used: relay, store, filter, lightpush, light; empty is unknown"
    )
    status: Literal[
        "live",
        "live_2024_activity_after_unknown",
        "internal",
        "poc",
        "started",
        "committed",
        "trial_closed_unmerged",
        "left",
    ] = Field(description="How far the integration got")
    since: date | None = Field(default=None, description="Since when, the first day of what since_precision says")
    since_precision: DatePrecision | None = Field(default=None, description="How much of `since` the source states")
    figure_name: Identifier | None = Field(default=None, description="A figure about the integration")
    figure_value: NonNegative | None = Field(default=None, description="The figure, in `figure_unit`")
    figure_unit: str | None = Field(default=None, description="Unit of figure_value")
    pain_reported: str | None = Field(default=None, description="What went wrong or was missing")


class Organisation(EvidenceRow):
    """Where the team stands with one organisation on one day, as its CRM tells it. Organisations only, never people."""

    id_as: ClassVar[str] = "organisation_update_id"
    subject: ClassVar[tuple[str, ...]] = ("name",)

    organisation_id: Identifier = Field(
        description="Organisation, the same in all its rows: an id of `integrations`, or a new one"
    )
    name: str = Field(description="Name for readers")
    segment_ids: Annotated[TextList, Reference("segments__segments", besides=("any", "unknown"))] = Field(
        default=[], description="Segments that it belongs to; empty leaves what is known"
    )
    stage: OrganisationStage | None = Field(
        default=None, description="How far the two have come; empty leaves what is known"
    )
    dependencies: Annotated[TextList, Reference("roadmap__deliverables")] = Field(
        default=[], description="Deliverables that it waits for; empty leaves what is known"
    )
    next_step: str | None = Field(default=None, description="What happens next; empty leaves what is known")


class Usp(StandingRow):
    """One claim of what Waku does that others do not."""

    says: ClassVar[Says] = Says(("claimed_benefit",), conditions=("name", "problem_solved"))
    subject: ClassVar[tuple[str, ...]] = ("name",)

    name: str = Field(description="Name for readers")
    claimed_benefit: str = Field(description="What is claimed")
    problem_solved: str = Field(description="What problem it solves")
    depends_on: Annotated[TextList, Reference("roadmap__deliverables")] = Field(
        default=[], description="Deliverables that it is based on"
    )


class UspState(EvidenceRow):
    """How far one claim was built, and where it was made, on the day of the observation. The newest row counts."""

    says: ClassVar[Says] = Says(
        ("maturity", "where_claimed", "known_limitation", "stated_as", "in_headline"), conditions=("usp_id",)
    )
    subject: ClassVar[tuple[str, ...]] = ("usp_id", "where_claimed")

    usp_id: Annotated[str, Reference("segments__usps")] = Field(description="USP")
    where_claimed: Literal["site", "former_site", "docs", "blog", "none"] = Field(
        description="Where the project says so in public. site: a card of the website's first page names it;"
        " former_site: a card did, and does so no longer"
    )
    maturity: (
        Literal["production", "testnet_and_status", "testnet", "beta", "partial", "research", "concept", "not_built"]
        | None
    ) = Field(default=None, description="How far it is built; empty is not known")
    known_limitation: str | None = Field(default=None, description="What is known to stand against it")
    stated_as: Annotated[str | None, AddedLater()] = Field(
        default=None, description="What the card of the first page says, word for word; empty where it was not copied"
    )
    in_headline: Annotated[str | None, AddedLater()] = Field(
        default=None, description="Words of the headline of the first page that claim it; empty where none do"
    )


class CustomerProblem(EvidenceRow):
    """One problem that customers may have, in words that name no product. Findings are about problems of this list."""

    says: ClassVar[Says] = Says(("statement",), conditions=("segment_ids", "usp_ids"))
    subject: ClassVar[tuple[str, ...]] = ("statement",)

    statement: str = Field(description="The problem, as a customer would say it")
    segment_ids: Annotated[TextList, Reference("segments__segments")] = Field(
        default=[], description="Segments whose description states it"
    )
    usp_ids: Annotated[TextList, Reference("segments__usps")] = Field(
        default=[], description="USPs that claim to solve it"
    )


class UspEvidence(EvidenceRow):
    """One number that speaks for or against a USP."""

    value_columns: ClassVar[tuple[str, ...]] = ("value",)
    says: ClassVar[Says] = Says(conditions=("metric", "condition"))
    subject: ClassVar[tuple[str, ...]] = ("usp_id", "metric")

    usp_id: Annotated[str, Reference("segments__usps")] = Field(description="USP")
    metric: Identifier = Field(description="What the value is")
    value: NonNegative | None = Field(default=None, description="The number, in `unit`")
    unit: Literal[
        "bytes",
        "days",
        "KB",
        "KB/s",
        "Mbps",
        "memberships",
        "messages per epoch",
        "ms",
        "msgs/s",
        "nodes",
        "percent",
        "s",
        "shards",
        "USD",
        "users",
    ] = Field(description="Unit of the value")
    condition: str | None = Field(default=None, description="When it holds")


class Rule(EvidenceRow):
    """One weight or threshold by which findings become a matrix and a ranking. The note says why it is what it is."""

    value_columns: ClassVar[tuple[str, ...]] = ("value",)
    says: ClassVar[Says] = Says(conditions=("title",))
    subject: ClassVar[tuple[str, ...]] = ("title",)

    title: str = Field(description="Name for readers")
    value: NonNegative | None = Field(default=None, description="The weight or threshold, in `unit`")
    unit: Literal["criteria", "interviews", "points", "probability", "ratio", "segments", "share"] = Field(
        description="Unit of the value"
    )

    @model_validator(mode="after")
    def _every_kind_weighs_something(self) -> Self:
        if self.id.startswith("weight_") and self.value == 0:
            raise ValueError("a weight is above 0; to leave evidence out, run without its pack")
        return self


TABLES: tuple[Table, ...] = (
    Table("segments", "segments", Segment, "Groups of possible customers"),
    Table("segments", "market_sizes", MarketSize, "Sizes of markets"),
    Table("segments", "competitors", Competitor, "Competitors of Waku"),
    Table("segments", "integrations", Integration, "Projects that use, used or tried Waku"),
    Table(
        "segments",
        "organisations",
        Organisation,
        "Where the team stands with organisations",
        is_personal=True,
        may_be_missing=True,
    ),
    Table("segments", "problems", CustomerProblem, "Problems of customers"),
    Table("segments", "usps", Usp, "Claims of what sets Waku apart"),
    Table("segments", "usp_states", UspState, "States of the claims, day by day"),
    Table("segments", "usp_evidence", UspEvidence, "Numbers about the claims"),
    Table("segments", "rules", Rule, "Weights and thresholds of market evidence"),
)
