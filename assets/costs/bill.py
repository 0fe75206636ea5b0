"""The lines of a bill: what is bought, who pays it, in which totals it counts, and what each of them costs.

Belongs here: the bill of a scenario at one place, its parts in every draw and its two totals. Does not belong here:
comparing places (`model.py`), what hosts cost (`hosting.py`), prices of RPC and RLN (`rpc_and_rln.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np

from assets.costs import rpc_and_rln
from assets.costs.cheapest import Bought
from assets.costs.components import COMPONENTS, INFRASTRUCTURE, MANAGED, SELF_MANAGED
from assets.costs.draws import SCRAMBLES, Draws, QuantitySummary, summarise
from assets.costs.fleets import backup_gb
from assets.costs.hosting import Way
from assets.costs.inputs import DAYS_PER_MONTH, CostCatalogue
from assets.costs.places import ProviderRegion
from assets.costs.sizing import DATABASE, NODE, KeptArchive, Need, Needs, capacity_basis, scenario_basis
from assets.costs.whole import mean_whole
from assets.costs.workload import ScenarioLoad
from assets.evidence.quantity import Quantity, Value, computed, total
from assets.evidence.tables.costs import Scenario


@dataclass(frozen=True)
class BillLine:
    """One line of the bill: USD a month in every draw, the amount that is bought, and what was chosen."""

    cost_usd_per_month: Quantity
    amount: Quantity | None
    """What is bought, in the unit of the component. Of what a place decides: the mean over all draws."""
    note: str = ""
    choice_id: str | None = None


@dataclass(frozen=True)
class Bill:
    """The bill of a scenario at one place. Without parts where something is missing, which `missing` then names."""

    provider: str
    region: str
    place: ProviderRegion | None
    parts: Mapping[str, BillLine]
    databases: Mapping[str, BillLine]
    """One's own or hosted PostgreSQL with storage and backups, for comparison: one of them is in the parts."""
    missing: str
    missing_all_in: str = ""
    """What is not known of what users pay."""

    @cached_property
    def month(self) -> QuantitySummary | None:
        """The infrastructure in figures, None if a part is unknown."""
        cost = self.infrastructure
        return None if cost is None else summarise(cost.value, SCRAMBLES)

    @cached_property
    def users_pay(self) -> bool:
        """Whether users pay anything in any draw, of what is known."""
        return any(np.any(cost.value) for cost in self._costs(of_infrastructure=False))

    @property
    def infrastructure(self) -> Quantity | None:
        """The sum of what the operator pays in every draw, None if a part is unknown.

        Added up when it is asked for: draws of every place take memory.
        """
        own = self._costs(of_infrastructure=True)
        return total(own) if own else None

    @property
    def all_in(self) -> Quantity | None:
        """The sum of all parts in every draw, None if one is unknown; added up when it is asked for."""
        own = self.infrastructure
        if own is None or self.missing_all_in:
            return None
        return total((own, *self._costs(of_infrastructure=False))) if self.users_pay else own

    def _costs(self, *, of_infrastructure: bool) -> list[Quantity]:
        """Return the costs of the parts that the operator pays, or of all others."""
        return [
            part.cost_usd_per_month
            for name, part in self.parts.items()
            if COMPONENTS[name].is_infrastructure == of_infrastructure
        ]

    def total(self, name: str) -> Quantity | None:
        """Return one of the two totals."""
        return self.infrastructure if name == INFRASTRUCTURE else self.all_in


def place_parts(
    scenario: Scenario, place: ProviderRegion, bought: Bought, needs: Needs, load: ScenarioLoad, draws: Draws
) -> dict[str, BillLine]:
    """Return the parts of the bill that the place decides: USD a month in every draw, amounts as their mean."""
    none = scenario_basis(scenario) * 0.0
    archive = None if needs.database is None else needs.database.archive
    amounts: dict[str, Value] = {
        "compute": bought.hosts["compute"],
        "addresses": bought.hosts["compute"],
        "database": bought.hosts["database"],
        "archive_storage": bought.stored_gb,
        "backups": backup_gb(archive, draws).value if archive is not None else 0.0,
        "egress": bought.billed_gb,
    }
    notes = _notes(bought, archive, load, draws)
    choices = _choices(place, bought, archive)
    return {
        name: _part(bought.costs.get(name, none).resting_on(none), amount, notes[name], choices.get(name))
        for name, amount in amounts.items()
    }


