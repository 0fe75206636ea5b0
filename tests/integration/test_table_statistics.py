"""What is told of a table beside its materialisation, on a real PostgreSQL."""

from __future__ import annotations

from typing import Any

import pytest
from psycopg import sql

from assets.common.asset_tables import sql_table_metadata
from assets.common.tables import FIRST_ROWS, table_statistics
from orchestration.warehouse.connection import connect

PRICE, FINDING = "pricing__compute_offers/a", "interviews__findings/b"
COLUMN = {
    "evidence_ids": sql.SQL("evidence_ids text[]"),
    "evidence_id": sql.SQL("evidence_id text"),
    "content_key": sql.SQL("content_key text"),
}


@pytest.mark.parametrize(
    ("column", "rows", "shown"),
    [
        (
            "evidence_ids",
            [
                ("price", [PRICE]),
                ("opinion", [PRICE, FINDING]),
                ("organisation", ["segments__organisations/c"]),
                ("segment", ["segments__segments/d"]),
                ("nothing", []),
                ("unknown", None),
            ],
            ["price", "segment"],
        ),
        ("evidence_id", [("price", PRICE), ("signal", "interviews__signals/b"), ("unknown", None)], ["price"]),
        ("content_key", [("scope", "secret")], []),
        ("evidence_id", [(f"row{n}", PRICE) for n in range(9)], [f"row{n}" for n in range(FIRST_ROWS)]),
    ],
    ids=["several sources", "one source", "no source", "many rows"],
)
def test_first_rows_are_based_on_nothing_that_people_said(
    warehouse_url: str, column: str, rows: list[tuple[str, Any]], shown: list[str]
) -> None:
    with connect(warehouse_url) as connection, connection.transaction(force_rollback=True):
        connection.execute(sql.SQL("create table model.looked_at (name text, {})").format(COLUMN[column]))
        connection.cursor().executemany("insert into model.looked_at values (%s, %s)", rows)
        found = table_statistics(connection, ("model", "looked_at"))
    assert [row[0] for row in found.first] == shown


def test_columns_say_what_their_comments_say(warehouse_url: str) -> None:
    with connect(warehouse_url) as connection, connection.transaction(force_rollback=True):
        connection.execute("create table model.looked_at (name text, price text)")
        connection.execute("comment on column model.looked_at.price is 'Before tax'")
        found = table_statistics(connection, ("model", "looked_at"))
    assert found.meanings == {"price": "Before tax"}
    (name, price) = sql_table_metadata(found)["dagster/column_schema"].columns
    assert (name.description, price.description) == (None, "Before tax")
