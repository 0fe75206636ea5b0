"""The sensor that turns the head of the list of evidence to get next into a run, on Dagster's own instance."""

from __future__ import annotations

import csv
from pathlib import Path

import dagster as dg
import pytest

from assets.common import keys

COLUMNS = ("rank", "kind", "segment_id", "criterion", "requirement_ids", "value", "evidence_ids")
BENCHMARK = {
    "kind": "benchmark",
    "requirement_ids": "cost_within_budget",
    "value": "0.18",
    "evidence_ids": "costs__scenarios/u1000;readiness__gate_requirements/cost_within_budget",
}
INTERVIEW = {"kind": "interview", "segment_id": "gaming", "value": "0.2", "evidence_ids": "segments__segments/gaming"}


@pytest.fixture
def latest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder with the data of the latest release, which there is not yet."""
    monkeypatch.setenv("WAKU_FIT_REPORTS_DIR", str(tmp_path))
    return tmp_path / "latest" / "data"


def publish(latest: Path, *rows: dict[str, str]) -> None:
    latest.mkdir(parents=True, exist_ok=True)
    with (latest / "next_evidence.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="")
        writer.writeheader()
        writer.writerows({"rank": str(rank), **row} for rank, row in enumerate(rows, start=1))


def tick(definitions: dg.Definitions) -> dg.RunRequest | str | None:
    """Return the request of a tick, or why there is none."""
    sensor = definitions.resolve_sensor_def(keys.LEADING_BENCHMARK_SENSOR)
    with (
        dg.DagsterInstance.ephemeral() as instance,
        dg.build_sensor_context(instance=instance, repository_def=definitions.get_repository_def()) as context,
    ):
        found = sensor.evaluate_tick(context)
    return found.run_requests[0] if found.run_requests else found.skip_message


def test_it_is_off_until_somebody_turns_it_on(definitions: dg.Definitions) -> None:
    sensor = definitions.resolve_sensor_def(keys.LEADING_BENCHMARK_SENSOR)
    assert sensor.default_status is dg.DefaultSensorStatus.STOPPED
    assert sensor.job_name == keys.BENCHMARK_JOB
    measured = definitions.resolve_job_def(keys.BENCHMARK_JOB).asset_layer.executable_asset_keys
    assert set(measured) == {keys.ARCHIVE_BENCHMARKS}


def test_a_benchmark_that_leads_is_asked_for_once_for_each_question(definitions: dg.Definitions, latest: Path) -> None:
    publish(latest, BENCHMARK, INTERVIEW)
    first = tick(definitions)
    assert isinstance(first, dg.RunRequest)
    assert first.run_key
    # another release with the same question, on what the first grid has measured
    measured = {"value": "0.17", "evidence_ids": f"benchmarks__runs/r1;{BENCHMARK['evidence_ids']}"}
    publish(latest, BENCHMARK | measured)
    again = tick(definitions)
    assert isinstance(again, dg.RunRequest)
    assert again.run_key == first.run_key
    publish(latest, BENCHMARK | {"evidence_ids": "costs__scenarios/u5000"})
    other = tick(definitions)
    assert isinstance(other, dg.RunRequest)
    assert other.run_key != first.run_key


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([INTERVIEW, BENCHMARK], "the evidence to get next is of kind interview, which no run can get"),
        (
            [BENCHMARK | {"kind": "public_source"}],
            "the evidence to get next is of kind public source, which",
        ),
        ([BENCHMARK | {"value": "0.0"}], "a benchmark leads the list, but no decision depends on it today"),
        ([], "the latest release has no list of evidence to get next"),
    ],
)
def test_otherwise_it_says_why_nothing_is_measured(
    definitions: dg.Definitions, latest: Path, rows: list[dict[str, str]], reason: str
) -> None:
    publish(latest, *rows)
    assert str(tick(definitions)).startswith(reason)


def test_without_a_release_there_is_nothing_to_measure_for(definitions: dg.Definitions, latest: Path) -> None:
    assert not latest.exists()
    assert tick(definitions) == "there is no release yet; `waku-fit run` makes the first one"
