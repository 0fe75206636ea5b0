"""Processes that begin with all imports done: forked from one that has done them, which saves 10 s for each run.

The command line as people start it, from nothing, makes the first release (`tests/conftest.py`).
"""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from multiprocessing.reduction import DupFd
from typing import Any

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
    from orchestration.cli import main

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
    function(*arguments)
