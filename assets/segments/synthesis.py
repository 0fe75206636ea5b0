"""What the conversations say together: themes, opportunities, and whether more of them would bring anything new.

Belongs here: counts and scores over findings, pure. Does not belong here: the matrix, the ranking, tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from assets.segments.inputs import KINDS, CodedFinding, Kind, Rules
from assets.segments.pooling import Array

RESAMPLES = 2000
SEED = 20261123
"""Any fixed number would do; the same evidence has to give the same interval."""


@dataclass(frozen=True)
class Theme:
    """A tag in one segment, or in all (`segment_id` None): how many of those who spoke there brought it up, by kind."""

    tag: str
    segment_id: str | None
    mentioning: Mapping[Kind, int]
    sources: Mapping[Kind, int]
    strong: int
    """Of those who brought it up, how many did so strongly."""
    segments: int
    """Segments in which it came up."""
    segments_heard: int
    """Segments of which anybody spoke."""
    findings: tuple[CodedFinding, ...]


@dataclass(frozen=True)
class Opportunity:
    """How much a problem matters to those who scored it, and how badly it is solved for them.

    `score` = importance + max(importance - satisfaction, 0), 0 to 20, of the means (Ulwick 2002, "Turn customer input
    into innovation", Harvard Business Review 80(1)). The interval is a bootstrap over sources; None for fewer than two.
    A source is an organisation, as in the matrix: two people of one are not independent.
    """

    problem_id: str
    sources: int
    segments: int
    importance: float
    satisfaction: float
    score: float
    score_low: float | None
    score_high: float | None
    findings: tuple[CodedFinding, ...]


@dataclass(frozen=True)
class SaturationRun:
    """A run of interviews in the order in which they were held, and the tags that it brought for the first time."""

    run: int
    interviews: int
    interviews_so_far: int
    new_tags: int
    tags_so_far: int
    new_share: float | None
    """New tags over those of the first run (Guest, Namey and Chen 2020); None for the first run itself."""
    is_saturated: bool


def themes_of(findings: Iterable[CodedFinding]) -> tuple[Theme, ...]:
    """Count each tag by segment and over all, most mentioned in interviews first. A source is counted once."""
    listed = [finding for finding in findings if finding.tag is not None]
    heard = {finding.segment_id for finding in listed}
    themes = []
    for tag in sorted({finding.tag for finding in listed if finding.tag is not None}):
        said = [finding for finding in listed if finding.tag == tag]
        segments = {finding.segment_id for finding in said}
        themes.append(_theme(tag, None, said, listed, len(segments), len(heard)))
        for segment in sorted(segments):
            there = [finding for finding in listed if finding.segment_id == segment]
            themes.append(_theme(tag, segment, [f for f in said if f.segment_id == segment], there, 1, 1))
    return tuple(sorted(themes, key=_most_mentioned))


def opportunities_of(findings: Iterable[CodedFinding]) -> tuple[Opportunity, ...]:
    """Score each problem of which somebody scored importance and satisfaction, greatest first. One score an
    organisation.
    """
    scored: dict[str, list[CodedFinding]] = {}
    for finding in findings:
        if finding.problem_id and finding.importance is not None and finding.satisfaction is not None:
            scored.setdefault(finding.problem_id, []).append(finding)
    found = [_opportunity(problem, said) for problem, said in sorted(scored.items())]
    return tuple(sorted(found, key=lambda item: (-item.score, item.problem_id)))


def saturation_of(interviews: Sequence[frozenset[str]], rules: Rules) -> tuple[SaturationRun, ...]:
    """Tell whether the last interviews still brought new tags.

    `interviews` has the tags of each interview, in the order in which they were held. They are taken in runs of
    `saturation_run`, so that no run describes a single one; what is left over goes with the last run. A run is
    saturated if its new tags are at most `saturation_new_share` of the tags of the first run (the method of Guest,
    Namey and Chen 2020, "A simple method to assess and report thematic saturation", PLoS ONE 15(5)).
    """
    size = int(rules.saturation_run)
    whole = len(interviews) // size
    bounds = [(i * size, (i + 1) * size if i + 1 < whole else len(interviews)) for i in range(whole)]
    known: set[str] = set()
    base = 0
    runs = []
    for number, (start, end) in enumerate(bounds, start=1):
        tags = set().union(*interviews[start:end])
        new = len(tags - known)
        known |= tags
        base = base or new
        share = new / base if number > 1 and base else None
        is_saturated = share is not None and share <= rules.saturation_new_share
        runs.append(SaturationRun(number, end - start, end, new, len(known), share, is_saturated))
    return tuple(runs)


def _theme(
    tag: str,
    segment: str | None,
    said: Sequence[CodedFinding],
    there: Sequence[CodedFinding],
    segments: int,
    heard: int,
) -> Theme:
    return Theme(
        tag=tag,
        segment_id=segment,
        mentioning=_by_kind(said),
        sources=_by_kind(there),
        strong=len({finding.source_key for finding in said if finding.strength == "strong"}),
        segments=segments,
        segments_heard=heard,
        findings=tuple(said),
    )


def _by_kind(said: Iterable[CodedFinding]) -> dict[Kind, int]:
    spoken = {(finding.kind, finding.source_key) for finding in said}
    return {kind: sum(of == kind for of, _ in spoken) for kind in KINDS}


def _most_mentioned(theme: Theme) -> tuple[int, int, str, str]:
    return (-theme.mentioning["interview"], -theme.mentioning["signal"], theme.tag, theme.segment_id or "")


def _opportunity(problem: str, said: Sequence[CodedFinding]) -> Opportunity:
    by_organisation: dict[str, list[CodedFinding]] = {}
    for finding in said:
        by_organisation.setdefault(finding.organisation_key, []).append(finding)
    # of several scores of one organisation for one problem the most pressing counts
    chosen = [
        max(group, key=lambda f: (f.importance or 0) - (f.satisfaction or 0)) for group in by_organisation.values()
    ]
    scores = np.array([(finding.importance, finding.satisfaction) for finding in chosen], dtype=float)
    importance, satisfaction = scores.mean(axis=0).tolist()
    low = high = None
    if len(scores) > 1:
        drawn = np.random.default_rng(SEED).integers(0, len(scores), size=(RESAMPLES, len(scores)))
        low, high = np.quantile(_score(*scores[drawn].mean(axis=1).T), [0.05, 0.95]).tolist()
    return Opportunity(
        problem_id=problem,
        sources=len(chosen),
        segments=len({finding.segment_id for finding in chosen}),
        importance=importance,
        satisfaction=satisfaction,
        score=float(_score(np.array(importance), np.array(satisfaction))),
        score_low=low,
        score_high=high,
        findings=tuple(said),
    )


def _score(importance: Array, satisfaction: Array) -> Array:
    return np.asarray(importance + np.maximum(importance - satisfaction, 0))
