"""The page for the website: what is a fact, a goal or left out, what to do with each card."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pandas as pd
import pytest

from assets.reports.documents.rendering import render_documents
from assets.reports.page.site import ReleaseData
from tests.unit.hostile_strings import hostile_release
from tests.unit.release_fixture import release

usual = cache(release)

CARD = "Private: Waku uses cutting-edge technology."


def changed(frame: pd.DataFrame, **values: Any) -> pd.DataFrame:
    """The frame with the same value in each row of a column."""
    return frame.assign(**{name: pd.Series([value] * len(frame), dtype=object) for name, value in values.items()})


def market(
    status: str = "untested", grade: str = "published", frames: dict[str, pd.DataFrame] | None = None, **usp: Any
) -> ReleaseData:
    """A release in which all that was said of the one selling point has this status."""
    data = usual()
    return ReleaseData(
        {
            **data.frames,
            **{
                name: changed(data.frames[name], status=status, grade=grade)
                for name in ("validation_summary", "validation_matrix")
            },
            "usp_register": changed(data.frames["usp_register"], **usp),
            **(frames or {}),
        },
        data.manifest,
    )


def files(data: ReleaseData) -> dict[str, str]:
    made = render_documents(data.frames, data.manifest)
    return {
        path.rpartition("/")[2]: content.decode() for path, content in made.items() if path.startswith("documents/web")
    }


def page_data(data: ReleaseData) -> dict[str, Any]:
    return dict(json.loads(files(data)["usps.json"]))


def goals(data: dict[str, Any]) -> list[dict[str, Any]]:
    return [*data["goalsInProduction"], *data["goalsBeingBuilt"]]


def advice(data: ReleaseData) -> str:
    line = next(line for line in files(data)["changes.md"].splitlines() if line.startswith("- Advice"))
    return line.removeprefix("- Advice: **").removesuffix("**")


def test_a_release_has_the_page_its_values_and_what_to_change() -> None:
    assert sorted(files(usual())) == ["changes.md", "usps.json", "usps.mdx"]


def test_what_is_validated_and_in_production_is_a_fact() -> None:
    data = page_data(market("validated", maturity="production"))
    (fact,) = data["facts"]
    assert goals(data) == []
    assert (fact["text"], fact["heard"]) == ("Nobody sees who talks.", "Customers confirmed it.")


@pytest.mark.parametrize(
    ("maturity", "built"),
    [
        ("testnet", "It is not deployed: it runs on a test network only."),
        ("research", "It is not deployed: it is being researched."),
        ("concept", "It is not deployed: it is a concept."),
        ("not_built", "It is not deployed: it was not built."),
        ("beta", "It is not finished: there is a beta version."),
        (None, "How far it is built is not on record."),
    ],
)
def test_what_is_validated_and_not_deployed_is_a_goal_and_says_so(maturity: str | None, built: str) -> None:
    data = page_data(market("validated", maturity=maturity))
    assert (data["facts"], data["goalsInProduction"]) == ([], [])
    (goal,) = data["goalsBeingBuilt"]
    assert (goal["text"], goal["built"]) == ("Our goal: Nobody sees who talks.", built)
    assert goal["heard"] == "Customers confirmed it."


@pytest.mark.parametrize(
    ("status", "heard"),
    [
        ("untested", "Customers have not confirmed it."),
        ("new", "Customers have not confirmed it."),
        ("mixed", "Customers do not agree about it."),
    ],
)
def test_what_is_in_production_and_not_validated_is_a_goal(status: str, heard: str) -> None:
    data = page_data(market(status, maturity="production"))
    assert (data["facts"], data["goalsBeingBuilt"]) == ([], [])
    (goal,) = data["goalsInProduction"]
    assert (goal["text"], goal["heard"]) == ("Our goal: Nobody sees who talks.", heard)


def test_the_page_says_what_the_status_allows() -> None:
    """The same selling point, before customers confirmed it and after."""
    before, after = (files(market(status, maturity="production")) for status in ("untested", "validated"))
    assert "## What Waku does" not in before["usps.mdx"]
    assert 'title="What Waku does"' not in before["usps.mdx"]
    assert 'title="What Waku does"' in after["usps.mdx"]
    assert 'title="Our goals"' in before["usps.mdx"]
    assert 'title="Our goals"' not in after["usps.mdx"]
    assert '"text": "Our goal: Nobody sees who talks."' in before["usps.json"]
    assert '"text": "Nobody sees who talks."' in after["usps.json"]
    assert "| “Private messages for all” | Private by design | no fact: change |" in before["changes.md"]
    assert "| “Private messages for all” | Private by design | a fact: keep |" in after["changes.md"]


def test_what_customers_deny_is_neither() -> None:
    data = page_data(market("invalidated", maturity="production"))
    assert (data["facts"], goals(data)) == ([], [])


def test_what_nobody_works_on_any_longer_is_neither() -> None:
    works = {"roadmap_deliverables": changed(usual().frames["roadmap_deliverables"], status="dropped")}
    assert goals(page_data(market("validated", maturity="not_built", frames=works))) == []
    assert page_data(market("validated", maturity="production", frames=works))["facts"] != []


def test_made_up_evidence_never_makes_a_fact() -> None:
    assert page_data(market("validated", grade="illustrative", maturity="production"))["facts"] == []
    assert page_data(market("validated", maturity="production", grade="illustrative"))["facts"] == []


def test_a_segment_that_alone_confirmed_it_is_named() -> None:
    data = market("validated", maturity="production")
    summary = changed(data.frames["validation_summary"], status="untested")
    (fact,) = page_data(ReleaseData({**data.frames, "validation_summary": summary}, data.manifest))["facts"]
    assert fact["heard"].startswith("Customers confirmed it in a part of the market: ")


def test_fewer_than_three_sources_are_not_counted() -> None:
    data = market("validated", maturity="production")
    for sources, shown in ((2, (None, None)), (3, (2, 3))):
        summary = changed(data.frames["validation_summary"], supporting=2, sources=sources)
        (fact,) = page_data(ReleaseData({**data.frames, "validation_summary": summary}, data.manifest))["facts"]
        assert (fact["agree"], fact["spoke"]) == shown


@pytest.mark.parametrize(
    ("status", "maturity", "where", "expected"),
    [
        ("validated", "production", "site", "keep"),
        ("validated", "testnet", "site", "change"),
        ("untested", "production", "site", "change"),
        ("invalidated", "production", "site", "drop"),
        ("validated", "production", "docs", "add"),
        ("untested", "concept", "former_site", "add"),
        ("invalidated", "production", "none", "leave out"),
    ],
)
def test_each_card_gets_an_advice(status: str, maturity: str, where: str, expected: str) -> None:
    assert advice(market(status, maturity=maturity, where_claimed=where)) == expected


def test_the_changes_quote_the_card_and_give_new_words_and_evidence() -> None:
    data = market("mixed", where_claimed="site", stated_as=CARD, evidence_ids=["segments__usps/private"])
    text = files(data)["changes.md"]
    on_card, elsewhere = text.partition("## On the first page today")[2].split("## On no card today")
    for line in (
        f"- Today: “{CARD}”",
        "- Why: Customers do not agree about it. It is not deployed: it runs on a test network only.",
        "- New words: Our goal: Nobody sees who talks. It is not deployed: it runs on a test network only.",
        "- Say what stands against it: Timing tells.",
        "- Matrix: It shows who talks: mixed (2 of 3 interviews, 0 of 1 project in co-design).",
        "- Evidence (published): roadmap@1a2b",
    ):
        assert line in on_card
    assert elsewhere.strip() == "Each selling point of the register has a card."


def test_the_changes_show_what_was_measured_and_no_estimate() -> None:
    figures = usual().frames["usp_measurements"]
    for grade, shown in (("measured", True), ("estimated", False)):
        text = files(market(frames={"usp_measurements": changed(figures, grade=grade)}))["changes.md"]
        assert ("- Measured: delay: 0.4 s (ten nodes). Source: " in text) is shown


def test_the_page_reads_its_values_from_the_data() -> None:
    page = files(market("mixed"))["usps.mdx"]
    assert '<Cards items={data.goalsBeingBuilt} also="built" />' in page
    assert "Release {data.release}, made on {data.madeOn}." in page


def test_the_headline_is_compared() -> None:
    text = files(market("mixed"))["changes.md"].partition("## The headline")[2].partition("## On the first page")[0]
    assert "Customers do not agree about it." in text
    assert "New words, which claim none of these: “Peer-to-peer messaging for apps. Waku is a family of" in text
    confirmed = files(market("validated", maturity="production"))["changes.md"]
    assert "All that the headline claims is a fact. It can stay." in confirmed
    assert "Its words are not on record." in files(market(in_headline=None))["changes.md"]


def test_a_limit_is_shown_if_it_is_public() -> None:
    known = {"evidence_ids": ["segments__usps/private"]}
    assert page_data(market(**known))["limits"] == [{"title": "Private by design", "description": "Timing tells."}]
    index = changed(usual().frames["evidence_index"], pack="private")
    hidden = files(market(frames={"evidence_index": index}, **known))
    assert "Timing tells" not in "".join(hidden.values())
    assert page_data(market(evidence_ids=[]))["limits"] == []  # what names no evidence is not known to be public


def test_who_uses_waku_is_shown_if_it_is_public_and_goes_on() -> None:
    used = usual().frames["integrations"]
    (used_by,) = page_data(market())["useCases"]
    assert (used_by["name"], used_by["text"]) == ("Messenger", "Chat between two.")
    for hidden in (
        {"status": "left"},
        {"status": "committed"},
        {"grade": "illustrative"},
        {"name": "Undisclosed project"},
        {"uses_waku_for": None},
        {"segment_ids": ["unknown"]},
    ):
        assert page_data(market(frames={"integrations": changed(used, **hidden)}))["useCases"] == [], hidden
    index = changed(usual().frames["evidence_index"], pack="private")
    assert page_data(market(frames={"evidence_index": index}))["useCases"] == []


def test_segments_say_their_problem_and_what_may_help() -> None:
    data = page_data(market())
    chat = [*data["segments"], *data["segmentsAsked"]][0]
    assert (chat["name"], chat["text"]) == ("Chat", "Operators see who talks. What may help: Private by design.")
    ranking = changed(usual().frames["segment_ranking"], decision="drop")
    dropped = page_data(market(frames={"segment_ranking": ranking}))
    assert (dropped["segments"], dropped["segmentsAsked"]) == ([], [])
    index = changed(usual().frames["evidence_index"], pack="private")
    hidden = page_data(market(frames={"evidence_index": index}))
    assert (hidden["segments"], hidden["segmentsAsked"]) == ([], [])


def test_illustrative_data_is_named_on_the_page() -> None:
    made_up = files(release(is_illustrative=True))
    assert "**This page holds made-up data. It shows the software. Do not publish it.**" in made_up["usps.mdx"]
    assert "This release holds illustrative data" in made_up["changes.md"]
    assert "made-up data" not in files(usual())["usps.mdx"]


def test_the_page_holds_no_text_of_evidence() -> None:
    """Which could be a program there; `tests/website` shows that the texts of the JSON file cannot."""
    assert files(hostile_release())["usps.mdx"] == files(usual())["usps.mdx"]
