"""What must hold of the raw evidence, as data: one suite of expectations per table.

Belongs here: expectations and their bounds, with the reason for a bound. Does not belong here: running them (`gx.py`).
Types, vocabularies, references and bounds are checked before loading, with file and line; here is what the loaded table
must still show, whatever wrote it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from assets.evidence.bounds import BOUNDS
from assets.evidence.model import GRADE_ORDER
from assets.evidence.tables import ALL_TABLES


@dataclass(frozen=True)
class Expectation:
    """One GX expectation by its class name, e.g. `ExpectColumnValuesToNotBeNull`, with its arguments."""

    kind: str
    arguments: dict[str, Any] = field(default_factory=dict)


def not_null(column: str) -> Expectation:
    return Expectation("ExpectColumnValuesToNotBeNull", {"column": column})


def between(column: str, low: float | None, high: float | None) -> Expectation:
    return Expectation("ExpectColumnValuesToBeBetween", {"column": column, "min_value": low, "max_value": high})


COMMON = (
    Expectation("ExpectColumnValuesToBeUnique", {"column": "evidence_id"}),
    not_null("source"),
    not_null("as_of"),
    not_null("pack"),
    Expectation("ExpectColumnValuesToBeInSet", {"column": "grade", "value_set": [g.value for g in GRADE_ORDER]}),
)


def suite_for(table_key: str) -> tuple[Expectation, ...]:
    """Return what must hold of `raw.<table_key>`."""
    return COMMON + tuple(between(column, low, high) for column, (low, high) in BOUNDS.get(table_key, {}).items())


SUITES: dict[str, tuple[Expectation, ...]] = {table.key: suite_for(table.key) for table in ALL_TABLES}
