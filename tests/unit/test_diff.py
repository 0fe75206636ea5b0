"""What `waku-fit diff` finds between two releases, and how it says it. Rows are as in released CSV files."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assets.costs.budget import budget_state
from assets.reports.difference.attribution import Attribution, CostAttribution, JudgementAttribution, Method
from assets.reports.difference.model import ComparedRelease, Difference, Row, compare
from assets.reports.difference.text import diff_lines
from orchestration.commands.diff import show_difference
from orchestration.errors import UserError
from orchestration.settings import Settings

OLD_PRICE, NEW_PRICE = "pricing__compute_offers/cpx22", "pricing__compute_offers/cpx22_2026_11_23"
VOLUME, RATE, TALK = (
    "pricing__storage_and_egress_prices/volume",
    "pricing__exchange_rates/eur",
    "interviews__talks/maria",
)


def manifest(release_id: str, **changes: Any) -> dict[str, Any]:
    plain = {"release_id": release_id, "verdict": "not_ready", "code_version": "c1", "as_of": None, "packs": ["public"]}
    return {**plain, **changes}


def evidence(evidence_id: str, content_hash: str = "h1") -> Row:
    return {"evidence_id": evidence_id, "source": "a page", "file": "evidence/public/x.csv", "line": "7",
            "content_hash": content_hash}  # fmt: skip


def line(component: str, cost: str, ids: str, rln: str = "true") -> Row:
    return {"scenario_id": "community", "with_rln": rln, "component": component, "p50_usd_per_month": cost,
            "is_cheapest": "true", "evidence_ids": ids}  # fmt: skip


def total(cost: str, ids: str, rln: str = "true") -> Row:
    return {"scenario_id": "community", "with_rln": rln, "all_in_p50_usd_per_month": cost, "evidence_ids": ids}


def gate(status: str, value: str, ids: str = TALK) -> Row:
    return {"gate_id": "learnings", "title": "Interviews held", "status": status, "value": value, "evidence_ids": ids}


def old() -> dict[str, list[Row]]:
    return {
        "gates": [gate("fail", "0")],
        "scenario_cost": [
            line("compute", "40", f"{OLD_PRICE};{RATE}"),
            line("archive_storage", "10", VOLUME),
            line("rpc", "", "costs__rpc_usage/calls"),
            line("compute", "40", OLD_PRICE, rln="false"),
        ],
        "cost_summary": [total("50", f"{OLD_PRICE};{RATE};{VOLUME}"), total("40", OLD_PRICE, rln="false")],
        "scenarios": [{"scenario_id": "community", "budget_usd_per_month": "55"}],
        "evidence_index": [evidence(OLD_PRICE), evidence(VOLUME), evidence(RATE), evidence("a__b/gone")],
    }


def new() -> dict[str, list[Row]]:
    return {
        "gates": [gate("pass", "1")],
        "scenario_cost": [
            line("compute", "48", f"{NEW_PRICE};{RATE}"),
            line("archive_storage", "10.000000000001", VOLUME),
            line("rpc", "1.5", "costs__rpc_usage/calls"),
            line("compute", "40", OLD_PRICE, rln="false"),
        ],
        "cost_summary": [total("59.5", f"{NEW_PRICE};{RATE};{VOLUME}"), total("40", OLD_PRICE, rln="false")],
        "scenarios": [{"scenario_id": "community", "budget_usd_per_month": "55"}],
        "evidence_index": [
            evidence(OLD_PRICE), evidence(NEW_PRICE), evidence(VOLUME), evidence(RATE, "h2"), evidence(TALK),
        ],
    }  # fmt: skip


def difference(**changes: Any) -> Difference:
    return compare(ComparedRelease(manifest("r1"), old()), ComparedRelease(manifest("r2", **changes), new()))


def test_the_changed_lines_of_a_bill_with_the_evidence_that_moved_them() -> None:
    (scenario,) = difference().scenarios
    assert scenario.name == "community, with rln"
    compute, rpc = scenario.lines
    assert (compute.name, compute.before, compute.after, compute.delta, compute.share) == ("compute", 40, 48, 8, 0.2)
    assert compute.rests_on == (NEW_PRICE, RATE)
    assert (rpc.before, rpc.after, rpc.delta, rpc.rests_on) == (None, 1.5, None, ())
    assert scenario.lines_as_before == 1
    assert scenario.total is not None
    assert (scenario.total.before, scenario.total.after) == (50, 59.5)


CAP, NEW_CAP = "costs__rln_parameters/cap", "costs__rln_parameters/cap_deploy_script"
DEPOSIT = "costs__rln_parameters/a_deposit"


def summary(room: str, is_feasible: str, reason: str, ids: str) -> Row:
    return {**total("50", ids), "is_feasible": is_feasible, "memberships_available": room, "reason": reason}


def limit(parameter: str, evidence_id: str) -> Row:
    return {"parameter": parameter, "evidence_ids": evidence_id}


def test_a_scenario_that_becomes_possible_with_the_row_that_moved_it() -> None:
    before = {"cost_summary": [summary("8000", "false", "room for 8,000", f"{CAP};{DEPOSIT};{VOLUME}")],
              "rln_parameters": [limit("total_rate_limit_cap", CAP), limit("deposit", DEPOSIT)],
              "evidence_index": [evidence(CAP), evidence(DEPOSIT), evidence(VOLUME)]}  # fmt: skip
    after = {"cost_summary": [summary("50000", "true", "", f"{NEW_CAP};{DEPOSIT};{VOLUME}")],
             "rln_parameters": [limit("total_rate_limit_cap", NEW_CAP), limit("deposit", DEPOSIT)],
             "evidence_index": [
                 evidence(CAP), evidence(NEW_CAP), evidence(DEPOSIT, "h2"), evidence(VOLUME, "h2")
             ]}  # fmt: skip
    found = compare(ComparedRelease(manifest("r1"), before), ComparedRelease(manifest("r2"), after))
    lines = diff_lines(found)
    assert "Costs: as before" not in lines
    start = lines.index("community, with rln")
    assert lines[start + 1 : start + 4] == [
        "  can run: no → yes (room for memberships: 8,000 → 50,000)",
        "    before: room for 8,000",
        f"    is based on {NEW_CAP}",
    ]
    back = (
        compare(ComparedRelease(manifest("r2"), after), ComparedRelease(manifest("r1"), before))
        .scenarios[0]
        .feasibility
    )
    assert back is not None
    assert (back.before, back.after, back.room_after, back.reason_after) == (True, False, 8000, "room for 8,000")
    assert json.loads(json.dumps(found.as_json()))["scenarios"][0]["feasibility"]["room_after"] == 50000


def test_more_room_that_is_not_enough_is_told_as_well() -> None:
    before = {"cost_summary": [summary("1600", "false", "room for 1,600", CAP)], "evidence_index": [evidence(CAP)]}
    after = {"cost_summary": [summary("8000", "false", "room for 8,000", CAP)], "evidence_index": [evidence(CAP, "h2")]}
    lines = diff_lines(compare(ComparedRelease(manifest("r1"), before), ComparedRelease(manifest("r2"), after)))
    assert "  can run: no, as before (room for memberships: 1,600 → 8,000)" in lines


def test_a_release_from_before_feasibility_was_told_is_not_compared_in_it() -> None:
    before = {"cost_summary": [total("50", CAP)], "evidence_index": [evidence(CAP)]}
    after = {"cost_summary": [summary("8000", "false", "room for 8,000", CAP)], "evidence_index": [evidence(CAP)]}
    assert compare(ComparedRelease(manifest("r1"), before), ComparedRelease(manifest("r2"), after)).scenarios == ()


def test_rows_of_evidence_by_what_became_of_them() -> None:
    found = difference().evidence
    assert [row.evidence_id for row in found.added] == [TALK, NEW_PRICE]
    assert [row.evidence_id for row in found.removed] == ["a__b/gone"]
    assert [row.evidence_id for row in found.changed] == [RATE]
    assert found.changed[0].place == "evidence/public/x.csv:7"


def test_a_gate_with_the_interview_that_moved_it() -> None:
    (change,) = difference().judgements
    assert (change.title, change.state_before, change.state_after) == ("Interviews held", "fail", "pass")
    assert (change.value.before, change.value.after, change.value.rests_on) == (0, 1, (TALK,))


def test_a_cell_of_the_matrix_is_named_by_its_key() -> None:
    def cell(sources: str, status: str) -> Row:
        return {"usp_id": "private", "problem_id": "", "segment_id": "chat", "sources": sources, "status": status,
                "evidence_ids": TALK}  # fmt: skip

    before, after = (
        {**old(), "validation_matrix": [cell("1", "untested")]},
        {**new(), "validation_matrix": [cell("2", "validated")]},
    )
    change = compare(ComparedRelease(manifest("r1"), before), ComparedRelease(manifest("r2"), after)).judgements[-1]
    assert (change.title, change.state_before, change.state_after) == ("private, chat", "untested", "validated")
    assert (change.value.before, change.value.after, change.value.rests_on) == (1, 2, (TALK,))


def test_a_release_compared_with_itself_has_no_difference() -> None:
    same = compare(ComparedRelease(manifest("r1"), new()), ComparedRelease(manifest("r1"), new()))
    assert (same.scenarios, same.judgements, same.evidence.ids) == ((), (), frozenset())
    assert diff_lines(same) == [
        "From r1 to r1", "", "Verdict: NOT READY, as before", "", "Costs: as before", "", "Evidence: as before",
    ]  # fmt: skip


def test_a_release_from_before_rows_had_hashes_says_that_changes_cannot_be_told() -> None:
    without = [{k: v for k, v in row.items() if k != "content_hash"} for row in old()["evidence_index"]]
    found = compare(
        ComparedRelease(manifest("r1"), {**old(), "evidence_index": without}), ComparedRelease(manifest("r2"), new())
    )
    assert (found.evidence.is_comparable, found.evidence.changed) == (False, ())
    assert [row.evidence_id for row in found.evidence.added] == [TALK, NEW_PRICE]
    assert diff_lines(found)[-1].endswith("changed rows cannot be named.")


def test_a_table_that_one_release_lacks_is_new_line_by_line() -> None:
    before = {name: rows for name, rows in old().items() if name != "scenario_cost"}
    found = compare(ComparedRelease(manifest("r1"), before), ComparedRelease(manifest("r2"), new()))
    assert [(c.before, c.after) for c in found.scenarios[0].lines] == [(None, 48), (None, 10.000000000001), (None, 1.5)]


def test_the_bill_as_text() -> None:
    lines = diff_lines(difference(verdict="ready", code_version="c2", packs=["public", "prices"]))
    assert (
        "\n".join(lines)
        == f"""From r1 to r2

