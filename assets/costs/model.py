"""What it costs a month to self-host a scenario: five components, one provider, with and without RLN (point estimate).

Belongs here: the estimate of a scenario from inputs that were read before, and the choice of its provider.
Does not belong here: hosts and traffic (`sizing.py`), RPC and RLN (`chain.py`), tables of results (`frames.py`).
Something needed and not known makes a component, and with it the total, `unknown` with a reason; never zero.
The formulas with their sources and worked examples are in docs/costs.md.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from assets.costs import sizing
from assets.costs.chain import (
    WITHOUT_RLN,
    Memberships,
    cheapest_plan,
    daily_calls,
    gas_per_membership_month,
    memberships,
    usd_per_gas,
)
from assets.costs.inputs import DAYS_PER_MONTH, CostInputs
from assets.evidence.quantity import MissingEvidence, Quantity, total
from assets.evidence.tables.costs import Scenario

COMPONENT_UNITS = {
    "compute": "hosts",
    "archive_storage": "GB",
    "egress": "GB a month",
    "rpc": "calls a month",
    "rln_gas": "gas a month",
}
"""The five components, in the order of the bill, and the unit of what is bought."""


@dataclass(frozen=True)
class CostComponent:
    """One part of the bill. Its cost is None where it is unknown; `explanation` then says what is missing."""

    component: str
    cost_usd_per_month: Quantity | None
    quantity: float | None
    explanation: str
    provider: str | None = None
    choice_id: str | None = None

    @property
    def unit(self) -> str:
        """The unit of `quantity`."""
        return COMPONENT_UNITS[self.component]


@dataclass(frozen=True)
class ProviderEstimate:
    """What one provider in one region takes for servers, archive and egress; no components if something is missing."""

    provider: str
    region: str
    components: tuple[CostComponent, ...]
    missing: str

    @property
    def cost_usd_per_month(self) -> Quantity | None:
        """The sum of the three, None if it is unknown."""
        return _sum_of(self.components)


@dataclass(frozen=True)
class ScenarioEstimate:
    """A scenario's bill. `components` holds all five, `providers` every region of a provider that was looked at."""

    scenario: Scenario
    with_rln: bool
    components: tuple[CostComponent, ...]
    providers: tuple[ProviderEstimate, ...]
    messages_per_month: Quantity | None
    """Messages of the scenario's own senders."""
    memberships: Memberships | None
    """None without RLN, or where something is missing."""
    missing: tuple[str, ...]

    @property
    def provider(self) -> str | None:
        """The provider of servers, archive and egress."""
        return self.components[0].provider

    @property
    def cost_usd_per_month(self) -> Quantity | None:
        """The sum of all components, None if one is unknown."""
        return _sum_of(self.components)

    @property
    def is_feasible(self) -> bool | None:
        """Whether memberships allow the scenario as specified; None where that is unknown."""
        if not self.with_rln:
            return True
        return not self.memberships.obstacles if self.memberships else None

    @property
    def reason(self) -> str:
        """What is missing; why it cannot run as specified; which prices could not be compared."""
        parts = ["missing: " + "; ".join(self.missing)] if self.missing else []
        parts.extend(self.memberships.obstacles if self.memberships else ())
        left_out = Counter(found.missing for found in self.providers if found.missing)
        if left_out:
            named = ", ".join(f"{what} ({count})" for what, count in sorted(left_out.items()))
            parts.append(f"{left_out.total()} of {len(self.providers)} provider regions left out for want of: {named}")
        return "; ".join(parts)


def estimate(scenario: Scenario, with_rln: bool, inputs: CostInputs) -> ScenarioEstimate:
    """Estimate the monthly cost of `scenario`; never raises for missing evidence, see `ScenarioEstimate.missing`."""
    missing: list[str] = []
    components: list[CostComponent] = []
    providers: tuple[ProviderEstimate, ...] = ()
    messages = held = None
    try:
        sent = sizing.traffic(scenario, with_rln, inputs)
        messages = sent.own_messages_per_month.resting_on(_basis(scenario))
        providers = compare_providers(scenario, sent, inputs)
        components.extend(_cheapest(providers).components)
    except MissingEvidence as unknown:
        missing.append(str(unknown))
        components.extend(_unknown(name, unknown) for name in ("compute", "archive_storage", "egress"))
    try:
        components.append(_rpc(scenario, with_rln, inputs))
    except MissingEvidence as unknown:
        missing.append(str(unknown))
        components.append(_unknown("rpc", unknown))
    try:
        held = memberships(scenario, inputs) if with_rln else None
        components.append(_rln_gas(scenario, held, inputs))
    except MissingEvidence as unknown:
        missing.append(str(unknown))
        components.append(_unknown("rln_gas", unknown))
    return ScenarioEstimate(
        scenario, with_rln, tuple(components), providers, messages, held, tuple(dict.fromkeys(missing))
    )


def compare_providers(scenario: Scenario, sent: sizing.Traffic, inputs: CostInputs) -> tuple[ProviderEstimate, ...]:
    """Price servers, archive and egress at every provider and region that rents servers.

    All hosts are with one provider in one region. Raises `MissingEvidence` if the size of the archive is unknown.
    """
    needs = sizing.host_needs(scenario, sent)
    archive = sizing.archive_gb(scenario, inputs)
    places = sorted({(offer.provider, offer.region) for offer in inputs.offers})
    found = []
    for provider, region in places:
        try:
            components, missing = _hosting(provider, region, scenario, needs, archive, inputs), ""
        except MissingEvidence as unknown:
            components, missing = (), str(unknown)
        found.append(ProviderEstimate(provider, region, components, missing))
    return tuple(found)


