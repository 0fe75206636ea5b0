"""What a scenario pays for a chain: calls to Ethereum nodes and memberships of RLN.

Belongs here: credits, quotas and plans of RPC providers; gas, feasibility and deposit of memberships.
Does not belong here: servers and traffic (`sizing.py`), totals (`model.py`).
The formulas with their sources and worked examples are in docs/costs.md.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from assets.costs.inputs import DAYS_PER_MONTH, SECONDS_PER_DAY, CostInputs, MethodCredits, RpcPlan, RpcUsage
from assets.costs.sizing import messages_per_sender_day
from assets.evidence.model import GRADE_ORDER
from assets.evidence.quantity import MissingEvidence, Quantity, total
from assets.evidence.tables.costs import Scenario

WITHOUT_RLN = "Waku node without RLN"
"""The component of `rpc_usage` that states how often a node without RLN calls a chain: never."""

ALL_METHODS = ("all_methods", "all_methods_full_node", "default_unlisted_method")
"""Classes under which providers price a method that they do not list, in order of preference."""

CHAINS_COVERED = {
    "ethereum_mainnet": ("ethereum", "ethereum_and_linea", "evm", "evm_compatible", "any"),
    "linea_mainnet": ("linea", "ethereum_and_linea", "evm", "evm_compatible", "any"),
}
"""How price lists name a set of chains that holds ours, the narrowest first."""

ETHER_PRICE_CHAIN = "ethereum_mainnet"
"""Gas is paid in ether on Linea as well, so one price of ether serves both."""

GWEI_PER_ETH = 1e9


@dataclass(frozen=True)
class PlanChoice:
    """The cheapest plan that meets a need; `left_out` counts plans whose price for it is not known."""

    plan: RpcPlan
    cost_usd_per_month: Quantity
    left_out: int


@dataclass(frozen=True)
class Memberships:
    """Memberships that a scenario's own senders need, and how many the network-wide cap leaves room for."""

    needed: int
    available: int
    rate_limit_per_epoch: Quantity
    messages_per_sender_epoch: Quantity
    deposit_usd: Quantity
    """Refundable: capital that is tied up, not spending."""

    @property
    def obstacles(self) -> tuple[str, ...]:
        """Why the scenario cannot run with RLN as specified; empty if it can."""
        found = []
        if self.needed > self.available:
            found.append(
                f"{self.needed:,} memberships of {self.rate_limit_per_epoch.value:,.0f} messages an epoch are needed, "
                f"the network's cap leaves room for {self.available:,}"
            )
        if self.messages_per_sender_epoch.value > self.rate_limit_per_epoch.value:
            found.append(
                f"a sender publishes {self.messages_per_sender_epoch.value:,.1f} messages an epoch, "
                f"its membership allows {self.rate_limit_per_epoch.value:,.0f}"
            )
        return tuple(found)


def daily_calls(component: str, inputs: CostInputs) -> tuple[RpcUsage, ...]:
    """Return what one node of `component` calls each day. Calls at a start or a change are left out.

    Raises `MissingEvidence` where no daily figure is known.
    """
    found = tuple(use for use in inputs.rpc_usage if use.component == component and use.per in {"day", "day per node"})
    if not found:
        raise MissingEvidence(f"daily RPC calls of '{component}'")
    return found


def credits_of(method: str, provider: str, chain: str, rows: Iterable[MethodCredits]) -> Quantity:
    """Return what `provider` counts for one call; the row of the method itself goes before a row for all methods."""
    usable = [row for row in rows if row.provider == provider and row.chain in CHAINS_COVERED[chain]]
    for name in (method, *ALL_METHODS):
        of_name = [row for row in usable if row.method == name]
        if of_name:
            return min(of_name, key=lambda row: CHAINS_COVERED[chain].index(row.chain)).credits
    raise MissingEvidence(f"credits that {provider} counts for {method}")


