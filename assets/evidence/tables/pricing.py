"""What things cost: one model per evidence table of prices, fees and rates.

Belongs here: the columns of `evidence/public/pricing/*.csv`, with types, units and references.
Does not belong here: conversion to USD and the choice of the newest price (dbt), the price of a scenario (`costs`).
"""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, ClassVar, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from assets.evidence.model import (
    AddedLater,
    EvidenceRow,
    Identifier,
    NonNegative,
    Positive,
    Reference,
    Says,
    Share,
    Table,
    split_list,
)

COMPUTE = "pricing__compute_offers"
STORAGE = "pricing__storage_and_egress_prices"
FEES = "pricing__chain_fees"
RATES = "pricing__exchange_rates"

OFFER_COLUMNS: Mapping[str, tuple[str, ...]] = {
    COMPUTE: ("provider", "region", "instance_type"),
    STORAGE: ("provider", "region", "item", "tier_from_tb_per_month"),
    FEES: ("chain", "metric"),
    RATES: ("base_currency", "quote_currency"),
}
"""Of each table whose prices can be refreshed, the columns that say what a price is of."""
REFRESHED_TABLES = tuple(OFFER_COLUMNS)

ServerProvider = Literal[
    "aws",
    "azure",
    "digitalocean",
    "gcp",
    "hetzner_cloud",
    "hetzner_dedicated",
    "linode",
    "ovhcloud",
    "scaleway",
    "upcloud",
    "vultr",
]
Currency = Literal["USD", "EUR"]
SourceKind = Literal[
    "provider_page",
    "provider_page_transcription",
    "provider_api_copy",
    "explorer_export",
    "secondary_transcription",
    "recalled",
]
"""How the price reached us. The last two have not been checked against the seller."""


Lack = Literal["end_to_end_encryption", "history", "independence_of_one_operator", "user_to_user_messages"]
"""What hosted messaging may lack: whoever runs it cannot read messages; who was away gets them later; no single company
can end it; users write to each other, not only a server to users."""


class ComputeOffer(EvidenceRow):
    """The price of one server type in one region on one date; several dates of one type are its history."""

    value_columns: ClassVar[tuple[str, ...]] = ("price_per_month", "price_per_hour")
    says: ClassVar[Says] = Says(
        (
            *("vcpus", "memory_gib", "local_disk_gb", "included_egress_tb_per_month"),
            *("price_per_hour", "price_per_month"),
        ),
        unit="currency",
        conditions=("region", "instance_type", "vcpu_kind", "month_basis"),
    )
    id_as: ClassVar[str] = "offer_id"
    subject: ClassVar[tuple[str, ...]] = ("provider", "region", "instance_type")

    provider: ServerProvider = Field(description="Who sells it")
    region: str = Field(description="Region in the provider's spelling; 'all' where the price is the same everywhere")
    instance_type: str = Field(description="Server type in the provider's spelling")
    vcpus: Positive = Field(description="Virtual processors (cores for a dedicated server)")
    vcpu_kind: Literal["shared", "dedicated", "burstable"] = Field(description="What one may expect of a vCPU")
    architecture: Literal["x86_64", "arm64"] = Field(description="Processor architecture")
    memory_gib: Positive = Field(description="Memory, GiB")
    local_disk_gb: NonNegative | None = Field(
        default=None, description="Disk in the price, GB; 0 is none, empty is not stated"
    )
    included_egress_tb_per_month: NonNegative | None = Field(
        default=None, description="Outgoing traffic in the price, TB a month; empty is not stated"
    )
    price_per_hour: NonNegative | None = Field(default=None, description="Price an hour, in `currency`")
    price_per_month: NonNegative | None = Field(default=None, description="Price a month, in `currency`")
    currency: Currency = Field(description="Currency of the prices")
    month_basis: Literal["hour_x_730", "provider_monthly_cap", "monthly_contract"] = Field(
        description="What a month of price_per_month is"
    )
    vat_included: bool = Field(description="Whether the prices contain value added tax")
    pricing_model: Literal["on_demand", "term_12_months"] = Field(description="Contract that the price belongs to")
    is_orderable: bool = Field(
        description="Whether a new customer can order it; a type that is phased out keeps its price"
    )
    stock: Annotated[Literal["intermittent", "limited", "sold_out"] | None, AddedLater()] = Field(
        default=None,
        description="How short stock is, by the provider or by buyers; empty where nobody reports it short",
    )
    price_region: Annotated[str | None, AddedLater()] = Field(
        default=None,
        description="Region by which the provider prices storage and traffic of the server; empty where it is `region`",
    )
    source_kind: SourceKind = Field(description="How the price reached us")


