"""How any part of the application reaches the warehouse, wherever it is.

Belongs here: choosing and checking the database URL, connecting, the lock of the run.
Does not belong here: starting a server (`server`), privileges (`roles`), SQL of the model.
"""

from __future__ import annotations

import contextlib
import os
import re
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import psycopg
from psycopg import pq, sql
from psycopg.conninfo import conninfo_to_dict

from orchestration.warehouse.errors import WarehouseError
from orchestration.warehouse.layout import SOCKET_PREFIX
from orchestration.warehouse.roles import ADMIN, LOADER, READER, TRANSFORMER, BootstrapDeniedError, bootstrap
from orchestration.warehouse.server import embedded_server

__all__ = [
    "ADMIN",
    "LOADER",
    "READER",
    "TRANSFORMER",
    "AnotherRunActive",
    "BootstrapDeniedError",
    "Database",
    "PooledAddress",
    "WarehouseError",
    "address_in_environment",
    "bootstrap",
    "check_url",
    "connect",
    "open_warehouse",
    "redact",
    "require_session",
    "run_lock",
    "warehouse_id",
]

APPLICATION = "waku-fit"
SCHEMES = ("postgresql", "postgres")
CONNECT_SECONDS = 10
RECOVERY_SECONDS = 15.0
"""How long a connection waits for a sign of life of the embedded server after a crash."""

LOOKS = 3
"""How often a connection is asked for its backend: a pooler with several may give the same one twice."""

MEANINGS = {
    "pgbouncer": "tells Prisma that a pooler is there",
    "connection_limit": "limits the pool of Prisma",
    "pool_timeout": "limits the pool of Prisma",
    "statement_cache_size": "is of Prisma and asyncpg",
    "schema": "is of Prisma; waku-fit has schemas of its own",
    "supa": "names the pooler of Supabase",
}
"""Parameters of other clients, which hosted PostgreSQL shows in its addresses."""

RUN_LOCK = int.from_bytes(b"waku-fit")
"""Key of the advisory lock that one run holds; PostgreSQL keeps advisory locks apart by database."""


@dataclass(frozen=True)
class Database:
    """A database to use. `notes` are sentences that a person should read once."""

    url: str
    is_embedded: bool
    notes: tuple[str, ...] = ()


class AnotherRunActive(WarehouseError):  # noqa: N818 - a state of the world, not a mistake
    """Somebody else has the run lock. `pid` is the server's process for that connection, `since` when it connected."""

    def __init__(self, pid: int, since: datetime | None, application: str) -> None:
        started = f" since {since:%Y-%m-%d %H:%M:%S %Z}" if since else ""
        super().__init__(
            f"another run is active on this database{started} ({application or 'unknown application'}, "
            f"server process {pid}): wait for its end, or stop it, then start again"
        )
        self.pid = pid
        self.since = since
        self.application = application


class PooledAddress(WarehouseError):  # noqa: N818 - a state of the world, not a mistake
    """The address is one of a pooler that gives each transaction another connection to the server."""

    def __init__(self, url: str, seen: str) -> None:
        super().__init__(
            f"{redact(url)} is the address of a pooler that shares connections between transactions ({seen}): the lock "
            "of a run and the role of a connection would get lost. Set WAKU_FIT_DATABASE_URL to the direct address of "
            "the server (hosted PostgreSQL shows it beside the pooled one, often with port 5432 and without -pooler in "
            "the name), or set pool_mode=session in the pooler"
        )


@contextlib.contextmanager
def open_warehouse(database_url: str | None, state_dir: Path) -> Iterator[Database]:
    """Give the database at `database_url`, or that of the embedded server below `state_dir` if it is None.

    The embedded server runs at least as long as the block. Raises `WarehouseError` if the URL cannot be one of
    PostgreSQL or the embedded server does not start; whether an external server answers, `connect` finds out.
    """
    if database_url is not None:
        check_url(database_url)
        yield Database(database_url, is_embedded=False)
        return
    is_first_start = not (state_dir / "postgres").exists()
    with embedded_server(state_dir) as server:
        yield Database(server.url, is_embedded=True, notes=(server.notes,) if server.notes and is_first_start else ())


def connect(url: str, role: str | None = None, autocommit: bool = False) -> psycopg.Connection:
    """Connect, acting as `role` if one is given, with no transaction open.

    If the embedded server has just crashed, wait until it is back. Raises `WarehouseError` without the password.
    """
    connection = _open(url, application_name=APPLICATION, autocommit=autocommit)
    if role is not None:
        try:
            connection.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(role)))
            connection.commit()  # otherwise the next rollback takes the role away again
        except psycopg.Error as error:
            connection.close()
            reason = error.diag.message_primary
            raise WarehouseError(
                f"{redact(url)} does not let its user act as {role} ({reason}); `waku-fit run` prepares the database"
            ) from None
    return connection


