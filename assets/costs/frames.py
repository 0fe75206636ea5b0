"""The estimates as tables: every place and component, the cheapest ones, their drivers, the price of certainty.

Belongs here: rows of the tables, draws summarised to percentiles. Does not belong here: names and types of columns
(`columns.py`), how a cost is made (`model.py`), what drives it (`sensitivity.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from assets.costs.alternatives import HostedCost
from assets.costs.bill import Bill, BillLine
from assets.costs.columns import (
    ALTERNATIVE_COLUMNS,
    CONFIDENCE_COLUMNS,
    COST_COLUMNS,
    FACT_COLUMNS,
    MONEY,
    REALITY_COLUMNS,
    REALITY_STEP_COLUMNS,
    SENSITIVITY_COLUMNS,
    SENSITIVITY_PART_COLUMNS,
    SUMMARY_COLUMNS,
)
from assets.costs.components import ALL_IN, COMPONENTS, INFRASTRUCTURE, USED_TOTALS
from assets.costs.draws import SCRAMBLES, QuantitySummary, summarise
from assets.costs.inputs import SECONDS_PER_DAY, CostCatalogue, Fact
from assets.costs.model import Estimate, RentalPlan
from assets.costs.reality import Check
from assets.costs.sensitivity import Driver
from assets.costs.workload import ScenarioLoad
from assets.evidence.basis import Basis
from assets.evidence.model import Grade
from assets.evidence.quantity import Quantity, Value, total
from assets.evidence.tables.costs import Scenario

PER_MILLION = 1e6
LACKS = {
    "end_to_end_encryption": "end-to-end encryption",
    "independence_of_one_operator": "independence of one operator",
    "user_to_user_messages": "messages from user to user",
}
"""How a reader calls what a product lacks, where it is not the name alone."""


def scenario_cost_frame(estimates: Iterable[Estimate]) -> pd.DataFrame:
    """One row for each scenario, with or without RLN, place and component, the two totals among them.

    Figures for a million messages and the error of drawing are those of totals only.
    """
    rows: list[tuple[object, ...]] = []
    for found in estimates:
        once: dict[int, tuple[float | None, ...]] = {}
        """Figures of what is the same everywhere, such as what users pay."""
        for bill in found.bills:
            rows.extend(_bill_rows(found, bill, once))
    return pd.DataFrame(rows, columns=list(COST_COLUMNS), dtype=object)


def _bill_rows(found: Estimate, bill: Bill, once: dict[int, tuple[float | None, ...]]) -> Iterable[tuple[object, ...]]:
    cell = (found.scenario.id, found.with_rln, bill.provider, bill.region)
    is_cheapest = bill is found.best
    for name, part in bill.parts.items():
        kind = COMPONENTS[name]
        counts_in = INFRASTRUCTURE if kind.is_infrastructure else ALL_IN
        yield (*cell, name, False, counts_in, kind.payer, is_cheapest, *_part(found, part, kind.unit, once))
    for name, part in bill.databases.items():
        yield (*cell, name, False, None, None, is_cheapest, *_part(found, part, "hosts", once))
    figures: tuple[float | None, ...] = ()
    for name in (INFRASTRUCTURE, ALL_IN):
        cost, missing = bill.total(name), bill.missing or bill.missing_all_in
        if cost is None:
            nothing = (None,) * (len(MONEY) + 3)
            yield (*cell, name, True, name, None, False, *nothing, None, missing, None, *_unknown(found.scenario))
            continue
        if name == INFRASTRUCTURE or bill.users_pay:  # else the figures of the total above
            month = (bill.month if name == INFRASTRUCTURE else None) or summarise(cost.value, SCRAMBLES)
            error = month.errors[1] if month.errors else None
            figures = (*_money(found, cost.value, month), month.mean, error)
        yield (*cell, name, True, name, None, is_cheapest, *figures, None, None, NOTES[name], None, *cost.basis.cells)


NOTES = {
    INFRASTRUCTURE: "what whoever runs the fleet pays: the sum of its components in every draw, at the list prices of "
    "the day; how prices may change is not in the interval",
    ALL_IN: "infrastructure and what members and wallet owners pay besides: the sum of all components in every draw; "
    "percentiles of components do not add up to those of a total",
}


def _part(found: Estimate, part: BillLine, unit: str, once: dict[int, tuple[float | None, ...]]) -> tuple[object, ...]:
    amount = part.amount.mean if part.amount is not None else None
    cost = part.cost_usd_per_month
    if id(cost) not in once:
        month = summarise(cost.value)
        once[id(cost)] = (*_of_month_and_user(found, month), *(None,) * 3, month.mean, None)
    what = (amount, unit if amount is not None else None, part.note, part.choice_id)
    return (*once[id(cost)], *what, *cost.basis.cells)


def _money(found: Estimate, cost: Value, month: QuantitySummary) -> tuple[float | None, ...]:
    """Return the figures of `MONEY`; none for an active user or message where these are not known."""
    messages = found.load.own_messages_per_month if found.load else None
    per_million: tuple[float | None, ...] = (None,) * 3
    if messages is not None:
        each = summarise(cost / messages.value * PER_MILLION) if np.any(cost) else summarise(0.0)
        per_million = (each.p5, each.p50, each.p95)
    return (*_of_month_and_user(found, month), *per_million)


def _of_month_and_user(found: Estimate, month: QuantitySummary) -> tuple[float | None, ...]:
    users = found.scenario.active_users
    three = (month.p5, month.p50, month.p95)
    return (*three, *(value / users if users else None for value in three))


def summary_frame(estimates: Iterable[tuple[Estimate, RentalPlan | None]]) -> pd.DataFrame:
    """One row for each scenario, with or without RLN: its cheapest place, and what to rent there."""
    rows = [_summary_row(found, plan) for found, plan in estimates]
    return pd.DataFrame(rows, columns=list(SUMMARY_COLUMNS), dtype=object)


def _summary_row(found: Estimate, plan: RentalPlan | None) -> tuple[object, ...]:
    scenario, best, held = found.scenario, found.best, found.memberships
    declared = best.total(USED_TOTALS["gates"]) if best else None
    return (
        scenario.id,
        found.with_rln,
        scenario.title,
        scenario.is_milestone,
        *_first_two(found),
        *_totals(found, best),
        _rpc(best),
        USED_TOTALS["gates"],
        *((", ".join(map(str, plan.rented)), plan.fullest.role, plan.fullest.need_share) if plan else (None,) * 3),
        scenario.active_users,
        *_workload(found.load),
        *((held.needed, held.available, held.deposit_usd.middle) if held else (None,) * 3),
        found.is_feasible,
        "estimated" if declared else "unknown",
        found.reason,
        *_summary_provenance(found, declared),
    )


def _first_two(found: Estimate) -> tuple[object, ...]:
    """Return the cheapest place with the share of draws in which it is, and the next one with how many times as much
    its median is."""
    if found.best is None:
        return (None,) * 6
    first, *others = found.ranked
    place = (first.provider, first.region)
    share = found.cheapest_shares().get(place)
    second = others[0] if others else None
    if second is None or second.infrastructure is None or first.infrastructure is None:
        return (*place, share, None, None, None)
    times = second.infrastructure.middle / first.infrastructure.middle
    return (*place, share, second.provider, second.region, times)


def _totals(found: Estimate, best: Bill | None) -> tuple[float | None, ...]:
    """Return the figures of both totals, and the error of drawing in the median of the last one that is known."""
    error = None
    figures: list[float | None] = []
    for name in (INFRASTRUCTURE, ALL_IN):
        cost = best.total(name) if best else None
        if cost is None:
            figures.extend((None,) * len(MONEY))
            continue
        month = summarise(cost.value, SCRAMBLES)
        figures.extend(_money(found, cost.value, month))
        error = month.errors[1] if month.errors else error
    return (*figures, error)


def _summary_provenance(found: Estimate, declared: Quantity | None) -> tuple[str, list[str]]:
    """Return what the infrastructure, the declared total and the messages are based on together."""
    known = found.best.infrastructure if found.best else None
    if known is None:
        return _unknown(found.scenario)
    messages = found.load.own_messages_per_month if found.load else None
    return Basis.all_of(one.basis for one in (known, declared, messages) if one is not None).cells


def _workload(load: ScenarioLoad | None) -> tuple[float | None, ...]:
    """Return medians: messages of people, their size, messages archived a day, one copy of the archive."""
    if load is None:
        return (None,) * 4
    archive = (
        (load.archived_messages_per_s.middle * SECONDS_PER_DAY, load.archive_gb.middle)
        if load.archive_gb
        else (None,) * 2
    )
    return (load.own_messages_per_month.middle, load.message_bytes.middle, *archive)


def _rpc(bill: Bill | None) -> float | None:
    """Return the median of all calls to a chain, whoever makes them; None where one of them has no price."""
    if bill is None or bill.all_in is None:
        return None
    return total(part.cost_usd_per_month for name, part in bill.parts.items() if name.startswith("rpc")).middle


def sensitivity_frame(found: Iterable[tuple[Estimate, Sequence[Driver]]], catalogue: CostCatalogue) -> pd.DataFrame:
    """One row for each input that the cheapest bill of a scenario varies with, the strongest first."""
    rows = []
    for estimated, drivers in found:
        for rank, driver in enumerate(drivers, start=1):
            known = catalogue.inputs[driver.name]
            rows.append(
                (
                    estimated.scenario.id,
                    estimated.with_rln,
                    rank,
                    driver.name,
                    known.label,
                    known.unit,
                    driver.total_index,
                    driver.value_low,
                    driver.value_mid,
                    driver.value_high,
                    driver.cost_low,
                    driver.cost_mid,
                    driver.cost_high,
                    driver.searched_from,
                    driver.searched_to,
                    driver.flip_value,
                    driver.flip_provider,
                    driver.limit_value,
                    driver.limit,
                    *known.basis.cells,
                )
            )
    return pd.DataFrame(rows, columns=list(SENSITIVITY_COLUMNS), dtype=object)


def sensitivity_parts_frame(
    found: Iterable[tuple[Estimate, Sequence[Driver]]], catalogue: CostCatalogue
) -> pd.DataFrame:
    """One row for each input of `sensitivity_frame` and part of the bill."""
    rows = [
        (
            *(estimated.scenario.id, estimated.with_rln, driver.name, component, *costs),
            *catalogue.inputs[driver.name].basis.cells,
        )
        for estimated, drivers in found
        for driver in drivers
        for component, costs in driver.parts.items()
    ]
    return pd.DataFrame(rows, columns=list(SENSITIVITY_PART_COLUMNS), dtype=object)


def confidence_frame(plans: Iterable[tuple[Estimate, float, RentalPlan | None]]) -> pd.DataFrame:
    """One row for each scenario, with or without RLN, and confidence; what no place can offer has no cost."""
    rows: list[tuple[object, ...]] = []
    for found, confidence, plan in plans:
        cell = (found.scenario.id, found.with_rln, confidence)
        best = found.best
        if best is None or best.infrastructure is None or plan is None:
            rows.append((*cell, *(None,) * 10, *_unknown(found.scenario)))
            continue
        month = summarise(plan.cost_usd_per_month.value)
        figures = (month.p5, month.p50, month.p95, month.p50 / best.infrastructure.middle)
        hosts = (", ".join(map(str, plan.rented)), plan.fullest.role, plan.fullest.need_share)
        rows.append(
            (
                *cell,
                best.provider,
                best.region,
                plan.servers_usd_per_month,
                *figures,
                *hosts,
                *plan.cost_usd_per_month.basis.cells,
            )
        )
    return pd.DataFrame(rows, columns=list(CONFIDENCE_COLUMNS), dtype=object)


def alternatives_frame(found: Iterable[HostedCost], own: Mapping[str, Quantity | None]) -> pd.DataFrame:
    """One row for each scenario with users and hosted product; `own`: infrastructure without RLN by scenario."""
    rows = []
    for hosted in found:
        cost, users, ours = hosted.cost_usd_per_month, hosted.scenario.active_users, own.get(hosted.scenario.id)
        figures: tuple[float | None, ...] = (None,) * 5
        basis = Basis(Grade.NOT_FOUND, hosted.evidence_ids)
        if cost is not None:
            month = summarise(cost.value)
            per_user = month.p50 / users if users else None
            figures = (month.p5, month.p50, month.p95, per_user, month.p50 / ours.middle if ours else None)
            basis = cost.basis & ours.basis if ours else cost.basis
        rows.append(
            (
                hosted.scenario.id,
                hosted.provider,
                hosted.product,
                ", ".join(hosted.plans),
                *figures,
                cost is not None and bool(hosted.billed_besides),
                hosted.billed_besides,
                "user_to_user_messages" not in hosted.lacks,
                ", ".join(LACKS.get(lack, lack) for lack in hosted.lacks),
                hosted.reason,
                *basis.cells,
            )
        )
    return pd.DataFrame(rows, columns=list(ALTERNATIVE_COLUMNS), dtype=object)


def reality_frame(checks: Iterable[Check]) -> pd.DataFrame:
    """One row for each comparison of the model with what is known."""
    rows = []
    for check in checks:
        modelled = summarise(check.modelled.value)
        known = (check.known_low, check.known_high, check.times_known, check.verdict)
        figures = (modelled.p5, modelled.p50, modelled.p95, *known)
        what = (check.check_id, check.title, check.scenario_id, check.with_rln, check.unit)
        rows.append((*what, *figures, check.rule, check.explanation, list(check.parts), *check.modelled.basis.cells))
    return pd.DataFrame(rows, columns=list(REALITY_COLUMNS), dtype=object)


def reality_steps_frame(checks: Iterable[Check]) -> pd.DataFrame:
    """One row for each figure on the way to what the model gives in a comparison."""
    rows = []
    for check in checks:
        for step in check.steps:
            found = summarise(step.value.value)
            figures = (found.p5, found.p50, found.p95)
            rows.append((check.check_id, step.title, step.unit, *figures, *step.value.basis.cells))
    return pd.DataFrame(rows, columns=list(REALITY_STEP_COLUMNS), dtype=object)


def facts_frame(facts: Mapping[str, Fact]) -> pd.DataFrame:
    """One row for each figure outside of the marts that the model reads; `facts_from` in `catalogue.py` reads it."""
    rows = [
        (name, fact.low, fact.high, fact.known_on, fact.condition, fact.payload_bytes, *fact.basis.cells)
        for name, fact in facts.items()
    ]
    return pd.DataFrame(rows, columns=list(FACT_COLUMNS), dtype=object)


def _unknown(scenario: Scenario) -> tuple[str, list[str]]:
    """An unknown figure still names the scenario that asks for it."""
    return Grade.NOT_FOUND.value, [f"costs__scenarios/{scenario.id}"]
