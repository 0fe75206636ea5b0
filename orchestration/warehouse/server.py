"""The embedded PostgreSQL as its users see it: one server for any number of processes. POSIX only (it needs `flock`).

Every user holds a shared lock, which the kernel releases even if the user is killed; a detached supervisor owns the
server and stops it when the lock is free. The supervisor decides to stop only while it holds that lock exclusively, so
a user takes the lock first and only then looks for a supervisor.
Belongs here: using, inspecting and removing the server. Does not belong here: running it (`supervisor`, `postmaster`).
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from orchestration.warehouse.layout import (
    PORT,
    Layout,
    ServerError,
    create_home,
    layout_of,
    require_major,
    socket_directory,
    wheel_binaries,
)
from orchestration.warehouse.postmaster import (
    SUPERUSER,
    Postmaster,
    command_line,
    ready_socket_directory,
    running_pid,
)
from orchestration.warehouse.supervisor import FAILURE

__all__ = [
    "EmbeddedServer",
    "ServerError",
    "ServerStatus",
    "embedded_server",
    "remove_server",
    "server_status",
    "stop_server",
]

DATABASE = "waku_fit"
SUPERVISOR = "orchestration.warehouse.supervisor"
START_SECONDS = 60.0
STOP_SECONDS = 60.0
POLL_SECONDS = 0.02
LOG_TAIL_LINES = 20


@dataclass(frozen=True)
class EmbeddedServer:
    """A running server. `url` is a libpq URL; `notes` is one sentence on what was done because root started it."""

    url: str
    pid: int
    data_directory: Path
    binaries: Path
    notes: str


@dataclass(frozen=True)
class ServerStatus:
    """What is known without starting anything. `url` and `pid` are None unless `running`."""

    running: bool
    pid: int | None
    supervisor_pid: int | None
    url: str | None
    version: str
    data_directory: Path
    user: str
    notes: str


@contextlib.contextmanager
def embedded_server(state_dir: Path) -> Iterator[EmbeddedServer]:
    """Use the server of `state_dir`, starting it if needed; it stays while any process is inside such a block.

    The database `waku_fit` exists. Raises `ServerError` with the end of the server's log if it does not come up.
    """
    state_dir.mkdir(parents=True, exist_ok=True)
    layout = layout_of(state_dir)
    deadline = time.monotonic() + START_SECONDS
    with _explained(layout):
        require_major(layout)
        create_home(layout)
        user = os.open(layout.users_lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        with _explained(layout):
            while not _try_lock(user, fcntl.LOCK_SH):
                _wait(layout, deadline, "the server that is stopping did not end")
            server = _ensure_ready(layout, deadline)
        yield server
    finally:
        if running_pid(layout.data):  # if the supervisor was killed meanwhile, the server must not stay for ever
            with contextlib.suppress(OSError, ServerError):
                _start_supervisor_if_none(layout)
        os.close(user)  # and no explicit unlock: a forked child that still uses the server keeps it


def server_status(state_dir: Path) -> ServerStatus:
    """Describe the server of `state_dir` for people. Starts and writes nothing."""
    layout = layout_of(state_dir)
    with _explained(layout):
        sockets = ready_socket_directory(layout)
        supervisor = _supervisor_pid(layout)
    answer = subprocess.run([wheel_binaries() / "postgres", "--version"], capture_output=True, text=True, check=True)
    return ServerStatus(
        running=sockets is not None,
        pid=running_pid(layout.data),
        supervisor_pid=supervisor,
        url=None if sockets is None else _url(sockets, DATABASE),
        version=answer.stdout.split()[-1],
        data_directory=layout.data,
        user=layout.account.name,
        notes=layout.notes,
    )


def stop_server(state_dir: Path) -> bool:
    """Stop the server of `state_dir` now, whoever uses it. False if none ran; `ServerError` if it does not end."""
    layout = layout_of(state_dir)
    if not layout.supervisor_lock.exists():
        return False
    ran = running_pid(layout.data) is not None
    deadline = time.monotonic() + STOP_SECONDS
    with _explained(layout):
        lock = os.open(layout.supervisor_lock, os.O_RDWR)
        try:
            while not _try_lock(lock, fcntl.LOCK_EX):
                ran = True
                if pid := _supervisor_pid(layout):
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGTERM)
                _wait(layout, deadline, "the supervisor did not end")
            if pid := running_pid(layout.data):
                Postmaster(layout, pid).stop()
            shutil.rmtree(socket_directory(layout), ignore_errors=True)
        finally:
            os.close(lock)
    return ran


def remove_server(state_dir: Path) -> None:
    """Stop the server of `state_dir` and delete its data, wherever they are."""
    stop_server(state_dir)
    layout = layout_of(state_dir)
    for folder in (layout.home, layout.state_dir / "postgres"):
        if folder.exists():
            shutil.rmtree(folder)


def _ensure_ready(layout: Layout, deadline: float) -> EmbeddedServer:
    """Make sure of a supervisor and of a connection; the caller holds the users' lock."""
    has_started = False
    while True:
        has_started |= _start_supervisor_if_none(layout, is_retry=has_started)
        sockets, pid = ready_socket_directory(layout), running_pid(layout.data)
        if sockets is not None and pid is not None and _has_database(sockets):
            return EmbeddedServer(_url(sockets, DATABASE), pid, layout.data, wheel_binaries(), layout.notes)
        _wait(layout, deadline, f"the embedded PostgreSQL was not ready after {START_SECONDS:.0f} s")