@contextlib.contextmanager
def run_lock(url: str) -> Iterator[None]:
    """Hold the right to change the warehouse, on a connection of its own; the server releases it if this process dies.

    Raises `AnotherRunActive` at once if another has it, and `PooledAddress` where a lock could not be held.
    """
    require_session(url)
    with contextlib.closing(_open(url, application_name=_who(), autocommit=True)) as connection:
        # The connection is idle for the length of a run, which a server may be set up to end.
        connection.execute("SELECT set_config(name, '0', false) FROM pg_settings WHERE name = 'idle_session_timeout'")
        while not _try_run_lock(connection):
            if holder := _holder(connection):
                raise AnotherRunActive(*holder)
        yield


def require_session(url: str) -> None:
    """Raise `PooledAddress` unless a connection keeps its backend from one transaction to the next.

    A pooler may give one connection several backends by itself, or the one that it has to everybody: a second
    connection, in a transaction, then takes that of the first. The embedded server is known and not asked.
    """
    if _is_embedded(check_url(url)):
        return
    with (
        contextlib.closing(_open(url, APPLICATION, autocommit=True)) as first,
        contextlib.closing(_open(url, APPLICATION, autocommit=False)) as second,
    ):
        try:
            backends = {_backend(first) for _ in range(LOOKS)}
            if len(backends) == 1 and _backend(second) in backends:
                raise PooledAddress(url, "two connections have the same server process")
            if len(backends) > 1 or _backend(first) not in backends:
                raise PooledAddress(url, "one connection has another server process for each transaction")
        except psycopg.Error as error:
            raise PooledAddress(url, f"a second connection fails: {error.diag.message_primary or error}") from None


def _backend(connection: psycopg.Connection) -> int | None:
    row = connection.execute("SELECT pg_backend_pid()").fetchone()
    return None if row is None else int(row[0])


def warehouse_id(connection: psycopg.Connection) -> str:
    """What tells this database from every other: a new one in its place has another.

    One that was restored from a backup goes by the name of the one that the backup was made of.
    """
    if connection.execute("SELECT to_regclass('release.origin')").fetchone() != (None,):
        restored = connection.execute("SELECT warehouse FROM release.origin").fetchone()
        if restored is not None:
            return str(restored[0])
    row = connection.execute(
        "SELECT system_identifier, oid FROM pg_control_system(), pg_database WHERE datname = current_database()"
    ).fetchone()
    if row is None:
        raise WarehouseError("the database has been dropped while it was in use")
    return f"{row[0]}/{row[1]}"


def redact(url: str) -> str:
    """The URL for a log: without any secret, and rather with too little left than with a part of an odd one.

    Of its parameters only those are shown that libpq shows to everybody: passwords have several names there, and a
    name may be written with %XX.
    """
    url = re.sub(r"(?s)(://[^:@/]*):.*@", r"\1:***@", url)
    address, mark, query = url.partition("?")
    address = re.sub(r"(?is)(password\s*=).*", r"\1***", address)
    public = {option.keyword.decode() for option in pq.Conninfo.get_defaults() if not option.dispchar}
    named = [part.partition("=") for part in query.split("&")]
    return (
        address
        + mark
        + "&".join(f"{name}={value if name in public else '***'}" if sign else name for name, sign, value in named)
    )


def check_url(url: str) -> dict[str, Any]:
    """Return the parts of `url`, named as libpq does. Raises `WarehouseError` for one that is not clear.

    Messages show nothing of it but names of parameters: any part of what cannot be read may be a password. What libpq
    says is not shown either, because it quotes the address.
    """
    scheme, separator, _ = url.partition("://")
    if scheme not in SCHEMES or not separator:
        # nothing of it is shown: it may be a password that was pasted alone
        raise WarehouseError(
            "the database URL does not start with postgresql://; expected postgresql://user:password@host:5432/database"
        )
    try:
        parts = conninfo_to_dict(url)
        is_clear = _credentials(url) == (parts.get("user"), parts.get("password")) and all(
            port.isdecimal() or not port for port in str(parts.get("port", "")).split(",")
        )
    except (psycopg.Error, ValueError):
        is_clear = False
    if not is_clear:
        if unknown := _unknown_parameters(url):
            raise WarehouseError(
                f"the database URL has parameters that PostgreSQL does not know: {', '.join(map(_meant, unknown))}; "
                "take them out: expected postgresql://user:password@host:5432/database. Such an address is often "
                "one of a pooler: waku-fit needs the direct address of the server, or one with pool_mode=session"
            )
        raise WarehouseError(
            "the database URL cannot be read; expected postgresql://user:password@host:5432/database "
            "with every special character of the password written as %XX (an @ is %40, a / is %2F)"
        )
    return parts


