"""A published release says one number for one thing, and each of its numbers leads to rows that have it."""

from __future__ import annotations

import csv
import random
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import geometric_mean
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest

from assets.common.spreadsheet import typed
from assets.reports.page.cells import KEYS, NOT_LISTED, row_key
from tests.integration.chain import Chain
from tests.unit.agreement import IDENTITIES, Frames, Pairs, differences, rounded_otherwise, written_in_two_ways
from tests.unit.page import ROW, Site

MOST_ROWS = 25

Row = Mapping[str, Any]


def read_frame(path: Path) -> pd.DataFrame:
    table = pq.read_table(path)
    return pd.DataFrame({name: pd.Series(table[name].to_pylist(), dtype=object) for name in table.column_names})


@pytest.fixture(scope="module", params=["public_release", "grown_release"])
def release(request: pytest.FixtureRequest) -> Chain:
    """A release of the public evidence, as it is and with a row more in each table: what holds of it holds of both."""
    chain: Chain = request.getfixturevalue(request.param)
    return chain


@pytest.fixture(scope="module")
def frames(release: Chain) -> Frames:
    return {path.stem: read_frame(path) for path in (release.latest / "data").glob("*.parquet")}


@pytest.fixture(scope="module")
def site(release: Chain) -> Site:
    return Site.of_release(release.latest)


@pytest.fixture(scope="module")
def evidence(release: Chain) -> Mapping[str, dict[str, Any]]:
    with (release.latest / "data" / "evidence_index.csv").open(encoding="utf-8", newline="") as file:
        return {row["evidence_id"]: {name: typed(cell) for name, cell in row.items()} for row in csv.DictReader(file)}


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


def test_no_cell_is_written_in_two_ways(site: Site) -> None:
    assert written_in_two_ways(site) == []


def test_no_sentence_rounds_otherwise_than_the_cell_beside_it(site: Site) -> None:
    assert rounded_otherwise(site) == []


def test_every_number_leads_to_rows_with_a_value_in_two_steps(site: Site, frames: Frames) -> None:
    numbers = site.numbers()
    assert len(numbers) > 2000
    # of a milestone that asks for nothing there is nothing to count
    asked = set(frames["gates"]["milestone_id"])
    unasked = {f"gates.html#why:verdict/{name}" for name in frames["verdict"]["milestone_id"] if name not in asked}
    assert {number.leads_to for number in numbers if not site.rows_behind(number)} <= unasked


def test_twenty_five_random_numbers_lead_to_rows_that_stand_in_the_release(
    site: Site, evidence: Mapping[str, dict[str, Any]]
) -> None:
    said = {f"{row['evidence_id'].partition('/')[2]}: {row['value']}"[:70] for row in evidence.values()}
    values = {row["value"] for row in evidence.values()}
    for number in random.Random(25).sample(site.numbers(), 25):
        rows = site.rows_behind(number)
        assert rows, number.leads_to
        for row in rows:
            if ", line " in row:
                _, _, lines = row.partition(", line ")
                for line in lines.split(", line "):
                    _, _, text = line.partition(": ")
                    assert any(text == value or text.startswith(f"{value} ") for value in values), text
            else:
                assert row in values or any(row.startswith(name) for name in said), row


def mean_is_of_parts(parts: dict[str, float], row: Row) -> Pairs:
    besides = ("middle of the total", "mean of the total", "active users", "messages that people write")
    yield "mean", row["mean_usd_per_month"], sum(value for name, value in parts.items() if name not in besides)
    if "active users" in parts:
        yield "user", row["p50_usd_per_active_user_month"], row["p50_usd_per_month"] / parts["active users"]


def saving_is_of_the_archive(parts: dict[str, float], row: Row) -> Pairs:
    yield "money", row["saved_usd_per_month"], row["saved_share"] * parts.get("Archive storage, mean", 0.0)
    for prefix, name in (("base_", "bytes of a message today"), ("", "bytes of a message with the candidate")):
        a_day = parts["messages archived"] * parts[name] / 1e9
        yield f"{prefix}GB", row[f"{prefix}gb_per_day"], a_day
        yield f"{prefix}days", row[f"{prefix}days_to_limit"], parts["limit, GB"] / a_day


