"""A quantity carries the weakest grade and all evidence through arithmetic."""

from __future__ import annotations

import pytest

from assets.evidence.basis import Basis
from assets.evidence.model import Grade
from assets.evidence.quantity import Quantity, total

MEASURED = Quantity(6.0, Basis(Grade.MEASURED, frozenset({"t/b"})))
ESTIMATED = Quantity(3.0, Basis(Grade.ESTIMATED, frozenset({"t/a", "t/b"})))


@pytest.mark.parametrize(
    ("result", "value"),
    [
        (MEASURED + ESTIMATED, 9.0),
        (MEASURED - ESTIMATED, 3.0),
        (MEASURED * ESTIMATED, 18.0),
        (MEASURED / ESTIMATED, 2.0),
        (total([MEASURED, ESTIMATED, MEASURED]), 15.0),
        (MEASURED.resting_on(ESTIMATED), 6.0),
    ],
)
def test_result_has_the_weakest_grade_and_each_evidence_once(result: Quantity, value: float) -> None:
    assert result == Quantity(value, Basis(Grade.ESTIMATED, frozenset({"t/a", "t/b"})))


def test_plain_number_is_exact_and_adds_no_evidence() -> None:
    assert Quantity(3.0, Basis(Grade.MEASURED, frozenset({"t/b"}))) == MEASURED * 2 / 3 + 1 - 2


@pytest.mark.parametrize(("grade", "ids"), [(Grade.NOT_FOUND, frozenset({"t/a"})), (Grade.MEASURED, frozenset())])
def test_number_without_evidence_is_refused(grade: Grade, ids: frozenset[str]) -> None:
    with pytest.raises(ValueError, match="is based on no evidence"):
        Quantity(1.0, Basis(grade, ids))


def test_a_basis_of_several_has_the_weakest_grade_and_all_ids() -> None:
    found = Basis.all_of([MEASURED.basis, ESTIMATED.basis])
    assert found == MEASURED.basis & ESTIMATED.basis == Basis(Grade.ESTIMATED, frozenset({"t/a", "t/b"}))
    assert found.cells == ("estimated", ["t/a", "t/b"])
    assert Basis.all_of([]) == Basis(Grade.NOT_FOUND)
