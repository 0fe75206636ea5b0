"""The weakest path under a verdict: gate, requirement and row that the answer turns on, the weakest of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from assets.evidence.model import Grade
from assets.readiness.model import Gate, MetricValue, NumberOrigin, RequirementResult, gates_of, verdict_of
from tests.unit.bases import based
from tests.unit.readiness_world import MILESTONE, requirement

ROW_GRADES = {
    "t/strong": Grade.MEASURED,
    "t/weak": Grade.ESTIMATED,
    "t/other": Grade.PUBLISHED,
    "t/another": Grade.PUBLISHED,
    "t/asked": Grade.ESTIMATED,
}


def counted_pages(
    gate_id: str,
    value: float | None,
    *rows: str,
    grade: Grade = Grade.PUBLISHED,
    asked: tuple[str, ...] = (),
    of: float | None = None,
    **changes: Any,
) -> RequirementResult:
    """Pages of which at least five are asked for."""
    origin = NumberOrigin.NOT_KNOWN if value is None else NumberOrigin.COUNTED
    counted = MetricValue(value, based(grade, *rows), origin=origin, of=of)
    asks = requirement(gate_id, "d", "pages", 5.0, basis=based("published", *asked))
    return RequirementResult(replace(asks, **changes), counted)


@pytest.mark.parametrize(
    ("results", "path"),
    [
        pytest.param(
            [
                counted_pages("usps", 5, "t/other"),
                counted_pages("cost", 5, "t/strong", "t/weak", grade=Grade.ESTIMATED),
            ],
            ("cost", "cost_pages", "t/weak"),
            id="all pass, and the weakest row is needed",
        ),
        pytest.param(
            [counted_pages("cost", 9, "t/weak", "t/other", grade=Grade.ESTIMATED), counted_pages("usps", 5, "t/other")],
            ("usps", "usps_pages", "t/other"),
            id="all pass, and nothing turns on the weakest row",
        ),
        pytest.param(
            [
                counted_pages("cost", 9, "t/weak", "t/other", grade=Grade.ESTIMATED),
                counted_pages("usps", 8, "t/strong", "t/other"),
            ],
            ("cost", "cost_pages"),
            id="all pass, and nothing turns on any row",
        ),
        pytest.param(
            [
                counted_pages("cost", 5, "t/weak", grade=Grade.ESTIMATED),
                counted_pages("usps", 2, "t/strong", "t/other"),
            ],
            ("usps", "usps_pages", "t/other"),
            id="a weak row under a gate that passes does not decide a failure",
        ),
        pytest.param(
            [counted_pages("usps", 2, "t/other", "t/another")],
            ("usps", "usps_pages", "t/another"),
            id="the first of several equals is named",
        ),
        pytest.param(
            [counted_pages("usps", 2, "t/other", "t/another", asked=("t/asked",))],
            ("usps", "usps_pages", "t/asked"),
            id="what is asked for may be the weakest",
        ),
        pytest.param(
            [counted_pages("usps", 5, "t/weak", grade=Grade.ESTIMATED), counted_pages("cost", None, "t/other")],
            ("cost", "cost_pages", "t/other"),
            id="what is not known decides before what passes",
        ),
    ],
)
def test_the_weakest_path_leads_to_what_decides(results: list[RequirementResult], path: tuple[str, ...]) -> None:
    assert verdict_of(MILESTONE, gates_of(results), ROW_GRADES).weakest_path == path


def test_the_weakest_path_says_how_many_rows_are_as_weak() -> None:
    equals = counted_pages("usps", 2, "t/strong", "t/other", "t/another")
    assert verdict_of(MILESTONE, gates_of([equals]), ROW_GRADES).equally_weak == 2
    enough = counted_pages("usps", 8, "t/other", "t/another")
    assert verdict_of(MILESTONE, gates_of([enough]), ROW_GRADES).equally_weak == 0


def test_the_weakest_path_ends_where_nothing_was_found() -> None:
    asks = requirement("codesign", "codesign_sessions", "sessions_held", 3, basis=based("published", "t/asked"))
    nothing = RequirementResult(asks, MetricValue(None, based("not_found")))
    verdict = verdict_of(MILESTONE, gates_of([nothing]), ROW_GRADES)
    assert (verdict.weakest_path, verdict.equally_weak) == (("codesign", "codesign_sessions_held"), 0)


@pytest.mark.parametrize("grade", [Grade.PUBLISHED, Grade.ESTIMATED])
def test_where_no_row_that_was_counted_is_listed_the_one_that_asks_is_named(grade: Grade) -> None:
    unlisted = counted_pages("usps", 2.0, "t/unlisted", grade=grade, asked=("t/asked",))
    verdict = verdict_of(MILESTONE, gates_of([unlisted]), ROW_GRADES)
    assert verdict.weakest_path == ("usps", "usps_pages", "t/asked")
    assert verdict_of(MILESTONE, gates_of([unlisted]), {}).weakest_path == ("usps", "usps_pages")


def test_the_requirement_that_decides_is_weak_and_not_what_stands_beside_it_in_its_gate() -> None:
    failing = counted_pages("usps", 2.0, "t/other")
    gates = (
        Gate("usps", "fit", "d", "usps", (failing,)),
        Gate("cost", "fit", "d", "cost", (failing, counted_pages("cost", 5.0, "t/weak", grade=Grade.ESTIMATED))),
    )
    assert verdict_of(MILESTONE, gates, ROW_GRADES).weakest_path == ("usps", "usps_pages", "t/other")


@pytest.mark.parametrize(
    ("result", "turns"),
    [
        (counted_pages("usps", 5.0, "t/other", "t/another"), True),
        (counted_pages("usps", 6.0, "t/other", "t/another"), False),
        (counted_pages("usps", 10.0, "t/other", "t/another"), False),
        (counted_pages("usps", 9.0, "t/another"), True),  # without this row there is none
        (counted_pages("usps", 3.0, "t/other", "t/another", tolerance=2.0), True),
        (counted_pages("usps", 4.0, "t/other", "t/another", tolerance=2.0), False),
        (counted_pages("usps", 2.0, "t/other", "t/another", threshold=None, comparison="all", of=2.0), True),
    ],
)
def test_a_requirement_that_is_met_turns_on_a_row_where_one_less_is_too_few(
    result: RequirementResult, turns: bool
) -> None:
    end = ("t/another",) if turns else ()
    assert verdict_of(MILESTONE, gates_of([result]), ROW_GRADES).weakest_path == ("usps", "usps_pages", *end)
