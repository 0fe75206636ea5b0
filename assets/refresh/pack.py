"""A pack of refreshed rows on disk.

Belongs here: writing it. Does not belong here: what a row of a refresh says (`pricing/model.py`,
`roadmap/live/model.py`).
"""

from __future__ import annotations

import csv
import fcntl
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from assets.common.spreadsheet import inert_row
from assets.evidence.model import EvidenceRow
from assets.evidence.packs import Pack
from assets.evidence.read_packs import format_problems, read_packs
from assets.evidence.tables import TABLES_BY_KEY
from assets.refresh.outcome import Accepted


class PackInvalid(Exception):  # noqa: N818 - says what is, not that an error is one
    """Refreshed rows that would not be valid evidence: nothing was written."""


def land(accepted: Iterable[Accepted], pack: Pack, tables: Sequence[str], others: Sequence[Pack], today: date) -> int:
    """Add rows of some tables to a pack and return their number.

    The new pack is read as the next run would read it, over `others`, before it takes the place of the old one: a
    refresh can never break a run. Raises `PackInvalid`.
    """
    by_table: dict[str, list[EvidenceRow]] = {table: [] for table in tables}
    for one in accepted:
        by_table[one.table].append(one.row)
    changed = {TABLES_BY_KEY[table].path: table for table, rows in by_table.items() if rows}
    if not changed:
        return 0
    with _alone(pack.path):
        partial = pack.path.with_name(f".{pack.path.name}-partial")
        shutil.rmtree(partial, ignore_errors=True)
        for path, table in changed.items():
            _write(partial / path, table, [*_lines(pack.path / path), *(_cells(row) for row in by_table[table])])
        for file in pack.path.glob("*/*.csv"):
            copy = partial / file.relative_to(pack.path)
            if not copy.exists():
                shutil.copyfile(file, _with_folder(copy))
        trial = [*(other for other in others if other.name != pack.name), Pack(pack.name, partial)]
        if problems := read_packs(trial, today=today).problems:
            raise PackInvalid("the refreshed rows were not written:\n" + format_problems(problems))
        for path in changed:
            os.replace(partial / path, _with_folder(pack.path / path))
        shutil.rmtree(partial)
    return sum(map(len, by_table.values()))


def align(folder: Path, tables: Iterable[str]) -> None:
    """Give files that an earlier version wrote the columns that the tables have now."""
    for table in tables:
        path = folder / TABLES_BY_KEY[table].path
        columns = TABLES_BY_KEY[table].header()
        if (rows := _lines(path)) and list(rows[0]) != columns:
            _write(path.with_suffix(".new"), table, [{c: row.get(c, "") for c in columns} for row in rows])
            os.replace(path.with_suffix(".new"), path)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Two refreshes at one time would each drop the other's rows: the second one waits."""
    with _with_folder(folder.with_suffix(".lock")).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _with_folder(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _lines(path: Path) -> list[Mapping[str, str]]:
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _write(path: Path, table: str, rows: Sequence[Mapping[str, str]]) -> None:
    with _with_folder(path).open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, TABLES_BY_KEY[table].header(), lineterminator="\n", restval="")
        writer.writeheader()
        writer.writerows(sorted(rows, key=lambda row: row["id"]))


def _cells(row: EvidenceRow) -> dict[str, str]:
    return {name: _cell(value) for name, value in inert_row(row.model_dump(mode="json")).items()}


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return format(Decimal(repr(value)), "f")  # people read these files: no exponents
    if isinstance(value, list):
        return ";".join(value)
    return "" if value is None else str(value)
