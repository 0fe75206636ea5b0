"""Evidence becomes the tables of schema `raw`.

Belongs here: COPY into PostgreSQL. Does not belong here: reading and checking files (`read_packs.py`, `rows.py`).
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

from assets.evidence.model import PROVENANCE, PROVENANCE_COMMENTS, SCOPE, SCOPE_COMMENTS
from assets.evidence.read_packs import Evidence, Scope, values_of


class AnotherDateError(ValueError):
    """Some tables were to be loaded for another date than all the others are read at."""


def load_raw(
    connection: psycopg.Connection, evidence: Evidence, table_keys: Iterable[str], scope: Scope, *, move_date: bool
) -> dict[str, int]:
    """Replace the tables `raw.<key>` of `table_keys`, and `raw.evidence_scope`, in one transaction.

    Returns the number of rows of each table. Tables keep their views unless their columns have changed: then views
    on them are dropped, and dbt builds them again. Raises `ValueError` if there is a mistake anywhere, and
    `AnotherDateError` if the date in the database is another one and `move_date` is false: every staging view reads
    it, those of tables that are not loaded too.
    """
    if evidence.problems:
        raise ValueError("evidence with mistakes is not loaded: " + str(evidence.problems[0]))
    counts = {}
    with connection.transaction(), connection.cursor() as cursor:
        present = _present_tables(cursor)
        if "evidence_scope" in present and not move_date:
            _require_date(cursor, scope)
        for key in table_keys:
            table, records = evidence.tables[key], evidence.records[key]
            comments = {name: info.description or "" for name, info in table.model.model_fields.items()}
            wanted = _RawTable({**table.columns(), **PROVENANCE}, {**comments, **PROVENANCE_COMMENTS, "": table.title})
            _replace(cursor, key, wanted, present.get(key), (values_of(key, record) for record in records))
            counts[key] = len(records)
        known = present.get("evidence_scope")
        values = [scope.as_of, list(scope.packs), _content_key(cursor, known)]
        _replace(cursor, "evidence_scope", _RawTable(SCOPE, SCOPE_COMMENTS), known, [values])
    return counts


def _require_date(cursor: psycopg.Cursor, scope: Scope) -> None:
    (stored,) = cursor.execute("select as_of from raw.evidence_scope").fetchone() or (None,)
    if stored != scope.as_of:
        raise AnotherDateError(
            f"the tables in the database are read as of {stored or 'today'}, and this run asks for"
            f" {scope.as_of or 'today'}: select raw/evidence_scope and all that follows as well, or start the whole job"
        )


@dataclass(frozen=True)
class _RawTable:
    """Types of the columns, and comments on them; the comment on '' is the one on the table."""

    columns: dict[str, str]
    comments: dict[str, str]


def _content_key(cursor: psycopg.Cursor, scope: _RawTable | None) -> str:
    """Return the secret of this warehouse; the first load makes it.

    It stays where what people said is, and lives as long as the releases whose hashes are compared with each other.
    """
    if scope and "content_key" in scope.columns:
        row = cursor.execute("select content_key from raw.evidence_scope").fetchone()
        if row:
            return str(row[0])
    return secrets.token_hex(32)


def _present_tables(cursor: psycopg.Cursor) -> dict[str, _RawTable]:
    """Return the tables of schema `raw`, which is created if it is not there."""
    # CREATE SCHEMA IF NOT EXISTS asks for the right to create one even where it is there
    if not cursor.execute("select 1 from pg_namespace where nspname = 'raw'").fetchone():
        cursor.execute("create schema raw")
    cursor.execute("""
        select c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
            coalesce(col_description(c.oid, a.attnum), ''), coalesce(obj_description(c.oid, 'pg_class'), '')
        from pg_class as c
        inner join pg_attribute as a on c.oid = a.attrelid and a.attnum > 0 and not a.attisdropped
        where c.relnamespace = 'raw'::regnamespace and c.relkind = 'r'
        order by c.relname, a.attnum
    """)
    present: dict[str, _RawTable] = {}
    for name, column, kind, comment, table_comment in cursor:
        table = present.setdefault(name, _RawTable({}, {"": table_comment}))
        table.columns[column] = kind
        table.comments[column] = comment
    return present


def _replace(
    cursor: psycopg.Cursor, key: str, wanted: _RawTable, present: _RawTable | None, rows: Iterable[Sequence[Any]]
) -> None:
    """Give `raw.<key>` the wanted columns, comments and rows."""
    name = sql.Identifier("raw", key)
    if present is None or list(present.columns.items()) != list(wanted.columns.items()):
        definitions = sql.SQL(", ").join(
            sql.SQL("{} {}").format(sql.Identifier(column), sql.SQL(kind)) for column, kind in wanted.columns.items()
        )
        cursor.execute(sql.SQL("drop table if exists {} cascade").format(name))
        cursor.execute(sql.SQL("create table {} ({})").format(name, definitions))
        if "evidence_id" in wanted.columns:
            cursor.execute(sql.SQL("alter table {} add primary key (evidence_id)").format(name))
        present = _RawTable(wanted.columns, {})
    else:
        cursor.execute(sql.SQL("truncate {}").format(name))
    for column, comment in wanted.comments.items():
        if present.comments.get(column, "") != comment:
            kind, target = ("column", sql.Identifier("raw", key, column)) if column else ("table", name)
            cursor.execute(sql.SQL("comment on {} {} is {}").format(sql.SQL(kind), target, sql.Literal(comment)))
    columns = sql.SQL(", ").join(map(sql.Identifier, wanted.columns))
    with cursor.copy(sql.SQL("copy {} ({}) from stdin").format(name, columns)) as copy:
        for row in rows:
            copy.write_row(row)
