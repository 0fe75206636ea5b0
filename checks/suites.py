"""What must hold of the raw evidence, as data: one suite of expectations per table.

Belongs here: expectations and their bounds, with the reason for a bound. Does not belong here: running them (`gx.py`).
Types, vocabularies and references are checked before loading, with file and line; here is what only the loaded table
shows.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

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

BOUNDS: dict[str, tuple[Expectation, ...]] = {
    # Bounds are an order of magnitude beyond today's extremes: they catch a slipped decimal, not a dear offer.
    "pricing__compute_offers": (
        between("vcpus", 1, 512),
        between("memory_gib", 0.25, 4096),
        between("price_per_month", 0.5, 50_000),
    ),
    "pricing__exchange_rates": (between("rate", 0.5, 2.0),),
    "pricing__rpc_plans": (between("price_per_month", 0, 20_000),),
}


def suite_for(table_key: str) -> tuple[Expectation, ...]:
    """Return what must hold of `raw.<table_key>`."""
    return COMMON + BOUNDS.get(table_key, ())


SUITES: dict[str, tuple[Expectation, ...]] = {table.key: suite_for(table.key) for table in ALL_TABLES}
