"""Results, gates and the verdict as tables, and the released tables as one document for scripts.

Belongs here: columns, their order, JSON. Does not belong here: any rule (`model.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, Protocol

import pandas as pd

from assets.common.plain_values import plain_value
from assets.readiness.model import Gate, GateStatus, RequirementResult, Verdict

REQUIREMENT_COLUMNS: dict[str, str] = {
    "requirement_id": "text",
    "gate_id": "text",
    "title": "text",
    "quote": "text",
    "metric": "text",
    "value": "double precision",
    "basis": "text",
    "threshold": "double precision",
    "threshold_high": "double precision",
    "tolerance": "double precision",
    "comparison": "text",
    "unit": "text",
    "status": "text",
    "reason": "text",
    "beside": "text",
    "newest_evidence_on": "date",
    "stale_after_days": "bigint",
    "stale_on": "date",
    "grade": "text",
    "evidence_ids": "text[]",
    "beside_evidence_ids": "text[]",
}
GATE_COLUMNS: dict[str, str] = {
    "gate_id": "text",
    "deliverable_id": "text",
    "title": "text",
    "value": "double precision",
    "basis": "text",
    "threshold": "double precision",
    "unit": "text",
    "status": "text",
    "grade": "text",
    "reason": "text",
    "newest_evidence_on": "date",
    "stale_on": "date",
    "evidence_ids": "text[]",
    "illustrative_count": "bigint",
}
VERDICT_COLUMNS: dict[str, str] = {
    "verdict": "text",
    "reason": "text",
    "passed": "bigint",
    "failed": "bigint",
    "unknown": "bigint",
    "grade": "text",
    "evidence_ids": "text[]",
    "weakest_path": "text[]",
}
"""Each: column to PostgreSQL type, in the order of the table."""

JSON_GATE_COLUMNS = tuple(column for column in GATE_COLUMNS if column != "evidence_ids")
JSON_REQUIREMENT_COLUMNS = tuple(
    column for column in REQUIREMENT_COLUMNS if column not in ("gate_id", "evidence_ids", "beside_evidence_ids")
)


class NamedRelease(Protocol):
    """What names a release; `assets.reports.model.Manifest` is one."""

    @property
    def release_id(self) -> str: ...
    @property
    def created_at(self) -> datetime: ...
    @property
    def as_of(self) -> date | None: ...


def requirement_results_frame(results: Iterable[RequirementResult]) -> pd.DataFrame:
    """One row per requirement; columns as in `REQUIREMENT_COLUMNS`."""
    rows = [
        (
            result.requirement.requirement_id,
            result.requirement.gate_id,
            result.requirement.title,
            result.requirement.quote,
            result.requirement.metric,
            result.measurement.value,
            result.measurement.basis.value,
            result.threshold,
            result.requirement.threshold_high,
            result.requirement.tolerance,
            result.requirement.comparison,
            result.requirement.unit,
            result.status.value,
            result.reason,
            result.measurement.beside or None,
            result.measurement.newest_evidence_on,
            result.requirement.stale_after_days,
            result.stale_on,
            result.grade.value,
            list(result.evidence_ids),
            list(result.measurement.beside_ids),
        )
        for result in results
    ]
    return pd.DataFrame(rows, columns=list(REQUIREMENT_COLUMNS), dtype=object)


def gates_frame(gates: Iterable[Gate]) -> pd.DataFrame:
    """One row per gate; columns as in `GATE_COLUMNS`."""
    rows = [
        (
            gate.gate_id,
            gate.deliverable_id,
            gate.title,
            gate.shown.measurement.value,
            gate.shown.measurement.basis.value,
            gate.shown.threshold,
            gate.shown.requirement.unit,
            gate.status.value,
            gate.grade.value,
            gate.reason,
            gate.newest_evidence_on,
            gate.stale_on,
            list(gate.evidence_ids),
            len(gate.illustrative_ids),
        )
        for gate in gates
    ]
    return pd.DataFrame(rows, columns=list(GATE_COLUMNS), dtype=object)


def verdict_frame(verdict: Verdict) -> pd.DataFrame:
    """One row; columns as in `VERDICT_COLUMNS`."""
    row = (
        verdict.answer.value,
        verdict.reason,
        verdict.count(GateStatus.PASS),
        verdict.count(GateStatus.FAIL),
        verdict.count(GateStatus.UNKNOWN),
        verdict.grade.value,
        list(verdict.evidence_ids),
        list(verdict.weakest_path),
    )
    return pd.DataFrame([row], columns=list(VERDICT_COLUMNS), dtype=object)


def readiness_json(frames: Mapping[str, pd.DataFrame], release: NamedRelease) -> dict[str, Any]:
    """Return `readiness.json` from the released tables `verdict`, `gates` and `requirement_results`.

    Gates and their requirements are in the order of the tables. `interval` is null: a count has none. `is_stale` is as
    of the last day of evidence that counts, else as of the day of the release; null where no evidence is dated.
    """
    (verdict,) = _records(frames["verdict"])
    day = (release.as_of or release.created_at.date()).isoformat()
    requirements = _records(frames["requirement_results"])
    return {
        **{column: verdict[column] for column in ("verdict", "reason", "grade", "passed", "failed", "unknown")},
        "weakest_path": verdict["weakest_path"],
        "as_of": release.as_of.isoformat() if release.as_of else None,
        "release_id": release.release_id,
        "gates": [
            {
                **{column: gate[column] for column in JSON_GATE_COLUMNS},
                "interval": None,
                "is_stale": _is_stale(gate, day),
                "evidence_ids": gate["evidence_ids"],
                "requirements": [
                    {
                        **{column: row[column] for column in JSON_REQUIREMENT_COLUMNS},
                        "is_stale": _is_stale(row, day),
                        "evidence_ids": row["evidence_ids"],
                        "beside_evidence_ids": row["beside_evidence_ids"],
                    }
                    for row in requirements
                    if row["gate_id"] == gate["gate_id"]
                ],
            }
            for gate in _records(frames["gates"])
        ],
    }


def _is_stale(row: Mapping[str, Any], day: str) -> bool | None:
    return None if row["stale_on"] is None else row["stale_on"] <= day


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return rows of plain values, days as ISO 8601."""
    return [
        {
            str(column): value.isoformat()[:10] if isinstance(value, date) else value
            for column, value in ((column, plain_value(value)) for column, value in row.items())
        }
        for row in frame.astype(object).to_dict(orient="records")
    ]
