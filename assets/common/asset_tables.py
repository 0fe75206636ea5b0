"""Tables as assets: how they are declared, landed, and what the UI shows beside a materialisation.

Belongs here: one form for the tables of all areas, and the shape of metadata, for SQL tables too.
Does not belong here: names of keys (`keys.py`), rows of evidence (metadata is copied into the event log).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import dagster as dg
import pandas as pd
import psycopg

from assets.common import keys
from assets.common.tables import TableStatistics, land, table_statistics


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
    held = sql_table_metadata(table_statistics(connection, key.path))
    return dg.MaterializeResult(key, metadata={**held, **metadata})


def sql_table_metadata(statistics: TableStatistics) -> dict[str, Any]:
    """Return row count, column schema and rows per grade as Dagster's standard metadata keys."""
    metadata: dict[str, Any] = {
        "dagster/row_count": statistics.rows,
        "dagster/column_schema": dg.TableSchema([dg.TableColumn(n, t) for n, t in statistics.columns.items()]),
    }
    if statistics.rows_per_grade:
        records = [dg.TableRecord({"grade": g, "rows": n}) for g, n in statistics.rows_per_grade.items()]
        schema = dg.TableSchema([dg.TableColumn("grade", "string"), dg.TableColumn("rows", "int")])
        metadata["rows_per_grade"] = dg.MetadataValue.table(records=records, schema=schema)
    return metadata
