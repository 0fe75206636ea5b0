"""Matrix, synthesis and ranking as tables, each row with its grade and evidence.

Belongs here: columns and their order, sentences that say why. Does not belong here: any rule (the models).

A cell is based on what was said in it and, through pooling, in its group; on the rows that claim it; and on the rules.
Saturation is based on all findings of interviews in every row: which of them a run holds is not told.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

import pandas as pd

from assets.common.numerals import beside
from assets.evidence.basis import BASIS_COLUMNS, Basis
from assets.evidence.model import Grade, weakest
from assets.segments.inputs import KINDS, CodedFinding, Kind, Rules
from assets.segments.matrix import CellStatus, Count, Group, Matrix, ValidationCell
from assets.segments.ranking import CRITERIA, RULES, RankedSegment
from assets.segments.synthesis import Opportunity, SaturationRun, Theme

SHARE = dict.fromkeys(
    ("posterior_mean", "posterior_low", "posterior_high", "probability_above_half"), "double precision"
)

COUNTS = {column: "integer" for kind in KINDS for column in (f"{kind}s_agree", f"{kind}s")}
"""Of those of each kind who spoke, how many agree: two columns each, such as `interviews_agree`, `interviews`."""

MATRIX_COLUMNS: dict[str, str] = {
    "usp_id": "text",
    "problem_id": "text",
    "segment_id": "text",
    "status": "text",
    "is_claimed": "boolean",
    "supporting": "integer",
    "sources": "integer",
    **COUNTS,
    "effective_n": "double precision",
    **SHARE,
    "reason": "text",
    **BASIS_COLUMNS,
}
SUMMARY_COLUMNS: dict[str, str] = {
    "usp_id": "text",
    "problem_id": "text",
    "status": "text",
    "supporting": "integer",
    "sources": "integer",
    **COUNTS,
    "segments_supporting": "integer",
    "segments": "integer",
    "effective_n": "double precision",
    **SHARE,
    "reason": "text",
    **BASIS_COLUMNS,
}
VOICE_COLUMNS: dict[str, str] = {
    "finding_id": "text",
    "usp_id": "text",
    "problem_id": "text",
    "segment_id": "text",
    "kind": "text",
    "relation": "text",
    "weight": "double precision",
    **BASIS_COLUMNS,
}
THEME_COLUMNS: dict[str, str] = {
    "tag": "text",
    "segment_id": "text",
    "interviews_mentioning": "integer",
    "interviews": "integer",
    "signals_mentioning": "integer",
    "signals": "integer",
    "strong": "integer",
    "segments": "integer",
    "segments_heard": "integer",
    **BASIS_COLUMNS,
}
OPPORTUNITY_COLUMNS: dict[str, str] = {
    "problem_id": "text",
    "sources": "integer",
    "segments": "integer",
    "importance": "double precision",
    "satisfaction": "double precision",
    "score": "double precision",
    "score_low": "double precision",
    "score_high": "double precision",
    **BASIS_COLUMNS,
}
SATURATION_COLUMNS: dict[str, str] = {
    "run": "integer",
    "interviews": "integer",
    "interviews_so_far": "integer",
    "new_tags": "integer",
    "tags_so_far": "integer",
    "new_share": "double precision",
    "is_saturated": "boolean",
    **BASIS_COLUMNS,
}
RANKING_COLUMNS: dict[str, str] = {
    "segment_id": "text",
    "position": "integer",
    "decision": "text",
    "first_share": "double precision",
    "among_first_share": "double precision",
    "expected_rank": "double precision",
    "rank_shares": "double precision[]",
    "known_criteria": "integer",
    "criteria": "integer",
    **BASIS_COLUMNS,
}
CRITERIA_COLUMNS: dict[str, str] = {
    "segment_id": "text",
    "criterion": "text",
    "title": "text",
    "low": "double precision",
    "middle": "double precision",
    "high": "double precision",
    "basis": "integer",
    "is_known": "boolean",
    "rule": "text",
    **BASIS_COLUMNS,
}
"""Each: column to PostgreSQL type, in the order of the table."""


class Sources:
    """Grades of evidence ids, gathered from what the models took in, and the ids of the rules."""

    def __init__(self, grades: Mapping[str, Grade], rule_ids: Sequence[str]) -> None:
        self._grades = grades
        self._rule_ids = rule_ids

    def of(self, evidence_ids: Iterable[str], *, with_rules: bool = True) -> tuple[str, list[str]]:
        """Return the weakest grade of `evidence_ids`, and them, sorted; with the rules that were applied."""
        ids = frozenset(evidence_ids).union(self._rule_ids if with_rules else ())
        return Basis(weakest(self._grades[evidence_id] for evidence_id in ids), ids).cells


def matrix_frame(matrix: Matrix, rules: Rules, sources: Sources) -> pd.DataFrame:
    """One row per cell; columns as in `MATRIX_COLUMNS`."""
    said = matrix.said()
    rows = [
        (
            cell.key[0],
            cell.key[2],
            cell.key[1],
            cell.status.value,
            cell.claim is not None,
            cell.supporting,
            cell.sources,
            *_counts(cell.counts),
            cell.effective_n,
            *_share(cell),
            reason(cell, rules),
            *sources.of({*said[cell.key[0], cell.key[2]], *(cell.claim.basis.ids if cell.claim else ())}),
        )
        for cell in matrix.cells
    ]
    return pd.DataFrame(rows, columns=list(MATRIX_COLUMNS), dtype=object)


def summary_frame(matrix: Matrix, rules: Rules, sources: Sources) -> pd.DataFrame:
    """One row per USP and problem over all segments; columns as in `SUMMARY_COLUMNS`."""
    said = matrix.said()
    rows = [
        (
            *group.key,
            group.status.value,
            group.supporting,
            group.sources,
            *_counts(group.counts),
            group.segments_supporting,
            group.segments,
            group.effective_n,
            *_share(group),
            reason(group, rules),
            *sources.of({*said[group.key], *_claimed_by(group.cells)}),
        )
        for group in matrix.groups
    ]
    return pd.DataFrame(rows, columns=list(SUMMARY_COLUMNS), dtype=object)


def voices_frame(matrix: Matrix, rules: Rules, sources: Sources) -> pd.DataFrame:
    """One row per finding and cell that it speaks about; columns as in `VOICE_COLUMNS`."""
    rows = [
        (
            finding.finding_id,
            cell.key[0],
            cell.key[2],
            cell.key[1],
            finding.kind,
            finding.relation,
            rules.weight(finding),
            *sources.of(finding.basis.ids, with_rules=False),
        )
        for cell in matrix.cells
        for voice in cell.voices
        for finding in voice.findings
    ]
    return pd.DataFrame(rows, columns=list(VOICE_COLUMNS), dtype=object)


def themes_frame(themes: Iterable[Theme], sources: Sources) -> pd.DataFrame:
    """One row per tag over all segments, and one per tag and segment; columns as in `THEME_COLUMNS`."""
    rows = [
        (
            theme.tag,
            theme.segment_id,
            theme.mentioning["interview"],
            theme.sources["interview"],
            theme.mentioning["signal"],
            theme.sources["signal"],
            theme.strong,
            theme.segments,
            theme.segments_heard,
            *sources.of(_ids(theme.findings), with_rules=False),
        )
        for theme in themes
    ]
    return pd.DataFrame(rows, columns=list(THEME_COLUMNS), dtype=object)


def opportunities_frame(opportunities: Iterable[Opportunity], sources: Sources) -> pd.DataFrame:
    """One row per problem that was scored; columns as in `OPPORTUNITY_COLUMNS`."""
    rows = [
        (
            found.problem_id,
            found.sources,
            found.segments,
            found.importance,
            found.satisfaction,
            found.score,
            found.score_low,
            found.score_high,
            *sources.of(_ids(found.findings), with_rules=False),
        )
        for found in opportunities
    ]
    return pd.DataFrame(rows, columns=list(OPPORTUNITY_COLUMNS), dtype=object)


def saturation_frame(runs: Iterable[SaturationRun], interview_ids: Sequence[str], sources: Sources) -> pd.DataFrame:
    """One row per run of interviews; columns as in `SATURATION_COLUMNS`."""
    rows = [
        (
            found.run,
            found.interviews,
            found.interviews_so_far,
            found.new_tags,
            found.tags_so_far,
            found.new_share,
            found.is_saturated,
            *sources.of(interview_ids),
        )
        for found in runs
    ]
    return pd.DataFrame(rows, columns=list(SATURATION_COLUMNS), dtype=object)


def ranking_frame(
    ranked: Sequence[RankedSegment], records: Mapping[str, Collection[str]], sources: Sources
) -> pd.DataFrame:
    """One row per segment; columns as in `RANKING_COLUMNS`. `records` has the ids behind each segment.

    Every row is based on all segments: a place is one among others.
    """
    ids = {evidence_id for found in ranked for evidence_id in records[found.segment_id]}
    ids |= {i for found in ranked for criterion in found.criteria for i in criterion.evidence_ids}
    provenance = sources.of(ids)
    rows = [
        (
            found.segment_id,
            found.position,
            found.decision.value,
            found.acceptabilities[0],
            found.among_first,
            found.expected_rank,
            list(found.acceptabilities),
            sum(criterion.is_known for criterion in found.criteria),
            len(found.criteria),
            *provenance,
        )
        for found in ranked
    ]
    return pd.DataFrame(rows, columns=list(RANKING_COLUMNS), dtype=object)


def criteria_frame(
    ranked: Iterable[RankedSegment], records: Mapping[str, Collection[str]], rules: Rules, sources: Sources
) -> pd.DataFrame:
    """One row per segment and criterion; columns as in `CRITERIA_COLUMNS`."""
    rows = []
    for found in sorted(ranked, key=lambda segment: segment.segment_id):
        for criterion in found.criteria:
            low, high = criterion.bounds(rules.interval_probability)
            # what nothing is known about still is based on the row that asks for it
            ids = criterion.evidence_ids or records[found.segment_id]
            values = (low, criterion.middle, high, criterion.things, criterion.is_known, RULES[criterion.name])
            rows.append((found.segment_id, criterion.name, CRITERIA[criterion.name], *values, *sources.of(ids)))
    return pd.DataFrame(rows, columns=list(CRITERIA_COLUMNS), dtype=object)


def reason(found: ValidationCell | Group, rules: Rules) -> str:
    """Say why a cell or a group has its status."""
    needed, asked = rules.decision_effective_n, rules.decision_probability
    n = beside(found.effective_n, needed)
    worth = f"worth {n} {'interview' if n == '1' else 'interviews'}"
    if found.sources == 0:
        return "nobody has said or shown anything about it"
    if not rules.is_enough(found.effective_n):
        began = "not claimed before it came up; " if found.status is CellStatus.NEW else ""
        return f"{began}what was said is {worth}, {needed:g} are needed"
    above = beside(found.share.above_half, asked, 1 - asked, 1)
    below = beside(1 - found.share.above_half, asked, 1)
    agree = {
        CellStatus.VALIDATED: f"probability {above} that most agree, {asked:g} needed",
        CellStatus.INVALIDATED: f"probability {below} that most do not agree, {asked:g} needed",
    }.get(found.status, f"probability {above} that most agree, which points neither way")
    return f"{worth}; {agree}"


def _counts(counts: Mapping[Kind, Count]) -> list[int]:
    return [number for kind in KINDS for number in (counts[kind].agree, counts[kind].said)]


def _share(found: ValidationCell | Group) -> tuple[float, float, float, float]:
    return (found.share.mean, found.share.low, found.share.high, found.share.above_half)


def _ids(findings: Iterable[CodedFinding]) -> set[str]:
    return {evidence_id for finding in findings for evidence_id in finding.basis.ids}


def _claimed_by(cells: Iterable[ValidationCell]) -> set[str]:
    return {i for cell in cells if cell.claim for i in cell.claim.basis.ids}
