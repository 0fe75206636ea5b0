"""The Dagster instance of the project: run history under the state folder, nothing sent anywhere.

Belongs here: what goes into `DAGSTER_HOME`, and how its files are kept. Does not belong here: assets, jobs.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

CONFIGURATION = """\
# Written by waku-fit; edit orchestration/instance.py instead.
telemetry:
  enabled: false
concurrency:
  runs:
    max_concurrent_runs: 1
  pools:
    default_limit: 1
"""
"""One run at a time: a second one would find the warehouse locked and fail. Storage is Dagster's default, SQLite
(docs/decisions/0003-storage-of-runs.md)."""


def make_private(folder: Path) -> None:
    """Make a folder that its owner alone may enter, also where an earlier version made it for all."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.stat()
    if found.st_uid == os.geteuid() and stat.S_IMODE(found.st_mode) != 0o700:
        folder.chmod(0o700)


def prepare_home(home: Path) -> Path:
    """Write the instance's configuration into `home`, if it is not there already, and return `home`.

    No other account of the machine may enter it: the history has hashes and first rows of tables.
    """
    make_private(home)
    for name, text in {"dagster.yaml": CONFIGURATION, ".nux/nux.yaml": "seen: 1\n"}.items():
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_text() != text:
            path.write_text(text)
    return home
