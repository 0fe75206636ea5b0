"""The files of a release besides its tables: pages, board PDF, briefs, `readiness.json`, manifest, log of decisions.

Belongs here: which there are. Does not belong here: what is in them, writing them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from assets.readiness.frames import readiness_json
from assets.reports.board.content import COMPARED
from assets.reports.board.typeset import board_pdf
from assets.reports.decisions import LogLine, known_to, with_decisions
from assets.reports.model import BOARD_PDF, Manifest
from assets.reports.page.briefs import render_briefs
from assets.reports.page.cells import KEYS
from assets.reports.page.site import FIRST_PAGE, ReleaseData, render_pages
from assets.reports.release.publish import Files, as_json
from assets.reports.release_files import ReleasedTables

MANIFEST = "manifest.json"

LOG_COPY = "decisions.jsonl"
"""The log of decisions as a release has it: up to the release, and all that was said about it."""

WITHDRAWN_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Taken back</title>
<p>The pages of this release were taken back because a consent was withdrawn. Its tables are in <code>data/</code>.</p>
</html>
"""


def files_of(
    frames: Mapping[str, pd.DataFrame], manifest: Manifest, log: Sequence[LogLine], previous: ReleaseData | None
) -> Files:
    """Return the files of a release by path. `previous` is what `compared_with` gives.

    Raises `KeyError` if one shows anything that is not a cell of the release.
    """
    decisions = known_to(log, manifest.release_id)
    release = ReleaseData(frames, manifest, decisions)
    return {
        **render_pages(release),
        **render_briefs(release),
        BOARD_PDF: board_pdf(release, previous),
        "readiness.json": as_json(with_decisions(readiness_json(frames, manifest), decisions)),
        MANIFEST: as_json(manifest.as_json()),
        LOG_COPY: log_text(decisions),
    }


def files_taken_back(manifest: Manifest, log: Sequence[LogLine]) -> Files:
    """Return the files of a release whose pages cannot be made again: none of them shows anything."""
    return {
        FIRST_PAGE: WITHDRAWN_PAGE,
        MANIFEST: as_json(manifest.as_json()),
        LOG_COPY: log_text(known_to(log, manifest.release_id)),
    }


def compared_with(manifest: Manifest, releases_dir: Path) -> ReleaseData | None:
    """Return what is compared of the release that a release names as the one before it.

    None without one, and where nothing is left of it that can be compared: its folder is gone, it was taken back, or
    other code made it with other columns.
    """
    folder = releases_dir / manifest.previous if manifest.previous else None
    if folder is None or not (folder / MANIFEST).exists():
        return None
    tables = ReleasedTables(folder / "data")
    for name, columns in COMPARED.items():
        if name not in tables or not {*KEYS[name], *columns} <= set(tables[name].columns):
            return None
    return ReleaseData({name: tables[name] for name in COMPARED}, manifest_in(folder))


def manifest_in(folder: Path) -> Manifest:
    """Return the manifest of a release."""
    return Manifest.from_json(json.loads((folder / MANIFEST).read_text(encoding="utf-8")))


def log_text(lines: Sequence[LogLine]) -> str:
    """Return lines of the log as a file."""
    return "".join(line.as_line() for line in lines)
