"""What a run says about the release before."""

from orchestration.commands.summary import changes, verdict_lines, withdrawal_lines


def readiness(as_of: str | None, value: int) -> dict[str, object]:
    gate = {"gate_id": "interviews", "title": "Interviews", "status": "fail", "value": value}
    return {"verdict": "not_ready", "as_of": as_of, "gates": [gate]}


def test_a_release_that_looked_back_is_named_where_gates_differ_from_it() -> None:
    assert changes(readiness("2024-12-31", 1), readiness(None, 2)) == [
        "Against the release before, with evidence until 2024-12-31:",
        "Interviews: 1 (fail) → 2 (fail)",
    ]
    assert changes(readiness(None, 2), readiness("2024-12-31", 2)) == ["No gate changed."]


def test_what_was_taken_out_is_told() -> None:
    assert withdrawal_lines(0) == []
    assert "was taken out of 3 earlier releases for good" in withdrawal_lines(3)[0]


def test_the_verdict_is_called_alike_in_the_answer_and_in_what_changed() -> None:
    before: dict[str, object] = {"verdict": "not_ready", "reason": "One gate fails.", "as_of": None, "gates": []}
    assert verdict_lines(before)[0] == "Verdict: NOT READY. One gate fails."
    assert changes(before, {**before, "verdict": "unknown"}) == ["Verdict: NOT READY → UNKNOWN"]


def test_other_milestones_have_a_line_each_and_say_what_changed() -> None:
    def release(verdict: str, value: int) -> dict[str, object]:
        gate = {"gate_id": "audit", "milestone_id": "rln", "title": "Audit", "status": "fail", "value": value}
        other = {"milestone_id": "rln", "title": "RLN", "verdict": verdict, "reason": "Why.", "gates": [gate]}
        return {**readiness(None, 2), "reason": "One gate fails.", "others": [other]}

    assert "RLN: NOT READY. Why." in verdict_lines({**release("not_ready", 0), "gates": []})
    before_there_were_others = readiness(None, 2)
    assert changes(before_there_were_others, release("not_ready", 0)) == ["RLN: new milestone, NOT READY"]
    assert changes(release("not_ready", 0), release("ready", 1)) == [
        "RLN: NOT READY → READY",
        "Audit: 0 (fail) → 1 (fail)",
    ]
