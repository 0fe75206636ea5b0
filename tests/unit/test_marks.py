"""Marks of readers: which one counts, what is refused, and that they show beside numbers and change none."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from typing import Any

import pytest

from assets.evidence.across import check_across
from assets.evidence.marks import ALL, MARKS, Marked, marks_that_count, review_rows
from assets.evidence.model import Parsed
from assets.evidence.parsing import parse_csv
from assets.evidence.tables import TABLES_BY_KEY
from assets.reports.page.site import ReleaseData, render_pages
from tests.unit.page import Site
from tests.unit.release_fixture import SERVER, VOLUME, release

ROW = "pricing__rpc_plans/team"
HEADER = ",".join(TABLES_BY_KEY[MARKS].header())


def mark(name: str, day: int, what: str = "reviewed", row: str = ROW) -> dict[str, Any]:
    made = {"marked_row": row, "mark": what, "role": "analyst", "as_of": date(2026, 11, day)}
    return {**made, "evidence_id": f"{MARKS}/{name}"}


@pytest.mark.parametrize(
    ("marks", "day", "expected"),
    [
        ([mark("a", 2), mark("b", 3, "doubtful")], 1, "doubtful"),
        ([mark("b", 3, "doubtful"), mark("c", 4)], 1, "reviewed"),
        ([mark("a", 2), mark("b", 2, "doubtful")], 1, "doubtful"),
        ([mark("a", 2)], 2, "reviewed"),
        ([mark("a", 2)], 3, None),  # the row is newer than its review
        ([mark("a", 2, "doubtful")], 3, "doubtful"),
        ([mark("a", 2, row="pricing__rpc_plans/other")], 1, None),
    ],
)
def test_the_newest_mark_counts_and_a_review_is_of_the_row_as_it_was(
    marks: list[dict[str, Any]], day: int, expected: str | None
) -> None:
    found = marks_that_count(marks, {ROW: date(2026, 11, day)})
    assert (found[ROW].mark if found else None) == expected


def test_rows_are_counted_by_table_and_marks_are_not_counted() -> None:
    plans = dict.fromkeys([ROW, "pricing__rpc_plans/b"], "pricing__rpc_plans")
    tables = {**plans, "costs__rpc_usage/c": "costs__rpc_usage"}
    marked = {ROW: Marked("doubtful", "analyst", date(2026, 11, 2), f"{MARKS}/a")}
    assert review_rows({**tables, f"{MARKS}/a": MARKS}, marked) == [
        (ALL, 3, 0, 1, 2, [f"{MARKS}/a"]),
        ("costs__rpc_usage", 1, 0, 0, 1, []),
        ("pricing__rpc_plans", 2, 0, 1, 1, [f"{MARKS}/a"]),
    ]


def problems(line: str) -> list[str]:
    """What is wrong with a file of one mark, beside a table of plans that has the row `team`."""
    text = f"{HEADER}\n{line}\n"
    marks = parse_csv(TABLES_BY_KEY[MARKS], text, file="marks.csv", pack="ours", today=date(2026, 11, 30))
    plans = Parsed("plans.csv", "ours", ids={"team": 2})
    return [str(one) for one in (*marks.problems, *check_across({MARKS: [marks], "pricing__rpc_plans": [plans]}))]


REST = "our own review,2026-11-30,observed,estimated,"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (f"a,{ROW},doubtful,analyst,{REST}the page says otherwise", ""),
        (f"a,pricing__rpc_plans/tean,doubtful,analyst,{REST}", 'marks.csv:2: marked_row: "tean" is not a known id'),
        (f"a,pricing__rpc_plan/team,doubtful,analyst,{REST}", 'did you mean "pricing__rpc_plans"'),
        (f"a,team,doubtful,analyst,{REST}", "marks.csv:2: marked_row"),
        (f"a,{ROW},wrong,analyst,{REST}", "marks.csv:2: mark"),
        (f"a,{ROW},doubtful,Ann Example,{REST}", "marks.csv:2: role"),
    ],
)
def test_a_mark_of_no_row_and_a_name_as_a_role_are_mistakes_with_their_line(line: str, expected: str) -> None:
    found = problems(line)
    assert bool(found) == bool(expected)
    assert expected in " ".join(found)


def with_doubt(data: ReleaseData, row: str) -> ReleaseData:
    index = data.frames["evidence_index"]
    said = ("doubtful", "analyst", date(2026, 11, 30), f"{MARKS}/a")
    marked = index.assign(
        **{
            name: [value if found == row else None for found in index["evidence_id"]]
            for name, value in zip(("mark", "marked_by", "marked_on", "marked_in"), said, strict=True)
        }
    )
    return ReleaseData({**data.frames, "evidence_index": marked}, data.manifest)


@cache
def doubted() -> Site:
    return Site(render_pages(with_doubt(release(), VOLUME)))


def test_a_doubt_shows_beside_numbers_and_rows_that_rest_on_it_and_changes_none() -> None:
    plain = Site(render_pages(release()))
    for path, page in doubted().pages.items():
        values = [element.attributes.get("value") for element in page.cells()]
        assert values == [element.attributes.get("value") for element in plain.pages[path].cells()], path
    pills = [e for e in doubted().elements if e.attributes.get("class") == "doubt"]
    assert len(pills) > 10
    assert not [e for e in plain.elements if e.attributes.get("class") == "doubt"]
    costs = re.sub(r"\s+", " ", doubted().pages["costs.html"].html)
    assert re.search(r'all_in_p50_usd_per_month">[^<]*</data></a><sup class="doubt">', costs)


def test_the_list_of_sources_says_who_marked_a_row_and_where() -> None:
    assert doubted().rows[VOLUME]["mark"] == ["doubtful", "analyst", "2026-11-30", f"{MARKS}/a"]
    assert doubted().rows[SERVER]["mark"] is None
