"""How the numbers of market evidence are made: weights, shares that agree, criteria, places in a ranking.

Belongs here: formulas in words, inputs, rows. Does not belong here: the models (`assets.segments`), HTML.
"""

from __future__ import annotations

from typing import Any

from assets.reports.page.basis import CellName, Derivation, Derive, Input, Place
from assets.reports.page.cells import Cells

SHARED = "segments__rules/"
"""Weights and thresholds: the same dozen of rows under each judgement."""

PRIOR = (
    "Before anybody spoke, any share of a segment is as likely as any other, and the share in common has the prior "
    "that this takes. How alike segments are has a prior between the "
    "declared ends of the concentration (Gelman et al., Bayesian Data Analysis, on partial pooling; docs/segments.md "
    "has the formula). The ends of the share are those of the interval in the rules."
)
OF_SEGMENT = (
    "Each who spoke counts with a weight, for or against. The share of customers of this segment that agree is a beta "
    "distribution of these weights, drawn towards what other segments said of the same; both are listed below. " + PRIOR
)
OF_ALL = (
    "The share that all segments have in common, not that of one of them. Each who spoke counts with a weight, for or "
    "against, in the beta distribution of its own segment; the segments vary about what they have in common. " + PRIOR
)
OF_RECORD: dict[str, tuple[tuple[tuple[str, str], ...], tuple[str, ...]]] = {
    "technical_gaps": (
        (("gaps that are open", "open_gaps"), ("gaps whose state is not known", "unknown_gaps")),
        ("segments__segments/", "roadmap__"),
    ),
    "integrations": (
        (("projects that use it", "users"), ("projects that left", "leavers")),
        ("segments__integrations/",),
    ),
}
"""By criterion that is counted from the record of a segment: the counts, and the tables that they are of."""
THEME = (
    "How many brought it up, of all who spoke; and in how many segments, of all segments in which anybody spoke. Who "
    "speaks of several segments, or in several sources, is counted once. All who spoke are listed, each with a "
    "segment; the rows are of those who brought it up."
)
WEIGHT = (
    "Three weights multiplied: of how it was heard, of how strongly it was said (its points over those of strong), and "
    "of its grade."
)
RANKED = (
    "The share of all weightings of the criteria in which the segment comes first, or among those to pursue, against "
    "the same criteria of all other segments."
)
ENDS = "The scale goes from zero to one, the best. The ends shown are those of the interval that the rules declare."


class MarketDerivations:
    """Says how numbers of market evidence are made."""

    def __init__(self, cells: Cells) -> None:
        self._cells = cells
        self.rules: dict[str, Derive] = {
            "segment_criteria": self._criterion,
            "segment_ranking": self._rank,
            "themes": self._theme,
            "validation_findings": self._weight,
            "validation_matrix": self._of_segment,
            "validation_summary": self._of_all,
        }

    def _theme(self, table: str, key: str) -> Derivation:
        """Return who brought a theme up, and in which segments anybody spoke."""
        if self._value(table, key, "segment_id") is not None:
            return Derivation(THEME, rows=self._ids(table, key))
        spoke: dict[tuple[str, str], Input] = {}
        for finding in self._cells.keys("findings"):
            names = (self._value("findings", finding, "source_key"), self._value("findings", finding, "segment_id"))
            source, segment = (CellName("findings", finding, column, "word") for column in ("source_key", "segment_id"))
            spoke.setdefault(names, Input(source, segment))
        return Derivation(THEME, tuple(spoke[names] for names in sorted(spoke)), self._ids(table, key))

    def _criterion(self, table: str, key: str) -> Derivation:
        row = self._cells.row(table, key)
        cells = self._cells.keys("validation_matrix", segment_id=row["segment_id"])
        shares = [
            Input(
                CellName("validation_matrix", cell, "usp_id", "word"),
                CellName("validation_matrix", cell, "posterior_mean", "ratio"),
                Place("validation_matrix", cell),
                ends=(
                    CellName("validation_matrix", cell, "posterior_low", "ratio"),
                    CellName("validation_matrix", cell, "posterior_high", "ratio"),
                ),
            )
            for cell in (cells if row["criterion"] == "usp_fit" else ())
            if self._value("validation_matrix", cell, "usp_id") is not None
        ]
        segment, columns, tables = row["segment_id"], *OF_RECORD.get(row["criterion"], ((), ()))
        counts = tuple(
            Input(label, CellName("segment_profiles", segment, column, "count"))
            for label, column in columns
            if self._cells.has("segment_profiles", segment)
        )
        rows = tuple(row for row in self._ids(table, key) if not tables or row.startswith((SHARED, *tables)))
        return Derivation(f"{row['rule']} {ENDS}", (*counts, *shares), rows)

    def _of_segment(self, table: str, key: str) -> Derivation:
        return self._judged(table, key, OF_SEGMENT)

    def _of_all(self, table: str, key: str) -> Derivation:
        return self._judged(table, key, OF_ALL)

    def _judged(self, table: str, key: str, formula: str) -> Derivation:
        """Return a share that agrees, made of what was said in all segments."""
        where = {name: self._value(table, key, name) for name in ("usp_id", "problem_id")}
        voices = self._cells.keys("validation_findings", **where)
        inputs = tuple(
            Input(
                Place("validation_findings", voice),
                CellName("validation_findings", voice, "weight", "ratio"),
                Place("validation_findings", voice),
            )
            for voice in voices
        )
        told = {row for voice in voices for row in self._ids("validation_findings", voice)}
        return Derivation(formula, inputs, tuple(row for row in self._ids(table, key) if row not in told))

    def _weight(self, table: str, key: str) -> Derivation:
        row = self._cells.row(table, key)
        said = row["finding_id"].partition(" ")[0]  # of a session one for each selling point: "<evidence id> <usp id>"
        pair = {name: row[name] for name in ("usp_id", "problem_id")}
        rules = [
            evidence_id
            for summary in self._cells.keys("validation_summary", **pair)
            for evidence_id in self._ids("validation_summary", summary)
            if evidence_id.startswith(SHARED)
        ]
        return Derivation(WEIGHT, rows=(said, *rules))

    def _rank(self, table: str, key: str) -> Derivation:
        criteria = self._cells.keys("segment_criteria", segment_id=self._value(table, key, "segment_id"))
        inputs = tuple(
            Input(
                CellName("segment_criteria", criterion, "title"),
                CellName("segment_criteria", criterion, "middle", "ratio"),
                Place("segment_criteria", criterion),
            )
            for criterion in criteria
        )
        rules = tuple(row for row in self._ids(table, key) if row.startswith(SHARED))
        return Derivation(RANKED, inputs, rules)

    def _ids(self, table: str, key: str) -> tuple[str, ...]:
        return tuple(self._cells.evidence_ids(table, key))

    def _value(self, table: str, key: str, column: str) -> Any:
        return self._cells.value(table, key, column)
