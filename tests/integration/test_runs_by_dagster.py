"""Runs that Dagster starts itself, by schedule or launchpad: the same job, the same rules, the same memory."""

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.integration.chain import PROJECT, Chain

PROGRAM = """
import json, sys
import dagster as dg
from dagster._core.definitions.reconstruct import ReconstructableRepository
from orchestration import keys
from orchestration.definitions import build_definitions
from orchestration.instance import prepare_home
from orchestration.run import _reason
from orchestration.settings import Settings

settings, asked = Settings.from_environment(), json.loads(sys.argv[1])
definitions = build_definitions(settings)
with dg.DagsterInstance.from_config(str(prepare_home(settings.dagster_home))) as instance:
    if asked["do"] == "tick":
        schedule = definitions.resolve_schedule_def(keys.WEEKLY_SCHEDULE)
        context = dg.build_schedule_context(instance=instance, repository_def=definitions.get_repository_def())
        (found,) = list(schedule(context))
        if isinstance(found, dg.SkipReason):
            answer = {"skipped": found.skip_message}
        else:
            answer = {"selection": [key.to_user_string() for key in found.asset_selection or []]}
    else:
        selection = [dg.AssetKey.from_user_string(key) for key in asked["selection"]] or None
        module = "orchestration.definitions"
        repository = ReconstructableRepository.for_module(module, "defs", str(settings.project_dir))
        config = {"resources": {"evidence": {"config": asked["evidence"]}}}
        with dg.execute_job(
            repository.get_reconstructable_job(keys.JOB), instance, run_config=config, asset_selection=selection
        ) as done:
            failed = [_reason(event) for event in done.all_events if event.is_step_failure]
            answer = {"success": done.success, "failed": failed}
print("ANSWER " + json.dumps(answer))
"""


def dagster(chain: Chain, **asked: Any) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, json.dumps(asked)],
        env=chain.environment, cwd=PROJECT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout.rpartition("ANSWER ")[2])


def launch(chain: Chain, selection: list[str], **evidence: Any) -> dict[str, Any]:
    places = {"evidence_dir": str(chain.root / "evidence"), "state_dir": str(chain.root / "state")}
    return dagster(chain, do="run", selection=selection, evidence={**places, **evidence})


def test_the_schedule_skips_a_week_without_a_change(chain: Chain) -> None:
    assert dagster(chain, do="tick") == {"skipped": f"nothing changed since release {chain.manifest['release_id']}"}


def test_the_schedule_asks_for_what_is_out_of_date_and_remembers_it(chain: Chain) -> None:
    was = chain.manifest["release_id"]
    chain.edit("roadmap/milestone_progress.csv", "interviews_held_cumulative,2,", "interviews_held_cumulative,4,")
    selection = dagster(chain, do="tick")["selection"]
    assert {"raw/roadmap__milestone_progress", "readiness/gates", "reports/latest"} <= set(selection)
    assert not {"raw/costs__scenarios", "model/scenario_cost"} & set(selection)

    assert launch(chain, selection) == {"success": True, "failed": []}

    assert (chain.gate("interviews")["value"], chain.manifest["release_id"] > was) == (4, True)
    assert json.loads(chain.waku_fit("status", "--json").stdout)["changed_since"] is False
    assert "Nothing changed since release" in chain.waku_fit("run").stdout
    assert "skipped" in dagster(chain, do="tick")


def test_the_schedule_lets_evidence_with_mistakes_fail_where_it_is_seen(chain: Chain) -> None:
    chain.edit("roadmap/milestone_progress.csv", "interviews_held_cumulative,4,", "interviews_held_cumulative,four,")
    assert dagster(chain, do="tick") == {"selection": []}
    (failure,) = launch(chain, [])["failed"]
    assert "milestone_progress.csv:20: value:" in failure
    chain.edit("roadmap/milestone_progress.csv", "interviews_held_cumulative,four,", "interviews_held_cumulative,4,")


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"as_of": "2024-10-31"}, "read as of today, and this run asks for 2024-10-31"),
        ({"packs": ["public", "sample"]}, "do not fit together"),
    ],
)
def test_a_run_of_a_few_tables_cannot_publish_a_mix(chain: Chain, asked: dict[str, Any], message: str) -> None:
    was = chain.manifest
    selection = ["raw/interviews__findings", "reports/release", "reports/readiness_report", "reports/latest"]
    done = launch(chain, selection, **asked)
    assert not done["success"]
    assert message in done["failed"][0]
    assert chain.manifest == was


def test_what_a_suite_refuses_goes_no_further(chain: Chain) -> None:
    """Last: the database is left with a table that the next run has to make again."""
    was = chain.manifest
    chain.edit("pricing/exchange_rates.csv", "1.1133,2026-10-28", "3.0,2026-10-28")
    done = chain.waku_fit("run")
    assert done.returncode == 1
    assert "raw/pricing__exchange_rates: check evidence_holds failed" in done.stderr
    assert "expect_column_values_to_be_between on rate" in done.stderr
    assert "staging/" not in done.stdout
    assert chain.manifest == was
