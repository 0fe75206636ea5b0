"""The cost of scenarios computed again from what a release holds, with some changes of the next release made.

Belongs here: from released tables to the headline of each scenario. Does not belong here: the model (`assets.costs`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import TypeAlias

import pandas as pd

from assets.costs.catalogue import MART_COLUMNS, SCENARIO_COLUMNS, catalogue_from, facts_from, scenarios_from
from assets.costs.columns import FACT_COLUMNS
from assets.costs.draws import sample
from assets.costs.frames import summary_frame
from assets.costs.model import World, estimates
from assets.evidence.basis import BASIS_COLUMNS
from assets.reports.difference.attribution import CostAttribution, Group, attributed, one_at_a_time
from assets.reports.difference.model import Difference
from assets.reports.difference.rows import RowChange, Tables, grouped, row_changes, with_changes

FACTS, SCENARIOS = "cost_facts", "scenarios"
COLUMNS: Mapping[str, tuple[str, ...]] = {
    **{mart: (*columns, *BASIS_COLUMNS) for mart, columns in MART_COLUMNS.items()},
    SCENARIOS: tuple(dict.fromkeys((*SCENARIO_COLUMNS, *BASIS_COLUMNS))),
    FACTS: tuple(FACT_COLUMNS),
}
"""By released table, the columns that the cost model reads."""
HEADLINE = "all_in_p50_usd_per_month"

CostCell: TypeAlias = tuple[str, bool]
"""A scenario, with or without RLN."""


def headlines(tables: Tables, scenarios: Collection[str]) -> dict[CostCell, float | None]:
    """Return the median of everything that is paid, USD a month, of each of `scenarios`; None where it is not known."""
    frames = {
        name: pd.DataFrame(tables[name], columns=list(columns), dtype=object) for name, columns in COLUMNS.items()
    }
    catalogue = replace(catalogue_from({mart: frames[mart] for mart in MART_COLUMNS}), facts=facts_from(frames[FACTS]))
    first, _ = sample(catalogue.inputs.values())
    asked = [scenario for scenario in scenarios_from(frames[SCENARIOS]) if scenario.id in scenarios]
    summary = summary_frame((found, None) for found in estimates(asked, World(catalogue, first)))
    return {
        (row["scenario_id"], row["with_rln"]): None if pd.isna(row[HEADLINE]) else float(row[HEADLINE])
        for row in summary.to_dict("records")
    }


def attributed_costs(
    before: Tables,
    groups: Mapping[Group, Iterable[RowChange]],
    recorded: Mapping[CostCell, tuple[float, float]],
) -> dict[CostCell, CostAttribution | None]:
    """Return by cell what moved its cost from the first to the second number that is `recorded` of it.

    None where the cost with some of the changes alone is not known.
    """
    computed: dict[frozenset[Group], dict[CostCell, float | None]] = {}
    asked = {scenario for scenario, _ in recorded}

    def with_made(cell: CostCell, chosen: frozenset[Group]) -> float | None:
        if chosen not in computed:
            made = [change for group in chosen for change in groups[group]]
            computed[chosen] = headlines(with_changes(before, made), asked)
        return computed[chosen].get(cell)

    names = list(groups)
    alone = {cell: one_at_a_time(partial(with_made, cell), names) for cell in recorded}
    # Many more sets of changes, which are computed for scenarios of which they act together only.
    asked = {scenario for (scenario, _), effects in alone.items() if effects and not effects.adds_up}
    found: dict[CostCell, CostAttribution | None] = {}
    for cell, (was, now) in recorded.items():
        effects = alone[cell]
        moved = effects if effects is None or effects.adds_up else attributed(partial(with_made, cell), names)
        found[cell] = None if moved is None else CostAttribution(moved, code=now - was - moved.total)
    return found


def with_attributed_costs(difference: Difference, before: Tables, after: Tables) -> Difference:
    """Return a difference that says what moved the total of each scenario, from the tables of both releases."""
    recorded = {
        (scenario.scenario_id, scenario.with_rln): (scenario.total.before, scenario.total.after)
        for scenario in difference.scenarios
        if scenario.total and scenario.total.before is not None and scenario.total.after is not None
        if scenario.total.before != scenario.total.after
    }
    groups = grouped(row_changes(before, after, difference.evidence.ids))
    found = attributed_costs(before, groups, recorded)
    return replace(
        difference,
        scenarios=tuple(
            replace(scenario, moved_by=found.get((scenario.scenario_id, scenario.with_rln)))
            for scenario in difference.scenarios
        ),
    )
