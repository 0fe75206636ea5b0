"""The embedded PostgreSQL starts by itself, is shared, is private, and is gone when nobody needs it."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import psycopg2
import pytest
import sqlalchemy

from orchestration.warehouse import layout as layouts
from orchestration.warehouse.connection import (
    WarehouseError,
    connect,
)
from orchestration.warehouse.layout import ServerError, layout_of, socket_directory
from orchestration.warehouse.postmaster import command_line, running_pid
from orchestration.warehouse.server import EmbeddedServer, embedded_server, remove_server, server_status, stop_server
from orchestration.warehouse.supervisor import bound_log
from tests.integration.servers import (
    Client,
    as_root,
    assert_stops,
    kill,
    on_linux,
    one,
    processes_of,
    supervisor_pid,
)


class TestUse:
    def test_it_answers(self, server: EmbeddedServer) -> None:
        assert one(server.url, "select 1") == 1

    def test_every_client_library_and_program_understands_the_url(self, server: EmbeddedServer) -> None:
        with contextlib.closing(psycopg2.connect(server.url)) as connection, connection.cursor() as cursor:
            cursor.execute("select 2")
            assert cursor.fetchone() == (2,)
        engine = sqlalchemy.create_engine(server.url.replace("postgresql:", "postgresql+psycopg2:"))
        with engine.connect() as connection:
            assert connection.execute(sqlalchemy.text("select 3")).scalar() == 3
        engine.dispose()

        def program(name: str, *arguments: str) -> str:
            command = [str(server.binaries / name), *arguments, server.url]
            return str(subprocess.run(command, capture_output=True, check=True, text=True).stdout)

        assert program("psql", "-Atc", "select 4") == "4\n"
        program("pgbench", "-i", "-q")
        assert "number of transactions actually processed: 2/2" in program("pgbench", "-t", "2")

    def test_a_second_process_shares_it(self, state_dir: Path, client: Callable[..., Client]) -> None:
        with embedded_server(state_dir) as server:
            other = client(state_dir)
            assert other.postmaster() == server.pid
            other.leave()
            assert one(server.url, "select 1") == 1

    def test_it_stops_when_the_last_user_leaves(self, state_dir: Path, client: Callable[..., Client]) -> None:
        first, second = client(state_dir), client(state_dir)
        assert first.postmaster() == second.postmaster()
        first.leave()
        second.leave()
        assert_stops(state_dir)

    def test_a_nested_use_does_not_end_the_outer_one(self, state_dir: Path) -> None:
        with embedded_server(state_dir) as outer:
            with embedded_server(state_dir):
                pass
            assert running_pid(outer.data_directory) == outer.pid

    def test_a_dropped_database_is_created_again(self, state_dir: Path) -> None:
        with embedded_server(state_dir) as server:
            elsewhere = server.url.replace("/waku_fit?", "/postgres?")
            with connect(elsewhere, autocommit=True) as connection:
                connection.execute("drop database waku_fit with (force)")
        with embedded_server(state_dir) as server:
            assert one(server.url, "select current_database()") == "waku_fit"

    def test_text_sorts_by_code_point_and_knows_unicode(self, server: EmbeddedServer) -> None:
        assert one(server.url, "select string_agg(x, '' order by x) from unnest('{b,B,ä,a}'::text[]) x") == "Babä"
        assert one(server.url, "select upper('ä') || pg_encoding_to_char(encoding) from pg_database limit 1") == "ÄUTF8"

    def test_settings(self, server: EmbeddedServer) -> None:
        with connect(server.url) as connection:
            settings: dict[str, str] = dict(connection.execute("select name, setting from pg_settings").fetchall())
        assert settings["shared_buffers"] == "16384"  # pages of 8 KiB: 128 MiB
        assert settings["max_wal_size"] == "1024"
        assert settings["TimeZone"] == "UTC"
        assert settings["synchronous_commit"] == settings["autovacuum"] == settings["fsync"] == "on"

    def test_variables_of_the_caller_do_not_reach_it(self, state_dir: Path, client: Callable[..., Client]) -> None:
        odd = {"PGPORT": "7777", "PGDATA": "/nowhere", "PGTZ": "Asia/Tokyo", "LC_ALL": "nonsense", "TMPDIR": "/nowhere"}
        other = client(state_dir, odd)
        with embedded_server(state_dir) as server:
            assert other.postmaster() == server.pid
            assert one(server.url, "show timezone") == "UTC"


class TestPrivacy:
    def test_it_listens_on_no_network(self, server: EmbeddedServer) -> None:
        assert one(server.url, "show listen_addresses") == ""

    def test_not_even_if_somebody_sets_it(self, state_dir: Path) -> None:
        with embedded_server(state_dir) as server, connect(server.url, autocommit=True) as connection:
            connection.execute("alter system set listen_addresses = '*'")
        stop_server(state_dir)
        with embedded_server(state_dir) as server, connect(server.url, autocommit=True) as connection:
            connection.execute("alter system reset listen_addresses")
            assert one(server.url, "show listen_addresses") == ""

    @on_linux
    def test_no_socket_of_it_is_in_the_tables_of_the_kernel(self, server: EmbeddedServer) -> None:
        links = [os.readlink(link) for link in Path(f"/proc/{server.pid}/fd").iterdir()]
        inodes = {link[8:-1] for link in links if link.startswith("socket:[")}
        assert inodes, "the listening unix socket at least"
        tables = [Path("/proc/net") / name for name in ("tcp", "tcp6", "udp", "udp6")]
        lines = [line for table in tables if table.exists() for line in table.read_text().splitlines()]
        assert not inodes & {line.split()[9] for line in lines}

    def test_the_only_way_in_is_a_folder_that_only_its_account_may_enter(self, server: EmbeddedServer) -> None:
        with connect(server.url) as connection:
            rules = connection.execute("select type, database, user_name, auth_method from pg_hba_file_rules")
            assert rules.fetchall() == [("local", ["all"], ["all"], "trust")]
        folder = Path(str(one(server.url, "show unix_socket_directories")).strip('"'))
        assert folder.stat().st_mode & 0o777 == 0o700
        assert folder.stat().st_uid == server.data_directory.stat().st_uid
        assert server.data_directory.stat().st_mode & 0o777 == 0o700

    def test_a_socket_folder_prepared_by_somebody_else_is_refused(self, state_dir: Path, tmp_path: Path) -> None:
        trap = socket_directory(layout_of(state_dir))
        trap.symlink_to(tmp_path)
        try:
            with pytest.raises(ServerError, match="somebody else made it"), embedded_server(state_dir):
                pass
        finally:
            trap.unlink()
        assert not processes_of(state_dir)


class TestCommands:
    def test_status_of_nothing_starts_and_writes_nothing(self, new_state: Path) -> None:
        status = server_status(new_state)
        assert (status.running, status.pid, status.supervisor_pid, status.url) == (False, None, None, None)
        assert status.version.startswith("18.")
        assert not new_state.exists()
        assert stop_server(new_state) is False

    def test_status_of_a_running_server(self, state_dir: Path, server: EmbeddedServer) -> None:
        status = server_status(state_dir)
        assert (status.running, status.pid, status.url) == (True, server.pid, server.url)
        assert status.data_directory == server.data_directory
        assert status.user == pwd.getpwuid(server.data_directory.stat().st_uid).pw_name
        assert status.user != "root"

    def test_stop_does_not_wait_for_users(self, state_dir: Path) -> None:
        with embedded_server(state_dir) as server:
            assert stop_server(state_dir) is True
            assert not processes_of(state_dir)
            with embedded_server(state_dir) as again:
                assert again.pid != server.pid
                assert one(server.url, "select 1") == 1

    def test_stop_ends_a_server_without_supervisor(self, state_dir: Path) -> None:
        with embedded_server(state_dir):
            kill(supervisor_pid(state_dir))
            assert stop_server(state_dir) is True
            assert_stops(state_dir)

    def test_remove_leaves_nothing(self, new_state: Path) -> None:
        with embedded_server(new_state) as server:
            assert server.data_directory.exists()
        remove_server(new_state)
        assert list(new_state.iterdir()) == []
        assert not server.data_directory.exists()
        assert not processes_of(new_state)

    def test_a_server_that_cannot_start_says_why(self, new_state: Path) -> None:
        with embedded_server(new_state) as server:
            pass
        stop_server(new_state)
        automatic = server.data_directory / "postgresql.auto.conf"
        automatic.write_text("max_connections = 'many'\n")
        reason = 'invalid value for parameter "max_connections"'
        with pytest.raises(WarehouseError, match=reason), embedded_server(new_state):
            pass
        automatic.write_text("")
        with embedded_server(new_state) as server:
            assert one(server.url, "select 1") == 1

    def test_the_log_is_bounded(self, tmp_path: Path) -> None:
        log = tmp_path / "server.log"
        with log.open("a") as writer:
            writer.write("x" * 100)
            writer.flush()
            bound_log(log, limit=100)
            assert log.stat().st_size == 100
            writer.write("y")
            writer.flush()
            bound_log(log, limit=100)
            writer.write("z")
        assert log.read_text() == "z"
        assert (tmp_path / "server.log.1").read_text() == "x" * 100 + "y"


class TestPermissions:
    def test_a_closed_project_folder_works(self, tmp_path: Path) -> None:
        tmp_path.chmod(0o700)
        state_dir = tmp_path / "project" / ".waku-fit"
        try:
            with embedded_server(state_dir) as server:
                assert one(server.url, "select 1") == 1
                home = server.data_directory.parent
                if os.geteuid() == 0:
                    assert home.parent == Path("/var/lib/waku-fit")
                    assert f"in {home} because that account cannot reach {state_dir}" in server.notes
                    assert (state_dir / "postgres" / "location.txt").read_text() == server.notes + "\n"
                else:
                    assert home == state_dir / "postgres"
            assert tmp_path.stat().st_mode & 0o777 == 0o700
        finally:
            remove_server(state_dir)
        assert not home.exists()

    @as_root
    def test_programs_that_the_account_cannot_run_are_copied(
        self, new_state: Path, tmp_path: Path, client: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        installed = layouts.wheel_binaries().parents[1]
        for folder in (installed, installed.with_name(f"{layouts.WHEEL}.libs")):
            if folder.exists():
                unneeded = shutil.ignore_patterns("pginstall", "include")
                shutil.copytree(folder, tmp_path / folder.name, symlinks=True, ignore=unneeded)
        programs = tmp_path / layouts.WHEEL / layouts.INSTALLATION / "bin"
        os.utime(programs / "postgres", (0, 0))  # looks like another build, so gets a copy of its own
        tmp_path.chmod(0o700)
        monkeypatch.syspath_prepend(str(tmp_path))
        layout = layout_of(new_state)
        assert "with a copy of the installed programs" in layout.notes
        copy = layout.binaries.parents[2]
        try:
            user = client(new_state, {"PYTHONPATH": str(tmp_path)})
            assert f"{copy}/" in command_line(user.postmaster())
            user.leave()
            stop_server(new_state)
        finally:
            shutil.rmtree(copy)

    @as_root
    def test_data_of_another_account_are_refused_with_its_name(self, state_dir: Path) -> None:
        with embedded_server(state_dir):
            owner = server_status(state_dir).user
        stranger = 54321
        told = f"belongs to user {owner}, this process runs as user id {stranger}"
        closed = f"cannot be read by user id {stranger}"  # if even the folder above is
        os.seteuid(stranger)
        try:
            with pytest.raises(ServerError, match=f"{told}|{closed}"):
                server_status(state_dir)
        finally:
            os.seteuid(0)

    @as_root
    def test_root_keeps_the_account_that_created_the_data(self, new_state: Path) -> None:
        nobody = pwd.getpwnam("nobody")
        with embedded_server(new_state) as server:
            pass
        stop_server(new_state)
        for path in [server.data_directory, *server.data_directory.rglob("*")]:
            os.chown(path, nobody.pw_uid, nobody.pw_gid, follow_symlinks=False)
        with embedded_server(new_state) as server:
            assert one(server.url, "select 1") == 1
            assert server_status(new_state).user == "nobody"

    def test_data_of_another_major_version_are_refused_with_the_way_out(self, state_dir: Path) -> None:
        with embedded_server(state_dir) as server:
            version = server.data_directory / "PG_VERSION"
        stop_server(state_dir)
        was = version.read_text()
        version.write_text("17\n")
        try:
            with (
                pytest.raises(ServerError, match=r"are of PostgreSQL 17, .* brings 18, .*waku-fit restore FILE"),
                embedded_server(state_dir),
            ):
                pass
            assert not processes_of(state_dir)
        finally:
            version.write_text(was)
