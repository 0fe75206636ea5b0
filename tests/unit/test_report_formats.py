"""How values are written, and the geometry of the charts."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from assets.reports.page.cells import row_key
from assets.reports.page.charts import Bar, BarPart, marks, stacked_bars
from assets.reports.page.formats import count, day, quantity, quoted, significant, usd


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "USD 0"),
        (0.0043219, "USD 0.0043"),
        (0.5, "USD 0.50"),
        (0.0199, "USD 0.020"),
        (12.4, "USD 12.40"),
        (99.999, "USD 100.00"),
        (107.6, "USD 108"),
        (1306.5, "USD 1,310"),
        (123456, "USD 123,000"),
    ],
)
def test_money(value: float, text: str) -> None:
    assert usd(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (4.0, "4"), (232.776, "233"), (465779710.6, "466 million"), (2.5e9, "2.5 billion"), (0.0123, "0.0123")],
)
def test_quantities(value: float, text: str) -> None:
    assert quantity(value) == text


def test_other_formats() -> None:
    assert (count(10000), count(2.5)) == ("10,000", "2.5")
    assert significant(1234567, 2) == "1,200,000"
    assert quoted(["by_hashes", "first_page_20", "insert"]) == "“by hashes”, “first page 20” and “insert”"
    assert day(datetime(2026, 11, 3, 12, 0, tzinfo=UTC)) == "3 November 2026, 12:00 UTC"
    assert day(date(2025, 6, 30)) == "30 June 2025"


def test_names_of_rows() -> None:
    assert row_key("manifest", ()) == "only"
    assert row_key("scenario_cost", ("community", True, "p", "r", "rpc")) == "community|rln|p|r|rpc"
    assert row_key("cost_summary", ("community", False)) == "community|without_rln"


def test_bars_have_one_scale() -> None:
    bars = stacked_bars(
        {"a": {"compute": 30.0, "rpc": 0.0, "egress": 10.0}, "b": {"compute": 10.0}, "c": {"compute": 0.0}}
    )
    assert bars == {
        "a": Bar(100.0, (BarPart("compute", 0.0, 75.0), BarPart("egress", 75.0, 25.0))),
        "b": Bar(25.0, (BarPart("compute", 0.0, 100.0),)),
        "c": Bar(0.0, ()),
    }
    assert stacked_bars({}) == {}


def test_marks_show_how_many_of_how_many() -> None:
    assert marks(1, 3) == ["full", "empty", "empty"]
    assert marks(14, 1) == ["full"]
    assert marks(None, 2) == ["unknown", "unknown"]
    assert marks(50, 100) == []
    assert marks(1, None) == []
