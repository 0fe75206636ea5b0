"""Findings, claims and rules in small; a base that tests change one thing of."""

from __future__ import annotations

from typing import Any

from assets.segments.inputs import Claim, CodedFinding, Rules
from tests.unit.bases import based

RULES = Rules(
    weight_interview=1.0,
    weight_session=0.75,
    weight_signal=0.5,
    weight_strong=3.0,
    weight_medium=2.0,
    weight_weak=1.0,
    weight_estimated=0.5,
    weight_illustrative=0.5,
    decision_effective_n=2.0,
    decision_probability=0.8,
    interval_probability=0.9,
    pooling_concentration_low=1.0,
    pooling_concentration_high=64.0,
    pursue_segments=5.0,
    pursue_known_criteria=4.0,
    known_effective_n=1.0,
    drop_acceptability=0.15,
    size_factor=2.0,
    saturation_run=3.0,
    saturation_new_share=0.05,
)


def finding(source: str, **changes: Any) -> CodedFinding:
    """Return a strong finding of an interview that supports `private` for `exposed` in `chat`."""
    values: dict[str, Any] = {
        "finding_id": f"f/{source}",
        "kind": "interview",
        "source_key": source,
        "organisation_key": changes.get("source_key", source),
        "segment_id": "chat",
        "tag": "privacy",
        "usp_id": "private",
        "problem_id": "exposed",
        "relation": "supports",
        "strength": "strong",
        "basis": based("published", f"f/{source}"),
    }
    return CodedFinding(**{**values, **changes})


def claim(segment_id: str = "chat", usp_id: str = "private", problem_id: str | None = "exposed") -> Claim:
    return Claim(usp_id, segment_id, problem_id, based("published", f"segments__segments/{segment_id}"))
