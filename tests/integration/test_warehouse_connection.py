"""Any part reaches any PostgreSQL, one run at a time, and no message holds a password."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from psycopg.pq import TransactionStatus

from orchestration.warehouse.connection import (
    READER,
    AnotherRunActive,
    WarehouseError,
    connect,
    open_warehouse,
    redact,
    run_lock,
    warehouse_id,
)
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

    def test_a_server_that_is_not_there_is_refused(self) -> None:
        with pytest.raises(WarehouseError, match="refused"):
            connect("postgresql://ann:secret@127.0.0.1:1/shop")

    def test_an_external_database_starts_no_server(self, other_server: OtherServer, tmp_path: Path) -> None:
        url = other_server.url("owner", "postgres")
        with open_warehouse(url, tmp_path / "state") as database, connect(database.url) as connection:
            assert (database.url, database.is_embedded, database.notes) == (url, False, ())
            assert connection.execute("select current_user").fetchone() == ("owner",)
        assert not (tmp_path / "state").exists()


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