def _part(cost: Quantity, amount: Value, note: str, choice_id: str | None) -> BillLine:
    """Return a part with the mean of its amount: tables print nothing else of it, and draws take memory."""
    return BillLine(cost, cost.having(float(np.mean(amount))), note, choice_id)


def _notes(bought: Bought, archive: KeptArchive | None, load: ScenarioLoad, draws: Draws) -> dict[str, str]:
    """Explain each part to a reader."""
    nodes, databases = _by_role(bought)
    notes = {
        "compute": _named(nodes),
        "addresses": "a public IPv4 address for each node, none for a host that is only a database",
        "egress": "beyond what the servers' prices include",
    }
    if archive is None:
        return notes | dict.fromkeys(("database", "archive_storage", "backups"), "no archive")
    stored = dict.fromkeys(
        "on volumes, not filled to the last byte" if np.any(way.fleet.stored_gb) else "on the servers' own disks"
        for way in bought.ways
        if way.role != NODE
    )
    notes["database"] = "databases run on the nodes"
    if databases:
        notes["database"] = f"{_named(databases)}; processors from {capacity_basis(load, draws)}"
    notes["archive_storage"] = " and ".join(stored)
    notes["backups"] = "one archive is backed up, however many copies run"
    return notes


def _choices(place: ProviderRegion, bought: Bought, archive: KeptArchive | None) -> dict[str, str | None]:
    """Return the ids of what is bought, by component; None where nothing is."""
    nodes, databases = _by_role(bought)
    return {
        "compute": "; ".join(dict.fromkeys(way.choice_id for way in nodes)),
        "database": "; ".join(dict.fromkeys(way.choice_id for way in databases)) or None,
        "addresses": place.address.price_id,
        "backups": place.backup.price_id if place.backup and archive is not None else None,
        "egress": "; ".join(tier.price_id for tier in place.tiers) if np.any(bought.billed_gb) else None,
    }


def _by_role(bought: Bought) -> tuple[list[Way], list[Way]]:
    """Return the ways to run nodes, with or without a database on the same host, and to run databases apart."""
    nodes = [way for way in bought.ways if way.role != DATABASE]
    return nodes, [way for way in bought.ways if way.role == DATABASE]


def _named(ways: Sequence[Way]) -> str:
    """Name the kind of host that is the cheapest on average, and say how many others are taken in some draws."""
    if not ways:
        return ""
    first, *others = ways
    more = len({(way.choice_id, way.role) for way in others} - {(first.choice_id, first.role)})
    also = f"; {more} other kind{'s' if more > 1 else ''} of host in some draws" if more else ""
    return f"cheapest on average: {first.choice_id} ({first.role}){also}"


def database_parts(bought: Bought) -> dict[str, BillLine]:
    """Return what a database costs that one runs oneself, and a hosted one: whichever the place sells."""
    return {
        MANAGED if way.is_managed else SELF_MANAGED: _part(
            total(way.costs.values()),
            way.fleet.hosts,
            f"database, its storage and backups: {way.choice_id}{_archive_on(way)}",
            way.choice_id,
        )
        for way in bought.databases
    }


def _archive_on(way: Way) -> str:
    if way.is_managed:
        return ""
    return ", the archive on the servers' own disks" if way.fleet.is_on_own_disks else ", the archive on volumes"


def rpc_part(scenario: Scenario, with_rln: bool, need: Need, catalogue: CostCatalogue, draws: Draws) -> BillLine:
    """Price what the nodes call, as many as connections take: nothing without RLN. Raises `MissingEvidence`."""
    of_nodes = partial(_node_calls, scenario, with_rln, need, catalogue, draws)
    return draws.once(("rpc", with_rln), of_nodes, scenario, need, catalogue)


