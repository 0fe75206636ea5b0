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
from assets.common.asset_tables import land_table
from assets.common.resources import Warehouse
from assets.common.tables import read_rows
from assets.evidence.index import INDEX_COLUMNS, Said, index_rows, said, stated_columns
from assets.evidence.tables import ALL_TABLES

TYPED = "select * from marts.evidence_index order by evidence_id"


@dg.asset(
    key=keys.EVIDENCE_INDEX,
    deps=[keys.mart_key("evidence_index"), *(keys.staging_key(t.key) for t in ALL_TABLES if stated_columns(t))],
    description="Every row of evidence with its value, unit and condition, and a link to its source",
    group_name=keys.MODEL,
    owners=[keys.OWNERS[keys.MODEL]],
    kinds={"python", "postgres"},
)
def indexed_evidence(warehouse: dg.ResourceParam[Warehouse]) -> Iterator[dg.MaterializeResult[None]]:
    """Say of each row what it says, as far as it is published."""
    with warehouse.connect("waku_fit_admin") as connection:
        rows = index_rows(read_rows(connection, TYPED), _statements(connection))
        frame = pd.DataFrame(rows, columns=list(INDEX_COLUMNS), dtype=object)
        yield land_table(connection, keys.EVIDENCE_INDEX, INDEX_COLUMNS, frame)


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
