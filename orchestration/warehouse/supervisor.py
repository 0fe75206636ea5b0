"""The process that owns the embedded PostgreSQL: starts it, restarts it, stops it when nobody uses it.

Started by `server`, never by hand, as `python -m orchestration.warehouse.supervisor <state_dir> <lock>`: `lock` is the
inherited descriptor of the supervisor's lock, so that there is never a moment with two supervisors or a doubtful one.
Belongs here: when to start and stop. Does not belong here: how (`postmaster`). Standard library only.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from orchestration.warehouse.layout import Layout, layout_of, socket_directory
from orchestration.warehouse.postmaster import bring_up

TICK_SECONDS = 0.1
LINGER_SECONDS = 2.0
"""How long an unused server stays, for the next command of a person or of a script."""

CRASH_WINDOW_SECONDS = 60.0
CRASHES_TOLERATED = 5
"""With pauses of 0.1, 0.2 ... 1.6 s after them: a server that cannot start is given up after about 4 s."""

LOG_BYTES = 5_000_000

FAILURE = "failed"
"""Text of the lock file after a supervisor gave up: waiting users need not try again."""


def main(arguments: list[str]) -> int:
    """Leave the caller, then supervise until unused or asked to stop. Returns at once in the caller's child."""
    layout = layout_of(Path(arguments[0]))
    lock = int(arguments[1])
    if os.fork() > 0:
        return 0
    signals: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda received, _frame: signals.append(received))
    _tell(lock, str(os.getpid()))
    try:
        supervise(layout, lambda: bool(signals))
    except Exception as error:
        _log(f"{type(error).__name__}: {error}")
        _tell(lock, FAILURE)
        return 1
    _tell(lock, "")
    return 0


def supervise(layout: Layout, stop_requested: Callable[[], bool]) -> None:
    """Keep the server running while anybody holds the users' lock, and for `LINGER_SECONDS` after, or until told."""
    users = os.open(layout.users_lock, os.O_RDWR | os.O_CREAT, 0o600)
    postmaster = bring_up(layout)
    _log(f"server process {postmaster.pid} runs as {layout.account.name} in {layout.home}")
    crashes: list[float] = []
    last_used = time.monotonic()
    try:
        while not stop_requested():
            now = time.monotonic()
            if not _try_exclusive(users):
                last_used = now
            elif now - last_used >= LINGER_SECONDS:
                return  # with the lock held: whoever comes now waits for the end of this process, then starts another
            else:
                fcntl.flock(users, fcntl.LOCK_UN)
            if not postmaster.is_alive():
                crashes = [at for at in crashes if now - at < CRASH_WINDOW_SECONDS] + [now]
                _log(f"server process {postmaster.pid} ended unexpectedly, {len(crashes)} in the last minute")
                if len(crashes) > CRASHES_TOLERATED:
                    raise RuntimeError("the server keeps ending; the lines above say why")
                time.sleep(0.05 * 2 ** len(crashes))
                postmaster = bring_up(layout)
            bound_log(layout.log)
            time.sleep(TICK_SECONDS)
    finally:
        postmaster.stop()
        shutil.rmtree(socket_directory(layout), ignore_errors=True)
        _log(f"server process {postmaster.pid} stopped")


def bound_log(path: Path, limit: int = LOG_BYTES) -> None:
    """Move a log of more than `limit` bytes aside, over the one before. Its writers append: they notice nothing."""
    if path.stat().st_size > limit:
        shutil.copyfile(path, path.with_suffix(".log.1"))
        os.truncate(path, 0)


def _try_exclusive(descriptor: int) -> bool:
    with contextlib.suppress(BlockingIOError):
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    return False


def _tell(lock: int, text: str) -> None:
    os.ftruncate(lock, 0)
    os.pwrite(lock, text.encode("ascii"), 0)


def _log(message: str) -> None:
    print(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} supervisor {os.getpid()}: {message}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
