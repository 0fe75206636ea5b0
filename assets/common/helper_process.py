"""Processes that do their imports, which take seconds, while this one is busy with something else.

Belongs here: starting such a process ahead of its work, talking to it. Does not belong here: what it is asked.
A helper is a module with a function `serve`, which imports what it needs, reads requests from its standard input and
answers on its standard output, all in lines. It ends when its input does, however whoever started it has ended.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import IO, Any


class Helper:
    """A process that serves `module`.

    What is asked goes by a pipe, since it may hold a password. Ctrl-C on the terminal is not meant for it: the process
    that started it ends it in its own order.
    """

    def __init__(self, module: str) -> None:
        self._errors = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - as long as this
        process = subprocess.Popen(
            [sys.executable, "-c", f"from {module} import serve; serve()"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors, encoding="utf-8", process_group=0,
        )  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        self._process = process
        self._questions: IO[str] = process.stdin
        self._answers: IO[str] = process.stdout

    def ask(self, question: Any) -> None:
        """Send one request."""
        try:
            self._questions.write(json.dumps(question) + "\n")
            self._questions.flush()
        except BrokenPipeError:
            raise RuntimeError(self.end()) from None

    def answer(self) -> Any:
        """Wait for the next answer. Raises `RuntimeError` with the last words of a process that has ended."""
        line = self._answers.readline()
        if not line:
            raise RuntimeError(self.end())
        return json.loads(line)

    def end(self) -> str:
        """End the input, wait until the process has ended, and return what it wrote to its standard error."""
        with suppress(BrokenPipeError):
            self._questions.close()
        while self._answers.read(65536):  # it may wait for somebody to do so
            pass
        self._process.wait()
        self._errors.seek(0)
        return self._errors.read().strip()


_started: dict[str, Helper] = {}


def start(module: str) -> None:
    """Start the helper that `take` will return, while there is something else to do."""
    _started[module] = Helper(module)


def take(module: str) -> Helper:
    """Return the helper that was started ahead, for the caller to end, or a new one."""
    return _started.pop(module, None) or Helper(module)


@contextmanager
def lend(module: str) -> Iterator[Helper]:
    """Yield the helper that was started ahead, which `take` still returns then, or one that ends with the block."""
    if helper := _started.get(module):
        yield helper
        return
    helper = Helper(module)
    try:
        yield helper
    finally:
        helper.end()
