"""All that is used of Dagster and is not public, in one place, with what each part buys.

Belongs here: imports of `dagster._core` and `dagster_shared`, and the one place where Dagster is changed. Does not
belong here: what its public interface does. `tests/definitions/test_dagster_internals.py` fails when these change.

- `execute_run_iterator`: `execute_job` gives no event before a run ends, so the terminal would show nothing until then.
- `ReconstructableRepository`: the asset graph and the job of one loading of the code; to load it twice takes seconds.
- `RemoteJobOrigin`: without it the UI lists a run of the command line without its job, and cannot start it again.
- `SerializableErrorInfo`: the type of what an event says of a failure.
- `quick_history`: see its docstring.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import dagster as dg
from dagster._core.definitions.reconstruct import ReconstructableJob, ReconstructableRepository
from dagster._core.execution.api import execute_run_iterator
from dagster._core.remote_origin import RemoteJobOrigin, RemoteRepositoryOrigin
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from dagster._core.workspace.load import location_origins_from_yaml_paths
from dagster_shared.error import SerializableErrorInfo
from sqlalchemy import Connection, Engine, create_engine, event

__all__ = [
    "ReconstructableJob",
    "ReconstructableRepository",
    "SerializableErrorInfo",
    "execute_run_iterator",
    "job_origin",
    "quick_history",
]


def job_origin(workspace: Path, job: str) -> RemoteJobOrigin:
    """Name a job as the UI does, so that a run started here is listed, linked and re-executable there."""
    (location,) = location_origins_from_yaml_paths([str(workspace)])
    return RemoteJobOrigin(RemoteRepositoryOrigin(location, "__repository__"), job)


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
