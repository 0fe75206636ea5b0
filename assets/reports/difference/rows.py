"""Rows of released tables that differ between two releases, grouped by the evidence that moved them.

Belongs here: groups of changes, and tables with some of them made; pure. Does not belong here: what is computed of such
tables (`costs.py`, `gates.py`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from assets.reports.released import RELEASED_TABLES

TypedRow: TypeAlias = Mapping[str, Any]
Tables: TypeAlias = Mapping[str, Sequence[TypedRow]]
"""Rows of released tables as they were landed, by table."""
RowKey: TypeAlias = tuple[str, tuple[Any, ...]]
"""A table and the key of one of its rows."""

MOST_GROUPS = 8
"""More groups than this are not told apart by rows of evidence, but by tables of evidence."""
MOST_NAMED = 3
"""Of one group; groups of which as much is called alike are one."""
ELSEWHERE = "nothing on record"
"""The group of rows that differ although no evidence under them does."""


@dataclass(frozen=True)
class RowChange:
    """A row before and after, None where it is not there, and the evidence under it that moved."""

    key: RowKey
    before: TypedRow | None
    after: TypedRow | None
    moved: frozenset[str]


def row_changes(before: Tables, after: Tables, moved: Collection[str]) -> list[RowChange]:
    """Return the rows that differ between two releases. `moved` are ids of evidence that is not as it was."""
    old, new = _by_key(before), _by_key(after)
    changes = []
    for key in dict.fromkeys([*old, *new]):
        was, now = old.get(key), new.get(key)
        if was != now:
            under = {i for row in (was, now) if row for i in row["evidence_ids"] or ()}
            changes.append(RowChange(key, was, now, frozenset(under.intersection(moved))))
    return changes


def grouped(changes: Iterable[RowChange]) -> dict[str, list[RowChange]]:
    """Return changes by the evidence that moved them: by its rows, or by its tables where there are many.

    A row that several pieces of evidence moved is a group of all these.
    """
    changes = list(changes)
    by_rows = _named(changes, {change.moved: sorted(change.moved) for change in changes})
    if len(by_rows) <= MOST_GROUPS:
        return by_rows
    tables = {change.moved: sorted({i.partition("/")[0] for i in change.moved}) for change in changes}
    return _named(changes, tables)


def _named(changes: Iterable[RowChange], names: Mapping[frozenset[str], Sequence[str]]) -> dict[str, list[RowChange]]:
    groups: dict[str, list[RowChange]] = {}
    for change in changes:
        named = names[change.moved]
        more = f" and {len(named) - MOST_NAMED} more" if len(named) > MOST_NAMED else ""
        groups.setdefault(", ".join(named[:MOST_NAMED]) + more or ELSEWHERE, []).append(change)
    return groups


def with_changes(before: Tables, changes: Iterable[RowChange]) -> dict[str, list[TypedRow]]:
    """Return the tables of `before` with some changes made, rows in their order and new ones at the end."""
    rows = {table: dict[RowKey, TypedRow]() for table in before}
    for key, row in _by_key(before).items():
        rows[key[0]][key] = row
    for change in changes:
        if change.after is None:
            rows[change.key[0]].pop(change.key)
        else:
            rows[change.key[0]][change.key] = change.after
    return {table: list(of_table.values()) for table, of_table in rows.items()}


def _by_key(tables: Tables) -> dict[RowKey, TypedRow]:
    return {
        (table, tuple(row[column] for column in RELEASED_TABLES[table].key)): row
        for table, rows in tables.items()
        for row in rows
    }
