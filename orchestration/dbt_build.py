"""dbt in this process: a process of its own would import for seconds what Dagster has imported here already.

Belongs here: one dbt command on a project that was parsed. Does not belong here: which models, Dagster.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

PARSED = "partial_parse.msgpack"
"""The name that dbt gives to the file of a parsed project."""
RESULTS = ("LogModelResult", "LogSeedResult", "LogSnapshotResult", "LogTestResult")
"""Events that say what became of a node."""


class BuildError(Exception):
    """What dbt said of models and tests that failed."""


def run_dbt(project: Manifest, arguments: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Run `dbt <arguments>` on a project that was parsed; yield what became of each node as soon as it is known.

    The files of the project are not compared with what was parsed, as the command `dbt` does first. The connection
    comes from the environment. What is yielded has `info` and `data`, like a line of dbt's log in JSON. dbt keeps state
    in its modules: one call at a time. Raises `BuildError` in the end if not all went well.
    """
    from dbt.adapters.factory import FACTORY
    from dbt.cli.main import dbtRunner, dbtRunnerResult
    from dbt_common.events.functions import msg_to_dict

    news: SimpleQueue[Any] = SimpleQueue()
    runner = dbtRunner(project, callbacks=[news.put])
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
    except BaseException:  # interrupted, or who asks fails: what runs is cancelled, and what rests on it skipped
        for adapter in FACTORY.adapters.values():
            adapter.cancel_open_connections()
        raise
    finally:
        thread.join()  # nothing may write any more once the lock of the run is given back
    if not item.success:
        raise BuildError("\n".join(errors) or repr(item.exception))


def read_project(parsed: Path) -> Manifest:
    """Import dbt and read the project in the file `parsed`: a second or two, ahead of `run_dbt` if there is time."""
    from dbt.contracts.graph.manifest import Manifest
    from dbt.parser.manifest import extended_mashumuro_decoder

    manifest = Manifest.from_msgpack(parsed.read_bytes(), decoder=extended_mashumuro_decoder)
    manifest.build_flat_graph()
    return manifest
