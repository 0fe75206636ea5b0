"""Packs as a whole: what is read, in which order packs lie over each other, and when content counts as the same.

Belongs here: good packs. Does not belong here: mistakes in them (`test_evidence_mistakes.py`).
"""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from pydantic import Field

from assets.evidence.fingerprint import fingerprint_of
from assets.evidence.model import EvidenceRow, Problem, Table
from assets.evidence.packs import Pack, PackError, resolve_pack
from assets.evidence.read_packs import Evidence, evidence_id, format_problems, read_packs

PROJECT = Path(__file__).parents[2]
TODAY = date(2026, 12, 31)


class Price(EvidenceRow):
    price: float = Field(description="Price")


class Dearer(EvidenceRow):
    price: float = Field(description="Price")
    surcharge: float | None = Field(default=None, description="Surcharge")


PRICES = Table("demo", "prices", Price, "Prices")
TALKS = Table("demo", "talks", Price, "Talks", kind="yaml")
HEADER = "id,price,source,as_of,as_of_basis,grade,note\n"
REST = "page,2026-01-31,observed,published,\n"


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """A pack with two prices and a talk."""
    write(tmp_path / "base/demo/prices.csv", f"{HEADER}a,1,{REST}b,2,{REST}")
    talk = "id: c\nprice: 3\nsource: page\nas_of: 2026-01-31\nas_of_basis: observed\ngrade: published\n"
    write(tmp_path / "base/demo/talks/c.yaml", talk)
    return tmp_path / "base"


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def read(*packs: Path, prices: Table = PRICES) -> Evidence:
    return read_packs([Pack(path.name, path) for path in packs], [prices, TALKS], today=TODAY)


def places(evidence: Evidence, key: str) -> list[tuple[str, str, str, int]]:
    return [(record.row.id, record.pack, record.file, record.line) for record in evidence.records[key]]


def test_checking_evidence_imports_nothing_heavy() -> None:
    code = "import sys, assets.evidence.read_packs; print({'dagster', 'numpy', 'pandas', 'psycopg'} & set(sys.modules))"
    assert subprocess.check_output([sys.executable, "-c", code], cwd=PROJECT, text=True) == "set()\n"


def test_rows_know_where_they_were_typed(base: Path) -> None:
    evidence = read(base)
    assert evidence.rows == 3
    assert places(evidence, "demo__prices") == [
        ("a", "base", "base/demo/prices.csv", 2),
        ("b", "base", "base/demo/prices.csv", 3),
    ]
    assert places(evidence, "demo__talks") == [("c", "base", "base/demo/talks/c.yaml", 1)]
    assert evidence_id("demo__prices", "a") == "demo__prices/a"


def test_a_further_pack_may_hold_one_table(base: Path, tmp_path: Path) -> None:
    write(tmp_path / "mine/demo/prices.csv", f"{HEADER}z,9,{REST}")
    evidence = read(base, tmp_path / "mine")
    assert evidence.problems == []
    assert [name for name, *_ in places(evidence, "demo__prices")] == ["a", "b", "z"]


