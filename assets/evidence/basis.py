"""What a value is based on: its grade and its evidence, which travel with it.

Belongs here: the type, and how two of them become one. Does not belong here: values (`quantity.py`).

Three ways to combine them make a small algebra:

    a & b                 both are needed, as along a path: the weakest grade
    a | b                 either is enough, as alternatives: the strongest grade
    a.contradicted(b)     b says otherwise: at best estimated, since which of both is right is a judgement

The ids are those of both each time, as a set: a source counts once, however often it is used. `&` and `|` are
commutative, associative and idempotent, and each distributes over the other. Grades absorb, a & (a | b) has that of a;
ids do not, since what was looked at stays on record.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache, reduce
from operator import or_
from typing import Any

from assets.evidence.model import GRADE_ORDER, Grade, weakest

BASIS_COLUMNS = {"grade": "text", "evidence_ids": "text[]"}
"""Of a table whose rows say what they are based on."""

NO_EVIDENCE = frozenset({Grade.ILLUSTRATIVE, Grade.NOT_FOUND})
"""Grades that decide nothing: made up, or looked for without result."""

_RANK = {grade: rank for rank, grade in enumerate(GRADE_ORDER)}


@dataclass(frozen=True, slots=True)
class Basis:
    """The grade of what a value is based on, and the ids of all of it."""

    grade: Grade
    ids: frozenset[str] = frozenset()

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Basis:
        """Return the basis of a row with the columns `grade` and `evidence_ids`."""
        return cls(Grade(row["grade"]), frozenset(row["evidence_ids"] or ()))

    @classmethod
    def all_of(cls, bases: Iterable[Basis]) -> Basis:
        """Return `&` of all; nothing to go by counts as not found."""
        known = list(bases)
        return cls(weakest(basis.grade for basis in known), frozenset().union(*(basis.ids for basis in known)))

    @classmethod
    def any_of(cls, bases: Iterable[Basis]) -> Basis:
        """Return `|` of all; nothing to go by counts as not found."""
        return reduce(or_, bases, cls(Grade.NOT_FOUND))

    def __and__(self, other: Basis) -> Basis:
        # Written out: this runs tens of thousands of times for one cost table.
        ids = self.ids if other.ids is self.ids else _union(self.ids, other.ids)
        return Basis(other.grade if _RANK[other.grade] > _RANK[self.grade] else self.grade, ids)

    def __or__(self, other: Basis) -> Basis:
        return Basis(min(self.grade, other.grade, key=_RANK.__getitem__), _union(self.ids, other.ids))

    def contradicted(self, by: Basis) -> Basis:
        """Return what is left where `by` says otherwise; what is made up or was not found contradicts nothing."""
        return self if by.grade in NO_EVIDENCE else self.at_best(Grade.ESTIMATED).also(by.ids)

    def at_best(self, *grades: Grade) -> Basis:
        """Return the same evidence with the weakest of its grade and `grades`."""
        return Basis(weakest((self.grade, *grades)), self.ids)

    def also(self, ids: Iterable[str]) -> Basis:
        """Return the same grade with further evidence, which was looked at and does not make it weaker."""
        return Basis(self.grade, self.ids.union(ids))

    @property
    def cells(self) -> tuple[str, list[str]]:
        """The columns `grade` and `evidence_ids` of a table, ids in a stable order."""
        return self.grade.value, sorted(self.ids)


def with_basis(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row with its `basis` in place of the columns `grade` and `evidence_ids`."""
    return {name: row[name] for name in row if name not in ("grade", "evidence_ids")} | {"basis": Basis.of(row)}


@lru_cache(maxsize=2048)
def _union(one: frozenset[str], other: frozenset[str]) -> frozenset[str]:
    """Unite two sets once: a bill asks for the same pairs at every place, and sets keep their hash."""
    return one | other
