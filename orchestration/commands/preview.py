"""`waku-fit run --preview`: what a release of the tables as they are would say otherwise than the one that there is.

Belongs here: reading tables that were not released. Does not belong here: making them (`run.py`), comparing
(`assets.reports.difference`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

import psycopg

from assets.common.tables import read_table
from assets.evidence.packs import resolve_packs
from assets.readiness.frames import readiness_json
from assets.reports.difference.model import TABLES, compare
from assets.reports.difference.read import as_released, read_past
from assets.reports.difference.text import diff_lines
from assets.reports.released import RELEASED_TABLES
from orchestration.commands.diff import MOST_LINES
from orchestration.commands.summary import line_name, verdict_lines
from orchestration.settings import Settings
from orchestration.staleness.fingerprints import Request, code_version

READINESS = ("verdict", "gates", "requirement_results", "gate_certainty", "verdict_certainty", "evidence_index")
"""Tables that a verdict and its gates are read from."""


@dataclass(frozen=True)
class PreviewedRelease:
    """A release that nobody made."""

    release_id: str
    created_at: datetime
    as_of: date | None


def preview_lines(settings: Settings, request: Request, connection: psycopg.Connection) -> list[str]:
    """Return verdict and gates by the tables in the warehouse, and what differs from the newest release of the line."""
    frames = {name: read_table(connection, RELEASED_TABLES[name].layer, name) for name in {*TABLES, *READINESS}}
    preview = PreviewedRelease("this preview", datetime.now(UTC), request.as_of)
    readiness = readiness_json(frames, preview)
    lines = [*verdict_lines(readiness)]
    link = settings.link(request.line)
    if link.exists():
        packs = resolve_packs(request.packs, settings.evidence_dir, settings.state_dir)
        manifest = {
            "release_id": preview.release_id,
            "verdict": readiness["verdict"],
            "code_version": code_version(settings),
            "as_of": request.as_of.isoformat() if request.as_of else None,
            "packs": [pack.name for pack in packs],
        }
        compared = as_released(manifest, {name: frames[name] for name in TABLES})
        lines += diff_lines(compare(read_past(link), compared), MOST_LINES - len(lines) - 3)
    else:
        lines.append("There is no release of this line to compare with.")
    stays = f"{link} is as it was" if link.exists() else "there is no release yet"
    return [
        *lines,
        "",
        f"Line of releases: {line_name(request.line)}",
        f"This is a preview: nothing was published, {stays}. `waku-fit run`, asked for the same, publishes it.",
    ]
