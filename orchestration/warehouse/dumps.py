"""The warehouse as a file, written and read by PostgreSQL's own programs.

Belongs here: `pg_dump`, `pg_restore`, and telling whether two databases hold the same rows.
Does not belong here: which files go with the warehouse into a backup (`orchestration.commands.backup`).
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import psycopg
from psycopg import sql

from assets.common.tables import contents
from orchestration.warehouse.connection import address_in_environment, check_url, connect, redact
from orchestration.warehouse.errors import WarehouseError
from orchestration.warehouse.layout import wheel_binaries
from orchestration.warehouse.roles import ADMIN, SCHEMAS, bootstrap

ORIGIN = "release.origin"
"""The table that `warehouse_id` reads: the name of the database that the tables were made in."""

MADE_BY_BOOTSTRAP = (" SCHEMA ", " DEFAULT ACL ", " ACL - SCHEMA ", " COMMENT - SCHEMA ")
"""Entries of a dump that belong to the owner of its database, who may not exist where it is restored."""


def dump(url: str, file: Path) -> None:
    """Write the schemas of the warehouse to `file`, in PostgreSQL's custom format. Raises `WarehouseError`."""
    _call("pg_dump", url, "--format=custom", *(f"--schema={schema}" for schema in SCHEMAS), f"--file={file}")


def restore(url: str, file: Path, warehouse: str) -> None:
    """Fill the empty warehouse at `url` from `file`, whole or not at all, and let it go by the name `warehouse`.

    Raises `WarehouseError`.
    """
    with connect(url, autocommit=True) as connection:
        bootstrap(connection)
    entries = _call("pg_restore", None, "--list", str(file)).splitlines(keepends=True)
    wanted = file.with_suffix(".list")
    wanted.write_text("".join(entry for entry in entries if not any(kind in entry for kind in MADE_BY_BOOTSTRAP)))
    _call(
        "pg_restore", url, "--single-transaction", "--exit-on-error", f"--use-list={wanted}", f"--dbname={_name(url)}",
        str(file),
    )  # fmt: skip
    table = sql.Identifier(*ORIGIN.split("."))
    with connect(url, ADMIN) as connection:
        connection.execute(sql.SQL("create table if not exists {} (warehouse text not null)").format(table))
        connection.execute(sql.SQL("delete from {}").format(table))
        connection.execute(sql.SQL("insert into {} values (%s)").format(table), [warehouse])


def warehouse_contents(connection: psycopg.Connection) -> dict[str, str]:
    """Return the `contents` of all tables of the warehouse, but of the one that a restore makes."""
    return {name: content for name, content in contents(connection, SCHEMAS).items() if name != ORIGIN}


def _call(program: str, url: str | None, *arguments: str) -> str:
    """Call a program of PostgreSQL and return what it prints. The address goes by the environment, which only its
    account sees."""
    address = {} if url is None else address_in_environment(url)
    called = subprocess.run(
        [str(wheel_binaries() / program), *arguments],
        env=os.environ | address, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if called.returncode != 0:
        where = "" if url is None else f" for {redact(url)}"
        raise WarehouseError(f"{program} failed{where}: {called.stderr.strip()}")
    return called.stdout


def _name(url: str) -> str:
    return str(check_url(url)["dbname"])
