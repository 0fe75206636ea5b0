"""Folders of releases that hold what nobody agrees to any more, whatever any database says about them.

Belongs here: what a folder holds, and writing it anew. Does not belong here: rows of releases (`withdrawal_rows.py`).

A folder may be of a release that this database never had, because it was made by another one or this one was made
anew; or this database took something out of the release when it served another folder. So each folder is read.
"""

from __future__ import annotations

import csv
import shutil
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from assets.reports.release.publish import Files, write_files

INTERVIEWS = "interviews__interviews"
CONVERSATIONS = (INTERVIEWS, "interviews__sessions")
NOT_PUBLISHED = "not published"
"""`source` of a conversation of which nothing is published, in `evidence_index`."""

_SPEAKING = """
select evidence_id from raw.interviews__interviews where consent <> 'none' and consent_withdrawn_on is null
union all
select evidence_id from raw.interviews__sessions where consent <> 'none' and consent_withdrawn_on is null
"""
_QUOTED = """
select evidence_id from raw.interviews__interviews where consent = 'quote' and consent_withdrawn_on is null
"""

HALF_DONE = ".withdrawn-"
"""Begins the name that a folder has until it is written anew."""

TAKEN_BACK = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Taken back</title>
<p>This release was taken back because a consent was withdrawn or made narrower. Its tables are not in the database.</p>
</html>
"""


@dataclass(frozen=True)
class Agreed:
    """Of the packs that were read: who agrees that anything is published, and of those who may be quoted."""

    packs: frozenset[str]
    speaking: frozenset[str]
    quoted: frozenset[str]


def read_agreed(connection: psycopg.Connection, packs: Iterable[str]) -> Agreed:
    """Return who agrees to what by the packs that `raw` was loaded from."""
    speaking, quoted = (
        frozenset(row[0] for row in connection.execute(query).fetchall()) for query in (_SPEAKING, _QUOTED)
    )
    return Agreed(frozenset(packs), speaking, quoted)


def holds_more(directory: Path, agreed: Agreed) -> bool:
    """Whether a release publishes more about anyone than their consent allows.

    Ignores people whose pack was not read.
    """
    data = directory / "data"
    index = _rows(data / "evidence_index", "table_key", CONVERSATIONS, ["evidence_id", "pack", "source"])
    held = [row for row in index if row.get("pack") in agreed.packs]
    ids = {row["evidence_id"] for row in held}
    speaking = {row["evidence_id"] for row in held if row.get("source") != NOT_PUBLISHED}
    quoted = {
        f"{INTERVIEWS}/{(row.get('source_key') or '').removeprefix('interview ')}"
        for row in _rows(data / "findings", "kind", ["interview"], ["source_key", "statement"])
        if row.get("statement")
    }
    return not (speaking <= agreed.speaking and quoted & ids <= agreed.quoted)


def folders_to_clean(releases_dir: Path, agreed: Agreed) -> list[Path]:
    """Return the folders of releases that hold too much, also of those that a killed run began to write anew."""
    names = {path.name.removeprefix(HALF_DONE) for path in releases_dir.glob("*") if path.is_dir()}
    folders = (releases_dir / name for name in sorted(names) if not name.startswith("."))
    return [path for path in folders if _half_done(path).is_dir() or holds_more(path, agreed)]


def take_back(directory: Path) -> None:
    """Leave nothing of a release but a page that says so, and its manifest."""
    manifest = (directory if directory.is_dir() else _half_done(directory)) / "manifest.json"
    kept = {"manifest.json": manifest.read_bytes()} if manifest.exists() else {}
    replace_files(directory, {"index.html": TAKEN_BACK.encode(), **kept})


def replace_files(directory: Path, files: Files) -> None:
    """Write the files of a release anew. Whatever else was there may hold the content, so it goes.

    A release whose folder somebody has removed stays removed.
    """
    old = _half_done(directory)
    if directory.is_dir():
        shutil.rmtree(old, ignore_errors=True)
        directory.rename(old)
    if old.is_dir():  # also after a kill in between
        write_files(directory, files)
        shutil.rmtree(old)


def _half_done(directory: Path) -> Path:
    return directory.with_name(f"{HALF_DONE}{directory.name}")


def _rows(table: Path, key: str, among: Collection[str], columns: Sequence[str]) -> list[dict[str, Any]]:
    """Return what a table of a release, named without a suffix, says in `columns` where `key` is one of `among`.

    Parquet takes a tenth of the time; where it is missing or broken the CSV file may still hold everything.
    """
    try:
        file = pq.ParquetFile(table.with_suffix(".parquet"))
        read = file.read([column for column in (key, *columns) if column in file.schema_arrow.names])
        is_meant = pc.is_in(read[key], pa.array(list(among), pa.string()))
        rows: list[dict[str, Any]] = read.filter(is_meant).to_pylist()
    except (OSError, pa.ArrowException, KeyError):  # also of a table without rows, whose columns have no type
        if not table.with_suffix(".csv").exists():
            return []
        with table.with_suffix(".csv").open(newline="", encoding="utf-8") as text:
            rows = [row for row in csv.DictReader(text) if row.get(key) in among]
    return rows
