"""Sheets as spreadsheets really write them, wherever one is read: tables of evidence, interviews, files of a CRM."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from assets.common.spreadsheet import separator_of
from assets.evidence.importer import SourceFile
from assets.evidence.interview_sheet import SHEET
from assets.evidence.model import Parsed
from assets.evidence.parsing import parse_sheet
from assets.evidence.sheet import NotPlainError, Sheet, letters, sheet_of, text_to_extend
from assets.evidence.tables import TABLES_BY_KEY
from assets.segments.crm import CRM_CSV, OrganisationRecord

RATES = TABLES_BY_KEY["pricing__exchange_rates"]
HEADER = "id,base_currency,quote_currency,rate,rate_date,source,as_of,as_of_basis,grade,note"
ROW = "a,EUR,USD,1.5,2026-01-02,page,2026-01-02,source_date,published,"
GOOD = f"{HEADER}\n{ROW}Größe\n"
SAID_1252 = 'read as Windows-1252, such as "ö" in line 2; if that letter is wrong, save it as UTF-8'


def read(data: bytes) -> Parsed:
    sheet = sheet_of(data, ("exchange_rates",))
    if not isinstance(sheet, Sheet):
        pytest.fail(str(sheet))
    return parse_sheet(RATES, sheet, file="f", pack="p", today=date(2026, 11, 30))


def book(*sheets: tuple[str, Sequence[Sequence[Any]]], merged: str = "") -> bytes:
    """Return a workbook; `merged` is a range of its first sheet."""
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for name, rows in sheets:
        page = workbook.create_sheet(name)
        for row in rows:
            page.append(list(row))
    if merged:
        workbook.worksheets[0].merge_cells(merged)
    stored = io.BytesIO()
    workbook.save(stored)
    return stored.getvalue()


MIDNIGHT = datetime(2026, 1, 2)  # noqa: DTZ001 - a workbook knows no time zone
CELLS: list[Any] = ["a", "EUR", "USD", 1.5, date(2026, 1, 2), "page", MIDNIGHT, "source_date", "published"]


@pytest.mark.parametrize(
    ("data", "notes"),
    [
        pytest.param(GOOD.encode(), (), id="UTF-8"),
        pytest.param(GOOD.encode("utf-8-sig").replace(b"\n", b"\r\n"), (), id="as Excel saves UTF-8"),
        pytest.param(GOOD.encode("cp1252"), (SAID_1252,), id="Windows-1252"),
        pytest.param(GOOD.encode("utf-16"), ("read as UTF-16",), id="UTF-16"),
        pytest.param(GOOD.encode("utf-16-le"), ("read as UTF-16",), id="UTF-16 without a mark"),
        pytest.param(GOOD.replace(",", ";").encode(), (), id="semicolons"),
        pytest.param(GOOD.replace(",", "\t").encode(), (), id="tabs"),
        pytest.param(b"sep=;\r\n" + GOOD.replace(",", ";").encode(), (), id="a first line for Excel"),
        pytest.param(GOOD.replace("note", "note,,").replace("Größe", "Größe,,").encode(), (), id="padded columns"),
        pytest.param((GOOD + ",,,,,,,,,\n" * 3).encode(), (), id="padded rows"),
        pytest.param(book(("Sheet1", [HEADER.split(","), [*CELLS, "Größe"]])), (), id="workbook"),
        pytest.param(
            book(("help", [["read me"]]), ("Exchange_Rates", [HEADER.split(","), [*CELLS, "Größe", None]])),
            (),
            id="workbook with a sheet called as the table",
        ),
    ],
)
def test_a_table_is_read_however_it_was_saved(data: bytes, notes: tuple[str, ...]) -> None:
    parsed = read(data)
    assert (list(map(str, parsed.problems)), parsed.notes) == ([], notes)
    (record,) = parsed.records
    assert record.row.model_dump(mode="json") == {
        "id": "a",
        "base_currency": "EUR",
        "quote_currency": "USD",
        "rate": 1.5,
        "rate_date": "2026-01-02",
        "source": "page",
        "as_of": "2026-01-02",
        "as_of_basis": "source_date",
        "grade": "published",
        "note": "Größe",
    }


def changed(column: str, value: Any) -> bytes:
    row = [*CELLS, None]
    row[HEADER.split(",").index(column)] = value
    return book(("Rates", [HEADER.split(","), row]))


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (changed("rate", "9,5"), 'f:Rates!D2: rate: "9,5" has a comma; expected a number > 0, with a point'),
        (changed("as_of", 46344), 'f:Rates!G2: as_of: "46344" is how a spreadsheet counts a day; expected a date'),
        (changed("grade", "pub\u200blished"), "f:Rates!I2: grade: contains U+200B (zero width space) as character 4"),
        (changed("rate", "=1/0"), "f:Rates!D2: a formula without its result; expected the value itself"),
        (
            book(("Rates", [HEADER.split(","), [*CELLS, None, "x"]])),
            "f:Rates!K2: column 11 (K) has no name, and 1 cell; expected a name in its first row, or no cell in it",
        ),
        (
            book(("Rates", [HEADER.split(","), [*CELLS, None]]), merged="B2:C2"),
            "f:Rates!B2: cells are merged across columns; expected one value in each column",
        ),
        (GOOD.replace("published", "46344").encode(), 'f:2: grade: "46344" is not allowed; expected one of measured,'),
        (
            GOOD.replace("2026-01-02,page", "46024,page").encode(),
            'f:2: rate_date: "46024" is how a spreadsheet counts a day; expected a date in the form YYYY-MM-DD, such',
        ),
        (
            GOOD.replace("EUR", "EUR\u00a0x").encode(),
            "f:2: base_currency: contains U+00A0 (no-break space) as character 4, which is not seen; expected plain ",
        ),
        (
            GOOD.replace("Größe", "left\u202eright").encode(),
            "f:2: note: contains U+202E (right-to-left override) as character 5, which is not seen; expected plain ",
        ),
        (
            GOOD.replace("Größe", "one\u2028two").encode(),
            "f:2: note: contains U+2028 (line separator) as character 4, which is not seen; expected plain ",
        ),
        (
            GOOD.replace("Größe", "plain\U000e0041").encode(),
            "f:2: note: contains U+E0041 (tag latin capital letter a) as character 6, which is not seen; expected ",
        ),
        (GOOD.replace("rate,", "ra\u200bte,", 1).encode(), "f:1: the name of column 4 contains U+200B"),
        (GOOD.replace(",rate,", ",rate,,", 1).replace("1.5,", "1.5,x,").encode(), "f:2: column 5 (E) has no name, and"),
    ],
)
def test_what_was_meant_is_said_with_the_cell(data: bytes, problem: str) -> None:
    found = [str(one) for one in read(data).problems]
    assert any(one.startswith(problem) for one in found), found
    assert len(found) <= 2


@pytest.mark.parametrize(
    "text", ["10\u00a0000 users", "سلام\u200cها", "family \U0001f468\u200d\U0001f469", "naïve – “quoted”"]
)
def test_text_may_have_what_its_script_needs(text: str) -> None:
    assert read(f'{HEADER}\n{ROW}"{text}"\n'.encode()).problems == []


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (book(("a", [["x"]]), ("b", [["y"]])), 'the workbook has the sheets "a", "b"'),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "this is an old .xls file, or has a password"),
        (b"PK\x03\x04" + b"x" * 40, "this is no workbook, though its name says so"),
        (GOOD.encode().replace(b"page", b"p\xe4ge"), 'byte 0xe4 is not UTF-8 (it is "ä" in Latin-1)'),
        (b"a,b\n1,\0\n", "a NUL byte: this is not a text file"),
    ],
)
def test_what_is_no_sheet_is_named(data: bytes, problem: str) -> None:
    found = sheet_of(data)
    assert not isinstance(found, Sheet)
    assert found[1].message == problem


@pytest.mark.parametrize(
    ("text", "separator"),
    [
        ("a,b\n1,2\n", ","),
        ('Which, if any, of these;"Who, and why"\nx;y\nz;w\n', ";"),
        ("id,tags\nx,a;b;c\n", ","),
        ("a;b\n1,5;2,5\n", ";"),
        ("a\tb, c\n1\t2\n", "\t"),
        ("one\n1\n", ","),
    ],
)
def test_what_separates_cells_is_told_by_the_rows(text: str, separator: str) -> None:
    assert separator_of(text) == separator


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("t.csv", GOOD.replace(",", ";").encode(), "t.csv has its cells separated otherwise than by commas"),
        ("t.csv", GOOD.encode("cp1252"), "t.csv is not saved as UTF-8"),
        ("t.xlsx", b"", "t.xlsx holds this table"),
    ],
)
def test_rows_are_added_to_plain_files_only(tmp_path: Path, name: str, data: bytes, message: str) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(NotPlainError, match=re.escape(message)):
        text_to_extend(tmp_path / "t.csv")


def test_columns_are_called_as_in_a_spreadsheet() -> None:
    assert [letters(position) for position in (1, 26, 27, 52, 703)] == ["A", "Z", "AA", "AZ", "AAA"]


INTERVIEW = "id,segment_id,role_class,answer_current_problems,tag,strength,quote,source"
FIRST = "p4821,gaming,engineering,Peers vanish,latency,strong,late,our notes"
SECOND = {"tag": "no_need", "strength": "medium", "quote": "'til it sleeps"}


@pytest.mark.parametrize(
    "second",
    [
        "p4821,,,,no_need,medium,'til it sleeps,",
        ",,,,no_need,medium,'til it sleeps,",
        "p4821,gaming,engineering,Peers vanish,no_need,medium,'til it sleeps,our notes",
    ],
    ids=["merged, with the id", "merged", "repeated"],
)
def test_an_interview_is_filled_once(tmp_path: Path, second: str) -> None:
    (tmp_path / "s.csv").write_text(f"{INTERVIEW},,\n{FIRST},,\n{second},,\n")
    found, problems, _ = SHEET.rows(tmp_path / "s.csv", "s.csv")
    assert problems == []
    ((line, document),) = found
    assert (line, document["answers"], document["source"]) == (2, {"current_problems": "Peers vanish"}, "our notes")
    assert document["findings"] == [{"tag": "latency", "strength": "strong", "quote": "late"}, SECOND]


def test_cells_that_are_merged_in_a_workbook_stand_for_each_row(tmp_path: Path) -> None:
    rows = [INTERVIEW.split(","), FIRST.split(","), [None, None, None, None, *SECOND.values()]]
    (tmp_path / "s.xlsx").write_bytes(book(("interviews", rows), merged="A2:A3"))
    found, problems, _ = SHEET.rows(tmp_path / "s.xlsx", "s.xlsx")
    assert problems == []
    assert [document["findings"][1] for _, document in found] == [SECOND]


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        (["p4821,gaming,x,a,latency,strong,q,n", ",gaming,,,no_need,,,"], "s.csv:3: id: has no value"),
        (["p4821,gaming,x,a,latency,strong,q,n", "p4821,dao,,,no_need,,,"], "s.csv:3: segment_id differ from line 2"),
    ],
)
def test_a_row_that_is_no_further_finding_is_named(tmp_path: Path, rows: list[str], problem: str) -> None:
    (tmp_path / "s.csv").write_text("\n".join([INTERVIEW, *rows, ""]))
    ((found),) = SHEET.rows(tmp_path / "s.csv", "s.csv")[1]
    assert str(found).startswith(problem)


def test_a_crm_may_save_a_workbook(tmp_path: Path) -> None:
    rows = [["waku_fit_id", "Name", "Segment", None], ["railgun", "Railgun", "gaming; dao", None]]
    (tmp_path / "c.xlsx").write_bytes(book(("Companies", rows)))
    found, problems, _ = CRM_CSV.rows(tmp_path / "c.xlsx", "c.xlsx")
    assert (found, problems) == ([(2, OrganisationRecord("railgun", "Railgun", ("gaming", "dao")))], [])


def test_each_mistake_of_a_workbook_has_its_cell() -> None:
    data = book(("findings", [["id", "tag", None], ["a", "b", None], ["a", "=1/0", "x"]]))
    source = SourceFile(io.BytesIO(data), "w.xlsx")
    assert [row for _, row in source.table().rows] == [["a", "b", ""], ["a", "", "x"]]
    assert [str(problem) for problem in source.problems.all()] == [
        "w.xlsx:findings!B3: a formula without its result; expected the value itself",
        "w.xlsx:findings!C3: column 3 (C) has no name, and 1 cell; expected a name in its first row, or no cell in it",
    ]
