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
    CostCatalogue,
    MethodCredits,
    RpcCalls,
    RpcOffer,
)
from assets.costs.prices import drawn
from assets.costs.whole import mean_whole
from assets.evidence.model import GRADE_ORDER
from assets.evidence.quantity import MissingEvidence, Quantity, Value, computed, total
from assets.evidence.tables.costs import Scenario

WITHOUT_RLN = "Waku node without RLN"
"""The component of `rpc_usage` that states how often a node without RLN calls a chain: never."""

NODE_PERIODS = frozenset({"day", "day per node", "day per node, idle"})
CLIENT_PERIODS = frozenset({"day per client"})

ALL_METHODS = ("all_methods", "all_methods_full_node", "default_unlisted_method")
"""Classes under which providers price a method that they do not list, in order of preference."""

CREDITS_PER_UNIT = 1e6
"""Credits beyond a quota are priced by the million."""

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
class RpcCost:
    """What calls cost at the cheapest plans, USD a month."""

    cost_usd_per_month: Quantity
    plan_id: str
    """The plan that is the cheapest in most draws."""
    has_stated_rate: bool
    left_out: int
    """Plans that cannot be priced."""

    @property
    def note(self) -> str:
        """The plan, and whether its rate is known to be enough."""
        return f"mostly in plan {self.plan_id}{'' if self.has_stated_rate else ', whose rate limit is not stated'}"


