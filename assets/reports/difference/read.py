"""Published releases as files: which there are, and what of them is compared.

Belongs here: reading, with the standard library only, since a comparison should answer at once.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path

from assets.reports.difference.model import TABLES, ComparedRelease, Row


def read_past(directory: Path) -> ComparedRelease:
    """Return a release from its folder. A table that it does not have is left out."""
    manifest = json.loads((directory / "manifest.json").read_text(encoding="utf-8"))
    paths = {table: directory / "data" / f"{table}.csv" for table in TABLES}
    return ComparedRelease(manifest, {table: _read(path) for table, path in paths.items() if path.exists()})


def _read(path: Path) -> list[Row]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))
