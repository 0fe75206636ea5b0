"""Mistakes that people make, each put into a copy of the public pack: its file, its line and its message are found.

Belongs here: whole packs with one mistake each.
Does not belong here: spellings of values (`test_evidence_parsing.py`), good packs (`test_evidence_packs.py`).
"""

from __future__ import annotations

import csv
import io
import os
import shutil
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from assets.evidence.packs import Pack
from assets.evidence.read_packs import read_packs
from assets.evidence.tables import ALL_TABLES
from tests.places import FROZEN

PUBLIC = FROZEN / "public"
TODAY = date(2026, 11, 23)

OFFERS = "pricing/compute_offers.csv"
RATES = "pricing/exchange_rates.csv"
LATENCY = "benchmarks/latency_targets.csv"
SEGMENTS = "segments/segments.csv"
USP_EVIDENCE = "segments/usp_evidence.csv"
SCENARIO = "costs/scenarios/community_10k.yaml"
NEW_SCENARIO = "costs/scenarios/new.yaml"

USED = (OFFERS, RATES, LATENCY, SEGMENTS, USP_EVIDENCE, "benchmarks/network_results.csv", "costs/scenarios")
REFERRED = (
    "costs/node_requirements.csv",
    "costs/workload_parameters.csv",
    "roadmap/deliverables.csv",
    "segments/usps.csv",
)
TABLES = [table for table in ALL_TABLES if table.path in (*USED, *REFERRED)]
"""Those that a mistake is put into, and what they refer to: the others would only cost time."""

Change = Callable[[Path], None]


@dataclass(frozen=True)
class Mistake:
    """What is done to the pack, and the only problems that are then found: file, line, part of the message."""

    name: str
    change: Change
    problems: tuple[tuple[str, int, str], ...]


def found(file: str, line: int, message: str) -> tuple[tuple[str, int, str], ...]:
    return ((file, line, message),)


def cells(file: str, **changed: str) -> Change:
    """Put a copy of a table's first row before it, in line 2, with another id and some other cells."""

    def change(pack: Path) -> None:
        header, first, *_ = csv.reader(io.StringIO((pack / file).read_text(encoding="utf-8")))
        row = dict(zip(header, first, strict=True)) | {"id": "a_new_row"} | changed
        line = io.StringIO()
        csv.writer(line, lineterminator="\n").writerow([row[column] for column in header])
        insert(file, 2, line.getvalue())(pack)

    return change


def insert(file: str, line: int, text: str) -> Change:
    def change(pack: Path) -> None:
        lines = (pack / file).read_text(encoding="utf-8").splitlines(keepends=True)
        (pack / file).write_text("".join([*lines[: line - 1], text, *lines[line - 1 :]]), encoding="utf-8")

    return change


def replaced(file: str, old: str, new: str, line: int = 1) -> Change:
    """Replace text in one line of a file, the header if not said otherwise."""

    def change(pack: Path) -> None:
        lines = (pack / file).read_text(encoding="utf-8").splitlines(keepends=True)
        assert old in lines[line - 1]
        lines[line - 1] = lines[line - 1].replace(old, new, 1)
        (pack / file).write_text("".join(lines), encoding="utf-8")

    return change


def key(old: str, new: str) -> Change:
    """Replace text at the start of a line of a scenario, wherever it is."""

    def change(pack: Path) -> None:
        text = (pack / SCENARIO).read_text(encoding="utf-8")
        assert text.count(f"\n{old}") == 1
        (pack / SCENARIO).write_text(text.replace(f"\n{old}", f"\n{new}"), encoding="utf-8")

    return change


def bytes_of(file: str, old: bytes, new: bytes, line: int) -> Change:
    def change(pack: Path) -> None:
        lines = (pack / file).read_bytes().splitlines(keepends=True)
        lines[line - 1] = lines[line - 1].replace(old, new, 1)
        content(file, b"".join(lines))(pack)

    return change


def columns(file: str, change_row: Callable[[list[str]], list[str]]) -> Change:
    """Change every row of a table, the header too."""

    def change(pack: Path) -> None:
        rows = list(csv.reader(io.StringIO((pack / file).read_text(encoding="utf-8"))))
        with (pack / file).open("w", encoding="utf-8", newline="") as opened:
            csv.writer(opened).writerows(map(change_row, rows))

    return change