@dataclass(frozen=True)
class Memberships:
    """Memberships that a scenario's own senders need, and how many the network-wide cap leaves room for."""

    needed: int
    available: int
    rate_limit_per_epoch: float
    sender_exceeds_share: float
    """Share of draws in which a sender publishes more than its membership allows in the average epoch.

    Not at peak: the peak factor is that of people together, and does not mention one of them. A machine sends evenly.
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


def node_calls(component: str, nodes: Quantity, catalogue: CostCatalogue, draws: Draws) -> tuple[Calls, ...]:
    """Return what all nodes of `component` call, at an even rate; calls at a start or a change are left out.

    Raises `MissingEvidence` where no daily figure is known.
    """
    found = []
    for use in _usage(component, NODE_PERIODS, catalogue):
        per_day = use.calls * nodes * draws["assumption/polling_width"]
        found.append(Calls(_method(use), per_day, per_day / SECONDS_PER_DAY))
    return tuple(found)


def wallet_calls(component: str, clients: int, catalogue: CostCatalogue, draws: Draws) -> tuple[Calls, ...]:
    """Return what the wallets of all clients of `component` call while they are online. Raises `MissingEvidence`."""
    found = _usage(component, CLIENT_PERIODS, catalogue)
    return _while_online(found, clients, draws["assumption/estimated_width"], draws)


def member_calls(component: str, members: int, catalogue: CostCatalogue, draws: Draws) -> tuple[Calls, ...]:
    """Return what `members` with a node of `component` of their own call while it runs. Raises `MissingEvidence`."""
    found = _usage(component, NODE_PERIODS, catalogue)
    return _while_online(found, members, draws["assumption/polling_width"], draws)


def _while_online(uses: Iterable[RpcCalls], clients: int, width: Quantity, draws: Draws) -> tuple[Calls, ...]:
    """Spread calls of a day in use over clients; at peak more of them are online, at most all."""
    online = draws["assumption/client_online_share"]
    at_peak = computed(lambda share: np.minimum(share, 1.0), online * draws["assumption/peak_factor"])
    found = []
    for use in uses:
        all_day = use.calls * clients * width
        found.append(Calls(_method(use), all_day * online, all_day * at_peak / SECONDS_PER_DAY))
    return tuple(found)


def _usage(component: str, periods: frozenset[str], catalogue: CostCatalogue) -> list[RpcCalls]:
    found = [use for use in catalogue.rpc_usage if use.component == component and use.per in periods]
    if not found:
        raise MissingEvidence(f"daily RPC calls of '{component}'")
    return found


def _method(use: RpcCalls) -> str:
    return use.rpc_method.split()[0]


def credits_of(method: str, provider: str, chain: str, rows: Iterable[MethodCredits]) -> Quantity:
    """Return what `provider` counts for one call; the row of the method itself goes before a row for all methods."""
    usable = [row for row in rows if row.provider == provider and row.chain in CHAINS_COVERED[chain]]
    for name in (method, *ALL_METHODS):
        of_name = [row for row in usable if row.method == name]
        if of_name:
            return min(of_name, key=lambda row: CHAINS_COVERED[chain].index(row.chain)).credits
    raise MissingEvidence(f"credits that {provider} counts for {method}")


def subscription_cost(plan: RpcOffer, credits_per_day: Quantity, peak_per_s: Quantity, draws: Draws) -> Quantity:
    """Price calls in as many subscriptions of a plan as carry them, USD a month.

    Either as many as carry the calls, or as many as carry their rate at peak (`peak_per_s`, in the unit of the plan's
    rate limit), with the credits beyond one quota bought, where they are sold; whichever is cheaper. A free plan is had
    once, so that more than its quota is always bought where it is sold. Numbers of subscriptions are those of the mean
    month (`mean_whole`). A daily quota is compared with the need of a day: it cannot be carried over. Raises
    `MissingEvidence` if the plan states neither a quota nor a flat rate.
    """
    base, swing = drawn(plan.cost_usd_per_month, plan.provider, draws), draws["assumption/month_swing"]
    at_peak = _filled(plan, peak_per_s)
    if plan.is_flat_rate:
        return base * computed(mean_whole, at_peak, swing)
    quota, days = _quota(plan)
    each = plan.overage_usd_per_million_credits
    costs = []
    if quota > 0 and not (each is not None and plan.is_free):
        filled = computed(np.maximum, credits_per_day * (days / quota), at_peak)
        costs.append(base * computed(mean_whole, filled, swing))
    if each is not None:
        beyond = computed(lambda need: np.maximum(need - quota, 0.0), credits_per_day * days) * (DAYS_PER_MONTH / days)
        overage = drawn(plan.cost_usd_per_month * 0.0 + each / CREDITS_PER_UNIT, plan.provider, draws)
        costs.append(base * computed(mean_whole, at_peak, swing) + beyond * overage)
    if not costs:
        raise MissingEvidence(f"quota of {plan.plan_id}")
    return computed(lambda *values: np.minimum.reduce(np.broadcast_arrays(*values)), *costs)


def _quota(plan: RpcOffer) -> tuple[float, float]:
    """Return credits of a period and its days. Raises `MissingEvidence`."""
    if plan.included_credits_per_period is None:
        raise MissingEvidence(f"quota of {plan.plan_id}")
    return plan.included_credits_per_period, 1.0 if plan.included_period == "day" else DAYS_PER_MONTH


def _filled(plan: RpcOffer, peak_per_s: Quantity) -> Quantity:
    """Return how much of the rate limit of one subscription the calls at peak fill; nothing where none is stated."""
    return peak_per_s * 0.0 if plan.rate_limit is None else peak_per_s / plan.rate_limit


def free_share(plan: RpcOffer, credits_per_day: Quantity, peak_per_s: Quantity, draws: Draws) -> Quantity:
    """Return in which share of the months of a year one free plan carries the calls: it can be had once.

    Months vary as in `mean_whole`. Credits that are sold beyond the quota do not end a plan, its rate limit does.
    """
    filled = _filled(plan, peak_per_s)
    if not plan.is_flat_rate and plan.overage_usd_per_million_credits is None:
        quota, days = _quota(plan)
        filled = computed(np.maximum, filled, credits_per_day * (days / quota))

    def share(full: Value, swing: Value) -> Value:
        return np.clip((1.0 / np.maximum(full, 1e-9) - (1.0 - swing)) / (2.0 * swing), 0.0, 1.0)

    return computed(share, filled, draws["assumption/month_swing"])


def rpc_cost(calls: Iterable[Calls], chain: str, catalogue: CostCatalogue, draws: Draws) -> RpcCost:
    """Return what calls cost at the plan that is the cheapest in each draw. Raises `MissingEvidence` if none is known.

    A free plan costs nothing in the months in which it is enough, and what the cheapest paid plan costs in the others.
    """
    calls = tuple(calls)
    paid: list[tuple[RpcOffer, Quantity]] = []
    free: list[tuple[RpcOffer, Quantity, Quantity]] = []
    left_out = 0
    for plan in catalogue.rpc_plans:
        if not (plan.supports_linea if chain == LINEA else plan.supports_ethereum):
            continue
        try:
            need, peak = _in_units_of(plan, calls, chain, catalogue)
            cost = subscription_cost(plan, need, peak, draws)
            if not plan.is_free or _is_sold_by_use_alone(plan):
                paid.append((plan, cost))
            else:
                free.append((plan, cost, free_share(plan, need, peak, draws)))
        except MissingEvidence:
            left_out += 1
    choices = list(paid)
    if paid:
        cheapest = computed(lambda *costs: np.minimum.reduce(np.broadcast_arrays(*costs)), *(cost for _, cost in paid))
        choices += [
            (plan, computed(lambda cost, share, else_: share * cost + (1.0 - share) * else_, cost, share, cheapest))
            for plan, cost, share in free
        ]
    else:
        choices += [(plan, cost) for plan, cost, share in free if np.all(np.asarray(share.value) >= 1.0)]
    if not choices:
        raise MissingEvidence(f"price of an RPC plan on {chain} that carries the need ({left_out} without a quota)")
    # Where a free plan is of no use it costs what the cheapest paid one does, which is then named.
    frees = {plan.plan_id for plan, *_ in free}
    ordered = sorted(
        choices, key=lambda one: (one[0].plan_id in frees, GRADE_ORDER.index(one[1].basis.grade), one[0].plan_id)
    )
    stacked = np.stack(np.broadcast_arrays(*(np.asarray(cost.value) for _, cost in ordered)))
    choice = np.argmin(stacked, axis=0)
    taken = np.bincount(choice.ravel(), minlength=len(ordered))
    best = ordered[int(taken.argmax())][0]
    values = np.min(stacked, axis=0)
    first, *others = (cost for (_, cost), times in zip(ordered, taken, strict=True) if times)
    cost = first.having(values if values.ndim else float(values)).resting_on(*others)
    return RpcCost(cost, best.plan_id, best.rate_limit is not None, left_out)


def _in_units_of(
    plan: RpcOffer, calls: Iterable[Calls], chain: str, catalogue: CostCatalogue
) -> tuple[Quantity, Quantity]:
    """Return credits a day, and calls or credits a second at peak, as the plan counts them. Raises
    `MissingEvidence`."""

    def counted(call: Calls) -> Quantity:
        return credits_of(call.method, plan.provider, chain, catalogue.method_credits)

    calls = tuple(calls)
    per_day = total(call.per_day if plan.is_flat_rate else call.per_day * counted(call) for call in calls)
    if plan.rate_limit is None:
        return per_day, per_day * 0.0
    in_calls = plan.rate_limit_unit == REQUESTS
    return per_day, total(call.peak_per_s if in_calls else call.peak_per_s * counted(call) for call in calls)


def _is_sold_by_use_alone(plan: RpcOffer) -> bool:
    """Whether a plan without a fee includes nothing, so that it is no free plan."""
    return plan.overage_usd_per_million_credits is not None and not plan.included_credits_per_period


def memberships(scenario: Scenario, messages_per_sender_day: Quantity, draws: Draws) -> Memberships:
    """Count memberships: one for each own sender, against floor(cap / rate limit); raises `MissingEvidence`."""
    rate = draws[f"rln/{scenario.rln_rate_parameter}"]
    cap = draws[CAP]
    per_epoch = messages_per_sender_day * draws["rln/epoch_length"] / SECONDS_PER_DAY
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
