"""The run history is written quickly and stays whole."""

import sqlite3
from pathlib import Path

import dagster as dg

from orchestration.dagster_internals import quick_history
from orchestration.instance import prepare_home


def test_history_is_kept_in_one_open_file_for_the_length_of_a_run(tmp_path: Path) -> None:
    with dg.DagsterInstance.from_config(str(prepare_home(tmp_path))) as instance:
        with quick_history(instance):
            instance.report_engine_event("begun", run_id="a", job_name="j")
            assert (tmp_path / "history" / "runs" / "a.db-wal").exists(), "the log was folded in at once"
            with instance.event_log_storage.run_connection("a") as connection:
                assert connection.exec_driver_sql("pragma synchronous").scalar() == 1
        assert not (tmp_path / "history" / "runs" / "a.db-wal").exists(), "the file was left open"
        assert [entry.message for entry in instance.all_logs("a")] == ["begun"]
        with instance.event_log_storage.run_connection("a") as connection:
            assert connection.exec_driver_sql("pragma synchronous").scalar() == 2
    with sqlite3.connect(tmp_path / "history" / "runs" / "a.db") as kept:
        assert kept.execute("pragma integrity_check").fetchone() == ("ok",)


def test_no_other_account_may_enter_the_history_nor_one_of_an_earlier_version(tmp_path: Path) -> None:
    home = tmp_path / "dagster"
    home.mkdir(mode=0o755)
    assert prepare_home(home).stat().st_mode & 0o777 == 0o700
