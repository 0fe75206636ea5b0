"""What the cost model knows: prices, measurements and the inputs made of rows of evidence, each with its evidence.

Belongs here: the types of what is known. Does not belong here: reading it (`fetch.py`), how sure it is
(`assumptions.py`), arithmetic with it (`workload.py`, `sizing.py`, `hosting.py`, `rpc_and_rln.py`, `bill.py`).

Months are 365/12 days (730 hours), gigabytes and kilobytes are decimal (10^9 and 10^3 bytes), money is USD without VAT.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from assets.costs.distributions import UncertainInput
from assets.evidence.basis import Basis
from assets.evidence.quantity import MissingEvidence, Quantity

DAYS_PER_MONTH = 365 / 12
SECONDS_PER_DAY = 86_400
MINUTES_PER_MONTH = DAYS_PER_MONTH * 1440
MONTHS_PER_YEAR = 12
BYTES_PER_GB = 1e9
BYTES_PER_KB = 1e3


@dataclass(frozen=True)
class CostRow:
    """What every row of a mart has."""

    basis: Basis


@dataclass(frozen=True)
class RangeRow(CostRow):
    """A row of workload parameters or assumptions; None where the row does not state the value."""

    name: str
    label: str
    unit: str
    low: float | None
    mid: float | None
    high: float | None


@dataclass(frozen=True)
class RlnRow(CostRow):
    """A row of RLN parameters: a value, or a range."""

    parameter: str
    unit: str | None
    value: float | None
    low: float | None
    high: float | None
    as_of: date
    authority: int
    """How much such a source counts; the highest is used, and of equals the newest."""
    stated_in: str | None = None


@dataclass(frozen=True)
class FeeRow(CostRow):
    """A gas price (gwei) or a price of ether (USD): the mean of a month, or a single observation."""

    chain: str
    metric: str
    unit: str
    period: str
    """`month`, `part` (of a month), `week` or `point`."""
    period_start: date
    observed_until: date
    as_of: date
    value: float
    low: float | None
    median: float | None
    p90: float | None
    high: float | None


@dataclass(frozen=True)
class CapacityInput(CostRow):
    """What one vCPU of a database does a second within a limit of latency, with one schema of the archive."""

    workload: str
    """As the benchmarks call it, such as `insert` or `by_hashes`."""
    released_on: date
    """When the schema was released."""
    archive_messages: float
    """Messages in the archive that was measured."""
    per_vcpu_per_s_low: float | None
    """Ends of the interval of the mean; None where it was measured once."""
    per_vcpu_per_s: float | None
    """None where the limit was not kept at any rate that was tried; the high end is then the most that is possible."""
    per_vcpu_per_s_high: float | None
    limit_ms: float
    percentile: float
    """Of 100 operations, how many have to be below `limit_ms`."""
    is_narrowest: bool
    """Whether this is the limit that the load ought to keep; a wider one says what can be had where it is not kept."""

    @property
    def limit(self) -> str:
        """The limit in words."""
        return f"p{self.percentile:g} below {self.limit_ms:,.0f} ms"


@dataclass(frozen=True)
class ServerOffer:
    """A server that can be rented."""

    offer_id: str
    provider: str
    region: str
    vcpus: float
    vcpu_kind: str
    architecture: str
    memory_gib: float
    local_disk_gb: float | None
    """None where the source does not state it."""
    included_egress_gb_per_month: float | None
    """None where the source does not state it."""
    cost_usd_per_month: Quantity
    price_region: str | None = None
    """The region by which storage and traffic are priced; None where it is that of the server."""


@dataclass(frozen=True)
class VolumePrice:
    """Block storage, or storage for backups, sold by the gigabyte or as a disk of a fixed size."""

    price_id: str
    provider: str
    region: str
    cost_usd_per_gb_month: Quantity
    disk_gb: float | None = None
    """Size of a disk that is sold as a whole; None where any size is sold."""
    unsuitable_because: str | None = None
    """Why no database is put on it; None where one can be."""


@dataclass(frozen=True)
class AddressPrice:
    """A public IPv4 address."""

    price_id: str
    provider: str
    region: str
    cost_usd_per_month: Quantity


@dataclass(frozen=True)
class EgressTier:
    """The price of traffic to the internet between two volumes of one month."""

    price_id: str
    provider: str
    region: str
    from_gb_per_month: float
    to_gb_per_month: float | None
    """None for the open tier."""
    cost_usd_per_gb: Quantity


@dataclass(frozen=True)
class ManagedOffer:
    """PostgreSQL that a provider runs."""

    offer_id: str
    provider: str
    region: str
    vcpus: float
    vcpu_kind: str | None
    """None where the source does not state it."""
    memory_gib: float
    included_storage_gb: float
    cost_usd_per_month: Quantity
    storage_usd_per_gb_month: float | None
    """None where no further storage is sold."""
    backup_usd_per_gb_month: float | None
    """None where the source does not state it."""
    servers_of: str | None = None
    """The provider of servers beside which it stands, so that traffic between the two is not billed."""


@dataclass(frozen=True)
class RpcOffer:
    """A plan of a provider of Ethereum JSON-RPC."""

    plan_id: str
    provider: str
    cost_usd_per_month: Quantity
    included_period: str
    """`day` or `month`: a quota of a day cannot be used on another day."""
    included_credits_per_period: float | None
    """None for a flat rate, or where no quota is stated."""
    overage_usd_per_million_credits: float | None
    """None where no further credits are sold."""
    is_flat_rate: bool
    rate_limit: float | None
    """Most that may be used a second, in `rate_limit_unit`; None where the source does not state it."""
    rate_limit_unit: str | None
    """`requests_per_second`, or the provider's credits or compute units a second."""
    supports_ethereum: bool | None
    supports_linea: bool | None

    @property
    def is_free(self) -> bool:
        """Whether it has no fee of its own."""
        return not self.cost_usd_per_month.mean


