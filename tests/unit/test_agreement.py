"""The search for two numbers of one thing finds them."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from assets.common.numerals import beside
from tests.unit.agreement import (
    Frames,
    differences,
    requirements_count_the_rows_beside_them,
    rounded_otherwise,
    written_in_two_ways,
)
from tests.unit.page import Page


def number(address: str, value: str, text: str) -> str:
    return f'<data class="n" value="{value}" data-cell="{address}">{text}</data>'


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("what was said is worth 1.2 interviews, 2 are needed", ["t/a: reason says 1.2, n is 1.25"]),
        ("what was said is worth 1.25 interviews, 2 are needed", []),
        ("worth 1.250 interviews", []),
        ("worth one interview of 1", []),
        ("the 1.25x of 2024-01-12 in v1.2.0", []),
    ],
)
def test_a_sentence_rounds_as_its_cell_does(text: str, found: list[str]) -> None:
    page = Page(f'<p>{number("t/a/n", "1.25", "1.25")}<span data-cell="t/a/reason">{text}</span></p>')
    assert rounded_otherwise(page) == found


def test_a_large_count_in_a_sentence_is_the_one_in_the_cell() -> None:
    page = Page(f'<p>{number("t/a/n", "1253.4", "1,250")}<span data-cell="t/a/why">1,253 GB are kept</span></p>')
    assert rounded_otherwise(page) == ["t/a: why says 1,253, n is 1250"]


def test_a_cell_is_written_in_one_way() -> None:
    twice = number("t/a/n", "1.25", "1.25") + number("t/a/n", "1.25", "1.2")
    assert written_in_two_ways(Page(f"<p>{twice}</p>")) == ["t/a/n: 1.2 and 1.25"]
    money = number("t/a/n", "1250.0", "USD 1,250") + number("t/a/n", "1250.0", "1,250")
    assert written_in_two_ways(Page(f"<p>{money}</p>")) == []


def test_what_is_not_equal_is_named() -> None:
    pairs = [("a", 1.0, 1.0 + 1e-12), ("b", None, float("nan")), ("c", 250.0, 254.0), ("d", "GB", "TB"), ("e", None, 0)]
    assert differences(pairs) == ["c: 250.0 and 254.0", "d: GB and TB", "e: None and 0"]


@pytest.mark.parametrize(
    ("value", "bounds", "text"),
    [
        (1.25, (2,), "1.25"),
        (5 / 6, (2,), "0.83"),
        (2.0, (2,), "2"),
        (1.999, (2,), "just below 2"),
        (0.9504, (0.95,), "just above 0.95"),
        (0.05, (), "0.05"),
        (0.0123, (), "0.0123"),
    ],
)
def test_a_sentence_writes_a_ratio_as_a_cell_does(value: float, bounds: tuple[float, ...], text: str) -> None:
    assert beside(value, *bounds) == text


def release(**changes: dict[str, Any]) -> Frames:
    """Two complete segments of three, three USPs of which the site names one, and two cases of which one can run.

    `changes` are columns of the first row of a table.
    """
    rows: dict[str, list[dict[str, Any]]] = {
        "requirement_results": [
            {"metric": "segments_fully_captured", "value": 2.0, "threshold": 5.0},
            {"metric": "register_entries", "value": 3.0, "threshold": 1.0},
            {"metric": "usps_named_on_site", "value": 1.0, "threshold": 3.0},
            {"metric": "cells_estimated", "value": 1.0, "threshold": 8.0},
        ],
        "segment_capture": [{"missing_items": missing} for missing in ([], [], ["market_size"])],
        "usp_register": [{"is_on_site": is_on_site} for is_on_site in (True, False, False)],
        "cost_summary": [
            {"is_milestone": True, "status": "estimated", "rpc_p50_usd_per_month": 0.0, "is_feasible": True},
            {"is_milestone": True, "status": "estimated", "rpc_p50_usd_per_month": 9.0, "is_feasible": False},
            {"is_milestone": False, "status": "estimated", "rpc_p50_usd_per_month": 9.0, "is_feasible": True},
        ],
    }
    for table, change in changes.items():
        rows[table][0] |= change
    return {
        table: pd.DataFrame([{"grade": "published"} | row for row in of_it], dtype=object)
        for table, of_it in rows.items()
    }


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, []),
        ({"segment_capture": {"missing_items": ["learnings"]}}, ["segments_fully_captured: 2.0 and 1"]),
        ({"segment_capture": {"grade": "illustrative"}}, ["segments_fully_captured: 2.0 and 1"]),
        ({"requirement_results": {"value": None}}, ["segments_fully_captured: None and 2"]),
        (
            {"usp_register": {"grade": "not_found"}},
            [
                "register_entries: 3.0 and 2",
                "usps_named_on_site: 1.0 and 0",
                "USPs that the site is to name: 3.0 and 2",
            ],
        ),
        ({"usp_register": {"is_on_site": False}}, ["usps_named_on_site: 1.0 and 0"]),
        ({"cost_summary": {"is_feasible": False}}, ["cells_estimated: 1.0 and 0"]),
        ({"cost_summary": {"is_milestone": False}}, ["cells_estimated: 1.0 and 0"]),
        ({"cost_summary": {"rpc_p50_usd_per_month": None}}, ["cells_estimated: 1.0 and None"]),
        ({"cost_summary": {"status": "unknown"}}, ["cells_estimated: 1.0 and None"]),
    ],
)
def test_a_count_is_that_of_the_rows_beside_it(changes: dict[str, dict[str, Any]], found: list[str]) -> None:
    assert differences(requirements_count_the_rows_beside_them(release(**changes))) == found
