"""Every row of evidence as the page of sources lists it, packed.

Belongs here: which columns, what is based on a row. Does not belong here: the list itself (`site.js`).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping

import pandas as pd

from assets.evidence.tables import TABLES_BY_KEY
from assets.reports.page.packed import pack

SHOWN = ("value", "unit", "condition", "source", "url", "note", "as_of", "grade", "line")
MARK = ("mark", "marked_by", "marked_on", "marked_in")


def all_rows(frames: Mapping[str, pd.DataFrame]) -> str:
    """Return columns and rows as packed JSON. Tables, files and uses that rows share are listed once."""
    used = _used_by(frames)
    tables: dict[str, int] = {}
    files: dict[str, int] = {}
    uses: dict[tuple[tuple[str, int], ...], int] = {}
    rows = []
    for row in frames["evidence_index"].to_dict("records"):
        by = tuple(sorted(used.get(row["evidence_id"], {}).items()))
        title = TABLES_BY_KEY[row["table_key"]].title if row["table_key"] in TABLES_BY_KEY else row["table_key"]
        rows.append(
            [
                row["evidence_id"],
                tables.setdefault(title, len(tables)),
                files.setdefault(row["file"], len(files)),
                uses.setdefault(by, len(uses)),
                *(None if pd.isna(row[name]) else row[name] for name in SHOWN),
                None if pd.isna(row["mark"]) else [str(row[name]) for name in MARK],
            ]
        )
    found = {
        "columns": ["id", "table", "file", "uses", *SHOWN, "mark"],
        "tables": list(tables),
        "places": list(files),
        "uses": [[list(use) for use in by] for by in uses],
        "rows": rows,
    }
    return pack(json.dumps(found, default=str, separators=(",", ":")))


def _used_by(frames: Mapping[str, pd.DataFrame]) -> dict[str, Counter[str]]:
    """Return by row of evidence in how many rows of which released tables it is used."""
    used: dict[str, Counter[str]] = {}
    for name, frame in frames.items():
        if name != "evidence_index" and "evidence_ids" in frame:
            for ids in frame["evidence_ids"]:
                for evidence_id in ids if ids is not None else ():
                    used.setdefault(evidence_id, Counter())[name] += 1
    return used
