"""The embedded PostgreSQL survives `kill -9` of anybody, and many who come and go at once."""

from __future__ import annotations

import contextlib
import fcntl
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import psycopg

from orchestration.warehouse.connection import (
    connect,
)
from orchestration.warehouse.layout import layout_of
from orchestration.warehouse.postmaster import running_pid
from orchestration.warehouse.server import EmbeddedServer, embedded_server, stop_server
from tests.integration.servers import (
    Client,
    assert_stops,
    eventually,
    kill,
    on_linux,
    one,
    processes_of,
    supervisor_pid,
)


class TestKilled:
    def test_a_client_counts_no_more(self, state_dir: Path, client: Callable[..., Client]) -> None:
        other = client(state_dir)
        other.postmaster()
        kill(other.process.pid)
        assert_stops(state_dir)

    def test_the_server_comes_back_with_what_was_committed(self, server: EmbeddedServer) -> None:
        with connect(server.url) as connection:
            connection.execute("drop table if exists kept; create table kept as select 42 as answer")
        kill(server.pid)
        assert one(server.url, "select answer from kept") == 42
        assert running_pid(server.data_directory) not in (server.pid, None)

    @on_linux
    def test_the_server_comes_back_though_a_long_query_survives_it(self, server: EmbeddedServer) -> None:
        with contextlib.closing(psycopg.connect(server.url)) as connection:
            connection.pgconn.send_query(b"select count(*) from generate_series(1, 1000000000000)")
            kill(server.pid)
            assert one(server.url, "select 1") == 1

    def test_a_new_supervisor_adopts_the_server(self, state_dir: Path, client: Callable[..., Client]) -> None:
        first = client(state_dir)
        postmaster = first.postmaster()
        kill(supervisor_pid(state_dir))
        second = client(state_dir)
        assert second.postmaster() == postmaster
        first.leave()
        second.leave()
        assert_stops(state_dir)

    def test_without_a_supervisor_the_last_user_sees_to_the_end(self, state_dir: Path) -> None:
        with embedded_server(state_dir):
            kill(supervisor_pid(state_dir))
        assert_stops(state_dir)

    def test_an_adopted_server_is_restarted_too(self, state_dir: Path) -> None:
        with embedded_server(state_dir) as server:
            kill(supervisor_pid(state_dir))
            with embedded_server(state_dir):
                kill(server.pid)
                assert one(server.url, "select 1") == 1

    def test_supervisor_and_server_together(self, state_dir: Path, client: Callable[..., Client]) -> None:
        first = client(state_dir)
        postmaster = first.postmaster()
        kill(supervisor_pid(state_dir))
        kill(postmaster)
        second = client(state_dir)
        assert second.postmaster() != postmaster
        first.leave()
        second.leave()
        assert_stops(state_dir)

    def test_a_half_made_data_directory_is_made_again(self, new_state: Path, client: Callable[..., Client]) -> None:
        home = layout_of(new_state).home
        killed = client(new_state)
        eventually(lambda: list(home.glob("data.new-*/PG_VERSION")), "initdb has begun")
        for pid in [killed.process.pid, *processes_of(new_state)]:
            with contextlib.suppress(ProcessLookupError):
                kill(pid)
        eventually(lambda: not processes_of(new_state), "what initdb had started has ended")
        assert not (home / "data").exists()
        with embedded_server(new_state) as server:
            assert one(server.url, "select 1") == 1
        assert not list(home.glob("data.new-*"))

    def test_a_process_id_that_now_belongs_to_another_is_not_the_server(self, state_dir: Path) -> None:
        with embedded_server(state_dir) as server:
            remains = (server.data_directory / "postmaster.pid").read_text()
        stop_server(state_dir)
        layout = layout_of(state_dir)
        with subprocess.Popen(["sleep", "600"], cwd="/", **layout.account.identity) as stranger:
            try:
                file = layout.data / "postmaster.pid"
                file.write_text(remains.replace(str(server.pid), str(stranger.pid), 1))
                os.chown(file, layout.account.uid, layout.account.gid)
                assert running_pid(layout.data) is None
                with embedded_server(state_dir) as again:
                    assert one(again.url, "select 1") == 1
                assert stranger.poll() is None
            finally:
                stranger.kill()


class TestRaces:
    def test_four_first_starts_at_once_give_one_server(self, new_state: Path, client: Callable[..., Client]) -> None:
        clients = [client(new_state) for _ in range(4)]
        assert len({c.postmaster() for c in clients}) == 1
        for each in clients:
            each.leave()
        assert_stops(new_state)

    def test_who_comes_while_it_stops_gets_a_new_one(self, state_dir: Path, client: Callable[..., Client]) -> None:
        with embedded_server(state_dir) as server:
            stopping = server.pid
        layout = layout_of(state_dir)
        with layout.users_lock.open("r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # as the supervisor does while it stops the server
            late = client(state_dir)
            stop_server(state_dir)
            assert running_pid(layout.data) is None
        assert late.postmaster() != stopping
        late.leave()

    def test_leaving_and_coming_in_a_hurry_never_fails(self, state_dir: Path) -> None:
        for _ in range(50):
            with embedded_server(state_dir) as server:
                assert one(server.url, "select 1") == 1
