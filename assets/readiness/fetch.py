"""What the readiness rules know, read from the marts and the cost model.

Belongs here: SQL. Writes nothing. Does not belong here: which tables, columns and rows count (`selection.py`), counting
(`measures.py`), rules (`model.py`).
"""

from __future__ import annotations

from typing import Any, Final

import psycopg
from psycopg import sql

from assets.common.tables import read_frozen_rows
from assets.readiness.inputs import ReadinessInputs
from assets.readiness.selection import TABLES, inputs_from

READ: Final = sorted((table.schema, name) for name, table in TABLES.items())
"""Schema and name of each table that is read."""


def read_inputs(connection: psycopg.Connection[Any]) -> ReadinessInputs:
    """Read everything that requirements are measured from."""
    return inputs_from(
        {
            name: read_frozen_rows(
                connection,
                sql.SQL("select {} from {}").format(
                    sql.SQL(", ").join(map(sql.Identifier, table.columns)), sql.Identifier(table.schema, name)
                ),
            )
            for name, table in TABLES.items()
        }
    )
