"""How a release is written and becomes the one that readers see.

Belongs here: rows of `release.*`, the folder of a release, the pointer and the link.
Does not belong here: what is in its files (`files.py`).

The order makes a kill harmless at any point: rows and files of a new release are complete before the pointer moves, the
pointer moves in one transaction, and the link follows by one rename; `align_link` repeats that rename if a kill fell
between.
"""

from __future__ import annotations

import os
import platform
import shutil
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import TypeAlias

import pandas as pd
import psycopg
import pyarrow as pa
from psycopg import sql
from psycopg.types.json import Jsonb

from assets.common.tables import read_frame
from assets.reports.lines import TEAM
from assets.reports.model import Manifest
from assets.reports.released import RELEASED
from assets.reports.sums import with_sums


class LinkError(Exception):
    """Something else is where the link to the newest release of a line belongs."""


TABLES = {name: schema for schema, names in RELEASED.items() for name in names}

OF_RELEASES = ("release_id", "row_order")
"""The first columns of each table of the schema: of which release a row is, and where in it."""

Files: TypeAlias = Mapping[str, bytes]
"""Files of a release by their paths in it."""

ARROW_TYPES = {
    "bigint": pa.int64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "double precision": pa.float64(),
    "integer": pa.int64(),
    "numeric": pa.float64(),
    "text": pa.string(),
    "timestamp with time zone": pa.timestamp("us", "UTC"),
}
"""By the types of PostgreSQL that released tables have. A table with another one has to be given one here."""

LEDGER = """
create table if not exists release.releases (
    release_id text primary key, created_at timestamptz not null, run_id text not null, manifest jsonb not null
);
-- what was last looked for in it and taken out (withdrawal_rows.py)
alter table release.releases add column if not exists free_of text;
-- whether rows of it were deleted that still lie on disk
alter table release.releases add column if not exists has_dead_rows boolean not null default false;
-- by pack a hash of where its folder lay: two packs of one name are not one
alter table release.releases add column if not exists folders jsonb;
-- false until readers see it: a run that is killed before leaves rows that no release has
alter table release.releases add column if not exists is_published boolean not null default true;
create table if not exists release.current (release_id text not null references release.releases);
-- before there were lines it had one row, that of the team
alter table release.current drop column if exists singleton;
alter table release.current add column if not exists line text not null default 'latest';
create unique index if not exists current_line on release.current (line);
"""


def write_rows(connection: psycopg.Connection, manifest: Manifest, folders: Mapping[str, str]) -> Manifest:
    """Copy every released table under `manifest.release_id`, in one transaction; return the manifest with row counts.

    `folders` tells by pack where it was read, as `require_same_folders` compares it.
    A table of an earlier version gets the columns of this one; older releases have NULL in new ones.
    """
    counts: dict[str, int] = {}
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute("set transaction isolation level repeatable read")
        cursor.execute(LEDGER)
        for name, schema in TABLES.items():
            counts[name] = _copy_table(cursor, schema, name, manifest.release_id)
        counted = replace(manifest, rows=counts)
        cursor.execute(
            "insert into release.releases (release_id, created_at, run_id, manifest, folders, is_published)"
            " values (%s, %s, %s, %s, %s, false)",
            (counted.release_id, counted.created_at, counted.run_id, Jsonb(counted.as_json()), Jsonb(dict(folders))),
        )
    return counted


def _copy_table(cursor: psycopg.Cursor, schema: str, name: str, release_id: str) -> int:
    source, target = sql.Identifier(schema, name), sql.Identifier("release", name)
    columns = _columns(cursor, source)
    held = _columns(cursor, target)
    if held and list(held) != [*OF_RELEASES, *columns]:
        _rebuild(cursor, target, held, columns)
    elif not held:
        _create(cursor, target, columns)
    cursor.execute(
        sql.SQL("create index if not exists {} on {} (release_id)").format(sql.Identifier(f"{name}_release"), target)
    )
    if "table_key" in columns:
        # Each run looks in all releases for conversations, some dozens of ten thousand rows in each of them.
        cursor.execute(
            sql.SQL("create index if not exists {} on {} (table_key, release_id)").format(
                sql.Identifier(f"{name}_table"), target
            )
        )
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    cursor.execute(
        sql.SQL("insert into {} (release_id, {}) select %s, {} from {}").format(target, names, names, source),
        (release_id,),
    )
    return cursor.rowcount


def _columns(cursor: psycopg.Cursor, table: sql.Identifier) -> dict[str, str]:
    """Return the columns of a table with their types, in its order; nothing where there is no table."""
    cursor.execute(
        "select attname, format_type(atttypid, atttypmod) from pg_attribute"
        " where attrelid = to_regclass(%s) and attnum > 0 and not attisdropped order by attnum",
        (table.as_string(None),),
    )
    return dict(cursor.fetchall())


