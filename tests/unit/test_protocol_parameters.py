"""Parameters of the protocols: documents may disagree, but which of them holds has to be said."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from assets.evidence.packs import Pack
from assets.evidence.read_packs import read_packs
from assets.evidence.tables.protocol import TABLES

TODAY = date(2026, 12, 31)
GOSSIPSUB: dict[str, Any] = {
    "id": "mesh_degree_high_gossipsub",
    "topic": "relay",
    "parameter": "mesh_degree_high",
    "value": "12",
    "unit": "peers",
    "stated_in": "specification",
    "document": "gossipsub",
    "holds": "false",
    "source": "libp2p/specs @7740c07",
    "as_of": "2025-11-18",
    "as_of_basis": "source_date",
    "grade": "published",
}
NWAKU = {
    **GOSSIPSUB,
    "id": "mesh_degree_high_nwaku",
    "value": "8",
    "stated_in": "code",
    "document": "nwaku",
    "holds": "true",
    "note": "nodes run it",
}


def mistakes(folder: Path, *rows: dict[str, Any]) -> list[str]:
    """What is wrong with a pack that has these rows, one to a line from line 2 on."""
    path = folder / TABLES[0].path
    path.parent.mkdir()
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, TABLES[0].header())
        writer.writeheader()
        writer.writerows(rows)
    return list(map(str, read_packs([Pack("p", folder)], TABLES, today=TODAY).problems))


def test_documents_may_disagree_where_one_is_said_to_hold(tmp_path: Path) -> None:
    assert mistakes(tmp_path, GOSSIPSUB, NWAKU) == []


def test_documents_that_agree_need_no_word(tmp_path: Path) -> None:
    same = {**GOSSIPSUB, "holds": ""}
    assert mistakes(tmp_path, same, {**same, "id": "other", "document": "nwaku"}) == []


@pytest.mark.parametrize(
    ("first", "second", "line", "said"),
    [
        ({"holds": ""}, {"holds": ""}, 3, "holds: mesh_degree_high has another value in"),
        ({"holds": "false"}, {"holds": "false"}, 3, "holds: mesh_degree_high has another value in"),
        ({"holds": "true", "note": "x"}, {}, 3, "holds: mesh_degree_high has two values that are both said to hold"),
        ({"holds": ""}, {}, 2, "holds: mesh_degree_high is stated with different values, and of this"),
        ({}, {"note": ""}, 3, "note: mesh_degree_high is said to hold against other documents, without a reason"),
    ],
)
def test_a_contradiction_that_is_not_declared_is_a_mistake(
    tmp_path: Path, first: dict[str, str], second: dict[str, str], line: int, said: str
) -> None:
    (mistake,) = mistakes(tmp_path, {**GOSSIPSUB, **first}, {**NWAKU, **second})
    assert f"protocol_parameters.csv:{line}: {said}" in mistake


def test_of_one_document_the_newest_row_counts(tmp_path: Path) -> None:
    before = {**NWAKU, "id": "before", "value": "9", "as_of": "2024-01-01", "holds": ""}
    assert mistakes(tmp_path, GOSSIPSUB, before, NWAKU) == []


def test_values_under_different_conditions_are_no_contradiction(tmp_path: Path) -> None:
    here, there = ({**GOSSIPSUB, "holds": ""}, {**NWAKU, "holds": "", "condition": "in a simulation"})
    assert mistakes(tmp_path, here, there) == []
