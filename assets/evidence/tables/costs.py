"""What a deployment needs and does: one model per evidence table of the cost model, and its scenarios.

Belongs here: the columns of `evidence/public/costs/*.csv` and the documents in `evidence/public/costs/scenarios/`.
Does not belong here: prices (`pricing`), the arithmetic that turns needs into money (`assets.costs.model`).
"""

from typing import Annotated, ClassVar, Literal, Self, get_args

from pydantic import Field, model_validator

from assets.evidence.model import (
    AddedLater,
    EvidenceRow,
    Identifier,
    NonNegative,
    Positive,
    Reference,
    Says,
    Share,
    StandingRow,
    Table,
    TextList,
    ValueRow,
)

ProfileId = Literal["status_1to1", "community", "railgun", "the_graph", "vanilla_waku", "chat_services"]
"""A way of using Waku that is known well enough to be costed; `chat_services` are chat products of others."""


StatedIn = Literal["code", "configuration", "deploy_script", "specification", "plan"]
"""Where a public source states a limit. What runs, or would be run, is in the first three."""


class WorkloadParameter(EvidenceRow):
    """One parameter of how one kind of user uses Waku."""

    value_columns: ClassVar[tuple[str, ...]] = ("low", "mid", "high", "value_text")
    says: ClassVar[Says] = Says(conditions=("parameter",))
    subject: ClassVar[tuple[str, ...]] = ("profile_id", "parameter")

    profile_id: ProfileId = Field(description="Way of using Waku")
    parameter: Identifier = Field(description="What is described")
    low: NonNegative | None = Field(default=None, description="Low value, in `unit`")
    mid: NonNegative | None = Field(default=None, description="Middle or only value, in `unit`")
    high: NonNegative | None = Field(default=None, description="High value or limit, in `unit`")
    value_text: str | None = Field(default=None, description="The value where it is words, such as a topic name")
    unit: Literal[
        "bytes",
        "bytes/byte",
        "chains",
        "cluster/shard",
        "count",
        "days",
        "flag",
        "GB",
        "GB/day",
        "h",
        "hosts",
        "KB/s per node",
        "MB/day",
        "MB/h per node",
        "Mbit/s per shard",
        "members",
        "messages",
        "min/day",
        "msg/600 s",
        "msg/day",
        "msg/day per client",
        "msg/day per member and community",
        "msg/day per running client",
        "msg/h",
        "msg/month per user",
        "msg/s",
        "nodes",
        "per subgraph deployment",
        "percent of quota",
        "req/day",
        "req/min",
        "runs/day per client",
        "s",
        "s per subgraph and indexer",
        "share",
        "shards",
        "topic",
        "topics",
        "users",
    ] = Field(description="Unit of the values")

    @model_validator(mode="after")
    def _values_are_ordered(self) -> Self:
        stated = [v for v in (self.low, self.mid, self.high) if v is not None]
        if stated != sorted(stated):
            raise ValueError("low, mid and high are not in ascending order")
        return self


class Assumption(EvidenceRow):
    """One thing that the cost model assumes because nobody published it: how wide a guess is, how hosts are run."""

    value_columns: ClassVar[tuple[str, ...]] = ("low", "mid", "high")
    says: ClassVar[Says] = Says(conditions=("title",))
    subject: ClassVar[tuple[str, ...]] = ("title",)

    title: str = Field(min_length=1, description="What is assumed, for readers")
    low: NonNegative | None = Field(default=None, description="Least value thought possible, in `unit`")
    mid: NonNegative | None = Field(default=None, description="Likeliest value, in `unit`; empty for a mere range")
    high: NonNegative | None = Field(default=None, description="Greatest value thought possible, in `unit`")
    unit: Literal[
        "bytes",
        "connections",
        "factor",
        "GiB",
        "GiB per GB",
        "MB per connection",
        "messages",
        "months",
        "share",
        "share per year",
        "USD per user and month",
        "vCPUs",
        "vCPUs per connection",
        "vCPUs per message a second",
    ] = Field(description="Unit of the values; a factor multiplies another value")

    @model_validator(mode="after")
    def _values_are_ordered(self) -> Self:
        stated = [v for v in (self.low, self.mid, self.high) if v is not None]
        if stated != sorted(stated):
            raise ValueError("low, mid and high are not in ascending order")
        return self


