"""Each role may touch what is declared for it and nothing else, on any server that lets us set it up."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator

import psycopg
import pytest
from psycopg import sql

from orchestration.warehouse.connection import (
    ADMIN,
    LOADER,
    READER,
    TRANSFORMER,
    BootstrapDeniedError,
    bootstrap,
    connect,
    warehouse_id,
)
from orchestration.warehouse.roles import MATRIX, ROLES, SCHEMAS
from tests.integration.servers import (
    ROOT,
    OtherServer,
)


def tables(connection: psycopg.Connection, statement: str, schema: str, table: str = "probe") -> None:
    connection.execute(sql.SQL(statement).format(sql.Identifier(schema, table)))


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
        assert where(ADMIN, "INSERT") == where(ADMIN, "CREATE") == ["model", "readiness", "reports", "release"]
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
