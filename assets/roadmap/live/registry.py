"""The roadmap as evidence that is refreshed: who can be asked, and who judges the answers."""

from __future__ import annotations

from assets.evidence.packs import LIVE_ROADMAP
from assets.evidence.tables.roadmap import DELIVERABLES, REFRESHED_TABLES, STATES
from assets.refresh.interfaces import Listed, Refreshed
from assets.roadmap.live.github import REPOSITORY, TOKEN, GitHub
from assets.roadmap.live.model import KnownRoadmap, WorkObservation, judge_roadmap

ROADMAP: Refreshed[KnownRoadmap, WorkObservation] = Refreshed(
    pack=LIVE_ROADMAP,
    tables=REFRESHED_TABLES,
    looked_for="state",
    known=lambda evidence: KnownRoadmap(evidence.records[DELIVERABLES], evidence.records[STATES]),
    judge=judge_roadmap,
    sources=(Listed("github", lambda _, given: GitHub(given[REPOSITORY], given.get(TOKEN, "")), REPOSITORY),),
)
