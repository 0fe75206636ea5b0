"""Writing the files of a release again from its rows in the database, where they were damaged or deleted.

Belongs here: the newest release of a line, which readers see. An older one that somebody removed stays removed.
Does not belong here: how damage is found (`assets.reports.sums`).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import psycopg
import pyarrow.parquet as pq
from jinja2 import UndefinedError

from assets.reports.decisions import read_lines
from assets.reports.release.files import DATA, arrow_table, files_of
from assets.reports.release.publish import current_release, read_manifest, read_release, write_files
from assets.reports.release.withdrawal_files import replace_files
from assets.reports.sums import damage, intact


class NotRepairedError(Exception):
    """The files of a release are damaged, and its rows in the database are not those that they were made from."""


def repair(connection: psycopg.Connection, releases_dir: Path, line: str, decisions: Path) -> str | None:
    """Write the newest release of a line again if a file of it is damaged; return what was done, None if nothing.

    Raises `NotRepairedError` where an undamaged table of it says something else than the database.
    """
    release_id = current_release(connection, line)
    manifest = read_manifest(connection, release_id) if release_id else None
    if release_id is None or manifest is None:
        return None
    folder = releases_dir / release_id
    wrong = damage(folder)
    if wrong is None:
        return None
    frames = read_release(connection, release_id)
    if other := _contradiction(folder, frames):
        raise NotRepairedError(
            f"release {release_id} is damaged ({wrong}), and {other} says something else than the database: one of "
            f"both was changed by hand. Nothing was written. Put the files of {folder} back from a copy, or remove the "
            "folder to take what the database says"
        )
    log = read_lines(decisions.read_text(encoding="utf-8") if decisions.exists() else "", str(decisions))
    try:
        files = files_of(frames, manifest, log)
    except (KeyError, UndefinedError):  # the pages of today ask for what tables of then do not have
        return f"Release {release_id} is damaged ({wrong}). Other code made it, so it cannot be written again."
    if folder.is_dir():
        replace_files(folder, files)
    else:
        write_files(folder, files)
    return f"Release {release_id} was damaged ({wrong}): it was written again from the database."


def _contradiction(folder: Path, frames: Mapping[str, pd.DataFrame]) -> str | None:
    """Return a table whose file is undamaged and has other rows than the database, in the same columns."""
    undamaged = intact(folder)
    for name, frame in frames.items():
        path = f"{DATA}/{name}.parquet"
        if path in undamaged:
            file, table = pq.read_table(folder / path), arrow_table(frame)
            if file.schema.equals(table.schema) and not file.equals(table):
                return path
    return None