def _start_supervisor_if_none(layout: Layout, is_retry: bool = False) -> bool:
    """Take the supervisor's lock if it is free and hand it to a new supervisor: there is never a second one."""
    lock = os.open(layout.supervisor_lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if not _try_lock(lock, fcntl.LOCK_EX):
            return False
        if is_retry and os.pread(lock, 100, 0) == FAILURE.encode():
            raise ServerError(_failure(layout, "the embedded PostgreSQL does not start"))
        log = os.open(layout.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            launcher = subprocess.Popen(
                [sys.executable, "-m", SUPERVISOR, str(layout.state_dir), str(lock)],
                pass_fds=[lock],
                start_new_session=True,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=os.environ | {"PYTHONPATH": _import_path()},
            )
        finally:
            os.close(log)
        if launcher.wait() != 0:
            raise ServerError(_failure(layout, "the supervisor of the embedded PostgreSQL could not be started"))
        return True
    finally:
        os.close(lock)


def _has_database(sockets: Path) -> bool:
    """Connect, and create the database if somebody dropped it or this is the first start. False: not yet possible."""
    try:
        with psycopg.connect(_url(sockets, "postgres"), autocommit=True) as connection:
            if connection.execute("select 1 from pg_database where datname = %s", [DATABASE]).fetchone() is None:
                with contextlib.suppress(psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
                    connection.execute(sql.SQL("create database {}").format(sql.Identifier(DATABASE)))
    except psycopg.OperationalError:
        return False
    return True


def _url(sockets: Path, database: str) -> str:
    return f"postgresql://{SUPERUSER}@/{database}?host={quote(str(sockets))}&port={PORT}"


def _import_path() -> str:
    """The supervisor starts in `/`, so that no folder is kept busy by it, and must still find this package."""
    root = str(Path(__file__).resolve().parents[2])
    return os.pathsep.join(part for part in (root, os.environ.get("PYTHONPATH", "")) if part)


def _supervisor_pid(layout: Layout) -> int | None:
    """The id in the lock file if that process is the supervisor of this server, and not another that got the id."""
    try:
        text = layout.supervisor_lock.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return None
    if not text.isdecimal():
        return None
    return int(text) if f" -m {SUPERVISOR} {layout.state_dir} " in command_line(int(text)) else None


def _try_lock(descriptor: int, kind: int) -> bool:
    with contextlib.suppress(BlockingIOError):
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
        return True
    return False


def _wait(layout: Layout, deadline: float, complaint: str) -> None:
    if time.monotonic() > deadline:
        raise ServerError(_failure(layout, complaint))
    time.sleep(POLL_SECONDS)


def _failure(layout: Layout, complaint: str) -> str:
    try:
        tail = layout.log.read_text(encoding="utf-8", errors="replace").splitlines()[-LOG_TAIL_LINES:]
    except OSError:
        tail = []
    end = "\n  ".join(tail) or "(empty)"
    return f"{complaint}; data in {layout.data}, account {layout.account.name}. The end of {layout.log}:\n  {end}"


@contextlib.contextmanager
def _explained(layout: Layout) -> Iterator[None]:
    try:
        yield
    except PermissionError as error:
        raise ServerError(
            f"{error.filename or layout.home} belongs to another account ({error.strerror}): "
            "run as the account that created it, or set WAKU_FIT_DATABASE_URL to use another server"
        ) from error
