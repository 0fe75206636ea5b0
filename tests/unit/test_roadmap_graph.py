"""The roadmap as a graph: what is left of a deliverable, and circles, which are mistakes."""

from __future__ import annotations

import csv
import shutil
from datetime import date
from pathlib import Path

import pytest

from assets.evidence.packs import Pack
from assets.evidence.read_packs import read_packs
from assets.evidence.tables import ALL_TABLES
from assets.roadmap.graph import RoadmapGraph, RoadmapItem, Standing
from assets.roadmap.inputs import DecisionRules, Spread
from tests.places import FROZEN
from tests.unit.bases import based

TODAY = date(2026, 11, 30)
AREAS = ("readiness", "roadmap", "segments")
DELIVERABLES, RULES = "roadmap/deliverables.csv", "readiness/decision_rules.csv"
STATES, COMPLETION = "roadmap/deliverable_states.csv", "roadmap/requirement_completion.csv"


def item(name: str, status: str | None, *needs: str, is_inferred: bool = False, **changes: object) -> RoadmapItem:
    values = {
        "title": name,
        "status_on": None,
        "is_of_milestone": False,
        "usp_ids": frozenset(),
        "segment_ids": frozenset(),
        "planned_start": None,
        "planned_end": None,
        "effort_weeks": None,
        "basis": based("published", f"roadmap__deliverables/{name}"),
        **changes,
    }
    return RoadmapItem(name, status=status, is_inferred=is_inferred, needs=frozenset(needs), **values)  # type: ignore[arg-type]


def graph(*items: RoadmapItem) -> RoadmapGraph:
    return RoadmapGraph({one.deliverable_id: one for one in items})


@pytest.mark.parametrize(
    ("status", "standing"),
    [
        ("done", Standing.DONE),
        ("postponed", Standing.MUST_COMPLETE),
        ("dropped", Standing.DROPPED),
        ("not_planned", Standing.NOT_PLANNED),
        ("unknown", Standing.UNKNOWN),
        (None, Standing.UNKNOWN),
    ],
)
def test_what_a_state_means(status: str | None, standing: Standing) -> None:
    assert item("audit", status).standing is standing


def test_what_we_inferred_is_in_no_plan_until_it_is_done() -> None:
    assert item("production", "not_done", is_inferred=True).standing is Standing.NOT_PLANNED
    assert item("production", "done", is_inferred=True).standing is Standing.DONE
    assert item("production", None, is_inferred=True).standing is Standing.UNKNOWN
    assert item("production", "dropped", is_inferred=True).standing is Standing.DROPPED


def test_what_is_left_of_a_deliverable_and_of_what_it_needs() -> None:
    known = graph(
        item("mainnet", "planned", "audit", "testnet"),
        item("audit", "not_done", "contract"),
        item("testnet", "done", "parameters"),
        item("contract", "partial"),
        item("parameters", "ongoing"),
    )
    # parameters are needed only by the testnet, which is done
    assert known.left_for(["mainnet"]) == {"mainnet", "audit", "contract"}
    assert known.left_for(["testnet"]) == frozenset()


def test_how_long_a_deliverable_takes() -> None:
    planned = {"planned_start": date(2024, 9, 1), "planned_end": date(2024, 9, 14)}
    assert item("audit", "planned", **planned).weeks == 2.0
    assert item("audit", "planned", effort_weeks=5.0, **planned).weeks == 5.0
    assert item("audit", "planned").weeks is None
    assert [item("audit", "planned", **{end: day}).weeks for end, day in planned.items()] == [None, None]
    assert item("audit", "planned", planned_start=date(2024, 9, 1), planned_end=date(2024, 9, 10)).weeks == 10 / 7


def test_a_rule_has_a_middle_and_a_mean_and_one_that_is_missing_is_named() -> None:
    rules = DecisionRules({"effort_price": Spread(1.0, 2.0, 7.5)}, {"effort_price": based("published", "r/a")})
    assert (rules.value("effort_price"), rules.spread("effort_price").mean) == (2.0, 3.5)
    assert (rules.basis("effort_"), rules.basis("weight_")) == (based("published", "r/a"), based("not_found"))
    with pytest.raises(ValueError, match=r"readiness/decision_rules\.csv lacks effort_session; add a row for it"):
        rules.value("effort_session")


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    for area in AREAS:
        shutil.copytree(FROZEN / "public" / area, tmp_path / "pack" / area)
    return tmp_path / "pack"


def changed(pack: Path, file: str, row_id: str, **values: str) -> None:
    with (pack / file).open(encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened))
    next(row for row in rows if row["id"] == row_id).update(values)
    with (pack / file).open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def line_of(pack: Path, file: str, row_id: str) -> int:
    lines = (pack / file).read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, start=1) if line.startswith(f"{row_id},"))


def problems_of(pack: Path) -> list[str]:
    tables = [table for table in ALL_TABLES if table.area in AREAS]
    return [str(problem) for problem in read_packs([Pack("public", pack)], tables, today=TODAY).problems]


def test_deliverables_that_need_each_other_are_a_mistake(pack: Path) -> None:
    changed(pack, DELIVERABLES, "rln_audit", depends_on="rln_contract_paid;rln_l2_mainnet")
    (problem,) = problems_of(pack)
    assert problem.startswith(f"public/roadmap/deliverables.csv:{line_of(pack, DELIVERABLES, 'rln_l2_mainnet')}: ")
    assert "this needs itself: rln_l2_mainnet needs rln_audit needs rln_l2_mainnet" in problem


@pytest.mark.parametrize(
    ("file", "row_id", "values", "message"),
    [
        (RULES, "weight_effort", {"value": "0.5"}, "weight_demand, weight_effort sum to 1.2; expected a sum of 1"),
        (RULES, "effort_interview", {"value": "-8"}, 'value: "-8" is out of range'),
        (RULES, "effort_interview", {"low": "20"}, "low, value and high do not ascend"),
        (DELIVERABLES, "rust_sdk", {"effort_weeks": "-1"}, 'effort_weeks: "-1" is out of range'),
        (
            DELIVERABLES,
            "rust_sdk",
            {"unblocks_usp_ids": "no_such_usp"},
            'unblocks_usp_ids: "no_such_usp" is not a known id; expected',
        ),
        (
            DELIVERABLES,
            "rust_sdk",
            {"depends_on": "no_such_work"},
            'depends_on: "no_such_work" is not a known id; expected',
        ),
        (
            DELIVERABLES,
            "rust_sdk",
            {"unblocks_segment_ids": "nobody"},
            'unblocks_segment_ids: "nobody" is not a known id; expected',
        ),
        (STATES, "rust_sdk_2025_12_10", {"status": "abandoned"}, 'status: "abandoned"'),
        (COMPLETION, "direct_message_reliability_performance_2025_h1", {"met": "99"}, "met 99 is above planned 2"),
        (COMPLETION, "direct_message_reliability_performance_2025_h1", {"met": "-1"}, 'met: "-1" is out of range'),
        (DELIVERABLES, "rust_sdk", {"planned_end": "2020-01-01"}, "planned_end lies before planned_start"),
    ],
)
def test_bad_input_is_one_sentence_with_file_and_line(
    pack: Path, file: str, row_id: str, values: dict[str, str], message: str
) -> None:
    changed(pack, file, row_id, **values)
    (problem,) = problems_of(pack)
    assert problem.startswith(f"public/{file}:{line_of(pack, file, row_id)}: ")
    assert message in problem
    assert "\n" not in problem
