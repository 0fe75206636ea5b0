"""What a change is attributed to: worked examples, and what holds of Shapley values of any game."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from typing import Any, TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.reports.difference.attribution import attributed, sampled_shapley_values, shapley_values
from assets.reports.difference.gates import with_attributed_judgements
from assets.reports.difference.model import ComparedRelease, compare
from assets.reports.difference.rows import ELSEWHERE, grouped, row_changes, with_changes
from tests.unit.readiness_world import tables

Game: TypeAlias = Callable[[frozenset[str]], float | None]


def game(worths: dict[str, float]) -> Game:
    """A game of one-letter groups: what each set of them is worth, zero where it is not said."""
    return lambda chosen: worths.get("".join(sorted(chosen)), 0.0)


GLOVES = game({"lr": 1.0, "ls": 1.0, "lrs": 1.0})
"""One left glove and two right ones, of which a pair is worth one: Shapley values 4/6, 1/6 and 1/6."""
COST = game({"": 100.0, "p": 110.0, "r": 120.0, "pr": 132.0})
"""A price that rises by a tenth and a rate that rises by a fifth: together they add 2 more than each alone."""


def test_a_pair_of_gloves() -> None:
    assert shapley_values(GLOVES, "lrs") == pytest.approx({"l": 4 / 6, "r": 1 / 6, "s": 1 / 6})


def test_changes_that_hardly_act_together_are_told_one_at_a_time() -> None:
    found = attributed(COST, "pr")
    assert found is not None
    assert (found.method, found.total, dict(found.effects)) == ("one at a time", 32.0, {"p": 10.0, "r": 20.0})


def test_changes_that_act_together_are_told_by_shapley_values() -> None:
    found = attributed(game({"": 100.0, "p": 200.0, "r": 200.0, "pr": 400.0}), "pr")
    assert found is not None
    assert (found.method, found.total) == ("Shapley", 300.0)
    assert found.effects == pytest.approx({"p": 150.0, "r": 150.0})


@pytest.mark.parametrize(("both", "method"), [(133.3, "one at a time"), (133.4, "Shapley")])
def test_they_act_together_where_the_rest_is_more_than_a_tenth_of_the_total(both: float, method: str) -> None:
    found = attributed(game({"": 100.0, "p": 110.0, "r": 120.0, "pr": both}), "pr")
    assert found is not None
    assert found.method == method


def test_what_only_both_together_do_is_half_of_each() -> None:
    found = attributed(game({"pr": 1.0}), "pr")
    assert found is not None
    assert found.effects == {"p": 0.5, "r": 0.5}


def test_nothing_is_attributed_where_a_number_is_not_known() -> None:
    assert attributed(lambda chosen: None if chosen == {"p"} else 1.0, "pr") is None


def test_of_many_groups_orders_are_drawn_that_are_the_same_each_time() -> None:
    groups = "abcdefgh"
    found = attributed(lambda chosen: float(len(chosen) ** 2), groups)
    assert found is not None
    assert found.method == "Shapley, sampled"
    assert sum(found.effects.values()) == pytest.approx(64.0)
    assert found == attributed(lambda chosen: float(len(chosen) ** 2), groups)


GROUPS = "abcd"
SETS = ["".join(chosen) for size in range(len(GROUPS) + 1) for chosen in combinations(GROUPS, size)]
games = st.fixed_dictionaries({name: st.floats(-1e3, 1e3) for name in SETS})


@given(games)
def test_efficiency_the_values_add_up_to_the_total(worths: dict[str, float]) -> None:
    for find in (shapley_values, sampled_shapley_values):
        values = find(game(worths), GROUPS)
        assert values is not None
        assert sum(values.values()) == pytest.approx(worths[GROUPS] - worths[""], abs=1e-6)


@given(games)
def test_symmetry_two_groups_that_do_the_same_have_the_same_value(worths: dict[str, float]) -> None:
    alike = {name: worths["".join(sorted(name.replace("b", "a") if "a" not in name else name))] for name in SETS}
    values = shapley_values(game(alike), GROUPS)
    assert values is not None
    assert values["a"] == pytest.approx(values["b"], abs=1e-6)


@given(games)
def test_null_player_a_group_that_changes_nothing_has_no_value(worths: dict[str, float]) -> None:
    without = {name: worths[name.replace("c", "")] for name in SETS}
    for find in (shapley_values, sampled_shapley_values):
        values = find(game(without), GROUPS)
        assert values is not None
        assert values["c"] == pytest.approx(0.0, abs=1e-9)


@given(games, games)
def test_additivity_values_of_a_sum_of_games_are_sums(one: dict[str, float], other: dict[str, float]) -> None:
    both = shapley_values(game({name: one[name] + other[name] for name in SETS}), GROUPS)
    parts = [shapley_values(game(worths), GROUPS) for worths in (one, other)]
    assert both is not None
    assert both == pytest.approx({group: sum(part[group] for part in parts if part) for group in GROUPS}, abs=1e-6)


def price(offer: str, cost: float, *ids: str) -> dict[str, object]:
    return {"offer_id": offer, "cost_usd_per_month": cost, "evidence_ids": list(ids)}


OLD = {"compute_offers": [price("a", 5.0, "p/a", "r/eur"), price("b", 6.0, "p/b"), price("c", 7.0, "p/c")]}
NEW = {"compute_offers": [price("b", 6.0, "p/b"), price("a", 5.5, "p/a", "r/eur"), price("d", 8.0, "p/d")]}


def test_rows_are_grouped_by_the_evidence_that_moved_them() -> None:
    groups = grouped(row_changes(OLD, NEW, {"r/eur", "p/c"}))
    named = {group: [change.key[1] for change in changes] for group, changes in groups.items()}
    assert named == {"r/eur": [("a",)], "p/c": [("c",)], ELSEWHERE: [("d",)]}


def test_with_all_changes_the_tables_are_those_of_the_later_release() -> None:
    changes = row_changes(OLD, NEW, {"r/eur", "p/c", "p/d"})
    ordered = [
        sorted(t["compute_offers"], key=lambda row: str(row["offer_id"])) for t in (with_changes(OLD, changes), NEW)
    ]
    assert ordered[0] == ordered[1]
    assert with_changes(OLD, []) == OLD


def test_of_many_moved_rows_the_tables_of_evidence_are_told_apart() -> None:
    many = {"compute_offers": [price(f"n{n}", float(n), f"p/{n}") for n in range(9)]}
    assert list(grouped(row_changes({"compute_offers": []}, many, {f"p/{n}" for n in range(9)}))) == ["p"]


ASKED = {
    "position": 1,
    "requirement_id": "held",
    "milestone_id": "fit",
    "gate_id": "interviews",
    "metric": "held",
    "gate_title": "Interviews",
    "deliverable_id": "interviews",
    "title": "Held",
    "quote": "10 interviews",
    "noun": "interview",
    "nouns": "interviews",
    "predicate": "on record",
    "counter": "reported_progress",
    "parameters": ["metric=held"],
    "comparison": "at_least",
    "threshold": 10.0,
    "unit": "interviews",
    "stale_after_days": 90,
    "evidence_ids": ["readiness__gate_requirements/held"],
}
MILESTONE = {"position": 1, "milestone_id": "fit", "title": "Fit", "question": "Does it fit?", "is_default": True}


def released(held: float, asked: float = 10.0) -> dict[str, list[dict[str, Any]]]:
    """The tables of a release with one gate: so many interviews are reported, of so many."""
    report = {"deliverable_id": "interviews", "metric": "held", "value": held, "evidence_ids": ["p/report"]}
    index = [{"evidence_id": name, "grade": "published"} for name in ("p/report", *ASKED["evidence_ids"])]
    return tables(
        milestones=[MILESTONE],
        gate_requirements=[{**ASKED, "threshold": asked}],
        milestone_progress=[report],
        evidence_index=index,
    )


def judgements(before: tuple[float, float], after: tuple[float, float]) -> dict[str, Any]:
    """What `diff` says of the gate between two releases."""
    compared = []
    for held, asked in (before, after):
        status = "pass" if held >= asked else "fail"
        compared.append(
            ComparedRelease(
                {"release_id": "r", "verdict": "unknown", "code_version": "c", "as_of": None, "packs": []},
                {
                    "gates": [{"gate_id": "interviews", "title": "Interviews", "status": status, "value": f"{held}"}],
                    "evidence_index": [
                        {"evidence_id": "p/report", "source": "", "file": "", "line": "1", "content_hash": f"{held}"},
                        {"evidence_id": ASKED["evidence_ids"][0], "source": "", "file": "", "line": "2",
                         "content_hash": f"{asked}"},
                    ],
                },
            )
        )  # fmt: skip
    found = with_attributed_judgements(compare(*compared), released(*before), released(*after))
    (gate,) = found.judgements
    assert gate.moved_by is not None
    return {"is_of_state": gate.moved_by.is_of_state, **vars(gate.moved_by.attribution)}


def test_a_count_is_attributed_to_the_report_that_moved_it() -> None:
    found = judgements((2.0, 10.0), (5.0, 10.0))
    assert (found["is_of_state"], found["method"], found["total"]) == (False, "one at a time", 3.0)
    assert found["effects"] == {"p/report": 3.0}


def test_a_state_that_one_change_alone_moves_is_attributed_to_it() -> None:
    found = judgements((2.0, 10.0), (12.0, 11.0))
    assert (found["is_of_state"], found["total"]) == (True, 1.0)
    assert found["effects"] == {"readiness__gate_requirements/held": 0.0, "p/report": 1.0}


def test_a_state_that_only_two_changes_together_move_is_shared_between_them() -> None:
    found = judgements((2.0, 10.0), (5.0, 5.0))
    assert (found["is_of_state"], found["method"]) == (True, "Shapley")
    assert found["effects"] == {"readiness__gate_requirements/held": 0.5, "p/report": 0.5}
