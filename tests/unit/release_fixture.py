"""A small release: the record of `readiness_world`, two scenarios of round costs, evidence that tries to break out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pandas as pd

from assets.costs import columns
from assets.costs.components import ALL_IN, COMPONENTS, INFRASTRUCTURE
from assets.decision import frames as decision_frames
from assets.evidence.marks import MARK_COLUMNS, REVIEW_COLUMNS, review_rows
from assets.evidence.sources import first_link
from assets.history.frames import gate_history_frame, judged_day, verdict_history_frame
from assets.readiness.frames import gates_frame, requirement_results_frame, verdict_frame
from assets.readiness.inputs import ReadinessInputs
from assets.readiness.measures import results_of
from assets.readiness.model import Gate, gates_of, verdicts_of
from assets.reports.difference.model import TABLES
from assets.reports.difference.read import as_released
from assets.reports.difference.table import changes_frame
from assets.reports.model import Manifest
from assets.reports.page.site import ReleaseData
from assets.reports.release.check_results import CheckResult, check_frame
from assets.roadmap import frames as mvp_frames
from tests.unit import market_release
from tests.unit.bench_release import EVIDENCE, MEASUREMENT, bench_tables, own_bytes
from tests.unit.readiness_world import COUNTED, world

HOSTILE = "</data><script>alert('1')</script> & \"quoted\""
SOURCE_WITH_ADDRESSES = f"https://example.org/prices?a=1&b=2; javascript:alert(1) {HOSTILE}"
SERVER, VOLUME, OPEN = (
    "pricing__compute_offers/small",
    "pricing__storage_and_egress_prices/disk",
    "costs__rpc_usage/calls",
)
MADE_UP = "roadmap__milestone_progress/made_up"

MANIFEST = Manifest(
    release_id="20261123T120000Z-1a2b3c4d",
    created_at=datetime(2026, 11, 23, 12, 0, tzinfo=UTC),
    run_id="1a2b3c4d-5e6f",
    as_of=None,
    packs=("public",),
    evidence_hash="9f8e7d6c",
    evidence={},
    code_version="0.1.0",
    verdict="not_ready",
    checks_passed=41,
    checks_failed=0,
    tools={"python": "3.12.1"},
)

COSTS: Mapping[tuple[str, bool], tuple[float, ...] | None] = {
    ("community", False): (31.5, 10.0, 14.75, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 42.0),
    ("community", True): (31.5, 10.0, 14.75, 0.0, 0.0, 0.0, 0.0, 1250.25, 0.0, 0.0, 42.0),
    ("one_to_one", False): (5.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0051, 0.0, 0.0, 0.0, 0.0),
    ("one_to_one", True): None,
}
"""By scenario and RLN, the parts of the bill in the order of `COMPONENTS`; None where one is not known."""


def totals(parts: tuple[float, ...] | None) -> dict[str, float | None]:
    """Return what the operator pays, and all."""
    own = [cost for cost, kind in zip(parts or (), COMPONENTS.values(), strict=False) if kind.is_infrastructure]
    return {INFRASTRUCTURE: sum(own) if parts else None, ALL_IN: sum(parts) if parts else None}


def release(
    inputs: ReadinessInputs | None = None, *, is_illustrative: bool = False, has_run: bool = True, **manifest: Any
) -> ReleaseData:
    """Return a release of `inputs`, with one made-up row of evidence if `is_illustrative`, with a run if `has_run`."""
    inputs = inputs or world()
    results = results_of(inputs)
    gates = gates_of(results)
    scenarios = {"costs__scenarios/community": "estimated", "costs__scenarios/one_to_one": "estimated"}
    places = {SERVER: "published", VOLUME: "published", OPEN: "not_found"}
    grades = {**inputs.evidence_grades, **scenarios, **places, **EVIDENCE, **market_release.EVIDENCE}
    if is_illustrative:
        grades[MADE_UP] = "illustrative"
    return ReleaseData(
        frames={
            "requirement_results": requirement_results_frame(results),
            "gates": gates_frame(gates),
            "verdict": verdict_frame(verdicts_of(inputs.milestones, gates, inputs.evidence_grades)),
            **_history_of_gates(inputs, gates),
            **_decision(
                results[0].requirement.requirement_id if results else None, gates[0].gate_id if gates else None
            ),
            "cost_summary": _cost_summary(),
            "scenario_cost": _scenario_cost(),
            **_beside_costs(),
            **_response(),
            **bench_tables(has_run=has_run),
            **market_release.market_tables(),
            "archive_bytes_per_message": _archive_bytes(has_run),
            "compute_offer_history": _one_row(
                offer_id="small_2026_09",
                provider="cloud",
                region="all",
                instance_type="small",
                valid_from=date(2026, 9, 29),
                previous_cost_usd_per_month=8.0,
                cost_usd_per_month=10.0,
                change_share=0.25,
                is_newest=True,
                grade="published",
                evidence_ids=[SERVER],
            ),
            "price_dates": _one_row(
                table_key="pricing__compute_offers",
                price_source="cloud",
                origin="live",
                as_of=date(2026, 11, 20),
                grade="published",
                evidence_ids=[SERVER],
            ),
            "scenarios": _scenarios(),
            "gate_requirements": _gate_requirements(inputs),
            "milestone_deliverables": _deliverables(inputs),
            "deliverable_history": _history(inputs),
            "open_questions": _one_row(
                evidence_id=OPEN,
                table_key="costs__rpc_usage",
                question=f"Calls a day {HOSTILE}",
                source=SOURCE_WITH_ADDRESSES,
                as_of=date(2026, 11, 23),
                note=HOSTILE,
            ),
            "release_changes": changes_frame(None, as_released(MANIFEST.as_json(), {})),
            "release_checks": _checks(),
            "evidence_index": _evidence_index(grades),
            "evidence_reviews": pd.DataFrame(
                review_rows({evidence_id: evidence_id.partition("/")[0] for evidence_id in grades}, {}),
                columns=list(REVIEW_COLUMNS),
                dtype=object,
            ),
        },
        manifest=Manifest(**{**vars(MANIFEST), **manifest}),
    )


def _checks() -> pd.DataFrame:
    results = [
        CheckResult("marts", "scenarios", "unique_scenarios_scenario_id", "dbt test", "passed"),
        CheckResult("raw", "costs__scenarios", "evidence_holds", "expectations", "passed"),
        CheckResult("marts", "segment_capture", "all_six_parts_are_captured", "statement", "warned"),
    ]
    return check_frame(results, None, MANIFEST.release_id, MANIFEST.created_at.date())


def since(before: ReleaseData, after: ReleaseData) -> ReleaseData:
    """Return a release that says what changed since another one."""
    compared = [
        as_released(one.manifest.as_json(), {name: one.frames[name] for name in TABLES if name in one.frames})
        for one in (before, after)
    ]
    frames = {**after.frames, "release_changes": changes_frame(*compared)}
    return ReleaseData(frames, replace(after.manifest, previous=before.manifest.release_id))


def _history_of_gates(inputs: ReadinessInputs, gates: tuple[Gate, ...]) -> dict[str, pd.DataFrame]:
    """Two month-ends; at the first nothing was known."""
    unknown = world(deliverables=[], progress=[], segments=[], usps=[], cost_cells=[])
    days = {}
    for day, of_day in ((date(2026, 9, 30), unknown), (date(2026, 10, 31), inputs)):
        found = gates_of(results_of(of_day)) if of_day is unknown else gates
        verdicts = verdicts_of(inputs.milestones, found, inputs.evidence_grades)
        days[day] = judged_day(verdicts, found, dict.fromkeys(inputs.evidence_grades, day))
    return {"verdict_history": verdict_history_frame(days), "gate_history": gate_history_frame(days)}


def _one_row(**values: Any) -> pd.DataFrame:
    return pd.DataFrame([values], dtype=object)


def _archive_bytes(has_run: bool) -> pd.DataFrame:
    published = {
        "study": "row-size probe",
        "system": "PostgreSQL 15",
        "encoding": "hex",
        "payload_bytes": 1000,
        "table_bytes": 2954.0,
        "index_bytes": 356.0,
        "lookup_bytes": None,
        "total_bytes": 3709.0,
        "is_current": False,
        "grade": "measured",
        "evidence_ids": [VOLUME],
    }
    columns = list(own_bytes()[0])
    return pd.DataFrame([published, *(own_bytes() if has_run else [])], columns=columns, dtype=object)


def _cost_summary() -> pd.DataFrame:
    rows = []
    for (scenario, with_rln), parts in COSTS.items():
        users = 10000 if scenario == "community" else None
        figures = {
            f"{name}_{column}": value
            for name, cost in totals(parts).items()
            for column, value in {
                **_spread("month", cost),
                **_spread("active_user_month", cost / users if cost and users else None),
                **_spread("million_messages", 1.5486 if cost else None),
            }.items()
        }
        rows.append(
            {
                "scenario_id": scenario,
                "with_rln": with_rln,
                "title": f"The {scenario} of 10,000",
                "provider": "cloud",
                "region": "all",
                **figures,
                "second_provider": "another_cloud" if parts else None,
                "second_region": "north" if parts else None,
                "second_times_cheapest": 1.769 if parts else None,
                "rent": "2 x small (node and database)" if parts else None,
                "fullest_role": "node and database" if parts else None,
                "fullest_share": (0.95 if with_rln else 0.5) if parts else None,
                "sampling_error_usd_per_month": 0.01,
                "active_users": users,
                "memberships_needed": 10000 if with_rln else None,
                "memberships_available": 8000 if with_rln else None,
                "is_feasible": {("community", True): False, ("one_to_one", True): None}.get((scenario, with_rln), True),
                "status": "estimated" if parts else "unknown",
                "reason": "" if parts else "missing: a price",
                "grade": "estimated" if parts else "not_found",
                "evidence_ids": [SERVER, VOLUME] if parts else ["costs__scenarios/scenario_1"],
            }
        )
    return _frame(rows, columns.SUMMARY_COLUMNS)


def _spread(unit: str, middle: float | None) -> dict[str, float | None]:
    shares = {5: 0.9, 50: 1.0, 95: 1.2}
    return {f"p{p}_usd_per_{unit}": None if middle is None else middle * share for p, share in shares.items()}


def _frame(rows: list[dict[str, Any]], columns: Mapping[str, str]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=list(columns), dtype=object)
    return frame.where(frame.notna(), None)


def _scenarios() -> pd.DataFrame:
    budgets = {"community": 100.0, "one_to_one": None}
    rows = [
        {
            "scenario_id": name,
            "budget_usd_per_month": budget,
            "active_users": 10_000,
            "host_disk_gb": 20.0,
            "data_centres": 1,
            "network_senders": 10_000,
            "receivers_per_message": 10_000.0,
            "grade": "estimated",
            "evidence_ids": [f"costs__scenarios/{name}"],
        }
        for name, budget in budgets.items()
    ]
    return pd.DataFrame(rows, dtype=object)


def _scenario_cost() -> pd.DataFrame:
    rows = []
    for (scenario, with_rln), parts in COSTS.items():
        place = {
            "scenario_id": scenario,
            "with_rln": with_rln,
            "provider": "cloud",
            "region": "all",
        }
        origin = {"grade": "estimated", "evidence_ids": [SERVER]}
        lines = dict(zip(COMPONENTS, parts or (), strict=False))
        for component, cost in {**lines, **totals(parts)}.items():
            kind = COMPONENTS.get(component)
            rows.append(
                {
                    **place,
                    "component": component,
                    "is_total": kind is None,
                    "counts_in": component if kind is None else INFRASTRUCTURE if kind.is_infrastructure else ALL_IN,
                    "payer": kind.payer if kind else None,
                    "is_cheapest": parts is not None,
                    **_spread("month", cost),
                    "mean_usd_per_month": cost,
                    "quantity": 465779710.6 if component == "rln_gas" else 4.0,
                    "unit": kind.unit if kind else None,
                    "explanation": f"2 x small {HOSTILE}",
                    "choice_id": "small" if component == "compute" else None,
                    **origin,
                }
            )
    rows += [_elsewhere(with_rln, cost) for with_rln, cost in ((False, 99.5), (True, None))]
    hosted = {"component": "managed_postgresql", "is_total": False, "counts_in": None}
    rows.append({**_elsewhere(with_rln=False, cost=42.0), **hosted})
    return _frame(rows, columns.COST_COLUMNS)


def _elsewhere(with_rln: bool, cost: float | None) -> dict[str, Any]:
    """The infrastructure of the community at a dearer place, which has no bill with RLN."""
    return {
        "scenario_id": "community",
        "with_rln": with_rln,
        "provider": "another_cloud",
        "region": "north",
        "component": INFRASTRUCTURE,
        "is_total": True,
        "counts_in": INFRASTRUCTURE,
        "is_cheapest": False,
        **_spread("month", cost),
        "explanation": "price of a volume",
        "grade": "estimated",
        "evidence_ids": [SERVER, VOLUME, "costs__scenarios/community"],
    }


def _beside_costs() -> dict[str, pd.DataFrame]:
    cell = {"scenario_id": "community", "with_rln": False, "grade": "estimated", "evidence_ids": [VOLUME]}
    driver = {
        "rank": 1,
        "input": "workload/rate",
        "title": f"Messages {HOSTILE}",
        "unit": "msg/h",
        "total_index": 0.75,
        "usd_per_month_at_p5": 50.0,
        "usd_per_month_at_p95": 70.0,
        "searched_from": 0.5,
        "searched_to": 40.0,
        "flip_value": 7.5,
        "flip_provider": "other/all",
        "limit_value": 9.0,
        "limit_met": "budget",
    }
    steady = {**driver, "rank": 2, "input": "workload/size", "flip_value": None, "limit_value": None}
    hosted = {
        "provider": "chatter",
        "product": "chat",
        "p50_usd_per_month": 441.0,
        "p50_usd_per_active_user_month": 0.0441,
        "times_self_hosting": 7.8,
        "is_lower_bound": True,
        "billed_besides": "storage",
        "is_chat": True,
        "lacks": "end-to-end encryption",
        "reason": "",
    }
    unpriced = {"provider": "talker", "product": "chat", "is_lower_bound": False, "reason": "public plans end"}
    check = {
        "check_id": "growth",
        "title": "Growth",
        "with_rln": None,
        "unit": "MB/h",
        "model_p5": 100.0,
        "model_p50": 200.0,
        "model_p95": 300.0,
        "known_low": 92.0,
        "known_high": 143.0,
        "times_known": 1.744,
        "verdict": "differs",
        "rule": "The message rate, times the bytes of a row.",
        "explanation": HOSTILE,
        "parts": [],
    }
    load = {
        "quantity": "archive_gb",
        "title": "one copy of the archive",
        "unit": "GB",
        "p5": 20.0,
        "p50": 40.0,
        "p95": 80.0,
        "mean": 44.0,
        "rule": "Messages archived a day, times the days that they are kept.",
        "made_of": [],
        "of_scenario": ["active_users"],
    }
    return {
        "scenario_load": _frame([{**cell, **load}], columns.LOAD_COLUMNS),
        "cost_sensitivity": _frame([{**cell, **driver}, {**cell, **steady}], columns.SENSITIVITY_COLUMNS),
        "cost_reality_steps": _frame(
            [
                {
                    "check_id": "growth",
                    "title": "Rows",
                    "unit": "MB",
                    "p50": 3.0,
                    "grade": "estimated",
                    "evidence_ids": [VOLUME],
                }
            ],
            columns.REALITY_STEP_COLUMNS,
        ),
        "cost_sensitivity_parts": _frame(
            [{**cell, "input": driver["input"], "component": "compute", "usd_per_month_at_p50": 45.0}],
            columns.SENSITIVITY_PART_COLUMNS,
        ),
        "cost_of_confidence": _frame(
            [
                {**cell, "confidence": level, "p50_usd_per_month": 56.25, "times_headline": 1.25}
                for level in (0.8, 0.95)
            ],
            columns.CONFIDENCE_COLUMNS,
        ),
        "cost_alternatives": _frame([{**cell, **hosted}, {**cell, **unpriced}], columns.ALTERNATIVE_COLUMNS),
        "cost_reality_checks": _frame([{**cell, **check}], columns.REALITY_COLUMNS),
        "reality_figures": _one_row(
            reality_figure_id="messenger_people",
            system=f"Messenger {HOSTILE}",
            component="people",
            value=19_000_000.0,
            unit="USD/year",
            usd_per_user_month=0.0288,
            condition="about 50 people",
            is_left_out_of_model=True,
            grade="published",
            evidence_ids=[SERVER],
        ),
    }


OF_USERS: Mapping[tuple[str, bool], Mapping[str, Mapping[int, float]]] = {
    ("community", False): {
        "cloud": {1000: 20.5, 10_000: 170.125, 100_000: 2500.0},
        "north": {10_000: 318.5, 100_000: 1555.0},
    },
    ("community", True): {"cloud": {1000: 0.125, 10_000: 999.5, 100_000: 1_234_500.0}},
    ("status_1to1", False): {"cloud": {1000: 0.0441, 10_000: 99.995, 100_000: 1235.0}},
}
"""By kind and RLN, infrastructure by place and number of users: amounts at which roundings differ."""


def _response() -> dict[str, pd.DataFrame]:
    origin = {"grade": "estimated", "evidence_ids": [SERVER, VOLUME]}
    points, errors = [], []
    for (kind, with_rln), places in OF_USERS.items():
        cell = {"kind": kind, "with_rln": with_rln, **origin}
        for place, costs in places.items():
            for users, cost in costs.items():
                least = min(other[users] for other in places.values() if users in other)
                points.append(
                    {
                        **cell,
                        "users": users,
                        "provider": place,
                        "region": "all" if place == "cloud" else "r1",
                        "scenario_id": "community" if kind == "community" else "one_to_one",
                        "is_cheapest": cost == least,
                        **{
                            f"{total}_{column}": value
                            for total, times in ((INFRASTRUCTURE, 1.0), (ALL_IN, 1.5))
                            for column, value in {
                                **_spread("month", cost * times),
                                **_spread("active_user_month", cost * times / users),
                            }.items()
                        },
                        "memberships_needed": users if with_rln else None,
                        "memberships_available": 50_000 if with_rln else None,
                        "is_feasible": not with_rln or users <= 50_000,
                    }
                )
        for total in (INFRASTRUCTURE, ALL_IN):
            found = {"error_share": 0.0625, "users": 3200, "percentile": 95, "held_out_points": 2}
            amounts = {"modelled_usd_per_month": 80.0, "interpolated_usd_per_month": 85.0}
            errors.append({**cell, "total": total, **found, **amounts})
    return {
        "cost_response": _frame(
            sorted(points, key=lambda row: (row["kind"], row["with_rln"], row["users"])), columns.RESPONSE_COLUMNS
        ),
        "cost_response_error": _frame(errors, columns.RESPONSE_ERROR_COLUMNS),
        "limit_sources": pd.concat([_cap("code", 1_000_000.0, is_used=True), _cap("plan", 800_000.0, is_used=False)]),
        "conversations_held": pd.DataFrame(columns=["kind", "is_illustrative", "held"], dtype=object),
    }


def _cap(stated_in: str, value: float, *, is_used: bool) -> pd.DataFrame:
    """Return what a source says of the messages that all memberships may send in an epoch."""
    return _one_row(
        system="RLN",
        parameter="total_rate_limit_cap",
        condition="whole network",
        stated_in=stated_in,
        as_of=date(2026, 5, 1),
        value=value,
        is_used=is_used,
        grade="published",
        evidence_ids=[SERVER],
    )


def _decision(requirement: str | None, gate: str | None) -> dict[str, pd.DataFrame]:
    """How sure one gate is, one interview to hold, one outline on leads and one thing that is missing.

    Without a gate nothing is sure or not.
    """
    based = {"grade": "estimated", "evidence_ids": [SERVER]}
    certain = {"milestone_id": "fit", "probability": 0.00004, "probability_low": 0.0, "probability_high": 0.25, **based}
    piece = {
        "rank": 1,
        "kind": "interview",
        "rank_of_kind": 1,
        "segment_id": HOSTILE,
        "problem_ids": [HOSTILE],
        "requirement_ids": [requirement] if requirement else [],
        **dict.fromkeys(("hours_low", "hours", "hours_high"), 8.0),
        "gates_share": 0.0,
        "segments_share": 0.02,
        "usps_share": 0.0,
        "value": 0.006,
        "value_per_hour": 0.00075,
        "reason": HOSTILE,
        **based,
    }
    outline = {
        "outline": "leads",
        "usps": [HOSTILE],
        "segments": [HOSTILE],
        "runner_up_usps": [],
        "value": 0.18,
        "demand_share": 0.3,
        "weeks_share": 0.1,
        "win_share": 0.375,
        "margin": 0.04,
        "weeks": 20.5,
        "finding": HOSTILE,
        "realised_usps": [HOSTILE],
        "realised_share": 0.12,
        **based,
    }
    most = {"outline": "leads", "position": 1, "usps": [HOSTILE], "win_share": 0.49, "is_chosen": False, **based}
    usp = {"outline": "leads", "usp_id": HOSTILE, "is_chosen": True, "chosen_share": 0.98, **based}
    gap = {
        "deliverable_id": "audit",
        "title": HOSTILE,
        "standing": "dropped but demanded",
        "status": "dropped",
        "weeks": 3.0,
        "is_effort_stated": True,
        "usps": [HOSTILE],
        "segments": [HOSTILE],
        "outlines": ["leads"],
        **based,
    }
    return {
        "requirement_certainty": _frame(
            [{"requirement_id": requirement, "gate_id": gate, "unrecorded": 1.0, **certain}] if gate else [],
            decision_frames.REQUIREMENT_CERTAINTY_COLUMNS,
        ),
        "gate_certainty": _frame(
            [{"gate_id": gate, "flip": HOSTILE, **certain}] if gate else [], decision_frames.GATE_CERTAINTY_COLUMNS
        ),
        "verdict_certainty": _frame([certain] if gate else [], decision_frames.VERDICT_CERTAINTY_COLUMNS),
        "next_evidence": _frame([piece], decision_frames.NEXT_COLUMNS),
        "mvp_outline": _frame([outline], mvp_frames.OUTLINE_COLUMNS),
        "mvp_sets": _frame([most], mvp_frames.SET_COLUMNS),
        "mvp_usps": _frame([usp], mvp_frames.USP_COLUMNS),
        "mvp_gaps": _frame([gap], mvp_frames.GAP_COLUMNS),
        "requirement_completion": _one_row(
            requirement_class=HOSTILE, milestones=3, met=2, planned=3, met_share=2 / 3, as_of=date(2025, 6, 16), **based
        ),
    }


def _gate_requirements(inputs: ReadinessInputs) -> pd.DataFrame:
    counted = {row.requirement_id: COUNTED[row.metric] for row in inputs.requirements}
    rows = [
        {
            "requirement_id": row.requirement_id,
            "milestone_id": row.milestone_id,
            "counter": counted[row.requirement_id][0],
            "parameters": counted[row.requirement_id][1].split(";"),
            "grade": row.basis.grade.value,
            "evidence_ids": list(row.basis.ids),
        }
        for row in inputs.requirements
    ]
    return pd.DataFrame(rows, dtype=object)


def _deliverables(inputs: ReadinessInputs) -> pd.DataFrame:
    waits_for = {"cost_self_host": ["postgres_opt_phase_2"]}
    rows = [
        {
            "deliverable_id": row.deliverable_id,
            "title": row.title,
            "status": row.status,
            "depends_on": waits_for.get(row.deliverable_id, []),
            "unblocks": ["review_mvp"],
            "note": HOSTILE,
            "grade": row.basis.grade.value,
            "evidence_ids": list(row.basis.ids),
        }
        for row in inputs.deliverables
    ]
    return pd.DataFrame(rows, dtype=object)


def _history(inputs: ReadinessInputs) -> pd.DataFrame:
    """Two states of each deliverable: planned, then what it is."""
    columns = ["deliverable_state_id", "deliverable_id", "status", "basis", "actual_value", "status_on", "note"]
    rows = [
        (f"{row.deliverable_id}_{day.year}", row.deliverable_id, status, basis, None, day, HOSTILE, row)
        for row in inputs.deliverables
        for day, status, basis in (
            (date(2025, 6, 30), row.status, row.stated),
            (date(2024, 9, 25), "planned", "reported"),
        )
    ]
    frame = pd.DataFrame([values for *values, _ in rows], columns=columns, dtype=object)
    return frame.assign(
        source="roadmap@1a2b",
        grade=[row.basis.grade.value for *_, row in rows],
        evidence_ids=[list(row.basis.ids) for *_, row in rows],
    )


def _evidence_index(grades: Mapping[str, str]) -> pd.DataFrame:
    sources = {SERVER: SOURCE_WITH_ADDRESSES}
    rows = [
        {
            "evidence_id": evidence_id,
            "table_key": evidence_id.partition("/")[0],
            "value": None if grade == "not_found" else str(line),
            "unit": None if grade == "not_found" else "things",
            "condition": "metric total_bytes_per_message" if evidence_id == MEASUREMENT else HOSTILE,
            "source": sources.get(evidence_id, "roadmap@1a2b"),
            "url": first_link(sources.get(evidence_id, "")),
            "as_of": date(2025, 6, 30),
            "as_of_basis": "assigned",
            "grade": str(grade),
            "pack": "public",
            "file": f"evidence/public/{evidence_id.partition('/')[0]}.csv",
            "line": line,
            "note": HOSTILE,
            **dict.fromkeys(MARK_COLUMNS),
        }
        for line, (evidence_id, grade) in enumerate(grades.items(), start=2)
    ]
    return pd.DataFrame(rows, dtype=object)
