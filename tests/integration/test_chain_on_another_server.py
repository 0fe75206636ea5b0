"""The whole chain on a PostgreSQL that is not ours: TCP, a password, a login that may create roles and no more."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

from orchestration.warehouse.connection import connect
from orchestration.warehouse.server import remove_server
from tests.integration.chain import Chain
from tests.integration.servers import PASSWORD


def test_a_run_publishes_there_and_tells_nobody_the_password(
    published: Chain, open_folder: Path, login: Callable[..., str]
) -> None:
    """The run history tells of another database, and what a run that is killed began with must not count as made."""
    url = login("ann", "createrole")
    chain = Chain(published.clone(open_folder / "elsewhere").root, url)
    remove_server(chain.root / "state")
    was = chain.manifest
    chain.end_run_when("raw/benchmarks__archive_notes", signal.SIGKILL)
    assert chain.manifest == was

    done = chain.waku_fit("run")

    assert done.returncode == 0, done.stdout + done.stderr
    counted = done.stdout.partition(" tables are out of date")[0].split()
    assert counted[-3] == counted[-1], counted
    assert int(counted[-1]) > 100
    assert chain.manifest["release_id"] > was["release_id"]
    assert chain.readiness["verdict"] == "not_ready"
    with connect(url) as connection:
        assert connection.execute("select release_id from release.current").fetchall() == [
            (chain.manifest["release_id"],)
        ]
    assert f"Release {was['release_id']} is of another database: nothing is compared with it." in done.stdout
    assert chain.manifest["previous"] is None
    assert was["release_id"] not in chain.waku_fit("releases").stdout
    assert "there is only one" in chain.waku_fit("diff").stderr
    assert "Nothing changed" in chain.waku_fit("run").stdout
    assert not (chain.root / "state" / "postgres").exists(), "the embedded server was started as well"
    assert holding(PASSWORD, chain.root) == []


def holding(text: str, folder: Path) -> list[str]:
    """Files below `folder` that contain `text`."""
    paths = (Path(parent) / name for parent, _, names in os.walk(folder) for name in names)
    return [str(path) for path in paths if text.encode() in path.read_bytes()]
