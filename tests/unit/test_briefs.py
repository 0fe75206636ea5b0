"""Briefs for customers: what they show, and what of other organisations and of interviews they never show."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from assets.reports.documents.briefs import render_briefs
from assets.reports.documents.markdown import TEMPLATES
from assets.reports.page.site import ReleaseData
from assets.segments.inputs import CodedFinding
from tests.unit import market_release
from tests.unit.bases import based
from tests.unit.release_fixture import HOSTILE, release
from tests.unit.segments_world import finding

SEGMENT, MESSENGER, RIVAL = "briefs/segment-chat.md", "briefs/integration-messenger.md", "briefs/integration-rival.md"
TOLD = "Our operators read along"
"""What is said in a conversation."""


def spoken(kind: str, source: str, **changes: Any) -> CodedFinding:
    return finding(
        source, kind=kind, finding_id=f"interviews__findings/{source}", basis=based("published", "row"), **changes
    )


def changed(data: ReleaseData, table: str, **columns: Any) -> ReleaseData:
    frame = data.frames[table].copy()
    for column, values in columns.items():
        frame[column] = pd.Series(values, index=frame.index, dtype=object)
    return replace(data, frames={**data.frames, table: frame})


def market(*findings: CodedFinding, statements: list[str | None] | None = None, pack: str = "public") -> ReleaseData:
    """The fixture with these findings, two integrations, and one selling point that the MVP has."""
    data, tables = release(), market_release.market_tables(findings)
    said = tables["findings"].assign(statement=statements or [None] * len(findings))
    (messenger,) = tables["integrations"].to_dict("records")
    rival = {**messenger, "integration_id": "rival", "name": "Rival", "uses_waku_for": "games", "pain_reported": "slow"}
    index = data.frames["evidence_index"]
    known = pd.DataFrame([{**index.iloc[0], "evidence_id": one.finding_id, "pack": pack} for one in findings])
    frames = {
        **data.frames,
        **tables,
        "findings": said,
        "integrations": pd.DataFrame([messenger, rival], dtype=object),
        "evidence_index": pd.concat([index, known.astype(object)]) if findings else index,
    }
    found = changed(replace(data, frames=frames), "mvp_usps", usp_id=["private"])
    return changed(found, "mvp_outline", segments=[["chat"]], usps=[["private"]])


def test_there_is_one_for_each_segment_and_each_customer_and_one_on_the_mvp() -> None:
    assert set(render_briefs(market())) == {SEGMENT, "briefs/segment-games.md", MESSENGER, RIVAL, "briefs/mvp.md"}


@pytest.mark.parametrize("status", ["internal", "poc"])
def test_the_project_s_own_apps_get_none(status: str) -> None:
    briefs = render_briefs(changed(market(), "integrations", status=["live", status]))
    assert MESSENGER in briefs
    assert RIVAL not in briefs


def test_words_of_a_conversation_stand_in_no_brief_whoever_agreed_to_what() -> None:
    said = [spoken("interview", "p01"), spoken("interview", "p02"), spoken("session", "messenger")]
    said[2] = replace(said[2], source_key="project messenger")
    for text in render_briefs(market(*said, statements=[TOLD, TOLD, TOLD])).values():
        assert TOLD not in text


def test_words_of_one_organisation_stand_in_no_brief_of_another() -> None:
    said = [
        spoken("signal", "a", source_key="project messenger", organisation_key="messenger"),
        spoken("signal", "b", source_key="project rival", organisation_key="rival"),
    ]
    briefs = render_briefs(market(*said, statements=["Messages got lost", "Games were slow"]))
    assert "Messages got lost." in briefs[MESSENGER]
    assert "Games were slow" not in briefs[MESSENGER]
    assert "Games were slow." in briefs[RIVAL]
    assert "Messages got lost" not in briefs[RIVAL]
    assert "chat between two" not in briefs[RIVAL].lower()


def test_words_of_a_pack_that_is_not_public_stand_in_no_brief_of_a_segment() -> None:
    said = spoken("signal", "a", source_key="project messenger")
    assert "Messages got lost." in render_briefs(market(said, statements=["Messages got lost"]))[SEGMENT]
    private = render_briefs(market(said, statements=["Messages got lost"], pack="ours"))
    assert "Messages got lost" not in private[SEGMENT]
    assert "Messages got lost." in private[MESSENGER]


@pytest.mark.parametrize("organisations", [1, 2, 3, 4])
def test_how_many_agree_is_told_from_three_organisations_on(organisations: int) -> None:
    said = [spoken("interview", f"p{number}") for number in range(organisations)]
    text = render_briefs(market(*said))[SEGMENT]
    assert (f"{organisations} of the {organisations} organisations" in text) == (organisations >= 3)
    assert ("Too few organisations have spoken" in text) == (organisations < 3)


def test_three_conversations_of_one_organisation_are_one_voice() -> None:
    said = [spoken("interview", f"p{number}", organisation_key="one") for number in range(3)]
    assert "organisations that spoke about it agree" not in render_briefs(market(*said))[SEGMENT]


def test_a_brief_says_what_the_mvp_gives_and_what_is_missing() -> None:
    data = changed(market(), "mvp_gaps", title=["Mixnet"], segments=[["chat"]], usps=[["private"]])
    text = render_briefs(data)[MESSENGER]
    assert "**Private by design**: Nobody sees who talks. Known limits: Timing tells." in text
    assert "- Mixnet: dropped.\n" in text
    assert "Nothing of this is confirmed yet" in text


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("usp_register", "name"),
        ("usp_register", "claimed_benefit"),
        ("usp_register", "known_limitation"),
        ("mvp_gaps", "title"),
    ],
)
def test_a_text_that_names_another_project_is_left_out(table: str, column: str) -> None:
    data = changed(market(), "mvp_gaps", segments=[["chat"]], usps=[["private"]], outlines=[["leads"]])
    texts = ["It stalled with Messenger"] * len(data.frames[table])
    briefs = render_briefs(changed(data, table, **{column: texts}))
    assert "It stalled with Messenger" in briefs[MESSENGER]
    assert [name for name in (RIVAL, SEGMENT, "briefs/mvp.md") if "stalled" in briefs[name]] == []


def test_a_problem_that_names_a_project_is_left_out_of_the_brief_of_a_field() -> None:
    data = market(spoken("interview", "p01"))
    problems = len(data.frames["customer_problems"])
    told = render_briefs(changed(data, "customer_problems", statement=["It stalls at night"] * problems))
    assert "“It stalls at night”" in told[SEGMENT]
    left_out = render_briefs(changed(data, "customer_problems", statement=["It stalls with Rival"] * problems))
    assert "It stalls" not in left_out[SEGMENT]


@pytest.mark.parametrize("name", ["The Messenger (Rivalcast)", "Rivalcast (own app)", "Rivalcast"])
@pytest.mark.parametrize("text", ["It stalled with Rivalcast", "Rivalcast's nodes stalled"])
def test_each_part_of_a_name_names_a_project(name: str, text: str) -> None:
    data = changed(market(), "integrations", name=["Messenger", name])
    briefs = render_briefs(changed(data, "usp_register", known_limitation=[text]))
    assert "stalled" not in briefs[MESSENGER]
    assert "stalled" in briefs[RIVAL]


def test_a_statement_that_names_another_project_is_left_out() -> None:
    said = [
        spoken("signal", "a", source_key="project messenger"),
        spoken("signal", "b", source_key="project messenger"),
    ]
    briefs = render_briefs(market(*said, statements=["It stalled as with Rival", "It stalled at night"]))
    for brief in (briefs[MESSENGER], briefs[SEGMENT]):
        assert "It stalled at night." in brief
        assert "Rival" not in brief


def test_a_project_in_the_name_of_another_is_named_in_what_that_one_says_and_nowhere_else() -> None:
    data = changed(
        market(),
        "integrations",
        name=["Messenger", "Rival (Messenger client)"],
        uses_waku_for=["chats", "finds Messenger"],
    )
    data = changed(data, "usp_register", known_limitation=["It stalled with Messenger"])
    brief = render_briefs(data)[RIVAL]
    assert "What Waku is for in your project: Finds Messenger." in brief
    assert "stalled" not in brief


def test_a_field_that_is_one_project_has_no_brief_but_that_of_the_project() -> None:
    names = ["Messenger communities", "Games"]
    data = changed(market(), "segment_profiles", name=names)
    briefs = render_briefs(data)
    assert set(briefs) == {"briefs/segment-games.md", MESSENGER, RIVAL, "briefs/mvp.md"}
    assert "Messenger" not in briefs["briefs/mvp.md"]


def test_what_is_missing_for_others_is_not_said_to_be_nothing() -> None:
    data = changed(market(), "mvp_gaps", title=["History for Rival"], segments=[["chat"]], usps=[["private"]])
    missing = render_briefs(data)[MESSENGER].partition("## What is missing")[2]
    assert missing.strip().startswith("All that we know of is work with other projects.")


@pytest.mark.parametrize(
    "text", ["started in 2025; purpose not described in the sources read", "not found", "Unknown", "purpose unclear"]
)
def test_what_nobody_knows_of_a_project_is_not_told_to_it(text: str) -> None:
    data = changed(market(), "integrations", uses_waku_for=[text, "games"], pain_reported=[text, "slow"])
    briefs = render_briefs(data)
    heard = briefs[MESSENGER].partition("## What we heard")[2].partition("## What the MVP gives")[0]
    assert heard.strip() == (
        "We have nothing on record that we could tell you here. Please tell us what you use Waku for."
    )
    assert "What Waku is for in your project: Games." in briefs[RIVAL]


def test_a_project_that_nobody_may_name_gets_none() -> None:
    briefs = render_briefs(changed(market(), "integrations", name=["Messenger", "Undisclosed game"]))
    assert MESSENGER in briefs
    assert RIVAL not in briefs


def test_no_interview_moves_a_number_of_the_brief_on_the_mvp() -> None:
    outline = {"effective_n": [4321.0], "win_share": [None], "cells": [4321], "cells_served": [4321]}
    text = render_briefs(changed(market(), "mvp_outline", **outline))["briefs/mvp.md"]
    assert "4,321" not in text
    assert "4321" not in text
    assert "Nothing above is confirmed yet." in text


@pytest.mark.parametrize("weeks", [None, 35.0])
def test_planned_time_is_not_told_as_work(weeks: float | None) -> None:
    data = changed(market(), "mvp_gaps", weeks=[weeks], segments=[["chat"]], outlines=[["leads"]])
    assert [name for name, text in render_briefs(data).items() if "weeks" in text] == []


def test_who_left_is_asked_what_would_have_to_change() -> None:
    briefs = render_briefs(changed(market(), "integrations", status=["left", "live"]))
    assert "Thank you for trying Waku." in briefs[MESSENGER]
    assert "What would have to change before you would try Waku again?" in briefs[MESSENGER]
    assert "try Waku again" not in briefs[RIVAL]


def test_evidence_is_text_in_markdown() -> None:
    hostile = f"# [a](javascript:x) <img src=x> *{HOSTILE}*\n- b"
    data = changed(market(), "integrations", name=[hostile, "Rival"])
    title = render_briefs(data)[MESSENGER].splitlines()[0]
    assert title.startswith("# Waku and \\# \\[a\\](javascript:x) &lt;img src=x&gt; \\*")
    assert not re.search(r"(?<!\\)[<>*\[]", title)


def test_a_release_with_made_up_data_says_so_in_each_brief() -> None:
    data = release(is_illustrative=True)
    for text in render_briefs(data).values():
        assert text.startswith("> **This text holds made-up data.")
    assert "made-up" not in "".join(render_briefs(release()).values())


def test_on_a_day_without_an_outline_there_are_none() -> None:
    data = release()
    empty = {"mvp_outline": data.frames["mvp_outline"].iloc[:0]}
    assert render_briefs(replace(data, frames={**data.frames, **empty})) == {}


def test_no_number_is_typed_in_a_template() -> None:
    templates = sorted(TEMPLATES.glob("brief_*.md.j2"))
    assert len(templates) == 4
    for template in templates:
        text = re.sub(r"\{[{%].*?[%}]\}", "", template.read_text(encoding="utf-8"), flags=re.DOTALL)
        assert re.findall(r"\d", text) == [], template.name