def _create(cursor: psycopg.Cursor, table: sql.Identifier, columns: Mapping[str, str]) -> None:
    # PostgreSQL puts a row where there is room, and an updated one elsewhere: the order has to be written down.
    defined = [
        sql.SQL("release_id text not null, row_order bigint generated always as identity"),
        *(sql.SQL("{} {}").format(sql.Identifier(column), sql.SQL(kind)) for column, kind in columns.items()),
    ]
    cursor.execute(sql.SQL("create table {} ({})").format(table, sql.SQL(", ").join(defined)))


def _rebuild(
    cursor: psycopg.Cursor, table: sql.Identifier, held: Mapping[str, str], columns: Mapping[str, str]
) -> None:
    """Give a table of an earlier version the columns of this one, in their order; what is no column any more goes.

    Earlier releases have NULL in a new column. Their files stay as they are.
    """
    old = sql.Identifier("release", "of_an_earlier_version")
    cursor.execute(sql.SQL("alter table {} rename to of_an_earlier_version").format(table))
    _create(cursor, table, columns)
    kept = {column: kind for column, kind in columns.items() if column in held}
    order = ["row_order"] if "row_order" in held else []
    names = sql.SQL(", ").join(map(sql.Identifier, ["release_id", *order, *kept]))
    cast = [sql.SQL("{}::{}").format(sql.Identifier(column), sql.SQL(kind)) for column, kind in kept.items()]
    values: list[sql.Composable] = [*map(sql.Identifier, ["release_id", *order]), *cast]
    cursor.execute(
        sql.SQL("insert into {} ({}) overriding system value select {} from {}").format(
            table, names, sql.SQL(", ").join(values), old
        )
    )
    cursor.execute(
        sql.SQL("select setval(pg_get_serial_sequence({}, 'row_order'), max(row_order)) from {}").format(
            sql.Literal(table.as_string(None)), table
        )
    )
    cursor.execute(sql.SQL("drop table {}").format(old))


def previous_release(connection: psycopg.Connection, manifest: Manifest, releases_dir: Path) -> str | None:
    """Return the newest release of the same line; None without one. One without files is none.

    One of before there were lines is of this line if its packs and its as-of day are the same.
    """
    if connection.execute("select to_regclass('release.releases')").fetchone() == (None,):
        return None
    plain = manifest.as_json()
    rows = connection.execute(
        "select release_id from release.releases"
        " where coalesce(manifest ->> 'line' = %s, manifest -> 'packs' = %s and manifest -> 'as_of' = %s)"
        " order by created_at desc, release_id desc",
        (manifest.line, Jsonb(plain["packs"]), Jsonb(plain["as_of"])),
    ).fetchall()
    return next((release_id for (release_id,) in rows if (releases_dir / release_id).is_dir()), None)


def read_manifest(connection: psycopg.Connection, release_id: str) -> Manifest | None:
    """Return the manifest of a release, None if this database does not have it."""
    row = connection.execute("select manifest from release.releases where release_id = %s", (release_id,)).fetchone()
    return Manifest.from_jsonb(row[0]) if row else None


def read_release(
    connection: psycopg.Connection, release_id: str, names: Iterable[str] | None = None
) -> dict[str, pd.DataFrame]:
    """Return the released tables, all or those with these names, in the order of their source.

    They have no columns `release_id` and `row_order`. Each frame carries the types of its columns as `attrs["types"]`,
    an Arrow schema: those of the table, whatever is in it, so that files of two releases can be read together.
    """
    frames = {}
    for name in TABLES if names is None else names:
        table = sql.Identifier("release", name)
        query = sql.SQL("select * from {} where release_id = %(id)s order by row_order").format(table)
        frame = read_frame(connection, query, {"id": release_id}).drop(columns=["release_id", "row_order"])
        types = _arrow_types(connection, table)
        frame.attrs["types"] = pa.schema([(str(column), types[column]) for column in frame.columns])
        frames[name] = frame
    return frames


def _arrow_types(connection: psycopg.Connection, table: sql.Identifier) -> dict[str, pa.DataType]:
    """Return the Arrow type of each column of a table of PostgreSQL."""
    columns = connection.execute(
        "select attname, atttypid::regtype::text from pg_attribute"
        " where attrelid = to_regclass(%s) and attnum > 0 and not attisdropped",
        (table.as_string(None),),
    ).fetchall()
    return {
        name: pa.list_(ARROW_TYPES[kind[:-2]]) if kind.endswith("[]") else ARROW_TYPES[kind] for name, kind in columns
    }


