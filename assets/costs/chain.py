"""What a scenario pays for a chain: calls to Ethereum nodes, and memberships of RLN.

Belongs here: credits, quotas and plans of RPC providers; gas, feasibility and deposit of memberships.
Does not belong here: servers and traffic, totals (`model.py`). The formulas with their sources are in docs/costs.md.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from assets.costs.assumptions import GWEI_PER_ETH, usd_per_gas_input
from assets.costs.draws import Draws
from assets.costs.inputs import (
    DAYS_PER_MONTH,
    MONTHS_PER_YEAR,
    SECONDS_PER_DAY,
    Catalogue,
    MethodCredits,
    RpcPlan,
    RpcUsage,
)
from assets.costs.prices import drawn
from assets.costs.workload import Load
from assets.evidence.model import GRADE_ORDER
from assets.evidence.quantity import MissingEvidence, Quantity, computed, total
from assets.evidence.tables.costs import Scenario

WITHOUT_RLN = "Waku node without RLN"
"""The component of `rpc_usage` that states how often a node without RLN calls a chain: never."""

NODE_PERIODS = frozenset({"day", "day per node", "day per node, idle"})
CLIENT_PERIODS = frozenset({"day per client"})

ALL_METHODS = ("all_methods", "all_methods_full_node", "default_unlisted_method")
"""Classes under which providers price a method that they do not list, in order of preference."""

CAP = "rln/total_rate_limit_cap"
"""The input that limits all memberships of the network together, messages an epoch."""

REQUESTS = "requests_per_second"
"""The unit of a rate limit that counts calls; all others count credits."""

ETHEREUM, LINEA = "ethereum_mainnet", "linea_mainnet"

CHAINS_COVERED = {
    ETHEREUM: ("ethereum", "ethereum_and_linea", "evm", "evm_compatible", "any"),
    LINEA: ("linea", "ethereum_and_linea", "evm", "evm_compatible", "any"),
}
"""How price lists name a set of chains that holds ours, the narrowest first."""


@dataclass(frozen=True)
class Calls:
    """Calls of one method, over all nodes or clients."""

    method: str
    per_day: Quantity
    peak_per_s: Quantity


@dataclass(frozen=True)
class PlanChoice:
    """A plan that carries a need, and its cost in USD a month."""

    plan: RpcPlan
    cost_usd_per_month: Quantity

    @property
    def note(self) -> str:
        """The plan, and whether its rate is known to be enough."""
        unstated = ", whose rate limit is not stated" if self.plan.rate_limit is None else ""
        return f"in plan {self.plan.plan_id}{unstated}"


@dataclass(frozen=True)
class RpcMarket:
    """What is taken for a need."""

    best: PlanChoice
    """The cheapest plan of all providers; at one price the better evidenced."""
    left_out: int
    """Plans that cannot be priced."""


@dataclass(frozen=True)
class Memberships:
    """Memberships that a scenario's own senders need, and how many the network-wide cap leaves room for."""

    needed: int
    available: int
    rate_limit_per_epoch: float
    sender_exceeds_share: float
    """Share of draws in which a sender publishes more than its membership allows in the average epoch.

    Not at peak: the peak factor is that of people together, and says nothing of one of them. A machine sends evenly.
    """
    deposit_usd: Quantity
    """Refundable: capital that is tied up, not spending."""
    room_by_source: tuple[tuple[int, str], ...] = ()
    """Where public sources of the cap disagree: the room that each leaves and its name, the one that counts first."""

    @property
    def disagreement(self) -> str:
        """What each public source of the cap leaves room for; empty where they agree."""
        if not self.room_by_source:
            return ""
        (room, used), *others = self.room_by_source
        said = "; ".join(f"{each:,} by {source}" for each, source in others)
        needed = "1 membership is" if self.needed == 1 else f"{self.needed:,} memberships are"
        return f"{needed} needed: room for {room:,} by {used}, which counts; {said}"

    def obstacles(self, confidence: float) -> tuple[str, ...]:
        """Return why the scenario cannot run with RLN as specified; nothing if it can."""
        found = []
        if self.needed > self.available:
            found.append(
                f"{self.needed:,} memberships of {self.rate_limit_per_epoch:,.0f} messages an epoch are needed, "
                f"the network's cap leaves room for {self.available:,}"
            )
        if self.sender_exceeds_share > 1 - confidence:
            found.append(
                f"in {self.sender_exceeds_share:.0%} of draws a sender publishes more on average than the "
                f"{self.rate_limit_per_epoch:,.0f} messages an epoch that its membership allows"
            )
        return tuple(found)


