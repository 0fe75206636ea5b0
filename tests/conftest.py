"""A real PostgreSQL for every test that asks for one: one server in a session, a database of its own for each test.

Belongs here: fixtures that tests of several areas share. Importing it connects to nothing and starts nothing.
"""

from __future__ import annotations

import gc
import itertools
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Generator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.integration.chain import Chain, locked
from tests.places import FROZEN, PROJECT, PUBLIC

TEMPLATE = "waku_fit_template"
COMMON_FOLDER = "TESTS_COMMON_FOLDER"
OVER_RELEASES = ("test_gap_list.py", "test_one_number.py", "test_past_dates.py")
"""Besides those of tests/evidence: tests over releases of the public pack."""
_NUMBERS = itertools.count(1)


def url_of(url: str, database: str) -> str:
    """`url` with another database."""
    return urlsplit(url)._replace(path=f"/{database}").geturl()


@pytest.fixture(scope="session")
def open_folder() -> Iterator[Path]:
    """A new folder that other accounts may enter, unlike `tmp_path`: for root the server runs as another one."""
    with tempfile.TemporaryDirectory(prefix="waku-fit-test-") as name:
        Path(name).chmod(0o711)
        yield Path(name).resolve()


@pytest.fixture(scope="session")
def warehouse_url(open_folder: Path) -> Iterator[str]:
    """The URL of a bootstrapped database on an embedded server that lives as long as the session.

    For tests that only read or that clean up after themselves; the others take `fresh_database`.
    """
    from orchestration.warehouse.connection import bootstrap, connect, open_warehouse
    from orchestration.warehouse.server import remove_server

    state_dir = open_folder / "session"
    try:
        with open_warehouse(None, state_dir) as database:
            with connect(database.url) as connection:
                bootstrap(connection)
            with connect(url_of(database.url, "postgres"), autocommit=True) as connection:
                connection.execute(f"create database {TEMPLATE} template waku_fit")
            yield database.url
    finally:
        remove_server(state_dir)


@pytest.fixture
def fresh_database(warehouse_url: str) -> Iterator[str]:
    """The URL of a bootstrapped, otherwise empty database that only this test uses."""
    from orchestration.warehouse.connection import connect

    name = f"test_{next(_NUMBERS)}"
    with connect(url_of(warehouse_url, "postgres"), autocommit=True) as connection:
        connection.execute(f"create database {name} template {TEMPLATE}")
        yield url_of(warehouse_url, name)
        connection.execute(f"drop database {name} with (force)")


@pytest.fixture(scope="session")
def parsed_state() -> Path:
    """A state folder in which the dbt project has been parsed, which takes 10 s: once for all workers."""
    from orchestration.settings import Settings
    from orchestration.transforms.dbt import prepare_manifest

    folder = common_folder()
    with locked(folder / "definitions"):
        prepare_manifest(Settings.from_environment({"WAKU_FIT_STATE_DIR": str(folder / "definitions")}))
    return folder / "definitions"


@pytest.fixture(scope="session")
def published(parsed_state: Path) -> Chain:
    """A project with one release of the frozen pack, made once for all workers. Who changes anything clones it."""
    return made_once("published", parsed_state, FROZEN / "public", Chain.run_as_installed)


@pytest.fixture(scope="session")
def public_release(parsed_state: Path) -> Chain:
    """A release of the public evidence, made once for all workers: for what holds of it whatever is added."""
    return made_once("public", parsed_state, PUBLIC, run_in_fork)


@pytest.fixture(scope="session")
def grown_release(parsed_state: Path) -> Chain:
    """A release of the public evidence with a row more in each of its tables, made once for all workers."""

    def add_and_run(chain: Chain) -> subprocess.CompletedProcess[str]:
        from tests.evidence.additions import PUBLIC_TABLES, add_to

        add_to(chain.root / "evidence" / "public", PUBLIC_TABLES, datetime.now(UTC).date())
        return chain.waku_fit("run")

    return made_once("grown", parsed_state, PUBLIC, add_and_run)


def run_in_fork(chain: Chain) -> subprocess.CompletedProcess[str]:
    return chain.waku_fit("run")


def made_once(
    name: str, parsed_state: Path, pack: Path, run: Callable[[Chain], subprocess.CompletedProcess[str]]
) -> Chain:
    """A project with one release of `pack` that all workers share."""
    chain = Chain(common_folder() / name)
    with locked(chain.root):
        if not chain.latest.exists():
            Chain.create(chain.root, pack)
            shutil.copytree(parsed_state / "dbt", chain.root / "state" / "dbt")
            done = run(chain)
            assert done.returncode == 0, done.stdout + done.stderr
            assert "Verdict: NOT READY" in done.stdout
    return chain


def common_folder() -> Path:
    """The folder that all workers of a session share. Other accounts may enter it: for root the server runs as one."""
    folder = Path(os.environ[COMMON_FOLDER])
    folder.mkdir(mode=0o711, exist_ok=True)
    return folder


@pytest.fixture(autouse=True)
def garbage_is_collected() -> Iterator[None]:
    """Commands that are called in this process switch it off, for the rest of what is a short life elsewhere."""
    yield
    gc.enable()


def pytest_configure(config: pytest.Config) -> None:
    """Name a folder that all workers of a session share; they inherit the environment of whoever starts them."""
    sys.addaudithook(_guard_public_pack)
    if not hasattr(config, "workerinput"):
        os.environ[COMMON_FOLDER] = str(Path(tempfile.gettempdir()).resolve() / f"waku-fit-tests-{os.getpid()}")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let one worker make the release that others clone, while these do what needs none."""
    first = PROJECT / "tests" / "integration" / "test_privacy.py"  # the file that takes longest
    unit = PROJECT / "tests" / "unit"
    items.sort(key=lambda item: 0 if item.path == first else 1 if unit in item.path.parents else 2)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Remove what the workers shared, once all of them have ended."""
    folder = Path(os.environ[COMMON_FOLDER])
    if hasattr(session.config, "workerinput") or not folder.exists():
        return
    from orchestration.warehouse.server import remove_server

    for name in ("published", "public", "grown"):
        remove_server(folder / name / "state")
    shutil.rmtree(folder)


class PublicPackReadError(Exception):
    """A test of code stands on evidence that changes every day."""


_is_test_of_code = False


def _guard_public_pack(event: str, arguments: tuple[object, ...]) -> None:
    if event == "open" and _is_test_of_code and str(arguments[0]).startswith(f"{PUBLIC}/"):
        raise PublicPackReadError(f"{arguments[0]} is read; let it be a file of tests/packs/frozen")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Refuse the public pack to tests of code, in this process."""
    global _is_test_of_code
    may_read = item.path.parent == PROJECT / "tests" / "evidence" or item.path.name in OVER_RELEASES
    _is_test_of_code = not may_read
    try:
        return (yield)
    finally:
        _is_test_of_code = False


@pytest.fixture(scope="module")
def chain(published: Chain, open_folder: Path, request: pytest.FixtureRequest) -> Iterator[Chain]:
    """A clone of `published` for one module, whose tests follow one another as days do."""
    from orchestration.warehouse.server import remove_server

    chain = published.clone(open_folder / request.module.__name__.rpartition(".")[2])
    yield chain
    remove_server(chain.root / "state")
