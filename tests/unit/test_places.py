"""The place of a difference is named so that a reader finds it, in every kind of file."""

from __future__ import annotations

import io
import json
import zipfile

import pyarrow as pa
import pytest

from assets.common.spreadsheet import csv_text
from assets.reports.release.places import Deviation, differences, value_differences
from tests.unit.test_documents import MATRIX, documents

PAGE = (
    '<p data-cell="verdict/fit/reason">Two of three</p>\n'
    '<p><data value="42.5" data-cell="cost_summary/chat/p50">USD 42</data> a month, 7 days</p>\n'
)


def found(path: str, shown: str | bytes, expected: str | bytes) -> list[tuple[str, str, str]]:
    contents = [text if isinstance(text, bytes) else text.encode() for text in (shown, expected)]
    return [(one.place, one.shown, one.expected) for one in differences(path, *contents)]


def test_equal_files_have_no_difference() -> None:
    assert differences("index.html", PAGE.encode(), PAGE.encode()) == []


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("USD 42", "USD 43", "line 2, cell cost_summary/chat/p50"),
        ('"42.5"', '"42.6"', "line 2, cell cost_summary/chat/p50"),
        ("7 days", "8 days", "line 2, after cell cost_summary/chat/p50"),
        ("Two of", "One of", "line 1, cell verdict/fit/reason"),
    ],
)
def test_a_page_names_the_cell(old: str, new: str, place: str) -> None:
    (one,) = found("index.html", PAGE.replace(old, new), PAGE)
    assert one[0] == place
    assert new.strip('"') in one[1]
    assert old.strip('"') in one[2]


def test_a_document_names_the_line_and_json_the_names_that_lead_to_a_value() -> None:
    assert found("a.md", "one\ntwo 2\n", "one\ntwo 3\n") == [("line 2", "“two 2”", "“two 3”")]
    assert found("a.md", "one\n", "one\ntwo\n") == [("line 2", "nothing", "“two”")]
    gates = {"gates": [{"value": 2}, {"value": 3}]}
    changed = {"gates": [{"value": 2}, {"value": 4}]}
    assert found("a.json", json.dumps(changed), json.dumps(gates)) == [("gates[1].value", "“4”", "“3”")]
    assert found("a.json", "{} ", "{}") == [("", "3 bytes", "2")]


def test_a_csv_file_names_row_and_column() -> None:
    assert found("a.csv", "name,cost\nx,1\n", "name,cost\nx,2\n") == [("row 2, column cost", "“1”", "“2”")]


def test_a_workbook_names_sheet_and_cell() -> None:
    book = documents()[f"{MATRIX}.xlsx"]
    shown = with_part(book, "xl/worksheets/sheet2.xml", b"<v>2</v>", b"<v>9</v>")
    assert found("a.xlsx", shown, book) == [("Matrix!G2", "“9”", "“2”")]


def test_what_is_no_cell_of_a_workbook_names_its_part() -> None:
    book = documents()[f"{MATRIX}.xlsx"]
    ((place, *_), *_) = found("a.xlsx", with_part(book, "docProps/core.xml", b"2026", b"2027"), book)
    assert place == "part docProps/core.xml"


def test_a_workbook_that_does_not_open_says_so() -> None:
    book = documents()[f"{MATRIX}.xlsx"]
    assert found("a.xlsx", book[:100], book) == [("", "what cannot be read", "a file that opens")]


def test_any_other_file_names_the_byte() -> None:
    assert found("a.pdf", b"%PDF-1.7", b"%PDF-1.6") == [("byte 8", "0x37", "0x36")]


def with_part(book: bytes, part: str, old: bytes, new: bytes) -> bytes:
    """The book with `new` in place of `old` in one of its parts."""
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as before, zipfile.ZipFile(changed, "w") as after:
        for info in before.infolist():
            content = before.read(info)
            after.writestr(info, content.replace(old, new, 1) if info.filename == part else content)
    return changed.getvalue()


TABLE = pa.table(
    {
        "gate_id": pa.array(["=one", "'twas"], pa.string()),
        "value": pa.array([-0.1, None], pa.float64()),
        "count": pa.array([3, 4], pa.int64()),
        "passes": pa.array([True, False], pa.bool_()),
        "evidence_ids": pa.array([["a/1", "-b/2"], []], pa.list_(pa.string())),
    }
)
CSV = csv_text(TABLE.column_names, zip(*(column.to_pylist() for column in TABLE.columns), strict=True))


def test_a_csv_file_that_says_what_the_table_says() -> None:
    assert CSV == ("gate_id,value,count,passes,evidence_ids\n'=one,-0.1,3,true,a/1;'-b/2\n''twas,,4,false,\n")
    assert value_differences("data/gates.csv", CSV.encode(), "gates", TABLE) == []


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("-0.1", "-0.2", "gates.value@=one"),
        ("-0.1", "x", "gates.value@=one"),
        (",3,", ",5,", "gates.count@=one"),
        ("true", "false", "gates.passes@=one"),
        ("a/1", "a/7", "gates.evidence_ids@=one"),
        ("''twas", "'twas so", "gates.gate_id@'twas"),
        ("4,false,", "4,false,x", "gates.evidence_ids@'twas"),
        ("4,false,", "4,false", "row 3"),
        ("count", "counts", "line 1"),
        ("''twas,,4,false,\n", "", ""),
    ],
)
def test_a_csv_file_that_says_something_else(old: str, new: str, place: str) -> None:
    (one,) = value_differences("data/gates.csv", CSV.replace(old, new, 1).encode(), "gates", TABLE)
    assert one.place == place


def test_a_difference_is_one_sentence() -> None:
    assert str(Deviation("index.html", "line 2, cell a/b/c", "“1”", "“2”")) == (
        "index.html, line 2, cell a/b/c: shows “1”, expected “2”"
    )