Verdict: NOT READY → READY
  gate Interviews held: fail → pass (0 → 1)
    is based on {TALK}
  The code changed: a number may have moved without any evidence.
  Packs: public → public, prices

Costs, USD a month        before         after        change

community, with rln
  compute                  40.00         48.00         +8.00  (+20.0 %)
    is based on {NEW_PRICE}, {RATE}
  rpc                  not known          1.50
  1 line as before
  total                    50.00         59.50         +9.50  (+19.0 %)
  budget of 55.00: over, was within

Evidence added: 2 rows
  {TALK}  (evidence/public/x.csv:7)
  {NEW_PRICE}  (evidence/public/x.csv:7)
Evidence removed: 1 row
  a__b/gone  (evidence/public/x.csv:7)
Evidence changed: 1 row
  {RATE}  (evidence/public/x.csv:7)"""
    )


def with_budget(amount: str) -> dict[str, list[Row]]:
    return {**old(), "scenarios": [{"scenario_id": "community", "budget_usd_per_month": amount}]}


def test_a_lowered_budget_shows_although_no_cost_changed() -> None:
    found = compare(
        ComparedRelease(manifest("r1"), with_budget("55")), ComparedRelease(manifest("r2"), with_budget("45"))
    )
    with_rln, without_rln = found.scenarios
    assert (with_rln.budget, with_rln.budget_state) == ((55, 45), ("within", "over"))
    assert (without_rln.budget, without_rln.budget_state) == ((55, 45), ("within", "within"))
    assert [line for line in diff_lines(found) if "budget" in line] == [
        "  budget of 55.00 → 45.00: over, was within",
        "  budget of 55.00 → 45.00: within",
    ]


def test_a_budget_is_compared_with_the_cost_of_its_own_release() -> None:
    # 50 was within the 52 of then; 59.5 is within the 60 of now
    after = {**new(), "scenarios": [{"scenario_id": "community", "budget_usd_per_month": "60"}]}
    found = compare(ComparedRelease(manifest("r1"), with_budget("52")), ComparedRelease(manifest("r2"), after))
    assert found.scenarios[0].budget_state == ("within", "within")


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [("", "55", "none → 55.00: within"), ("55", "", "55.00 → none, was within"), ("55", "55", None)],
)
def test_a_budget_that_somebody_set_or_took_away(before: str, after: str, said: str | None) -> None:
    found = compare(
        ComparedRelease(manifest("r1"), with_budget(before)), ComparedRelease(manifest("r2"), with_budget(after))
    )
    lines = [line for line in diff_lines(found) if "budget" in line]
    assert lines == ([f"  budget of {said}"] * 2 if said else [])


def test_another_place_and_another_offer_are_named() -> None:
    def at(provider: str, offer: str) -> dict[str, list[Row]]:
        return {
            "scenario_cost": [{**line("compute", "40", OLD_PRICE), "choice_id": offer}],
            "cost_summary": [{**total("40", OLD_PRICE), "provider": provider, "region": "eu"}],
        }

    found = compare(
        ComparedRelease(manifest("r1"), at("one", "cpx22")), ComparedRelease(manifest("r2"), at("other", "cx33"))
    )
    (scenario,) = found.scenarios
    assert [(move.line, move.before, move.after) for move in scenario.moves] == [
        ("compute", "cpx22", "cx33"),
        ("total", "one eu", "other eu"),
    ]
    assert "  compute from cpx22 → cx33" in diff_lines(found)
    assert "  cheapest at one eu → other eu" in diff_lines(found)


@pytest.mark.parametrize(
    ("cost", "budget", "state"),
    [(50, 55, "within"), (55, 55, "within"), (55.01, 55, "over"), (None, 55, "unknown"), (50, None, None)],
)
def test_a_budget(cost: float | None, budget: float | None, state: str | None) -> None:
    assert budget_state(cost, budget) == state


# ---------------------------------------------------------------- the command


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Two published releases, and a folder that a killed run left after them."""
    settings = Settings.from_environment(
        {"WAKU_FIT_STATE_DIR": str(tmp_path / "state"), "WAKU_FIT_REPORTS_DIR": str(tmp_path / "reports")}
    )
    for release_id, tables in (("20261116T1-a", old()), ("20261123T1-b", new()), ("20261124T1-c", old())):
        data = settings.releases_dir / release_id / "data"
        data.mkdir(parents=True)
        (data.parent / "manifest.json").write_text(json.dumps(manifest(release_id)))
        for name, rows in tables.items():
            with (data / f"{name}.csv").open("w", newline="") as file:
                writer = csv.DictWriter(file, list(rows[0]))
                writer.writeheader()
                writer.writerows(rows)
    settings.reports_dir.mkdir()
    settings.latest.symlink_to(settings.releases_dir / "20261123T1-b")
    return settings


