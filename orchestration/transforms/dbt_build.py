"""dbt, which takes seconds to import, in a process of its own that does so ahead of its work.

Belongs here: parsing the project, one dbt command on what was parsed. Does not belong here: which models, Dagster.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
from collections.abc import Generator, Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path
from queue import SimpleQueue
from threading import Event, Thread
from typing import IO, TYPE_CHECKING, Any

from assets.common import helper_process
from orchestration.transforms import dbt_internals

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

PARSED = "partial_parse.msgpack"
"""The name that dbt gives to the file of a parsed project."""
RESULTS = ("LogModelResult", "LogSeedResult", "LogSnapshotResult", "LogTestResult")
"""Events that say what became of a node."""
TOLD = ("info", "warn", "error")
"""Levels of events that a log should have."""


class BuildError(Exception):
    """What dbt said of models and tests that failed."""


def parse(arguments: Sequence[str], environment: Mapping[str, str]) -> None:
    """Run `dbt parse <arguments>` with `environment`; a `Dbt` of the helper that was started ahead keeps what it found.

    Raises `BuildError` if the project does not parse.
    """
    with helper_process.lend(__name__) as helper:
        helper.ask({"parse": [list(arguments), dict(environment)]})
        if ended := helper.answer()["ended"]:
            raise BuildError(ended)


class Dbt:
    """A dbt that reads the project in the file `parsed` from now on, while there is something else to do."""

    def __init__(self, parsed: Path) -> None:
        self._helper = helper_process.take(__name__)
        self._helper.ask({"read": str(parsed)})

    def run(self, arguments: Sequence[str], environment: Mapping[str, str]) -> Generator[dict[str, Any]]:
        """Run one command as `run_dbt` does, with `environment` besides that of this process."""
        self._helper.ask([list(arguments), dict(environment)])
        while "ended" not in (answer := self._helper.answer()):
            yield answer
        if answer["ended"]:
            raise BuildError(answer["ended"])

    def close(self) -> None:
        """Stop what runs; nothing of it writes any more when this returns."""
        self._helper.end()


def serve() -> None:
    """Answer `parse`, if it is asked, and one command of `Dbt` (see `assets.common.helper_process`).

    The end of the input stops dbt.
    """
    gc.disable()  # nearly all that there is stays to the end
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whoever else prints must not answer
    import dbt.adapters.postgres
    import dbt.cli.main  # noqa: F401  before the project is known

    dbt_internals.keep_connections()
    dbt_internals.write_models_alone()
    project: Manifest | None = None
    request = sys.stdin.readline()
    if request and (to_parse := json.loads(request).get("parse")):
        project, ended = _parse(*to_parse)
        _write(answers, {"ended": ended})
        request = sys.stdin.readline()
    if not request:
        return
    project = project or read_project(Path(json.loads(request)["read"]))
    request = sys.stdin.readline()
    if not request:
        return
    arguments, environment = json.loads(request)
    os.environ.update(environment)
    Thread(target=_interrupt_at_the_end_of_input, daemon=True).start()
    ended = ""
    with closing(run_dbt(project, arguments)) as events:
        try:
            for event in events:
                _write(answers, event)
        except BuildError as error:
            ended = str(error)
        except (KeyboardInterrupt, BrokenPipeError):
            # The input has ended, or who asked was killed: then it will. To stop dbt must not be interrupted.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            return
    _write(answers, {"ended": ended})
    gc.freeze()  # and needs no looking through then


def _parse(arguments: Sequence[str], environment: Mapping[str, str]) -> tuple[Manifest | None, str]:
    """Return the project that dbt parsed, and what it said if it could not."""
    from dbt.cli.main import dbtRunner

    os.environ.update(environment)
    told: list[Any] = []
    done = dbtRunner(callbacks=[told.append]).invoke(["parse", *arguments])
    if done.success:
        return done.result, ""
    return None, "\n".join(event.info.msg for event in told if event.info.level == "error") or repr(done.exception)


def _write(answers: IO[str], answer: Mapping[str, Any]) -> None:
    answers.write(json.dumps(answer) + "\n")
    answers.flush()


def _interrupt_at_the_end_of_input() -> None:
    sys.stdin.read()
    os.kill(os.getpid(), signal.SIGINT)


def run_dbt(project: Manifest, arguments: Sequence[str]) -> Generator[dict[str, Any]]:
    """Run `dbt <arguments>` in this process on a project that was parsed; yield its events as they come.

    The files of the project are not compared with what was parsed, as the command `dbt` does first. The connection
    comes from the environment. An event has `info` and `data`, like a line of dbt's log in JSON; those of `RESULTS` say
    what became of a node. dbt keeps state in its modules: one call at a time. Raises `BuildError` in the end if not all
    went well. Closing the iterator stops dbt.
    """
    from dbt.cli.main import dbtRunner, dbtRunnerResult
    from dbt_common.events.functions import msg_to_dict

    news: SimpleQueue[Any] = SimpleQueue()
    stopped = Event()

    def tell(event: Any) -> None:
        if stopped.is_set() and event.info.name == "LogStartLine":
            raise InterruptedError  # dbt lets this fail the node that was about to start
        if event.info.level in TOLD:
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
