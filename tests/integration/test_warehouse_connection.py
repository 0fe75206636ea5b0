"""Any part reaches any PostgreSQL, one run at a time, and no message holds a password."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from psycopg.pq import TransactionStatus

from assets.common.http import HttpClient
from orchestration.commands.doctor import examine
from orchestration.commands.refresh import now, refresh_evidence
from orchestration.errors import UserError
from orchestration.settings import Settings
from orchestration.warehouse.connection import (
    READER,
    AnotherRunActive,
    PooledAddress,
    WarehouseError,
    connect,
    open_warehouse,
    redact,
    require_session,
    run_lock,
    warehouse_id,
)
from tests.integration.pooler import pooler
from tests.integration.servers import ROOT, OtherServer, eventually


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
        with pytest.raises(
            WarehouseError, match=r'role "x; drop schema marts" does not exist.*`waku-fit run` prepares'
        ):
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
            (
                "postgresql://h/shop?pass%77ord=secret&sslmode=require",
                "postgresql://h/shop?pass%77ord=***&sslmode=require",
            ),
            ("postgresql://h/shop?oauth_client_secret=secret", "postgresql://h/shop?oauth_client_secret=***"),
            ("postgresql://h/shop?scram_client_key=secret", "postgresql://h/shop?scram_client_key=***"),
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
            "secret:5432",
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
            "postgresql://ann:secret",
            "postgresql://h:port/shop?pass%77ord=secret",
            "postgresql://ann:secret@host/shop?nonsense=1",
        ],
    )
    def test_a_wrong_one_is_refused_without_its_password(self, url: str, tmp_path: Path) -> None:
        with pytest.raises(WarehouseError, match="expected postgresql://") as refused, open_warehouse(url, tmp_path):
            pass
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

    @pytest.mark.parametrize(
        ("query", "told"),
        [
            ("pgbouncer=true", "pgbouncer (tells Prisma that a pooler is there); take"),
            ("pgbouncer=true&connection_limit=1", "is there), connection_limit (limits the pool of Prisma); take"),
            ("sslmode=require&nonsense=1", "does not know: nonsense; take"),
            ("schema=", "does not know: schema (is of Prisma"),
        ],
    )
    def test_a_parameter_of_another_client_is_named(self, query: str, told: str, tmp_path: Path) -> None:
        url = f"postgresql://ann:p%40w@host:5432/shop?{query}"
        with pytest.raises(WarehouseError) as refused, open_warehouse(url, tmp_path):
            pass
        assert told in str(refused.value)
        assert "pool_mode=session" in str(refused.value)
        assert "password of" not in str(refused.value)
        assert "%XX" not in str(refused.value)
        assert "p%40w" not in str(refused.value)

    def test_what_may_be_of_a_password_is_named_as_no_parameter(self, tmp_path: Path) -> None:
        with pytest.raises(WarehouseError) as refused, open_warehouse("postgresql://ann:se?cret=1@h/shop", tmp_path):
            pass
        assert "cret" not in str(refused.value)

    def test_a_wrong_password_is_not_repeated(self, other_server: OtherServer) -> None:
        with pytest.raises(WarehouseError, match="cannot connect to postgresql://owner:") as refused:
            connect(other_server.url("owner", "postgres", password="topsecret"))
        assert 'password authentication failed for user "owner"' in str(refused.value)
        assert "topsecret" not in str(refused.value)

    def test_a_server_that_is_not_there_is_refused(self) -> None:
        with pytest.raises(WarehouseError, match="refused"):
            connect("postgresql://ann:secret@127.0.0.1:1/shop")

    def test_an_external_database_starts_no_server(self, other_server: OtherServer, tmp_path: Path) -> None:
        url = other_server.url("owner", "postgres")
        with open_warehouse(url, tmp_path / "state") as database, connect(database.url) as connection:
            assert (database.url, database.is_embedded, database.notes) == (url, False, ())
            assert connection.execute("select current_user").fetchone() == ("owner",)
        assert not (tmp_path / "state").exists()


TAKE = {"last used first": -1, "in turn": 0}


class TestPooler:
    @pytest.mark.parametrize("which", TAKE.values(), ids=TAKE.keys())
    @pytest.mark.parametrize("warm", [0, 3])
    def test_one_in_transaction_mode_is_refused_with_the_way_out(
        self, other_server: OtherServer, which: int, warm: int
    ) -> None:
        with pooler(other_server.port, lambda idle: idle.pop(which)) as port:
            url = OtherServer(port).url("owner", "postgres")
            for _ in range(warm):
                connect(url).close()
            with pytest.raises(PooledAddress, match="pool_mode=session") as refused, run_lock(url):
                pytest.fail("a lock that another run has as well")
            assert str(refused.value).startswith(
                f"postgresql://owner:***@127.0.0.1:{port}/postgres is the address of a"
            )
            assert "direct address" in str(refused.value)

    def test_a_server_itself_is_none(self, other_server: OtherServer, warehouse_url: str) -> None:
        require_session(other_server.url("owner", "postgres"))
        require_session(warehouse_url)

    def test_the_doctor_finds_it(
        self, other_server: OtherServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        with pooler(other_server.port, lambda idle: idle.pop()) as port:
            url = OtherServer(port).url("owner", "postgres")
            settings = Settings.from_environment({"WAKU_FIT_DATABASE_URL": url, "WAKU_FIT_STATE_DIR": str(tmp_path)})
            assert examine(settings, as_json=False) == 1
        assert "FIX  warehouse: PooledAddress: postgresql://owner:***@" in capsys.readouterr().out

    def test_a_refresh_asks_nobody_before_it_is_known(self, other_server: OtherServer, tmp_path: Path) -> None:
        def refreshed(url: str) -> None:
            settings = Settings.from_environment({"WAKU_FIT_DATABASE_URL": url, "WAKU_FIT_STATE_DIR": str(tmp_path)})
            with HttpClient() as client:
                refresh_evidence(settings, (), only_check=True, client=client, clock=now, environment={}, parts=[])

        with (
            pooler(other_server.port, lambda idle: idle.pop()) as port,
            pytest.raises(UserError, match="pool_mode=session"),
        ):
            refreshed(OtherServer(port).url("owner", "postgres"))
        with pytest.raises(UserError, match="pgbouncer"):
            refreshed("postgresql://ann:p%40w@host/shop?pgbouncer=true")
        refreshed("postgresql://ann:secret@127.0.0.1:1/shop")
        refreshed(other_server.url("owner", "postgres"))


class TestRunLock:
    def test_a_second_holder_is_refused_at_once(self, warehouse_url: str) -> None:
        with run_lock(warehouse_url), pytest.raises(AnotherRunActive) as refused, run_lock(warehouse_url):
            pytest.fail("two runs at the same time")
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

        def is_free() -> bool:
            try:
                with run_lock(warehouse_url):
                    return True
            except AnotherRunActive:
                return False

        eventually(is_free, "the lock of a killed process is released")

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