def node_calls(component: str, nodes: int, catalogue: Catalogue, draws: Draws) -> tuple[Calls, ...]:
    """Return what all nodes of `component` call, at an even rate; calls at a start or a change are left out.

    Raises `MissingEvidence` where no daily figure is known.
    """
    found = []
    for use in _usage(component, NODE_PERIODS, catalogue):
        per_day = use.calls * nodes * draws["assumption/polling_width"] if use.calls.mean else use.calls
        found.append(Calls(_method(use), per_day, per_day / SECONDS_PER_DAY))
    return tuple(found)


def wallet_calls(component: str, clients: int, catalogue: Catalogue, draws: Draws) -> tuple[Calls, ...]:
    """Return what the wallets of all clients of `component` call while they are online. Raises `MissingEvidence`."""
    found = _usage(component, CLIENT_PERIODS, catalogue)
    return _while_online(found, clients, draws["assumption/estimated_width"], draws)


def member_calls(component: str, members: int, catalogue: Catalogue, draws: Draws) -> tuple[Calls, ...]:
    """Return what `members` with a node of `component` of their own call while it runs. Raises `MissingEvidence`."""
    found = _usage(component, NODE_PERIODS, catalogue)
    return _while_online(found, members, draws["assumption/polling_width"], draws)


def _while_online(uses: Iterable[RpcUsage], clients: int, width: Quantity, draws: Draws) -> tuple[Calls, ...]:
    """Spread calls of a day in use over clients; at peak more of them are online, at most all."""
    online = draws["assumption/client_online_share"]
    at_peak = computed(lambda share: np.minimum(share, 1.0), online * draws["assumption/peak_factor"])
    found = []
    for use in uses:
        all_day = use.calls * clients * width
        found.append(Calls(_method(use), all_day * online, all_day * at_peak / SECONDS_PER_DAY))
    return tuple(found)


def _usage(component: str, periods: frozenset[str], catalogue: Catalogue) -> list[RpcUsage]:
    found = [use for use in catalogue.rpc_usage if use.component == component and use.per in periods]
    if not found:
        raise MissingEvidence(f"daily RPC calls of '{component}'")
    return found


def _method(use: RpcUsage) -> str:
    return use.rpc_method.split()[0]


def credits_of(method: str, provider: str, chain: str, rows: Iterable[MethodCredits]) -> Quantity:
    """Return what `provider` counts for one call; the row of the method itself goes before a row for all methods."""
    usable = [row for row in rows if row.provider == provider and row.chain in CHAINS_COVERED[chain]]
    for name in (method, *ALL_METHODS):
        of_name = [row for row in usable if row.method == name]
        if of_name:
            return min(of_name, key=lambda row: CHAINS_COVERED[chain].index(row.chain)).credits
    raise MissingEvidence(f"credits that {provider} counts for {method}")


def plan_cost(plan: RpcPlan, credits_per_day: Quantity, confidence: float, draws: Draws) -> Quantity | None:
    """Price a need of `credits_per_day` in `plan`, USD a month; None if it does not fit.

    Credits beyond the quota of its period are bought where they are sold; where they are not, the need must stay within
    the quota in `confidence` of all draws. A daily quota is compared with the need of a day: it cannot be carried over.
    Raises `MissingEvidence` if the plan states neither a quota nor a flat rate.
    """
    base = drawn(plan.cost_usd_per_month, plan.provider, draws)
    if plan.is_flat_rate:
        return base.resting_on(credits_per_day)
    if plan.included_credits_per_period is None:
        raise MissingEvidence(f"quota of {plan.plan_id}")
    days_per_period = 1.0 if plan.included_period == "day" else DAYS_PER_MONTH
    quota = plan.included_credits_per_period
    need = credits_per_day * days_per_period
    if float(np.mean(np.asarray(need.value) <= quota)) >= confidence and plan.overage_usd_per_million_credits is None:
        return base.resting_on(credits_per_day)
    if plan.overage_usd_per_million_credits is None:
        return None
    beyond = computed(lambda value: np.maximum(value - quota, 0.0), need) * (DAYS_PER_MONTH / days_per_period)
    each = plan.cost_usd_per_month * 0.0 + plan.overage_usd_per_million_credits / 1e6
    return base + beyond * drawn(each, plan.provider, draws)


