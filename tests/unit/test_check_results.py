"""What a release says of its checks: all of them, what failed first, and since when each has found what it finds."""

from __future__ import annotations

from datetime import date

import pandas as pd

from assets.reports.page.site import render_pages
from assets.reports.release.check_results import COLUMNS, CheckResult, check_frame
from tests.unit.page import Site
from tests.unit.release_fixture import release

MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)


def check(name: str, status: str, layer: str = "marts") -> CheckResult:
    return CheckResult(layer, "gates", name, "dbt test", status)


def rows(frame: pd.DataFrame) -> list[tuple[str, str, date, str]]:
    return list(frame[["check_name", "status", "since", "since_release"]].itertuples(index=False, name=None))


def test_a_result_has_its_day_until_it_is_another_one() -> None:
    first = check_frame([check("a", "passed"), check("b", "passed"), check("c", "warned")], None, "r1", MONDAY)
    assert {row[2:] for row in rows(first)} == {(MONDAY, "r1")}
    second = check_frame([check("a", "passed"), check("b", "warned"), check("d", "passed")], first, "r2", TUESDAY)
    assert rows(second) == [
        ("b", "warned", TUESDAY, "r2"),
        ("a", "passed", MONDAY, "r1"),
        ("d", "passed", TUESDAY, "r2"),
    ]


def test_what_failed_comes_first_then_the_layers_in_their_order() -> None:
    found = [check("m", "passed"), check("r", "passed", "raw"), check("w", "warned"), check("f", "failed")]
    assert [name for name, *_ in rows(check_frame(found, None, "r1", MONDAY))] == ["f", "w", "r", "m"]
    assert list(check_frame([], None, "r1", MONDAY).columns) == list(COLUMNS)


def test_the_page_lists_every_check_by_layer_and_what_did_not_pass_before() -> None:
    page = Site(render_pages(release())).pages["quality.html"]
    tables = [e for e in page.elements if e.attributes.get("class", "").endswith("results")]
    said = [table.words for table in tables]
    assert len(said) == 3
    assert "all six parts are captured (statement) warned 23 November 2026" in said[0]
    assert "costs__scenarios" in said[2] or "costs__scenarios" in said[1]
    assert sum(text.count("23 November 2026") for text in said) == 4