class StorageOrEgressPrice(EvidenceRow):
    """The price of one unit of storage, traffic, address or backup; tiers of one item are several rows."""

    value_columns: ClassVar[tuple[str, ...]] = ("price",)
    says: ClassVar[Says] = Says(
        ("tier_from_tb_per_month", "tier_to_tb_per_month", "price"),
        unit="currency",
        per=("unit",),
        conditions=("item", "region", "included_quantity"),
    )
    id_as: ClassVar[str] = "price_id"
    subject: ClassVar[tuple[str, ...]] = ("provider", "region", "item")

    provider: Literal[ServerProvider, "hetzner_storage_box"] = Field(description="Who sells it")
    region: str = Field(description="Region in the provider's spelling; 'all' where the price is the same everywhere")
    category: Literal[
        "backup",
        "block_iops",
        "block_storage",
        "block_throughput",
        "egress",
        "ip_address",
        "network",
        "object_or_backup_storage",
        "snapshot",
    ] = Field(description="What kind of thing is sold")
    item: Identifier = Field(description="What is sold; the tiers of one item share the name")
    unit: Literal[
        "10k_operations",
        "disk_month",
        "gb",
        "gb_month",
        "gib",
        "gib_month",
        "iops_month",
        "mbps_month",
        "month",
        "share_of_server_price",
        "tb",
    ] = Field(description="What `price` buys one of")
    price: NonNegative | None = Field(default=None, description="Price of one `unit`, in `currency`")
    currency: Currency | None = Field(
        default=None, description="Currency of the price; empty for a share of another price"
    )
    tier_from_tb_per_month: NonNegative | None = Field(
        default=None, description="The tier starts above this, TB a month; empty where the item has no tiers"
    )
    tier_to_tb_per_month: Positive | None = Field(
        default=None, description="The tier ends here, TB a month; empty for an open tier or none"
    )
    included_quantity: NonNegative | None = Field(
        default=None, description="What the price or the server already contains, in `included_unit`"
    )
    included_unit: Literal["gib", "tb_per_server"] | None = Field(default=None, description="Unit of included_quantity")
    included_text: str | None = Field(default=None, description="What is included, where one number cannot say it")
    vat_included: bool = Field(description="Whether the price contains value added tax")
    unsuitable_because: Annotated[Literal["spinning_disk", "performance_sold_apart"] | None, AddedLater()] = Field(
        default=None,
        description="Why no database is put on a volume: random reads are slow on it, or the price of its size is not"
        " all that is billed; empty where one can be",
    )
    source_kind: SourceKind = Field(description="How the price reached us")

    @model_validator(mode="after")
    def _money_has_a_currency(self) -> Self:
        is_share = self.unit == "share_of_server_price"
        if self.price is not None and is_share == (self.currency is not None):
            raise ValueError("currency is empty for unit share_of_server_price and filled for every other unit")
        return self


