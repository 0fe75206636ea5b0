"""The Dagster instance of the project: run history under the state folder, nothing sent anywhere.

Belongs here: what goes into `DAGSTER_HOME`, and how its files are kept. Does not belong here: assets, jobs.
"""

from __future__ import annotations

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


def prepare_home(home: Path) -> Path:
    """Write the instance's configuration into `home`, if it is not there already, and return `home`."""
    for name, text in {"dagster.yaml": CONFIGURATION, ".nux/nux.yaml": "seen: 1\n"}.items():
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_text() != text:
            path.write_text(text)
    return home
