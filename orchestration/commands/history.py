"""`waku-fit history`: the verdict at each month-end, as the newest release of a line tells it.

Belongs here: reading the release with the standard library only, choosing a milestone. Does not belong here: judging
(`assets.history`), layout of the chart (`assets.history.text`).
"""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import click

from assets.evidence.wording import with_suggestion
from assets.history.text import LEGEND, changes, chart
from orchestration.errors import UserError
from orchestration.settings import Settings
from orchestration.staleness.fingerprints import request_of_latest, unchanged_release

VERDICTS, GATES = "verdict_history", "gate_history"
NUMBERS = {"passed": int, "failed": int, "unknown": int, "value": float, "threshold": float}

Row = Mapping[str, Any]


def show_history(settings: Settings, milestone: str | None, line: str, as_json: bool) -> int:
    """Print the history of a milestone, of the default one without a name. Raises `UserError`."""
    link = settings.link(line)
    if not (link / "readiness.json").exists():
        raise UserError("no release yet; `waku-fit run` makes the first one, with its history")
    verdicts, gates = (_read(link / "data" / f"{table}.csv") for table in (VERDICTS, GATES))
    if as_json:
        click.echo(json.dumps({"verdicts": verdicts, "gates": gates}, indent=2))
        return 0
    if not verdicts:
        click.echo("The release has no month-end.")
        return 0
    default = json.loads((link / "readiness.json").read_text(encoding="utf-8"))["milestone_id"]
    wanted = _chosen(milestone, verdicts) if milestone else default
    click.echo("\n".join(_lines(wanted, verdicts, gates)))
    if unchanged_release(settings, request_of_latest(settings, line)) is None:
        click.echo("Evidence, code or settings have changed since: `waku-fit run` brings the history up to date.")
    return 0


def _lines(milestone: str, verdicts: Sequence[Row], gates: Sequence[Row]) -> list[str]:
    days = sorted({date.fromisoformat(row["month_end"]) for row in verdicts})
    of_milestone = [row for row in verdicts if row["milestone_id"] == milestone]
    states = {"Verdict": _by_day(of_milestone, "verdict")}
    words = {"Verdict": {day: verdict.replace("_", " ") for day, verdict in states["Verdict"].items()}}
    titles = {row["gate_id"]: row["title"] for row in gates if row["milestone_id"] == milestone}
    for gate, title in titles.items():
        of_gate = [row for row in gates if row["gate_id"] == gate]
        states[title] = _by_day(of_gate, "status")
        words[title] = {date.fromisoformat(row["month_end"]): _counted(row) for row in of_gate}
    title = of_milestone[-1]["title"] if of_milestone else milestone
    changed = changes(days, words)
    return [
        f"{title}, at each month-end by what was known and asked then",
        "",
        *chart(days, states),
        "",
        LEGEND,
        "",
        "What changed:" if changed else "Nothing changed.",
        *(f"  {line}" for line in changed),
        "",
        f"Of one day in full: `waku-fit run --as-of {days[-1]}`.",
    ]


def _by_day(rows: Sequence[Row], column: str) -> dict[date, str]:
    return {date.fromisoformat(row["month_end"]): row[column] for row in rows}


def _counted(row: Row) -> str:
    of = "" if row["threshold"] is None else f" of {row['threshold']:g}"
    return str(row["status"]) if row["value"] is None else f"{row['status']} ({row['value']:g}{of})"


def _chosen(milestone: str, verdicts: Sequence[Row]) -> str:
    known = list(dict.fromkeys(row["milestone_id"] for row in verdicts))
    if milestone not in known:
        expected = with_suggestion(f"one of {', '.join(known)}", milestone, known)
        raise UserError(f"there is no milestone {milestone} in the history; expected {expected}")
    return milestone


def _read(path: Path) -> list[dict[str, Any]]:
    if not path.exists():
        raise UserError("the latest release is from before there was a history; `waku-fit run` makes a new one")
    with path.open(newline="", encoding="utf-8") as file:
        return [_typed(row) for row in csv.DictReader(file)]


def _typed(row: Mapping[str, str]) -> dict[str, Any]:
    """Return a row with numbers as numbers, None where there is none, ids as a list."""
    typed: dict[str, Any] = {**row, "evidence_ids": [part for part in row["evidence_ids"].split(";") if part]}
    return typed | {
        column: number(row[column]) if row[column] else None for column, number in NUMBERS.items() if column in row
    }
