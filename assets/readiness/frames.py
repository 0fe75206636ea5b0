"""Results, gates and the verdict as tables, and the released tables as one document for scripts.

Belongs here: columns, their order, JSON. Does not belong here: any rule (`model.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Protocol

import pandas as pd

from assets.common.plain_values import plain_value
from assets.readiness.model import Gate, GateStatus, RequirementResult, Verdict

REQUIREMENT_COLUMNS: dict[str, str] = {
    "requirement_id": "text",
    "milestone_id": "text",
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
    "milestone_id": "text",
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
    "milestone_id": "text",
    "title": "text",
    "question": "text",
    "is_default": "boolean",
    "verdict": "text",
    "reason": "text",
    "passed": "bigint",
    "failed": "bigint",
    "unknown": "bigint",
    "grade": "text",
    "evidence_ids": "text[]",
    "weakest_path": "text[]",
    "equally_weak": "bigint",
}
"""Each: column to PostgreSQL type, in the order of the table."""

EVIDENCE_COLUMNS = ("evidence_id", "grade", "source", "as_of", "file", "line")
NO_CERTAINTY = {"probability": None, "interval": None, "chance_wrong": None}
JSON_VERDICT_COLUMNS = tuple(column for column in VERDICT_COLUMNS if column not in ("is_default", "evidence_ids"))
JSON_GATE_COLUMNS = tuple(column for column in GATE_COLUMNS if column != "evidence_ids")
JSON_REQUIREMENT_COLUMNS = tuple(
    column
    for column in REQUIREMENT_COLUMNS
    if column not in ("milestone_id", "gate_id", "evidence_ids", "beside_evidence_ids")
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
            result.requirement.milestone_id,
            result.requirement.gate_id,
            result.requirement.title,
            result.requirement.quote,
            result.requirement.metric,
            result.measurement.value,
            result.measurement.origin.value,
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
            *result.basis.cells,
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
            gate.milestone_id,
            gate.deliverable_id,
            gate.title,
            gate.shown.measurement.value,
            gate.shown.measurement.origin.value,
            gate.shown.threshold,
            gate.shown.requirement.unit,
            gate.status.value,
            grade,
            gate.reason,
            gate.newest_evidence_on,
            gate.stale_on,
            ids,
            len(gate.illustrative_ids),
        )
        for gate in gates
        for grade, ids in [gate.basis.cells]
    ]
    return pd.DataFrame(rows, columns=list(GATE_COLUMNS), dtype=object)


def verdict_frame(verdicts: Iterable[Verdict]) -> pd.DataFrame:
    """One row per milestone; columns as in `VERDICT_COLUMNS`."""
    rows = [
        (
            verdict.milestone.milestone_id,
            verdict.milestone.title,
            verdict.milestone.question,
            verdict.milestone.is_default,
            verdict.answer.value,
            verdict.reason,
            verdict.count(GateStatus.PASS),
            verdict.count(GateStatus.FAIL),
            verdict.count(GateStatus.UNKNOWN),
            *verdict.basis.cells,
            list(verdict.weakest_path),
            verdict.equally_weak,
        )
        for verdict in verdicts
    ]
    return pd.DataFrame(rows, columns=list(VERDICT_COLUMNS), dtype=object)


def readiness_json(frames: Mapping[str, pd.DataFrame], release: NamedRelease) -> dict[str, Any]:
    """Return `readiness.json` from the released tables of readiness.

    It is about the default milestone, and has the same of each other one in `others`. Gates and their requirements are
    in the order of the tables. `probability` says how likely a gate passes in truth, `interval` between which ends nine
    of ten draws of the priors lie, `chance_wrong` how likely the status is wrong, null for `unknown`; of a verdict,
    that all its gates pass. All are null on a day before there were priors.
    `weakest_evidence` is the row at the end of `weakest_path`, and where it is typed.
    `is_stale` is as of the last day of evidence that counts, else as of the day of the release; null where no evidence
    is dated.
    """
    day = (release.as_of or release.created_at.date()).isoformat()
    verdicts, gates, requirements = (_records(frames[table]) for table in ("verdict", "gates", "requirement_results"))
    of_gates = _certainties(frames["gate_certainty"], "gate_id")
    of_verdicts = _certainties(frames["verdict_certainty"], "milestone_id")

    def judged(verdict: Mapping[str, Any]) -> dict[str, Any]:
        of_milestone = [gate for gate in gates if gate["milestone_id"] == verdict["milestone_id"]]
        return {
            **{column: verdict[column] for column in JSON_VERDICT_COLUMNS},
            **of_verdicts.get(verdict["milestone_id"], NO_CERTAINTY),
            "weakest_evidence": _weakest_evidence(frames["evidence_index"], verdict["weakest_path"]),
            "gates": [
                {**_gate(gate, requirements, day), **of_gates.get(gate["gate_id"], NO_CERTAINTY)}
                for gate in of_milestone
            ],
        }

    (default,) = (verdict for verdict in verdicts if verdict["is_default"])
    return {
        **judged(default),
        "as_of": release.as_of.isoformat() if release.as_of else None,
        "release_id": release.release_id,
        "others": [judged(verdict) for verdict in verdicts if not verdict["is_default"]],
    }


def _gate(gate: Mapping[str, Any], requirements: Iterable[Mapping[str, Any]], day: str) -> dict[str, Any]:
    return {
        **{column: gate[column] for column in JSON_GATE_COLUMNS},
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


def _certainties(frame: pd.DataFrame, key: str) -> dict[str, dict[str, Any]]:
    """Return by gate or milestone the probability that it passes in truth, with its interval."""
    return {
        row[key]: {
            "probability": row["probability"],
            "interval": [row["probability_low"], row["probability_high"]],
            "chance_wrong": row["chance_wrong"],
        }
        for row in _records(frame)
    }


def _weakest_evidence(index: pd.DataFrame, path: Sequence[str]) -> dict[str, Any] | None:
    """Return the row that the weakest path ends at, and where it is typed; null where it ends before a row."""
    found = _records(index[index["evidence_id"].isin(path[2:])])
    return {name: found[0][name] for name in EVIDENCE_COLUMNS} if found else None


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