def content(file: str, data: bytes) -> Change:
    def change(pack: Path) -> None:
        (pack / file).write_bytes(data)

    return change


def truncated(file: str, size: int) -> Change:
    """Make a file as long as `size` without writing it: what is not written reads as NUL."""

    def change(pack: Path) -> None:
        os.truncate(pack / file, size)

    return change


def removed(file: str) -> Change:
    def change(pack: Path) -> None:
        (pack / file).unlink()

    return change


def linked(file: str, target: str) -> Change:
    def change(pack: Path) -> None:
        (pack / file).unlink(missing_ok=True)
        (pack / file).symlink_to(target)

    return change


def folder(file: str) -> Change:
    def change(pack: Path) -> None:
        (pack / file).unlink()
        (pack / file).mkdir()

    return change


def emptied(name: str) -> Change:
    """Put an empty file in the place of a folder."""

    def change(pack: Path) -> None:
        shutil.rmtree(pack / name)
        (pack / name).touch()

    return change


def new_folder(name: str) -> Change:
    def change(pack: Path) -> None:
        (pack / name).mkdir()

    return change


def separated(file: str, separator: str, other: Callable[[str], str] = str) -> Change:
    def change(pack: Path) -> None:
        rows = csv.reader(io.StringIO((pack / file).read_text(encoding="utf-8")))
        with (pack / file).open("w", encoding="utf-8", newline="") as opened:
            csv.writer(opened, delimiter=separator).writerows(map(other, row) for row in rows)

    return change


def scenario_line(start: str) -> int:
    lines = (PUBLIC / SCENARIO).read_text(encoding="utf-8").splitlines()
    (line,) = (number for number, text in enumerate(lines, start=1) if text.startswith(start))
    return line


BOMB = b"a: &a [x, x, x]\nb: &b [*a, *a, *a]\nc: &c [*b, *b, *b]\nd: [*c, *c, *c]\n"

