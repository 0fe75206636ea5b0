"""What of the tables counts: the same from a warehouse and from a release."""

from __future__ import annotations

from assets.evidence.model import Grade
from assets.readiness.selection import inputs_from
from tests.unit.readiness_world import tables


def test_rows_are_in_the_order_of_their_key_with_what_is_not_known_last() -> None:
    cells = [{"usp_id": usp, "status": status} for usp, status in ((None, "mixed"), ("b", "untested"), ("a", "mixed"))]
    found = inputs_from(tables(validation_matrix=cells))
    assert [cell.is_decided for cell in found.matrix] == [True, False, True]


def test_a_segment_is_captured_in_full_with_all_six_items() -> None:
    items = dict.fromkeys(
        ("has_segment", "has_market_size", "has_problems_and_usps", "has_competitors", "has_learnings"), True
    )
    rows = [{"segment_id": "a", **items, "has_rationale": True}, {"segment_id": "b", **items}]
    found = inputs_from(tables(segment_capture=rows))
    assert [(segment.segment_id, segment.has_all_items) for segment in found.segments] == [("a", True), ("b", False)]


def test_of_a_usp_and_of_an_organisation_only_the_evidence_that_is_meant_counts() -> None:
    usp = {"usp_id": "a", "evidence_ids": ["segments__usps/a", "segments__usp_states/a", "segments__usp_evidence/a"]}
    known = {"organisation_id": "a", "evidence_ids": ["segments__crm_organisations/a", "segments__integrations/a"]}
    public = {"organisation_id": "b", "evidence_ids": ["segments__integrations/b"]}
    found = inputs_from(tables(usp_register=[usp], organisations=[known, public]))
    assert [row.basis.ids for row in found.usps] == [{"segments__usps/a", "segments__usp_states/a"}]
    assert [row.basis.ids for row in found.crm_organisations] == [{"segments__crm_organisations/a"}]


def test_made_up_milestones_and_budgets_ask_for_nothing() -> None:
    milestones = [{"position": 1, "milestone_id": "a"}, {"position": 2, "milestone_id": "b", "grade": "illustrative"}]
    scenarios = [
        {"scenario_id": "a", "profile_id": "p", "budget_usd_per_month": 10.0},
        {"scenario_id": "b", "profile_id": "p", "budget_usd_per_month": 10.0, "grade": "illustrative"},
        {"scenario_id": "c", "profile_id": "p"},
        # in EUR, on a day before the first exchange rate
        {"scenario_id": "d", "profile_id": "p", "budget_eur_per_month": 10.0, "evidence_ids": ["costs__scenarios/d"]},
    ]
    costs = [
        {"scenario_id": name, "with_rln": False, "all_in_p50_usd_per_month": 12.0, "is_milestone": name == "a"}
        for name in "abcd"
    ]
    found = inputs_from(tables(milestones=milestones, scenarios=scenarios, cost_summary=costs))
    assert [milestone.milestone_id for milestone in found.milestones] == ["a"]
    assert [cell.state for cell in found.budget_cells] == ["over", "unknown"]
    assert "costs__scenarios/d" in found.budget_cells[1].basis.ids
    assert [cell.profile_id for cell in found.cost_cells] == ["p"]


def test_only_capacities_of_a_released_stage_in_the_current_run_with_a_number_count() -> None:
    whole = {"is_current": True, "is_released": True, "is_narrowest": True, "per_vcpu_per_s": 5.0}
    lacking = [{"capacity_id": f"without_{name}", **whole, name: None} for name in whole]
    found = inputs_from(tables(archive_capacity=[{"capacity_id": "whole", **whole, "grade": "measured"}, *lacking]))
    assert [row.basis.grade for row in found.archive_capacities] == [Grade.MEASURED]


def test_an_undecided_segment_is_not_decided() -> None:
    rows = [{"segment_id": name, "decision": decision} for name, decision in (("a", "pursue"), ("b", "undecided"))]
    assert [row.is_decided for row in inputs_from(tables(segment_ranking=rows)).ranking] == [True, False]


def test_ids_that_contradict_and_segments_of_a_report_are_kept_and_may_be_missing() -> None:
    more = {"contradicting_ids": ["t/b"], "segment_ids": ["gaming"]}
    found = inputs_from(
        tables(
            milestone_deliverables=[{"deliverable_id": "a"}, {"deliverable_id": "b", **more}],
            milestone_progress=[{"deliverable_id": "a", "metric": "m"}, {"deliverable_id": "b", "metric": "m", **more}],
        )
    )
    assert [row.contradicting_ids for row in found.deliverables] == [(), ("t/b",)]
    assert [(row.segment_ids, row.contradicting_ids) for row in found.progress] == [((), ()), (("gaming",), ("t/b",))]


def test_a_cost_that_is_estimated_needs_no_reason() -> None:
    costs = [
        {"scenario_id": "a", "status": "estimated", "is_milestone": True, "is_feasible": True},
        {"scenario_id": "b", "status": "unknown", "is_milestone": True, "reason": "missing: a price"},
    ]
    scenarios = [{"scenario_id": name, "profile_id": "railgun"} for name in "ab"]
    found = inputs_from(tables(scenarios=scenarios, cost_summary=costs))
    assert [(cell.is_estimated, cell.reason, cell.lacks) for cell in found.cost_cells] == [
        (True, "", ""),
        (False, "missing: a price", "for want of a price"),
    ]
    assert found.budget_cells == []


def test_only_made_up_milestones_are_left_out() -> None:
    grades = ("measured", "published", "estimated", "illustrative", "not_found")
    rows = [{"position": n, "milestone_id": grade, "grade": grade} for n, grade in enumerate(grades)]
    found = inputs_from(tables(milestones=rows)).milestones
    assert [milestone.milestone_id for milestone in found] == ["measured", "published", "estimated", "not_found"]
