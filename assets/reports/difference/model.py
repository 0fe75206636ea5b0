"""What changed between two releases, and which rows of evidence moved it.

Belongs here: the comparison, pure, over released tables as rows of text. Does not belong here: files (`read.py`),
layout (`text.py`). A table of money or of judgements is compared because it is named below, all evidence because
it is in the evidence index.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, TypeAlias

from assets.costs.budget import BudgetState, budget_state
from assets.reports.difference.attribution import CostAttribution, JudgementAttribution
from assets.reports.released import RELEASED_TABLES

Row: TypeAlias = Mapping[str, str]
"""A row of a released CSV file: an empty cell is not known, lists are separated by ';'."""


@dataclass(frozen=True)
class Money:
    """A table with USD a month by scenario: which columns name the scenario, which the line (none: a total).

    `bought` are the columns that name what is paid for: an offer, or the place of the whole bill.
    """

    table: str
    scenario: tuple[str, ...]
    line: tuple[str, ...]
    value: str
    bought: tuple[str, ...]
    only: str | None = None
    """A column of truths: rows where it is false are not compared."""


@dataclass(frozen=True)
class Judgement:
    """A table whose rows have a state, and perhaps a number behind it. Without a title a row is named by its key."""

    table: str
    title: str | None
    state: str
    value: str


SUMMARY = "cost_summary"

MONEY: tuple[Money, ...] = (
    Money(
        "scenario_cost",
        ("scenario_id", "with_rln"),
        ("component",),
        "p50_usd_per_month",
        ("choice_id",),
        only="is_cheapest",
    ),
    Money(SUMMARY, ("scenario_id", "with_rln"), (), "all_in_p50_usd_per_month", ("provider", "region")),
)
JUDGEMENTS: tuple[Judgement, ...] = (
    Judgement("verdict", "title", "verdict", "passed"),
    Judgement("gates", "title", "status", "value"),
    Judgement("requirement_results", "title", "status", "value"),
    Judgement("validation_summary", None, "status", "sources"),
    Judgement("validation_matrix", None, "status", "sources"),
    Judgement("segment_ranking", None, "decision", "position"),
)
RLN = "rln_parameters"
MEMBERSHIP_LIMITS = ("total_rate_limit_cap", "membership_rate_", "epoch_length")
"""How parameters of RLN begin that decide whether a scenario can run, the one for all memberships first."""
SENDING = ("costs__workload_parameters/", "costs__assumptions/", "costs__scenarios/")
"""Tables of evidence on who sends how much, which decides it as well. Prices have no part in it."""
EVIDENCE = "evidence_index"
BUDGETS = "scenarios"

CONVERSATIONS = ("interviews__interviews/", "interviews__sessions/")
NOT_PUBLISHED = "not published"
"""What stands for the source of a conversation of which nothing may be said."""

TABLES = (*(money.table for money in MONEY), *(judged.table for judged in JUDGEMENTS), EVIDENCE, BUDGETS, RLN)
"""Tables that a comparison reads. One that a release does not have counts as empty."""


@dataclass(frozen=True)
class ComparedRelease:
    """A published release as far as it is compared."""

    manifest: Mapping[str, Any]
    tables: Mapping[str, Sequence[Row]]

    def rows(self, table: str) -> Sequence[Row]:
        return self.tables.get(table, ())


@dataclass(frozen=True)
class NumberChange:
    """One number before and after, None where it is not known. `rests_on`: evidence under it that changed as well."""

    name: str
    before: float | None
    after: float | None
    rests_on: tuple[str, ...]

    @property
    def delta(self) -> float | None:
        return None if self.before is None or self.after is None else self.after - self.before

    @property
    def share(self) -> float | None:
        return self.delta / self.before if self.delta is not None and self.before else None


@dataclass(frozen=True)
class Move:
    """Another offer in a line of the bill, or another place for all of it (`line` is `total`); empty for none."""

    line: str
    before: str
    after: str


@dataclass(frozen=True)
class FeasibilityChange:
    """Whether a scenario can run, and for how many memberships there is room, before and after.

    None where it is not known. `reason` is what each release says of it; `rests_on` as in `NumberChange`.
    """

    before: bool | None
    after: bool | None
    room_before: float | None
    room_after: float | None
    reason_before: str
    reason_after: str
    rests_on: tuple[str, ...]


@dataclass(frozen=True)
class ScenarioChange:
    """What changed of one scenario. The total is None if the release has none.

    `budget` and `budget_state` are those of each release, before and after.
    """

    name: str
    lines: tuple[NumberChange, ...]
    lines_as_before: int
    moves: tuple[Move, ...]
    total: NumberChange | None
    budget: tuple[float | None, float | None]
    budget_state: tuple[BudgetState | None, BudgetState | None]
    feasibility: FeasibilityChange | None
    """None where it is as before."""
    scenario_id: str = ""
    with_rln: bool = False
    moved_by: CostAttribution | None = None
    """What the change of the total is attributed to; None where it is not known."""


@dataclass(frozen=True)
class JudgementChange:
    """A gate or requirement whose state or value changed; None for a side that does not have it."""

    table: str
    key: str
    title: str
    state_before: str | None
    state_after: str | None
    value: NumberChange
    moved_by: JudgementAttribution | None = None
    """None where it is not known."""


@dataclass(frozen=True)
class EvidenceEntry:
    """A row of evidence by name, and where it is typed."""

    evidence_id: str
    source: str
    place: str


@dataclass(frozen=True)
class EvidenceChange:
    """Rows of evidence by what became of them. `is_comparable` is False if a release does not say what rows said."""

    added: tuple[EvidenceEntry, ...]
    removed: tuple[EvidenceEntry, ...]
    changed: tuple[EvidenceEntry, ...]
    is_comparable: bool

    @property
    def ids(self) -> frozenset[str]:
        return frozenset(row.evidence_id for row in (*self.added, *self.removed, *self.changed))


@dataclass(frozen=True)
class Difference:
    """All that changed between two releases."""

    before: str
    after: str
    verdict_before: str
    verdict_after: str
    is_other_code: bool
    as_of: tuple[str | None, str | None]
    packs: tuple[tuple[str, ...], tuple[str, ...]]
    judgements: tuple[JudgementChange, ...]
    scenarios: tuple[ScenarioChange, ...]
    evidence: EvidenceChange
    withdrawn: tuple[str, ...] = ()
    """Conversations that people withdrew in between, or whose file is gone from its pack."""
    is_cleaned: bool = False
    """Whether what was computed with such conversations was taken out of the earlier release too."""

    def as_json(self) -> dict[str, Any]:
        """Return plain values, with the difference and its share beside each pair of numbers."""
        plain: dict[str, Any] = _with_deltas(asdict(self))
        return plain


def compare(before: ComparedRelease, after: ComparedRelease) -> Difference:
    """Return what changed from one release to another."""
    evidence = _evidence(before.rows(EVIDENCE), after.rows(EVIDENCE))
    old, new = before.manifest, after.manifest
    return Difference(
        before=old["release_id"],
        after=new["release_id"],
        verdict_before=old["verdict"],
        verdict_after=new["verdict"],
        is_other_code=old["code_version"] != new["code_version"],
        as_of=(old["as_of"], new["as_of"]),
        packs=(tuple(old["packs"]), tuple(new["packs"])),
        judgements=tuple(c for table in JUDGEMENTS for c in _judgements(table, before, after, evidence.ids)),
        scenarios=tuple(_scenarios(before, after, evidence.ids)),
        evidence=evidence,
        withdrawn=tuple(sorted(_withdrawn(before, after))),
        is_cleaned=bool(old.get("cleaned_by")),
    )


def _withdrawn(before: ComparedRelease, after: ComparedRelease) -> Iterable[str]:
    """Yield conversations that count as withdrawn later. A release that was cleaned has no word of them left."""
    old, new = ({row["evidence_id"]: row for row in release.rows(EVIDENCE)} for release in (before, after))
    for evidence_id, was in old.items():
        if not evidence_id.startswith(CONVERSATIONS):
            continue
        now = new.get(evidence_id)
        if now is None:
            if was.get("pack") in after.manifest["packs"]:
                yield evidence_id
        elif (
            now["source"] == NOT_PUBLISHED
            and now.get("content_hash") != was.get("content_hash")
            and (was["source"] != NOT_PUBLISHED or before.manifest.get("cleaned_by"))
        ):
            yield evidence_id


def _evidence(before: Sequence[Row], after: Sequence[Row]) -> EvidenceChange:
    old, new = ({row["evidence_id"]: row for row in rows} for rows in (before, after))
    is_comparable = all(row.get("content_hash") for row in (*before, *after))
    changed = [i for i in old.keys() & new.keys() if is_comparable and old[i]["content_hash"] != new[i]["content_hash"]]
    return EvidenceChange(
        added=_named(new, new.keys() - old.keys()),
        removed=_named(old, old.keys() - new.keys()),
        changed=_named(new, changed),
        is_comparable=is_comparable,
    )


def _named(rows: Mapping[str, Row], ids: Iterable[str]) -> tuple[EvidenceEntry, ...]:
    return tuple(EvidenceEntry(i, rows[i]["source"], f"{rows[i]['file']}:{rows[i]['line']}") for i in sorted(ids))


def _judgements(
    table: Judgement, before: ComparedRelease, after: ComparedRelease, moved: frozenset[str]
) -> Iterable[JudgementChange]:
    # A release of before a table had its key does not mention it.
    columns = RELEASED_TABLES[table.table].key
    keyed = ([row for row in release.rows(table.table) if row.keys() >= set(columns)] for release in (before, after))
    old, new = (_by_key(rows, columns) for rows in keyed)
    for key in _in_order(old, new):
        was, now = old.get(key), new.get(key)
        row = now or was or {}
        title = row[table.title] if table.title else ", ".join(filter(None, key))
        change = _change(title, was, now, table.value, moved)
        state_was, state_now = (side[table.state] if side else None for side in (was, now))
        if state_was != state_now or not _is_same(change):
            yield JudgementChange(table.table, " ".join(key), title, state_was, state_now, change)


def _scenarios(before: ComparedRelease, after: ComparedRelease, moved: frozenset[str]) -> Iterable[ScenarioChange]:
    feasible = _feasibility(before, after, moved)
    budgets = [_budgets(release) for release in (before, after)]
    for scenario, money in sorted(_money(before, after, moved).items()):
        total = money.total
        changed = tuple(line for line in money.lines if not _is_same(line))
        old_budget, new_budget = (of_release.get(money.scenario_id) for of_release in budgets)
        is_same_total = total is None or _is_same(total)
        can_run = feasible.get(scenario)
        if changed or money.moves or not is_same_total or old_budget != new_budget or can_run:
            yield ScenarioChange(
                name=", ".join(scenario),
                lines=changed,
                lines_as_before=len(money.lines) - len(changed),
                moves=tuple(money.moves),
                total=total,
                budget=(old_budget, new_budget),
                budget_state=(
                    budget_state(total.before if total else None, old_budget),
                    budget_state(total.after if total else None, new_budget),
                ),
                feasibility=can_run,
                scenario_id=money.scenario_id,
                with_rln=money.with_rln,
            )


@dataclass
class _Money:
    """The bill of one scenario in both releases: each line, what is bought for it, and the total."""

    scenario_id: str
    with_rln: bool
    lines: list[NumberChange] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)
    total: NumberChange | None = None


def _money(before: ComparedRelease, after: ComparedRelease, moved: frozenset[str]) -> dict[tuple[str, ...], _Money]:
    """Compare all tables of money, line by line, and return what is in them by scenario."""
    found: dict[tuple[str, ...], _Money] = {}
    for table in MONEY:
        old, new = (_by_key(_compared(release, table), table.scenario + table.line) for release in (before, after))
        for key in _in_order(old, new):
            was, now = old.get(key), new.get(key)
            row = now or was or {}
            scenario = tuple(_worded(column, row[column]) for column in table.scenario)
            money = found.setdefault(scenario, _Money(row["scenario_id"], row["with_rln"] == "true"))
            name = " ".join(row[column] for column in table.line) or "total"
            change = _change(name, was, now, table.value, moved)
            money.moves += _moves(name, was, now, table.bought)
            if table.line:
                money.lines.append(change)
            else:
                money.total = change
    return found


def _feasibility(
    before: ComparedRelease, after: ComparedRelease, moved: frozenset[str]
) -> dict[tuple[str, ...], FeasibilityChange]:
    """Return by scenario where both releases tell it and it, or the room for memberships, changed."""
    columns = ("scenario_id", "with_rln")
    old, new = (_by_key(release.rows(SUMMARY), columns) for release in (before, after))
    limits = {
        evidence_id: row["parameter"]
        for release in (before, after)
        for row in release.rows(RLN)
        for evidence_id in row["evidence_ids"].split(";")
        if row["parameter"].startswith(MEMBERSHIP_LIMITS)
    }
    found = {}
    for key in old.keys() & new.keys():
        was, now = old[key], new[key]
        states = [(row.get("is_feasible", ""), row.get("memberships_available", "")) for row in (was, now)]
        if states[0] == states[1] or not all("is_feasible" in row for row in (was, now)):
            continue
        (can_before, room_before), (can_after, room_after) = states
        ids = {i for row in (was, now) for i in row.get("evidence_ids", "").split(";")} & moved
        found[tuple(_worded(column, part) for column, part in zip(columns, key, strict=True))] = FeasibilityChange(
            before=_truth(can_before),
            after=_truth(can_after),
            room_before=_number(room_before),
            room_after=_number(room_after),
            reason_before=was.get("reason", ""),
            reason_after=now.get("reason", ""),
            rests_on=(
                *sorted(ids & limits.keys(), key=lambda i: (not limits[i].startswith(MEMBERSHIP_LIMITS[0]), i)),
                *sorted(i for i in ids if i.startswith(SENDING)),
            ),
        )
    return found


def _moves(line: str, was: Row | None, now: Row | None, columns: tuple[str, ...]) -> Iterable[Move]:
    """Name what is bought instead. A release of before such a column was there does not mention it."""
    if was is None or now is None or not all(column in row for column in columns for row in (was, now)):
        return
    before, after = (" ".join(filter(None, (row[column] for column in columns))) for row in (was, now))
    if before != after:
        yield Move(line, before, after)


def _budgets(release: ComparedRelease) -> dict[str, float | None]:
    return {row["scenario_id"]: _number(row.get("budget_usd_per_month", "")) for row in release.rows(BUDGETS)}


def _compared(release: ComparedRelease, table: Money) -> Sequence[Row]:
    """Return the rows that count; the totals of a bill have a table of their own."""
    rows = release.rows(table.table)
    if table.only is None:
        return rows
    return [row for row in rows if row[table.only] == "true" and row.get("is_total") != "true"]


def _change(name: str, was: Row | None, now: Row | None, column: str, moved: frozenset[str]) -> NumberChange:
    ids = {i for row in (was, now) if row for i in row.get("evidence_ids", "").split(";")}
    # A release of before a column was there does not mention it.
    before, after = (_number(row.get(column, "")) if row else None for row in (was, now))
    return NumberChange(name, before, after, tuple(sorted(ids & moved)))


def _by_key(rows: Sequence[Row], columns: tuple[str, ...]) -> dict[tuple[str, ...], Row]:
    return {tuple(row[column] for column in columns): row for row in rows}


def _in_order(old: Mapping[tuple[str, ...], Row], new: Mapping[tuple[str, ...], Row]) -> list[tuple[str, ...]]:
    return list(dict.fromkeys([*new, *old]))


def _worded(column: str, value: str) -> str:
    """Write `with_rln` and `true` as `with rln`."""
    if value not in ("true", "false"):
        return value
    return ("" if value == "true" else "without ") + column.removeprefix("with_" if value == "false" else "").replace(
        "_", " "
    )


def _truth(cell: str) -> bool | None:
    return cell == "true" if cell else None


def _number(cell: str) -> float | None:
    return float(cell) if cell else None


def _is_same(change: NumberChange) -> bool:
    if change.before is None or change.after is None:
        return change.before is change.after
    # What is left of a sum taken in another order is not a change.
    return math.isclose(change.before, change.after, rel_tol=1e-9, abs_tol=1e-12)


def _with_deltas(value: Any) -> Any:
    if isinstance(value, dict):
        plain = {key: _with_deltas(part) for key, part in value.items()}
        if "rests_on" in plain and "name" in plain:
            change = NumberChange(**value)
            plain |= {"delta": change.delta, "share": change.share}
        return plain
    return [_with_deltas(part) for part in value] if isinstance(value, list | tuple) else value
