"""How costs by number of users are made, and the error of interpolation.

Belongs here: inputs and rows of these. Does not belong here: bills of scenarios (`derived_costs.py`), arithmetic
(`assets.costs`).
"""

from __future__ import annotations

from collections.abc import Callable

from assets.costs.components import ALL_IN, INFRASTRUCTURE
from assets.reports.page.basis import CellName, Derivation, Derive, Input, Place
from assets.reports.page.cells import Cells, row_key
from assets.reports.page.cost_rules import READING, RESPONSE
from assets.reports.page.derived_costs import SUMMARY, CostDerivations
from assets.reports.page.derived_loads import LoadDerivations

POINTS, ERRORS = "cost_response", "cost_response_error"


class ResponseDerivations:
    """Says how costs by number of users are made."""

    def __init__(self, cells: Cells, loads: LoadDerivations, costs: CostDerivations) -> None:
        self._cells, self._loads, self._costs = cells, loads, costs
        self.rules: dict[str, Derive] = {POINTS: self._points, ERRORS: self._error}
        self.places: dict[str, Callable[[str, str], Place]] = {POINTS: lambda key, _column: self._place(POINTS, key)}

    def _place(self, table: str, key: str) -> Place:
        """Return the one place of all points of a kind, with or without RLN: that of the first."""
        same = {name: self._cells.value(table, key, name) for name in ("kind", "with_rln")}
        return Place(POINTS, self._cells.keys(POINTS, **same)[0])

    def _points(self, table: str, key: str) -> Derivation:
        row = self._cells.row(table, key)
        scenario, with_rln = row["scenario_id"], bool(row["with_rln"])
        summary = row_key(SUMMARY, (scenario, with_rln))
        inputs = (
            *self._loads.users(scenario),
            self._costs.middle_of("infrastructure of the scenario", summary, INFRASTRUCTURE),
            self._costs.middle_of("the same, all in", summary, ALL_IN),
        )
        of_kind = self._cells.keys(table, kind=row["kind"], with_rln=row["with_rln"])
        told = {i for part in self._costs.bill(scenario, with_rln).values() for i in self._ids("scenario_cost", part)}
        own = dict.fromkeys(i for point in of_kind for i in self._ids(table, point) if i not in told)
        return Derivation(RESPONSE, inputs, (f"costs__scenarios/{scenario}", *own))

    def _error(self, table: str, key: str) -> Derivation:
        inputs = (
            Input("what the model gives", CellName(table, key, "modelled_usd_per_month", "usd")),
            Input("what is interpolated", CellName(table, key, "interpolated_usd_per_month", "usd")),
            Input("users", CellName(table, key, "users", "count")),
            Input("percentile", CellName(table, key, "percentile", "count")),
            Input("numbers of users at which both were computed", CellName(table, key, "held_out_points", "count")),
            Input("the points", leads_to=self._place(table, key)),
        )
        return Derivation(READING, inputs, (f"costs__scenarios/{self._scenario(key)}",))

    def _scenario(self, key: str) -> str:
        return str(self._cells.value(POINTS, self._place(ERRORS, key).key, "scenario_id"))

    def _ids(self, table: str, key: str) -> tuple[str, ...]:
        return tuple(self._cells.evidence_ids(table, key))
