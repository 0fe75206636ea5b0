"""Whatever somebody types, it is shown as text: in pages, documents, sheets and data files, and nothing of it runs."""

from __future__ import annotations

import csv
import io
import re
from datetime import date
from functools import cache

import openpyxl
import pyarrow as pa
import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from assets.common.spreadsheet import csv_text, inert, inert_row, typed
from assets.evidence.parsing import parse_csv
from assets.evidence.tables import TABLES_BY_KEY
from assets.reports.documents.markdown import escaped
from assets.reports.documents.rendering import render_documents
from assets.reports.page.site import render_pages
from assets.reports.release.places import value_differences
from assets.segments.crm import OrganisationRecord, evidence_row, with_rows
from tests.unit.hostile_strings import FORMULAS, NAUGHTY, SCRIPTS, STRINGS, hostile_release
from tests.unit.page import Site
from tests.unit.release_fixture import release

FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")


def words(text: str) -> str:
    """Text as a reader sees it: what is between words counts as one space."""
    return " ".join(text.split())


@cache
def hostile_documents() -> dict[str, bytes]:
    data = hostile_release()
    return render_documents(data.frames, data.manifest)


def parsed(text: str) -> list[Token]:
    """The pieces of a document as GitHub would read it, tables included."""
    tokens = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).parse(text)
    return [inner for token in tokens for inner in (token, *(token.children or []))]


def test_there_are_sixty_scripts() -> None:
    assert (len(SCRIPTS), len(set(STRINGS))) == (60, len(STRINGS))


def test_pages_show_every_string_as_text_and_have_no_element_more() -> None:
    usual, hostile = (Site(render_pages(data)) for data in (release(), hostile_release()))
    assert {e.tag for e in hostile.elements} <= {e.tag for e in usual.elements}
    known = {(e.tag, name) for e in usual.elements for name in e.attributes}
    assert {(e.tag, name) for e in hostile.elements for name in e.attributes} <= known
    addresses = {e.attributes["href"] for e in hostile.elements if "href" in e.attributes}
    assert {a for a in addresses if ":" in re.split("[/#]", a)[0] and not a.startswith(("http", "data:,"))} == set()
    listed = (str(value) for row in hostile.rows.values() for value in row.values())
    shown = words(" ".join([*(text for text, _ in hostile.texts), *listed]))
    assert [text for text in STRINGS if words(text) not in shown] == []


@pytest.mark.parametrize(
    "name", ["documents/target_customers.md", "documents/validation_matrix.md", "documents/website/changes.md"]
)
def test_documents_have_no_markup_more(name: str) -> None:
    data = release()
    usual = parsed(render_documents(data.frames, data.manifest)[name].decode())
    hostile = parsed(hostile_documents()[name].decode())
    assert {token.type for token in hostile if "html" in token.type} == set()
    assert [token.type for token in hostile if token.block] == [token.type for token in usual if token.block]
    links = [str(token.attrs["href"]) for token in hostile if token.type == "link_open"]
    assert [link for link in links if not link.startswith("https://")] == []


@pytest.mark.parametrize("place", ["- {}", "| a |\n|---|\n| {} |", "## {}", "{}", "- said: {} (1)"])
@pytest.mark.parametrize("text", STRINGS)
def test_markdown_shows_a_string_as_text(text: str, place: str) -> None:
    tokens = parsed(place.format(escaped(text)))
    usual = parsed(place.format("words"))
    assert [t.type for t in tokens if t.level == 0] == [t.type for t in usual if t.level == 0]
    pieces = {"text", "text_special", "inline"}
    assert {t.type for t in tokens} - {t.type for t in usual} <= pieces
    shown = "".join(t.content for t in tokens if t.type in ("text", "text_special"))
    unseen = dict.fromkeys([*range(9), 0x1B, 0x202A, 0x202C, 0x202E, 0xFFFE, 0xFFFF], "\N{REPLACEMENT CHARACTER}")
    assert words(text.translate(unseen)) in words(shown)


def test_no_cell_of_a_workbook_is_a_formula_and_numbers_are_numbers() -> None:
    book = openpyxl.load_workbook(io.BytesIO(hostile_documents()["documents/validation_matrix.xlsx"]))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s", "n", "b"}
    begin_so = [cell for cell in cells if isinstance(cell.value, str) and cell.value.startswith(FORMULA_STARTS)]
    assert begin_so
    assert all(cell.quotePrefix for cell in begin_so)


def test_no_cell_of_a_csv_file_is_run() -> None:
    rows = list(csv.reader(io.StringIO(hostile_documents()["documents/validation_matrix.csv"].decode(), newline="")))
    assert [cell for row in rows for cell in row if cell.lstrip(" ").startswith(FORMULA_STARTS)] == []


def test_data_files_hold_every_string_and_give_it_back() -> None:
    table = pa.table(
        {
            "text": pa.array(STRINGS, pa.string()),
            "list": pa.array([[text, "x"] for text in STRINGS], pa.list_(pa.string())),
            "number": pa.array([-float(at) for at in range(len(STRINGS))], pa.float64()),
        }
    )
    text = csv_text(table.column_names, zip(*(column.to_pylist() for column in table.columns), strict=True))
    rows = list(csv.reader(io.StringIO(text, newline="")))[1:]
    assert [typed(row[0]) for row in rows] == list(STRINGS)
    assert [row[:2] for row in rows if row[0].lstrip(" ").startswith(FORMULA_STARTS)] == []
    assert [float(row[2]) for row in rows] == [-float(at) for at in range(len(STRINGS))]
    assert value_differences("data/t.csv", text.encode(), "t", table) == []


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_is_quoted(text: str) -> None:
    assert inert(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "a=b", "1-2", "x@y.z", *NAUGHTY[20:36]])
def test_what_is_no_formula_is_left_alone(text: str) -> None:
    assert inert(text) == (f"'{text}" if text[:1] == "'" else text)


@pytest.mark.parametrize("text", ["'twas fine", "'til last year it worked", "'", "''", "it's"])
def test_an_apostrophe_that_was_typed_stays(text: str) -> None:
    """Also in a sheet that somebody else wrote, in which no text is quoted."""
    assert typed(text) == (text if text != "''" else "'")
    assert typed(inert(text)) == text


def test_a_row_of_evidence_is_inert_and_is_read_as_it_was_typed() -> None:
    """What a CRM says becomes a row of a table that people open with a spreadsheet."""
    table = TABLES_BY_KEY["segments__organisations"]
    said = [OrganisationRecord(f"one_{at}", name=text, next_step="'twas") for at, text in enumerate(FORMULAS)]
    rows = [evidence_row(one, date(2026, 11, 30), "the CRM") for one in said]
    text, _ = with_rows("", table.header(), rows)
    cells = [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]
    assert [cell for cell in cells if cell.lstrip(" ").startswith(FORMULA_STARTS)] == ["-5"]
    again, _ = with_rows(text, table.header(), [])
    assert again == text
    parsed_rows = parse_csv(table, text, file="organisations.csv", pack="ours", today=date(2026, 12, 1))
    assert {row.row.name for row in parsed_rows.records} == {text.strip() for text in FORMULAS}
    assert {row.row.next_step for row in parsed_rows.records} == {"'twas"}


def test_numbers_of_evidence_stay_numbers() -> None:
    row = {"value": -5.5, "written": "-5.5e-3", "text": "-5 or so", "note": "=1"}
    assert inert_row(row) == {"value": -5.5, "written": "-5.5e-3", "text": "'-5 or so", "note": "'=1"}