def rpc_market(calls: Iterable[Calls], chain: str, confidence: float, catalogue: Catalogue, draws: Draws) -> RpcMarket:
    """Return the cheapest plan that carries the calls of a day and their rate at peak.

    Raises `MissingEvidence` if none does.
    """
    calls = tuple(calls)
    found = []
    left_out = 0
    for plan in catalogue.rpc_plans:
        if not (plan.supports_linea if chain == LINEA else plan.supports_ethereum):
            continue
        try:
            if not _is_fast_enough(plan, calls, chain, confidence, catalogue):
                continue
            need = total(
                call.per_day
                if plan.is_flat_rate
                else call.per_day * credits_of(call.method, plan.provider, chain, catalogue.method_credits)
                for call in calls
            )
            cost = plan_cost(plan, need, confidence, draws)
        except MissingEvidence:
            left_out += 1
            continue
        if cost is not None:
            found.append(PlanChoice(plan, cost))
    if not found:
        raise MissingEvidence(f"price of an RPC plan on {chain} that carries the need ({left_out} without a quota)")
    return RpcMarket(min(found, key=_by_cost), left_out)


def _is_fast_enough(plan: RpcPlan, calls: Iterable[Calls], chain: str, confidence: float, catalogue: Catalogue) -> bool:
    """Whether calls at peak keep the limit of a second in `confidence` of all draws; true where none is stated."""
    if plan.rate_limit is None:
        return True
    peak_per_s = total(
        call.peak_per_s
        if plan.rate_limit_unit == REQUESTS
        else call.peak_per_s * credits_of(call.method, plan.provider, chain, catalogue.method_credits)
        for call in calls
    )
    return float(np.mean(np.asarray(peak_per_s.value) <= plan.rate_limit)) >= confidence


def _by_cost(choice: PlanChoice) -> tuple[float, int, str]:
    return choice.cost_usd_per_month.mean, GRADE_ORDER.index(choice.cost_usd_per_month.grade), choice.plan.plan_id


def memberships(scenario: Scenario, load: Load, draws: Draws) -> Memberships:
    """Count memberships: one for each own sender, against floor(cap / rate limit); raises `MissingEvidence`."""
    rate = draws[f"rln/{scenario.rln_rate_parameter}"]
    cap = draws[CAP]
    per_epoch = load.messages_per_sender_day * draws["rln/epoch_length"] / SECONDS_PER_DAY
    deposit = draws["rln/deposit_per_message_per_epoch"] * rate * scenario.own_senders
    return Memberships(
        needed=scenario.own_senders,
        available=math.floor((cap / rate).mean),
        rate_limit_per_epoch=rate.mean,
        sender_exceeds_share=float(np.mean(np.asarray(per_epoch.value) > rate.mean)),
        deposit_usd=deposit.resting_on(cap, per_epoch),
        room_by_source=tuple((math.floor(said.value / rate.mean), said.source) for said in draws.inputs[CAP].stated),
    )


def gas_per_month(scenario: Scenario, draws: Draws) -> Quantity:
    """Gas of all memberships spread over their life, gas a month.

    Each: (registration + extensions x extension) / ((1 + extensions) x active period in days) x days of a month.
    """
    gas = draws["rln/gas_register_call"]
    if scenario.rln_extensions:
        gas = gas + draws["rln/gas_extend_call"] * scenario.rln_extensions
    lifetime_days = draws["rln/active_period"] * (1 + scenario.rln_extensions)
    return gas / lifetime_days * (DAYS_PER_MONTH * scenario.own_senders)


def usd_per_gas(chain: str, draws: Draws) -> Quantity:
    """Price of one unit of gas: gas price in gwei x 10^-9 x price of ether in USD. Ether pays on Linea as well.

    Where both are known month by month they are drawn together, as one input.
    """
    if usd_per_gas_input(chain) in draws.inputs:
        return draws[usd_per_gas_input(chain)]
    return draws[f"fee/{chain}/gas_price"] * draws[f"fee/{ETHEREUM}/eth_price"] / GWEI_PER_ETH


def capital_cost(deposit_usd: Quantity, draws: Draws) -> Quantity:
    """What the deposits could have earned elsewhere, USD a month. The deposits themselves come back."""
    return deposit_usd * draws["assumption/capital_rate"] / MONTHS_PER_YEAR