def bills_at_both_ends_are_of_their_parts(parts: dict[str, float], row: Row) -> Pairs:
    inputs = (
        "low end",
        "middle",
        "high end",
        "the bill over all draws, middle",
        *(f"the bill at its {end} value" for end in ("low", "middle", "high")),
    )
    yield "bill", row["usd_per_month_at_p50"], sum(value for name, value in parts.items() if name not in inputs)


def comparison_is_near_its_parts(parts: dict[str, float], row: Row) -> Pairs:
    if "data centres" in parts:
        yield "processors", row["model_p50"], parts["processors of all databases"] / parts["data centres"]
    if "their queries at peak" in parts:
        yield "queries", row["model_p50"], 60 * parts["their queries at peak"]
    if "nodes" in parts:
        yield "hosts", row["model_p50"], parts["nodes"] + parts["database hosts"]
    if "row without indexes" in parts:
        of_a_message = parts["share of messages that is archived"] * parts["row without indexes"]
        yield "growth", row["model_p50"], parts["messages of the fleet"] * of_a_message / 1e6
    if "active users" in parts:
        users = parts.pop("active users")
        yield "user", row["model_p50"], sum(parts.values()) / users


def over(numerator: str, denominator: str, column: str) -> Callable[[dict[str, float], Row], Pairs]:
    def ratio(parts: dict[str, float], row: Row) -> Pairs:
        if denominator in parts and row[column] is not None:
            yield column, row[column], parts.get(numerator, row.get(numerator)) / parts[denominator]

    return ratio


def candidate_is_of_its_parts(parts: dict[str, float], row: Row) -> Pairs:
    if "bytes of its base, by the storage formula" in parts:
        left = parts["bytes of the stage, by the storage formula"] / parts["bytes of its base, by the storage formula"]
        miss = parts["largest miss of the storage formula, of a hundred"]
        yield "share", row["saved_share"], 1 - left
        yield "lowest share", row["saved_share_low"], 1 - left * (1 + miss) / (1 - miss)


def error_is_of_both_costs(parts: dict[str, float], row: Row) -> Pairs:
    yield "error", row["error_share"], abs(parts["what is interpolated"] / parts["what the model gives"] - 1)


def price_changed(parts: dict[str, float], row: Row) -> Pairs:
    yield "change", row["change_share"], parts["now"] / parts["before"] - 1


def rounds_are_near_the_gain(parts: dict[str, float], row: Row) -> Pairs:
    medians = [value for name, value in parts.items() if "median" in name]
    if len(medians) == 2:
        stage, base = medians
        yield "ratio", row["ratio"], stage / base


MAKES: dict[str, Callable[[dict[str, float], Row], Pairs]] = {
    "archive_encoding": over("as text", "as bytea", "ratio"),
    "archive_recommendation": candidate_is_of_its_parts,
    "archive_savings": saving_is_of_the_archive,
    "archive_stage_gains": rounds_are_near_the_gain,
    "compute_offer_history": price_changed,
    "cost_alternatives": over("p50_usd_per_month", "infrastructure run oneself", "times_self_hosting"),
    "cost_of_confidence": over("p50_usd_per_month", "the bill in which servers follow the need", "times_headline"),
    "cost_reality_checks": comparison_is_near_its_parts,
    "cost_response_error": error_is_of_both_costs,
    "cost_sensitivity": bills_at_both_ends_are_of_their_parts,
    "cost_summary": over("at the next cheapest", "at the cheapest place", "second_times_cheapest"),
    "scenario_cost": mean_is_of_parts,
}
"""By released table, how the values at the place of a number make the number."""
ROUGHLY = {"archive_stage_gains": 0.5, "cost_reality_checks": 0.15}
"""Where they make it only roughly, by how much: pairs of rounds; middles of parts."""


