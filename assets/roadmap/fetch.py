"""What the outline of an MVP is made from, read from the marts.

Belongs here: SQL and the way from its rows to the types of `inputs.py`. Writes nothing.
Does not belong here: arithmetic.
"""

from __future__ import annotations

from typing import Any

import psycopg

from assets.common.tables import read_frozen_rows
from assets.evidence.basis import Basis, with_basis
from assets.roadmap.graph import RoadmapGraph, RoadmapItem
from assets.roadmap.inputs import DecisionRules, RoadmapInputs, Spread
from assets.roadmap.outline import Choice
from assets.segments import fetch as market

READ = (
    *("decision_rules", "findings", "interview_order", "market_sizes", "roadmap_deliverables", "segment_profiles"),
    *("segment_rules", "source_organisations", "usp_claims"),
)
"""Marts that this reads, market evidence included."""
DELIVERABLES = """
select deliverable_id, title, status, status_on, kind = 'milestone_deliverable' as is_of_milestone,
    kind = 'derived_gap' as is_inferred, needs, usp_ids, segment_ids,
    planned_start, planned_end, effort_weeks, grade, evidence_ids
from marts.roadmap_deliverables where grade <> 'illustrative' order by deliverable_id
"""
RULES = """
select rule_id, coalesce(low, value) as low, value, coalesce(high, value) as high, grade, evidence_ids
from marts.decision_rules where value is not null order by rule_id
"""

SETS = "select outline, usps, segments from model.mvp_sets order by outline = 'validated' desc, position"


def read_inputs(connection: psycopg.Connection[Any]) -> RoadmapInputs:
    """Read everything."""
    items = [_item(row) for row in read_frozen_rows(connection, DELIVERABLES)]
    return RoadmapInputs(
        market=market.read_inputs(connection),
        graph=RoadmapGraph({item.deliverable_id: item for item in items}),
        rules=read_rules(connection),
    )


def read_rules(connection: psycopg.Connection[Any]) -> DecisionRules | None:
    """Read the rules of the decision; None where there are none yet."""
    rows = read_frozen_rows(connection, RULES)
    if not rows:
        return None
    return DecisionRules(
        spreads={row["rule_id"]: Spread(row["low"], row["value"], row["high"]) for row in rows},
        bases={row["rule_id"]: Basis.of(row) for row in rows},
    )


def read_sets(connection: psycopg.Connection[Any]) -> list[Choice]:
    """Read the choices that are the best in some draw, of the outline on what is validated, else of that on leads."""
    rows = read_frozen_rows(connection, SETS)
    best = [row for row in rows if row["outline"] == rows[0]["outline"]]
    return [Choice(frozenset(row["usps"]), frozenset(row["segments"])) for row in best]


def _item(row: dict[str, Any]) -> RoadmapItem:
    edges = {name: frozenset(row[name]) for name in ("needs", "usp_ids", "segment_ids")}
    return RoadmapItem(**with_basis(row) | edges)
