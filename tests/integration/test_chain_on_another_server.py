"""The whole chain on a PostgreSQL that is not ours: TCP, a password, a login that may create roles and no more."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from orchestration.warehouse.connection import connect
from tests.integration.chain import Chain
from tests.integration.servers import PASSWORD


def test_a_run_publishes_there_and_tells_nobody_the_password(open_folder: Path, login: Callable[..., str]) -> None:
    url = login("ann", "createrole")
    chain = Chain.create(open_folder / "elsewhere", url)

    done = chain.waku_fit("run")

    assert done.returncode == 0, done.stdout + done.stderr
    assert chain.readiness["verdict"] == "not_ready"
    with connect(url) as connection:
        assert connection.execute("select release_id from release.current").fetchall() == [
            (chain.manifest["release_id"],)
        ]
    assert "Nothing changed" in chain.waku_fit("run").stdout
    assert not (chain.root / "state" / "postgres").exists(), "the embedded server was started as well"
    assert holding(PASSWORD, chain.root) == []


def holding(text: str, folder: Path) -> list[str]:
    """Files below `folder` that contain `text`."""
    paths = (Path(parent) / name for parent, _, names in os.walk(folder) for name in names)
    return [str(path) for path in paths if text.encode() in path.read_bytes()]
