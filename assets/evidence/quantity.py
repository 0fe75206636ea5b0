"""A number that remembers what it rests on: its grade and the evidence behind it travel through arithmetic.

Belongs here: the type and the four operations. Does not belong here: units (they are in names), uncertainty.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from assets.evidence.model import Grade, weakest


class MissingEvidence(Exception):  # noqa: N818 - it is a finding, not a fault of the program
    """Something is needed and not known. The message names what is missing; the result is `unknown`, never zero."""


@dataclass(frozen=True)
class Quantity:
    """A value, the weakest grade and all evidence ids that it rests on (sorted, each once).

    A plain number in an operation is exact: a definition (seconds in a day) or a count, never something observed.
    Raises `ValueError` for a value without evidence, or of grade `not_found`.
    """

    value: float
    grade: Grade
    evidence_ids: tuple[str, ...]

    def __post_init__(self) -> None:
        if not self.evidence_ids or self.grade is Grade.NOT_FOUND:
            raise ValueError(f"{self.value} rests on no evidence; expected a grade other than not_found and an id")
        object.__setattr__(self, "evidence_ids", tuple(sorted(set(self.evidence_ids))))

    def resting_on(self, *others: Quantity) -> Quantity:
        """Return the same value that rests on `others` as well: they decided it, or are printed beside it."""
        return _combined(self.value, self, *others)

    def __add__(self, other: Quantity | float) -> Quantity:
        return _combined(self.value + _value(other), self, other)

    def __sub__(self, other: Quantity | float) -> Quantity:
        return _combined(self.value - _value(other), self, other)

    def __mul__(self, other: Quantity | float) -> Quantity:
        return _combined(self.value * _value(other), self, other)

    def __truediv__(self, other: Quantity | float) -> Quantity:
        return _combined(self.value / _value(other), self, other)


def total(quantities: Iterable[Quantity]) -> Quantity:
    """Return the sum of at least one quantity."""
    first, *rest = quantities
    return _combined(sum((q.value for q in rest), first.value), first, *rest)


def _value(operand: Quantity | float) -> float:
    return operand.value if isinstance(operand, Quantity) else operand


def _combined(value: float, *operands: Quantity | float) -> Quantity:
    rested_on = [q for q in operands if isinstance(q, Quantity)]
    return Quantity(value, weakest(q.grade for q in rested_on), tuple(i for q in rested_on for i in q.evidence_ids))
