"""Requirements, gates and verdicts judged again from what a release holds, with some changes of the next release made.

Belongs here: from released tables to the state and the number of each judgement. Does not belong here: the rules
(`assets.readiness`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import TypeAlias

from assets.readiness.measures import results_of
from assets.readiness.model import GateStatus, gates_of, verdicts_of
from assets.readiness.selection import TABLES, inputs_from
from assets.reports.difference.attribution import Group, JudgementAttribution, attributed
from assets.reports.difference.model import Difference, JudgementChange
from assets.reports.difference.rows import Tables, grouped, row_changes, with_changes

INDEX = "evidence_index"
COLUMNS: Mapping[str, tuple[str, ...]] = {name: table.columns for name, table in TABLES.items()}
"""By released table, the columns that readiness is judged by."""

JUDGED = ("verdict", "gates", "requirement_results")
"""Tables of judgements that follow from what readiness is judged by."""

Judged: TypeAlias = Mapping[tuple[str, str], tuple[str, float | None]]
"""State and number by table and key."""


def judged(tables: Tables) -> Judged:
    """Return state and number of each requirement, gate and milestone."""
    inputs = inputs_from(tables)
    results = results_of(inputs)
    gates = gates_of(results)
    verdicts = verdicts_of(inputs.milestones, gates, inputs.evidence_grades)
    return {
        **{
            ("requirement_results", result.requirement.requirement_id): (result.status.value, result.measurement.value)
            for result in results
        },
        **{("gates", gate.gate_id): (gate.status.value, gate.shown.measurement.value) for gate in gates},
        **{
            ("verdict", verdict.milestone.milestone_id): (verdict.answer.value, float(verdict.count(GateStatus.PASS)))
            for verdict in verdicts
        },
    }


def with_attributed_judgements(difference: Difference, before: Tables, after: Tables) -> Difference:
    """Return a difference that says what moved each requirement, gate and verdict, from the tables of both releases."""
    moved = difference.evidence.ids
    old, new = ({name: rows for name, rows in tables.items() if name != INDEX} for tables in (before, after))
    groups = grouped(row_changes(old, new, moved))
    # Of a row of evidence only grade and day are looked up: those of the later release.
    index = list({row["evidence_id"]: row for tables in (before, after) for row in tables[INDEX]}.values())

    @cache
    def of(chosen: frozenset[Group]) -> Judged:
        made = [change for group in chosen for change in groups[group]]
        return judged({**with_changes(old, made), INDEX: index})

    return replace(
        difference, judgements=tuple(_with_cause(change, of, list(groups)) for change in difference.judgements)
    )


def _with_cause(
    change: JudgementChange, of: Callable[[frozenset[Group]], Judged], groups: Sequence[Group]
) -> JudgementChange:
    """Attribute a change of state, of which each group has a share of one, or else of the number."""
    key = (change.table, change.key)
    is_of_state = change.state_before != change.state_after

    def worth(chosen: frozenset[Group]) -> float | None:
        state, value = of(chosen).get(key, (None, None))
        return float(state == change.state_after) if is_of_state else value

    if change.table not in JUDGED or not groups:
        return change
    found = attributed(worth, groups)
    if found is None or not found.total:
        return change
    return replace(change, moved_by=JudgementAttribution(is_of_state, found))
