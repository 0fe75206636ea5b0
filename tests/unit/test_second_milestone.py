"""A gate or a milestone is rows of evidence and no code: what it takes, and what is wrong with too few rows."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from assets.evidence.check_file import check_file, place_of
from assets.evidence.packs import Pack
from assets.evidence.read_packs import read_packs
from assets.evidence.tables import ALL_TABLES
from tests.places import FROZEN

PUBLIC = FROZEN / "public"
TODAY = date(2026, 11, 30)
SHARED = {
    "holds_from": "2025-01-01",
    "source": "minutes of the team",
    "as_of": "2025-01-01",
    "as_of_basis": "source_date",
    "grade": "published",
}
MILESTONE = {"id": "chat_sdk", "title": "Chat SDK", "question": "Is the Chat SDK ready?", "is_default": "false"}
GATE = {
    "id": "chat_sdk_preview",
    "milestone_id": "chat_sdk",
    "deliverable_id": "chat_sdk_mvp",
    "title": "Preview of the Chat SDK",
}
SECOND_GATE = {"id": "chat_sdk_api", "milestone_id": "chat_sdk", "deliverable_id": "messaging_api", "title": "Its API"}
REQUIREMENT = {
    "id": "chat_sdk_preview_out",
    "gate_id": "chat_sdk_preview",
    "title": "The preview is out",
    "quote": "Publish a preview.",
    "metric": "previews",
    "noun": "preview",
    "nouns": "previews",
    "predicate": "reported as done",
    "counter": "deliverable_state",
    "parameters": "what=done",
    "comparison": "at_least",
    "threshold": "1",
    "unit": "previews",
    "stale_after_days": "365",
}
SECOND_REQUIREMENT = {**REQUIREMENT, "id": "chat_sdk_api_defined", "gate_id": "chat_sdk_api", "title": "An API"}
TABLES = {
    "milestones": [MILESTONE],
    "gates": [GATE, SECOND_GATE],
    "gate_requirements": [REQUIREMENT, SECOND_REQUIREMENT],
}


def write_pack(folder: Path, tables: Mapping[str, list[dict[str, str]]], area: str = "readiness") -> Pack:
    """A pack of these rows, with the columns of the public one."""
    (folder / area).mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        with (PUBLIC / area / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            header = next(csv.reader(file))
        shared = {column: value for column, value in SHARED.items() if column in header}
        with (folder / area / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, header)
            writer.writeheader()
            writer.writerows(shared | row for row in rows)
    return Pack(folder.name, folder)


def problems(folder: Path, tables: Mapping[str, list[dict[str, str]]]) -> list[str]:
    """What is wrong with a pack of these rows over what it refers to in the public one."""
    read = [table for table in ALL_TABLES if table.area == "readiness" or table.key == "roadmap__deliverables"]
    public = folder.parent / "public"
    for table in read:
        (public / table.path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(PUBLIC / table.path, public / table.path)
    packs = [Pack("public", public), write_pack(folder, tables)]
    return list(map(str, read_packs(packs, read, today=TODAY).problems))


def test_a_second_milestone_is_rows_in_three_tables(tmp_path: Path) -> None:
    assert problems(tmp_path / "mine", TABLES) == []


def test_a_new_gate_of_a_known_kind_is_one_row_and_its_requirement(tmp_path: Path) -> None:
    gate = {**GATE, "milestone_id": "demonstrate_product_market_fit"}
    assert problems(tmp_path / "mine", {"gates": [gate], "gate_requirements": [REQUIREMENT]}) == []


@pytest.mark.parametrize(
    ("table", "row", "change", "message"),
    [
        (
            "milestones",
            0,
            {"is_default": "true"},
            "milestones.csv:2: is_default: public/readiness/milestones.csv:2 is the default already",
        ),
        (
            "milestones",
            0,
            {"id": "other"},
            'milestones.csv:2: id: nothing is asked for by "other"; expected a gate that names it',
        ),
        ("milestones", 0, {"grade": "illustrative"}, 'gates.csv:2: grade: "chat_sdk" is made up, and this is not'),
        (
            "gates",
            1,
            {"id": "other"},
            'gates.csv:3: id: nothing is asked for by "other"; expected a requirement that names it',
        ),
        ("gates", 0, {"milestone_id": "chat_sd"}, 'gates.csv:2: milestone_id: "chat_sd" is not a known id'),
        ("gates", 0, {"deliverable_id": "chat"}, 'gates.csv:2: deliverable_id: "chat" is not a known id'),
        ("gate_requirements", 0, {"gate_id": "chat"}, 'requirements.csv:2: gate_id: "chat" is not a known id'),
        (
            "gate_requirements",
            0,
            {"counter": "deliverable_stat"},
            'requirements.csv:2: counter: "deliverable_stat" is not a counter',
        ),
        (
            "gate_requirements",
            1,
            {"parameters": ""},
            "requirements.csv:3: parameters: deliverable_state needs the parameter what; expected something such as",
        ),
        (
            "gate_requirements",
            0,
            {"parameters": "what=done;metric=previews"},
            "requirements.csv:2: parameters: deliverable_state has no parameter metric; expected deliverable_id, what",
        ),
        (
            "gate_requirements",
            0,
            {"parameters": "what=started"},
            'requirements.csv:2: parameters: "started" is not allowed for the parameter what; expected amount, done',
        ),
        (
            "gate_requirements",
            0,
            {"parameters": "what=done;deliverable_id=chat_sdk_mvb"},
            'requirements.csv:2: parameters: "chat_sdk_mvb" is not a known id; expected an id of roadmap',
        ),
        ("gate_requirements", 0, {"stand_in": "a_guess"}, 'requirements.csv:2: stand_in: "a_guess" is not allowed'),
    ],
)
def test_what_is_wrong_with_a_row_is_said_with_its_line(
    table: str, row: int, change: dict[str, str], message: str, tmp_path: Path
) -> None:
    rows = [dict(row) for row in TABLES[table]]
    rows[row] |= change
    found = problems(tmp_path / "mine", {**TABLES, table: rows})
    assert any(message in problem for problem in found), found


def test_one_file_is_checked_against_what_its_parameters_name(tmp_path: Path) -> None:
    requirement = {**REQUIREMENT, "parameters": "what=done;deliverable_id=chat_sdk_mvb"}
    pack = write_pack(tmp_path / "mine", {**TABLES, "gate_requirements": [requirement]})
    path = pack.path / "readiness" / "gate_requirements.csv"
    place = place_of(path)
    assert place is not None
    (problem,) = check_file(path, place, [Pack("public", PUBLIC), pack], today=TODAY).problems
    assert '"chat_sdk_mvb" is not a known id' in problem.message