class NodeRequirement(ValueRow):
    """One thing that a node, a host or a fleet needs or has. Dated rows of one parameter are its history."""

    says: ClassVar[Says] = Says(conditions=("component", "parameter", "condition"))
    subject: ClassVar[tuple[str, ...]] = ("component", "parameter")

    component: str = Field(description="Software, role or fleet that the row is about")
    parameter: Identifier = Field(description="What is needed or set")
    unit: (
        Literal[
            "connections",
            "cores",
            "count",
            "days",
            "flag",
            "GB",
            "GiB",
            "KiB",
            "locks",
            "MB",
            "messages",
            "MiB",
            "nodes",
            "peers",
            "percent of host RAM",
            "req/min",
            "s",
            "share",
            "topics",
            "USD/month",
        ]
        | None
    ) = Field(default=None, description="Unit of the value; empty for words; a flag is 1 for on and 0 for off")
    condition: str | None = Field(default=None, description="When or for what it holds")
    stated_in: Annotated[StatedIn | None, AddedLater()] = Field(
        default=None, description="Where the source states it; empty where not said"
    )


class RpcUsage(EvidenceRow):
    """How often a component calls an Ethereum node."""

    value_columns: ClassVar[tuple[str, ...]] = ("calls", "value_text")
    says: ClassVar[Says] = Says(conditions=("rpc_method", "per", "condition"))
    subject: ClassVar[tuple[str, ...]] = ("component", "rpc_method")

    component: str = Field(description="Software, with versions where it changed")
    rpc_method: str = Field(description="JSON-RPC method in its own spelling, or what is done where several are used")
    calls: NonNegative | None = Field(default=None, description="Number of calls, calls for each `per`")
    value_text: str | None = Field(default=None, description="The fact where it is not a number of calls")
    per: (
        Literal[
            "20 app starts",
            "account, lifetime",
            "app start",
            "day",
            "day per client",
            "day per node",
            "day per node, idle",
            "day per token gated community",
            "day while a dApp filter is open",
            "first start",
            "message",
            "poll until mined",
            "recent-history check",
            "registration",
            "retries at most",
            "root change",
            "send",
            "stale path",
            "start",
            "wallet with 200 transfers",
        ]
        | None
    ) = Field(default=None, description="What the number of calls is counted for")
    condition: str | None = Field(default=None, description="When it holds")


class RlnParameter(ValueRow):
    """One parameter of rate limiting by RLN: a limit, a price, an amount of gas, a time or a size."""

    says: ClassVar[Says] = Says(conditions=("parameter", "condition"))
    subject: ClassVar[tuple[str, ...]] = ("parameter", "condition")

    parameter: Identifier = Field(description="What is described")
    unit: (
        Literal[
            "bytes",
            "calls",
            "chain id",
            "DAI",
            "days",
            "flag",
            "gas",
            "levels",
            "MB",
            "memberships",
            "min",
            "ms",
            "msg/epoch",
            "roots",
            "s",
            "Sepolia ETH",
            "test token",
            "USD",
        ]
        | None
    ) = Field(default=None, description="Unit of the value; empty for words; a flag is 1 for yes and 0 for no")
    condition: str = Field(description="When or for what it holds")
    stated_in: Annotated[StatedIn | None, AddedLater()] = Field(
        default=None, description="Where the source states it; empty where not said"
    )


BillPart = Literal[
    "infrastructure",
    "all_in",
    "compute",
    "database",
    "storage",
    "egress",
    "rpc",
    "people",
    "media",
    "cdn",
    "support",
    "monitoring",
    "registration",
]
"""A part of what a messaging service pays, or all of its machines (`infrastructure`), or everything (`all_in`)."""


