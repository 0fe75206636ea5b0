"""How the numbers of costs are made: bills, their parts, and what is computed from a bill or stands beside it.

Belongs here: formulas in words, inputs, rows. Does not belong here: arithmetic (`assets.costs`), HTML.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

from assets.costs.components import ALL_IN, COMPONENTS, CONFIDENCE, INFRASTRUCTURE, MANAGED, SELF_MANAGED, USED_TOTALS
from assets.reports.page.basis import CellName, Derivation, Derive, Input, Place
from assets.reports.page.cells import Cells
from assets.reports.page.cost_rules import (
    BILL,
    ELSEWHERE,
    FULL,
    MEMBERSHIP,
    NEXT,
    PARTS,
    SUM,
)
from assets.reports.page.derived_loads import ASKED, NEEDS, OF_DATABASES, OF_NODES, SCENARIOS, LoadDerivations
from assets.reports.page.formats import word

COST, SUMMARY, HELD = "scenario_cost", "cost_summary", "cost_of_confidence"
MEAN, MIDDLE = "mean_usd_per_month", "p50_usd_per_month"
TOTALS = {INFRASTRUCTURE: (INFRASTRUCTURE,), ALL_IN: (INFRASTRUCTURE, ALL_IN)}
"""By total, the values of `counts_in` of its parts."""
MEMBERSHIPS = ("memberships_needed", "memberships_available")
SECOND, FULLEST = "second_times_cheapest", "fullest_share"
ERROR = "sampling_error_usd_per_month"

HOST_PARTS = ("compute", "database", SELF_MANAGED)
WITH_STORAGE = (SELF_MANAGED, MANAGED)
"""Databases by themselves, with what they store."""
ON_HOSTS = ("addresses", "archive_storage", "egress")
"""Parts whose amount depends on the number of hosts."""
SWING = "costs__assumptions/month_swing"
"""How far months differ: it makes hosts whole in each month, besides what it does to what a scenario asks for."""
PRICES = ("pricing__compute_offers/", "pricing__storage_and_egress_prices/", "pricing__managed_postgres_offers/")


class CostDerivations:
    """Says how numbers of costs are made."""

    def __init__(self, cells: Cells, loads: LoadDerivations) -> None:
        self._cells, self._loads = cells, loads
        self.rules: dict[str, Derive] = {
            SUMMARY: self._bill,
            COST: self._part,
        }

        self.places: dict[str, Callable[[str, str], Place]] = {
            COST: lambda key, _column: self.place(key),
            SUMMARY: self._summary_place,
        }
        """By table, the place that says how a number is made, from the key and the column."""
        self.parts_of: dict[str, Callable[[Place], Derivation]] = {
            SUMMARY: self._summary_part,
        }
        """By table, how a number is made that has a place of its own."""

    def _summary_place(self, key: str, column: str) -> Place:
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

    def _summary_part(self, place: Place) -> Derivation:
        _, key, part = place
        if part == SECOND:
            return self._next(key)
        if part == FULLEST:
            return self._full(key)
        parameters = ("costs__rln_parameters/", "costs__scenarios/")
        return Derivation(MEMBERSHIP, rows=tuple(i for i in self._ids(SUMMARY, key) if i.startswith(parameters)))

    def total_of(self, key: str, total: str) -> Place:
        """Return the place of one of the totals of a row of `cost_summary`."""
        parts = self._cheapest.get(self.cell(SUMMARY, key), {})
        return Place(COST, parts[total]) if total in parts else Place(SUMMARY, key)

    def middle_of(self, label: str | CellName | Place, summary: str, total: str) -> Input:
        """Return the middle of a total of a row of `cost_summary` as what goes into another number."""
        return Input(
            label, CellName(SUMMARY, summary, f"{total}_p50_usd_per_month", "usd"), self.total_of(summary, total)
        )

    def cell(self, table: str, key: str) -> tuple[str, bool]:
        """Return scenario and RLN of a row."""
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

    def of_bill(self, parts: Mapping[str, str], total: str = ALL_IN) -> dict[str, str]:
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
        parts = self._cheapest.get(self.cell(table, key), {})
        return Derivation(BILL if parts else "", self.parts(self.of_bill(parts)), self.left(table, key, parts.values()))

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
            inside = self.of_bill(parts, component)
            inputs = (
                *self._total(key),
                *self.parts(inside),
                *self._loads.users(scenario),
                *self._loads.asked(scenario, "own_messages_per_month", with_rln=with_rln),
            )
            return Derivation(SUM, inputs, self.left(table, key, self._in_total(parts, component).values()))
        amount = self._amount(key)
        if component in WITH_STORAGE:
            mean = Input("mean of all of it", CellName(COST, key, MEAN, "usd"))
            amount = (mean, *amount)
        cheapest = self._cheapest.get((scenario, with_rln), {}).get(component)
        if cheapest is None or cheapest == key or component in WITH_STORAGE:
            asked = self._loads.asked(scenario, *ASKED.get(component, ()), with_rln=with_rln)
            return Derivation(PARTS[component], (*amount, *asked), tuple(self._cells.all_evidence_ids(table, key)))
        told = self._loads.evidence(scenario, with_rln=with_rln) - {SWING}
        rows = tuple(row for row in self._ids(table, key) if row not in told)
        return Derivation(PARTS[component], (*amount, self._needs(scenario, with_rln)), rows)

    @staticmethod
    def _needs(scenario: str, with_rln: bool) -> Input:
        return Input("what the scenario asks for", leads_to=Place(SCENARIOS, scenario, NEEDS[with_rln]))

    def _total(self, key: str) -> tuple[Input, ...]:
        """Return the middle of a total with its ends, and its mean."""
        ends = (CellName(COST, key, "p5_usd_per_month", "usd"), CellName(COST, key, "p95_usd_per_month", "usd"))
        return (
            Input("middle of the total", CellName(COST, key, MIDDLE, "usd"), ends=ends),
            Input("mean of the total", CellName(COST, key, MEAN, "usd")),
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
            CellName(SCENARIOS, row["scenario_id"], "host_disk_gb", "quantity"),
            Place(SCENARIOS, row["scenario_id"]),
        )
        return (*amounts, disk) if row["component"] in HOST_PARTS else tuple(amounts)

    def _elsewhere(self, key: str, total: str, parts: Mapping[str, str]) -> Derivation:
        """Return the parts of a bill at another place than the cheapest."""
        inside = self.of_bill(parts, total)
        scenario, with_rln = self.cell(COST, key)
        inputs = (*self._total(key), *self.parts(inside), self._needs(scenario, with_rln))
        return Derivation(ELSEWHERE, inputs, self.left(COST, key, self._in_total(parts, total).values()))

    def _same(self, one: str, other: str) -> bool:
        return self._ids(COST, one) == self._ids(COST, other) and self._value(COST, one, MEAN) == self._value(
            COST, other, MEAN
        )

    def _next(self, key: str) -> Derivation:
        scenario, with_rln = self.cell(SUMMARY, key)
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
            for part in self.parts(self.of_bill(bill, INFRASTRUCTURE))
        ]
        return Derivation(NEXT, (*totals, *parts))

    def prices_held(self, key: str) -> tuple[str, ...]:
        """Return the prices that a row of `cost_of_confidence` is based on, but those of calls to a chain."""
        return tuple(row for row in self._ids(HELD, key) if row.startswith(PRICES))

    def _full(self, key: str) -> Derivation:
        scenario, with_rln = self.cell(SUMMARY, key)
        inputs = (
            Input("rented", CellName(SUMMARY, key, "rent")),
            Input("the fullest", CellName(SUMMARY, key, "fullest_role", "word")),
            *self._loads.asked(scenario, *OF_NODES, *OF_DATABASES, with_rln=with_rln),
        )
        held = f"{key}|{CONFIDENCE}"
        return Derivation(FULL, inputs, self.prices_held(held) if self._cells.has(HELD, held) else ())

    def bill(self, scenario: str, with_rln: bool) -> dict[str, str]:
        """Return the keys of the cheapest bill by component, none if it is not known."""
        return self._cheapest.get((scenario, with_rln), {})

    def _ids(self, table: str, key: str) -> tuple[str, ...]:
        return tuple(self._cells.evidence_ids(table, key))

    def _value(self, table: str, key: str, column: str) -> Any:
        return self._cells.value(table, key, column)