MISTAKES = [
    # Values
    Mistake(
        "wrong type",
        cells(OFFERS, vcpus="two"),
        found(OFFERS, 2, 'vcpus: "two" is not a number; expected a number > 0'),
    ),
    Mistake(
        "negative price",
        cells(OFFERS, price_per_month="-5"),
        found(OFFERS, 2, 'price_per_month: "-5" is out of range; expected a number >= 0'),
    ),
    Mistake(
        "NaN", cells(OFFERS, price_per_month="NaN"), found(OFFERS, 2, 'price_per_month: "NaN" is not a finite number')
    ),
    Mistake(
        "infinity",
        cells(OFFERS, price_per_month="inf"),
        found(OFFERS, 2, 'price_per_month: "inf" is not a finite number'),
    ),
    Mistake(
        "comma decimal",
        cells(OFFERS, price_per_month="5,49"),
        found(OFFERS, 2, 'price_per_month: "5,49" has a comma; expected a number >= 0, with a point'),
    ),
    Mistake(
        "thousands separator",
        cells(OFFERS, price_per_month="1 000"),
        found(OFFERS, 2, 'price_per_month: "1 000" has a thousands separator'),
    ),
    Mistake(
        "unit in the value",
        cells(OFFERS, price_per_month="5 EUR"),
        found(OFFERS, 2, 'price_per_month: "5 EUR" has text beside the number'),
    ),
    Mistake(
        "wrong unit", cells(LATENCY, unit="sec"), found(LATENCY, 2, 'unit: "sec" is not allowed; expected one of ms, s')
    ),
    Mistake(
        "wrong case",
        cells(OFFERS, currency="eur"),
        found(OFFERS, 2, 'currency: "eur" is not allowed; expected one of USD, EUR; did you mean "EUR"?'),
    ),
    Mistake(
        "future date",
        cells(RATES, as_of="2026-11-25"),
        found(RATES, 2, 'as_of: "2026-11-25" lies in the future; expected a date up to today, 2026-11-23'),
    ),
    Mistake(
        "malformed date",
        cells(RATES, as_of="2026-13-01"),
        found(RATES, 2, 'as_of: "2026-13-01" is not in the calendar'),
    ),
    Mistake("date day first", cells(RATES, as_of="28.10.2026"), found(RATES, 2, "such as 2026-10-28")),
    Mistake("grade misspelt", cells(OFFERS, grade="pblished"), found(OFFERS, 2, 'grade: "pblished" is not allowed')),
    Mistake("no source", cells(OFFERS, source=""), found(OFFERS, 2, "source: has no value; expected text")),
    Mistake(
        "not found with a value",
        cells(RATES, grade="not_found"),
        found(RATES, 2, "grade not_found means that rate are empty, but rate has a value"),
    ),
    Mistake(
        "no value",
        cells(RATES, rate=""),
        found(RATES, 2, "none of rate has a value; write one, or grade the row not_found"),
    ),
    Mistake(
        "range upside down",
        cells("benchmarks/network_results.csv", value_low="9", value_high="3"),
        found("benchmarks/network_results.csv", 2, "value_low 9 is above value_high 3"),
    ),
    Mistake(
        "id with capitals",
        cells(RATES, id="EUR-USD"),
        found(RATES, 2, 'id: "EUR-USD" is not in lower_snake_case; expected lower_snake_case, such as eur_usd'),
    ),
    Mistake(
        "duplicate id",
        cells(RATES, id="eur_usd_2026_10_28"),
        found(RATES, 3, 'id: "eur_usd_2026_10_28" is already the id of line 2'),
    ),
    Mistake(
        "dangling reference",
        cells(USP_EVIDENCE, usp_id="gasles"),
        found(USP_EVIDENCE, 2, 'web_mobile_light; did you mean "gasless"?'),
    ),
    Mistake(
        "dangling reference in a list",
        cells(SEGMENTS, relevant_usps="gasless;gone"),
        found(SEGMENTS, 2, 'relevant_usps: "gone" is not a known id; expected one of censorship_resistant, '),
    ),
    # Rows and headers
    Mistake(
        "unknown column",
        columns(RATES, lambda row: [*row, "colour"]),
        found(RATES, 1, "colour: is not a column of this table"),
    ),
    Mistake(
        "misspelt column",
        replaced(RATES, "as_of_basis", "as_of_bases"),
        found(RATES, 1, "as_of_bases: is not a column of this table; expected as_of_basis"),
    ),
    Mistake(
        "missing column",
        columns(RATES, lambda row: row[:-1]),
        found(RATES, 1, "note: the column is missing; expected a column with text"),
    ),
    Mistake(
        "missing column that the rows are about",
        columns(RATES, lambda row: row[:3] + row[4:]),
        found(RATES, 1, "rate: the column is missing; expected a column with a number > 0"),
    ),
    Mistake(
        "missing and unknown column",
        replaced(RATES, "rate_date", "when"),
        (
            (RATES, 1, "rate_date: the column is missing; expected a column with a date in the form YYYY-MM-DD"),
            (RATES, 1, "when: is not a column of this table; expected one of rate_date"),
        ),
    ),
    Mistake(
        "column without a name and with cells",
        columns(RATES, lambda row: [*row, "" if row[0] == "id" else "x"]),
        found(RATES, 2, "column 11 (K) has no name, and 3 cells; expected a name in its first row, or no cell in it"),
    ),
    Mistake(
        "duplicate column",
        replaced(RATES, "quote_currency", "base_currency"),
        (
            (RATES, 1, "base_currency: the column is there twice (again as column 3)"),
            (RATES, 1, "quote_currency: the column is missing"),
        ),
    ),
    Mistake(
        "too few cells",
        insert(RATES, 2, "a,EUR,USD\n"),
        found(RATES, 2, "the row has 3 cells; expected 10 as in the header"),
    ),
    Mistake(
        "too many cells",
        insert(RATES, 3, "a,EUR,USD,1,1,2026-01-01,x,2026-01-01,observed,published,\n"),
        found(RATES, 3, "the row has 11 cells; expected 10 as in the header; a value with a comma in it needs quotes"),
    ),
    Mistake(
        "unclosed quote",
        replaced(RATES, ",EUR", ',"EUR', line=2),
        found(RATES, 2, 'a quote (") is opened in this row and not closed where its value ends'),
    ),
    Mistake(
        "no header", replaced(RATES, "id,", "x\nid,"), found(RATES, 1, "the first line is not a header of this table")
    ),
    Mistake("bars", separated(RATES, "|"), found(RATES, 1, "cells are separated by bars; expected commas")),
    Mistake(
        "semicolons and decimal commas",
        separated(RATES, ";", lambda text: text.replace("1.1133", "1,1133")),
        found(RATES, 2, 'rate: "1,1133" has a comma; expected a number > 0, with a point for decimals'),
    ),
    # Files
    Mistake("empty file", content(RATES, b""), found(RATES, 1, "the file is empty; expected a header: id,source")),
    Mistake("only a byte order mark", content(RATES, b"\xef\xbb\xbf\r\n"), found(RATES, 1, "the file is empty")),
    Mistake(
        "missing file", removed(RATES), found(RATES, 1, "the file is missing; expected a file with a header at least")
    ),
    Mistake(
        "unknown file",
        content("pricing/compute_ofers.csv", b""),
        found("pricing/compute_ofers.csv", 1, "no table is called this"),
    ),
    Mistake(
        "file in the wrong folder",
        content("compute_offers.csv", b""),
        found("compute_offers.csv", 1, "no table is called this"),
    ),
    Mistake("unknown folder", new_folder("prices"), found("prices", 1, "no table is called this")),
    Mistake(
        "document with another ending",
        content("costs/scenarios/new.yml", b""),
        found("costs/scenarios/new.yml", 1, "expected documents called <id>.yaml, such as new.yaml"),
    ),
    Mistake(
        "UTF-8 and something else",
        bytes_of(SEGMENTS, b"Intent", b"Int\xe9nts \xc3\xa9", line=3),
        found(SEGMENTS, 3, 'byte 0xe9 is not UTF-8 (it is "é" in Latin-1); expected a file saved as UTF-8'),
    ),
    Mistake("NUL byte", replaced(RATES, "EUR", "E\0R", line=3), found(RATES, 3, "a NUL byte: this is not a text file")),
    Mistake("binary file", content(RATES, b"PK\x03\x04\n" + bytes(range(256))), found(RATES, 1, "this is no workbook")),
    Mistake(
        "file too large",
        truncated(RATES, 100 * 1024 * 1024),
        found(RATES, 1, "the file has 104,857,600 bytes; expected at most 67,108,864"),
    ),
    Mistake(
        "line too long",
        content(RATES, b"id\n" + b"x" * 2_000_000),
        found(RATES, 2, "the line has more than 1,000,000 characters"),
    ),
    Mistake(
        "cell too long",
        cells(RATES, note="x" * 200_000),
        found(RATES, 2, "the row cannot be read (field larger than field limit (131072))"),
    ),
    Mistake(
        "link out of the pack",
        linked(RATES, "/etc/hostname"),
        found(RATES, 1, "a link that leads out of the pack; expected the file itself"),
    ),
    Mistake("link to itself", linked(RATES, "exchange_rates.csv"), found(RATES, 1, "")),
    Mistake("folder in place of a file", folder(RATES), found(RATES, 1, "this is not a file; expected a file")),
    Mistake(
        "file in place of a folder",
        emptied("costs/scenarios"),
        found("costs/scenarios", 1, "this is not a folder; expected a folder"),
    ),
    # Documents
    Mistake(
        "YAML bomb",
        content(NEW_SCENARIO, BOMB),
        found(NEW_SCENARIO, 1, 'anchors (&) and aliases (*) are not allowed, found "a"'),
    ),
    Mistake(
        "YAML syntax",
        content(NEW_SCENARIO, b"id: new\ntitle: [a\n"),
        found(NEW_SCENARIO, 2, "a bracket opens a list or mapping that does not end as one"),
    ),
    Mistake(
        "YAML tab",
        content(NEW_SCENARIO, b"id: new\ntitle:\n\t- a\n"),
        found(NEW_SCENARIO, 3, "a tab before or between values; expected spaces"),
    ),
    Mistake(
        "YAML list",
        content(NEW_SCENARIO, b"- id: new\n"),
        found(NEW_SCENARIO, 1, "the document is a list; expected a mapping"),
    ),
    Mistake(
        "YAML nested deeply",
        content(NEW_SCENARIO, b"id: new\ntitle: " + b"[" * 100_000),
        found(NEW_SCENARIO, 2, "values are nested more than 8 deep"),
    ),
    Mistake("YAML empty", content(NEW_SCENARIO, b""), found(NEW_SCENARIO, 1, "the file is empty")),
    Mistake(
        "YAML too large",
        content(NEW_SCENARIO, b"#" * 300_000),
        found(NEW_SCENARIO, 1, "the file has 300,000 bytes; expected at most 262,144"),
    ),
    Mistake(
        "YAML duplicate key",
        insert(SCENARIO, 3, "title: Again\n"),
        found(SCENARIO, 3, "title: the key is there twice, first in line 2"),
    ),
    Mistake(
        "YAML unknown key",
        insert(SCENARIO, 3, "store_nods: 3\n"),
        found(SCENARIO, 3, "store_nods: is not a key of this document"),
    ),
    Mistake(
        "YAML unknown key without a value",
        insert(SCENARIO, 3, "colour:\n"),
        found(SCENARIO, 3, "colour: is not a key of this document"),
    ),
    Mistake(
        "YAML wrong type",
        key("active_users: 10000", "active_users: many"),
        found(
            SCENARIO,
            scenario_line("active_users"),
            'active_users: "many" is not a number; expected a whole number >= 1',
        ),
    ),
    Mistake(
        "YAML id is not the file's name",
        replaced(SCENARIO, "community_10k", "community_10_k"),
        found(SCENARIO, 1, 'id: "community_10_k" is not the name of the file; expected community_10k'),
    ),
    Mistake(
        "YAML dangling reference",
        key("media_share_id: status_1to1_media_share", "media_share_id: status_1to1_media_shar"),
        found(
            SCENARIO,
            scenario_line("media_share_id"),
            'media_share_id: "status_1to1_media_shar" is not a known id; expected an id of costs/workload_parameters; '
            'did you mean "status_1to1_media_share"?',
        ),
    ),
]


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    copy = tmp_path / "public"
    for table in TABLES:
        (copy / table.path).parent.mkdir(parents=True, exist_ok=True)
        (shutil.copy if table.kind == "csv" else shutil.copytree)(PUBLIC / table.path, copy / table.path)
    return copy


