"""docs/gates.md goes through the milestone: every requirement of it with its words and its metric, and nothing else."""

import csv
import re

import pytest

from tests.places import PROJECT, PUBLIC

MILESTONE = "2024-09-07"
"""Day of the document that the page goes through."""
TEXT = (PROJECT / "docs" / "gates.md").read_text(encoding="utf-8")

with (PUBLIC / "readiness/gate_requirements.csv").open(encoding="utf-8", newline="") as file:
    REQUIREMENTS = [row for row in csv.DictReader(file) if row["holds_from"] == MILESTONE]


@pytest.mark.parametrize("row", REQUIREMENTS, ids=lambda row: row["id"])
def test_a_requirement_is_explained_with_the_words_that_it_quotes(row: dict[str, str]) -> None:
    (line,) = [line for line in TEXT.splitlines() if line.startswith("| ") and f"| `{row['id']}` |" in line]
    assert f"**{row['quote']}**" in line
    assert f"| `{row['metric']}` |" in line


def test_the_page_explains_no_requirement_that_is_not_there() -> None:
    assert set(re.findall(r"^\|.*?\| `(\w+)` \| `\w+` \|", TEXT, re.MULTILINE)) == {row["id"] for row in REQUIREMENTS}
