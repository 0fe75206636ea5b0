"""How the numbers of each released table are made: in one sentence, from which inputs, from which rows of evidence.

Belongs here: the way from a number to what makes it, at most two steps long; numbers of gates. Does not belong here:
how numbers of one area are made (`derived_*.py`), HTML, arithmetic.

A number that is a row of evidence leads to that row. Any other leads to its formula and inputs; each input has its
value there, and leads to its own formula or to rows. Rows that an input already accounts for are not repeated. A new
table needs no entry here: without one, its numbers lead to the evidence of their row.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from assets.costs.components import USED_TOTALS
from assets.reports.page.basis import CellName, Derivation, Derive, Input, Place
from assets.reports.page.cells import SHARED_PART, Cells
from assets.reports.page.derived_benchmarks import BenchmarkDerivations
from assets.reports.page.derived_comparisons import ComparisonDerivations
from assets.reports.page.derived_costs import SUMMARY, CostDerivations
from assets.reports.page.derived_decision import DecisionDerivations
from assets.reports.page.derived_loads import LoadDerivations
from assets.reports.page.derived_market import SHARED, MarketDerivations
from assets.reports.page.derived_response import ResponseDerivations

COUNTED = "A count of what is on record, against what is asked for."
COUNTED_COSTS = f"{COUNTED} Costs are all in, the middle of all draws."
COMPARED = "What this release has, beside what the release before it had. Evidence that moved it is listed."
COMPARED_COLUMNS = {
    "verdict": ("passed", "count"),
    SUMMARY: (f"{USED_TOTALS['gates']}_p50_usd_per_month", "usd"),
}
"""By table, the number that is compared between releases, if it is not `value`."""
TALLY = "A count of the gates, each by its requirement that decides."


class Derivations:
    """Says of a number how it is made."""

    def __init__(self, cells: Cells) -> None:
        self._cells = cells
        loads = LoadDerivations(cells)
        self._costs = CostDerivations(cells, loads)
        response = ResponseDerivations(cells, loads, self._costs)
        benchmarks = BenchmarkDerivations(cells, loads, self._costs)
        self._rules: dict[str, Derive] = {
            **loads.rules,
            **self._costs.rules,
            **ComparisonDerivations(cells, loads, self._costs).rules,
            **response.rules,
            **benchmarks.rules,
            **MarketDerivations(cells).rules,
            **DecisionDerivations(cells).rules,
            "requirement_results": self._requirement,
            "verdict": self._verdict,
            "release_changes": self._change,
        }
        self._parts: dict[str, Callable[[Place], Derivation]] = {
            **loads.parts_of,
            **self._costs.parts_of,
            **benchmarks.parts_of,
        }
        self._places: dict[str, Callable[[str, str], Place]] = {
            **self._costs.places,
            **response.places,
            **benchmarks.places,
            "gates": self._gate_place,
        }
        self._weights: dict[tuple[str, ...], Place] = {}
        """By weights and thresholds, the first place that is based on them: they are listed as a part of it."""

    def place_of(self, table: str, key: str, column: str) -> Place:
        """Return the place that says how a number is made: its row, a part of it, or the row that it stands for."""
        return self._places[table](key, column) if table in self._places else Place(table, key)

    def _gate_place(self, key: str, _column: str) -> Place:
        """Value and threshold of a gate are those of the first requirement that decides."""
        shown = self._cells.keys("requirement_results", gate_id=key, status=self._value("gates", key, "status"))
        return Place("requirement_results", shown[0]) if shown else Place("gates", key)

    def of(self, place: Place) -> Derivation:
        """Return how the numbers of a place are made."""
        if place.part == SHARED_PART:
            return Derivation(rows=next(rows for rows, first in self._weights.items() if first == place))
        return self._shared(place, self._whole(place))

    def _whole(self, place: Place) -> Derivation:
        table, key, part = place
        if part and table in self._parts:
            return self._parts[table](place)
        return self._rules[table](table, key) if table in self._rules else Derivation(rows=self._ids(table, key))

    def _shared(self, place: Place, found: Derivation) -> Derivation:
        """Say once, for all rows that are based on the same weights and thresholds, which these are."""
        shared = tuple(row for row in found.rows if row.startswith(SHARED))
        if len(shared) < 2:
            return found
        first = self._weights.setdefault(shared, place._replace(part=SHARED_PART))
        rest = tuple(row for row in found.rows if row not in shared)
        return Derivation(found.formula, (*found.inputs, Input(SHARED_PART, leads_to=first)), rest)

    def _requirement(self, table: str, key: str) -> Derivation:
        own = set(self._ids(table, key))
        cells = [
            k for k in self._cells.keys(SUMMARY) if len(self._ids(SUMMARY, k)) > 1 and own >= set(self._ids(SUMMARY, k))
        ]
        inputs = tuple(self._costs.middle_of(Place(SUMMARY, k), k, USED_TOTALS["gates"]) for k in cells)
        told = {row for k in cells for row in self._ids(SUMMARY, k)}
        return Derivation(
            COUNTED_COSTS if cells else COUNTED, inputs, tuple(row for row in self._ids(table, key) if row not in told)
        )

    def _verdict(self, _table: str, key: str) -> Derivation:
        return Derivation(
            TALLY,
            tuple(
                Input(
                    CellName("gates", gate, "title"),
                    CellName("gates", gate, "status", "word"),
                    self.place_of("gates", gate, "status"),
                )
                for gate in self._cells.keys("gates", milestone_id=key)
            ),
        )

    def _change(self, table: str, key: str) -> Derivation:
        of, row = (self._value(table, key, name) for name in ("table_name", "row_key"))
        column, form = COMPARED_COLUMNS.get(of, ("value", "count"))
        is_there = self._cells.has(of, row) and self._value(of, row, column) is not None
        now = Input("in this release", CellName(of, row, column, form), self.place_of(of, row, column))
        return Derivation(COMPARED, (now,) if is_there else (), self._ids(table, key))

    def _ids(self, table: str, key: str) -> tuple[str, ...]:
        return tuple(self._cells.evidence_ids(table, key))

    def _value(self, table: str, key: str, column: str) -> Any:
        return self._cells.value(table, key, column)