def problems_of(*packs: Path) -> list[str]:
    return list(map(str, read_packs([Pack(path.name, path) for path in packs], TABLES, today=TODAY).problems))


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_a_mistake_is_found_with_file_and_line(mistake: Mistake, pack: Path) -> None:
    mistake.change(pack)
    for problem, (file, line, message) in zip(problems_of(pack), mistake.problems, strict=True):
        assert problem.startswith(f"public/{file}:{line}: ")
        assert message in problem


def test_every_mistake_of_a_pack_is_found_at_once(pack: Path) -> None:
    for change in (cells(OFFERS, vcpus="two", currency="eur"), cells(LATENCY, unit="sec"), removed(RATES)):
        change(pack)
    assert [problem.partition("; expected ")[0] for problem in problems_of(pack)] == [
        f'public/{LATENCY}:2: unit: "sec" is not allowed',
        f'public/{OFFERS}:2: currency: "eur" is not allowed',
        f'public/{OFFERS}:2: vcpus: "two" is not a number',
        f"public/{RATES}:1: the file is missing",
    ]


def test_a_file_with_mistakes_makes_no_reference_dangle(pack: Path) -> None:
    replaced("segments/usps.csv", ",", "|")(pack)
    cells("roadmap/deliverables.csv", id="new_one", as_of="soon")(pack)
    cells(SEGMENTS, technical_gaps="new_one")(pack)
    assert {problem.split(":")[0] for problem in problems_of(pack)} == {
        "public/roadmap/deliverables.csv",
        "public/segments/usps.csv",
    }


def test_an_id_of_another_pack_is_refused(pack: Path, tmp_path: Path) -> None:
    (tmp_path / "mine/pricing").mkdir(parents=True)
    header, first, *_ = (pack / RATES).read_text(encoding="utf-8").splitlines()
    (tmp_path / "mine" / RATES).write_text(f"{header}\n\n{first}\n", encoding="utf-8")
    (problem,) = problems_of(pack, tmp_path / "mine")
    assert problem.startswith(f'mine/{RATES}:3: id: "eur_usd_2026_10_28" is already the id of public/{RATES}:2; ')


@pytest.mark.parametrize(
    ("size", "message"),
    [
        (100_000_000, "bytes; expected at most 67,108,864"),
        (60_000_000, "the line has more than 1,000,000 characters"),
    ],
)
def test_one_huge_line_is_answered_without_much_memory(size: int, message: str, pack: Path) -> None:
    with (pack / RATES).open("ab") as file:
        file.truncate(file.tell() + size)
    tracemalloc.start()
    evidence = read_packs([Pack("public", pack)], [table for table in TABLES if table.path == RATES], today=TODAY)
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert message in "\n".join(str(problem) for problem in evidence.problems)
    assert peak_bytes < 20_000_000
