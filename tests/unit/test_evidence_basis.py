"""The algebra of grades: what holds of every basis, with generated ones."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from assets.evidence.basis import NO_EVIDENCE, Basis, with_basis
from assets.evidence.model import GRADE_ORDER, Grade
from tests.unit.bases import based

GRADES = st.sampled_from(GRADE_ORDER)
BASES = st.builds(Basis, GRADES, st.frozensets(st.sampled_from(["t/a", "t/b", "t/c", "t/d"])))


def rank(basis: Basis) -> int:
    """How weak it is: 0 is the strongest."""
    return GRADE_ORDER.index(basis.grade)


@given(BASES, BASES)
def test_the_order_of_two_does_not_matter(a: Basis, b: Basis) -> None:
    assert a & b == b & a
    assert a | b == b | a


@given(BASES, BASES, BASES)
def test_grouping_does_not_matter_and_each_distributes_over_the_other(a: Basis, b: Basis, c: Basis) -> None:
    assert (a & b) & c == a & (b & c) == Basis.all_of([a, b, c])
    assert (a | b) | c == a | (b | c) == Basis.any_of([a, b, c])
    assert a & (b | c) == (a & b) | (a & c)
    assert a | (b & c) == (a | b) & (a | c)


@given(BASES)
def test_a_source_that_is_used_twice_counts_once(a: Basis) -> None:
    assert a & a == a | a == a


@given(BASES, BASES)
def test_grades_absorb_and_ids_do_not(a: Basis, b: Basis) -> None:
    for found in (a & (a | b), a | (a & b)):
        assert found.grade is a.grade
        assert found.ids == a.ids | b.ids


@given(BASES, BASES)
def test_a_path_is_as_weak_as_its_weakest_and_alternatives_are_as_strong_as_the_strongest(a: Basis, b: Basis) -> None:
    assert rank(a & b) == max(rank(a), rank(b))
    assert rank(a | b) == min(rank(a), rank(b))


@given(BASES, BASES, BASES)
def test_a_weaker_part_never_makes_the_whole_stronger(a: Basis, b: Basis, c: Basis) -> None:
    weaker, stronger = sorted((a, b), key=rank, reverse=True)
    assert rank(weaker & c) >= rank(stronger & c)
    assert rank(weaker | c) >= rank(stronger | c)
    assert rank(weaker.contradicted(c)) >= rank(stronger.contradicted(c))


@given(BASES, BASES, BASES)
def test_contradictions_never_raise_a_grade(a: Basis, b: Basis, c: Basis) -> None:
    found = a.contradicted(b)
    assert rank(found) >= rank(a)
    assert found.contradicted(b) == found
    assert found.contradicted(c) == a.contradicted(c).contradicted(b)
    assert found.ids >= a.ids
    if b.grade in NO_EVIDENCE:
        assert found == a
    else:
        assert rank(found) >= GRADE_ORDER.index(Grade.ESTIMATED)


def test_what_contradicts_is_named_and_which_is_right_is_a_judgement() -> None:
    counted = based("measured", "t/counted")
    assert counted.contradicted(based("published", "t/said")) == based("estimated", "t/counted", "t/said")
    assert counted.contradicted(based("illustrative", "t/made_up")) == counted
    assert based("not_found", "t/x").contradicted(based("published", "t/said")).grade is Grade.NOT_FOUND


def test_nothing_to_go_by_is_not_found() -> None:
    assert Basis.all_of([]) == Basis.any_of([]) == Basis(Grade.NOT_FOUND)


def test_a_row_of_a_table_has_its_basis_in_two_columns() -> None:
    row = {"value": 1, "grade": "published", "evidence_ids": ["t/b", "t/a"]}
    assert with_basis(row) == {"value": 1, "basis": based("published", "t/a", "t/b")}
    assert Basis.of(row).cells == ("published", ["t/a", "t/b"])
    assert Basis.of({"grade": "not_found", "evidence_ids": None}) == based("not_found")
