"""dbt in this process: a process of its own would import for seconds what Dagster has imported here already.

Belongs here: one dbt command on a project that was parsed. Does not belong here: which models, Dagster.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

PARSED = "partial_parse.msgpack"
"""The name that dbt gives to the file of a parsed project."""
RESULTS = ("LogModelResult", "LogSeedResult", "LogSnapshotResult", "LogTestResult")
"""Events that say what became of a node."""


class BuildError(Exception):
    """What dbt said of models and tests that failed."""


def run_dbt(project: Manifest, arguments: Sequence[str]) -> Generator[dict[str, Any]]:
    """Run `dbt <arguments>` on a project that was parsed; yield what became of each node as soon as it is known.

    The files of the project are not compared with what was parsed, as the command `dbt` does first. The connection
    comes from the environment. What is yielded has `info` and `data`, like a line of dbt's log in JSON. dbt keeps state
    in its modules: one call at a time. Raises `BuildError` in the end if not all went well. Closing the iterator stops
    dbt.
    """
    from dbt.cli.main import dbtRunner, dbtRunnerResult
    from dbt_common.events.functions import msg_to_dict

    news: SimpleQueue[Any] = SimpleQueue()
    stopped = Event()

    def tell(event: Any) -> None:
        if stopped.is_set() and event.info.name == "LogStartLine":
            raise InterruptedError  # dbt lets this fail the node that was about to start
        news.put(event)

    runner = dbtRunner(project, callbacks=[tell])
    # dbt calls back, who iterates asks: hence a thread. `invoke` raises nothing, whatever happens.
    thread = Thread(target=lambda: news.put(runner.invoke(list(arguments))), name="dbt", daemon=True)
    thread.start()
    errors = []
    try:
        while not isinstance(item := news.get(), dbtRunnerResult):
            if item.info.level == "error":
                errors.append(item.info.msg)
            if item.info.name in RESULTS:
                yield msg_to_dict(item)
    finally:
        stopped.set()
        _cancel_until_ended(thread)
    if not item.success:
        raise BuildError("\n".join(errors) or repr(item.exception))


def _cancel_until_ended(thread: Thread) -> None:
    """Cancel what dbt runs, if it does; return when it has ended, since it must not write when others may.

    dbt's own way to cancel needs the right to end sessions of who logged in, which the role of its connections lacks.
    """
    from dbt.adapters.factory import FACTORY

    while thread.is_alive():
        thread.join(0.1)
        for adapter in FACTORY.adapters.values():
            for connection in list(adapter.connections.thread_connections.values()):
                if connection.state == "open":
                    with suppress(Exception):  # it may have been closed just now
                        connection.handle.cancel()


def read_project(parsed: Path) -> Manifest:
    """Import dbt and read the project in the file `parsed`: a second or two, ahead of `run_dbt` if there is time."""
    from dbt.contracts.graph.manifest import Manifest
    from dbt.parser.manifest import extended_mashumuro_decoder

    manifest = Manifest.from_msgpack(parsed.read_bytes(), decoder=extended_mashumuro_decoder)
    manifest.build_flat_graph()
    return manifest