def _cheapest(providers: Iterable[ProviderEstimate]) -> ProviderEstimate:
    priced = [(cost.value, found.provider, found) for found in providers if (cost := found.cost_usd_per_month)]
    if not priced:
        raise MissingEvidence("a provider with a price for all servers, archive and egress")
    return min(priced, key=lambda candidate: candidate[:2])[2]


def _hosting(
    provider: str,
    region: str,
    scenario: Scenario,
    needs: tuple[sizing.HostNeed, ...],
    archive: Quantity | None,
    inputs: CostInputs,
) -> tuple[CostComponent, ...]:
    """The three components that one provider sells; raises `MissingEvidence` for a price that is needed and unknown."""
    offers = [offer for offer in inputs.offers if (offer.provider, offer.region) == (provider, region)]
    volume = sizing.cheapest_volume(p for p in inputs.volume_prices if sizing.covers(p, provider, region))
    tiers = [tier for tier in inputs.egress_tiers if sizing.covers(tier, provider, region)]
    basis = _basis(scenario)

    chosen = [sizing.cheapest_host(need, scenario, offers, volume) for need in needs]
    hosts = total(cost * need.hosts for need, (_, cost) in zip(needs, chosen, strict=True))
    compute = CostComponent(
        "compute",
        hosts.resting_on(_basis(scenario, *(f"costs__node_requirements/{row_id}" for row_id in scenario.sizing_basis))),
        float(sum(need.hosts for need in needs)),
        ", ".join(
            f"{need.hosts} x {offer.offer_id} at USD {cost.value:,.2f} ({need.role})"
            for need, (offer, cost) in zip(needs, chosen, strict=True)
        ),
        provider,
        "; ".join(dict.fromkeys(offer.offer_id for offer, _ in chosen)),
    )

    if archive is None:
        storage = CostComponent("archive_storage", basis * 0.0, 0.0, "no archive", provider)
    elif volume is None:
        raise MissingEvidence("price of a volume for the archive")
    else:
        storage = CostComponent(
            "archive_storage",
            (archive * volume.cost_usd_per_gb_month).resting_on(basis),
            archive.value,
            f"{archive.value:,.1f} GB at USD {volume.cost_usd_per_gb_month.value:.4f} a GB and month",
            provider,
            volume.price_id,
        )

    billed = sizing.billed_egress_gb(needs, [offer for offer, _ in chosen])
    sent = total(need.egress_gb_per_host * need.hosts for need in needs if need.egress_gb_per_host)
    egress = CostComponent(
        "egress",
        sizing.tiered_cost(billed, tiers).resting_on(basis),
        sent.value,
        f"{sent.value:,.1f} GB sent, {billed.value:,.1f} GB of it beyond what the servers' prices include",
        provider,
        "; ".join(tier.price_id for tier in tiers) if billed.value > 0 else None,
    )
    return compute, storage, egress


def _rpc(scenario: Scenario, with_rln: bool, inputs: CostInputs) -> CostComponent:
    nodes = scenario.relay_nodes + scenario.store_nodes
    calls = daily_calls(scenario.node_rpc_component if with_rln else WITHOUT_RLN, inputs)
    per_month = total(use.calls for use in calls) * nodes * DAYS_PER_MONTH
    if per_month.value == 0:
        return CostComponent("rpc", per_month.resting_on(_basis(scenario)), 0.0, "the nodes call no chain")
    choice = cheapest_plan(calls, nodes, scenario.rln_chain, inputs)
    return CostComponent(
        "rpc",
        choice.cost_usd_per_month.resting_on(_basis(scenario)),
        per_month.value,
        f"{nodes} nodes x {per_month.value / nodes / DAYS_PER_MONTH:,.0f} calls a day in plan {choice.plan.plan_id}; "
        f"{choice.left_out} plans left out, their quota or credits are not known",
        choice.plan.provider,
        choice.plan.plan_id,
    )


def _rln_gas(scenario: Scenario, held: Memberships | None, inputs: CostInputs) -> CostComponent:
    basis = _basis(scenario)
    if held is None:
        return CostComponent("rln_gas", basis * 0.0, 0.0, "no memberships without RLN")
    gas = gas_per_membership_month(scenario, inputs) * held.needed
    return CostComponent(
        "rln_gas",
        (gas * usd_per_gas(scenario.rln_chain, inputs)).resting_on(
            basis, held.rate_limit_per_epoch, held.messages_per_sender_epoch, held.deposit_usd
        ),
        gas.value,
        f"{held.needed:,} x membership, registered once, extended {scenario.rln_extensions} x; "
        f"USD {held.deposit_usd.value:,.0f} of refundable deposits is capital, not part of the cost",
        scenario.rln_chain,
    )


def _unknown(component: str, unknown: MissingEvidence) -> CostComponent:
    return CostComponent(component, None, None, f"unknown, missing: {unknown}")


def _basis(scenario: Scenario, *further_ids: str) -> Quantity:
    """The scenario as evidence: every figure rests on its assumptions."""
    return Quantity(1.0, scenario.grade, (f"costs__scenarios/{scenario.id}", *further_ids))


def _sum_of(components: tuple[CostComponent, ...]) -> Quantity | None:
    known = [component.cost_usd_per_month for component in components if component.cost_usd_per_month is not None]
    return total(known) if known and len(known) == len(components) else None
