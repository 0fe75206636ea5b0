"""`waku-fit backup` and `waku-fit restore`: all local state as one file, and back.

Belongs here: which files belong to the state, the form of a backup, in which order things are put back.
Does not belong here: how a database becomes a file (`orchestration.warehouse.dumps`).

A backup is a gzipped tar: `warehouse.dump`, the files of the state folder under `state/`, and at the end `backup.json`,
which has the SHA-256 of each of them and the contents of each table. It gets its name after it was read back and
restored.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import chain
from pathlib import Path

import click
import psycopg

from assets.reports.lines import TEAM
from assets.reports.release.publish import LinkError, align_link, published_lines
from orchestration.errors import UserError
from orchestration.settings import Settings
from orchestration.staleness.fingerprints import published
from orchestration.warehouse import dumps
from orchestration.warehouse.connection import (
    WarehouseError,
    bootstrap,
    connect,
    open_warehouse,
    run_lock,
    warehouse_id,
)
from orchestration.warehouse.server import remove_server

DUMP = "warehouse.dump"
STATE = "state"
ABOUT = "backup.json"

MADE_AGAIN = {"postgres", "dbt", "logs", "running"}
"""Folders of the state that are not in a backup: the server, which is dumped, and what each run makes again."""


@dataclass(frozen=True)
class Backup:
    """What `backup.json` says. `files` has SHA-256 by path, `tables` what `dumps.warehouse_contents` says."""

    created_at: str
    software: str
    postgresql: int
    warehouse: str
    tables: dict[str, str]
    files: dict[str, str]


def back_up(settings: Settings, file: Path) -> int:
    """Write all local state to `file`, which must not exist yet. Raises `UserError`."""
    if file.exists():
        raise UserError(f"{file} exists already; nothing is overwritten: give another name")
    releases = published(settings)
    if not releases:
        raise UserError("there is no release yet, so there is nothing to back up; `waku-fit run` makes one")
    partial = file.with_name(f".{file.name}-{os.getpid()}")
    with _explained(), tempfile.TemporaryDirectory(prefix="waku-fit-backup-") as temporary:
        try:
            _write(settings, partial, Path(temporary))
            _prove(partial, Path(temporary))
            partial.replace(file)
        finally:
            partial.unlink(missing_ok=True)
    click.echo(
        f"{len(releases)} releases, the database, the run history and the log of decisions are in {file} "
        f"({file.stat().st_size / 1e6:.0f} MB). It was read back and restored into an empty server: nothing differs."
    )
    click.echo(
        "It holds what people said, whatever they agreed to: keep it as you keep the packs, which are not in it."
    )
    return 0


def restore(settings: Settings, file: Path) -> int:
    """Put back what `file` holds into a state folder and a database that hold nothing yet. Raises `UserError`."""
    settings.state_dir.mkdir(parents=True, exist_ok=True)
    with _explained(), tempfile.TemporaryDirectory(prefix=".restoring-", dir=settings.state_dir) as temporary:
        about = _read(file, Path(temporary))
        state = Path(temporary) / STATE
        entries = sorted(path.name for path in state.iterdir())
        if used := [name for name in entries if (settings.state_dir / name).exists()]:
            raise UserError(
                f"{settings.state_dir} has {', '.join(used)} already; nothing is overwritten: move that folder away, "
                "or set WAKU_FIT_STATE_DIR to a new one"
            )
        with open_warehouse(settings.database_url, settings.state_dir) as database, run_lock(database.url):
            _fill(database.url, Path(temporary) / DUMP, about)
            for name in entries:
                (state / name).rename(settings.state_dir / name)
            with connect(database.url, autocommit=True) as connection:
                for line in published_lines(connection):
                    align_link(connection, settings.releases_dir, settings.link(line))
    releases = published(settings, TEAM) or published(settings)
    click.echo(
        f"Restored what was backed up at {about.created_at}; the latest release is {releases[0]['release_id']} "
        f"({releases[0]['verdict']}). `waku-fit run` brings it up to date with the evidence of today."
    )
    return 0


def _write(settings: Settings, file: Path, temporary: Path) -> None:
    with open_warehouse(settings.database_url, settings.state_dir) as database, run_lock(database.url):
        with connect(database.url, autocommit=True) as connection:
            bootstrap(connection)
            name, tables, major = warehouse_id(connection), dumps.warehouse_contents(connection), _major(connection)
        dump = temporary / DUMP
        dumps.dump(database.url, dump)
        sums = {}
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as raw, tarfile.open(fileobj=raw, mode="w:gz", compresslevel=6) as archive:
            # one by one: each copy of a database takes the place of the one before
            for path, member in chain([(dump, DUMP)], _files_of_state(settings.state_dir, temporary)):
                sums[member] = _sha256(path)
                archive.add(path, member, recursive=False)
            created_at = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC"
            about = temporary / ABOUT
            backup = Backup(created_at, version("waku-fit"), major, name, tables, sums)
            about.write_text(json.dumps(asdict(backup), indent=1))
            archive.add(about, ABOUT)
            archive.close()
            raw.flush()
            os.fsync(raw.fileno())


def _files_of_state(state_dir: Path, temporary: Path) -> Iterator[tuple[Path, str]]:
    """Yield where each file of the state can be read, and its path in a backup."""
    for path in sorted(state_dir.rglob("*")):
        relative = path.relative_to(state_dir)
        if relative.parts[0] in MADE_AGAIN or not path.is_file() or path.suffix == ".lock":
            continue
        if path.suffix == ".db":
            path = _whole_database(path, temporary / "copy.db")
        elif path.name.endswith((".db-wal", ".db-shm", ".db-journal")):
            continue
        yield path, f"{STATE}/{relative}"


def _whole_database(path: Path, copy: Path) -> Path:
    """Copy a SQLite file that the Dagster UI may write to at this moment."""
    copy.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    return copy


def _prove(file: Path, temporary: Path) -> None:
    """Read `file` back and restore its database into a server of its own. Raises `UserError` if anything differs."""
    read = temporary / "read"
    about = _read(file, read)
    server = temporary / "server"
    try:
        with open_warehouse(None, server) as database:
            _fill(database.url, read / DUMP, about)
    finally:
        remove_server(server)
        shutil.rmtree(read)


def _read(file: Path, folder: Path) -> Backup:
    """Unpack `file` into `folder`. Raises `UserError` for one that is no backup or was damaged."""
    try:
        with tarfile.open(file, "r:gz") as archive:
            archive.extractall(folder, filter="data")
        about = Backup(**json.loads((folder / ABOUT).read_text()))
    except (tarfile.TarError, EOFError, zlib.error, OSError, ValueError, TypeError) as error:
        if isinstance(error, OSError) and error.filename == str(file):
            raise
        raise UserError(f"{file} is no whole backup of waku-fit ({error}); take another one") from error
    found = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()} - {ABOUT}
    wrong = sorted(found.symmetric_difference(about.files))
    wrong += [name for name in sorted(found & about.files.keys()) if _sha256(folder / name) != about.files[name]]
    if wrong:
        raise UserError(
            f"{file} does not hold what it says: {wrong[0]} differs ({len(wrong)} in all); take another one"
        )
    return about


def _fill(url: str, dump: Path, about: Backup) -> None:
    """Restore `dump` into the empty database at `url` and compare each table. Raises `UserError`."""
    with connect(url, autocommit=True) as connection:
        if dumps.warehouse_contents(connection):
            raise UserError("the database holds tables of waku-fit already; nothing is overwritten: name an empty one")
        if (major := _major(connection)) < about.postgresql:
            raise UserError(
                f"the backup is of PostgreSQL {about.postgresql}, the server is {major}: restore into "
                f"{about.postgresql} or later, or unset WAKU_FIT_DATABASE_URL to use the one that waku-fit brings"
            )
    dumps.restore(url, dump, about.warehouse)
    with connect(url, autocommit=True) as connection:
        found = dumps.warehouse_contents(connection)
    different = sorted(name for name in found.keys() | about.tables if found.get(name) != about.tables.get(name))
    if different:
        raise UserError(f"{', '.join(different)} are not as they were backed up; call again when nobody changes them")


def _major(connection: psycopg.Connection) -> int:
    return connection.info.server_version // 10000


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except (LinkError, WarehouseError) as error:
        raise UserError(str(error)) from error
