"""Briefs as PDF: the words of the Markdown, and nothing that a brief may not have."""

from __future__ import annotations

import html
import io
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from pypdf import PdfReader

from assets.reports.documents.brief_pdf import TEMPLATE, blocks_of, brief_pdf
from assets.reports.documents.briefs import render_briefs
from tests.unit.test_briefs import market

MADE = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
BRIEF = """> **Made up.**

# What Waku can do

Your field: games

## What we heard

- **Private by design**: nobody reads along.
- slow

---

Release 1a2b, made on 2026-11-23.
"""


def read(markdown: str) -> PdfReader:
    return PdfReader(io.BytesIO(brief_pdf(markdown, MADE)))


def words(text: str) -> str:
    return " ".join(text.replace("\u200b", "").replace("•", " ").split())


def printed(markdown: str) -> str:
    return words("\n".join(page.extract_text() for page in read(markdown).pages))


def test_markdown_becomes_blocks_of_runs() -> None:
    assert blocks_of(BRIEF) == [
        {"kind": "warning", "runs": [("Made up.", True)]},
        {"kind": "title", "runs": [("What Waku can do", False)]},
        {"kind": "paragraph", "runs": [("Your field: games", False)]},
        {"kind": "heading", "runs": [("What we heard", False)]},
        {
            "kind": "list",
            "items": [[("Private by design", True), (": nobody reads along.", False)], [("slow", False)]],
        },
        {"kind": "rule"},
        {"kind": "paragraph", "runs": [("Release 1a2b, made on 2026-11-23.", False)]},
    ]


def test_each_brief_says_the_same_in_both_forms_on_one_page() -> None:
    briefs = render_briefs(market())
    assert len(briefs) == 5
    for text in briefs.values():
        marks = re.sub(r"(?m)^(#+ |- |> |---$)|\*\*", "", text)
        assert printed(text) == words(html.unescape(re.sub(r"\\(?=\W)", "", marks)))
        assert len(read(text).pages) == 1


def test_markup_in_evidence_is_printed_as_text() -> None:
    data = market()
    name = "*a* #[b] $c$ `d` \\e <f>"
    frames = {**data.frames, "usp_register": data.frames["usp_register"].assign(name=name)}
    mvp = render_briefs(replace(data, frames=frames))["briefs/mvp.md"]
    assert name in printed(mvp)


def test_it_has_a_title_a_language_and_the_day_of_the_release() -> None:
    pdf = read(BRIEF)
    assert pdf.metadata.title == "What Waku can do"
    assert pdf.metadata.creation_date == MADE
    assert pdf.trailer["/Root"]["/Lang"] == "en-GB"
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]


def test_the_same_brief_gives_the_same_bytes() -> None:
    assert brief_pdf(BRIEF, MADE) == brief_pdf(BRIEF, MADE)


@pytest.mark.parametrize("text", ["[a](https://example.org)", "    code", "1. one", "*thin*", "- two\n\n  paragraphs"])
def test_what_no_brief_uses_is_an_error(text: str) -> None:
    with pytest.raises(ValueError):
        blocks_of(text)


def test_no_package_is_asked_for() -> None:
    """Typst would download one."""
    assert re.findall(r"import|include", TEMPLATE.read_text(encoding="utf-8")) == []
