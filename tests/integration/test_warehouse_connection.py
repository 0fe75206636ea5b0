"""Any part reaches any PostgreSQL in the role that it needs, one run at a time, and no message holds a password."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from psycopg import sql
from psycopg.pq import TransactionStatus

from orchestration.warehouse.connection import (
    ADMIN,
    LOADER,
    READER,
    TRANSFORMER,
    AnotherRunActive,
    BootstrapDeniedError,
    WarehouseError,
    bootstrap,
    connect,
    open_warehouse,
    redact,
    run_lock,
    warehouse_id,
)
from orchestration.warehouse.layout import layout_of
from orchestration.warehouse.roles import MATRIX, ROLES, SCHEMAS

PASSWORD = "s3cr%t/@:word"
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class OtherServer:
    """A PostgreSQL that is not ours: on TCP, with passwords."""

    port: int

    def url(self, user: str, database: str, password: str = PASSWORD) -> str:
        return f"postgresql://{user}:{quote(password, safe='')}@127.0.0.1:{self.port}/{database}"


@pytest.fixture(scope="module")
def other_server(open_folder: Path) -> Iterator[OtherServer]:
    layout = layout_of(open_folder)
    home = open_folder / "other"
    home.mkdir()
    password = home / "password"
    password.write_text(PASSWORD)
    for path in (home, password):
        os.chown(path, layout.account.uid, layout.account.gid)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    initdb = [str(layout.binaries / "initdb"), "-N", "-D", str(home / "data"), "-U", "owner", "-A", "scram-sha-256"]
    initdb += ["--pwfile", str(password)]
    subprocess.run(initdb, check=True, capture_output=True, cwd="/", **layout.account.identity)
    tcp_only = ["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "fsync=off"]
    with (home / "log").open("w") as log:
        server = subprocess.Popen(
            [layout.binaries / "postgres", "-D", home / "data", "-p", str(port), *tcp_only],
            stdout=log, stderr=log, cwd="/", **layout.account.identity,
        )  # fmt: skip
    other = OtherServer(port)
    deadline = time.monotonic() + 30
    while psycopg.pq.PGconn.ping(other.url("owner", "postgres").encode()) != psycopg.pq.Ping.OK:
        assert time.monotonic() < deadline, (home / "log").read_text()
        time.sleep(0.02)
    yield other
    server.terminate()
    server.wait(timeout=30)


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


def tables(connection: psycopg.Connection, statement: str, schema: str, table: str = "probe") -> None:
    connection.execute(sql.SQL(statement).format(sql.Identifier(schema, table)))


class TestConnect:
    def test_it_names_itself_and_leaves_no_transaction_open(self, warehouse_url: str) -> None:
        with connect(warehouse_url) as connection:
            assert connection.info.transaction_status == TransactionStatus.IDLE
            assert connection.execute("show application_name").fetchone() == ("waku-fit",)
            assert connection.autocommit is False
        with connect(warehouse_url, autocommit=True) as connection:
            assert connection.autocommit is True

    def test_a_role_outlasts_a_rollback(self, warehouse_url: str) -> None:
        with connect(warehouse_url, role=READER) as connection:
            assert connection.info.transaction_status == TransactionStatus.IDLE
            connection.rollback()
            assert connection.execute("select current_user").fetchone() == (READER,)

    def test_an_unknown_role_is_an_error_and_not_sql(self, warehouse_url: str) -> None:
        with pytest.raises(WarehouseError, match=r'role "x; drop schema marts" does not exist.*run bootstrap'):
            connect(warehouse_url, role="x; drop schema marts")

    def test_a_new_database_under_the_same_name_is_another_one(self, fresh_database: str) -> None:
        with connect(fresh_database) as connection:
            before = warehouse_id(connection)
            assert warehouse_id(connection) == before
        name = fresh_database.partition("?")[0].rpartition("/")[2]
        with connect(fresh_database.replace(f"/{name}?", "/postgres?"), autocommit=True) as connection:
            connection.execute(f"drop database {name}")
            connection.execute(f"create database {name}")
        with connect(fresh_database) as connection:
            assert warehouse_id(connection) != before


class TestUrl:
    @pytest.mark.parametrize(
        ("url", "shown"),
        [
            ("postgresql://ann:secret@host:5432/shop", "postgresql://ann:***@host:5432/shop"),
            ("postgresql://ann@host/shop", "postgresql://ann@host/shop"),
            ("postgresql://host:5432/shop", "postgresql://host:5432/shop"),
            ("postgresql:///shop?host=/tmp/x&password=secret", "postgresql:///shop?host=/tmp/x&password=***"),
            ("postgresql://ann:se@cr/et@host/shop", "postgresql://ann:***@host/shop"),
            ("mysql://ann:secret@host/shop", "mysql://ann:***@host/shop"),
            ("host=db user=ann password = secret", "host=db user=ann password =***"),
        ],
    )
    def test_redacted(self, url: str, shown: str) -> None:
        assert redact(url) == shown

    @pytest.mark.parametrize(
        "url",
        [
            "mysql://ann:secret@host/shop",
            "postgresql+psycopg2://ann:secret@host/shop",
            "host=db user=ann password=secret",
            "secret",
            "postgresql://ann:se/cret@host/shop",
            "postgresql://ann:se@cret@host/shop",
            "postgresql://ann:se?cret@host/shop",
            "postgresql://ann:se#cret@host/shop",
            "postgresql://ann:12/cret@host/shop",
            "postgresql://ann:secret%zz@host/shop",
            "postgresql://ann:secret@host:port/shop",
            "postgresql://ann:secret@host/shop?nonsense=1",
        ],
    )
    def test_a_wrong_one_is_refused_without_its_password(self, url: str, tmp_path: Path) -> None:
        with pytest.raises(WarehouseError, match="expected postgresql://") as refused, open_warehouse(url, tmp_path):
            pass
        if url != "secret":
            assert "cret" not in str(refused.value)
        assert refused.value.__suppress_context__ or refused.value.__context__ is None

    @pytest.mark.parametrize(
        "url",
        [
            "postgresql://",
            "postgres:///shop",
            "postgresql://ann@host",
            "postgresql://ann:s%23%2F@one:5432,two:5433/shop?target_session_attrs=primary",
            "postgresql://[::1]:5432/shop",
            "postgresql:///shop?host=/run/postgresql&user=ann&password=secret",
        ],
    )
    def test_every_right_one_is_taken(self, url: str, tmp_path: Path) -> None:
        with open_warehouse(url, tmp_path) as database:
            assert database.url == url

    def test_a_wrong_password_is_not_repeated(self, other_server: OtherServer) -> None:
        with pytest.raises(WarehouseError, match="cannot connect to postgresql://owner:") as refused:
            connect(other_server.url("owner", "postgres", password="topsecret"))
        assert 'password authentication failed for user "owner"' in str(refused.value)
        assert "topsecret" not in str(refused.value)

    def test_a_server_that_is_not_there_fails_at_once(self) -> None:
        begun = time.monotonic()
        with pytest.raises(WarehouseError, match="refused"):
            connect("postgresql://ann:secret@127.0.0.1:1/shop")
        assert time.monotonic() - begun < 2

    def test_an_external_database_starts_no_server(self, other_server: OtherServer, tmp_path: Path) -> None:
        url = other_server.url("owner", "postgres")
        with open_warehouse(url, tmp_path / "state") as database, connect(database.url) as connection:
            assert (database.url, database.is_embedded, database.notes) == (url, False, ())
            assert connection.execute("select current_user").fetchone() == ("owner",)
        assert not (tmp_path / "state").exists()


class TestMatrix:
    @pytest.fixture(scope="class")
    def probes(self, warehouse_url: str) -> Iterator[str]:
        """A database where each schema has a table `probe` made by the role that builds there."""
        for schema in SCHEMAS:
            creator = next(role for role in ROLES if "CREATE" in MATRIX[role].get(schema, ()))
            with connect(warehouse_url, role=creator) as connection:
                tables(connection, "create table {} (n integer)", schema)
        yield warehouse_url
        with connect(warehouse_url) as connection:
            for schema in SCHEMAS:
                tables(connection, "drop table {}", schema)

    @pytest.mark.parametrize("schema", SCHEMAS)
    @pytest.mark.parametrize("role", ROLES)
    @pytest.mark.parametrize(
        ("privilege", "statement"),
        [
            ("SELECT", "select from {}"),
            ("INSERT", "insert into {} values (1)"),
            ("UPDATE", "update {} set n = 2"),
            ("DELETE", "delete from {}"),
            ("TRUNCATE", "truncate {}"),
            ("CREATE", "create view {} as select 1"),
        ],
    )
    def test_a_role_may_what_is_declared_and_nothing_else(
        self, probes: str, role: str, schema: str, privilege: str, statement: str
    ) -> None:
        with connect(probes, role=role) as connection:
            try:
                tables(connection, statement, schema, "probe" if privilege != "CREATE" else "probe_view")
                may = True
            except psycopg.errors.InsufficientPrivilege:
                may = False
            connection.rollback()
        assert may == (privilege in MATRIX[role].get(schema, ()))

    def test_the_matrix_in_words(self) -> None:
        def where(role: str, privilege: str) -> list[str]:
            return [schema for schema in SCHEMAS if privilege in MATRIX[role].get(schema, ())]

        assert where(LOADER, "SELECT") == where(LOADER, "CREATE") == ["raw"]
        assert where(TRANSFORMER, "SELECT") == ["raw", "staging", "intermediate", "marts"]
        assert where(TRANSFORMER, "INSERT") == where(TRANSFORMER, "CREATE") == ["staging", "intermediate", "marts"]
        assert where(ADMIN, "SELECT") == list(SCHEMAS)
        assert where(ADMIN, "INSERT") == where(ADMIN, "CREATE") == ["model", "readiness", "release"]
        assert where(READER, "SELECT") == ["release"]
        assert where(READER, "INSERT") == where(READER, "CREATE") == []

    def test_every_schema_has_exactly_one_builder(self) -> None:
        for schema in SCHEMAS:
            assert sum("CREATE" in MATRIX[role].get(schema, ()) for role in ROLES) == 1

    def test_no_role_can_log_in(self, warehouse_url: str) -> None:
        with connect(warehouse_url) as connection:
            rows = connection.execute("select rolcanlogin from pg_roles where rolname = any(%s)", [list(ROLES)])
            assert rows.fetchall() == [(False,)] * 4

    def test_the_transformer_replaces_its_own_tables_the_way_dbt_does(self, fresh_database: str) -> None:
        with connect(fresh_database, role=TRANSFORMER) as connection:
            tables(connection, "create table {} as select 1 as n", "marts", "costs")
            tables(connection, "create table {} as select 2 as n", "marts", "costs__dbt_tmp")
            connection.execute("alter table marts.costs rename to costs__dbt_backup")
            connection.execute("alter table marts.costs__dbt_tmp rename to costs")
            tables(connection, "drop table {} cascade", "marts", "costs__dbt_backup")
        with connect(fresh_database, role=ADMIN) as connection:
            assert connection.execute("select n from marts.costs").fetchone() == (2,)

    def test_the_transformer_does_not_drop_what_the_loader_made(self, fresh_database: str) -> None:
        with connect(fresh_database, role=LOADER) as connection:
            tables(connection, "create table {} (n integer)", "raw", "prices")
        denied = pytest.raises(psycopg.errors.InsufficientPrivilege, match="must be owner of table prices")
        with connect(fresh_database, role=TRANSFORMER) as connection, denied:
            tables(connection, "drop table {}", "raw", "prices")

    def test_a_view_shows_what_its_reader_may_not_read_itself(self, fresh_database: str) -> None:
        with connect(fresh_database, role=LOADER) as connection:
            tables(connection, "create table {} as select 7 as n", "raw", "prices")
        with connect(fresh_database, role=ADMIN) as connection:
            connection.execute("create view release.prices as select n from raw.prices")
        with connect(fresh_database, role=READER) as connection:
            assert connection.execute("select n from release.prices").fetchone() == (7,)


class TestBootstrap:
    def test_the_second_time_writes_nothing(self, fresh_database: str) -> None:
        with connect(fresh_database) as connection:
            bootstrap(connection)
            connection.execute("select 1")
            assert connection.execute("select pg_current_xact_id_if_assigned()").fetchone() == (None,)

    def test_it_works_inside_an_open_transaction_and_on_an_autocommit_connection(
        self, login: Callable[..., str]
    ) -> None:
        url = login("ann", "superuser")
        with connect(url) as connection:
            connection.execute("select 1")
            bootstrap(connection)
        with connect(url, autocommit=True) as connection:
            bootstrap(connection)
        with connect(url, role=ADMIN) as connection:
            tables(connection, "create table {} (n integer)", "release")

    def test_a_dropped_schema_comes_back_with_its_privileges(self, fresh_database: str) -> None:
        with connect(fresh_database) as connection:
            connection.execute("drop schema marts cascade")
            bootstrap(connection)
        with connect(fresh_database, role=TRANSFORMER) as connection:
            tables(connection, "create table {} as select 3 as n", "marts")
        with connect(fresh_database, role=ADMIN) as connection:
            assert connection.execute("select n from marts.probe").fetchone() == (3,)

    def test_a_privilege_that_is_declared_no_more_goes(
        self, fresh_database: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with connect(fresh_database, role=ADMIN) as connection:
            tables(connection, "create table {} (n integer)", "release", "old")
        shut = {role: {} if role == READER else schemas for role, schemas in MATRIX.items()}
        monkeypatch.setattr("orchestration.warehouse.roles.MATRIX", shut)
        with connect(fresh_database) as connection:
            bootstrap(connection)
            connection.execute("grant usage on schema release to waku_fit_reader")
        with connect(fresh_database, role=ADMIN) as connection:
            tables(connection, "create table {} (n integer)", "release", "new")
            tables(connection, "truncate {}", "release", "old")
        for table in ("old", "new"):
            denied = pytest.raises(psycopg.errors.InsufficientPrivilege, match=f"permission denied for table {table}")
            with connect(fresh_database, role=READER) as connection, denied:
                tables(connection, "select from {}", "release", table)

    def test_a_login_that_may_create_roles_is_enough(self, login: Callable[..., str]) -> None:
        url = login("ann", "createrole")
        with connect(url) as connection:
            bootstrap(connection)
            assert warehouse_id(connection)
        with connect(url, role=LOADER) as connection:
            tables(connection, "create table {} as select 1 as n", "raw", "prices")
        with connect(url, role=TRANSFORMER) as connection:
            connection.execute("create view staging.prices as select n from raw.prices")
        with connect(url, role=ADMIN) as connection:
            assert connection.execute("select n from staging.prices").fetchone() == (1,)
        with connect(url) as connection:
            connection.execute("comment on schema raw is 'changed'")
            bootstrap(connection)  # again, with tables of the roles in the schemas

    def test_a_login_that_may_not_gets_the_sql_for_an_administrator(
        self, login: Callable[..., str], other_server: OtherServer
    ) -> None:
        url = login("ann")
        with connect(url) as connection:
            with pytest.raises(BootstrapDeniedError, match="user ann may not prepare the database shop") as denied:
                bootstrap(connection)
            assert denied.value.sql.splitlines() == [
                'CREATE ROLE "waku_fit_loader" NOLOGIN;',
                'CREATE ROLE "waku_fit_transformer" NOLOGIN;',
                'CREATE ROLE "waku_fit_reader" NOLOGIN;',
                'CREATE ROLE "waku_fit_admin" NOLOGIN;',
                'GRANT "waku_fit_loader", "waku_fit_transformer", "waku_fit_reader", "waku_fit_admin" TO "ann";',
                'GRANT CREATE ON DATABASE "shop" TO "ann";',
            ]
            assert denied.value.sql in str(denied.value)
            with connect(other_server.url("owner", "shop")) as administrator:
                administrator.execute(denied.value.sql.encode())
            bootstrap(connection)
        with connect(url, role=LOADER) as connection:
            tables(connection, "create table {} (n integer)", "raw")

    def test_a_second_login_needs_only_membership(self, login: Callable[..., str], other_server: OtherServer) -> None:
        with connect(login("ann", "superuser")) as connection:
            bootstrap(connection)
        url = login("bob", owns_database=False)
        with connect(url) as connection:
            with pytest.raises(BootstrapDeniedError) as denied:
                bootstrap(connection)
            assert "CREATE ROLE" not in denied.value.sql
            with connect(other_server.url("owner", "shop")) as administrator:
                administrator.execute(denied.value.sql.encode())
            bootstrap(connection)
        with connect(url, role=READER) as connection:
            assert connection.execute("select current_user, session_user").fetchone() == (READER, "bob")

    def test_two_databases_of_one_server_at_once(
        self, login: Callable[..., str], other_server: OtherServer, as_owner: psycopg.Connection
    ) -> None:
        first = login("ann", "superuser")
        as_owner.execute("create database shop2 owner ann")
        program = "import sys; from orchestration.warehouse.connection import *; bootstrap(connect(sys.argv[1]))"
        both = [
            subprocess.Popen([sys.executable, "-c", program, url], cwd=ROOT, stderr=subprocess.PIPE, text=True)
            for url in (first, other_server.url("ann", "shop2"))
        ]
        errors = [process.communicate()[1] for process in both]
        as_owner.execute("drop database shop2 with (force)")
        assert errors == ["", ""]


class TestRunLock:
    def test_a_second_holder_is_refused_at_once(self, warehouse_url: str) -> None:
        with run_lock(warehouse_url):
            begun = time.monotonic()
            with pytest.raises(AnotherRunActive) as refused, run_lock(warehouse_url):
                pytest.fail("two runs at the same time")
            assert time.monotonic() - begun < 1
        assert refused.value.since is not None
        assert refused.value.pid > 0
        expected = f"waku-fit run, process {os.getpid()} on "
        assert refused.value.application.startswith(expected)
        assert "another run is active on this database since 2" in str(refused.value)
        assert expected in str(refused.value)
        with run_lock(warehouse_url):
            pass

    def test_it_is_released_by_an_error(self, warehouse_url: str) -> None:
        with pytest.raises(ZeroDivisionError), run_lock(warehouse_url):
            raise ZeroDivisionError
        with run_lock(warehouse_url):
            pass

    def test_it_is_released_when_its_holder_is_killed(self, warehouse_url: str) -> None:
        program = """
