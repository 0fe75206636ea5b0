"""A number, or one number per draw, that remembers what it is based on: grade and evidence travel through arithmetic.

Belongs here: the type and its operations. Does not belong here: units (they are in names), how draws are made
(`assets/costs/draws.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from assets.evidence.basis import Basis
from assets.evidence.model import Grade

Value: TypeAlias = float | NDArray[np.float64]
"""A number that is the same in every draw, or an array with one number per draw."""


class MissingEvidence(Exception):  # noqa: N818 - it is a finding, not a fault of the program
    """Something is needed and not known. The message names what is missing; the result is `unknown`, never zero."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A value and what it is based on.

    A plain number in an operation is exact: a definition (seconds in a day) or a count, never something observed.
    Raises `ValueError` for a value without evidence, or of grade `not_found`.
    """

    value: Value
    basis: Basis

    def __post_init__(self) -> None:
        if not self.basis.ids or self.basis.grade is Grade.NOT_FOUND:
            raise ValueError(f"{self.value} is based on no evidence; expected a grade other than not_found and an id")

    @property
    def middle(self) -> float:
        """The median over all draws."""
        return float(np.median(self.value))

    @property
    def mean(self) -> float:
        """The mean over all draws."""
        return float(np.mean(self.value))

    def resting_on(self, *others: Quantity) -> Quantity:
        """Return the same value that is based on `others` as well: they decided it, or are printed beside it."""
        return _combined(self.value, self, *others)

    def having(self, value: Value) -> Quantity:
        """Return another value that is based on the same evidence."""
        return Quantity(value, self.basis)

    def __add__(self, other: Quantity | Value) -> Quantity:
        if isinstance(other, Quantity):
            return _combined(self.value + other.value, self, other)
        return self.having(self.value + other)

    def __sub__(self, other: Quantity | Value) -> Quantity:
        if isinstance(other, Quantity):
            return _combined(self.value - other.value, self, other)
        return self.having(self.value - other)

    def __mul__(self, other: Quantity | Value) -> Quantity:
        if isinstance(other, Quantity):
            return _combined(self.value * other.value, self, other)
        return self.having(self.value * other)

    def __truediv__(self, other: Quantity | Value) -> Quantity:
        if isinstance(other, Quantity):
            return _combined(self.value / other.value, self, other)
        return self.having(self.value / other)


def total(quantities: Iterable[Quantity]) -> Quantity:
    """Return the sum of at least one quantity, draw by draw."""
    first, *rest = quantities
    return _combined(sum((q.value for q in rest), first.value), first, *rest)


def computed(function: Callable[..., Any], *operands: Quantity) -> Quantity:
    """Return `function` of the values of `operands`, which works draw by draw; it is based on all of them."""
    return _combined(function(*(operand.value for operand in operands)), *operands)


def _combined(value: Value, first: Quantity, *others: Quantity) -> Quantity:
    basis = first.basis
    for other in others:
        if other.basis is not basis:
            basis &= other.basis
    return Quantity(value, basis)
