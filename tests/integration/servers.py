"""What tests of real servers share: other processes that use one, killing, waiting, and a server of somebody else."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest

from orchestration.warehouse.connection import connect
from orchestration.warehouse.layout import layout_of, socket_directory
from orchestration.warehouse.postmaster import command_line
from orchestration.warehouse.server import server_status

ROOT = Path(__file__).parents[2]
DEADLINE_SECONDS = 60.0
PASSWORD = "s3cr%t/@:word"

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="about what root has to do, because PostgreSQL refuses root")
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def eventually(holds: Callable[[], object], what: str) -> None:
    """Return as soon as `holds`, fail after `DEADLINE_SECONDS`."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not holds():
        assert time.monotonic() < deadline, f"not within {DEADLINE_SECONDS:.0f} s: {what}"
        time.sleep(0.02)


def processes_of(state_dir: Path) -> dict[int, str]:
    """Supervisor and postmaster of `state_dir`, and what they are starting; found by arguments and working folder.

    The server that fills a new data directory has only its working folder there.
    """
    folders = (str(state_dir), str(layout_of(state_dir).home))
    pids = subprocess.run(["ps", "-A", "-o", "pid="], capture_output=True, text=True, check=True).stdout.split()
    found = {int(pid): f"{command_line(int(pid))} {working_folder(int(pid))}" for pid in pids}
    own = ("postgres ", "initdb ", "orchestration.warehouse.supervisor ")
    return {p: line for p, line in found.items() if any(o in line for o in own) and any(f in line for f in folders)}


def working_folder(pid: int) -> str:
    """Return the folder that a process works in; '' where it is gone or somebody else's."""
    try:
        return os.readlink(f"/proc/{pid}/cwd")
    except OSError:
        return ""


def assert_stops(state_dir: Path) -> None:
    eventually(lambda: not processes_of(state_dir), f"no process for {state_dir}")
    assert not socket_directory(layout_of(state_dir)).exists()


def supervisor_pid(state_dir: Path) -> int:
    pid = server_status(state_dir).supervisor_pid
    assert pid is not None
    return pid


def kill(pid: int) -> None:
    """Kill and wait until it is dead, though perhaps not reaped."""
    os.kill(pid, signal.SIGKILL)
    state = ["ps", "-o", "stat=", "-p", str(pid)]
    eventually(lambda: subprocess.run(state, capture_output=True).stdout[:1] in (b"", b"Z"), f"process {pid} is dead")


def one(url: str, query: str) -> object:
    with connect(url) as connection:
        row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return row[0]


class Client:
    """Another process that uses the server until it is told to leave."""

    PROGRAM = textwrap.dedent("""
        import sys
        from pathlib import Path
        from orchestration.warehouse.server import embedded_server
        with embedded_server(Path(sys.argv[1])) as server:
            print(server.pid, flush=True)
            sys.stdin.read()
    """)

    def __init__(self, state_dir: Path, environment: dict[str, str] | None = None) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", self.PROGRAM, str(state_dir)],
            cwd=ROOT,
            env=os.environ | (environment or {}),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def postmaster(self) -> int:
        """Wait until it is inside and return the process id of the server that it sees."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            pytest.fail(self.process.communicate()[1])
        return int(line)

    def leave(self) -> None:
        self.process.communicate(timeout=DEADLINE_SECONDS)
        assert self.process.returncode == 0


@dataclass(frozen=True)
class OtherServer:
    """A PostgreSQL that is not ours: on TCP, with passwords."""

    port: int

    def url(self, user: str, database: str, password: str = PASSWORD) -> str:
        return f"postgresql://{user}:{quote(password, safe='')}@127.0.0.1:{self.port}/{database}"
