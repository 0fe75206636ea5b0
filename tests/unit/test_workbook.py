"""A workbook that somebody fills in: what it offers, what comes back from it, and how each mistake is named by cell."""

from __future__ import annotations

import csv
import io
import re
import shutil
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import openpyxl
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assets.evidence.columns import sheet_plans
from assets.evidence.documents import plain_document, says_the_same
from assets.evidence.sheet import letters, sheets_of_workbook
from assets.evidence.tables import ALL_TABLES, TABLES_BY_KEY
from assets.evidence.wording import Fault
from assets.evidence.workbook import MARK, OWN_SHEETS, FilledSheet, workbook_of
from assets.evidence.workbook_rows import PLANS, read_workbook
from orchestration.commands.cli import main
from tests.places import FROZEN

Cells = Mapping[str, Any]

FIRST = 3
"""Row of a sheet in which one begins to write."""
TODAY = date(2026, 12, 1)

INTERVIEW: Cells = {
    "id": "p4821", "segment_id": "gaming", "role_class": "product", "interviewed_on": "2026-11-03", "channel": "chat",
    "consent": "summary", "question_set_id": "core_v1", "answer_must_haves": "Speed.", "source": "our notes",
    "as_of_basis": "source_date", "grade": "published",
}  # fmt: skip
FINDING: Cells = {"interview_id": "p4821", "tag": "latency", "strength": "strong", "importance": 8}
SESSION: Cells = {
    "id": "s1007", "segment_id": "gaming", "project_code": "project_k4", "held_on": "2026-11-03",
    "topics": "latency; who runs the nodes", "engineer_attended": "true", "outcome": "Nothing yet.",
    "commitment_stage": "initial_discussion", "consent": "summary", "source": "our notes", "as_of_basis": "source_date",
    "grade": "published",
}  # fmt: skip
SIZE: Cells = {
    "id": "gaming_players_ours", "segment_id": "gaming", "metric": "players", "value": 1000, "unit": "users",
    "family": "held", "what_it_measures": "Players", "source_quality": "secondary", "source": "our count",
    "as_of": "2026-11-03", "as_of_basis": "assigned", "grade": "estimated",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _in_a_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("WAKU_FIT_EVIDENCE_DIR", str(FROZEN))
    monkeypatch.chdir(tmp_path)


def waku_fit(*arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == code, result.output
    return result.output


@cache
def usual_workbook() -> bytes:
    """Return a workbook as the command writes it; most tests begin with one."""
    waku_fit("new", "workbook", "--pack", "./ours", "--file", "usual.xlsx")
    data = Path("usual.xlsx").read_bytes()
    Path("usual.xlsx").unlink()
    return data


def new_workbook(*arguments: str) -> Path:
    path = Path("w.xlsx")
    if arguments or Path("ours").exists():
        waku_fit("new", "workbook", "--pack", "./ours", "--file", "w.xlsx", *arguments)
    else:
        path.write_bytes(usual_workbook())
    return path


def fill(path: Path, rows: Sequence[tuple[str, int, Cells]]) -> None:
    """Write cells by heading into rows of sheets."""
    book = openpyxl.load_workbook(path)
    for sheet, line, cells in rows:
        page = book[sheet]
        positions = {cell.value: cell.column for cell in page[1]}
        for heading, value in cells.items():
            page.cell(line, positions[heading]).value = value
    book.save(path)


def cell_of(path: Path, sheet: str, heading: str, line: int) -> str:
    page = openpyxl.load_workbook(path)[sheet]
    return f"{sheet}!{letters(next(cell.column for cell in page[1] if cell.value == heading))}{line}"


GOOD = [("interviews", FIRST, INTERVIEW), ("findings", FIRST, FINDING), ("sessions", FIRST, SESSION)]


def test_what_is_filled_in_becomes_the_files_of_a_pack() -> None:
    path = new_workbook()
    fill(path, GOOD)
    said = waku_fit("import", str(path), "--pack", "./ours")
    assert "ours: new rows: 1 in interviews, 1 in answers, 1 in findings, 1 in sessions; replaced: 0;" in said
    assert "w.xlsx: interviews: 19 prepared rows with nothing filled in, left aside" in said
    assert sorted(str(p) for p in Path("ours").rglob("*.*")) == [
        "ours/interviews/interviews/p4821.yaml", "ours/interviews/sessions/s1007.yaml",
    ]  # fmt: skip
    interview = plain_document(Path("ours/interviews/interviews/p4821.yaml").read_text())
    assert interview["answers"] == {"must_haves": "Speed."}
    assert interview["findings"] == [{"tag": "latency", "strength": "strong", "importance": "8"}]
    assert interview["as_of"] == "2026-11-03"
    session = plain_document(Path("ours/interviews/sessions/s1007.yaml").read_text())
    assert session["topics"] == ["latency", "who runs the nodes"]
    assert "2 rows" in waku_fit("check", "ours") or "no mistakes" in waku_fit("check", "ours")


def test_a_second_import_changes_nothing() -> None:
    path = new_workbook()
    fill(path, GOOD)
    waku_fit("import", str(path), "--pack", "./ours")
    before = {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in Path("ours").rglob("*.yaml")}
    assert "2 rows of the workbook are in ours already: nothing to write." in waku_fit(
        "import", str(path), "--pack", "./ours"
    )
    assert {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in Path("ours").rglob("*.yaml")} == before


def test_what_is_there_is_replaced_only_if_asked() -> None:
    path = new_workbook()
    fill(path, [*GOOD, ("market_sizes", FIRST, SIZE)])
    waku_fit("import", str(path), "--pack", "./ours")
    fill(path, [("interviews", FIRST, {"channel": "written"}), ("market_sizes", FIRST, {"value": 2000})])
    said = waku_fit("import", str(path), "--pack", "./ours", code=1)
    told = "what is in the pack under this id says something else; expected another id, or --replace"
    assert f"w.xlsx:interviews!A{FIRST}: id: {told}" in said
    assert f"w.xlsx:market_sizes!A{FIRST}: id: {told}" in said
    assert "channel: chat" in Path("ours/interviews/interviews/p4821.yaml").read_text()
    assert "replaced: 2; the same as before: 1." in waku_fit("import", str(path), "--pack", "./ours", "--replace")
    assert "channel: written" in Path("ours/interviews/interviews/p4821.yaml").read_text()
    with Path("ours/segments/market_sizes.csv").open() as file:
        assert [row["value"] for row in csv.DictReader(file)] == ["2000"]


def test_rows_are_added_to_a_table_without_touching_the_others() -> None:
    header = (FROZEN / "public/segments/market_sizes.csv").read_text().splitlines()[0]
    row = ",".join(str({**SIZE, "id": "by_hand", "note": '"typed, by hand"'}.get(n, "")) for n in header.split(","))
    table = Path("ours/segments/market_sizes.csv")
    table.parent.mkdir(parents=True)
    table.write_text(f"{header}\n{row}")  # without a line end
    path = new_workbook()
    fill(path, [("market_sizes", FIRST + 1, SIZE)])
    assert "1 in market_sizes; replaced: 0; the same as before: 1." in waku_fit("import", str(path), "--pack", "./ours")
    lines = table.read_text().splitlines()
    assert lines[:2] == [header, row]
    assert lines[2].startswith("gaming_players_ours,gaming,")
    assert len(lines) == 3


def test_a_table_keeps_its_order_of_columns_and_gets_those_that_it_lacks() -> None:
    """Files from before have no column `stated_as`, and somebody put the id last."""
    with (FROZEN / "public/segments/usp_states.csv").open() as file:
        row = next(csv.DictReader(file))
    names = [*(name for name in row if name != "id"), "id"]
    table = Path("ours/segments/usp_states.csv")
    table.parent.mkdir(parents=True)
    with table.open("w") as file:
        writer = csv.DictWriter(file, names, lineterminator="\n")
        writer.writeheader()
        writer.writerow(row | {"id": "ours_a"})
    path = new_workbook()
    filled = {name: value for name, value in row.items() if value}
    fill(path, [("usp_states", FIRST + 1, {**filled, "id": "ours_b", "stated_as": "A new wording"})])
    assert "1 in usp_states; replaced: 0; the same as before: 1." in waku_fit("import", str(path), "--pack", "./ours")
    with table.open() as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == [*names, "stated_as"]
    assert rows[0] == row | {"id": "ours_a", "stated_as": ""}
    assert rows[1] == row | {"id": "ours_b", "stated_as": "A new wording"}


@pytest.mark.parametrize(
    ("rows", "sheet", "heading", "said"),
    [
        pytest.param(
            [("interviews", FIRST, {"consent": None})], "interviews", "consent",
            "has no value; expected one of quote, summary, none", id="consent is never guessed",
        ),
        pytest.param(
            [("interviews", FIRST, {"consent": "yes"})], "interviews", "consent",
            "the value is not allowed; expected one of quote, summary, none", id="consent in other words",
        ),
        pytest.param(
            [("interviews", FIRST, {"segment_id": "gamming"})], "interviews", "segment_id",
            "the value is not a known id; expected one of activism_network_states", id="an id that is none",
        ),
        pytest.param(
            [("interviews", FIRST, {"question_set_id": "core_v9"})], "interviews", "question_set_id",
            "the value is not a known id; expected one of core_v1", id="a set of questions that is none",
        ),
        pytest.param(
            [("interviews", FIRST, {"interviewed_on": 46329})], "interviews", "interviewed_on",
            "the value is how a spreadsheet counts a day; expected a date in the form", id="a day as a number",
        ),
        pytest.param(
            [("interviews", FIRST, {"interviewed_on": None})], "interviews", "interviewed_on",
            "has no value; expected a date in the form YYYY-MM-DD", id="no day",
        ),
        pytest.param(
            [("interviews", FIRST, {"interviewed_on": "2031-01-01"})], "interviews", "interviewed_on",
            "the value lies in the future", id="a day of a conversation to come",
        ),
        pytest.param(
            [("interviews", FIRST, {"as_of": "2026-11-01"})], "interviews", "id",
            "as_of 2026-11-01 is before interviewed_on 2026-11-03; expected that day or a later one", id="too early",
        ),
        pytest.param(
            [("interviews", FIRST, {"answer_must_haves": "Ask Ngozi Okafor."})], "interviews", "answer_must_haves",
            "this may tell who somebody is: a name", id="a name in an answer",
        ),
        pytest.param(
            [("interviews", FIRST, {"note": "Ask Ngozi Okafor."})], "interviews", "note",
            "this may tell who somebody is: a name", id="a name in a note",
        ),
        pytest.param(
            [("interviews", FIRST + 1, {**INTERVIEW, "channel": "written"})], "interviews", "id",
            "the value is already the id of line 3; expected an id of its own for each row", id="an id twice",
        ),
        pytest.param(
            [("interviews", FIRST, {"id": "../p1"}), ("findings", FIRST, {"interview_id": "../p1"})],
            "interviews", "id", "the value is not in lower_snake_case", id="an id that is a path",
        ),
        pytest.param(
            [("findings", FIRST, {"strength": "big"})], "findings", "strength",
            "the value is not allowed; expected one of weak, medium, strong", id="a word that is none of the list",
        ),
        pytest.param(
            [("findings", FIRST, {"tag": "latancy"})], "findings", "tag",
            "the value is not a known id", id="a tag that is none",
        ),
        pytest.param(
            [("findings", FIRST, {"importance": "8,5"})], "findings", "importance",
            "the value has a comma; expected a number >= 0 and <= 10, with a point", id="a decimal comma",
        ),
        pytest.param(
            [("findings", FIRST, {"importance": 11})], "findings", "importance",
            "the value is out of range; expected a number >= 0 and <= 10", id="a number beyond its bounds",
        ),
        pytest.param(
            [("findings", FIRST, {"quote": "Call +49 170 1234567"})], "findings", "quote",
            "this may tell who somebody is: a phone number", id="a number to call in a quote",
        ),
        pytest.param(
            [("findings", FIRST, {"usp_id": "private_metadata"})], "findings", "interview_id",
            "relation goes with usp_id, problem_id or both; fill it and one of them, or none", id="half a relation",
        ),
        pytest.param(
            [("findings", FIRST, {"interview_id": None})], "findings", "interview_id",
            "has no value; expected an id of the sheet interviews", id="a finding of nobody",
        ),
        pytest.param(
            [("findings", FIRST, {"interview_id": "p9"})], "findings", "interview_id",
            "the value is no row that is filled in in the sheet interviews", id="a finding of somebody else",
        ),
        pytest.param(
            [("sessions", FIRST, {"roadmap_gaps": "no_such_thing"})], "sessions", "roadmap_gaps",
            "the value is not a known id", id="an id in a list that is none",
        ),
        pytest.param(
            [("sessions", FIRST, {"engineer_attended": "perhaps"})], "sessions", "engineer_attended",
            "the value is neither true nor false; expected true or false, yes or no", id="neither true nor false",
        ),
        pytest.param(
            [("sessions", FIRST, {"source": "TODO"})], "sessions", "source",
            "is a placeholder; expected where a reader can check the row", id="a placeholder for a source",
        ),
        pytest.param(
            [("market_sizes", FIRST, {**SIZE, "value": "250M"})], "market_sizes", "value",
            '"250M" has text beside the number; expected a number >= 0, written out, such as 250000000',
            id="a number with a letter",
        ),
        pytest.param(
            [("market_sizes", FIRST, {**SIZE, "segment_id": "gamming"})], "market_sizes", "segment_id",
            '"gamming" is not a known id', id="an id that is none, in a table",
        ),
        pytest.param(
            [("market_sizes", FIRST, {**SIZE, "as_of": datetime(2031, 1, 1)})], "market_sizes", "as_of",  # noqa: DTZ001
            '"2031-01-01" lies in the future', id="a day to come",
        ),
        pytest.param(
            [("market_sizes", FIRST, {**SIZE, "grade": "sure"})], "market_sizes", "grade",
            '"sure" is not allowed; expected one of measured, published', id="a grade that is none",
        ),
        pytest.param(
            [("market_sizes", FIRST, {**SIZE, "note": "=1/0"})], "market_sizes", "note",
            "a formula without its result; expected the value itself", id="a formula",
        ),
    ],
)  # fmt: skip
def test_a_mistake_is_named_by_its_cell(
    rows: list[tuple[str, int, Cells]], sheet: str, heading: str, said: str
) -> None:
    path = new_workbook()
    fill(path, [*GOOD, *rows])
    line = rows[0][1]
    output = waku_fit("import", str(path), "--pack", "./ours", code=1)
    cell = cell_of(path, sheet, heading, line)
    assert re.search(rf"^w\.xlsx:{cell}: (\w+: )?{re.escape(said)}", output, re.MULTILINE), (cell, output)
    assert "1 mistake in 1 file." in output
    assert output.endswith("Nothing was written.\n")
    assert not Path("ours").exists()
    assert "Okafor" not in output


def test_all_mistakes_are_told_at_once_by_sheet() -> None:
    path = new_workbook()
    wrong = [("findings", FIRST, {"strength": "big"}), ("interviews", FIRST, {"consent": None, "channel": "pigeon"}),
             ("market_sizes", FIRST, {**SIZE, "grade": "sure"})]  # fmt: skip
    fill(path, [*GOOD, *wrong])
    lines = waku_fit("import", str(path), "--pack", "./ours", code=1).splitlines()
    cells = [line.split(":")[1] for line in lines if line.startswith("w.xlsx:") and "!" in line]
    assert [cell.partition("!")[0] for cell in cells] == ["findings", "interviews", "interviews", "market_sizes"]
    assert "4 mistakes in 1 file. Correct them and import the workbook again." in lines


@pytest.mark.parametrize(
    ("sheet", "old", "new", "said"),
    [
        ("market_sizes", "grade", "grad", "market_sizes!{cell}: grad: is not a column of this table; expected grade"),
        ("market_sizes", "grade", "", "market_sizes!A1: grade: the column is missing"),
        ("interviews", "consent", "", "interviews!A1: consent: the column is missing; expected a column with one of"),
        ("findings", "strength", "strenght", "findings!{cell}: strenght: is not a column of this table"),
    ],
)
def test_a_heading_that_was_changed_is_named(sheet: str, old: str, new: str, said: str) -> None:
    path = new_workbook()
    fill(path, GOOD)
    place = cell_of(path, sheet, old, 1).partition("!")[2]
    book = openpyxl.load_workbook(path)
    book[sheet][place].value = new or None
    book.save(path)
    output = waku_fit("import", str(path), "--pack", "./ours", code=1)
    if said.startswith("findings"):  # no message about people repeats what was typed
        said = "findings!A1: is not a column of this table; expected strength"
    assert said.format(cell=place) in output
    assert not Path("ours").exists()


def test_a_sheet_of_another_name_is_never_dropped_silently() -> None:
    path = new_workbook()
    fill(path, GOOD)
    book = openpyxl.load_workbook(path)
    book["findings"].title = "finding"
    book.save(path)
    output = waku_fit("import", str(path), "--pack", "./ours", code=1)
    assert 'finding!A1: no table is called "finding", so nothing is read from this sheet' in output
    assert 'did you mean "findings"?' in output


def test_findings_are_not_lost_with_their_sheet() -> None:
    path = new_workbook()
    fill(path, GOOD)
    waku_fit("import", str(path), "--pack", "./ours")
    book = openpyxl.load_workbook(path)
    del book["findings"]
    book.save(path)
    output = waku_fit("import", str(path), "--pack", "./ours", "--replace", code=1)
    assert "w.xlsx:interviews!A1: the sheet findings is missing, which belongs to these rows" in output
    assert "latency" in Path("ours/interviews/interviews/p4821.yaml").read_text()


def test_what_only_all_evidence_shows_is_told_by_row() -> None:
    """Two documents that state different values, and none that holds."""
    path = new_workbook("--table", "protocol_parameters")
    with (FROZEN / "public/protocol/protocol_parameters.csv").open() as file:
        row = next(r for r in csv.DictReader(file) if r["value"] and not r["holds"])
    own = {name: value for name, value in row.items() if value}
    fill(path, [("protocol_parameters", FIRST, {**own, "id": "ours", "value": "123456", "document": "our_document"})])
    output = waku_fit("import", str(path), "--pack", "./ours", code=1)
    assert f"w.xlsx:protocol_parameters!A{FIRST}: " in output
    assert not Path("ours").exists()


def test_examples_are_marked_and_never_imported() -> None:
    path = new_workbook()
    book = openpyxl.load_workbook(path)
    for name in set(book.sheetnames) - set(OWN_SHEETS):
        assert book[name].cell(2, 1).value == MARK
        assert book[name].cell(2, 1).protection.locked
        assert any(cell.value for cell in book[name][2][1:]), name
    assert "nothing to write" in waku_fit("import", str(path), "--pack", "./ours")
    assert not Path("ours").exists()


def test_headings_are_locked_and_stay_in_sight_and_cells_keep_text() -> None:
    page = openpyxl.load_workbook(new_workbook())["interviews"]
    assert page.protection.sheet
    assert page.freeze_panes == "B2"
    positions = {cell.value: cell.column for cell in page[1]}
    assert all(cell.protection.locked and cell.comment and len(cell.comment.text) > 10 for cell in page[1])
    formats = {
        position: column.number_format
        for column in page.column_dimensions.values()
        for position in range(column.min, column.max + 1)
    }
    assert {formats[positions[name]] for name in ("id", "interviewed_on", "as_of", "source")} == {"@"}
    assert not page.cell(FIRST, 1).protection.locked


def test_cells_offer_the_ids_there_are() -> None:
    book = openpyxl.load_workbook(new_workbook())
    page = book["findings"]
    offered = {str(v.sqref).split(":")[0]: v for v in page.data_validations.dataValidation}
    heading = {cell.value: cell.column_letter for cell in page[1]}
    assert offered[f"{heading['interview_id']}2"].formula1 == "interviews!$A$3:$A$5000"
    assert offered[f"{heading['strength']}2"].errorStyle in (None, "stop")
    tags = offered[f"{heading['tag']}2"]
    assert tags.errorStyle == "warning"
    column, first, last = re.fullmatch(r"lists!\$([A-Z]+)\$(\d+):\$[A-Z]+\$(\d+)", tags.formula1).groups()  # type: ignore[union-attr]
    listed = [book["lists"][f"{column}{row}"].value for row in range(int(first), int(last) + 1)]
    with (FROZEN / "public/interviews/tags.csv").open() as file:
        assert listed == [row["id"] for row in csv.DictReader(file)]
    assert "how strongly" in str(offered[f"{heading['strength']}2"].prompt).lower()


@pytest.mark.usefixtures("_empty_evidence")
def test_every_column_of_every_table_says_what_it_takes() -> None:
    names = [name for t in ALL_TABLES if t.kind != "part" for name in ("--table", t.key)]
    waku_fit("new", "workbook", "--pack", "./ours", "--file", "all.xlsx", *names)
    book = openpyxl.load_workbook("all.xlsx")
    assert set(book.sheetnames) == {*PLANS, *OWN_SHEETS}
    for name in PLANS:
        columns = [cell for cell in book[name][1] if cell.value]
        assert len(book[name].data_validations.dataValidation) == len(columns), name
        assert all(cell.comment for cell in columns), name


def test_prepared_codes_are_free_and_tell_no_order() -> None:
    page = openpyxl.load_workbook(new_workbook())["interviews"]
    codes = [page.cell(line, 1).value for line in range(FIRST, FIRST + 20)]
    assert len(set(codes)) == 20
    assert all(re.fullmatch(r"p\d{4}", str(code)) for code in codes)
    assert codes != sorted(codes)


def test_a_workbook_is_never_overwritten_nor_written_of_a_pack_with_mistakes() -> None:
    new_workbook()
    assert "is already there" in waku_fit("new", "workbook", "--pack", "./ours", "--file", "w.xlsx", code=1)
    table = Path("ours/segments/market_sizes.csv")
    table.parent.mkdir(parents=True)
    table.write_text("id,grade\nx,sure\n")
    said = waku_fit("new", "workbook", "--pack", "./ours", "--file", "v.xlsx", code=1)
    assert "ours/segments/market_sizes.csv:2: grade" in said
    assert not Path("v.xlsx").exists()


def test_nothing_goes_into_the_public_pack() -> None:
    path = new_workbook()
    for command in (("new", "workbook"), ("new", "market_sizes"), ("import", str(path))):
        assert "which is public" in waku_fit(*command, "--pack", "public", code=1)


@pytest.mark.parametrize("table", [t for t in ALL_TABLES if t.kind == "csv"], ids=lambda table: table.key)
def test_a_new_row_of_any_table_goes_into_a_pack_of_its_own(table: Any) -> None:
    before = (FROZEN / "public" / table.path).read_bytes() if (FROZEN / "public" / table.path).exists() else b""
    said = waku_fit("new", table.name, "--pack", "./ours")
    assert said.startswith(f"ours/{table.path}:2\n")
    assert set(csv.reader(Path("ours", table.path).read_text().splitlines()).__next__()) == set(table.header())
    assert before == (
        (FROZEN / "public" / table.path).read_bytes() if (FROZEN / "public" / table.path).exists() else b""
    )


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("market_size", 'no table is called market_size; docs/tables.md has all of them; did you mean "market_sizes"?'),
        ("findings", "findings have no file of their own: they stand in those of interviews"),
        ("scenarios", "a document of scenarios is called by its id; give one with --id"),
    ],
)
def test_what_is_no_table_is_answered(name: str, said: str) -> None:
    assert said in waku_fit("new", name, "--pack", "./ours", code=1)


