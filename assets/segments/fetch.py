"""What the models of market evidence know, read from the marts.

Belongs here: SQL and the way from its rows to the types of `inputs.py`. Writes nothing.
Does not belong here: arithmetic.
"""

from __future__ import annotations

from typing import Any

import psycopg

from assets.common.tables import read_frozen_rows
from assets.evidence.basis import Basis, with_basis
from assets.segments.inputs import Claim, CodedFinding, MarketFigure, MarketInputs, Order, Rules, SegmentRecord

FINDINGS = """
select f.finding_id, f.kind, f.source_key, coalesce(o.organisation_key, f.source_key) as organisation_key, f.segment_id,
    f.tag, f.usp_id, f.problem_id, f.relation, f.strength, f.grade, f.importance, f.satisfaction, f.evidence_ids
from marts.findings as f left join marts.source_organisations as o using (source_key) order by f.finding_id
"""
CLAIMS = "select usp_id, segment_id, problem_id, grade, evidence_ids from marts.usp_claims"
PROFILES = """
select segment_id, relevant_usps as usp_ids, open_gaps, unknown_gaps, users, leavers, grade, evidence_ids
from marts.segment_profiles order by segment_id
"""
FIGURES = """
select segment_id, family, comparable_value as value, grade, evidence_ids
from marts.market_sizes where comparable_value is not null order by market_size_id
"""
RULES = "select rule_id, value, grade, evidence_ids from marts.segment_rules where value is not null order by rule_id"
ORDER = "select tags, grade, evidence_ids from marts.interview_order order by position"


def read_inputs(connection: psycopg.Connection[Any]) -> MarketInputs:
    """Read everything. Raises `ValueError` if some rules are there and others are not."""
    rules = read_frozen_rows(connection, RULES)
    order = read_frozen_rows(connection, ORDER)
    return MarketInputs(
        findings=tuple(CodedFinding(**with_basis(row)) for row in read_frozen_rows(connection, FINDINGS)),
        claims=tuple(Claim(**with_basis(row)) for row in read_frozen_rows(connection, CLAIMS)),
        profiles=tuple(SegmentRecord(**with_basis(row)) for row in read_frozen_rows(connection, PROFILES)),
        figures=tuple(MarketFigure(**with_basis(row)) for row in read_frozen_rows(connection, FIGURES)),
        order=tuple(Order(frozenset(row["tags"]), Basis.of(row)) for row in order),
        rules=Rules.of({row["rule_id"]: row["value"] for row in rules}) if rules else None,
        rule_rows={row["rule_id"]: Basis.of(row) for row in rules},
    )
