"""The verdict of past days by the command line: judged by what was known and what was asked then.

The values are those of the public record, to which a row of today was added in each table: it changes no earlier day.
Evidence that is found later about these days may change them: then the change is meant, and is stated here.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from orchestration.warehouse.server import remove_server
from tests.integration.chain import Chain

Look = Callable[[str], dict[str, Any]]

DAYS = ("2024-10-01", "2024-12-31", "2025-07-01", "2025-12-31")


@pytest.fixture(scope="module")
def chain(grown_release: Chain, open_folder: Path) -> Iterator[Chain]:
    """A clone of the release of the public evidence with a row more in each table."""
    clone = grown_release.clone(open_folder / "past_dates")
    yield clone
    remove_server(clone.root / "state")


@pytest.fixture(scope="module")
def looks(chain: Chain) -> dict[str, dict[str, Any]]:
    """`readiness.json` of each day, with rows of released tables beside it."""
    found = {}
    for day in DAYS:
        done = chain.waku_fit("run", "--as-of", day)
        assert done.returncode == 0, done.stdout + done.stderr
        tables = (
            *("deliverable_history", "evidence_index", "milestone_deliverables", "scenarios", "usp_register"),
            *("gate_history", "verdict_history", "verdict"),
        )
        look = chain.in_line(f"asof-{day}")
        read = {name: _rows(look, name) for name in tables}
        found[day] = {**look.readiness, **read, "rows_of_gates": _rows(look, "gates")}
    return found


def _rows(chain: Chain, table: str) -> list[dict[str, str]]:
    with (chain.latest / "data" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def requirement(look: dict[str, Any], metric: str) -> dict[str, Any]:
    (found,) = [row for gate in look["gates"] for row in gate["requirements"] if row["metric"] == metric]
    return found


@pytest.mark.parametrize(
    ("day", "statuses"),
    [
        # cost, whitepaper, usps, target_customers, interviews, codesign, mvp_review
        ("2024-10-01", "unknown unknown fail unknown unknown unknown unknown"),
        ("2024-12-31", "unknown unknown fail fail fail fail unknown"),
        ("2025-07-01", "unknown unknown fail fail fail fail unknown"),
        ("2025-12-31", "unknown fail fail fail fail fail unknown"),
    ],
)
def test_gates_of_a_day(looks: dict[str, dict[str, Any]], day: str, statuses: str) -> None:
    assert [gate["status"] for gate in looks[day]["gates"]] == statuses.split()


@pytest.mark.parametrize(
    ("metric", "values"),
    [
        # how many of how many on each of the four days; None is not known
        ("usps_named_on_site", [(3, 9), (3, 9), (4, 14), (4, 14)]),
        ("register_entries", [(9, 1), (9, 1), (14, 1), (14, 1)]),
        ("segments_fully_captured", [(None, 5), (3, 5), (4, 5), (5, 5)]),
        ("segments_identified", [(None, 5), (3, 5), (3, 5), (3, 5)]),
        ("interviews_held", [(None, 10), (2, 10), (2, 10), (2, 10)]),
        ("interview_segments", [(None, 5), (2, 5), (2, 5), (2, 5)]),
        ("interviews_captured", [(None, 1), (1, 1), (1, 1), (1, 1)]),
        ("sessions_held", [(None, 3), (1, 3), (1, 3), (1, 3)]),
        ("sessions_at_devcon_2024", [(None, 3), (None, 3), (None, 3), (None, 3)]),
        ("mvp_gaps", [(None, 1), (None, 1), (1, 1), (1, 1)]),
        ("cells_estimated", [(None, 8), (None, 8), (None, 8), (None, 8)]),
        ("postgres_phase_2_results", [(None, 1), (None, 1), (None, 1), (None, 1)]),
        ("whitepapers", [(None, 1), (None, 1), (None, 1), (None, 1)]),
    ],
)
def test_numbers_of_the_days(
    looks: dict[str, dict[str, Any]], metric: str, values: list[tuple[int | None, int]]
) -> None:
    found = [requirement(looks[day], metric) for day in DAYS]
    assert [(row["value"], row["threshold"]) for row in found] == values


@pytest.mark.parametrize("day", DAYS)
def test_a_cost_without_prices_of_its_day_is_unknown_with_the_reason(
    looks: dict[str, dict[str, Any]], day: str
) -> None:
    cells = requirement(looks[day], "cells_estimated")
    assert (cells["status"], cells["value"], cells["basis"]) == ("unknown", None, "not_known")
    assert "cannot be judged, the first for want of" in cells["reason"]
    assert "None of eight" not in cells["reason"]


def test_the_milestone_is_asked_for_from_its_own_day_on(looks: dict[str, dict[str, Any]], chain: Chain) -> None:
    for day in DAYS:
        assert sum(len(gate["requirements"]) for gate in looks[day]["gates"]) == 22
    done = chain.waku_fit("run", "--as-of", "2024-09-06")
    assert done.returncode == 0, done.stdout + done.stderr
    asked_before = chain.in_line("asof-2024-09-06").readiness
    assert (asked_before["verdict"], asked_before["gates"]) == ("unknown", [])


@pytest.mark.parametrize(
    ("deliverable", "states"),
    [
        ("whitepaper", ["planned", "planned", "planned", "not_done"]),
        ("postgres_opt_phase_2", ["planned", "planned", "unknown", "unknown"]),
        ("customer_interviews", ["ongoing", "partial", "partial", "partial"]),
        ("codesign_sessions", ["ongoing", "partial", "partial", "partial"]),
        ("potential_usps", ["ongoing", "ongoing", "done", "done"]),
        ("review_mvp", ["planned", "planned", "done_privately", "done_privately"]),
    ],
)
def test_a_deliverable_is_what_was_known_of_it(
    looks: dict[str, dict[str, Any]], deliverable: str, states: list[str]
) -> None:
    rows = [row for day in DAYS for row in looks[day]["milestone_deliverables"] if row["deliverable_id"] == deliverable]
    assert [row["status"] for row in rows] == states


@pytest.mark.parametrize("day", DAYS)
def test_nothing_is_dated_after_the_day(looks: dict[str, dict[str, Any]], day: str) -> None:
    look = looks[day]
    dates = [row["as_of"] for row in look["evidence_index"]]
    dates += [row["status_on"] for row in look["deliverable_history"]]
    dates += [row["state_on"] for row in look["usp_register"]]
    dates += [gate["newest_evidence_on"] or "" for gate in look["gates"]]
    assert max(dates) <= day
    assert len(look["scenarios"]) == 6


def test_what_is_stale_grows_with_the_days(looks: dict[str, dict[str, Any]]) -> None:
    stale = [{gate["gate_id"] for gate in looks[day]["gates"] if gate["is_stale"]} for day in DAYS]
    assert "interviews" not in stale[1]
    assert {"interviews", "codesign"} <= stale[3]


MONTH_ENDS = ("2024-12-31", "2025-12-31")
"""Those of the days that are one."""


@pytest.mark.parametrize("day", MONTH_ENDS)
@pytest.mark.parametrize("seen_from", ["the day", "a later day", "today"])
def test_the_history_of_a_day_is_what_a_run_of_the_day_says(
    looks: dict[str, dict[str, Any]], grown_release: Chain, day: str, seen_from: str
) -> None:
    look, later = looks[day], looks[MONTH_ENDS[-1]]
    tables = ("gate_history", "verdict_history")
    read = {"the day": look, "a later day": later, "today": {name: _rows(grown_release, name) for name in tables}}
    gates, verdicts = ([row for row in read[seen_from][name] if row["month_end"] == day] for name in tables)
    for found, made in ((gates, look["rows_of_gates"]), (verdicts, look["verdict"])):
        columns = found[0].keys() - {"month_end"}
        assert found
        assert [{name: row[name] for name in columns} for row in found] == [
            {name: row[name] for name in columns} for row in made
        ]


@pytest.mark.parametrize(
    ("month_end", "statuses", "interviews"),
    [
        ("2024-09-30", "unknown unknown fail unknown unknown unknown unknown", ""),
        ("2024-12-31", "unknown unknown fail fail fail fail unknown", "2.0"),
        ("2025-06-30", "unknown unknown fail fail fail fail unknown", "2.0"),
        ("2025-07-31", "unknown fail fail fail fail fail unknown", "2.0"),
    ],
)
def test_the_history_of_the_public_record(grown_release: Chain, month_end: str, statuses: str, interviews: str) -> None:
    rows = [row for row in _rows(grown_release, "gate_history") if row["month_end"] == month_end]
    default = [row for row in rows if row["milestone_id"] == "demonstrate_product_market_fit"]
    assert [row["status"] for row in default] == statuses.split()
    assert [row["value"] for row in default if row["gate_id"] == "interviews"] == [interviews]
