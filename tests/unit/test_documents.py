"""The documents that the milestone names: what they say of a small market. The same release gives the same bytes."""

from __future__ import annotations

import csv
import io
import re
import time
from functools import cache

import openpyxl
import pytest
from openpyxl.workbook import Workbook

from assets.reports.documents.markdown import TEMPLATES, escaped, links
from assets.reports.documents.rendering import render_documents
from assets.reports.model import DOCUMENTS
from tests.unit.readiness_world import world
from tests.unit.release_fixture import release

MATRIX = "documents/validation_matrix"


@cache
def documents() -> dict[str, bytes]:
    data = release()
    return render_documents(data.frames, data.manifest)


def text_of(name: str) -> str:
    return documents()[name].decode()


def part(text: str, begins: str, ends: str) -> str:
    return text.partition(begins)[2].partition(ends)[0].strip()


def book(content: bytes | None = None) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(content or documents()[f"{MATRIX}.xlsx"]))


def test_the_matrix_is_for_sheets_too_and_the_website_has_a_page() -> None:
    assert (
        sorted(documents())
        == sorted(DOCUMENTS)
        == [
            "documents/target_customers.md",
            "documents/validation_matrix.csv",
            "documents/validation_matrix.md",
            "documents/validation_matrix.xlsx",
            "documents/website/changes.md",
            "documents/website/usps.json",
            "documents/website/usps.mdx",
        ]
    )


def test_each_segment_has_the_six_items() -> None:
    text = text_of("documents/target_customers.md")
    (chat, games) = text.split("\n## Chat\n")[1:]
    for segment in (chat, games):
        assert [line[4:] for line in segment.splitlines() if line.startswith("### ")] == [
            "Segment",
            "Market size",
            "Problems and selling points",
            "Competitors and other solutions in use",
            "Learning so far",
            "Reasons for and against",
        ]
    assert "Projects that use Waku, began to, or said that they will: 1." in chat
    assert "- Its problem: Operators see who talks (published)" in chat
    assert part(chat, "### Market size\n", "###").startswith(
        "- 8 million USD: Value locked (30 June 2024, secondary source, published; sources differ by a factor of 1.90)."
    )
    assert "Selling points that may be relevant: Private by design." in chat
    assert (
        part(chat, "### Competitors and other solutions in use\n", "###") == "Nothing on record for this segment alone."
    )
    assert "- Messenger: Lost messages (project that uses Waku, 30 June 2024, published)." in chat
    assert "- For: They asked\n- Against: not known\n" in chat
    assert part(games, "### Market size\n", "###") == "Nothing on record."
    assert "- **Rival**; strong: Quick (published)" in part(text, "## Competitors in every segment", "## Chat")


def test_the_overview_says_what_is_missing() -> None:
    assert "| Chat | core candidate | undecided | 4 of 6 | competitors and rationale |" in text_of(
        "documents/target_customers.md"
    )


def test_the_matrix_says_who_agrees_and_what_was_said() -> None:
    text = text_of(f"{MATRIX}.md")
    row = next(line for line in text.splitlines() if line.startswith("| It shows who talks | Chat"))
    assert row.split(" | ")[2:4] == ["mixed", "1 of 2 interviews, 0 of 1 project in co-design"]
    assert "- For: Everybody sees who talks (interview, Chat, published)." in text
    assert "said, and not to be quoted (interview" in text


def test_the_sheet_has_typed_cells_a_header_that_stays_and_filters() -> None:
    sheet = book()["Matrix"]
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("B2", sheet.dimensions)
    header = [cell.value for cell in sheet[1]]
    row = next(
        dict(zip(header, cells, strict=True)) for cells in sheet.iter_rows(min_row=2) if cells[2].value == "Chat"
    )
    assert [(row[name].data_type, row[name].value) for name in ("Status", "Claimed", "Interviews")] == [
        ("s", "mixed"),
        ("b", True),
        ("n", 2),
    ]
    assert (row["Worth"].data_type, row["Worth"].number_format) == ("n", "0.00")
    assert all(sheet.column_dimensions[name].width > 10 for name in ("A", "D", "S"))


def test_a_sheet_explains_every_column_and_grade() -> None:
    workbook = book()
    explained = {row[0] for row in workbook["How to read"].iter_rows(values_only=True)}
    for sheet in workbook.worksheets[1:]:
        assert {cell.value for cell in sheet[1]} <= explained
    assert {"measured", "published", "estimated", "illustrative", "not found", "untested", "mixed"} <= explained


def test_csv_and_xlsx_hold_the_same_rows() -> None:
    rows = list(csv.reader(io.StringIO(text_of(f"{MATRIX}.csv"))))
    sheet = book()["Matrix"]
    assert rows[0] == [cell.value for cell in sheet[1]]
    assert [row[:4] for row in rows[1:]] == [[cell.value for cell in cells[:4]] for cells in sheet.iter_rows(min_row=2)]


def test_the_same_release_gives_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also at another time and in another place: what dates a file is the release."""
    first = documents()
    monkeypatch.setattr(time, "time", lambda: 2_000_000_000.0)
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        data = release()
        assert render_documents(data.frames, data.manifest) == first
    finally:
        monkeypatch.undo()
        time.tzset()
    dated = book().properties
    assert {f"{dated.created}", f"{dated.modified}"} == {"2026-11-23 12:00:00"}


def test_illustrative_data_is_named_on_every_document() -> None:
    data = release(world(), is_illustrative=True)
    made_up = render_documents(data.frames, data.manifest)
    assert "This release holds illustrative data" in made_up["documents/target_customers.md"].decode()
    assert "This release holds illustrative data" in made_up[f"{MATRIX}.md"].decode()
    workbook = book(made_up[f"{MATRIX}.xlsx"])
    assert all("illustrative data" in sheet.oddHeader.center.text for sheet in workbook.worksheets)
    assert "illustrative data" not in text_of(f"{MATRIX}.md")


def test_no_template_has_a_digit_of_its_own() -> None:
    for template in TEMPLATES.glob("*.j2"):
        said = re.sub(r"\{[{%#].*?[}%#]\}", "", template.read_text(encoding="utf-8"))
        assert re.findall(r"\d", said) == [], template.name


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain words, 27.5 of them", "plain words, 27.5 of them"),
        ("a | b", r"a \| b"),
        ("*loud* and `code`", r"\*loud\* and \`code\`"),
        ("snake_case and _marks_", r"snake_case and \_marks\_"),
        ("[here](javascript:run)", r"\[here\](javascript:run)"),
        ("<b>&amp;", "&lt;b&gt;&amp;amp;"),
        ("# title", r"\# title"),
        ("- item", r"\- item"),
        ("1. item", r"1\. item"),
        ("one\n\n# two", "one # two"),
        ("https://example.org", r"https\://example.org"),
        ("a\x00b\u202ec", "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}c"),
    ],
)
def test_text_in_markdown_is_shown_as_it_is(text: str, shown: str) -> None:
    assert escaped(text) == shown


def test_a_source_links_only_to_the_web() -> None:
    assert links("https://example.org/a_(b)?c=<d>; javascript:alert(1)").startswith(
        "[https\\://example.org/a\\_(b)?c=](<https://example.org/a_(b)?c=>)"
    )
    assert "](<javascript" not in links("javascript:alert(1)")
