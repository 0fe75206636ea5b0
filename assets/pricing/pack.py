"""The pack of refreshed prices on disk.

Belongs here: reading and writing it. Does not belong here: what a row of a refresh says (`model.py`).
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

from assets.evidence.model import EvidenceRow
from assets.evidence.packs import LIVE_PRICES, Pack
from assets.evidence.read_packs import Evidence, format_problems, read_packs
from assets.evidence.tables import TABLES_BY_KEY
from assets.evidence.tables.pricing import REFRESHED_TABLES
from assets.pricing.model import Accepted, PriceCatalogue


class PackInvalid(Exception):  # noqa: N818 - says what is, not that an error is one
    """Refreshed prices that would not be valid evidence: nothing was written."""


def catalogue_of(evidence: Evidence) -> PriceCatalogue:
    """Return the last known prices of all packs."""
    return PriceCatalogue({key: [record.row for record in evidence.records[key]] for key in REFRESHED_TABLES})


def land(accepted: Iterable[Accepted], prices_dir: Path, others: Sequence[Pack], today: date) -> int:
    """Add rows to the pack and return their number.

    The new pack is read as the next run would read it, over `others`, before it takes the place of the old one: a
    refresh can never break a run. Raises `PackInvalid`.
    """
    by_table: dict[str, list[EvidenceRow]] = {}
    for one in accepted:
        by_table.setdefault(one.table, []).append(one.row)
    if not by_table:
        return 0
    with _alone(prices_dir):
        partial = prices_dir.with_name(f".{prices_dir.name}-partial")
        shutil.rmtree(partial, ignore_errors=True)
        for table, rows in by_table.items():
            path = TABLES_BY_KEY[table].path
            _write(partial / path, table, [*_lines(prices_dir / path), *(_cells(row) for row in rows)])
        for file in prices_dir.glob("*/*.csv"):
            copy = partial / file.relative_to(prices_dir)
            if not copy.exists():
                shutil.copyfile(file, _with_folder(copy))
        trial = [*(pack for pack in others if pack.name != LIVE_PRICES), Pack(LIVE_PRICES, partial)]
        if problems := read_packs(trial, today=today).problems:
            raise PackInvalid("the refreshed prices were not written:\n" + format_problems(problems))
        for table in by_table:
            path = TABLES_BY_KEY[table].path
            os.replace(partial / path, _with_folder(prices_dir / path))
        shutil.rmtree(partial)
    return sum(map(len, by_table.values()))


def align(prices_dir: Path) -> None:
    """Give files that an earlier version wrote the columns that the tables have now."""
    for table in REFRESHED_TABLES:
        path = prices_dir / TABLES_BY_KEY[table].path
        columns = TABLES_BY_KEY[table].header()
        if (rows := _lines(path)) and list(rows[0]) != columns:
            _write(path.with_suffix(".new"), table, [{c: row.get(c, "") for c in columns} for row in rows])
            os.replace(path.with_suffix(".new"), path)


@contextmanager
def _alone(prices_dir: Path) -> Iterator[None]:
    """Two refreshes at one time would each drop the other's rows: the second one waits."""
    with _with_folder(prices_dir.with_suffix(".lock")).open("w") as lock:
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
    return {name: _cell(value) for name, value in row.model_dump(mode="json").items()}


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return format(Decimal(repr(value)), "f")  # people read these files: no exponents
    return "" if value is None else str(value)
