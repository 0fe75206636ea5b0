"""`waku-fit psql` and `waku-fit dbt`: programs of others on the warehouse that runs use, wherever it is.

Belongs here: what they are told of the connection. Does not belong here: which database that is
(`orchestration.warehouse`), dbt as a part of a run (`orchestration.transforms`).
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path

import click

from orchestration.errors import UserError
from orchestration.settings import Settings
from orchestration.transforms.dbt import connection_environment
from orchestration.transforms.dbt_files import write_dbt_files
from orchestration.warehouse.connection import (
    ADMIN,
    LOADER,
    READER,
    TRANSFORMER,
    WarehouseError,
    address_in_environment,
    connect,
    open_warehouse,
    run_lock,
)
from orchestration.warehouse.layout import ServerError, wheel_binaries

ROLES = {"reader": READER, "transformer": TRANSFORMER, "loader": LOADER, "admin": ADMIN}
CHANGING = ("build", "clone", "retry", "run", "run-operation", "seed", "snapshot")
"""Commands of dbt that write to the warehouse: not beside a run."""
OF_RUNS = ("DBT_USE_COLORS", "DBT_LOG_LEVEL_FILE")
"""Variables that are for a run, whose output goes to a log, and not for a terminal."""


def psql(settings: Settings, role: str | None, arguments: Sequence[str]) -> int:
    """Open the warehouse in psql, acting as `role` if one is given; return its exit code. Raises `UserError`."""
    try:
        with open_warehouse(settings.database_url, settings.state_dir) as database:
            program = _psql(is_embedded=database.is_embedded)
            # an address or a role that is wrong gets the usual message, without the password
            connect(database.url, ROLES[role] if role else None).close()
            environment = {"PGAPPNAME": "waku-fit psql", **address_in_environment(database.url)}
            if role:
                options = environment.get("PGOPTIONS", "")
                environment["PGOPTIONS"] = f"{options} -c role={ROLES[role]}".strip()
            return _call([program, *arguments], environment)
    except WarehouseError as error:
        raise UserError(str(error)) from error


def _psql(*, is_embedded: bool) -> str:
    """Return the psql that comes with the embedded server for that one, else the one that is installed.

    Each stands in for the other where it is missing. Raises `UserError` where both are.
    """
    try:
        own = wheel_binaries() / "psql"
    except ServerError:
        own = Path()
    programs = [str(own) if own.is_file() else None, shutil.which("psql")]
    for program in programs if is_embedded else reversed(programs):
        if program is not None:
            return program
    raise UserError(
        "psql was not found; expected the client programs of PostgreSQL (Debian calls them postgresql-client)"
    )


def dbt(settings: Settings, arguments: Sequence[str]) -> int:
    """Run dbt on the warehouse, with all files that it reads up to date, and return its exit code.

    `docs` alone makes the documentation of all models as one file. Raises `UserError`.
    """
    is_docs = list(arguments) == ["docs"]
    command = ["docs", "generate", "--static"] if is_docs else list(arguments)
    write_dbt_files(settings.dbt_project_dir)
    project, target = settings.dbt_project_dir, settings.dbt_state_dir / "by_hand"
    # options of the command line count before these
    places = {"PROJECT_DIR": project, "PROFILES_DIR": project, "TARGET_PATH": target, "LOG_PATH": target}
    try:
        with open_warehouse(settings.database_url, settings.state_dir) as database:
            connect(database.url, TRANSFORMER).close()
            environment = {
                name: told for name, told in connection_environment(database.url).items() if name not in OF_RUNS
            }
            environment |= {f"DBT_{name}": str(place) for name, place in places.items()}
            with run_lock(database.url) if any(word in CHANGING for word in command) else nullcontext():
                code = _call([str(Path(sys.executable).with_name("dbt")), *command], environment)
    except WarehouseError as error:
        raise UserError(str(error)) from error
    if is_docs and code == 0:
        click.echo(f"Documentation of all models, in one file: {target / 'static_index.html'}")
    return code


def _call(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run a program on this terminal and return its exit code. Ctrl-C is for the program, which goes on if it likes."""
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        return subprocess.run(command, env={**os.environ, **environment}, check=False).returncode
    finally:
        signal.signal(signal.SIGINT, before)