import sys
from orchestration.warehouse.connection import run_lock
with run_lock(sys.argv[1]):
    print("held", flush=True)
    sys.stdin.read()
"""
        command = [sys.executable, "-c", program, warehouse_url]
        with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
            assert holder.stdout is not None
            assert holder.stdout.readline() == "held\n"
            with pytest.raises(AnotherRunActive, match=f"process {holder.pid} on "), run_lock(warehouse_url):
                pass
            holder.kill()
        deadline = time.monotonic() + 30
        while True:
            try:
                with run_lock(warehouse_url):
                    return
            except AnotherRunActive:
                assert time.monotonic() < deadline

    def test_another_database_has_its_own(self, warehouse_url: str, fresh_database: str) -> None:
        with run_lock(warehouse_url), run_lock(fresh_database):
            pass

    def test_on_a_server_of_somebody_else(self, login: Callable[..., str]) -> None:
        url = login("ann")
        with run_lock(url), pytest.raises(AnotherRunActive, match=f"process {os.getpid()} on "), run_lock(url):
            pass

    def test_a_holder_that_may_not_be_looked_at_is_named_all_the_same(self, login: Callable[..., str]) -> None:
        with run_lock(login("ann", "superuser")):
            bob = login("bob", owns_database=False)
            with pytest.raises(AnotherRunActive) as refused, run_lock(bob):
                pass
        assert refused.value.since is None
        assert refused.value.pid > 0
