"""The marts of the archive benchmarks on a hand-written set of runs, through the whole chain to the report."""

from __future__ import annotations

import csv

import pytest

from tests.integration.bench_evidence import write_runs
from tests.integration.chain import Chain
from tests.unit.page import ROW, Site


@pytest.fixture(scope="module")
def measured(chain: Chain) -> Chain:
    write_runs(chain.root / "evidence")
    done = chain.waku_fit("run")
    assert done.returncode == 0, done.stdout + done.stderr
    return chain


def table(chain: Chain, name: str) -> list[dict[str, str]]:
    with (chain.latest / "data" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_newest_full_run_stands_for_its_environment(measured: Chain) -> None:
    runs = {row["run_id"]: row for row in table(measured, "archive_runs")}
    assert {name: (row["is_newest"], row["is_current"]) for name, row in runs.items()} == {
        "full_a": ("true", "true"),
        "quick_a": ("false", "false"),
        "full_b": ("true", "false"),
    }
    assert runs["full_a"]["environment_id"] == runs["quick_a"]["environment_id"] != runs["full_b"]["environment_id"]


def test_a_stage_is_compared_with_its_base_in_one_run(measured: Chain) -> None:
    gains = [row for row in table(measured, "archive_stage_gains") if row["metric"] == "throughput_per_s"]
    # 1000 / 800 in every round of every run: the factor of two between runs is nowhere.
    partitioned = {
        row["run_id"]: row for row in gains if row["stage"] == "lookup_partitioned" and row["clients"] == "4"
    }
    assert set(partitioned) == {"full_a", "quick_a", "full_b"}
    for row in partitioned.values():
        assert float(row["ratio"]) == pytest.approx(1.25)
        assert (row["base"], row["rounds"], row["is_real"], row["effect"]) == ("lookup_table", "4", "true", "gain")
    itself = [row for row in gains if row["stage"] == "self_test_b"]
    assert {row["is_real"] for row in itself} == {"false"}


def test_capacity_is_of_a_virtual_cpu_and_rests_on_run_and_limit(measured: Chain) -> None:
    rows = [row for row in table(measured, "archive_capacity") if row["is_current"] == "true"]
    (found,) = [row for row in rows if (row["stage"], row["operation"]) == ("lookup_table", "insert")]
    # The geometric mean of 784, 800, 808 and 816 over two cores, with Student's interval.
    assert float(found["per_vcpu_per_s"]) == pytest.approx(401.0, abs=0.1)
    assert float(found["per_vcpu_per_s_low"]) == pytest.approx(390.2, abs=0.1)
    assert float(found["per_vcpu_per_s_high"]) == pytest.approx(412.0, abs=0.1)
    assert (float(found["limit_ms"]), float(found["percentile"])) == (400, 95)
    assert (found["population"], found["is_narrowest"], found["is_kept"]) == ("inserts of one message", "true", "true")
    assert "benchmarks__runs/full_a" in found["evidence_ids"]
    assert "benchmarks__latency_targets/" in found["evidence_ids"]


def test_own_and_published_figures_have_the_same_columns(measured: Chain) -> None:
    figures = table(measured, "archive_benchmarks")
    assert {row["origin"] for row in figures} == {"own", "published", "published_network"}
    own = next(
        row
        for row in figures
        if (row["run_id"], row["stage"], row["metric"], row["clients"])
        == ("full_a", "lookup_partitioned", "latency_ms_p95", "4")
    )
    assert float(own["value"]) == pytest.approx(3 * 1.005)
    assert (float(own["interval_confidence"]), own["rounds"]) == (0.875, "4")
    assert len(own["evidence_ids"].split(";")) == 5


def test_bytes_of_our_stages_stand_beside_the_published_probe(measured: Chain) -> None:
    rows = table(measured, "archive_bytes_per_message")
    assert {row["study"] for row in rows} == {"row-size-probe", "full_a", "quick_a", "full_b"}
    (bytea,) = [row for row in rows if (row["study"], row["stage"]) == ("full_a", "bytea_payload")]
    assert (bytea["encoding"], float(bytea["table_bytes"]), float(bytea["total_bytes"])) == ("bytea", 1200, 1730)


def test_bytea_is_proposed_with_what_it_saves_of_each_archive(measured: Chain) -> None:
    (found,) = table(measured, "archive_recommendation")
    assert (found["candidate"], found["is_proposed"]) == ("bytea_payload", "true")
    # By the formula; these figures, typed by hand, say 0.504.
    assert float(found["saved_share"]) == pytest.approx(0.51, abs=0.02)
    assert float(found["insert_ratio"]) == pytest.approx(1.1)
    costs = {
        row["scenario_id"]: row
        for row in table(measured, "scenario_cost")
        if (row["component"], row["with_rln"], row["is_cheapest"]) == ("archive_storage", "false", "true")
    }
    savings = table(measured, "archive_savings")
    assert savings
    for row in savings:
        whole, part = costs[row["scenario_id"]]["mean_usd_per_month"], row["saved_usd_per_month"]
        assert float(part) == pytest.approx(float(whole) * float(row["saved_share"]))
    kilobyte = next(row for row in table(measured, "archive_encoding") if row["payload_bytes"] == "1000")
    assert (kilobyte["basis"], kilobyte["is_near_two"]) == ("measured", "true")
    assert float(kilobyte["ratio"]) == pytest.approx(3490 / 1730)


def test_curves_end_at_twice_the_largest_number_of_clients(measured: Chain) -> None:
    points = [row for row in table(measured, "archive_scalability") if row["run_id"] == "full_a"]
    assert max(float(row["x"]) for row in points) == 8
    four = next(row for row in points if row["stage"] == "lookup_partitioned" and float(row["x"]) == 4)
    assert float(four["fitted_per_s"]) == pytest.approx(2500, rel=0.02)


def test_what_was_measured_stands_beside_the_gate_and_does_not_pass_it(measured: Chain) -> None:
    results = {row["requirement_id"]: row for gate in measured.readiness["gates"] for row in gate["requirements"]}
    named = results["cost_postgres_phase_2"]
    assert (named["status"], named["value"]) == ("unknown", None)
    assert named["beside"].startswith("six capacity results of our own benchmark")
    assert "benchmarks__runs/full_a" in named["beside_evidence_ids"]
    assert "benchmarks__runs/full_b" not in named["beside_evidence_ids"]
    assert "benchmarks__runs/full_a" not in named["evidence_ids"]


def test_the_report_shows_it(measured: Chain) -> None:
    site = Site.of_release(measured.latest)
    archive = site.pages["archive.html"]
    assert "We propose" in archive.by_id["content"].words
    assert f"{ROW}benchmarks__runs/full_a" in [e.leads_to for e in archive.elements]
    assert not [e for e in site.elements if e.leads_to.startswith(f"{ROW}benchmarks__measurements/")]