@pytest.mark.parametrize("table", MAKES)
def test_the_values_where_a_number_leads_make_the_number(table: str, site: Site, frames: Frames) -> None:
    rows = {row_key(table, [row[name] for name in KEYS[table]]): row for row in frames[table].to_dict("records")}
    found = [
        (place, name, value, computed)
        for place in site.by_id
        if place.startswith(f"why:{table}/")
        if (row := rows.get(place.removeprefix(f"why:{table}/").partition("~")[0]))
        if table != "scenario_cost" or row["is_total"]
        if (parts := dict(site.inputs(place)))
        if set(parts) != {"the same without RLN"}
        for name, value, computed in MAKES[table](parts, row)
    ]
    assert found
    assert [pair for pair in found if pair[2] != pytest.approx(pair[3], rel=ROUGHLY.get(table, 1e-6), abs=1e-9)] == []


@pytest.mark.parametrize("column", ["insert_ratio", "query_ratio", "worst_ratio"])
def test_a_ratio_of_a_candidate_is_made_of_the_comparisons_where_it_leads(
    column: str, site: Site, frames: Frames
) -> None:
    candidates = {row["candidate"]: row for row in frames["archive_recommendation"].to_dict("records")}
    made_of = {
        candidate: [value for _, value in site.inputs(place)]
        for candidate in candidates
        if (place := f"why:archive_recommendation/{candidate}~{column}") in site.by_id
    }
    assert made_of
    for candidate, ratios in made_of.items():
        computed = min(ratios, default=0.0) if column == "worst_ratio" else geometric_mean(ratios)
        assert candidates[candidate][column] == pytest.approx(computed, rel=1e-6)


def test_no_number_leads_to_a_long_list_or_to_a_heading(site: Site) -> None:
    places = {n.leads_to: target for n in site.numbers() if (target := site.target(n)) is not None}
    folded = {row for element in site.elements if element.attributes.get("class") == "small" for row in element.inside}
    listed = {
        place: sum(e.leads_to.startswith(ROW) for e in target.inside if e not in folded)
        for place, target in places.items()
    }
    assert len(places) > 1000
    assert {place: count for place, count in listed.items() if count > MOST_ROWS} == {}
    assert {target.tag for target in places.values()} == {"article"}


def test_every_link_within_the_site_leads_somewhere(site: Site, release: Chain) -> None:
    nowhere = [
        (page.path, link.leads_to)
        for page in site.pages.values()
        for link in page.elements
        if link.leads_to
        if link.leads_to.removeprefix(ROW) not in site.rows
        if ("#" in link.leads_to and site.target(link) is None)
        or not (release.latest / link.leads_to.partition("#")[0]).exists()
    ]
    assert nowhere == []


def test_the_site_is_small(site: Site) -> None:
    sizes = {path: len(html.encode()) for path, html in site.html.items()}
    assert sizes["index.html"] < 150_000
    # one scenario, segment and milestone more, with all that is said of them, takes a tenth more at most
    assert sum(sizes.values()) < 3_000_000 * 1.1
    assert len(site.pages["index.html"].by_id["content"].inside) < 1_000


def test_the_list_of_sources_has_every_row_and_most_of_their_sources_open(
    site: Site, evidence: Mapping[str, dict[str, Any]]
) -> None:
    assert set(site.rows) == set(evidence)
    for name, row in site.rows.items():
        for column in ("value", "unit", "condition", "source", "url", "note", "as_of", "grade", "file", "line"):
            said = "" if row[column] is None else str(row[column])
            assert said == evidence[name][column], (name, column)
    silent = {name for name, row in site.rows.items() if row["value"] is None}
    assert silent == {name for name in evidence if evidence[name]["grade"] == "not_found"}
    # single measurements are our own, and lead to their file
    elsewhere = [row["url"] for name, row in site.rows.items() if not name.startswith(NOT_LISTED)]
    links = [url for url in elsewhere if url]
    assert all(link.startswith(("http://", "https://")) for link in links)
    assert len(links) > len(elsewhere) * 3 / 4