@dataclass(frozen=True)
class MethodCredits:
    """What one provider counts for one call of a method, or of a class such as `all_methods`."""

    provider: str
    chain: str
    method: str
    credits: Quantity


@dataclass(frozen=True)
class RpcCalls:
    """How often a component calls a method, for each `per`."""

    component: str
    rpc_method: str
    per: str
    calls: Quantity


@dataclass(frozen=True)
class ArchiveProbe:
    """What one archived message took at one size of payload: in the table alone, and with indexes and lookup table."""

    payload_bytes: float
    table_bytes: Quantity | None
    total_bytes: Quantity


@dataclass(frozen=True)
class Alternative:
    """One price of hosted messaging, USD for `unit_quantity` of what `price_basis` bills."""

    alternative_id: str
    provider: str
    product: str
    plan: str
    price_basis: str
    unit_quantity: float
    included_mau: float | None
    included_messages_per_month: float | None
    included_connections: float | None
    included_connections_per_mau: float | None
    counted_messages: str | None
    """Of `sent`, `delivered` and `sent_and_delivered`: what a price by message, or the messages in a plan, count."""
    tier_from: float | None
    tier_to: float | None
    """Users or messages a month between which the price holds; None where it has no tiers, or the tier is open."""
    is_sold_in_units: bool
    """Whether a subscription can be bought several times, each with what is included."""
    is_trial: bool
    needs_base_plan: bool
    """Whether it is the price of what exceeds a plan that is not on record."""
    billed_besides: str
    lacks: tuple[str, ...]
    cost_usd: Quantity


@dataclass(frozen=True)
class Fact(CostRow):
    """A published or measured figure that the model is compared with."""

    low: float
    high: float
    known_on: date
    """The day of the measurement, or else of the source."""
    condition: str = ""
    payload_bytes: float | None = None


@dataclass(frozen=True)
class PublishedFigure:
    """What somebody publishes to pay or to ask for one part of a bill, USD for a user and month."""

    figure_id: str
    system: str
    component: str
    """The part of a bill that it is comparable with."""
    users: float | None
    """Among whom it is shared; None where the source tells a price for each."""
    low: float
    high: float
    includes: tuple[str, ...]
    said: str
    """The figure as its source states it."""
    basis: Basis


@dataclass(frozen=True)
class CostCatalogue:
    """All that the model knows. What is not in it is missing evidence, never zero."""

    offers: tuple[ServerOffer, ...] = ()
    volume_prices: tuple[VolumePrice, ...] = ()
    backup_prices: tuple[VolumePrice, ...] = ()
    address_prices: tuple[AddressPrice, ...] = ()
    egress_tiers: tuple[EgressTier, ...] = ()
    managed_offers: tuple[ManagedOffer, ...] = ()
    rpc_plans: tuple[RpcOffer, ...] = ()
    method_credits: tuple[MethodCredits, ...] = ()
    rpc_usage: tuple[RpcCalls, ...] = ()
    probes: tuple[ArchiveProbe, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    reality_figures: tuple[PublishedFigure, ...] = ()
    facts: Mapping[str, Fact] = field(default_factory=dict)
    """By evidence id."""
    inputs: Mapping[str, UncertainInput] = field(default_factory=dict)
    """What is drawn, by name (see `assumptions.py`)."""

    def fact(self, evidence_id: str) -> Fact:
        """Return a figure to compare with; raises `MissingEvidence`."""
        if evidence_id not in self.facts:
            raise MissingEvidence(f"value of {evidence_id}")
        return self.facts[evidence_id]