def plan_cost(plan: RpcPlan, credits_per_day: Quantity) -> Quantity | None:
    """Price a need of `credits_per_day` in `plan`, USD a month; None if it does not fit.

    Credits beyond the quota of its period are bought where they are sold. A daily quota is compared with a day's need.
    Raises `MissingEvidence` if the plan states neither a quota nor a flat rate.
    """
    if plan.is_flat_rate:
        return plan.cost_usd_per_month.resting_on(credits_per_day)
    if plan.included_credits_per_period is None:
        raise MissingEvidence(f"quota of {plan.plan_id}")
    days_per_period = 1.0 if plan.included_period == "day" else DAYS_PER_MONTH
    beyond = credits_per_day * days_per_period - plan.included_credits_per_period
    if beyond.value <= 0:
        return plan.cost_usd_per_month.resting_on(credits_per_day)
    if plan.overage_usd_per_million_credits is None:
        return None
    per_month = beyond * (DAYS_PER_MONTH / days_per_period)
    return plan.cost_usd_per_month + per_month * (plan.overage_usd_per_million_credits / 1e6)


def cheapest_plan(calls: Iterable[RpcUsage], nodes: int, chain: str, inputs: CostInputs) -> PlanChoice:
    """Return the plan that carries the daily calls of all nodes for the least; at one price the better evidenced.

    Raises `MissingEvidence` if no plan can be priced for the need.
    """
    calls = tuple(calls)
    priced: list[tuple[RpcPlan, Quantity]] = []
    left_out = 0
    for plan in inputs.rpc_plans:
        if not (plan.supports_linea if chain == "linea_mainnet" else plan.supports_ethereum):
            continue
        try:
            credits_per_day = total(
                use.calls * nodes * credits_of(use.rpc_method.split()[0], plan.provider, chain, inputs.method_credits)
                if not plan.is_flat_rate
                else use.calls * nodes
                for use in calls
            )
            cost = plan_cost(plan, credits_per_day)
        except MissingEvidence:
            left_out += 1
            continue
        if cost is not None:
            priced.append((plan, cost))
    if not priced:
        raise MissingEvidence(f"price of an RPC plan on {chain} that carries the need ({left_out} without a quota)")
    plan, cost = min(
        priced,
        key=lambda pair: (pair[1].value, GRADE_ORDER.index(pair[0].cost_usd_per_month.grade), pair[0].plan_id),
    )
    return PlanChoice(plan, cost, left_out)


def memberships(scenario: Scenario, inputs: CostInputs) -> Memberships:
    """Count memberships: one for each own sender, against floor(cap / rate limit); raises `MissingEvidence`."""
    rate = inputs.rln_value(scenario.rln_rate_parameter)
    cap = inputs.rln_value("total_rate_limit_cap")
    epoch_share_of_day = inputs.rln_value("epoch_length") / SECONDS_PER_DAY
    return Memberships(
        needed=scenario.own_senders,
        available=math.floor((cap / rate).value),
        rate_limit_per_epoch=rate.resting_on(cap),
        messages_per_sender_epoch=messages_per_sender_day(scenario, inputs) * epoch_share_of_day,
        deposit_usd=inputs.rln_value("deposit_per_message_per_epoch") * rate * scenario.own_senders,
    )


def gas_per_membership_month(scenario: Scenario, inputs: CostInputs) -> Quantity:
    """Gas of one membership spread over its life, gas a month.

    (registration + extensions x extension) / ((1 + extensions) x active period in days) x days of a month.
    """
    gas = inputs.rln_value("gas_register_call")
    if scenario.rln_extensions:
        gas = gas + inputs.rln_value("gas_extend_single_test") * scenario.rln_extensions
    return gas / (inputs.rln_value("active_period") * (1 + scenario.rln_extensions)) * DAYS_PER_MONTH


def usd_per_gas(chain: str, inputs: CostInputs) -> Quantity:
    """Price of one unit of gas: gas price in gwei x 10^-9 x price of ether in USD."""
    return inputs.fee(chain, "gas_price") * inputs.fee(ETHER_PRICE_CHAIN, "eth_price") / GWEI_PER_ETH
