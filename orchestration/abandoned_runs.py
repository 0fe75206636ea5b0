"""Runs of the command line that were killed: Dagster would show them as running for ever, and start no other.

Belongs here: how a run shows that it is alive, and closing those that do not. Does not belong here: runs that Dagster's
daemon started, which it watches itself.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg

STARTED_HERE = {"waku_fit/started_by": "command line"}
"""Tags of a run that the command line executes in its own process."""

REASON = "The process of this run was killed. Start the run again: it makes what is out of date."


@contextmanager
def held_while_running(state_dir: Path, run_id: str) -> Iterator[None]:
    """Hold a lock that the kernel releases when this process dies, however it does."""
    path = _lock_file(state_dir, run_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    path.unlink()


def close_abandoned(instance: dg.DagsterInstance, state_dir: Path) -> list[str]:
    """Mark as failed what was started here, is on record as running and holds no lock; return the ids of these runs."""
    in_progress = dg.RunsFilter(
        statuses=[dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING], tags=STARTED_HERE
    )
    abandoned = [run for run in instance.get_runs(in_progress) if not _is_held(_lock_file(state_dir, run.run_id))]
    for run in abandoned:
        instance.report_run_failed(run, REASON)
    for remains in (state_dir / "running").glob("*"):
        # of a run that is known: one that begins at this moment has its file before it is on record
        known = instance.get_run_by_id(remains.name)
        if known and known.is_finished:
            remains.unlink(missing_ok=True)
    return [run.run_id for run in abandoned]


def _lock_file(state_dir: Path, run_id: str) -> Path:
    return state_dir / "running" / run_id


def _is_held(path: Path) -> bool:
    if not path.exists():
        return False
    with path.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
