"""How the numbers of costs are made: bills, their parts, and what is computed from a bill or stands beside it.

Belongs here: formulas in words, inputs, rows. Does not belong here: arithmetic (`assets.costs`), HTML.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

from assets.costs.bill import ALL_IN, COMPONENTS, INFRASTRUCTURE
from assets.costs.model import USED_TOTALS
from assets.reports.basis import CellName, Derivation, Derive, Input, Place
from assets.reports.cells import Cells
from assets.reports.formats import word

COST, SUMMARY, MEAN = "scenario_cost", "cost_summary", "mean_usd_per_month"
TOTALS = {INFRASTRUCTURE: (INFRASTRUCTURE,), ALL_IN: (INFRASTRUCTURE, ALL_IN)}
"""By total, the values of `counts_in` of its parts."""
MEMBERSHIPS = ("memberships_needed", "memberships_available")
MOST_AT_ONCE = 20
"""Rows and places of the parts of a bill elsewhere that stand in one list."""

SUM = "The sum of these parts in every draw. Means add up; middles and ends of the draws do not."
ELSEWHERE = (
    "The sum of the same parts as at the cheapest place, at the prices of this place. Means add up; middles and ends "
    "of the draws do not."
)
BILL = (
    "All in is the sum of these parts in every draw, of which the means are shown; infrastructure is the sum of those "
    "that whoever runs the fleet pays."
)
PART = "An amount times its price in every draw. Amount and price are drawn from these rows."
CONFIDENCE = "The same bill, with servers chosen to be large enough in this share of all draws."
SENSITIVITY = (
    "The bill with this input at its low and at its high end and all others in the middle. The share of uncertainty is "
    "its total Sobol index."
)
HOSTED = (
    "The published prices, tier by tier, for the users and messages of the scenario; over the bill of self-hosting."
)
COMPARED = "The model’s figure beside what is known from these rows."
MEMBERSHIP = "One membership for each sender, against the rate that the network allows in all over the rate of one."


class CostDerivations:
    """Says how numbers of costs are made."""

    def __init__(self, cells: Cells) -> None:
        self._cells = cells
        self.rules: dict[str, Derive] = {
            "cost_alternatives": self._hosted,
            "cost_of_confidence": lambda table, key: self._beside_bill(table, key, CONFIDENCE),
            "cost_reality_checks": lambda table, key: self._beside_bill(table, key, COMPARED),
            "cost_sensitivity": self._driver,
            SUMMARY: self._bill,
            COST: self._part,
        }

    def total_of(self, key: str, total: str) -> Place:
        """Return the place of one of the totals of a row of `cost_summary`."""
        cell = (self._value(SUMMARY, key, "scenario_id"), self._value(SUMMARY, key, "with_rln"))
        parts = self._cheapest.get(cell, {})
        return Place(COST, parts[total]) if total in parts else Place(SUMMARY, key)

    def memberships(self, table: str, key: str) -> Derivation:
        """Return how many memberships are needed and allowed, of a row of `cost_summary`."""
        parameters = ("costs__rln_parameters/", "costs__scenarios/")
        return Derivation(MEMBERSHIP, rows=tuple(i for i in self._ids(table, key) if i.startswith(parameters)))

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

    def parts(self, parts: Mapping[str, str]) -> tuple[Input, ...]:
        return tuple(
            Input(word(name), CellName(COST, key, MEAN, "usd"), self.place(key)) for name, key in parts.items()
        )

    def place(self, key: str) -> Place:
        """Return the place of a part of a bill: that of the same part without RLN, where RLN changes nothing of it."""
        row = self._cells.row(COST, key)
        if row["with_rln"] and row["component"] not in TOTALS:
            without = self._by_place.get((row["scenario_id"], False, row["provider"], row["region"]), {})
            if (other := without.get(row["component"])) and self._same(key, other):
                return Place(COST, other)
        return Place(COST, key)

    def left(self, table: str, key: str, accounted: Iterable[str]) -> tuple[str, ...]:
        """Return what a row rests on besides these rows of `scenario_cost`."""
        told = {evidence_id for part in accounted for evidence_id in self._ids(COST, part)}
        return tuple(evidence_id for evidence_id in self._ids(table, key) if evidence_id not in told)

    def _bill(self, table: str, key: str) -> Derivation:
        cell = (self._value(table, key, "scenario_id"), self._value(table, key, "with_rln"))
        parts = self._cheapest.get(cell, {})
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
            return self._elsewhere(key, component, parts, (scenario, with_rln))
        if component in TOTALS:
            inside = self._of_bill(parts, component)
            return Derivation(SUM, self.parts(inside), self.left(table, key, self._in_total(parts, component).values()))
        return Derivation(PART, rows=tuple(self._cells.all_evidence_ids(table, key)))

    def _union(self, keys: Iterable[str]) -> set[str]:
        return {evidence_id for key in keys for evidence_id in self._ids(COST, key)}

    def _elsewhere(self, key: str, total: str, parts: Mapping[str, str], cell: tuple[Any, ...]) -> Derivation:
        """Return the parts of a bill at another place than the cheapest, each with the rows that differ."""
        cheapest = self._cheapest.get(cell, {})
        scenario, with_rln = cell
        place = tuple(self._value(COST, key, name) for name in ("provider", "region"))
        without = self._by_place.get((scenario, False, *place), {}) if with_rln else {}
        inputs: list[Input] = []
        listed = 0
        if total in without and self._value(COST, without[total], MEAN) is not None:
            inputs.append(
                Input("the bill without RLN", CellName(COST, without[total], MEAN, "usd"), Place(COST, without[total]))
            )
        for name, part in self._of_bill(parts, total).items():
            if inputs and name in without and self._same(part, without[name]):
                continue
            usual = self._union([cheapest[name]]) if name in cheapest else set()
            cell_of_part = CellName(COST, part, MEAN, "usd")
            own = tuple(row for row in self._ids(COST, part) if row not in usual)
            listed += len(own) + 1
            if listed > MOST_AT_ONCE:  # too many to stand in one list: they stand under the part itself
                inputs.append(Input(word(name), cell_of_part, Place(COST, part)))
            else:
                usually = self.place(cheapest[name]) if name in cheapest else None
                inputs.append(Input(word(name), cell_of_part, usually, own))
        accounted = [*self._in_total(parts, total).values(), *self._in_total(cheapest, total).values()]
        return Derivation(ELSEWHERE, tuple(inputs), self.left(COST, key, accounted))

    def _same(self, one: str, other: str) -> bool:
        return self._ids(COST, one) == self._ids(COST, other) and self._value(COST, one, MEAN) == self._value(
            COST, other, MEAN
        )

    def _beside_bill(self, table: str, key: str, formula: str) -> Derivation:
        """Return what a figure rests on that is computed from a bill, or stands beside it."""
        with_rln = self._cells.row(table, key).get("with_rln")
        parts = self._cheapest.get((self._value(table, key, "scenario_id"), bool(with_rln)), {})
        own = set(self._ids(table, key))
        used = {name: part for name, part in self._of_bill(parts).items() if set(self._ids(COST, part)) <= own}
        return Derivation(formula, self.parts(used), self.left(table, key, used.values()))

    def _hosted(self, table: str, key: str) -> Derivation:
        bills = self._cells.keys(SUMMARY, scenario_id=self._value(table, key, "scenario_id"), with_rln=False)
        inputs = tuple(
            Input(
                "the bill of self-hosting",
                CellName(SUMMARY, bill, f"{USED_TOTALS['alternatives']}_p50_usd_per_month", "usd"),
                self.total_of(bill, USED_TOTALS["alternatives"]),
            )
            for bill in bills
        )
        told = {row for bill in bills for row in self._ids(SUMMARY, bill)}
        return Derivation(HOSTED, inputs, tuple(row for row in self._ids(table, key) if row not in told))

    def _driver(self, table: str, key: str) -> Derivation:
        cell = (self._value(table, key, "scenario_id"), self._value(table, key, "with_rln"))
        values = [("low end", "value_p5"), ("middle", "value_p50"), ("high end", "value_p95")]
        inputs = [
            Input(label, CellName(table, key, column, "quantity"))
            for label, column in values
            if self._value(table, key, column) is not None
        ]
        total = self._cheapest.get(cell, {}).get(USED_TOTALS["sensitivity"])
        bill = [Input("the bill", CellName(COST, total, MEAN, "usd"), Place(COST, total))] if total else []
        return Derivation(SENSITIVITY, (*inputs, *bill), self._ids(table, key))

    def cheapest(self, scenario: str, component: str) -> dict[str, str]:
        """Return the key of a part of the cheapest bill without RLN by its component, none if it is not known."""
        parts = self._cheapest.get((scenario, False), {})
        return {component: parts[component]} if component in parts else {}

    def _ids(self, table: str, key: str) -> tuple[str, ...]:
        return tuple(self._cells.evidence_ids(table, key))

    def _value(self, table: str, key: str, column: str) -> Any:
        return self._cells.value(table, key, column)