def address_in_environment(url: str) -> dict[str, str]:
    """Return `url` as the variables that every program of PostgreSQL reads: only its account sees them."""
    variables = {o.keyword.decode(): o.envvar.decode() for o in pq.Conninfo.get_defaults() if o.envvar is not None}
    return {variables[name]: str(value) for name, value in check_url(url).items() if name in variables}


def _credentials(url: str) -> tuple[str | None, str | None]:
    """User and password as every other reader of URLs understands them; libpq is laxer about unescaped characters."""
    parts = urlsplit(url)
    if "@" in parts.path:
        raise ValueError("the password holds a / and so has become a path")
    query = parse_qs(parts.query)
    user, password = (
        unquote(given) if given is not None else query.get(name, [None])[0]
        for name, given in (("user", parts.username), ("password", parts.password))
    )
    return user, password


def _unknown_parameters(url: str) -> list[str]:
    """Return names of parameters that libpq does not have; none where what looks like one may be of a password."""
    query = urlsplit(url).query
    if "@" in query or "/" in query.partition("=")[0]:
        return []
    known = {option.keyword.decode() for option in pq.Conninfo.get_defaults()} | {"ssl"}
    return [name for name in parse_qs(query, keep_blank_values=True) if name not in known and name.isidentifier()]


def _meant(parameter: str) -> str:
    return f"{parameter} ({MEANINGS[parameter]})" if parameter in MEANINGS else parameter


def _open(url: str, application_name: str, autocommit: bool) -> psycopg.Connection:
    parts = check_url(url)
    options = {"connect_timeout": CONNECT_SECONDS, **parts, "application_name": application_name}
    try:
        try:
            return psycopg.connect(autocommit=autocommit, **options)
        except psycopg.OperationalError:
            if not _comes_back(parts):
                raise
            return psycopg.connect(autocommit=autocommit, **options)
    except psycopg.OperationalError as error:
        message = str(error)
        if password := parts.get("password"):
            message = message.replace(str(password), "***")
        raise WarehouseError(f"cannot connect to {redact(url)}: {message}") from None


def _is_embedded(parts: dict[str, Any]) -> bool:
    return Path(str(parts.get("host", ""))).name.startswith(SOCKET_PREFIX)


def _comes_back(parts: dict[str, Any]) -> bool:
    """Wait for the embedded server, which its supervisor restarts after a crash; others are not waited for."""
    if not _is_embedded(parts):
        return False
    address = psycopg.conninfo.make_conninfo(**parts).encode()
    deadline = time.monotonic() + RECOVERY_SECONDS
    while time.monotonic() < deadline:
        state = pq.PGconn.ping(address)
        if state == pq.Ping.OK:
            return True
        if state == pq.Ping.REJECT:  # it is there and repairs itself, which takes as long as it takes
            deadline = time.monotonic() + RECOVERY_SECONDS
        time.sleep(0.05)
    return False


def _try_run_lock(connection: psycopg.Connection) -> bool:
    row = connection.execute("SELECT pg_try_advisory_lock(%s)", [RUN_LOCK]).fetchone()
    return row is not None and bool(row[0])


def _holder(connection: psycopg.Connection) -> tuple[int, datetime | None, str] | None:
    """Who has the run lock; None if it has just been released. `since` is unknown if the login may not see it."""
    row = connection.execute(
        "SELECT l.pid, a.backend_start, coalesce(a.application_name, '')"
        " FROM pg_locks AS l LEFT JOIN pg_stat_activity AS a USING (pid)"
        " WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1"
        " AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        " AND l.classid::bigint = %(key)s >> 32 AND l.objid::bigint = %(key)s & 4294967295",
        {"key": RUN_LOCK},
    ).fetchone()
    return None if row is None else (row[0], row[1], row[2])


def _who() -> str:
    """Names this process to whoever meets the lock; PostgreSQL keeps 63 bytes."""
    return f"{APPLICATION} run, process {os.getpid()} on {socket.gethostname()}"
