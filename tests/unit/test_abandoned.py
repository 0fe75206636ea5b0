"""Runs of the command line that were killed are closed; what lives, or is not ours, is left alone."""

from pathlib import Path

import dagster as dg

from orchestration.abandoned_runs import STARTED_HERE, close_abandoned, held_while_running


@dg.job
def nothing() -> None: ...


def begun(instance: dg.DagsterInstance, tags: dict[str, str]) -> str:
    run = instance.create_run_for_job(nothing, tags=tags)
    instance.handle_new_event(started(run))
    return run.run_id


def started(run: dg.DagsterRun) -> dg.EventLogEntry:
    event = dg.DagsterEvent(event_type_value=dg.DagsterEventType.RUN_START.value, job_name=run.job_name)
    return dg.EventLogEntry(
        error_info=None, level=20, user_message="", run_id=run.run_id, timestamp=0.0, dagster_event=event
    )


def test_a_run_whose_process_died_is_closed_once(tmp_path: Path) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        dead, daemons = begun(instance, STARTED_HERE), begun(instance, {})
        alive = begun(instance, STARTED_HERE)
        with held_while_running(tmp_path, alive):
            assert close_abandoned(instance, tmp_path) == [dead]
            assert close_abandoned(instance, tmp_path) == []
        assert instance.get_run_by_id(dead).status is dg.DagsterRunStatus.FAILURE
        assert instance.get_run_by_id(alive).status is dg.DagsterRunStatus.STARTED
        assert instance.get_run_by_id(daemons).status is dg.DagsterRunStatus.STARTED


def test_a_lock_file_that_was_left_behind_is_not_a_sign_of_life(tmp_path: Path) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        dead = begun(instance, STARTED_HERE)
        (tmp_path / "running").mkdir()
        (tmp_path / "running" / dead).touch()
        assert close_abandoned(instance, tmp_path) == [dead]
        assert list((tmp_path / "running").iterdir()) == []
