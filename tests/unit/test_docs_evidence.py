"""The table of docs/evidence.md lists every table of evidence, and all pages of docs are sound Markdown."""

import re
from pathlib import Path

import pytest

from assets.evidence.tables import TABLES_BY_KEY

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
