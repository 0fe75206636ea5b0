"""What the cost section shows: bills at the cheapest place, drivers, certainty, hosted alternatives, reality checks.

Belongs here: which rows, in which order. Does not belong here: layout (`templates/`), cells (`cells.py`).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from assets.costs.components import ALL_IN, COMPONENTS, INFRASTRUCTURE, MANAGED, SELF_MANAGED
from assets.reports.page.cells import Cells
from assets.reports.page.charts import Bar, stacked_bars
from assets.reports.page.spans import FactorScale, Span, range_spans

SUMMARY, COST = "cost_summary", "scenario_cost"
CELL = ("scenario_id", "with_rln")
DRIVERS_SHOWN = 3

Pair = tuple[str | None, str | None]
"""Keys of `scenario_cost` for the same line without and with RLN; None where there is no such line."""


@dataclass(frozen=True)
class CostSection:
    """Keys of rows; by key of `cost_summary` unless said otherwise."""

    scenarios: dict[str, list[str]]
    """Keys of `cost_summary` by scenario, without RLN before with it."""
    components: dict[str, list[str]]
    """Keys of `scenario_cost` at the cheapest place, in the order of the bill."""
    totals: dict[str, dict[str, str]]
    """Keys of `scenario_cost` at the cheapest place, by the name of the total."""
    places: dict[str, list[Pair]]
    """Infrastructure by scenario, one pair for each place: the cheapest first, places without a bill last."""
    databases: dict[str, dict[str, list[Pair]]]
    """Databases run oneself and hosted, by scenario and kind, at every place where they are known."""
    bars: dict[str, Bar]
    """Of costs that are known in full: a bar of known parts alone would look like a total."""
    intervals: dict[str, Span]
    """Of all in, on one scale on which the same factor is the same distance; only of costs that are known."""
    drivers: dict[str, list[str]]
    ranges: dict[str, Span]
    """By driver, its cost from end to end, on one even scale for each cost."""
    has_budget: bool
    """Whether any scenario has a budget, which a driver may meet."""
    confidence: dict[str, list[str]]
    alternatives: dict[str, list[str]]
    """Keys of `cost_alternatives` by scenario, chat before notifications, the cheapest first."""
    not_priced: dict[str, list[str]]
    """The same where no public price covers the scenario."""
    checks: list[str]
    left_out: list[str]
    """Keys of `reality_figures`: what the model leaves out on purpose, as others publish it, by part."""
    price_changes: list[str]
    """Keys of `compute_offer_history`: newest prices that differ from the one before, the strongest change first."""


def cost_section(cells: Cells) -> CostSection:
    """Return what the section shows."""
    scenarios = scenarios_by_users(cells)
    summaries = [key for keys in scenarios.values() for key in keys]
    places = {key: _at_cheapest(cells, key) for key in summaries}
    components = {
        key: sorted((part for name, part in parts.items() if name in COMPONENTS), key=lambda part: _rank(cells, part))
        for key, parts in places.items()
    }
    drivers = {key: _drivers(cells, key) for key in summaries}
    return CostSection(
        scenarios=scenarios,
        components=components,
        totals={
            key: {name: parts[name] for name in (INFRASTRUCTURE, ALL_IN) if name in parts}
            for key, parts in places.items()
        },
        places={scenario: _pairs(cells, scenario, INFRASTRUCTURE) for scenario in scenarios},
        databases={scenario: _databases(cells, scenario) for scenario in scenarios},
        bars=stacked_bars({key: _means(cells, parts) for key, parts in components.items() if parts}),
        intervals=_intervals(cells, summaries),
        drivers=drivers,
        ranges={name: span for of_cost in drivers.values() for name, span in _ranges(cells, of_cost).items()},
        has_budget=any(cells.value("scenarios", key, "budget_usd_per_month") is not None for key in scenarios),
        confidence={key: _of(cells, "cost_of_confidence", key, "confidence") for key in summaries},
        alternatives={scenario: _alternatives(cells, scenario, is_priced=True) for scenario in scenarios},
        not_priced={scenario: _alternatives(cells, scenario, is_priced=False) for scenario in scenarios},
        checks=_checks(cells),
        left_out=sorted(
            cells.keys("reality_figures", is_left_out_of_model=True),
            key=lambda key: (cells.value("reality_figures", key, "component"), key),
        ),
        price_changes=_price_changes(cells),
    )


def _databases(cells: Cells, scenario: str) -> dict[str, list[Pair]]:
    """Return the rows of each way to have the databases, at every place."""
    return {
        kind: _pairs(cells, scenario, kind)
        for kind in (SELF_MANAGED, MANAGED)
        if cells.keys(COST, scenario_id=scenario, component=kind)
    }


def _means(cells: Cells, parts: Iterable[str]) -> dict[str, float]:
    """Return the mean costs of parts of a bill by component."""
    return {cells.value(COST, part, "component"): cells.value(COST, part, "mean_usd_per_month") for part in parts}


def _drivers(cells: Cells, summary: str) -> list[str]:
    """Return what moves a cost most."""
    ranked = _of(cells, "cost_sensitivity", summary, "rank")
    return [row for row in ranked if _counts(cells, row)][:DRIVERS_SHOWN]


def _intervals(cells: Cells, summaries: Iterable[str]) -> dict[str, Span]:
    columns = [f"{ALL_IN}_{quantile}_usd_per_month" for quantile in ("p5", "p50", "p95")]
    found = {key: [cells.value(SUMMARY, key, column) for column in columns] for key in summaries}
    known = {key: values for key, values in found.items() if None not in values}
    scale = FactorScale.over(value for values in known.values() for value in values)
    return {key: scale.span(*values) for key, values in known.items()}


def _ranges(cells: Cells, drivers: Iterable[str]) -> dict[str, Span]:
    columns = ("usd_per_month_at_p5", "usd_per_month_at_p95")
    found = {key: tuple(cells.value("cost_sensitivity", key, column) for column in columns) for key in drivers}
    return range_spans({key: (low, high) for key, (low, high) in found.items() if None not in (low, high)})


def scenarios_by_users(cells: Cells) -> dict[str, list[str]]:
    """Return keys of `cost_summary` by scenario: few users before many, those without a count last."""

    def order(key: str) -> tuple[float, str, bool]:
        users = cells.value(SUMMARY, key, "active_users")
        scenario, with_rln = (cells.value(SUMMARY, key, name) for name in CELL)
        return math.inf if users is None else users, scenario, with_rln

    grouped: dict[str, list[str]] = {}
    for key in sorted(cells.keys(SUMMARY), key=order):
        grouped.setdefault(cells.value(SUMMARY, key, "scenario_id"), []).append(key)
    return grouped


def _at_cheapest(cells: Cells, key: str) -> dict[str, str]:
    """Return keys of `scenario_cost` by component."""
    found = cells.keys(COST, is_cheapest=True, **{column: cells.value(SUMMARY, key, column) for column in CELL})
    return {cells.value(COST, part, "component"): part for part in found}


def _pairs(cells: Cells, scenario: str, component: str) -> list[Pair]:
    """Return the rows of one component at every place, the cheapest place first."""
    found: dict[tuple[str, str], dict[bool, str]] = {}
    for key in cells.keys(COST, scenario_id=scenario, component=component):
        place = (cells.value(COST, key, "provider"), cells.value(COST, key, "region"))
        found.setdefault(place, {})[cells.value(COST, key, "with_rln")] = key
    pairs = [(of_place.get(False), of_place.get(True)) for _, of_place in sorted(found.items())]
    return sorted(pairs, key=lambda pair: min(_middles(cells, pair), default=math.inf))


def _middles(cells: Cells, pair: Iterable[str | None]) -> list[float]:
    values = [cells.value(COST, key, "p50_usd_per_month") for key in pair if key is not None]
    return [value for value in values if value is not None]


def _counts(cells: Cells, driver: str) -> bool:
    """Whether an input moves the cost at all; many only decide which host is large enough."""
    return float(cells.value("cost_sensitivity", driver, "total_index")) > 0


def _rank(cells: Cells, part: str) -> int:
    return list(COMPONENTS).index(cells.value(COST, part, "component"))


def _of(cells: Cells, table: str, key: str, order: str) -> list[str]:
    found = cells.keys(table, **{column: cells.value(SUMMARY, key, column) for column in CELL})
    return sorted(found, key=lambda row: float(cells.value(table, row, order)))


def _alternatives(cells: Cells, scenario: str, *, is_priced: bool) -> list[str]:
    """Return products that users can write to each other with before those that only notify, the cheapest first."""
    table, column = "cost_alternatives", "p50_usd_per_month"
    of_it = cells.keys(table, scenario_id=scenario)
    found = [key for key in of_it if (cells.value(table, key, column) is not None) == is_priced]
    return sorted(
        found, key=lambda key: (not cells.value(table, key, "is_chat"), cells.value(table, key, column) or 0.0, key)
    )


def _checks(cells: Cells) -> list[str]:
    """Return comparisons as they are listed, those of one title by scenario."""
    table, order = "cost_reality_checks", list(scenarios_by_users(cells))
    keys = cells.keys(table)
    titles = list(dict.fromkeys(cells.value(table, key, "title") for key in keys))

    def place(key: str) -> tuple[int, int]:
        scenario = cells.value(table, key, "scenario_id")
        return titles.index(cells.value(table, key, "title")), order.index(scenario) if scenario in order else -1

    return sorted(keys, key=place)


def _price_changes(cells: Cells) -> list[str]:
    table = "compute_offer_history"
    changed = [key for key in cells.keys(table, is_newest=True) if cells.value(table, key, "change_share")]
    return sorted(changed, key=lambda key: (-abs(cells.value(table, key, "change_share")), key))
