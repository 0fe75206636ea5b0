"""The index of all evidence that readers get, as a table of the graph.

Belongs here: reading staging, where consent and as-of date are applied, and landing the frame.
Does not belong here: what a row says (`index.py`).
"""

from collections.abc import Iterator
from typing import Any

import dagster as dg
import pandas as pd
import psycopg
from psycopg import sql

from assets.common import keys
from assets.common.asset_tables import land_table, table_spec
from assets.common.resources import Warehouse
from assets.common.tables import read_rows
from assets.evidence.index import INDEX_COLUMNS, Said, index_rows, said, stated_columns
from assets.evidence.marks import MARKS, REVIEW_COLUMNS, marks_that_count, review_rows
from assets.evidence.tables import ALL_TABLES

TYPED = "select * from marts.evidence_index order by evidence_id"


MARKED = sql.SQL("select evidence_id, marked_row, mark, role, as_of from {}").format(
    sql.Identifier(*keys.staging_key(MARKS).path)
)
READ = [keys.mart_key("evidence_index"), *(keys.staging_key(t.key) for t in ALL_TABLES if stated_columns(t))]


@dg.multi_asset(
    name="index_evidence",
    specs=[
        table_spec(
            keys.EVIDENCE_INDEX,
            READ,
            "Every row of evidence with its value, unit and condition, a link to its source, and what a reader marked",
        ),
        table_spec(keys.EVIDENCE_REVIEWS, READ, "How many rows of each table of evidence readers marked, and how"),
    ],
)
def indexed_evidence(warehouse: dg.ResourceParam[Warehouse]) -> Iterator[dg.MaterializeResult[None]]:
    """Say of each row what it says, as far as it is published."""
    with warehouse.connect("waku_fit_admin") as connection:
        typed = read_rows(connection, TYPED)
        marked = marks_that_count(read_rows(connection, MARKED), {row["evidence_id"]: row["as_of"] for row in typed})
        tables = {row["evidence_id"]: row["table_key"] for row in typed}
        for key, columns, rows in (
            (keys.EVIDENCE_INDEX, INDEX_COLUMNS, index_rows(typed, _statements(connection), marked)),
            (keys.EVIDENCE_REVIEWS, REVIEW_COLUMNS, review_rows(tables, marked)),
        ):
            yield land_table(connection, key, columns, pd.DataFrame(rows, columns=list(columns), dtype=object))


def _statements(connection: psycopg.Connection[Any]) -> dict[str, Said]:
    """Return what each row says, by evidence id."""
    found: dict[str, Said] = {}
    for table in ALL_TABLES:
        if not (columns := stated_columns(table)):
            continue
        query = sql.SQL("select evidence_id, {} from {}").format(
            sql.SQL(", ").join(map(sql.Identifier, columns)), sql.Identifier(keys.STAGING, f"stg_{table.key}")
        )
        found |= {row["evidence_id"]: said(table, row) for row in read_rows(connection, query)}
    return found
