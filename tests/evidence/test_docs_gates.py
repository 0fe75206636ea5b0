"""docs/gates.md goes through the milestones: every requirement with its words and metric, and each counter."""

import csv
import re
from typing import get_args

import pytest

from assets.evidence.counters import COUNTERS, StandIn
from tests.places import PROJECT, PUBLIC

MILESTONE = "2024-09-07"
"""Day of the documents that the page goes through."""
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


def test_the_page_lists_every_counter_with_what_it_can_be_told() -> None:
    listed = {}
    for name, parameters in re.findall(r"^\| `(\w+)` \| (.*?) \| [A-Z]", TEXT, re.MULTILINE):
        listed[name] = set(re.findall(r"`(\w+)`", parameters))
    assert listed == {
        name: {
            *told.model_fields,
            *(
                value
                for info in told.model_fields.values()
                for value in get_args(info.annotation)
                if isinstance(value, str)
            ),
        }
        for name, told in COUNTERS.items()
    }
    assert [name for name in get_args(StandIn) if f"`{name}`" not in TEXT] == []
