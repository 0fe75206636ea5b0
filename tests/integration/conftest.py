"""Embedded servers to be started, stopped and killed, and a server that is not ours."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from orchestration.warehouse.connection import connect
from orchestration.warehouse.layout import copy_binaries, create_home, layout_of
from orchestration.warehouse.roles import ROLES
from orchestration.warehouse.server import EmbeddedServer, embedded_server, remove_server, stop_server
from tests.integration.servers import DEADLINE_SECONDS, PASSWORD, Client, OtherServer, eventually, processes_of


@pytest.fixture
def client() -> Iterator[Callable[..., Client]]:
    """Start clients; whatever the test does, none of them outlives it."""
    clients: list[Client] = []

    def start(state_dir: Path, environment: dict[str, str] | None = None) -> Client:
        clients.append(Client(state_dir, environment))
        return clients[-1]

    yield start
    for started in clients:
        started.process.kill()
        started.process.communicate()


@pytest.fixture(scope="module")
def shared_state(open_folder: Path) -> Iterator[Path]:
    """One data directory for the tests that do not need a first start."""
    state_dir = open_folder / "shared"
    yield state_dir
    remove_server(state_dir)
    assert not processes_of(state_dir)


@pytest.fixture
def state_dir(shared_state: Path) -> Path:
    """`shared_state` with no server running."""
    stop_server(shared_state)
    return shared_state


@pytest.fixture
def new_state(open_folder: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    """A state directory that does not exist yet."""
    state_dir = open_folder / request.node.name / ".waku-fit"
    state_dir.parent.mkdir()
    yield state_dir
    remove_server(state_dir)
    assert not processes_of(state_dir)


@pytest.fixture
def server(state_dir: Path) -> Iterator[EmbeddedServer]:
    with embedded_server(state_dir) as running:
        yield running


@pytest.fixture(scope="session")
def other_server(open_folder: Path) -> Iterator[OtherServer]:
    layout = layout_of(open_folder / "other-server")
    create_home(layout)
    copy_binaries(layout)
    account, home = layout.account, layout.home
    password = home / "password"
    password.write_text(PASSWORD)
    layout.data.mkdir()
    for path in (layout.data, password):
        os.chown(path, account.uid, account.gid)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    data = ["-D", str(layout.data)]
    initdb = [
        str(layout.binaries / "initdb"),
        *data,
        "-N",
        "-U",
        "owner",
        "-A",
        "scram-sha-256",
        "--pwfile",
        str(password),
    ]
    initdb += ["--pwfile", str(password)]
    subprocess.run(initdb, check=True, capture_output=True, cwd="/", **account.identity)
    tcp_only = ["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "fsync=off"]
    postgres = [str(layout.binaries / "postgres"), *data, "-p", str(port), *tcp_only]
    with layout.log.open("w") as log:
        server = subprocess.Popen(postgres, stdout=log, stderr=log, cwd="/", **account.identity)
    other = OtherServer(port)
    address = other.url("owner", "postgres").encode()
    try:
        eventually(lambda: psycopg.pq.PGconn.ping(address) == psycopg.pq.Ping.OK, "the other server answers")
        yield other
    finally:
        server.terminate()
        server.wait(timeout=DEADLINE_SECONDS)
        shutil.rmtree(home)


@pytest.fixture
def as_owner(other_server: OtherServer) -> Iterator[psycopg.Connection]:
    with connect(other_server.url("owner", "postgres"), autocommit=True) as connection:
        yield connection


@pytest.fixture
def login(as_owner: psycopg.Connection, other_server: OtherServer) -> Iterator[Callable[..., str]]:
    """Create a login, and the database `shop` for it; return its URL. All that, and our roles, go afterwards."""
    logins = []

    def create(name: str, attributes: str = "", owns_database: bool = True) -> str:
        as_owner.execute(f"create role {name} login {attributes} password '{PASSWORD}'")
        logins.append(name)
        if owns_database:
            as_owner.execute(f"create database shop owner {name}")
        return other_server.url(name, "shop")

    yield create
    as_owner.execute("drop database if exists shop with (force)")
    for name in (*ROLES, *logins):
        as_owner.execute(f"drop role if exists {name}")