class RealityFigure(ValueRow):
    """What somebody else pays or asks for running a messaging service or a part of it, to hold the model against."""

    says: ClassVar[Says] = Says(conditions=("system", "component", "users", "condition"))
    subject: ClassVar[tuple[str, ...]] = ("system", "component")

    system: str = Field(min_length=1, description="Network, service or trade that the figure is of")
    component: BillPart = Field(description="Part of a bill that the figure can be compared with")
    basis: Literal["own_cost", "price", "share", "pay", "amount"] = Field(
        description="own_cost: an operator says that it pays this; price: somebody asks this, margin included; "
        "share: of all that is paid; pay: of one person; amount: of data, not money"
    )
    unit: Literal[
        "EUR/month",
        "GB/month",
        "GB/year",
        "share",
        "USD/GB",
        "USD/host and month",
        "USD/million messages",
        "USD/month",
        "USD/user and month",
        "USD/year",
    ] = Field(description="Unit of the value")
    users: Positive | None = Field(
        default=None,
        description="Users among whom it is divided; empty where none are stated or it does not apply",
    )
    users_basis: Literal["monthly_active", "registered"] | None = Field(
        default=None, description="Which users are counted"
    )
    includes: TextList = Field(default=[], description="Parts that the value contains, where they are stated")
    condition: str | None = Field(default=None, description="When or for what it holds")

    @model_validator(mode="after")
    def _users_are_explained(self) -> Self:
        if (self.users is None) != (self.users_basis is None):
            raise ValueError("users and users_basis are filled together")
        unknown = sorted(set(self.includes) - set(get_args(BillPart)))
        if unknown:
            raise ValueError(f"includes {', '.join(unknown)}; expected {', '.join(get_args(BillPart))}")
        return self


_WORKLOAD = Reference("costs__workload_parameters")


