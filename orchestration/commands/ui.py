"""`waku-fit ui`: the Dagster UI and its daemon (schedules, queue), on this machine only."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import click

from orchestration.errors import UserError
from orchestration.instance import prepare_home
from orchestration.settings import Settings

HOST = "127.0.0.1"

GRACE_SECONDS = 20
"""Dagster ends its daemon, then its code server; a few seconds are usual."""


def environment(settings: Settings) -> dict[str, str]:
    """What Dagster's own commands need to find this project's instance and tools."""
    binaries = str(Path(sys.executable).parent)
    return {
        **os.environ,
        "DAGSTER_HOME": str(prepare_home(settings.dagster_home)),
        "PATH": binaries + os.pathsep + os.environ.get("PATH", ""),
        "DAGSTER_DISABLE_TELEMETRY": "yes",
    }


def serve(settings: Settings, port: int, read_only: bool) -> int:
    """Run until Ctrl-C and return the exit code. Raises `UserError` when the port is taken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            raise UserError(
                f"port {port} on {HOST} is in use; close what runs there, or choose another: "
                f"waku-fit ui --port {port + 1}"
            ) from None
    workspace = ["--workspace", str(settings.project_dir / "workspace.yaml"), "--host", HOST, "--port", str(port)]
    binaries = Path(sys.executable).parent
    command = (
        [str(binaries / "dagster-webserver"), *workspace, "--read-only"]
        if read_only
        else [str(binaries / "dagster"), "dev", *workspace]
    )
    click.echo(f"Dagster UI: http://{HOST}:{port}/asset-groups opens in 5 to 30 seconds   (Ctrl-C ends it)")
    # Dagster ends on the signals that it inherits as not ignored; a shell in the background ignores this one.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    # A group of its own: Dagster starts a daemon and a code server, which must end with it.
    process = subprocess.Popen(command, env=environment(settings), cwd=settings.project_dir, start_new_session=True)
    try:
        return process.wait()
    except KeyboardInterrupt:
        return _end(process)


def _end(process: subprocess.Popen[bytes]) -> int:
    os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(timeout=GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    return 0
