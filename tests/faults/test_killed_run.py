"""A run that is killed between load and publication: readers keep the old release, the next run is clean."""

import os
import signal
import subprocess
import sys

import dagster as dg

from orchestration.warehouse.connection import connect, open_warehouse
from orchestration.warehouse.server import remove_server
from tests.integration.chain import PROJECT, Chain

TWO_HELD = "interviews_held_cumulative,2,interviews,zk_identity;gaming"
SEVEN_HELD = "interviews_held_cumulative,7,interviews,zk_identity;gaming"


def kill_when(chain: Chain, seen: str) -> str:
    """Start a run, kill it with everything that it started as soon as its progress names `seen`; return the output."""
    process = subprocess.Popen(
        chain.command("run"),
        env=chain.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    lines = []
    for line in process.stdout:
        lines.append(line)
        if seen in line:
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert seen in "".join(lines), "".join(lines)
    assert process.returncode == -signal.SIGKILL
    return "".join(lines)


def in_progress(chain: Chain) -> int:
    """Runs that keep others in the queue of the daemon."""
    with dg.DagsterInstance.from_config(str(chain.root / "state" / "dagster")) as instance:
        return len(instance.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED])))


def test_killed_between_load_and_publication(chain: Chain) -> None:
    was, link = chain.manifest, os.readlink(chain.latest)
    chain.edit("roadmap/milestone_progress.csv", TWO_HELD, SEVEN_HELD)

    kill_when(chain, "staging/stg_roadmap__milestone_progress")

    assert (chain.manifest, os.readlink(chain.latest)) == (was, link)
    assert chain.gate("interviews")["value"] == 2
    with open_warehouse(None, chain.root / "state") as database, connect(database.url) as connection:
        loaded = connection.execute(
            "select value from raw.roadmap__milestone_progress"
            " where metric = 'interviews_held_cumulative' and value > 1"
        ).fetchall()
        current = connection.execute("select release_id from release.current").fetchall()
    assert loaded == [(7.0,)], "the kill came before the load"
    assert current == [(was["release_id"],)]
    assert in_progress(chain) == 1

    done = chain.waku_fit("run")
    assert done.returncode == 0, done.stdout + done.stderr
    assert in_progress(chain) == 0
    assert chain.gate("interviews")["value"] == 7
    assert chain.manifest["checks_failed"] == 0


def test_killed_and_the_evidence_put_back(chain: Chain) -> None:
    """What the killed run loaded must not leak into the next release, though the files are as they were before it."""
    chain.edit("roadmap/milestone_progress.csv", SEVEN_HELD, TWO_HELD)
    kill_when(chain, "marts/milestone_progress")
    chain.edit("roadmap/milestone_progress.csv", TWO_HELD, SEVEN_HELD)

    assert "Nothing changed" in chain.waku_fit("run").stdout
    chain.edit("pricing/exchange_rates.csv", "1.1133,2026-10-28", "1.1134,2026-10-28")
    done = chain.waku_fit("run")

    assert done.returncode == 0, done.stdout + done.stderr
    assert chain.gate("interviews")["value"] == 7


def test_checks_that_a_killed_run_only_planned_count_as_they_were_found_before(chain: Chain) -> None:
    was = chain.manifest
    plan = (
        "import dagster as dg;"
        "from orchestration.definitions import build_definitions; from orchestration.keys import JOB;"
        "from orchestration.settings import Settings; defs = build_definitions(Settings.from_environment());"
        f"instance = dg.DagsterInstance.from_config({str(chain.root / 'state' / 'dagster')!r});"
        "instance.create_run_for_job(defs.resolve_job_def(JOB))"
    )
    subprocess.run([sys.executable, "-c", plan], env=chain.environment, check=True, cwd=PROJECT)
    chain.edit("roadmap/milestone_progress.csv", SEVEN_HELD, TWO_HELD)

    done = chain.waku_fit("run")

    assert done.returncode == 0, done.stdout + done.stderr
    assert (chain.manifest["checks_passed"], chain.manifest["checks_failed"]) == (was["checks_passed"], 0)


def test_a_second_run_at_the_same_time_ends_at_once(chain: Chain) -> None:
    chain.edit("pricing/exchange_rates.csv", "1.1134,2026-10-28", "1.1135,2026-10-28")
    first = subprocess.Popen(chain.command("run"), env=chain.environment, stdout=subprocess.PIPE, text=True)
    for line in first.stdout:
        if "raw/" in line:
            break
    second = chain.waku_fit("run")
    assert (second.returncode, second.stdout.count("Traceback")) == (1, 0)
    assert "another run is active" in second.stderr
    first.stdout.read()
    assert first.wait() == 0


def test_killed_at_its_beginning_on_a_new_database(chain: Chain) -> None:
    """The run history tells of the database that is gone; what a killed run began with must not count as made."""
    remove_server(chain.root / "state")
    chain.edit("pricing/exchange_rates.csv", "1.1135,2026-10-28", "1.1136,2026-10-28")
    kill_when(chain, "raw/benchmarks__archive_notes")

    done = chain.waku_fit("run")

    assert done.returncode == 0, done.stdout + done.stderr
    tables = len(chain.manifest["rows"])
    assert tables > 50
    counted = done.stdout.partition(" tables are out of date")[0].split()
    assert counted[-3] == counted[-1], counted
