"""How each metric is counted."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any, get_args

import pytest

from assets.costs.budget import BudgetState
from assets.evidence.counters import COUNTERS, StandIn, parameters_of
from assets.evidence.model import Grade
from assets.readiness.fetch import READ
from assets.readiness.inputs import (
    BudgetCell,
    Conversations,
    CrmOrganisation,
    MatrixCell,
    ReadinessInputs,
    ReadinessRow,
    SegmentRank,
)
from assets.readiness.measures import COUNTS, STAND_INS, results_of
from assets.readiness.model import (
    GateStatus,
    MetricValue,
    NumberOrigin,
    RequirementResult,
    combined_status,
    gates_of,
)
from assets.readiness.wording import number
from tests.unit.bases import based
from tests.unit.readiness_world import (
    CELLS,
    COUNTED,
    DAY,
    DELIVERABLES,
    ESTIMATED,
    ILLUSTRATIVE,
    NOT_FOUND,
    PROGRESS,
    PUBLISHED,
    USPS,
    cost_cell,
    cost_not_known,
    deliverable,
    progress,
    requirement,
    segment,
    usp,
    world,
)


def judged(metric: str, inputs: ReadinessInputs) -> RequirementResult:
    (found,) = [result for result in results_of(inputs) if result.requirement.metric == metric]
    return found


def measured(metric: str, inputs: ReadinessInputs) -> MetricValue:
    return judged(metric, inputs).measurement


def with_deliverable(name: str, status: str, actual: float | None, stated: str = "reported") -> ReadinessInputs:
    others = [row for row in DELIVERABLES if row.deliverable_id != name]
    return world(deliverables=[*others, deliverable(name, status, actual, stated=stated)])


def with_progress(*rows: Any) -> ReadinessInputs:
    """The public record with these reports in place of those of the same metric."""
    replaced = {row.metric for row in rows}
    return world(progress=[*(row for row in PROGRESS if row.metric not in replaced), *rows])


def test_every_counter_and_stand_in_that_can_be_named_counts_something() -> None:
    assert set(COUNTS) == set(COUNTERS.values())
    assert set(STAND_INS) == set(get_args(StandIn))


@pytest.mark.parametrize(
    ("counter", "parameters", "message"),
    [
        ("stars", "", '"stars" is not a counter; expected one of cost_cells, deliverable_state'),
        ("usps", "", "usps needs the parameter what; expected something such as what=in_register"),
        ("usps", "what=printed", '"printed" is not allowed for the parameter what; expected in_register or on_site'),
        ("usps", "what=on_site;metric=usps", "usps has no parameter metric; expected what"),
        ("usps", "on_site", '"on_site" is not a parameter; expected name=value, such as what=in_register'),
        ("usps", "what=on_site;what=in_register", "the parameter what is given twice"),
        ("reported_progress", "metric=No Snake", '"No Snake" is not allowed for the parameter metric'),
    ],
)
def test_what_no_counter_can_be_told_is_an_error(counter: str, parameters: str, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        parameters_of(counter, [part for part in parameters.split(";") if part])


def test_a_counter_looks_at_the_deliverable_that_is_named_else_at_that_of_the_gate() -> None:
    for parameters, value in (("what=done", 1), ("what=done;deliverable_id=whitepaper", None)):
        told = parameters_of("deliverable_state", parameters.split(";"))
        asked = requirement("usps", "potential_usps", "whitepapers", 1, counter=told)
        assert measured("whitepapers", world(requirements=[asked])).value == value


def test_a_made_up_requirement_asks_for_nothing() -> None:
    assert results_of(world(requirements=[requirement("g", "whitepaper", "pages", 1, grade=ILLUSTRATIVE)])) == ()


# Of budgets nothing is asked while there is none.
@pytest.mark.parametrize("metric", sorted(COUNTED.keys() - {"cells_within_budget"}))
def test_no_evidence_is_unknown_and_never_zero(metric: str) -> None:
    nothing = world(
        requirements=[requirement("g", "d", metric, 1)],
        deliverables=[],
        progress=[],
        segments=[],
        usps=[],
        cost_cells=[],
        question_sets=[],
        archive_capacities=[],
    )
    assert measured(metric, nothing) == MetricValue(None, based("not_found"), (), "nothing is on record")
    assert judged(metric, nothing).status is GateStatus.UNKNOWN


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
        ("planned", None, None, "Whitepaper is planned, and no count is reported"),
        ("unknown", None, None, "no public report says whether Whitepaper is done"),
        ("unknown", 15, None, "no public report says whether Whitepaper is done"),
        ("done_privately", 15, None, "the work was done in private, and nothing public can be checked"),
    ],
)
def test_pages_as_the_deliverable_reports_them(
    status: str, actual: float | None, value: float | None, reason: str
) -> None:
    found = measured("pages", with_deliverable("whitepaper", status, actual))
    assert (found.value, found.reason) == (value, reason)
    assert found.basis.ids == {"roadmap__deliverable_states/whitepaper"}
    assert found.origin is (NumberOrigin.NOT_KNOWN if value is None else NumberOrigin.REPORTED)


@pytest.mark.parametrize("metric", ["whitepapers", "pages"])
@pytest.mark.parametrize("status", ["not_done", "not_planned", "dropped", "descoped"])
@pytest.mark.parametrize("basis", ["inferred_from_absence", "judged"])
def test_what_is_inferred_from_absence_fails_and_is_no_zero(metric: str, status: str, basis: str) -> None:
    found = judged(metric, with_deliverable("whitepaper", status, None, basis))
    assert (found.measurement.value, found.measurement.origin, found.status) == (
        None,
        NumberOrigin.INFERRED,
        GateStatus.FAIL,
    )
    assert found.reason.endswith("was found (inferred from absence).")
    assert "none of" not in found.reason.lower()


@pytest.mark.parametrize(
    ("status", "value"), [("done", 1), ("done_privately", None), ("not_done", 0), ("partial", None), ("planned", None)]
)
def test_a_whitepaper_counts_when_it_is_done(status: str, value: float | None) -> None:
    assert measured("whitepapers", with_deliverable("whitepaper", status, 14)).value == value


@pytest.mark.parametrize(
    ("status", "value", "of_requirement"),
    [
        ("unknown", None, GateStatus.UNKNOWN),
        ("planned", None, GateStatus.UNKNOWN),
        ("partial", None, GateStatus.UNKNOWN),
        ("done", 1, GateStatus.PASS),
        ("dropped", 0, GateStatus.FAIL),
    ],
)
def test_the_named_input_is_what_its_deliverable_says(
    status: str, value: float | None, of_requirement: GateStatus
) -> None:
    found = judged("postgres_phase_2_results", with_deliverable("postgres_opt_phase_2", status, None))
    assert (found.measurement.value, found.status) == (value, of_requirement)
    assert found.measurement.basis.ids == {"roadmap__deliverable_states/postgres_opt_phase_2"}


def test_our_own_capacity_stands_beside_the_named_input_and_never_passes_for_it() -> None:
    many = [ReadinessRow(based(PUBLISHED, "benchmarks__runs/run_a")) for _ in range(6)]
    found = judged("postgres_phase_2_results", world(archive_capacities=many))
    assert (found.measurement.value, found.status) == (None, GateStatus.UNKNOWN)
    assert found.measurement.beside == "six capacity results of our own benchmark, which is not that deliverable"
    assert found.measurement.beside_ids == ("benchmarks__runs/run_a",)
    assert "benchmarks__runs/run_a" not in found.basis.ids
    assert found.reason == (
        "The number of results of PostgreSQL Optimisation phase 2 is not known: no public report says whether "
        "Postgres opt phase 2 is done. Not counted: six capacity results of our own benchmark, which is not that "
        "deliverable."
    )


def test_made_up_capacity_does_not_even_stand_beside() -> None:
    made_up = ReadinessRow(based(ILLUSTRATIVE, "benchmarks__runs/made_up"))
    assert measured("postgres_phase_2_results", world(archive_capacities=[made_up])).beside == ""


def budget_cell(name: str, state: BudgetState, grade: Grade = Grade.ESTIMATED) -> BudgetCell:
    return BudgetCell(based(grade, f"costs__scenarios/{name}"), state)


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
    assert (found.requirement.gate_id, found.threshold) == ("cost", 2)
    assert (found.measurement.value, found.status) == (value, status)


def test_without_a_budget_nothing_is_asked_for() -> None:
    asked = [result.requirement for result in results_of(world())]
    assert asked == [row for row in world().requirements if row.metric != "cells_within_budget"]


def test_a_budget_makes_no_gate_of_its_own() -> None:
    inputs = world(requirements=[], budget_cells=[budget_cell("s", "within")])
    assert results_of(inputs) == ()


def test_a_budget_is_not_kept_by_a_made_up_price() -> None:
    inputs = world(budget_cells=[budget_cell("s", "within"), budget_cell("t", "within", Grade.ILLUSTRATIVE)])
    assert measured("cells_within_budget", inputs).value is None


@pytest.mark.parametrize("state", ["within", "over", "unknown"])
def test_a_budget_never_makes_a_verdict_better(state: BudgetState) -> None:
    def status(cells: list[BudgetCell]) -> GateStatus:
        return combined_status(
            result.status for result in results_of(world(budget_cells=cells)) if result.requirement.gate_id == "cost"
        )

    order = list(GateStatus)
    assert order.index(status([budget_cell("s", state)])) <= order.index(status([]))


def test_cost_cells_that_can_run_are_counted() -> None:
    some = [*CELLS[:3], cost_cell("other", is_feasible=False)]
    found = judged("cells_estimated", world(cost_cells=some))
    assert (found.measurement.value, found.measurement.basis.grade, found.status) == (
        3,
        Grade.ESTIMATED,
        GateStatus.FAIL,
    )
    assert found.reason == (
        "Three of eight cost cases are estimated and able to run. One case cannot run as specified."
    )
    assert "costs__scenarios/other" in found.measurement.basis.ids
    two = world(cost_cells=[*some, cost_cell("another", is_feasible=False)])
    assert measured("cells_estimated", two).remark == "two cases cannot run as specified"


def test_eight_cells_that_can_run_pass() -> None:
    assert judged("cells_estimated", world()).status is GateStatus.PASS
    assert judged("cells_estimated", world(cost_cells=[*CELLS[:7], cost_cell("x", is_feasible=False)])).status is (
        GateStatus.FAIL
    )


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        (cost_not_known("a", "missing: a price"), "for want of a price"),
        (cost_not_known("a", ""), "because its cost is not known"),
        (cost_cell("a", is_feasible=None), "because it is not known whether it can run"),
        (cost_cell("a", rpc_usd_per_month=None), "because RPC is not priced"),
        (cost_cell("a", profile_id="status_1to1", rpc_usd_per_month=None), "because RPC is not priced"),
    ],
)
def test_a_cell_that_lacks_something_makes_the_count_unknown_and_no_zero(cell: Any, why: str) -> None:
    for cells in ([cell], [*CELLS[:7], cell]):
        found = judged("cells_estimated", world(cost_cells=cells))
        assert (found.measurement.value, found.status) == (None, GateStatus.UNKNOWN)
        assert found.measurement.reason.endswith(f"cannot be judged, the first {why}")


def test_of_cells_that_lack_something_the_first_is_named() -> None:
    cells = [*CELLS[:2], cost_not_known("a", "missing: a price"), cost_not_known("b", "missing: a size")]
    assert measured("cells_estimated", world(cost_cells=cells)).reason == (
        "two of four cannot be judged, the first for want of a price"
    )


def test_rpc_is_asked_of_chats_and_communities_alone() -> None:
    vanilla = cost_cell("a", profile_id="railgun", rpc_usd_per_month=None)
    assert measured("cells_estimated", world(cost_cells=[vanilla])).value == 1


def test_a_case_that_cannot_run_needs_no_price() -> None:
    cell = cost_cell("a", is_estimated=False, is_feasible=False, rpc_usd_per_month=None)
    found = measured("cells_estimated", world(cost_cells=[cell]))
    assert (found.value, found.remark) == (0, "one case cannot run as specified")


def test_segments_with_all_items_are_counted() -> None:
    segments = [segment("a", has_all_items=True), segment("b", has_all_items=False)]
    found = measured("segments_fully_captured", world(segments=segments))
    assert (found.value, found.basis.ids) == (1, {"segments__segments/a"})


def test_no_segment_with_all_items_is_not_known_and_no_zero() -> None:
    found = judged("segments_fully_captured", world(segments=[segment("b", has_all_items=False)]))
    assert (found.measurement.value, found.status) == (None, GateStatus.UNKNOWN)
    assert found.measurement.reason == "no segment on record has all six items"


def test_a_segment_that_needs_made_up_evidence_is_not_counted() -> None:
    made_up = segment("b", has_all_items=True, grade=ILLUSTRATIVE)
    found = measured("segments_fully_captured", world(segments=[segment("a", has_all_items=True), made_up]))
    assert (found.value, found.basis.grade, found.illustrative_ids) == (1, PUBLISHED, tuple(made_up.basis.ids))


def test_the_register_holds_what_was_found() -> None:
    looked_for = usp("looked_for", is_on_site=False, grade=NOT_FOUND)
    made_up = usp("made_up", is_on_site=True, grade=ILLUSTRATIVE)
    found = measured("register_entries", world(usps=[*USPS, looked_for, made_up]))
    assert (found.value, found.basis.grade, found.illustrative_count) == (2, Grade.ESTIMATED, 1)


@pytest.mark.parametrize(
    ("on_site", "of", "status"),
    [(4, 14, GateStatus.FAIL), (13, 14, GateStatus.FAIL), (14, 14, GateStatus.PASS), (0, 3, GateStatus.FAIL)],
)
def test_every_usp_of_the_register_has_to_be_on_the_site(on_site: int, of: int, status: GateStatus) -> None:
    usps = [usp(f"usp_{n}", is_on_site=n < on_site) for n in range(of)]
    found = judged("usps_named_on_site", world(usps=usps))
    assert (found.measurement.value, found.threshold, found.status) == (on_site, of, status)
    assert len(found.measurement.basis.ids) == of


def test_a_usp_that_was_looked_for_in_vain_leaves_the_count_of_the_others_what_it_is() -> None:
    looked_for = usp("looked_for", is_on_site=False, grade=NOT_FOUND)
    found = judged("usps_named_on_site", world(usps=[usp("known", is_on_site=False), looked_for]))
    assert (found.measurement.value, found.threshold, found.measurement.basis) == (
        0,
        1,
        based(PUBLISHED, "segments__usps/known"),
    )


def test_a_made_up_usp_on_the_site_is_neither_asked_for_nor_there() -> None:
    found = judged("usps_named_on_site", world(usps=[*USPS, usp("made_up", is_on_site=True, grade=ILLUSTRATIVE)]))
    assert (found.measurement.value, found.threshold) == (1, 2)


def test_a_rework_of_a_matrix_is_no_matrix() -> None:
    found = judged("validation_matrix", world())
    assert (found.measurement.value, found.status) == (None, GateStatus.UNKNOWN)
    assert found.measurement.beside == "a report that the team reworked its matrix, which nobody outside can read"
    assert found.measurement.beside_ids == ("roadmap__milestone_progress/potential_usps_matrix_reworks",)


def test_a_public_matrix_counts_and_so_does_ours_with_a_decided_cell() -> None:
    published = progress("potential_usps", "matrices_published", 1)
    assert measured("validation_matrix", with_progress(published)).origin is NumberOrigin.REPORTED
    cells = [MatrixCell(based(ESTIMATED, "interviews__signals/a"), is_decided=True)]
    found = measured("validation_matrix", world(matrix=cells))
    assert (found.value, found.origin, found.basis.ids) == (1, NumberOrigin.COUNTED, {"interviews__signals/a"})
    made_up = [MatrixCell(based(ILLUSTRATIVE, "interviews__findings/a"), is_decided=True)]
    assert measured("validation_matrix", world(matrix=made_up)).value is None


def test_a_document_on_segments_is_not_this_record() -> None:
    found = judged("segment_documents", world())
    assert (found.measurement.value, found.status) == (None, GateStatus.UNKNOWN)
    assert found.measurement.beside == "this record, which captures one segment in full"
    both = measured("segment_documents", world(segments=[segment(name, has_all_items=True) for name in "ab"]))
    assert both.beside == "this record, which captures two segments in full"
    assert measured("segment_documents", world(segments=[])).beside == ""
    public = progress("target_customers", "segment_documents", 1)
    assert judged("segment_documents", with_progress(public)).status is GateStatus.PASS


def test_segments_in_the_crm_are_counted_where_its_rows_are_in_a_pack() -> None:
    assert judged("crm_organisations_with_segment", world()).status is GateStatus.UNKNOWN
    rows = [CrmOrganisation(based(PUBLISHED, f"segments__organisations/{n}"), has_segment=n == 1) for n in range(3)]
    found = measured("crm_organisations_with_segment", world(crm_organisations=rows))
    assert (found.value, found.origin) == (1, NumberOrigin.COUNTED)
    assert judged("crm_organisations_with_segment", world(crm_organisations=rows[:1])).status is GateStatus.FAIL


def test_a_question_set_of_ours_is_not_that_of_the_interviews() -> None:
    found = judged("interview_questions", world())
    assert (found.measurement.value, found.status) == (None, GateStatus.UNKNOWN)
    assert found.measurement.beside == "five questions of our own, with which no interview on record was held"


@pytest.mark.parametrize(
    ("questions", "status"), [(None, "unknown"), (3, "fail"), (4, "pass"), (5, "pass"), (9, "pass")]
)
def test_questions_count_where_interviews_in_packs_used_them(questions: int | None, status: str) -> None:
    conversations = [replace(held("interview", 1, 1, 1, 3), questions=questions)]
    assert judged("interview_questions", world(conversations=conversations)).status == status


def test_what_interviews_told_is_in_the_matrix_by_report_or_in_ours() -> None:
    assert measured("interviews_captured", world()).origin is NumberOrigin.REPORTED
    cells = [MatrixCell(based(PUBLISHED, "interviews__findings/a"), is_decided=False, interviews=2)]
    found = measured("interviews_captured", world(matrix=cells))
    assert (found.value, found.origin) == (1, NumberOrigin.COUNTED)


def test_a_review_of_segments_needs_interviews_and_a_decision() -> None:
    undecided = SegmentRank(based(ESTIMATED, "segments__segments/a"), is_decided=False)
    decided = SegmentRank(based(ESTIMATED, "segments__segments/b"), is_decided=True)
    talked = [held("interview", 1, 1, 1, 3)]
    assert measured("segment_reviews", world(ranking=[undecided, decided])).value is None
    assert measured("segment_reviews", world(ranking=[undecided], conversations=talked)).value is None
    assert measured("segment_reviews", world(ranking=[undecided, decided], conversations=talked)).value == 1
    found = measured("segment_reviews", world(ranking=[undecided, decided]))
    assert found.beside == "our own ranking of two segments, which decides one of them"


@pytest.mark.parametrize(
    ("at_devcon", "value", "status"), [(0, None, "unknown"), (1, 1, "fail"), (3, 3, "pass"), (4, 4, "pass")]
)
def test_sessions_at_the_event_are_those_of_which_it_is_told(at_devcon: int, value: float | None, status: str) -> None:
    sessions = [replace(held("session", 5, 5, 1, 1), events=("devcon_2024",) * at_devcon + ("ethcc_2025",))]
    found = judged("sessions_at_devcon_2024", world(conversations=sessions))
    assert (found.measurement.value, found.status) == (value, status)


@pytest.mark.parametrize(("sessions", "status"), [(2, "fail"), (3, "pass"), (4, "pass"), (5, "pass")])
def test_three_to_four_sessions_are_asked_for_and_more_are_enough(sessions: int, status: str) -> None:
    found = judged("sessions_held", with_progress(progress("codesign_sessions", "sessions_held_cumulative", sessions)))
    assert found.status == status
    assert "three to four" in found.reason


@pytest.mark.parametrize(
    ("metric", "reported", "asked"),
    [
        ("interviews_held", ("customer_interviews", "interviews_held_cumulative"), 8),
        ("segments_identified", ("target_customers", "segments_identified"), 4),
    ],
)
def test_about_so_many_is_met_at_its_tolerance_and_never_lost_by_more(
    metric: str, reported: tuple[str, str], asked: int
) -> None:
    for value in range(30):
        found = judged(metric, with_progress(progress(*reported, value, tuple("abcde"))))
        assert found.status is (GateStatus.PASS if value >= asked else GateStatus.FAIL), value


def test_an_outline_done_in_private_cannot_be_counted() -> None:
    found = judged("mvp_outlines", world())
    assert found.status is GateStatus.UNKNOWN
    assert found.reason == (
        "The number of outlines of the MVP is not known: the work was done in private, and nothing public can be "
        "checked."
    )
    assert (
        judged("mvp_outlines", with_progress(progress("review_mvp", "outlines_published", 1))).status is GateStatus.PASS
    )
    assert judged("mvp_customers_told", with_progress(progress("review_mvp", "customers_told", 4))).status is (
        GateStatus.PASS
    )
    assert judged("mvp_gaps", world()).status is GateStatus.PASS


def test_private_work_of_which_a_number_was_looked_for_in_vain_is_private() -> None:
    looked_for = progress("review_mvp", "outlines_published", None, grade=NOT_FOUND)
    found = measured("mvp_outlines", with_progress(looked_for))
    assert found.reason == "the work was done in private, and nothing public can be checked"
    assert (found.basis.grade, len(found.basis.ids)) == (ESTIMATED, 2)


@pytest.mark.parametrize(
    ("metric", "deliverable_id"),
    [
        ("segments_identified", "target_customers"),
        ("interviews_held", "customer_interviews"),
        ("interview_segments", "customer_interviews"),
        ("interview_questions", "customer_interviews"),
        ("interviews_captured", "customer_interviews"),
        ("sessions_held", "codesign_sessions"),
        ("sessions_at_devcon_2024", "codesign_sessions"),
        ("validation_matrix", "potential_usps"),
    ],
)
def test_what_was_looked_for_in_vain_is_unknown(metric: str, deliverable_id: str) -> None:
    rows = [replace(row, value=None, basis=based(NOT_FOUND, *row.basis.ids)) for row in PROGRESS]
    found = judged(metric, world(progress=rows, requirements=[requirement("g", deliverable_id, metric, 1)]))
    assert (found.measurement.value, found.status) == (None, GateStatus.UNKNOWN)
    assert "no public report gives it" in found.reason


def test_the_newest_evidence_is_dated_without_searches_in_vain_and_conversations() -> None:
    inputs = world(conversations=[held("interview", 3, 3, 2, 3)])
    assert measured("interviews_held", inputs).newest_evidence_on == DAY
    assert measured("interview_questions", world()).newest_evidence_on is None
    only_packs = world(progress=[], conversations=[held("interview", 3, 3, 2, 3)])
    assert measured("interviews_held", only_packs).newest_evidence_on is None


def test_evidence_is_stale_from_the_day_after_its_declared_age() -> None:
    assert judged("interviews_held", world()).stale_on == DAY + timedelta(days=366)
    assert judged("cells_estimated", world()).stale_on == DAY + timedelta(days=181)
    (cost,) = [gate for gate in gates_of(results_of(world())) if gate.gate_id == "cost"]
    assert (cost.newest_evidence_on, cost.stale_on) == (DAY, DAY + timedelta(days=181))


def test_segments_of_interviews_are_distinct_and_named() -> None:
    def with_segments(value: float, *names: str) -> float | None:
        held = progress("customer_interviews", "interviews_held_cumulative", value, names)
        return measured("interview_segments", world(progress=[held])).value

    assert with_segments(3, "gaming", "zk_identity", "gaming") == 2
    assert with_segments(3) is None
    assert with_segments(0) == 0


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


def test_what_this_software_makes_is_not_what_a_requirement_counts() -> None:
    # its outline, its pages and papers are its own: a gate goes by what the project published and reported
    read = {f"{schema}.{name}" for schema, name in READ}
    assert read & {"model.mvp_outline", "model.mvp_usps", "model.mvp_gaps"} == set()
    assert {name for name in read if name.startswith(("release.", "readiness."))} == set()


def held(kind: str, number: int, after: int, segments: int, together: int, grade: Grade = PUBLISHED) -> Conversations:
    table = "interviews__interviews" if kind == "interview" else "interviews__sessions"
    return Conversations(based(grade, f"{table}/{grade}_1"), kind, number, after, segments, together)


@pytest.mark.parametrize(
    ("number", "after", "value", "grade"),
    [
        (3, 3, 5, PUBLISHED),  # two were reported, three were held after that
        (2, 0, 2, PUBLISHED),  # these may be the two that were reported
        (4, 1, 4, ESTIMATED),  # packs hold more than the report knew and what came after it
    ],
)
def test_interviews_of_packs_count_beside_the_report_and_never_twice(
    number: int, after: int, value: int, grade: Grade
) -> None:
    found = measured("interviews_held", world(conversations=[held("interview", number, after, 1, 3)]))
    assert (found.value, found.basis.grade) == (value, grade)
    assert found.remark.startswith("packs hold more from before the newest report") == (grade is ESTIMATED)
    assert "interviews__interviews/published_1" in found.basis.ids
    assert measured("sessions_held", world(conversations=[held("session", 2, 2, 1, 1)])).value == 3


def test_a_count_has_the_grade_of_the_better_of_two_that_are_each_enough() -> None:
    # packs hold as many as the report: the interviews themselves count, whoever only estimated their number
    reported = progress("customer_interviews", "interviews_held_cumulative", 2, ("a",), grade=ESTIMATED)
    talked = [held("interview", 2, 0, 1, 1)]
    found = measured("interviews_held", world(progress=[reported], conversations=talked))
    assert (found.value, found.basis.grade) == (2, PUBLISHED)
    more = measured("interviews_held", world(progress=[reported], conversations=[held("interview", 2, 1, 1, 1)]))
    assert (more.value, more.basis.grade) == (3, ESTIMATED)
    published = progress("potential_usps", "matrices_published", 1)
    ours = [MatrixCell(based(ESTIMATED, "interviews__signals/a"), is_decided=True)]
    both = measured("validation_matrix", replace(with_progress(published), matrix=ours))
    assert (both.value, both.basis.grade, both.origin) == (1, PUBLISHED, NumberOrigin.REPORTED)
    assert "interviews__signals/a" in both.basis.ids


def test_a_record_that_contradicts_itself_says_so() -> None:
    reported = progress("customer_interviews", "interviews_held_cumulative", 2, ("a",), grade=ESTIMATED)
    found = judged("interviews_held", world(progress=[replace(reported, contradicting_ids=("p/1", "p/2"))]))
    assert found.reason.endswith("The record contradicts itself: two other rows say otherwise.")
    found = judged("interviews_held", world(progress=[replace(reported, contradicting_ids=("p/1",))]))
    assert found.reason.endswith("The record contradicts itself: one other row says otherwise.")


def test_without_a_report_packs_are_counted_alone() -> None:
    inputs = world(progress=[], conversations=[held("interview", 4, 4, 3, 3)])
    assert measured("interviews_held", inputs).value == 4
    assert measured("interview_segments", inputs).value == 3


def test_reports_of_other_metrics_and_conversations_of_other_kinds_are_left_aside() -> None:
    talked = [held("interview", 3, 3, 2, 3), held("session", 9, 9, 9, 9), held("hackathon", 7, 7, 7, 7)]
    others = [progress("customer_interviews", name, 99) for name in ("a_metric", "z_metric")]
    inputs = world(conversations=talked, progress=[others[0], *PROGRESS, others[1]])
    assert (measured("interviews_held", inputs).value, measured("sessions_held", inputs).value) == (5, 10)


def test_segments_of_packs_and_of_the_report_are_counted_once() -> None:
    inputs = world(conversations=[held("interview", 3, 3, 2, 3)])
    assert measured("interview_segments", inputs).value == 3


def test_made_up_interviews_are_left_out_and_named() -> None:
    made_up = held("interview", 12, 12, 6, 8, ILLUSTRATIVE)
    found = measured("interviews_held", world(conversations=[made_up]))
    assert (found.value, found.illustrative_ids) == (2, tuple(made_up.basis.ids))
    beside = world(conversations=[held("interview", 1, 1, 1, 3), made_up])
    assert (measured("interviews_held", beside).value, measured("interview_segments", beside).value) == (3, 3)
