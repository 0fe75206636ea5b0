"""How amounts that a scenario asks for are made: users, messages, processors, memory, traffic, the archive.

Belongs here: inputs and rows of `scenario_load`. Does not belong here: bills (`derived_costs.py`), arithmetic
(`assets.costs`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from assets.costs.components import MANAGED, SELF_MANAGED
from assets.reports.page.basis import CellName, Derivation, Derive, Input, Place
from assets.reports.page.cells import Cells
from assets.reports.page.cost_rules import ASKED_FOR
from assets.reports.page.formats import word

SCENARIOS, LOAD, CAPACITY = "scenarios", "scenario_load", "archive_capacity"
NEEDS = {False: "needs", True: "needs with RLN"}
"""Part of a scenario that lists all that it asks for, without and with RLN."""
OF_NODE_COUNT = ("least_nodes", "peak_connections", "connections_per_node")
OF_NODES = (
    *OF_NODE_COUNT,
    *("node_vcpus_each", "node_vcpus_shared", "node_memory_each_gib", "node_memory_shared_gib"),
)
OF_DATABASES = ("database_vcpus", "database_memory_shared_gib", "database_memory_each_gib", "archive_gb")
ASKED: Mapping[str, tuple[str, ...]] = {
    "compute": (*OF_NODES, *OF_DATABASES),
    "addresses": OF_NODES,
    "database": OF_DATABASES,
    "archive_storage": ("archive_gb",),
    "backups": ("archive_gb",),
    "egress": ("relay_egress_gb", "shared_egress_gb"),
    "rpc": OF_NODE_COUNT,
    SELF_MANAGED: (*OF_DATABASES, "shards"),
    MANAGED: (*OF_DATABASES, "shards"),
}
"""By part of a bill, the amounts of `scenario_load` that its own amount comes from."""


class LoadDerivations:
    """Says how amounts of scenarios are made."""

    def __init__(self, cells: Cells) -> None:
        self._cells = cells
        self.rules: dict[str, Derive] = {LOAD: self._load}
        self.parts_of: dict[str, Callable[[Place], Derivation]] = {SCENARIOS: self._needs}

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

    def users(self, scenario: str) -> tuple[Input, ...]:
        if self._value(SCENARIOS, scenario, "active_users") is None:
            return ()
        return (
            Input("active users", CellName(SCENARIOS, scenario, "active_users", "count"), Place(SCENARIOS, scenario)),
        )

    def evidence(self, scenario: str, *, with_rln: bool) -> frozenset[str]:
        """Return what the amounts that a scenario asks for are based on."""
        keys = self._cells.keys(LOAD, scenario_id=scenario, with_rln=with_rln)
        return frozenset(row for key in keys for row in self._ids(LOAD, key))

    def _needs(self, place: Place) -> Derivation:
        """Return all amounts that a scenario asks for."""
        _, scenario, part = place
        with_rln = part == NEEDS[True]
        amounts = dict.fromkeys(
            self._value(LOAD, key, "quantity") for key in self._cells.keys(LOAD, scenario_id=scenario)
        )
        loads = self._cells.keys(LOAD, scenario_id=scenario, with_rln=with_rln)
        of_scenario = dict.fromkeys(name for key in loads for name in self._value(LOAD, key, "of_scenario") or ())
        stated = self._stated(scenario, (name for name in of_scenario if name != "active_users"))
        return Derivation(
            ASKED_FOR,
            (*self.users(scenario), *stated, *self.asked(scenario, *amounts, with_rln=with_rln)),
            (*self._cells.evidence_ids(SCENARIOS, scenario), *sorted(self.evidence(scenario, with_rln=with_rln))),
        )

    def _stated(self, scenario: str, names: Iterable[str]) -> tuple[Input, ...]:
        """Return numbers of a scenario, those that it states."""
        return tuple(
            Input(word(name), CellName(SCENARIOS, scenario, name, "quantity"), Place(SCENARIOS, scenario))
            for name in names
            if self._value(SCENARIOS, scenario, name) is not None
        )

    def _load(self, table: str, key: str) -> Derivation:
        row = self._cells.row(table, key)
        scenario, with_rln = (row["scenario_id"], bool(row["with_rln"]))
        stated = self._stated(scenario, row["of_scenario"] or ())
        made_of = self.asked(scenario, *(row["made_of"] or ()), with_rln=with_rln)
        measured = self._capacities(row["quantity"], set(self._cells.all_evidence_ids(table, key)))
        return Derivation(
            row["rule"],
            (*stated, *made_of, *measured),
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

    def _ids(self, table: str, key: str) -> tuple[str, ...]:
        return tuple(self._cells.evidence_ids(table, key))

    def _value(self, table: str, key: str, column: str) -> Any:
        return self._cells.value(table, key, column)
