"""A small market as a release holds it: the real frames of a few findings, and the marts that name them."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from functools import cache
from typing import Any

import pandas as pd

from assets.segments.inputs import CodedFinding, MarketInputs, Order, Rules, SegmentRecord
from assets.segments.market import market_frames
from tests.unit.bases import based
from tests.unit.segments_world import RULES, claim, finding

RULE_ROWS = {field.name: based("estimated", f"segments__rules/{field.name}") for field in fields(Rules)}


def _said(name: str, **changes: Any) -> CodedFinding:
    evidence_id = f"interviews__findings/{name}"
    return finding(name, finding_id=evidence_id, basis=based("published", evidence_id), **changes)


SPOKEN = (
    _said("one", importance=9.0, satisfaction=3.0),
    _said("two", relation="contradicts"),
    _said("three", usp_id=None, problem_id="slow", tag="latency"),
    _said("four", segment_id="other"),
    finding(
        "project k1",
        finding_id="interviews__sessions/k1 private",
        kind="session",
        relation="contradicts",
        strength="weak",
        tag=None,
        problem_id=None,
        basis=based("published", "interviews__sessions/k1", "segments__usps/private"),
    ),
)
EVIDENCE: dict[str, str] = {
    **{evidence_id: row.basis.grade for row in SPOKEN for evidence_id in row.basis.ids},
    **{evidence_id: basis.grade for basis in RULE_ROWS.values() for evidence_id in basis.ids},
    "segments__segments/chat": "published",
    "segments__segments/games": "published",
    "segments__integrations/messenger": "published",
    "segments__market_sizes/locked": "published",
    "segments__market_sizes/locked_alt": "published",
    "segments__usps/private": "published",
    "segments__usp_evidence/delay": "published",
    "segments__problems/exposed": "published",
    "interviews__tags/privacy": "published",
}
"""Grade of each row of evidence under these tables."""


@cache
def market_tables(findings: tuple[CodedFinding, ...] = SPOKEN) -> dict[str, pd.DataFrame]:
    """Return the tables by name. Quotes are there for the first finding only."""
    inputs = MarketInputs(
        findings=findings,
        claims=(claim(), claim(segment_id="games", problem_id=None)),
        profiles=tuple(_profile(name) for name in ("chat", "games")),
        figures=(),
        order=tuple(Order(frozenset({tag}), based("published", "interviews__findings/one")) for tag in "abcdef"),
        rules=RULES,
        rule_rows=RULE_ROWS,
    )
    return {name: frame for name, (_, frame) in market_frames(inputs).items()} | {
        "findings": _rows("finding_id", [row.finding_id for row in findings], statement=None).assign(
            statement=["Everybody sees who talks", *[None] * (len(findings) - 1)][: len(findings)],
            kind=[row.kind for row in findings],
            source_key=[row.source_key for row in findings],
            segment_id=[row.segment_id for row in findings],
        ),
        "usp_register": _rows(
            "usp_id",
            ["private"],
            name="Private by design",
            maturity="testnet",
            where_claimed="docs",
            stated_as="Private: keep your data",
            in_headline="Private messages for all",
            claimed_benefit="Nobody sees who talks",
            problem_solved="Metadata",
            known_limitation="Timing tells",
            measurement_count=1,
        ).assign(depends_on=[["mix"]]),
        "usp_measurements": _rows(
            "usp_evidence_id",
            ["delay"],
            of="segments__usp_evidence",
            usp_id="private",
            metric="delay",
            value=0.4,
            unit="s",
            condition="ten nodes",
        ),
        "roadmap_deliverables": _rows("deliverable_id", ["mix", "audit"], title="Mixnet", status="done").assign(
            needs=[[], ["mix"]], planned_start=None, planned_end=None
        ),
        "market_sizes": _rows(
            "market_size_id",
            ["locked", "locked_alt"],
            of="segments__market_sizes",
            segment_id="chat",
            value=8e6,
            unit="USD",
            spread=1.9,
            what_it_measures="Value locked",
            source_quality="secondary",
            as_of=date(2024, 6, 30),
        ),
        "competitors": _rows(
            "segment_competitor_id", ["any_rival"], segment_id="any", name="Rival", strength="Quick", weakness=None
        ),
        "segment_learnings": _rows(
            "segment_learning_id",
            ["chat messenger"],
            segment_id="chat",
            kind="integration",
            statement="Messenger: Lost messages",
            as_of=date(2024, 6, 30),
        ).assign(evidence_ids=[["segments__integrations/messenger"]]),
        "usp_claims": _rows(
            "usp_id", ["private"], of="segments__segments", problem_id="exposed", segment_id="chat"
        ).assign(evidence_ids=[["segments__segments/chat"]]),
        "integrations": _rows(
            "integration_id",
            ["messenger"],
            of="segments__integrations",
            name="Messenger",
            status="live",
            uses_waku_for="chat between two",
            pain_reported="lost messages",
        ).assign(segment_ids=[["chat"]]),
        "customer_problems": _rows("problem_id", ["exposed", "slow"], statement="It shows who talks"),
        "finding_tags": _rows("tag", ["privacy", "latency"], title="Privacy"),
        "segment_capture": _rows(
            "segment_id",
            ["chat", "games"],
            of="segments__segments",
            name="Chat",
            captured_items=4,
        ).assign(missing_items=[["competitors", "rationale"]] * 2),
        "segment_profiles": _rows(
            "segment_id",
            ["chat", "games"],
            of="segments__segments",
            name="Chat",
            segment_status="core_candidate",
            problem="Operators see who talks",
            rationale_for="They asked",
            rationale_against=None,
            public_leads=2,
            open_gaps=None,
            unknown_gaps=None,
            users=1,
            leavers=0,
        ).assign(relevant_usps=[["private"], []], technical_gaps=[[], []], interest_signals=[["Met in May"], []]),
    }


def _profile(segment_id: str) -> SegmentRecord:
    return SegmentRecord(segment_id, ("private",), 0, 0, 1, 0, based("published", f"segments__segments/{segment_id}"))


def _rows(key: str, names: list[str], of: str | None = None, **values: Any) -> pd.DataFrame:
    """`of` is the table of evidence of which each row tells one row."""
    rows = [
        {key: name, **values, "grade": "published", "evidence_ids": [f"{of}/{name}"] if of else []} for name in names
    ]
    return pd.DataFrame(rows, dtype=object)
