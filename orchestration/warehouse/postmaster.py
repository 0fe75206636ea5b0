"""The processes of one embedded PostgreSQL: create its data, start it, recognise it, stop it.

Belongs here: what talks to `initdb`, `postgres` and the operating system about them.
Does not belong here: when to start or stop (`supervisor`), who is waiting (`server`). Standard library only.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from orchestration.warehouse.layout import (
    PORT,
    Layout,
    ServerError,
    check_socket_directory,
    copy_binaries,
    create_socket_directory,
)

SUPERUSER = "waku_fit"
SETTINGS = {
    "cluster_name": "waku-fit",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "shared_buffers": "128MB",
    "max_wal_size": "1GB",
    "synchronous_commit": "on",
    "autovacuum": "on",
    # The supervisor bounds the log, so it holds what went wrong and not every checkpoint.
    "logging_collector": "off",
    "log_checkpoints": "off",
    "log_line_prefix": "%m [%p] ",
}
"""For an analytics warehouse on a small machine. `ALTER SYSTEM` overrides each of them."""

ACCESS_RULES = "local all all trust\n"
"""Whoever may enter the private folder of the socket is trusted; there is no rule for any other way in."""

ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
"""All that the server sees of the caller's environment: no `PG*` variable may change what it does."""

FAST_SHUTDOWN_SECONDS = 30.0
IMMEDIATE_SHUTDOWN_SECONDS = 10.0


class Postmaster:
    """A running server: a child of this process, or one adopted from a supervisor that was killed."""

    def __init__(self, layout: Layout, pid: int, child: subprocess.Popen[bytes] | None = None) -> None:
        self.layout = layout
        self.pid = pid
        self._child = child

    def is_alive(self) -> bool:
        """Whether it runs; a child that ended is reaped by this."""
        if self._child is not None:
            return self._child.poll() is None
        return running_pid(self.layout.data) == self.pid

    def stop(self) -> None:
        """Disconnect everybody, write a checkpoint and end; harder means only if that does not end it."""
        for demand, seconds in (
            (signal.SIGINT, FAST_SHUTDOWN_SECONDS),
            (signal.SIGQUIT, IMMEDIATE_SHUTDOWN_SECONDS),
            (signal.SIGKILL, IMMEDIATE_SHUTDOWN_SECONDS),
        ):
            if not self.is_alive():
                return
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, demand)
            deadline = time.monotonic() + seconds
            while self.is_alive() and time.monotonic() < deadline:
                time.sleep(0.02)


def bring_up(layout: Layout) -> Postmaster:
    """Adopt the server that runs on these data, or start one; create the data if there are none.

    Only the holder of the supervisor's lock may call it. Output of the programs goes to this process's standard error.
    """
    if pid := running_pid(layout.data):
        return Postmaster(layout, pid)
    copy_binaries(layout)
    if not layout.data.exists():
        _initialise(layout)
    sockets = create_socket_directory(layout)
    _kill_orphans(layout)
    _disown_remains(layout, sockets)
    _write_settings(layout)
    # Given as arguments because these win over `ALTER SYSTEM`: nothing in the data may open the server to others.
    sealed = {
        "config_file": str(layout.configuration),
        "hba_file": str(layout.access_rules),
        "listen_addresses": "",
        "unix_socket_directories": f'"{sockets}"',
        "unix_socket_permissions": "0700",
    }
    child = subprocess.Popen(
        [
            str(layout.binaries / "postgres"),
            *("-D", str(layout.data), "-p", str(PORT)),
            *(argument for name, value in sealed.items() for argument in ("-c", f"{name}={value}")),
        ],
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr,
        cwd="/",
        env=ENVIRONMENT,
        **layout.account.identity,
    )
    return Postmaster(layout, child.pid, child)


def running_pid(data: Path) -> int | None:
    """The process id of the server that runs on `data`; a file left by a dead one, or a reused id, is None."""
    lines = _pid_file_lines(data)
    if not lines or not lines[0].isdecimal():
        return None
    pid = int(lines[0])
    return pid if f" -D {data} -p " in command_line(pid) else None


def ready_socket_directory(layout: Layout) -> Path | None:
    """The folder of the socket if the server says that it accepts connections."""
    lines = _pid_file_lines(layout.data)
    if running_pid(layout.data) is None or len(lines) < 8 or lines[7].strip() != "ready":
        return None
    directory = Path(lines[4])
    check_socket_directory(directory, layout.account)
    return directory


def command_line(pid: int) -> str:
    """The arguments of a process, joined by spaces; empty if there is none, also if it is dead but not reaped."""
    if sys.platform == "linux":
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            return ""
    listing = subprocess.run(["ps", "-ww", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return listing.stdout


def _kill_orphans(layout: Layout) -> None:
    """Kill what a killed server left behind: a long query outlives it and keeps the next one from starting.

    Linux only; elsewhere the next start is tried until they have ended by themselves.
    """
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if (process / "comm").read_text().strip() == "postgres" and (process / "cwd").readlink() == layout.data:
                os.kill(int(process.name), signal.SIGKILL)


def _initialise(layout: Layout) -> None:
    """Create the data under another name and rename: a killed `initdb` leaves nothing that looks finished."""
    for remains in layout.home.glob("data.new-*"):
        shutil.rmtree(remains, ignore_errors=True)
    temporary = Path(tempfile.mkdtemp(prefix="data.new-", dir=layout.home))
    os.chown(temporary, layout.account.uid, layout.account.gid)
    initdb = [
        str(layout.binaries / "initdb"),
        *("--pgdata", str(temporary), "--no-sync", "--no-instructions"),
        *("--username", SUPERUSER, "--auth-local=trust", "--auth-host=reject"),
        # PostgreSQL's own C.UTF-8 sorts alike everywhere and needs no locale of the operating system.
        *("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
    ]
    done = subprocess.run(
        initdb, check=False, capture_output=True, text=True, cwd="/", env=ENVIRONMENT, **layout.account.identity
    )
    if done.returncode != 0:
        raise ServerError(f"initdb failed with exit status {done.returncode}: {done.stderr.strip()}")
    temporary.rename(layout.data)


def _write_settings(layout: Layout) -> None:
    settings = "".join(f"{name} = '{value}'\n" for name, value in SETTINGS.items())
    for path, text in (
        (layout.configuration, f"include = 'data/postgresql.conf'\n{settings}"),
        (layout.access_rules, ACCESS_RULES),
    ):
        path.write_text(text, encoding="ascii")
        path.chmod(0o644)


def _disown_remains(layout: Layout, sockets: Path) -> None:
    """Make lock files of a dead server recognisable as such.

    PostgreSQL takes a process id that exists for a running server, even if it was given to another process meanwhile
    (usual in restarted containers) or is a zombie. It ignores its parent's id, so that is written over the old one, and
    the rest of its check, that no process uses the old shared memory, stays in force.
    """
    (sockets / f".s.PGSQL.{PORT}.lock").unlink(missing_ok=True)
    path = layout.data / "postmaster.pid"
    lines = _pid_file_lines(layout.data)
    if lines:
        descriptor = os.open(path, os.O_WRONLY | os.O_NOFOLLOW)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
            file.truncate()
    else:
        path.unlink(missing_ok=True)  # empty: its writer was killed, and PostgreSQL would refuse to start


def _pid_file_lines(data: Path) -> list[str]:
    try:
        return (data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
