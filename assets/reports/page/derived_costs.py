"""How the numbers of costs are made: bills, their parts, and what is computed from a bill or stands beside it.

Belongs here: formulas in words, inputs, rows. Does not belong here: arithmetic (`assets.costs`), HTML.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

from assets.costs.bill import ALL_IN, COMPONENTS, INFRASTRUCTURE, MANAGED, SELF_MANAGED
from assets.costs.model import CONFIDENCE, USED_TOTALS
from assets.reports.page.basis import CellName, Derivation, Derive, Input, Place
from assets.reports.page.cells import Cells, row_key
from assets.reports.page.cost_rules import (
    BILL,
    CHANGED,
    ELSEWHERE,
    FULL,
    HELD_ALWAYS,
    HOSTED,
    MEMBERSHIP,
    NEXT,
    PARTS,
    SENSITIVITY,
    SUM,
)
from assets.reports.page.formats import word

COST, SUMMARY, LOAD, HELD = "scenario_cost", "cost_summary", "scenario_load", "cost_of_confidence"
CAPACITY = "archive_capacity"
MEAN, MIDDLE = "mean_usd_per_month", "p50_usd_per_month"
TOTALS = {INFRASTRUCTURE: (INFRASTRUCTURE,), ALL_IN: (INFRASTRUCTURE, ALL_IN)}
"""By total, the values of `counts_in` of its parts."""
MEMBERSHIPS = ("memberships_needed", "memberships_available")
SECOND, FULLEST = "second_times_cheapest", "fullest_share"
ERROR = "sampling_error_usd_per_month"

OF_NODES = (
    *("least_nodes", "peak_connections", "connections_per_node", "node_vcpus_each", "node_vcpus_shared"),
    *("node_memory_each_gib", "node_memory_shared_gib"),
)
OF_DATABASES = ("database_vcpus", "database_memory_shared_gib", "database_memory_each_gib", "archive_gb")
ASKED: Mapping[str, tuple[str, ...]] = {
    "compute": (*OF_NODES, *OF_DATABASES),
    "addresses": OF_NODES,
    "database": OF_DATABASES,
    "archive_storage": ("archive_gb",),
    "backups": ("archive_gb",),
    "egress": ("relay_egress_gb", "shared_egress_gb"),
    SELF_MANAGED: OF_DATABASES,
    MANAGED: OF_DATABASES,
}
"""By part of a bill, the amounts of `scenario_load` that its own amount comes from."""
HOST_PARTS = ("compute", "database", SELF_MANAGED)
ON_HOSTS = ("addresses", "archive_storage", "egress")
"""Parts whose amount depends on the number of hosts."""
PRICES = ("pricing__compute_offers/", "pricing__storage_and_egress_prices/", "pricing__managed_postgres_offers/")
ONLINE = ("costs__assumptions/client_online_share", "costs__assumptions/peak_factor")
"""What makes users into connections and minutes, which some sellers bill."""


class CostDerivations:
    """Says how numbers of costs are made."""

    def __init__(self, cells: Cells) -> None:
        self._cells = cells
        self.rules: dict[str, Derive] = {
            "compute_offer_history": self._price_change,
            "cost_alternatives": self._hosted,
            HELD: self._held,
            "cost_reality_checks": self._compared,
            "cost_sensitivity": self._driver,
            LOAD: self._load,
            SUMMARY: self._bill,
            COST: self._part,
        }

    def place_of(self, key: str, column: str) -> Place:
        """Return the place that says how a number of `cost_summary` is made."""
        if column in MEMBERSHIPS:
            return Place(SUMMARY, key, MEMBERSHIPS[0])
        if column == SECOND:
            return Place(SUMMARY, key, SECOND)
        if column == FULLEST:
            return Place(SUMMARY, key, FULLEST)
        total = next((name for name in TOTALS if column.startswith(f"{name}_")), None)
        if total is None and column == ERROR:
            total = USED_TOTALS["gates"]
        return self.total_of(key, total) if total else Place(SUMMARY, key)

    def part_of(self, place: Place) -> Derivation:
        """Return how a number of `cost_summary` is made that has a place of its own."""
        _, key, part = place
        if part == SECOND:
            return self._next(key)
        if part == FULLEST:
            return self._full(key)
        parameters = ("costs__rln_parameters/", "costs__scenarios/")
        return Derivation(MEMBERSHIP, rows=tuple(i for i in self._ids(SUMMARY, key) if i.startswith(parameters)))

    def total_of(self, key: str, total: str) -> Place:
        """Return the place of one of the totals of a row of `cost_summary`."""
        parts = self._cheapest.get(self._cell(SUMMARY, key), {})
        return Place(COST, parts[total]) if total in parts else Place(SUMMARY, key)

    def middle_of(self, label: str | CellName | Place, summary: str, total: str) -> Input:
        """Return the middle of a total of a row of `cost_summary` as what goes into another number."""
        return Input(
            label, CellName(SUMMARY, summary, f"{total}_p50_usd_per_month", "usd"), self.total_of(summary, total)
        )

    def asked(self, scenario: str, *names: str, with_rln: bool) -> tuple[Input, ...]:
        """Return amounts of `scenario_load`, those that are known."""
        found = (key for name in names for key in self._cells.keys(LOAD, scenario_id=scenario, quantity=name))
        return tuple(
            Input(
                CellName(LOAD, key, "title"),
                CellName(LOAD, key, "p50", "quantity"),
                Place(LOAD, key),
                ends=(CellName(LOAD, key, "p5", "quantity"), CellName(LOAD, key, "p95", "quantity")),
                unit=CellName(LOAD, key, "unit"),
            )
            for key in found
            if self._value(LOAD, key, "with_rln") == with_rln
        )

    def _users(self, scenario: str) -> tuple[Input, ...]:
        if self._value("scenarios", scenario, "active_users") is None:
            return ()
        return (
            Input(
                "active users", CellName("scenarios", scenario, "active_users", "count"), Place("scenarios", scenario)
            ),
        )

    def _cell(self, table: str, key: str) -> tuple[str, bool]:
        row = self._cells.row(table, key)
        return row["scenario_id"], bool(row.get("with_rln"))

    @cached_property
    def _by_place(self) -> Mapping[tuple[Any, ...], dict[str, str]]:
        """Keys of `scenario_cost` by component, by scenario, RLN, provider and region."""
        found: dict[tuple[Any, ...], dict[str, str]] = {}
        for key in self._cells.keys(COST):
            place = tuple(self._value(COST, key, name) for name in ("scenario_id", "with_rln", "provider", "region"))
            found.setdefault(place, {})[self._value(COST, key, "component")] = key
        return found

    @cached_property
    def _cheapest(self) -> Mapping[tuple[Any, ...], dict[str, str]]:
        """The same at the cheapest place, by scenario and RLN."""
        return {place[:2]: parts for place, parts in self._by_place.items() if self._is_cheapest(parts)}

    def _is_cheapest(self, parts: Mapping[str, str]) -> bool:
        return any(self._value(COST, key, "is_cheapest") for key in parts.values())

    def _of_bill(self, parts: Mapping[str, str], total: str = ALL_IN) -> dict[str, str]:
        """Return the parts of a total that cost something, in the order of the bill."""
        return {name: key for name, key in self._in_total(parts, total).items() if self._value(COST, key, MEAN)}

    def _in_total(self, parts: Mapping[str, str], total: str = ALL_IN) -> dict[str, str]:
        """Return the parts that a total accounts for, also those that cost nothing."""
        return {
            name: parts[name]
            for name in COMPONENTS
            if name in parts and self._value(COST, parts[name], "counts_in") in TOTALS[total]
        }

    def parts(self, parts: Mapping[str, str], figure: str = MEAN) -> tuple[Input, ...]:
        """Return parts of a bill with their means, or with another figure."""
        called = "mean" if figure == MEAN else "middle"
        return tuple(
            Input(f"{word(name)}, {called}", CellName(COST, key, figure, "usd"), self.place(key))
            for name, key in parts.items()
        )

    def place(self, key: str) -> Place:
        """Return the place of a part of a bill: that of the same part without RLN, where RLN changes nothing of it."""
        row = self._cells.row(COST, key)
        if row["with_rln"] and not (row["is_cheapest"] and row["is_total"]):
            without = self._by_place.get((row["scenario_id"], False, row["provider"], row["region"]), {})
            if (other := without.get(row["component"])) and self._same(key, other):
                return Place(COST, other)
        return Place(COST, key)

    def left(self, table: str, key: str, accounted: Iterable[str]) -> tuple[str, ...]:
        """Return what a row is based on besides these rows of `scenario_cost`."""
        told = {evidence_id for part in accounted for evidence_id in self._ids(COST, part)}
        return tuple(evidence_id for evidence_id in self._ids(table, key) if evidence_id not in told)

    def _bill(self, table: str, key: str) -> Derivation:
        parts = self._cheapest.get(self._cell(table, key), {})
        return Derivation(
            BILL if parts else "", self.parts(self._of_bill(parts)), self.left(table, key, parts.values())
        )

    def _part(self, table: str, key: str) -> Derivation:
        scenario, with_rln, provider, region, component = (
            self._value(table, key, name) for name in ("scenario_id", "with_rln", "provider", "region", "component")
        )
        if (place := self.place(key)).key != key:
            return Derivation(inputs=(Input("the same without RLN", CellName(COST, key, MEAN, "usd"), place),))
        parts = self._by_place[scenario, with_rln, provider, region]
        if component in TOTALS and not self._is_cheapest(parts):
            return self._elsewhere(key, component, parts)
        if component in TOTALS:
            inside = self._of_bill(parts, component)
            inputs = (
                Input("mean of the total", CellName(COST, key, MEAN, "usd")),
                *self.parts(inside),
                *self._users(scenario),
                *self.asked(scenario, "own_messages_per_month", with_rln=with_rln),
            )
            return Derivation(SUM, inputs, self.left(table, key, self._in_total(parts, component).values()))
        amount = self._amount(key)
        cheapest = self._cheapest.get((scenario, with_rln), {}).get(component)
        if cheapest is None or cheapest == key:
            asked = self.asked(scenario, *ASKED.get(component, ()), with_rln=with_rln)
            return Derivation(PARTS[component], (*amount, *asked), tuple(self._cells.all_evidence_ids(table, key)))
        usual = Input(
            "the same part at the cheapest place", CellName(COST, cheapest, MEAN, "usd"), self.place(cheapest)
        )
        told = set(self._ids(COST, cheapest))
        return Derivation(
            PARTS[component], (*amount, usual), tuple(row for row in self._ids(table, key) if row not in told)
        )

    def _amount(self, key: str) -> tuple[Input, ...]:
        """Return how much of a part is bought, on how many hosts, and the disk that each host has for itself."""
        row = self._cells.row(COST, key)
        if row["unit"] is None:
            return ()
        found = [("amount, mean of all draws", key)]
        if row["component"] in ON_HOSTS:
            bill = self._by_place[row["scenario_id"], row["with_rln"], row["provider"], row["region"]]
            found += [
                (f"{word(name)}, mean of all draws", bill[name]) for name in ("compute", "database") if name in bill
            ]
        amounts = [
            Input(
                label,
                CellName(COST, part, "quantity", "quantity"),
                None if part == key else self.place(part),
                unit=CellName(COST, part, "unit"),
            )
            for label, part in found
            if self._value(COST, part, "quantity") is not None
        ]
        disk = Input(
            "system disk of each host, GB",
            CellName("scenarios", row["scenario_id"], "host_disk_gb", "quantity"),
            Place("scenarios", row["scenario_id"]),
        )
        return (*amounts, disk) if row["component"] in HOST_PARTS else tuple(amounts)

    def _load(self, table: str, key: str) -> Derivation:
        row = self._cells.row(table, key)
        scenario, with_rln = self._cell(table, key)
        senders = Input(
            "senders", CellName("scenarios", scenario, "network_senders", "count"), Place("scenarios", scenario)
        )
        made_of = self.asked(scenario, *(row["made_of"] or ()), with_rln=with_rln)
        measured = self._capacities(row["quantity"], set(self._cells.all_evidence_ids(table, key)))
        return Derivation(
            row["rule"],
            (*self._users(scenario), senders, *made_of, *measured),
            tuple(self._cells.all_evidence_ids(table, key)),
        )

    def _capacities(self, amount: str, rows: set[str]) -> tuple[Input, ...]:
        """Return what was measured of a capacity: each size of archive with its interval."""
        workload = amount.removeprefix("capacity_").removesuffix("_per_s") if amount.startswith("capacity_") else ""
        found = [
            key
            for key in self._cells.keys(CAPACITY, workload=workload)
            if set(self._ids(CAPACITY, key)) <= rows and self._value(CAPACITY, key, "per_vcpu_per_s") is not None
        ]
        return tuple(
            Input(
                Place(CAPACITY, key),
                CellName(CAPACITY, key, "per_vcpu_per_s", "quantity"),
                Place(CAPACITY, key),
                ends=(
                    CellName(CAPACITY, key, "per_vcpu_per_s_low", "quantity"),
                    CellName(CAPACITY, key, "per_vcpu_per_s_high", "quantity"),
                ),
            )
            for key in found
        )

    def _elsewhere(self, key: str, total: str, parts: Mapping[str, str]) -> Derivation:
        """Return the parts of a bill at another place than the cheapest."""
        inside = self._of_bill(parts, total)
        inputs = (Input("mean of the total", CellName(COST, key, MEAN, "usd")), *self.parts(inside))
        return Derivation(ELSEWHERE, inputs, self.left(COST, key, self._in_total(parts, total).values()))

    def _same(self, one: str, other: str) -> bool:
        return self._ids(COST, one) == self._ids(COST, other) and self._value(COST, one, MEAN) == self._value(
            COST, other, MEAN
        )

    def _next(self, key: str) -> Derivation:
        scenario, with_rln = self._cell(SUMMARY, key)
        place = tuple(self._value(SUMMARY, key, name) for name in ("second_provider", "second_region"))
        bills = {
            "at the cheapest place": self._cheapest.get((scenario, with_rln), {}),
            "at the next cheapest": self._by_place.get((scenario, with_rln, *place), {}),
        }
        totals = [
            Input(label, CellName(COST, bill[INFRASTRUCTURE], MIDDLE, "usd"), self.place(bill[INFRASTRUCTURE]))
            for label, bill in bills.items()
            if INFRASTRUCTURE in bill and self._value(COST, bill[INFRASTRUCTURE], MIDDLE) is not None
        ]
        parts = [
            replace(part, label=f"{part.label}, {label}")
            for label, bill in bills.items()
            for part in self.parts(self._of_bill(bill, INFRASTRUCTURE))
        ]
        return Derivation(NEXT, (*totals, *parts))

    def _held(self, table: str, key: str) -> Derivation:
        """Return the servers that are held, with their prices, and the bill that they are compared with."""
        cell = self._cell(table, key)
        inputs = (
            Input("servers", CellName(table, key, "hosts")),
            Input("enough in, of a hundred draws", CellName(table, key, "confidence", "hundredths")),
            Input("their price, mean of all draws", CellName(table, key, "servers_usd_per_month", "usd")),
            self.middle_of("the bill in which servers follow the need", row_key(SUMMARY, cell), INFRASTRUCTURE),
        )
        besides = self.asked(cell[0], *OF_NODES, *OF_DATABASES, with_rln=cell[1])
        return Derivation(HELD_ALWAYS, (*inputs, *besides), self._prices(key))

    def _prices(self, key: str) -> tuple[str, ...]:
        """Return the prices that a row of `cost_of_confidence` is based on, but those of calls to a chain."""
        return tuple(row for row in self._ids(HELD, key) if row.startswith(PRICES))

    def _full(self, key: str) -> Derivation:
        scenario, with_rln = self._cell(SUMMARY, key)
        inputs = (
            Input("rented", CellName(SUMMARY, key, "rent")),
            Input("the fullest", CellName(SUMMARY, key, "fullest_role", "word")),
            *self.asked(scenario, *OF_NODES, *OF_DATABASES, with_rln=with_rln),
        )
        held = f"{key}|{CONFIDENCE}"
        return Derivation(FULL, inputs, self._prices(held) if held in self._cells.keys(HELD) else ())

    def _compared(self, table: str, key: str) -> Derivation:
        """Return what a comparison is made of: the parts of a bill and users, or all rows that it is based on."""
        rule, parts, own = (
            self._value(table, key, "rule"), self._value(table, key, "parts") or [], self._ids(table, key)
        )  # fmt: skip
        if not parts:
            return Derivation(rule, rows=own)
        scenario, with_rln = self._cell(table, key)
        bill = self._cheapest.get((scenario, with_rln), {})
        used = {name: bill[name] for name in parts if name in bill}
        return Derivation(
            rule, (*self.parts(used, MIDDLE), *self._users(scenario)), self.left(table, key, used.values())
        )

    def _hosted(self, table: str, key: str) -> Derivation:
        scenario = self._value(table, key, "scenario_id")
        bills = self._cells.keys(SUMMARY, scenario_id=scenario, with_rln=False)
        receivers = Input(
            "receivers of a message",
            CellName("scenarios", scenario, "receivers_per_message", "count"),
            Place("scenarios", scenario),
        )
        inputs = (
            *self._users(scenario),
            *self.asked(scenario, "own_messages_per_month", with_rln=False),
            receivers,
            *(self.middle_of("infrastructure run oneself", bill, USED_TOTALS["alternatives"]) for bill in bills),
        )
        told = {row for bill in bills for row in self._ids(SUMMARY, bill)} - set(ONLINE)
        return Derivation(HOSTED, inputs, tuple(row for row in self._ids(table, key) if row not in told))

    def _driver(self, table: str, key: str) -> Derivation:
        values = [("low end", "value_p5"), ("middle", "value_p50"), ("high end", "value_p95")]
        inputs = [
            Input(label, CellName(table, key, column, "quantity"))
            for label, column in values
            if self._value(table, key, column) is not None
        ]
        parts = self._cheapest.get(self._cell(table, key), {})
        total = parts.get(USED_TOTALS["sensitivity"])
        if total:
            inputs.append(
                Input("the bill, all in, mean of all draws", CellName(COST, total, MEAN, "usd"), Place(COST, total))
            )
            inputs += self.parts(self._of_bill(parts))
        return Derivation(SENSITIVITY, tuple(inputs), self._ids(table, key))

    def _price_change(self, table: str, key: str) -> Derivation:
        row = self._cells.row(table, key)
        offer = {name: row[name] for name in ("provider", "region", "instance_type")}
        earlier = [
            other
            for other in self._cells.keys(table, **offer)
            if self._value(table, other, "valid_from") < row["valid_from"]
        ]
        before = sorted(earlier, key=lambda other: str(self._value(table, other, "valid_from")))[-1:]
        inputs = tuple(
            Input(label, CellName(table, key, column, "usd"), rows=self._ids(table, offer_key))
            for label, column, offer_key in [
                *(("before", "previous_cost_usd_per_month", other) for other in before),
                ("now", "cost_usd_per_month", key),
            ]
        )
        return Derivation(CHANGED, inputs)

    def cheapest(self, scenario: str, component: str) -> dict[str, str]:
        """Return the key of a part of the cheapest bill without RLN by its component, none if it is not known."""
        parts = self._cheapest.get((scenario, False), {})
        return {component: parts[component]} if component in parts else {}

    def _ids(self, table: str, key: str) -> tuple[str, ...]:
        return tuple(self._cells.evidence_ids(table, key))

    def _value(self, table: str, key: str, column: str) -> Any:
        return self._cells.value(table, key, column)
