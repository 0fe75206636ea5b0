"""The tables that readiness becomes, and the document that a release has of them."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pandas as pd

from assets.readiness.frames import (
    GATE_COLUMNS,
    REQUIREMENT_COLUMNS,
    VERDICT_COLUMNS,
    gates_frame,
    readiness_json,
    requirement_results_frame,
    verdict_frame,
)
from assets.readiness.inputs import ReadinessInputs
from assets.readiness.measures import results_of
from assets.readiness.model import Milestone, gates_of, verdicts_of
from tests.unit.readiness_world import MILESTONE, requirement, world

WEAKEST = {
    "evidence_id": "readiness__gate_requirements/whitepaper_published",
    "grade": "estimated",
    "source": "the milestone",
    "as_of": date(2024, 9, 7),
    "file": "gate_requirements.csv",
    "line": 4,
}


def frames(inputs: ReadinessInputs | None = None) -> dict[str, Any]:
    inputs = inputs or world()
    results = results_of(inputs)
    gates = gates_of(results)
    certain = {"probability": 0.02, "probability_low": 0.01, "probability_high": 0.05, "chance_wrong": 0.02}
    return {
        "requirement_results": requirement_results_frame(results),
        "gates": gates_frame(gates),
        "verdict": verdict_frame(verdicts_of(inputs.milestones, gates, inputs.evidence_grades)),
        "gate_certainty": pd.DataFrame([{"gate_id": "interviews", **certain}]),
        "evidence_index": pd.DataFrame([WEAKEST]),
        "verdict_certainty": pd.DataFrame([{"milestone_id": "fit", **certain}]),
    }


def test_frames_have_the_columns_that_are_declared() -> None:
    tables = frames()
    assert list(tables["requirement_results"]) == list(REQUIREMENT_COLUMNS)
    assert list(tables["gates"]) == list(GATE_COLUMNS)
    assert list(tables["verdict"]) == list(VERDICT_COLUMNS)
    assert [len(tables[name]) for name in ("requirement_results", "gates", "verdict")] == [21, 7, 1]


def test_readiness_json_is_strict_json_with_unknown_as_null() -> None:
    tables = {name: frame.convert_dtypes() for name, frame in frames().items()}
    made = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
    document = readiness_json(tables, SimpleNamespace(release_id="r1", as_of=date(2025, 6, 30), created_at=made))
    assert json.loads(json.dumps(document, allow_nan=False)) == document
    assert (document["verdict"], document["as_of"], document["release_id"]) == ("not_ready", "2025-06-30", "r1")
    gates = {gate["gate_id"]: gate for gate in document["gates"]}
    assert gates["interviews"]["value"] == 2
    assert gates["mvp_review"]["value"] is None
    sure = ("probability", "interval", "chance_wrong")
    assert [gates["interviews"][name] for name in sure] == [0.02, [0.01, 0.05], 0.02]
    assert [gates["cost"][name] for name in sure] == [None, None, None]
    assert [document[name] for name in sure] == [0.02, [0.01, 0.05], 0.02]
    assert gates["codesign"]["evidence_ids"] == [
        "readiness__gate_requirements/codesign_sessions_at_devcon_2024",
        "readiness__gate_requirements/codesign_sessions_held",
        "roadmap__milestone_progress/codesign_sessions_sessions_at_devcon_2024",
        "roadmap__milestone_progress/codesign_sessions_sessions_held_cumulative",
    ]
    assert [row["requirement_id"] for row in gates["codesign"]["requirements"]] == [
        "codesign_sessions_held",
        "codesign_sessions_at_devcon_2024",
    ]
    assert gates["codesign"]["requirements"][0]["threshold_high"] == 4
    assert gates["codesign"]["requirements"][0]["quote"] == "The words on sessions_held"
    assert (gates["whitepaper"]["value"], gates["whitepaper"]["basis"]) == (None, "inferred_from_absence")
    assert gates["whitepaper"]["requirements"][1]["tolerance"] == 2
    assert (gates["interviews"]["newest_evidence_on"], gates["interviews"]["stale_on"]) == ("2025-06-30", "2026-07-01")
    assert gates["interviews"]["is_stale"] is False
    cost = gates["cost"]["requirements"][1]
    assert cost["beside_evidence_ids"] == ["benchmarks__runs/run_a"]


def test_what_is_stale_is_told_as_of_the_last_day_of_evidence_or_the_day_of_the_release() -> None:
    made = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)

    def stale(as_of: date | None) -> set[str]:
        release = SimpleNamespace(release_id="r1", as_of=as_of, created_at=made)
        return {gate["gate_id"] for gate in readiness_json(frames(), release)["gates"] if gate["is_stale"]}

    assert stale(date(2025, 12, 27)) == set()
    assert stale(date(2025, 12, 28)) == {"cost"}
    assert stale(None) == {"cost", "whitepaper", "usps", "target_customers", "interviews", "codesign", "mvp_review"}


def test_what_stands_beside_a_number_has_a_cell_and_is_null_where_there_is_nothing() -> None:
    table = frames()["requirement_results"].set_index("metric")
    assert table.loc["segment_documents", "beside"] == "this record, which captures one segment in full"
    assert table.loc["pages", "beside"] is None


def test_each_milestone_has_its_own_gates_and_the_row_that_it_is_weakest_by() -> None:
    other = Milestone("a_rln", "RLN", "Is RLN ready?", is_default=False)
    later = Milestone("z_later", "Later", "Is it ready?", is_default=False)
    asked = [
        requirement("paper", "whitepaper", "pages", 1, milestone_id="a_rln"),
        requirement("usps", "potential_usps", "register_entries", 5),
        requirement("gap", "review_mvp", "mvp_gaps", 1, milestone_id="z_later"),
    ]
    tables = frames(world(requirements=asked, milestones=[MILESTONE, other, later]))
    ids = ["usps_register_entries", "readiness__gate_requirements/paper_pages", "segments__usps/offline_store"]
    rows = [{**WEAKEST, "evidence_id": evidence_id, "line": line} for line, evidence_id in enumerate(ids, start=1)]
    tables["evidence_index"] = pd.DataFrame(rows)
    made = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
    document = readiness_json(tables, SimpleNamespace(release_id="r1", as_of=None, created_at=made))
    assert [gate["gate_id"] for gate in document["gates"]] == ["usps"]
    assert document["weakest_path"] == ["usps", "usps_register_entries", "segments__usps/offline_store"]
    assert document["weakest_evidence"] == {**rows[2], "as_of": "2024-09-07"}
    assert [[gate["gate_id"] for gate in each["gates"]] for each in document["others"]] == [["paper"], ["gap"]]
    assert document["others"][0]["weakest_path"][:2] == ["paper", "paper_pages"]
    tables["evidence_index"] = pd.DataFrame(rows[:2])
    assert (
        readiness_json(tables, SimpleNamespace(release_id="r1", as_of=None, created_at=made))["weakest_evidence"]
        is None
    )
