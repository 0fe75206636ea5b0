"""Whoever asks once which release it is reads one release, whatever is published meanwhile: docs/scripts.md."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from assets.reports.release import publish
from orchestration.warehouse.connection import connect
from tests.integration.test_publication import database, write  # noqa: F401 - the fixture
from tests.places import PROJECT

DOCUMENT = (PROJECT / "docs" / "scripts.md").read_text()
EXAMPLE_ID = "20261201T123002Z-67114aad"


def published(database: str, folder: Path, name: str) -> None:  # noqa: F811
    """Publish a release whose tables and files all say its name."""
    with connect(database, "waku_fit_admin", autocommit=True) as connection:
        connection.execute("update readiness.gates set status = %s", [name])
        connection.execute("update readiness.verdict set verdict = %s", [name])
    directory = write(database, folder, name)
    with connect(database, "waku_fit_admin", autocommit=True) as connection:
        publish.publish(connection, name, directory, folder / "reports" / "latest")


def statements() -> tuple[str, str, str, str]:
    """The examples of the document, in their order."""
    pinned, joined = re.findall(r"```sql\n(.*?)```", DOCUMENT, re.DOTALL)
    which, *tables = (part.strip() for part in pinned.replace("  -- once", "").split(";") if part.strip())
    return which, *tables, joined.strip().rstrip(";")


@pytest.fixture
def reader(database: str) -> Iterator[psycopg.Connection]:  # noqa: F811
    with connect(database, "waku_fit_reader", autocommit=True) as connection:
        yield connection


def test_tables_are_of_the_release_that_was_asked_for(
    database: str,  # noqa: F811
    reader: psycopg.Connection,
    tmp_path: Path,
) -> None:
    which, gates, verdict, joined = statements()
    published(database, tmp_path, "r1")
    (name,) = reader.execute(which).fetchone()
    first = reader.execute(gates.replace(EXAMPLE_ID, name)).fetchone()
    published(database, tmp_path, "r2")
    second = reader.execute(verdict.replace(EXAMPLE_ID, name)).fetchone()
    assert ("r1" in first, "r1" in second) == (True, True)
    assert reader.execute(which).fetchone() == ("r2",)
    assert reader.execute(joined).fetchall() == [("interviews", "r2", "r2")]


def test_files_are_of_the_release_that_was_asked_for(database: str, tmp_path: Path) -> None:  # noqa: F811
    published(database, tmp_path, "r1")
    release = (tmp_path / "reports" / "latest").resolve()
    first = (release / "data" / "gates.csv").read_text()
    published(database, tmp_path, "r2")
    second = (release / "data" / "verdict.csv").read_text()
    assert ("r1" in first, "r1" in second) == (True, True)
    assert "r2" in (tmp_path / "reports" / "latest" / "data" / "verdict.csv").read_text()
