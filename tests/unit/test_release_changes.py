"""What a release says of the one before it: all that readers of both see differ, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import pytest

from assets.reports.difference.read import as_released
from assets.reports.difference.table import COLUMNS, changes_frame
from assets.reports.model import made_at, release_id
from assets.reports.page.changes import FIRST_SHOWN
from assets.reports.page.site import ReleaseData, render_pages
from tests.unit.page import Site
from tests.unit.readiness_world import world
from tests.unit.release_fixture import MANIFEST, SERVER, release, since

BEFORE = "20261122T120000Z-0a0b0c0d"


def pages(data: ReleaseData) -> Site:
    return Site(render_pages(data))


def changes(of: Site, path: str = "index.html", name: str = "changes") -> str:
    (section,) = [e for e in of.pages[path].elements if e.attributes.get("id") == name]
    return section.words


def earlier(change: Callable[[ReleaseData], ReleaseData] = lambda data: data) -> ReleaseData:
    """The release of a day before, otherwise."""
    return change(release(release_id=BEFORE))


def one_interview_less(data: ReleaseData) -> ReleaseData:
    fewer = [replace(row, value=1.0) if row.metric == "interviews_held_cumulative" else row for row in world().progress]
    return release(world(progress=fewer), release_id=data.manifest.release_id)


def cheaper(data: ReleaseData) -> ReleaseData:
    costs, column = data.frames["cost_summary"], "all_in_p50_usd_per_month"
    index = data.frames["evidence_index"].assign(content_hash="same")
    index.loc[index["evidence_id"] == SERVER, "content_hash"] = "other"
    half = costs.assign(**{column: [value and value / 2 for value in costs[column]]})
    return ReleaseData({**data.frames, "cost_summary": half, "evidence_index": index}, data.manifest)


def hashed(data: ReleaseData) -> ReleaseData:
    index = data.frames["evidence_index"].assign(content_hash="same")
    return ReleaseData({**data.frames, "evidence_index": index}, data.manifest)


@cache
def changed() -> Site:
    return pages(since(cheaper(earlier(one_interview_less)), hashed(release())))


def test_the_first_release_says_that_it_is_the_first() -> None:
    for path, name in (("index.html", "changes"), ("history.html", "since")):
        assert "there is nothing to compare it with" in changes(pages(release()), path, name)


def test_nothing_is_said_in_a_sentence_that_names_the_release_before() -> None:
    said = changes(pages(since(earlier(), release())))
    assert "Nothing: since the release of 22 November 2026, 12:00 UTC (20261122T120000Z-0a0b0c0d) neither" in said


def test_gates_come_before_costs_and_numbers_show_both_values() -> None:
    said = changes(changed())
    assert "Customer Interviews: 1 → 2 interviews" in said
    assert "The community of 10,000, with RLN: ≈ USD 674 → ≈ USD 1,350 a month, all in" in said
    assert said.index("Customer Interviews") < said.index("The community")
    assert "Of the rows of evidence, one was changed." in said
    (section,) = [e for e in changed().pages["index.html"].elements if e.attributes.get("id") == "changes"]
    assert sum(e.tag == "li" for e in section.inside) <= FIRST_SHOWN


def test_each_number_leads_to_what_it_is_now_and_to_the_evidence_that_moved_it() -> None:
    (link, *_) = [
        e
        for e in changed().numbers()
        if e.inside and "value_before" in e.inside[0].attributes["data-cell"] and "USD" in e.words
    ]
    target = changed().target(link)
    assert target is not None
    assert "in this release" in target.words
    assert f"sources.html#e:{SERVER}" in [e.leads_to for e in target.inside]


def test_the_history_lists_every_change() -> None:
    said = changes(changed(), "history.html", "since")
    assert said.count("without RLN") == 2
    assert "requirement" in said


def test_what_only_differs_in_digits_that_nobody_sees_is_no_change() -> None:
    def nearly(data: ReleaseData) -> ReleaseData:
        costs, column = data.frames["cost_summary"], "all_in_p50_usd_per_month"
        same = costs.assign(**{column: [value and value * 1.00001 for value in costs[column]]})
        return ReleaseData({**data.frames, "cost_summary": same}, data.manifest)

    found = since(earlier(nearly), release())
    assert len(found.frames["release_changes"]) == 3
    assert "Nothing: since" in changes(pages(found))


def test_words_and_ids_of_the_release_before_are_not_in_the_table() -> None:
    def worded(data: ReleaseData) -> ReleaseData:
        gates = data.frames["gates"].assign(title="purple walrus", value=1.0)
        index = data.frames["evidence_index"].assign(evidence_id=lambda rows: rows["evidence_id"] + "_walrus")
        return ReleaseData({**data.frames, "gates": gates, "evidence_index": index}, data.manifest)

    frame = since(earlier(worded), release()).frames["release_changes"]
    assert len(frame) > 3
    assert "walrus" not in frame.to_csv()


def test_without_a_release_before_the_table_is_empty() -> None:
    assert list(changes_frame(None, as_released(MANIFEST.as_json(), {})).columns) == list(COLUMNS)


@pytest.mark.parametrize(
    ("name", "expected"),
    [(release_id(MANIFEST.created_at, "1a2b3c4d"), MANIFEST.created_at), ("r1", None), (None, None)],
)
def test_the_name_of_a_release_says_when_it_was_made(name: str | None, expected: object) -> None:
    assert made_at(name) == expected
