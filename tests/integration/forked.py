"""Processes that begin with all imports done: forked from one that has done them, which saves 10 s for each run.

The command line as people start it, from nothing, makes the first release (`tests/conftest.py`).
"""

from __future__ import annotations

import importlib
import multiprocessing
import os
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable, Mapping
from multiprocessing.reduction import DupFd
from typing import IO, Any, ClassVar, NoReturn

from assets.common import helper_process

TIMEOUT_SECONDS = 600

_SERVER = multiprocessing.get_context("forkserver")
_SERVER.set_forkserver_preload(["tests.integration.imports"])


def start(
    environment: Mapping[str, str], output: int, errors: int, function: Callable[..., object], *arguments: object
) -> Any:
    """Call `function`, the leader of a group of its own, and return its `multiprocessing.Process`.

    `output` and `errors` are the descriptors that its standard output and errors go to.
    """
    process = _SERVER.Process(
        target=_call, args=(dict(environment), DupFd(output), DupFd(errors), function, arguments), daemon=False
    )
    process.start()
    return process


def call(
    environment: Mapping[str, str], function: Callable[..., object], *arguments: object
) -> subprocess.CompletedProcess[str]:
    """Call `function` and wait; what it printed and the code that it exited with are the result."""
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        process = start(environment, output.fileno(), errors.fileno(), function, *arguments)
        process.join(TIMEOUT_SECONDS)
        assert process.exitcode is not None, f"still running after {TIMEOUT_SECONDS} s"
        output.seek(0)
        errors.seek(0)
        return subprocess.CompletedProcess(arguments, process.exitcode, output.read(), errors.read())


def command_line(*arguments: str) -> None:
    """`waku-fit <arguments>`."""
    from orchestration.commands.cli import main

    main(arguments, prog_name="waku-fit")


def _call(
    environment: Mapping[str, str],
    output: Any,
    errors: Any,
    function: Callable[..., object],
    arguments: tuple[Any, ...],
) -> None:
    os.setsid()
    os.environ.clear()
    os.environ.update(environment)
    os.dup2(output.detach(), 1)
    os.dup2(errors.detach(), 2)
    helper_process.Helper = Forked  # type: ignore[misc]
    function(*arguments)


class Forked(helper_process.Helper):
    """A helper that begins with its imports done, as this process did."""

    ours: ClassVar[list[IO[str]]] = []
    """What no helper may keep open: a pipe ends when nobody holds its other end."""

    def __init__(self, module: str) -> None:
        self._errors = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - as in `Helper`
        theirs, questions = os.pipe()
        answers, written = os.pipe()
        self._questions = os.fdopen(questions, "w", encoding="utf-8")
        self._answers = os.fdopen(answers, encoding="utf-8")
        self.ours += [self._questions, self._answers]
        self._process = Child(os.fork())
        if self._process.pid == 0:
            for file in self.ours:
                file.close()
            serve(module, theirs, written, self._errors.fileno())
        os.close(theirs)
        os.close(written)


class Child:
    """What `Helper` asks of a process."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._has_ended = False

    def wait(self) -> None:
        if not self._has_ended:
            os.waitpid(self.pid, 0)
        self._has_ended = True


def serve(module: str, *descriptors: int) -> NoReturn:
    """Serve `module` with these as standard input, output and errors, and end."""
    os.setpgid(0, 0)
    for number, descriptor in enumerate(descriptors):
        os.dup2(descriptor, number)
    sys.stdin, sys.stdout, sys.stderr = open(0), open(1, "w"), open(2, "w")  # noqa: SIM115
    code = 0
    try:
        importlib.import_module(module).serve()
    except BaseException:
        code = 1
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
