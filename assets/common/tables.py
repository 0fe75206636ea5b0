"""How a frame becomes a table, and what a table holds.

Belongs here: bulk writes of typed frames, reading rows, cheap statistics for metadata, used by every area.
Does not belong here: evidence (it has line numbers and packs, see `assets/evidence/load_raw.py`), any arithmetic.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
import psycopg
from psycopg import sql
from psycopg.rows import dict_row

FIRST_ROWS = 5
ABOUT_PEOPLE = (
    "interviews__answers",
    "interviews__findings",
    "interviews__interviews",
    "interviews__sessions",
    "interviews__signals",
    "segments__organisations",
)
"""Tables of evidence that hold what people said, or who they are."""


@dataclass(frozen=True)
class TableStatistics:
    """What is worth knowing of a table at a glance: its rows, its columns, and rows per grade where it has grades."""

    rows: int
    columns: dict[str, str]
    rows_per_grade: dict[str, int]
    first: tuple[tuple[Any, ...], ...] = ()
    """Some rows, in the order of the columns, that are based on nothing that people said."""
    meanings: Mapping[str, str] = field(default_factory=dict)
    """What columns mean, as far as the database has it as their comments."""
    content: str | None = None
    """Of a table, what `contents` says of it; a view has none."""


def land(connection: psycopg.Connection, path: Sequence[str], columns: Mapping[str, str], frame: pd.DataFrame) -> int:
    """Replace the table at `path` (schema, name) by `frame` in one transaction and return its rows.

    `columns` maps each name to its PostgreSQL type.

    The frame has exactly these columns; NaN and None become NULL. Raises `ValueError` when the columns differ.
    """
    if list(frame.columns) != list(columns):
        raise ValueError(f"{'.'.join(path)}: frame has columns {list(frame.columns)}, declared are {list(columns)}")
    name = sql.Identifier(*path)
    definitions = sql.SQL(", ").join(sql.SQL("{} {}").format(sql.Identifier(c), sql.SQL(t)) for c, t in columns.items())
    rows = frame.astype(object).where(frame.notna(), None)
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute(sql.SQL("drop table if exists {}").format(name))
        cursor.execute(sql.SQL("create table {} ({})").format(name, definitions))
        with cursor.copy(sql.SQL("copy {} from stdin").format(name)) as copy:
            for row in rows.itertuples(index=False, name=None):
                copy.write_row(row)
    return len(rows)


def read_frame(
    connection: psycopg.Connection, query: sql.Composed | sql.SQL, parameters: Mapping[str, object] | None = None
) -> pd.DataFrame:
    """Return the result of `query` as a frame; NULL stays None, arrays become lists."""
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        names = [column.name for column in cursor.description or ()]
        # object: an integer column with a NULL would otherwise become float, and its 10 print as 10.0
        return pd.DataFrame(cursor.fetchall(), columns=names, dtype=object)


def read_rows(connection: psycopg.Connection[Any], query: Any, *parameters: object) -> list[dict[str, Any]]:
    """Return the rows of `query` by name of column; arrays become lists, which can be landed again."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(query, parameters or None).fetchall()


def read_frozen_rows(connection: psycopg.Connection[Any], query: Any) -> list[dict[str, Any]]:
    """Return the rows of `query` by name of column; arrays become tuples, for types that are frozen."""
    rows = read_rows(connection, query)
    return [{name: tuple(value) if isinstance(value, list) else value for name, value in row.items()} for row in rows]


def read_table(connection: psycopg.Connection, schema: str, table: str) -> pd.DataFrame:
    """Return all of `schema.table`."""
    return read_frame(connection, sql.SQL("select * from {}").format(sql.Identifier(schema, table)))


def table_statistics(connection: psycopg.Connection, path: Sequence[str]) -> TableStatistics:
    """Count rows, and rows per grade, of the table or view at `path` (schema, name), and look at the first ones.

    What is looked at is copied to where no withdrawn consent reaches: a row that is based on what people said, or that
    does not say what it is based on, is not.
    """
    with connection.cursor() as cursor:
        name = sql.Identifier(*path)
        # `information_schema.columns` is a join of nine tables: four times as long, once for each of 200 tables
        cursor.execute(
            "select attname, format_type(atttypid, null), col_description(attrelid, attnum), relkind = 'r'"
            " from pg_attribute join pg_class on pg_class.oid = attrelid"
            " where attrelid = to_regclass(%s) and attnum > 0 and not attisdropped order by attnum",
            [name.as_string(connection)],
        )
        found = cursor.fetchall()
        columns: dict[str, str] = {column: kind for column, kind, _, _ in found}
        meanings: dict[str, str] = {column: meaning for column, _, meaning, _ in found if meaning}
        content = _content(connection, name) if any(is_table for *_, is_table in found) else None
        if "grade" not in columns:
            cursor.execute(sql.SQL("select count(*) from {}").format(name))
            (rows,) = cursor.fetchone() or (0,)
            return TableStatistics(rows, columns, {}, _first_rows(connection, name, columns), meanings, content)
        cursor.execute(sql.SQL("select grade, count(*) from {} group by 1 order by 1").format(name))
        per_grade: dict[str, int] = dict(cursor.fetchall())
    first = _first_rows(connection, name, columns)
    return TableStatistics(sum(per_grade.values()), columns, per_grade, first, meanings, content)


def contents(connection: psycopg.Connection[Any], schemas: Sequence[str]) -> dict[str, str]:
    """Return for each table of the schemas (schema.name) how many rows it has and the sum of their hashes.

    Whatever their order, and the same in any database that has the same rows.
    """
    tables = connection.execute(
        "select n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace"
        " where n.nspname = any(%s) and c.relkind = 'r' order by 1, 2",
        [list(schemas)],
    ).fetchall()
    return {f"{schema}.{name}": _content(connection, sql.Identifier(schema, name)) for schema, name in tables}


def _content(connection: psycopg.Connection[Any], table: sql.Identifier) -> str:
    query = sql.SQL("select format('%s rows, %s', count(*), sum(hashtextextended(t::text, 0)::numeric)) from {} t")
    row = connection.execute(query.format(table)).fetchone()
    return str(row[0]) if row else ""


def _first_rows(
    connection: psycopg.Connection, table: sql.Identifier, columns: Mapping[str, str]
) -> tuple[tuple[Any, ...], ...]:
    based_on = {"evidence_ids": sql.Identifier("evidence_ids"), "evidence_id": sql.SQL("array[evidence_id]")}
    ids = next((found for column, found in based_on.items() if column in columns), None)
    if ids is None:
        return ()
    query = sql.SQL(
        "select * from {table} where cardinality({ids}) > 0 and not exists"
        " (select from unnest({ids}) as id where split_part(id, '/', 1) = any(%s) or id is null) limit %s"
    ).format(table=table, ids=ids)
    return tuple(connection.execute(query, (list(ABOUT_PEOPLE), FIRST_ROWS)).fetchall())