class ManagedPostgresOffer(EvidenceRow):
    """The price of one hosted PostgreSQL plan, or of one metered unit of it."""

    value_columns: ClassVar[tuple[str, ...]] = ("price_per_month", "unit_price")
    says: ClassVar[Says] = Says(
        (
            *("vcpus", "memory_gib", "included_storage_gb"),
            *("price_per_month", "unit_price", "storage_price_per_gb_month", "backup_price_per_gb_month"),
        ),
        unit="currency",
        conditions=("plan", "region", "unit_price_unit"),
    )
    id_as: ClassVar[str] = "offer_id"
    subject: ClassVar[tuple[str, ...]] = ("provider", "region", "plan")

    provider: Literal[
        "aiven",
        "aws_rds",
        "azure_postgresql_flexible",
        "digitalocean_managed_postgres",
        "gcp_cloud_sql",
        "neon",
        "supabase",
    ] = Field(description="Who sells it")
    region: str = Field(description="Region in the provider's spelling; 'all' or 'any' where it does not matter")
    plan: Identifier = Field(description="Plan or metered item")
    vcpus: Positive | None = Field(default=None, description="Virtual processors")
    vcpu_kind: Literal["shared", "dedicated", "burstable"] | None = Field(
        default=None, description="What one may expect of a vCPU; empty is not stated"
    )
    memory_gib: Positive | None = Field(default=None, description="Memory, GiB")
    included_storage_gb: NonNegative | None = Field(default=None, description="Storage in the price, GB")
    high_availability: bool = Field(description="Whether the price contains a standby")
    servers_of: Annotated[ServerProvider | None, AddedLater()] = Field(
        default=None,
        description="Provider of servers in the same regions, to which traffic is not billed; empty for none",
    )
    price_per_month: NonNegative | None = Field(default=None, description="Price of the plan a month, in `currency`")
    storage_price_per_gb_month: NonNegative | None = Field(
        default=None, description="Further storage, price of one GB for a month, in `currency`"
    )
    backup_price_per_gb_month: NonNegative | None = Field(
        default=None, description="Backup storage, price of one GB for a month, in `currency`"
    )
    unsuitable_because: Annotated[Literal["not_postgresql"] | None, AddedLater()] = Field(
        default=None, description="Why it cannot hold an archive; empty where it can"
    )
    unit_price: NonNegative | None = Field(default=None, description="Price of one `unit_price_unit`, in `currency`")
    unit_price_unit: Literal["cu_hour", "gib_hour", "iops_month", "vcpu_hour"] | None = Field(
        default=None, description="What unit_price buys one of; a CU is the provider's compute unit"
    )
    currency: Currency = Field(description="Currency of the prices")
    source_kind: SourceKind = Field(description="How the price reached us")


class RpcPlan(EvidenceRow):
    """One plan of a provider of Ethereum JSON-RPC."""

    value_columns: ClassVar[tuple[str, ...]] = ("price_per_month",)
    says: ClassVar[Says] = Says(
        (
            *("included_credits_per_period", "overage_price_per_million_credits", "rate_limit", "rate_limit_unit"),
            "price_per_month",
        ),
        unit="currency",
        conditions=("plan", "included_period", "credit_unit"),
    )
    id_as: ClassVar[str] = "plan_id"
    subject: ClassVar[tuple[str, ...]] = ("provider", "plan")

    provider: Literal["alchemy", "ankr", "chainstack", "drpc", "infura", "publicnode", "quicknode"] = Field(
        description="Who sells it"
    )
    plan: Identifier = Field(description="Plan")
    tier_of: Annotated[str, Reference("pricing__rpc_plans")] | None = Field(
        default=None, description="The plan whose dearer or cheaper volume tier this row is; empty for a plan itself"
    )
    price_per_month: NonNegative | None = Field(default=None, description="Base price a month, in `currency`")
    currency: Currency = Field(description="Currency of the prices")
    credit_unit: Literal["api_credit", "compute_unit", "credit", "flat", "request", "request_unit"] = Field(
        description="What calls are counted in; 'flat' is not counted at all"
    )
    included_period: Literal["day", "month"] = Field(description="Period after which the included credits start anew")
    included_credits_per_period: NonNegative | None = Field(
        default=None, description="Credits in the base price, per included_period; empty for a flat rate or not stated"
    )
    included_credits_per_month: NonNegative | None = Field(
        default=None, description="The same for a month; a daily quota is taken times 365/12"
    )
    overage_price_per_million_credits: NonNegative | None = Field(
        default=None, description="Price of a million further credits, in `currency`; empty where none are sold"
    )
    rate_limit: Positive | None = Field(
        default=None, description="Most that may be used a second, in `rate_limit_unit`"
    )
    rate_limit_unit: Literal["credits_per_second", "cu_per_second", "requests_per_second"] | None = Field(
        default=None, description="Unit of rate_limit; a cu is a compute unit"
    )
    supports_ethereum: bool | None = Field(default=None, description="Whether Ethereum is served; empty is not stated")
    supports_linea: bool | None = Field(default=None, description="Whether Linea is served; empty is not stated")
    source_kind: SourceKind = Field(description="How the price reached us")


