"""The text files of a release: pages, briefs, `readiness.json`, the manifest, the log of decisions.

Belongs here: which there are. Does not belong here: what is in them, writing them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from assets.readiness.frames import readiness_json
from assets.reports.decisions import LogLine, known_to, with_decisions
from assets.reports.model import Manifest
from assets.reports.page.briefs import render_briefs
from assets.reports.page.site import ReleaseData, render_pages
from assets.reports.release.publish import as_json

LOG_COPY = "decisions.jsonl"
"""The log of decisions as a release has it: up to the release, and all that was said about it."""

WITHDRAWN_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Taken back</title>
<p>The pages of this release were taken back because a consent was withdrawn. Its tables are in <code>data/</code>.</p>
</html>
"""


def texts_of(frames: Mapping[str, pd.DataFrame], manifest: Manifest, log: Sequence[LogLine]) -> dict[str, str]:
    """Return the text files of a release by path."""
    decisions = known_to(log, manifest.release_id)
    release = ReleaseData(frames, manifest, decisions)
    return {
        **render_pages(release),
        **render_briefs(release),
        "readiness.json": as_json(with_decisions(readiness_json(frames, manifest), decisions)),
        "manifest.json": as_json(manifest.as_json()),
        LOG_COPY: log_text(decisions),
    }


def texts_taken_back(manifest: Manifest, log: Sequence[LogLine]) -> dict[str, str]:
    """Return the text files of a release whose pages cannot be made again: none of them shows anything."""
    return {
        "index.html": WITHDRAWN_PAGE,
        "manifest.json": as_json(manifest.as_json()),
        LOG_COPY: log_text(known_to(log, manifest.release_id)),
    }


def log_text(lines: Sequence[LogLine]) -> str:
    """Return lines of the log as a file."""
    return "".join(line.as_line() for line in lines)
