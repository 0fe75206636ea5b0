"""Where a session is made: machine, server and every setting that differs from the server's default.

Belongs here: looking, for the columns of `benchmarks__runs`. Does not belong here: what is done with a difference.
A password is part of none of it, nor is any path or host name.
"""

from __future__ import annotations

import os
import platform
import subprocess
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from assets.benchmarks.measuring.pgbench import pgbench_version
from assets.evidence.fingerprint import fingerprint_of

EMBEDDED = "waku-fit"
"""Name that the embedded server gives itself (`cluster_name`)."""

DECLARED_SETTINGS = {"max_parallel_workers_per_gather": "0"}
"""Of the scratch database. An archive serves many clients at once: workers of one query take processors from others.
On two cores with four clients two workers in its plan alone made one stage five times slower than the stage before."""

MEASURING = (
    *("archive/grids", "archive/limits", "archive/messages", "archive/requests", "archive/stages"),
    *("imports/events", "imports/pgbench"),
    *("measuring/archive_tables", "measuring/capacity_search", "measuring/environment", "measuring/measure"),
    *("measuring/pgbench", "measuring/session_run", "measuring/storage_probe"),
)
"""Modules of the benchmarks that a figure depends on: with any of them changed, it is another measurement."""

HERE = ("", "localhost", "127.0.0.1", "::1")
GIB = 1024**3

# What names a place or a person's language says nothing about speed; collation does, and is added.
_SETTINGS = r"""
select name, current_setting(name) from pg_settings
 where setting is distinct from boot_val
   and source not in ('default', 'override', 'client', 'session', 'environment variable')
   and name !~ '(director(y|ies)|_file|_path|^port|^listen_|^lc_|^log_|TimeZone|DateStyle|text_search|cluster_name)'
 order by name
"""
_COLLATION = "select coalesce(datlocale, datcollate) from pg_database where datname = current_database()"
_COLLATION_BEFORE_17 = "select datcollate from pg_database where datname = current_database()"


def describe(connection: psycopg.Connection[Any], url: str, bin_dir: Path) -> dict[str, Any]:
    """Return the environment of a session as columns of `benchmarks__runs`.

    `cpu_model` to `file_system` describe this machine; what cannot be seen of another one is left out.
    """
    location = server_location(connection, url)
    data = data_directory(connection) if location != "other_host" else None
    settings = connection.execute(_SETTINGS).fetchall()
    collation = _one(connection, _COLLATION if connection.info.server_version >= 170_000 else _COLLATION_BEFORE_17)
    return {
        "server_location": location,
        "cpu_model": cpu_model(),
        "cpu_cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / GIB, 1),
        "operating_system": f"{platform.system()} {platform.release()}",
        "file_system": file_system(data) if data else None,
        "postgres_version": str(_one(connection, "show server_version")),
        "load_generator": pgbench_version(bin_dir),
        "changed_settings": [
            f"{name}={value}".replace(";", ",")
            for name, value in [*({**dict(settings), **DECLARED_SETTINGS}).items(), ("collation", collation)]
        ],
        "git_commit": git_commit(Path(__file__).parent),
        "code_version": fingerprint_of([Path(__file__).parents[1] / f"{name}.py" for name in MEASURING])[:12],
        "latency_source": "pgbench_log",
    }


def git_commit(folder: Path) -> str | None:
    """Return the commit of the code in `folder`, `uncommitted` if it differs; None outside of a repository."""

    def git(*arguments: str) -> str:
        command = ["git", "-C", str(folder), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    try:
        return "uncommitted" if git("status", "--porcelain", "--", ".") else git("rev-parse", "HEAD")[:12]
    except (OSError, subprocess.CalledProcessError):
        return None


def load_average() -> float:
    """Return how many processes wanted to run in the minute before, on average."""
    return round(os.getloadavg()[0], 2)


def server_location(connection: psycopg.Connection[Any], url: str) -> str:
    """Return `embedded`, `same_host` or `other_host`."""
    if _one(connection, "show cluster_name") == EMBEDDED:
        return "embedded"
    hosts = str(conninfo_to_dict(url).get("host") or "").split(",")
    return "same_host" if all(host in HERE or host.startswith("/") for host in hosts) else "other_host"


def data_directory(connection: psycopg.Connection[Any]) -> Path | None:
    """Return where the server keeps its data; None if the login may not see it."""
    try:
        return Path(str(_one(connection, "show data_directory")))
    except psycopg.errors.InsufficientPrivilege:
        return None


def file_system(path: Path) -> str | None:
    """Return the type of the file system of `path` as Linux lists it; None elsewhere."""
    mounts = Path("/proc/mounts")
    if not mounts.exists():
        return None
    found = [line.split() for line in mounts.read_text(encoding="utf-8").splitlines()]
    over = [(len(where), kind) for _, where, kind, *_ in found if path.is_relative_to(where)]
    return max(over)[1] if over else None


def cpu_model() -> str:
    """Return the processor as the operating system names it."""
    listing = Path("/proc/cpuinfo")
    if listing.exists():
        for line in listing.read_text(encoding="utf-8").splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "model name" and value.strip():
                return value.strip()
    return platform.processor() or platform.machine()


def _one(connection: psycopg.Connection[Any], query: str) -> object:
    row = connection.execute(query.encode()).fetchone()
    return row[0] if row else None
