"""What the cost model knows: prices, workloads, measurements and parameters of RLN, each with its evidence.

Belongs here: the types of the inputs and how one of them is looked up. Does not belong here: reading them (`fetch.py`),
arithmetic with them (`sizing.py`, `chain.py`, `model.py`).

Months are 365/12 days (730 hours), gigabytes and kilobytes are decimal (10^9 and 10^3 bytes), money is USD without VAT.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assets.evidence.quantity import MissingEvidence, Quantity

DAYS_PER_MONTH = 365 / 12
SECONDS_PER_DAY = 86_400
BYTES_PER_GB = 1e9
BYTES_PER_KB = 1e3


@dataclass(frozen=True)
class ComputeOffer:
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


@dataclass(frozen=True)
class VolumePrice:
    """Block storage that can be attached to a server."""

    price_id: str
    provider: str
    region: str
    item: str
    cost_usd_per_gb_month: Quantity


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
class RpcPlan:
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
    supports_ethereum: bool | None
    supports_linea: bool | None


@dataclass(frozen=True)
class MethodCredits:
    """What one provider counts for one call of a method, or of a class such as `all_methods`."""

    provider: str
    chain: str
    method: str
    credits: Quantity


@dataclass(frozen=True)
class NetworkFee:
    """A gas price (gwei) or a price of ether (USD per ETH)."""

    chain: str
    metric: str
    value: Quantity


@dataclass(frozen=True)
class RpcUsage:
    """How often a component calls a method, for each `per`."""

    component: str
    rpc_method: str
    per: str
    calls: Quantity


@dataclass(frozen=True)
class ArchiveProbe:
    """What one archived message took, all bytes of table, indices and lookup table, at one size of payload."""

    payload_bytes: float
    total_bytes: Quantity


@dataclass(frozen=True)
class CostInputs:
    """All that the model knows. A name that is not in a mapping is missing evidence, never zero."""

    offers: tuple[ComputeOffer, ...]
    volume_prices: tuple[VolumePrice, ...]
    egress_tiers: tuple[EgressTier, ...]
    rpc_plans: tuple[RpcPlan, ...]
    method_credits: tuple[MethodCredits, ...]
    network_fees: tuple[NetworkFee, ...]
    rpc_usage: tuple[RpcUsage, ...]
    probes: tuple[ArchiveProbe, ...]
    workload: Mapping[str, Quantity]
    """Middle values by the id of their row in `costs__workload_parameters`."""
    rln: Mapping[str, Quantity]
    """Values, or the middle of a stated range, by parameter of `costs__rln_parameters`."""

    def workload_value(self, row_id: str) -> Quantity:
        """Return the middle value of one workload parameter; raises `MissingEvidence`."""
        if row_id not in self.workload:
            raise MissingEvidence(f"no middle value of workload parameter {row_id}")
        return self.workload[row_id]

    def rln_value(self, parameter: str) -> Quantity:
        """Return the value of one parameter of RLN; raises `MissingEvidence`."""
        if parameter not in self.rln:
            raise MissingEvidence(f"no value of RLN parameter {parameter}")
        return self.rln[parameter]

    def fee(self, chain: str, metric: str) -> Quantity:
        """Return a gas price or the price of ether; raises `MissingEvidence`."""
        for fee in self.network_fees:
            if (fee.chain, fee.metric) == (chain, metric):
                return fee.value
        raise MissingEvidence(f"no {metric} of {chain}")
