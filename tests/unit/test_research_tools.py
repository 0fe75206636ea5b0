"""Exports of forms and research tools become interviews by a mapping: what is unambiguous is read, nothing guessed."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from assets.evidence.dates import days_of
from assets.evidence.mapping import inline_mapping, read_mapping
from orchestration.commands.cli import main
from tests.places import FROZEN

ROW = {
    "id": "p4821",
    "segment_id": "gaming",
    "role_class": "engineering",
    "interviewed_on": "2026-11-18",
    "channel": "video_call",
    "consent": "quote",
    "question_set_id": "core_v1",
    "tag": "metadata_privacy",
    "strength": "strong",
    "quote": "we have no product",
    "source": "our notes",
    "as_of": "2026-11-18",
    "as_of_basis": "observed",
    "grade": "published",
}


@pytest.fixture(autouse=True)
def _evidence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("WAKU_FIT_EVIDENCE_DIR", str(FROZEN))
    monkeypatch.chdir(tmp_path)


def take(text: str, *options: str, name: str = "f.csv") -> tuple[int, str]:
    """Import a file into the pack `ours`; return the exit code and what is printed."""
    Path(name).write_text(text, encoding="utf-8")
    result = CliRunner().invoke(main, ["import-interviews", name, "--pack", "./ours", *options])
    return result.exit_code, result.output


def taken() -> dict[str, dict[str, Any]]:
    files = sorted(Path("ours/interviews/interviews").glob("*.yaml"))
    return {file.stem: yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.BaseLoader) for file in files}


def sheet(**changed: str) -> str:
    cells = [f'"{value}"' for value in (ROW | changed).values()]
    return f"{','.join(ROW)}\n{','.join(cells)}\n"


@pytest.mark.parametrize(
    ("column", "typed", "read"),
    [
        ("id", "P4821", "p4821"),
        ("channel", "Video call", "video_call"),
        ("role_class", "Engineering", "engineering"),
        ("consent", "Quote", "quote"),
        ("segment_id", "Payments", "payments_state_channels"),
        ("segment_id", "Gaming and interactive apps", "gaming"),
        ("segment_id", "Gaming (https://www.notion.so/Gaming-0123?pvs=21)", "gaming"),
        ("interviewed_on", "2026-11-18T13:10:00.000Z", "2026-11-18"),
        ("interviewed_on", "2026-11-18 00:00:00", "2026-11-18"),
        ("interviewed_on", "November 18, 2026", "2026-11-18"),
        ("interviewed_on", "Wednesday, Nov 18th, 2026 2:03 PM", "2026-11-18"),
        ("interviewed_on", "18 November 2026", "2026-11-18"),
        ("interviewed_on", "11/18/2026", "2026-11-18"),
        ("interviewed_on", "18.11.2026 14:03", "2026-11-18"),
        ("interviewed_on", "2026/11/18 2:03:22 PM GMT+1", "2026-11-18"),
    ],
)
def test_what_has_one_reading_is_read(column: str, typed: str, read: str) -> None:
    code, output = take(sheet(**{column: typed}))
    assert code == 0, output
    assert taken()["p4821"][column] == read


@pytest.mark.parametrize(
    "tags", ["metadata_privacy, latency", "Metadata privacy; Latency", "latency\nmetadata_privacy"]
)
def test_several_tags_in_a_cell_are_several_findings(tags: str) -> None:
    code, output = take(sheet(tag=tags))
    assert code == 0, output
    findings = taken()["p4821"]["findings"]
    assert sorted(finding["tag"] for finding in findings) == ["latency", "metadata_privacy"]
    assert {finding["quote"] for finding in findings} == {"we have no product"}


@pytest.mark.parametrize(
    ("column", "typed", "message"),
    [
        (
            "interviewed_on",
            "03/04/2026",
            'interviewed_on: "03/04/2026" may be 2026-03-04 or 2026-04-03; expected one of',
        ),
        ("segment_id", "private", None),
        ("segment_id", "De", "segment_id: "),
        ("consent", "Yes", "consent: the value is not allowed; expected one of quote, summary, none"),
        ("consent", "quote or summary", "consent: the value is not allowed"),
        ("interviewed_on", "46344", "interviewed_on: the value is how a spreadsheet counts a day"),
        ("interviewed_on", "next Tuesday", "interviewed_on: the value is not a date"),
        ("strength", "", "strength: has no value; expected one of weak, medium, strong"),
    ],
)
def test_what_has_no_reading_or_two_is_refused(column: str, typed: str, message: str | None) -> None:
    code, output = take(sheet(**{column: typed}))
    if message is None:
        assert (code, taken()["p4821"][column]) == (0, "private_messaging")
        return
    assert code == 1
    assert message in output
    assert "Nothing was written." in output
    assert not Path("ours").exists()


FORM = """\
"Timestamp","Which field are you in?","Your role","What role does peer-to-peer messaging play in your protocol?","What \
are your current problems with it?","May we quote you?","Email Address"
"2026/11/18 2:03:22 PM GMT+1","Payments","Engineering","Wallets talk to relayers","Peers vanish","Yes, quote me","x@y"
"2026/11/19 9:41:07 AM GMT+1","Gaming","Founder","Matchmaking, state channels","We pay for a server","Only a summary",""
"""
NOTION = """\
\ufeffName,Consent,Date,Segment,Tags,USP,Quote,Created by
Anna,quote,"November 18, 2026",Payments (https://www.notion.so/P-01?pvs=21),"metadata_privacy, latency",\
Private metadata (https://www.notion.so/x),we have no product,somebody
"""
DOVETAIL = """\
Created,Title,Color,Group,Type,Note group,Note,Text,URL
2026-11-18T13:10:00Z,"Metadata privacy","blue","Problems","Highlight","Interviews","p4821","no product","https://e.org/1"
2026-11-18T13:12:00Z,"Latency","red","Problems","Highlight","Interviews","p4821","until it sleeps","https://e.org/2"
"""
AIRTABLE = """\
Participant,Interview date,Segment,Theme,Verbatim,Consent
p77,18/11/2026,Gaming,"Latency,Metadata privacy",late,summary
"""
CONDENS = "Highlight;Tags;Session;Date\nlate again;Latency;p78;2026-11-18\n"
FILLED = {
    "source": "our notes", "strength": "strong", "relation": "supports", "role_class": "engineering",
    "channel": "written", "segment_id": "gaming", "consent": "summary", "interviewed_on": "2026-11-18",
    "Yes, quote me": "quote", "Only a summary": "summary",
}  # fmt: skip


def fill(path: Path) -> dict[str, Any]:
    """Fill the blanks of a first mapping, as its reader does."""
    lines = path.read_text(encoding="utf-8").splitlines()
    for position, line in enumerate(lines):
        name = line.strip().removesuffix(":")
        if line.endswith(":") and name in FILLED and not line.startswith("#"):
            following = lines[position + 1] if position + 1 < len(lines) else ""
            if len(following) - len(following.lstrip()) <= len(line) - len(line.lstrip()):
                lines[position] = f"{line} {FILLED[name]}"
    path.write_text("\n".join(lines), encoding="utf-8")
    mapping: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return mapping


@pytest.mark.parametrize(
    ("text", "columns", "tags"),
    [
        pytest.param(
            FORM,
            {
                "Timestamp": ["id", "interviewed_on"],
                "Which field are you in?": "segment_id",
                "Your role": "role_class",
                "What role does peer-to-peer messaging play in your protocol?": "answer_role_of_messaging",
                "What are your current problems with it?": "answer_current_problems",
                "May we quote you?": "consent",
            },
            [[], []],
            id="Google Forms",
        ),
        pytest.param(
            NOTION,
            {"Name": "id", "Consent": "consent", "Date": "interviewed_on", "Segment": "segment_id", "Tags": "tag",
             "USP": "usp_id", "Quote": "quote"},
            [["metadata_privacy", "latency"]],
            id="Notion",
        ),
        pytest.param(
            DOVETAIL, {"Title": "tag", "Note": "id", "Text": "quote"}, [["metadata_privacy", "latency"]], id="Dovetail"
        ),
        pytest.param(
            AIRTABLE,
            {"Participant": "id", "Interview date": "interviewed_on", "Segment": "segment_id", "Theme": "tag",
             "Verbatim": "quote", "Consent": "consent"},
            [["latency", "metadata_privacy"]],
            id="Airtable",
        ),
        pytest.param(
            CONDENS, {"Highlight": "quote", "Tags": "tag", "Session": "id", "Date": "interviewed_on"}, [["latency"]],
            id="Condens",
        ),
    ],
)  # fmt: skip
def test_an_export_comes_in_by_a_mapping_that_is_proposed_once(
    text: str, columns: dict[str, Any], tags: list[list[str]]
) -> None:
    code, output = take(text)
    assert code == 1
    assert "A first mapping is in f.csv.map.yaml" in output
    proposed = yaml.safe_load(Path("f.csv.map.yaml").read_text(encoding="utf-8"))
    assert proposed["columns"] == columns
    assert "consent" not in proposed["same_for_all"]
    assert not Path("ours").exists()
    fill(Path("f.csv.map.yaml"))
    code, output = take(text)
    assert code == 0, output
    documents = taken()
    assert [[f["tag"] for f in d.get("findings", [])] for d in sorted(documents.values(), key=str)] in (
        tags,
        tags[::-1],
    )
    assert all(document["as_of"] == document["interviewed_on"] for document in documents.values())
    assert "Anna" not in "".join(map(str, documents.values()))
    # the same mapping serves the next export
    code, output = take(text, "--map", "f.csv.map.yaml", "--replace", name="next.csv")
    assert code == 0, output


@pytest.mark.parametrize("text", [FORM, DOVETAIL], ids=["a column with words of their own", "no column"])
def test_consent_is_never_guessed(text: str) -> None:
    take(text)
    path = Path("f.csv.map.yaml")
    fill(path)
    lines = path.read_text(encoding="utf-8").splitlines()
    blank = {"Yes, quote me: quote": "Yes, quote me:", "consent: summary": "consent:"}
    path.write_text("\n".join(line.replace(line.strip(), blank.get(line.strip(), line.strip())) for line in lines))
    code, output = take(text)
    assert code == 1
    assert "f.csv:2: consent: has no value; expected one of quote, summary, none" in output
    assert not Path("ours").exists()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("same_for_all:\n  consent: quote\n", "m:2: consent: is the same for all; expected a column of the"),
        ("colums:\n  a: id\n", 'm:1: colums: is no key of a mapping; expected columns, values, same_for_all, of_each'),
        ("columns:\n  Text: quot\n", 'm:2: columns: "quot" is no column of ours; expected one of our columns; did you'),
        ("columns: [id]\n", "m:1: columns: does not have the right form; expected lines of 'key: value' below it"),
        ("columns:\n\ta: id\n", "m:2: a tab before or between values; expected spaces"),
        ("- id\n", "m:1: this is no mapping; expected the keys columns, values, same_for_all, of_each"),
        ("of_each:\n  p1:\n    colour: red\n", 'm:3: of_each: "colour" is no column of ours'),
    ],
)  # fmt: skip
def test_a_mistake_in_a_mapping_has_its_line(text: str, problem: str) -> None:
    (found,) = read_mapping(text, "m", ("id", "quote", "consent"))[1].all()
    assert str(found).startswith(problem)


def test_columns_may_be_named_on_the_command_line() -> None:
    mapping, wrong = inline_mapping(["Text=quote,Title=tag", "A=b=id"], ("id", "quote", "tag"))
    assert (mapping.columns, wrong) == ({"Text": ["quote"], "Title": ["tag"], "A=b": ["id"]}, [])
    assert inline_mapping(["Text=qoute"], ("id", "quote"))[1] == [
        '"Text=qoute"; expected THEIRS=OURS, with a column of ours; did you mean "quote"?'
    ]
    code, output = take(DOVETAIL, "--map", "Text=quote,Title=tag,Note=id")
    assert code == 1
    assert "f.csv: left aside: Created, Color, Group, Type, Note group, URL" in output
    assert "f.csv:2: consent: has no value; expected one of quote, summary, none" in output


def test_a_heading_of_the_mapping_that_is_not_there_is_named() -> None:
    code, output = take(DOVETAIL, "--map", "Texts=quote,Title=tag,Note=id")
    assert code == 1
    assert 'f.csv:1: the mapping names "Texts", which is no heading; expected one of Created,' in output
    assert 'did you mean "Text"?' in output


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("2026-11-18", [date(2026, 11, 18)]),
        ("2026-11-18T23:10:00+02:00", [date(2026, 11, 18)]),
        ("3/4/2026", [date(2026, 3, 4), date(2026, 4, 3)]),
        ("4/4/2026", [date(2026, 4, 4)]),
        ("3.4.2026", [date(2026, 4, 3)]),
        ("30/02/2026", []),
        ("Sept 3, 2026 at 9:15", [date(2026, 9, 3)]),
        ("3-Sep-2026", [date(2026, 9, 3)]),
        ("11/18/26", []),
        ("November 2026", []),
        ("November 18, 2026 → November 19, 2026", []),
        ("46344", []),
    ],
)
def test_days(text: str, days: list[date]) -> None:
    assert days_of(text) == days