def _node_calls(scenario: Scenario, with_rln: bool, need: Need, catalogue: CostCatalogue, draws: Draws) -> BillLine:
    """Price the calls of `rpc_part`, USD a month: whole nodes in the mean month, as many as `need` asks for at
    least."""
    basis = scenario_basis(scenario)
    component = scenario.node_rpc_component if with_rln else rpc_and_rln.WITHOUT_RLN
    whole = computed(mean_whole, need.connected_hosts, draws["assumption/month_swing"])
    calls = rpc_and_rln.node_calls(component, computed(np.maximum, whole, need.least_hosts), catalogue, draws)
    called = total(call.per_day for call in calls) * DAYS_PER_MONTH
    if not np.any(called.value):
        return BillLine(called * 0.0, called, "the nodes call no chain")
    cost = rpc_and_rln.rpc_cost(calls, scenario.rln_chain, catalogue, draws)
    left_out = f"{cost.left_out} plans left out, their quota or credits are not known"
    return BillLine(cost.cost_usd_per_month.resting_on(basis), called, f"{cost.note}; {left_out}", cost.plan_id)


def user_parts(
    scenario: Scenario, with_rln: bool, held: rpc_and_rln.Memberships | None, catalogue: CostCatalogue, draws: Draws
) -> dict[str, BillLine]:
    """Return what users pay: memberships and calls of their own software. Raises `MissingEvidence`."""
    basis = scenario_basis(scenario)
    nothing = BillLine(basis * 0.0, basis * 0.0, "no memberships without RLN")
    parts = {"rln_gas": nothing, "capital_cost": nothing, "rpc_rln_clients": nothing}
    parts["rpc_wallet"] = BillLine(basis * 0.0, basis * 0.0, "no wallets in this scenario")
    if held is not None:
        gas = rpc_and_rln.gas_per_month(scenario, draws)
        parts["rln_gas"] = BillLine(
            (gas * rpc_and_rln.usd_per_gas(scenario.rln_chain, draws)).resting_on(basis, held.deposit_usd),
            gas,
            f"{held.needed:,} x membership, registered once, extended {scenario.rln_extensions} x",
        )
        parts["capital_cost"] = BillLine(
            rpc_and_rln.capital_cost(held.deposit_usd, draws).resting_on(basis),
            held.deposit_usd,
            "what the refundable deposits could earn elsewhere; the deposits themselves come back and are no cost",
        )
    if scenario.active_users and with_rln:
        members = scenario.own_senders
        called = partial(rpc_and_rln.member_calls, scenario.node_rpc_component, members)
        note = f"{members:,} members, each with a node that checks the list of members while it runs"

        def of_members() -> BillLine:
            return _called(called(catalogue, draws), scenario.rln_chain, note, scenario, catalogue, draws)

        parts["rpc_rln_clients"] = draws.once("calls of members", of_members, scenario, catalogue)
    if scenario.active_users and scenario.client_rpc_component:
        wallets = partial(rpc_and_rln.wallet_calls, scenario.client_rpc_component, scenario.active_users)
        about = "calls of wallets, which messages do not need"

        def of_wallets() -> BillLine:
            return _called(wallets(catalogue, draws), rpc_and_rln.ETHEREUM, about, scenario, catalogue, draws)

        parts["rpc_wallet"] = draws.once("calls of wallets", of_wallets, scenario, catalogue)
    return parts


def _called(
    calls: tuple[rpc_and_rln.Calls, ...],
    of_chain: str,
    note: str,
    scenario: Scenario,
    catalogue: CostCatalogue,
    draws: Draws,
) -> BillLine:
    """Price what users' software calls, USD a month; `note` says whose. Raises `MissingEvidence`."""
    cost = rpc_and_rln.rpc_cost(calls, of_chain, catalogue, draws)
    per_month = total(call.per_day for call in calls) * DAYS_PER_MONTH
    basis = scenario_basis(scenario)
    return BillLine(cost.cost_usd_per_month.resting_on(basis), per_month, f"{note}; {cost.note}", cost.plan_id)