class RpcMethodCredit(EvidenceRow):
    """How many credits one provider takes for one JSON-RPC method."""

    value_columns: ClassVar[tuple[str, ...]] = ("credits",)
    says: ClassVar[Says] = Says(unit="credit_unit", conditions=("method", "chain"))
    id_as: ClassVar[str] = "method_credit_id"
    subject: ClassVar[tuple[str, ...]] = ("provider", "chain", "method")

    provider: Literal["alchemy", "ankr", "chainstack", "drpc", "infura", "moralis", "quicknode", "tenderly"] = Field(
        description="Who sells it"
    )
    chain: Literal["any", "ethereum", "ethereum_and_linea", "evm", "evm_compatible", "linea"] = Field(
        description="Chains that the row holds for"
    )
    method: str = Field(description="JSON-RPC method in its own spelling, or a class such as all_methods")
    credits: NonNegative | None = Field(default=None, description="Credits of one call, in `credit_unit`")
    credit_unit: Literal[
        "api_credit",
        "compute_unit",
        "compute_unit_per_byte",
        "compute_unit_per_event",
        "credit",
        "credit_per_event",
        "request_unit",
        "tenderly_unit",
    ] = Field(description="What calls are counted in")
    source_kind: SourceKind = Field(description="How the number reached us")


class ChainFee(EvidenceRow):
    """A gas price or the price of ether, over a period or at one moment."""

    value_columns: ClassVar[tuple[str, ...]] = ("value",)
    says: ClassVar[Says] = Says(conditions=("metric", "chain", "statistic", "period", "period_start", "period_end"))
    id_as: ClassVar[str] = "fee_id"
    subject: ClassVar[tuple[str, ...]] = ("chain", "metric", "period_start")

    chain: Literal["ethereum_mainnet", "linea_mainnet"] = Field(description="Chain")
    metric: Literal["base_fee", "eth_price", "gas_price", "priority_fee"] = Field(description="What is observed")
    unit: Literal["gwei", "usd_per_eth"] = Field(description="Unit of all values of the row")
    period: Literal["month", "point", "week", "year"] = Field(description="What the row covers; a point may lack dates")
    period_start: date | None = Field(default=None, description="First day covered")
    period_end: date | None = Field(default=None, description="Last day covered")
    statistic: Literal["mean_of_daily", "point", "protocol_constant", "typical"] = Field(description="What `value` is")
    value: NonNegative | None = Field(default=None, description="The observation, in `unit`")
    value_min: NonNegative | None = Field(default=None, description="Smallest daily value, in `unit`")
    value_p10: NonNegative | None = Field(default=None, description="10th percentile of daily values, in `unit`")
    value_median: NonNegative | None = Field(default=None, description="Median of daily values, in `unit`")
    value_p90: NonNegative | None = Field(default=None, description="90th percentile of daily values, in `unit`")
    value_max: NonNegative | None = Field(default=None, description="Largest daily value, in `unit`")
    days_observed: int | None = Field(default=None, ge=1, description="Number of daily values, days")
    source_kind: SourceKind = Field(description="How the number reached us")


class ExchangeRate(EvidenceRow):
    """A daily reference rate between two currencies."""

    value_columns: ClassVar[tuple[str, ...]] = ("rate",)
    says: ClassVar[Says] = Says(unit="quote_currency", conditions=("base_currency", "rate_date"))
    subject: ClassVar[tuple[str, ...]] = ("base_currency", "quote_currency", "rate_date")

    base_currency: Currency = Field(description="Currency of which one unit is priced")
    quote_currency: Currency = Field(description="Currency that the price is in")
    rate: Positive | None = Field(default=None, description="Units of quote_currency for one unit of base_currency")
    rate_date: date = Field(description="Day of the rate")