class Scenario(StandingRow):
    """One deployment of Waku whose cost is estimated: a what-if. Its sizes are assumptions, which the note explains."""

    says: ClassVar[Says] = Says(
        (
            *("active_users", "own_senders", "network_senders", "receivers_per_message", "message_rate_factor"),
            "light_client_share",
            *("relay_nodes", "store_nodes", "database_hosts", "data_centres", "host_disk_gb"),
        ),
        conditions=("description",),
    )
    subject: ClassVar[tuple[str, ...]] = ("title",)

    title: str = Field(description="Name for readers")
    profile_id: ProfileId = Field(description="Way of using Waku that the scenario follows")
    description: str = Field(description="Who runs what for whom")

    active_users: int | None = Field(default=None, ge=1, description="People served, users; empty where not known")
    own_senders: int = Field(
        ge=1, description="Users, broadcasters or indexers that the deployment is run for, senders"
    )
    network_senders: int = Field(ge=1, description="Senders in the network whose messages every node relays, senders")
    message_rate_id: Annotated[str, _WORKLOAD] = Field(
        description="How much one sender sends, a row of workload_parameters"
    )
    message_rate_factor: Positive = Field(
        description="What that row is multiplied with for messages a day, such as 24 hours or a number of subgraphs"
    )
    message_bytes_id: Annotated[str, _WORKLOAD] = Field(
        description="Size of a message, or of a text where some carry media, a row of workload_parameters"
    )
    media_bytes_id: Annotated[str | None, _WORKLOAD] = Field(
        default=None, description="Size of a message with media, a row of workload_parameters; empty without media"
    )
    media_share_id: Annotated[str | None, _WORKLOAD] = Field(
        default=None, description="Share of messages with media, a row of workload_parameters; empty without media"
    )
    kept_control_ids: Annotated[list[str], _WORKLOAD] = Field(
        default=[],
        description="Messages of control that each sender adds and the archive keeps, rows of workload_parameters",
    )
    passing_control_ids: Annotated[list[str], _WORKLOAD] = Field(
        default=[],
        description="Messages of control that each sender adds and no archive keeps, rows of workload_parameters",
    )
    receivers_per_message: NonNegative = Field(
        description="Users who look for each message in the archive and, as light clients, are sent it, users"
    )
    light_client_share: Share = Field(description="Share of these receivers that these nodes push messages to, 0 to 1")

    data_centres: int = Field(
        default=1, ge=1, description="Data centres, each with a complete fleet and a copy of the archive"
    )
    relay_nodes: int = Field(
        default=0, ge=0, description="Nodes at least, besides store_nodes, whatever the load, hosts"
    )
    relay_vcpus: Positive | None = Field(default=None, description="Virtual processors of a node at least")
    relay_memory_gib: Positive | None = Field(default=None, description="Memory of a node at least, GiB")
    store_nodes: int = Field(
        default=0, ge=0, description="Nodes at least, besides relay_nodes, whatever the load, hosts"
    )
    store_vcpus: Positive | None = Field(default=None, description="Virtual processors of a node at least")
    store_memory_gib: Positive | None = Field(default=None, description="Memory of a node at least, GiB")
    database_hosts: int = Field(default=0, ge=0, description="Database hosts at least, whatever the load, hosts")
    database_vcpus: Positive | None = Field(default=None, description="Virtual processors of a database host at least")
    database_memory_gib: Positive | None = Field(default=None, description="Memory of a database host at least, GiB")
    host_disk_gb: Positive = Field(description="Disk that each host needs for itself besides any archive, GB")
    architecture: Literal["x86_64", "arm64"] = Field(description="Processor architecture of all hosts")
    vcpu_kinds: Annotated[list[Literal["shared", "dedicated", "burstable"]], Field(min_length=1)] = Field(
        description="Kinds of vCPU that are good enough"
    )
    sizing_basis: Annotated[list[str], Reference("costs__node_requirements")] = Field(
        default=[], description="Published hosts and fleets that the sizes follow, rows of node_requirements"
    )

    retention_days_id: Annotated[str | None, _WORKLOAD] = Field(
        default=None, description="Days that a message is kept, a row of workload_parameters; empty without archive"
    )
    store_queries_id: Annotated[str | None, _WORKLOAD] = Field(
        default=None, description="Queries of a user and day, a row of workload_parameters; empty without archive"
    )

    rln_chain: Literal["ethereum_mainnet", "linea_mainnet"] = Field(description="Chain of the membership contract")
    rln_rate_parameter: Literal[
        "membership_rate_min", "membership_rate_default_testnet", "membership_rate_mid", "membership_rate_max"
    ] = Field(description="Rate limit of each sender's membership, a parameter of rln_parameters")
    rln_extensions: int = Field(ge=0, description="Times that a membership is extended before it is given up")
    node_rpc_component: str = Field(description="Software of the nodes when RLN is on, a component of rpc_usage")
    client_rpc_component: str | None = Field(
        default=None,
        description="Software of the clients whose wallet calls count in the total all_in, a component of rpc_usage",
    )
    is_milestone: bool = Field(default=False, description="Whether the milestone asks for this scenario")

    budget_usd_per_month: Positive | None = Field(
        default=None,
        description="Most that its median may cost a month, USD, without and with RLN; more fails the cost gate. "
        "Empty where nobody set one",
    )
    budget_eur_per_month: Positive | None = Field(
        default=None,
        description="The same in EUR, in place of budget_usd_per_month; it is converted at the newest row of "
        "exchange_rates",
    )

    @model_validator(mode="after")
    def _parts_fit_together(self) -> Self:
        archive = (self.retention_days_id, self.store_queries_id)
        if any(archive) and not (all(archive) and self.active_users):
            raise ValueError(
                "an archive needs retention_days_id, store_queries_id and active_users; without one, leave both ids out"
            )
        if self.database_hosts and not any(archive):
            raise ValueError(
                "database_hosts without an archive; give retention_days_id and store_queries_id, or leave it out"
            )
        if (self.media_bytes_id is None) != (self.media_share_id is None):
            raise ValueError("media_bytes_id and media_share_id are filled together or not at all")
        if self.budget_usd_per_month is not None and self.budget_eur_per_month is not None:
            raise ValueError("budget_usd_per_month and budget_eur_per_month are both filled; expected one of the two")
        if self.own_senders > self.network_senders:
            raise ValueError(f"own_senders {self.own_senders} exceeds network_senders {self.network_senders}")
        return self


TABLES: tuple[Table, ...] = (
    Table("costs", "assumptions", Assumption, "Assumptions of the cost model"),
    Table("costs", "workload_parameters", WorkloadParameter, "Parameters of how Waku is used"),
    Table("costs", "node_requirements", NodeRequirement, "Needs of nodes and fleets"),
    Table("costs", "rpc_usage", RpcUsage, "Calls to Ethereum nodes"),
    Table("costs", "rln_parameters", RlnParameter, "Parameters of RLN"),
    Table("costs", "reality_figures", RealityFigure, "What others pay for messaging"),
    Table("costs", "scenarios", Scenario, "Deployments whose cost is estimated", kind="yaml"),
)
