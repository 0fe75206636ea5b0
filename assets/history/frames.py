"""The verdict and the gates of past days as tables.

Belongs here: columns, and what of a past day is published. Does not belong here: any rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from assets.evidence.basis import BASIS_COLUMNS, Basis
from assets.readiness.model import Gate, GateStatus, Verdict

VERDICT_HISTORY_COLUMNS: dict[str, str] = {
    "month_end": "date",
    "milestone_id": "text",
    "title": "text",
    "verdict": "text",
    "passed": "bigint",
    "failed": "bigint",
    "unknown": "bigint",
    **BASIS_COLUMNS,
}
GATE_HISTORY_COLUMNS: dict[str, str] = {
    "month_end": "date",
    "milestone_id": "text",
    "gate_id": "text",
    "title": "text",
    "status": "text",
    "value": "double precision",
    "basis": "text",
    "threshold": "double precision",
    "unit": "text",
    **BASIS_COLUMNS,
}
"""Each: column to PostgreSQL type, in the order of the table."""

Record = dict[str, Any]


@dataclass(frozen=True)
class JudgedDay:
    """Rows of both tables but for the day, as values of JSON."""

    verdicts: Sequence[Record]
    gates: Sequence[Record]


def judged_day(
    verdicts: Iterable[Verdict], gates: Iterable[Gate], evidence_days: Mapping[str, date | None]
) -> JudgedDay:
    """Return what tables say of a day. `evidence_days` has the day of each row of evidence, None where it is private.

    From month to month, a number that counts conversations would tell the month of each of them, and so would their
    ids: both are left out.
    """

    def cells(basis: Basis) -> Record:
        told = [evidence_id for evidence_id in sorted(basis.ids) if evidence_days.get(evidence_id)]
        return {"grade": basis.grade.value, "evidence_ids": told}

    def is_private(basis: Basis) -> bool:
        return any(evidence_days.get(evidence_id) is None for evidence_id in basis.ids)

    return JudgedDay(
        verdicts=[
            {
                "milestone_id": verdict.milestone.milestone_id,
                "title": verdict.milestone.title,
                "verdict": verdict.answer.value,
                "passed": verdict.count(GateStatus.PASS),
                "failed": verdict.count(GateStatus.FAIL),
                "unknown": verdict.count(GateStatus.UNKNOWN),
                **cells(verdict.basis),
            }
            for verdict in verdicts
        ],
        gates=[
            {
                "milestone_id": gate.milestone_id,
                "gate_id": gate.gate_id,
                "title": gate.title,
                "status": gate.status.value,
                "value": None if is_private(shown.measurement.basis) else shown.measurement.value,
                "basis": shown.measurement.origin.value,
                "threshold": shown.threshold,
                "unit": shown.requirement.unit,
                **cells(gate.basis),
            }
            for gate in gates
            for shown in [gate.shown]
        ],
    )


def verdict_history_frame(days: Mapping[date, JudgedDay]) -> pd.DataFrame:
    """One row for each month-end and milestone; columns as in `VERDICT_HISTORY_COLUMNS`."""
    return _frame(VERDICT_HISTORY_COLUMNS, {day: judged.verdicts for day, judged in days.items()})


def gate_history_frame(days: Mapping[date, JudgedDay]) -> pd.DataFrame:
    """One row for each month-end and gate; columns as in `GATE_HISTORY_COLUMNS`."""
    return _frame(GATE_HISTORY_COLUMNS, {day: judged.gates for day, judged in days.items()})


def _frame(columns: Mapping[str, str], days: Mapping[date, Sequence[Record]]) -> pd.DataFrame:
    rows = [{"month_end": day, **record} for day, records in days.items() for record in records]
    return pd.DataFrame(rows, columns=list(columns), dtype=object)
