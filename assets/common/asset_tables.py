"""What the UI shows beside a materialisation, in one form for Python and SQL tables.

Belongs here: the shape of metadata. Does not belong here: rows of evidence (metadata is copied into the event log).
"""

from __future__ import annotations

from typing import Any

import dagster as dg

from assets.common.tables import TableStatistics


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
