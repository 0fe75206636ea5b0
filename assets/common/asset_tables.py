"""Tables as assets: how they are declared, landed, and what the UI shows beside a materialisation.

Belongs here: one form for the tables of all areas, and the shape of metadata, for SQL tables too.
Does not belong here: names of keys (`keys.py`), what may be shown of a table (`tables.py`: metadata is copied into the
event log).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import dagster as dg
import pandas as pd
import psycopg

from assets.common import keys
from assets.common.meanings import meanings_of
from assets.common.tables import TableStatistics, land, table_statistics

PREVIEW_COLUMNS = 12
PREVIEW_CHARACTERS = 40
"""Of a cell. Every run keeps a preview of each table that it made: all of them have some 200 kB."""
CONTENT = "content"
"""Metadata of a table: what `assets.common.tables.contents` said of it when it was made."""
MARKDOWN = frozenset("\\`*_[]<>|!~&")


def table_spec(
    key: dg.AssetKey, deps: Sequence[dg.AssetKey], description: str, kinds: Sequence[str] = ("python", "postgres")
) -> dg.AssetSpec:
    """Declare a table with the group and the owner of its layer."""
    layer = keys.layer_of(key)
    return dg.AssetSpec(
        key, deps=deps, description=description, group_name=layer, owners=[keys.OWNERS[layer]], kinds=set(kinds)
    )


def land_table(
    connection: psycopg.Connection,
    key: dg.AssetKey,
    columns: Mapping[str, str],
    frame: pd.DataFrame,
    **metadata: Any,
) -> dg.MaterializeResult[None]:
    """Replace the table of `key` by `frame` (see `land`) and tell what it holds, with `metadata` besides."""
    land(connection, key.path, columns, frame)
    meanings = meanings_of(".".join(key.path))
    held = sql_table_metadata(replace(table_statistics(connection, key.path), meanings=meanings))
    return dg.MaterializeResult(key, metadata={**held, **metadata})


def sql_table_metadata(statistics: TableStatistics) -> dict[str, Any]:
    """Return row count, column schema, rows per grade and a preview as Dagster's standard metadata keys."""
    metadata: dict[str, Any] = {
        "dagster/row_count": statistics.rows,
        "dagster/column_schema": dg.TableSchema(
            [dg.TableColumn(n, t, description=statistics.meanings.get(n)) for n, t in statistics.columns.items()]
        ),
    }
    if statistics.rows_per_grade:
        records = [dg.TableRecord({"grade": g, "rows": n}) for g, n in statistics.rows_per_grade.items()]
        schema = dg.TableSchema([dg.TableColumn("grade", "string"), dg.TableColumn("rows", "int")])
        metadata["rows_per_grade"] = dg.MetadataValue.table(records=records, schema=schema)
    if statistics.content is not None:
        metadata[CONTENT] = statistics.content
    metadata["preview"] = dg.MetadataValue.md(preview(statistics))
    return metadata


def preview(statistics: TableStatistics) -> str:
    """Return the first rows as a table in Markdown. Text of evidence is escaped."""
    if not statistics.first:
        return "*No row that can be shown: there is none, or all are based on what people said.*"
    names = list(statistics.columns)[:PREVIEW_COLUMNS]
    rows = [names, ["---"] * len(names), *(map(_cell, row[:PREVIEW_COLUMNS]) for row in statistics.first)]
    lines = [f"| {' | '.join(row)} |" for row in rows]
    left_out = len(statistics.columns) - len(names)
    more = f"\n\n*{left_out} more columns are not shown.*" if left_out else ""
    return "\n".join(lines) + more


def _cell(value: object) -> str:
    text = "" if value is None else ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    short = " ".join(text.split())
    short = short if len(short) <= PREVIEW_CHARACTERS else f"{short[: PREVIEW_CHARACTERS - 1]}…"
    # An entity is no syntax of Markdown: no text becomes a link, an image or a tag.
    return "".join(f"&#{ord(c)};" if c in MARKDOWN else c for c in short)
