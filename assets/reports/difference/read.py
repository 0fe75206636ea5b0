"""Published releases as files: which there are, and what of them is compared.

Belongs here: reading, with the standard library only, since a comparison should answer at once.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assets.common.spreadsheet import csv_text, typed
from assets.reports.difference.model import TABLES, ComparedRelease, Row
from assets.reports.difference.rows import Tables
from assets.reports.released import RELEASED_TABLES

if TYPE_CHECKING:
    import pandas as pd


def read_past(directory: Path) -> ComparedRelease:
    """Return a release from its folder. A table that it does not have is left out."""
    manifest = json.loads((directory / "manifest.json").read_text(encoding="utf-8"))
    paths = {table: directory / "data" / f"{table}.csv" for table in TABLES}
    return ComparedRelease(manifest, {table: _read(path) for table, path in paths.items() if path.exists()})


def as_released(manifest: Mapping[str, Any], tables: Mapping[str, pd.DataFrame]) -> ComparedRelease:
    """Return a release that has no folder yet, as it will be read from one."""
    texts = {name: csv_text(table.columns, table.itertuples(index=False, name=None)) for name, table in tables.items()}
    return ComparedRelease(manifest, {name: _rows(io.StringIO(text, newline="")) for name, text in texts.items()})


def read_tables(directory: Path, columns: Mapping[str, Sequence[str]]) -> Tables | None:
    """Return columns of released tables, and their keys, with the types that they were landed with.

    None if the release lacks a table or a column, as one of an earlier version may.
    """
    import pyarrow.parquet as pq  # which a comparison in which no number moved does not wait for

    tables = {}
    for name, asked in columns.items():
        path = directory / "data" / f"{name}.parquet"
        wanted = list(dict.fromkeys((*RELEASED_TABLES[name].key, *asked)))
        if not path.exists() or not set(wanted) <= set(pq.read_schema(path).names):
            return None
        tables[name] = pq.read_table(path, columns=wanted).to_pylist()
    return tables


def _read(path: Path) -> list[Row]:
    with path.open(newline="", encoding="utf-8") as file:
        return _rows(file)


def _rows(file: Iterable[str]) -> list[Row]:
    return [{name: typed(cell) for name, cell in row.items()} for row in csv.DictReader(file)]
