"""Runs that Dagster starts itself, by schedule or launchpad: the same job, the same rules, the same memory."""

import json
from typing import Any

import dagster as dg
from dagster._core.definitions.reconstruct import ReconstructableRepository

from assets.common import keys
from orchestration.commands.run import _reason
from orchestration.definitions import build_definitions
from orchestration.instance import prepare_home
from orchestration.settings import Settings
from tests.integration import forked
from tests.integration.chain import Chain


def as_dagster(questions: list[dict[str, Any]]) -> None:
    """Answer each tick and launch in the environment's project, and print the answers."""
    settings = Settings.from_environment()
    definitions = build_definitions(settings)
    answers: list[dict[str, Any]] = []
    with dg.DagsterInstance.from_config(str(prepare_home(settings.dagster_home))) as instance:
        for asked in questions:
            if asked["do"] == "tick":
                answers.append(answer_of_tick(definitions, instance))
            else:
                asked_for = answers[-1]["selection"] if asked["selection"] == "as ticked" else asked["selection"]
                answers.append(answer_of_launch(settings, instance, asked_for, asked["evidence"]))
    print("ANSWERS " + json.dumps(answers))


def answer_of_tick(definitions: dg.Definitions, instance: dg.DagsterInstance) -> dict[str, Any]:
    schedule = definitions.resolve_schedule_def(keys.WEEKLY_SCHEDULE)
    context = dg.build_schedule_context(instance=instance, repository_def=definitions.get_repository_def())
    (found,) = list(schedule(context))
    if isinstance(found, dg.SkipReason):
        return {"skipped": found.skip_message}
    return {"selection": [key.to_user_string() for key in found.asset_selection or []]}


def answer_of_launch(
    settings: Settings, instance: dg.DagsterInstance, selection: list[str], evidence: dict[str, Any]
) -> dict[str, Any]:
    module = "orchestration.definitions"
    repository = ReconstructableRepository.for_module(module, "defs", str(settings.project_dir))
    config = {"resources": {"evidence": {"config": evidence}}}
    wanted = [dg.AssetKey.from_user_string(key) for key in selection] or None
    job = repository.get_reconstructable_job(keys.JOB)
    with dg.execute_job(job, instance, run_config=config, asset_selection=wanted) as done:
        failed = [_reason(event) for event in done.all_events if event.is_step_failure]
        return {"success": done.success, "failed": failed}


TICK = {"do": "tick"}


def dagster(chain: Chain, *asked: dict[str, Any]) -> list[dict[str, Any]]:
    """What came of each tick of the schedule and each launch, one after the other in one process."""
    done = forked.call(chain.environment, as_dagster, list(asked))
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout.rpartition("ANSWERS ")[2])


def launch(chain: Chain, selection: list[str] | str, **evidence: Any) -> dict[str, Any]:
    places = {"evidence_dir": str(chain.root / "evidence"), "state_dir": str(chain.root / "state")}
    return {"do": "launch", "selection": selection, "evidence": {**places, **evidence}}


def test_the_schedule_asks_for_what_is_out_of_date_and_remembers_it(chain: Chain) -> None:
    was = chain.manifest["release_id"]
    assert dagster(chain, TICK) == [{"skipped": f"nothing changed since release {was}"}]
    chain.report_held(4)

    first, launched, second = dagster(chain, TICK, launch(chain, "as ticked"), TICK)

    selection = set(first["selection"])
    assert {"raw/roadmap__milestone_progress", "readiness/gates", "reports/latest"} <= selection
    assert not {"raw/costs__scenarios", "model/scenario_cost"} & selection
    assert launched == {"success": True, "failed": []}
    assert "skipped" in second
    assert (chain.gate("interviews")["value"], chain.manifest["release_id"] > was) == (4, True)
    assert json.loads(chain.waku_fit("status", "--json").stdout)["changed_since"] is False
    assert "Nothing changed since release" in chain.waku_fit("run").stdout

    # one that was asked for the same, and waited for the first to end
    published = chain.manifest["release_id"]
    assert dagster(chain, launch(chain, sorted(selection))) == [{"success": True, "failed": []}]
    assert chain.manifest["release_id"] == published
    assert "Nothing changed since release" in chain.waku_fit("run").stdout


def test_the_schedule_lets_evidence_with_mistakes_fail_where_it_is_seen(chain: Chain) -> None:
    held = chain.report_held("four")
    ticked, launched = dagster(chain, TICK, launch(chain, []))
    assert ticked == {"selection": []}
    (failure,) = launched["failed"]
    assert "milestone_progress.csv:20: value:" in failure
    chain.report_held(held)


def test_a_run_of_a_few_tables_cannot_publish_a_mix(chain: Chain) -> None:
    was = chain.manifest
    release = ("release", "release_changes", "release_checks", "readiness_report", "latest")
    selection = ["raw/interviews__findings", *(f"reports/{name}" for name in release)]
    of_another_day, with_another_pack = dagster(
        chain,
        launch(chain, selection, as_of="2024-10-31"),
        launch(chain, selection, packs=["public", "sample"]),
    )
    assert (of_another_day["success"], with_another_pack["success"]) == (False, False)
    assert "read as of today, and this run asks for 2024-10-31" in of_another_day["failed"][0]
    assert "do not fit together" in with_another_pack["failed"][0]
    assert chain.manifest == was


def test_what_a_suite_would_refuse_is_refused_before_anything_is_loaded(chain: Chain) -> None:
    was = chain.manifest
    chain.edit("pricing/exchange_rates.csv", "1.1133,2026-10-28", "3.0,2026-10-28")
    done = chain.waku_fit("run")
    assert done.returncode == 1
    assert "pricing/exchange_rates.csv:2: rate: 3 is out of bounds; expected 0.5 to 2" in done.stderr
    assert "Nothing was loaded" in done.stderr
    assert chain.manifest == was
