"""What an analyst starts from: templates that pass once they are filled, schemas that follow the models, sheets."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from assets.evidence.documents import document_text, plain_document
from assets.evidence.importer import Importer, SourceFile
from assets.evidence.interview_sheet import INTERVIEWS, SHEET, ImportedInterview, to_sheet
from assets.evidence.packs import resolve_pack
from assets.evidence.tables import ALL_TABLES
from orchestration.commands import importers
from orchestration.commands.analyst import schema_texts
from orchestration.commands.cli import main
from tests.places import FROZEN, PROJECT

EVIDENCE = FROZEN
SAMPLE = EVIDENCE / "sample" / "interviews"

INTERVIEW_BLANKS = {
    "segment_id": "gaming", "role_class": "product", "channel": "chat", "consent": "summary",
    "role_of_messaging": "None yet.",
    "current_problems": "None.", "current_solution": "A server.", "must_haves": "Speed.", "next_step": "Nothing.",
    "tag": "no_need", "strength": "weak", "source": "our notes",
}  # fmt: skip
SESSION_BLANKS = {
    "segment_id": "gaming", "project_code": "project_k4", "topics": "latency", "engineer_attended": "true",
    "outcome": "Nothing yet.", "commitment_stage": "initial_discussion", "consent": "summary", "source": "our notes",
}  # fmt: skip
PRICE_BLANKS = {
    "id": "some_cloud_x1", "provider": "vultr", "region": "x1", "instance_type": "s", "vcpus": "2",
    "vcpu_kind": "shared",
    "architecture": "x86_64", "memory_gib": "4", "local_disk_gb": "40", "currency": "USD", "price_per_month": "5",
    "is_orderable": "true", "month_basis": "monthly_contract", "pricing_model": "on_demand", "vat_included": "false",
    "source_kind": "provider_page", "source": "https://example.com/prices",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _frozen_evidence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAKU_FIT_EVIDENCE_DIR", str(EVIDENCE))


def waku_fit(*arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == code, result.output
    return result.output


@pytest.mark.parametrize(
    ("kind", "folder", "blanks"),
    [("interview", "interviews", INTERVIEW_BLANKS), ("session", "sessions", SESSION_BLANKS)],
)
def test_a_filled_template_passes(kind: str, folder: str, blanks: dict[str, str], tmp_path: Path) -> None:
    pack = tmp_path / "ours"
    said = waku_fit("new", kind, "--pack", str(pack))
    (path,) = (pack / "interviews" / folder).iterdir()
    assert path.name in said
    text = path.read_text()
    assert text.startswith("# yaml-language-server: $schema=")
    schema = path.parent / text.splitlines()[0].partition("=")[2]
    assert schema.resolve().is_relative_to((EVIDENCE / "schemas").resolve())
    assert "mistakes in 1 file" in waku_fit("check", str(path), code=1)
    for key, value in blanks.items():
        text, count = re.subn(rf"(?m)^([ -]*{key}:)$", rf"\1 {value}", text)
        assert count == 1, key
    path.write_text(text)
    assert "no mistakes" in waku_fit("check", str(path))
    assert "no mistakes" in waku_fit("check", str(pack))


def test_a_code_tells_no_order(tmp_path: Path) -> None:
    for _ in range(3):
        waku_fit("new", "interview", "--pack", str(tmp_path / "ours"))
    codes = [path.stem for path in (tmp_path / "ours" / "interviews" / "interviews").iterdir()]
    assert len(codes) == 3
    assert all(re.fullmatch(r"p\d{4}", code) for code in codes)
    numbers = sorted(int(code[1:]) for code in codes)
    assert numbers[2] - numbers[0] > 2  # one run in several millions draws three in a row
    assert "already there" in waku_fit("new", "interview", "--pack", str(tmp_path / "ours"), "--id", codes[0], code=1)


@pytest.mark.parametrize(
    ("code", "said"),
    [("anna_smith", "the --id may tell who somebody is"), ("P 48", "the --id is not in lower_snake_case")],
)
def test_a_code_that_the_check_would_refuse_is_not_written(code: str, said: str, tmp_path: Path) -> None:
    output = waku_fit("new", "interview", "--pack", str(tmp_path / "ours"), "--id", code, code=1)
    assert said in output
    assert code not in output
    assert list(tmp_path.iterdir()) == []


def test_the_name_of_a_document_that_gives_somebody_away_is_one_mistake(tmp_path: Path) -> None:
    waku_fit("new", "interview", "--pack", str(tmp_path / "ours"), "--id", "p4821")
    path = tmp_path / "ours" / "interviews" / "interviews" / "p4821.yaml"
    path = path.rename(path.with_stem("anna_smith"))
    path.write_text(path.read_text().replace("id: p4821", "id: anna_smith"))
    told = [line for line in waku_fit("check", str(path), code=1).splitlines() if ": id: " in line]
    assert len(told) == 1
    assert "this may tell who somebody is" in told[0]


def test_a_path_that_is_told_can_be_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a" / "b" / "c" / "d" / "e" / "f" / "g").mkdir(parents=True)
    document, ours = "interviews/interviews/p4821.yaml", tmp_path / "our pack"
    monkeypatch.chdir(tmp_path)
    assert waku_fit("new", "interview", "--pack", str(ours), "--id", "p4821") == (
        f"our pack/{document}\n"
        f"Fill the blanks, then: waku-fit check 'our pack/{document}' && waku-fit run --pack 'our pack'\n"
    )
    for told in ("our pack", f"our pack/{document}"):
        assert waku_fit("check", told, code=1).startswith(f"our pack/{document}:12: segment_id: ")
    monkeypatch.chdir(tmp_path / "a" / "b")
    assert waku_fit("check", str(ours), code=1).startswith(f"../../our pack/{document}:12: segment_id: ")
    monkeypatch.chdir(tmp_path / "a" / "b" / "c" / "d" / "e" / "f" / "g")
    shorter = min(f"../../../../../../../our pack/{document}", str(ours / document), key=len)
    assert waku_fit("check", str(ours), code=1).startswith(f"{shorter}:12: segment_id: ")


def test_what_a_pack_adds_is_counted_beside_the_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = tmp_path / "ours" / "pricing" / "exchange_rates.csv"
    table.parent.mkdir(parents=True)
    header = (EVIDENCE / "public" / "pricing" / "exchange_rates.csv").read_text().splitlines()[0]
    cells = {
        "id": "eur_usd_2020", "base_currency": "EUR", "quote_currency": "USD", "rate": "1.1", "rate_date": "2020-01-02",
        "source": "ours", "as_of": "2020-01-02", "as_of_basis": "assigned", "grade": "estimated",
    }  # fmt: skip
    table.write_text(f"{header}\n{','.join(cells.get(name, '') for name in header.split(','))}\n")
    monkeypatch.chdir(tmp_path)
    first, second = waku_fit("check", "ours").splitlines()
    assert first == "ours: 1 row in 1 table."
    assert re.fullmatch(r"\d+ rows in \d+ tables of all packs, no mistakes\.", second)
    assert waku_fit("check", "--pack", "ours", "--pack", "ours").splitlines() == [first, second]


def test_a_folder_that_is_no_pack_is_one_mistake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(9):
        (tmp_path / f"{number}.conf").touch()
    monkeypatch.chdir(tmp_path)
    assert waku_fit("check", str(tmp_path), code=1).splitlines()[0] == (
        "./:1: the pack holds no table; expected a folder laid out like evidence/public, with a"
        " benchmarks/archive_columns.csv"
    )
    (tmp_path / "compute_offers.csv").touch()
    assert len(waku_fit("check", str(tmp_path), code=1).splitlines()) == 13


@pytest.mark.parametrize(
    ("command", "code", "said"),
    [
        (("export-interviews", "{}/no/x.csv", "--pack", "sample"), 1, "no/x.csv cannot be written (No such file"),
        (("ui", "--port", "80000"), 2, "80000 is not in the range 1<=x<=65535"),
    ],
)
def test_what_cannot_be_done_is_told_without_a_traceback(
    command: tuple[str, ...], code: int, said: str, tmp_path: Path
) -> None:
    assert said in waku_fit(*(word.format(tmp_path) for word in command), code=code)


def test_a_blank_segment_is_answered_with_the_segments(tmp_path: Path) -> None:
    waku_fit("new", "interview", "--pack", str(tmp_path / "ours"), "--id", "p4821")
    said = waku_fit("check", str(tmp_path / "ours" / "interviews" / "interviews" / "p4821.yaml"), code=1)
    (line,) = (line for line in said.splitlines() if ": segment_id:" in line)
    assert "segment_id: has no value; expected one of activism_network_states, ai_inference_networks, " in line


def test_a_filled_price_passes(tmp_path: Path) -> None:
    pack = tmp_path / "ours"
    pack.mkdir()
    assert "Its columns:" in waku_fit("new", "price", "--pack", str(pack))
    path = pack / "pricing" / "compute_offers.csv"
    with path.open(newline="") as file:
        (row,) = csv.DictReader(file)
    assert "mistakes" in waku_fit("check", str(path), code=1)
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, row)
        writer.writeheader()
        writer.writerow(row | {key: value for key, value in PRICE_BLANKS.items() if key in row})
    assert "1 row in 1 table, no mistakes" in waku_fit("check", str(path))


def test_conversations_do_not_go_into_the_public_pack(tmp_path: Path) -> None:
    before = sorted((EVIDENCE / "public").rglob("*"))
    assert "which is public" in waku_fit("new", "interview", "--pack", "public", code=1)
    sheet = tmp_path / "sheet.csv"
    waku_fit("export-interviews", str(sheet), "--pack", "sample")
    for name in ("public", str(EVIDENCE / "public")):
        assert "which is public" in waku_fit("import-interviews", str(sheet), "--pack", name, code=1)
    assert sorted((EVIDENCE / "public").rglob("*")) == before


def test_schemas_are_those_of_the_models() -> None:
    """The ids that they suggest are those of the day on which they were written: other ones are right too."""
    texts = schema_texts([resolve_pack("public", EVIDENCE)])
    on_disk = {path.name: path.read_text() for path in (EVIDENCE / "schemas").glob("*.json")}
    assert set(on_disk) == set(texts)
    for name, text in texts.items():
        assert without_suggestions(json.loads(on_disk[name])) == without_suggestions(json.loads(text)), "`make schemas`"


def without_suggestions(schema: Any) -> Any:
    """A schema without the ids that stand beside "any text"."""
    if isinstance(schema, list):
        return [without_suggestions(inner) for inner in schema]
    if not isinstance(schema, dict):
        return schema
    is_suggested = {"type": "string"} in schema.get("anyOf", [])
    return {
        key: [option for option in value if "enum" not in option] if is_suggested and key == "anyOf"
        else without_suggestions(value)
        for key, value in schema.items()
    }  # fmt: skip


def test_a_schema_has_the_parts_of_a_document() -> None:
    schema = json.loads((EVIDENCE / "schemas" / "interviews__interviews.json").read_text())
    assert schema["properties"]["role_class"]["enum"][:2] == ["founder", "product"]
    finding = schema["properties"]["findings"]["items"]
    assert finding["required"] == ["tag", "strength"]
    assert "metadata_privacy" in finding["properties"]["tag"]["anyOf"][0]["enum"]
    assert "interview_id" not in finding["properties"]
    document = yaml.safe_load((SAMPLE / "interviews" / "sample_p01.yaml").read_text())
    assert set(document) <= set(schema["properties"])
    assert set(schema["required"]) <= set(document)


def test_the_schema_of_rows_says_what_each_column_of_each_table_means() -> None:
    rows = json.loads((EVIDENCE / "schemas" / "rows.json").read_text())["$defs"]
    assert set(rows) == {table.key for table in ALL_TABLES if table.kind == "csv"}
    for table in (table for table in ALL_TABLES if table.kind == "csv"):
        said = {name: column["description"] for name, column in rows[table.key]["properties"].items()}
        assert said == {name: info.description for name, info in table.model.model_fields.items()}


def test_checking_a_file_imports_nothing_heavy() -> None:
    path = SAMPLE / "interviews" / "sample_p01.yaml"
    code = (
        "import sys; from click.testing import CliRunner; from orchestration.commands.cli import main;"
        f" print(CliRunner().invoke(main, ['check', {str(path)!r}]).output,"
        " {'dagster', 'pandas', 'numpy', 'great_expectations', 'psycopg'} & set(sys.modules))"
    )
    answer, heavy = subprocess.check_output([sys.executable, "-c", code], cwd=PROJECT, text=True).splitlines()
    assert "no mistakes" in answer
    assert heavy.strip() == "set()"


def test_a_file_elsewhere_is_told_where_it_belongs(tmp_path: Path) -> None:
    (tmp_path / "p01.yaml").write_text("id: p01\n")
    assert "lies where no table of evidence has a file" in waku_fit("check", str(tmp_path / "p01.yaml"), code=1)


def test_a_sheet_comes_back_as_it_went(tmp_path: Path) -> None:
    sheet, again = tmp_path / "sheet.csv", tmp_path / "again.csv"
    assert "14 interviews" in waku_fit("export-interviews", str(sheet), "--pack", "sample")
    pack = tmp_path / "ours"
    assert "14 interviews" in waku_fit("import-interviews", str(sheet), "--pack", str(pack))
    waku_fit("export-interviews", str(again), "--pack", str(pack))
    assert again.read_text() == sheet.read_text()
    for path in sorted((SAMPLE / "interviews").glob("*.yaml")):
        imported = pack / "interviews" / "interviews" / path.name
        assert plain_document(imported.read_text()) == plain_document(path.read_text())


def test_a_sheet_with_a_mistake_writes_nothing(tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.csv"
    waku_fit("export-interviews", str(sheet), "--pack", "sample")
    text = sheet.read_text()
    sheet.write_text(text.replace("Late quotes.", "Ask Ngozi Okafor."))
    output = waku_fit("import-interviews", str(sheet), "--pack", str(tmp_path / "ours"), code=1)
    assert "sheet.csv:" in output
    assert "this may tell who somebody is" in output
    assert "Okafor" not in output
    assert not list((tmp_path / "ours").rglob("*.yaml"))


def test_an_interview_that_is_there_is_not_replaced_unasked(tmp_path: Path) -> None:
    sheet, pack = tmp_path / "sheet.csv", str(tmp_path / "ours")
    waku_fit("export-interviews", str(sheet), "--pack", "sample")
    waku_fit("import-interviews", str(sheet), "--pack", pack)
    sheet.write_text(sheet.read_text().replace("Late quotes.", "Late offers."))
    assert "--replace" in waku_fit("import-interviews", str(sheet), "--pack", pack, code=1)
    waku_fit("import-interviews", str(sheet), "--pack", pack, "--replace")


def read_sheet(tmp_path: Path, text: str) -> tuple[list[ImportedInterview], list[str]]:
    (tmp_path / "sheet.csv").write_text(text)
    found, problems, _ = SHEET.rows(tmp_path / "sheet.csv", "sheet.csv")
    return found, list(map(str, problems))


def test_a_cell_is_no_formula(tmp_path: Path) -> None:
    document = {
        "id": "p01",
        "segment_id": "gaming",
        "note": "=1+1",
        "findings": [{"tag": "latency", "quote": "'quoted'"}],
    }
    sheet = to_sheet([document])
    assert "'=1+1" in sheet
    assert read_sheet(tmp_path, sheet)[0] == [(2, document)]


@pytest.mark.parametrize("separator", [";", "\t"])
def test_a_sheet_may_be_separated_by_other_than_commas(tmp_path: Path, separator: str) -> None:
    rows = (("id", "segment_id", "tag", "quote"), ("p01", "gaming", "latency", "slow, they said"))
    assert read_sheet(tmp_path, "\n".join(map(separator.join, rows)))[0] == [
        (2, {"id": "p01", "segment_id": "gaming", "findings": [{"tag": "latency", "quote": "slow, they said"}]})
    ]


def test_numbers_and_dates_of_a_sheet_are_written_plain() -> None:
    finding = {"tag": "latency", "importance": "9", "satisfaction": "2.5", "quote": "2026-11-20"}
    document = {"id": "p01", "interviewed_on": "2026-11-20", "findings": [finding], "as_of": "soon", "note": "12"}
    assert document_text(INTERVIEWS, document, "x.json").splitlines()[1:] == [
        "id: p01",
        "interviewed_on: 2026-11-20",
        "findings:",
        "- tag: latency",
        "  importance: 9",
        "  satisfaction: 2.5",
        "  quote: '2026-11-20'",
        "as_of: soon",
        "note: '12'",
    ]
    assert plain_document(document_text(INTERVIEWS, document, "x.json")) == document


def test_a_mistake_of_a_sheet_says_to_import_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    waku_fit("export-interviews", "sheet.csv", "--pack", "sample")
    sheet = tmp_path / "sheet.csv"
    sheet.write_text(re.sub(r"(?m)^(sample_p0[12],\w+,\w+),\d{4}-\d\d-\d\d", r"\1,yesterday", sheet.read_text()))
    first, *_, total, last = waku_fit("import-interviews", "sheet.csv", "--pack", "./ours", code=1).splitlines()
    assert first == "sheet.csv:2: interviewed_on: the value is not a date; expected a date in the form YYYY-MM-DD"
    assert total == "2 mistakes in 1 file. Correct them and import the sheet again."
    assert last == "Nothing was written."


def test_a_row_is_told_by_its_first_line(tmp_path: Path) -> None:
    sheet = 'id,segment_id,tag,note\np01,gaming,latency,"one\ntwo"\n\np02,gaming,no_need,"one\ntwo\nthree"\n'
    assert [(document["id"], line) for line, document in read_sheet(tmp_path, sheet)[0]] == [("p01", 2), ("p02", 5)]


def test_rows_of_one_interview_agree(tmp_path: Path) -> None:
    sheet = "id,segment_id,tag\np01,gaming,latency\np01,dao_governance,no_need\n"
    differs = "sheet.csv:3: segment_id differ from line 2, which is the same interview"
    assert read_sheet(tmp_path, sheet)[1] == [differs]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("id,tag\n", "sheet.csv:1: the columns segment_id are missing; expected id, segment_id"),
        ("id,segment_id,tag,colour\n", "sheet.csv:1: 1 column (D) not of a sheet of interviews; expected as_of"),
        ('id,segment_id,tag\n"p01,gaming\n', 'sheet.csv:2: a quote (") is opened in this row'),
    ],
)
def test_a_file_that_is_no_sheet_is_told_like_any_mistake(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "sheet.csv").write_text(text)
    output = waku_fit("import-interviews", str(tmp_path / "sheet.csv"), "--pack", str(tmp_path / "ours"), code=1)
    assert message.removeprefix("sheet.csv") in output
    assert output.endswith("Nothing was written.\n")


def test_an_id_of_a_sheet_is_no_path(tmp_path: Path) -> None:
    sheet, pack = tmp_path / "sheet.csv", tmp_path / "ours"
    for row_id in ("/tmp/p4821", "../p4821"):
        sheet.write_text(f"id,segment_id,tag\n{row_id},gaming,latency\n")
        assert "sheet.csv:2: id: " in waku_fit("import-interviews", str(sheet), "--pack", str(pack), code=1)
    assert not pack.exists()


def test_an_importer_of_another_format_is_one_module_and_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (sample,) = SAMPLE.glob("interviews/sample_p01.yaml")
    document = plain_document(sample.read_text())

    def read(source: SourceFile) -> Iterator[ImportedInterview]:
        for line in source.lines():
            if line.startswith("p"):
                yield ImportedInterview(source.line, document | {"id": line.strip()})
            else:
                source.wrong("", "there is no interview", "its code")

    lines = Importer("lines", "interviews", lambda file: file.suffix == ".lines", read)
    monkeypatch.setattr(importers, "IMPORTERS", (lines, *importers.IMPORTERS))
    file, pack = tmp_path / "told.lines", tmp_path / "ours"
    file.write_text("p4821\nnobody\n")
    assert "told.lines:2: there is no interview; expected its code" in waku_fit(
        "import-interviews", str(file), "--pack", str(pack), code=1
    )
    file.write_text("p4821\np4822\n")
    assert "2 interviews" in waku_fit("import-interviews", str(file), "--pack", str(pack))
    assert [path.name for path in sorted(pack.rglob("*.yaml"))] == ["p4821.yaml", "p4822.yaml"]
