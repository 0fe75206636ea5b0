"""What people add to the public evidence: one more row in each of its tables, dated today.

Belongs here: rows and documents that are valid and new. Does not belong here: what must hold with them.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from assets.evidence.model import StandingRow, Table
from assets.evidence.tables import ALL_TABLES

PROJECT = Path(__file__).resolve().parents[2]
DOCUMENTED = PROJECT / "docs" / "analysts.md"
"""Its first step adds a row to the progress of the milestone."""

PUBLIC_TABLES = [table for table in ALL_TABLES if table.kind != "part" and not table.may_be_missing]
"""What people said has no place there, and no file."""

Row = dict[str, Any]


def add_to(pack: Path, tables: Iterable[Table], today: date) -> dict[str, str]:
    """Add a row, or a document, to each of `tables` in the folder `pack`; return the ids by table."""
    ids: dict[str, str] = {}
    for table in sorted(tables, key=lambda table: [*OWNERS].index(table.key) + 1 if table.key in OWNERS else 0):
        add = partial(_add_row, ids=ids) if table.kind == "csv" else _add_document
        ids[table.key] = add(pack, table, today)
    return ids


def _add_row(pack: Path, table: Table, today: date, ids: Mapping[str, str]) -> str:
    path = pack / table.path
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        rows, header = list(reader), list(reader.fieldnames or ())
    make = SPECIAL.get(table.key, _copied)
    column, owner = OWNERS.get(table.key, ("", ""))
    row = make(rows, table, today) | ({column: ids[owner]} if owner in ids else {})
    with path.open("a", encoding="utf-8", newline="") as file:
        csv.DictWriter(file, header, lineterminator="\n").writerow(row)
    return str(row["id"])


def _copied(rows: list[Row], table: Table, today: date) -> Row:
    """The last row that has a value, observed again today."""
    row = [row for row in rows if row["grade"] != "not_found"][-1]
    return _renewed(row, table, today)


def _renewed(row: Mapping[str, Any], table: Table, today: date) -> Row:
    standing = {"holds_from": ""} if issubclass(table.model, StandingRow) and "holds_from" in row else {}
    return {**row, **standing, "id": f"{row['id']}_again", "as_of": today.isoformat(), "as_of_basis": "observed"}


def _reported_interview(_: list[Row], table: Table, today: date) -> Row:
    """The row that the guide for analysts gives, which is of a day of its own."""
    (line,) = re.findall(r"^customer_interviews_.*$", DOCUMENTED.read_text(encoding="utf-8"), re.MULTILINE)
    row = dict(zip(table.header(), next(csv.reader([line])), strict=True))
    assert date.fromisoformat(row["as_of"]) <= today
    return row


def _quick_run(rows: list[Row], table: Table, today: date) -> Row:
    """A run that was not measured in full, and so stands for nothing that another one stands for."""
    return _copied(rows, table, today) | {"grid": "quick"}


def _one_more_milestone(rows: list[Row], table: Table, today: date) -> Row:
    return _copied(rows, table, today) | {"is_default": "false"}


OWNERS = {
    "readiness__gates": ("milestone_id", "readiness__milestones"),
    "readiness__gate_requirements": ("gate_id", "readiness__gates"),
}
"""A new milestone asks for something by a new gate, and that by a new requirement: column and table of the owner, which
is added first."""

SPECIAL: dict[str, Callable[[list[Row], Table, date], Row]] = {
    "benchmarks__runs": _quick_run,
    "readiness__milestones": _one_more_milestone,
    "roadmap__milestone_progress": _reported_interview,
}


def _add_document(pack: Path, table: Table, today: date) -> str:
    path = min((pack / table.path).glob("*.yaml"))
    document = _renewed(yaml.safe_load(path.read_text(encoding="utf-8")), table, today)
    document = {key: value for key, value in document.items() if value != ""} | {"as_of": today}
    target = path.with_name(f"{document['id']}.yaml")
    target.write_text(yaml.safe_dump(document, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return str(document["id"])
