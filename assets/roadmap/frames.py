"""The outline of the MVP and what is missing for it as tables, each row with its grade and evidence.

Belongs here: columns and their order, sentences that say what was found. Does not belong here: any rule (`mvp.py`).
"""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from assets.common.words import enumerated, number, sentence
from assets.evidence.basis import BASIS_COLUMNS, Basis
from assets.evidence.model import Grade
from assets.roadmap.inputs import DecisionRules
from assets.roadmap.mvp import Missing, MvpOutline, OutlineOf

REAL, TEXT, WHOLE, TRUTH, LIST = "double precision", "text", "bigint", "boolean", "text[]"
OUTLINE_COLUMNS: dict[str, str] = {
    "outline": TEXT,
    "usps": LIST,
    "segments": LIST,
    "value": REAL,
    "demand_share": REAL,
    "weeks_share": REAL,
    "win_share": REAL,
    "runner_up_usps": LIST,
    "runner_up_value": REAL,
    "margin": REAL,
    "cells": WHOLE,
    "cells_served": WHOLE,
    "effective_n": REAL,
    "weeks": REAL,
    "finding": TEXT,
    "realised_usps": LIST,
    "realised_share": REAL,
    **BASIS_COLUMNS,
}
SET_COLUMNS: dict[str, str] = {
    "outline": TEXT,
    "position": WHOLE,
    "usps": LIST,
    "segments": LIST,
    "win_share": REAL,
    "is_chosen": TRUTH,
    **BASIS_COLUMNS,
}
USP_COLUMNS: dict[str, str] = {
    "outline": TEXT,
    "usp_id": TEXT,
    "is_chosen": TRUTH,
    "chosen_share": REAL,
    "segments": LIST,
    "missing": LIST,
    **BASIS_COLUMNS,
}
GAP_COLUMNS: dict[str, str] = {
    "deliverable_id": TEXT,
    "title": TEXT,
    "standing": TEXT,
    "status": TEXT,
    "status_on": "date",
    "weeks": REAL,
    "is_weeks_known": TRUTH,
    "is_effort_stated": TRUTH,
    "usps": LIST,
    "segments": LIST,
    "outlines": LIST,
    **BASIS_COLUMNS,
}
"""Each: column to PostgreSQL type, in the order of the table."""

RULES_USED = ("weight_demand", "weight_effort", "most_usps")


def outline_frame(outlines: Iterable[MvpOutline], rules: DecisionRules | None) -> pd.DataFrame:
    """One row for each outline; columns as in `OUTLINE_COLUMNS`."""
    rows = []
    for each in outlines:
        second = each.outline.runner_up
        rows.append(
            (
                each.of.value,
                sorted(each.usps),
                sorted(each.outline.best.choice.segments),
                each.outline.best.value,
                each.demand_share,
                each.weeks_share,
                each.win_share,
                sorted(second.choice.usps) if second else [],
                second.value if second else None,
                each.outline.margin,
                len(each.cells),
                len(each.served),
                sum(cell.effective_n for cell in each.cells),
                each.weeks,
                finding(each),
                sorted(each.realised),
                each.realised_share,
                *_basis(each, rules).cells,
            )
        )
    return pd.DataFrame(rows, columns=list(OUTLINE_COLUMNS), dtype=object)


def set_frame(outlines: Iterable[MvpOutline], rules: DecisionRules | None) -> pd.DataFrame:
    """One row for each outline and set of USPs that is the best in some draw; columns as in `SET_COLUMNS`."""
    rows = [
        (
            each.of.value,
            position,
            sorted(choice.usps),
            sorted(choice.segments),
            share,
            choice.usps == each.usps,
            *_basis(each, rules).cells,
        )
        for each in outlines
        if not each.left_out
        for position, (choice, share) in enumerate(each.accepted.sets, start=1)
    ]
    return pd.DataFrame(rows, columns=list(SET_COLUMNS), dtype=object)


def usp_frame(outlines: Iterable[MvpOutline], rules: DecisionRules | None) -> pd.DataFrame:
    """One row for each outline and USP that it may choose; columns as in `USP_COLUMNS`."""
    rows = [
        (
            each.of.value,
            usp,
            usp in each.usps,
            each.accepted.usps.get(usp),
            sorted({cell.key[1] for cell in each.served if cell.key[0] == usp}),
            sorted(each.options.of_usp[usp]),
            *_basis(each, rules).cells,
        )
        for each in outlines
        for usp in each.options.usps
    ]
    return pd.DataFrame(rows, columns=list(USP_COLUMNS), dtype=object)


def gap_frame(missing: Iterable[Missing]) -> pd.DataFrame:
    """One row for each deliverable that is demanded and not done; columns as in `GAP_COLUMNS`."""
    rows = [
        (
            one.item.deliverable_id,
            one.item.title,
            one.item.standing.value,
            one.item.status,
            one.item.status_on,
            one.item.weeks,
            one.item.weeks is not None,
            one.item.effort_weeks is not None,
            list(one.usps),
            list(one.segments),
            [of.value for of in one.outlines],
            *(one.item.basis & one.demand).cells,
        )
        for one in missing
    ]
    return pd.DataFrame(rows, columns=list(GAP_COLUMNS), dtype=object)


def finding(each: MvpOutline) -> str:
    """Say what an outline comes to and how little it is based on, without figures that a cell has."""
    if each.left_out:
        return sentence([each.left_out, "on this evidence there is no outline"])
    heard = number(len({cell.key[2] for cell in each.cells if cell.voices}))
    claimed = number(len({cell.key[2] for cell in each.cells}))
    basis = f"of {claimed} problems that a selling point is claimed for, somebody spoke about {heard}"
    if not each.usps:
        return sentence(["no selling point is worth what is missing for it", basis])
    if each.of is OutlineOf.LEADS:
        return sentence(["this would be the outline if every lead held, which nobody has shown", basis])
    return sentence([f"validated for {enumerated(sorted(each.outline.best.choice.segments))}", basis])


def _basis(each: MvpOutline, rules: DecisionRules | None) -> Basis:
    """Return what a choice is based on: all that could be chosen, the ranking of segments, and the rules."""
    bases = [
        *(cell.claim.basis for cell in each.cells if cell.claim is not None),
        *(finding.basis for cell in each.cells for voice in cell.voices for finding in voice.findings),
    ]
    if rules is not None:
        bases.append(rules.basis(*RULES_USED))
    ids = (i for segment in each.segments for criterion in segment.criteria for i in criterion.evidence_ids)
    return Basis.all_of(bases).at_best(Grade.ESTIMATED).also(ids)
