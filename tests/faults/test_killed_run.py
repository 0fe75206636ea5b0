"""A run that is killed or interrupted between load and publication: readers keep the old release, the next is clean."""

import os
import signal

import dagster as dg

from assets.common import keys
from orchestration.definitions import build_definitions
from orchestration.settings import Settings
from orchestration.warehouse.connection import connect, open_warehouse
from tests.integration import forked
from tests.integration.chain import Chain


def in_progress(chain: Chain) -> int:
    """Runs that keep others in the queue of the daemon."""
    with dg.DagsterInstance.from_config(str(chain.root / "state" / "dagster")) as instance:
        return len(instance.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED])))


def test_killed_between_load_and_publication(chain: Chain) -> None:
    was, link = chain.manifest, os.readlink(chain.latest)
    held = chain.gate("interviews")["value"]
    chain.report_held(7)

    code, _ = chain.end_run_when("staging/stg_roadmap__milestone_progress", signal.SIGKILL)
    assert code == -signal.SIGKILL

    assert (chain.manifest, os.readlink(chain.latest)) == (was, link)
    assert chain.gate("interviews")["value"] == held
    with open_warehouse(None, chain.root / "state") as database, connect(database.url) as connection:
        loaded = connection.execute(
            "select value from raw.roadmap__milestone_progress"
            " where metric = 'interviews_held_cumulative' and value > 1"
        ).fetchall()
        current = connection.execute("select release_id from release.current").fetchall()
    assert loaded == [(7.0,)], "the kill came before the load"
    assert current == [(was["release_id"],)]
    assert in_progress(chain) == 1

    plan_all_checks(chain)
    done = chain.waku_fit("run")
    assert done.returncode == 0, done.stdout + done.stderr
    assert in_progress(chain) == 0
    assert chain.gate("interviews")["value"] == 7
    # a check that was only planned counts as it was found before
    assert (chain.manifest["checks_passed"], chain.manifest["checks_failed"]) == (was["checks_passed"], 0)


def plan_all_checks(chain: Chain) -> None:
    """Leave in the history what a run of all tables does that is killed before it makes any."""
    assert forked.call(chain.environment, plan, str(chain.root / "state" / "dagster")).returncode == 0


def plan(home: str) -> None:
    definitions = build_definitions(Settings.from_environment())
    with dg.DagsterInstance.from_config(home) as instance:
        instance.create_run_for_job(definitions.resolve_job_def(keys.JOB))


def test_interrupted_and_the_evidence_put_back_and_two_runs_at_once(chain: Chain) -> None:
    """What the interrupted run loaded must not leak into the next release, though the files are as before it."""
    held = chain.report_held(5)
    code, output = chain.end_run_when("marts/milestone_progress", signal.SIGINT)
    assert code == 1
    assert "\n\nInterrupted; the latest release is as it was. Log: " in output
    assert not [line for line in output.splitlines() if "PASS" in line or "START" in line], "dbt went on"
    chain.report_held(held)

    assert "Nothing changed" in chain.waku_fit("run").stdout
    chain.edit("pricing/exchange_rates.csv", "1.1133,2026-10-28", "1.1134,2026-10-28")
    with open_warehouse(None, chain.root / "state") as database, connect(database.url) as reader:
        # The first run replaces it after the line that tells of its begin, and so waits until the second is over.
        reader.execute("lock table marts.compute_offers in access share mode")
        with chain.started_run() as (first, output):
            assert any("raw/pricing__exchange_rates" in line for line in output)
            second = chain.waku_fit("run")
            reader.rollback()
            output.read()
            first.join()

    assert (second.returncode, second.stdout.count("Traceback")) == (1, 0)
    assert "another run is active" in second.stderr
    assert first.exitcode == 0
    assert chain.gate("interviews")["value"] == int(held)
