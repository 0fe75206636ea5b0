"""The outline of the MVP as tables: each cell of small outlines, and the sentence that says what they come to."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd
import pytest

from assets.evidence.basis import Basis
from assets.evidence.model import Grade
from assets.roadmap.frames import finding, gap_frame, outline_frame, set_frame, usp_frame
from assets.roadmap.mvp import Missing, MvpOutline, OutlineOf
from assets.roadmap.outline import Acceptability, Choice
from assets.segments.matrix import CellStatus
from assets.segments.ranking import Decision
from tests.unit.bases import based
from tests.unit.mvp_world import CELLS, SEGMENTS, cell, choosable, rules, segment, voice
from tests.unit.test_roadmap_graph import item

PRIVACY = Choice(frozenset({"privacy"}), frozenset({"chat", "games"}))
BOTH = Choice(frozenset({"privacy", "storage"}), frozenset({"chat", "games"}))
EMPTY = choosable([], ranked=(segment("chat", 0.5, Decision.DROP),)).outline(OutlineOf.VALIDATED)


def outline(of: OutlineOf = OutlineOf.VALIDATED, **values: float) -> MvpOutline:
    """The outline of the small world, which wins in three of four draws."""
    found = choosable(draws=1, **values).outline(of)
    return replace(found, accepted=Acceptability(((BOTH, 0.75), (PRIVACY, 0.25)), {"privacy": 1.0, "storage": 0.75}, 4))


def rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict(orient="records")]


def test_each_cell_of_an_outline() -> None:
    (row,) = rows(outline_frame([outline()], rules()))
    assert row.pop("evidence_ids") == sorted(
        ["claims/privacy_chat", "claims/privacy_games", "claims/storage_games"]
        + [f"criteria/{name}" for name in
           ("integrations", "market_size", "problem_strength", "technical_gaps", "usp_fit")]
        + [f"readiness__decision_rules/{name}" for name in ("most_usps", "weight_demand", "weight_effort")]
    )  # fmt: skip
    assert row.pop("finding").startswith("Validated for chat and games; ")
    assert row == {
        "outline": "validated",
        "usps": ["privacy", "storage"],
        "segments": ["chat", "games"],
        "value": pytest.approx(0.7 * 0.7875 - 0.3),
        "demand_share": pytest.approx(0.7875),
        "weeks_share": 1.0,
        "win_share": 0.75,
        "runner_up_usps": ["privacy"],
        "runner_up_value": pytest.approx(0.7 * 0.675 - 0.3 * 0.75),
        "margin": pytest.approx(0.7 * 0.1125 - 0.3 * 0.25),
        "cells": 3,
        "cells_served": 3,
        "effective_n": 0,
        "weeks": 40.0,
        "realised_usps": [],
        "realised_share": 0,
        "grade": "estimated",
    }


def test_an_outline_of_nothing_has_no_shares_and_no_second() -> None:
    (row,) = rows(outline_frame([EMPTY], None))
    assert [row[name] for name in ("usps", "win_share", "runner_up_usps", "runner_up_value", "margin")] == [
        [], None, [], None, None,
    ]  # fmt: skip
    assert (row["realised_usps"], row["realised_share"], row["cells"]) == ([], None, 0)
    assert rows(set_frame([EMPTY], None)) == rows(usp_frame([EMPTY], None)) == []


def test_a_set_is_chosen_where_its_usps_are_those_of_the_outline() -> None:
    table = set_frame([outline(most_usps=1.0)], rules())
    assert table[["outline", "position", "usps", "segments", "win_share", "is_chosen"]].to_numpy().tolist() == [
        ["validated", 1, ["privacy", "storage"], ["chat", "games"], 0.75, False],
        ["validated", 2, ["privacy"], ["chat", "games"], 0.25, True],
    ]


def test_a_usp_has_the_segments_that_it_serves_and_what_is_missing_for_it() -> None:
    table = usp_frame([outline(most_usps=1.0)], rules())
    columns = ["outline", "usp_id", "is_chosen", "chosen_share", "segments", "missing"]
    assert table[columns].to_numpy().tolist() == [
        ["validated", "privacy", True, 1.0, ["chat", "games"], ["mixnet"]],
        ["validated", "storage", False, 0.75, [], ["sync"]],
    ]
    one_each = choosable([CELLS[0], CELLS[2]], draws=1).outline(OutlineOf.VALIDATED)
    assert usp_frame([one_each], rules())["segments"].tolist() == [["chat"], ["games"]]


def test_a_gap_says_whether_its_weeks_are_known_and_whether_somebody_stated_them() -> None:
    planned = {"planned_start": date(2025, 1, 1), "planned_end": date(2025, 1, 14)}
    demand = based("estimated", "claims/a")
    missing = [
        Missing(item("stated", "dropped", effort_weeks=5.0), ("storage",), ("games",), tuple(OutlineOf), demand),
        Missing(item("planned", "planned", status_on=date(2025, 1, 2), **planned), (), ("chat",), (), demand),
        Missing(item("open", None), ("privacy",), ("chat", "games"), (OutlineOf.LEADS,), demand),
    ]
    table = gap_frame(missing).set_index("deliverable_id")
    assert table[["standing", "weeks", "is_weeks_known", "is_effort_stated"]].to_numpy().tolist() == [
        ["dropped but demanded", 5.0, True, True],
        ["planned, must complete", 2.0, True, False],
        ["state not known", None, False, False],
    ]
    assert table[["usps", "segments", "outlines"]].to_numpy().tolist() == [
        [["storage"], ["games"], ["validated", "leads"]],
        [[], ["chat"], []],
        [["privacy"], ["chat", "games"], ["leads"]],
    ]
    assert table[["status", "status_on", "grade"]].to_numpy().tolist() == [
        ["dropped", None, "estimated"],
        ["planned", date(2025, 1, 2), "estimated"],
        [None, None, "estimated"],
    ]
    assert table.loc["open", "evidence_ids"] == ["claims/a", "roadmap__deliverables/open"]


HEARD = "of three problems that a selling point is claimed for, somebody spoke about two"


def test_what_an_outline_comes_to_is_said_in_a_sentence() -> None:
    spoken = tuple(cell("web", "chat", name, 0.1, voices=(voice("a"),)) for name in ("exposed", "slow"))
    heard = (*CELLS, *spoken)
    assert finding(replace(outline(), cells=heard)) == f"Validated for chat and games; {HEARD}."
    assert finding(replace(outline(OutlineOf.LEADS), cells=heard)) == (
        f"This would be the outline if every lead held, which nobody has shown; {HEARD}."
    )
    assert finding(replace(outline(weight_demand=0.0), cells=heard)) == (
        f"No selling point is worth what is missing for it; {HEARD}."
    )
    assert finding(EMPTY) == "No segment is decided to be pursued; on this evidence there is no outline."


def test_an_outline_is_never_better_than_estimated_and_names_all_that_it_is_based_on() -> None:
    said = cell("privacy", "chat", "exposed", 0.8, CellStatus.VALIDATED, (voice("a"), voice("b")), is_claimed=False)
    world = choosable([said], ranked=SEGMENTS[:1], draws=1)
    (row,) = rows(outline_frame([world.outline(OutlineOf.VALIDATED)], None))
    assert (row["grade"], row["effective_n"]) == ("estimated", 2.0)
    assert {"f/a", "f/b", "criteria/usp_fit"} <= set(row["evidence_ids"])
    doubted = replace(said, voices=(voice("a", basis=Basis(Grade.ILLUSTRATIVE)),))
    (row,) = rows(outline_frame([choosable([doubted], draws=1).outline(OutlineOf.VALIDATED)], rules()))
    assert row["grade"] == "illustrative"
    assert row["effective_n"] == 1.0