class MessagingAlternative(EvidenceRow):
    """One price of a service that a customer might buy instead of using Waku."""

    value_columns: ClassVar[tuple[str, ...]] = ("price",)
    says: ClassVar[Says] = Says(
        unit="currency",
        per=("unit_quantity", "unit"),
        conditions=(
            "product",
            "plan",
            "billing_period",
            *("included_mau", "included_messages_per_month", "counted_messages"),
            *("included_concurrent_connections", "included_connections_per_mau"),
            *("tier_from", "tier_to"),
        ),
    )
    id_as: ClassVar[str] = "alternative_id"
    subject: ClassVar[tuple[str, ...]] = ("provider", "product", "plan")

    provider: Identifier = Field(description="Who sells it")
    product: Identifier = Field(description="Product")
    plan: Identifier = Field(description="Plan or tier")
    price_basis: Literal[
        "channel_minute",
        "concurrent_connection",
        "connection_minute",
        "download_gb",
        "mau",
        "message",
        "storage_gb",
        "subscription",
        "throughput_gb",
    ] = Field(description="What the seller bills by; mau is a monthly active user")
    price: NonNegative | None = Field(default=None, description="Price of `unit_quantity` times `unit`, in `currency`")
    currency: Currency = Field(description="Currency of the prices")
    unit: Literal[
        "api_requests",
        "connection",
        "gb",
        "gib",
        "mau",
        "messages",
        "minutes",
        "month",
        "notifications",
        "operations",
        "pushes",
        "real_time_updates",
        "requests",
        "unit_month",
        "user",
    ] = Field(description="What the price buys")
    unit_quantity: Positive = Field(description="How many of `unit` the price buys")
    billing_period: Literal["month", "usage"] = Field(description="Whether the price recurs each month or is by use")
    included_mau: NonNegative | None = Field(default=None, description="Monthly active users in the price, users")
    included_messages_per_month: NonNegative | None = Field(default=None, description="Messages in the price, a month")
    included_concurrent_connections: NonNegative | None = Field(
        default=None, description="Connections at one time in the price, connections"
    )
    derived_price_per_mau: NonNegative | None = Field(
        default=None, description="Price of one monthly active user for a month when the plan is full, in `currency`"
    )
    counted_messages: Literal["sent", "delivered", "sent_and_delivered"] | None = Field(
        default=None,
        description="Which messages the price and the messages in it count: each once when sent, once for each "
        "receiver, or both; empty where messages do not matter",
    )
    tier_from: NonNegative | None = Field(
        default=None,
        description="The price holds for what lies above this, of users or messages a month; "
        "empty where the price has no tiers",
    )
    tier_to: Positive | None = Field(
        default=None,
        description="The price holds up to this, of users or messages a month; empty for an open tier or none",
    )
    included_connections_per_mau: Share | None = Field(
        default=None, description="Connections at one time in the price, as a share of monthly active users"
    )
    is_trial: bool = Field(description="Whether it is for a trial or for development only")
    is_orderable: Annotated[bool, AddedLater()] = Field(
        default=True, description="Whether a new customer can have it; empty is yes"
    )
    needs_base_plan: bool = Field(
        description="Whether it is the price of what exceeds a plan of which neither price nor contents are on record"
    )
    billed_besides: str = Field(
        default="",
        description="What the seller bills besides and is not counted, so that a cost is a lower bound; "
        "empty where nothing is known",
    )
    lacks: Annotated[list[Lack], BeforeValidator(split_list)] = Field(
        default=[], description="What it lacks of what Waku offers, judged from what the product is; separated by ;"
    )
    source_kind: SourceKind = Field(description="How the price reached us")

    @model_validator(mode="after")
    def _messages_are_counted(self) -> Self:
        is_by_message = self.price_basis == "message" or self.included_messages_per_month is not None
        if is_by_message != (self.counted_messages is not None):
            raise ValueError("counted_messages is filled where a price or its contents count messages, and only there")
        if self.tier_to is not None and (self.tier_from is None or self.tier_to <= self.tier_from):
            raise ValueError("tier_to needs a tier_from below it")
        return self


TABLES: tuple[Table, ...] = (
    Table("pricing", "compute_offers", ComputeOffer, "Prices of servers"),
    Table("pricing", "storage_and_egress_prices", StorageOrEgressPrice, "Prices of storage, traffic and addresses"),
    Table("pricing", "managed_postgres_offers", ManagedPostgresOffer, "Prices of hosted PostgreSQL"),
    Table("pricing", "rpc_plans", RpcPlan, "Plans of Ethereum RPC providers"),
    Table("pricing", "rpc_method_credits", RpcMethodCredit, "Credits that RPC providers take for a method"),
    Table("pricing", "chain_fees", ChainFee, "Gas prices and the price of ether"),
    Table("pricing", "exchange_rates", ExchangeRate, "Exchange rates"),
    Table("pricing", "messaging_alternatives", MessagingAlternative, "Prices of other messaging services"),
)