def write_files(directory: Path, files: Files) -> None:
    """Write `files` (path to content) and their sums as `directory`: complete or not at all."""
    partial = directory.parent / f".partial-{directory.name}"
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    for name, content in with_sums(files).items():
        (partial / name).parent.mkdir(parents=True, exist_ok=True)
        (partial / name).write_bytes(content)
    with ThreadPoolExecutor() as pool:  # a disk takes many such requests at once in the time of one
        list(pool.map(_to_disk, partial.rglob("*")))
    os.replace(partial, directory)
    _to_disk(directory.parent)


def _to_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def publish(connection: psycopg.Connection, release_id: str, directory: Path, link: Path) -> None:
    """Make `release_id` the current one of the line that `link` is called by: for readers of tables, then of files.

    The new link is there before the pointer moves: where it cannot be made, nothing moves.
    """
    fresh = _fresh_link(link, directory)
    with connection.transaction():
        connection.execute(
            "insert into release.current (line, release_id) values (%s, %s)"
            " on conflict (line) do update set release_id = excluded.release_id",
            (link.name, release_id),
        )
        connection.execute("update release.releases set is_published = true where release_id = %s", (release_id,))
    os.replace(fresh, link)


def align_link(connection: psycopg.Connection, releases_dir: Path, link: Path) -> None:
    """Let the link follow the pointer of its line to a later release, and remove what a killed run left half-written.

    A pointer to an earlier one is of another database: the release that readers see was published since.

    Raises `LinkError` where something else is in the link's place: before anything is published, which would be seen in
    tables and not in files.
    """
    if link.exists() and not link.is_symlink():
        raise LinkError(f"{link} is not a link made by waku-fit; move it away and run again")
    for partial in releases_dir.glob(".partial-*"):
        shutil.rmtree(partial)
    for remains in link.parent.glob(f".{link.name}-*"):
        remains.unlink()
    if connection.execute("select to_regclass('release.current')").fetchone() == (None,):
        return
    _remove_unpublished(connection, releases_dir)
    current = current_release(connection, link.name)
    if current and (releases_dir / current).is_dir() and (not link.exists() or Path(os.readlink(link)).name < current):
        os.replace(_fresh_link(link, releases_dir / current), link)


def _remove_unpublished(connection: psycopg.Connection, releases_dir: Path) -> None:
    """Remove rows and files of releases whose run was killed, or failed, before readers saw them."""
    # as JSON: an earlier version had no such column
    query = (
        "select release_id from release.releases where to_jsonb(releases) ->> 'is_published' = 'false'"
        " and release_id not in (select release_id from release.current)"
    )
    unpublished = [release_id for (release_id,) in connection.execute(query).fetchall()]
    if not unpublished:
        return
    for release_id in unpublished:
        shutil.rmtree(releases_dir / release_id, ignore_errors=True)
    with connection.transaction():
        for name in _tables_of_releases(connection):
            delete = sql.SQL("delete from {} where release_id = any(%s)").format(sql.Identifier("release", name))
            connection.execute(delete, (unpublished,))
        connection.execute("delete from release.releases where release_id = any(%s)", (unpublished,))


def _tables_of_releases(connection: psycopg.Connection) -> list[str]:
    """Return the tables of the schema that hold rows of releases."""
    query = (
        "select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'release_id'"
        " where c.relnamespace = to_regnamespace('release') and c.relkind = 'r'"
        " and c.relname not in ('current', 'releases')"
    )
    return [name for (name,) in connection.execute(query).fetchall()]


def current_release(connection: psycopg.Connection, line: str) -> str | None:
    """Return the newest release of a line by its pointer in this database."""
    if connection.execute("select to_regclass('release.current')").fetchone() == (None,):
        return None
    # as JSON: before there were lines it had no such column
    row = connection.execute(
        "select release_id from release.current where coalesce(to_jsonb(current) ->> 'line', %s) = %s", (TEAM, line)
    ).fetchone()
    return str(row[0]) if row else None


def published_lines(connection: psycopg.Connection) -> list[str]:
    """Return the lines that have a pointer in this database."""
    if connection.execute("select to_regclass('release.current')").fetchone() == (None,):
        return []
    query = "select coalesce(to_jsonb(current) ->> 'line', %s) from release.current order by 1"
    return [line for (line,) in connection.execute(query, (TEAM,)).fetchall()]


def _fresh_link(link: Path, directory: Path) -> Path:
    """Make a link to `directory` that is to be renamed to `link`, and return it."""
    link.parent.mkdir(parents=True, exist_ok=True)
    fresh = link.with_name(f".{link.name}-{os.getpid()}")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(os.path.relpath(directory, link.parent))
    return fresh


def tool_versions(connection: psycopg.Connection) -> dict[str, str]:
    """Return the versions that a number may depend on."""
    row = connection.execute("show server_version").fetchone()
    tools = ("dagster", "dbt-core", "dbt-postgres", "great-expectations", "pandas")
    return {
        "python": platform.python_version(),
        "postgresql": row[0] if row else "",
        **{tool: version(tool) for tool in tools},
    }
