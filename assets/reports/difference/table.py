"""The difference between a release and the one before it as a table of the release, which its documents show.

Belongs here: which changes are rows, and their columns. Does not belong here: what counts as a change (`model.py`),
what of it a document shows (`page/changes.py`).

No words of the earlier release are in it, except where it alone has a row. What is computed from what people said is
left out (matrix, ranking): a consent that is withdrawn takes it back. Of rows of evidence only their number is said.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from assets.common.words import enumerated, number, sentence
from assets.reports.difference.model import (
    EVIDENCE,
    SUMMARY,
    ComparedRelease,
    Difference,
    NumberChange,
    Row,
    compare,
)
from assets.reports.released import RELEASED_TABLES

COLUMNS: dict[str, str] = {
    "position": "bigint",
    "kind": "text",
    "table_name": "text",
    "row_key": "text",
    "milestone_id": "text",
    "title": "text",
    "with_rln": "boolean",
    "state_before": "text",
    "state_after": "text",
    "value_before": "double precision",
    "value_after": "double precision",
    "unit": "text",
    "grade": "text",
    "evidence_ids": "text[]",
}
"""Column to PostgreSQL type."""
KINDS = {"verdict": "verdict", "gates": "gate", "requirement_results": "requirement"}
"""By table of judgements."""


def changes_frame(before: ComparedRelease | None, after: ComparedRelease) -> pd.DataFrame:
    """Return one row for each change since `before`, none without it; columns as in `COLUMNS`.

    Verdicts come first, then gates and requirements, costs, the code, evidence.
    """
    rows = [] if before is None else list(_rows(compare(before, after), after))
    return pd.DataFrame(
        [[position, *(row.get(name) for name in list(COLUMNS)[1:])] for position, row in enumerate(rows, start=1)],
        columns=list(COLUMNS),
        dtype=object,
    )


def _rows(difference: Difference, after: ComparedRelease) -> Iterator[dict[str, Any]]:
    known = {row["evidence_id"] for row in after.rows(EVIDENCE)}

    def change(of: NumberChange) -> dict[str, Any]:
        ids = [i for i in of.rests_on if i in known]
        return {"value_before": of.before, "value_after": of.after, "evidence_ids": ids}

    for found in difference.judgements:
        if found.table in KINDS:
            row = _row(after, found.table, (found.key,))
            yield {
                **change(found.value),
                "kind": KINDS[found.table],
                "table_name": found.table,
                "row_key": found.key,
                "milestone_id": row.get("milestone_id"),
                "title": row.get("title") or found.title,
                "state_before": found.state_before,
                "state_after": found.state_after,
                "unit": row.get("unit") or None,
                "grade": row.get("grade"),
            }
    for scenario in difference.scenarios:
        with_rln = "true" if scenario.with_rln else "false"
        row = _row(after, SUMMARY, (scenario.scenario_id, with_rln))
        shared = {
            "table_name": SUMMARY,
            "row_key": f"{scenario.scenario_id}|{'' if scenario.with_rln else 'without_'}rln",
            "title": row.get("title") or scenario.scenario_id,
            "with_rln": scenario.with_rln,
            "grade": row.get("grade"),
            "evidence_ids": [],
        }
        if scenario.total and scenario.total.before != scenario.total.after:
            yield {**shared, **change(scenario.total), "kind": "cost", "unit": "USD/month"}
        if scenario.feasibility:
            states = (scenario.feasibility.before, scenario.feasibility.after)
            told = [None if can is None else "can run" if can else "cannot run" for can in states]
            if told[0] != told[1]:
                yield {**shared, "kind": "feasibility", "state_before": told[0], "state_after": told[1]}
    if difference.is_other_code:
        yield {
            "kind": "code",
            "title": "The code changed: a number may have moved without any evidence.",
            "evidence_ids": [],
        }
    if told_evidence := _evidence(difference):
        yield {"kind": "evidence", "title": told_evidence, "evidence_ids": []}


def _evidence(difference: Difference) -> str:
    found = difference.evidence
    parts = [("added", found.added), ("removed", found.removed), ("changed", found.changed)]
    told = [f"{number(len(rows))} {'was' if len(rows) == 1 else 'were'} {what}" for what, rows in parts if rows]
    return sentence([f"of the rows of evidence, {enumerated(told)}"]) if told else ""


def _row(release: ComparedRelease, table: str, key: tuple[str, ...]) -> Row:
    columns = RELEASED_TABLES[table].key
    return next((row for row in release.rows(table) if tuple(row[name] for name in columns) == key), {})
