"""All tables of market evidence from all inputs, in one pure step.

Belongs here: the order of the models, and which rules a table is based on. Does not belong here: the models.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from assets.evidence.model import GRADE_ORDER, Grade
from assets.segments import frames
from assets.segments.inputs import MarketInputs, MarketRow
from assets.segments.matrix import Matrix, validation_matrix
from assets.segments.ranking import rank_segments
from assets.segments.synthesis import opportunities_of, saturation_of, themes_of

MATRIX_RULES = ("weight_", "decision_", "interval_", "pooling_")
RANKING_RULES = (*MATRIX_RULES, "pursue_", "known_", "drop_", "size_")
SATURATION_RULES = ("saturation_",)
"""Beginnings of the names of the rules that a table is based on."""


def market_frames(inputs: MarketInputs) -> dict[str, tuple[Mapping[str, str], pd.DataFrame]]:
    """Return columns and rows of each table by its name. Without rules all but the counts are empty."""
    grades = _grades(inputs)
    by_matrix, by_ranking, by_run = (
        frames.Sources(grades, _rules(inputs, names)) for names in (MATRIX_RULES, RANKING_RULES, SATURATION_RULES)
    )
    themes = frames.themes_frame(themes_of(inputs.findings), by_matrix)
    opportunities = frames.opportunities_frame(opportunities_of(inputs.findings), by_matrix)
    found: dict[str, tuple[Mapping[str, str], pd.DataFrame]] = {
        "themes": (frames.THEME_COLUMNS, themes),
        "opportunities": (frames.OPPORTUNITY_COLUMNS, opportunities),
    }
    rules = inputs.rules
    if rules is None:
        empty = {
            "validation_matrix": frames.MATRIX_COLUMNS,
            "validation_summary": frames.SUMMARY_COLUMNS,
            "validation_findings": frames.VOICE_COLUMNS,
            "saturation": frames.SATURATION_COLUMNS,
            "segment_ranking": frames.RANKING_COLUMNS,
            "segment_criteria": frames.CRITERIA_COLUMNS,
        }
        return found | {name: (columns, pd.DataFrame(columns=list(columns))) for name, columns in empty.items()}
    matrix: Matrix = validation_matrix(inputs.findings, inputs.claims, rules)
    ranked = rank_segments(inputs.profiles, inputs.findings, inputs.figures, matrix, rules)
    records = {record.segment_id: record.basis.ids for record in inputs.profiles}
    runs = saturation_of([interview.tags for interview in inputs.order], rules)
    held = sorted({evidence_id for interview in inputs.order for evidence_id in interview.basis.ids})
    return found | {
        "validation_matrix": (frames.MATRIX_COLUMNS, frames.matrix_frame(matrix, rules, by_matrix)),
        "validation_summary": (frames.SUMMARY_COLUMNS, frames.summary_frame(matrix, rules, by_matrix)),
        "validation_findings": (frames.VOICE_COLUMNS, frames.voices_frame(matrix, rules, by_matrix)),
        "saturation": (frames.SATURATION_COLUMNS, frames.saturation_frame(runs, held, by_run)),
        "segment_ranking": (frames.RANKING_COLUMNS, frames.ranking_frame(ranked, records, by_ranking)),
        "segment_criteria": (frames.CRITERIA_COLUMNS, frames.criteria_frame(ranked, records, rules, by_ranking)),
    }


def _rules(inputs: MarketInputs, names: tuple[str, ...]) -> list[str]:
    return [i for rule, basis in inputs.rule_rows.items() if rule.startswith(names) for i in basis.ids]


def _grades(inputs: MarketInputs) -> dict[str, Grade]:
    """Return the grade of each row of evidence, never better than it is.

    A row of a mart has the weakest grade of what it is based on, so an id is at least as strong as its strongest row.
    """
    rows: list[MarketRow] = [*inputs.findings, *inputs.claims, *inputs.profiles, *inputs.figures, *inputs.order]
    grades: dict[str, Grade] = {}
    for basis in (*(row.basis for row in rows), *inputs.rule_rows.values()):
        for evidence_id in basis.ids:
            known = grades.get(evidence_id, Grade.NOT_FOUND)
            grades[evidence_id] = min(basis.grade, known, key=GRADE_ORDER.index)
    return grades