def test_a_further_pack_without_a_table_is_a_mistake(base: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    assert list(map(str, read(base, tmp_path / "mine").problems)) == [
        "mine/:1: the pack holds no table; expected a folder laid out like evidence/public, with a demo/prices.csv"
    ]


def test_two_packs_of_one_name_cannot_be_told_apart(base: Path) -> None:
    assert list(map(str, read(base, base).problems)) == [
        "base/:1: two packs are called base; expected packs of different names"
    ]


def test_a_pack_that_is_gone_is_a_mistake_not_a_crash(tmp_path: Path) -> None:
    assert list(map(str, read(tmp_path / "gone").problems)) == [
        "gone/:1: the folder cannot be read (No such file or directory); expected a folder that you may read",
        "gone/demo/prices.csv:1: the file is missing; expected a file with a header at least",
        "gone/demo/talks:1: the folder is missing; expected a folder of documents",
    ]


def test_no_pack_is_an_error_of_the_caller() -> None:
    with pytest.raises(ValueError, match="no pack to read"):
        read()


@pytest.mark.parametrize(
    "name",
    ["README.md", "demo/README.md", ".schema.json", "demo/prices.schema.json", ".DS_Store", "demo/~$prices.csv"],
)
def test_what_is_for_people_and_editors_is_left_alone(name: str, base: Path) -> None:
    write(base / name, "anything")
    assert read(base).problems == []


def test_a_link_within_the_pack_is_followed(base: Path) -> None:
    (base / "demo/prices.csv").rename(base / "demo/.prices_of_2026")
    (base / "demo/prices.csv").symlink_to(".prices_of_2026")
    assert read(base).rows == 3


@pytest.mark.parametrize(
    ("text", "is_same"),
    [
        (f"{HEADER}a,1,{REST}b,2,{REST}", True),
        (f"\ufeff{HEADER}a, 1.0 ,{REST}b,2,{REST}".replace("\n", "\r\n"), True),
        (f"{HEADER}a,1,{REST}b,3,{REST}", False),
        (f"{HEADER}b,2,{REST}a,1,{REST}", False),
        (f"{HEADER}\na,1,{REST}b,2,{REST}", False),
    ],
    ids=["same", "same values written otherwise", "another value", "another order", "other lines"],
)
def test_content_is_the_same_when_the_loaded_rows_are(text: str, is_same: bool, base: Path) -> None:
    before = read(base).content_hash("demo__prices")
    (base / "demo/prices.csv").write_bytes(text.encode())
    assert (read(base).content_hash("demo__prices") == before) is is_same


def test_content_differs_between_packs_and_between_columns(base: Path, tmp_path: Path) -> None:
    before = read(base).content_hash("demo__prices")
    dearer = Table("demo", "prices", Dearer, "Prices")
    (base / "demo/prices.csv").write_text(f"{HEADER}")
    empty = read(base).content_hash("demo__prices")
    (base / "demo/prices.csv").write_text("surcharge," + HEADER)
    assert len({before, empty, read(base, prices=dearer).content_hash("demo__prices")}) == 3
    write(tmp_path / "other/demo/prices.csv", f"{HEADER}a,1,{REST}b,2,{REST}")
    write(tmp_path / "other/demo/talks/README.md", "")
    assert read(tmp_path / "other").content_hash("demo__prices") != before


def test_the_report_is_sorted_and_ends_in_a_count_and_the_next_step() -> None:
    problems = [
        Problem("b.csv", 2, "", "30 more mistakes in this file are not listed", count=30),
        Problem("a.csv", 10, "price", '"x" is not a number', "a number"),
        Problem("a.csv", 9, "", "the row is empty"),
    ]
    assert format_problems(problems).splitlines() == [
        "a.csv:9: the row is empty",
        'a.csv:10: price: "x" is not a number; expected a number',
        "b.csv:2: 30 more mistakes in this file are not listed",
        "",
        "32 mistakes in 2 files. Correct them and run `waku-fit check` again.",
    ]


@pytest.mark.parametrize(
    ("name", "pack", "label"),
    [
        ("public", "public", "evidence/public"),
        ("{evidence}/public", "public", "evidence/public"),
        ("{tmp}/private/", "private", "private"),
    ],
)
def test_a_pack_is_a_name_or_a_path(name: str, pack: str, label: str, tmp_path: Path) -> None:
    (tmp_path / "private").mkdir()
    (tmp_path / "evidence/public").mkdir(parents=True)
    found = resolve_pack(name.format(tmp=tmp_path, evidence=tmp_path / "evidence"), tmp_path / "evidence")
    assert (found.name, found.label, found.path.is_dir()) == (pack, label, True)
    assert found.file("a/b.csv") == f"{label}/a/b.csv"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("pubic", 'there is no pack "pubic"; expected public or the path of a folder; did you mean "public"?'),
        ("/nowhere/at/all", 'there is no pack "/nowhere/at/all"; expected public or the path of a folder'),
        ("", 'there is no pack ""; expected public or the path of a folder'),
        ("{evidence}/public/x.csv", "x.csv\" is a file; expected its folder"),
    ],
)  # fmt: skip
def test_a_pack_that_is_not_there_is_named(name: str, message: str, tmp_path: Path) -> None:
    write(tmp_path / "evidence/public/x.csv", "")
    with pytest.raises(PackError) as error:
        resolve_pack(name.format(evidence=tmp_path / "evidence"), tmp_path / "evidence")
    assert message in str(error.value)


def test_the_fingerprint_follows_names_and_bytes_only(base: Path, tmp_path: Path) -> None:
    first = fingerprint_of([base])
    (base / "demo/prices.csv").touch()
    base.rename(tmp_path / "elsewhere")
    (tmp_path / "elsewhere").rename(tmp_path / "base")
    assert fingerprint_of([base]) == first
    copy = tmp_path / "further/base"
    for name in ("demo/talks/c.yaml", "demo/prices.csv"):
        write(copy / name, (base / name).read_text(encoding="utf-8"))
    assert fingerprint_of([copy]) == first


@pytest.mark.parametrize("change", ["edit", "rename", "add", "remove", "link"])
def test_any_change_changes_the_fingerprint(change: str, base: Path) -> None:
    first = fingerprint_of([base])
    match change:
        case "edit":
            write(base / "demo/prices.csv", "id\n")
        case "rename":
            (base / "demo/prices.csv").rename(base / "demo/price.csv")
        case "add":
            write(base / "demo/empty", "")
        case "remove":
            (base / "demo/prices.csv").unlink()
        case "link":
            (base / "folder").symlink_to("demo")
    assert fingerprint_of([base]) != first


def test_the_fingerprint_leaves_out_what_it_is_told_to_and_takes_files(base: Path) -> None:
    first = fingerprint_of([base, base / "demo/prices.csv"], skip=("__pycache__", ".user.yml"))
    write(base / "demo/__pycache__/x.pyc", "1")
    write(base / "demo/.user.yml", "1")
    assert fingerprint_of([base, base / "demo/prices.csv"], skip=("__pycache__", ".user.yml")) == first
    assert fingerprint_of([base, base / "demo/prices.csv"]) != first
    assert fingerprint_of([base, base / "gone"]) != fingerprint_of([base, base / "demo/prices.csv"])


def test_the_fingerprint_needs_no_library() -> None:
    code = "import sys, assets.evidence.fingerprint as f, assets.evidence.packs; print('pydantic' in sys.modules)"
    assert subprocess.check_output([sys.executable, "-c", code], cwd=PROJECT, text=True) == "False\n"
