"""What the documents say of the committed benchmarks is what their evidence says."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from assets.benchmarks.archive.requests import limits_of_workloads
from assets.benchmarks.measuring.session_results import measurement_of
from assets.benchmarks.results import Capacity, KnownLimit, MeasuredRun, capacities
from tests.places import PROJECT
from tests.unit.bases import based

RUN = "full_20261130_094246"
"""Of which the document tells."""
SIZES = (50_000, 100_000, 1_000_000, 10_000_000)


def rows_of(public: Path, name: str) -> list[dict[str, str]]:
    with (public / "benchmarks" / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def found(public: Path) -> dict[tuple[str, str, float, int], Capacity]:
    (row,) = (row for row in rows_of(public, "runs") if row["id"] == RUN)
    run = MeasuredRun(
        row["id"], "e", int(row["cpu_cores"]), int(row["rounds"]), is_newest=True, is_current=True,
        basis=based("measured", f"benchmarks__runs/{row['id']}"),
    )  # fmt: skip
    targets = [
        {**target, **{name: float(target[name]) if target[name] else None for name in ("value", "percentile")}}
        for target in rows_of(public, "latency_targets")
    ]
    limits = {
        workload: [KnownLimit(limit, "", based("published", limit.target)) for limit in of_workload]
        for workload, of_workload in limits_of_workloads(targets).items()
    }
    measured = [measurement_of(row) for row in measurements(public) if row["metric"] == "capacity_per_s"]
    return {
        (one.workload, one.stage, one.limit_ms, one.archive_messages or 0): one
        for one in capacities(run, measured, limits)
    }


def measurements(public: Path) -> list[dict[str, str]]:
    return [row for row in rows_of(public, "measurements") if row["run_id"] == RUN]


def said(capacity: Capacity | None) -> str:
    if capacity is None:
        return ""
    if not capacity.is_kept:
        return f"missed in {capacity.failed_rounds} of {capacity.rounds}"
    assert capacity.per_vcpu_per_s is not None
    assert capacity.low is not None
    assert capacity.high is not None
    low, mid, high = (f"{value:,.0f}" for value in (capacity.low, capacity.per_vcpu_per_s, capacity.high))
    return f"{mid} ({low}–{high})"


def test_the_table_of_capacities_is_that_of_the_evidence(found: dict[tuple[str, str, float, int], Capacity]) -> None:
    text = (PROJECT / "docs/benchmarks.md").read_text(encoding="utf-8")
    lines = re.findall(r"^\| `(\w+)`, p(\d+) < ([\d,]+) ms \| `(\w+)` \| (.*) \|$", text, re.MULTILINE)
    listed = set()
    for workload, percentile, limit, stage, cells in lines:
        limit_ms = float(limit.replace(",", ""))
        of_row = [found.get((workload, stage, limit_ms, size)) for size in SIZES]
        assert [cell.strip() for cell in cells.split("|")] == [said(one) for one in of_row], (workload, stage)
        assert {one.percentile for one in of_row if one} == {float(percentile)}
        listed |= {(workload, stage, limit_ms, size) for size in SIZES}
    assert set(found) - listed == set()


def test_every_try_that_was_kept_has_the_operations_that_its_percentile_needs(public: Path) -> None:
    rows = [row for row in measurements(public) if row["metric"] == "late_share" and row["rate_per_s"]]
    needed = {"90": 70, "95": 160}
    names = ("stage", "workload", "limit_ms", "archive_messages", "round")
    kept = {
        (*(row[name] for name in names), row["rate_per_s"])
        for row in rows
        if int(row["operations"]) >= needed[row["percentile"]]
        and float(row["value"]) <= 1 - float(row["percentile"]) / 100 + 1e-9
    }
    capacities_found = [row for row in measurements(public) if row["metric"] == "capacity_per_s" and row["value"]]
    assert len(capacities_found) > 200
    assert {(*(row[name] for name in names), row["value"]) for row in capacities_found} <= kept
