"""Whatever table a row is added to, the public pack stays without a mistake."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from assets.evidence.model import Table
from assets.evidence.packs import Pack
from assets.evidence.read_packs import read_packs
from assets.evidence.tables import TABLES_BY_KEY
from tests.evidence.additions import PUBLIC_TABLES, add_to
from tests.places import PUBLIC

TODAY = datetime.now(UTC).date()


def with_referred(table: Table) -> list[Table]:
    """`table`, its parts and all that these refer to, in turn: to read the others would take most of a test."""
    found, queue = dict[str, Table](), [table]
    while queue:
        each = queue.pop()
        if each.key not in found:
            found[each.key] = each
            queue += [part.table for part in each.parts]
            queue += [TABLES_BY_KEY[reference.table] for reference in each.references().values()]
    return list(found.values())


@pytest.mark.parametrize("table", PUBLIC_TABLES, ids=lambda table: table.key)
def test_a_row_more_in_one_table_is_right(table: Table, tmp_path: Path) -> None:
    tables = with_referred(table)
    for each in (each for each in tables if each.kind != "part"):
        (tmp_path / each.path).parent.mkdir(parents=True, exist_ok=True)
        (shutil.copy if each.kind == "csv" else shutil.copytree)(PUBLIC / each.path, tmp_path / each.path)
    before = read_packs([Pack("public", tmp_path)], tables, today=TODAY)
    ids = add_to(tmp_path, [table], TODAY)
    evidence = read_packs([Pack("public", tmp_path)], tables, today=TODAY)
    assert evidence.problems == []
    assert len(evidence.records[table.key]) == len(before.records[table.key]) + 1
    assert ids[table.key] in {record.row.id for record in evidence.records[table.key]}