# What comes back


@pytest.fixture
def _empty_evidence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All tables with a header and no row, in place of the public pack, and all frozen evidence in the pack `all`."""
    empty = tmp_path / "evidence" / "empty"
    for path in (FROZEN / "public").rglob("*.csv"):
        copy = empty / path.relative_to(FROZEN / "public")
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(path.read_text().splitlines()[0] + "\n")
    # of a pack that is called public, names of companies are no names of people
    shutil.copytree(FROZEN / "public", tmp_path / "from" / "public")
    shutil.copytree(FROZEN / "sample", tmp_path / "from" / "public", dirs_exist_ok=True)
    (tmp_path / "to").mkdir()
    for folder in ("costs/scenarios", "interviews/question_sets"):
        (empty / folder).mkdir()
    monkeypatch.setenv("WAKU_FIT_EVIDENCE_DIR", str(tmp_path / "evidence"))
    monkeypatch.setenv("WAKU_FIT_PACKS", "empty")


@pytest.mark.usefixtures("_empty_evidence")
def test_every_table_comes_back_as_it_went() -> None:
    waku_fit("new", "workbook", "--pack", "./from/public", "--file", "all.xlsx")
    assert "the same as before: 0." in waku_fit("import", "all.xlsx", "--pack", "./to/public")
    tables = [t for t in ALL_TABLES if t.kind != "part" and (Path("from/public") / t.path).exists()]
    assert len(tables) > 45
    for table in tables:
        before, after = Path("from/public") / table.path, Path("to/public") / table.path
        if table.kind == "csv":
            # the same bytes, but for quotes that no value needs
            rows = list(csv.reader(io.StringIO(before.read_text())))
            written = io.StringIO()
            csv.writer(written, lineterminator="\n").writerows(rows)
            assert after.read_text() == written.getvalue(), table.key
            continue
        assert {p.name for p in after.iterdir()} == {p.name for p in before.iterdir()}
        for path in before.iterdir():
            one, other = (plain_document(p.read_text()) for p in (path, after / path.name))
            assert says_the_same(table, one, other), path
    assert "nothing to write" in waku_fit("import", "all.xlsx", "--pack", "./to/public")


def rows_again(data: bytes) -> dict[str, dict[str, dict[str, str]]]:
    sheets = sheets_of_workbook(data)
    assert not isinstance(sheets, Fault)
    return read_workbook(sheets, file="w.xlsx", pack="ours", today=TODAY).rows


TEXTS = st.text(
    st.characters(exclude_categories=["Cc", "Cs", "Cn"]) | st.sampled_from("\n\t'=+-@\"#_;,"), max_size=40
).map(str.strip)
NUMBERS = st.decimals(allow_nan=False, allow_infinity=False).map(str) | st.floats(allow_nan=False).map(str)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.fixed_dictionaries({"note": TEXTS, "source": TEXTS, "value": NUMBERS | TEXTS, "metric": TEXTS}))
def test_any_text_of_a_cell_comes_back_as_it_went(cells: dict[str, str]) -> None:
    (plan,) = sheet_plans(TABLES_BY_KEY["segments__market_sizes"])
    row = {"id": "a", **cells}
    data = workbook_of([FilledSheet(plan, [row], {})], {}, [], TODAY)
    (again,) = rows_again(data)["segments__market_sizes"].values()
    assert {name: value for name, value in again.items() if value} == {n: v for n, v in row.items() if v}


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-x", "@SUM(A1)", "\t=1", "'=1", "'twas", "#N/A", "＝1", "=cmd|' /C x'!A0"]
)
def test_text_that_looks_like_a_formula_is_none(text: str) -> None:
    (plan,) = sheet_plans(TABLES_BY_KEY["segments__market_sizes"])
    data = workbook_of([FilledSheet(plan, [{"id": "a", "note": text}], {})], {}, [], TODAY)
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        assert not any(b"<f>" in packed.read(name) for name in packed.namelist() if name.startswith("xl/worksheets"))
    page = openpyxl.load_workbook(io.BytesIO(data))["market_sizes"]
    (cell,) = [c for c in page[FIRST] if c.value and c.column > 1]
    assert (cell.data_type, cell.quotePrefix or text in ("'twas", "#N/A")) == ("s", True)
    assert rows_again(data)["segments__market_sizes"]["a"]["note"] == text.strip()


def test_a_text_that_no_cell_holds_is_refused() -> None:
    (plan,) = sheet_plans(TABLES_BY_KEY["segments__market_sizes"])
    with pytest.raises(ValueError, match="note of a row of market_sizes has 32,768 characters; a cell holds 32,767"):
        workbook_of([FilledSheet(plan, [{"id": "a", "note": "x" * 32_768}], {})], {}, [], TODAY)


def test_sheets_have_names_of_their_own_that_a_workbook_takes() -> None:
    names = [plan.name for table in ALL_TABLES if table.kind != "part" for plan in sheet_plans(table)]
    assert len(names) == len(set(names)) == len(PLANS)
    assert not set(names) & set(OWN_SHEETS)
    assert max(map(len, names)) <= 31


# As other programs save it


def _content(value: Any) -> str:
    if isinstance(value, int | float):
        return f"><v>{value}</v>"
    return f' t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is>'


def plain_workbook(sheets: Mapping[str, Sequence[Sequence[Any]]]) -> bytes:
    """Return a workbook as small programs write it: strings in their cells, no styles, no shared strings."""
    file = io.BytesIO()
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    main_ = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/><Default Extension="rels" ContentType='
        '"application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
        + "".join(
            f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType='
            '"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
            for n, _ in enumerate(sheets)
        )
        + "</Types>",
        "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="a" Type="{kind}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main_}" xmlns:r="{kind}"><sheets>'
        + "".join(f'<sheet name="{name}" sheetId="{n + 1}" r:id="r{n}"/>' for n, name in enumerate(sheets))
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": "<Relationships xmlns="
        '"http://schemas.openxmlformats.org/package/2006/relationships">'
        + "".join(
            f'<Relationship Id="r{n}" Type="{kind}/worksheet" Target="worksheets/sheet{n}.xml"/>'
            for n, _ in enumerate(sheets)
        )
        + "</Relationships>",
    }
    for n, rows in enumerate(sheets.values()):
        lines = []
        for line, row in enumerate(rows, start=1):
            cells = [
                f'<c r="{letters(position)}{line}"{_content(value)}</c>'
                for position, value in enumerate(row, start=1)
                if value not in ("", None)
            ]
            lines.append(f'<row r="{line}">{"".join(cells)}</row>')
        parts[f"xl/worksheets/sheet{n}.xml"] = (
            f'<worksheet xmlns="{main_}"><sheetData>{"".join(lines)}</sheetData></worksheet>'
        )
    with zipfile.ZipFile(file, "w") as packed:
        for name, text in parts.items():
            packed.writestr(name, f'<?xml version="1.0" encoding="UTF-8"?>{text}')
    return file.getvalue()


def test_strings_in_their_cells_without_styles_are_read() -> None:
    interview = {**INTERVIEW, "answer_must_haves": "=Speed & <care>."}
    sheets = {
        "interviews": [list(interview), list(interview.values())],
        "findings": [list(FINDING), list(FINDING.values())],
    }
    Path("w.xlsx").write_bytes(plain_workbook(sheets))
    assert "1 in interviews" in waku_fit("import", "w.xlsx", "--pack", "./ours")
    document = plain_document(Path("ours/interviews/interviews/p4821.yaml").read_text())
    assert document["answers"] == {"must_haves": "=Speed & <care>."}
    assert document["findings"][0]["importance"] == "8"


def test_days_that_a_spreadsheet_made_days_are_read() -> None:
    """Google Sheets makes days of text that looks like one; so does whoever formats the column."""
    path = new_workbook()
    day = datetime(2026, 11, 3)  # noqa: DTZ001 - a workbook knows no time zone
    fill(path, [*GOOD, ("interviews", FIRST, {"interviewed_on": day, "as_of": day.date()}),
                ("sessions", FIRST, {"engineer_attended": True})])  # fmt: skip
    waku_fit("import", str(path), "--pack", "./ours")
    document = plain_document(Path("ours/interviews/interviews/p4821.yaml").read_text())
    assert (document["interviewed_on"], document["as_of"]) == ("2026-11-03", "2026-11-03")
    assert "engineer_attended: true" in Path("ours/interviews/sessions/s1007.yaml").read_text()


def test_merged_cells_stand_for_each_of_their_rows() -> None:
    path = new_workbook()
    more = {"tag": "no_need", "strength": "weak"}
    fill(path, [*GOOD, ("findings", FIRST + 1, more)])
    book = openpyxl.load_workbook(path)
    book["findings"].merge_cells(f"A{FIRST}:A{FIRST + 1}")
    book.save(path)
    waku_fit("import", str(path), "--pack", "./ours")
    document = plain_document(Path("ours/interviews/interviews/p4821.yaml").read_text())
    assert [finding["tag"] for finding in document["findings"]] == ["latency", "no_need"]


def test_blank_and_nameless_columns_are_left_aside_and_their_cells_are_not() -> None:
    path = new_workbook()
    fill(path, GOOD)
    book = openpyxl.load_workbook(path)
    page = book["findings"]
    page.cell(FIRST, page.max_column + 2).value = "aside"
    book.save(path)
    output = waku_fit("import", str(path), "--pack", "./ours", code=1)
    assert re.search(r"findings!\w+: column \d+ \([A-Z]+\) has no name, and 1 cell", output)


def test_another_file_is_read_as_a_sheet_of_interviews() -> None:
    Path("sheet.csv").write_text("id,segment_id,tag\n")
    assert "0 interviews in ours/interviews/interviews." in waku_fit("import", "sheet.csv", "--pack", "./ours")
    Path("broken.xlsx").write_bytes(b"PK\x03\x04broken")
    assert "this is no workbook" in waku_fit("import", "broken.xlsx", "--pack", "./ours", code=1)
