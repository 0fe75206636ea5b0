"""How numbers are made that stand beside a bill: servers held, published figures, hosted sellers, drivers, old prices.

Belongs here: inputs and rows of these. Does not belong here: the bill itself (`derived_costs.py`), arithmetic
(`assets.costs`).
"""

from __future__ import annotations

from typing import Any

from assets.costs.components import INFRASTRUCTURE, USED_TOTALS
from assets.reports.page.basis import CellName, Derivation, Derive, Input, Place
from assets.reports.page.cells import Cells, row_key
from assets.reports.page.cost_rules import CHANGED, HELD_ALWAYS, HOSTED, SENSITIVITY
from assets.reports.page.derived_costs import COST, HELD, MIDDLE, SUMMARY, CostDerivations
from assets.reports.page.derived_loads import OF_DATABASES, OF_NODES, SCENARIOS, LoadDerivations

BILLED = ("own_messages_per_month", "users_online_at_peak", "online_minutes_per_month")
"""Amounts of `scenario_load` that sellers of hosted messaging bill."""
STEPS = "cost_reality_steps"
DRIVER_PARTS, OF_DRIVER = "cost_sensitivity_parts", ("scenario_id", "with_rln", "input")


class ComparisonDerivations:
    """Says how numbers beside a bill are made."""

    def __init__(self, cells: Cells, loads: LoadDerivations, costs: CostDerivations) -> None:
        self._cells, self._loads, self._costs = cells, loads, costs
        self.rules: dict[str, Derive] = {
            "compute_offer_history": self._price_change,
            "cost_alternatives": self._hosted,
            HELD: self._held,
            "cost_reality_checks": self._compared,
            "cost_sensitivity": self._driver,
        }

    def _held(self, table: str, key: str) -> Derivation:
        """Return the servers that are held, with their prices, and the bill that they are compared with."""
        cell = self._costs.cell(table, key)
        inputs = (
            Input("servers", CellName(table, key, "hosts")),
            Input("enough in, of a hundred draws", CellName(table, key, "confidence", "hundredths")),
            Input("their price, mean of all draws", CellName(table, key, "servers_usd_per_month", "usd")),
            self._costs.middle_of("the bill in which servers follow the need", row_key(SUMMARY, cell), INFRASTRUCTURE),
        )
        besides = self._loads.asked(cell[0], *OF_NODES, *OF_DATABASES, with_rln=cell[1])
        return Derivation(HELD_ALWAYS, (*inputs, *besides), self._costs.prices_held(key))

    def _compared(self, table: str, key: str) -> Derivation:
        """Return what a comparison is made of: the parts of a bill and users, or all rows that it is based on."""
        rule, parts, own = (
            self._value(table, key, "rule"), self._value(table, key, "parts") or [], self._ids(table, key)
        )  # fmt: skip
        if not parts:
            steps = self._cells.keys(STEPS, check_id=key)
            return Derivation(rule, tuple(self._step(step) for step in steps), own)
        scenario, _ = cell = self._costs.cell(table, key)
        bill = self._costs.bill(*cell)
        used = {name: bill[name] for name in parts if name in bill}
        return Derivation(
            rule,
            (*self._costs.parts(used, MIDDLE), *self._loads.users(scenario)),
            self._costs.left(table, key, used.values()),
        )

    def _step(self, key: str) -> Input:
        """Return a figure on the way to what the model gives."""
        return Input(
            CellName(STEPS, key, "title"),
            CellName(STEPS, key, "p50", "quantity"),
            Place(STEPS, key),
            ends=(CellName(STEPS, key, "p5", "quantity"), CellName(STEPS, key, "p95", "quantity")),
            unit=CellName(STEPS, key, "unit"),
        )

    def _hosted(self, table: str, key: str) -> Derivation:
        scenario = self._value(table, key, "scenario_id")
        bills = self._cells.keys(SUMMARY, scenario_id=scenario, with_rln=False)
        receivers = Input(
            "receivers of a message",
            CellName(SCENARIOS, scenario, "receivers_per_message", "count"),
            Place(SCENARIOS, scenario),
        )
        inputs = (
            *self._loads.users(scenario),
            *self._loads.asked(scenario, *BILLED, with_rln=False),
            receivers,
            *(self._costs.middle_of("infrastructure run oneself", bill, USED_TOTALS["alternatives"]) for bill in bills),
        )
        told = self._loads.evidence(scenario, with_rln=False)
        return Derivation(HOSTED, inputs, tuple(row for row in self._ids(table, key) if row not in told))

    def _driver(self, table: str, key: str) -> Derivation:
        values = [("low end", "value_p5"), ("middle", "value_p50"), ("high end", "value_p95")]
        inputs = [
            Input(label, CellName(table, key, column, "quantity"))
            for label, column in values
            if self._value(table, key, column) is not None
        ]
        bill = self._costs.bill(*self._costs.cell(table, key))
        if total := bill.get(USED_TOTALS["sensitivity"]):
            inputs.append(
                Input(
                    "the bill over all draws, middle",
                    CellName(COST, total, MIDDLE, "usd"),
                    Place(COST, total),
                    ends=(
                        CellName(COST, total, "p5_usd_per_month", "usd"),
                        CellName(COST, total, "p95_usd_per_month", "usd"),
                    ),
                )
            )
        parts = self._cells.keys(DRIVER_PARTS, **{name: self._value(table, key, name) for name in OF_DRIVER})
        costs = [
            (f"usd_per_month_at_{end}", label) for end, label in (("p5", "low"), ("p50", "middle"), ("p95", "high"))
        ]
        inputs += [
            *(Input(f"the bill at its {label} value", CellName(table, key, column, "usd")) for column, label in costs),
            *(
                Input(
                    CellName(DRIVER_PARTS, part, "component", "word"),
                    CellName(DRIVER_PARTS, part, costs[1][0], "usd"),
                    self._costs.place(bill[component]) if component in bill else None,
                    ends=(
                        CellName(DRIVER_PARTS, part, costs[0][0], "usd"),
                        CellName(DRIVER_PARTS, part, costs[2][0], "usd"),
                    ),
                )
                for part in parts
                for component in [self._value(DRIVER_PARTS, part, "component")]
            ),
        ]
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

    def _ids(self, table: str, key: str) -> tuple[str, ...]:
        return tuple(self._cells.evidence_ids(table, key))

    def _value(self, table: str, key: str, column: str) -> Any:
        return self._cells.value(table, key, column)
