"""The verdict as a few lines of text for a terminal."""

from __future__ import annotations

from typing import Any

from assets.reports.lines import TEAM
from orchestration.settings import Settings
from orchestration.staleness.fingerprints import Request

MARK = {"pass": "✔ pass   ", "fail": "✘ fail   ", "unknown": "? unknown"}


def verdict_lines(readiness: dict[str, Any]) -> list[str]:
    """Return the verdict, its reason, a line per gate, and a line per other milestone of a `readiness.json`."""
    lines = [f"Verdict: {_answer(readiness)}. {readiness['reason']}", *_override(readiness), ""]
    width = max((len(gate["title"]) for gate in readiness["gates"]), default=0)
    lines += [
        f"  {MARK[gate['status']]}  {gate['title']:<{width}}  {gate['reason']}{_draft(gate)}"
        for gate in readiness["gates"]
    ]
    if others := _others(readiness):
        lines.append("")
        for other in others.values():
            lines += [f"{other['title']}: {_answer(other)}. {other['reason']}", *_override(other)]
    return [*lines, ""]


def _draft(gate: dict[str, Any]) -> str:
    """Return what is generated for a gate and not published; a release of before drafts has none."""
    return f" {gate['draft']['says']}" if gate.get("draft") else ""


def changes(before: dict[str, Any] | None, after: dict[str, Any]) -> list[str]:
    """Return a line per gate whose status or value differs between two `readiness.json`, and for the verdict."""
    if before is None:
        return ["This is the first release."]
    lines = []
    if before["verdict"] != after["verdict"]:
        lines.append(f"Verdict: {_answer(before)} → {_answer(after)}")
    before_of = _others(before)
    new = _others(after).keys() - before_of.keys()
    for milestone_id, now in _others(after).items():
        if milestone_id in new:
            lines.append(f"{now['title']}: new milestone, {_answer(now)}")
        elif before_of[milestone_id]["verdict"] != now["verdict"]:
            lines.append(f"{now['title']}: {_answer(before_of[milestone_id])} → {_answer(now)}")
    old = {gate["gate_id"]: gate for gate in _gates(before)}
    for gate in _gates(after):
        earlier = old.get(gate["gate_id"])
        if gate.get("milestone_id") in new:
            continue
        if earlier is None:
            lines.append(f"{gate['title']}: new gate, {gate['status']}")
        elif (earlier["status"], earlier["value"]) != (gate["status"], gate["value"]):
            lines.append(f"{gate['title']}: {_shown(earlier)} → {_shown(gate)}")
    if before["as_of"] != after["as_of"] and lines:
        until = before["as_of"]
        lines.insert(0, f"Against the release before, with {f'evidence until {until}' if until else 'all evidence'}:")
    return lines or ["No gate changed."]


def withdrawal_lines(cleaned: int) -> list[str]:
    """Say that what is withdrawn, or gone from a pack, was taken out of `cleaned` earlier releases."""
    if not cleaned:
        return []
    releases = "1 earlier release" if cleaned == 1 else f"{cleaned} earlier releases"
    return [
        f"What people no longer agree to, or what is gone from a pack, was taken out of {releases} for good.",
        "Not reached: copies that were handed on, backups, version control of the pack (docs/privacy.md).",
    ]


def line_name(line: str) -> str:
    """Name a line of releases so that the team's is known as such."""
    return f"{line}, the team's" if line == TEAM else line


def scope_lines(request: Request, settings: Settings) -> list[str]:
    """Say where a release is not of the line of the team, and what is in it."""
    if request.line == TEAM:
        return []
    lines = [f"This looks back: no evidence later than {request.as_of} counts."] if request.as_of else []
    if request.packs != Request.of(settings).packs:
        lines.append(f"Packs of evidence: {', '.join(request.packs)}.")
    stays = f"The team's release, {settings.latest}, stays as it is."
    none = "The team has no release yet; `waku-fit run` makes the first one."
    return [*lines, f"This is the line {request.line}. {stays if settings.latest.exists() else none}"]


def _others(readiness: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the other milestones by id; a release of before there were any has none."""
    return {other["milestone_id"]: other for other in readiness.get("others", ())}


def _gates(readiness: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the gates of all milestones."""
    return [gate for milestone in (readiness, *_others(readiness).values()) for gate in milestone["gates"]]


def _answer(readiness: dict[str, Any]) -> str:
    return str(readiness["verdict"]).replace("_", " ").upper()


def _override(judged: dict[str, Any]) -> list[str]:
    """Say what somebody decided otherwise, beside what was computed; nothing in a release of before there was a log."""
    made = judged.get("override")
    if not made:
        return []
    decided = str(made["decided"]).replace("_", " ").upper()
    by = f"by {made['who']} on {made['on']}: {made['reason']}" if made["who"] else f"on {made['on']}"
    return [f"Decided otherwise: {decided}, {by}"]


def _shown(gate: dict[str, Any]) -> str:
    value = "not known" if gate["value"] is None else gate["value"]
    return f"{value} ({gate['status']})"
