"""A published release says one number for one thing, and each of its numbers leads to rows that have it."""

from __future__ import annotations

import csv
import random
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pandas as pd
import pyarrow.parquet as pq
import pytest

from tests.integration.chain import Chain
from tests.unit.agreement import IDENTITIES, Frames, Pairs, differences, rounded_otherwise, written_in_two_ways
from tests.unit.page import Page

MOST_ROWS = 25


def read_frame(path: Path) -> pd.DataFrame:
    table = pq.read_table(path)
    return pd.DataFrame({name: pd.Series(table[name].to_pylist(), dtype=object) for name in table.column_names})


@pytest.fixture(scope="module")
def frames(published: Chain) -> Frames:
    return {path.stem: read_frame(path) for path in (published.latest / "data").glob("*.parquet")}


@pytest.fixture(scope="module")
def page(published: Chain) -> Page:
    return Page((published.latest / "index.html").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def evidence(published: Chain) -> Mapping[str, dict[str, Any]]:
    with (published.latest / "data" / "evidence_index.csv").open(encoding="utf-8", newline="") as file:
        return {row["evidence_id"]: row for row in csv.DictReader(file)}


@pytest.mark.parametrize("identity", IDENTITIES, ids=lambda identity: identity.__name__)
def test_what_is_one_thing_is_one_number(identity: Callable[[Frames], Pairs], frames: Frames) -> None:
    pairs = list(identity(frames))
    assert pairs
    assert differences(pairs) == []


@pytest.mark.parametrize("check", ["archive_growth", "hosts_of_status_production"])
def test_production_is_predicted_within_half_as_much_again(check: str, frames: Frames) -> None:
    checks = frames["cost_reality_checks"]
    (found,) = checks[checks["check_id"] == check]["times_known"]
    assert 1 / 1.5 <= found <= 1.5


def test_certainty_costs_less_than_six_times_the_headline(frames: Frames) -> None:
    certain = frames["cost_of_confidence"]
    assert set(certain["confidence"]) == {0.8, 0.95, 0.99}
    assert certain["times_headline"].max() < 6


def test_no_cell_is_written_in_two_ways(page: Page) -> None:
    assert written_in_two_ways(page) == []


def test_no_sentence_rounds_otherwise_than_the_cell_beside_it(page: Page) -> None:
    assert rounded_otherwise(page) == []


def test_every_number_leads_to_rows_with_a_value_in_two_steps(page: Page) -> None:
    numbers = page.numbers()
    assert len(numbers) > 2000
    assert {number.attributes["href"] for number in numbers if not page.rows_behind(number)} == set()


def test_twenty_five_random_numbers_lead_to_rows_that_stand_in_the_release(
    page: Page, evidence: Mapping[str, dict[str, Any]]
) -> None:
    said = {f"{row['evidence_id'].partition('/')[2]}: {row['value']}"[:70] for row in evidence.values()}
    values = {row["value"] for row in evidence.values()}
    for number in random.Random(25).sample(page.numbers(), 25):
        rows = page.rows_behind(number)
        assert rows, number.attributes["href"]
        for row in rows:
            if ", line " in row:
                _, _, lines = row.partition(", line ")
                assert {line.partition(": ")[2].split(" ")[0] for line in lines.split(", line ")} <= values
            else:
                assert row in values or any(row.startswith(name) for name in said), row


def test_no_number_leads_to_a_long_list_or_to_a_heading(page: Page) -> None:
    places = {unquote(number.attributes["href"][1:]) for number in page.numbers()}
    listed = {
        place: sum(e.attributes.get("href", "").startswith("#e:") for e in page.by_id[place].inside) for place in places
    }
    assert {place: count for place, count in listed.items() if count > MOST_ROWS} == {}
    assert {place for place in places if page.by_id[place].tag in ("section", "h2", "h3")} == set()


def test_rows_of_evidence_show_what_they_say_and_most_of_their_sources_open(
    page: Page, evidence: Mapping[str, dict[str, Any]]
) -> None:
    rows = {name.removeprefix("e:"): e for name, e in page.by_id.items() if name.startswith("e:")}
    silent = {
        name
        for name, row in rows.items()
        if not any(e.attributes.get("data-cell") == f"evidence_index/{name}/value" for e in row.inside)
    }
    assert silent == {name for name in rows if evidence[name]["grade"] == "not_found"}
    links = {
        name: [e.attributes["href"] for e in row.inside if e.attributes.get("href", "").startswith("http")]
        for name, row in rows.items()
    }
    assert {name for name, found in links.items() if bool(found) != bool(evidence[name]["url"])} == set()
    assert sum(map(bool, links.values())) > len(rows) * 3 / 4
