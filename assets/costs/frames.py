"""The estimates as tables: every place and component, the cheapest ones, their drivers, the price of certainty.

Belongs here: columns and their order, draws summarised to percentiles. Does not belong here: how a cost is made
(`model.py`), what drives it (`sensitivity.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from assets.costs.alternatives import HostedCost
from assets.costs.draws import SCRAMBLES, Summary, summarise
from assets.costs.inputs import Catalogue
from assets.costs.model import BESIDE_UNITS, COMPONENT_UNITS, Bill, Estimate
from assets.costs.reality import Check
from assets.costs.sensitivity import Driver
from assets.evidence.model import Grade
from assets.evidence.quantity import Quantity, Value, total
from assets.evidence.tables.costs import Scenario

TEXT, REAL, WHOLE, TRUTH = "text", "double precision", "bigint", "boolean"
PROVENANCE = {"grade": TEXT, "evidence_ids": "text[]"}
CELL = {"scenario_id": TEXT, "with_rln": TRUTH}

TOTAL = "total"
PER_MILLION = 1e6
LACKS = {
    "end_to_end_encryption": "end-to-end encryption",
    "independence_of_one_operator": "independence of one operator",
    "user_to_user_messages": "messages from user to user",
}
"""How a reader calls what a product lacks, where it is not the name alone."""
MONEY = {
    f"p{percent}_usd_per_{unit}": REAL
    for unit in ("month", "active_user_month", "million_messages")
    for percent in (5, 50, 95)
}
"""Percentiles 5, 50 and 95 of a cost for a month, for an active user and month, for a million messages."""

COST_COLUMNS: dict[str, str] = {
    **CELL,
    "provider": TEXT,
    "region": TEXT,
    "component": TEXT,
    "is_in_total": TRUTH,
    "is_cheapest": TRUTH,
    **MONEY,
    "mean_usd_per_month": REAL,
    "sampling_error_usd_per_month": REAL,
    "quantity": REAL,
    "unit": TEXT,
    "explanation": TEXT,
    "choice_id": TEXT,
    **PROVENANCE,
}
SUMMARY_COLUMNS: dict[str, str] = {
    **CELL,
    "title": TEXT,
    "is_milestone": TRUTH,
    "provider": TEXT,
    "region": TEXT,
    "cheapest_share": REAL,
    **MONEY,
    "sampling_error_usd_per_month": REAL,
    "rpc_p50_usd_per_month": REAL,
    "declared_total": TEXT,
    "active_users": WHOLE,
    "messages_per_month": REAL,
    "memberships_needed": WHOLE,
    "memberships_available": WHOLE,
    "deposit_usd": REAL,
    "is_feasible": TRUTH,
    "status": TEXT,
    "reason": TEXT,
    **PROVENANCE,
}
SENSITIVITY_COLUMNS: dict[str, str] = {
    **CELL,
    "rank": WHOLE,
    "input": TEXT,
    "title": TEXT,
    "unit": TEXT,
    "total_index": REAL,
    "value_p5": REAL,
    "value_p50": REAL,
    "value_p95": REAL,
    "usd_per_month_at_p5": REAL,
    "usd_per_month_at_p95": REAL,
    "searched_from": REAL,
    "searched_to": REAL,
    "flip_value": REAL,
    "flip_provider": TEXT,
    "limit_value": REAL,
    "limit_met": TEXT,
    **PROVENANCE,
}
CONFIDENCE_COLUMNS: dict[str, str] = {
    **CELL,
    "confidence": REAL,
    "provider": TEXT,
    "region": TEXT,
    "p5_usd_per_month": REAL,
    "p50_usd_per_month": REAL,
    "p95_usd_per_month": REAL,
    "hosts": TEXT,
    **PROVENANCE,
}
ALTERNATIVE_COLUMNS: dict[str, str] = {
    "scenario_id": TEXT,
    "provider": TEXT,
    "product": TEXT,
    "plans": TEXT,
    "p5_usd_per_month": REAL,
    "p50_usd_per_month": REAL,
    "p95_usd_per_month": REAL,
    "p50_usd_per_active_user_month": REAL,
    "times_self_hosting": REAL,
    "is_lower_bound": TRUTH,
    "billed_besides": TEXT,
    "is_chat": TRUTH,
    "lacks": TEXT,
    "reason": TEXT,
    **PROVENANCE,
}
REALITY_COLUMNS: dict[str, str] = {
    "check_id": TEXT,
    "title": TEXT,
    "scenario_id": TEXT,
    "with_rln": TRUTH,
    "unit": TEXT,
    "model_p5": REAL,
    "model_p50": REAL,
    "model_p95": REAL,
    "known_low": REAL,
    "known_high": REAL,
    "verdict": TEXT,
    "explanation": TEXT,
    **PROVENANCE,
}


def scenario_cost_frame(estimates: Iterable[Estimate]) -> pd.DataFrame:
    """One row for each scenario, with or without RLN, place and component, the total among them."""
    rows: list[tuple[object, ...]] = []
    for found in estimates:
        once: dict[int, tuple[float | None, ...]] = {}
        """Figures of parts that are the same everywhere, such as RPC, by identity."""
        for bill in found.bills:
            rows.extend(_bill_rows(found, bill, once))
    return pd.DataFrame(rows, columns=list(COST_COLUMNS), dtype=object)


def _bill_rows(found: Estimate, bill: Bill, once: dict[int, tuple[float | None, ...]]) -> Iterable[tuple[object, ...]]:
    cell = (found.scenario.id, found.with_rln, bill.provider, bill.region)
    is_cheapest = bill is found.best
    if bill.total is None:
        nothing = (None,) * (len(MONEY) + 3)
        yield (*cell, TOTAL, True, False, *nothing, None, bill.missing, None, *_unknown(found.scenario))
        return
    for name, part in (*bill.parts.items(), *bill.beside.items()):
        cost = part.cost_usd_per_month
        amount = part.amount.mean if part.amount is not None else None
        yield (
            *cell,
            name,
            name in COMPONENT_UNITS,
            is_cheapest,
            *_figures(found, cost, once),
            amount,
            (COMPONENT_UNITS | BESIDE_UNITS)[name] if amount is not None else None,
            part.note,
            part.choice_id,
            *_provenance(cost),
        )
    note = (
        "the sum of all components in every draw, at the list prices of the day: how prices may change is not in the "
        "interval; percentiles of components do not add up to those of the total"
    )
    yield (
        *cell,
        TOTAL,
        True,
        is_cheapest,
        *_figures(found, bill.total, once),
        None,
        None,
        note,
        None,
        *_provenance(bill.total),
    )


def _figures(found: Estimate, cost: Quantity, once: dict[int, tuple[float | None, ...]]) -> tuple[float | None, ...]:
    known = once.get(id(cost))
    if known is None:
        month = summarise(cost.value, SCRAMBLES)
        error = month.errors[1] if month.errors else None
        known = once[id(cost)] = (*_money(found, cost.value, month), month.mean, error)
    return known


def _money(found: Estimate, cost: Value, month: Summary) -> tuple[float | None, ...]:
    """Return the figures of `MONEY`; none for an active user or message where these are not known."""
    users, messages = found.scenario.active_users, found.load.own_messages_per_month if found.load else None
    three = (month.p5, month.p50, month.p95)
    per_user = tuple(value / users for value in three) if users else (None,) * 3
    per_million: tuple[float | None, ...] = (None,) * 3
    if messages is not None:
        each = summarise(cost / messages.value * PER_MILLION) if np.any(cost) else summarise(0.0)
        per_million = (each.p5, each.p50, each.p95)
    return (*three, *per_user, *per_million)


def _rpc_median(found: Estimate, bill: Bill) -> float | None:
    """Return the median of all RPC calls, in the bill and beside it, USD a month; None where some are not priced."""
    priced = {**bill.parts, **bill.beside}
    users, wallets = found.scenario.active_users, found.scenario.client_rpc_component
    wanted = {name for name, is_wanted in (("rpc_wallet", wallets), ("rpc_rln_clients", found.with_rln)) if is_wanted}
    if users and wanted - priced.keys():
        return None
    calls = [part.cost_usd_per_month for name, part in priced.items() if name.startswith("rpc")]
    return total(calls).middle if calls else None


def summary_frame(estimates: Iterable[Estimate]) -> pd.DataFrame:
    """One row for each scenario, with or without RLN: its cheapest place."""
    rows = []
    for found in estimates:
        best, messages, held = found.best, found.load.own_messages_per_month if found.load else None, found.memberships
        known = best.total if best else None
        rests_on = known.resting_on(messages) if known and messages else known
        share = found.cheapest_shares().get((best.provider, best.region)) if best else None
        month = summarise(known.value, SCRAMBLES) if known else None
        rows.append(
            (
                found.scenario.id,
                found.with_rln,
                found.scenario.title,
                found.scenario.is_milestone,
                best.provider if best else None,
                best.region if best else None,
                share,
                *(_money(found, known.value, month) if known and month else (None,) * len(MONEY)),
                month.errors[1] if month and month.errors else None,
                _rpc_median(found, best) if best else None,
                "infrastructure",
                found.scenario.active_users,
                messages.middle if messages else None,
                held.needed if held else None,
                held.available if held else None,
                held.deposit_usd.middle if held else None,
                found.is_feasible,
                "estimated" if known else "unknown",
                found.reason,
                *(_provenance(rests_on) if rests_on else _unknown(found.scenario)),
            )
        )
    return pd.DataFrame(rows, columns=list(SUMMARY_COLUMNS), dtype=object)


def sensitivity_frame(found: Iterable[tuple[Estimate, Sequence[Driver]]], catalogue: Catalogue) -> pd.DataFrame:
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
                    driver.cost_high,
                    driver.searched_from,
                    driver.searched_to,
                    driver.flip_value,
                    driver.flip_provider,
                    driver.limit_value,
                    driver.limit,
                    known.grade.value,
                    sorted(known.evidence_ids),
                )
            )
    return pd.DataFrame(rows, columns=list(SENSITIVITY_COLUMNS), dtype=object)


def confidence_frame(estimates: Iterable[Estimate]) -> pd.DataFrame:
    """One row for each scenario, with or without RLN, and confidence; what no place can offer has no cost."""
    rows: list[tuple[object, ...]] = []
    for found in estimates:
        best = found.best
        cell = (found.scenario.id, found.with_rln, found.confidence)
        if best is None or best.total is None or best.place is None:
            rows.append((*cell, *(None,) * 6, *_unknown(found.scenario)))
            continue
        month = summarise(best.total.value)
        hosts = ", ".join(f"{choice.need.hosts} x {choice.offer.offer_id}" for choice in best.place.hosts)
        figures = (month.p5, month.p50, month.p95)
        rows.append((*cell, best.provider, best.region, *figures, hosts, *_provenance(best.total)))
    return pd.DataFrame(rows, columns=list(CONFIDENCE_COLUMNS), dtype=object)


def alternatives_frame(found: Iterable[HostedCost], own: Mapping[str, Quantity]) -> pd.DataFrame:
    """One row for each scenario with users and hosted product; `own`: total without RLN by scenario."""
    rows = []
    for hosted in found:
        cost, users, ours = hosted.cost_usd_per_month, hosted.scenario.active_users, own.get(hosted.scenario.id)
        figures: tuple[float | None, ...] = (None,) * 5
        provenance: tuple[str, list[str]] = (Grade.NOT_FOUND.value, sorted(hosted.evidence_ids))
        if cost is not None:
            month = summarise(cost.value)
            per_user = month.p50 / users if users else None
            figures = (month.p5, month.p50, month.p95, per_user, month.p50 / ours.middle if ours else None)
            provenance = _provenance(cost.resting_on(ours) if ours else cost)
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
                *provenance,
            )
        )
    return pd.DataFrame(rows, columns=list(ALTERNATIVE_COLUMNS), dtype=object)


def reality_frame(checks: Iterable[Check]) -> pd.DataFrame:
    """One row for each comparison of the model with what is known."""
    rows = []
    for check in checks:
        modelled = summarise(check.modelled.value)
        figures = (modelled.p5, modelled.p50, modelled.p95, check.known_low, check.known_high, check.verdict)
        what = (check.check_id, check.title, check.scenario_id, check.with_rln, check.unit)
        rows.append((*what, *figures, check.explanation, *_provenance(check.modelled)))
    return pd.DataFrame(rows, columns=list(REALITY_COLUMNS), dtype=object)


def _provenance(quantity: Quantity) -> tuple[str, list[str]]:
    return quantity.grade.value, quantity.sorted_ids


def _unknown(scenario: Scenario) -> tuple[str, list[str]]:
    """An unknown figure still names the scenario that asks for it."""
    return Grade.NOT_FOUND.value, [f"costs__scenarios/{scenario.id}"]
