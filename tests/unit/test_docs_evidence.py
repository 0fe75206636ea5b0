"""The table of docs/evidence.md lists every table of evidence, and all pages of docs are sound Markdown."""

import re
from pathlib import Path

import pytest

from assets.evidence.tables import ALL_TABLES, TABLES_BY_KEY
from assets.evidence.tables_page import tables_page

PROJECT = Path(__file__).resolve().parents[2]


def test_every_table_is_listed_in_its_area() -> None:
    text = (PROJECT / "docs" / "evidence.md").read_text()
    listed, area = [], ""
    for first in re.findall(
        r"^\| (\*\*\w+\*\*|`[^|]*`) \|", text.split("## Tables")[1].split("\n## ")[0], re.MULTILINE
    ):
        if first.startswith("**"):
            area = first.strip("*")
        else:
            listed += [f"{area}__{name}" for name in re.findall(r"`(\w+)`", first)]
    assert sorted(listed) == sorted(TABLES_BY_KEY)


@pytest.mark.parametrize("path", sorted((PROJECT / "docs").rglob("*.md")), ids=lambda path: path.stem)
def test_a_blank_line_stands_before_each_heading(path: Path) -> None:
    text = re.sub(r"^```.*?^```", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    assert re.findall(r"(?<=[^\n]\n)#+ .*", text) == []


def test_the_page_of_all_tables_says_what_the_models_say() -> None:
    assert (PROJECT / "docs" / "tables.md").read_text() == tables_page(ALL_TABLES), "`make schemas`"
