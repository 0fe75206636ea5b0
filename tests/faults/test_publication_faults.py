"""A fault at each step of a publication, one after another: readers see the old release or the new one, never a mix.

A step is a statement to the database or an operation on files. The next run finds nothing left of what nobody saw.
"""

from __future__ import annotations

import errno
import os
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from assets.reports.release import publish
from assets.reports.sums import damage
from orchestration.warehouse.connection import connect
from tests.integration.test_publication import database, write  # noqa: F401 - the fixture

KILLED = 9
FILE_OPERATIONS = ((os, "replace"), (os, "fsync"), (Path, "mkdir"), (Path, "write_bytes"), (Path, "symlink_to"))

Fault = Callable[[object], None]


def cut_off(on: object) -> None:
    """Let a statement find the connection closed, and an operation on files the disk full."""
    if isinstance(on, psycopg.Cursor):
        on.connection.close()
        raise psycopg.OperationalError("the connection is closed")
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def kill(_: object) -> None:
    os._exit(KILLED)


@contextmanager
def fault_at(step: int, fault: Fault) -> Iterator[None]:
    """Let the step of this number, counted from 1, fail before it does anything."""
    left = step

    def failing(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any, **named: Any) -> Any:
            nonlocal left
            left -= 1
            if left == 0:
                fault(given[0] if given else None)
            return real(*given, **named)

        return call

    with pytest.MonkeyPatch.context() as patch:
        for owner, name in (*FILE_OPERATIONS, (psycopg.Cursor, "execute")):
            patch.setattr(owner, name, failing(getattr(owner, name)))
        yield


def make(database: str, folder: Path, name: str) -> None:  # noqa: F811
    """Publish a release whose tables and files all say its name."""
    with connect(database, "waku_fit_admin", autocommit=True) as connection:
        publish.align_link(connection, folder / "releases", folder / "reports" / "latest")
        connection.execute("update readiness.gates set status = %s", [name])
        connection.execute("update readiness.verdict set verdict = %s", [name])
    directory = write(database, folder, name)
    with connect(database, "waku_fit_admin", autocommit=True) as connection:
        publish.publish(connection, name, directory, folder / "reports" / "latest")


def seen(database: str, folder: Path) -> str:  # noqa: F811
    """Return the release that readers see by its pointer, after looking whether it and that of the link are whole."""
    link = (folder / "reports" / "latest").resolve()
    with connect(database, "waku_fit_reader", autocommit=True) as connection:
        (pointed,) = connection.execute("select release_id from release.current where line = 'latest'").fetchone()
        rows = connection.execute(
            "select g.status, v.verdict from release.gates g join release.verdict v using (release_id)"
            " where release_id = %s",
            [pointed],
        ).fetchall()
    assert rows == [(pointed, pointed)]
    assert damage(link) is None
    assert link.name in (link / "data" / "gates.csv").read_text()
    assert link.name in (link / "data" / "verdict.csv").read_text()
    return str(pointed)


def in_a_process(function: Callable[[], None]) -> int:
    """Call a function in a process of its own and return the code that it ends with."""
    child = os.fork()
    if child == 0:
        try:
            function()
            os._exit(0)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.mark.parametrize("fault", [cut_off, kill])
def test_at_each_step(database: str, tmp_path: Path, fault: Fault) -> None:  # noqa: F811
    make(database, tmp_path, "r000")
    old, step, outcomes = "r000", 0, set()
    while True:
        step += 1
        name = f"r{step:03}"

        def attempt(step: int = step, name: str = name) -> None:
            with fault_at(step, fault):
                make(database, tmp_path, name)

        code = in_a_process(attempt)
        now = seen(database, tmp_path)
        assert now in (old, name)
        outcomes.add(now == name)
        if code == 0:
            break
        assert code == (KILLED if fault is kill else 1)
        with connect(database, "waku_fit_admin", autocommit=True) as connection:
            publish.align_link(connection, tmp_path / "releases", tmp_path / "reports" / "latest")
            known = {row[0] for row in connection.execute("select release_id from release.releases").fetchall()}
            held = {row[0] for row in connection.execute("select release_id from release.gates").fetchall()}
        assert (tmp_path / "reports" / "latest").resolve().name == now == seen(database, tmp_path)
        assert [path.name for path in (tmp_path / "reports").iterdir()] == ["latest"]
        assert {path.name for path in (tmp_path / "releases").iterdir()} == known == held
        old = now
    assert step > 30, "steps were not counted"
    assert outcomes == {True, False}
