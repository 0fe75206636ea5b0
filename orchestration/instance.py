"""The Dagster instance of the project: run history under the state folder, nothing sent anywhere.

Belongs here: what goes into `DAGSTER_HOME`, and how its files are kept. Does not belong here: assets, jobs.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import dagster as dg
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from sqlalchemy import Connection, Engine, create_engine, event

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
def quick_history(instance: dg.DagsterInstance) -> Iterator[None]:
    """Keep the files of the history open while a run writes some thousand events.

    Dagster's storage makes an engine and a connection for each event: its statements are compiled anew, and the last
    connection that is closed folds the write-ahead log into the file, with a wait for the disk. `synchronous = NORMAL`
    keeps the file whole whatever happens; a power cut may take the last events, and what they tell of is made again.
    """
    storage = instance.event_log_storage
    assert isinstance(storage, SqliteEventLogStorage)  # it is what `CONFIGURATION` leaves in place
    engines: dict[str, Engine] = {}

    def opened(shard: str) -> Engine:
        if shard not in engines:
            url = storage.conn_string_for_shard(shard)
            engine = create_engine(url, pool_size=1, connect_args={"timeout": SQLITE_BUSY_TIMEOUT_SECONDS})
            event.listen(engine, "connect", lambda raw, _: raw.execute("pragma synchronous = normal"))
            if shard not in storage._initialized_dbs:
                storage._initdb(engine)
                storage._initialized_dbs.add(shard)
            engines[shard] = engine
        return engines[shard]

    @contextmanager
    def connect(shard: str) -> Iterator[Connection]:
        with storage._db_lock, opened(shard).begin() as connection:
            yield connection

    storage._connect = connect  # type: ignore[method-assign]
    storage.has_table = cache(storage.has_table)  # type: ignore[method-assign]  # asked for every event
    try:
        yield
    finally:
        del storage._connect, storage.has_table
        for engine in engines.values():
            engine.dispose()
