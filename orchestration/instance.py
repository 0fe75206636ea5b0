"""The Dagster instance of the project: run history under the state folder, nothing sent anywhere.

Belongs here: what goes into `DAGSTER_HOME`, and how its files are kept. Does not belong here: assets, jobs.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine

CONFIGURATION = """\
# Written by waku-fit; edit orchestration/instance.py instead.
telemetry:
  enabled: false
concurrency:
  runs:
    max_concurrent_runs: 1
  pools:
    default_limit: 1
"""
"""One run at a time: a second one would find the warehouse locked and fail. Storage is Dagster's default, SQLite
(docs/decisions/0003-storage-of-runs.md)."""


def prepare_home(home: Path) -> Path:
    """Write the instance's configuration into `home`, if it is not there already, and return `home`."""
    for name, text in {"dagster.yaml": CONFIGURATION, ".nux/nux.yaml": "seen: 1\n"}.items():
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_text() != text:
            path.write_text(text)
    return home


@contextmanager
def quick_history(home: Path, run_id: str) -> Iterator[None]:
    """Write the history of a run without waiting for the disk after each of some thousand events.

    Dagster opens and closes a SQLite file for each event. The last connection that is closed folds the write-ahead log
    into the file, with a wait for the disk; one more that stays open saves that. `synchronous = NORMAL` keeps the file
    whole whatever happens; a power cut may take the last events, and what they tell of is then made again.
    """
    event.listen(Engine, "connect", _without_waiting)
    with ExitStack() as stack:
        for name in (run_id, "index"):
            path = home / "history" / "runs" / f"{name}.db"
            path.parent.mkdir(parents=True, exist_ok=True)
            connection = stack.enter_context(closing(sqlite3.connect(path)))
            connection.execute("pragma journal_mode = wal")
            connection.execute("select count(*) from sqlite_master").fetchone()
        yield
    event.remove(Engine, "connect", _without_waiting)


def _without_waiting(connection: Any, _: Any) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.execute("pragma synchronous = normal")
