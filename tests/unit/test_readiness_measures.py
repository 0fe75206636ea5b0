"""How each metric is counted, and the tables that the results become."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from assets.costs.budget import BudgetState
from assets.evidence.model import Grade
from assets.readiness.frames import (
    GATE_COLUMNS,
    REQUIREMENT_COLUMNS,
    VERDICT_COLUMNS,
    gates_frame,
    readiness_json,
    requirement_results_frame,
    verdict_frame,
)
from assets.readiness.measures import METRICS, BudgetCell, Conversations, ReadinessInputs, Row, results_of
from assets.readiness.model import Measurement, Status, combined_status, gates_of, verdict_of
from assets.readiness.wording import WORDING, number
from tests.unit.readiness_world import (
    CELLS,
    DELIVERABLES,
    ILLUSTRATIVE,
    NOT_FOUND,
    PUBLISHED,
    USPS,
    cost_cell,
    deliverable,
    progress,
    requirement,
    segment,
    world,
)

PUBLIC_REQUIREMENTS = Path(__file__).parents[2] / "evidence/public/readiness/gate_requirements.csv"


def measured(metric: str, inputs: ReadinessInputs) -> Measurement:
    (found,) = [result.measurement for result in results_of(inputs) if result.requirement.metric == metric]
    return found


def with_deliverable(name: str, status: str, actual: float | None) -> ReadinessInputs:
    others = [row for row in DELIVERABLES if row.deliverable_id != name]
    return world(deliverables=[*others, deliverable(name, status, actual)])


def test_every_metric_of_the_public_evidence_is_counted_and_said() -> None:
    with PUBLIC_REQUIREMENTS.open(encoding="utf-8") as file:
        assert {row["metric"] for row in csv.DictReader(file)} <= set(METRICS)
    assert set(WORDING) == set(METRICS)


def test_a_metric_that_nothing_counts_is_an_error() -> None:
    with pytest.raises(ValueError, match="metric 'stars' is not counted anywhere; expected one of archive_capacity"):
        results_of(world(requirements=[requirement("usps", "potential_usps", "stars", 5)]))


def test_a_made_up_requirement_asks_for_nothing() -> None:
    assert results_of(world(requirements=[requirement("g", "whitepaper", "pages", 1, grade=ILLUSTRATIVE)])) == ()


@pytest.mark.parametrize("metric", sorted(METRICS))
def test_no_evidence_is_unknown_and_never_zero(metric: str) -> None:
    nothing = world(
        requirements=[requirement("g", "d", metric, 1)],
        deliverables=[],
        progress=[],
        segments=[],
        usps=[],
        cost_cells=[],
    )
    assert measured(metric, nothing) == Measurement(None, Grade.NOT_FOUND, (), (), "nothing is on record")


@pytest.mark.parametrize(
    ("status", "actual", "value", "reason"),
    [
        ("not_done", 0, 0, ""),
        ("not_done", None, 0, ""),
        ("dropped", None, 0, ""),
        ("done", 14, 14, ""),
        ("partial", 6, 6, ""),
        ("done", None, None, "Whitepaper is done, and no count is reported"),
        ("ongoing", None, None, "Whitepaper is ongoing, and no count is reported"),
        ("unknown", None, None, "the state of Whitepaper is not known"),
        ("unknown", 15, None, "the state of Whitepaper is not known"),
        ("done_privately", 15, None, "the work was done in private and there is nothing public to check"),
    ],
)
def test_pages_as_the_deliverable_reports_them(
    status: str, actual: float | None, value: float | None, reason: str
) -> None:
    found = measured("pages", with_deliverable("whitepaper", status, actual))
    assert (found.value, found.reason) == (value, reason)
    assert found.evidence_ids == ("roadmap__deliverables/whitepaper",)


@pytest.mark.parametrize(
    ("status", "value"), [("done", 1), ("done_privately", None), ("not_done", 0), ("partial", None)]
)
def test_a_review_counts_when_it_is_public(status: str, value: float | None) -> None:
    assert measured("review_published", with_deliverable("review_mvp", status, None)).value == value


def test_the_capacity_result_comes_from_the_work_on_postgresql() -> None:
    assert measured("archive_capacity_results", world()).value is None
    assert measured("archive_capacity_results", with_deliverable("postgres_opt_phase_2", "done", 2)).value == 2


def test_capacity_that_was_measured_counts_before_what_the_roadmap_reports() -> None:
    run = ("benchmarks__latency_targets/older", "benchmarks__runs/run_a")
    found = measured("archive_capacity_results", world(archive_capacities=[Row(PUBLISHED, run), Row(PUBLISHED, run)]))
    assert (found.value, found.grade, found.evidence_ids) == (2, PUBLISHED, run)


def test_made_up_capacity_is_no_capacity() -> None:
    made_up = Row(ILLUSTRATIVE, ("benchmarks__runs/made_up",))
    found = measured("archive_capacity_results", world(archive_capacities=[made_up]))
    assert (found.value, found.reason) == (None, "the state of Postgres opt phase 2 is not known")


def budget_cell(name: str, state: BudgetState, grade: Grade = Grade.ESTIMATED) -> BudgetCell:
    return BudgetCell(grade, (f"costs__scenarios/{name}",), state)


@pytest.mark.parametrize(
    ("states", "value", "status"),
    [
        (["within", "within"], 2, "pass"),
        (["within", "over"], 1, "fail"),
        (["unknown", "over"], 0, "fail"),
        (["within", "unknown"], None, "unknown"),
    ],
)
def test_a_budget_is_kept_in_every_case(states: list[BudgetState], value: float | None, status: str) -> None:
    inputs = world(budget_cells=[budget_cell(f"s{n}", state) for n, state in enumerate(states)])
    (found,) = [result for result in results_of(inputs) if result.requirement.metric == "cells_within_budget"]
    assert (found.requirement.gate_id, found.requirement.threshold) == ("cost", 2)
    assert (found.measurement.value, found.status) == (value, status)


def test_without_a_budget_nothing_is_asked_for() -> None:
    assert [result.requirement for result in results_of(world())] == list(world().requirements)


def test_a_budget_makes_no_gate_of_its_own() -> None:
    inputs = world(requirements=[], budget_cells=[budget_cell("s", "within")])
    assert results_of(inputs) == ()


def test_a_budget_is_not_kept_by_a_made_up_price() -> None:
    inputs = world(budget_cells=[budget_cell("s", "within"), budget_cell("t", "within", Grade.ILLUSTRATIVE)])
    assert measured("cells_within_budget", inputs).value is None


@pytest.mark.parametrize("state", ["within", "over", "unknown"])
def test_a_budget_never_makes_a_verdict_better(state: BudgetState) -> None:
    def status(cells: list[BudgetCell]) -> Status:
        return combined_status(
            result.status for result in results_of(world(budget_cells=cells)) if result.requirement.gate_id == "cost"
        )

    order = list(Status)
    assert order.index(status([budget_cell("s", state)])) <= order.index(status([]))


def test_cost_cells_with_an_estimate_are_counted() -> None:
    some = [*CELLS[:3], cost_cell("other", is_estimated=False)]
    found = measured("cells_estimated", world(cost_cells=some))
    assert (found.value, found.grade) == (3, Grade.ESTIMATED)
    assert found.evidence_ids == (
        "costs__scenarios/scenario_0",
        "costs__scenarios/scenario_1",
        "costs__scenarios/scenario_2",
    )


def test_no_cell_with_an_estimate_is_a_count_of_zero_that_rests_on_the_scenarios() -> None:
    found = measured("cells_estimated", world(cost_cells=[cost_cell("a", is_estimated=False)]))
    assert found == Measurement(0, Grade.ESTIMATED, ("costs__scenarios/a",))


def test_segments_with_all_items_are_counted() -> None:
    segments = [segment("a", has_all_items=True), segment("b", has_all_items=False)]
    found = measured("segments_fully_captured", world(segments=segments))
    assert (found.value, found.evidence_ids) == (1, ("segments__segments/a",))


def test_a_segment_that_needs_made_up_evidence_is_not_counted() -> None:
    made_up = segment("b", has_all_items=True, grade=ILLUSTRATIVE)
    found = measured("segments_fully_captured", world(segments=[segment("a", has_all_items=True), made_up]))
    assert (found.value, found.grade, found.illustrative_ids) == (1, PUBLISHED, made_up.evidence_ids)


def test_the_register_holds_what_was_found() -> None:
    looked_for = Row(NOT_FOUND, ("segments__usps/looked_for",))
    made_up = Row(ILLUSTRATIVE, ("segments__usps/made_up",))
    found = measured("register_entries", world(usps=[*USPS, looked_for, made_up]))
    assert (found.value, found.grade, found.illustrative_count) == (2, Grade.ESTIMATED, 1)


def test_segments_of_interviews_are_distinct_and_named() -> None:
    def with_segments(value: float, *names: str) -> float | None:
        held = progress("customer_interviews", "interviews_held_cumulative", value, names)
        return measured("interview_segments", world(progress=[held])).value

    assert with_segments(3, "gaming", "zk_identity", "gaming") == 2
    assert with_segments(3) is None
    assert with_segments(0) == 0


def test_work_on_the_matrix_and_the_site_shows_that_they_exist() -> None:
    assert measured("validation_matrix", world()).value == 1
    assert measured("site_page", world()).value == 1


def test_illustrative_rows_behind_evidence_are_counted_and_change_nothing() -> None:
    inputs = world()
    behind = "roadmap__milestone_progress/made_up"
    grades = {**inputs.evidence_grades, behind: ILLUSTRATIVE, "elsewhere/made_up": ILLUSTRATIVE}
    inputs = ReadinessInputs(**{**vars(inputs), "evidence_grades": grades})
    found = measured("interviews_held", inputs)
    assert (found.value, found.illustrative_ids) == (2, (behind,))


@pytest.mark.parametrize(
    ("value", "text"), [(0, "none"), (1, "one"), (12, "twelve"), (13, "13"), (0.5, "0.5"), (12000, "12,000")]
)
def test_numbers_in_words(value: float, text: str) -> None:
    assert number(value) == text


def frames() -> dict[str, Any]:
    inputs = world()
    results = results_of(inputs)
    gates = gates_of(results)
    return {
        "requirement_results": requirement_results_frame(results),
        "gates": gates_frame(gates),
        "verdict": verdict_frame(verdict_of(gates, inputs.evidence_grades)),
    }


def test_frames_have_the_columns_that_are_declared() -> None:
    tables = frames()
    assert list(tables["requirement_results"]) == list(REQUIREMENT_COLUMNS)
    assert list(tables["gates"]) == list(GATE_COLUMNS)
    assert list(tables["verdict"]) == list(VERDICT_COLUMNS)
    assert [len(frame) for frame in tables.values()] == [12, 7, 1]


def test_readiness_json_is_strict_json_with_unknown_as_null() -> None:
    tables = {name: frame.convert_dtypes() for name, frame in frames().items()}
    document = readiness_json(tables, SimpleNamespace(release_id="r1", as_of=date(2025, 6, 30)))
    assert json.loads(json.dumps(document, allow_nan=False)) == document
    assert (document["verdict"], document["as_of"], document["release_id"]) == ("not_ready", "2025-06-30", "r1")
    gates = {gate["gate_id"]: gate for gate in document["gates"]}
    assert gates["interviews"]["value"] == 2
    assert gates["mvp_review"]["value"] is None
    assert gates["interviews"]["interval"] is None
    assert gates["interviews"]["evidence_ids"] == [
        "readiness__gate_requirements/interviews_interview_segments",
        "readiness__gate_requirements/interviews_interviews_held",
        "roadmap__milestone_progress/customer_interviews_interviews_held_cumulative",
    ]
    assert [row["requirement_id"] for row in gates["interviews"]["requirements"]] == [
        "interviews_interviews_held",
        "interviews_interview_segments",
    ]
    assert gates["whitepaper"]["requirements"][0]["tolerance"] == 2


def held(kind: str, number: int, after: int, segments: int, together: int, grade: Grade = PUBLISHED) -> Conversations:
    table = "interviews__interviews" if kind == "interview" else "interviews__sessions"
    return Conversations(grade, (f"{table}/{grade}_1",), kind, number, after, segments, together)


@pytest.mark.parametrize(
    ("number", "after", "value"),
    [
        (3, 3, 5),  # two were reported, three were held after that
        (2, 0, 2),  # these may be the two that were reported
        (4, 1, 4),  # packs hold more than the report knew and what came after it
    ],
)
def test_interviews_of_packs_count_beside_the_report_and_never_twice(number: int, after: int, value: int) -> None:
    found = measured("interviews_held", world(conversations=[held("interview", number, after, 1, 3)]))
    assert (found.value, found.grade) == (value, PUBLISHED)
    assert "interviews__interviews/published_1" in found.evidence_ids
    assert measured("sessions_held", world(conversations=[held("session", 2, 2, 1, 1)])).value == 3


def test_without_a_report_packs_are_counted_alone() -> None:
    inputs = world(progress=[], conversations=[held("interview", 4, 4, 3, 3)])
    assert measured("interviews_held", inputs).value == 4
    assert measured("interview_segments", inputs).value == 3


def test_segments_of_packs_and_of_the_report_are_counted_once() -> None:
    inputs = world(conversations=[held("interview", 3, 3, 2, 3)])
    assert measured("interview_segments", inputs).value == 3


def test_made_up_interviews_are_left_out_and_named() -> None:
    made_up = held("interview", 12, 12, 6, 8, ILLUSTRATIVE)
    found = measured("interviews_held", world(conversations=[made_up]))
    assert (found.value, found.illustrative_ids) == (2, made_up.evidence_ids)
    beside = world(conversations=[held("interview", 1, 1, 1, 3), made_up])
    assert (measured("interviews_held", beside).value, measured("interview_segments", beside).value) == (3, 3)
