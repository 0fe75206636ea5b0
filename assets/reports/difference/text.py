"""The difference between two releases as lines for a terminal, aligned as a bill is.

Belongs here: words and columns. Does not belong here: what counts as a change (`model.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from assets.reports.difference.attribution import ORDERS, CostAttribution, JudgementAttribution, Method
from assets.reports.difference.model import (
    Difference,
    EvidenceEntry,
    FeasibilityChange,
    JudgementChange,
    Move,
    NumberChange,
    ScenarioChange,
)

SHOWN = 8
"""Rows of evidence listed of each table, an interview with all its rows; `--json` has all."""

UNKNOWN = "not known"
HALF_A_CENT, NO_EFFECT = 0.005, 1e-9
HOW: Mapping[Method, str] = {
    "one at a time": "each change made alone",
    "Shapley": "changes act together: Shapley values over all orders",
    "Shapley, sampled": f"changes act together: Shapley values over {ORDERS} orders, drawn with a fixed seed",
}
"""How a change was attributed."""


def diff_lines(difference: Difference, most: int | None = None) -> list[str]:
    """Return the comparison line by line: all of it, or `most` lines.

    Of a long one, costs are the totals of scenarios, and each part is cut at its share of the lines.
    """
    if difference.verdict_before == difference.verdict_after:
        verdict = f"Verdict: {_words(difference.verdict_after)}, as before"
    else:
        verdict = f"Verdict: {_words(difference.verdict_before)} → {_words(difference.verdict_after)}"
    parts = [
        [f"From {difference.before} to {difference.after}", "", verdict, *_withdrawal(difference)],
        [line for change in difference.judgements for line in _judgement(change, difference)],
        list(_circumstances(difference)),
        _costs(difference.scenarios),
        _evidence(difference),
    ]
    if most is None or sum(map(len, parts)) <= most:
        return [line for part in parts for line in part]
    totals, costs = _totals(difference.scenarios), parts[COSTS]
    cut = [
        (totals, len(costs) - len(totals)) if part is costs and len(totals) < len(costs) else (part, 0)
        for part in parts
    ]
    return [line for part in _cut(cut, most) for line in part]


def _cut(parts: Sequence[tuple[Sequence[str], int]], most: int) -> list[list[str]]:
    """Return parts with `most` lines together: a long one gets what shorter ones leave, and counts what it lacks.

    Beside its lines each part has how many are left out already.
    """
    lengths = [len(lines) + bool(lacks) for lines, lacks in parts]
    shares = dict[int, int]()
    for place, position in enumerate(sorted(range(len(parts)), key=lengths.__getitem__)):
        room = most - sum(shares.values())
        shares[position] = min(lengths[position], room // (len(parts) - place))
    shown = []
    for position, (lines, lacks) in enumerate(parts):
        kept = lines if lengths[position] == shares[position] else lines[: shares[position] - 1]
        left = len(lines) - len(kept) + lacks
        shown.append([*kept, *([f"  and {left} more lines; --all shows them"] if left else [])])
    return shown


COSTS = 3
"""Position of the costs among the parts of a comparison."""


def _totals(scenarios: Sequence[ScenarioChange]) -> list[str]:
    """Return what a month costs in each scenario whose bill changed."""
    heading = "Costs, USD a month"
    totals = {scenario.name.replace("_", " "): scenario.total for scenario in scenarios if scenario.total}
    width = max(len(heading), *(len(name) + 2 for name in totals), 0)
    return ["", f"{heading:<{width}}  {'before':>12}  {'after':>12}  {'change':>12}"] + [
        _bill(replace(total, name=name), width) for name, total in totals.items()
    ]


KINDS = {
    "verdict": ("milestone", "gates that pass: "),
    "gates": ("gate", ""),
    "requirement_results": ("requirement", ""),
    "validation_summary": ("selling point", "sources: "),
    "validation_matrix": ("selling point by segment", "sources: "),
    "segment_ranking": ("segment", "position: "),
}
"""What a row of a table is called, and its number."""


TAKEN_OUT = ("validation_summary", "validation_matrix", "segment_ranking")
"""Tables that are computed from what people said: a withdrawal takes rows out of those of earlier releases."""


def _withdrawal(difference: Difference) -> Iterable[str]:
    """Say whose withdrawal is a reason of what follows."""
    if difference.withdrawn:
        more = f" and {len(difference.withdrawn) - 5} more" if len(difference.withdrawn) > 5 else ""
        yield f"  Withdrawn, or gone from its pack: {', '.join(difference.withdrawn[:5])}{more}"
        if difference.is_cleaned:
            yield f"    what followed from these conversations was taken out of {difference.before} as well"


def _judgement(change: JudgementChange, difference: Difference) -> Iterable[str]:
    kind, label = KINDS[change.table]
    is_gone = bool(difference.withdrawn) and difference.is_cleaned and change.table in TAKEN_OUT
    absent = "taken out with the withdrawal" if is_gone and change.state_before is None else "not there"
    was, now = (absent if state is None else state for state in (change.state_before, change.state_after))
    # A side that is not there has no number that could be known.
    sides = ((change.state_before, change.value.before), (change.state_after, change.value.after))
    values = [_plain(value) for state, value in sides if state is not None]
    value = "" if change.value.before == change.value.after else f" ({label}{' → '.join(values)})"
    states = f"{was} → {now}" if was != now else f"{now}, as before"
    yield f"  {kind} {change.title}: {states}{value}"
    withdrawn = difference.withdrawn
    if change.moved_by is None:
        yield from _rests([_named(i, withdrawn) for i in change.value.rests_on], "    ")
    else:
        yield from _caused(change.moved_by, withdrawn)


def _named(evidence: str, withdrawn: Sequence[str]) -> str:
    """Name rows of evidence, the withdrawal of a conversation as such."""
    return ", ".join(f"the withdrawal of {i}" if i in withdrawn else i for i in evidence.split(", "))


def _caused(found: JudgementAttribution, withdrawn: Sequence[str]) -> Iterable[str]:
    """Say what moved a judgement: shares of a change of state, or parts of a change of its number, the most first."""
    effects = sorted(found.attribution.effects.items(), key=lambda item: -abs(item[1]))
    how = "" if found.attribution.method == "one at a time" else f" ({HOW[found.attribution.method]})"
    said = [
        group if found.is_of_state and effect == 1 else f"{group} {_part(effect, found.is_of_state)}"
        for group, effect in ((_named(named, withdrawn), effect) for named, effect in effects)
        if abs(effect) > NO_EFFECT
    ]
    yield f"    because of {'; '.join(said)}{how}"


def _part(effect: float, is_share: bool) -> str:
    return f"{effect:.0%}".replace("%", " %") if is_share else f"{effect:+g}"


def _circumstances(difference: Difference) -> Iterable[str]:
    (was_of, now_of), (was_packs, now_packs) = difference.as_of, difference.packs
    if difference.is_other_code:
        yield "  The code changed: a number may have moved without any evidence."
    if was_of != now_of:
        yield f"  Evidence up to: {was_of or 'all'} → {now_of or 'all'}"
    if was_packs != now_packs:
        yield f"  Packs: {', '.join(was_packs)} → {', '.join(now_packs)}"


def _costs(scenarios: Sequence[ScenarioChange]) -> list[str]:
    if not scenarios:
        return ["", "Costs: as before"]
    heading = "Costs, USD a month"
    changes = [line for s in scenarios for line in (*s.lines, s.total) if line is not None]
    width = max(len(heading), *(len(_name(change)) for change in changes))
    lines = ["", f"{heading:<{width}}  {'before':>12}  {'after':>12}  {'change':>12}"]
    for scenario in scenarios:
        lines += ["", scenario.name.replace("_", " ")]
        lines += [line for move in scenario.moves for line in _move(move)]
        if scenario.feasibility:
            lines += _feasibility(scenario.feasibility)
        for line in scenario.lines:
            lines += [_bill(line, width), *_because(line, "    ")]
        if scenario.lines_as_before:
            lines.append(
                f"  {scenario.lines_as_before} {'line' if scenario.lines_as_before == 1 else 'lines'} as before"
            )
        if scenario.total:
            lines += [_bill(scenario.total, width), *_moved(scenario.moved_by, width)]
        lines += _budget(scenario)
    return lines


def _moved(found: CostAttribution | None, width: int) -> Iterable[str]:
    """Say what moved a total, the most first. What is below half a cent is left out."""
    if found is None:
        return
    effects = dict(sorted(found.attribution.effects.items(), key=lambda item: -abs(item[1])))
    together = found.attribution.total - sum(effects.values())
    shown = {**effects, "together": together, "another code": found.code}
    yield f"  of which ({HOW[found.attribution.method]}):"
    for group, effect in shown.items():
        if abs(effect) >= HALF_A_CENT:
            yield f"{f'    {group}':<{width + 28}}  {_signed(effect):>12}"


def _move(move: Move) -> Iterable[str]:
    what = "cheapest at" if move.line == "total" else f"{move.line.replace('_', ' ')} from"
    yield f"  {what} {move.before or 'nowhere'} → {move.after or 'nowhere'}"


def _feasibility(change: FeasibilityChange) -> Iterable[str]:
    was, now = (UNKNOWN if state is None else "yes" if state else "no" for state in (change.before, change.after))
    room = ""
    if change.room_before != change.room_after:
        rooms = [UNKNOWN if r is None else f"{r:,.0f}" for r in (change.room_before, change.room_after)]
        room = f" (room for memberships: {' → '.join(rooms)})"
    yield f"  can run: {was}, as before{room}" if was == now else f"  can run: {was} → {now}{room}"
    sides = (("before", change.before, change.reason_before), ("now", change.after, change.reason_after))
    for label, state, reason in sides:
        if state is not True and reason:
            yield f"    {label}: {reason}"
    yield from _rests(change.rests_on, "    ")


def _budget(scenario: ScenarioChange) -> Iterable[str]:
    (old, new), (was, now) = scenario.budget, scenario.budget_state
    if old is None and new is None:
        return
    amount = "none" if new is None else money(new)
    if old != new:
        amount = f"{'none' if old is None else money(old)} → {amount}"
    states = f": {now}" if now else ""
    yield f"  budget of {amount}{states}{f', was {was}' if was and was != now else ''}"


def _bill(change: NumberChange, width: int) -> str:
    sign = "" if change.delta is None else _signed(change.delta)
    share = "" if change.share is None else f"  ({change.share:+.1%})".replace("%", " %")
    return (
        f"{_name(change):<{width}}  {money(change.before):>12}  {money(change.after):>12}  {sign:>12}{share}".rstrip()
    )


def _signed(amount: float) -> str:
    return f"{'+' if amount >= 0 else '-'}{money(abs(amount))}"


def _name(change: NumberChange) -> str:
    return f"  {change.name.replace('_', ' ')}"


def _because(change: NumberChange, indent: str) -> Iterable[str]:
    yield from _rests(change.rests_on, indent)


def _rests(ids: Sequence[str], indent: str) -> Iterable[str]:
    if ids:
        more = f" and {len(ids) - 5} more" if len(ids) > 5 else ""
        yield f"{indent}is based on {', '.join(ids[:5])}{more}"


def _evidence(difference: Difference) -> list[str]:
    evidence = difference.evidence
    lines = [""]
    for what, rows in (("added", evidence.added), ("removed", evidence.removed), ("changed", evidence.changed)):
        if rows:
            lines.append(f"Evidence {what}: {len(rows)} {'row' if len(rows) == 1 else 'rows'}")
            by_table = groupby(sorted(rows, key=_table), key=_table)
            lines += [line for table, of_table in by_table for line in _rows(table, list(of_table))]
    if not evidence.is_comparable:
        lines.append("One of the releases does not say what its rows of evidence said: changed rows cannot be named.")
    elif len(lines) == 1:
        lines.append("Evidence: as before")
    return lines


def _table(row: EvidenceEntry) -> str:
    return row.evidence_id.partition("/")[0]


def _rows(table: str, rows: Sequence[EvidenceEntry]) -> Iterable[str]:
    yield from (f"  {row.evidence_id}  ({row.place})" for row in rows[:SHOWN])
    if len(rows) > SHOWN:
        yield f"  and {len(rows) - SHOWN} more of {table}; --json lists all"


def money(value: float | None) -> str:
    """Write USD with cents, and small amounts with as many digits as they need."""
    if value is None:
        return UNKNOWN
    return f"{value:,.2f}" if value == 0 or abs(value) >= 0.01 else f"{value:.2g}"


def _plain(value: float | None) -> str:
    return UNKNOWN if value is None else f"{value:g}"


def _words(verdict: str) -> str:
    return verdict.replace("_", " ").upper()
