"""What a deployment needs and does: one model per evidence table of the cost model, and its scenarios.

Belongs here: the columns of `evidence/public/costs/*.csv` and the documents in `evidence/public/costs/scenarios/`.
Does not belong here: prices (`pricing`), the arithmetic that turns needs into money (`assets.costs.model`).
"""

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from assets.evidence.model import (
    EvidenceRow,
    Identifier,
    NonNegative,
    Positive,
    Reference,
    Says,
    Share,
    Table,
    ValueRow,
)

ProfileId = Literal["status_1to1", "community", "railgun", "the_graph", "vanilla_waku"]
"""A way of using Waku that is known well enough to be costed."""


class WorkloadParameter(EvidenceRow):
    """One parameter of how one kind of user uses Waku."""

    value_columns: ClassVar[tuple[str, ...]] = ("low", "mid", "high", "value_text")
    says: ClassVar[Says] = Says(conditions=("parameter",))

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
        "msg/600 s",
        "msg/day",
        "msg/day per client",
        "msg/day per member and community",
        "msg/day per running client",
        "msg/h",
        "msg/s",
        "nodes",
        "per subgraph deployment",
        "percent of quota",
        "req/day",
        "req/min",
        "runs/day per client",
        "s",
        "s per subgraph and indexer",
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

    title: str = Field(min_length=1, description="What is assumed, for readers")
    low: NonNegative | None = Field(default=None, description="Least value thought possible, in `unit`")
    mid: NonNegative | None = Field(default=None, description="Likeliest value, in `unit`; empty for a mere range")
    high: NonNegative | None = Field(default=None, description="Greatest value thought possible, in `unit`")
    unit: Literal["factor", "share", "share per year", "USD per user and month"] = Field(
        description="Unit of the values; a factor multiplies another value"
    )

    @model_validator(mode="after")
    def _values_are_ordered(self) -> Self:
        stated = [v for v in (self.low, self.mid, self.high) if v is not None]
        if stated != sorted(stated):
            raise ValueError("low, mid and high are not in ascending order")
        return self


class NodeRequirement(ValueRow):
    """One thing that a node, a host or a fleet needs or has. Dated rows of one parameter are its history."""

    says: ClassVar[Says] = Says(conditions=("component", "parameter", "condition"))

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
            "MiB",
            "nodes",
            "peers",
            "percent of host RAM",
            "USD/month",
        ]
        | None
    ) = Field(default=None, description="Unit of the value; empty for words; a flag is 1 for on and 0 for off")
    condition: str | None = Field(default=None, description="When or for what it holds")


class RpcUsage(EvidenceRow):
    """How often a component calls an Ethereum node."""

    value_columns: ClassVar[tuple[str, ...]] = ("calls", "value_text")
    says: ClassVar[Says] = Says(conditions=("rpc_method", "per", "condition"))

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


_WORKLOAD = Reference("costs__workload_parameters")


class Scenario(EvidenceRow):
    """One deployment of Waku whose cost is estimated: a what-if. Its sizes are assumptions, which the note explains."""

    says: ClassVar[Says] = Says(
        ("active_users", "own_senders", "network_senders", "receivers_per_message"), conditions=("description",)
    )

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
    message_bytes_id: Annotated[str, _WORKLOAD] = Field(description="Size of a message, a row of workload_parameters")
    receivers_per_message: NonNegative = Field(
        description="Users who look for each message in the archive and, as light clients, are sent it, users"
    )
    light_client_share: Share = Field(description="Share of these receivers that these nodes push messages to, 0 to 1")

    relay_nodes: int = Field(ge=0, description="Nodes that relay but do not serve the archive, hosts")
    relay_vcpus: Positive | None = Field(default=None, description="Virtual processors that a relay node needs")
    relay_memory_gib: Positive | None = Field(default=None, description="Memory that a relay node needs, GiB")
    store_nodes: int = Field(ge=0, description="Nodes that relay and serve the archive, hosts")
    store_vcpus: Positive | None = Field(default=None, description="Virtual processors that a store node needs")
    store_memory_gib: Positive | None = Field(default=None, description="Memory that a store node needs, GiB")
    database_hosts: int = Field(ge=0, description="Database hosts, each with a full copy of the archive, hosts")
    database_vcpus: Positive | None = Field(default=None, description="Virtual processors that a database host needs")
    database_memory_gib: Positive | None = Field(default=None, description="Memory that a database host needs, GiB")
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
        description="Software of the clients whose wallet calls are shown beside the bill, a component of rpc_usage",
    )
    is_milestone: bool = Field(default=False, description="Whether the milestone asks for this scenario")

    budget_usd_per_month: Positive | None = Field(
        default=None,
        description="Most that its median may cost a month, USD, without and with RLN; more fails the cost gate. "
        "Empty where nobody set one",
    )

    @model_validator(mode="after")
    def _fleet_is_complete(self) -> Self:
        if self.relay_nodes + self.store_nodes == 0:
            raise ValueError("no node; expected relay_nodes or store_nodes above 0")
        for role, hosts in (
            ("relay", self.relay_nodes),
            ("store", self.store_nodes),
            ("database", self.database_hosts),
        ):
            sizes = (getattr(self, f"{role}_vcpus"), getattr(self, f"{role}_memory_gib"))
            if any((size is not None) != (hosts > 0) for size in sizes):
                raise ValueError(f"{role}_vcpus and {role}_memory_gib are filled for {role} hosts, and only then")
        archive = (self.store_nodes, self.database_hosts, self.retention_days_id, self.store_queries_id)
        if any(archive) and not (all(archive) and self.active_users):
            raise ValueError(
                "an archive needs store_nodes, database_hosts, retention_days_id, store_queries_id and active_users; "
                "without one, leave all but active_users at 0 or empty"
            )
        if self.own_senders > self.network_senders:
            raise ValueError(f"own_senders {self.own_senders} exceeds network_senders {self.network_senders}")
        return self


TABLES: tuple[Table, ...] = (
    Table("costs", "assumptions", Assumption, "Assumptions of the cost model"),
    Table("costs", "workload_parameters", WorkloadParameter, "Parameters of how Waku is used"),
    Table("costs", "node_requirements", NodeRequirement, "Needs of nodes and fleets"),
    Table("costs", "rpc_usage", RpcUsage, "Calls to Ethereum nodes"),
    Table("costs", "rln_parameters", RlnParameter, "Parameters of RLN"),
    Table("costs", "scenarios", Scenario, "Deployments whose cost is estimated", kind="yaml"),
)
