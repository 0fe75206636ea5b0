"""A draft stands beside its gate until a row of evidence says that it was published."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from assets.reports.drafts import Draft, drafts_left, with_drafts
from assets.reports.page.site import render_pages
from tests.unit.release_fixture import release

PAPER = Draft("whitepaper", "whitepaper.pdf", 15)
PAGE = Draft("potential_usps", "documents/website/usps.mdx", 1, "for the website")


def states(*claimed: str, **of: str) -> dict[str, pd.DataFrame]:
    return {
        "milestone_deliverables": pd.DataFrame(list(of.items()), columns=["deliverable_id", "status"]),
        "usp_register": pd.DataFrame({"where_claimed": claimed}),
    }


@pytest.mark.parametrize(
    ("status", "left"), [("not_done", (PAPER,)), ("planned", (PAPER,)), ("ongoing", (PAPER,)), ("done", ())]
)
def test_a_draft_is_one_until_its_deliverable_is_done(status: str, left: tuple[Draft, ...]) -> None:
    assert drafts_left([PAPER], states(whitepaper=status, usps="done")) == left


@pytest.mark.parametrize(
    ("claimed", "left"), [(("site", "docs"), (PAGE,)), (("site", None), (PAGE,)), (("site", "site"), ()), ((), (PAGE,))]
)
def test_the_page_for_the_website_is_a_draft_until_a_card_names_each_selling_point(
    claimed: tuple[str, ...], left: tuple[Draft, ...]
) -> None:
    """Whatever the deliverable as a whole was judged to be."""
    assert drafts_left([PAGE], states(*claimed, potential_usps="done")) == left


def test_it_says_how_many_pages_it_has() -> None:
    assert PAPER.says == "A draft of 15 pages is generated, none is published."
    assert Draft("whitepaper", "whitepaper.pdf", 1).says == "A draft of 1 page is generated, none is published."
    assert PAGE.says == "A draft of 1 page for the website is generated, none is published."


def test_readiness_json_names_the_draft_of_a_gate_and_null_for_others() -> None:
    gates = [{"deliverable_id": "whitepaper", "status": "fail"}, {"deliverable_id": "usps", "status": "fail"}]
    document = with_drafts({"gates": gates, "others": [{"gates": gates[1:]}]}, [PAPER])
    assert [gate["draft"] for gate in document["gates"]] == [
        {"file": "whitepaper.pdf", "pages": 15, "says": "A draft of 15 pages is generated, none is published."},
        None,
    ]
    assert document["others"][0]["gates"][0]["draft"] is None
    assert [gate["status"] for gate in document["gates"]] == ["fail", "fail"]


def test_the_page_of_gates_links_to_the_draft_beside_its_gate() -> None:
    page = render_pages(replace(release(), drafts=[PAPER]))["gates.html"]
    number = '<data class="n" value="15" data-cell="drafts/whitepaper/pages">15</data>'
    assert page.count(f'A <a href="whitepaper.pdf">draft</a> of {number} pages is generated, none is published.') == 1
    assert "pages is generated, none is published" not in render_pages(release())["gates.html"]
    one = '<data class="n" value="1" data-cell="drafts/whitepaper/pages">1</data>'
    place = '<span data-cell="drafts/whitepaper/place">for the website</span>'
    page = render_pages(replace(release(), drafts=[replace(PAPER, pages=1, place="for the website")]))["gates.html"]
    assert f"draft</a> of {one} page {place} is generated, none is published." in page