def test_the_latest_two_published_releases_are_compared(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert show_difference(settings, None, None, as_json=True) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["before"], found["after"]) == ("20261116T1-a", "20261123T1-b")
    assert found["scenarios"][0]["lines"][0] | {} == {
        "name": "compute", "before": 40.0, "after": 48.0, "rests_on": [NEW_PRICE, RATE], "delta": 8.0, "share": 0.2,
    }  # fmt: skip


def test_the_beginning_of_a_name_is_enough(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    show_difference(settings, "20261123", "20261116", as_json=False)
    assert capsys.readouterr().out.startswith(
        "Line of releases: latest, the team's\nFrom 20261123T1-b to 20261116T1-a\n"
    )


@pytest.mark.parametrize(("name", "number"), [("2026", 2), ("2025", 0), ("20261124", 0)])
def test_a_name_that_means_no_single_release_is_refused(settings: Settings, name: str, number: int) -> None:
    with pytest.raises(UserError, match=f"{number} releases are called {name}, expected one"):
        show_difference(settings, name, None, as_json=False)


def test_one_release_cannot_be_compared(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="two releases are compared, and of the line latest there is none; "):
        show_difference(Settings.from_environment({"WAKU_FIT_STATE_DIR": str(tmp_path)}), None, None, as_json=False)


def test_what_moved_a_total_is_listed_under_it_the_most_first() -> None:
    found = difference()
    (scenario,) = found.scenarios
    effects = {RATE: 1.4, NEW_PRICE: 8.0, VOLUME: 0.001}
    cause = CostAttribution(Attribution("one at a time", 9.6, effects), code=-0.1)
    lines = diff_lines(replace(found, scenarios=(replace(scenario, moved_by=cause),)))
    start = lines.index("  of which (each change made alone):")
    assert [line.split() for line in lines[start + 1 : start + 5]] == [
        [NEW_PRICE, "+8.00"],
        [RATE, "+1.40"],
        ["together", "+0.20"],
        ["another", "code", "-0.10"],
    ]
    assert VOLUME not in "".join(lines[start : start + 5])
    assert len({len(line) for line in lines[start + 1 : start + 5]}) == 1


@pytest.mark.parametrize(
    ("is_of_state", "effects", "method", "said"),
    [
        (True, {TALK: 1.0}, "one at a time", f"    because of {TALK}"),
        (False, {TALK: 1.0, RATE: 0.0}, "one at a time", f"    because of {TALK} +1"),
        (
            *(True, {TALK: 0.25, RATE: 0.75}, "Shapley"),
            f"    because of {RATE} 75 %; {TALK} 25 % (changes act together: Shapley values over all orders)",
        ),
    ],
)
def test_what_moved_a_gate_stands_under_it(
    is_of_state: bool, effects: dict[str, float], method: Method, said: str
) -> None:
    found = difference()
    cause = JudgementAttribution(is_of_state, Attribution(method, 1.0, effects))
    lines = diff_lines(replace(found, judgements=tuple(replace(gate, moved_by=cause) for gate in found.judgements)))
    assert said in lines


def test_the_newest_two_of_a_line_are_compared_and_a_line_stands_for_its_newest(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = settings.releases_dir / "20261124T1-c"
    (folder / "manifest.json").write_text(json.dumps({**manifest("20261124T1-c"), "line": "sample"}))
    settings.link("sample").symlink_to(folder)
    show_difference(settings, None, None, as_json=True)
    assert json.loads(capsys.readouterr().out)["before"] == "20261116T1-a"
    with pytest.raises(UserError, match="of the line sample there is only one"):
        show_difference(settings, None, None, "sample", as_json=False)
    show_difference(settings, "latest", "sample", as_json=False)
    told = capsys.readouterr().out
    assert told.startswith("Lines of releases: latest, the team's → sample\nFrom 20261123T1-b to 20261124T1-c\n")


def test_releases_of_two_databases_are_not_compared(settings: Settings) -> None:
    for name, line, database in (("20261123T1-b", "latest", "1/5"), ("20261124T1-c", "sample", "2/5")):
        told = {**manifest(name), "line": line, "database": database}
        (settings.releases_dir / name / "manifest.json").write_text(json.dumps(told))
    settings.link("sample").symlink_to(settings.releases_dir / "20261124T1-c")
    with pytest.raises(UserError, match="20261123T1-b and 20261124T1-c are of two databases"):
        show_difference(settings, "latest", "sample", as_json=False)


def test_a_long_comparison_is_cut_and_what_is_left_out_is_counted(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [
        {"evidence_id": f"market__prices_{table}/{n}", "source": "s", "file": "f.csv", "line": "1", "content_hash": "h"}
        for table in range(9)
        for n in range(20)
    ]
    with (settings.releases_dir / "20261123T1-b" / "data" / "evidence_index.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    show_difference(settings, None, None, as_json=False)
    short = capsys.readouterr().out.splitlines()
    show_difference(settings, None, None, as_json=False, with_all=True)
    whole = capsys.readouterr().out.splitlines()
    assert (len(short), len(whole)) == (60, 103)
    cut = [line for line in short if "more lines; --all" in line]
    assert cut == [f"  and {n} more lines; --all shows them" for n in (7, 38)]
    assert len(short) - len(cut) + 7 + 38 == len(whole)


WENT, LEFT, STAYS = (f"interviews__interviews/{code}" for code in ("p01", "p04", "p09"))


def conversation(evidence_id: str, content_hash: str, source: str = "not published") -> Row:
    return {**evidence(evidence_id, content_hash), "source": source, "pack": "ours"}


def withdrawal(**before: Any) -> Difference:
    """p01 withdrew, the file of p04 is gone, p09 agreed to nothing from the beginning and was moved in its file."""
    cell = {"usp_id": "private", "problem_id": "", "segment_id": "", "status": "validated", "sources": "2",
            "evidence_ids": STAYS}  # fmt: skip
    was = [conversation(WENT, "h1"), conversation(LEFT, "h1"), conversation(STAYS, "h1")]
    now = [conversation(WENT, "h2"), conversation(STAYS, "h1")]
    packs = ["public", "ours"]
    return compare(
        ComparedRelease(
            manifest("r1", packs=packs, **before),
            {"gates": [gate("pass", "3", f"{WENT};{LEFT};{STAYS}")], "evidence_index": was},
        ),
        ComparedRelease(
            manifest("r2", packs=packs),
            {"gates": [gate("fail", "1", STAYS)], "validation_matrix": [cell], "evidence_index": now},
        ),
    )


def test_what_a_withdrawal_moves_is_attributed_to_it() -> None:
    lines = diff_lines(withdrawal(cleaned_by="r2"))
    assert lines[3:9] == [
        f"  Withdrawn, or gone from its pack: {WENT}, {LEFT}",
        "    what followed from these conversations was taken out of r1 as well",
        "  gate Interviews held: pass → fail (3 → 1)",
        f"    is based on the withdrawal of {WENT}, the withdrawal of {LEFT}",
        "  selling point by segment private: taken out with the withdrawal → validated (sources: 2)",
        "",
    ]


def test_a_conversation_that_was_never_published_is_no_withdrawal() -> None:
    found = withdrawal()
    assert found.withdrawn == (LEFT,), "p01 said nothing that could be published, before and after"
    elsewhere = replace(found, withdrawn=(), is_cleaned=False)
    assert "  selling point by segment private: not there → validated (sources: 2)" in diff_lines(elsewhere)


def test_what_another_line_of_releases_does_not_read_is_not_withdrawn() -> None:
    before = ComparedRelease(manifest("r1", packs=["public", "ours"]), {"evidence_index": [conversation(LEFT, "h1")]})
    assert compare(before, ComparedRelease(manifest("r2"), {})).withdrawn == ()


def test_a_group_of_changes_that_is_a_withdrawal_is_called_so() -> None:
    found = withdrawal(cleaned_by="r2")
    cause = JudgementAttribution(
        is_of_state=True, attribution=Attribution("one at a time", 1.0, {f"{LEFT}, a__b/c": 1.0})
    )
    moved = tuple(replace(one, moved_by=cause) for one in found.judgements if one.table == "gates")
    assert f"    because of the withdrawal of {LEFT}, a__b/c" in diff_lines(replace(found, judgements=moved))


def test_of_a_long_comparison_the_costs_are_the_totals_of_scenarios() -> None:
    rows = [evidence(f"a_{n:02}__b/c") for n in range(80)]
    found = difference()
    long = replace(found, evidence=compare(
        ComparedRelease(manifest("r1"), {"evidence_index": rows}), ComparedRelease(manifest("r2"), {})
    ).evidence)  # fmt: skip
    lines = diff_lines(long, 40)
    assert len(lines) == 40
    start = lines.index("") + 4
    assert lines[start : start + 5] == [
        "",
        "Costs, USD a month           before         after        change",
        "  community, with rln         50.00         59.50         +9.50  (+19.0 %)",
        "  and 7 more lines; --all shows them",
        "",
    ], lines
    assert diff_lines(long) == diff_lines(long, len(diff_lines(long)))
