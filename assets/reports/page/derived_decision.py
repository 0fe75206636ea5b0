"""How the numbers of the decision are made: probabilities of gates, worth of evidence, outlines of the MVP.

Belongs here: formulas in words, inputs, rows. Does not belong here: the models (`assets.decision`, `assets.roadmap`),
HTML.
"""

from __future__ import annotations

from typing import Any

from assets.reports.page.basis import CellName, Derivation, Derive, Input, Place
from assets.reports.page.cells import Cells

REQUIREMENTS, GATES, VERDICTS = "requirement_certainty", "gate_certainty", "verdict_certainty"
NEXT, OUTLINES, USPS, GAPS = "next_evidence", "mvp_outline", "mvp_usps", "mvp_gaps"
DELIVERABLES = "roadmap_deliverables"
COMPLETION = "requirement_completion"

MET = (
    "The probability that the true count is enough. Of what is on record each thing may be mistaken; and further "
    "things may not be on record, as many as a geometric distribution with this mean gives. Share and mean are drawn "
    "from the declared ranges; nine draws of ten lie between the ends."
)
ALL_MET = (
    "The product of the probabilities of all requirements, in each draw of the priors; then the mean of the draws."
)
WORTH = (
    "The share of the loss expected of deciding now that one such piece takes away, for each of three decisions. The "
    "loss is the chance to call a gate wrong, or what the segments or selling points chosen now bring less than the "
    "best ones in each draw. What a piece tells follows from a regression of the draws on what it is about, drawn "
    "together by the share of variance that one more voice resolves. Value is the weighted sum of the three, and is "
    "divided by the hours. docs/decision.md has the formulas."
)
OUTLINED = (
    "The weight of demand times the share of demand that is served, less the weight of effort times the share of all "
    "weeks that it takes. What is missing is listed with its weeks; where nobody knows them they are taken as the "
    "middle of those that are known. The choice is the best of all, by an integer programme. How often it wins is "
    "tried with draws of shares, segments, weeks that nobody stated, and weights. Served already is the share of "
    "demand of the selling points and segments that need nothing which is not done."
)
CHOSEN = "The share of draws of all that is not known in which the best choice has this selling point."
ADDED_UP = (
    "The newest counts of all milestones that state how many requirements of the class they planned and met, added up. "
    "The share is met, of planned."
)
WEEKS = "The weeks that somebody stated, else from the planned first day to the planned last day, both counted."


class DecisionDerivations:
    """Says how numbers of the decision are made."""

    def __init__(self, cells: Cells) -> None:
        self._cells = cells
        self.rules: dict[str, Derive] = {
            REQUIREMENTS: self._requirement,
            GATES: self._gate,
            VERDICTS: self._verdict,
            NEXT: self._next,
            OUTLINES: self._outline,
            USPS: lambda table, key: Derivation(CHOSEN, rows=self._ids(table, key)),
            COMPLETION: lambda table, key: Derivation(ADDED_UP, rows=self._ids(table, key)),
            GAPS: self._gap,
        }

    def _gap(self, table: str, key: str) -> Derivation:
        days = [
            Input(label, CellName(DELIVERABLES, key, column, "day"))
            for label, column in (("planned first day", "planned_start"), ("planned last day", "planned_end"))
            if self._cells.has(DELIVERABLES, key) and self._cells.value(DELIVERABLES, key, column) is not None
        ]
        return Derivation(WEEKS, tuple(days), self._ids(table, key))

    def _requirement(self, table: str, key: str) -> Derivation:
        results = "requirement_results"
        stated = [("on record", "value"), ("asked for", "threshold"), ("tolerated", "tolerance")]
        inputs = [
            Input(label, CellName(results, key, column, "quantity"), Place(results, key))
            for label, column in stated
            if self._cells.value(results, key, column) is not None
        ]
        inputs += [
            Input(label, CellName(table, key, column, "quantity"))
            for label, column in (("mean not on record", "unrecorded"), ("share mistaken", "mistaken_share"))
            if self._cells.value(table, key, column) is not None
        ]
        return Derivation(MET, tuple(inputs), self._priors(table, key))

    def _gate(self, _table: str, key: str) -> Derivation:
        return self._all_met(gate_id=key)

    def _verdict(self, _table: str, key: str) -> Derivation:
        return self._all_met(milestone_id=key)

    def _all_met(self, **of: str) -> Derivation:
        return Derivation(
            ALL_MET,
            tuple(
                self._probability(requirement, CellName("requirement_results", requirement, "title"))
                for requirement in self._cells.keys(REQUIREMENTS, **of)
            ),
        )

    def _probability(self, key: str, label: CellName) -> Input:
        low, high = (CellName(REQUIREMENTS, key, f"probability_{end}", "chance") for end in ("low", "high"))
        return Input(
            label, CellName(REQUIREMENTS, key, "probability", "chance"), Place(REQUIREMENTS, key), ends=(low, high)
        )

    def _next(self, table: str, key: str) -> Derivation:
        row = self._cells.row(table, key)
        inputs = [
            Input(label, CellName(table, key, column, form))
            for label, column, form in (
                *(("gates", "gates_share", "chance"), ("segments", "segments_share", "chance")),
                *(("selling points", "usps_share", "chance"), ("value", "value", "ratio")),
                ("value for an hour", "value_per_hour", "ratio"),
            )
        ]
        hours = (CellName(table, key, "hours_low", "quantity"), CellName(table, key, "hours_high", "quantity"))
        inputs.append(Input("hours", CellName(table, key, "hours", "quantity"), ends=hours))
        inputs += [
            self._probability(requirement, CellName("requirement_results", requirement, "title"))
            for requirement in row["requirement_ids"]
            if row["gates_share"] and self._cells.has(REQUIREMENTS, requirement)
        ]
        inputs += [
            Input(
                CellName("segment_criteria", criterion, "title"),
                CellName("segment_criteria", criterion, "middle", "ratio"),
                Place("segment_criteria", criterion),
            )
            for criterion in self._cells.keys("segment_criteria", segment_id=row["segment_id"])
            if row["segment_id"] is not None
        ]
        return Derivation(WORTH, tuple(inputs), self._priors(table, key))

    def _outline(self, table: str, key: str) -> Derivation:
        named = (
            ("share of demand served", "demand_share", "ratio"),
            ("share of all weeks", "weeks_share", "ratio"),
            ("value", "value", "ratio"),
            ("share of demand served already", "realised_share", "chance"),
        )
        inputs = [
            Input(label, CellName(table, key, column, form))
            for label, column, form in named
            if self._cells.value(table, key, column) is not None
        ]
        outline = self._cells.value(table, key, "outline")
        inputs += [
            Input(CellName(GAPS, gap, "title"), CellName(GAPS, gap, "weeks", "quantity"), Place(GAPS, gap))
            for gap in self._cells.keys(GAPS)
            if outline in self._cells.value(GAPS, gap, "outlines")
        ]
        return Derivation(OUTLINED, tuple(inputs), self._ids(table, key))

    def _priors(self, table: str, key: str) -> tuple[str, ...]:
        return tuple(row for row in self._ids(table, key) if row.startswith("readiness__decision_rules/"))

    def _ids(self, table: str, key: str) -> tuple[Any, ...]:
        return tuple(self._cells.evidence_ids(table, key))
